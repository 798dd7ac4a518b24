"""What the special deals sell: twelve editions of one product line."""

from dataclasses import dataclass
from decimal import Decimal

from inference_revenue.simulate.catalogue import KNOWN_AT
from inference_revenue.simulate.money import FROM_USD, quantize
from inference_revenue.simulate.tables import Row

EDITIONS = (
    "starter growth scale enterprise health finance retail research education "
    "public media industry"
).split()

PRODUCTS = {
    "platform": ("access", "MONTH", "95", "observable"),
    "inference": ("usage", "TOKEN", None, "observable"),
    "resolution": ("outcome", "OUTCOME", "0.99", "market"),
    "weights": ("licence", "LICENCE", "24000", "residual"),
    "onboarding": ("service", "PROJECT", "8000", "cost_plus"),
    "tuning": ("service", "PROJECT", "8000", "cost_plus"),
    "migration": ("service", "HOUR", "25", "observable"),
    "training": ("service", "PROJECT", "2500", "market"),
    "care": ("support", "MONTH", "300", "observable"),
    "node": ("good", "PIECE", "2500", "observable"),
    "credits": ("credit_pack", "CREDIT", "0.10", "observable"),
    "renewal": ("option", "RIGHT", "900", "cost_plus"),
    "provisioning": ("setup", "PROJECT", None, "observable"),
    "suite": ("bundle", "MONTH", "1900", "market"),
}
"""Product of an edition: kind, unit, dollars alone, how that is known."""
COMPONENTS = ("platform", "care", "node", "weights")
"""What a suite is made of."""

METERS = {
    "tokens": ("sum", "TOKEN", "nearest"),
    "requests": ("count", "REQUEST", None),
    "workers": ("max", "WORKER", "up"),
    "quota": ("last", "UNIT", "down"),
    "people": ("unique", "USER", None),
    "archive": ("time_weighted", "GB", None),
}
"""Meter of an edition: aggregation, unit, rounding of its quantity."""
TOKEN_METERS = ("tokens", "batch", "vision", "audio", "pages", "spend", "jobs", "burn")
"""Meters that add up, one for each price that is to be told apart."""


@dataclass(frozen=True)
class Edition:
    """The names of one edition's products and meters."""

    name: str

    def product(self, what: str) -> str:
        """Id of one of PRODUCTS."""
        return f"{self.name}-{what}"

    def meter(self, what: str) -> str:
        """Id of one of METERS or TOKEN_METERS."""
        return f"{self.name}.{what}"


def special_products(editions: int) -> list[Row]:
    """Rows of `products` of the first editions."""
    return [
        {
            "product_id": edition.product(what),
            "name": f"{what.title()} {name.title()}",
            "product_kind": kind,
            "unit_code": unit,
            "family": name,
            "component_product_ids": "|".join(map(edition.product, COMPONENTS))
            if kind == "bundle"
            else None,
            **_known(f"product/{name}/{what}"),
        }
        for name in EDITIONS[:editions]
        for edition in [Edition(name)]
        for what, (kind, unit, _, _) in PRODUCTS.items()
    ]


def list_range(what: str, currency: str) -> tuple[Decimal, Decimal, Decimal]:
    """The lowest, usual and highest price of one of PRODUCTS when it is sold alone."""
    _, unit, dollars, _ = PRODUCTS[what]
    if dollars is None:
        raise LookupError(f"{what} is not sold alone")
    point = quantize(Decimal(dollars) * FROM_USD[currency], 9)
    # projects differ in size, and so in price
    below, above = ("0.3", "1.3") if unit == "PROJECT" else ("0.85", "1.15")
    low, high = (quantize(point * Decimal(part), 9) for part in (below, above))
    return low, point, high


def special_selling_prices(editions: int) -> list[Row]:
    """Rows of `standalone_selling_prices`; a residual one states no amount."""
    rows: list[Row] = []
    for name in EDITIONS[:editions]:
        for what, (_, _, dollars, method) in PRODUCTS.items():
            for currency in FROM_USD:
                if dollars is None:
                    continue
                low, point, high = list_range(what, currency)
                ranged = {
                    "rate_amount": point,
                    "range_low": low,
                    "range_high": high,
                }
                rows.append(
                    {
                        "ssp_id": f"ssp_{name}_{what}_{currency.lower()}",
                        "product_id": Edition(name).product(what),
                        "scope_type": "global",
                        "currency": currency,
                        "rate_per_quantity": 1,
                        "method": method,
                        **({} if method == "residual" else ranged),
                        **_known(f"ssp/{name}/{what}"),
                    }
                )
    return rows


def special_meters(editions: int) -> list[Row]:
    """Rows of `meters`."""
    summed = dict.fromkeys(TOKEN_METERS, ("sum", "TOKEN", None))
    return [
        {
            "meter_id": Edition(name).meter(meter),
            "product_id": Edition(name).product("inference"),
            "aggregation": aggregation,
            "unit_code": unit,
            "rounding": rounding,
            **_known(f"meter/{name}/{meter}"),
        }
        for name in EDITIONS[:editions]
        for meter, (aggregation, unit, rounding) in (summed | METERS).items()
    ]


def _known(ref: str) -> dict[str, object]:
    return {
        "source_system": "catalogue",
        "recorded_at": KNOWN_AT,
        "source_ref": f"catalogue/{ref}",
    }
