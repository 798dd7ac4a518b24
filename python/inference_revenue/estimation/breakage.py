"""Breakage of prepaid lots from how lots like them were used before.

Of the lots of a cohort, as one close knew them, with units v and units x(a) used at
age a (periods since the lot began):

    m(a)      sum x(a) / sum v over the lots whose age a that close had seen: lots that
              have not come so far yet are censored and say nothing of it; a lot that
              has ended is never used again
    breakage  1 - sum m(a), at least 0
    spread    the same of cohorts drawn anew from its lots, with replacement: whole
              lots, so that heavy users stay together
    lower     the breakage of which the asked confidence says that the lots still open
              have at least so much: their own chance is added to that of the estimate

A thin cohort leans on the wider one: its weight is ended / (ended + asked number). The
back-test predicts the later half of the lots that have ended by the earlier half.
Draws are seeded by cohort and close, and what enters revenue is cut to a thousandth:
the same input gives the same bytes, and an estimate that hardly moves moves nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference_revenue.estimation.chain_ladder import ChainLadder, Floats

DRAWS = 500  # cohorts drawn anew
BLOCKS = 2000  # lots beyond are drawn in so many blocks
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Histories:
    """Lots as one close knew them; one element for each lot, in a fixed order."""

    units: Floats
    begun: Whole  # period in which the lot began
    end: Whole  # period in which it ends
    used: Floats  # lots x ages: units used at that age
    close: int  # the period whose close it is

    def of(self, places: npt.NDArray[np.intp]) -> Histories:
        """Only the lots at these places."""
        return Histories(
            self.units[places],
            self.begun[places],
            self.end[places],
            self.used[places],
            self.close,
        )

    @property
    def ended(self) -> npt.NDArray[np.bool_]:
        """Lots that had ended by the close."""
        return self.end <= self.close


class Breakage:
    """The share of a cohort's units that is never used, and its lower bound."""

    def __init__(self, confidence: float) -> None:
        """Ask for a confidence between 0 and 1 that the lower bound holds."""
        if not 0 < confidence < 1:
            raise ValueError(f"A confidence lies between 0 and 1: {confidence}.")
        self.confidence = confidence

    def fit(self, lots: Histories, seed: str) -> Breakage:
        """Find development, breakage, lower bound and back-test error.

        Raises ValueError without a lot that has ended: nothing shows an ultimate.
        """
        ended = lots.ended
        if not ended.any():
            raise ValueError("No lot has ended: wait, or join it to a wider cohort.")
        ages = np.arange(lots.used.shape[1])
        seen = (lots.begun[:, None] + ages <= lots.close) | (
            ages > (lots.end - lots.begun)[:, None]
        )
        used, exposed = lots.used * seen, lots.units[:, None] * seen
        self.exposed_, self.used_ = exposed.sum(axis=0), used.sum(axis=0)
        self.shares_ = _ratio(self.used_, self.exposed_)
        self.breakage_ = max(0.0, 1.0 - float(self.shares_.sum()))
        self.lots_, self.ended_ = len(lots.units), int(ended.sum())
        self.lower_ = self._lower(used, exposed, seed)
        self.error_ = back_test(lots)
        self._cross_check(lots)
        return self

    def _lower(self, used: Floats, exposed: Floats, seed: str) -> float:
        count = self.lots_
        if count > BLOCKS:
            blocks = np.arange(count) % BLOCKS
            used = _by_block(used, blocks)
            exposed = _by_block(exposed, blocks)
        rows = len(used)
        random = np.random.default_rng(zlib.crc32(seed.encode()))
        weights = random.multinomial(rows, np.full(rows, 1 / rows), DRAWS)
        weights = weights.astype(np.float64)
        drawn = _ratio(weights @ used, weights @ exposed).sum(axis=1)
        lower = float(np.quantile(1.0 - drawn, 1.0 - self.confidence))
        # open lots are one more draw, of their own number
        still_open = max(1, self.lots_ - self.ended_)
        own_chance = float(np.sqrt(1.0 + self.ended_ / still_open))
        centre = 1.0 - float(self.shares_.sum())
        return min(1.0, max(0.0, centre - max(0.0, centre - lower) * own_chance))

    def _cross_check(self, lots: Histories) -> None:
        """The chain ladder over the same lots, by the period in which they began."""
        origins = np.unique(lots.begun)
        ages = lots.used.shape[1]
        triangle = np.full((len(origins), ages), np.nan)
        for row, origin in enumerate(origins):
            total = lots.used[lots.begun == origin].sum(axis=0).cumsum()
            known = min(ages, lots.close - int(origin) + 1)
            triangle[row, :known] = total[:known]
        self.factors_ = np.full(ages, np.nan)
        self.ladder_, self.ladder_error_ = np.nan, np.nan
        if ages < 2:
            return
        ladder = ChainLadder().fit(triangle)
        self.factors_[:-1] = ladder.factors_
        granted = float(lots.units.sum())
        self.ladder_ = 1.0 - float(ladder.ultimate_.sum()) / granted
        self.ladder_error_ = ladder.total_standard_error_ / granted


def back_test(lots: Histories) -> float:
    """How far the later half of ended lots was from what the earlier half says.

    As a share of the use of the later half; lots end in the order of their end.
    """
    places = np.flatnonzero(lots.ended)
    places = places[np.argsort(lots.end[places], kind="stable")]
    half = len(places) // 2
    if half == 0:
        return 1.0
    earlier, later = lots.of(places[:half]), lots.of(places[half:])
    predicted = float(earlier.used.sum() / earlier.units.sum())
    actual = float(later.used.sum() / later.units.sum())
    if actual == 0.0:
        return 0.0 if predicted == 0.0 else 1.0
    return abs(predicted - actual) / actual


def credible(ended: int, asked: int, own: float, wider: float) -> float:
    """What a cohort's own figure and that of the wider one say together."""
    weight = ended / (ended + asked)
    return weight * own + (1.0 - weight) * wider


def histories(
    close: int,
    units: Floats,
    begun: Whole,
    end: Whole,
    drawn: Iterator[tuple[int, int, float]],
) -> Histories:
    """Lots with what was used of them: (place of the lot, service period, units)."""
    ages = int((end - begun).max()) + 1
    used = np.zeros((len(units), max(1, ages)))
    for place, service, amount in drawn:
        age = min(max(service - int(begun[place]), 0), used.shape[1] - 1)
        used[place, age] += amount
    return Histories(units, begun, end, used, close)


def _ratio(part: Floats, whole: Floats) -> Floats:
    """The ratio of part to whole; 0 where there is no whole."""
    ratio: Floats = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return ratio


def _by_block(values: Floats, blocks: npt.NDArray[np.int64]) -> Floats:
    summed = np.zeros((BLOCKS, values.shape[1]))
    np.add.at(summed, blocks, values)
    return summed
