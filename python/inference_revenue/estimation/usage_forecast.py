"""What a line will still use, from how lines like it went on before.

Of lines of one cohort, with use y(k) in periods k of which they were served for e(k):

    level   use per period of the last three periods, of fewer where there are no more
    ratio   use per period of the h periods after, over the level before: for every
            line and every period that had h periods after it
    mean    of log ratio: m(h) = a + b h, least squares over the horizons that were seen
    spread  within one starting period s2(h) = c + d h; and of the market, which moves
            all lines at once: with v the variance of its n monthly growths, as n so few
            tell it, and u of it not the chance of single lines, u for each step of its
            walk since the level and v / n for the error of its drift. It is not
            diversified away in the spread of any one line
    shape   quantiles of the standardised ratios as they were, so tails stay fat

A line is expected to use level x exp(m + s z) x h, z the shape at its thirteen levels:
the scenarios, with the chance of each. Young lines go on otherwise than old ones, so
each of three ages has figures of its own; they lean on those of all ages, and a thin
cohort on the wider one: the weight of n lines is n / (n + 30). From two years on months
have a season. Nothing is drawn by chance, and units are told to four digits: the same
input gives the same scenarios, and a figure that hardly moves moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

LEVELS = np.array([1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99]) / 100
# each level stands for what is nearer to it than to the next
CHANCES = np.diff(np.concatenate([[0.0], (LEVELS[1:] + LEVELS[:-1]) / 2, [1.0]]))
NORMAL = np.array(
    [-2.326348, -1.644854, -1.281552, -0.841621, -0.524401, -0.253347, 0.0]
)
NORMAL = np.concatenate([NORMAL, -NORMAL[-2::-1]])
AGES = (2, 5)  # months seen up to which a line is new, and young
HORIZONS = 12  # months after; beyond, mean and spread go on as they went
PERIODS = 3  # of which the level is the use
LEVEL_STEPS = (PERIODS - 1) * (2 * PERIODS - 1) / (6 * PERIODS)
LEAST_RATIO = 0.02  # what has stopped
LINES = 5000  # of a cohort; more say the same
ENOUGH = 30  # lines whose own figures weigh as much as the wider ones
PAIRS = 5  # ratios that make a mean
ROUNDING = 1e-9


@dataclass(frozen=True)
class Panel:
    """Use of lines by period as one close knew it, in a fixed order of lines."""

    used: Floats  # lines x periods: units
    exposed: Floats  # lines x periods: share of the period in which it was served
    first: int  # number of the first period

    def until(self, periods: int) -> Panel:
        """As it was when only so many periods were over."""
        return Panel(self.used[:, :periods], self.exposed[:, :periods], self.first)

    def of(self, places: npt.NDArray[np.intp]) -> Panel:
        """Only the lines at these places."""
        return Panel(self.used[places], self.exposed[places], self.first)

    @property
    def months_seen(self) -> Floats:
        """Lines x periods: periods served up to each, itself included."""
        return np.asarray(self.exposed.cumsum(axis=1))

    @property
    def levels(self) -> Floats:
        """Lines x periods: use per period of the last periods; NaN where none was."""
        used, exposed = _last(self.used), _last(self.exposed)
        level = np.divide(
            used, exposed, out=np.full_like(used, np.nan), where=exposed > 0.2
        )
        return np.asarray(level)

    def after(self, horizon: int) -> Floats:
        """Lines x periods: use per period of the periods after; NaN where unknown."""
        used, exposed = _next(self.used, horizon), _next(self.exposed, horizon)
        known = exposed > horizon - 0.5
        return np.asarray(
            np.divide(used, exposed, out=np.full_like(used, np.nan), where=known)
        )


@dataclass(frozen=True)
class Growth:
    """How lines went on: one row for each age, and the first for all of them."""

    lines: Floats  # ages: lines behind the figures
    mean: Floats  # ages x 2: a and b
    spread: Floats  # ages x 2: c and d
    shape: Floats  # levels
    market: float  # u: variance of the monthly growth that all share
    drift: float  # v / n: variance of the error of its mean

    def leaning_on(self, wider: Growth) -> Growth:
        """With the weight of its lines against the figures of the wider cohort."""
        weight = (self.lines / (self.lines + ENOUGH))[:, None]
        most = float(weight[0, 0])
        return replace(
            self,
            mean=weight * self.mean + (1 - weight) * wider.mean,
            spread=weight * self.spread + (1 - weight) * wider.spread,
            shape=most * self.shape + (1 - most) * wider.shape,
            market=most * self.market + (1 - most) * wider.market,
            drift=most * self.drift + (1 - most) * wider.drift,
        )

    def factors(self, ages: Whole, horizons: Floats) -> Floats:
        """Lines x levels: use per period of what is ahead, over the level."""
        ahead = np.maximum(horizons, 1.0)
        mean = self.mean[ages, 0] + self.mean[ages, 1] * ahead
        own = self.spread[ages, 0] + self.spread[ages, 1] * ahead
        deviation = np.sqrt(np.maximum(own, 0) + self.market_variance(ahead))
        return np.asarray(np.exp(mean[:, None] + deviation[:, None] * self.shape))

    def market_variance(self, ahead: Floats) -> Floats:
        """Variance that the walk of the market and its unknown drift bring."""
        # of what is ahead each step moves the rest, of the level what was before it
        steps = (ahead + 1) * (2 * ahead + 1) / (6 * ahead) + LEVEL_STEPS
        apart = (ahead + 1) / 2 + (PERIODS - 1) / 2
        return np.asarray(self.market * steps + self.drift * apart**2)


def ages_of(months_seen: Floats) -> Whole:
    """1 new, 2 young, 3 old: the rows of Growth."""
    return np.asarray(1 + np.searchsorted(AGES, months_seen, side="left"), np.int64)


def season(panel: Panel) -> Floats:
    """Twelve factors by place of the month in the year, 1 without two years of data.

    From the mean growth into each month less the mean of all; n years weigh
    n / (n + 1).
    """
    growth, _ = _growth(panel)
    known = np.isfinite(growth)
    if panel.used.shape[1] < 24 or not known.any():
        return np.ones(12)
    months = (panel.first + 1 + np.arange(len(growth))) % 12
    into = np.zeros(12)
    for month in range(12):
        here = growth[known & (months == month)]
        into[month] = here.mean() - growth[known].mean() if len(here) else 0.0
    index = (into - into.mean()).cumsum()
    years = panel.used.shape[1] // 12
    return np.asarray(np.exp((index - index.mean()) * years / (years + 1)))


def fit(panel: Panel) -> Growth:
    """Mean, spread, shape and market of a cohort whose season is taken out.

    Without a ratio it weighs nothing against a wider cohort.
    """
    if len(panel.used) > LINES:
        panel = panel.of(np.linspace(0, len(panel.used) - 1, LINES).astype(np.intp))
    levels, seen = panel.levels, panel.months_seen
    ages = ages_of(seen)
    rows: list[tuple[float, ...]] = []
    standard: list[Floats] = []
    for horizon in range(1, min(HORIZONS, panel.used.shape[1] - 1) + 1):
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.log(np.maximum(panel.after(horizon) / levels, LEAST_RATIO))
        ratio[~(levels > 0)] = np.nan
        known = np.isfinite(ratio)
        started = known.sum(axis=0)
        centre = np.where(known, ratio, 0).sum(axis=0) / np.maximum(started, 1)
        apart = ratio - centre
        # the mean of one starting period is a part of what it is measured from
        apart *= np.sqrt(started / np.maximum(started - 1, 1))
        for age in range(4):
            here = known & (ages == age if age else True)
            if here.sum() >= PAIRS:
                rows.append(
                    (age, horizon, here.sum(), ratio[here].mean(), apart[here].var())
                )
        if known.sum() >= PAIRS and apart[known].std() > 0:
            standard.append(apart[known] / apart[known].std())
    return _grown(
        np.array(rows).reshape(-1, 5), standard, panel, ages, np.isfinite(levels)
    )


def tested_periods(periods: int) -> int:
    """The last third of them, six at most, that a back-test keeps to itself."""
    return max(1, min(6, periods // 3))


def back_test(panel: Panel, wider: Growth | None = None) -> tuple[float, float]:
    """Error of the sum, and share of lines outside the 10th to 90th percentile.

    Of the tested periods, as told by those before them; wider is fitted on those too.
    """
    horizon = tested_periods(panel.used.shape[1])
    start = panel.used.shape[1] - horizon
    if start < 2:
        return 1.0, 1.0
    before = panel.until(start)
    level, actual = before.levels[:, -1], panel.after(horizon)[:, start - 1]
    tested = (level > 0) & np.isfinite(actual)
    if tested.sum() < PAIRS:
        return 1.0, 1.0
    growth = fit(before) if wider is None else fit(before).leaning_on(wider)
    told = level[tested, None] * growth.factors(
        ages_of(before.months_seen[tested, -1]), np.full(tested.sum(), float(horizon))
    )
    actual = actual[tested]
    whole = float(actual.sum())
    error = abs(float((told @ CHANCES).sum()) - whole) / whole if whole > 0 else 1.0
    # use that never moves is told exactly, but for the last bits of a float
    low, high = told[:, 2] * (1 - ROUNDING), told[:, -3] * (1 + ROUNDING)
    missed = (actual < low) | (actual > high)
    return min(error, 1.0), float(missed.mean())


def four_digits(units: Floats) -> Floats:
    """Told to four digits."""
    size = np.floor(np.log10(np.maximum(units, 1e-9)))
    step = 10.0 ** (size - 3)
    return np.asarray(np.round(np.round(units / step) * step, 9))


def _grown(
    rows: Floats,
    standard: list[Floats],
    panel: Panel,
    ages: Whole,
    known: npt.NDArray[np.bool_],
) -> Growth:
    lines = np.array(
        [(known & (ages == age if age else True)).any(axis=1).sum() for age in range(4)]
    ).astype(np.float64)
    mean, spread = np.zeros((4, 2)), np.zeros((4, 2))
    for age in range(4):
        own = rows[rows[:, 0] == age]
        if len(own):
            mean[age] = _line(own[:, 1], own[:, 3], own[:, 2])
            spread[age] = _rising(own[:, 1], own[:, 4], own[:, 2])
        else:
            lines[age] = 0
        weight = lines[age] / (lines[age] + ENOUGH)
        if age:
            mean[age] = weight * mean[age] + (1 - weight) * mean[0]
            spread[age] = weight * spread[age] + (1 - weight) * spread[0]
    shape = NORMAL
    if standard:
        own_shape = np.quantile(np.concatenate(standard), LEVELS)
        weight = lines[0] / (lines[0] + ENOUGH)
        shape = weight * own_shape + (1 - weight) * NORMAL
    growth, noise = _growth(panel)
    known_growth = np.isfinite(growth)
    months = int(known_growth.sum())
    # the variance of Student's distribution: what is to come, told from so few months
    few = (months - 1) / max(months - 3, 1)
    moved = few * float(growth[known_growth].var(ddof=1)) if months > 1 else 0.0
    chance = float(noise[known_growth].mean()) if months else 0.0
    market = max(0.0, moved - chance)
    return Growth(lines, mean, spread, shape, market, moved / max(months, 1))


def _growth(panel: Panel) -> tuple[Floats, Floats]:
    """Mean growth of log use into each next period, and the variance of that mean.

    NaN where too few lines are seen.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.log(panel.used / panel.exposed)
    rates[(panel.exposed < 0.5) | ~np.isfinite(rates)] = np.nan
    steps = np.diff(rates, axis=1)
    known = np.isfinite(steps)
    count = known.sum(axis=0).astype(np.float64)
    steps[~known], count[count < PAIRS] = 0.0, np.nan
    mean = steps.sum(axis=0) / count
    square = (steps**2).sum(axis=0) / count
    return mean, (square - mean**2) / (count - 1)


