"""Plans with credits that come along, and fees by every interval."""

import itertools
from datetime import date
from decimal import Decimal

from inference_revenue.simulate.money import to_minor
from inference_revenue.simulate.specials.deal import HOUR, Cells, Deal

INCLUDED = 600
RENTALS = (
    # name, product, interval, dollars, billing interval, timing
    ("dedicated", "platform", "day", 3, "day", "arrears"),
    ("standby", "care", "week", 60, "week", "arrears"),
    ("console", "platform", "month", 90, "month", "advance"),
    ("review", "care", "quarter", 900, "quarter", "arrears"),
    ("maintenance", "care", "year", 3_600, "year", "advance"),
    ("archive", "platform", "once", 1_080, "once", "advance"),
)


def plans(deal: Deal) -> None:
    """A monthly plan with credits of which half roll over once; more costs extra."""
    deal.agree(12)
    fee = deal.money(99)
    plan = deal.line(
        "plan",
        "fixed_fee",
        product_id=deal.edition.product("platform"),
        quantity=1,
        fixed_amount=fee,
        amount_interval="month",
        billing_timing="advance",
        billing_interval="month",
    )
    included = deal.line(
        "included",
        "included_credits",
        product_id=deal.edition.product("credits"),
        parent_line_id=plan,
        quantity=INCLUDED,
        amount_interval="month",
        rollover_fraction=Decimal("0.5"),
        rollover_max_units=300,
        rollover_max_times=1,
    )
    rate: Cells = {"rate_amount": 1, "rate_per_quantity": 1_000}
    burn = deal.line(
        "burn",
        "usage",
        product_id=deal.edition.product("inference"),
        parent_line_id=included,
        price_id=deal.price("burn", "unit", [rate], "CREDIT"),
        meter_id=deal.edition.meter("burn"),
        billing_timing="arrears",
        billing_interval="month",
    )
    extra_rate: Cells = {
        "rate_amount": deal.money("0.20"),
        "rate_per_quantity": 1_000,
    }
    extra = deal.line(
        "extra",
        "overage",
        product_id=deal.edition.product("inference"),
        parent_line_id=included,
        price_id=deal.price("extra", "unit", [extra_rate], deal.currency),
        billing_timing="arrears",
        billing_interval="month",
    )
    for month in range(min(deal.months, 12)):
        _month(deal, month, plan, included, burn, extra, fee)


def _month(
    deal: Deal,
    month: int,
    plan: str,
    included: str,
    burn: str,
    extra: str,
    fee: Decimal,
) -> None:
    start, end = deal.day(month), deal.day(month + 1)
    at = deal.at(start)
    credit = deal.edition.product("credits")
    lines: list[Cells] = [
        {
            "line_kind": "fixed_fee",
            "line_id": plan,
            "product_id": deal.edition.product("platform"),
            "quantity": Decimal(1),
            "net_amount": fee,
            "period": (start, end),
        },
        {
            "line_kind": "included_credits",
            "line_id": included,
            "product_id": credit,
            "quantity": Decimal(INCLUDED),
            "net_amount": Decimal(0),
            "period": (start, end),
        },
    ]
    deal.bill(at, lines)
    grant = deal.grant("entitlement", INCLUDED, at, expires=end, line_id=included)
    # a heavy month now and then goes beyond what is included
    low, high = (90, 160) if month % 3 == 2 else (30, 75)
    used = 0
    for moment in deal.moments(month, 8):
        units = deal.rng.randrange(low, high)
        deal.use(burn, "burn", moment, units * 1_000)
        used += units
    after = deal.at(end)
    deal.credit(grant, "draw", min(used, INCLUDED), after - HOUR)
    rest = INCLUDED - min(used, INCLUDED)
    rolled = min(rest // 2, 300)
    if rolled:
        child = deal.grant(
            "rollover",
            rolled,
            after,
            parent_grant_id=grant,
            expires=deal.day(month + 2),
        )
        deal.credit(grant, "rollover", rolled, after, related_grant_id=child)
    if rest > rolled:
        deal.credit(grant, "expire", rest - rolled, after)
    if used > INCLUDED:
        beyond = to_minor((used - INCLUDED) * deal.money("0.20"), deal.currency)
        value = to_minor(INCLUDED * deal.money("0.20"), deal.currency)
        product = deal.edition.product("inference")
        use: Cells = {
            "line_kind": "usage",
            "line_id": burn,
            "product_id": product,
            "net_amount": value,
            "credits_applied_amount": value,
            "grant_id": grant,
            "period": (start, end),
        }
        more: Cells = {
            "line_kind": "overage",
            "line_id": extra,
            "product_id": product,
            "quantity": Decimal(used - INCLUDED),
            "net_amount": beyond,
            "period": (start, end),
        }
        deal.bill(deal.at(end, 10), [use, more])


def rentals(deal: Deal) -> None:
    """Access and support by the day, week, month, quarter and year, for a year."""
    deal.agree(12)
    lines = {}
    for name, product, interval, dollars, billing, timing in RENTALS:
        lines[name] = deal.line(
            name,
            "fixed_fee",
            product_id=deal.edition.product(product),
            quantity=1,
            fixed_amount=deal.money(dollars),
            amount_interval=interval,
            billing_timing=timing,
            billing_interval=billing,
        )
    for name, product, interval, dollars, _, timing in RENTALS:
        for start, end, count in _invoiced(deal, interval):
            due = deal.at(end if timing == "arrears" else start, 9)
            line: Cells = {
                "line_kind": "fixed_fee",
                "line_id": lines[name],
                "product_id": deal.edition.product(product),
                "quantity": Decimal(count),
                "net_amount": deal.money(dollars) * count,
                "period": (start, end),
            }
            deal.bill(due, [line])


def _invoiced(deal: Deal, interval: str) -> list[tuple[date, date, int]]:
    """Windows that one invoice is for, and how many intervals they hold."""
    assert deal.end is not None
    if interval in ("once", "year"):
        return [(deal.start, deal.end, 1)]
    if interval == "week":
        # four weeks at a time, the last invoice for what is left of the year
        days = [deal.day(0, 28 * number) for number in range(14)]
        return [(a, b, 4) for a, b in itertools.pairwise(days)]
    step = 3 if interval == "quarter" else 1
    windows = [
        (deal.day(month), deal.day(month + step)) for month in range(0, 12, step)
    ]
    return [(a, b, (b - a).days if interval == "day" else 1) for a, b in windows]
