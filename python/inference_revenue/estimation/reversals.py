"""Reversal of outcomes by age, from how outcomes like them were reversed before.

Of the outcomes of one kind, as one close knew them, of which an outcome still in its
window says only that it lived so long (it is censored):

    hazard    h(a) = sum w reversed at age a / sum w that lived to age a, in days;
              w = 0.5 ^ (months since the outcome / half-life): drift shows at once
    ahead     p(a) = 1 - (1 - h(a)) (1 - h(a+1)) ... to the end of the window
    leaning   a customer's factor is (r + k) / (e + k), r reversed of e expected by the
              hazards; 1 / k is the variance of r / e between customers beyond chance
              (gamma-Poisson, by moments); an agent's the same, beyond its customers'
    spread    variance of the sum of what open outcomes give back: each by itself, each
              customer's factor, a month's common factor, and the hazards' own error

E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations (1958),
for the hazards; H. Buehlmann and A. Gisler, A Course in Credibility Theory (2005),
chapters 2 and 4, for the factors.
These are statistics and never money: floats do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference_revenue.estimation.chain_ladder import Floats

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
MONTH = 30  # days
LIVES = -1  # the age of a reversal that did not come


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of one kind as one close knew them; one element for each alike group."""

    day: Whole  # on which they were resolved
    window: Whole  # days on which they may be reversed, the first counted
    age: Whole  # days from then to the day of their reversal, or LIVES
    count: Floats  # of outcomes in the group
    customer: Whole  # 0, 1, ...
    agent: Whole  # 0, 1, ...
    close: int  # the first day after the close

    @property
    def lived(self) -> Whole:
        """Whole days that each was seen: to its reversal, its window or the close."""
        seen = np.minimum(self.close - self.day, self.window)
        return np.where(self.reversed, np.minimum(self.age + 1, seen), seen)

    @property
    def reversed(self) -> Flags:
        """Those that were reversed within a day that the close had seen whole."""
        came: Flags = (self.age != LIVES) & (self.age < self.close - self.day)
        return came

    @property
    def over(self) -> Flags:
        """Those whose windows were over by the close."""
        return self.day + self.window <= self.close


@dataclass(frozen=True)
class Open:
    """Outcomes in their windows; one element for each group alike in age and fee."""

    age: Whole  # days since they were resolved
    window: Whole
    count: Floats
    fee: Floats  # of each
    customer: Whole
    agent: Whole


