"""Deals whose revenue hangs on what people judge: interest, breakage, doubt, scope."""

from datetime import timedelta
from decimal import Decimal

from inference_revenue.simulate.specials.deal import HOUR, Cells, Deal
from inference_revenue.simulate.specials.orders import FIRM

POOL = 24_000
"""Credits of a commitment, of which a good part is never used."""


def advances(deal: Deal) -> None:
    """Two years of the platform paid on the first day: the customer lends as well."""
    deal.agree(24, **FIRM)
    product = deal.edition.product("platform")
    fee = deal.money(95 * 24)
    access = deal.line(
        "access",
        "fixed_fee",
        product_id=product,
        quantity=1,
        fixed_amount=fee,
        billing_timing="advance",
        billing_interval="once",
    )
    deal.estimate(
        "financing_rate",
        ("contract", deal.contract_id),
        deal.start - timedelta(days=9),
        [Decimal("0.06")],
        unit="rate",
        method="most_likely",
    )
    _bill(deal, 0, access, "platform", fee, months=24)


def doubts(deal: Deal) -> None:
    """Support by the month of a customer that stops paying, and recovers later."""
    deal.agree(12, **FIRM)
    fee = deal.money(300)
    support = deal.line(
        "support",
        "fixed_fee",
        product_id=deal.edition.product("care"),
        quantity=1,
        fixed_amount=fee,
        amount_interval="month",
        billing_timing="advance",
        billing_interval="month",
    )
    days = (deal.start - timedelta(days=9), deal.day(2, 9), deal.day(5, 9))
    for day, likely in zip(days, ("0.96", "0.30", "0.90"), strict=True):
        deal.estimate(
            "collectability",
            ("contract", deal.contract_id),
            day,
            [Decimal(likely)],
            unit="rate",
            method="historical_rate",
        )
    deal.event("credit_deterioration", days[1])
    for month in range(min(deal.months + 1, 12)):
        _bill(deal, month, support, "care", fee, paid=month not in (2, 3, 4))


def idle(deal: Deal) -> None:
    """A year of credits, hardly used: part is expected to lapse, or owed to a state."""
    deal.agree(12, **FIRM)
    price = deal.money(2_400)
    pool = deal.line(
        "pool",
        "minimum_commitment",
        fixed_amount=price,
        billing_timing="advance",
        billing_interval="once",
    )
    burn = deal.price(
        "burn", "unit", [{"rate_amount": 1, "rate_per_quantity": 1_000}], "CREDIT"
    )
    usage = deal.line(
        "use",
        "usage",
        product_id=deal.edition.product("inference"),
        price_id=burn,
        meter_id=deal.edition.meter("burn"),
        parent_line_id=pool,
        billing_interval="month",
    )
    lot = deal.grant(
        "commitment",
        POOL,
        deal.at(deal.start),
        amount=price,
        expires=deal.day(12),
        line_id=pool,
    )
    _bill(deal, 0, pool, "credits", price, kind="minimum_commitment", months=12)
    for month in range(min(deal.months, 12)):
        for at in deal.moments(month, 3):
            units = deal.rng.randrange(300, 600)
            event_id = deal.use(usage, "burn", at, units * 1_000)
            deal.credit(lot, "draw", units, at + HOUR, usage_event_id=event_id)
    for month, (expected, sure) in ((3, (6_000, 4_000)), (6, (8_000, 7_000))):
        deal.estimate(
            "breakage",
            ("grant", lot),
            deal.day(month) - timedelta(days=1),
            [expected],
            unit="units",
            constrained_value=sure,
        )
    if deal.number % 3 == 1:
        deal.elect("unclaimed", "unclaimed_property", "escheats", by="cao")


def drafts(deal: Deal) -> None:
    """Seats added in writing at once, priced ten weeks later."""
    deal.agree(12, **FIRM)
    product = deal.edition.product("platform")
    fee = deal.money(95 * 12)
    seats = deal.line(
        "seats",
        "fixed_fee",
        product_id=product,
        quantity=10,
        fixed_amount=fee,
        billing_timing="advance",
        billing_interval="once",
    )
    _bill(deal, 0, seats, "platform", fee, months=12)
    day, more = deal.day(4), deal.money(240)
    at, settled_at = deal.at(day - timedelta(days=2), 13), deal.at(deal.day(6, 14), 11)
    if settled_at > deal.timeline.as_of:
        return
    added = deal.event("modified", day)
    deal.changed_line(seats, added, at, quantity=15, fixed_amount=0)
    deal.estimate(
        "variable_consideration",
        ("contract_event", added),
        day,
        [more],
        method="most_likely",
        constrained_value=deal.money(180),
    )
    (unpriced,) = deal.tables["contract_events"]
    agreed = f"{added}.priced"
    priced = {"contract_event_id": agreed, "price_delta_amount": more}
    deal.add("contract_events", "clm", settled_at, {**unpriced, "is_retracted": True})
    deal.add("contract_events", "clm", settled_at, {**unpriced, **priced})
    deal.changed_line(seats, agreed, settled_at, fixed_amount=fee + more)
    bill: Cells = {
        "line_kind": "fixed_fee",
        "line_id": seats,
        "product_id": product,
        "net_amount": more,
        "period": (day, deal.day(12)),
    }
    deal.bill(settled_at + HOUR, [bill])


def _bill(
    deal: Deal,
    month: int,
    line_id: str,
    product: str,
    amount: Decimal,
    *,
    kind: str = "fixed_fee",
    months: int = 1,
    paid: bool = True,
) -> None:
    """A fee invoiced ahead for months from one of the deal's on."""
    line: Cells = {
        "line_kind": kind,
        "line_id": line_id,
        "product_id": deal.edition.product(product),
        "quantity": Decimal(1),
        "net_amount": amount,
        "period": (deal.day(month), deal.day(month + months)),
    }
    deal.bill(deal.at(deal.day(month), 9), [line], paid=paid)
