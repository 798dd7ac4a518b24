"""Credits bought ahead: packs drawn by use, and all that can happen to a lot."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from inference_revenue.simulate.money import quantize, to_minor
from inference_revenue.simulate.specials.deal import HOUR, Bill, Cells, Deal
from inference_revenue.simulate.specials.lots import Drawn, Lot, Use, Wallet
from inference_revenue.simulate.timeline import local_day

MILLION = 1_000_000
PACKS = (
    # months from the start, days more, face value in dollars, share paid, days until
    # expiry (0: none), priority
    (0, 0, 300, "0.90", 96, None),
    (1, 6, 200, "1.00", 100, None),
    (3, 2, 240, "0.85", 0, None),
    (3, 20, 120, "1.00", 41, 5),
)


def packs(deal: Deal) -> Wallet:
    """Packs bought one after another and drawn by metered use, money or credits.

    Every other deal is priced in credits, and never uses more than it has; the others
    are priced in money and pay as they go once their packs are used up.
    """
    in_credits = deal.number % 2 == 1
    deal.agree(None)
    product = deal.edition.product("credits")
    unit = "CREDIT" if in_credits else deal.currency
    rate = Decimal(1_000) if in_credits else deal.money("3.00")
    price_id = deal.price(
        "tokens", "unit", [{"rate_amount": rate, "rate_per_quantity": MILLION}], unit
    )
    tokens = deal.line(
        "tokens",
        "usage",
        product_id=deal.edition.product("inference"),
        price_id=price_id,
        meter_id=deal.edition.meter("tokens"),
        billing_timing="arrears",
        billing_interval="month",
    )
    wallet = Wallet()
    for number, (months, days, dollars, share, until, priority) in enumerate(PACKS):
        day = deal.day(months, days)
        face = deal.money(dollars)
        units = Decimal(dollars) * 1_000 if in_credits else face
        amount = to_minor(face * Decimal(share), deal.currency)
        expires = day + timedelta(days=until) if until else None
        lot = _buy(deal, product, number, day, units, amount, expires, priority, unit)
        if lot is not None:
            wallet.lots.append(lot)
    for month in range(min(deal.months, 8)):
        for position, at in enumerate(deal.moments(month, 14)):
            quantity = deal.rng.randrange(900_000, 3_600_000) // (
                3 if in_credits else 1
            )
            delay = timedelta(days=23) if position == 9 else timedelta(seconds=30)
            if at + delay > deal.timeline.as_of:
                continue
            event_id = deal.use(tokens, "tokens", at, quantity, delay=delay)
            value = Fraction(quantity) * Fraction(rate) / MILLION
            wallet.uses.append(Use(event_id, at, value))
    story = wallet.story(deal.timeline.as_of)
    _tell(deal, story)
    _bill_overage(deal, story, tokens, price_id)
    return wallet


def _buy(
    deal: Deal,
    product: str,
    number: int,
    day: date,
    units: Decimal,
    amount: Decimal,
    expires: date | None,
    priority: int | None,
    unit: str,
) -> Lot | None:
    """A pack: its line, its invoice, paid on the day, and its lot."""
    at = deal.at(day, 0) if number == 0 else deal.at(day, 9)
    line_id = deal.line(
        f"pack_{number + 1}",
        "credit_pack",
        known_at=deal.known_at if number == 0 else at,
        product_id=product,
        quantity=units,
        fixed_amount=amount,
        service_start=at,
        service_end=deal.midnight(expires) if expires else None,
        billing_timing="advance",
    )
    line: Cells = {
        "line_kind": "credit_pack",
        "line_id": line_id,
        "product_id": product,
        "quantity": units,
        "net_amount": amount,
    }
    bill = deal.bill(at, [line], paid=False)
    if bill is None:
        return None
    deal.cash("payment", bill.document_id, bill.total, at + HOUR / 2)
    grant_id = deal.grant(
        "top_up",
        units,
        at,
        amount=amount,
        expires=expires,
        line_id=line_id,
        unit_code=unit,
        priority=priority,
        document_line_id=bill.line_id(),
    )
    return Lot(
        grant_id,
        Fraction(units),
        Fraction(amount),
        at,
        at,
        deal.at(expires) if expires else None,
        priority,
    )


def _tell(deal: Deal, story: list[Drawn]) -> None:
    """The wallet system's own rows, which only reconcile: draws and expiries."""
    used = {row["event_id"]: row for row in deal.tables.get("usage_events", [])}
    for one in story:
        if one.grant_id is None:
            continue
        kind = "draw" if one.component == "drawdown" else "expire"
        units = quantize(Decimal(one.units.numerator) / one.units.denominator, 9)
        cells: Cells = {"usage_event_id": one.event_id} if one.event_id else {}
        known_at = used[one.event_id]["recorded_at"] if one.event_id else None
        deal.credit(one.grant_id, kind, units, one.at, known_at=known_at, **cells)


