"""Rows that cannot be taken as they are, what should become of each, and good ones.

The good rows are a contract that pays 2.00 a call for three calls in January and a fee
of 31.00; every bad row is a copy of a good one with something wrong in it.
"""

from __future__ import annotations

import codecs
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bad_beside import beside_rows, standing_rows
from built_books import Row, Rows, write_rows
from row_parts import (
    COMMON,
    CONTRACT,
    FEE_LINE,
    INVOICE,
    INVOICE_LINE,
    KNOWN,
    PAYMENT,
    PERIOD,
    PRICE,
    USAGE_LINE,
    Bad,
    event,
)

AS_OF = datetime(2026, 2, 20)
CALLS, FEE = Decimal(6), Decimal(31)

# Doubles in a Parquet table, and why they cannot be read as a rate.
DOUBLES: dict[str, tuple[float, str | None]] = {
    "AED": (1.1, None), "AUD": (float("nan"), "BAD_TYPE"),
    "BRL": (float("inf"), "BAD_TYPE"), "CAD": (1e-12, "BAD_TYPE"),
    "CHF": (0.0, "OUT_OF_RANGE"), "CNY": (-1.0, "OUT_OF_RANGE"),
    "CZK": (1e30, "BAD_TYPE"), "DKK": (0.1, None),
}  # fmt: skip


def write_folder(folder: Path) -> Path:
    """All of it as one input folder, the bad rows first: order must not decide."""
    rows: Rows = {}
    for bad in bad_rows():
        rows.setdefault(bad.table, []).append(bad.row)
    write_rows(folder, rows, "a-bad")
    write_rows(folder, supporting_rows(), "b-supporting")
    write_rows(folder, good_rows(), "c-good")
    write_rows(folder, standing_rows(), "d-standing")
    (folder / "opening_balances.csv").touch()
    text = (
        "Customer_ID,name,favourite_colour,source_system,recorded_at\r\n"
        'c4,"Zo\u00eb, \u6771\u4eac",blue,test,2025-12-20\r\n'
    )
    windows = folder / "customers" / "b-windows.csv"
    windows.write_bytes(codecs.BOM_UTF8 + text.encode())
    # and a rate of a closed month, restated without a review
    count = len(DOUBLES) + 2
    rates = {
        "from_currency": [*DOUBLES, "GBP", "GBP"],
        "to_currency": ["USD"] * count,
        "rate_type": ["spot"] * count,
        "rate_date": ["2026-01-10"] * count,
        "rate_amount": pa.array([*(rate for rate, _ in DOUBLES.values()), 1.25, 1.5]),
        "rate_per_units": pa.array([1] * count),
        "source_ref": ["bank"] * count,
        "source_system": ["test"] * count,
        "recorded_at": ["2026-01-11"] * (count - 1) + ["2026-02-10"],
    }
    pq.write_table(pa.table(rates), folder / "fx_rates.parquet")
    return folder


def good_rows() -> Rows:
    common = {"source_system": "test", "recorded_at": "2025-12-20"}
    return {
        "customers": [{**common, "customer_id": "c1"}],
        "products": [
            {**common, "product_id": "api", "name": "Calls", "product_kind": "usage"},
            {**common, "product_id": "plan", "name": "Plan", "product_kind": "access"},
        ],
        "meters": [
            {**common, "meter_id": meter, "product_id": "api", "aggregation": "sum",
             "unit_code": "CALL"}
            for meter in ("calls", "other")
        ],
        "prices": [PRICE],
        "contracts": [CONTRACT],
        "contract_lines": [USAGE_LINE, FEE_LINE],
        "usage_events": [event(f"good-{day}", day=day) for day in (5, 6, 7)],
        "accounting_periods": [PERIOD],
        "billing_documents": [INVOICE],
        "billing_document_lines": [INVOICE_LINE],
        "cash_events": [PAYMENT],
        "deliveries": [], "policy_elections": [], "estimates": [],
    }  # fmt: skip


def bad_rows() -> list[Bad]:
    return [
        *_events(), *_numbers(), *_times(), *_repeated(), *_reference(), *_agreements(),
        *_documents(), *_close(), *beside_rows(),
    ]  # fmt: skip


def _event(
    name: str, state: str, reason: str, *, day: int = 10, **other: object
) -> Bad:
    row = event(name, day, **other)
    key = "|".join(str(row.get(part) or "") for part in ("event_id", "meter_id"))
    return Bad("usage_events", row, key, state, reason)


