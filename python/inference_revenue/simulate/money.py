"""Exact amounts: whole minor units, rounded half away from zero."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

MINOR_UNITS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}

FROM_USD = {
    "USD": Decimal(1),
    "EUR": Decimal("0.92"),
    "JPY": Decimal(150),
    "KWD": Decimal("0.307"),
}
"""What a list price in dollars is multiplied by in another currency's price list."""


def quantize(amount: Decimal, places: int) -> Decimal:
    """Round to decimal places, half away from zero."""
    with localcontext() as context:
        context.prec = 60
        return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def to_minor(amount: Decimal, currency: str) -> Decimal:
    """Round an amount to whole minor units of its currency."""
    return quantize(amount, MINOR_UNITS[currency])


def list_price(dollars: Decimal, currency: str) -> Decimal:
    """A dollar list price in another currency, in whole minor units."""
    return to_minor(dollars * FROM_USD[currency], currency)
