"""The estimator of reversals for every close: tables in, tables out.

Outcomes of one product are one cohort; of each line open at a close the share that is
still reversed, by the ages of what it holds open. What the whole cohort may give back
is one sum: its scenarios, equally likely, scale every line alike. They are quantiles of
a gamma with the sum's mean and variance (E. B. Wilson, M. M. Hilferty, The distribution
of chi-square, 1931): never below nothing, and skewed as a sum of few reversals is.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from inference_revenue.estimation.chain_ladder import Floats
from inference_revenue.estimation.reversals import (
    Open,
    Outcomes,
    Reversals,
    Whole,
    windows_over,
)
from inference_revenue.estimation.row_tables import row_table

SCENARIOS = 50
TEXTS = ("entity_id", "product_id", "line_id")
COUNTS = ("close_ordinal", "scenario_no", "age", "from_day", "to_day")
ORDER = (
    "line_id", "customer_id", "agent_ref", "resolved_day", "window_days", "age_days",
    "known_from_ordinal", "known_to_ordinal",
)  # fmt: skip
FIGURES = (
    "probability multiple expected_rate deviation open_count settled_count "
    "settled_rate exposed_count reversed_count hazard ahead customer_variance "
    "agent_variance month_variance"
).split()


def fit_closes(histories: pa.Table, asked: pa.Table) -> pa.Table:
    """Fit every product at every close that has enough settled outcomes behind it.

    histories: entity_id, product_id, line_id, customer_id, agent_ref, resolved_day,
        window_days, age_days (LIVES: not reversed), quantity, known_from_ordinal,
        known_to_ordinal; days are counted from 1970-01-01.
    asked: entity_id, product_id, close_ordinal, seen_day (first day after what it
        saw), min_outcomes, half_life_months.
    Returns for each product and close one row of its own, one for each age, one for
    each scenario of the sum, and one for each line with open outcomes.
    """
    rows: list[dict[str, Any]] = []
    # sums of floats depend on their order
    histories = histories.sort_by([(name, "ascending") for name in ORDER])
    for entity in sorted(set(asked["entity_id"].to_pylist())):
        own = histories.filter(pc.equal(histories["entity_id"], entity))
        rules = asked.filter(pc.equal(asked["entity_id"], entity))
        for product in sorted(set(rules["product_id"].to_pylist())):
            known = _Histories(own.filter(pc.equal(own["product_id"], product)))
            of_product = rules.filter(pc.equal(rules["product_id"], product))
            for rule in of_product.sort_by("close_ordinal").to_pylist():
                rows += [
                    {"entity_id": entity, "product_id": product} | row
                    for row in known.fit(rule)
                ]
    return row_table(rows, texts=TEXTS, counts=COUNTS, figures=FIGURES)


class _Histories:
    """Groups of outcomes of one product as arrays."""

    def __init__(self, table: pa.Table) -> None:
        self.day, self.window = (
            _whole(table, "resolved_day"),
            _whole(table, "window_days"),
        )
        self.age = _whole(table, "age_days")
        self.count = table["quantity"].cast(pa.float64()).to_numpy()
        self.known_from = _whole(table, "known_from_ordinal")
        self.known_to = _whole(table, "known_to_ordinal")
        self.customer, _ = _codes(table, "customer_id")
        self.agent, _ = _codes(table, "agent_ref")
        self.line, self.lines = _codes(table, "line_id")

    def fit(self, rule: dict[str, Any]) -> list[dict[str, Any]]:
        """What one close knew of the product; nothing where that is too little."""
        close, seen = int(rule["close_ordinal"]), int(rule["seen_day"])
        known = (self.known_from <= close) & (self.known_to > close) & (self.day < seen)
        outcomes = Outcomes(
            self.day[known], self.window[known], self.age[known], self.count[known],
            self.customer[known], self.agent[known], seen,
        )  # fmt: skip
        settled, settled_rate = windows_over(outcomes)
        if settled < float(rule["min_outcomes"]):
            return []
        fitted = Reversals(float(rule["half_life_months"])).fit(outcomes)
        held = ~outcomes.reversed & ~outcomes.over
        still = Open(
            seen - outcomes.day[held], outcomes.window[held], outcomes.count[held],
            np.ones(int(held.sum())), outcomes.customer[held], outcomes.agent[held],
        )  # fmt: skip
        expected, deviation = fitted.expected(still), fitted.deviation(still)
        number = float(still.count.sum())
        shared = {
            "close_ordinal": close,
            "from_day": int(outcomes.day.min()),
            "to_day": seen - 1,
        }
        summary = {
            "open_count": number,
            "expected_rate": expected / number if number else 0.0,
            "deviation": deviation / number if number else 0.0,
            "settled_count": settled,
            "settled_rate": settled_rate,
            "customer_variance": fitted.customer_variance_,
            "agent_variance": fitted.agent_variance_,
            "month_variance": fitted.month_variance_,
        }
        multiples = spread_of_sum(expected, deviation)
        scenarios = [
            {
                "scenario_no": number,
                "probability": 1.0 / SCENARIOS,
                "multiple": float(multiple),
            }
            for number, multiple in enumerate(multiples, 1)
        ]
        lines = self._lines(self.line[known][held], still, fitted.rates(still))
        return [shared | row for row in (summary, *_ages(fitted), *scenarios, *lines)]

    def _lines(self, line: Whole, held: Open, rates: Floats) -> list[dict[str, Any]]:
        """What each line holds open, and the share of it expected to be reversed."""
        number = np.bincount(line, held.count, len(self.lines))
        given = np.bincount(line, held.count * rates, len(self.lines))
        return [
            {
                "line_id": self.lines[at],
                "open_count": float(number[at]),
                "expected_rate": float(given[at] / number[at]),
            }
            for at in np.flatnonzero(number > 0)
        ]


def _ages(fitted: Reversals) -> list[dict[str, Any]]:
    ages = np.arange(len(fitted.hazards_))
    ahead = fitted.ahead(ages, np.full(len(ages), len(ages)))
    return [
        {
            "age": int(age),
            "exposed_count": float(fitted.exposed_[age]),
            "reversed_count": float(fitted.reversed_[age]),
            "hazard": float(fitted.hazards_[age]),
            "ahead": float(ahead[age]),
        }
        for age in ages
    ]


def spread_of_sum(expected: float, deviation: float) -> Floats:
    """Equally likely multiples of a sum's mean, smallest first; their mean is 1."""
    if expected <= 0 or deviation <= 0:
        return np.ones(SCENARIOS)
    ninth = (deviation / expected) ** 2 / 9.0
    middle = (np.arange(SCENARIOS) + 0.5) / SCENARIOS
    deviations = np.array([NormalDist().inv_cdf(one) for one in middle])
    roots = np.maximum(0.0, 1.0 - ninth + deviations * np.sqrt(ninth))
    if not roots.any():
        # so little is expected that it comes in the worst scenario or not at all
        roots[-1] = 1.0
    multiples: Floats = roots**3 / (roots**3).mean()
    return multiples


def _whole(table: pa.Table, name: str) -> Whole:
    values: Whole = table[name].cast(pa.int64()).to_numpy()
    return values


def _codes(table: pa.Table, name: str) -> tuple[Whole, list[str]]:
    """Numbers 0, 1, ... for names; what has no name is one of them."""
    names = pc.fill_null(table[name], "").combine_chunks().dictionary_encode()
    codes: Whole = names.indices.cast(pa.int64()).to_numpy()
    return codes, names.dictionary.to_pylist()
