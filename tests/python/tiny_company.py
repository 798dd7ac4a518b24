"""A hand-made company beside the synthetic one: one small contract for each thing that
can become known after a close, with figures that can be checked in the head.

Calls cost 0.01 and there are 100 in January, 200 in February ... 600 in June 2025; a
plan costs 100.00 a month. January to May are closed on the 5th of the next month.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from built_books import Row, Rows

AS_OF = datetime(2025, 7, 3, 12)
LAST_CLOSED, FIRST_OPEN = "2025-05", "2025-06"
LATE = "2025-06-20T08:00:00Z"
ENTITY, ZONED_ENTITY = "tiny", "tiny-zone"
USED_IN_CLOSED_MONTHS = 100 + 200 + 300 + 400 + 500

METERED = (
    "usage", "retraction", "rerate", "merge", "meter", "gate", "collectability",
    "class", "product", "invoice", "cash", "void", "chart", "tampered", "untouched",
)  # fmt: skip
WITH_PLAN = ("fee", "termination", "grouping")


def row(recorded_at: str = "2024-12-01", **values: object) -> Row:
    return {"source_system": "test", "recorded_at": recorded_at, **values}


def meter(name: str, product: str) -> Row:
    return row(meter_id=name, product_id=product, aggregation="sum", unit_code="CALL")


def tiny_company() -> Rows:
    """The company as it was known on time."""
    rows: Rows = {
        "products": [
            row(product_id="tiny-api", name="Calls", product_kind="usage"),
            row(product_id="tiny-api-2", name="Other calls", product_kind="usage"),
            row(product_id="tiny-plan", name="Plan", product_kind="access"),
            row(product_id="tiny-good", name="Appliance", product_kind="good"),
        ],
        "meters": [
            meter("tiny-calls", "tiny-api"),
            meter("tiny-other-calls", "tiny-api-2"),
        ],
        "accounting_periods": [
            _period(entity, month)
            for entity in (ENTITY, ZONED_ENTITY)
            for month in range(1, 6)
        ],
        "policy_elections": [], "estimates": [], "customers": [], "contracts": [],
        "contract_lines": [], "prices": [], "usage_events": [], "deliveries": [],
        "contract_events": [], "billing_documents": [], "billing_document_lines": [],
        "cash_events": [],
    }  # fmt: skip
    for name in METERED:
        used = "tiny-other-calls" if name == "meter" else "tiny-calls"
        add(rows, metered(name, meter_id=used))
    for name in WITH_PLAN:
        add(rows, with_plan(name))
    # two o'clock UTC on the first of a month is the month before in New York
    add(rows, metered("zone", entity=ZONED_ENTITY, hour="T02:00:00Z", day=1))
    add(rows, agreement("delivery"))
    add(rows, {"contract_lines": [_good("delivery")]})
    for name in ("cash", "void"):
        add(rows, invoice(name, "2025-02-03T00:00:00Z"))
    return rows


def late_rows() -> Rows:
    """What became known on 20 June, after January to May were closed."""
    rows: Rows = {}
    add(rows, {
        "usage_events": [
            usage("usage", 15, 2, 1000, LATE),
            row(LATE, event_id="retraction-1", meter_id="tiny-calls",
                is_retracted=True),
        ],
        "prices": [price("rerate", "0.02", LATE)],
        "contract_lines": [_plan("fee", "110.00", LATE)],
        "customers": [
            row(LATE, customer_id="c-merge", merged_into_customer_id="c-untouched"),
            row(LATE, customer_id="c-class", customer_class="reseller"),
        ],
        "meters": [
            row(LATE, meter_id="tiny-other-calls", product_id="tiny-api-2",
                aggregation="max", unit_code="CALL"),
        ],
        "products": [row(LATE, product_id="tiny-api", name="Calls, new name",
                         product_kind="usage")],
        "contract_events": [row(
            LATE, contract_event_id="termination-end", contract_id="k-termination",
            event_kind="terminated", effective_at="2025-04-01T00:00:00Z",
            approved_at="2025-03-20T00:00:00Z", source_ref="letter",
        )],
        "policy_elections": [
            _election("gate", "contract_gate", "no_contract", "contract", "k-gate"),
            _election("grouping", "po_grouping", "one", "line", "grouping-plan"),
            _election("zone", "time_zone", "America/New_York", "entity", ZONED_ENTITY),
        ],
        # they take effect in closed months, and wait for a review otherwise
        "reviews": [
            row(LATE, review_id=f"review-{name}", subject_table="policy_elections",
                subject_id=f"tiny-{name}", subject_recorded_at=LATE,
                decision="approved", reviewer="cfo", reviewer_role="CFO",
                reviewed_at="2025-06-20")
            for name in ("gate", "grouping", "zone")
        ],
        "estimates": [row(
            LATE, estimate_id="collectability", kind="collectability", book="*",
            scope_type="contract", scope_id="k-collectability", method="most_likely",
            scenario_no=1, probability=1, value="0.10", value_unit="rate",
            as_of_date="2025-06-15", prepared_by="credit", source_ref="memo",
        )],
        "deliveries": [row(
            LATE, delivery_id="delivery-1", contract_id="k-delivery",
            line_id="delivery-good", kind="delivered",
            occurred_at="2025-02-10T00:00:00Z", source_ref="note",
        )],
        "cash_events": [row(
            LATE, cash_event_id="cash-paid", document_id="i-cash", kind="payment",
            customer_id="c-cash", amount="1.00", currency="USD",
            occurred_at="2025-03-01T00:00:00Z",
        )],
        "billing_documents": [{
            **invoice("void", LATE)["billing_documents"][0],
            "status": "void", "voided_at": "2025-03-01T00:00:00Z",
        }],
    })  # fmt: skip
    add(rows, invoice("invoice", LATE))
    add(rows, with_plan("agreed-late", known=LATE))
    # older than any other contract: months are added before the first one known
    add(rows, with_plan("old", start="2024-03-01", end="2025-03-01", known=LATE))
    return rows


# What each of them adds to June's catch-up.
CATCH_UP = {
    "usage": Decimal(10),
    "retraction": Decimal(-1),
    "rerate": Decimal("0.01") * USED_IN_CLOSED_MONTHS,
    "fee": Decimal(50),
    "termination": Decimal(-200),
    "agreed-late": Decimal(500),
    "old": Decimal(1200),
    "delivery": Decimal(70),
    "untouched": Decimal(0),
    "gate": Decimal(-15),
    "merge": Decimal(0),
    "class": Decimal(0),
    "product": Decimal(0),
    "invoice": Decimal(0),
    "cash": Decimal(0),
    "void": Decimal(0),
}
# The late invoice, cash and void touch the balances and journal of these only.
OPEN_JOURNAL = {"invoice": "billing", "cash": "cash_on_receivable", "void": "billing"}


def add(rows: Rows, more: Rows) -> None:
    for table, given in more.items():
        rows.setdefault(table, []).extend(given)


def agreement(name: str, *, entity: str = ENTITY, known: str = "2024-12-15",
              start: str = "2025-01-01", end: str = "2026-01-01") -> Rows:  # fmt: skip
    return {
        "customers": [row(known, customer_id=f"c-{name}")],
        "contracts": [row(
            known, contract_id=f"k-{name}", customer_id=f"c-{name}", entity_id=entity,
            currency="USD", approval_kind="signature", signed_at="2024-12-10T00:00:00Z"
            if start >= "2025" else f"{start}T00:00:00Z", effective_from=start,
            effective_to=end, source_ref="contract",
        )],
    }  # fmt: skip


def metered(name: str, *, entity: str = ENTITY, meter_id: str = "tiny-calls",
            hour: str = "T10:00:00Z", day: int = 10) -> Rows:  # fmt: skip
    """A contract that pays per call."""
    rows = agreement(name, entity=entity)
    add(rows, {
        "contract_lines": [row(
            "2024-12-15", line_id=f"{name}-calls", contract_id=f"k-{name}",
            line_kind="usage", price_id=f"p-{name}", meter_id=meter_id,
            product_id="tiny-api" if meter_id == "tiny-calls" else "tiny-api-2",
            service_start="2025-01-01", service_end="2026-01-01",
        )],
        "prices": [price(name, "0.01")],
        "usage_events": [
            usage(name, day, month, 100 * month, None, meter_id, hour)
            for month in range(1, 7)
        ],
    })  # fmt: skip
    return rows


def with_plan(name: str, *, known: str = "2024-12-15", start: str = "2025-01-01",
              end: str = "2026-01-01") -> Rows:  # fmt: skip
    """A contract that pays a fee a month."""
    rows = agreement(name, known=known, start=start, end=end)
    add(rows, {"contract_lines": [_plan(name, "100.00", known, start, end)]})
    return rows


def price(name: str, rate: str, recorded_at: str = "2024-12-01") -> Row:
    return row(
        recorded_at, price_id=f"p-{name}", model="unit", unit_code="USD",
        rate_amount=rate, rate_per_quantity="1",
    )  # fmt: skip


def usage(name: str, day: int, month: int, quantity: int, recorded_at: str | None,
          meter_id: str = "tiny-calls", hour: str = "T10:00:00Z") -> Row:  # fmt: skip
    occurred = f"2025-{month:02d}-{day:02d}{hour}"
    return row(
        recorded_at or occurred, customer_id=f"c-{name}", meter_id=meter_id,
        event_id=f"{name}-{month}" if recorded_at is None else f"{name}-late",
        quantity=quantity, occurred_at=occurred,
    )  # fmt: skip


def invoice(name: str, issued: str) -> Rows:
    """One for January's calls, issued in February or known late."""
    return {
        "billing_documents": [row(
            issued, document_id=f"i-{name}", doc_type="invoice", status="issued",
            customer_id=f"c-{name}", contract_id=f"k-{name}", currency="USD",
            issued_at="2025-02-03T00:00:00Z", due_at="2025-02-03T00:00:00Z",
            net_amount="1.00", tax_amount="0.00", total_amount="1.00",
        )],
        "billing_document_lines": [row(
            issued, document_line_id=f"i-{name}-1", document_id=f"i-{name}",
            line_kind="usage", line_id=f"{name}-calls", net_amount="1.00",
            period_start="2025-01-01", period_end="2025-02-01",
        )],
    }  # fmt: skip


