"""Random prepaid lots of a contract, and the rows that say them.

Lots overlap, start and end inside months and on their boundaries, are learned late,
extended before and after their end, voided, paid back and withdrawn. Some roll over, or
are transferred, and again. Some hold more than is used and some far less.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from built_books import Row, Rows
from revenue_oracle import EXPONENTS, PREPAID, Contract, Line, midnight, month_later
from wallet_oracle import NEVER, Lot, LotEvent

Known = Callable[[datetime], datetime]
# Consideration per unit of face value.
BASES = ("1", "0.9", "0.333", "0.0125")


def random_lots(
    random: Random, contract: Contract, known: Known, as_of: datetime
) -> list[Lot]:
    """Lots of a contract; none where it has no usage."""
    lines = [line for line in contract.lines if line.kind == "usage"]
    used = sum(map(_charged, lines), Decimal(0))
    if not used:
        contract.unit = ""
        return []
    lots: list[Lot] = []
    for number in range(random.randint(1, 4)):
        starts = _instant(random, contract, -20, 110)
        granted = starts - timedelta(days=random.choice([0, 0, 3]))
        ends = NEVER
        if random.random() < 0.8:
            ends = _instant(random, contract, 0, 90, after=starts)
        share = Decimal(random.choice([2, 10, 40, 120])) / 100
        places = random.choice([0, 2, 9])
        units = max(round(used * share, places), Decimal(1).scaleb(-places))
        kind = random.choice(["top_up", "top_up", "commitment", "promotional", "bonus"])
        bought = [lot for lot in lots if lot.kind in ("top_up", "commitment")]
        if kind == "bonus" and not bought:
            kind = "top_up"
        exponent = EXPONENTS[contract.currency]
        price = round(units * Decimal(random.choice(BASES)), exponent)
        lots.append(Lot(
            f"{contract.contract_id}-g{number}", kind, units,
            Decimal(0) if kind in ("promotional", "bonus")
            else max(price, Decimal(1).scaleb(-exponent)),
            granted, known(granted), starts, ends,
            priority=random.choice([None, None, 1, 35]),
            refundable=kind == "top_up" and random.random() < 0.15,
            purchase=random.choice(bought) if kind == "bonus" else None,
            pays=random.random() > 0.1, minor_units=exponent,
        ))  # fmt: skip
        if lots[-1].recorded_at >= as_of:
            lots.pop()
            continue
        lots[-1].events = _events(random, lots[-1], known, as_of)
        if random.random() < 0.1:
            lots[-1].retracted_at = known(lots[-1].recorded_at + timedelta(hours=1))
    _carry_over(random, contract, lots, known, as_of)
    if not lots:
        contract.unit = ""
    # what is left of the lots of a line is paid back or is not
    for lot in lots:
        lot.refundable = lots[0].refundable and lot.root.kind == "top_up"
    return lots


def _carry_over(
    random: Random, contract: Contract, lots: list[Lot], known: Known, as_of: datetime
) -> None:
    """Lots that take over what others have left at their end, or some of it before."""
    share = Decimal(random.choice(["1", "1", "0.5", "0.333333333"]))
    most = Decimal(random.choice([10**9, 10**9, 7]))
    for number in range(random.choice([0, 0, 1, 2, 3]) if lots else 0):
        source = random.choice(lots)
        at, units, is_transfer = source.ends, source.units, random.random() < 0.4
        gone = (event for event in source.events if event.kind != "extend")
        units -= sum((event.units for event in gone), Decimal(0))
        if is_transfer:
            at = source.starts + timedelta(days=random.randint(1, 40), hours=7)
            units = round(units / random.choice([2, 5]), 9)
        # nobody knows yet what a lot will hold that another one fills
        is_empty = is_transfer and source.comes_from
        if at >= as_of or at > source.ends or not units or is_empty:
            continue
        if any(lot.comes_from is source for lot in lots):
            continue
        starts = at + timedelta(days=random.choice([0, 0, 4]))
        ends = random.choice([NEVER, starts + timedelta(days=45)])
        lots.append(Lot(
            f"{contract.contract_id}-m{number}",
            source.root.kind if is_transfer else "rollover",
            units if is_transfer else min(units, most), source.consideration,
            at, known(at), starts, ends,
            priority=random.choice([None, None, 1, 35]), pays=source.pays,
            minor_units=source.minor_units, comes_from=source,
            share=Decimal(1) if is_transfer else share, moved_at=at,
            is_transfer=is_transfer,
        ))  # fmt: skip
        if lots[-1].recorded_at >= as_of:
            lots.pop()
        elif random.random() < 0.1:
            lots[-1].retracted_at = known(lots[-1].recorded_at + timedelta(hours=1))


def _charged(line: Line) -> Decimal:
    """About what the usage of a line is charged, large enough for any lot."""
    rate = line.rates[0]
    quantity = sum((event.quantity for event in line.events), Decimal(0))
    return min(quantity * rate.amount / rate.quantity, Decimal(10) ** 9)


def _instant(
    random: Random, contract: Contract, first: int, last: int,
    after: datetime | None = None,
) -> datetime:  # fmt: skip
    """Some instant, often local midnight of a day, sometimes of a month's first."""
    zone = contract.entity.zone
    base = after or midnight(min(line.start for line in contract.lines), zone)
    at = base + timedelta(days=random.randint(first, last), hours=random.randint(1, 20))
    draw = random.random()
    if draw < 0.3:
        return midnight(month_later(at.date().replace(day=1), 1), zone)
    return midnight(at.date() + timedelta(days=1), zone) if draw < 0.6 else at


