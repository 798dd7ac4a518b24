"""Sums calls into the cells that the truth is told in.

A cell is contract, model, month of use, price segment, knowledge bucket and whether the
use is billable. What was accepted as known at any invoice run or close is a sum of
cells, so that no event has to be looked at twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference_revenue.simulate.usage.calls import (
    NON_BILLABLE,
    RETRACTED,
    TEST,
    Calls,
)
from inference_revenue.simulate.usage.plan import NO_MODEL, UsagePlan
from inference_revenue.simulate.usage.shapes import Ints


@dataclass(frozen=True)
class CellKeys:
    """Which cell each position is."""

    contract: Ints
    model: Ints
    month: Ints
    segment: Ints
    bucket: Ints
    is_billable: Ints


@dataclass(frozen=True)
class CellSums:
    """Signed sums of each cell."""

    calls: Ints
    input: Ints
    cached: Ints
    output: Ints


@dataclass(frozen=True)
class Cells:
    """One position per cell, in the order of the keys."""

    keys: CellKeys
    sums: CellSums


def sum_calls(plan: UsagePlan, calls: Calls) -> Cells:
    """Cells of the calls that count, less those retracted later."""
    counted = np.flatnonzero(calls.kind != TEST)
    gone = np.flatnonzero(calls.kind == RETRACTED)
    index = np.concatenate([counted, gone])
    sign = np.ones(len(index), dtype=np.int64)
    sign[len(counted) :] = -1
    known = np.concatenate([calls.recorded[counted], calls.echoed[gone]])
    contract = calls.contract[index]
    occurred = calls.occurred[index]
    month = np.zeros(len(index), dtype=np.int64)
    for entity, starts in enumerate(plan.period_starts):
        of_entity = plan.entity[contract] == entity
        month[of_entity] = np.searchsorted(starts, occurred[of_entity], "right") - 1
    keys = CellKeys(
        contract=contract,
        model=calls.model[index],
        month=month,
        segment=np.searchsorted(plan.price_changes, occurred, "right"),
        bucket=np.searchsorted(plan.knowledge, known, "left"),
        is_billable=(calls.kind[index] != NON_BILLABLE).astype(np.int64),
    )
    sums = CellSums(
        calls=sign,
        input=sign * calls.input[index],
        cached=sign * calls.cached[index],
        output=sign * calls.output[index],
    )
    return _grouped(plan, keys, sums)


def merge_cells(plan: UsagePlan, parts: Sequence[Cells]) -> Cells:
    """One cell per key over all chunks; cells that cancelled out are left out."""
    keys = CellKeys(*(np.concatenate(c) for c in _columns([p.keys for p in parts])))
    sums = CellSums(*(np.concatenate(c) for c in _columns([p.sums for p in parts])))
    merged = _grouped(plan, keys, sums)
    # a late call and a withdrawn one may cancel as calls, and not as tokens
    kept = np.flatnonzero(np.any(list(vars(merged.sums).values()), axis=0))
    return Cells(
        CellKeys(*(column[kept] for column in vars(merged.keys).values())),
        CellSums(*(column[kept] for column in vars(merged.sums).values())),
    )


def _columns(parts: Sequence[CellKeys] | Sequence[CellSums]) -> list[tuple[Ints, ...]]:
    return list(zip(*(vars(part).values() for part in parts), strict=True))


def _grouped(plan: UsagePlan, keys: CellKeys, sums: CellSums) -> Cells:
    """Add up positions of one key, which is packed into one integer to sort by."""
    sizes = (
        len(plan.contracts),
        NO_MODEL + 1,
        plan.timeline.months,
        len(plan.price_changes) + 1,
        len(plan.knowledge) + 1,
        2,
    )
    packed = np.zeros_like(keys.contract)
    for column, size in zip(vars(keys).values(), sizes, strict=True):
        packed = packed * size + column
    order = np.argsort(packed, kind="stable")
    unique, first = np.unique(packed[order], return_index=True)
    totals = [np.add.reduceat(column[order], first) for column in vars(sums).values()]
    unpacked: list[Ints] = []
    for size in reversed(sizes):
        unique, column = np.divmod(unique, size)
        unpacked.insert(0, column)
    return Cells(CellKeys(*unpacked), CellSums(*totals))