def _line(x: Floats, y: Floats, weight: Floats) -> Floats:
    """Weighted least squares y = a + b x; level where there is one x."""
    middle, height = np.average(x, weights=weight), np.average(y, weights=weight)
    across = float((weight * (x - middle) ** 2).sum())
    rise = (
        float((weight * (x - middle) * (y - height)).sum()) / across if across else 0.0
    )
    return np.array([height - rise * middle, rise])


def _rising(x: Floats, y: Floats, weight: Floats) -> Floats:
    """The same for a variance: it never falls with the horizon."""
    fitted = _line(x, y, weight)
    if fitted[1] < 0:
        return np.array([float(np.average(y, weights=weight)), 0.0])
    if fitted[0] < 0:
        return np.array([0.0, float(np.average(y / x, weights=weight))])
    return fitted


def _last(values: Floats) -> Floats:
    """Sum of the last PERIODS columns up to each."""
    total = values.cumsum(axis=1)
    total[:, PERIODS:] -= total[:, :-PERIODS].copy()
    return np.asarray(total)


def _next(values: Floats, horizon: int) -> Floats:
    """Sum of the next columns after each; 0 where there are not so many."""
    total = np.zeros_like(values)
    summed: Any = np.concatenate(
        [np.zeros((len(values), 1)), values.cumsum(axis=1)], axis=1
    )
    if horizon < values.shape[1]:
        total[:, :-horizon] = summed[:, horizon + 1 :] - summed[:, 1:-horizon]
    return total
