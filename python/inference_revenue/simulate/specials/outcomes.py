"""Fees per verified outcome, along every chain of states an outcome can go through."""

from datetime import datetime, timedelta
from decimal import Decimal

from inference_revenue.simulate.specials.deal import HOUR, Cells, Deal

WINDOW = 72
FEE = "0.99"
CHAINS: tuple[tuple[tuple[str, float, str | None], ...], ...] = (
    # state, hours since the state before, reason
    (("attempted", 0, None), ("failed", 2, "handed to a person")),
    (("attempted", 0, None), ("provisional", 1, None), ("confirmed", WINDOW + 1, None)),
    (("provisional", 0, None), ("confirmed", 20, "accepted")),
    (
        ("provisional", 0, None),
        ("reversed", 30, "reopened"),
        ("provisional", 9, "resolved again"),
        ("confirmed", WINDOW + 1, None),
    ),
    (
        ("provisional", 0, None),
        ("disputed", 40, "not resolved"),
        ("dispute_won", 60, "log reviewed"),
        ("confirmed", 5, None),
    ),
    (("provisional", 0, None), ("disputed", 50, None), ("dispute_lost", 70, None)),
    (
        ("provisional", 0, None),
        ("confirmed", WINDOW + 1, None),
        ("reversed", 300, "reopened after the window"),
    ),
    # silence until the window ends is a confirmation
    (("attempted", 0, None), ("provisional", 2, None)),
)


def outcomes(deal: Deal) -> None:
    """Resolved conversations at a fee each, invoiced when their windows have ended."""
    deal.agree(None)
    product = deal.edition.product("resolution")
    fee = deal.money(FEE)
    price_id = deal.price(
        "resolution",
        "unit",
        [{"rate_amount": fee, "rate_per_quantity": 1}],
        deal.currency,
    )
    line_id = deal.line(
        "resolution",
        "outcome",
        product_id=product,
        price_id=price_id,
        billing_timing="arrears",
        billing_interval="month",
        outcome_window_hours=WINDOW,
        outcome_cap_per_subject=2,
        third_party_share=Decimal("0.2") if deal.number % 4 == 0 else None,
    )
    for version in range(4):
        deal.estimate(
            "reversal_rate",
            ("product", product),
            deal.day(version * 2 + 1),
            [Decimal("0.06") + Decimal(version) / 100],
            unit="rate",
            method="historical_rate",
            data_from=deal.start,
            data_to=deal.day(version * 2 + 1),
        )
    if deal.number % 3 == 1:
        deal.elect("outcomes", "outcome_policy", "reserve", by="controller")
    number = 0
    for month in range(min(deal.months, 10)):
        lasting = 0
        for at in deal.moments(month, 16):
            chain = CHAINS[number % len(CHAINS)]
            number += 1
            states = _follow(deal, line_id, product, number, chain, at)
            lasting += any(
                state in ("confirmed", "provisional") for state in states[-1:]
            )
        line: Cells = {
            "line_kind": "outcome",
            "line_id": line_id,
            "product_id": product,
            "price_id": price_id,
            "quantity": Decimal(lasting),
            "net_amount": fee * lasting,
            "period": (deal.day(month), deal.day(month + 1)),
        }
        gives_back = month % 2 == 0
        at = deal.at(deal.day(month + 1, 5), 9)
        bill = deal.bill(at, [line], paid=not gives_back)
        if bill is not None and gives_back:
            # outcomes reopened after their window are credited before it is paid
            note = deal.credit_note(bill, at + 200 * HOUR, fee * 2, "reversal")
            owed = bill.total - (note.total if note else 0)
            deal.cash("payment", bill.document_id, owed, at + 400 * HOUR)


def _follow(
    deal: Deal,
    line_id: str,
    product: str,
    number: int,
    chain: tuple[tuple[str, float, str | None], ...],
    at: datetime,
) -> list[str]:
    """The events of one outcome; its states."""
    outcome_id = f"{deal.contract_id}.o{number:04d}"
    for position, (state, hours, reason) in enumerate(chain, start=1):
        at += timedelta(hours=hours)
        row: Cells = {
            "outcome_event_id": f"{outcome_id}.{position}",
            "outcome_id": outcome_id,
            "state": state,
            "customer_id": deal.customer.customer_id,
            "product_id": product,
            "contract_id": deal.contract_id,
            "line_id": line_id,
            "subject_ref": f"conversation/{number}",
            "quantity": 1,
            "occurred_at": at,
            "seq_no": position,
            "agent_ref": f"agent/{number % 3}",
            "reason": reason,
            "source_ref": f"desk/{outcome_id}/{position}",
        }
        deal.add("outcome_events", "desk", at + timedelta(minutes=1), row)
    return [state for state, _, _ in chain]
