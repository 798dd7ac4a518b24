"""One row per cohort of lots, close and age: how lots like these are used."""

from inference_revenue.estimation.breakage_closes import fit_closes


def model(dbt, session):  # noqa: ARG001 - dbt calls it with both
    """Read lots and draws as each close knew them, return cohorts and their ages."""
    dbt.config(materialized="table")
    lots = dbt.ref("int_breakage__histories").arrow().read_all()
    draws = dbt.ref("int_breakage__redemptions").arrow().read_all()
    asked = dbt.ref("int_breakage__asked").arrow().read_all()
    return fit_closes(lots, draws, asked)
