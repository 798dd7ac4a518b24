"""Append decisions to the input folder: new files, all of them or none."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from inference_revenue.decisions.rules import Row
from inference_revenue.errors import UserError

# Landing leaves names with an underscore aside, so that a file counts when it is whole.
PENDING = "_"
STEM = "decisions"


def file_of(raw: Path, table: str, digest: str) -> Path:
    """Where the rows of a sheet lie in the table's own folder.

    A table may be one file and a folder of files at a time, so that what the user
    wrote is never rewritten.
    """
    return raw / table / f"{STEM}_{digest}.csv"


def append_rows(
    raw: Path, rows: Mapping[str, Sequence[Row]], digest: str
) -> list[Path]:
    """Write a file for each table that has rows; all of them or none.

    Raises:
        UserError: a file could not be written; none is there.
    """
    pending: list[tuple[Path, Path]] = []
    placed: list[Path] = []
    try:
        for table, given in rows.items():
            if given:
                target = file_of(raw, table, digest)
                target.parent.mkdir(exist_ok=True)
                fresh = target.with_name(PENDING + target.name)
                pending.append((fresh, target))
                _write(fresh, given)
        for fresh, target in pending:
            fresh.replace(target)
            placed.append(target)
    except BaseException as error:
        for path in [*(fresh for fresh, _ in pending), *placed]:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UserError(
                f"Nothing was decided: {error.filename or raw} cannot be written "
                f"({error.strerror})."
            ) from error
        raise
    return placed


def decided_items(raw: Path, tables: Sequence[str]) -> dict[tuple[str, str], Path]:
    """What the decision files of a folder decide: (table, subject) and the file."""
    found: dict[tuple[str, str], Path] = {}
    for table in tables:
        for path in sorted((raw / table).glob(f"{STEM}_*.csv")):
            with path.open(newline="", encoding="utf-8") as stream:
                for row in csv.DictReader(stream):
                    subject = row.get("subject_id") or row.get("scope_id") or ""
                    kind = row.get("subject_table") or row.get("topic") or ""
                    found[kind, subject] = path
    return found


def _write(path: Path, rows: Sequence[Row]) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(out.getvalue())
        stream.flush()
        os.fsync(stream.fileno())
