"""Prices that are not so much a unit: one metered line for each price model."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from inference_revenue.simulate.money import to_minor
from inference_revenue.simulate.specials.deal import Cells, Deal
from inference_revenue.simulate.specials.rating import (
    Tier,
    graduated,
    packages,
    volume,
)

SCOPES = ("billing_period", "month", "event", "quarter", "year", "contract_to_date")
ROUNDINGS = ("up", "down", "nearest")
THOUSAND = 1_000
ZERO = Fraction(0)


def tiers(deal: Deal) -> None:
    """Metered lines at every price model, invoiced after each month of service."""
    deal.agree(None if deal.number % 2 else 12)
    money = deal.money
    steps: list[Tier] = [
        (20_000, money("2.00") / THOUSAND, Decimal(0)),
        (60_000, money("1.50") / THOUSAND, money(5)),
        (None, money("1.00") / THOUSAND, Decimal(0)),
    ]
    totals = {40: money(80), 90: money(150)}
    size, rounding = 500, ROUNDINGS[deal.number % 3]
    rated: dict[str, tuple[str, Callable[[list[int]], Fraction]]] = {
        "batch": (
            _tiered(deal, "graduated", steps),
            _charged(deal, "graduated", graduated, steps),
        ),
        "vision": (
            _tiered(deal, "volume", steps),
            _charged(deal, "volume", volume, steps),
        ),
        "requests": (
            deal.price("flat", "flat", [{"flat_amount": money(45)}], deal.currency),
            lambda _: Fraction(money(45)),
        ),
        "spend": (
            deal.price(
                "percent",
                "percent",
                [
                    {
                        "rate_amount": Decimal("2.5"),
                        "rate_per_quantity": 100,
                        "minimum_amount": money(3),
                        "maximum_amount": money(900),
                    }
                ],
                deal.currency,
            ),
            lambda found: max(
                Fraction(money(3)),
                min(Fraction(sum(found)) / 40, Fraction(money(900))),
            ),
        ),
        "people": (_threshold(deal, totals), lambda _: Fraction(totals[40])),
        "jobs": (
            deal.price("as_rated", "as_rated", [{"tier_no": 1}], deal.currency),
            lambda found: sum((_as_rated(deal, one) for one in found), Fraction(0)),
        ),
    }
    for number, meter in enumerate(("pages", "audio", "workers")):
        rule = ROUNDINGS[(deal.number + number) % 3] if number else rounding
        package = {
            "rate_amount": money("1.20"),
            "package_size": size,
            "package_rounding": rule,
            "included_quantity": 0,
        }
        price_id = deal.price(f"package_{meter}", "package", [package], deal.currency)
        rated[meter] = (price_id, _packaged(size, rule, money("1.20"), meter))
    for number, (meter, (price_id, amount)) in enumerate(rated.items()):
        line_id = deal.line(
            meter,
            "usage",
            product_id=deal.edition.product("inference"),
            price_id=price_id,
            meter_id=deal.edition.meter(meter),
            billing_timing="arrears",
            billing_interval=("month", "quarter", "month", "once")[number % 4]
            if meter == "people"
            else "month",
        )
        for month in range(min(deal.months, 8)):
            _month(deal, month, meter, line_id, price_id, amount)


def _month(
    deal: Deal,
    month: int,
    meter: str,
    line_id: str,
    price_id: str,
    amount: Callable[[list[int]], Fraction],
) -> None:
    found = []
    for number, at in enumerate(deal.moments(month, 7)):
        quantity = deal.rng.randrange(600, 14_000)
        cells: Cells = {}
        if meter == "people":
            quantity, cells = 1, {"dim_1_value": f"person_{number % 5}"}
        elif meter == "workers":
            quantity = quantity // 9
        elif meter == "jobs":
            value = _as_rated(deal, quantity)
            rated = Decimal(value.numerator) / value.denominator
            cells = {"rated_amount": rated, "rated_currency": deal.currency}
        deal.use(line_id, meter, at, quantity, **cells)
        found.append(quantity)
    exact = amount(found)
    net = to_minor(Decimal(exact.numerator) / exact.denominator, deal.currency)
    line: Cells = {
        "line_kind": "usage",
        "line_id": line_id,
        "product_id": deal.edition.product("inference"),
        "price_id": price_id,
        "meter_id": deal.edition.meter(meter),
        "quantity": Decimal(max(found) if meter == "workers" else sum(found)),
        "net_amount": net,
        "period": (deal.day(month), deal.day(month + 1)),
    }
    deal.bill(deal.at(deal.day(month + 1, 1), 9), [line])


def _tiered(deal: Deal, model: str, steps: list[Tier]) -> str:
    """A price whose tiers start where the one before ends."""
    rows: list[Cells] = []
    start = 0
    for up_to, rate, flat in steps:
        row: Cells = {
            "tier_from": start,
            "tier_to": up_to,
            "rate_amount": rate * THOUSAND,
            "rate_per_quantity": THOUSAND,
            "flat_amount": flat,
            "tier_scope": _scope(deal, model),
        }
        rows.append(row)
        start = up_to or start
    return deal.price(model, model, rows, deal.currency)


def _scope(deal: Deal, model: str) -> str:
    """Over what a price of this deal counts."""
    return SCOPES[(deal.number + (0 if model == "graduated" else 3)) % 6]


def _threshold(deal: Deal, totals: dict[int, Decimal]) -> str:
    """A total for up to so many people, another beyond."""
    (first, low), (second, high) = totals.items()
    rows: list[Cells] = [
        {"tier_from": 0, "tier_to": first, "flat_amount": low},
        {"tier_from": first, "tier_to": second, "flat_amount": high},
        {"tier_from": second, "tier_to": None, "flat_amount": high * 2},
    ]
    return deal.price("threshold", "threshold_total", rows, deal.currency)


def _charged(
    deal: Deal,
    model: str,
    rule: Callable[[Fraction, list[Tier]], Fraction],
    steps: list[Tier],
) -> Callable[[list[int]], Fraction]:
    """What the use of a month is invoiced at, or each of it where nothing counts on."""
    if _scope(deal, model) == "event":
        return lambda found: sum((rule(Fraction(one), steps) for one in found), ZERO)
    return lambda found: rule(Fraction(sum(found)), steps)


def _packaged(
    size: int, rounding: str, rate: Decimal, meter: str
) -> Callable[[list[int]], Fraction]:
    """Packages of the sum, or of the most at once where the meter counts that."""
    whole = max if meter == "workers" else sum
    return lambda found: (
        Fraction(packages(Fraction(whole(found)), size, rounding)) * Fraction(rate)
    )


def _as_rated(deal: Deal, quantity: int) -> Fraction:
    """What the gateway itself said a job cost."""
    cents = deal.money("0.50")
    return Fraction(cents) * (1 + quantity % 7)