class Reversals:
    """Hazards by age, factors of customers and agents, and what they say of a sum."""

    def __init__(self, half_life: float = 6.0) -> None:
        """Let what was seen weigh half after so many months; more than 0."""
        if half_life <= 0:
            raise ValueError(f"A half-life is more than 0 months: {half_life}.")
        self.half_life = half_life

    def fit(self, outcomes: Outcomes) -> Reversals:
        """Find hazards and factors. Raises ValueError where nothing was seen a day."""
        lived, reversed_ = outcomes.lived, outcomes.reversed
        if not (outcomes.count[lived > 0] > 0).any():
            raise ValueError("No outcome was seen for a day: nothing shows a rate.")
        months = (outcomes.close - outcomes.day) / MONTH
        weight = outcomes.count * 0.5 ** (months / self.half_life)
        ages = int(outcomes.window.max())
        # what lived L days was at risk at the ages 0 .. L-1
        left = np.bincount(lived, weight, ages + 1)
        self.exposed_ = left[::-1].cumsum()[::-1][1:]
        self.reversed_ = np.bincount(outcomes.age[reversed_], weight[reversed_], ages)[
            :ages
        ]
        self.hazards_ = np.divide(
            self.reversed_, self.exposed_,
            out=np.zeros(ages), where=self.exposed_ > 0,
        )  # fmt: skip
        cumulative = np.concatenate(([0.0], self.hazards_.cumsum()))
        expected = weight * cumulative[lived]
        seen = weight * reversed_
        self.customers_, self._customer_spread, self.customer_variance_ = _factors(
            outcomes.customer, seen, expected
        )
        expected = expected * self.customers_[outcomes.customer]
        self.agents_, _, self.agent_variance_ = _factors(outcomes.agent, seen, expected)
        self._common(outcomes, cumulative[lived])
        return self

    def _common(self, outcomes: Outcomes, expected: Floats) -> None:
        """How far months lie apart beyond chance, and how sure the hazards are."""
        reversed_ = outcomes.count * outcomes.reversed
        month = (outcomes.close - outcomes.day) // MONTH
        seen = _sums(month, reversed_)
        by_hazards = _sums(month, outcomes.count * expected)
        self.month_variance_ = _beyond_chance(seen, by_hazards)
        self._error = 1.0 / max(float(reversed_.sum()), 1.0)

    def ahead(self, age: Whole, window: Whole) -> Floats:
        """The share reversed from a whole age on to the end of the window, pooled."""
        living = np.cumprod(1.0 - self._hazards_to(int(window.max(initial=0))))
        living = np.concatenate(([1.0], living))
        start = np.minimum(age, window)
        left = np.divide(
            living[window], living[start],
            out=np.zeros(len(age)), where=living[start] > 0,
        )  # fmt: skip
        return np.where(start < window, 1.0 - left, 0.0)

    def _hazards_to(self, ages: int) -> Floats:
        """Hazards by age; one that nothing has lived to yet is the last one seen."""
        seen = np.flatnonzero(self.exposed_ > 0)
        last = int(seen[-1])
        hazards = self.hazards_[: last + 1]
        beyond = max(0, ages - len(hazards))
        return np.concatenate((hazards, np.full(beyond, hazards[last])))

    def rates(self, held: Open) -> Floats:
        """The share expected to be reversed of each group, at most 1."""
        own = _of(self.customers_, held.customer, 1.0) * _of(
            self.agents_, held.agent, 1.0
        )
        return np.minimum(1.0, self.ahead(held.age, held.window) * own)

    def expected(self, held: Open) -> float:
        """The fees expected to be given back."""
        return float((held.count * held.fee * self.rates(held)).sum())

    def deviation(self, held: Open) -> float:
        """Standard deviation of the fees given back."""
        rates = self.rates(held)
        fees = held.count * held.fee * rates
        alone = held.count * held.fee**2 * rates * (1.0 - rates)
        customers = np.arange(int(held.customer.max(initial=-1)) + 1)
        # of a customer that nothing is known of, all that customers lie apart
        spread = _of(self._customer_spread, customers, self.customer_variance_)
        shared = _sums(held.customer, fees) ** 2 * spread
        common = float(fees.sum()) ** 2 * (self.month_variance_ + self._error)
        return float(np.sqrt(alone.sum() + shared.sum() + common))


def windows_over(outcomes: Outcomes) -> tuple[float, float]:
    """Outcomes whose windows are over, and the share of them that was reversed."""
    over = outcomes.over
    count = outcomes.count[over]
    number = float(count.sum())
    if number == 0:
        return 0.0, 0.0
    return number, float((count * outcomes.reversed[over]).sum()) / number


def _factors(
    member: Whole, seen: Floats, expected: Floats
) -> tuple[Floats, Floats, float]:
    """Factors of members, the relative variance of each, and that between members."""
    of_seen, of_expected = _sums(member, seen), _sums(member, expected)
    between = _beyond_chance(of_seen, of_expected)
    if between == 0.0:
        return np.ones(len(of_seen)), np.zeros(len(of_seen)), 0.0
    leaning = 1.0 / between
    factors = (of_seen + leaning) / (of_expected + leaning)
    # of a gamma its shape tells it
    return factors, 1.0 / (of_seen + leaning), between


def _sums(member: Whole, values: Floats) -> Floats:
    return np.bincount(member, values).astype(np.float64)


def _beyond_chance(seen: Floats, expected: Floats) -> float:
    """The variance of seen / expected that Poisson chance alone does not explain."""
    whole = float((expected**2).sum())
    if whole == 0.0:
        return 0.0
    return max(0.0, float(((seen - expected) ** 2 - expected).sum()) / whole)


def _of(figures: Floats, member: Whole, unknown: float) -> Floats:
    """The figure of each member, or that of one that was never seen before."""
    known = member < len(figures)
    return np.where(known, figures[np.where(known, member, 0)], unknown)
