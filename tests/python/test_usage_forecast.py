"""The forecast of use, against worlds whose process is known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from inference_revenue.estimation.usage_closes import forecast_closes
from inference_revenue.estimation.usage_forecast import (
    CHANCES,
    LEVELS,
    Growth,
    Panel,
    ages_of,
    back_test,
    fit,
    four_digits,
    season,
)

CONFIDENCES = (0.80, 0.90, 0.95, 0.99)


def drawn_use(
    random: np.random.Generator,
    lines: int,
    periods: int,
    market: float = 0.06,
    sizes: float = 1.5,
) -> np.ndarray:
    """Use of lines by period: a shared market, a walk of each, fat-tailed noise."""
    shared = np.cumsum(random.normal(0.02, market, periods))
    own = np.cumsum(random.normal(0, 0.12, (lines, periods)), axis=1)
    noise = 0.15 * random.standard_t(4, (lines, periods))
    return np.exp(random.normal(8, sizes, lines)[:, None] + shared + own + noise)


def told(panel: Panel, growth: Growth, horizon: int) -> np.ndarray:
    """Lines x scenarios: units of the periods ahead."""
    ahead = np.full(len(panel.used), float(horizon))
    factors = growth.factors(ages_of(panel.months_seen[:, -1]), ahead)
    return np.asarray(panel.levels[:, -1, None] * factors * horizon)


def tiered(units: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """0.010 up to the threshold of a line, 0.006 for what is beyond."""
    beyond = np.maximum(units - threshold, 0)
    return np.asarray(0.010 * (units - beyond) + 0.006 * beyond)


def constrained(outcomes: np.ndarray, confidence: float) -> np.ndarray:
    """The largest outcome of each line that is reached with the confidence (D6)."""
    order = np.argsort(-outcomes, axis=1)
    sorted_outcomes = np.take_along_axis(outcomes, order, axis=1)
    at_least = np.cumsum(CHANCES[order], axis=1)
    first = (at_least >= confidence - 1e-12).argmax(axis=1)
    return np.asarray(sorted_outcomes[np.arange(len(outcomes)), first])


def test_what_enters_revenue_reverses_no_more_often_than_asked() -> None:
    """1,000 contracts in 250 markets: the average earned before is kept afterwards."""
    random = np.random.default_rng(20260401)
    kept: dict[float, list[float]] = {confidence: [] for confidence in CONFIDENCES}
    estimates, actuals, within = 0.0, 0.0, []
    for _ in range(250):
        use = drawn_use(random, 40, 24, market=0.10)
        past = Panel(use[:, :18], np.ones((40, 18)), 1)
        scenarios = told(past, fit(past), 6)[:4]
        known, ahead = use[:4, 12:18].sum(axis=1), use[:4, 18:].sum(axis=1)
        # the tiers of each begin where about half of its year is over
        threshold = known * random.uniform(0.8, 2.5, 4)
        whole = known[:, None] + scenarios
        average = tiered(whole, threshold[:, None]) / whole
        actual = tiered(known + ahead, threshold) / (known + ahead)
        for confidence in CONFIDENCES:
            held = constrained(average, confidence) <= actual * (1 + 1e-9)
            kept[confidence].append(held.mean())
        estimates += float((average @ CHANCES * known).sum() / known.sum())
        actuals += float((actual * known).sum() / known.sum())
        inside = (ahead >= scenarios[:, 2]) & (ahead <= scenarios[:, -3])
        within.append(inside.mean())
    for confidence, shares in kept.items():
        # contracts of one market move together: markets are what is sampled
        error = np.std(shares, ddof=1) / np.sqrt(len(shares))
        assert np.mean(shares) >= confidence - 2 * error, (confidence, np.mean(shares))
    assert estimates == pytest.approx(actuals, rel=0.01)
    assert np.mean(within) == pytest.approx(0.8, abs=0.05)


def test_the_market_does_not_average_out() -> None:
    """The same spread of single lines, with and without a market that moves all."""
    random = np.random.default_rng(3)
    alone, together = (
        fit(Panel(drawn_use(random, 300, 24, market), np.ones((300, 24)), 1))
        for market in (0.0, 0.15)
    )
    assert alone.market == pytest.approx(0.0, abs=0.001)
    assert np.sqrt(together.market) == pytest.approx(0.15, rel=0.35)
    ahead = np.array([6.0])
    assert together.market_variance(ahead) > 10 * alone.market_variance(ahead)


def test_five_of_a_hundred_lines_take_three_quarters_of_the_use() -> None:
    """Each line goes on from its own level: the few heavy ones do not lift the rest."""
    random = np.random.default_rng(11)
    misses = []
    for _ in range(40):
        use = drawn_use(random, 100, 18, sizes=0.5)
        heavy = use[:5, :12].sum()
        use[:5] *= 3 * use[5:, :12].sum() / heavy
        assert use[:5, :12].sum() / use[:, :12].sum() == pytest.approx(0.75)
        past = Panel(use[:, :12], np.ones((100, 12)), 1)
        scenarios = told(past, fit(past), 6)
        ahead = use[:, 12:].sum(axis=1)
        below = (ahead[:, None] <= scenarios).mean
        misses.append(
            [
                (ahead[part] > scenarios[part, 9]).mean()
                for part in (slice(5), slice(5, None))
            ]
        )
        assert below() > 0
    heavy_share, light_share = np.mean(misses, axis=0)
    assert LEVELS[9] == 0.80
    assert heavy_share <= 0.20 + 0.08
    assert light_share <= 0.20 + 0.08


def test_months_have_a_season_after_two_years() -> None:
    months = np.arange(36)
    wave = 1 + 0.5 * np.sin(2 * np.pi * months / 12)
    use = np.outer(np.arange(1.0, 9.0), wave * 1.01**months)
    index = season(Panel(use, np.ones((8, 36)), 0))
    assert index[3] / index[9] == pytest.approx((1.5 / 0.5) ** 0.75, rel=0.01)
    assert season(Panel(use[:, :20], np.ones((8, 20)), 0)) == pytest.approx(1.0)


def test_use_that_never_moves_goes_on_as_it_is() -> None:
    panel = Panel(np.full((6, 14), 1000.0), np.ones((6, 14)), 1)
    assert told(panel, fit(panel), 9) == pytest.approx(9000.0)
    error, missed = back_test(panel)
    assert error == pytest.approx(0.0)
    assert missed == 0.0


def test_chances_and_digits() -> None:
    assert CHANCES.sum() == pytest.approx(1.0)
    assert four_digits(np.array([123456.7, 0.0, 0.98765])) == pytest.approx(
        [123500.0, 0.0, 0.9876]
    )


def tables(
    use: np.ndarray, asked_at: int, known_later: int = 0
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Lines served from period 1 on; the last one is asked for, at one close."""
    count, periods = use.shape
    names = [f"l{number}" for number in range(count)]
    lines = pa.table(
        {
            "entity_id": ["e"] * count,
            "line_id": names,
            "known_from_ordinal": [1] * count,
            "known_to_ordinal": [999999] * count,
            "served_from": [1.0] * count,
            "served_to": [25.0] * count,
            "cohort": ["calls"] * count,
            "wide_cohort": ["all"] * count,
        }
    )
    line, period = np.nonzero(use)
    used = pa.table(
        {
            "line_id": [names[one] for one in line],
            "service_ordinal": period + 1,
            "known_ordinal": period + 1 + known_later,
            "units": use[line, period],
        }
    )
    asked = pa.table(
        {
            "entity_id": ["e"],
            "line_id": [names[-1]],
            "close_ordinal": [asked_at],
            "seen_ordinal": [asked_at],
            "ahead_to": [asked_at + 7.5],
            "min_lines": [5.0],
            "history_months": [12.0],
            "max_missed": [0.4],
        }
    )
    assert periods >= asked_at
    return lines, used, asked


