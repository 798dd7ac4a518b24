"""Where the project, its warehouse and its two database files are."""

import os
from pathlib import Path

from inference_revenue.errors import UserError

PROJECT_VARIABLE = "INFERENCE_REVENUE_PROJECT"
WAREHOUSE_VARIABLE = "INFERENCE_REVENUE_WAREHOUSE"
DATABASE_NAME = "inference_revenue.duckdb"


def project_dir() -> Path:
    """Return the folder that holds dbt_project.yml.

    The environment variable INFERENCE_REVENUE_PROJECT names it; else it is the checkout
    this package lives in, else the current folder or the nearest one above it.

    Raises:
        UserError: there is no such folder.
    """
    named = os.environ.get(PROJECT_VARIABLE)
    if named:
        candidates = [Path(named).expanduser()]
    else:
        here = Path.cwd()
        candidates = [Path(__file__).parents[2], here, *here.parents]
    for candidate in candidates:
        if (candidate / "dbt_project.yml").is_file():
            return candidate.resolve()
    raise UserError(
        f"No dbt_project.yml was found in {candidates[0]}; run inside the project's "
        f"folder or set {PROJECT_VARIABLE} to it."
    )


def warehouse_dir(project: Path | None = None) -> Path:
    """Return the folder of the database files and reports; it may not exist yet.

    INFERENCE_REVENUE_WAREHOUSE moves it away from `warehouse/` in the project. Work and
    live file share it, because only a rename within one file system is atomic.
    """
    named = os.environ.get(WAREHOUSE_VARIABLE)
    if named:
        return Path(named).expanduser().resolve()
    return (project or project_dir()) / "warehouse"


def work_file(project: Path | None = None) -> Path:
    """Return the database file that a run builds, before it is published.

    The name differs by folder only: the catalogue in it is called like the file, and
    views keep working after the rename.
    """
    return warehouse_dir(project) / "work" / DATABASE_NAME


def live_file(project: Path | None = None) -> Path:
    """Return the published database file that people and BI tools open."""
    return warehouse_dir(project) / DATABASE_NAME


def target_dir(project: Path) -> Path:
    """Where dbt writes its artefacts."""
    return project / os.environ.get("DBT_TARGET_PATH", "target")
