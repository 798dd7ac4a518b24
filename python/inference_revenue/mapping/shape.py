"""A mapping as it lies in its folder: the source tables it reads and its SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from inference_revenue.contract import Table
from inference_revenue.errors import UserError
from inference_revenue.paths import project_dir

FOLDER = "mapping"
SHAPE_FILE = "tables.yml"
PREPARED = "prepared"
TABLE_KEYS = {"description", "also_named", "required", "columns", "optional"}
NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True)
class SourceTable:
    """A table that a mapping reads.

    Attributes:
        columns: type by name of the columns without which the table makes no sense.
        optional: type by name of the columns that count as empty where they are absent.
        also_named: other names under which the table may lie in the source.
        required: whether its absence stops the run; else it counts as empty.
    """

    name: str
    columns: MappingOf[str, str]
    optional: MappingOf[str, str] = field(default_factory=dict)
    also_named: tuple[str, ...] = ()
    required: bool = False
    description: str = ""


@dataclass(frozen=True)
class Mapping:
    """One folder of SQL.

    Attributes:
        tables: what it reads, by name.
        prepared: select by name of the steps that several tables share, in an order in
            which each finds the ones it reads.
        selects: select by table of the input contract.
        not_read: why a known table of the source is left aside.
    """

    name: str
    folder: Path
    title: str
    tables: MappingOf[str, SourceTable]
    prepared: MappingOf[str, str]
    selects: MappingOf[str, str]
    not_read: MappingOf[str, str]


def load_mapping(given: str, contract: MappingOf[str, Table]) -> Mapping:
    """Read a mapping.

    Args:
        given: the name of a folder under `mapping/`, or the path of one's own.
        contract: the tables of the input contract by name.

    Raises:
        UserError: there is no such folder, or something in it is not understood.
    """
    folder = _find(given)
    described = _read_yaml(folder / SHAPE_FILE)
    unknown = set(described) - {"title", "tables", "not_read"}
    if unknown:
        raise UserError(f"{folder / SHAPE_FILE} has the unknown key {min(unknown)}.")
    tables = {
        name: _source_table(folder, name, entry)
        for name, entry in (described.get("tables") or {}).items()
    }
    selects = {path.stem: _select(path) for path in sorted(folder.glob("*.sql"))}
    for name in selects:
        if name not in contract:
            raise UserError(
                f"{folder / name}.sql is named after no table of the input contract; "
                f"a step that several tables share lies in {folder / PREPARED}."
            )
    if not selects:
        raise UserError(f"{folder} holds no SQL file; write one per table, as the "
                        f"guide in {FOLDER}/README.md says.")  # fmt: skip
    steps = {
        path.stem: _select(path) for path in sorted((folder / PREPARED).glob("*.sql"))
    }
    return Mapping(
        name=folder.name,
        folder=folder,
        title=str(described.get("title") or folder.name),
        tables=tables,
        prepared=_in_order(folder, steps),
        selects={name: selects[name] for name in contract if name in selects},
        not_read=described.get("not_read") or {},
    )


def _find(given: str) -> Path:
    bundled = project_dir() / FOLDER
    for folder in (bundled / given, Path(given).expanduser()):
        if (folder / SHAPE_FILE).is_file():
            return folder.resolve()
    names = sorted(path.parent.name for path in bundled.glob(f"*/{SHAPE_FILE}"))
    raise UserError(
        f"There is no mapping {given!r}: give one of {', '.join(names)}, or a folder "
        f"of your own that holds {SHAPE_FILE} and one SQL file per table."
    )


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, OSError) as error:
        raise UserError(
            f"{path} cannot be read: {' '.join(str(error).split())}."
        ) from (error)
    if not isinstance(found, dict):
        raise UserError(f"{path} does not list the tables that the mapping reads.")
    return found


def _source_table(folder: Path, name: str, entry: Any) -> SourceTable:
    place = f"{folder / SHAPE_FILE}: {name}"
    if not isinstance(entry, dict) or not entry.get("columns"):
        raise UserError(f"{place} lists no columns.")
    unknown = set(entry) - TABLE_KEYS
    if unknown:
        raise UserError(f"{place} has the unknown key {min(unknown)}.")
    return SourceTable(
        name=name,
        columns=_typed(place, entry["columns"]),
        optional=_typed(place, entry.get("optional") or {}),
        also_named=tuple(entry.get("also_named") or ()),
        required=bool(entry.get("required", False)),
        description=" ".join(str(entry.get("description", "")).split()),
    )


def _typed(place: str, columns: Any) -> dict[str, str]:
    """Columns and their types; names in lower case, as sources are compared."""
    if not isinstance(columns, dict):
        raise UserError(f"{place}: columns are written as name: type.")
    for name, kind in columns.items():
        if not isinstance(name, str):
            raise UserError(
                f"{place}: YAML reads the column name {name} as a value; names such as "
                f"no, yes, on, off and numbers need quotes."
            )
        if not isinstance(kind, str):
            raise UserError(
                f"{place}: the column {name} has no type; between braces, a type with "
                f'a comma needs quotes ("decimal(18,2)").'
            )
    return {name.lower(): kind for name, kind in columns.items()}


def _select(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip().rstrip(";")


def _in_order(folder: Path, steps: MappingOf[str, str]) -> dict[str, str]:
    """The steps, each after those it reads."""
    ordered: dict[str, str] = {}
    waiting = dict(steps)
    while waiting:
        ready = [
            name for name, sql in waiting.items() if not _reads(sql) & set(waiting)
        ]
        if not ready:
            raise UserError(
                f"Steps in {folder / PREPARED} read each other: "
                f"{', '.join(sorted(waiting))}."
            )
        for name in ready:
            ordered[name] = waiting.pop(name)
    return ordered


def _reads(sql: str) -> set[str]:
    code = re.sub(r"--[^\n]*", "", sql)
    return set(re.findall(rf"\b{PREPARED}\.({NAME.pattern})", code))
