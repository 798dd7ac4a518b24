"""The fold of modified prices equals its definition in fractions, whatever happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_revenue.modified_price import (
    ATTOS,
    Found,
    Step,
    fold,
    fold_pools,
    split,
)
from inference_revenue.wide_units import UNITS, decimals, wide_units

CENT = ATTOS // 100


def goods(
    member: str, price: int, left: int, passed: int, strand: str = "goods"
) -> Step:
    """A part of a line of goods; price in cents, weighed by its units."""
    amount = price * CENT
    return Step(
        strand=strand,
        member=member,
        is_shared=True,
        is_cumulative=False,
        price=amount,
        kept_apart=0,
        stated_at_start=0,
        earned_as_stated=0,
        standalone_whole=amount,
        standalone_left=left * CENT,
        units_left=left,
        weight_at_start=0,
        weight_before=passed if left else 1,
        weight=0,
        whole_weight=max(left, 1),
        passed_days=0,
        interval_days=1,
        minor_unit=CENT,
    )


def cents(amount: int) -> Fraction:
    return Fraction(amount, CENT)


def test_example_5b_blends_the_units_that_remain() -> None:
    """120 at 100, 60 passed, 30 more at 80: 8,400 for 90 units."""
    steps = [
        goods("old", 1200000, 120, 60),
        goods("old", 1200000, 60, 45),
        goods("new", 240000, 30, 0),
    ]
    first, old, new = fold(steps, [0, 1, 1])
    assert cents(first[2]) == 600000
    assert abs(cents(old[0]) - 560000) < Fraction(1, 10**10)
    assert old[0] + new[0] == 840000 * CENT
    assert abs(cents(old[2]) - 420000) < Fraction(1, 10**10)


def test_work_that_is_not_distinct_is_measured_anew() -> None:
    """Section 5.11: 200,000, cost 60 of 120; then 230,000, 60 of 150: -8,000."""
    work = replace(
        goods("work", 20000000, 120, 60), is_cumulative=True, units_left=None
    )
    changed = replace(work, price=23000000 * CENT, weight_at_start=60, whole_weight=150)
    before, after = fold([work, changed], [0, 1])
    assert cents(before[2]) == 10000000
    assert cents(after[1]) == 10000000
    assert cents(after.earned) == cents(after.catch_up) == -800000


def test_goods_not_installed_earn_their_cost() -> None:
    """Price 500 with goods of 150 apart, 20 % of the rest; then 100 more, 40 of 200."""
    work = replace(
        goods("work", 50000, 100, 20),
        is_cumulative=True,
        units_left=None,
        kept_apart=15000 * CENT,
        earned_as_stated=15000 * CENT,
    )
    changed = replace(
        work,
        price=60000 * CENT,
        stated_at_start=15000 * CENT,
        weight_at_start=20,
        weight_before=40,
        whole_weight=200,
    )
    before, after = fold([work, changed], [0, 1])
    assert cents(before.earned) == 15000 + 7000
    assert cents(after.catch_up) == 15000 + 4500 - 22000
    assert cents(after.earned_before + after.earned) == 15000 + 9000


def test_a_satisfied_member_keeps_what_it_earned() -> None:
    """2,500,000 delivered, 12 months at 55,000; after six, 45,000 a month."""
    steps = [
        goods("machine", 250000000, 1, 1, "machine"),
        goods("service", 66000000, 12, 6, "service"),
        replace(goods("machine", 250000000, 0, 0, "machine"), standalone_left=0),
        goods("service", 60000000, 6, 6, "service"),
    ]
    _, _, machine, service = fold(steps, [0, 0, 1, 1])
    assert machine[:3] == (0, 250000000 * CENT, 0)
    assert service[:3] == (27000000 * CENT, 33000000 * CENT, 27000000 * CENT)


@dataclass(frozen=True)
class World:
    """The segments of one pool: price in cents, units left and passed by member."""

    members: list[tuple[str, str]]
    segments: list[list[Step]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Units of each member pass bit by bit; every change moves prices and adds some."""
    count = draw(st.integers(1, 4))
    members = [(f"strand{draw(st.integers(0, 1))}", f"m{i}") for i in range(count)]
    members.sort()
    left = {name: draw(st.integers(1, 50)) for _, name in members}
    length = draw(st.integers(1, 5))
    segments = []
    for number in range(length):
        rows = []
        for strand, name in members:
            if number:
                left[name] += draw(st.sampled_from([0, 0, 7]))
            passed = (
                left[name] if number == length - 1 else draw(st.integers(0, left[name]))
            )
            price = draw(st.integers(-500, 10**7))
            rows.append(goods(name, price, left[name], passed, strand))
            left[name] -= passed
        segments.append(rows)
    return World(members, segments)


