"""Calls as rows of usage_events: three a call, in Arrow."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa

from inference_revenue.simulate.catalogue import FAMILIES, MODELS, TOKEN_PARTS
from inference_revenue.simulate.tables import AMOUNT, INSTANT, Row
from inference_revenue.simulate.usage.calls import (
    NON_BILLABLE,
    REASONS,
    TEST,
    WITHDRAWAL,
    Calls,
)
from inference_revenue.simulate.usage.plan import ADDRESSES, NO_MODEL, UsagePlan
from inference_revenue.simulate.usage.shapes import Bools, Ints

SCHEMA = pa.schema(
    {
        "event_id": pa.string(),
        "meter_id": pa.string(),
        "customer_id": pa.string(),
        "contract_id": pa.string(),
        "line_id": pa.string(),
        "quantity": pa.int64(),
        "occurred_at": INSTANT,
        "dim_1_value": pa.string(),
        "non_billable_reason": pa.string(),
        "rated_amount": AMOUNT,
        "rated_currency": pa.string(),
        "source_system": pa.string(),
        "recorded_at": INSTANT,
        "is_retracted": pa.bool_(),
        "is_test": pa.bool_(),
    }
)
SOURCES = ("gateway_us", "gateway_eu")
"""Metering system of each entity."""

_PARTS = len(TOKEN_PARTS)
_METERS = [f"{family}_{part}" for family in FAMILIES for part in TOKEN_PARTS]
_HEX = np.frombuffer(
    "".join(f"{byte:02x}" for byte in range(256)).encode(), dtype=np.uint16
)


def call_rows(plan: UsagePlan, calls: Calls) -> pa.Table:
    """Three rows a call: input, cached input and output tokens.

    Rows that withdraw a call have its keys, and nothing else.
    """
    contract = _thrice(calls.contract)
    part = np.tile(np.arange(_PARTS), len(calls.contract))
    address = _thrice(calls.address)
    model = _thrice(calls.model)
    reason = _thrice(calls.reason)
    kind = _thrice(calls.kind)
    gone = kind == WITHDRAWAL
    quantity = np.stack([calls.input, calls.cached, calls.output], axis=1).ravel()
    columns = {
        **_keys(plan, calls),
        "customer_id": _coded(_thrice(calls.customer), plan.customers, gone),
        "contract_id": _coded(
            contract,
            [c.contract_id for c in plan.contracts],
            gone | (address != ADDRESSES.index("contract")),
        ),
        "line_id": _coded(
            contract * _PARTS + part,
            [line.line_id for c in plan.contracts for line in c.tokens],
            gone | (address != ADDRESSES.index("line")),
        ),
        "quantity": pa.array(quantity, mask=gone),
        "occurred_at": _instants(_thrice(calls.occurred), gone),
        "dim_1_value": _coded(model, MODELS, gone | (model == NO_MODEL)),
        "non_billable_reason": _coded(reason, REASONS, kind != NON_BILLABLE),
        "recorded_at": _instants(_thrice(calls.recorded)),
        "is_retracted": pa.array(gone),
        "is_test": pa.array(kind == TEST),
    }
    return _in_order(columns, len(part))


def plain(table: pa.Table) -> pa.Table:
    """The table without dictionary codes, as it is read back."""
    return table.cast(SCHEMA)


def rows_table(rows: Sequence[Row]) -> pa.Table:
    """Rows given one by one."""
    return pa.Table.from_pylist(
        [{"is_retracted": False, "is_test": False, **row} for row in rows], SCHEMA
    )


def event_ids(identity: Ints) -> pa.Array:
    """Sixteen hexadecimal digits per number, distinct and without visible order."""
    mixed = identity.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    letters = _HEX[mixed.astype(">u8").view(np.uint8)]
    offsets = np.arange(len(identity) + 1, dtype=np.int32) * 16
    return pa.StringArray.from_buffers(
        len(identity), pa.py_buffer(offsets), pa.py_buffer(letters)
    )


def _in_order(columns: dict[str, pa.Array], count: int) -> pa.Table:
    """The columns as the schema lists them, empty where there is none."""
    listed = [columns.get(field.name, pa.nulls(count, field.type)) for field in SCHEMA]
    return pa.table(listed, SCHEMA.names)


def _keys(plan: UsagePlan, calls: Calls) -> dict[str, pa.Array]:
    part = np.tile(np.arange(_PARTS), len(calls.contract))
    contract = _thrice(calls.contract)
    return {
        "event_id": event_ids(_thrice(calls.identity)),
        "meter_id": _coded(plan.family[contract] * _PARTS + part, _METERS),
        "source_system": _coded(plan.entity[contract], SOURCES),
    }


def _thrice(values: Ints) -> Ints:
    return np.repeat(values, _PARTS)


def _instants(values: Ints, missing: Bools | None = None) -> pa.Array:
    return pa.array(values.view("datetime64[us]"), INSTANT, mask=missing)


def _coded(codes: Ints, names: Sequence[str], missing: Bools | None = None) -> pa.Array:
    """Names by position, NULL where missing; the codes go to the file as they are."""
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int32), mask=missing), _names(tuple(names))
    )


@lru_cache(maxsize=32)
def _names(names: tuple[str, ...]) -> pa.Array:
    return pa.array(names, pa.string())
