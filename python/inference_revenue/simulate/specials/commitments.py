"""Promises to spend: paid ahead, or settled after an interval or at the end."""

from datetime import datetime
from decimal import Decimal

from inference_revenue.simulate.money import to_minor
from inference_revenue.simulate.specials.deal import HOUR, Cells, Deal

MILLION = 1_000_000


def commitments(deal: Deal) -> None:
    """One commitment of each sort in a deal, each with use of its own under it."""
    deal.agree(12)
    _prepaid(deal)
    _settled(deal, "monthly", "vision", "interval_end", "month", 200)
    _settled(deal, "yearly", "jobs", "contract_end", "once", 2_400)


def _usage(deal: Deal, name: str, meter: str, parent: str | None, rate: str) -> str:
    price_id = deal.price(
        name,
        "unit",
        [{"rate_amount": deal.money(rate), "rate_per_quantity": MILLION}],
        deal.currency,
    )
    return deal.line(
        name,
        "usage",
        product_id=deal.edition.product("inference"),
        parent_line_id=parent,
        price_id=price_id,
        meter_id=deal.edition.meter(meter),
        billing_timing="arrears",
        billing_interval="month",
    )


def _prepaid(deal: Deal) -> None:
    """Four hundred a quarter in advance, as credit; what goes beyond costs more."""
    quarter = deal.money(400)
    commitment = deal.line(
        "commitment",
        "minimum_commitment",
        fixed_amount=quarter,
        amount_interval="quarter",
        billing_timing="advance",
        billing_interval="quarter",
    )
    usage = _usage(deal, "batch", "batch", commitment, "4.00")
    overage_price = deal.price(
        "overage",
        "unit",
        [{"rate_amount": deal.money("4.80"), "rate_per_quantity": MILLION}],
        deal.currency,
    )
    overage = deal.line(
        "overage",
        "overage",
        product_id=deal.edition.product("inference"),
        parent_line_id=commitment,
        price_id=overage_price,
        billing_timing="arrears",
        billing_interval="month",
    )
    left, grant = Decimal(0), ""
    for month in range(min(deal.months, 12)):
        if month % 3 == 0:
            grant = _buy_quarter(deal, commitment, month, quarter)
            left = quarter
        moments = deal.moments(month, 10)
        used = sum(_use(deal, usage, "batch", moments, 2_000_000, 5_500_000))
        value = to_minor(used * deal.money("4.00") / MILLION, deal.currency)
        drawn = min(value, left)
        left -= drawn
        beyond = to_minor((value - drawn) * Decimal("1.2"), deal.currency)
        period = (deal.day(month), deal.day(month + 1))
        at = deal.at(deal.day(month + 1, 1), 9)
        product = deal.edition.product("inference")
        lines: list[Cells] = [
            {"line_kind": "usage", "line_id": usage, "net_amount": value},
            {"line_kind": "credit_draw", "line_id": usage, "net_amount": -value},
            {"line_kind": "overage", "line_id": overage, "net_amount": beyond},
        ]
        lines[1] |= {"grant_id": grant}
        lines = [{"product_id": product, "period": period, **line} for line in lines]
        deal.bill(at, lines)
        if drawn and grant:
            deal.credit(grant, "draw", drawn, at - HOUR)


def _buy_quarter(deal: Deal, line_id: str, month: int, amount: Decimal) -> str:
    at = deal.at(deal.day(month), 1)
    line: Cells = {
        "line_kind": "minimum_commitment",
        "line_id": line_id,
        "net_amount": amount,
        "period": (deal.day(month), deal.day(month + 3)),
    }
    bill = deal.bill(at, [line])
    if bill is None:
        return ""
    return deal.grant(
        "commitment",
        amount,
        at,
        amount=amount,
        expires=deal.day(month + 3),
        line_id=line_id,
        unit_code=deal.currency,
        document_line_id=bill.line_id(),
    )


def _settled(
    deal: Deal, name: str, meter: str, true_up_on: str, interval: str, dollars: int
) -> None:
    """Use is invoiced in arrears, and what lacks at the end of an interval as well."""
    minimum = deal.money(dollars)
    commitment = deal.line(
        name,
        "minimum_commitment",
        fixed_amount=minimum,
        amount_interval=interval,
        true_up_on=true_up_on,
        billing_timing="arrears",
        billing_interval="month" if interval == "month" else "once",
    )
    usage = _usage(deal, f"{name}_use", meter, commitment, "5.00")
    product = deal.edition.product("inference")
    total = Decimal(0)
    for month in range(min(deal.months, 12)):
        moments = deal.moments(month, 6)
        used = sum(_use(deal, usage, meter, moments, 3_000_000, 8_000_000))
        value = to_minor(used * deal.money("5.00") / MILLION, deal.currency)
        total += value
        period = (deal.day(month), deal.day(month + 1))
        lines: list[Cells] = [
            {"line_kind": "usage", "line_id": usage, "net_amount": value}
        ]
        lacking = minimum - (value if interval == "month" else total)
        if lacking > 0 and (interval == "month" or month == 11):
            line: Cells = {"line_kind": "true_up", "line_id": commitment}
            lines.append(line | {"net_amount": lacking})
        lines = [{"product_id": product, "period": period, **line} for line in lines]
        deal.bill(deal.at(deal.day(month + 1, 1), 9), lines)


def _use(
    deal: Deal, line_id: str, meter: str, moments: list[datetime], low: int, high: int
) -> list[int]:
    """Events of one meter; the quantities of those recorded by the as-of."""
    found = []
    for at in moments:
        quantity = deal.rng.randrange(low, high)
        deal.use(line_id, meter, at, quantity)
        found.append(quantity)
    return found