def _bill_overage(deal: Deal, story: list[Drawn], line_id: str, price_id: str) -> None:
    """Use that no lot covered, invoiced after its month."""
    by_month: dict[int, Fraction] = {}
    for one in story:
        if one.component == "overage":
            month = deal.timeline.index(local_day(one.at, deal.entity.time_zone))
            by_month[month] = by_month.get(month, Fraction(0)) + one.amount
    for month, amount in sorted(by_month.items()):
        line: Cells = {
            "line_kind": "usage",
            "line_id": line_id,
            "product_id": deal.edition.product("inference"),
            "price_id": price_id,
            "meter_id": deal.edition.meter("tokens"),
            "net_amount": to_minor(
                Decimal(amount.numerator) / amount.denominator, deal.currency
            ),
            "period": (deal.timeline.month(month), deal.timeline.month(month + 1)),
        }
        deal.bill(deal.timeline.invoice_run_at(month), [line])


def wallets(deal: Deal) -> None:
    """Lots of every origin: spoilt, extended, returned, moved on and given away."""
    deal.agree(12)
    product = deal.edition.product("credits")
    price_id = deal.price(
        "burn", "unit", [{"rate_amount": 1, "rate_per_quantity": 1_000}], "CREDIT"
    )
    burn = deal.line(
        "burn",
        "usage",
        product_id=deal.edition.product("inference"),
        price_id=price_id,
        meter_id=deal.edition.meter("burn"),
        billing_interval="month",
    )
    pack, _bill = _pack_of(deal, product, "pack", 1_000, deal.at(deal.start))
    spare, spare_bill = _pack_of(deal, product, "spare", 400, deal.at(deal.day(1), 10))
    bonus = deal.grant(
        "bonus", 100, deal.at(deal.start), parent_grant_id=pack, expires=deal.day(2, 10)
    )
    promo = deal.grant(
        "promotional",
        50,
        deal.at(deal.day(0, 2), 8),
        expires=deal.day(1, 12),
        applies_to_product_ids=deal.edition.product("inference"),
    )
    uses = []
    for month in range(min(deal.months, 4)):
        for at in deal.moments(month, 5):
            units = deal.rng.randrange(12, 36)
            event_id = deal.use(burn, "burn", at, units * 1_000)
            uses.append(Use(event_id, at, Fraction(units)))
    failed = uses[-1:]
    # another member of the pool uses the pack as well
    partner = f"{deal.customer.customer_id}_pool"
    at = deal.at(deal.day(1, 9), 13)
    event_id = deal.use(burn, "burn", at, 5_000, customer_id=partner)
    uses.append(Use(event_id, at, Fraction(5)))
    service = deal.grant("service_credit", 80, deal.at(deal.day(2, 3), 9))
    goodwill = deal.grant(
        "goodwill", 60, deal.at(deal.day(2, 4), 9), expires=deal.day(5)
    )
    # a card that no meter sees: of the vendor's draws, what ours must differ in
    card = 30 if deal.number % 4 == 0 else 0
    if card:
        at = deal.at(deal.day(2, 8), 9)
        deal.credit(service, "draw", card, at, reason="gift card")
    story = Wallet(
        [
            _held(deal, promo, 50, deal.at(deal.day(0, 2), 8), deal.day(1, 12), 10),
            _held(deal, goodwill, 60, deal.at(deal.day(2, 4), 9), None, 12),
            _held(deal, service, 80 - card, deal.at(deal.day(2, 3), 9), None, 15),
            _held(deal, bonus, 100, deal.at(deal.start), deal.day(5)),
            _held(deal, pack, 1_000, deal.at(deal.start)),
            _held(deal, spare, 400, deal.at(deal.day(1), 10)),
        ],
        [use for use in uses if use.at + HOUR < deal.timeline.as_of],
    ).story(deal.timeline.as_of)
    _tell(deal, story)
    for use in failed:
        _take_back(deal, use, story)
    # before and after its expiry
    at = deal.at(deal.day(1, 28), 9)
    later = deal.midnight(deal.day(3))
    deal.credit(bonus, "extend", 0, at, new_expires_at=later)
    at, later = deal.at(deal.day(3, 4), 9), deal.midnight(deal.day(5))
    deal.credit(bonus, "extend", 0, at, new_expires_at=later)
    # for a product that is not used: nobody draws it
    trial = deal.grant(
        "promotional",
        25,
        deal.at(deal.day(2, 6), 8),
        applies_to_product_ids=deal.edition.product("resolution"),
    )
    deal.credit(trial, "void", 25, deal.at(deal.day(4), 8), reason="given twice")
    if spare_bill is not None:
        _give_back(deal, spare, spare_bill)
    _move_on(deal, pack)


