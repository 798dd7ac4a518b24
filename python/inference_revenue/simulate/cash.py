"""What customers paid, and what they did not."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import cast

from inference_revenue.simulate.invoices import Document
from inference_revenue.simulate.money import to_minor
from inference_revenue.simulate.timeline import Timeline

Row = dict[str, object]

CHARGED_BACK = slice(5, None, 301)
UNAPPLIED = slice(9, None, 197)
TOGETHER = slice(2, None, 151)
"""Which payments in full, by order of issue: few, and at least one of each."""
WRITE_OFF_AFTER = timedelta(days=90)
CARD_FEE = Decimal("0.029")


def cash_rows(
    documents: Sequence[Document], timeline: Timeline, rng: Random
) -> list[Row]:
    """Rows of cash_events recorded by the as-of, in the order they were recorded."""
    credited: dict[int, Decimal] = {}
    for document in documents:
        if document.credits is not None:
            amount = credited.get(document.credits, Decimal(0))
            credited[document.credits] = amount + document.total_amount
    rows: list[Row] = []
    in_full: list[tuple[Document, Row]] = []
    for document in documents:
        if document.doc_type != "invoice" or document.voided_at is not None:
            continue
        owed = document.total_amount - credited.get(document.number, Decimal(0))
        events = list(_settlement(document, owed, rng))
        rows += events
        first = events[0] if events else {}
        if first.get("kind") == "payment" and first["amount"] == owed:
            in_full.append((document, first))
    chosen = set()
    for document, payment in in_full[CHARGED_BACK]:
        chosen.add(document.number)
        rows += _chargeback(document, payment, won=rng.random() < 0.5)
    for document, payment in in_full[UNAPPLIED]:
        if document.number not in chosen:
            chosen.add(document.number)
            rows.append(_applied_later(document, payment))
    _pay_together([pair for pair in in_full if pair[0].number not in chosen])
    rows = [row for row in rows if _recorded_at(row) <= timeline.as_of]
    return sorted(
        rows,
        key=lambda row: (_recorded_at(row), row["cash_event_id"], row["document_id"]),
    )


def _recorded_at(row: Row) -> datetime:
    return cast(datetime, row["recorded_at"])


def _event(
    document: Document, kind: str, amount: Decimal, at: datetime, suffix: str = ""
) -> Row:
    return {
        "cash_event_id": f"{kind}_{document.number:07d}{suffix}",
        "document_id": document.document_id,
        "kind": kind,
        "customer_id": document.contract.customer.customer_id,
        "contract_id": document.contract.contract_id,
        "amount": amount,
        "currency": document.contract.currency,
        "occurred_at": at,
        "source_system": "bank",
        "recorded_at": at + timedelta(hours=6),
    }


def _settlement(document: Document, owed: Decimal, rng: Random) -> Iterator[Row]:
    """How one invoice is settled: mostly once and in full, around its due date."""
    due_at = document.due_at or document.issued_at
    likely = document.contract.collectability
    part = to_minor(owed * 6 / 10, document.contract.currency)
    draw = rng.random()
    soonest = document.issued_at + timedelta(hours=1)
    if likely is not None and likely < Decimal("0.75"):
        yield _event(document, "payment", part, due_at + timedelta(days=4, hours=3))
    elif draw < 0.80:
        at = max(soonest, due_at + timedelta(hours=rng.randrange(-72, 72)))
        payment = _event(document, "payment", owed, at)
        if rng.random() < 0.2:
            fee = to_minor(owed * CARD_FEE, document.contract.currency)
            payment["fee_amount"] = fee
        yield payment
    elif draw < 0.83:
        # at once, mostly long before it is due
        yield _event(document, "payment", owed, soonest)
    elif draw < 0.93:
        late = timedelta(days=rng.randrange(10, 60), hours=5)
        yield _event(document, "payment", owed, due_at + late)
    elif draw < 0.97:
        yield _event(document, "payment", part, due_at + timedelta(days=2), "a")
        if rng.random() < 0.5:
            at = due_at + timedelta(days=30)
            yield _event(document, "payment", owed - part, at, "b")
    elif draw < 0.985:
        write_off = _event(document, "write_off", owed, due_at + WRITE_OFF_AFTER)
        yield write_off | {"reason": "credit_risk"}


def _chargeback(document: Document, payment: Row, *, won: bool) -> list[Row]:
    """The payment taken back three weeks later, and returned if the dispute is won."""
    amount = cast(Decimal, payment["amount"])
    at = cast(datetime, payment["occurred_at"]) + timedelta(days=21)
    events = [_event(document, "chargeback", amount, at) | {"reason": "fraud"}]
    if won:
        at += timedelta(days=12)
        events.append(_event(document, "chargeback_reversal", amount, at))
    return events


def _applied_later(document: Document, payment: Row) -> Row:
    """The payment came without a reference and settles the document days later."""
    payment["document_id"] = "*"
    at = cast(datetime, payment["occurred_at"]) + timedelta(days=4)
    return _event(document, "balance_applied", cast(Decimal, payment["amount"]), at)


def _pay_together(in_full: Sequence[tuple[Document, Row]]) -> None:
    """A few pairs of documents of one contract are settled by a single movement."""
    following: dict[str, list[Row]] = {}
    for document, payment in in_full:
        following.setdefault(document.contract.contract_id, []).append(payment)
    for document, payment in in_full[TOGETHER]:
        own = following[document.contract.contract_id]
        position = own.index(payment)
        if position + 1 < len(own):
            second = own[position + 1]
            for name in ("cash_event_id", "occurred_at", "recorded_at"):
                payment[name] = second[name]
