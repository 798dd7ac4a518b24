"""The estimator of breakage, against published triangles and known worlds."""

from __future__ import annotations

import numpy as np
import pytest

from inference_revenue.estimation.breakage import (
    Breakage,
    Histories,
    back_test,
    credible,
    histories,
)
from inference_revenue.estimation.chain_ladder import ChainLadder

# General liability of the Reinsurance Association of America, Mack (1994), table 1.
RAA = """5012 8269 10907 11805 13539 16181 18009 18608 18662 18834
106 4285 5396 10666 13782 15599 15496 16169 16704
3410 8992 13873 16141 18735 22214 22863 23466
5655 11555 15766 21266 23425 26083 27067
1092 9565 15836 22169 25955 26180
1513 6445 11702 12935 15852
557 4020 10946 12314
1351 6947 13112
3133 5395
2063"""


def triangle(text: str) -> np.ndarray:
    rows = [[float(word) for word in line.split()] for line in text.split("\n")]
    width = len(rows[0])
    return np.array([row + [np.nan] * (width - len(row)) for row in rows])


def test_raa_has_the_published_reserves_and_standard_errors() -> None:
    """Mack, Measuring the variability of chain ladder reserve estimates (1994)."""
    ladder = ChainLadder().fit(triangle(RAA))
    latest = [row[~np.isnan(row)][-1] for row in triangle(RAA)]
    reserves = [round(float(one)) for one in ladder.ultimate_ - latest]
    assert reserves == [0, 154, 617, 1636, 2747, 3649, 5435, 10907, 10650, 16339]
    assert sum(reserves) == pytest.approx(52135, abs=1)
    errors = [round(float(one)) for one in ladder.standard_error_]
    assert errors == [0, 206, 623, 747, 1469, 2002, 2209, 5358, 6333, 24566]
    assert round(ladder.total_standard_error_) == 26909


def test_factors_of_raa_are_those_of_another_library() -> None:
    """Age-to-age factors as chainladder 0.10.1 gives them."""
    factors = ChainLadder().fit(triangle(RAA)).factors_
    assert factors[:3] == pytest.approx(
        [2.9993586513353794, 1.6235227537534538, 1.2708881150356526], rel=1e-12
    )


@pytest.mark.parametrize("bad", [[[1.0]], [[np.nan, 2.0]], [[1.0, np.nan, 2.0]]])
def test_a_triangle_has_no_gaps(bad: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="triangle"):
        ChainLadder().fit(np.array(bad))


def world(
    random: np.random.Generator, lots: int, mean: float, closes: int, term: int = 12
) -> tuple[Histories, Histories]:
    """Lots with a drawn share of use, spread over their life; as seen, and in full."""
    units = random.choice([100.0, 500.0, 1000.0], lots)
    begun = random.integers(0, closes, lots)
    end = begun + term - 1
    share = random.beta(mean * 6, (1 - mean) * 6, lots)
    timing = random.dirichlet(np.ones(term), lots)
    used = units[:, None] * share[:, None] * timing
    full = Histories(units, begun, end, used, closes + term)
    hidden = begun[:, None] + np.arange(term) > closes
    return Histories(units, begun, end, np.where(hidden, 0.0, used), closes), full


def test_breakage_is_unbiased_and_its_bound_holds_as_often_as_asked() -> None:
    """200 companies: 70 % of their credits are used, a third have not ended."""
    random = np.random.default_rng(7)
    errors, held = [], 0
    for seed in range(200):
        seen, full = world(random, 150, 0.7, 36)
        fitted = Breakage(0.8).fit(seen, str(seed))
        open_lots = full.of(np.flatnonzero(~seen.ended))
        truth = 1 - float(open_lots.used.sum() / open_lots.units.sum())
        errors.append(fitted.breakage_ - 0.3)
        held += fitted.lower_ <= truth
        assert fitted.lower_ <= fitted.breakage_
    assert abs(float(np.mean(errors))) < 0.005
    # 200 trials at 80 %: three standard deviations are 8.5 points
    assert 0.715 <= held / 200 <= 0.9


def test_a_close_does_not_know_what_comes_later() -> None:
    random = np.random.default_rng(3)
    seen, full = world(random, 80, 0.6, 24)
    later = Histories(seen.units, seen.begun, seen.end, full.used, seen.close)
    assert not np.array_equal(seen.used, full.used)
    first, second = (Breakage(0.8).fit(one, "same") for one in (seen, later))
    assert first.breakage_ == second.breakage_
    assert first.lower_ == second.lower_


def test_lots_not_yet_at_their_end_do_not_count_as_unused() -> None:
    """Each lot uses 10 a period of 100 for 9 periods: 10 % breakage at any close."""
    begun = np.arange(20, dtype=np.int64)
    end = begun + 9
    used = np.tile(np.append(np.full(9, 10.0), 0.0), (20, 1))
    for close in (9, 12, 19, 40):
        known = begun <= close
        lots = Histories(np.full(20, 100.0), begun, end, used, close)
        fitted = Breakage(0.9).fit(lots.of(np.flatnonzero(known)), "x")
        assert fitted.breakage_ == pytest.approx(0.1)
        assert fitted.lower_ == pytest.approx(0.1)


def test_the_bound_falls_with_confidence_and_with_fewer_lots() -> None:
    random = np.random.default_rng(11)
    seen, _ = world(random, 400, 0.7, 36)
    few = seen.of(np.arange(40))
    bounds = [Breakage(one).fit(seen, "x").lower_ for one in (0.6, 0.8, 0.95)]
    assert bounds[0] > bounds[1] > bounds[2]
    wide, thin = Breakage(0.9).fit(seen, "x"), Breakage(0.9).fit(few, "x")
    assert wide.breakage_ - wide.lower_ < thin.breakage_ - thin.lower_


def test_back_test_and_credibility_by_hand() -> None:
    """Earlier lots use 80 of 100, later ones 50 of 100: 60 % off."""
    lots = histories(
        9,
        np.full(4, 100.0),
        np.zeros(4, np.int64),
        np.array([3, 3, 6, 6], np.int64),
        iter([(0, 1, 80.0), (1, 2, 80.0), (2, 6, 50.0), (3, 5, 50.0)]),
    )
    assert back_test(lots) == pytest.approx(0.6)
    assert credible(10, 30, 0.2, 0.1) == pytest.approx(0.125)


def test_without_an_ended_lot_there_is_no_ultimate() -> None:
    lots = histories(1, np.ones(1), np.zeros(1, np.int64), np.array([5]), iter([]))
    with pytest.raises(ValueError, match="No lot has ended"):
        Breakage(0.8).fit(lots, "x")
    with pytest.raises(ValueError, match="confidence"):
        Breakage(1.0)
