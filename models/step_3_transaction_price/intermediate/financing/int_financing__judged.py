"""One row per schedule, or stretch of interest of it: is its price discounted?"""

from inference_revenue.financing_terms import judged


def model(dbt, session):  # noqa: ARG001 - dbt calls it with both
    """Read schedules and handovers as exact decimals, return prices and interest."""
    dbt.config(materialized="table")
    schedules = dbt.ref("int_financing__schedules").arrow().read_all()
    handovers = dbt.ref("int_financing__handovers").arrow().read_all()
    return judged(schedules, handovers)
