"""How a price is shared out among promises, exactly: by what each would cost alone.

A fee within the range of its list price is what it would cost alone. For a fee outside
the range, and for what is sold for nothing, the list price is. Shares are whole minor
units: quotas are cut down to them, and the units that are left go one each to the
promises that lost most by the cut.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from inference_revenue.simulate.money import MINOR_UNITS
from inference_revenue.simulate.specials.editions import list_range


def cost_alone(
    product: str, currency: str, stated: Decimal, quantity: int = 1
) -> Fraction:
    """What a quantity of a product costs without the rest of the order."""
    low, point, high = (one * quantity for one in list_range(product, currency))
    if stated and low <= stated <= high:
        return Fraction(stated)
    return Fraction(point)


def share_out(
    price: Decimal, alone: Mapping[str, Fraction], currency: str
) -> dict[str, Fraction]:
    """The share of each promise in a price of whole minor units."""
    unit = Fraction(1, 10 ** MINOR_UNITS[currency])
    whole = sum(alone.values(), Fraction(0))
    quotas = {
        name: Fraction(price) / unit * cost / whole for name, cost in alone.items()
    }
    units = {
        name: quota.numerator // quota.denominator for name, quota in quotas.items()
    }
    left = int(Fraction(price) / unit) - sum(units.values())
    most_cut = sorted(quotas, key=lambda name: (units[name] - quotas[name], name))
    for name in most_cut[:left]:
        units[name] += 1
    return {name: count * unit for name, count in units.items()}
