"""Products, what they sell for alone, meters and prices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from inference_revenue.simulate.money import FROM_USD, list_price, quantize
from inference_revenue.simulate.tables import Row
from inference_revenue.simulate.timeline import Timeline

KNOWN_AT = datetime(2024, 5, 6, 10)
"""When the first catalogue was entered."""

MILLION = 1_000_000
TOKEN_PARTS = ("input", "cached", "output")

FAMILIES = ("multi", "atlas", "swift")
"""multi: one API for all models, priced by model; the others serve one model each."""

MODELS = ("atlas-2", "swift-2", "swift-2-mini", "atlas-3-preview")
"""Models of the multi API; the preview has no price of its own and pays `*`."""

TOKEN_RATES = {
    ("multi", "atlas-2"): ("15.00", "1.50", "75.00"),
    ("multi", "swift-2"): ("3.00", "0.30", "15.00"),
    ("multi", "swift-2-mini"): ("0.0375", "0.00375", "0.15"),
    ("multi", "*"): ("5.00", "0.50", "25.00"),
    ("atlas", None): ("12.00", "1.20", "60.00"),
    ("swift", None): ("0.80", "0.08", "4.00"),
}
"""Dollars per million input, cached input and output tokens."""

MONTHLY_FEES = {
    "platform_team": 29,
    "platform_business": 149,
    "platform_enterprise": 750,
    "support_standard": 10,
    "support_premium": 120,
}
"""List price in dollars of a month of each access and support product."""

APPLIANCE_PRICE = 4_000

GAUGES = {
    "jobs": ("count", "JOB", "0.02", 1),
    "seats": ("max", "SEAT", "30", 1),
    "capacity": ("last", "UNIT", "250", 1),
    "users": ("unique", "USER", "1.50", 1),
    "storage": ("time_weighted", "GB", "23", 1_000),
}
"""Meters that do not add up: aggregation, unit, dollars, per quantity."""


@dataclass(frozen=True)
class Price:
    """One dated row of a price of model `unit`."""

    price_id: str
    currency: str
    model: str | None
    rate_amount: Decimal
    rate_per_quantity: int
    valid_from: datetime | None
    recorded_at: datetime

    @property
    def rate(self) -> Decimal:
        """Amount of one unit, exactly: the quantity is a power of ten."""
        return self.rate_amount / self.rate_per_quantity


class PriceBook:
    """All price rows, and the rate that was known to hold at a moment."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self.prices = list(prices)
        self.changes = sorted({p.valid_from for p in self.prices if p.valid_from})
        self._rows: dict[tuple[str, str | None], list[Price]] = {}
        for price in self.prices:
            self._rows.setdefault((price.price_id, price.model), []).append(price)

    def rate(
        self, price_id: str, model: str | None, segment: int, known_at: datetime
    ) -> Decimal:
        """Rate of a unit used in a segment of time, as known at a moment.

        Segment n lies between the n-th and the next of ``changes``; the row of the
        model itself goes before the row `*`.
        """
        used_at = self.changes[segment - 1] if segment else None
        rows = self._rows.get((price_id, model)) or self._rows[price_id, "*"]
        known = [
            row
            for row in rows
            if row.recorded_at <= known_at
            and (row.valid_from is None or (used_at and row.valid_from <= used_at))
        ]
        return max(
            known, key=lambda row: (row.valid_from or datetime.min, row.recorded_at)
        ).rate

    def rows(self) -> list[Row]:
        """Rows of `prices`."""
        return [
            {
                "price_id": price.price_id,
                "model": "unit",
                "unit_code": price.currency,
                "rate_amount": price.rate_amount,
                "rate_per_quantity": price.rate_per_quantity,
                "dim_1_key": "model" if price.model else None,
                "dim_1_value": price.model,
                "valid_from": price.valid_from,
                "source_system": "catalogue",
                "recorded_at": price.recorded_at,
                "source_ref": f"catalogue/price/{number}",
            }
            for number, price in enumerate(self.prices)
        ]


def token_price_id(family: str, part: str, currency: str) -> str:
    """List price of one token meter."""
    return f"list_{family}_{part}_{currency.lower()}"


def token_rate(family: str, model: str | None, part: str, currency: str) -> Decimal:
    """List rate of a million tokens, to nine decimals."""
    dollars = Decimal(TOKEN_RATES[family, model][TOKEN_PARTS.index(part)])
    return quantize(dollars * FROM_USD[currency], 9)


