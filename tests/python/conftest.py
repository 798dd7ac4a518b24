"""What several test modules share: a build is slow, so each is made once."""

from pathlib import Path

import pytest

import bad_rows
from built_books import Books, build


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
