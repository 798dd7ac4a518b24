"""Reversals by age: a life table by hand, worlds of which the truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference_revenue.estimation.reversal_closes import SCENARIOS, spread_of_sum
from inference_revenue.estimation.reversals import (
    LIVES,
    Open,
    Outcomes,
    Reversals,
    windows_over,
)

WINDOW = 7
TRUE_HAZARDS = np.array([0.03, 0.02, 0.012, 0.008, 0.005, 0.003, 0.002])


def _outcomes(rows: list[tuple[int, int, float]], close: int) -> Outcomes:
    """Of one customer and agent: (day, age reversed, count)."""
    day, age, count = (np.array(column) for column in zip(*rows, strict=True))
    none = np.zeros(len(rows), np.int64)
    return Outcomes(
        day,
        np.full(len(rows), WINDOW),
        age,
        count.astype(np.float64),
        none,
        none,
        close,
    )


def _open(age: list[int], count: list[float]) -> Open:
    none = np.zeros(len(age), np.int64)
    held = np.array(count)
    return Open(
        np.array(age), np.full(len(age), WINDOW), held, np.ones(len(age)), none, none
    )


def test_a_life_table_by_hand() -> None:
    """100 on day 0 seen whole, 50 on day 8 seen two days; nothing weighs less."""
    known = _outcomes(
        [(0, 0, 10), (0, 1, 9), (0, LIVES, 81), (8, 0, 5), (8, LIVES, 45)], close=10
    )
    fitted = Reversals(half_life=1e9).fit(known)
    # age 0: 15 of 150; age 1: 9 of 90 + 45
    assert fitted.exposed_[:3].round(6).tolist() == [150.0, 135.0, 81.0]
    assert fitted.hazards_[:3].round(9).tolist() == [0.1, round(9 / 135, 9), 0.0]
    ahead = fitted.ahead(np.array([0, 1, 2]), np.full(3, WINDOW))
    assert ahead.round(9).tolist() == [
        round(1 - 0.9 * 126 / 135, 9),
        round(9 / 135, 9),
        0.0,
    ]
    assert fitted.expected(_open([1], [45.0])) == pytest.approx(3.0)


def test_what_a_close_has_not_seen_says_nothing() -> None:
    """A reversal after the close, and days that had not passed, change no figure."""
    before = [(0, 0, 10.0), (0, LIVES, 90.0), (8, LIVES, 50.0)]
    later = [(0, 0, 10.0), (0, LIVES, 90.0), (8, 5, 20.0), (8, LIVES, 30.0)]
    one, other = (Reversals().fit(_outcomes(rows, 10)) for rows in (before, later))
    assert np.array_equal(one.hazards_, other.hazards_)


def test_the_last_hazard_stands_for_ages_nothing_has_lived_to() -> None:
    fitted = Reversals(1e9).fit(_outcomes([(0, 0, 10.0), (0, LIVES, 90.0)], close=1))
    ahead = fitted.ahead(np.array([0]), np.array([2]))
    assert ahead[0] == pytest.approx(1 - 0.9 * 0.9)


def test_drift_weighs() -> None:
    """5 % a year ago, 10 % in the last months: the rate lies near the last."""
    rows = [
        (day, age, count)
        for day in range(0, 360, 10)
        for age, count in ((0, 50 if day < 250 else 100), (LIVES, 1000.0))
    ]
    old, new = 50 / 1050, 100 / 1100
    rates = [
        Reversals(half_life).fit(_outcomes(rows, 370)).hazards_[0]
        for half_life in (1e9, 2.0)
    ]
    assert old < rates[0] < (old + new) / 2 < rates[1] < new


def test_nothing_seen_is_refused() -> None:
    with pytest.raises(ValueError, match="No outcome was seen for a day"):
        Reversals().fit(_outcomes([(10, LIVES, 5.0)], close=10))
    with pytest.raises(ValueError, match="more than 0 months"):
        Reversals(half_life=0)


def test_what_is_in_its_window_shows_no_rate() -> None:
    rows = [(5, 0, 8.0), (5, LIVES, 92.0), (100, 0, 12.0), (100, LIVES, 88.0)]
    assert windows_over(_outcomes(rows, 107)) == (200.0, 0.1)
    assert windows_over(_outcomes(rows, 106)) == (100.0, 0.08)
    assert windows_over(_outcomes(rows[:2], 11)) == (0.0, 0.0)


def _world(seed: int) -> tuple[Outcomes, Open, float, float]:
    """40 customers for 300 days: what a close knew, what was open, what came of it."""
    random = np.random.default_rng(seed)
    customers = random.gamma(8.0, 1 / 8.0, 40)
    months = random.gamma(25.0, 1 / 25.0, 11)
    days = np.repeat(np.arange(300), 400)
    customer = random.integers(0, 40, len(days))
    factor = customers[customer] * months[(300 - days) // 30]
    age = np.full(len(days), LIVES)
    for at, hazard in enumerate(TRUE_HAZARDS):
        falls = (age == LIVES) & (random.random(len(days)) < hazard * factor)
        age[falls] = at
    close = 297
    agent = np.zeros(len(days), np.int64)
    window, one = np.full(len(days), WINDOW), np.ones(len(days))
    known = days < close
    outcomes = Outcomes(
        days[known], window[known], age[known], one[known], customer[known],
        agent[known], close,
    )  # fmt: skip
    held = known & (days + WINDOW > close) & ((age == LIVES) | (days + age >= close))
    still = Open(
        close - days[held], window[held], one[held], one[held], customer[held],
        agent[held],
    )  # fmt: skip
    given_back = float((age[held] != LIVES).sum())
    return outcomes, still, given_back, float(held.sum())


def test_drawn_worlds() -> None:
    """Without bias, and reversed beyond the bound no more often than it allows."""
    worlds, confidence = 80, 0.95
    actual, expected, flat, beyond = [], [], [], 0
    for seed in range(worlds):
        outcomes, held, given_back, number = _world(seed)
        fitted = Reversals(half_life=1e9).fit(outcomes)
        actual.append(given_back)
        expected.append(fitted.expected(held))
        multiples = spread_of_sum(expected[-1], fitted.deviation(held))
        bound = expected[-1] * multiples[math.ceil(confidence * SCENARIOS) - 1]
        flat.append(number * windows_over(outcomes)[1])
        beyond += given_back > bound
    totals = sum(actual)
    assert sum(expected) / totals == pytest.approx(1.0, abs=0.05)
    # what is left after some days is less than a whole window's: a flat rate is far off
    assert sum(flat) / totals > 1.5
    allowed = worlds * (1 - confidence)
    assert beyond <= allowed + 3 * (allowed * confidence) ** 0.5
    # and the bound is no mere safe figure
    assert beyond >= allowed / 4


@pytest.mark.parametrize("deviation", [0.01, 0.3, 1.0, 3.0, 4.3, 5.0, 100.0])
def test_scenarios_of_a_sum_keep_its_mean_however_wide_they_lie(
    deviation: float,
) -> None:
    """One open outcome of which 1 in 400 is reversed lies 20 times its mean apart."""
    multiples = spread_of_sum(1.0, deviation)
    assert multiples.mean() == pytest.approx(1.0)
    assert (np.diff(multiples) >= 0).all()
    assert multiples[-1] <= SCENARIOS


def test_a_customer_that_reverses_more_is_expected_to() -> None:
    outcomes, _, _, _ = _world(1)
    fitted = Reversals().fit(outcomes)
    seen = np.bincount(outcomes.customer, outcomes.reversed)
    held = np.bincount(outcomes.customer)
    worst, best = (seen / held).argmax(), (seen / held).argmin()
    assert fitted.customers_[worst] > 1.2 > 0.8 > fitted.customers_[best]
    # a customer that nothing is known of is like the others
    unknown = Open(*(np.array([one]) for one in (0, WINDOW, 1.0, 1.0, 99, 99)))
    assert fitted.rates(unknown)[0] == pytest.approx(
        fitted.ahead(np.array([0]), np.array([WINDOW]))[0]
    )
