"""The price that sales of a product alone support."""

from __future__ import annotations

import statistics
from decimal import Decimal
from fractions import Fraction
from random import Random

import pyarrow as pa
import pytest

from inference_revenue.estimation.standalone_price import (
    StandalonePrice,
    standalone_prices,
)

SHARE, WIDTH = Fraction(4, 5), Fraction(15, 100)


def fitted(prices: list[int], fewest: int = 5) -> StandalonePrice:
    buyers = [f"c{number}" for number in range(len(prices))]
    return StandalonePrice(SHARE, WIDTH, fewest).fit(prices, buyers)


def test_four_of_five_sales_within_a_tenth() -> None:
    """Median 100; 90, 95, 100 and 110 lie within a tenth, 160 does not count."""
    found = fitted([110, 160, 90, 100, 95])
    assert found.median_ == 100
    assert found.width_ == Fraction(1, 10)
    assert found.low_ == 90
    assert found.high_ == 110
    assert found.within_ == SHARE
    assert found.is_supported


@pytest.mark.parametrize(
    ("prices", "is_supported"),
    [
        ([100] * 4, False),  # too few
        ([100] * 5, True),
        ([85, 100, 100, 100, 115], True),  # on both bounds
        ([84, 100, 100, 116, 100], False),  # three of five do not do
        ([100, 100, 160, 100, 100], True),  # one may be anything
        ([84, 84, 100, 116, 116], False),
        ([1, 1, 100, 10_000, 10_000], False),
    ],
)
def test_sales_support_a_price(prices: list[int], is_supported: bool) -> None:
    assert fitted(prices).is_supported is is_supported


def test_the_range_holds_its_share_and_no_narrower_one_does() -> None:
    random = Random(7)
    for _ in range(200):
        prices = [random.randint(1, 500) for _ in range(random.randint(1, 30))]
        found = fitted(prices)
        assert found.median_ == Fraction(statistics.median(map(Fraction, prices)))
        gaps = sorted(abs(Fraction(price) / found.median_ - 1) for price in prices)
        inside = sum(gap <= found.width_ for gap in gaps)
        assert inside >= SHARE * len(prices)
        assert sum(gap < found.width_ for gap in gaps) < SHARE * len(prices)


def test_one_customer_may_weigh_much() -> None:
    model = StandalonePrice(SHARE, WIDTH, 1).fit([1, 1, 1, 1], ["a", "a", "a", "b"])
    assert (model.customers_, model.largest_) == (2, Fraction(3, 4))


def test_nothing_sold_is_no_price() -> None:
    with pytest.raises(ValueError, match="leave products without sales out"):
        fitted([])
    with pytest.raises(ValueError, match="between 0 and 1"):
        StandalonePrice(Fraction(0), WIDTH, 1)


def test_groups_are_fitted_apart_and_in_decimals() -> None:
    """Prices of 10^-18 and of a billion keep all their decimals."""
    unit = pa.decimal128(38, 18)
    small, large = Decimal("0.000000000000000003"), Decimal("1000000000.01")
    sales = pa.table(
        {
            "entity_id": ["e"] * 4,
            "product_id": ["token", "chip", "token", "chip"],
            "currency": ["USD"] * 4,
            "stratum_type": ["global"] * 4,
            "stratum": ["*"] * 4,
            "customer_id": ["a", "b", "c", "d"],
            "unit_price": pa.array([small, large, small, large], unit),
            "asked_share": pa.array([Decimal("0.8")] * 4, unit),
            "asked_width": pa.array([Decimal("0.15")] * 4, unit),
            "asked_sales": pa.array([Decimal(2)] * 4, unit),
        }
    )
    found = standalone_prices(sales).to_pylist()
    assert [(row["product_id"], row["median_price"]) for row in found] == [
        ("chip", large), ("token", small),
    ]  # fmt: skip
    assert all(row["is_supported"] and row["sales_count"] == 2 for row in found)


def test_no_sales_are_no_rows() -> None:
    unit = pa.decimal128(38, 18)
    names = "entity_id product_id currency stratum_type stratum customer_id".split()
    sales = pa.table(
        {name: pa.array([], pa.string()) for name in names}
        | {
            name: pa.array([], unit)
            for name in ("unit_price", "asked_share", "asked_width", "asked_sales")
        }
    )
    assert standalone_prices(sales).num_rows == 0
