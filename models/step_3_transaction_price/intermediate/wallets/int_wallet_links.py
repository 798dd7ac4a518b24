"""One row per wallet, in a unit, that units pass to or from: its linked group."""

from inference_revenue.linked_wallets import link_wallets


def model(dbt, session):  # noqa: ARG001 - dbt calls it with both
    """Read pairs of wallets, return the group that each is in."""
    dbt.config(materialized="table")
    return link_wallets(dbt.ref("int_wallet_passages").arrow().read_all())
