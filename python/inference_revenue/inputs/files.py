"""Which files of the input folder belong to which table of the input contract."""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from inference_revenue.errors import UserError

Form = Literal["csv", "json", "parquet"]

FORMS: dict[str, Form] = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".json": "json",
    ".json.gz": "json",
    ".jsonl": "json",
    ".jsonl.gz": "json",
    ".ndjson": "json",
    ".ndjson.gz": "json",
}

# Files that hold data in a form that is not read: worth a word when they lie here.
OTHER_DATA = re.compile(
    r"\.(txt|tsv|dat|xlsx?|ods|avro|orc|feather|arrow|zip|gz|bz2|zst|xz|parq|pq)$"
)

IGNORED_FOLDERS = {"truth"}
SOME_NAMES = 5


@dataclass(frozen=True)
class InputFile:
    """One file of one table.

    ``file_id`` is made of the table's name and the path inside the folder, so that it
    stays the same when the folder moves; ``partitions`` are the ``name=value`` folders
    on the way to it.
    """

    table: str
    path: Path
    relative: str
    form: Form
    byte_count: int
    partitions: tuple[tuple[str, str], ...]
    modified_ns: int = 0

    @property
    def file_id(self) -> str:
        """Twelve hexadecimal digits that name the file in every run."""
        return file_id(self.table, self.relative)


@dataclass(frozen=True)
class Inventory:
    """The files of each table, in a stable order, and what was left aside."""

    files: dict[str, tuple[InputFile, ...]]
    warnings: tuple[str, ...]


def file_id(table: str, relative: str) -> str:
    """First 12 hexadecimal digits of sha256('table/path'); SQL does the same."""
    return hashlib.sha256(f"{table}/{relative}".encode()).hexdigest()[:12]


def take_inventory(folder: Path, tables: Sequence[str]) -> Inventory:
    """List the files of every table.

    Args:
        folder: the input folder, with ``<table>.<extension>`` or ``<table>/...``.
        tables: the names of the tables of the input contract.

    Raises:
        UserError: the folder is not there, or names in it look like mistyped tables.
    """
    if not folder.is_dir():
        kind = "is a file, not a folder" if folder.exists() else "does not exist"
        raise UserError(
            f"The input folder {folder} {kind}; give a folder with one file or folder "
            f"per table of the input contract."
        )
    found: dict[str, list[InputFile]] = {table: [] for table in tables}
    mistyped: list[str] = []
    unknown: list[str] = []
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        is_folder = entry.is_dir()
        if _is_ignored(entry.name) or (is_folder and entry.name in IGNORED_FOLDERS):
            continue
        stem, extension = (entry.name, "") if is_folder else split_name(entry.name)
        holds_data = is_folder or extension in FORMS
        table = stem.lower()
        if table in found and holds_data:
            files, others = _files_of(table, folder, entry)
            found[table].extend(files)
            unknown.extend(others)
        elif holds_data or OTHER_DATA.search(entry.name.lower()):
            meant = close_table(stem, tables)
            if meant is None:
                unknown.append(entry.name)
            else:
                mistyped.append(_mistyped(entry.name, table, meant))
    if mistyped:
        raise UserError(
            f"The input folder {folder} holds names that look like mistyped tables: "
            f"{'; '.join(mistyped)} (a name that starts with _ is ignored)."
        )
    return Inventory(
        {table: tuple(files) for table, files in found.items()}, _unknown(unknown)
    )


def split_name(name: str) -> tuple[str, str]:
    """Split 'contracts.csv.gz' into 'contracts' and '.csv.gz' (lower case)."""
    lowered = name.lower()
    for extension in sorted(FORMS, key=len, reverse=True):
        if lowered.endswith(extension):
            return name[: -len(extension)], extension
    stem, dot, rest = name.partition(".")
    return stem, (dot + rest).lower()


def close_table(stem: str, tables: Sequence[str]) -> str | None:
    """The table that a name probably means, or None.

    Close is a small slip of spelling, or a table's name with something added
    ('customers_2026', 'contracts (1)').
    """
    name = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
    if name in tables:
        return name
    close = difflib.get_close_matches(name, tables, n=1, cutoff=0.85)
    if close:
        return close[0]
    prefixes = [table for table in tables if name.startswith(f"{table}_")]
    return max(prefixes, key=len, default=None)


def content_hashes(paths: Iterable[Path]) -> dict[Path, str]:
    """The sha256 of each file's bytes, several files at a time."""
    todo = list(paths)
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        return dict(zip(todo, pool.map(_content_hash, todo), strict=True))


def _content_hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_ignored(name: str) -> bool:
    return name.startswith(("_", "."))


def _files_of(
    table: str, folder: Path, entry: Path
) -> tuple[list[InputFile], list[str]]:
    """The input files of one entry of the folder, and the files not understood.

    Nothing is passed over in silence: a link that leads nowhere, or a folder that
    may not be listed, would be use that is never billed.
    """
    if not entry.is_dir():
        return [_input_file(table, folder, entry)], []
    files: list[InputFile] = []
    others: list[str] = []
    walked: set[str] = set()
    for parent, subfolders, names in os.walk(entry, onerror=_stop, followlinks=True):
        if os.path.realpath(parent) in walked:
            raise UserError(
                f"{Path(parent).relative_to(folder)} is a link to a folder that is "
                f"read already; leave one of them."
            )
        walked.add(os.path.realpath(parent))
        subfolders[:] = sorted(name for name in subfolders if not _is_ignored(name))
        for name in sorted(name for name in names if not _is_ignored(name)):
            path = Path(parent, name)
            if split_name(name)[1] in FORMS:
                files.append(_input_file(table, folder, path))
            else:
                others.append(path.relative_to(folder).as_posix())
    return files, others


def _stop(error: OSError) -> None:
    """Make os.walk stop at what it would skip."""
    raise error


def _input_file(table: str, folder: Path, path: Path) -> InputFile:
    relative = path.relative_to(folder)
    if not path.is_file():
        kind = "is no file" if path.exists() else "is a link that leads nowhere"
        raise UserError(f"{relative} {kind}; put the file there, or take it away.")
    parts = [part.partition("=") for part in relative.parts[1:-1]]
    stat = path.stat()
    return InputFile(
        table=table,
        path=path,
        relative=relative.as_posix(),
        form=FORMS[split_name(path.name)[1]],
        byte_count=stat.st_size,
        modified_ns=stat.st_mtime_ns,
        partitions=tuple(
            (name.lower(), unquote(value)) for name, equals, value in parts if equals
        ),
    )


def _mistyped(name: str, stem: str, meant: str) -> str:
    if stem == meant:
        return f"{name} cannot be read (write it as Parquet, CSV or JSON lines)"
    return f"{name} (did you mean {meant}? Parts of a table go into a folder {meant}/)"


def _unknown(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    shown = ", ".join(names[:SOME_NAMES])
    more = f" and {len(names) - SOME_NAMES} more" if len(names) > SOME_NAMES else ""
    return (f"Not read, because no table of the input contract has it: {shown}{more}.",)