def _pack_of(
    deal: Deal, product: str, name: str, units: int, at: datetime
) -> tuple[str, Bill | None]:
    amount = deal.money(Decimal(units) / 10)
    line_id = deal.line(
        name,
        "credit_pack",
        known_at=min(at, deal.known_at) if name == "pack" else at,
        product_id=product,
        quantity=units,
        fixed_amount=amount,
        service_start=at,
        billing_timing="advance",
    )
    line: Cells = {
        "line_kind": "credit_pack",
        "line_id": line_id,
        "product_id": product,
        "quantity": Decimal(units),
        "net_amount": amount,
    }
    bill = deal.bill(at, [line])
    cells: Cells = {"document_line_id": bill.line_id()} if bill else {}
    grant_id = deal.grant(
        "top_up", units, at, amount=amount, line_id=line_id, refundable=True, **cells
    )
    return grant_id, bill


def _held(
    deal: Deal,
    grant_id: str,
    units: int,
    at: datetime,
    expires: date | None = None,
    priority: int | None = None,
) -> Lot:
    """A lot as the wallet system draws it; what it costs does not matter there."""
    ends = deal.at(expires) if expires else None
    return Lot(grant_id, Fraction(units), Fraction(0), at, at, ends, priority)


def _take_back(deal: Deal, use: Use, story: list[Drawn]) -> None:
    """A failed call is withdrawn, and its draws undone."""
    gone_at = use.at + 30 * HOUR
    row: Cells = {
        "event_id": use.event_id,
        "meter_id": deal.edition.meter("burn"),
        "is_retracted": True,
    }
    deal.add("usage_events", "platform", gone_at, row)
    for one in story:
        if one.event_id == use.event_id and one.grant_id is not None:
            units = Decimal(one.units.numerator) / one.units.denominator
            cells: Cells = {"usage_event_id": use.event_id}
            deal.credit(one.grant_id, "undraw", units, gone_at, **cells)


def _give_back(deal: Deal, spare: str, bill: Bill) -> None:
    """The unused part of the spare pack: returned, credited and paid out."""
    at = deal.at(deal.day(3, 10), 10)
    amount = to_minor(bill.net / 4, deal.currency)
    note = deal.credit_note(bill, at, amount, "cancellation")
    if note is not None:
        deal.credit(spare, "refund", 100, at, document_line_id=note.line_id())
        deal.cash(
            "refund",
            bill.document_id,
            note.total,
            at + 40 * HOUR,
            reason="cancellation",
        )


def _move_on(deal: Deal, pack: str) -> None:
    """Part of the pack rolls over, part goes to another member of the pool."""
    at = deal.at(deal.day(4, 2))
    rolled = deal.grant("rollover", 120, at, parent_grant_id=pack, expires=deal.day(7))
    deal.credit(pack, "rollover", 120, at + HOUR, related_grant_id=rolled)
    at = deal.at(deal.day(4, 5), 9)
    moved = deal.grant(
        "top_up",
        90,
        at,
        parent_grant_id=pack,
        amount=deal.money(9),
        customer_id=f"{deal.customer.customer_id}_pool",
    )
    deal.credit(pack, "transfer", 90, at + HOUR, related_grant_id=moved)
