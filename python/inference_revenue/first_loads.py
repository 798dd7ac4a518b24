"""When each row was first loaded: the register of files, of their parts and rows.

`recorded_at` says when a row was known, and two kinds of rows need more: those without
one, and those that reach us after a close that theirs precedes. Both count from their
first load, and a first load never moves: not when a file is renamed, written again
under a new time, or grows. A file that grows is loaded in parts, each with its own id
and first load. What was there before is recognised by its bytes (text) or by sums over
its columns (Parquet); rows without recorded_at are remembered one by one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from inference_revenue.inputs.files import InputFile, file_id
from inference_revenue.inputs.tables import LandedFile, Sums
from inference_revenue.state import insert_rows
from inference_revenue.state_tables import FILE_PARTS

# Whoever writes a file twice within this time may leave its time and size as they were.
SETTLED = timedelta(seconds=2)
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Part:
    """Rows of a file that came with one load: those after row number ``after_row``."""

    file_id: str
    after_row: int
    first_loaded_at: datetime
    late_until_at: datetime | None = None
    late_rows: int = 0
    is_new: bool = False


@dataclass(frozen=True)
class Content:
    """What a file said at some load."""

    content_hash: str
    byte_count: int
    row_count: int
    row_sums: str | None
    first_loaded_at: datetime
    changed_from_hash: str | None


class FirstLoads:
    """What earlier runs loaded, and what this run adds to it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, now: datetime) -> None:
        self._con = con
        self._now = now
        self._hashes: dict[Path, str] = {}
        self._hashed_at: dict[Path, datetime] = {}
        self._found: dict[str, tuple[Content, tuple[Part, ...]]] = {}
        self._contents = _contents(con)
        self._parts = _parts(con)
        self._ids_by_content = {
            (table, content): known_id
            for table, known_id, content in con.execute(
                "select table_name, file_id, content_hash from state.loaded_contents"
                " order by first_loaded_at desc"
            ).fetchall()
        }
        # The files of the run before, by id.
        self._before = _files_before(con)
        cutoff = con.execute(
            "select max(knowledge_cutoff_at) from (from (select knowledge_cutoff_at"
            " from state.seals) union all by name (select knowledge_cutoff_at"
            " from state.reopened_seals))"
        ).fetchone()
        self._closed_until: datetime | None = cutoff[0] if cutoff else None

    def known_hashes(self, files: Sequence[InputFile]) -> dict[Path, str]:
        """The hashes of files whose size and time are as when they were last read."""
        found = {}
        for file in files:
            before = self._before.get(file.file_id)
            if before is None or before["byte_count"] != file.byte_count:
                continue
            modified_at = EPOCH + timedelta(microseconds=file.modified_ns // 1000)
            settled = modified_at + SETTLED < before["hashed_at"]
            if settled and before["modified_ns"] == file.modified_ns:
                found[file.path] = before["content_hash"]
                self._hashed_at[file.path] = before["hashed_at"]
        return found

    def take_hashes(self, hashes: Mapping[Path, str]) -> None:
        """Take note of what the files of this run say."""
        self._hashes.update(hashes)

    def parts_of(
        self, file: InputFile, rows: int, sums: Sums | None
    ) -> tuple[Part, ...]:
        """The parts that a file of this run was loaded in, the last perhaps now.

        Args:
            rows: how many rows it has.
            sums: for Parquet, what its first rows add up to (None: all rows).
        """
        if file.file_id in self._found:
            return self._found[file.file_id][1]
        content_hash = self._hashes[file.path]
        before = self._last_content(file)
        first = Part(file.file_id, 0, self._now, is_new=True)
        was_there = file.file_id in self._before
        if before is None:
            content, parts = self._unknown(file, rows, sums, first)
        elif not before.row_count and before.content_hash != content_hash:
            content, parts = self._new(content_hash, file, rows, sums, None), (first,)
        elif before.content_hash == content_hash:
            content = before
            parts = tuple(
                replace(part, is_new=not was_there)
                for part in self._parts[file.file_id]
            )
        elif self._has_grown(file, rows, sums, before):
            content = self._new(content_hash, file, rows, sums, None)
            grown = part_id(file, before.row_count)
            parts = (
                *(
                    replace(part, is_new=not was_there)
                    for part in self._parts[file.file_id]
                ),
                Part(grown, before.row_count, self._now, is_new=True),
            )
        else:
            known = self._contents[file.file_id].get(content_hash)
            content = known or self._new(
                content_hash, file, rows, sums, before.content_hash
            )
            parts = (replace(self._parts[file.file_id][0], is_new=True),)
        self._found[file.file_id] = (content, parts)
        return parts

    def write(self, files: Sequence[LandedFile]) -> None:
        """Write state.input_files for this run, and remember what it loaded."""
        con = self._con
        for landed in files:
            self.parts_of(landed.file, landed.rows, None)
        late = self._late_rows(files)
        lost = self._lost(files)
        unheard = self._unheard()
        contents = [
            {"table_name": landed.file.table, "file_id": landed.file.file_id}
            | asdict(self._found[landed.file.file_id][0])
            for landed in files
            if landed.file.file_id in unheard
        ]
        noted = [row for landed in files for row in self._noted(landed, late)]
        con.execute("begin")
        for table in ("input_files", "lost_files"):
            con.execute(f"delete from state.{table}")
        con.execute(
            "delete from state.file_parts where list_contains(?, base_file_id)",
            [list(self._found)],
        )
        insert_rows(con, "lost_files", lost)
        insert_rows(con, "loaded_contents", contents)
        insert_rows(con, "input_files", noted)
        insert_rows(
            con, "file_parts", [{n: row[n] for n in FILE_PARTS} for row in noted]
        )
        con.execute("commit")

    def _unheard(self) -> set[str]:
        """Ids of the files that say what they never said before."""
        return {
            known_id
            for known_id, (content, _) in self._found.items()
            if content.content_hash not in self._contents.get(known_id, {})
        }

    def _noted(
        self, landed: LandedFile, late: Mapping[tuple[str, str], int]
    ) -> Iterator[dict[str, object]]:
        """The rows of state.input_files for a file, one for each part."""
        file = landed.file
        content, parts = self._found[file.file_id]
        ends = [part.after_row for part in parts[1:]] + [landed.rows]
        for part, end in zip(parts, ends, strict=True):
            late_rows = late.get((file.table, part.file_id), part.late_rows)
            late_until = self._closed_until if late_rows else None
            yield {
                "base_file_id": file.file_id,
                "file_id": part.file_id,
                "after_row": part.after_row,
                "first_loaded_at": part.first_loaded_at,
                "late_until_at": part.late_until_at or late_until,
                "late_row_count": late_rows,
                "table_name": file.table,
                "path": file.relative,
                "content_hash": content.content_hash,
                "byte_count": file.byte_count,
                "row_count": end - part.after_row,
                "unknown_columns": "|".join(landed.unknown) or None,
                "changed_from_hash": content.changed_from_hash,
                "content_loaded_at": content.first_loaded_at,
                "is_new": part.is_new,
                "modified_ns": file.modified_ns,
                "hashed_at": self._hashed_at.get(file.path, self._now),
            }

    def _last_content(self, file: InputFile) -> Content | None:
        """What the file said when it was last there."""
        known = self._contents.get(file.file_id)
        if not known:
            return None
        before = self._before.get(file.file_id)
        if before and before["content_hash"] in known:
            return known[before["content_hash"]]
        return max(known.values(), key=lambda content: content.first_loaded_at)

    def _unknown(
        self, file: InputFile, rows: int, sums: Sums | None, first: Part
    ) -> tuple[Content, tuple[Part, ...]]:
        """A name not seen before: the file may be new, or renamed."""
        content_hash = self._hashes[file.path]
        renamed = self._ids_by_content.get((file.table, content_hash))
        if renamed is None:
            return self._new(content_hash, file, rows, sums, None), (first,)
        content = replace(self._contents[renamed][content_hash], changed_from_hash=None)
        before = self._last_content_of(renamed)
        kept = self._parts[renamed] if before == content_hash else ()
        parts = tuple(
            replace(part, file_id=part_id(file, part.after_row), is_new=True)
            for part in kept
        )
        same = replace(first, first_loaded_at=content.first_loaded_at)
        return content, parts or (same,)

    def _last_content_of(self, known_id: str) -> str:
        before = self._before.get(known_id)
        if before:
            return str(before["content_hash"])
        known = self._contents[known_id].values()
        return max(known, key=lambda content: content.first_loaded_at).content_hash

    def _new(
        self,
        content_hash: str,
        file: InputFile,
        rows: int,
        sums: Sums | None,
        changed_from: str | None,
    ) -> Content:
        row_sums = sums(None) if sums else None
        size = file.byte_count
        return Content(content_hash, size, rows, row_sums, self._now, changed_from)

    def _has_grown(
        self, file: InputFile, rows: int, sums: Sums | None, before: Content
    ) -> bool:
        """True if the file says what it said before, and then more."""
        if rows <= before.row_count:
            return False
        if sums is not None:
            return bool(before.row_sums) and sums(before.row_count) == before.row_sums
        if file.form == "parquet" or file.path.name.lower().endswith(".gz"):
            return False
        return begins_with(file.path, before.byte_count, before.content_hash)

    def _late_rows(self, files: Sequence[LandedFile]) -> dict[tuple[str, str], int]:
        """Rows of new parts that say they were recorded before a close already stored.

        Few runs have any: it reads new files only, and only after a first close.
        """
        if self._closed_until is None:
            return {}
        new: dict[str, list[str]] = {}
        for landed in files:
            for part in self._found[landed.file.file_id][1]:
                if part.is_new and part.first_loaded_at == self._now and landed.rows:
                    new.setdefault(landed.file.table, []).append(part.file_id)
        found = {}
        for table, ids in new.items():
            moment = recorded_moment(self._con, table)
            rows = self._con.execute(
                f"select _file_id, count(*) from raw.{table} where {moment} <= ?"
                f" and list_contains(?, _file_id) group by all",
                [self._closed_until, ids],
            ).fetchall()
            found.update({(table, name): int(count) for name, count in rows})
        return found

    def _lost(self, files: Sequence[LandedFile]) -> list[dict[str, object]]:
        """Files, or rows of them, that were loaded before and are not there now."""
        rows_now = {landed.file.file_id: landed.rows for landed in files}
        contents = {
            (landed.file.table, self._hashes[landed.file.path]) for landed in files
        }
        lost = {
            row[0]: row[1:]
            for row in self._con.execute(
                "select file_id, table_name, path, content_hash, row_count, noticed_at"
                " from state.lost_files"
            ).fetchall()
        }
        for known_id, before in self._before.items():
            noticed = lost.get(known_id)
            rows = max(before["row_count"], noticed[3] if noticed else 0)
            lost[known_id] = (
                before["table_name"], before["path"], before["content_hash"], rows,
                noticed[4] if noticed else self._now,
            )  # fmt: skip
        found: list[dict[str, object]] = []
        for known_id, (table, path, content, rows, noticed_at) in lost.items():
            now = rows_now.get(known_id, 0)
            renamed = known_id not in rows_now and (table, content) in contents
            if now < rows and not renamed:
                found.append(
                    {
                        "file_id": known_id,
                        "table_name": table,
                        "path": path,
                        "content_hash": content,
                        "row_count": rows,
                        "row_count_now": now,
                        "is_missing": known_id not in rows_now,
                        "noticed_at": noticed_at,
                    }
                )
        return found


def part_id(file: InputFile, after_row: int) -> str:
    """The id of a part; the first has the id of the file."""
    mark = f"#{after_row}" if after_row else ""
    return file_id(file.table, file.relative + mark)


def begins_with(path: Path, size: int, content_hash: str) -> bool:
    """True if the first `size` bytes have that sha256 and end where a line does."""
    digest = hashlib.sha256()
    last = b""
    with path.open("rb") as stream:
        left = size
        while left and (chunk := stream.read(min(left, 1 << 20))):
            digest.update(chunk)
            left -= len(chunk)
            last = chunk[-1:]
        following = stream.read(1)
    at_line_end = last in (b"\n", b"\r") or following in (b"\n", b"\r")
    return not left and at_line_end and digest.hexdigest() == content_hash


def recorded_moment(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """SQL of raw.<table>.recorded_at as a UTC timestamp, NULL where there is none."""
    kind = con.execute(
        "select data_type from information_schema.columns where table_catalog ="
        " current_catalog() and table_schema = 'raw' and table_name = ?"
        " and column_name = 'recorded_at'",
        [table],
    ).fetchone()
    if kind and kind[0] == "TIMESTAMP":  # needs no cast, and may be a billion rows
        return "recorded_at"
    return "cast(try_cast(recorded_at as timestamptz) as timestamp)"


def _contents(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Content]]:
    found: dict[str, dict[str, Content]] = {}
    for known_id, *values in con.execute(
        "select file_id, content_hash, byte_count, row_count, row_sums,"
        " first_loaded_at, changed_from_hash from state.loaded_contents"
    ).fetchall():
        found.setdefault(known_id, {})[values[0]] = Content(*values)
    return found


def _parts(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[Part, ...]]:
    found: dict[str, tuple[Part, ...]] = {}
    for base, *values in con.execute(
        "select base_file_id, file_id, after_row, first_loaded_at, late_until_at,"
        " late_row_count from state.file_parts order by base_file_id, after_row"
    ).fetchall():
        found[base] = (*found.get(base, ()), Part(*values))
    return found


def _files_before(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """The files of the run before, each as a whole."""
    names = ("table_name", "path", "content_hash", "byte_count", "modified_ns",
             "hashed_at", "row_count")  # fmt: skip
    first = ", ".join(f"any_value({name})" for name in names[:-1])
    rows = con.execute(
        f"select base_file_id, {first}, sum(row_count)::bigint"
        " from state.input_files group by base_file_id"
    ).fetchall()
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
