"""Financing against the printed examples and against the equation it solves."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_revenue.financing import Compounding, Flow, financed
from inference_revenue.financing_terms import judged, payment_days

ZERO = Decimal(0)
YEARLY = Compounding(Decimal("0.06"), 12, 0)
MONTHLY_12 = Compounding(Decimal("0.12"), 1, 0)
MONTHLY_6 = Compounding(Decimal("0.06"), 1, 0)


def month(number: int) -> date:
    return date(2026 + number // 12, number % 12 + 1, 1)


def test_an_advance_payment_accretes() -> None:
    """ASC 606 Example 29: 4,000 two years ahead at 6 %."""
    flows = [
        Flow(date(2026, 1, 1), Decimal(4000), ZERO),
        Flow(date(2028, 1, 1), ZERO, Decimal(4000)),
    ]
    price, pieces = financed(flows, YEARLY, 2)
    assert price == Decimal("4494.40")
    assert [(piece.start.year, piece.interest) for piece in pieces] == [
        (2026, Decimal("240")),
        (2027, Decimal("254.40")),
    ]


@pytest.mark.parametrize(
    ("instalment", "price"),
    [("18871", "848346.53"), ("18871.2336", "848357.03")],
)
def test_instalments_are_discounted(instalment: str, price: str) -> None:
    """ASC 606 Example 28 case B: 60 months at 12 %, from the transfer on."""
    flows = [Flow(month(0), ZERO, 60 * Decimal(instalment))]
    flows += [Flow(month(number), Decimal(instalment), ZERO) for number in range(1, 61)]
    found, pieces = financed(flows, MONTHLY_12, 2)
    assert found == Decimal(price)
    assert sum(piece.interest for piece in pieces) == found - 60 * Decimal(instalment)
    # the first month: 1 % of the price
    assert abs(pieces[0].interest + found / 100) < Decimal("1e-6")


def test_service_paid_ahead_is_level() -> None:
    """24,000 for 24 months at 6 %: 24 x 1,063.69, interest 1,528.67."""
    flows = [Flow(month(0), Decimal(24000), ZERO)]
    flows += [Flow(month(number), ZERO, Decimal(1000)) for number in range(1, 25)]
    price, pieces = financed(flows, MONTHLY_6, 2)
    assert price == Decimal("25528.67")
    assert round(price / 24, 2) == Decimal("1063.69")
    assert sum(piece.interest for piece in pieces) == Decimal("1528.67")
    assert pieces[0].interest == 120


def test_within_a_period_interest_is_by_days() -> None:
    flows = [
        Flow(date(2026, 1, 1), Decimal(36500), ZERO),
        Flow(date(2026, 1, 11), ZERO, Decimal(36500)),
    ]
    price, pieces = financed(flows, YEARLY, 2)
    assert price == Decimal("36560.00")  # 36,500 x 6 % x 10 / 365
    assert [piece.interest for piece in pieces] == [60]


SCHEDULE = {
    "schedule_id": "one",
    "passes_by": "time",
    "billing_timing": "advance",
    "billing_interval": "once",
    "bill_from_date": date(2026, 1, 1),
    "bill_to_date": date(2028, 1, 1),
    "service_from_date": date(2026, 1, 1),
    "service_to_date": date(2028, 1, 1),
    "close_date": date(2026, 2, 1),
    "stated_amount": Decimal(24000),
    "annual_rate": Decimal("0.06"),
    "choice": None,
    "minor_unit_exponent": 2,
}
HANDOVERS = pa.schema([
    ("schedule_id", pa.string()),
    ("occurred_date", pa.date32()),
    ("part", pa.decimal128(38, 9)),
    ("whole", pa.decimal128(38, 9)),
])  # fmt: skip


def found(handovers: list[tuple[date, int, int]], **terms: object) -> dict[str, Any]:
    """Outcome, price and total interest of a schedule with these terms."""
    schedules = pa.Table.from_pylist([SCHEDULE | terms])
    parts = [
        {"schedule_id": "one", "occurred_date": day, "part": part, "whole": whole}
        for day, part, whole in handovers
    ]
    rows = judged(schedules, pa.Table.from_pylist(parts, schema=HANDOVERS)).to_pylist()
    return {
        "outcome": rows[0]["outcome"],
        "price": rows[0]["price_amount"],
        "interest": sum(row["interest_amount"] or 0 for row in rows),
    }


def test_what_is_paid_within_a_year_is_not_financed() -> None:
    """A year exactly is within it; a day more is not (ASC 606-10-32-18)."""
    cases: list[tuple[dict[str, object], str]] = [
        ({"service_to_date": date(2027, 1, 1)}, "EXPEDIENT"),
        ({"service_to_date": date(2027, 1, 2)}, "DISCOUNT"),
        ({"billing_interval": "year"}, "EXPEDIENT"),
        ({"billing_interval": "year", "billing_timing": "arrears"}, "EXPEDIENT"),
        ({"billing_interval": "month"}, "EXPEDIENT"),
        ({"billing_timing": "arrears"}, "DISCOUNT"),
        ({"annual_rate": None}, "MISSING_RATE"),
        ({"choice": "none"}, "NONE"),
        ({"choice": "computed"}, "DISCOUNT"),
        ({"service_to_date": date(2026, 7, 1), "choice": "discount"}, "DISCOUNT"),
    ]
    for terms, outcome in cases:
        assert found([], **terms)["outcome"] == outcome, terms


def test_a_year_of_billing_after_a_year_of_service_is_financed() -> None:
    terms: dict[str, Any] = {"billing_interval": "month"}
    terms["service_to_date"] = terms["bill_to_date"] = date(2026, 12, 1)
    # a month later than a year after its service; a year exactly is within it
    later = {"bill_from_date": date(2027, 2, 1), "bill_to_date": date(2028, 1, 1)}
    assert found([], **terms)["outcome"] == "EXPEDIENT"
    assert found([], **(terms | later))["outcome"] == "DISCOUNT"


def test_service_passes_by_month_and_compounds_so() -> None:
    assert found([]) == {
        "outcome": "DISCOUNT",
        "price": Decimal("25528.67"),
        "interest": Decimal("1528.67"),
    }


def test_a_good_handed_over_in_parts_and_late() -> None:
    """Half after a year, half after two; before that as expected, or later."""
    ahead: dict[str, Any] = {"passes_by": "handover", "stated_amount": Decimal(4000)}
    assert found([], **ahead)["price"] == Decimal("4494.40")
    whole = found([(date(2027, 12, 31), 1, 1)], **ahead)
    assert whole["price"] == Decimal("4494.40")
    assert whole["interest"] == Decimal("494.40")
    # a year later: 4,000 x 1.06 ^ 3
    late = found([], **ahead, close_date=date(2029, 1, 1))
    assert late["price"] == Decimal("4764.06")
    halves = found([(date(2026, 12, 31), 5, 10), (date(2027, 12, 31), 5, 10)], **ahead)
    # 4,000 = x / 1.06 + x / 1.06 ^ 2, twice
    assert halves["price"] == Decimal("4363.50")


def test_the_31st_and_arrears() -> None:
    days = payment_days(
        SCHEDULE
        | {
            "billing_timing": "arrears",
            "billing_interval": "month",
            "bill_from_date": date(2026, 1, 31),
            "bill_to_date": date(2026, 4, 30),
        }
    )
    assert days == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


amounts = st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100)


@settings(max_examples=60, deadline=None)
@given(
    paid=st.lists(st.tuples(st.integers(0, 40), amounts), min_size=1, max_size=6),
    passed=st.lists(st.tuples(st.integers(0, 40), amounts), min_size=1, max_size=6),
    rate=st.integers(1, 30).map(lambda percent: Decimal(percent) / 100),
)
def test_what_is_earned_is_worth_what_is_paid(
    paid: list[tuple[int, Decimal]], passed: list[tuple[int, Decimal]], rate: Decimal
) -> None:
    """PV(price as transferred) = PV(paid) in fractions, but for the minor unit."""
    flows = [Flow(month(at), amount, ZERO) for at, amount in paid]
    flows += [Flow(month(at), ZERO, amount) for at, amount in passed]
    price, pieces = financed(flows, Compounding(rate, 1, 0), 2)
    growth = 1 + Fraction(rate) / 12
    first = min(at for at, _ in [*paid, *passed])
    worth: list[Fraction] = [
        sum(
            (Fraction(amount) / growth ** (at - first) for at, amount in side),
            Fraction(0),
        )
        for side in (paid, passed)
    ]
    stated = sum((Fraction(amount) for _, amount in passed), Fraction(0))
    assert abs(Fraction(price) - stated * worth[0] / worth[1]) <= Fraction(1, 200)
    total = sum((piece.interest for piece in pieces), ZERO)
    assert total == price - sum(amount for _, amount in paid)
    assert all(piece.start < piece.end for piece in pieces)
