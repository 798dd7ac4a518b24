"""Random modifications of random contracts: on time or late, back-dated, withdrawn.

Kept apart from `random_world`, with a random source of their own, so that the contracts
themselves stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from revenue_oracle import (
    EXPONENTS,
    Change,
    ChangedTerms,
    Contract,
    Entity,
    Line,
    midnight,
    month_later,
)

Known = Callable[[Random, Entity, datetime], datetime]


def add_changes(
    random: Random, contract: Contract, as_of: datetime, known: Known
) -> None:
    """Up to three changes of terms of the contract's lines; some add a line."""
    for number in range(random.choice([0, 1, 1, 2, 2, 3])):
        change = _change(random, contract, as_of, known, number)
        if change is None:
            return
        contract.changes.append(change)
        for line in list(contract.lines):
            if line.start >= change.effective or random.random() < 0.3:
                continue
            line.changed[change.event_id] = _rows(
                random, contract, line, change, as_of, known
            )
        if random.random() < 0.3:
            contract.lines.append(_added_line(random, contract, change, number))


def _change(
    random: Random, contract: Contract, as_of: datetime, known: Known, number: int
) -> Change | None:
    entity = contract.entity
    first = min(line.start for line in contract.lines)
    last = max(line.end for line in contract.lines)
    effective = first + timedelta(days=random.randint(1, (last - first).days + 10))
    if random.random() < 0.4:  # at the start of a month, as agreements like it
        effective = effective.replace(day=1)
    approved = midnight(effective, entity.zone)
    if random.random() < 0.5:
        approved += timedelta(seconds=random.randint(-30 * 86400, 40 * 86400))
    # terms are changed once they are known, and the change once it is approved
    since = max(
        [contract.signed_at, contract.recorded_at]
        + [line.terms[0].recorded_at for line in contract.lines if line.terms]
    )
    approved = max(approved, contract.signed_at)
    if approved >= as_of or effective <= first:
        return None
    recorded = max(known(random, entity, approved), since)
    retracted = None
    if random.random() < 0.12:
        retracted = known(random, entity, recorded + timedelta(days=3))
    if retracted is not None and retracted <= recorded:
        retracted = None
    event_id = f"{contract.contract_id}-e{number}"
    return Change(event_id, effective, approved, recorded, retracted)


def _rows(
    random: Random,
    contract: Contract,
    line: Line,
    change: Change,
    as_of: datetime,
    known: Known,
) -> list[ChangedTerms]:
    end = line.end
    draw = random.random()
    if draw < 0.25:
        end = month_later(end, random.randint(1, 6))
    elif draw < 0.45 and change.effective > line.start:
        end = max(change.effective, line.start + timedelta(days=1))
    if line.terms:
        amount = line.terms[0].amount
    else:  # a line that an earlier change added
        amount = next(iter(line.changed.values()))[0].amount
    if line.kind == "usage":
        amount = random.choice([Decimal(0), Decimal("0.15"), Decimal("0.4")])
    elif random.random() < 0.7:
        amount = _money(random, contract)
    rows = [ChangedTerms(change.recorded_at, amount, line.start, end)]
    if random.random() < 0.15 and line.kind != "usage":
        at = known(random, contract.entity, change.recorded_at + timedelta(hours=12))
        if at > change.recorded_at:
            corrected = _money(random, contract)
            rows.append(ChangedTerms(at, corrected, line.start, end))
    return [row for row in rows if row.recorded_at <= as_of]


def _added_line(
    random: Random, contract: Contract, change: Change, number: int
) -> Line:
    kind = random.choice(["month", "month", "once"])
    start = change.effective + timedelta(days=random.choice([0, 0, 0, 31]))
    end = month_later(start, random.randint(1, 6))
    product = random.choice(["plan", "care"])
    line = Line(f"{contract.contract_id}-a{number}", product, kind, start, end, [])
    row = ChangedTerms(change.recorded_at, _money(random, contract), start, end)
    line.changed[change.event_id] = [row]
    return line


def _money(random: Random, contract: Contract) -> Decimal:
    return Decimal(random.randint(1, 10**7)).scaleb(-EXPONENTS[contract.currency])
