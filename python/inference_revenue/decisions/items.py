"""What waits for a decision in the published books.

Three kinds of items: exceptions that are open, estimates and manual adjustments that
nobody reviewed, and policy topics that run without an election. Each has an id that
stays and a version that moves when what is to be decided has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import duckdb

from inference_revenue.errors import UserError

Kind = Literal["exception", "approval", "election"]

WAIVED, REJECTED, APPROVED = "waived", "rejected", "approved"
CHOICES = {"exception": (WAIVED, REJECTED), "approval": (APPROVED, REJECTED, WAIVED)}
MARTS = ("fct_exceptions", "fct_reviews_awaited", "fct_policy_topics")

EXCEPTIONS = """
    select exception_id, exception_code, severity, status, entity_id, period_id,
        contract_id, subject, owner, amount, currency, message, what_to_do,
        first_known_at, age_days,
        abs(coalesce(reporting_amount, functional_amount,
            case when currency is not null then amount end)) as weight
    from marts.fct_exceptions
    where status <> 'accepted' and exception_code <> 'NO_ELECTION'
"""
APPROVALS = """
    select subject_table, subject_id, subject_recorded_at, entity_id, period_id,
        contract_id, prepared_by, description, value, value_unit, currency, age_days,
        abs(coalesce(reporting_amount,
            case when currency is not null then value end)) as weight
    from marts.fct_reviews_awaited
"""
# An election is to hold from the first close that has none, else from the open period.
ELECTIONS = """
    with open_periods as (
        select entity_id, min(start_date) as start_date
        from marts.dim_accounting_periods
        where state <> 'closed'
        group by entity_id
    )
    select topics.topic, topics.entity_id, topics.rule, topics.description,
        topics.book, topics.default_choice, topics.choices, topics.is_elected,
        topics.election_ids, topics.elected_from, topics.contract_count,
        topics.closes_without_election, topics.functional_amount,
        topics.functional_currency, exceptions.severity, exceptions.message,
        exceptions.age_days,
        coalesce(closes.start_date, open_periods.start_date) as start_date,
        abs(coalesce(exceptions.reporting_amount, topics.functional_amount)) as weight
    from marts.fct_policy_topics as topics
    inner join marts.fct_exceptions as exceptions
        on exceptions.exception_code = 'NO_ELECTION'
        and exceptions.subject = topics.topic
        and exceptions.entity_id = topics.entity_id
        and exceptions.status <> 'accepted'
    left join marts.dim_accounting_periods as closes
        on closes.entity_id = topics.entity_id
        and closes.period_id = topics.first_close_without_election
    left join open_periods on open_periods.entity_id = topics.entity_id
"""


@dataclass(frozen=True)
class Item:
    """One thing to decide.

    Attributes:
        item_id: what it is about, the same in every run.
        version: digest of what is to be decided; another one means it has changed.
        code: exception code, table of the subject, or policy topic.
        weight: money at stake without sign, comparable between items.
        choices: what may be decided; empty where it is a name, a code or a number.
        subject_recorded_at: version of the subject that a review names.
        elected_to: an election made for later periods begins here.
    """

    item_id: str
    version: str
    kind: Kind
    code: str
    subject: str
    what: str
    what_to_do: str
    owner: str
    severity: str
    entity_id: str | None
    period_id: str | None
    contract_id: str | None
    amount: Decimal | None
    currency: str | None
    weight: Decimal | None
    age_days: int | None
    recommended: str
    choices: tuple[str, ...]
    prepared_by: str | None = None
    subject_recorded_at: datetime | None = None
    effective_from: date | None = None
    elected_to: datetime | None = None
    book: str = "*"


def read_items(con: duckdb.DuckDBPyConnection) -> list[Item]:
    """Every item of a published file, the largest money first.

    Raises:
        UserError: the file was built by a version that had no such marts.
    """
    present = {
        name
        for (name,) in con.execute(
            "select table_name from information_schema.tables"
            " where table_catalog = current_catalog() and table_schema = 'marts'"
        ).fetchall()
    }
    lacking = [mart for mart in MARTS if mart not in present]
    if lacking:
        raise UserError(
            f"The published file has no {', '.join(lacking)}: it was built by an "
            f"earlier version or in part; run again."
        )
    items = [
        *(_exception(row) for row in _rows(con, EXCEPTIONS)),
        *(_approval(row) for row in _rows(con, APPROVALS)),
        *(_election(row) for row in _rows(con, ELECTIONS)),
    ]
    return sorted(items, key=_order)


def _order(item: Item) -> tuple[object, ...]:
    return (
        item.weight is None,
        -(item.weight or Decimal(0)),
        item.severity != "block",
        -(item.age_days or 0),
        item.item_id,
    )


def _exception(row: dict[str, Any]) -> Item:
    item = Item(
        item_id=f"exception:{row['exception_id']}",
        version="",
        kind="exception",
        code=row["exception_code"],
        subject=row["subject"] or "",
        what=row["message"] or "",
        what_to_do=row["what_to_do"] or "",
        owner=row["owner"] or "",
        severity=row["severity"],
        entity_id=row["entity_id"],
        period_id=row["period_id"],
        contract_id=row["contract_id"],
        amount=row["amount"],
        currency=row["currency"],
        weight=row["weight"],
        age_days=row["age_days"],
        recommended="",
        choices=CHOICES["exception"],
        subject_recorded_at=row["first_known_at"],
    )
    return _versioned(item, item.what, item.severity, item.amount, row["status"])


def _approval(row: dict[str, Any]) -> Item:
    said = f"{row['description']} ({row['value']:f} {row['value_unit']})"
    item = Item(
        item_id=f"approval:{row['subject_table']}:{row['subject_id']}",
        version="",
        kind="approval",
        code=row["subject_table"],
        subject=row["subject_id"],
        what=said,
        what_to_do="Approve this version, reject it, or waive the review",
        owner="Controller",
        severity="warn",
        entity_id=row["entity_id"],
        period_id=row["period_id"],
        contract_id=row["contract_id"],
        amount=row["value"] if row["currency"] else None,
        currency=row["currency"],
        weight=row["weight"],
        age_days=row["age_days"],
        recommended="",
        choices=CHOICES["approval"],
        prepared_by=row["prepared_by"],
        subject_recorded_at=row["subject_recorded_at"],
    )
    return _versioned(item, said, row["subject_recorded_at"], row["prepared_by"])


def _election(row: dict[str, Any]) -> Item:
    item = Item(
        item_id=f"election:{row['topic']}:{row['entity_id']}",
        version="",
        kind="election",
        code=row["topic"],
        subject=row["entity_id"],
        what=row["message"],
        what_to_do="Elect the recommended choice or another of the choices",
        owner="Controller",
        severity=row["severity"],
        entity_id=row["entity_id"],
        period_id=None,
        contract_id=None,
        amount=row["functional_amount"],
        currency=row["functional_currency"],
        weight=row["weight"],
        age_days=row["age_days"],
        recommended=row["default_choice"] or "",
        choices=tuple(part for part in (row["choices"] or "").split("|") if part),
        effective_from=row["start_date"],
        elected_to=row["elected_from"] if row["is_elected"] else None,
        book=row["book"],
    )
    return _versioned(item, item.recommended, item.choices, row["election_ids"])


def _versioned(item: Item, *decisive: object) -> Item:
    text = "\x1f".join([item.item_id, *(str(value) for value in decisive)])
    return replace(item, version=hashlib.sha256(text.encode()).hexdigest()[:12])


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> Sequence[dict[str, Any]]:
    result = con.execute(sql)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
