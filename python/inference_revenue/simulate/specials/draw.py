"""Draws the special deals of a company."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from inference_revenue.simulate.customers import (
    FIRST_KNOWN_AT,
    MARKET_PATTERN,
    MARKETS,
    Customer,
)
from inference_revenue.simulate.sizes import Size
from inference_revenue.simulate.specials.changes import lives, modified
from inference_revenue.simulate.specials.commitments import commitments
from inference_revenue.simulate.specials.deal import Cells, Deal
from inference_revenue.simulate.specials.editions import (
    EDITIONS,
    Edition,
    special_meters,
    special_products,
    special_selling_prices,
)
from inference_revenue.simulate.specials.incentives import incentives
from inference_revenue.simulate.specials.judged import advances, doubts, drafts, idle
from inference_revenue.simulate.specials.lots import Wallet
from inference_revenue.simulate.specials.orders import (
    Promised,
    licences,
    rights,
    suites,
)
from inference_revenue.simulate.specials.outcomes import outcomes
from inference_revenue.simulate.specials.plans import plans, rentals
from inference_revenue.simulate.specials.prepaid import packs, wallets
from inference_revenue.simulate.specials.projects import bundles, projects
from inference_revenue.simulate.specials.remedies import remedies
from inference_revenue.simulate.specials.segments import Fee
from inference_revenue.simulate.specials.tiers import tiers
from inference_revenue.simulate.specials.works import Work
from inference_revenue.simulate.tables import Row
from inference_revenue.simulate.timeline import Timeline, add_months

COPIES = len(EDITIONS)
MOST_COPIES = 60

PLAIN_PROGRAMMES: dict[str, Callable[[Deal], object]] = {
    "wallets": wallets,
    "commitments": commitments,
    "plans": plans,
    "rentals": rentals,
    "tiers": tiers,
    "outcomes": outcomes,
    "bundles": bundles,
    "incentives": incentives,
    "lives": lives,
    "remedies": remedies,
    "advances": advances,
    "doubts": doubts,
    "idle": idle,
    "drafts": drafts,
}

SHARED_PROGRAMMES: dict[str, Callable[[Deal], Promised]] = {
    "suites": suites,
    "rights": rights,
    "licences": licences,
}

CATALOGUE = {
    "products": special_products,
    "standalone_selling_prices": special_selling_prices,
    "meters": special_meters,
}


@dataclass(frozen=True)
class Specials:
    """Rows by table, and what follows from some of the deals."""

    deals: list[Deal]
    customers: list[Cells]
    editions: int
    wallets: list[tuple[Deal, Wallet]]
    fees: list[tuple[Deal, list[Fee]]]
    works: list[tuple[Deal, list[Work]]]
    promised: list[tuple[Deal, Promised]]

    def rows(self, table: str) -> list[Row]:
        """All rows of one table, in the order of deals."""
        rows: list[Row] = []
        if table == "customers":
            rows += self.customers
        elif table in CATALOGUE:
            rows += CATALOGUE[table](self.editions)
        for deal in self.deals:
            rows += deal.tables.get(table, [])
        return rows


def copies(size: Size) -> int:
    """How many deals of each programme: one, or from a hundred contracts on a dozen."""
    if size.contracts < 100:
        return 1
    return min(MOST_COPIES, max(COPIES, size.contracts // 50))


def draw_specials(size: Size, timeline: Timeline, seed: int) -> Specials:
    """The deals of every programme; each has a stream of random numbers of its own."""
    specials = Specials([], [], min(copies(size), COPIES), [], [], [], [])
    for number in range(copies(size)):
        for programme in (
            "packs",
            "modified",
            "projects",
            *PLAIN_PROGRAMMES,
            *SHARED_PROGRAMMES,
        ):
            deal = _deal(programme, number, timeline, seed)
            specials.deals.append(deal)
            specials.customers.extend(_customers(deal))
            if programme == "packs":
                specials.wallets.append((deal, packs(deal)))
            elif programme == "modified":
                specials.fees.append((deal, modified(deal)))
            elif programme == "projects":
                specials.works.append((deal, projects(deal)))
            elif programme in SHARED_PROGRAMMES:
                specials.promised.append((deal, SHARED_PROGRAMMES[programme](deal)))
            else:
                PLAIN_PROGRAMMES[programme](deal)
    return specials


def _deal(programme: str, number: int, timeline: Timeline, seed: int) -> Deal:
    market = MARKET_PATTERN[number % len(MARKET_PATTERN)]
    entity_id, currency, jurisdictions = MARKETS[market]
    customer = Customer(
        customer_id=f"cus_{programme}_{number + 1:03d}",
        entity_id=entity_id,
        currency=currency,
        jurisdiction=jurisdictions[number % len(jurisdictions)],
        is_top=False,
    )
    # early enough that the story of most deals is over by the as-of
    month = number % max(1, timeline.months // 3)
    start = add_months(timeline.first_month, month)
    if number % 3 == 2:
        start += timedelta(days=14)
    rng = Random(f"{seed}/specials/{programme}/{number}")
    edition = Edition(EDITIONS[number % len(EDITIONS)])
    return Deal(programme, number, customer, start, timeline, edition, rng)


def _customers(deal: Deal) -> Iterable[Cells]:
    """The account, and those that join its pool or take its contract over."""
    row: Cells = {
        "customer_id": deal.customer.customer_id,
        "name": f"{deal.edition.name.title()} {deal.programme.title()} Company",
        "jurisdiction": deal.customer.jurisdiction,
        "customer_class": "special",
        "source_system": "crm",
        "recorded_at": FIRST_KNOWN_AT + timedelta(minutes=deal.number),
        "source_ref": f"crm/account/{deal.contract_id}",
    }
    if deal.programme == "wallets":
        row["credit_pool_id"] = f"pool_{deal.number + 1:03d}"
        yield {**row, "customer_id": f"{deal.customer.customer_id}_pool"}
    if deal.programme == "lives":
        yield {**row, "customer_id": f"{deal.customer.customer_id}_heir"}
    yield row
