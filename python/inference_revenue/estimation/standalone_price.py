"""Standalone selling prices from the company's own sales.

What a product sells for alone is evidence of its standalone selling price where the
sales agree with each other (ASC 606-10-32-32, IFRS 15.77). Of the unit prices p of one
product and stratum:

    median   the middle price, of an even number the mean of the middle two
    width    the smallest w such that at least the asked share of p lies within
             median x (1 - w) and median x (1 + w)
    range    median x (1 - width) to median x (1 + width)
    within   share of p within median x (1 +- the asked width)

The sales support a price when there are enough of them and width is at most the asked
one. Arithmetic is exact: prices are whole numbers of any unit, shares are fractions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pyarrow as pa

from inference_revenue.wide_units import decimals, wide_units

ATTOS = 10**18
GROUP = ("entity_id", "product_id", "currency", "stratum_type", "stratum")


class StandalonePrice:
    """The standalone price that sales of one product and stratum support."""

    def __init__(self, share: Fraction, width: Fraction, fewest: int) -> None:
        """Ask for a share of the sales within a width around the median, of a number.

        share and width lie in (0, 1]; fewest is a number of sales, at least 1.
        """
        if not (0 < share <= 1 and 0 < width <= 1 and fewest >= 1):
            raise ValueError(
                "A share and a width lie between 0 and 1, and a number of sales is at "
                f"least 1: {share}, {width}, {fewest}."
            )
        self.share, self.width, self.fewest = share, width, fewest

    def fit(self, prices: Sequence[int], customers: Sequence[str]) -> StandalonePrice:
        """Find median, range and statistics of unit prices and who paid them.

        prices are positive whole numbers of one unit, one for each sale; raises
        ValueError without any.
        """
        if not prices:
            raise ValueError("No sale, no price: leave products without sales out.")
        ordered = sorted(prices)
        count = len(ordered)
        middle = ordered[(count - 1) // 2] + ordered[count // 2]
        self.median_ = Fraction(middle, 2)
        gaps = sorted(abs(price - self.median_) for price in ordered)
        needed = -(-self.share.numerator * count // self.share.denominator)
        self.count_ = count
        self.width_ = gaps[needed - 1] / self.median_
        self.low_ = self.median_ * max(1 - self.width_, Fraction(0))
        self.high_ = self.median_ * (1 + self.width_)
        near = sum(gap <= self.width * self.median_ for gap in gaps)
        self.within_ = Fraction(near, count)
        buyers = Counter(customers)
        self.customers_ = len(buyers)
        self.largest_ = Fraction(max(buyers.values()), count)
        return self

    @property
    def is_supported(self) -> bool:
        """True where enough sales lie close enough together."""
        return self.count_ >= self.fewest and self.width_ <= self.width


def standalone_prices(sales: pa.Table) -> pa.Table:
    """Fit each group of sales; one row per entity, product, currency and stratum.

    sales: the columns of GROUP, customer_id, unit_price, asked_share, asked_width
        and asked_sales, the last four exact decimals.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    keys = zip(*(sales[name].to_pylist() for name in GROUP), strict=True)
    for place, key in enumerate(keys):
        groups.setdefault(key, []).append(place)
    prices = [int(price) for price in wide_units(sales["unit_price"])]
    customers = sales["customer_id"].to_pylist()
    asked = [sales[f"asked_{name}"] for name in ("share", "width", "sales")]
    rows = []
    for key in sorted(groups):
        places = groups[key]
        share, width, fewest = (Fraction(one[places[0]].as_py()) for one in asked)
        fitted = StandalonePrice(share, width, int(fewest)).fit(
            [prices[place] for place in places], [customers[place] for place in places]
        )
        rows.append((key, fitted))
    return _table(rows)


def _table(rows: list[tuple[tuple[str, ...], StandalonePrice]]) -> pa.Table:
    columns: dict[str, pa.Array] = {
        name: pa.array([key[place] for key, _ in rows], pa.string())
        for place, name in enumerate(GROUP)
    }
    fits = [fitted for _, fitted in rows]
    columns["sales_count"] = pa.array([one.count_ for one in fits], pa.int64())
    columns["customer_count"] = pa.array([one.customers_ for one in fits], pa.int64())
    for name, values in (
        ("median_price", [one.median_ for one in fits]),
        ("low_price", [one.low_ for one in fits]),
        ("high_price", [one.high_ for one in fits]),
        ("range_width", [one.width_ * ATTOS for one in fits]),
        ("share_within", [one.within_ * ATTOS for one in fits]),
        ("largest_customer_share", [one.largest_ * ATTOS for one in fits]),
    ):
        whole = [round(value) for value in values]
        columns[name] = decimals(np.array(whole, dtype=object))
    columns["is_supported"] = pa.array([one.is_supported for one in fits], pa.bool_())
    return pa.table(columns)
