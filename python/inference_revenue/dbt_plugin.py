"""dbt-duckdb plugin: a developer's plain `dbt build` finds its inputs landed.

It acts only where the work file was never landed into: then it lands the folder named
by INFERENCE_REVENUE_RAW, or else the bundled synthetic company. A run prepares its work
file itself and finds nothing done here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference_revenue.errors import UserError
from inference_revenue.paths import project_dir, warehouse_dir, work_file
from inference_revenue.prepare import prepare
from inference_revenue.state import is_landed
from inference_revenue.trial import choose_inputs

if TYPE_CHECKING:
    import duckdb

RAW_VARIABLE = "INFERENCE_REVENUE_RAW"
WORK_FILE_VARIABLE = "INFERENCE_REVENUE_WORK_FILE"

from dbt.adapters.duckdb.plugins import BasePlugin  # noqa: E402


class Plugin(BasePlugin):
    """Named in profiles.yml; dbt-duckdb calls it for each connection it opens."""

    def update_connection_config(self, creds: Any, _config: dict[str, Any]) -> None:
        """Find the work file and make its folder before DuckDB opens the file."""
        named = os.environ.get(WORK_FILE_VARIABLE)
        if named and Path(named).stem != Path(creds.path).stem:
            raise RuntimeError(
                f"{WORK_FILE_VARIABLE} names {named}, but the file must be called "
                f"{Path(creds.path).name}: dbt knows the database by that name."
            )
        creds.path = named or str(work_file(project_dir()))
        Path(creds.path).parent.mkdir(parents=True, exist_ok=True)

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Land the inputs once; dbt opens its first connection before any thread."""
        if is_landed(conn):
            return
        try:
            project = project_dir()
            named = os.environ.get(RAW_VARIABLE)
            raw = Path(named) if named else None
            warehouse = warehouse_dir(project)
            inputs = choose_inputs(raw, None, warehouse)
            print(f"Landing {inputs.folder} ...", file=sys.stderr)
            prepare(conn, inputs, project, warehouse)
        except UserError as error:
            # dbt turns a RuntimeError into a message of its own, without a trace.
            raise RuntimeError(str(error)) from error
