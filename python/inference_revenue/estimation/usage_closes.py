"""The forecast of use for every close: tables in, tables out.

Two levels of cohorts: lines of one meter and product, within all lines that count the
same unit. Each close is fitted on what it knew. A forecast is relied on where the
narrow cohort has as many comparable lines and months as asked, and a back-test that
holds; else the row says what is missing, and only actuals count (ASC 606-10-32-12,
IFRS 15.57).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from inference_revenue.estimation.usage_forecast import (
    CHANCES,
    Floats,
    Growth,
    Panel,
    Whole,
    ages_of,
    back_test,
    fit,
    four_digits,
    season,
    tested_periods,
)

MONTHS = 12  # served so long, a line is comparable though it has not ended
KEYS = ("entity_id", "line_id", "cohort", "reason")
COUNTS = (
    "close_ordinal scenario_no service_ordinal comparable_lines history_months "
    "months_seen"
).split()
FIGURES = (
    "probability units level_units back_test_error missed_share market_deviation"
).split()
SCHEMA = pa.schema(
    dict.fromkeys(KEYS, pa.string())
    | dict.fromkeys(COUNTS, pa.int32())
    | dict.fromkeys(FIGURES, pa.decimal128(38, 9))
)


@dataclass(frozen=True)
class Ahead:
    """What is ahead of the lines of one close: lines x periods, a share of each."""

    exposed: Floats
    season: Floats  # one factor for each period

    @property
    def horizon(self) -> Floats:
        """Periods ahead of each line."""
        return np.asarray(self.exposed.sum(axis=1))

    def shares(self, growth: Growth, ages: Whole) -> Floats:
        """Lines x periods: share of the whole use that falls into each."""
        reached = np.zeros(len(ages))
        before = np.zeros(len(ages))
        parts = np.zeros_like(self.exposed)
        for period in range(self.exposed.shape[1]):
            reached = reached + self.exposed[:, period]
            now = reached * (growth.factors(ages, reached) @ CHANCES)
            parts[:, period] = np.maximum(now - before, 0) * self.season[period]
            before = now
        whole = parts.sum(axis=1, keepdims=True)
        return np.asarray(
            np.divide(parts, whole, out=np.zeros_like(parts), where=whole > 0)
        )


@dataclass(frozen=True)
class Known:
    """The lines that one close knew, and their use by period."""

    panel: Panel
    place: dict[int, int]  # row of the panel by number of the line
    cohorts: npt.NDArray[Any]
    wide: npt.NDArray[Any]
    has_ended: npt.NDArray[np.bool_]


def forecast_closes(
    lines: pa.Table, used: pa.Table, asked: pa.Table
) -> pa.RecordBatchReader:
    """Forecast what each asked line will use in the window that it is asked for.

    lines: entity_id, line_id, known_from_ordinal, known_to_ordinal, served_from,
        served_to (places in periods, with fractions), cohort, wide_cohort.
    used: line_id, service_ordinal, known_ordinal, units.
    asked: entity_id, line_id, close_ordinal, seen_ordinal (the last period over by
        then), ahead_to (end of the window), min_lines, history_months, max_missed.
    Returns for each asked line and close one row that says whether it is relied on;
    where it is, one for each scenario and one for each period ahead. They come cohort
    by cohort, so that no more than one is held in memory.
    """
    parts = _forecasts(lines, used, asked)
    return pa.RecordBatchReader.from_batches(
        SCHEMA, (batch for part in parts for batch in _rows(part).to_batches())
    )


def _forecasts(
    lines: pa.Table, used: pa.Table, asked: pa.Table
) -> Iterator[dict[str, Any]]:
    for entity in sorted(set(asked["entity_id"].to_pylist())):
        own = _of(lines, entity).sort_by(
            [("line_id", "ascending"), ("known_from_ordinal", "ascending")]
        )
        names = pc.unique(own["line_id"])
        number = np.asarray(pc.index_in(own["line_id"], names))
        entries = used.filter(pc.is_in(used["line_id"], names))
        entries = entries.append_column("line", pc.index_in(entries["line_id"], names))
        questions = _of(asked, entity).sort_by("line_id")
        for close in sorted(set(questions["close_ordinal"].to_pylist())):
            at = questions.filter(pc.equal(questions["close_ordinal"], close))
            known = _known(own, number, entries, close, at["seen_ordinal"][0].as_py())
            ids = np.asarray(pc.index_in(at["line_id"], names))
            yield from _close(known, at, ids)


def _of(table: pa.Table, entity: str) -> pa.Table:
    return table.filter(pc.equal(table["entity_id"], entity))


def _figures(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.cast(pa.float64()), np.float64)


def _whole(column: pa.ChunkedArray) -> Whole:
    return np.asarray(column, np.int64)


def _asked(table: pa.Table, name: str) -> float:
    return float(table[name][0].as_py())


def _known(
    lines: pa.Table, number: Whole, entries: pa.Table, close: int, seen: int
) -> Known:
    """Lines and use as the close knew them, up to the last period that was over."""
    served_from, served_to = (
        _figures(lines["served_from"]),
        _figures(lines["served_to"]),
    )
    here = np.flatnonzero(
        (_whole(lines["known_from_ordinal"]) <= close)
        & (_whole(lines["known_to_ordinal"]) > close)
        & (served_from < np.minimum(served_to, seen + 1))
    )
    place = {int(one): row for row, one in enumerate(number[here])}
    first = int(served_from[here].min()) if len(here) else seen
    periods = np.arange(first, seen + 1)
    exposed = np.clip(
        np.minimum(served_to[here, None], periods + 1)
        - np.maximum(served_from[here, None], periods),
        0.0,
        1.0,
    )
    row_of = np.full(int(number.max()) + 1 if len(number) else 1, -1)
    row_of[number[here]] = np.arange(len(here))
    service = _whole(entries["service_ordinal"])
    rows = row_of[_whole(entries["line"])]
    counts = (
        (_whole(entries["known_ordinal"]) <= close)
        & (service >= first)
        & (service <= seen)
        & (rows >= 0)
    )
    used = np.bincount(
        rows[counts] * len(periods) + service[counts] - first,
        _figures(entries["units"])[counts],
        len(here) * len(periods),
    ).reshape(len(here), len(periods))
    # what is taken back was never used
    panel = Panel(np.maximum(used, 0.0) * (exposed > 0), exposed, first)
    cohorts, wide = (
        np.asarray(lines[name].take(pa.array(here)))
        for name in ("cohort", "wide_cohort")
    )
    return Known(panel, place, cohorts, wide, served_to[here] <= seen + 1)


@dataclass(frozen=True)
class Wide:
    """A wider cohort at one close: its season, and what it says without it."""

    season: Floats
    growth: Growth
    growth_before: Growth  # of the periods before those of a back-test

    @classmethod
    def of(cls, panel: Panel) -> Wide:
        """Fit the lines of the cohort."""
        index = season(panel)
        plain = _without_season(panel, index)
        periods = panel.used.shape[1]
        before = plain.until(max(1, periods - tested_periods(periods)))
        return cls(index, fit(plain), fit(before))


def _close(known: Known, asked: pa.Table, ids: Whole) -> Iterator[dict[str, Any]]:
    """Rows of one close, by cohort of the lines that are asked for."""
    rows = np.array([known.place.get(int(one), -1) for one in ids])
    begun = rows >= 0
    if not begun.all():
        yield _said(asked.filter(pa.array(~begun)), "", "nothing_used")
    cohorts = known.cohorts[rows[begun]]
    asked, rows = asked.filter(pa.array(begun)), rows[begun]
    wider: dict[str, Wide] = {}
    for cohort in sorted(set(cohorts)):
        places = np.flatnonzero(cohorts == cohort)
        wide = known.wide[rows[places[0]]]
        if wide not in wider:
            wider[wide] = Wide.of(known.panel.of(np.flatnonzero(known.wide == wide)))
        at = asked.take(pa.array(places))
        yield from _cohort(known, cohort, wider[wide], at, rows[places])


def _cohort(
    known: Known, cohort: str, wider: Wide, asked: pa.Table, rows: Whole
) -> Iterator[dict[str, Any]]:
    """Rows of the lines of one cohort: what it lacks, or what it tells."""
    alike = np.flatnonzero(known.cohorts == cohort)
    own = _without_season(known.panel.of(alike), wider.season)
    is_complete = (own.exposed.sum(axis=1) >= MONTHS) | known.has_ended[alike]
    began = np.flatnonzero(own.exposed.any(axis=0))
    error, missed = back_test(own, wider.growth_before)
    growth = fit(own).leaning_on(wider.growth)
    said: dict[str, Any] = {
        "comparable_lines": int(is_complete.sum()),
        "history_months": own.used.shape[1] - int(began[0]),
        "back_test_error": error,
        "missed_share": missed,
        "market_deviation": float(np.sqrt(growth.market)),
    }
    lacks = (
        (said["comparable_lines"] < _asked(asked, "min_lines"), "too_few_comparable"),
        (said["history_months"] < _asked(asked, "history_months"), "history_too_short"),
        (missed > _asked(asked, "max_missed"), "not_stable"),
    )
    for is_lacking, reason in lacks:
        if is_lacking:
            yield _said(asked, cohort, reason) | said
            return
    panel = _without_season(known.panel.of(rows), wider.season)
    level, months = np.nan_to_num(panel.levels[:, -1]), panel.months_seen[:, -1]
    used = level > 0
    if not used.all():
        yield _said(asked.filter(pa.array(~used)), cohort, "nothing_used") | said
    if used.any():
        asked, level, months = asked.filter(pa.array(used)), level[used], months[used]
        said |= {"level_units": level, "months_seen": months.astype(np.int64)}
        yield _said(asked, cohort, "relied_on") | said
        yield from _told(asked, cohort, growth, level, ages_of(months), wider.season)


def _told(
    asked: pa.Table,
    cohort: str,
    growth: Growth,
    level: Floats,
    ages: Whole,
    index: Floats,
) -> Iterator[dict[str, Any]]:
    """Scenarios of all that is ahead, and what is expected in each period of it."""
    begin = int(asked["seen_ordinal"][0].as_py()) + 1
    until = _figures(asked["ahead_to"])
    periods = np.arange(begin, max(begin + 1, int(np.ceil(until.max()))))
    exposed = np.clip(until[:, None] - periods, 0.0, 1.0)
    ahead = Ahead(exposed, index[periods % 12])
    units = four_digits(
        level[:, None]
        * growth.factors(ages, ahead.horizon)
        * (exposed @ ahead.season)[:, None]
    )
    lines, scenarios = units.shape
    yield _said(
        asked.take(pa.array(np.repeat(np.arange(lines), scenarios))), cohort, None
    ) | {
        "scenario_no": np.tile(np.arange(1, scenarios + 1), lines),
        "probability": np.tile(CHANCES, lines),
        "units": units.ravel(),
    }
    spread = (units @ CHANCES)[:, None] * ahead.shares(growth, ages)
    place, period = np.nonzero(exposed > 0)
    yield _said(asked.take(pa.array(place)), cohort, None) | {
        "service_ordinal": periods[period],
        "units": spread[place, period],
    }


def _without_season(panel: Panel, index: Floats) -> Panel:
    months = (panel.first + np.arange(panel.used.shape[1])) % 12
    return Panel(panel.used / index[months], panel.exposed, panel.first)


def _said(asked: pa.Table, cohort: str, reason: str | None) -> dict[str, Any]:
    """Rows for these lines; a figure that is not added is empty."""
    return {
        "entity_id": asked["entity_id"],
        "line_id": asked["line_id"],
        "close_ordinal": asked["close_ordinal"],
        "cohort": cohort,
        "reason": reason,
    }


def _rows(part: dict[str, Any]) -> pa.Table:
    return pa.table(
        {field.name: _column(part, field.name, field.type) for field in SCHEMA}
    )


def _column(part: dict[str, Any], name: str, kind: pa.DataType) -> pa.ChunkedArray:
    value, rows = part.get(name), len(part["line_id"])
    if isinstance(value, pa.ChunkedArray):
        return value.cast(kind)
    if value is None or isinstance(value, str):
        column = pa.array([value], kind).take(pa.array(np.zeros(rows, np.int64)))
    else:
        figures = np.broadcast_to(np.asarray(value), rows)
        if pa.types.is_decimal(kind):
            # a decimal of 38 digits holds what a float of sixteen says
            figures = np.round(figures.astype(np.float64), 9)
        column = pa.array(figures).cast(kind)
    return pa.chunked_array([column])
