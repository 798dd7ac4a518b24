"""What changes beside usage in a night: contracts, prices, closes and rates."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow.parquet as pq

from inference_revenue.simulate.agreement_rows import (
    contract_line_rows,
    contract_rows,
)
from inference_revenue.simulate.catalogue import PriceBook
from inference_revenue.simulate.close import closing_rows, rate_row
from inference_revenue.simulate.company import Company
from inference_revenue.simulate.money import quantize, to_minor
from inference_revenue.simulate.tables import Midnight, Row
from inference_revenue.simulate.terms import Contract
from inference_revenue.simulate.timeline import ENTITIES, local_day

FEW = 2
"""Contracts of each sort of change."""
NOTICE = timedelta(days=12)
HOUR = timedelta(hours=1)


def night_changes(
    folder: Path,
    drawn: Company,
    number: int,
    start: datetime,
    end: datetime,
    rng: Random,
) -> dict[str, list[Row]]:
    """Rows of the night by table, the usage of new contracts among them."""
    lasting = [
        contract
        for contract in drawn.agreements.contracts
        if contract.role in ("plain", "renewal", "month_to_month", "clickwrap")
        and contract.approval.known_at is not None
        and (contract.last is None or contract.last > (end + 2 * NOTICE).date())
    ]
    at = start + 3 * HOUR
    tables: dict[str, list[Row]] = {
        name: []
        for name in (
            "contracts contract_lines contract_events prices accounting_periods "
            "fx_rates usage_events"
        ).split()
    }
    _end(tables, _some([c for c in lasting if not c.fees], number), at)
    _raise(tables, _some([c for c in lasting if c.fees], number), at)
    # events that name only the customer could belong to either of two contracts
    crowded = {
        contract.customer.customer_id
        for contract in drawn.agreements.contracts
        if contract.addressing == "customer"
    }
    old = [c for c in lasting if c.tokens and c.customer.customer_id not in crowded]
    _begin(tables, _some(old, number), number, at)
    listed = drawn.book.prices[rng.randrange(len(drawn.book.prices) // 2)]
    from_next_month = (start + timedelta(days=40)).date().replace(day=1)
    cheaper = replace(
        listed,
        rate_amount=quantize(listed.rate_amount * Decimal("0.95"), 9),
        valid_from=datetime.combine(from_next_month, time()),
        recorded_at=at,
    )
    rows = PriceBook([cheaper]).rows()
    tables["prices"] = [
        {**row, "source_ref": f"catalogue/price/night/{number}"} for row in rows
    ]
    tables["accounting_periods"] = closing_rows(drawn.timeline, start, end)
    tables["fx_rates"] = _rates(folder, number, end, rng)
    return tables


def _some(contracts: Sequence[Contract], number: int) -> Sequence[Contract]:
    """Others each night, none once all have had their turn."""
    return contracts[(number - 1) * FEW : number * FEW]


def _event(
    contract: Contract, kind: str, at: datetime, effective_on: Midnight
) -> dict[str, object]:
    event_id = f"{contract.contract_id}.{kind}.{at:%Y%m%d}"
    return {
        "contract_event_id": event_id,
        "contract_id": contract.contract_id,
        "event_kind": kind,
        "effective_at": effective_on,
        "approved_at": at,
        "source_system": "clm",
        "recorded_at": at + HOUR,
        "source_ref": f"clm/event/{event_id}",
    }


def _end(
    tables: dict[str, list[Row]], contracts: Sequence[Contract], at: datetime
) -> None:
    """Notices of termination."""
    for contract in contracts:
        day = local_day(at + NOTICE, contract.entity.time_zone)
        last = Midnight(day, contract.entity.time_zone)
        tables["contract_events"].append(_event(contract, "terminated", at, last))


def _raise(
    tables: dict[str, list[Row]], contracts: Sequence[Contract], at: datetime
) -> None:
    """Fees raised by a tenth from tomorrow on; a second one from a month ago."""
    for position, contract in enumerate(contracts):
        days = timedelta(days=1 if position == 0 else -30)
        zone = contract.entity.time_zone
        day = max(local_day(at + days, zone), contract.start + timedelta(days=1))
        event = _event(contract, "modified", at, Midnight(day, zone))
        tables["contract_events"].append(event)
        changed: dict[str, object] = {
            "modified_by_event_id": event["contract_event_id"],
            "recorded_at": at + HOUR,
        }
        versions = contract_rows([contract])
        tables["contracts"].append({**versions[-1], **changed})
        fee = contract.fees[0]
        line = next(
            row
            for row in contract_line_rows([contract])
            if row["line_id"] == fee.line_id
        )
        amount = to_minor(fee.amount * Decimal("1.1"), contract.currency)
        tables["contract_lines"].append({**line, **changed, "fixed_amount": amount})


def _begin(
    tables: dict[str, list[Row]],
    contracts: Sequence[Contract],
    number: int,
    at: datetime,
) -> None:
    """New contracts of old customers, with their first use hours later."""
    for position, old in enumerate(contracts, start=1):
        contract_id = f"new_{number:03d}_{position}"
        day = local_day(at, old.entity.time_zone)
        signed = at - HOUR
        new = replace(
            old,
            contract_id=contract_id,
            role="plain",
            start=day,
            end=None,
            terminated=None,
            is_cancellable=True,
            approval=replace(
                old.approval,
                kind="signature",
                recorded_at=at,
                signed_at=signed,
                signed_recorded_at=at,
                event_kind=None,
            ),
            fees=(),
            gauges=(),
            tokens=tuple(
                replace(
                    line, line_id=line.line_id.replace(old.contract_id, contract_id)
                )
                for line in old.tokens
            ),
            renews_contract_id=None,
        )
        tables["contracts"] += contract_rows([new])
        tables["contract_lines"] += contract_line_rows([new])
        used_at = at + 4 * HOUR
        tables["usage_events"] += [
            {
                "event_id": f"{contract_id}/first",
                "meter_id": line.meter_id,
                "customer_id": old.customer.customer_id,
                "line_id": line.line_id,
                "quantity": quantity,
                "occurred_at": used_at,
                "source_system": "platform",
                "recorded_at": used_at + HOUR / 60,
            }
            for line, quantity in zip(new.tokens, (40_000, 25_600, 3_000), strict=True)
        ]


def _rates(folder: Path, number: int, end: datetime, rng: Random) -> list[Row]:
    """The rates of the day, a step from the last, recorded as the night ends."""
    earlier = folder / "fx_rates" / f"night-{number - 1:03d}.parquet"
    path = earlier if number > 1 else folder / "fx_rates.parquet"
    columns = ["from_currency", "to_currency", "rate_date", "rate_amount"]
    columns.append("rate_per_units")
    last = {
        (row["from_currency"], row["to_currency"]): row
        for row in sorted(
            pq.read_table(path, columns=columns).to_pylist(),
            key=lambda row: row["rate_date"],
        )
        if row["to_currency"] in {entity.functional_currency for entity in ENTITIES}
    }
    day = (end - timedelta(days=1)).date()
    rows: list[Row] = []
    for (source, target), row in sorted(last.items()):
        millionths = int(row["rate_amount"].scaleb(6))
        value = millionths + millionths * rng.randrange(-4_000, 4_001) // 1_000_000
        rows.append(rate_row(day, source, target, value, int(row["rate_per_units"])))
    return rows
