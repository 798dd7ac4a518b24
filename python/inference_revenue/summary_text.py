"""The close summary as one screen of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inference_revenue.summary import (
    TIME,
    Control,
    OpenPeriod,
    Summary,
    Worklist,
)

SOME_NAMES = 4

# Books by what is said of them: one line where the books agree.
Lines = dict[tuple[str, str], list[str]]

RULE = "-" * 79


def summary_text(summary: Summary) -> str:
    """The summary in lines of at most about eighty characters."""
    return "\n".join(_lines(summary)) + "\n"


def _lines(summary: Summary) -> Iterator[str]:
    run = summary.run
    yield RULE
    yield f"Run {run.run_id}, as of {summary.as_of:{TIME}} UTC, {summary.seconds:.0f} s"
    yield f"Inputs {run.raw_folder}"
    yield from _periods(summary.open_periods)
    yield from _revenue(summary)
    yield from _balances(summary)
    yield from _rows(summary)
    yield from _controls(summary)
    yield from _worklist(summary.worklist)
    if summary.missing_marts:
        yield f"Not in this build: {', '.join(summary.missing_marts)}"
    yield RULE


def _periods(periods: Sequence[OpenPeriod]) -> Iterator[str]:
    if not periods:
        yield "Open periods: none"
        return
    by_entity: dict[str, list[OpenPeriod]] = {}
    for period in periods:
        by_entity.setdefault(period.entity_id, []).append(period)
    spans: dict[str, list[str]] = {}
    for entity, found in by_entity.items():
        flash = [period.period_id for period in found if period.is_flash]
        span = found[0].period_id
        if len(found) > 1:
            span += f" to {found[-1].period_id} ({len(found)})"
        if flash:
            span += f"; {', '.join(flash)} is a flash (not over)"
        spans.setdefault(span, []).append(entity)
    for span, entities in spans.items():
        yield f"Open periods of {_some(entities)}: {span}"


def _revenue(summary: Summary) -> Iterator[str]:
    if not summary.revenue:
        return
    yield ""
    heads = ("current", "catch-up", "modification", "total")
    yield f"{'Revenue of open periods':<23}" + "".join(f"{h:>14}" for h in heads)
    lines: Lines = {}
    for row in summary.revenue:
        amounts = (
            row.current_amount,
            row.catch_up_amount,
            row.modification_catch_up_amount,
            row.amount,
        )
        shown = (summary.in_minor_units(row.currency, amount) for amount in amounts)
        text = "".join(f" {amount:>13,f}" for amount in shown)
        lines.setdefault((row.currency, text), []).append(row.book)
    for (currency, text), books in lines.items():
        yield f"  {' = '.join(books):<16} {currency:<4}{text}"


def _balances(summary: Summary) -> Iterator[str]:
    if not summary.balances:
        return
    yield ""
    yield f"{'Balances':<47}{'opening':>16}{'closing':>16}"
    lines: Lines = {}
    for row in summary.balances:
        opening = summary.in_minor_units(row.currency, row.opening_amount)
        closing = summary.in_minor_units(row.currency, row.closing_amount)
        text = f" {row.balance_kind:<22} {opening:>16,f} {closing:>15,f}"
        lines.setdefault((row.currency, text), []).append(row.book)
    for (currency, text), books in lines.items():
        yield f"  {' = '.join(books):<16} {currency:<4}{text}"


def _rows(summary: Summary) -> Iterator[str]:
    yield ""
    landed = sum(table.landed for table in summary.rows)
    later = summary.row_count("not_yet_known")
    refused = [t for t in summary.rows if t.rejected or t.held or t.duplicate]
    if landed and later == landed:
        yield f"Input rows: {landed:,} landed, none recorded by this date: empty books"
        return
    if not refused:
        but = f" but {later:,} that are recorded later than this date" if later else ""
        yield f"Input rows: {landed:,} landed, all accepted{but}"
        return
    heads = ("landed", "rejected", "held", "duplicate")
    yield f"{'Input rows':<30}" + "".join(f"{head:>12}" for head in heads)
    for table in refused:
        counts = (table.landed, table.rejected, table.held, table.duplicate)
        yield f"  {table.table_name:<28}" + "".join(f"{n:>12,}" for n in counts)
    totals = (landed, *(summary.row_count(s) for s in heads[1:]))
    yield f"  {'all tables':<28}" + "".join(f"{n:>12,}" for n in totals)
    if later:
        yield f"  {later:,} rows are recorded later than this date and not counted"
    yield from _at_stake(summary)


def _at_stake(summary: Summary) -> Iterator[str]:
    """What the refused and the waiting rows are about, one line a table and state."""
    by_table: dict[tuple[str, str], list[str]] = {}
    for row in summary.at_stake:
        amount = summary.in_minor_units(row.currency, row.amount)
        by_table.setdefault((row.table_name, row.state), []).append(
            f"{row.currency} {amount:,f}"
        )
    if by_table:
        yield "At stake in them"
    for (table, state), amounts in by_table.items():
        yield f"  {table:<28}{state:>12}  {', '.join(amounts)}"


def _controls(summary: Summary) -> Iterator[str]:
    yield ""
    by_colour: dict[str, list[Control]] = {"red": [], "amber": [], "green": []}
    for control in summary.controls:
        by_colour[control.colour].append(control)
    yield "Controls: " + ", ".join(
        f"{len(found)} {colour}" for colour, found in by_colour.items()
    )
    for colour in ("red", "amber"):
        for control in by_colour[colour]:
            yield f"  {colour:<6}{control.code} ({control.violations:,})"
    for seal in summary.broken_seals:
        yield f"  {seal.entity_id} {seal.period_id} is sealed, but {seal.problem}"
    for verb, periods in (
        ("Stored and sealed", summary.stored.sealed),
        ("Reopened, seal lifted", summary.stored.reopened),
    ):
        if periods:
            yield f"{verb}: {_some([' '.join(period) for period in periods])}"
    if by_colour["red"]:
        yield "A blocking control is red: look at it before the books are used."


def _worklist(worklist: Worklist | None) -> Iterator[str]:
    if worklist is None:
        return
    expired = f", {worklist.expired} of them expired" if worklist.expired else ""
    yield (
        f"Exceptions: {worklist.blocking} that block a close and {worklist.warning} "
        f"others open{expired}; {worklist.accepted} accepted"
    )
    if worklist.unelected_topics:
        yield (
            f"Policy topics that run without an election: {worklist.unelected_topics} "
            f"(`queue` writes them down)"
        )


def _some(names: Sequence[str]) -> str:
    more = len(names) - SOME_NAMES
    return ", ".join(names[:SOME_NAMES]) + (f" and {more} more" if more > 0 else "")
