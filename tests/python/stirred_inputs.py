"""The same input folder said another way: other order, other files, rows repeated."""

from __future__ import annotations

from pathlib import Path

import duckdb

from inference_revenue.contract import load_contract

PARTS = 3
# A sender that retries a log row stamps it anew; of a version, that would be a new one.
STAMPED_ANEW = """
    update repeated set recorded_at = recorded_at + interval 3 day
    where hash(recorded_at) % 2 = 0
"""
# Recorded before it happened, a row is rejected: stamped later, it would be accepted.
NOT_AHEAD = " and occurred_at <= recorded_at"


def stir(raw: Path, target: Path) -> int:
    """Write every table in random order to other files, a fifth of its rows twice.

    Args:
        raw: input folder of Parquet and JSON lines files.
        target: the folder to write.

    Returns:
        The number of repeated rows.
    """
    kinds = {name: table.kind for name, table in load_contract().items()}
    repeated = 0
    with duckdb.connect() as con:
        con.execute("select setseed(0.25)")
        for entry in sorted(raw.iterdir()):
            if entry.name == "truth":
                continue
            name = entry.name.partition(".")[0]
            (target / name).mkdir(parents=True, exist_ok=True)
            files = sorted(entry.iterdir()) if entry.is_dir() else [entry]
            parquet = [str(file) for file in files if file.suffix == ".parquet"]
            if parquet:
                is_log = kinds[name] == "log"
                repeated += _stir_parquet(con, parquet, target / name, is_log)
            lines = [file for file in files if file.suffix == ".jsonl"]
            if lines:
                repeated += _stir_lines(lines, target / name)
    return repeated


def _stir_parquet(
    con: duckdb.DuckDBPyConnection, files: list[str], folder: Path, is_log: bool
) -> int:
    con.execute(
        "create or replace table stirred as select * from"
        f" read_parquet({files}, union_by_name = true) order by random()"
    )
    con.execute(
        "create or replace table repeated as select * from stirred"
        " using sample 20 percent (bernoulli, 11)"
    )
    columns = {row[0] for row in con.execute("describe repeated").fetchall()}
    if is_log and "recorded_at" in columns:
        con.execute(STAMPED_ANEW + (NOT_AHEAD if "occurred_at" in columns else ""))
    for part in range(PARTS):
        con.execute(
            f"copy (select * from stirred where rowid % {PARTS} = {part})"
            f" to '{folder}/p{PARTS - part}.parquet' (format parquet)"
        )
    con.execute(f"copy repeated to '{folder}/p0-again.parquet' (format parquet)")
    found = con.execute("select count(*) from repeated").fetchone()
    return int(found[0]) if found else 0


def _stir_lines(files: list[Path], folder: Path) -> int:
    lines = [line for file in files for line in file.read_text().splitlines()]
    backwards = sorted(lines, reverse=True)
    for part in range(PARTS):
        text = "\n".join(backwards[part::PARTS]) + "\n"
        (folder / f"j{part}.jsonl").write_text(text)
    again = backwards[::5]
    (folder / "j-again.jsonl").write_text("\n".join(again) + "\n")
    return len(again)
