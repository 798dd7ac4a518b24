"""A small company in Stripe as Fivetran lands it, with the traps of that source.

Column names and types are those of Fivetran's connector, more of them than the mapping
reads. Each customer is one trap; what each should earn is worked out by hand.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

Row = dict[str, object]

COLUMNS = {
    "customer": "id text, name text, email text, address_country text, address_state "
    "text, balance int, created timestamptz, is_deleted boolean, livemode boolean",
    "product": "id text, name text, active boolean, type text, created timestamptz, "
    "updated timestamptz, is_deleted boolean, livemode boolean",
    "price": "id text, product_id text, active boolean, billing_scheme text, currency "
    "text, created timestamptz, nickname text, recurring_interval text, "
    "recurring_interval_count int, recurring_usage_type text, recurring_aggregate_usage"
    " text, unit_amount bigint, unit_amount_decimal text, livemode boolean",
    "subscription_history": "id text, customer_id text, status text, created "
    "timestamptz, start_date timestamptz, trial_end timestamptz, canceled_at "
    "timestamptz, cancel_at timestamptz, cancel_at_period_end boolean, ended_at "
    "timestamptz, days_until_due int, livemode boolean, _fivetran_active boolean",
    "subscription_item": "id text, subscription_id text, plan_id text, quantity int, "
    "created timestamptz",
    "invoice": "id text, customer_id text, subscription_id text, charge_id text, "
    "payment_intent_id text, number text, status text, currency text, subtotal bigint, "
    "tax bigint, total bigint, amount_due bigint, amount_paid bigint, amount_remaining "
    "bigint, created timestamptz, due_date timestamptz, status_transitions_finalized_at"
    " timestamptz, status_transitions_paid_at timestamptz, status_transitions_voided_at"
    " timestamptz, status_transitions_marked_uncollectible_at timestamptz, is_deleted "
    "boolean, livemode boolean, metadata text",
    "invoice_line_item": "id text, unique_id text, invoice_id text, amount bigint, "
    "currency text, quantity int, price_id text, plan_id text, subscription_id text, "
    "subscription_item_id text, proration boolean, period_start timestamptz, "
    "period_end timestamptz, discountable boolean, description text, type text, "
    "livemode boolean",
    "credit_note": "id text, invoice_id text, number text, amount bigint, subtotal "
    "bigint, discount_amount bigint, total bigint, currency text, reason text, status "
    "text, type text, refund_id text, voided_at timestamptz, created timestamptz, "
    "livemode boolean",
    "credit_note_line_item": "id text, credit_note_id text, amount bigint, "
    "discount_amount bigint, quantity int, type text, unit_amount bigint, livemode "
    "boolean",
    "charge": "id text, amount bigint, amount_refunded bigint, currency text, created "
    "timestamptz, status text, paid boolean, captured boolean, customer_id text, "
    "invoice_id text, payment_intent_id text, balance_transaction_id text, livemode "
    "boolean",
    "refund": "id text, amount bigint, currency text, charge_id text, created "
    "timestamptz, status text, reason text, balance_transaction_id text, "
    "failure_balance_transaction_id text",
    "dispute": "id text, charge_id text, amount bigint, currency text, created "
    "timestamptz, status text, reason text, livemode boolean",
    "balance_transaction": "id text, amount bigint, fee bigint, net bigint, currency "
    "text, created timestamptz, reporting_category text, source text, type text",
    "coupon": "id text, percent_off int",
}

JAN, FEB, MAR = "2025-01-01", "2025-02-01", "2025-03-01"

# Revenue by customer and month, worked out by hand; see `stripe_rows`.
REVENUE = {
    # 2 seats at 30.00; on 17 January a third: 15 of 31 days, -29.03 and +43.55
    ("cus_seats", "2025-01"): Decimal("74.52"),
    ("cus_seats", "2025-02"): Decimal("90.00"),
    # 400,000 yen less a coupon of 35,000 for 365 days: 1,000 a day
    ("cus_yen", "2025-01"): Decimal(31000),
    ("cus_yen", "2025-02"): Decimal(28000),
    # 20 + 10 dinars less a discount of 1.001
    ("cus_dinar", "2025-02"): Decimal("28.999"),
    # 50.00 was voided and replaced by 40.00
    ("cus_void", "2025-01"): Decimal("40.00"),
    ("cus_dispute", "2025-01"): Decimal("50.00"),
    # cancelled at the end of January
    ("cus_leaves", "2025-01"): Decimal("31.00"),
    ("cus_unpaid", "2025-01"): Decimal("20.00"),
    # support for January, without a subscription, price with 19 % tax inside: 119.00
    ("cus_once", "2025-01"): Decimal("100.00"),
    # 2,000 tokens at 0.05 cents
    ("cus_meter", "2025-01"): Decimal("1.00"),
}


def stripe_rows() -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    _catalogue(rows)
    _seats(rows)
    _other_currencies(rows)
    _void(rows)
    _dispute(rows)
    _leaves(rows)
    _unpaid(rows)
    _without_subscription(rows)
    _meter(rows)
    _credit_note(rows)
    _never_counts(rows)
    rows["coupon"].append({"id": "half", "percent_off": 50})
    return rows


def _catalogue(rows: dict[str, list[Row]]) -> None:
    for product in ("plan", "support", "tokens"):
        _add(rows, "product", id=f"prod_{product}", name=product.title(), created=JAN,
             livemode=True)  # fmt: skip
    for price, currency, amount in (
        ("usd", "usd", 3000), ("jpy", "jpy", 400000), ("kwd", "kwd", 20000),
    ):  # fmt: skip
        _add(rows, "price", id=f"price_{price}", product_id="prod_plan",
             currency=currency, unit_amount=amount, unit_amount_decimal=str(amount),
             recurring_interval="month", recurring_usage_type="licensed",
             billing_scheme="per_unit", created=JAN, livemode=True)  # fmt: skip
    _add(rows, "price", id="price_support", product_id="prod_support", currency="usd",
         unit_amount=11900, created=JAN, livemode=True)  # fmt: skip
    _add(rows, "price", id="price_tokens", product_id="prod_tokens", currency="usd",
         unit_amount=None, unit_amount_decimal="0.05", billing_scheme="per_unit",
         recurring_interval="month", recurring_usage_type="metered", created=JAN,
         livemode=True)  # fmt: skip


def _seats(rows: dict[str, list[Row]]) -> None:
    """Tax on top, a proration in both directions, a partial refund."""
    _customer(rows, "seats", address_country="US", address_state="CA")
    _subscription(rows, "seats")
    _invoice(rows, "in_seats_1", "seats", JAN, [(6000, JAN, FEB, {"quantity": 2})],
             tax=495)  # fmt: skip
    _charge(rows, "in_seats_1", 6495, JAN, fee=218)
    _invoice(rows, "in_seats_2", "seats", FEB, [
        (-2903, "2025-01-17", FEB, {"quantity": 2, "proration": True}),
        (4355, "2025-01-17", FEB, {"quantity": 3, "proration": True}),
        (9000, FEB, MAR, {"quantity": 3}),
    ], tax=862)  # fmt: skip
    _charge(rows, "in_seats_2", 11314, FEB)
    _add(rows, "refund", id="re_seats", amount=1000, currency="usd",
         charge_id="ch_in_seats_2", created="2025-02-20", status="succeeded",
         reason="requested_by_customer")  # fmt: skip
    _add(rows, "refund", id="re_pending", amount=500, currency="usd",
         charge_id="ch_in_seats_2", created="2025-02-21", status="pending")  # fmt: skip
    # sent, and sent back by the bank
    _add(rows, "refund", id="re_failed", amount=700, currency="usd",
         charge_id="ch_in_seats_2", created="2025-02-22", status="failed",
         failure_balance_transaction_id="txn_back")  # fmt: skip
    _add(rows, "balance_transaction", id="txn_back", fee=0, currency="usd",
         created="2025-02-27", reporting_category="refund_failure",
         source="re_failed")  # fmt: skip


def _other_currencies(rows: dict[str, list[Row]]) -> None:
    """No minor unit, and three decimals; discounts stand on the header only."""
    _customer(rows, "yen", address_country="JP")
    _subscription(rows, "yen", price="price_jpy")
    _invoice(rows, "in_yen", "yen", JAN, [(400000, JAN, "2026-01-01", {})],
             currency="jpy", price="price_jpy", discount=35000)  # fmt: skip
    _charge(rows, "in_yen", 365000, JAN, currency="jpy", fee=900, fee_currency="usd")
    _customer(rows, "dinar", address_country="KW")
    _subscription(rows, "dinar", price="price_kwd", start=FEB)
    _invoice(rows, "in_dinar", "dinar", FEB,
             [(20000, FEB, MAR, {}), (10000, FEB, MAR, {})],
             currency="kwd", price="price_kwd", discount=1001)  # fmt: skip


def _void(rows: dict[str, list[Row]]) -> None:
    _customer(rows, "void")
    _subscription(rows, "void")
    _invoice(rows, "in_void_1", "void", JAN, [(5000, JAN, FEB, {})], status="void",
             status_transitions_voided_at="2025-01-10", amount_remaining=0)  # fmt: skip
    _invoice(rows, "in_void_2", "void", "2025-01-10", [(4000, JAN, FEB, {})])
    # never issued, and thrown away
    _invoice(rows, "in_draft", "void", FEB, [(4000, FEB, MAR, {})], status="draft",
             status_transitions_finalized_at=None)  # fmt: skip
    _invoice(rows, "in_deleted", "void", FEB, [(4000, FEB, MAR, {})], is_deleted=True)


def _dispute(rows: dict[str, list[Row]]) -> None:
    """Money taken by the bank and won back; an inquiry takes none."""
    _customer(rows, "dispute")
    _subscription(rows, "dispute")
    # this API version links the payment to the invoice and not the other way round
    _invoice(rows, "in_dispute", "dispute", JAN, [(5000, JAN, FEB, {})],
             status="paid", payment_intent_id="pi_dispute", amount_paid=5000,
             amount_remaining=0, status_transitions_paid_at=JAN)  # fmt: skip
    _charge(rows, None, 5000, JAN, charge="ch_dispute", customer="cus_dispute",
            payment_intent_id="pi_dispute")  # fmt: skip
    _add(rows, "dispute", id="dp_won", charge_id="ch_dispute", amount=5000,
         currency="usd", created="2025-01-20", status="won",
         reason="product_not_received")  # fmt: skip
    _add(rows, "dispute", id="dp_inquiry", charge_id="ch_dispute", amount=5000,
         currency="usd", created="2025-01-15", status="warning_closed")  # fmt: skip
    for name, category, created in (
        ("taken", "dispute", "2025-01-20"), ("back", "dispute_reversal", "2025-03-03"),
    ):  # fmt: skip
        _add(rows, "balance_transaction", id=f"txn_{name}_dp", fee=1500, currency="usd",
             created=created, reporting_category=category, source="dp_won")  # fmt: skip


def _leaves(rows: dict[str, list[Row]]) -> None:
    """Cancels for the end of the month; had cancelled before and taken it back."""
    _customer(rows, "leaves")
    first = {"canceled_at": "2025-01-08", "cancel_at": FEB, "status": "active"}
    _subscription(rows, "leaves", _fivetran_active=False, **first)
    _subscription(rows, "leaves", canceled_at="2025-01-15", cancel_at=FEB,
                  ended_at=FEB, status="canceled")  # fmt: skip
    _invoice(rows, "in_leaves", "leaves", JAN, [(3100, JAN, FEB, {})])


def _unpaid(rows: dict[str, list[Row]]) -> None:
    _customer(rows, "unpaid")
    _subscription(rows, "unpaid")
    _invoice(rows, "in_unpaid", "unpaid", JAN, [(2000, JAN, FEB, {})],
             status="uncollectible",
             status_transitions_marked_uncollectible_at="2025-03-01")  # fmt: skip


def _without_subscription(rows: dict[str, list[Row]]) -> None:
    """One invoice for one service, tax inside its price, paid by bank transfer."""
    _customer(rows, "once", address_country="DE")
    _invoice(rows, "in_once", "once", JAN, [(11900, JAN, FEB, {})], one_off=True,
             price="price_support", tax=1900, total=11900, status="paid",
             amount_paid=11900, amount_remaining=0,
             status_transitions_paid_at="2025-01-20")  # fmt: skip


def _meter(rows: dict[str, list[Row]]) -> None:
    _customer(rows, "meter")
    _subscription(rows, "meter", price="price_tokens")


def _credit_note(rows: dict[str, list[Row]]) -> None:
    _customer(rows, "credit")
    _subscription(rows, "credit")
    _invoice(rows, "in_credit", "credit", JAN, [(6000, JAN, FEB, {})])
    _charge(rows, "in_credit", 6000, JAN)
    for name, amount, status, voided in (
        ("cn_kept", 1500, "issued", None), ("cn_void", 300, "void", "2025-02-12"),
    ):  # fmt: skip
        _add(rows, "credit_note", id=name, invoice_id="in_credit", amount=amount,
             subtotal=amount, discount_amount=0, total=amount, currency="usd",
             reason="product_unsatisfactory", status=status, type="post_payment",
             voided_at=voided, created="2025-02-10", livemode=True)  # fmt: skip
        _add(rows, "credit_note_line_item", id=f"{name}_1", credit_note_id=name,
             amount=amount, discount_amount=0, quantity=1)  # fmt: skip


def _never_counts(rows: dict[str, list[Row]]) -> None:
    """Test mode, and a subscription whose first payment never came."""
    _customer(rows, "test", livemode=False)
    _subscription(rows, "test", livemode=False)
    _invoice(rows, "in_test", "test", JAN, [(9900, JAN, FEB, {})], livemode=False)
    _customer(rows, "lapsed", is_deleted=True)
    _subscription(rows, "lapsed", status="incomplete_expired")


def _add(rows: dict[str, list[Row]], table: str, **values: object) -> None:
    rows[table].append(values)


def _customer(rows: dict[str, list[Row]], name: str, **values: object) -> None:
    given = {"livemode": True, "is_deleted": False, **values}
    _add(rows, "customer", id=f"cus_{name}", name=name.title(), created=JAN, **given)


def _subscription(
    rows: dict[str, list[Row]], name: str, *, price: str = "price_usd",
    start: str = JAN, **values: object,
) -> None:  # fmt: skip
    given = {"status": "active", "livemode": True, "_fivetran_active": True, **values}
    _add(rows, "subscription_history", id=f"sub_{name}", customer_id=f"cus_{name}",
         created=start, start_date=start, **given)  # fmt: skip
    if given["_fivetran_active"]:
        _add(rows, "subscription_item", id=f"si_{name}", subscription_id=f"sub_{name}",
             plan_id=price, quantity=1, created=start)  # fmt: skip


def _invoice(
    rows: dict[str, list[Row]], invoice: str, name: str, issued: str,
    lines: list[tuple[int, str, str, Row]], *, currency: str = "usd",
    price: str = "price_usd", tax: int = 0, discount: int = 0, total: int | None = None,
    one_off: bool = False, **values: object,
) -> None:  # fmt: skip
    subtotal = sum(amount for amount, *_ in lines)
    due = subtotal - discount + tax if total is None else total
    subscription = None if one_off else f"sub_{name}"
    given = {
        "status": "open", "livemode": True, "is_deleted": False, "amount_paid": 0,
        "amount_remaining": due, "status_transitions_finalized_at": issued, **values,
    }  # fmt: skip
    _add(rows, "invoice", id=invoice, customer_id=f"cus_{name}", currency=currency,
         subscription_id=subscription, number=invoice.upper(), subtotal=subtotal,
         tax=tax, total=due, created=issued, **given)  # fmt: skip
    for number, (amount, start, end, more) in enumerate(lines, 1):
        # the id of a line is its own only within its invoice
        _add(rows, "invoice_line_item", **{
            "id": f"il_{number}", "invoice_id": invoice, "amount": amount,
            "quantity": 1, "price_id": price, "plan_id": price,
            "subscription_id": subscription, "subscription_item_id": f"si_{name}",
            "proration": False, "discountable": True, "period_start": start,
            "period_end": end, "livemode": given["livemode"], **more,
        })  # fmt: skip


def _charge(
    rows: dict[str, list[Row]], invoice: str | None, amount: int, created: str, *,
    charge: str | None = None, customer: str | None = None, currency: str = "usd",
    fee: int = 0, fee_currency: str = "usd", **values: object,
) -> None:  # fmt: skip
    name = charge or f"ch_{invoice}"
    paid = [row for row in rows["invoice"] if row["id"] == invoice]
    for row in paid:
        row |= {
            "status": "paid", "charge_id": name, "amount_paid": amount,
            "amount_remaining": 0, "status_transitions_paid_at": created,
        }  # fmt: skip
    _add(rows, "charge", id=name, amount=amount, currency=currency, created=created,
         status="succeeded", paid=True, captured=True, invoice_id=invoice,
         customer_id=customer or paid[0]["customer_id"],
         balance_transaction_id=f"txn_{name}", livemode=True, **values)  # fmt: skip
    _add(rows, "balance_transaction", id=f"txn_{name}", amount=amount, fee=fee,
         currency=fee_currency, created=created, reporting_category="charge",
         source=name)  # fmt: skip


def write_stripe(folder: Path, synced: datetime) -> list[Path]:
    """The company as one sync leaves it; the sources to give to the mapping."""
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "fivetran.duckdb"
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("create schema stripe")
        for table, rows in stripe_rows().items():
            con.execute(
                f"create table stripe.{table}"
                f" ({COLUMNS[table]}, _fivetran_synced timestamptz)"
            )
            for row in rows:
                values = {**row, "_fivetran_synced": synced}
                marks = ", ".join("?" * len(values))
                con.execute(
                    f"insert into stripe.{table} ({', '.join(values)})"
                    f" values ({marks})",
                    list(values.values()),
                )
    own = folder / "own"
    own.mkdir(exist_ok=True)
    (own / "company.csv").write_text("entity_id\nstripe-co\n", encoding="utf-8")
    (own / "product_kinds.csv").write_text(
        "product_id,product_kind,unit_code\nprod_plan,access,SEAT\n"
        "prod_support,support,\nprod_tokens,usage,TOKEN\n",
        encoding="utf-8",
    )
    return [database, own]