def _events(random: Random, lot: Lot, known: Known, as_of: datetime) -> list[LotEvent]:
    events: list[LotEvent] = []
    taken = Decimal(0)  # more than a lot holds is refused: LOT_OVERDRAWN
    for _ in range(random.choice([0, 0, 1, 2])):
        kind = random.choice(["extend", "void", "refund"])
        if lot.refundable and kind == "void":
            continue
        happened = lot.starts + timedelta(days=random.randint(1, 90), hours=5)
        if happened >= as_of:
            continue
        until = NEVER
        if kind == "extend":
            if lot.ends == NEVER:
                continue
            until = lot.ends + timedelta(days=random.randint(1, 60))
        share = Decimal(random.choice([10, 50, 90])) / 100
        if kind != "extend":
            if taken + share > 1:
                continue
            taken += share
        event = LotEvent(
            kind, happened, known(happened), round(lot.units * share, 9), until
        )
        if random.random() < 0.2:
            gone = known(event.recorded_at + timedelta(hours=1))
            event = LotEvent(
                kind, happened, event.recorded_at, event.units, until, gone
            )
        # two extensions recorded at one time would leave open which holds
        if event.recorded_at not in {other.recorded_at for other in events}:
            events.append(event)
    return events


def write_lots(
    random: Random,
    contract: Contract,
    rows: Rows,
    row: Callable[..., Row],
    at: Callable[[datetime], str],
) -> None:
    """The rows of a contract's lots and of the line that sells them."""
    if not contract.lots:
        return
    name = contract.contract_id
    rows["contract_lines"].append(row(
        at(contract.recorded_at), line_id=f"{name}-pack", contract_id=name,
        product_id=PREPAID, line_kind="credit_pack", fixed_amount=1, quantity=1,
        service_start=at(min(lot.starts for lot in contract.lots)),
        **_terms_of(contract.lots),
    ))  # fmt: skip
    used = "|".join(sorted({line.product_id for line in contract.lines}))
    for lot in contract.lots:
        rows["credit_grants"].append(row(
            at(lot.recorded_at), grant_id=lot.grant_id, customer_id=f"c-{name}",
            contract_id=random.choice([name, None]), grant_kind=lot.kind,
            line_id=None if lot.comes_from else random.choice([f"{name}-pack", None]),
            units_granted=f"{lot.units:f}",
            unit_code=contract.unit or contract.currency,
            consideration_amount=f"{lot.consideration:f}",
            consideration_currency=contract.currency, granted_at=at(lot.granted_at),
            effective_at=at(lot.starts), refundable=lot.refundable,
            expires_at=None if lot.ends == NEVER else at(lot.ends),
            priority=lot.priority,
            parent_grant_id=next(
                (o.grant_id for o in (lot.purchase, lot.comes_from) if o), None
            ),
            applies_to_product_ids=random.choice([None, used]) if lot.pays
            else "another",
        ))  # fmt: skip
        if lot.comes_from and (lot.is_transfer or lot.moved_at < lot.starts):
            rows["credit_events"].append(row(
                at(lot.recorded_at), credit_event_id=f"{lot.grant_id}-moved",
                grant_id=lot.comes_from.grant_id, related_grant_id=lot.grant_id,
                kind="transfer" if lot.is_transfer else "rollover",
                units=f"{lot.units:f}", occurred_at=at(lot.moved_at),
            ))  # fmt: skip
        if lot.retracted_at != NEVER:
            rows["credit_grants"].append(
                row(at(lot.retracted_at), grant_id=lot.grant_id, is_retracted=True)
            )
        for number, event in enumerate(lot.events):
            key = {"credit_event_id": f"{lot.grant_id}-e{number}"}
            rows["credit_events"].append(row(
                at(event.recorded_at), **key, grant_id=lot.grant_id, kind=event.kind,
                units=f"{event.units:f}", occurred_at=at(event.occurred_at),
                new_expires_at=None if event.until == NEVER else at(event.until),
            ))  # fmt: skip
            if event.retracted_at != NEVER:
                rows["credit_events"].append(
                    row(at(event.retracted_at), **key, is_retracted=True)
                )


def _terms_of(lots: list[Lot]) -> dict[str, str]:
    """What the line says of rollovers, where it limits them."""
    shares = {lot.share for lot in lots if lot.share < 1}
    return {"rollover_fraction": f"{max(shares):f}"} if shares else {}