def _plan(name: str, fee: str, recorded_at: str, start: str = "2025-01-01",
          end: str = "2026-01-01") -> Row:  # fmt: skip
    return row(
        recorded_at, line_id=f"{name}-plan", contract_id=f"k-{name}",
        line_kind="fixed_fee", product_id="tiny-plan", fixed_amount=fee,
        amount_interval="month", service_start=start, service_end=end,
        billing_timing="advance",
    )  # fmt: skip


def _good(name: str) -> Row:
    return row(
        "2024-12-15", line_id=f"{name}-good", contract_id=f"k-{name}",
        line_kind="fixed_fee", product_id="tiny-good", fixed_amount="70.00",
        service_start="2025-01-01", service_end="2026-01-01",
        billing_timing="on_delivery",
    )  # fmt: skip


def _period(entity: str, month: int) -> Row:
    closed = f"2025-{month + 1:02d}-05T09:00:00Z"
    return row(
        closed, entity_id=entity, book="*", period_id=f"2025-{month:02d}",
        period_start=f"2025-{month:02d}-01", period_end=f"2025-{month + 1:02d}-01",
        state="closed", knowledge_cutoff_at=closed, changed_by="controller",
    )  # fmt: skip


def _election(name: str, topic: str, choice: str, scope: str, scope_id: str) -> Row:
    return row(
        LATE, election_id=f"tiny-{name}", book="*", topic=topic, choice=choice,
        scope_type=scope, scope_id=scope_id, effective_from="2025-01-01",
        approved_by="controller", approved_at="2025-06-20", source_ref="memo",
    )  # fmt: skip
