"""A small company in Metronome's data export, with the traps of that source.

Parquet files in dated folders, delivered at least once; contract tables as repeated
snapshots; USD in cents with fractions; JSON where the export has it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, object]

USD = "2714e483-4ff1-48e4-9e25-ac732e8f24f2"
JAN, FEB, MAR = "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z", "2025-03-01T00:00:00Z"
JUL, NEXT_JAN = "2025-07-01T00:00:00Z", "2026-01-01T00:00:00Z"

# Revenue by customer and month, worked out by hand; see `metronome_rows`.
REVENUE = {
    # 2m tokens of a at 3.00, 4m of b at 0.126, two calls at 0.50
    ("m_payg", "2025-01"): Decimal("7.50"),
    # 1m of a and its call
    ("m_payg", "2025-02"): Decimal("3.50"),
    # the last second of January is in, the first of February is not; and a call
    # whose tokens cannot be read
    ("m_short", "2025-01"): Decimal("4.00"),
}
TIMES = {
    "updated_at", "created_at", "timestamp", "starting_at", "ending_before",
    "issued_at", "archived_at", "start_timestamp", "end_timestamp",
}  # fmt: skip


def metronome_rows() -> dict[str, list[Row]]:
    """What the export holds, without what each delivery adds to it."""
    return {
        "customer": [
            _customer("m_payg", ["acct-9"]), _customer("m_short"),
            _customer("m_commit"), _customer("m_sandbox", environment="SANDBOX"),
        ],
        "credit_type": [
            {"id": USD, "name": "USD (cents)"}, {"id": "ct-credits", "name": "CREDIT"},
        ],
        "billable_metric": [
            {"id": "bm_tokens", "name": "Tokens", "aggregate": "SUM",
             "aggregate_keys": '["tokens"]', "group_keys": '[["model"]]',
             "environment_type": "PRODUCTION", "created_at": JAN},
            {"id": "bm_calls", "name": "Calls", "aggregate": "COUNT",
             "aggregate_keys": "[]", "group_keys": "[]",
             "environment_type": "PRODUCTION", "created_at": JAN},
        ],
        "events": [
            # sent under an alias
            _event("t1", "acct-9", "2025-01-05T10:00:00Z", "a", "2000000"),
            _event("t2", "m_payg", "2025-01-06T10:00:00Z", "b", "4000000"),
            _event("t3", "m_payg", "2025-02-06T10:00:00Z", "a", "1000000"),
            _event("t4", "m_short", "2025-01-31T23:59:59Z", "a", "1000000"),
            _event("t5", "m_short", FEB, "a", "1000000"),
            _event("t6", "m_sandbox", JAN, "a", "1000000", environment="SANDBOX"),
            # no number of tokens, and still a call
            _event("t8", "m_short", JAN, "a", "many"),
            # counted by no metric
            {**_event("t7", "m_payg", JAN, "a", "5"), "event_type": "login"},
        ],
        "contracts_products": [
            {"id": "p_tokens", "name": "Tokens", "type": "USAGE", "created_at": JAN,
             "billable_metric_id": "bm_tokens", "pricing_group_key": '["model"]',
             "quantity_conversion":
                 '{"conversion_factor": 1000000, "operation": "DIVIDE"}'},
            {"id": "p_calls", "name": "Calls", "type": "USAGE", "created_at": JAN,
             "billable_metric_id": "bm_calls", "pricing_group_key": None,
             "quantity_conversion": None},
            {"id": "p_commit", "name": "Commitment", "type": "FIXED",
             "created_at": JAN, "billable_metric_id": None,
             "pricing_group_key": None, "quantity_conversion": None},
        ],
        "contracts_rate_card_entries": [
            _rate("r1", "p_tokens", "300", model="a"),
            _rate("r2", "p_tokens", "12.6", model="b"),
            _rate("r3", "p_calls", "50"),
            {**_rate("r4", "p_calls", None, card="rc_tiers"), "rate_type": "TIERED",
             "tiers": '[{"size": 100, "price": 10}, {"size": 900, "price": 5},'
                      ' {"price": 0.5}]'},
        ],
        "contracts_contracts": [
            _contract("k_payg", "m_payg", NEXT_JAN),
            _contract("k_short", "m_short", FEB),
            _contract("k_commit", "m_commit", NEXT_JAN),
            _contract("k_sandbox", "m_sandbox", NEXT_JAN),
        ],
        "contracts_commits": _commits(),
        "invoice": [
            _invoice("i_payg", "m_payg", "k_payg", "750.4"),
            _invoice("i_void", "m_payg", "k_payg", "100", status="VOID"),
            _invoice("i_stripe", "m_payg", "k_payg", "350", provider="in_123"),
        ],
        "line_item": [
            _line("l1", "i_payg", "p_tokens", "600", "2"),
            _line("l2", "i_payg", "p_tokens", "50.4", "4"),
            _line("l3", "i_payg", "p_calls", "100", "2"),
            _line("l4", "i_void", "p_calls", "100", "2"),
            _line("l5", "i_stripe", "p_calls", "350", "7"),
        ],
        "contracts_overrides": [{"id": "o1", "contract_id": "k_short"}],
    }  # fmt: skip


def _commits() -> list[Row]:
    # 900 paid in two invoices for 1,000 to use in two halves
    halves = [("s1", JAN, JUL, 60000), ("s2", JUL, NEXT_JAN, 40000)]
    ledger = [
        {"type": "PREPAID_COMMIT_SEGMENT_START", "timestamp": JAN, "amount": 60000,
         "segment_id": "s1"},
        {"type": "PREPAID_COMMIT_AUTOMATED_INVOICE_DEDUCTION", "timestamp": FEB,
         "amount": -1250.5, "segment_id": "s1", "invoice_id": "i9"},
        {"type": "PREPAID_COMMIT_EXPIRATION", "timestamp": JUL, "amount": -58749.5,
         "segment_id": "s1"},
    ]  # fmt: skip
    paid = [{"date": JAN, "amount": 45000}, {"date": JUL, "amount": 45000}]
    return [
        _commit("c_prepaid", "PREPAID", halves, paid, priority=1.5, ledger=ledger,
                rollover_fraction=0.5),
        _commit("c_free", "CREDIT", [("s1", JAN, FEB, 500)], [], products=["p_calls"]),
        _commit("c_postpaid", "POSTPAID", [("s1", JAN, NEXT_JAN, 20000)], []),
        _commit("c_topup", "PREPAID", [("s1", JAN, NEXT_JAN, 2500)],
                [{"date": JAN, "amount": 2500}], contract=None),
        _commit("c_rolled", "PREPAID", [("s1", NEXT_JAN, "2026-07-01T00:00:00Z", 7000)],
                [], rolled_over_from_commit_id="c_prepaid"),
    ]  # fmt: skip


def _customer(
    name: str, aliases: Sequence[str] = (), environment: str = "PRODUCTION"
) -> Row:
    return {
        "id": name,
        "name": name.title(),
        "ingest_aliases": json.dumps(list(aliases)),
        "environment_type": environment,
        "created_at": JAN,
    }


def _event(
    transaction: str, customer: str, at: str, model: str, tokens: str,
    environment: str = "PRODUCTION",
) -> Row:  # fmt: skip
    properties = json.dumps({"model": model, "tokens": tokens})
    return {"transaction_id": transaction, "customer_id": customer, "timestamp": at,
            "event_type": "completion", "properties": properties,
            "environment_type": environment}  # fmt: skip


def _rate(name: str, product: str, price: str | None, model: str | None = None,
          card: str = "rc_1") -> Row:  # fmt: skip
    group = json.dumps({"model": model}) if model else None
    return {"id": name, "rate_card_id": card, "product_id": product, "created_at": JAN,
            "starting_at": JAN, "ending_before": None, "rate_type": "FLAT",
            "price": price, "tiers": None, "pricing_group_values": group,
            "credit_type_id": USD, "entitled": True}  # fmt: skip


def _contract(name: str, customer: str, ends: str) -> Row:
    return {"id": name, "customer_id": customer, "rate_card_id": "rc_1",
            "starting_at": JAN, "ending_before": ends, "created_at": JAN,
            "net_payment_terms_days": "30", "archived_at": None}  # fmt: skip


def _commit(
    name: str, kind: str, segments: Sequence[tuple[str, str, str, int]],
    invoiced: Sequence[Row], *, priority: float = 1, products: Sequence[str] = (),
    ledger: Sequence[Row] = (), contract: str | None = "k_commit", **more: object,
) -> Row:  # fmt: skip
    items = [
        {"id": i, "date": start, "end_date": end, "amount": amount}
        for i, start, end, amount in segments
    ]
    return {
        "id": name, "customer_id": "m_commit", "contract_id": contract, "type": kind,
        "access_schedule": json.dumps({"credit_type_id": USD, "schedule_items": items}),
        "invoice_schedule": json.dumps({"schedule_items": list(invoiced)}),
        "priority": str(priority), "applicable_product_ids": json.dumps(list(products)),
        "ledger": json.dumps(list(ledger)), "created_at": JAN,
        "rollover_fraction": None, "rolled_over_from_commit_id": None, **more,
    }  # fmt: skip


def _invoice(
    name: str, customer: str, contract: str, total: str, *,
    status: str = "FINALIZED", provider: str | None = None,
) -> Row:  # fmt: skip
    return {"id": name, "customer_id": customer, "contract_id": contract,
            "status": status, "total": total, "credit_type_id": USD, "issued_at": FEB,
            "billing_provider_invoice_id": provider,
            "environment_type": "PRODUCTION"}  # fmt: skip


def _line(name: str, invoice: str, product: str, total: str, quantity: str) -> Row:
    return {"id": name, "invoice_id": invoice, "product_id": product, "total": total,
            "quantity": quantity, "commit_id": None, "starting_at": JAN,
            "ending_before": FEB}  # fmt: skip


def write_metronome(
    folder: Path, exported: Sequence[datetime], more: dict[str, list[Row]] | None = None
) -> list[Path]:
    """One delivery after another into one bucket; the source to give to the mapping.

    Each delivery repeats every row, with its own time of export and snapshot.
    """
    rows = metronome_rows()
    for table, added in (more or {}).items():
        rows[table] = rows[table] + added
    for moment in exported:
        for table, given in rows.items():
            stamped = [
                {**row, "updated_at": moment.isoformat(),
                 "snapshot_id": moment.isoformat()}
                for row in given
            ]  # fmt: skip
            if table == "contracts_contracts" and moment < exported[-1]:
                # an early snapshot knew no end yet
                stamped = [{**row, "ending_before": None} for row in stamped]
            day = folder / "bucket" / table / f"dt={moment:%Y-%m-%d}"
            day.mkdir(parents=True, exist_ok=True)
            _write(day / f"0_{moment:%Y%m%d%H%M%S}.parquet", stamped)
    own = folder / "own"
    own.mkdir(parents=True, exist_ok=True)
    (own / "company.csv").write_text(
        "entity_id,currency\nmetro-co,USD\n", encoding="utf-8"
    )
    (own / "product_kinds.csv").write_text(
        "product_id,product_kind\np_commit,credit_pack\n", encoding="utf-8"
    )
    (own / "metered_events.csv").write_text(
        "billable_metric_id,event_type,unit_code\nbm_tokens,completion,TOKEN\n"
        "bm_calls,completion,CALL\n",
        encoding="utf-8",
    )
    return [folder / "bucket", own]


def _write(path: Path, rows: Sequence[Row]) -> None:
    columns = {
        name: pa.array(
            [_value(name, row.get(name)) for row in rows],
            pa.timestamp("us", tz="UTC") if name in TIMES
            else pa.bool_() if name == "entitled" else pa.string(),
        )
        for name in dict.fromkeys(name for row in rows for name in row)
    }  # fmt: skip
    pq.write_table(pa.table(columns), path)


def _value(name: str, value: object) -> object:
    if value is None or name == "entitled":
        return value
    return datetime.fromisoformat(str(value)) if name in TIMES else str(value)
