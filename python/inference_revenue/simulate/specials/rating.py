"""What use costs at the price models, for the invoices of the special deals."""

from decimal import Decimal
from fractions import Fraction

Tier = tuple[int | None, Decimal, Decimal]
"""Up to and including how many units (None: no limit), rate of a unit, flat amount."""


def graduated(quantity: Fraction, tiers: list[Tier]) -> Fraction:
    """Each unit at the rate of its own tier, and each tier reached with its amount."""
    amount, below = Fraction(0), Fraction(0)
    for up_to, rate, flat in tiers:
        if quantity > below:
            within = quantity if up_to is None else min(quantity, Fraction(up_to))
            amount += (within - below) * Fraction(rate) + Fraction(flat)
            below = within
    return amount


def volume(quantity: Fraction, tiers: list[Tier]) -> Fraction:
    """All units at the rate of the tier that was reached."""
    for up_to, rate, flat in tiers:
        if up_to is None or quantity <= up_to:
            return quantity * Fraction(rate) + Fraction(flat)
    raise ValueError("the last tier has a limit")


def packages(quantity: Fraction, size: int, rounding: str) -> int:
    """How many packages so many units are."""
    whole, rest = divmod(quantity, size)
    if rounding == "up":
        return int(whole) + (rest > 0)
    if rounding == "nearest":
        return int(whole) + (2 * rest >= size)
    return int(whole)
