"""The input contract, read from the dbt sources YAML.

`models/staging/<subject>/_<subject>__sources.yml` is the one place where the tables a
company supplies are described. Landing, staging, simulation and the conformance harness
all learn names, types and keys from here, and nothing else parses those files.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from inference_revenue.errors import UserError
from inference_revenue.paths import project_dir

COLUMN_TYPES = frozenset(
    {"varchar", "boolean", "timestamp", "date", "integer", "decimal(38,9)"}
)
COMMON_COLUMNS = (
    "source_system",
    "recorded_at",
    "is_retracted",
    "is_test",
    "source_ref",
)
SOURCE_NAME = "raw"
COLUMN_META = frozenset(
    {"required", "id_of", "references", "one_of", "list", "default"}
)
TABLE_META = frozenset({"number", "kind", "key", "set_key", "required"})

Kind = Literal["versions", "log"]
Need = Literal["always", "when_cited", "optional"]


@dataclass(frozen=True)
class Column:
    """One column of an input table.

    Attributes:
        data_type: one of COLUMN_TYPES.
        required: every row but a retraction needs a value (recorded_at: the column must
            be there; an empty value takes the first load of its file).
        id_of: whose id the value is (own key or foreign); `scope` and `subject` depend
            on the row's scope_type or subject_table. The value `*` is never an id.
        references: (table, column) that must hold the value, else the row is ORPHAN.
        one_of: the closed enumeration, empty if there is none.
        is_list: the value is several ids separated by `|`.
        default: what an empty value means, None if nothing is stated.
    """

    name: str
    data_type: str
    description: str
    required: bool = False
    id_of: str | None = None
    references: tuple[str, str] | None = None
    one_of: tuple[str, ...] = ()
    is_list: bool = False
    default: str | int | bool | None = None


@dataclass(frozen=True)
class Table:
    """One table of the input contract, in the form a data team supplies.

    Attributes:
        subject: folder under models/staging.
        number: its number in the contract; None for the optional side tables.
        kind: `versions` (latest recorded_at of a key wins) or `log` (immutable).
        key: columns of the full key; any but the ids may be empty.
        set_key: columns of a key versioned as a set of rows; empty elsewhere.
        required: whether an absent file is an error.
    """

    name: str
    subject: str
    number: int | None
    kind: Kind
    key: tuple[str, ...]
    set_key: tuple[str, ...]
    required: Need
    description: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of all columns, in the contract's order."""
        return tuple(column.name for column in self.columns)

    @property
    def required_columns(self) -> tuple[str, ...]:
        """Names of the columns that every row needs."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> Column:
        """Return the column of that name, or raise KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


def load_contract(project: Path | None = None) -> dict[str, Table]:
    """Read and check the contract.

    Args:
        project: folder with `models/staging`; the project's own if None.

    Returns:
        The tables by name, numbered ones first in the contract's order, then the side
        tables in the order of their file.

    Raises:
        UserError: a file is not YAML, or the contract contradicts itself.
    """
    root = project or project_dir()
    paths = sorted((root / "models" / "staging").glob("*/_*__sources.yml"))
    if not paths:
        raise UserError(f"No input contract was found under {root}/models/staging.")
    found = [table for path in paths for table in _read_tables(path)]
    found.sort(key=lambda table: (table.number is None, table.number or 0))
    tables = {table.name: table for table in found}
    for problem in _problems(found, tables):
        raise UserError(f"The input contract is wrong: {problem}.")
    return tables


def _read_tables(path: Path) -> Iterator[Table]:
    """Yield the tables that one sources file declares."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        sources = cast(list[dict[str, Any]], document["sources"])
        for source in sources:
            if source["name"] == SOURCE_NAME:
                for entry in source["tables"]:
                    yield _table(entry, path.parent.name)
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        detail = " ".join(str(error).split())
        raise UserError(
            f"The input contract file {path} cannot be read: {detail}."
        ) from error


def _table(entry: Mapping[str, Any], subject: str) -> Table:
    meta = _meta(entry, TABLE_META, str(entry["name"]))
    return Table(
        name=entry["name"],
        subject=subject,
        number=meta.get("number"),
        kind=meta["kind"],
        key=tuple(meta["key"]),
        set_key=tuple(meta.get("set_key", ())),
        required=meta["required"],
        description=" ".join(entry.get("description", "").split()),
        columns=tuple(_column(item, entry["name"]) for item in entry["columns"]),
    )


def _column(entry: Mapping[str, Any], table: str) -> Column:
    meta = _meta(entry, COLUMN_META, f"{table}.{entry['name']}")
    references: str | None = meta.get("references")
    parent = tuple(references.split(".")) if references else None
    return Column(
        name=entry["name"],
        data_type=entry["data_type"],
        description=" ".join(entry.get("description", "").split()),
        required=meta.get("required", False),
        id_of=meta.get("id_of"),
        references=cast("tuple[str, str] | None", parent),
        one_of=tuple(meta.get("one_of", ())),
        is_list=meta.get("list", False),
        default=meta.get("default"),
    )


def _meta(
    entry: Mapping[str, Any], known: frozenset[str], owner: str
) -> dict[str, Any]:
    meta: dict[str, Any] = entry.get("config", {}).get("meta", {})
    unknown = sorted(set(meta) - known)
    if unknown:
        raise ValueError(f"{owner} has the unknown meta {', '.join(unknown)}")
    return meta


def _problems(found: list[Table], tables: Mapping[str, Table]) -> Iterator[str]:
    """Yield what contradicts itself, one clause each."""
    yield from _repeated((table.name for table in found), "table")
    for table in found:
        yield from _table_problems(table)
        for column in table.columns:
            yield from _column_problems(table, column, tables)


def _table_problems(table: Table) -> Iterator[str]:
    names = set(table.column_names)
    yield from _repeated(table.column_names, f"column of {table.name}")
    if table.kind not in ("versions", "log"):
        yield f"{table.name} has the unknown kind {table.kind}"
    if table.required not in ("always", "when_cited", "optional"):
        yield f"{table.name} has the unknown need {table.required}"
    if not table.key:
        yield f"{table.name} has no key"
    for column in (*table.key, *table.set_key, *COMMON_COLUMNS):
        if column not in names:
            yield f"{table.name} lacks the column {column}"
    if not set(table.set_key) <= set(table.key):
        yield f"the set_key of {table.name} is not part of its key"


def _column_problems(
    table: Table, column: Column, tables: Mapping[str, Table]
) -> Iterator[str]:
    label = f"{table.name}.{column.name}"
    if column.data_type not in COLUMN_TYPES:
        yield f"{label} has the unknown type {column.data_type}"
    if not column.description:
        yield f"{label} has no description"
    yield from _repeated(column.one_of, f"choice of {label}")
    if (
        column.one_of
        and column.default is not None
        and column.default not in column.one_of
    ):
        yield f"the default of {label} is not one of its choices"
    if column.references:
        if len(column.references) != 2:
            yield f"{label} references no table.column"
        elif column.references[0] not in tables:
            yield f"{label} references the unknown table {column.references[0]}"
        elif column.references[1] not in tables[column.references[0]].column_names:
            yield f"{label} references the unknown {'.'.join(column.references)}"


def _repeated(names: Iterable[str], what: str) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"the {what} {name} is declared twice"
        seen.add(name)
