"""One row per member of a pool, segment and belief: its share of what remained."""

from inference_revenue.modified_price import fold_pools


def model(dbt, session):  # noqa: ARG001 - dbt calls it with both
    """Read steps as exact decimals, return the fold of D12."""
    dbt.config(materialized="table")
    return fold_pools(dbt.ref("int_segments__steps").arrow().read_all())
