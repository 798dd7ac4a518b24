"""What several test modules share: a build is slow, so each is made once."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def dbt_target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt keeps its artefacts: one place, so that the project is parsed once."""
    return tmp_path_factory.mktemp("dbt")
