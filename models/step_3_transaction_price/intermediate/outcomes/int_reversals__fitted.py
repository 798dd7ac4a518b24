"""One row per product and close, and age, scenario or line of it: what is reversed."""

from inference_revenue.estimation.reversal_closes import fit_closes


def model(dbt, session):  # noqa: ARG001 - dbt calls it with both
    """Read outcomes as each close knew them, return the shares still to be reversed."""
    dbt.config(materialized="table")
    histories = dbt.ref("int_reversals__histories").arrow().read_all()
    asked = dbt.ref("int_reversals__asked").arrow().read_all()
    return fit_closes(histories, asked)
