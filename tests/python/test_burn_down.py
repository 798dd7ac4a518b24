"""The burn-down kernel equals serving one stretch of usage after the other by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal, localcontext

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_revenue.burn_down import burn_down
from inference_revenue.linked_wallets import link_wallets
from inference_revenue.wide_units import (
    UNITS,
    compact_units,
    decimals,
    is_compact,
    wide_units,
)

INSTANT = pa.timestamp("us")
_MEASURES = ("units", "to_units", "root_units")
Taken = tuple[int | None, ...]


@dataclass(frozen=True)
class Use:
    run: int
    at: int
    units: Decimal
    line: int = 1
    service: int = 1


@dataclass(frozen=True)
class Lot:
    run: int
    rank: int
    starts: int
    ends: int
    units: Decimal
    lines: frozenset[int] | None = None  # those it can pay for, where it is limited
    fill: Fill | None = None  # what another lot gives it; units are the most it holds


@dataclass(frozen=True)
class Fill:
    rank: int  # of the lot that gives it, in this run or another one of the link
    at: int
    share: Decimal = Decimal(1)
    run: int = 0
    converts: Decimal | None = None  # so many units of it become `into` of this lot
    into: Decimal | None = None
    most: Decimal | None = None  # of its units, where they are converted


def link(run: int) -> int:
    """Runs of two wallets that units pass between."""
    return (run + 1) // 2


def drawn(usage: Sequence[Use], lots: Sequence[Lot]) -> dict[Taken, Decimal]:
    """What the kernel takes, by position: (usage, lot), or (None, lot, to lot)."""
    places = {(lot.run, lot.rank): n for n, lot in enumerate(lots)}
    fills = [lot.fill for lot in lots]
    instants = {
        number: sorted({o.fill.at for o in lots if link(o.run) == number and o.fill})
        for number in {link(lot.run) for lot in lots}
    }
    pays = [(n, line) for n, lot in enumerate(lots) for line in lot.lines or ()]
    found = burn_down(
        pa.table({
            "usage_number": pa.array(range(len(usage)), pa.int64()),
            "run_number": pa.array([u.run for u in usage], pa.int64()),
            "link_number": pa.array([link(u.run) for u in usage], pa.int64()),
            "line_rank": pa.array([u.line for u in usage], pa.int64()),
            "service_ordinal": pa.array([u.service for u in usage], pa.int64()),
            "from_at": pa.array([u.at for u in usage], INSTANT),
            "units": pa.array([u.units for u in usage], UNITS),
        }).sort_by([("units", "descending")]),
        pa.table({
            "lot_number": pa.array(range(len(lots)), pa.int64()),
            "run_number": pa.array([lot.run for lot in lots], pa.int64()),
            "link_number": pa.array([link(lot.run) for lot in lots], pa.int64()),
            "draw_rank": pa.array([lot.rank for lot in lots], pa.int64()),
            "from_at": pa.array([lot.starts for lot in lots], INSTANT),
            "to_at": pa.array([lot.ends for lot in lots], INSTANT),
            "units": pa.array([lot.units for lot in lots], UNITS),
            "is_limited": pa.array([lot.lines is not None for lot in lots], pa.bool_()),
            "from_lot_number": pa.array(
                [lot.fill and places.get(_source(lot)) for lot in lots], pa.int64()
            ),
            "moved_at": pa.array([f and f.at for f in fills], INSTANT),
            "move_rank": pa.array(
                [
                    lot.fill and instants[link(lot.run)].index(lot.fill.at) + 1
                    for lot in lots
                ],
                pa.int64(),
            ),
            "moved_billionths": pa.array(
                [f and int(f.share.scaleb(9)) for f in fills], pa.int64()
            ),
            "from_units": pa.array([f and f.most for f in fills], UNITS),
            "converts_units": pa.array([f and f.converts for f in fills], UNITS),
            "into_units": pa.array([f and f.into for f in fills], UNITS),
        }),
        pa.table({
            "lot_number": pa.array([n for n, _ in pays], pa.int64()),
            "line_rank": pa.array([line for _, line in pays], pa.int64()),
        }),
    )  # fmt: skip
    assert all(found.schema.field(c).type == UNITS for c in _MEASURES)
    _check_worth(found, lots)
    return {
        (row["usage_number"], row["lot_number"])
        if row["to_lot_number"] is None
        else (None, row["lot_number"], row["to_lot_number"]): row["units"]
        for row in found.to_pylist()
    }


def _source(lot: Lot) -> tuple[int, int]:
    """Run and rank of the lot that fills it."""
    assert lot.fill
    return lot.fill.run or lot.run, lot.fill.rank


def _check_worth(found: pa.Table, lots: Sequence[Lot]) -> None:
    """What left each lot is worth what came, and no more; all of it where all left."""
    rows = found.to_pylist()
    for position, lot in enumerate(lots):
        out = [row for row in rows if row["lot_number"] == position]
        came = [row for row in rows if row["to_lot_number"] == position]
        worth = sum((row["root_units"] for row in out), Decimal(0))
        units = sum((row["units"] for row in out), Decimal(0))
        if lot.fill is None:
            assert worth == units
            continue
        got = sum((row["to_units"] for row in came), Decimal(0))
        held = sum((row["root_units"] for row in came), Decimal(0))
        assert worth == held if units == got else worth <= held
        if got:
            last_place = (worth - held * units / got) * 10**18
            assert -1 < last_place <= Decimal("1e-9")


def by_hand(usage: Sequence[Use], lots: Sequence[Lot]) -> dict[Taken, Decimal]:
    """Each stretch in time takes what the first lots in force still hold."""
    left = [lot.units if lot.fill is None else Decimal(0) for lot in lots]
    found: dict[Taken, Decimal] = {}
    # at one instant units pass, then usage is served
    steps: list[tuple[int, int, int]] = sorted(
        [(use.at, 1, number) for number, use in enumerate(usage)]
        + [(at, 0, 0) for at in {lot.fill.at for lot in lots if lot.fill}]
    )
    for at, kind, number in steps:
        if kind == 0:
            _fill(lots, at, left, found)
            continue
        use = usage[number]
        wanted = use.units
        for position in sorted(range(len(lots)), key=lambda n: lots[n].rank):
            lot = lots[position]
            taken = min(wanted, left[position])
            pays = lot.lines is None or use.line in lot.lines
            if (
                pays
                and lot.run == use.run
                and lot.starts <= use.at < lot.ends
                and taken
            ):
                found[number, position] = taken
                left[position] -= taken
                wanted -= taken
    return found


def _fill(
    lots: Sequence[Lot], at: int, left: list[Decimal], found: dict[Taken, Decimal]
) -> None:
    """Lots give what they have left as an instant begins; last drawn, first filled."""
    places = {(lot.run, lot.rank): n for n, lot in enumerate(lots)}
    begun, given = list(left), [Decimal(0)] * len(lots)
    for target in sorted(range(len(lots)), key=lambda n: -lots[n].rank):
        lot, fill = lots[target], lots[target].fill
        if fill is None or fill.at != at or _source(lot) not in places:
            continue
        source = places[_source(lot)]
        share = begun[source] * fill.share
        if fill.share < 1:
            share = share.quantize(Decimal("1e-9"), ROUND_DOWN)
        most = lot.units if fill.most is None else fill.most
        moved = min(most, max(share - given[source], Decimal(0)))
        got = moved
        if fill.converts and fill.into:
            got = moved * fill.into / fill.converts
            got = got.quantize(Decimal("1e-18"), ROUND_DOWN)
            moved = moved if got else got
        if moved:
            found[None, source, target] = moved
            given[source] += moved
            left[source] -= moved
            left[target] += got


few = st.integers(0, 400).map(lambda n: Decimal(n) / 4)
odd = st.integers(1, 10**20).map(lambda n: Decimal(n).scaleb(-18))
rates = st.integers(1, 10**12).map(lambda n: Decimal(n).scaleb(-3))
vast = st.integers(1, 10**17).map(lambda n: Decimal(n).scaleb(3) / 4)


@st.composite
def wallets(draw: st.DrawFn) -> tuple[list[Use], list[Lot]]:
    usage: list[Use] = []
    lots: list[Lot] = []
    shares = dict[tuple[int, int, int], str]()
    for run in range(1, draw(st.integers(1, 4)) + 1):
        units = draw(st.sampled_from([few, few, odd, vast, few | odd]))
        times = sorted(draw(st.lists(st.integers(0, 30), max_size=8, unique=True)))
        # periods of their own, so that lines too are served in the order of time
        usage += [
            Use(run, at, draw(units), line=draw(st.integers(1, 3)), service=at)
            for at in times
        ]
        for rank in range(1, draw(st.integers(0, 6)) + 1):
            starts = draw(st.integers(0, 25))
            ends = starts + draw(st.integers(1, 20))
            lines = draw(st.none() | st.frozensets(st.integers(1, 4), max_size=3))
            fill = None
            # any lot before it: chains, to another wallet, and several lots of one,
            # which what is left at one instant goes to by one share
            sources = [(o.run, o.rank) for o in lots if link(o.run) == link(run)]
            if draw(st.booleans()) and sources:
                at = draw(st.integers(1, 25))
                share = draw(st.sampled_from(["1", "1", "0.5", "0.333333333"]))
                source = draw(st.sampled_from(sources))
                is_first = (*source, at) not in shares
                share = shares.setdefault((*source, at), share)
                fill = Fill(source[1], at, Decimal(share), source[0])
                # what is converted goes to one lot alone
                if is_first and draw(st.booleans()):
                    shares[*source, at] = "0"
                    fill = replace(
                        fill, converts=draw(rates), into=draw(rates), most=draw(units)
                    )
                starts = max(starts, at)
                ends = max(ends, starts)
                if share == "0":
                    fill = None
            lots.append(Lot(run, rank, starts, ends, draw(units), lines, fill))
    return usage, draw(st.permutations(lots))


@settings(deadline=None)
@given(wallets())
def test_lot_by_lot_is_stretch_by_stretch(case: tuple[list[Use], list[Lot]]) -> None:
    with localcontext(prec=60):
        assert drawn(*case) == by_hand(*case)


def test_lines_are_served_one_after_the_other_until_the_lots_change() -> None:
    """A cut of one line alone, at 3, does not let the other line go first."""
    usage = [
        Use(1, 0, Decimal(6), line=1), Use(1, 0, Decimal(5), line=2),
        Use(1, 3, Decimal(4), line=1),
    ]  # fmt: skip
    whole = Lot(1, 1, 0, 9, Decimal(12))
    assert drawn(usage, [whole]) == {(0, 0): 6, (2, 0): 4, (1, 0): 2}
    # a lot that starts at 3 divides time there
    later = Lot(1, 2, 3, 9, Decimal(1))
    assert drawn(usage, [whole, later]) == {(0, 0): 6, (1, 0): 5, (2, 0): 1, (2, 1): 1}
    # and so does a period
    parted = [*usage[:2], Use(1, 3, Decimal(4), line=1, service=2)]
    assert drawn(parted, [whole]) == {(0, 0): 6, (1, 0): 5, (2, 0): 1}


def test_a_lot_limited_to_a_line_is_passed_over_by_the_others() -> None:
    usage = [Use(1, 0, Decimal(3), line=2), Use(1, 1, Decimal(3), line=1, service=2)]
    first = Lot(1, 1, 0, 9, Decimal(2), frozenset({1}))
    second = Lot(1, 2, 0, 9, Decimal(4))
    assert drawn(usage, [first, second]) == {(0, 1): 3, (1, 0): 2, (1, 1): 1}
    assert drawn(usage, [Lot(1, 1, 0, 9, Decimal(2), frozenset())]) == {}


def test_what_rolls_over_is_drawn_before_it_or_after() -> None:
    """Of 10 units 4 are used, half of the 6 left roll over; late use leaves fewer."""
    parent = Lot(1, 2, 0, 5, Decimal(10))
    child = Lot(1, 1, 5, 9, Decimal(8), fill=Fill(2, 5, Decimal("0.5")))
    later = Use(1, 6, Decimal(9))
    moved = drawn([Use(1, 0, Decimal(4)), later], [parent, child])
    assert moved == {(0, 0): 4, (None, 0, 1): 3, (1, 1): 3}
    moved = drawn([Use(1, 0, Decimal(8)), later], [parent, child])
    assert moved == {(0, 0): 8, (None, 0, 1): 1, (1, 1): 1}


def test_units_pass_to_another_wallet_and_become_others() -> None:
    """3 of 10 are used in wallet 1; of the 7 left 5 become 2 of wallet 2: 0.4 each."""
    gives = Lot(1, 1, 0, 9, Decimal(10))
    fill = Fill(1, 5, run=1, converts=Decimal(10), into=Decimal(4), most=Decimal(5))
    takes = Lot(2, 1, 5, 9, Decimal(4), fill=fill)
    usage = [Use(1, 0, Decimal(3)), Use(1, 6, Decimal(9)), Use(2, 6, Decimal(9))]
    found = drawn(usage, [gives, takes])
    assert found == {(0, 0): 3, (None, 0, 1): 5, (1, 0): 2, (2, 1): 2}


def test_wallets_with_any_path_between_them_are_linked() -> None:
    names = ("from_wallet_id", "from_unit_code", "wallet_id", "unit_code")
    passages = ["a A b B", "c A b B", "d A e A", "b B f F"]
    rows = [dict(zip(names, text.split(), strict=True)) for text in passages]
    schema = pa.schema([(name, pa.string()) for name in names])
    found = link_wallets(pa.Table.from_pylist(rows, schema)).to_pylist()
    groups = {row["wallet_id"]: row["link_id"] for row in found}
    assert groups == {"a": 1, "b": 1, "c": 1, "f": 1, "d": 2, "e": 2}
    assert link_wallets(schema.empty_table()).num_rows == 0


def test_nothing_is_drawn_where_there_is_nothing() -> None:
    assert drawn([], []) == {}
    assert drawn([Use(1, 0, Decimal(1))], []) == {}
    assert drawn([], [Lot(1, 1, 0, 9, Decimal(1))]) == {}
    assert drawn([Use(2, 0, Decimal(1))], [Lot(1, 1, 0, 9, Decimal(1))]) == {}


@pytest.mark.parametrize(
    ("text", "compact"),
    [
        ("0", True), ("0.000000000001", True), ("0.0000000000001", False),
        ("4611686.018427387903", True), ("99999999999999999999", False),
        ("18.446744073709551616", False), ("4294.967296", True),
    ],
)  # fmt: skip
def test_numbers_come_back_as_they_were(text: str, compact: bool) -> None:
    column = pa.chunked_array([pa.array([Decimal(7), Decimal(text)], UNITS)[1:]])
    assert is_compact(column).tolist() == [compact]
    with localcontext(prec=60):
        assert wide_units(column).tolist() == [int(Decimal(text).scaleb(18))]
    assert decimals(wide_units(column)).equals(column.chunk(0))
    if compact:
        assert decimals(compact_units(column)).equals(column.chunk(0))
