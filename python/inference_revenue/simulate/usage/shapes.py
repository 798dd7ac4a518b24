"""Distributions as tables of integers.

Sampling a table needs no transcendental function at draw time, so a chunk of a million
calls takes milliseconds and the same seed gives the same integers on every machine.
"""

from collections.abc import Callable
from math import exp, log
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Rng = np.random.Generator

STEPS = 4096
SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND


def table(quantile: Callable[[float], float]) -> Ints:
    """Quantiles at the middle of 4,096 equal steps, as whole numbers."""
    return np.array([round(quantile((i + 0.5) / STEPS)) for i in range(STEPS)])


def sample(values: Ints, rng: Rng, count: int) -> Ints:
    """Draw from a table, between neighbours in proportion; shape (count,)."""
    draw = rng.integers(0, (STEPS - 1) * STEPS, count)
    step = draw >> 12
    low = values[step]
    between: Ints = low + (((values[step + 1] - low) * (draw & (STEPS - 1))) >> 12)
    return between


def lognormal(median: float, sigma: float, low: int, high: int) -> Ints:
    """Table of a lognormal, cut off at both ends."""
    normal = NormalDist()
    return np.clip(table(lambda q: median * exp(sigma * normal.inv_cdf(q))), low, high)


def exponential(mean: float, low: float) -> Ints:
    """Table of an exponential that starts at ``low``."""
    return table(lambda q: low - mean * log(1 - q))


INPUT_TOKENS = lognormal(48_000, 1.3, 1, 1_000_000)
OUTPUT_TOKENS = lognormal(1_200, 1.2, 1, 64_000)
"""Tokens of calls by agents, which send long contexts."""
BURST_SPREAD = exponential(20 * SECOND, 0)
"""Microseconds from the start of a burst of calls to each of its calls."""
QUICK_DELAY = exponential(40 * SECOND, SECOND / 5)
"""Microseconds from use to record, for nearly all calls."""
LATE_DELAY = table(lambda q: (1 + 44 * q * q) * DAY)
"""The same for the late ones: one to 45 days, most within two weeks."""

_HOURS = (2, 2, 1, 1, 1, 2, 4, 7, 10, 13, 15, 15, 13, 14, 15, 15, 14, 12, 9, 7, 6, 5)
_HOUR_OF_DAY = np.array([*_HOURS, 4, 3], dtype=np.int64)
_DAY_OF_WEEK = np.array([10, 11, 11, 11, 9, 3, 3], dtype=np.int64)
_BURSTINESS = lognormal(100, 1.3, 1, 20_000)


def minute_weights(first_weekday: int, minutes: int, rng: Rng) -> Ints:
    """Cumulative weight of each minute of a month: daily and weekly cycle, bursts.

    One minute in twelve has no call at all, however many calls the month has.
    """
    minute = np.arange(minutes)
    hour = _HOUR_OF_DAY[minute // 60 % 24]
    weekday = _DAY_OF_WEEK[(minute // 1440 + first_weekday) % 7]
    burst = sample(_BURSTINESS, rng, minutes)
    burst[rng.random(minutes) < 1 / 12] = 0
    return np.cumsum(hour * weekday * burst)


def pick(cumulative: npt.NDArray[Any], rng: Rng, count: int) -> Ints:
    """Draw positions with the given cumulative integer weights; shape (count,)."""
    draw = rng.integers(0, cumulative[-1], count)
    return np.searchsorted(cumulative, draw, side="right")
