"""Random price books, rated by the books as an event-by-event calculation rates them.

Tiers, packages, free units, bounds and dated prices meet use that comes early, late, on
a cut-off and is withdrawn. What each close charged for each month must be what one gets
who walks through the events that the close knew, in the order in which they happened,
or prices each by itself where nothing counts across them.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from pathlib import Path
from random import Random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from built_books import DBT_FOLDERS, Books, Rows, build, write_rows
from drawn_closes import SAID, calendar_rows, drawn_entity, drawn_recording
from rating_oracle import ZERO, Line, Price, Tier, Use, charges
from revenue_oracle import Entity, midnight

SEED = 20261122
LINES = 160
LINES_BY_EVENT = 60
MODELS = (
    "graduated", "graduated", "volume", "volume", "package", "percent", "unit",
    "threshold_total",
)  # fmt: skip
SCOPES = (
    "billing_period", "billing_period", "month", "quarter", "year", "contract_to_date",
)  # fmt: skip
EACH = ("event",)
AS_OF = datetime(2026, 6, 17, 12)
FIRST_MONTH = date(2025, 12, 1)
LAST_DAY = date(2026, 12, 31)
# Rates are kept to 36 decimals and charges to 18, each cut there.
DUST = Decimal("1e-12")


# --- the books ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    random = Random(SEED)
    entities = [
        drawn_entity(random, "e-utc", "UTC", FIRST_MONTH, AS_OF, months=7, closed=5),
        drawn_entity(
            random, "e-tokyo", "Asia/Tokyo", FIRST_MONTH, AS_OF, months=7, closed=3
        ),
    ]
    drawn = [
        _line(
            random, number, random.choice(entities), SCOPES if number < LINES else EACH
        )
        for number in range(LINES + LINES_BY_EVENT)
    ]
    # the same use, all of it in time: a twin of each line
    return drawn + [
        dataclasses.replace(
            line,
            line_id=f"{line.line_id}-in-time",
            uses=tuple(
                dataclasses.replace(use, recorded_at=use.at, withdrawn_at=None)
                for use in line.uses
                if use.withdrawn_at is None
            ),
        )
        for line in drawn
    ]


@pytest.fixture(scope="module")
def books(
    lines: list[Line], tmp_path_factory: pytest.TempPathFactory, dbt_target: Path
) -> Books:
    folder = tmp_path_factory.mktemp("rating")
    raw = write_rows(folder / "raw", _rows(lines), "rows")
    return build(raw, folder / "warehouse", dbt_target, as_of=AS_OF)


@pytest.fixture(scope="module")
def rated(books: Books) -> dict[str, list[tuple[str, str, Decimal]]]:
    """By line: month of use, close that knew it and amount."""
    found = defaultdict(list)
    for line_id, service, known, amount in books.query(
        "select r.line_id, s.period_id, k.period_id, r.charged_amount"
        " from marts.fct_rated_usage r"
        " inner join marts.dim_accounting_periods s on s.entity_id = r.entity_id"
        " and s.period_ordinal = r.service_ordinal"
        " inner join marts.dim_accounting_periods k on k.entity_id = r.entity_id"
        " and k.period_ordinal = r.revision // 10"
    ):
        found[line_id].append((service, known, amount))
    return found


def test_each_close_charged_what_it_knew(
    lines: list[Line], rated: dict[str, list[tuple[str, str, Decimal]]]
) -> None:
    wrong, right = [], 0
    for line in lines:
        for close in line.entity.periods:
            expected = charges(line, close)
            actual: dict[str, Decimal] = defaultdict(Decimal)
            for service, known, amount in rated[line.line_id]:
                if known <= close.period_id:
                    actual[service] += amount
            months = {p.period_id for p in line.entity.periods if p.end <= close.end}
            for month in months:
                one, other = expected.get(month, ZERO), actual[month]
                right += one != 0
                if abs(one - other) > DUST:
                    wrong.append((line.line_id, close.period_id, month, one, other))
    assert not wrong, f"{len(wrong)} of {right}: {wrong[:6]}"
    assert right > 10 * LINES


def test_events_priced_alone_are_drawn_in_every_way(lines: list[Line]) -> None:
    """Else the comparison above would prove little of them."""
    alone = [line for line in lines if line.scope == "event"]
    costs = [
        (price, use.quantity, price.cost_alone(use.quantity))
        for line in alone
        for price in line.prices
        for use in line.uses
    ]
    assert {price.model for price, _, _ in costs} == {*MODELS, "flat"}
    assert any(price.least == cost != 0 for price, _, cost in costs)
    assert any(price.most == cost for price, _, cost in costs)
    assert any(quantity == 0 < cost for _, quantity, cost in costs)
    assert any(
        len({use.quantity for use in line.uses}) < len(line.uses) for line in alone
    )


def test_late_rows_end_at_what_rows_in_time_cost(
    lines: list[Line], rated: dict[str, list[tuple[str, str, Decimal]]]
) -> None:
    """Whatever order use arrives in, the last close charges the same for each month."""
    totals: dict[str, dict[str, Decimal]] = {}
    for line in lines:
        by_month: dict[str, Decimal] = defaultdict(Decimal)
        for service, _, amount in rated[line.line_id]:
            by_month[service] += amount
        totals[line.line_id] = by_month
    for line_id, by_month in totals.items():
        twin = totals.get(f"{line_id}-in-time")
        for month in twin or {}:
            assert twin is not None
            assert abs(by_month[month] - twin[month]) <= DUST, (line_id, month)


def test_what_late_use_does_to_other_use_is_a_rerating(books: Books) -> None:
    """E6: the late units are late data; what they make dearer or cheaper is rerated."""
    families = dict(
        books.query(
            "select revision % 10, count(*) from marts.fct_rated_usage group by 1"
        )
    )
    assert min(families[2], families[3], families[4]) > LINES / 10
    red = books.query(
        "select control_code from marts.fct_control_results"
        " where severity = 'block' and violation_count > 0"
    )
    assert red == []


def test_the_control_of_whole_windows_sees_a_lost_charge(
    books: Books, dbt_target: Path, tmp_path: Path
) -> None:
    copy = shutil.copy(books.live, tmp_path / books.live.name)
    compiled = (dbt_target / DBT_FOLDERS["DBT_TARGET_PATH"] / "compiled").rglob("*.sql")
    sql = next(p for p in compiled if p.stem == "chk_tiers_rate_the_whole").read_text()
    with duckdb.connect(str(copy)) as con:
        con.execute("set TimeZone = 'UTC'")
        assert con.execute(sql).fetchall() == []
        con.execute("update marts.fct_rated_usage set charged_amount = 0")
        assert len(con.execute(sql).fetchall()) > LINES / 4


# --- the calculation itself ----------------------------------------------------------


@st.composite
def price_books(draw: st.DrawFn) -> Price:
    return _price(Random(draw(st.integers(0, 2**32))), None)


@given(price_books(), st.lists(st.integers(0, 4000), max_size=30), st.randoms())
@settings(max_examples=300, deadline=None)
def test_days_add_up_to_the_whole_in_any_order(
    price: Price, quantities: list[int], random: Random
) -> None:
    """What the oracle rests on: increments telescope, so order does not matter."""
    other = list(quantities)
    random.shuffle(other)
    with localcontext() as context:
        context.prec = 60
        for order in (quantities, other):
            count, total = ZERO, ZERO
            for quantity in order:
                total += price.cost(count + quantity) - price.cost(count)
                count += quantity
            assert abs(total - price.cost(Decimal(sum(quantities)))) < DUST


# --- drawing -------------------------------------------------------------------------


def _price(random: Random, valid_from: date | None) -> Price:
    model = random.choice(MODELS)
    count = 1 if model in ("package", "percent", "unit") else random.randint(1, 4)
    bounds = sorted(random.sample(range(50, 9000), count - 1))
    per = random.choice([1, 3, 1000, 1_000_000])
    tiers = tuple(
        Tier(
            above=Decimal(above),
            up_to=None if up_to is None else Decimal(up_to),
            rate=ZERO if model == "threshold_total" else _money(random) * per,
            per=Decimal(per),
            flat=_money(random) * 100 if _has_flat(random, model) else ZERO,
        )
        for above, up_to in zip([0, *bounds], [*bounds, None], strict=True)
    )
    package = Decimal(random.choice([7, 100, 500])) if model == "package" else None
    if package is not None:
        tiers = (dataclasses.replace(tiers[0], per=package),)
    return Price(
        model, valid_from, tiers,
        free=Decimal(random.choice([0, 0, 250])),
        package=package,
        rounding=random.choice(["up", "down", "nearest"]),
        least=Decimal(random.choice([0, 0, 0, 40])),
        most=random.choice([None, None, Decimal(90)]),
    )  # fmt: skip


def _has_flat(random: Random, model: str) -> bool:
    return model == "threshold_total" or (
        model in ("graduated", "volume", "unit") and random.random() < 1 / 4
    )


def _money(random: Random) -> Decimal:
    return Decimal(random.randint(1, 90)).scaleb(-3)


def _price_alone(random: Random, price: Price) -> Price:
    """A price of single events: bounds of its own, at times a flat amount."""
    price = dataclasses.replace(
        price,
        least=Decimal(random.choice([0, 0, 3])),
        most=random.choice([None, None, Decimal(12)]),
    )
    if random.random() < 1 / 5:
        tier = Tier(ZERO, None, ZERO, Decimal(1), _money(random))
        price = dataclasses.replace(price, model="flat", tiers=(tier,), package=None)
    return price


def _common(random: Random, use: Use) -> Use:
    """Quantities that several events have, and none at all."""
    if random.random() < 1 / 2:
        return use
    return dataclasses.replace(use, quantity=Decimal(random.choice([0, 250, 1000])))


def _line(random: Random, number: int, entity: Entity, scopes: tuple[str, ...]) -> Line:
    start = FIRST_MONTH + timedelta(days=random.choice([0, 0, 0, 9, 30, 47]))
    prices = [_price(random, None)]
    if random.random() < 1 / 4:
        day = start + timedelta(days=random.randint(20, 120))
        least, most = prices[0].least, prices[0].most
        changed = dataclasses.replace(_price(random, day), least=least, most=most)
        prices.append(changed)
    first = midnight(start, entity.zone)
    seconds = int((AS_OF - first).total_seconds())
    uses = []
    for _ in range(random.randint(2, 18)):
        at = first + timedelta(seconds=random.randint(0, seconds))
        if random.random() < 1 / 8:
            boundary = random.choice([start, *(p.start for p in entity.periods)])
            at = max(first, min(midnight(boundary, entity.zone), AS_OF))
        recorded = drawn_recording(random, entity, at)
        withdrawn = (
            drawn_recording(random, entity, recorded)
            if random.random() < 1 / 6
            else None
        )
        quantity = Decimal(random.randint(1, 2500))
        if random.random() < 1 / 5:
            quantity += Decimal("0.125")
        uses.append(Use(at, recorded, withdrawn, quantity))
    scope = random.choice(scopes)
    if scope == "event":
        prices = [_price_alone(random, price) for price in prices]
        uses = [_common(random, use) for use in uses]
    interval = random.choice(["month", "month", "quarter"])
    if scope != "event" and (
        scope in ("quarter", "year", "contract_to_date") or interval == "quarter"
    ):
        # bills do not bound tiers that count across them
        prices = [dataclasses.replace(p, least=ZERO, most=None) for p in prices]
    return Line(
        f"line-{number}", entity, start, scope, interval,
        random.choice([ZERO, ZERO, Decimal("0.15")]), tuple(prices), tuple(uses),
    )  # fmt: skip


# --- writing -------------------------------------------------------------------------


def _rows(lines: list[Line]) -> Rows:
    entities = {line.entity.entity_id: line.entity for line in lines}.values()
    rows: Rows = defaultdict(list)
    rows["products"] = [
        {**SAID, "product_id": "api", "name": "API", "product_kind": "usage"}
    ]
    rows["meters"] = [
        {**SAID, "meter_id": "calls", "product_id": "api", "aggregation": "sum",
         "unit_code": "CALL"}
    ]  # fmt: skip
    rows |= calendar_rows(entities)
    for line in lines:
        ids = {"customer_id": f"c-{line.line_id}", "contract_id": f"k-{line.line_id}"}
        rows["customers"].append({**SAID, "customer_id": ids["customer_id"]})
        rows["contracts"].append({
            **SAID, **ids, "entity_id": line.entity.entity_id, "currency": "USD",
            "approval_kind": "signature", "signed_at": "2025-01-01",
            "effective_from": line.start, "effective_to": LAST_DAY,
            "source_ref": "contract",
        })  # fmt: skip
        rows["contract_lines"].append({
            **SAID, "line_id": line.line_id, "contract_id": ids["contract_id"],
            "product_id": "api", "line_kind": "usage", "meter_id": "calls",
            "price_id": f"p-{line.line_id}", "service_start": line.start,
            "service_end": LAST_DAY, "billing_interval": line.billing_interval,
            "discount_rate": f"{line.discount:f}",
        })  # fmt: skip
        for price in line.prices:
            rows["prices"] += [
                {
                    **SAID, "price_id": f"p-{line.line_id}", "model": price.model,
                    "unit_code": "USD", "tier_no": number, "tier_from": f"{tier.above}",
                    "tier_to": tier.up_to and f"{tier.up_to}",
                    "rate_amount": f"{tier.rate:f}", "rate_per_quantity": f"{tier.per}",
                    "flat_amount": f"{tier.flat:f}", "tier_scope": line.scope,
                    "included_quantity": f"{price.free}", "package_size": price.package
                    and f"{price.package}", "package_rounding": price.rounding,
                    "minimum_amount": f"{price.least}", "maximum_amount": price.most
                    and f"{price.most}", "valid_from": price.valid_from,
                }
                for number, tier in enumerate(price.tiers, 1)
            ]  # fmt: skip
        for number, use in enumerate(line.uses):
            event = {"source_system": "test", "event_id": f"{line.line_id}-{number}"}
            event |= {"meter_id": "calls"}
            rows["usage_events"].append({
                **event, **ids, "occurred_at": use.at,
                "recorded_at": use.recorded_at, "quantity": f"{use.quantity}",
            })  # fmt: skip
            if use.withdrawn_at is not None:
                rows["usage_events"].append(
                    {**event, "recorded_at": use.withdrawn_at, "is_retracted": True}
                )
    return rows
