"""Development of cumulative amounts by age, with its standard error (Mack 1993).

Of a triangle C with one row per origin and one column per age, empty below the last
diagonal:

    factor   f(a) = sum C(i, a+1) / sum C(i, a) over origins seen at both ages
    sigma^2  s(a) = sum C(i, a) (C(i, a+1) / C(i, a) - f(a))^2 / (origins - 1); of the
             last age min(s(n-2)^2 / s(n-3), s(n-3), s(n-2))
    ultimate the last cumulative x the factors still ahead
    error    Mack's mean squared error of the ultimate, and of the sum of all origins

T. Mack, Distribution-free calculation of the standard error of chain ladder reserve
estimates, ASTIN Bulletin 23 (1993). These are statistics and never money: floats do.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class ChainLadder:
    """Mack's chain ladder over a triangle of cumulative amounts."""

    def fit(self, triangle: Floats) -> ChainLadder:
        """Find factors, sigmas, ultimates and standard errors.

        triangle: origins x ages, NaN where not seen yet; an origin is seen from age 0
            on without gaps. Raises ValueError for any other triangle.
        """
        seen = ~np.isnan(triangle)
        ages = triangle.shape[1] if triangle.ndim == 2 else 0
        gaps = seen[:, 1:] & ~seen[:, :-1] if ages else np.ones((1, 1), bool)
        if ages < 2 or not seen[:, 0].all() or gaps.any():
            raise ValueError("A triangle has two ages or more, each row without gaps.")
        self.factors_ = np.ones(ages - 1)
        self.sigma2_ = np.zeros(ages - 1)
        self._sums = np.zeros(ages - 1)
        for age in range(ages - 1):
            both = seen[:, age + 1] & (triangle[:, age] > 0)
            now, later = triangle[both, age], triangle[both, age + 1]
            self._sums[age] = now.sum()
            if not both.any():
                continue
            self.factors_[age] = later.sum() / now.sum()
            if len(now) > 1:
                spread = now * (later / now - self.factors_[age]) ** 2
                self.sigma2_[age] = spread.sum() / (len(now) - 1)
            elif age >= 2 and self.sigma2_[age - 2] > 0:
                last, before = self.sigma2_[age - 1], self.sigma2_[age - 2]
                self.sigma2_[age] = min(last**2 / before, before, last)
        self._develop(triangle, seen)
        return self

    def _develop(self, triangle: Floats, seen: npt.NDArray[np.bool_]) -> None:
        """Ultimates, and the error of each and of their sum."""
        origins, ages = triangle.shape
        lasts = seen.sum(axis=1) - 1
        full = triangle.copy()
        for age in range(ages - 1):
            ahead = ~seen[:, age + 1]
            full[ahead, age + 1] = full[ahead, age] * self.factors_[age]
        self.ultimate_ = full[:, -1]
        sums, factors = self._sums, self.factors_
        known = sums > 0
        ratio = np.where(known, self.sigma2_ / factors**2, 0.0)
        inverse = np.where(known, 1 / np.where(known, sums, 1), 0.0)
        errors = np.zeros(origins)
        total = 0.0
        for origin in range(origins):
            ahead = np.arange(ages - 1) >= lasts[origin]
            own = np.where(full[origin, :-1] > 0, full[origin, :-1], np.inf)
            errors[origin] = self.ultimate_[origin] ** 2 * float(
                (ratio * (1 / own + inverse))[ahead].sum()
            )
            shared = 2 * float((ratio * inverse)[ahead].sum())
            newer = (lasts < lasts[origin]) | (
                (lasts == lasts[origin]) & (np.arange(origins) > origin)
            )
            others = float(self.ultimate_[newer].sum())
            total += errors[origin] + self.ultimate_[origin] * others * shared
        self.standard_error_ = np.sqrt(errors)
        self.total_standard_error_ = float(np.sqrt(total))
