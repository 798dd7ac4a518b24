"""Modified contracts by brute force: what each day earns, as one close knew the terms.

From the definition, not from the SQL. A change of terms begins a segment on the later
of its effect and its approval. Until then the terms before it go on. At that moment
what remains of the price (all that the terms now state, less what is earned) is spread
over the days that remain, each whole interval alike where all fees that remain are per
one kind of interval, else each day alike. A fee per interval states, for each day, its
share of the interval by days; one stated once states its latest total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from revenue_oracle import (
    Change,
    Contract,
    Entity,
    Event,
    Line,
    Period,
    local_day,
    midnight,
    month_later,
)

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stated:
    """Terms of a line that some close knew, with the change that brought them."""

    position: int  # in the order of changes, 0 as first agreed
    effective: date | None
    amount: Decimal
    start: date
    end: date

    @property
    def content(self) -> tuple[Decimal, date, date]:
        return self.amount, self.start, self.end


@dataclass(frozen=True)
class Bridge:
    """One change of terms of an obligation, as one close knew it."""

    event_id: str
    start: date | None  # first day of its segment; None where all came with it
    before: Fraction  # the price before it
    recognised: Fraction  # earned before it
    after: Fraction  # the price after it
    remaining: Fraction  # what is earned from it on


def known_changes(contract: Contract, p: Period) -> list[Change]:
    """The changes that the close of a period knew, in the order of their segments."""
    zone = contract.entity.zone
    known = [
        change
        for change in contract.changes
        if change.recorded_at <= p.cutoff
        and change.approved_at < midnight(p.end, zone)
        and (change.retracted_at is None or change.retracted_at > p.cutoff)
    ]
    return sorted(
        known, key=lambda c: (segment_start(c, zone), c.effective, c.event_id)
    )


def segment_start(change: Change, zone: str) -> datetime:
    """Back-dating moves billing, never a segment of revenue."""
    return max(midnight(change.effective, zone), change.approved_at)


def stated_terms(line: Line, changes: Sequence[Change], p: Period) -> list[Stated]:
    """What the close knew of a line, one set of terms per change that brought any."""
    found = []
    base = [terms for terms in line.terms if terms.recorded_at <= p.cutoff]
    if base:
        latest = max(base, key=lambda terms: terms.recorded_at)
        found.append(Stated(0, None, latest.amount, line.start, line.end))
    for position, change in enumerate(changes, start=1):
        rows = [
            row
            for row in line.changed.get(change.event_id, [])
            if row.recorded_at <= p.cutoff
        ]
        if rows:
            row = max(rows, key=lambda row: row.recorded_at)
            found.append(
                Stated(position, change.effective, row.amount, row.start, row.end)
            )
    return found


def earned_each_day(
    contract: Contract, lines: Sequence[Line], p: Period
) -> dict[date, Fraction]:
    """What every day earns of the fees of one obligation, as a close knew it."""
    return _fold(contract, lines, p)[0]


def bridges(contract: Contract, lines: Sequence[Line], p: Period) -> list[Bridge]:
    """What each change did to the price; two on one day are the later one."""
    found: list[Bridge] = []
    for step in _fold(contract, lines, p)[1]:
        if found and step.start is not None and found[-1].start == step.start:
            step = replace(step, before=found.pop().before)
        found.append(step)
    return found


def _fold(
    contract: Contract, lines: Sequence[Line], p: Period
) -> tuple[dict[date, Fraction], list[Bridge]]:
    zone = contract.entity.zone
    changes = known_changes(contract, p)
    terms = {line.line_id: stated_terms(line, changes, p) for line in lines}
    earned: dict[date, Fraction] = {}
    steps: list[Bridge] = []
    price = Fraction(0)
    begun = False
    before: dict[str, tuple[Decimal, date, date]] = {}
    for position in range(len(changes) + 1):
        now = {
            line_id: max(upto, key=lambda s: s.position).content
            for line_id, stated in terms.items()
            if (upto := [s for s in stated if s.position <= position])
        }
        if now == before:
            continue  # nothing changed: no segment
        before = now
        days = {}
        for line in lines:
            upto = [s for s in terms[line.line_id] if s.position <= position]
            days[line.line_id] = _stated_each_day(line, upto)
        was = price
        price = sum(
            (amount for each in days.values() for amount in each.values()), Fraction(0)
        )
        if not begun:
            for each in days.values():
                _add(earned, each)
            begun = True
            if position:
                event = changes[position - 1].event_id
                nothing = Fraction(0)
                steps.append(Bridge(event, None, nothing, nothing, price, price))
            continue
        start = local_day(segment_start(changes[position - 1], zone), zone)
        earned = {day: amount for day, amount in earned.items() if day < start}
        recognised = sum(earned.values(), Fraction(0))
        remaining = price - recognised
        _add(earned, _spread(remaining, start, lines, days, terms, position))
        event = changes[position - 1].event_id
        steps.append(Bridge(event, start, was, recognised, price, remaining))
    return earned, steps


def _stated_each_day(line: Line, upto: Sequence[Stated]) -> dict[date, Fraction]:
    """The price of each day: the last terms whose effect has come by then."""
    if not upto:
        return {}
    if line.kind == "once":
        last = max(upto, key=lambda s: s.position)
        length = (last.end - last.start).days
        return {
            last.start + number * DAY: Fraction(last.amount) / length
            for number in range(length)
        }
    found = {}
    day = min(s.start for s in upto)
    while day < max(s.end for s in upto):
        effective = [s for s in upto if s.effective is None or s.effective <= day]
        if effective:
            last = max(effective, key=lambda s: s.position)
            if last.start <= day < last.end:
                found[day] = Fraction(last.amount) / _interval_days(last.start, day)
        day += DAY
    return found


def _spread(
    remaining: Fraction,
    start: date,
    lines: Sequence[Line],
    days: dict[str, dict[date, Fraction]],
    terms: dict[str, list[Stated]],
    position: int,
) -> dict[date, Fraction]:
    """What remains over the days that remain, or on the first day if there is none."""
    ahead = [line for line in lines if any(d >= start for d in days[line.line_id])]
    if not ahead:
        return {start: remaining}
    first = min(max(start, min(days[line.line_id])) for line in ahead)
    last = max(max(days[line.line_id]) for line in ahead)
    anchors = [
        stated.start
        for line in ahead
        if line.kind == "month"
        for stated in _pricing(terms[line.line_id], position, start)
    ]
    window = [first + number * DAY for number in range((last - first).days + 1)]
    if anchors and min(anchors) <= first:
        weights = [Fraction(1, _interval_days(min(anchors), day)) for day in window]
    else:
        weights = [Fraction(1) for _ in window]
    whole = sum(weights)
    return {
        day: remaining * weight / whole
        for day, weight in zip(window, weights, strict=True)
    }


def _pricing(stated: list[Stated], position: int, start: date) -> list[Stated]:
    """The terms of a line that price a day from the start on."""
    upto = [s for s in stated if s.position <= position]
    found = []
    for one in upto:
        later = [
            s.effective
            for s in upto
            if s.position > one.position and s.effective is not None
        ]
        until = min([one.end, *later])
        since = max(one.start, one.effective or one.start)
        if until > max(since, start):
            found.append(one)
    return found


def _interval_days(anchor: date, day: date) -> int:
    number = 0
    while month_later(anchor, number + 1) <= day:
        number += 1
    return (month_later(anchor, number + 1) - month_later(anchor, number)).days


def _add(total: dict[date, Fraction], more: dict[date, Fraction]) -> None:
    for day, amount in more.items():
        total[day] = total.get(day, Fraction(0)) + amount


def terms_of_use(
    contract: Contract, line: Line, event: Event, p: Period
) -> Stated | None:
    """The terms that govern a use: those of the segment it happened in."""
    entity: Entity = contract.entity
    changes = known_changes(contract, p)
    stated = stated_terms(line, changes, p)
    first = min((s.position for s in stated), default=0)
    governing = [
        s
        for s in stated
        if s.position == first
        or segment_start(changes[s.position - 1], entity.zone) <= event.occurred_at
    ]
    if not governing:
        return None
    last = max(governing, key=lambda s: s.position)
    from_at, to_at = midnight(last.start, entity.zone), midnight(last.end, entity.zone)
    return last if from_at <= event.occurred_at < to_at else None
