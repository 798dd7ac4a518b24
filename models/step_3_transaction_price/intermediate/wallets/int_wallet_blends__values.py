"""One row per run, time between two blends and lot: what its units cost from then."""

from inference_revenue.blended_lots import blend_lots


def model(dbt, session):  # noqa: ARG001 - dbt calls it with both
    """Read lots as exact decimals, return what remains of them and its unit value."""
    dbt.config(materialized="table")
    return blend_lots(dbt.ref("int_wallet_blends__steps").arrow().read_all())