def _events() -> list[Bad]:
    return [
        _event("no-customer", "held", "ORPHAN", customer_id="nobody"),
        _event("no-meter", "held", "ORPHAN", meter_id="nothing"),
        _event("no-contract", "held", "NO_CONTRACT", contract_id="none"),
        _event("no-line", "held", "NO_CONTRACT", line_id="none"),
        _event("unpriced-meter", "held", "NO_CONTRACT", meter_id="other"),
        _event("before-the-term", "held", "NO_CONTRACT",
               occurred_at="2025-12-31T23:59:59Z"),
        _event("after-the-term", "held", "NO_CONTRACT", day=20,
               line_id="l-short", occurred_at="2026-01-15T00:00:00Z"),
        _event("two-lines", "held", "AMBIGUOUS_LINE", customer_id="c2"),
        _event("negative", "rejected", "NEGATIVE_QUANTITY", quantity="-1"),
        _event("absurd", "rejected", "OUT_OF_RANGE", quantity="1" + "0" * 18),
        _event("no-quantity", "rejected", "MISSING_VALUE", quantity=None),
        _event("blank-quantity", "rejected", "MISSING_VALUE", quantity="  "),
        _event("no-time", "rejected", "MISSING_VALUE", occurred_at=None),
        _event("sandbox", "rejected", "TEST_MODE", is_test=True),
        _event("perhaps", "rejected", "BAD_TYPE", is_test="perhaps"),
        _event("gift", "rejected", "UNKNOWN_ENUM", non_billable_reason="gift"),
        _event("", "rejected", "NULL_KEY"),
        _event("no-meter-id", "rejected", "NULL_KEY", meter_id=None),
        _event("never-came", "held", "ORPHAN", is_retracted=True),
    ]  # fmt: skip


def _numbers() -> list[Bad]:
    texts = (
        "NaN", "Infinity", "1e3", "1E-3", "1_000", "1,000", "1.000,5", "0x10",
        "12 CALL", "1.0000000001", "\u0663", "--1", "1.5.2", "true", "9" * 40,
    )  # fmt: skip
    found = [
        _event(f"number-{text}", "rejected", "BAD_TYPE", quantity=text)
        for text in texts
    ]
    return [
        *found,
        _event("number-1e3-bare", "rejected", "BAD_TYPE", quantity=1e300),
        _event("number-list", "rejected", "BAD_TYPE", quantity=[1]),
    ]


def _times() -> list[Bad]:
    texts = (
        "2026-02-30", "2026-01-10T25:00:00Z", "10/01/2026", "10.01.2026", "1768003200",
        "yesterday", "2026-01", "infinity", "2026-01-10T11:00:00 America/New_York",
    )  # fmt: skip
    found = [
        _event(f"time-{text}", "rejected", "BAD_TYPE", occurred_at=text)
        for text in texts
    ]
    return [
        *found,
        _event("ahead", "rejected", "FUTURE",
               occurred_at="2026-01-10T12:05:00.000001Z"),
        _event("known-later", "held", "NOT_YET_KNOWN",
               recorded_at="2026-02-20T00:00:00.000001Z"),
    ]  # fmt: skip


def _repeated() -> list[Bad]:
    return [
        _event("good-5", "duplicate", "DUPLICATE", day=5),
        _event("good-6", "rejected", "CONFLICT", day=6, quantity="1000",
               recorded_at="2026-01-06T12:00:01Z"),
        Bad("customers", {**COMMON, "customer_id": "c1"},
            "c1", "duplicate", "DUPLICATE"),
        Bad("cash_events", {**PAYMENT, "amount": "30.00",
            "recorded_at": "2026-01-21"}, "b1|i1", "rejected", "CONFLICT"),
        Bad("contracts", {**CONTRACT, "currency": "EUR",
            "recorded_at": "2025-12-20T00:00:00Z", "effective_to": "2028-01-01"},
            "k1", "rejected", "CONFLICT"),
    ]  # fmt: skip


