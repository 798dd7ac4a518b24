"""Contracts that do not stay as they were signed."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from inference_revenue.simulate.money import to_minor
from inference_revenue.simulate.specials.deal import HOUR, Cells, Deal
from inference_revenue.simulate.specials.segments import Change, Fee
from inference_revenue.simulate.timeline import add_months


def modified(deal: Deal) -> list[Fee]:
    """A monthly fee raised inside a month, and one stated once that is prolonged.

    The second change of every fourth deal is approved only three weeks after its date.
    """
    deal.agree(12)
    assert deal.end is not None
    care, platform = deal.edition.product("care"), deal.edition.product("platform")
    monthly, total = deal.money(90), deal.money(3_600)
    seats = deal.line(
        "seats",
        "fixed_fee",
        product_id=platform,
        quantity=1,
        fixed_amount=monthly,
        amount_interval="month",
        billing_timing="advance",
        billing_interval="month",
    )
    support = deal.line(
        "support",
        "fixed_fee",
        product_id=care,
        quantity=12,
        fixed_amount=total,
        billing_timing="advance",
    )
    raised_on, prolonged_on = deal.day(2, 20), deal.day(4, 1)
    agreed_on = prolonged_on
    raised, larger = deal.money(120), deal.money(4_500)
    rest = Decimal((deal.day(3) - raised_on).days)
    months = 9 + rest / (deal.day(3) - deal.day(2)).days
    raise_in_all = to_minor((raised - monthly) * months, deal.currency)
    event_id = deal.event("modified", raised_on, price_delta_amount=raise_in_all)
    at = deal.at(raised_on - timedelta(days=2), 12)
    deal.changed_contract(event_id, at)
    deal.changed_line(seats, event_id, at, fixed_amount=raised)
    if deal.number % 4 == 3:
        agreed_on = prolonged_on + timedelta(days=21)
    approved_at = deal.at(agreed_on - timedelta(days=2), 11)
    if agreed_on != prolonged_on:
        approved_at = deal.at(agreed_on)
    delta = larger - total
    event_id = deal.event(
        "modified", prolonged_on, approved_at=approved_at, price_delta_amount=delta
    )
    end = deal.day(16)
    deal.changed_contract(event_id, approved_at + HOUR, effective_to=deal.midnight(end))
    deal.changed_line(
        support,
        event_id,
        approved_at + HOUR,
        fixed_amount=larger,
        quantity=16,
        service_end=deal.midnight(end),
    )
    known_at = approved_at + HOUR
    changes: tuple[Change, ...] = ()
    if known_at <= deal.timeline.as_of:
        changes = (Change(agreed_on, Fraction(larger), end),)
    fees = [
        Fee(
            seats,
            deal.start,
            deal.end,
            Fraction(monthly),
            1,
            (Change(raised_on, Fraction(raised), deal.end),),
        ),
        Fee(support, deal.start, deal.end, Fraction(total), None, changes),
    ]
    _invoices(deal, seats, support, (monthly, raised), (total, larger), raised_on)
    line: Cells = {
        "line_kind": "fixed_fee",
        "line_id": support,
        "product_id": care,
        "net_amount": larger - total,
        "period": (agreed_on, end),
    }
    deal.bill(deal.at(agreed_on, 14), [line])
    return fees


def _invoices(
    deal: Deal,
    seats: str,
    support: str,
    monthly: tuple[Decimal, Decimal],
    total: tuple[Decimal, Decimal],
    raised_on: date,
) -> None:
    """Fees in advance, and the rest of the month in which one of them was raised."""
    platform, care = deal.edition.product("platform"), deal.edition.product("care")
    first: Cells = {
        "line_kind": "fixed_fee",
        "line_id": support,
        "product_id": care,
        "net_amount": total[0],
        "period": (deal.start, deal.day(12)),
    }
    deal.bill(deal.at(deal.start, 10), [first])
    for month in range(min(deal.months + 1, 12)):
        start, end = deal.day(month), deal.day(month + 1)
        line: Cells = {
            "line_kind": "fixed_fee",
            "line_id": seats,
            "product_id": platform,
            "net_amount": monthly[start >= raised_on],
            "period": (start, end),
        }
        deal.bill(deal.at(start, 9), [line])
        if start < raised_on < end:
            share = Decimal((end - raised_on).days) / (end - start).days
            unused = to_minor(monthly[0] * share, deal.currency)
            rest = to_minor(monthly[1] * share, deal.currency)
            head: Cells = {
                "line_kind": "proration",
                "line_id": seats,
                "product_id": platform,
                "period": (raised_on, end),
            }
            lines: list[Cells] = [
                {**head, "net_amount": -unused},
                {**head, "net_amount": rest},
            ]
            deal.bill(deal.at(raised_on, 9), lines)


def lives(deal: Deal) -> None:
    """Spent by an agent and taken over; paused, doubted, passed on and renewed."""
    first = {"approval_kind": "agent", "signed_at": None}
    deal.agree(6, **first)
    event_id = deal.event(
        "ratified", deal.start, approved_at=deal.at(deal.day(0, 3), 9)
    )
    if deal.number % 2:
        deal.event("executed", deal.start, approved_at=deal.at(deal.day(0, 4), 9))
    assert deal.end is not None
    fee = deal.money(75)
    platform = deal.edition.product("platform")
    line_id = deal.line(
        "access",
        "fixed_fee",
        product_id=platform,
        quantity=1,
        fixed_amount=fee,
        amount_interval="month",
        billing_timing="advance",
        billing_interval="month",
    )
    paused = deal.day(1, 10), deal.day(1, 24)
    deal.event("suspended", paused[0])
    deal.event("resumed", paused[1])
    _doubt(deal)
    heir = f"{deal.customer.customer_id}_heir"
    event_id = deal.event("assigned", deal.day(3))
    at = deal.at(deal.day(3) - timedelta(days=2), 13)
    deal.changed_contract(event_id, at, customer_id=heir)
    event_id = deal.event("renewed", deal.end, approved_at=deal.at(deal.day(5, 3), 9))
    at = deal.at(deal.day(5, 3), 11)
    end = add_months(deal.end, 6)
    until: Cells = {"effective_to": deal.midnight(end)}
    deal.changed_contract(event_id, at, customer_id=heir, **until)
    deal.changed_line(line_id, event_id, at, service_end=deal.midnight(end))
    for month in range(min(deal.months + 1, 12)):
        line: Cells = {
            "line_kind": "fixed_fee",
            "line_id": line_id,
            "product_id": platform,
            "quantity": Decimal(1),
            "net_amount": fee,
            "period": (deal.day(month), deal.day(month + 1)),
        }
        deal.bill(deal.at(deal.day(month, 5), 9), [line])


def _doubt(deal: Deal) -> None:
    """The customer's credit worsens: collection is assessed again, and still likely."""
    day = deal.day(2, 8)
    deal.event("credit_deterioration", day)
    for version, value in enumerate(("0.95", "0.82")):
        deal.estimate(
            "collectability",
            ("contract", deal.contract_id),
            (deal.start - timedelta(days=8), day)[version],
            [Decimal(value)],
            unit="rate",
            method="historical_rate",
        )
