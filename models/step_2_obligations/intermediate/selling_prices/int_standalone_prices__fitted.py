"""One row per entity, product, currency and stratum: the price its sales support."""

from inference_revenue.estimation.standalone_price import standalone_prices


def model(dbt, session):  # noqa: ARG001 - dbt calls it with both
    """Read sales as exact decimals, return medians, ranges and their statistics."""
    dbt.config(materialized="table")
    return standalone_prices(dbt.ref("int_standalone_sales").arrow().read_all())
