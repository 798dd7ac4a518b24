"""Bind the tables of a source, wherever they lie, as typed views source.<table>."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from inference_revenue.errors import UserError
from inference_revenue.inputs.files import FORMS, split_name
from inference_revenue.inputs.text import literal, path_literal, quoted
from inference_revenue.mapping.shape import Mapping, SourceTable

DATABASE_SUFFIXES = {".duckdb", ".db", ".ddb"}
SOME_NAMES = 8


@dataclass(frozen=True)
class Relation:
    """Something to select from, where it came from, and the types of its columns."""

    select_from: str
    place: str
    types: dict[str, str]


def bind_sources(
    con: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    sources: Sequence[Path],
    schema: str | None = None,
) -> list[str]:
    """Create the views source.<table> that the mapping reads.

    Args:
        con: connection in which the SQL will run.
        mapping: what is read.
        sources: DuckDB files, and folders with one file or folder per table.
        schema: the schema of the DuckDB files to look in; every one if None.

    Returns:
        One line for each table that the sources hold and the mapping does not read.

    Raises:
        UserError: a required table or column is missing, a table lies in two places, or
            a file cannot be read.
    """
    found = _found(con, sources, schema)
    con.execute("create schema source")
    read: set[str] = set()
    for table in mapping.tables.values():
        names = [name for name in (table.name, *table.also_named) if name in found]
        if names:
            read.update(names)
            _bind(con, table, found[names[0]])
        elif table.required:
            raise UserError(_missing(table, sources, found))
        else:
            columns = {**table.columns, **table.optional}.items()
            nulls = ", ".join(f"cast(null as {t}) as {quoted(n)}" for n, t in columns)
            con.execute(
                f"create view source.{quoted(table.name)} as select {nulls} where false"
            )
    return [
        f"{name} is not read{_reason(mapping, name)}"
        for name in sorted(set(found) - read)
    ]


def explain_bad_value(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, error: duckdb.Error
) -> UserError:
    """The table and column of the source that hold what could not be cast."""
    for table in mapping.tables.values():
        for name, kind in {**table.columns, **table.optional}.items():
            landed = f"source.{quoted(table.name + '__given')}"
            try:
                bad = con.execute(
                    f"select {quoted(name)} from {landed} where {quoted(name)} is not"
                    f" null and try({_cast(quoted(name), kind, 'VARCHAR')}) is null"
                    f" limit 1"
                ).fetchone()
            except duckdb.Error:
                continue
            if bad:
                return UserError(
                    f"The source table {table.name} holds {str(bad[0])!r} in the "
                    f"column {name}, which is no {kind}; correct it at the source."
                )
    return UserError(f"The mapping stopped: {str(error).splitlines()[0]}")


def _found(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Path], schema: str | None
) -> dict[str, Relation]:
    found: dict[str, Relation] = {}
    for number, source in enumerate(sources):
        if source.is_dir():
            listed = _in_folder(con, source)
        elif source.suffix.lower() in DATABASE_SUFFIXES and source.is_file():
            listed = _in_database(con, source, f"given_{number}", schema)
        elif not source.exists():
            raise UserError(f"The source {source} does not exist.")
        else:
            raise UserError(
                f"The source {source} is neither a folder nor a DuckDB file (.duckdb)."
            )
        for name, relation in listed:
            if name in found:
                raise UserError(
                    f"The table {name} lies in two places, {found[name].place} and "
                    f"{relation.place}; leave one, or choose with --schema."
                )
            found[name] = relation
    return found


def _in_database(
    con: duckdb.DuckDBPyConnection, path: Path, alias: str, schema: str | None
) -> Iterable[tuple[str, Relation]]:
    try:
        con.execute(f"attach {path_literal(path)} as {alias} (read_only)")
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"The source {path} cannot be opened: {reason}") from error
    rows = con.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = $1 and ($2 is null or schema_name = $2)"
        " union select schema_name, view_name from duckdb_views()"
        " where database_name = $1 and not internal"
        " and ($2 is null or schema_name = $2) order by all",
        [alias, schema],
    ).fetchall()
    for in_schema, name in rows:
        relation = f"{alias}.{quoted(in_schema)}.{quoted(name)}"
        place = f"{path.name} ({in_schema}.{name})"
        yield name.lower(), Relation(relation, place, _types(con, relation, place))


def _in_folder(
    con: duckdb.DuckDBPyConnection, folder: Path
) -> Iterable[tuple[str, Relation]]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(("_", ".")):
            continue
        files = [entry] if entry.is_file() else _files_within(entry)
        by_form: dict[str, list[Path]] = {}
        for file in files:
            form = FORMS.get(split_name(file.name)[1])
            if form:
                by_form.setdefault(form, []).append(file)
        if not by_form:
            continue
        if len(by_form) > 1:
            raise UserError(
                f"{entry} holds files of several forms ({', '.join(sorted(by_form))}); "
                f"leave one."
            )
        ((found_form, paths),) = by_form.items()
        name = entry.name if entry.is_dir() else split_name(entry.name)[0]
        yield name.lower(), _files_relation(con, entry, found_form, paths)


def _files_within(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part[0] in "_." for part in path.relative_to(folder).parts)
    )


def _files_relation(
    con: duckdb.DuckDBPyConnection, entry: Path, form: str, paths: Sequence[Path]
) -> Relation:
    listed = "[" + ", ".join(path_literal(path) for path in paths) + "]"
    if form == "parquet":
        relation = (
            f"read_parquet({listed}, union_by_name = true, hive_partitioning = false)"
        )
        return Relation(relation, str(entry), _types(con, relation, str(entry)))
    if form == "csv":
        relation = (
            f"read_csv({listed}, all_varchar = true, header = true,"
            f" union_by_name = true, hive_partitioning = false)"
        )
        return Relation(relation, str(entry), _types(con, relation, str(entry)))
    # Read as text: numbers as JSON writes them, never by way of a double.
    guessed = _described(
        con, f"read_json({listed}, union_by_name = true, sample_size = -1)", str(entry)
    )
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in guessed)
    relation = f"read_json({listed}, columns = {{{columns}}})"
    types = {name.lower(): "VARCHAR" for name in guessed}
    return Relation(relation, str(entry), types)


def _types(con: duckdb.DuckDBPyConnection, relation: str, place: str) -> dict[str, str]:
    described = _described(con, relation, place)
    return {name.lower(): kind for name, kind in described.items()}


def _described(
    con: duckdb.DuckDBPyConnection, relation: str, place: str
) -> dict[str, str]:
    try:
        described = con.execute(f"describe select * from {relation}").fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"The source {place} cannot be read: {reason}") from error
    return {str(row[0]): str(row[1]) for row in described}


def _bind(
    con: duckdb.DuckDBPyConnection, table: SourceTable, relation: Relation
) -> None:
    lacking = [name for name in table.columns if name not in relation.types]
    if lacking:
        raise UserError(
            f"The source table {table.name} ({relation.place}) lacks the column"
            f"{'s' if len(lacking) > 1 else ''} {', '.join(lacking)}; it has "
            f"{_some(list(relation.types))}."
        )
    columns = {**table.columns, **table.optional}
    con.execute(
        f"create view source.{quoted(table.name + '__given')} as"
        f" select * from {relation.select_from}"
    )
    selected = ",\n    ".join(
        f"{_cast(quoted(name), kind, relation.types.get(name))} as {quoted(name)}"
        for name, kind in columns.items()
    )
    con.execute(
        f"create view source.{quoted(table.name)} as\nselect\n    {selected}\n"
        f"from source.{quoted(table.name + '__given')}"
    )


def _cast(column: str, kind: str, landed: str | None) -> str:
    if landed is None:
        return f"cast(null as {kind})"
    if kind == "timestamp" and landed != "TIMESTAMP":
        return f"cast(cast({column} as timestamptz) as timestamp)"
    return f"cast({column} as {kind})"


def _missing(table: SourceTable, sources: Sequence[Path], found: Iterable[str]) -> str:
    places = " and ".join(str(source) for source in sources)
    described = f" ({table.description})" if table.description else ""
    return (
        f"The source {places} lacks the table {table.name}{described}; it holds "
        f"{_some(sorted(found)) or 'no table'}."
    )


def _reason(mapping: Mapping, name: str) -> str:
    reason = mapping.not_read.get(name)
    return f": {reason}" if reason else "; if it changes what is owed, map it too"


def _some(names: Sequence[str]) -> str:
    more = len(names) - SOME_NAMES
    return ", ".join(names[:SOME_NAMES]) + (f" and {more} more" if more > 0 else "")