def _reference() -> list[Bad]:
    def price(name: str, reason: str, **other: object) -> Bad:
        row = {**PRICE, "price_id": name, **other}
        # the one tier that a price without tiers has
        return Bad("prices", row, f"{name}|1", "rejected", reason)

    product = {**COMMON, "name": "P"}
    return [
        Bad("customers", {**COMMON, "customer_id": None}, "", "rejected", "NULL_KEY"),
        Bad("products", {**product, "product_id": "x1", "product_kind": "gizmo"},
            "x1", "rejected", "UNKNOWN_ENUM"),
        Bad("products", {**product, "product_id": "x2", "product_kind": "bundle"},
            "x2", "rejected", "MISSING_FIELD_OF_KIND"),
        Bad("meters", {**COMMON, "meter_id": "x3", "product_id": "none",
            "aggregation": "sum", "unit_code": "T"}, "x3", "held", "ORPHAN"),
        Bad("meters", {**COMMON, "meter_id": "x4", "product_id": "api",
            "aggregation": "median", "unit_code": "T"},
            "x4", "rejected", "UNKNOWN_ENUM"),
        price("x5", "UNKNOWN_ENUM", model="dynamic"),
        price("x6", "NO_PACKAGE_SIZE", model="package"),
        price("x7", "MISSING_FIELD_OF_KIND", rate_amount=None),
        price("x8", "MISSING_FIELD_OF_KIND", rate_per_quantity="0"),
        price("x9", "BAD_TYPE", rate_amount="0.0000000375"),
        price("x10", "BAD_WINDOW", tier_from="10", tier_to="10"),
    ]  # fmt: skip


def _agreements() -> list[Bad]:
    def contract(name: str, state: str, reason: str, **other: object) -> Bad:
        row = {**CONTRACT, "contract_id": name, **other}
        return Bad("contracts", row, name, state, reason)

    def line(name: str, state: str, reason: str, row: Row, **other: object) -> Bad:
        return Bad(
            "contract_lines", {**row, "line_id": name, **other}, name, state, reason
        )

    return [
        contract("x1", "held", "ORPHAN", customer_id="nobody"),
        contract("x2", "rejected", "BAD_CURRENCY", currency="usd"),
        contract("x3", "rejected", "BAD_CURRENCY", currency="XXQ"),
        contract("x4", "rejected", "BAD_WINDOW", effective_to="2025-12-31"),
        contract("x5", "rejected", "UNKNOWN_ENUM", approval_kind="handshake"),
        contract("x6", "rejected", "MISSING_VALUE", entity_id=None),
        contract("x7", "rejected", "BAD_TYPE", effective_from="soon"),
        contract("x8", "held", "NO_CONTRACT", signed_at=None, customer_id="c3"),
        line("x1", "held", "ORPHAN", USAGE_LINE, contract_id="none"),
        line("x2", "held", "ORPHAN", USAGE_LINE, price_id="none"),
        line("x3", "held", "ORPHAN", USAGE_LINE, meter_id="none"),
        line("x4", "held", "ORPHAN", FEE_LINE, product_id="none"),
        line("x5", "rejected", "MISSING_FIELD_OF_KIND", USAGE_LINE, price_id=None),
        line("x6", "rejected", "MISSING_FIELD_OF_KIND", USAGE_LINE, meter_id=None),
        line("x7", "rejected", "MISSING_FIELD_OF_KIND", FEE_LINE, fixed_amount=None),
        line("x8", "rejected", "UNKNOWN_ENUM", FEE_LINE, line_kind="subscription"),
        line("x9", "rejected", "OUT_OF_RANGE", FEE_LINE, fixed_amount="1" + "0" * 11),
        line("x10", "rejected", "BAD_WINDOW", FEE_LINE, service_end="2025-01-01"),
        line("x11", "rejected", "BAD_TYPE", FEE_LINE, fixed_amount="31,00"),
        line("x12", "rejected", "UNKNOWN_ENUM", FEE_LINE, amount_interval="fortnight"),
    ]


