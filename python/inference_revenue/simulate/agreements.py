"""Draws the contracts: one of every role that a close must tell apart, then plain ones.

A role is a peculiarity (late paper, no approval, a doubtful payer, a good in two
deliveries ...). Each role is given to at least one contract, whatever the size, so that
a small company exercises the same rules as a large one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from random import Random

from inference_revenue.simulate.approvals import approve
from inference_revenue.simulate.catalogue import (
    APPLIANCE_PRICE,
    FAMILIES,
    GAUGES,
    MONTHLY_FEES,
    TOKEN_PARTS,
    token_price_id,
)
from inference_revenue.simulate.customers import Customer
from inference_revenue.simulate.money import list_price, to_minor
from inference_revenue.simulate.sizes import Size
from inference_revenue.simulate.terms import (
    INTERVAL_MONTHS,
    Contract,
    FeeLine,
    UsageLine,
)
from inference_revenue.simulate.timeline import Timeline, add_months, local_midnight

ROLES = {
    "merged_source": ("usage", 0.003),
    "merged_target": ("usage", 0.003),
    "twin_one": ("usage", 0.003),
    "twin_two": ("usage", 0.003),
    "newcomer": ("usage", 0.003),
    "late_paper": ("hybrid", 0.02),
    "unapproved": ("usage", 0.005),
    "unapproved_paid": ("fees", 0.003),
    "clickwrap": ("usage", 0.05),
    "conduct": ("usage", 0.01),
    "agent": ("usage", 0.02),
    "agent_without_mandate": ("usage", 0.003),
    "agent_ratified": ("usage", 0.003),
    "collectability_0.92": ("usage", 0.005),
    "collectability_0.65": ("usage", 0.005),
    "collectability_0.45": ("usage", 0.005),
    "good": ("good", 0.02),
    "good_in_two_deliveries": ("good", 0.005),
    "starts_on_31st": ("hybrid", 0.01),
    "leap_term_prepaid": ("fees", 0.005),
    "leap_term_yearly": ("fees", 0.005),
    "metered": ("usage", 0.03),
    "month_to_month": ("hybrid", 0.04),
    "month_to_month_ended": ("hybrid", 0.02),
    "churned": ("usage", 0.08),
    "custom_price": ("usage", 0.03),
    "discounted": ("usage", 0.06),
}
"""Role: what it sells (usage, fees, hybrid = both, good), share of the contracts."""

PLANS = (
    ("once", "advance"),
    ("month", "advance"),
    ("quarter", "arrears"),
)
"""How the fee of a twelve-month term is charged."""

_FROM_THE_FIRST_DAY = (
    "top",
    "metered",
    "merged_source",
    "merged_target",
    "twin_one",
    "twin_two",
)
_OWN_CUSTOMER = ("merged_source", "merged_target", "twin_one", "newcomer")


@dataclass(frozen=True)
class Agreements:
    """All contracts, and the accounts that were merged."""

    contracts: list[Contract]
    merges: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Old account, account that took it over, from when."""


def draw_agreements(
    size: Size, timeline: Timeline, customers: Sequence[Customer], rng: Random
) -> Agreements:
    """Make the contracts of the company, exactly as many as asked for."""
    writer = _Writer(timeline, rng)
    ordinary = [customer for customer in customers if not customer.is_top]
    top = [customer for customer in customers if customer.is_top]
    contracts = [writer.write(customer, "top", "usage") for customer in top]
    free = iter(ordinary)
    shared = cycle(ordinary[len(_own(size)) :])
    merges: list[tuple[str, str, datetime]] = []
    for role, sells in _roles(size):
        if role in _OWN_CUSTOMER:
            customer = next(free)
        elif role == "twin_two":
            customer = contracts[-1].customer
        else:
            customer = next(shared)
        contract = writer.write(customer, role, sells)
        if role == "merged_target":
            source = contracts[-1]
            at = source.terminated or timeline.end
            zone = source.entity.time_zone
            merges.append(
                (
                    source.customer.customer_id,
                    customer.customer_id,
                    local_midnight(at, zone),
                )
            )
        contracts.append(contract)
    while len(contracts) < size.contracts:
        draw = rng.random()
        sells = "usage" if draw < 0.35 else "hybrid" if draw < 0.85 else "fees"
        contract = writer.write(next(shared), "plain", sells)
        contracts.append(contract)
        renewed = contract.end is not None and contract.end < timeline.end
        if renewed and rng.random() < 0.7 and len(contracts) < size.contracts:
            contracts.append(writer.renew(contract))
    return Agreements(_unambiguous(contracts), merges)