def test_a_close_tells_what_is_ahead_by_scenario_and_by_period() -> None:
    rows = forecast_closes(*tables(np.full((7, 14), 200.0), 14)).read_all().to_pylist()
    told_rows = [row for row in rows if row["reason"]]
    assert [row["reason"] for row in told_rows] == ["relied_on"]
    assert told_rows[0]["comparable_lines"] == 7
    assert told_rows[0]["history_months"] == 14
    scenarios = [row for row in rows if row["scenario_no"]]
    assert len(scenarios) == len(LEVELS)
    assert {float(row["units"]) for row in scenarios} == {1300.0}  # 6.5 periods
    ahead = [row for row in rows if row["service_ordinal"]]
    assert [row["service_ordinal"] for row in ahead] == list(range(15, 22))
    assert [float(row["units"]) for row in ahead] == pytest.approx(
        [200.0] * 6 + [100.0]
    )


@pytest.mark.parametrize(
    ("use", "close", "reason"),
    [
        (np.full((4, 14), 200.0), 14, "too_few_comparable"),
        (np.full((7, 14), 200.0), 11, "too_few_comparable"),
        (np.vstack([np.full((7, 14), 200.0), np.zeros((1, 14))]), 14, "nothing_used"),
        (200.0 * 3.0 ** (np.arange(14) > 9) * np.ones((7, 1)), 14, "not_stable"),
    ],
)
def test_without_a_history_that_holds_nothing_is_told(
    use: np.ndarray, close: int, reason: str
) -> None:
    rows = forecast_closes(*tables(use, close)).read_all().to_pylist()
    assert [row["reason"] for row in rows] == [reason]


def test_a_close_sees_only_what_it_knew() -> None:
    """What was recorded later moves nothing of it."""
    use = np.abs(drawn_use(np.random.default_rng(5), 8, 16))
    lines, used, asked = tables(use, 14)
    first = forecast_closes(lines, used, asked).read_all()
    late = tables(use, 14, known_later=99)[1]
    for known in (
        pa.concat_tables([used, late]),
        used.take(np.arange(len(used))[::-1]),
    ):
        assert forecast_closes(lines, known, asked).read_all().equals(first)
