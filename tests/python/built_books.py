"""Input folders written by a test, the books built from them, and how to read those."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from inference_revenue import runner
from inference_revenue.paths import project_dir

Row = Mapping[str, object]
Rows = dict[str, list[Row]]

# What a reader of the books relies on; positions of periods in the calendar are left
# out, since an older contract adds months before them.
BOOKS = {
    "fct_revenue_waterfall": "known_period_id",
    "fct_revenue_recognised": "period_id",
    "fct_journal_lines": "period_id",
    "fct_contract_balances": "period_id",
}
PROJECT_PARTS = (
    "dbt_project.yml", "profiles.yml", "selectors.yml", "models", "macros", "seeds",
    "analyses",
)  # fmt: skip
DBT_FOLDERS = {"DBT_TARGET_PATH": "target", "DBT_LOG_PATH": "logs"}
POSITIONS = {"period_ordinal", "known_ordinal", "service_ordinal", "posting_ordinal"}


@dataclass(frozen=True)
class Books:
    """A published file."""

    live: Path

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.live), read_only=True) as con:
            con.execute("set TimeZone = 'UTC'")
            return con.execute(sql).fetchall()

    def rows(self, mart: str, where: str = "true") -> Counter[tuple[Any, ...]]:
        """The rows of a mart, each with how often it occurs."""
        names = [
            name
            for (name,) in self.query(
                "select column_name from information_schema.columns where"
                f" table_schema = 'marts' and table_name = '{mart}' order by 1"
            )
            if name not in POSITIONS
        ]
        assert names, f"there is no mart {mart}"
        return Counter(
            self.query(f"select {', '.join(names)} from marts.{mart} where {where}")
        )


def differences(
    expected: Counter[tuple[Any, ...]], actual: Counter[tuple[Any, ...]]
) -> dict[str, Any]:
    """What one has and the other lacks, a few rows each; empty where they are equal."""
    lost, added = expected - actual, actual - expected
    if not lost and not added:
        return {}
    return {
        "lost": (sum(lost.values()), sorted(map(str, lost))[:6]),
        "added": (sum(added.values()), sorted(map(str, added))[:6]),
    }


def write_rows(folder: Path, rows: Mapping[str, Sequence[Row]], part: str) -> Path:
    """One JSON lines file in each table's own folder, columns in the given order."""
    for table, given in rows.items():
        (folder / table).mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(row, default=str) + "\n" for row in given]
        (folder / table / f"{part}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def copy_project(folder: Path) -> Path:
    """A project of the test's own, whose files may be edited."""
    (folder / "tests" / "data").mkdir(parents=True)
    for part in PROJECT_PARTS:
        source = project_dir() / part
        if source.is_dir():
            shutil.copytree(source, folder / part)
        else:
            shutil.copy(source, folder / part)
    return folder


@contextmanager
def dbt_folders(folder: Path) -> Iterator[None]:
    """Keep dbt's artefacts in a folder of the tests, not in the project's own."""
    with pytest.MonkeyPatch.context() as patched:
        for name, place in DBT_FOLDERS.items():
            patched.setenv(name, str(folder / place))
        yield


def build(
    raw: Path, warehouse: Path, target: Path, as_of: datetime | None = None
) -> Books:
    """Run the main job without dbt's tests; what dbt has to keep goes to `target`."""
    with dbt_folders(target), pytest.MonkeyPatch.context() as patched:
        patched.setenv("DBT_WRITE_JSON", "false")  # nobody reads its manifest
        return Books(runner.run(raw, as_of=as_of, warehouse=warehouse))
