"""What a unit of prepaid lots costs after lots were added at another price.

What was kept of units that were paid back joins the price of what remains likewise.

The units of a wallet are alike, so what remains to be drawn costs the same, whatever
was paid for its lot (rule D12, prospective): the fold of `modified_price`, with a lot
as the member and its units as the progress. The value of a unit is a pair, as that of a
lot is: 10^-18ths of the currency per unit, and the rest of that division.
"""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pyarrow as pa

from inference_revenue.modified_price import ATTOS, Found, Step, fold
from inference_revenue.wide_units import decimals, wide_units

_KEYS = ("run_number", "blend_number", "grant_id")


def blend_lots(steps: pa.Table) -> pa.Table:
    """Units left, their cost and unit value of each lot, from each blend on.

    steps: run_number, blend_number (0 before the first), grant_id, is_shared, price,
        kept (of units paid back at the blend, part of the price from then on),
        refunded (what these cost; the price is without it from then on),
        units_left, units_taken, minor_unit_exponent.
    blended: what the lot gained by the blend, from others or kept, or gave them.
    """
    steps = steps.sort_by([(name, "ascending") for name in _KEYS])
    rows = _steps(steps)
    runs = steps["run_number"].to_pylist()
    numbers = steps["blend_number"].to_pylist()
    found: list[Found] = []
    position = 0
    for _, same in groupby(runs):
        end = position + sum(1 for _ in same)
        found += fold(rows[position:end], numbers[position:end])
        position = end
    wholes, rests, blended = [], [], []
    left_of: dict[tuple[int, str], int] = {}
    kept = wide_units(steps["kept"]).tolist()
    refunded = wide_units(steps["refunded"]).tolist()
    for run, row, result, kept_now, refunded_now in zip(
        runs, rows, found, kept, refunded, strict=True
    ):
        before = left_of.get((run, row.member))
        if before is None:
            before = row.price - kept_now
        else:
            before -= refunded_now
        blended.append(result.amount - before)
        left_of[run, row.member] = result.amount - result.earned
        left = row.units_left or 1
        scaled = result.amount * ATTOS
        wholes.append(scaled // left)
        rests.append(scaled % left * ATTOS // left)
    columns = {
        "units": [row.units_left for row in rows],
        "consideration": [result.amount for result in found],
        "blended": blended,
    }
    table = steps.select(list(_KEYS))
    for name, values in columns.items():
        table = table.append_column(name, decimals(np.array(values, object)))
    for name, values in (("unit_value_whole", wholes), ("unit_value_rest", rests)):
        pairs = pa.array(values, pa.decimal128(38, 0))
        table = table.append_column(name, pairs)
    return table


def _steps(steps: pa.Table) -> list[Step]:
    """A lot is used up by its units, and shares what remains by them."""
    exponents = steps["minor_unit_exponent"].to_pylist()
    shared = steps["is_shared"].to_pylist()
    prices = wide_units(steps["price"]).tolist()
    lefts = wide_units(steps["units_left"]).tolist()
    takens = wide_units(steps["units_taken"]).tolist()
    return [
        Step(
            strand="wallet",
            member=grant,
            is_shared=is_shared,
            is_cumulative=False,
            price=price,
            kept_apart=0,
            stated_at_start=0,
            earned_as_stated=0,
            standalone_whole=price,
            standalone_left=price,
            units_left=left,
            weight_at_start=0,
            weight_before=taken,
            weight=0,
            whole_weight=max(left, 1),
            passed_days=0,
            interval_days=1,
            minor_unit=ATTOS // 10**exponent,
        )
        for grant, is_shared, price, left, taken, exponent in zip(
            steps["grant_id"].to_pylist(),
            shared,
            prices,
            lefts,
            takens,
            exponents,
            strict=True,
        )
    ]