def _documents() -> list[Bad]:
    def document(name: str, state: str, reason: str, **other: object) -> Bad:
        row = {**INVOICE, "document_id": name, **other}
        return Bad("billing_documents", row, name, state, reason)

    def cash(name: str, state: str, reason: str, **other: object) -> Bad:
        row = {**PAYMENT, "cash_event_id": name, **other}
        return Bad("cash_events", row, f"{name}|{row['document_id']}", state, reason)

    return [
        document("x1", "rejected", "DOES_NOT_FOOT", total_amount="32.00"),
        document("x2", "rejected", "NOT_WHOLE_MINOR_UNITS", net_amount="31.005",
                 total_amount="31.005"),
        document("x3", "rejected", "UNKNOWN_ENUM", status="draft"),
        document("x4", "held", "ORPHAN", customer_id="nobody"),
        document("x5", "held", "ORPHAN", contract_id="none"),
        Bad("billing_document_lines", {**INVOICE_LINE, "document_line_id": "x6",
            "document_id": "none"}, "x6", "held", "ORPHAN"),
        Bad("billing_document_lines", {**INVOICE_LINE, "document_line_id": "x7",
            "document_id": "i-short", "net_amount": "30.00"},
            "x7", "rejected", "DOES_NOT_FOOT"),
        Bad("billing_document_lines", {**INVOICE_LINE, "document_line_id": "x15",
            "document_id": "i-euro"}, "x15", "rejected", "BAD_CURRENCY"),
        cash("x8", "held", "ORPHAN", document_id="none"),
        cash("x9", "held", "ORPHAN", customer_id="nobody"),
        cash("x10", "rejected", "NEGATIVE_QUANTITY", amount="-31.00"),
        cash("x11", "rejected", "BAD_CURRENCY", currency="EUR"),
        cash("x16", "rejected", "BAD_CURRENCY", currency="EUR", document_id="i-euro"),
        cash("x17", "rejected", "BAD_CURRENCY", document_id="i-euro"),
        cash("x12", "rejected", "NOT_WHOLE_MINOR_UNITS", amount="0.001"),
        cash("x13", "rejected", "FUTURE", occurred_at="2026-01-21"),
        Bad("deliveries", {**COMMON, "recorded_at": KNOWN, "delivery_id": "x14",
            "contract_id": "k1", "line_id": "l2", "kind": "delivered",
            "measure": "units", "occurred_at": "2026-01-10", "source_ref": "note"},
            "x14", "rejected", "MISSING_FIELD_OF_KIND"),
    ]  # fmt: skip


def _close() -> list[Bad]:
    def period(name: str, reason: str, **other: object) -> Bad:
        row = {**PERIOD, "period_id": name, **other}
        return Bad("accounting_periods", row, f"e1|*|{name}", "rejected", reason)

    return [
        period("2026-01b", "OVERLAPPING_PERIOD", recorded_at="2026-02-06",
               period_start="2026-01-31", period_end="2026-02-15", state="open",
               knowledge_cutoff_at=None),
        period("2026-02x", "MISSING_FIELD_OF_KIND", knowledge_cutoff_at=None,
               period_start="2026-05-01", period_end="2026-06-01"),
        period("2026-02y", "BAD_WINDOW", period_start="2026-07-01",
               period_end="2026-06-01"),
        period("2026-02z", "BAD_TYPE", period_start="2026-13-01",
               period_end="2027-01-01"),
    ]  # fmt: skip


def supporting_rows() -> Rows:
    """What some bad rows need beside them: two lines for one meter, a short line ..."""
    second = {"customer_id": "c2", "contract_id": "k2"}
    return {
        "customers": [{**COMMON, "customer_id": "c2"}, {**COMMON, "customer_id": "c3"}],
        "contracts": [
            {**CONTRACT, **second},
            {**CONTRACT, "contract_id": "k3", "customer_id": "c3"},
            {**CONTRACT, "contract_id": "k-euro", "customer_id": "c3"},
        ],
        "contract_lines": [
            {**USAGE_LINE, "line_id": "l3", "contract_id": "k2"},
            {**USAGE_LINE, "line_id": "l4", "contract_id": "k2"},
            {**USAGE_LINE, "line_id": "l-short", "contract_id": "k3",
             "service_end": "2026-01-15"},
            {**USAGE_LINE, "line_id": "l-euro", "contract_id": "k-euro",
             "price_id": "p-euro"},
        ],
        "prices": [{**PRICE, "price_id": "p-euro", "unit_code": "EUR"}],
        "billing_documents": [
            {**INVOICE, "document_id": "i-short"},
            {**INVOICE, "document_id": "i-euro", "currency": "EUR"},
        ],
        "usage_events": [
            # accepted, each on a boundary
            event("zeros", contract_id="k3", line_id="l-short",
                  quantity="1.00000000000"),
            event("five-minutes", contract_id="k3", line_id="l-short",
                  occurred_at="2026-01-10T12:05:00Z"),
            event("nine-places", contract_id="k3", line_id="l-short",
                  quantity="0.000000001"),
            event("good-5", day=5, contract_id="k3", line_id="l-short",
                  source_system="another"),
            event("euro", customer_id="c3", contract_id="k-euro"),
        ],
    }  # fmt: skip
