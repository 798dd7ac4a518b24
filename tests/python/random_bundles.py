"""Random order forms of several promises, at, above and below their list prices."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from built_books import Row, Rows
from bundle_oracle import OrderForm, Part, Promise

AS_OF = datetime(2026, 12, 31, 12)
FIRST = date(2025, 10, 1)
CLOSED = 6  # months closed, each on the 5th of the next
LISTS = {
    "platform": ("access", Decimal("1000.00")),
    "care": ("support", Decimal("2399.99")),
    "model": ("good", Decimal("8000.01")),
    "sensor": ("good", Decimal("333.33")),
}


def month_start(number: int) -> date:
    """The first day of a month, counted from the first one."""
    month = FIRST.month - 1 + number
    return date(FIRST.year + month // 12, month % 12 + 1, 1)


def random_bundles(seed: int, count: int) -> list[OrderForm]:
    """Order forms signed in the first months, all of them served by the end."""
    random = Random(seed)
    forms = [_order_form(random, f"b{number}") for number in range(count)]
    for number, form in enumerate(forms):
        if number % 3 == 0 and len(form.promises) > 1:
            form.second_from = 1 + number % (len(form.promises) - 1)
    return forms


def _order_form(random: Random, contract_id: str) -> OrderForm:
    start = month_start(random.randint(0, 4))
    products = random.sample(sorted(LISTS), random.randint(1, 4))
    promises = [
        _promise(random, f"{contract_id}-{product}", product, start)
        for product in products
    ]
    form = OrderForm(contract_id, start, promises)
    if random.random() < 0.4:
        form.reduction = Decimal(random.randint(1, 90_000)) / 100
    return form


def _promise(random: Random, line_id: str, product: str, start: date) -> Promise:
    kind_of_product, list_price = LISTS[product]
    units = random.randint(1, 7) if kind_of_product == "good" else 1
    listed = list_price * units
    share = random.choice(
        ["1", "1", "1", "0.95", "1.1", "0.9", "0.6", "1.3", "0.101", "0.8999"]
    )
    price = (listed * Decimal(share)).quantize(Decimal("0.01"))
    first = start + timedelta(days=random.choice([0, 0, 12]))
    last = month_start(
        (start.year - FIRST.year) * 12 + start.month - FIRST.month
        + random.randint(2, 8)
    )  # fmt: skip
    if product == "platform":
        return Promise(line_id, product, "month", price, listed, start, last)
    if product == "care":
        return Promise(line_id, product, "once", price, listed, first, last)
    promise = Promise(line_id, product, "goods", price, listed, start, last, units)
    left = units
    while left:
        passed = random.randint(1, left)
        left -= passed
        day = start + timedelta(days=random.randint(0, 200))
        promise.parts.append(Part(day, passed, _known_month(random, day)))
    return promise


def _known_month(random: Random, day: date) -> date:
    """Mostly its own month, sometimes a later one whose close learned of it."""
    late = random.choice([0, 0, 0, 1, 3])
    months = (day.year - FIRST.year) * 12 + day.month - FIRST.month
    # what is not closed is known when it happened
    return month_start(min(months + late, max(months, CLOSED)))


def write_bundles(forms: list[OrderForm]) -> Rows:
    """The order forms as rows of the input contract."""
    rows: Rows = {
        "customers": [], "contracts": [], "contract_lines": [], "deliveries": [],
        "products": [
            _row(product_id=name, name=name, product_kind=kind)
            for name, (kind, _) in LISTS.items()
        ],
        "standalone_selling_prices": [
            _row(
                ssp_id=f"ssp-{name}", product_id=name, currency="USD",
                rate_amount=price, rate_per_quantity=1,
                range_low=price * Decimal("0.9"), range_high=price * Decimal("1.1"),
                method="observable", source_ref="price study",
            )
            for name, (_, price) in LISTS.items()
        ],
        "accounting_periods": [_period(number) for number in range(15)],
    }  # fmt: skip
    for form in forms:
        _write_form(form, rows)
    return rows


def _period(number: int) -> Row:
    start, end = month_start(number), month_start(number + 1)
    closed = number < CLOSED
    return _row(
        entity_id="one", book="*", period_id=f"{start:%Y-%m}", period_start=start,
        period_end=end, state="closed" if closed else "open",
        knowledge_cutoff_at=f"{end + timedelta(days=5)}" if closed else None,
        changed_by="controller",
    )  # fmt: skip


def _write_form(form: OrderForm, rows: Rows) -> None:
    signed = {"recorded_at": f"{form.signed} 09:00:00"}
    end = max(promise.end for promise in form.promises)
    rows["customers"].append(_row(customer_id=f"c-{form.contract_id}"))
    rows["contracts"] += [
        _row(
            contract_id=contract_id, customer_id=f"c-{form.contract_id}",
            entity_id="one", currency="USD", approval_kind="signature",
            signed_at=form.signed, effective_from=form.signed, effective_to=end,
            source_ref=f"order form {contract_id}",
            combination_group_id=form.contract_id if form.second_from else None,
        ) | signed
        for contract_id in form.contract_ids
    ]  # fmt: skip
    for one in form.promises:
        rows["contract_lines"].append(
            _row(
                line_id=one.line_id, contract_id=form.contract_of(one),
                line_kind="fixed_fee", product_id=one.product_id,
                quantity=one.units, fixed_amount=one.price,
                amount_interval="month" if one.kind == "month" else "once",
                service_start=one.start, service_end=one.end,
            ) | signed
        )  # fmt: skip
        for number, part in enumerate(one.parts):
            known = max(part.day, part.known_month)
            rows["deliveries"].append(
                _row(
                    delivery_id=f"{one.line_id}-{number}",
                    contract_id=form.contract_of(one), line_id=one.line_id,
                    kind="delivered", measure="units", measure_value=part.units,
                    occurred_at=part.day, source_ref="slip",
                ) | {"recorded_at": f"{known + timedelta(days=6)} 00:00:00"
                     if known > part.day else f"{part.day} 10:00:00"}
            )  # fmt: skip
    if form.reduction:
        rows["contract_lines"].append(
            _row(
                line_id=f"{form.contract_id}-less", contract_id=form.contract_id,
                line_kind="discount", fixed_amount=-form.reduction,
                service_start=form.signed, service_end=end,
            ) | signed
        )  # fmt: skip


def _row(**columns: object) -> dict[str, object]:
    return {"source_system": "s", "recorded_at": "2025-09-01", **columns}
