"""Copies of text files as Parquet, so that each content is read as text only once.

A copy is named by what it was made from: the content, the form, the columns asked for.
Copies are a cache: whoever deletes them loses time and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from inference_revenue import __version__
from inference_revenue.contract import Table
from inference_revenue.inputs.files import InputFile
from inference_revenue.inputs.text import Read, literal, path_literal, quoted

# Below this size reading the text is as quick as reading a copy of it.
WORTH_A_COPY = 1 << 20
KEPT_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class TextCopies:
    """The copies in one folder; without a folder there are none and none are made."""

    folder: Path | None
    hashes: Mapping[Path, str]

    def load(
        self,
        con: duckdb.DuckDBPyConnection,
        target: str,
        table: Table,
        file: InputFile,
        constants: Mapping[str, str],
    ) -> Read | None:
        """Append the file's rows to raw.<target> from its copy; None if there is none.

        A copy that cannot be read is as good as none.
        """
        copy = self._copy_of(table, file, constants)
        if copy is None or not copy.is_file():
            return None
        path = path_literal(copy)
        try:
            noted = con.execute(
                f"select decode(value) from parquet_kv_metadata({path})"
                " where decode(key) = 'read'"
            ).fetchone()
            if noted is None:
                return None
            read = json.loads(noted[0])
            names = ", ".join(map(quoted, [*read["present"], "_row_number"]))
            con.execute(
                f"insert into raw.{quoted(target)} ({names}, _file_id)"
                f" select {names}, {literal(file.file_id)} from read_parquet({path})"
            )
            copy.touch()
        except (duckdb.Error, OSError, ValueError, KeyError):
            copy.unlink(missing_ok=True)
            return None
        return Read(read["rows"], frozenset(read["present"]), tuple(read["unknown"]))

    def keep(
        self,
        con: duckdb.DuckDBPyConnection,
        target: str,
        table: Table,
        file: InputFile,
        constants: Mapping[str, str],
        read: Read,
    ) -> None:
        """Make a copy of what was just read, where that is worth while."""
        copy = self._copy_of(table, file, constants)
        if copy is None:
            return
        copy.parent.mkdir(parents=True, exist_ok=True)
        present = sorted(read.present)
        noted = json.dumps(
            {"rows": read.rows, "present": present, "unknown": read.unknown}
        )
        names = ", ".join(map(quoted, [*present, "_row_number"]))
        fresh = copy.with_suffix(".new")
        con.execute(
            f"copy (select {names} from raw.{quoted(target)}"
            f" where _file_id = {literal(file.file_id)} order by _row_number)"
            f" to {literal(str(fresh))}"
            f" (format parquet, kv_metadata {{read: {literal(noted)}}})"
        )
        fresh.replace(copy)

    def forget_old(self) -> None:
        """Delete copies that no run has used for a month."""
        if self.folder is None or not self.folder.is_dir():
            return
        oldest = time.time() - KEPT_SECONDS
        for path in self.folder.iterdir():
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    def _copy_of(
        self, table: Table, file: InputFile, constants: Mapping[str, str]
    ) -> Path | None:
        if self.folder is None or file.byte_count < WORTH_A_COPY:
            return None
        columns = [(column.name, column.is_list) for column in table.columns]
        made_from = json.dumps(
            [__version__, file.form, self.hashes[file.path], columns, dict(constants),
             file.path.name.lower().endswith(".gz")],
        )  # fmt: skip
        name = hashlib.sha256(made_from.encode()).hexdigest()[:32]
        return self.folder / f"{table.name}-{name}.parquet"
