"""What mappings wrote, read back by tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from inference_revenue.mapping.command import Mapped

MARCH = datetime(2025, 3, 1, tzinfo=UTC)


def rows(folder: Path, table: str, columns: str, where: str = "true") -> list[Any]:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        return con.execute(
            f"select {columns} from read_parquet('{folder}/{table}/*.parquet',"
            f" union_by_name = true, filename = true) where {where} order by all"
        ).fetchall()


def contents(folder: Path) -> dict[str, str]:
    """Every file by name and hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def new_rows(mapped: Mapped) -> dict[str, int]:
    return {found.table: found.new for found in mapped.increments if found.new}
