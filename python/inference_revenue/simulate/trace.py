"""A recorded trace of model calls as an input folder, with its exact revenue.

Each row of the trace is a call. It is given to one of a dozen customers by a hash of
its row number, and becomes an event of two or three meters: input tokens (which contain
the cached ones, where the trace tells them), cached input tokens and output tokens.
Every customer pays the same rates per million tokens, so the expected revenue is tokens
times rate, nothing else. Rows without a time or with missing or negative tokens stay
in, to be rejected where the input is read.
"""

import json
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from inference_revenue.contract import load_contract
from inference_revenue.errors import UserError
from inference_revenue.simulate.tables import Row, write_parquet, write_table
from inference_revenue.simulate.trace_columns import Trace, read_trace
from inference_revenue.simulate.truth import write_json
from inference_revenue.simulate.usage.rows import event_ids
from inference_revenue.simulate.usage.shapes import SECOND

RATES = {
    "input": Decimal("2.50"),
    "cached_input": Decimal("0.25"),
    "output": Decimal("10.00"),
}
"""Dollars per million tokens; input pays for the tokens that were not cached."""
PER_QUANTITY = 1_000_000
CUSTOMERS = 12
PRODUCT = "inference_api"
SOURCE = "trace"
EXPECTED = Path("truth") / "expected_revenue.json"


def write_trace_company(trace: Path, folder: Path) -> Path:
    """Write the input folder of a trace and truth/expected_revenue.json; return it.

    Raises:
        UserError: the trace cannot be read or lacks a column, or the folder holds
            something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / EXPECTED).is_file():
        raise UserError(f"The folder {folder} holds other files; name an empty one.")
    calls = read_trace(trace)
    first = pc.min(calls.occurred_at).as_py()
    if first is None:
        raise UserError(f"No row of the trace {trace} has a time.")
    meters = _meters(calls)
    starts_at = datetime.combine(first.date().replace(day=1), time())
    tables = load_contract()
    for name, rows in _agreement_tables(list(meters), starts_at).items():
        write_table(folder, tables[name], rows)
    events = _usage_events(calls, meters)
    write_parquet(events, folder / "usage_events.parquet")
    write_json(folder / EXPECTED, _expected(events, list(meters)))
    return folder


def expected_revenue(folder: Path) -> dict[str, Decimal]:
    """Exact revenue of a trace's folder by meter, unrounded, in dollars."""
    content = json.loads((folder / EXPECTED).read_text(encoding="utf-8"))
    return {
        meter: Decimal(figures["amount"])
        for meter, figures in content["by_meter"].items()
    }


def _meters(calls: Trace) -> dict[str, pa.Array]:
    """Tokens of every call by meter."""
    meters = {"input": calls.input}
    if calls.cached is not None:
        meters["cached_input"] = calls.cached
    return meters | {"output": calls.output}


def _agreement_tables(meters: list[str], starts_at: datetime) -> dict[str, list[Row]]:
    """Customers, what they agreed, and what it costs."""
    common: Row = {
        "source_system": SOURCE,
        "recorded_at": starts_at,
        "source_ref": "trace",
    }
    product: Row = {
        "product_id": PRODUCT,
        "name": "Inference API",
        "product_kind": "usage",
        "unit_code": "TOKEN",
    }
    tables: dict[str, list[Row]] = {
        "customers": [
            {"customer_id": _customer(number), "name": _customer(number)}
            for number in range(CUSTOMERS)
        ],
        "products": [product],
        "meters": [
            {
                "meter_id": meter,
                "product_id": PRODUCT,
                "aggregation": "sum",
                "unit_code": "TOKEN",
                "contains_meter_id": "cached_input"
                if meter == "input" and "cached_input" in meters
                else None,
            }
            for meter in meters
        ],
        "prices": [
            {
                "price_id": f"price_{meter}",
                "model": "unit",
                "unit_code": "USD",
                "rate_amount": RATES[meter],
                "rate_per_quantity": PER_QUANTITY,
            }
            for meter in meters
        ],
        "contracts": [
            {
                "contract_id": _contract(number),
                "customer_id": _customer(number),
                "entity_id": "trace_inc",
                "currency": "USD",
                "approval_kind": "signature",
                "signed_at": starts_at,
                "effective_from": starts_at,
            }
            for number in range(CUSTOMERS)
        ],
        "contract_lines": [
            {
                "line_id": f"{_contract(number)}.{meter}",
                "contract_id": _contract(number),
                "line_kind": "usage",
                "product_id": PRODUCT,
                "price_id": f"price_{meter}",
                "meter_id": meter,
                "service_start": starts_at,
                "billing_timing": "arrears",
                "billing_interval": "month",
            }
            for number in range(CUSTOMERS)
            for meter in meters
        ],
    }
    return {name: [{**common, **row} for row in rows] for name, rows in tables.items()}


