"""What a case may leave out, and what the harness then writes.

Every default is one that a reader of the case would assume: the only entity, both
books, a row known when it happened. Nothing here decides how much revenue there is.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from inference_revenue.conformance.case_file import Case, Row
from inference_revenue.conformance.times import (
    end_of_day,
    instant,
    knowledge_instant,
    month_days,
    utc_text,
)
from inference_revenue.contract import Table

Tables = Mapping[str, Table]
Rows = dict[str, list[Row]]

# The first of these that a row has is when it happened, and so when it was known.
_OWN_TIMES = (
    "voided_at", "approved_at", "occurred_at", "granted_at", "issued_at",
    "reviewed_at", "signed_at", "as_of_date", "as_of", "rate_date",
    "knowledge_cutoff_at",
)  # fmt: skip
# Terms are known with the approval that made them, document lines with the document.
_KNOWN_WITH = {
    "contracts": [("modified_by_event_id", "contract_events")],
    "contract_lines": [
        ("modified_by_event_id", "contract_events"),
        ("contract_id", "contracts"),
    ],
    "billing_document_lines": [("document_id", "billing_documents")],
}
_CONSTANTS = {
    "source_system": "case",
    "source_ref": "case",
    "book": "*",
    "approved_by": "approver",
    "prepared_by": "preparer",
    "reviewer": "reviewer",
    "reviewer_role": "controller",
    "changed_by": "controller",
}
_NARROWED_TABLES = {"policy_elections", "estimates"}
# The examples of the standards are in currency units; any two-decimal one will do.
_CURRENCY_UNITS, _TWO_DECIMAL_CURRENCY = "CU", "USD"


def currency_of(column: str, value: str | None) -> str | None:
    """`CU` as a real currency in columns that hold one, other values unchanged."""
    holds_one = column.endswith("currency") or column == "unit_code"
    if holds_one and value == _CURRENCY_UNITS:
        return _TWO_DECIMAL_CURRENCY
    return value


def completed_rows(case: Case, tables: Tables, zone: ZoneInfo) -> Rows:
    """The rows of a case with everything filled in that it left out.

    Raises:
        UserError: no row has a date, or a retraction does not say when it came.
    """
    entity = _entity(case)
    rows: Rows = {
        table: [_with_constants(table, row, tables[table], entity) for row in given]
        for table, given in case.inputs.items()
    }
    earliest = min(instants(rows, tables, zone), default=None)
    if earliest is None:
        raise case.error("inputs", "no row has a date")
    if case.time_zone is not None:
        election = _time_zone_election(case.time_zone, utc_text(earliest))
        shape = tables["policy_elections"]
        rows.setdefault("policy_elections", []).append(
            _with_constants("policy_elections", election, shape, entity)
        )
    knowledge = _Knowledge(case, rows, tables, zone, earliest)
    for table, given in rows.items():
        for index, row in enumerate(given):
            place = f"inputs.{table}[{index}]"
            row["recorded_at"] = knowledge.recorded_at(table, row, place)
        if table == "reviews":
            for row in given:
                row["subject_recorded_at"] = knowledge.subject_recorded_at(row)
    return rows


def instants(rows: Rows, tables: Tables, zone: ZoneInfo) -> Iterator[datetime]:
    """Every date and time in the rows, as instants."""
    for table, given in rows.items():
        columns = [
            column.name
            for column in tables[table].columns
            if column.data_type in ("timestamp", "date")
        ]
        for row in given:
            for name in columns:
                moment = instant(row.get(name) or "", zone)
                if moment is not None:
                    yield moment


class _Knowledge:
    """When each row of one case became known."""

    def __init__(
        self, case: Case, rows: Rows, tables: Tables, zone: ZoneInfo, earliest: datetime
    ) -> None:
        self._case = case
        self._rows = rows
        self._tables = tables
        self._zone = zone
        self._earliest = earliest

    def recorded_at(self, table: str, row: Row, place: str) -> str:
        """As text; a `recorded_at` that is no date stays as the case wrote it."""
        given = row.get("recorded_at")
        if given is None and _is_retraction(row):
            raise self._case.error(
                f"{place}.recorded_at", "a retraction must say when it became known"
            )
        known = self._known(table, row)
        return given or "" if known is None else utc_text(known)

    def subject_recorded_at(self, review: Row) -> str | None:
        """As given, else the knowledge date of the row that was reviewed."""
        given = review.get("subject_recorded_at")
        table = review.get("subject_table") or ""
        subjects = self._with_id(table, review.get("subject_id"))
        known = None
        if given is not None:
            known = knowledge_instant(given, self._zone, None)
        elif subjects:
            known = self._known(table, subjects[-1])
        return given if known is None else utc_text(known)

    def _known(self, table: str, row: Row) -> datetime | None:
        own = self._own_time(row)
        given = row.get("recorded_at")
        if given is not None:
            return knowledge_instant(given, self._zone, row.get(own) if own else None)
        for column, parent in _KNOWN_WITH.get(table, []):
            parents = self._with_id(parent, row.get(column))
            if parents:
                return self._known(parent, parents[0])
        if table == "contract_events" and own is None:
            own = "effective_at"
        if own is None:
            return self._earliest
        text = row[own] or ""
        if own == "knowledge_cutoff_at":
            return end_of_day(text, self._zone) or self._earliest
        return knowledge_instant(text, self._zone, None) or self._earliest

    def _own_time(self, row: Row) -> str | None:
        return next((name for name in _OWN_TIMES if row.get(name)), None)

    def _with_id(self, table: str | None, own_id: str | None) -> list[Row]:
        if table is None or own_id is None or table not in self._rows:
            return []
        id_column = self._tables[table].key[0]
        return [row for row in self._rows[table] if row.get(id_column) == own_id]


def _with_constants(table: str, given: Row, shape: Table, entity: str) -> Row:
    columns = {column.name for column in shape.columns}
    row = {name: currency_of(name, value) for name, value in given.items()}
    if _is_retraction(row):
        # Its key is all a retraction needs, and source_system may be part of it.
        columns = {*shape.key, "source_system"}
    defaults: Row = {"entity_id": entity, "name": row.get(shape.key[0]), **_CONSTANTS}
    if table == "accounting_periods":
        first, last = month_days(row.get("period_id") or "") or (None, None)
        defaults |= {"period_start": first, "period_end": last}
    for name, value in defaults.items():
        if name in columns and row.get(name) is None:
            row[name] = value
    if _is_retraction(row):
        return row
    if table in _NARROWED_TABLES and row.get("scope_type") in (None, "global"):
        row |= {"scope_type": "entity", "scope_id": entity}
    return row


def _time_zone_election(zone: str, since: str) -> Row:
    return {
        "election_id": "time_zone",
        "topic": "time_zone",
        "choice": zone,
        "effective_from": since,
        "approved_at": since,
    }


def _is_retraction(row: Row) -> bool:
    return (row.get("is_retracted") or "").lower() in ("true", "t", "1", "yes")


def _entity(case: Case) -> str:
    """The entity rows belong to that name none: the case's only one, if it has one."""
    named = {
        row["entity_id"]
        for rows in case.inputs.values()
        for row in rows
        if row.get("entity_id") not in (None, "*")
    }
    return named.pop() or "" if len(named) == 1 else "entity"
