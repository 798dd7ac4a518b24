"""Who the company sells to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from inference_revenue.simulate.sizes import Size
from inference_revenue.simulate.tables import Row

FIRST_KNOWN_AT = datetime(2024, 6, 3, 9)
"""When the oldest customers were entered, long before the first month simulated."""

MARKETS = {
    "us": ("us_inc", "USD", ("US-NY", "US-CA", "US-TX", "US-WA")),
    "jp": ("us_inc", "JPY", ("JP",)),
    "kw": ("us_inc", "KWD", ("KW",)),
    "eu": ("eu_gmbh", "EUR", ("DE", "FR", "NL", "DE")),
    "eu_dollar": ("eu_gmbh", "USD", ("CH", "GB")),
}
"""Market: entity that contracts, contract currency, jurisdictions."""

MARKET_PATTERN = (
    "us eu us jp us eu us kw us us eu us eu_dollar us eu us jp us eu us".split()
)

TAX_RATES = {
    "US-NY": Decimal("0.08875"),
    "US-TX": Decimal("0.0625"),
    "JP": Decimal("0.10"),
    "DE": Decimal("0.19"),
}
"""Tax added to invoices; the other jurisdictions charge none."""

_FIRST = "Amber Birch Cedar Delta Ember Fjord Garnet Harbor Indigo Juniper".split()
_SECOND = "Analytics Robotics Health Logistics Studio Legal Games Energy Bank".split()


@dataclass(frozen=True)
class Customer:
    """One account, and what its contracts take from it."""

    customer_id: str
    entity_id: str
    currency: str
    jurisdiction: str
    is_top: bool
    """One of the few whose usage is most of the company's."""

    @property
    def tax_rate(self) -> Decimal:
        """Share added to the net amount of its invoices."""
        return TAX_RATES.get(self.jurisdiction, Decimal(0))


def draw_customers(size: Size) -> list[Customer]:
    """Make the accounts; the first twentieth (at least one) are the top ones."""
    top = top_count(size.customers)
    customers = []
    for number in range(size.customers):
        market = "us" if number < top else MARKET_PATTERN[number % len(MARKET_PATTERN)]
        entity_id, currency, jurisdictions = MARKETS[market]
        customers.append(
            Customer(
                customer_id=f"cus_{number + 1:05d}",
                entity_id=entity_id,
                currency=currency,
                jurisdiction=jurisdictions[number // 3 % len(jurisdictions)],
                is_top=number < top,
            )
        )
    return customers


def top_count(customers: int) -> int:
    """How many customers the top five per cent are."""
    return max(1, -(-customers // 20))


def customer_rows(
    customers: Sequence[Customer],
    merges: Sequence[tuple[str, str, datetime]],
    rng: Random,
) -> list[Row]:
    """Rows of `customers`: first versions, a few renamed later, merges last.

    ``merges`` holds (old account, account that took it over, from when).
    """
    rows: list[Row] = []
    for number, customer in enumerate(customers):
        first: dict[str, object] = {
            "customer_id": customer.customer_id,
            "name": f"{_FIRST[number % 10]} {_SECOND[number // 10 % 9]} {number + 1}",
            "jurisdiction": customer.jurisdiction,
            "customer_class": "enterprise" if customer.is_top else "growth",
            "source_system": "crm",
            "recorded_at": FIRST_KNOWN_AT + timedelta(minutes=number),
            "source_ref": f"crm/account/{number + 1}",
        }
        if number % 25 == 24:
            first["parent_customer_id"] = customers[number - 1].customer_id
        rows.append(first)
        if rng.random() < 0.02:
            renamed = f"{first['name']} Group"
            at = FIRST_KNOWN_AT + timedelta(days=90, minutes=number)
            rows.append({**first, "name": renamed, "recorded_at": at})
    latest = {row["customer_id"]: row for row in rows}
    for old, new, merged_at in merges:
        rows.append(
            {
                **latest[old],
                "merged_into_customer_id": new,
                "valid_from": merged_at,
                "recorded_at": merged_at - timedelta(days=2),
                "source_ref": f"crm/merge/{old}",
            }
        )
    return rows