def _roles(size: Size) -> Iterator[tuple[str, str]]:
    """Each role as often as its share asks, pairs of merged and twins together."""
    paired = ("merged_source", "merged_target", "twin_one", "twin_two")
    pairs = max(1, round(0.003 * size.contracts))
    for first, second in (paired[:2], paired[2:]):
        for _ in range(pairs):
            yield first, ROLES[first][0]
            yield second, ROLES[second][0]
    for role, (sells, share) in ROLES.items():
        if role not in paired:
            for _ in range(max(1, round(share * size.contracts))):
                yield role, sells


def _own(size: Size) -> list[str]:
    return [role for role, _ in _roles(size) if role in _OWN_CUSTOMER]


def _unambiguous(contracts: list[Contract]) -> list[Contract]:
    """Events name the contract where their customer has two with the same meters."""
    served: dict[tuple[str, str | None], int] = {}
    for contract in contracts:
        key = (contract.customer.customer_id, contract.family)
        served[key] = served.get(key, 0) + 1
    return [
        replace(contract, addressing="contract")
        if contract.addressing == "customer"
        and served[contract.customer.customer_id, contract.family] > 1
        else contract
        for contract in contracts
    ]


class _Writer:
    """Writes one contract after another, numbering them."""

    def __init__(self, timeline: Timeline, rng: Random) -> None:
        self.timeline = timeline
        self.rng = rng
        self.count = 0

    def write(self, customer: Customer, role: str, sells: str) -> Contract:
        """One contract of a role; ``sells`` is usage, fees, hybrid or good."""
        self.count += 1
        contract_id = f"ctr_{self.count:06d}"
        start = self._start(role)
        plan, months = self._plan(role, sells)
        end = add_months(start, months) if months else None
        contract = Contract(
            contract_id=contract_id,
            customer=customer,
            role=role,
            start=start,
            end=end,
            terminated=self._terminated(role, start),
            is_cancellable=end is None,
            approval=approve(role, start, customer, self.rng),
            addressing=self._addressing(role),
            weight=self.rng.lognormvariate(0, 1),
            payment_terms_days=self.rng.choice((0, 15, 30, 30, 30, 45, 60)),
            bills_fine=self.rng.random() < 0.4,
        )
        if sells in ("fees", "hybrid"):
            contract = replace(contract, fees=self._fees(contract, plan))
        if sells in ("usage", "hybrid"):
            contract = self._with_usage(contract)
        if sells == "good":
            contract = self._with_good(contract)
        return contract

    def renew(self, old: Contract) -> Contract:
        """The same lines for another term from the day the old contract ends."""
        assert old.end is not None
        self.count += 1
        contract_id = f"ctr_{self.count:06d}"
        end = add_months(old.end, 12)

        def renamed(line_id: str) -> str:
            return line_id.replace(old.contract_id, contract_id)

        return replace(
            old,
            contract_id=contract_id,
            role="renewal",
            start=old.end,
            end=end,
            approval=approve("renewal", old.end, old.customer, self.rng),
            fees=tuple(
                replace(fee, line_id=renamed(fee.line_id), start=old.end, end=end)
                for fee in old.fees
            ),
            tokens=tuple(
                replace(line, line_id=renamed(line.line_id)) for line in old.tokens
            ),
            renews_contract_id=old.contract_id,
        )

    def _start(self, role: str) -> date:
        first = self.timeline.first_month
        if role in _FROM_THE_FIRST_DAY:
            return first
        if role == "newcomer":
            return add_months(first, 1) + timedelta(days=14)
        if role == "starts_on_31st":
            return first + timedelta(days=30)
        if role.startswith("leap_term"):
            return add_months(first, 2) + timedelta(days=14)
        if role != "plain":
            month = self.rng.randrange(max(1, self.timeline.months // 4))
            return add_months(first, month) + timedelta(days=self.rng.randrange(28))
        if self.rng.random() < 0.55:
            return first
        month = self.rng.randrange(max(1, self.timeline.months * 4 // 5))
        day = 30 if self.rng.random() < 0.1 else self.rng.randrange(28)
        start = add_months(first, month)
        return min(start + timedelta(days=day), add_months(start, 1) - timedelta(1))

    def _plan(self, role: str, sells: str) -> tuple[tuple[str, str], int]:
        """How fees are charged, and the months of the term (0: until cancelled)."""
        if role == "leap_term_prepaid":
            return ("once", "advance"), 36
        if role == "leap_term_yearly":
            return ("year", "advance"), 36
        if role.startswith("month_to_month"):
            return ("month", "advance"), 0
        if role == "starts_on_31st":
            return ("month", "advance"), 12
        if sells in ("fees", "hybrid"):
            return self.rng.choice(PLANS), 12
        return ("once", "on_delivery"), 12 if sells == "good" else 0

    def _terminated(self, role: str, start: date) -> date | None:
        months = self.timeline.months
        day = None
        if role == "merged_source":
            day = self.timeline.month(months // 2)
        elif role == "month_to_month_ended":
            day = add_months(start, max(2, months // 2))
        elif role == "churned":
            day = start + timedelta(days=self.rng.randrange(45, 45 + months * 18))
        return day if day is not None and day < self.timeline.end else None

    def _addressing(self, role: str) -> str:
        if role in ("merged_source", "merged_target", "twin_one", "metered"):
            return "line"
        if role == "twin_two":
            return "contract"
        if role == "newcomer":
            return "customer"
        return self.rng.choice(("line", "line", "contract", "customer"))

    def _fees(self, contract: Contract, plan: tuple[str, str]) -> tuple[FeeLine, ...]:
        tier = self.rng.randrange(3)
        products = [("platform_team", "platform_business", "platform_enterprise")[tier]]
        if self.rng.random() < 0.6:
            products.append(("support_standard", "support_premium")[tier > 0])
        interval, timing = plan
        term = (contract.end or contract.start).year - contract.start.year
        months = INTERVAL_MONTHS.get(interval, 12 * max(1, term))
        lines = []
        for product in products:
            monthly = list_price(Decimal(MONTHLY_FEES[product]), contract.currency)
            # within the price study's range, so that what is stated is what it is worth
            share = Decimal(self.rng.randrange(9_200, 10_800)) / 10_000
            lines.append(
                FeeLine(
                    line_id=f"{contract.contract_id}.{product}",
                    product_id=product,
                    amount=to_minor(monthly * months * share, contract.currency),
                    interval=interval,
                    timing=timing,
                    start=contract.start,
                    end=contract.last,
                    quantity=months,
                )
            )
        return tuple(lines)

    def _with_usage(self, contract: Contract) -> Contract:
        family = self.rng.choices(FAMILIES, (60, 25, 15))[0]
        if contract.role.startswith("twin"):
            family = "swift"
        discount = None
        if contract.role == "discounted":
            discount = Decimal(self.rng.choice(("0.1", "0.125", "0.15", "0.2")))
        contract_id, currency = contract.contract_id, contract.currency

        def price_id(part: str) -> str:
            if contract.role in ("custom_price", "top"):
                return f"custom_{contract_id}_{part}"
            return token_price_id(family, part, currency)

        tokens = tuple(
            UsageLine(
                line_id=f"{contract_id}.{part}",
                meter_id=f"{family}_{part}",
                product_id=f"api_{family}",
                price_id=price_id(part),
                discount_rate=discount,
            )
            for part in TOKEN_PARTS
        )
        gauges = tuple(
            UsageLine(
                line_id=f"{contract_id}.{gauge}",
                meter_id=gauge,
                product_id=f"metered_{gauge}",
                price_id=f"list_{gauge}_{currency.lower()}",
            )
            for gauge in (GAUGES if contract.role == "metered" else ())
        )
        return replace(contract, family=family, tokens=tokens, gauges=gauges)

    def _with_good(self, contract: Contract) -> Contract:
        pieces = self.rng.randrange(2, 9)
        unit = list_price(Decimal(APPLIANCE_PRICE), contract.currency)
        good = FeeLine(
            line_id=f"{contract.contract_id}.appliance",
            product_id="appliance",
            amount=unit * pieces,
            interval="once",
            timing="on_delivery",
            start=contract.start,
            end=None,
            quantity=pieces,
        )
        first = contract.start + timedelta(days=self.rng.randrange(10, 40))
        deliveries: tuple[tuple[date, int], ...] = ((first, pieces),)
        if contract.role == "good_in_two_deliveries":
            later = first + timedelta(days=35)
            deliveries = ((first, pieces // 2), (later, pieces - pieces // 2))
        return replace(contract, good=good, deliveries=deliveries)