def list_prices(timeline: Timeline) -> list[Price]:
    """The public price list: first rates, two dated cuts, two late corrections."""
    middle = timeline.month(timeline.months // 2)
    first_cut = datetime.combine(middle, time()) + timedelta(days=14)
    second_cut = datetime.combine(timeline.month(timeline.months * 2 // 3), time())
    prices = []
    for currency in FROM_USD:
        for (family, model), _ in TOKEN_RATES.items():
            for part in TOKEN_PARTS:
                base = Price(
                    price_id=token_price_id(family, part, currency),
                    currency=currency,
                    model=model,
                    rate_amount=token_rate(family, model, part, currency),
                    rate_per_quantity=MILLION,
                    valid_from=None,
                    recorded_at=KNOWN_AT,
                )
                prices.append(base)
                if model in ("swift-2", "swift-2-mini"):
                    prices.append(_changed(base, "0.8", first_cut))
                if family == "atlas":
                    prices.append(_changed(base, "0.9", second_cut))
        prices += [_gauge_price(name, currency) for name in GAUGES]
    return prices + _corrections(prices, first_cut, timeline)


def _changed(price: Price, factor: str, valid_from: datetime) -> Price:
    """The price from a date on, announced three weeks ahead."""
    return Price(
        price.price_id,
        price.currency,
        price.model,
        quantize(price.rate_amount * Decimal(factor), 9),
        price.rate_per_quantity,
        valid_from,
        valid_from - timedelta(days=21),
    )


def corrected(price: Price, factor: str, recorded_at: datetime) -> Price:
    """The same row with another rate, known only later."""
    return Price(
        price.price_id,
        price.currency,
        price.model,
        quantize(price.rate_amount * Decimal(factor), 9),
        price.rate_per_quantity,
        price.valid_from,
        recorded_at,
    )


def _corrections(
    prices: list[Price], first_cut: datetime, timeline: Timeline
) -> list[Price]:
    """One typing error found after its month had closed, one before any close."""
    by_name = {(p.price_id, p.model, p.valid_from): p for p in prices}
    late = by_name[token_price_id("multi", "output", "EUR"), "swift-2", first_cut]
    early = by_name[token_price_id("atlas", "input", "JPY"), None, None]
    before_any_close = datetime.combine(timeline.first_month, time(15))
    return [
        corrected(late, "1.05", first_cut + timedelta(days=40)),
        corrected(early, "1.04", before_any_close + timedelta(days=20)),
    ]


def _gauge_price(name: str, currency: str) -> Price:
    _, _, dollars, per_quantity = GAUGES[name]
    rate = quantize(Decimal(dollars) * FROM_USD[currency], 9)
    price_id = f"list_{name}_{currency.lower()}"
    return Price(price_id, currency, None, rate, per_quantity, None, KNOWN_AT)


def _common(number: int, subject: str) -> dict[str, object]:
    return {
        "source_system": "catalogue",
        "recorded_at": KNOWN_AT,
        "source_ref": f"catalogue/{subject}/{number}",
    }


def product_rows() -> list[Row]:
    """Rows of `products`."""
    named = [
        (f"api_{family}", f"Inference API {family}", "usage", "TOKEN", "inference")
        for family in FAMILIES
    ]
    for fee in MONTHLY_FEES:
        kind = "access" if fee.startswith("platform") else "support"
        name = fee.replace("_", " ").title()
        named.append((fee, name, kind, "MONTH", "platform"))
    for gauge, (_, unit, _, _) in GAUGES.items():
        named.append((f"metered_{gauge}", gauge.title(), "usage", unit, "inference"))
    named.append(("appliance", "Edge appliance", "good", "PIECE", "hardware"))
    return [
        {
            "product_id": product_id,
            "name": name,
            "product_kind": kind,
            "unit_code": unit,
            "family": family,
            **_common(number, "product"),
        }
        for number, (product_id, name, kind, unit, family) in enumerate(named)
    ]


def meter_rows() -> list[Row]:
    """Rows of `meters`; input tokens contain the cached ones."""
    rows: list[Row] = []
    for family in FAMILIES:
        for part in TOKEN_PARTS:
            contained = f"{family}_cached" if part == "input" else None
            rows.append(
                {
                    "meter_id": f"{family}_{part}",
                    "product_id": f"api_{family}",
                    "aggregation": "sum",
                    "unit_code": "TOKEN",
                    "contains_meter_id": contained,
                    **_common(len(rows), "meter"),
                }
            )
    for gauge, (aggregation, unit, _, _) in GAUGES.items():
        rows.append(
            {
                "meter_id": gauge,
                "product_id": f"metered_{gauge}",
                "aggregation": aggregation,
                "unit_code": unit,
                **_common(len(rows), "meter"),
            }
        )
    return rows


def selling_price_rows() -> list[Row]:
    """Rows of `standalone_selling_prices`: a point and a range per currency."""
    rows: list[Row] = []
    for currency in FROM_USD:
        listed = MONTHLY_FEES | {"appliance": APPLIANCE_PRICE}
        points = [
            (name, list_price(Decimal(price), currency), 1)
            for name, price in listed.items()
        ]
        for family in FAMILIES:
            blended = quantize(4 * FROM_USD[currency], 9)
            points.append((f"api_{family}", blended, MILLION))
        for gauge, (_, _, dollars, per_quantity) in GAUGES.items():
            rate = quantize(Decimal(dollars) * FROM_USD[currency], 9)
            points.append((f"metered_{gauge}", rate, per_quantity))
        for product_id, point, per_quantity in points:
            rows.append(
                {
                    "ssp_id": f"ssp_{product_id}_{currency.lower()}",
                    "product_id": product_id,
                    "scope_type": "global",
                    "currency": currency,
                    "rate_amount": point,
                    "rate_per_quantity": per_quantity,
                    "range_low": quantize(point * Decimal("0.90"), 9),
                    "range_high": quantize(point * Decimal("1.10"), 9),
                    "method": "observable",
                    **_common(len(rows), "ssp"),
                }
            )
    return rows
