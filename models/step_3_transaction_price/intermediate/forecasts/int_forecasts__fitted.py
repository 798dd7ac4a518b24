"""One row per line and close, scenario and period ahead: what it will still use."""

from inference_revenue.estimation.usage_closes import forecast_closes


def model(dbt, session):  # noqa: ARG001 - dbt calls it with both
    """Read lines and their use as each close knew them, return forecasts of it."""
    dbt.config(materialized="table")
    asked = dbt.ref("int_forecasts__asked").arrow().read_all()
    lines = dbt.ref("int_forecasts__lines").arrow().read_all()
    used = dbt.ref("int_forecasts__used").arrow().read_all()
    return forecast_closes(lines, used, asked)
