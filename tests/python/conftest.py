"""What several test modules share: a build is slow, so each is made once."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

import bad_rows
from built_books import Books, build, write_rows
from tiny_company import AS_OF, late_rows, tiny_company


@dataclass(frozen=True)
class TinyBooks:
    """The tiny company run once; the snapshot stays as that run published it."""

    raw: Path
    warehouse: Path
    snapshot: Path


@pytest.fixture(scope="session")
def dbt_target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt keeps its artefacts: one place, so that the project is parsed once."""
    return tmp_path_factory.mktemp("dbt")


@pytest.fixture(scope="session")
def published(dbt_target: Path, tmp_path_factory: pytest.TempPathFactory) -> Books:
    """The published file of the company with the bad rows; to be read only."""
    folder = tmp_path_factory.mktemp("bad-rows")
    raw = bad_rows.write_folder(folder / "raw")
    return build(raw, folder / "warehouse", dbt_target, as_of=bad_rows.AS_OF)


@pytest.fixture(scope="session")
def tiny_books(dbt_target: Path, tmp_path_factory: pytest.TempPathFactory) -> TinyBooks:
    """The tiny company with what was known late, January to May 2025 closed."""
    folder = tmp_path_factory.mktemp("tiny")
    raw = write_rows(folder / "raw", tiny_company(), "on-time")
    write_rows(raw, late_rows(), "late")
    books = build(raw, folder / "warehouse", dbt_target, as_of=AS_OF)
    snapshot = folder / "snapshot" / books.live.name
    snapshot.parent.mkdir()
    shutil.copy(books.live, snapshot)
    return TinyBooks(raw, folder / "warehouse", snapshot)
