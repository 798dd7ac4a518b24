"""Which prices hold interest? Payments and transfers as agreed; the test of a year.

A schedule is one fee as one close believed it (accounting rule D15). Its payments
follow the agreed billing, whatever was invoiced; a service passes month by month, a
good when it is handed over. The first day of a stretch counts and so does the last:
paid on 1 January and handed over on 31 December of the next year are two years.

Nothing is financed where each part of the price is paid within a year of what it is for
(ASC 606-10-32-18, IFRS 15.63), or where that was elected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

import pyarrow as pa

from inference_revenue.financing import DIGITS, Compounding, Flow, financed

Row = Mapping[str, Any]
ZERO, ONE = Decimal(0), Decimal(1)
NOTHING = Decimal("1e-30")
"""Less than any share: what a division leaves."""
DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"day": 1, "week": 7}
OUTPUT = pa.schema([
    ("schedule_id", pa.string()),
    ("outcome", pa.string()),
    ("price_amount", pa.decimal128(38, 18)),
    ("from_date", pa.date32()),
    ("to_date", pa.date32()),
    ("interest_amount", pa.decimal128(38, 18)),
])  # fmt: skip


class Transfer(NamedTuple):
    """A share of what is promised and the stretch of days in which it passes."""

    start: date
    end: date
    share: Decimal


def judged(schedules: pa.Table, handovers: pa.Table) -> pa.Table:
    """Outcome of each schedule; if discounted, one row per stretch of interest.

    schedules: schedule_id, passes_by (handover or time), billing_timing,
        billing_interval, bill_from_date, bill_to_date, service_from_date,
        service_to_date, close_date, stated_amount, annual_rate, choice,
        minor_unit_exponent.
    handovers: schedule_id, occurred_date, part and whole of what is promised.
    """
    parts: dict[str, list[Row]] = {}
    for row in handovers.to_pylist():
        parts.setdefault(row["schedule_id"], []).append(row)
    found: list[dict[str, Any]] = []
    with localcontext() as context:
        context.prec = DIGITS
        for row in schedules.sort_by("schedule_id").to_pylist():
            found += _rows(row, parts.get(row["schedule_id"], []))
    return pa.Table.from_pylist(found, schema=OUTPUT)


def _rows(schedule: Row, handed_over: Sequence[Row]) -> Iterator[dict[str, Any]]:
    payments = payment_days(schedule)
    transfers = list(transfers_of(schedule, handed_over, payments[0]))
    outcome = _outcome(schedule, payments, transfers)
    row = {"schedule_id": schedule["schedule_id"], "outcome": outcome}
    if outcome != "DISCOUNT":
        yield row
        return
    stated = schedule["stated_amount"]
    flows = [Flow(day, stated / len(payments), ZERO) for day in payments]
    flows += [Flow(one.end, ZERO, stated * one.share) for one in transfers]
    compounding = compounding_of(schedule)
    price, pieces = financed(flows, compounding, schedule["minor_unit_exponent"])
    row["price_amount"] = price
    if not pieces:
        yield row
    for piece in pieces:
        yield {
            **row,
            "from_date": piece.start,
            "to_date": piece.end,
            "interest_amount": piece.interest,
        }


def _outcome(
    schedule: Row, payments: Sequence[date], transfers: Sequence[Transfer]
) -> str:
    choice = schedule["choice"]
    if choice == "none":
        return "NONE"
    if choice != "discount" and not exceeds_a_year(payments, transfers):
        return "EXPEDIENT"
    return "MISSING_RATE" if schedule["annual_rate"] is None else "DISCOUNT"


def compounding_of(schedule: Row) -> Compounding:
    """Interest is added at each billing.

    Of a single payment every year, but every month for a service, which passes so.
    """
    interval, rate = schedule["billing_interval"], schedule["annual_rate"]
    if interval in DAYS:
        return Compounding(rate, 0, DAYS[interval])
    by_handover = schedule["passes_by"] == "handover"
    return Compounding(rate, MONTHS.get(interval, 12 if by_handover else 1), 0)


def payment_days(schedule: Row) -> list[date]:
    """When it falls due: each billing interval at its start or end, in equal parts."""
    in_arrears = schedule["billing_timing"] == "arrears"
    start, end = schedule["bill_from_date"], schedule["bill_to_date"]
    interval = schedule["billing_interval"]
    if interval == "once":
        return [end if in_arrears else start]
    calendar = Compounding(ZERO, MONTHS.get(interval, 0), DAYS.get(interval, 0))
    days: list[date] = []
    while not days or calendar.boundary(start, len(days)) < end:
        days.append(calendar.boundary(start, len(days) + (1 if in_arrears else 0)))
    return days


def transfers_of(
    schedule: Row, handed_over: Sequence[Row], first_payment: date
) -> Iterator[Transfer]:
    """What passes when: by months of service, or as handed over and expected to be."""
    if schedule["passes_by"] == "time":
        yield from _by_months(schedule)
        return
    left = ONE
    for row in sorted(handed_over, key=lambda row: row["occurred_date"]):
        share = min(left, Decimal(row["part"]) / Decimal(row["whole"]))
        day = row["occurred_date"]
        # what is paid before settles on the day of handover, which counts
        day = day + DAY if first_payment < day else day
        left -= share
        if share:
            yield Transfer(day, day, share)
    if left:
        day = _expected(schedule, first_payment)
        yield Transfer(day, day, left)


def _expected(schedule: Row, first_payment: date) -> date:
    """Paid ahead, a good passes by the end of its window, else at its start.

    What is late passes, as a close sees it, when its period ends.
    """
    start, end = schedule["service_from_date"], schedule["service_to_date"]
    is_ahead = schedule["billing_timing"] == "advance" and first_payment < end
    due: date = max(end if is_ahead else start, schedule["close_date"])
    return due


def _by_months(schedule: Row) -> Iterator[Transfer]:
    start, end = schedule["service_from_date"], schedule["service_to_date"]
    calendar = Compounding(ZERO, 1, 0)
    stretches: list[Transfer] = []
    while (left := calendar.boundary(start, len(stretches))) < end:
        month = calendar.boundary(start, len(stretches) + 1)
        right = min(month, end)
        share = Decimal((right - left).days) / Decimal((month - left).days)
        stretches.append(Transfer(left, right, share))
    whole = sum((one.share for one in stretches), ZERO)
    for one in stretches:
        yield one._replace(share=one.share / whole)


def exceeds_a_year(payments: Sequence[date], transfers: Sequence[Transfer]) -> bool:
    """Is any part of the price paid more than a year from what it is for?

    Parts are matched in order: the first tenth paid is for the first tenth passed.
    """
    yearly = Compounding(ZERO, 12, 0)
    paid = transferred = ZERO
    remaining = sorted(transfers, key=lambda one: one.end)
    for day in payments:
        paid += ONE / len(payments)
        while remaining and transferred < paid - NOTHING:
            one = remaining[0]
            if max(day, one.end) > yearly.boundary(min(day, one.start), 1):
                return True
            if transferred + one.share > paid + NOTHING:
                break
            transferred += one.share
            remaining.pop(0)
    return False
