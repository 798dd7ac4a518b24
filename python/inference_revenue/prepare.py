"""Bring a work file to the point where dbt can build: state carried, inputs landed."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from inference_revenue import __version__
from inference_revenue.contract import load_contract
from inference_revenue.earlier_build import code_fingerprint, goes_on
from inference_revenue.landing import Landing, land
from inference_revenue.node_changes import NodeChanges
from inference_revenue.paths import DATABASE_NAME, target_dir
from inference_revenue.publish import run_of
from inference_revenue.saved_state import settle
from inference_revenue.sources_read import changed_sources, forms_read, note_sources
from inference_revenue.state import Carried, RunContext, carry, create_state
from inference_revenue.statements import NAME, Statements
from inference_revenue.trial import Inputs

KEEP_UNCHANGED = "INFERENCE_REVENUE_KEEP_UNCHANGED"
"""Set to 0, a night builds every node, also those that its changes do not reach."""


@dataclass(frozen=True)
class Prepared:
    """A run that may be built.

    Attributes:
        run: which run it is.
        carried: what came along from earlier runs.
        landing: what was landed.
        changes: what changed since the published file that the work file is a copy of;
            None if the build is left to dbt.
    """

    run: RunContext
    carried: Carried | None
    landing: Landing
    changes: NodeChanges | None = None


def prepare(
    con: duckdb.DuckDBPyConnection,
    inputs: Inputs,
    project: Path,
    warehouse: Path,
    *,
    as_of: datetime | None = None,
    read_all: bool = False,
    run: RunContext | None = None,
) -> Prepared:
    """Create the state schema, carry what earlier runs left, and land the inputs.

    Args:
        con: connection to the work file; see `earlier_build.start_file`.
        inputs: the folder to land.
        project: the dbt project, for the input contract and the marts' columns.
        warehouse: folder of the live file and of the saved state.
        as_of: knowledge date of the run; see `landing.land`.
        read_all: read every input again; see `landing.land`.
        run: which run this is, if it has begun.

    Raises:
        UserError: see `landing.land` and `state.carry`.
    """
    run = run or new_run(inputs)
    create_state(con, project)
    live = warehouse / DATABASE_NAME
    published = run_of(live)
    settle(state_dir(warehouse), published[0] if published else None)
    carried = carry(con, live, state_dir(warehouse), inputs.company)
    contract = load_contract(project)
    landing = land(
        con,
        inputs.folder,
        contract,
        run,
        as_of=as_of,
        copies=warehouse / "text_copies",
        read_all=read_all,
    )
    is_copy = goes_on(con, live, project)
    note_sources(con, project, contract)
    builds_all = read_all or os.environ.get(KEEP_UNCHANGED) == "0"
    statements = Statements(
        target_dir(project) / NAME,
        code_fingerprint(project),
        forms_read(con),
        is_used=not builds_all,
    )
    is_kept = is_copy and not builds_all
    changes = NodeChanges(statements, changed_sources(con, live) if is_kept else None)
    return Prepared(run, carried, landing, changes)


def new_run(inputs: Inputs) -> RunContext:
    """A run that begins now."""
    return RunContext(
        run_id=uuid.uuid4().hex[:12],
        started_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        project_version=__version__,
        raw_folder=str(inputs.folder),
        company=inputs.company,
    )


def state_dir(warehouse: Path) -> Path:
    """The folder beside the live file where the state lies as Parquet."""
    return warehouse / "state"
