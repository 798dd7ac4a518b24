"""What a filled-in row must say, and the input rows that it becomes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from inference_revenue.decisions.items import WAIVED, Item
from inference_revenue.decisions.sheet import Filled

SOURCE_SYSTEM = "decisions"
CURRENCY_TOPICS = ("functional_currency", "reporting_currency")
Row = dict[str, str]


@dataclass(frozen=True)
class Known:
    """What the published books know and a decision is measured by.

    Attributes:
        as_of: knowledge date of the books.
        recorded_at: when the decisions are recorded, naive UTC.
        currencies: ISO codes of the project.
        is_time_zone: whether the engine knows a zone.
    """

    as_of: datetime
    recorded_at: datetime
    currencies: frozenset[str]
    is_time_zone: Callable[[str], bool]


@dataclass(frozen=True)
class Decided:
    """The input rows of one decision, by table."""

    reviews: tuple[Row, ...]
    policy_elections: tuple[Row, ...] = ()


def problems(row: Filled, item: Item | None, known: Known) -> Iterator[str]:
    """Yield what is wrong with a decided row, one clause each, naming its column."""
    if item is None:
        yield "item_id: it no longer waits for a decision; write the queue again"
        return
    if row["item_version"] != item.version:
        yield (
            f"item_version: {item.code} {item.subject} has changed since the queue was "
            f"written; write it again and decide on what it says now"
        )
        return
    yield from _people(row, item)
    yield from _dates(row, item, known)
    if item.kind == "election":
        yield from _choice(row["decision"], item, known)
        if not row["source_ref"]:
            yield "source_ref: name the memo that explains the election"
    else:
        if row["decision"].lower() not in item.choices:
            yield (
                f"decision: {row['decision']!r} is none of {', '.join(item.choices)}"
            )
        if not row["comment"]:
            yield "comment: say why"


def input_rows(row: Filled, item: Item, known: Known, digest: str) -> Decided:
    """The rows of `reviews` and `policy_elections` that a checked row becomes."""
    key = hashlib.sha256(f"{item.item_id} {digest}".encode()).hexdigest()[:16]
    recorded_at = known.recorded_at.isoformat(timespec="microseconds") + "Z"
    review = {
        "review_id": f"review_{key}",
        "reviewer": row["reviewer"],
        "reviewer_role": row["reviewer_role"],
        "reviewed_at": row["decided_on"],
        "comment": row["comment"],
        "source_ref": row["source_ref"],
        "source_system": SOURCE_SYSTEM,
        "recorded_at": recorded_at,
    }
    if item.kind == "election":
        election = _election_row(row, item, f"election_{key}", recorded_at)
        review |= {
            "subject_table": "policy_elections",
            "subject_id": election["election_id"],
            "subject_recorded_at": recorded_at,
            "decision": "approved",
        }
        return Decided((review,), (election,))
    recorded = item.subject_recorded_at
    review |= {
        "subject_table": "fct_exceptions" if item.kind == "exception" else item.code,
        "subject_id": item.item_id.split(":", 1)[1]
        if item.kind == "exception"
        else item.subject,
        "subject_recorded_at": recorded.isoformat() + "Z" if recorded else recorded_at,
        "decision": row["decision"].lower(),
        "expires_at": row["expires_on"] if item.kind == "exception" else "",
    }
    return Decided((review,))


def _election_row(row: Filled, item: Item, election_id: str, recorded_at: str) -> Row:
    number = _number(row["decision"]) if _is_threshold(item) else None
    ends = item.elected_to.isoformat() + "Z" if item.elected_to else ""
    return {
        "election_id": election_id,
        "book": item.book,
        "topic": item.code,
        "choice": "" if number is not None else row["decision"],
        "value": "" if number is None else f"{number:f}",
        "scope_type": "entity",
        "scope_id": item.subject,
        "effective_from": row["effective_from"],
        "effective_to": ends,
        "approved_by": row["prepared_by"],
        "approved_at": row["decided_on"],
        "source_ref": row["source_ref"],
        "source_system": SOURCE_SYSTEM,
        "recorded_at": recorded_at,
    }


def _people(row: Filled, item: Item) -> Iterator[str]:
    for column in ("reviewer", "reviewer_role"):
        if not row[column]:
            yield f"{column}: it is empty"
    preparer = item.prepared_by or row["prepared_by"]
    if item.kind == "election" and not preparer:
        yield "prepared_by: name who elects; the reviewer approves it"
    if preparer and preparer.strip().lower() == row["reviewer"].lower():
        yield f"reviewer: {row['reviewer']} prepared it and cannot review it"


def _dates(row: Filled, item: Item, known: Known) -> Iterator[str]:
    decided = _date(row["decided_on"])
    if decided is None:
        yield f"decided_on: {_said(row['decided_on'])}"
    elif decided > known.recorded_at.date():
        yield f"decided_on: {decided} is later than the decision is recorded"
    if item.kind == "exception" and row["decision"].lower() == WAIVED:
        expires = _date(row["expires_on"])
        if expires is None:
            yield f"expires_on: {_said(row['expires_on'])}"
        elif expires <= max(known.as_of.date(), decided or date.min):
            yield f"expires_on: {expires} is past; an acceptance ends on a later day"
    if item.kind == "election":
        begins = _date(row["effective_from"])
        if begins is None:
            yield f"effective_from: {_said(row['effective_from'])}"
        elif item.elected_to and begins >= item.elected_to.date():
            yield (
                f"effective_from: from {item.elected_to.date()} on there is an "
                f"election already; correct that one instead"
            )


def _choice(decision: str, item: Item, known: Known) -> Iterator[str]:
    if item.choices:
        if decision not in item.choices:
            yield f"decision: {decision!r} is none of {', '.join(item.choices)}"
    elif item.code in CURRENCY_TOPICS:
        if decision != item.recommended and decision not in known.currencies:
            yield f"decision: {decision!r} is no ISO 4217 currency code"
    elif item.code == "time_zone":
        if not known.is_time_zone(decision):
            yield f"decision: {decision!r} is no time zone such as Europe/Berlin"
    elif _is_threshold(item):
        number = _number(decision)
        if number is None:
            yield f"decision: {decision!r} is not a number such as {item.recommended}"
        elif Decimal(item.recommended) <= 1 and not 0 <= number <= 1:
            yield f"decision: {decision} is no share from 0 to 1"


def _is_threshold(item: Item) -> bool:
    """A topic whose recommended choice is a number takes a number."""
    return item.kind == "election" and _number(item.recommended) is not None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(text: str) -> date | None:
    """An ISO date, or the day of an ISO timestamp in UTC."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def _said(text: str) -> str:
    if not text:
        return "it is empty; write a date such as 2026-03-31"
    return f"{text!r} is not a date such as 2026-03-31"
