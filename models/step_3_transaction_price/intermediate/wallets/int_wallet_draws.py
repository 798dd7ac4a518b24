"""One row per stretch of usage and part of a lot it draws from: the burn-down."""

from inference_revenue.burn_down import burn_down


def model(dbt, session):  # noqa: ARG001 - dbt calls it with both
    """Read usage, lots and their limits as exact numbers, return the units drawn."""
    dbt.config(materialized="table")
    usage = dbt.ref("int_wallet_usage").arrow().read_all()
    lots = dbt.ref("int_wallet_lots").arrow().read_all()
    scopes = dbt.ref("int_wallet_scopes").arrow().read_all()
    return burn_down(usage, lots, scopes)