def by_definition(world: World) -> list[list[tuple[Fraction, Fraction]]]:
    """Share and progress of each member in fractions; pools split to whole cents."""
    earned = {name: Fraction(0) for _, name in world.members}
    found = []
    for number, rows in enumerate(world.segments):
        if number == 0:
            shares = {row.member: Fraction(row.price) for row in rows}
        else:
            remaining = sum(Fraction(row.price) for row in rows) - sum(earned.values())
            strands = sorted({row.strand for row in rows})
            left = {
                strand: sum(r.standalone_left for r in rows if r.strand == strand)
                for strand in strands
            }
            if not any(left.values()):
                left = {
                    strand: max(
                        0, sum(r.standalone_whole for r in rows if r.strand == strand)
                    )
                    for strand in strands
                }
            shares = {}
            for strand in strands:
                group = [row for row in rows if row.strand == strand]
                whole = sum(left.values())
                part = remaining * Fraction(left[strand], whole) if whole else None
                units = sum(row.units_left or 0 for row in group)
                for row in group:
                    if part is None or not units:
                        shares[row.member] = Fraction(-1)  # no rule: not compared
                    else:
                        shares[row.member] = part * Fraction(row.units_left or 0, units)
        line = []
        for row in rows:
            progress = Fraction(row.weight_before, row.whole_weight)
            line.append((shares[row.member], progress))
            earned[row.member] += shares[row.member] * progress
        found.append(line)
        if any(share == -1 for share in shares.values()):
            break
    return found


def folded(world: World) -> list[list[Found]]:
    flat = fold(
        [row for rows in world.segments for row in rows],
        [number for number, rows in enumerate(world.segments) for _ in rows],
    )
    size = len(world.members)
    return [flat[i : i + size] for i in range(0, len(flat), size)]


@given(worlds())
@settings(max_examples=300, deadline=None)
def test_earned_and_remaining_are_always_the_price(world: World) -> None:
    """I28: E before + what is shared out = the price, and at the end all is earned."""
    segments = folded(world)
    for rows, found in zip(world.segments[1:], segments[1:], strict=True):
        price = sum(row.price for row in rows)
        assert sum(before + share for share, before, *_ in found) == price
    last = segments[-1]
    assert sum(before + now for _, before, now, _ in last) == sum(
        row.price for row in world.segments[-1]
    )


@given(worlds())
@settings(max_examples=300, deadline=None)
def test_fold_is_its_definition_in_fractions(world: World) -> None:
    """Within a cent a change where several strands share, and exact where one has."""
    one = len({strand for strand, _ in world.members}) == 1
    tolerance = Fraction(1, 10**8) if one else Fraction(2 * len(world.segments))
    for expected, found in zip(by_definition(world), folded(world), strict=False):
        if any(share == -1 for share, _ in expected):
            break
        for (share, progress), (amount, _, now, _) in zip(expected, found, strict=True):
            assert abs(share / CENT - cents(amount)) <= tolerance
            assert abs(share * progress / CENT - cents(now)) <= tolerance


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 10**9), min_size=2, max_size=6).filter(any),
    st.integers(0, CENT - 1),
)
def test_largest_remainder_loses_nothing(
    minor: int, weights: Sequence[int], finer: int
) -> None:
    amount = minor * CENT + finer
    parts = split(amount, weights, CENT)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(amount * weight, sum(weights))
        assert abs(part - exact) < 2 * CENT
    assert [-part for part in parts] == split(-amount, weights, CENT)


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_order_of_rows_and_other_pools_do_not_matter(
    world: World, random: Random
) -> None:
    rows = [
        (pool, number, row)
        for pool in ("a", "b")
        for number, segment in enumerate(world.segments)
        for row in segment
    ]
    straight = fold_pools(_table(rows)).to_pylist()
    random.shuffle(rows)
    assert fold_pools(_table(rows)).to_pylist() == straight
    expected = [step for found in folded(world) for step in found]
    for pool in ("a", "b"):
        got = pa.Table.from_pylist([row for row in straight if row["pool_id"] == pool])
        assert wide_units(got["amount"].cast(UNITS)).tolist() == [
            s[0] for s in expected
        ]


def _table(rows: Sequence[tuple[str, int, Step]]) -> pa.Table:
    def money(name: str) -> pa.Array:
        values = [getattr(step, name) for _, _, step in rows]
        return decimals(np.array(values, object))

    return pa.table({
        "pool_id": [pool for pool, _, _ in rows],
        "component": ["fee"] * len(rows),
        "known_from_ordinal": [1] * len(rows),
        "segment_position": [number for _, number, _ in rows],
        "strand_id": [step.strand for _, _, step in rows],
        "member_id": [step.member for _, _, step in rows],
        "is_shared": [step.is_shared for _, _, step in rows],
        "is_cumulative": [step.is_cumulative for _, _, step in rows],
        "units_left": [step.units_left for _, _, step in rows],
        **{
            name: [getattr(step, name) for _, _, step in rows]
            for name in (
                "weight_at_start",
                "weight_before",
                "weight",
                "whole_weight",
                "passed_days",
                "interval_days",
            )
        },
        **{
            name: money(name)
            for name in (
                "price",
                "kept_apart",
                "stated_at_start",
                "earned_as_stated",
                "standalone_whole",
                "standalone_left",
            )
        },
        "minor_unit_exponent": [2] * len(rows),
    })  # fmt: skip
