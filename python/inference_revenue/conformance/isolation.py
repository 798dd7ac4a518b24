"""A case as a world of its own inside a build that it shares with other cases.

What keeps cases apart is a prefix on every id, `<case>__`, and that a rule for
everybody (`global`) is narrowed to the case's own entity (see defaults.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from inference_revenue.conformance.case_file import Case, Row
from inference_revenue.conformance.defaults import (
    Rows,
    Tables,
    completed_rows,
    instants,
)
from inference_revenue.conformance.times import (
    end_as_landed,
    end_of_day,
    month_over,
    utc_text,
)
from inference_revenue.contract import Column, Table

# Given as a bare date, these are the last day served; the input contract wants the
# instant after it.
_ENDS = {
    "effective_to", "service_end", "billing_end", "valid_to", "period_end",
    "expires_at", "new_expires_at", "applies_to",
}  # fmt: skip
_SCOPES_WITH_AN_ID = {
    "entity", "product", "customer", "contract", "line", "contract_event", "grant",
}  # fmt: skip

SharedRows = frozenset[tuple[str, tuple[tuple[str, str | None], ...]]]


@dataclass(frozen=True)
class IsolatedCase:
    """A case as landed rows.

    Attributes:
        rows: rows that are this case's alone, by table.
        shared_rows: rows that no prefix keeps apart: exchange rates, and rules with
            a scope that is not an id.
        shared_key: the shared rows without prefixes; cases with the same key may
            share a build, one copy of these rows serving all.
        as_of: the knowledge date the case asks for.
        latest: the last instant in any of its rows.
        told_at: when the month of that instant is over.
    """

    case: Case
    prefix: str
    rows: Rows
    shared_rows: Rows
    shared_key: SharedRows
    as_of: datetime | None
    latest: datetime
    told_at: datetime


def isolate(case: Case, tables: Tables) -> IsolatedCase:
    """The case as rows of the input contract that touch no other case.

    Raises:
        UserError: an unknown table, column or time zone, or a date that is missing.
    """
    zone = _zone(case)
    _check_names(case, tables)
    as_of = end_of_day(case.as_of, zone) if case.as_of else None
    if case.as_of and as_of is None:
        raise case.error("as_of", f"'{case.as_of}' is not a date or a time")
    completed = completed_rows(case, tables, zone)
    prefix = f"{case.case_id}__"
    own: Rows = {}
    shared: Rows = {}
    shared_key: set[tuple[str, tuple[tuple[str, str | None], ...]]] = set()
    for table, row in _each(completed):
        ended = _with_ends(table, row, zone)
        landed = _prefixed(ended, tables[table], prefix)
        if _is_shared(table, row):
            shared.setdefault(table, []).append(landed)
            shared_key.add((table, tuple(sorted(ended.items()))))
        else:
            own.setdefault(table, []).append(landed)
    latest = max(
        moment for rows in (own, shared) for moment in instants(rows, tables, zone)
    )
    return IsolatedCase(
        case=case,
        prefix=prefix,
        rows=own,
        shared_rows=shared,
        shared_key=frozenset(shared_key),
        as_of=as_of,
        latest=latest,
        told_at=month_over(latest, zone),
    )


def _zone(case: Case) -> ZoneInfo:
    try:
        return ZoneInfo(case.time_zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise case.error("time_zone", f"unknown zone '{case.time_zone}'") from error


def _check_names(case: Case, tables: Tables) -> None:
    for table, rows in case.inputs.items():
        if table not in tables:
            raise case.error(f"inputs.{table}", "the input contract has no such table")
        known = {column.name for column in tables[table].columns}
        for index, row in enumerate(rows):
            for name in row:
                if name not in known:
                    raise case.error(
                        f"inputs.{table}[{index}].{name}", f"{table} has no such column"
                    )


def _each(rows: Rows) -> Iterator[tuple[str, Row]]:
    for table, given in rows.items():
        for row in given:
            yield table, row


def _with_ends(table: str, row: Row, zone: ZoneInfo) -> Row:
    """Ends as instants; a document line's point in time is left as it is."""
    is_point = table == "billing_document_lines" and row.get("period_start") == row.get(
        "period_end"
    )
    ended: Row = {}
    for name, value in row.items():
        if value is None:
            ended[name] = None
        elif name == "knowledge_cutoff_at":
            cutoff = end_of_day(value, zone)
            ended[name] = utc_text(cutoff) if cutoff else value
        elif name in _ENDS and not is_point:
            ended[name] = end_as_landed(value)
        else:
            ended[name] = value
    return ended


def _is_shared(table: str, row: Row) -> bool:
    if table == "fx_rates" or row.get("entity_id") == "*":
        return True
    if table not in ("policy_elections", "estimates"):
        return False
    return row.get("scope_type") not in _SCOPES_WITH_AN_ID or row.get("scope_id") == "*"


def _prefixed(row: Row, table: Table, prefix: str) -> Row:
    columns = {column.name: column for column in table.columns}
    return {
        name: _with_prefix(value, prefix)
        if value is not None and _holds_ids(columns[name], row)
        else value
        for name, value in row.items()
    }


def _holds_ids(column: Column, row: Row) -> bool:
    if column.id_of == "scope":
        return row.get("scope_type") in _SCOPES_WITH_AN_ID
    return column.id_of is not None


def _with_prefix(value: str, prefix: str) -> str:
    """Each id of a '|' list prefixed; '*' means any and stays."""
    return "|".join(
        element if element in ("", "*") else f"{prefix}{element}"
        for element in value.split("|")
    )
