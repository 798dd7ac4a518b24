"""What remains of a price when its terms change, and who earns it (rule D12).

The price of a pool moves between its members. At the start of each segment of terms

    remaining = price under the terms of the segment - earned before it
    share of a member = remaining, split by the standalone price of what remains of it
    earned by it before the next segment = its share x its progress within the segment

so late knowledge of an earlier segment moves both sides alike, and the sum is always
the price. Work that is not distinct from what was done is measured anew as a whole:
its share is of its whole price, its progress that since inception.

Amounts are whole numbers of 10^-18; a quotient is cut toward zero, as in the SQL that
spreads the shares over periods.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from inference_revenue.wide_units import decimals, wide_units

ATTOS = 10**18


@dataclass(frozen=True, slots=True)
class Step:
    """One member of a pool within one segment, as one close believed it."""

    strand: str
    member: str
    is_shared: bool  # takes part in what remains of the pool
    is_cumulative: bool  # not distinct: measured anew since inception
    price: int
    kept_apart: int  # of its share: not earned by progress but as stated
    stated_at_start: int
    earned_as_stated: int
    standalone_whole: int
    standalone_left: int
    units_left: int | None  # of one product, which weighs alike within a strand
    weight_at_start: int  # of a cumulative one: its progress when the segment begins
    weight_before: int
    weight: int
    whole_weight: int
    passed_days: int
    interval_days: int
    minor_unit: int

    def earned_of(self, amount: int) -> int:
        """What progress makes of an amount: whole intervals, and part of the last."""
        amount = self._by_progress(amount)
        passed = share(amount, self.weight_before, self.whole_weight)
        interval = share(amount, self.weight_before + self.weight, self.whole_weight)
        last = share(interval - passed, self.passed_days, self.interval_days)
        return passed + last + self.earned_as_stated

    def earned_at_start_of(self, amount: int) -> int:
        """What the progress when the segment begins makes of an amount as a whole."""
        begun = share(
            self._by_progress(amount), self.weight_at_start, self.whole_weight
        )
        return begun + self.stated_at_start

    def _by_progress(self, amount: int) -> int:
        return max(amount - self.kept_apart, 0) if self.kept_apart else amount


def fold_pools(steps: pa.Table) -> pa.Table:
    """Each step with its share (amount), what its member earned before and in it.

    catch_up is what work that is measured anew had earned too much or too little when
    the segment began; it is part of what is earned in it.

    steps: pool_id, component, known_from_ordinal, segment_position, obligation_id,
        strand_id, member_id and the fields of `Step`; segments count from 0.
    """
    steps = steps.sort_by([
        (name, "ascending")
        for name in (*BELIEF, "segment_position", "strand_id", "member_id")
    ])  # fmt: skip
    amounts: list[int] = []
    before: list[int] = []
    earned: list[int] = []
    caught_up: list[int] = []
    position = 0
    rows = list(_steps(steps))
    for _, same in groupby(_keys(steps, BELIEF)):
        end = position + sum(1 for _ in same)
        segments = steps["segment_position"][position:end].to_pylist()
        for found in fold(rows[position:end], segments):
            amounts.append(found.amount)
            before.append(found.earned_before)
            earned.append(found.earned)
            caught_up.append(found.catch_up)
        position = end
    kept = steps.select([*BELIEF, "segment_position", "strand_id", "member_id"])
    for name, values in (
        ("amount", amounts),
        ("earned_before", before),
        ("earned", earned),
        ("catch_up", caught_up),
    ):
        kept = kept.append_column(name, decimals(np.array(values, object)))
    return kept


BELIEF = ("pool_id", "component", "known_from_ordinal")


class Found(NamedTuple):
    """What the fold finds of one step."""

    amount: int
    earned_before: int
    earned: int
    catch_up: int = 0


def fold(steps: Sequence[Step], segments: Sequence[int]) -> list[Found]:
    """The segments of one pool, in order."""
    earned: defaultdict[str, int] = defaultdict(int)
    found: list[Found] = []
    position = 0
    for number, same in groupby(segments):
        end = position + sum(1 for _ in same)
        members = steps[position:end]
        amounts = (
            [step.price for step in members]
            if number == 0
            else _shares_of_remaining(members, earned)
        )
        for step, amount in zip(members, amounts, strict=True):
            before = earned[step.member]
            now, catch_up = step.earned_of(amount), 0
            if step.is_cumulative:
                now -= before
                catch_up = step.earned_at_start_of(amount) - before if number else 0
            found.append(Found(amount, before, now, catch_up))
            earned[step.member] = before + now
        position = end
    return found


def _shares_of_remaining(
    members: Sequence[Step], earned: defaultdict[str, int]
) -> list[int]:
    """What each member has to earn from now on, of the price of all."""
    apart = {step.member for step in members if not step.is_shared}
    anew = {step.member for step in members if step.is_cumulative}
    kept = sum(amount for name, amount in earned.items() if name not in apart | anew)
    shared = [step for step in members if step.is_shared]
    remaining = sum(step.price for step in shared) - kept
    strands: defaultdict[str, list[Step]] = defaultdict(list)
    for step in shared:
        strands[step.strand].append(step)
    groups = list(strands.values())
    whole = [sum(step.standalone_whole for step in group) for group in groups]
    left = [
        sum(
            step.standalone_whole if step.is_cumulative else step.standalone_left
            for step in group
        )
        for group in groups
    ]
    shares: dict[str, int] = {}
    minor_unit = members[0].minor_unit
    parts = split(remaining, first_usable(left, whole), minor_unit)
    for group, part in zip(groups, parts, strict=True):
        shares.update(_within_strand(group, part))
    return [
        shares[step.member] if step.is_shared else step.price - earned[step.member]
        for step in members
    ]


def _within_strand(group: Sequence[Step], amount: int) -> Iterator[tuple[str, int]]:
    """Units of one product weigh alike; else what remains weighs by what it costs."""
    units = [step.units_left for step in group if step.units_left is not None]
    weights = first_usable(
        units if len(units) == len(group) else [],
        [step.standalone_left for step in group],
        [step.standalone_whole for step in group],
    )
    whole, given = sum(weights), 0
    for step, weight in zip(group, weights, strict=True):
        upper = share(amount, given + weight, whole)
        yield step.member, upper - share(amount, given, whole)
        given += weight


def first_usable(*candidates: Sequence[int]) -> list[int]:
    """The first list of weights that has one; without any, the first member takes all.

    What is worth less than nothing alone weighs nothing.
    """
    count = len(candidates[-1])
    if not count:
        return []
    for weights in candidates:
        clipped = [max(weight, 0) for weight in weights]
        if len(clipped) == count and any(clipped):
            return clipped
    return [1] + [0] * (count - 1)


def split(amount: int, weights: Sequence[int], minor_unit: int) -> list[int]:
    """Largest remainder, in whole minor units; what is finer goes to the heaviest."""
    if len(weights) < 2:
        return [amount] * len(weights)
    sign = -1 if amount < 0 else 1
    minor, rest = divmod(abs(amount), minor_unit)
    whole = sum(weights)
    parts = [minor * weight // whole for weight in weights]
    fractions = [minor * weight % whole for weight in weights]
    by_fraction = sorted(range(len(weights)), key=lambda i: (-fractions[i], i))
    for i in by_fraction[: minor - sum(parts)]:
        parts[i] += 1
    given = [sign * part * minor_unit for part in parts]
    given[max(range(len(weights)), key=lambda i: (weights[i], -i))] += sign * rest
    return given


def share(amount: int, part: int, whole: int) -> int:
    """Amount x part / whole, cut toward zero."""
    product = amount * part
    return product // whole if product >= 0 else -(-product // whole)


def _keys(steps: pa.Table, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    return zip(*(steps[name].to_pylist() for name in names), strict=True)


def _steps(steps: pa.Table) -> Iterator[Step]:
    """Rows as `Step`s, decimals as whole numbers."""
    exponents = steps["minor_unit_exponent"].to_pylist()
    columns = {
        "strand": steps["strand_id"].to_pylist(),
        "member": steps["member_id"].to_pylist(),
        "is_shared": steps["is_shared"].to_pylist(),
        "is_cumulative": steps["is_cumulative"].to_pylist(),
        **{name: wide_units(steps[name]).tolist() for name in _AMOUNTS},
        "units_left": [
            None if units is None else int(units)
            for units in steps["units_left"].to_pylist()
        ],
        **{name: [int(n) for n in steps[name].to_pylist()] for name in _NUMBERS},
        "minor_unit": [ATTOS // 10**exponent for exponent in exponents],
    }
    for values in zip(*columns.values(), strict=True):
        yield Step(*values)


_AMOUNTS = (
    "price",
    "kept_apart",
    "stated_at_start",
    "earned_as_stated",
    "standalone_whole",
    "standalone_left",
)
_NUMBERS = (
    "weight_at_start",
    "weight_before",
    "weight",
    "whole_weight",
    "passed_days",
    "interval_days",
)