def _customer(number: int) -> str:
    return f"trace_cus_{number + 1:02d}"


def _contract(number: int) -> str:
    return f"trace_ctr_{number + 1:02d}"


def _usage_events(calls: Trace, meters: dict[str, pa.Array]) -> pa.Table:
    """One row per call and meter, recorded within a minute of the call."""
    count = len(calls.occurred_at)
    number = np.arange(1, count + 1)
    mixed = number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(33)
    owner = pa.array((mixed % np.uint64(CUSTOMERS)).astype(np.int64))
    delay = pa.array((number * 7_919 % 59 + 1) * SECOND).cast(pa.duration("us"))
    last = pc.max(calls.occurred_at)
    recorded_at = pc.add(pc.fill_null(calls.occurred_at, last), delay)
    ids = event_ids(number)
    source = pa.array([SOURCE] * count)
    customers = pa.array([_customer(i) for i in range(CUSTOMERS)]).take(owner)
    contracts = pa.array([_contract(i) for i in range(CUSTOMERS)]).take(owner)
    parts = [
        pa.table(
            {
                "event_id": ids,
                "meter_id": pa.array([meter] * count),
                "customer_id": customers,
                "contract_id": contracts,
                "quantity": tokens,
                "occurred_at": calls.occurred_at,
                "source_system": source,
                "recorded_at": recorded_at,
            }
        )
        for meter, tokens in meters.items()
    ]
    return pa.concat_tables(parts)


def _expected(events: pa.Table, meters: list[str]) -> dict[str, object]:
    """Tokens, rate and amount by meter, and amounts by contract, month and meter.

    Only rows with a time and a quantity of at least zero count. Amounts are exact
    decimals as text; months are UTC.
    """
    good = events.filter(
        pc.and_kleene(
            pc.greater_equal(events["quantity"], 0), pc.is_valid(events["occurred_at"])
        )
    )
    month = pc.strftime(good["occurred_at"], "%Y-%m")
    sums = (
        good.append_column("period_id", month)
        .group_by(["contract_id", "period_id", "meter_id"])
        .aggregate([("quantity", "sum"), ("quantity", "count")])
        .sort_by([(name, "ascending") for name in ("contract_id", "period_id")])
    )
    tokens: dict[tuple[str, str, str], int] = {}
    rows: dict[str, int] = dict.fromkeys(meters, 0)
    for row in sums.to_pylist():
        key = (row["contract_id"], row["period_id"], row["meter_id"])
        tokens[key] = row["quantity_sum"]
        rows[row["meter_id"]] += row["quantity_count"]
    by_contract = []
    charged = dict.fromkeys(meters, 0)
    for contract, period in dict.fromkeys(key[:2] for key in tokens):
        for meter in meters:
            net = tokens.get((contract, period, meter), 0)
            if meter == "input":
                net -= tokens.get((contract, period, "cached_input"), 0)
            charged[meter] += net
            by_contract.append(
                {
                    "contract_id": contract,
                    "period_id": period,
                    "meter_id": meter,
                    "charged_tokens": net,
                    "amount": str(_amount(meter, net)),
                }
            )
    by_meter = {
        meter: {
            "rows": rows[meter],
            "tokens": sum(count for key, count in tokens.items() if key[2] == meter),
            "charged_tokens": charged[meter],
            "rate_amount": str(RATES[meter]),
            "rate_per_quantity": PER_QUANTITY,
            "amount": str(_amount(meter, charged[meter])),
        }
        for meter in meters
    }
    total = sum((_amount(meter, charged[meter]) for meter in meters), Decimal(0))
    return {
        "currency": "USD",
        "amount": str(total),
        "landed_rows": events.num_rows,
        "accepted_rows": good.num_rows,
        "by_meter": by_meter,
        "by_contract": by_contract,
    }


def _amount(meter: str, tokens: int) -> Decimal:
    """Exact: the quantity a rate pays for is a power of ten."""
    return tokens * RATES[meter] / PER_QUANTITY
