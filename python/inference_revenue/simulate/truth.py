"""What the company was drawn from: the answers that a close should find.

| file in truth/ | one row per |
|---|---|
| usage_quantities | line, model, billable or not, month of use, period that knew it |
| gauge_quantities | line of a meter that does not add up, month |
| rated_amounts | usage line, month of use, period that changed it; unrounded |
| fees | fee and window it is earned over, straight line by day |
| deliveries | good and month of delivery |
| contracts | agreement, with what decides whether it is a contract |
| row_states.json | table: landed and accepted rows, the others by state and reason |
| company.json | - ; size, seed, as-of, and how often each peculiarity occurs |

Periods are months of the entity's time zone. Quantities and amounts are signed changes
of knowledge: their sum over known_period_id up to a close is what that close knew. They
say what was used and at which price, whether or not the agreement is a contract.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import pyarrow as pa

from inference_revenue.simulate.faults import Fault
from inference_revenue.simulate.gauges import GaugeQuantity
from inference_revenue.simulate.rating import Rating, UsageCell, gauge_amount
from inference_revenue.simulate.sizes import Size
from inference_revenue.simulate.tables import Row, write_rows
from inference_revenue.simulate.terms import Contract
from inference_revenue.simulate.timeline import Timeline
from inference_revenue.simulate.truth_terms import (
    CONTRACT_TYPES,
    COUNT,
    DELIVERY_TYPES,
    EXACT,
    FEE_TYPES,
    TEXT,
    contract_truth_rows,
    delivery_truth_rows,
    exact_decimal,
    fee_rows,
    known_period,
)

QUANTITY_TYPES = {
    "contract_id": TEXT,
    "line_id": TEXT,
    "meter_id": TEXT,
    "dim_1_value": TEXT,
    "is_billable": pa.bool_(),
    "service_period_id": TEXT,
    "known_period_id": TEXT,
    "event_count": COUNT,
    "quantity": COUNT,
    "net_quantity": COUNT,
}
GAUGE_TYPES = {
    "contract_id": TEXT,
    "line_id": TEXT,
    "meter_id": TEXT,
    "service_period_id": TEXT,
    "event_count": COUNT,
    "quantity": EXACT,
}
AMOUNT_TYPES = {
    "contract_id": TEXT,
    "line_id": TEXT,
    "currency": TEXT,
    "service_period_id": TEXT,
    "known_period_id": TEXT,
    "quantity": EXACT,
    "amount": EXACT,
}


def quantity_rows(rating: Rating, contracts: Sequence[Contract]) -> list[Row]:
    """Accepted units by line, model, month of use and period that first knew them."""
    rows: list[Row] = []
    for contract in contracts:
        for line in contract.tokens:
            for month in range(rating.timeline.months):
                cells = rating.cells.get((line.line_id, month), ())
                rows += [
                    {
                        "contract_id": contract.contract_id,
                        "line_id": line.line_id,
                        "meter_id": line.meter_id,
                        "service_period_id": rating.timeline.period_id(month),
                        **row,
                    }
                    for row in _by_known_period(rating.timeline, contract, month, cells)
                ]
    return rows


def _by_known_period(
    timeline: Timeline, contract: Contract, month: int, cells: Iterable[UsageCell]
) -> Iterator[dict[str, object]]:
    """Sums of one line and month of use by model, kind and period that knew them."""
    sums: dict[tuple[str | None, bool, str], tuple[int, int, int]] = {}
    for cell in cells:
        known = known_period(timeline, contract, month, cell.bucket)
        key = (cell.model, cell.is_billable, known)
        calls, quantity, net = sums.get(key, (0, 0, 0))
        sums[key] = (
            calls + cell.calls,
            quantity + cell.quantity,
            net + cell.net_quantity,
        )
    for (model, is_billable, known), (calls, quantity, net) in sums.items():
        yield {
            "dim_1_value": model,
            "is_billable": is_billable,
            "known_period_id": known,
            "event_count": calls,
            "quantity": quantity,
            "net_quantity": net,
        }


def amount_rows(
    rating: Rating, contracts: Sequence[Contract], gauges: Iterable[GaugeQuantity]
) -> list[Row]:
    """Rated amounts, unrounded, by line, month of use and period that changed them."""
    timeline = rating.timeline
    rows: list[Row] = []
    for contract in contracts:
        months = range(timeline.months)
        closes = [timeline.cutoff_at(month, contract.entity) for month in months]
        for line in contract.tokens:
            for change in rating.changes(contract, line, closes):
                row = _amount_row(
                    contract,
                    line.line_id,
                    timeline.period_id(change.month),
                    timeline.period_id(change.position),
                )
                amount = exact_decimal(Fraction(change.amount))
                rows.append(row | {"quantity": change.quantity, "amount": amount})
    for gauge in gauges:
        period = timeline.period_id(gauge.month)
        cutoff = timeline.cutoff_at(gauge.month, gauge.contract.entity)
        amount = exact_decimal(Fraction(gauge_amount(rating.book, gauge, cutoff)))
        row = _amount_row(gauge.contract, gauge.line.line_id, period, period)
        quantity = exact_decimal(gauge.quantity)
        rows.append(row | {"quantity": quantity, "amount": amount})
    return rows


def _amount_row(
    contract: Contract, line_id: str, service: str, known: str
) -> dict[str, object]:
    return {
        "contract_id": contract.contract_id,
        "line_id": line_id,
        "currency": contract.currency,
        "service_period_id": service,
        "known_period_id": known,
    }


def gauge_rows(gauges: Iterable[GaugeQuantity], timeline: Timeline) -> list[Row]:
    """Aggregates of the meters that do not add up, by line and month."""
    return [
        {
            "contract_id": gauge.contract.contract_id,
            "line_id": gauge.line.line_id,
            "meter_id": gauge.line.meter_id,
            "service_period_id": timeline.period_id(gauge.month),
            "event_count": gauge.events,
            "quantity": exact_decimal(gauge.quantity),
        }
        for gauge in gauges
    ]


def repeated_states(
    contracts: Iterable[Contract], counts: Mapping[str, int]
) -> dict[str, Counter[tuple[str, str, str]]]:
    """What becomes of the rows that are peculiar in bulk, by table."""
    kinds = (
        ("rejected", "TEST_MODE", "test"),
        ("rejected", "CONFLICT", "conflicting_replay"),
        ("duplicate", "DUPLICATE", "identical_replay"),
    )
    unapproved = sum(contract.approval.known_at is None for contract in contracts)
    return {
        "usage_events": Counter({kind: counts[kind[2]] for kind in kinds}),
        "contracts": Counter({("held", "NO_CONTRACT", "not_approved"): unapproved}),
    }


def row_states(
    landed: Mapping[str, int],
    faults: Iterable[Fault],
    repeated: Mapping[str, Counter[tuple[str, str, str]]],
) -> dict[str, object]:
    """Rows per table: landed, accepted, and the others by state and reason.

    A retraction and the row it withdraws are both accepted. Rows that name an agreement
    nobody approved are accepted too: only the agreement itself is held.
    """
    states = {table: Counter(repeated.get(table, {})) for table in landed}
    for fault in faults:
        states[fault.table][fault.state, fault.reason, fault.name] += 1
    return {
        table: {
            "landed": landed[table],
            "accepted": landed[table] - sum(counts.values()),
            "others": [
                {"state": state, "reason": reason, "peculiarity": name, "rows": rows}
                for (state, reason, name), rows in sorted(counts.items())
            ],
        }
        for table, counts in states.items()
    }


def write_truth(
    folder: Path,
    rating: Rating,
    contracts: Sequence[Contract],
    gauges: Sequence[GaugeQuantity],
) -> None:
    """Write the Parquet files of the truth."""
    timeline = rating.timeline
    files: list[tuple[str, list[Row], dict[str, pa.DataType]]] = [
        ("usage_quantities", quantity_rows(rating, contracts), QUANTITY_TYPES),
        ("gauge_quantities", gauge_rows(gauges, timeline), GAUGE_TYPES),
        ("rated_amounts", amount_rows(rating, contracts, gauges), AMOUNT_TYPES),
        ("fees", fee_rows(contracts, timeline), FEE_TYPES),
        ("deliveries", delivery_truth_rows(contracts, timeline), DELIVERY_TYPES),
        ("contracts", contract_truth_rows(contracts, timeline), CONTRACT_TYPES),
    ]
    for name, rows, types in files:
        write_rows(rows, types, folder / f"{name}.parquet")


def write_company_file(
    folder: Path,
    size: Size,
    seed: int,
    timeline: Timeline,
    peculiarities: Mapping[str, int],
) -> None:
    """Write company.json: what was asked for, and how often each peculiarity occurs."""
    write_json(
        folder / "company.json",
        {
            "seed": seed,
            "size": {**asdict(size), "first_month": size.first_month.isoformat()},
            "as_of": timeline.as_of.isoformat(),
            "peculiarities": dict(peculiarities),
        },
    )


def write_json(path: Path, content: object) -> None:
    """Write readable JSON, the same bytes every time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=2, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
