"""One build of a batch: a raw folder, the pipeline over it, the published file."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from inference_revenue import runner
from inference_revenue.conformance.defaults import Rows, Tables


def build(raw_folder: Path, as_of: datetime, warehouse_dir: Path) -> Path:
    """Run the pipeline over a raw folder in a warehouse of its own.

    Args:
        raw_folder: one file for each input table.
        as_of: knowledge date, an aware instant.
        warehouse_dir: where the run keeps its files.

    Returns:
        The published DuckDB file.

    Raises:
        UserError: the run did not reach its end.
    """
    known = as_of.astimezone(UTC).replace(tzinfo=None)
    return runner.run(raw_folder, as_of=known, warehouse=warehouse_dir)


def write_raw_folder(folder: Path, rows: Rows, tables: Tables) -> None:
    """One JSON lines file for each table that has rows, every column written out."""
    folder.mkdir(parents=True)
    for table, given in rows.items():
        names = [column.name for column in tables[table].columns]
        lines = [_line(row, names) for row in given]
        (folder / f"{table}.jsonl").write_text("".join(lines), encoding="utf-8")


def _line(row: Mapping[str, str | None], names: list[str]) -> str:
    full = {name: row.get(name) for name in names}
    return json.dumps(full, ensure_ascii=False) + "\n"
