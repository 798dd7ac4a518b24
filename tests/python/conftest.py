"""What several test modules share: a build is slow, so each is made once."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

import bad_rows
from built_books import Books, build, write_rows
from inference_revenue.paths import DATABASE_NAME
from tiny_company import AS_OF, late_rows, tiny_company

# The most builds first: whoever is given one of these last, the others wait for.
DEAREST = (
    "test_kept_nodes", "test_incremental", "test_books_oracle", "test_books_replay",
    "test_portability", "test_decisions", "test_books_changes", "test_run_ends",
    "test_runner", "test_books_truth", "test_mapping_books", "test_books_arrivals",
    "test_levels_oracle", "test_other_units", "test_project", "test_books_bundles",
    "test_selectors",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the dearest files first; a worker takes the next file when it is free."""
    place = {name: number for number, name in enumerate(DEAREST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(DEAREST)))


@dataclass(frozen=True)
class TinyBooks:
    """The tiny company run once; the snapshot stays as that run published it."""

    raw: Path
    warehouse: Path
    snapshot: Path
    compiled: Path
    """Each model's SQL as the run gave it to DuckDB."""


@pytest.fixture(scope="session")
def dbt_target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt keeps its artefacts: one place, so that the project is parsed once."""
    return tmp_path_factory.mktemp("dbt")


@pytest.fixture(scope="session")
def bad_rows_built(dbt_target: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company with the bad rows: its warehouse, and each model's SQL."""

    def make(folder: Path) -> None:
        raw = bad_rows.write_folder(folder / "raw")
        build(raw, folder / "warehouse", dbt_target, as_of=bad_rows.AS_OF)
        keep_compiled(dbt_target, folder)

    return made_once("bad-rows", make, tmp_path_factory)


@pytest.fixture(scope="session")
def published(bad_rows_built: Path) -> Books:
    """The published file of the company with the bad rows; to be read only."""
    return Books(bad_rows_built / "warehouse" / DATABASE_NAME)


@pytest.fixture(scope="session")
def tiny_books(dbt_target: Path, tmp_path_factory: pytest.TempPathFactory) -> TinyBooks:
    """The tiny company with what was known late, January to May 2025 closed."""

    def make(folder: Path) -> None:
        raw = write_rows(folder / "raw", tiny_company(), "on-time")
        write_rows(raw, late_rows(), "late")
        books = build(raw, folder / "warehouse", dbt_target, as_of=AS_OF)
        keep_compiled(dbt_target, folder)
        (folder / "snapshot").mkdir()
        shutil.copy(books.live, folder / "snapshot")

    folder = made_once("tiny", make, tmp_path_factory)
    snapshot = folder / "snapshot" / DATABASE_NAME
    return TinyBooks(
        folder / "raw", folder / "warehouse", snapshot, folder / "compiled"
    )


def made_once(
    name: str, make: Callable[[Path], None], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder for all processes of this test run, filled by the first that asks."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder = root / name
    with FileLock(root / f"{name}.lock"):
        if not (folder / "made").exists():
            # what a failed attempt left
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (folder / "made").touch()
    return folder


def keep_compiled(dbt_target: Path, folder: Path) -> None:
    """Keep the SQL of a build: the next one writes over it."""
    models = dbt_target / "target" / "compiled" / "inference_revenue" / "models"
    shutil.copytree(models, folder / "compiled")
