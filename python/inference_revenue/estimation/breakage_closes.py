"""The estimator of breakage for every close: tables in, tables out.

Three levels of cohorts, each within the next: kind, unit, currency and term of the lot;
then the product; then the size. Each close is fitted on what it knew. Without as many
ended lots as asked an entity has no history and costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from inference_revenue.estimation.breakage import (
    Breakage,
    Histories,
    Whole,
    credible,
    histories,
)
from inference_revenue.estimation.chain_ladder import Floats
from inference_revenue.estimation.row_tables import row_table

LEVELS = ("wide_cohort", "product_cohort", "size_cohort")
TEXTS = ("entity_id", "cohort", "wider_cohort")
COUNTS = ("close_ordinal", "cohort_level", "age", "lots", "ended_lots", "data_from")
FLAGS = ("has_enough", "is_stable", "needs_review")
FIGURES = (
    "granted_units exposed_units used_units use_share factor own_breakage own_lower "
    "breakage_share lower_share back_test_error ladder_breakage ladder_error "
    "open_amount"
).split()


@dataclass
class _Lots:
    """Versions of lots of one entity as arrays, in a fixed order."""

    grants: list[str]
    known_from: Whole
    known_to: Whole
    units: Floats
    amounts: Floats
    begun: Whole
    end: Whole
    cohorts: list[list[str]]
    draws: dict[str, list[tuple[int, int, float]]] = field(default_factory=dict)


def fit_closes(lots: pa.Table, draws: pa.Table, asked: pa.Table) -> pa.Table:
    """Fit every cohort at every close that has enough lots behind it.

    lots: entity_id, grant_id, known_from_ordinal, known_to_ordinal, units, amount,
        begun_ordinal, end_ordinal and the columns of LEVELS.
    draws: grant_id, service_ordinal, posting_ordinal, units.
    asked: entity_id, close_ordinal, seen_ordinal (the last period over by then),
        min_lots, max_error, confidence, review_amount.
    Returns one row for each cohort and close, and one for each of its ages.
    """
    rules: dict[str, list[dict[str, Any]]] = {}
    for rule in asked.sort_by("close_ordinal").to_pylist():
        rules.setdefault(rule["entity_id"], []).append(rule)
    rows: list[dict[str, Any]] = []
    for entity in sorted(rules):
        own = lots.filter(pc.equal(lots["entity_id"], entity))
        last, least = rules[entity][-1], min(one["min_lots"] for one in rules[entity])
        ended = pc.less_equal(own["end_ordinal"], last["close_ordinal"])
        if pc.sum(ended).as_py() < least:
            continue
        versions = _of(own, draws)
        for rule in rules[entity]:
            rows += _fit_close(versions, rule)
    return row_table(rows, texts=TEXTS, counts=COUNTS, figures=FIGURES, flags=FLAGS)


def _of(table: pa.Table, draws: pa.Table) -> _Lots:
    table = table.sort_by(
        [("grant_id", "ascending"), ("known_from_ordinal", "ascending")]
    )

    def whole(name: str) -> Whole:
        return np.array(table[name].to_pylist(), np.int64)

    def figures(name: str) -> Floats:
        return np.array([float(one) for one in table[name].to_pylist()], np.float64)

    columns = ("grant_id", "service_ordinal", "posting_ordinal", "units")
    own = draws.filter(pc.is_in(draws["grant_id"], table["grant_id"].combine_chunks()))
    used: dict[str, list[tuple[int, int, float]]] = {}
    for grant, service, posting, units in zip(
        *(own[name].to_pylist() for name in columns), strict=True
    ):
        used.setdefault(grant, []).append((service, posting, float(units)))
    return _Lots(
        table["grant_id"].to_pylist(),
        whole("known_from_ordinal"),
        whole("known_to_ordinal"),
        figures("units"),
        figures("amount"),
        whole("begun_ordinal"),
        whole("end_ordinal"),
        [table[level].to_pylist() for level in LEVELS],
        used,
    )


def _fit_close(lots: _Lots, rule: dict[str, Any]) -> list[dict[str, Any]]:
    """Fit the cohorts of one entity as one close knew them, the widest first."""
    close, least = int(rule["close_ordinal"]), int(rule["min_lots"])
    over = int(rule["seen_ordinal"])
    known = np.flatnonzero(
        (lots.known_from <= close) & (lots.known_to > close) & (lots.begun <= over)
    )
    if int((lots.end[known] <= over).sum()) < least:
        return []
    drawn = (
        (place, service, units)
        for place, version in enumerate(known)
        for service, posting, units in lots.draws.get(lots.grants[version], ())
        if posting <= close
    )
    seen = histories(over, lots.units[known], lots.begun[known], lots.end[known], drawn)
    amounts = lots.amounts[known]
    rows: list[dict[str, Any]] = []
    found: dict[str, dict[str, Any]] = {}
    for level, names in enumerate(lots.cohorts):
        members: dict[str, list[int]] = {}
        for place, version in enumerate(known):
            members.setdefault(names[version], []).append(place)
        for cohort in sorted(members):
            places = np.array(members[cohort], np.intp)
            wider = lots.cohorts[level - 1][known[places[0]]] if level else None
            if wider is not None and wider not in found:
                continue
            of = seen.of(places)
            ended = of.ended
            if int(ended.sum()) < (1 if level else least):
                continue
            fitted = Breakage(float(rule["confidence"])).fit(
                of, f"{rule['entity_id']}|{cohort}|{close}"
            )
            open_amount = float(amounts[places][~ended].sum())
            summary = _summary(
                fitted, of, rule, found.get(wider) if wider else None, open_amount
            )
            summary |= {"cohort": cohort, "wider_cohort": wider, "cohort_level": level}
            found[cohort] = summary
            rows.append(summary)
            rows += _ages(fitted, summary)
    return rows


def _summary(
    fitted: Breakage,
    lots: Histories,
    rule: dict[str, Any],
    wider: dict[str, Any] | None,
    open_amount: float,
) -> dict[str, Any]:
    """A cohort's figures, leaning on those of the wider one by its ended lots."""
    least = int(rule["min_lots"])
    enough = fitted.ended_ >= least
    breakage, lower, error = fitted.breakage_, fitted.lower_, fitted.error_
    if wider is not None:
        breakage, lower = (
            credible(fitted.ended_, least, own, wider[name])
            for own, name in ((breakage, "breakage_share"), (lower, "lower_share"))
        )
        if not enough:
            error = wider["back_test_error"]
    breakage, lower = _cut(breakage), _cut(lower)
    return {
        "entity_id": rule["entity_id"],
        "close_ordinal": int(rule["close_ordinal"]),
        "lots": fitted.lots_,
        "ended_lots": fitted.ended_,
        "data_from": int(lots.begun.min()),
        "granted_units": float(lots.units.sum()),
        "used_units": float(fitted.used_.sum()),
        "own_breakage": fitted.breakage_,
        "own_lower": fitted.lower_,
        "breakage_share": breakage,
        "lower_share": min(lower, breakage),
        "back_test_error": error,
        "ladder_breakage": fitted.ladder_,
        "ladder_error": fitted.ladder_error_,
        "open_amount": open_amount,
        # the widest has enough, or nothing of it was fitted
        "has_enough": enough or wider is not None,
        "is_stable": error <= float(rule["max_error"]),
        "needs_review": wider["needs_review"]
        if wider is not None
        else open_amount * breakage >= float(rule["review_amount"]),
    }


def _ages(fitted: Breakage, summary: dict[str, Any]) -> list[dict[str, Any]]:
    shared = ("entity_id", "close_ordinal", "cohort", "wider_cohort", "cohort_level")
    return [
        {name: summary[name] for name in shared}
        | {
            "age": age,
            "exposed_units": float(fitted.exposed_[age]),
            "used_units": float(fitted.used_[age]),
            "use_share": float(fitted.shares_[age]),
            "factor": float(fitted.factors_[age]),
        }
        for age in range(len(fitted.shares_))
    ]


def _cut(share: float) -> float:
    """Down to a thousandth: the cautious side, and no change for a hair's breadth."""
    return int(share * 1000 + 1e-6) / 1000
