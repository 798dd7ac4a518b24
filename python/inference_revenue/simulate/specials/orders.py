"""Order forms whose price is shared out: suites at a discount, rights, licences.

Nobody may leave these agreements early, and each is known before it starts, so that
its price is shared once and for all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from inference_revenue.simulate.specials.deal import HOUR, Cells, Deal
from inference_revenue.simulate.specials.segments import Fee
from inference_revenue.simulate.specials.shares import cost_alone, share_out
from inference_revenue.simulate.specials.works import Report, Work
from inference_revenue.simulate.timeline import local_day

YEAR = 12
FIRM = {"termination_right": "none", "termination_notice_days": None}
LEAST_RIGHT = Fraction(1, 20)
"""Of the price: what an option must be worth to be a right of its own."""

Promised = list[Fee | Work]


@dataclass(frozen=True)
class Part:
    """What an order form states for a product: dollars in all, and how many."""

    product: str
    dollars: int
    quantity: int
    monthly: bool = False


def suites(deal: Deal) -> Promised:
    """Access, support and an appliance: as one package, cut in price, or less a sum."""
    deal.agree(YEAR, **FIRM)
    offers = (
        (Part("platform", 0, 1), Part("care", 0, YEAR), Part("node", 0, 1)),
        (
            Part("platform", 720, 1, monthly=True),
            Part("care", 3_600, YEAR),
            Part("node", 0, 1),
        ),
        (
            Part("platform", 1_140, 1, monthly=True),
            Part("care", 3_600, YEAR),
            Part("node", 2_500, 1),
        ),
    )
    kind = deal.number % 3
    parts = offers[kind]
    package = _package(deal) if kind == 0 else None
    lines = {part.product: _line(deal, part, package) for part in parts}
    price = sum((deal.money(part.dollars) for part in parts), Decimal(0))
    if kind == 0:
        price = deal.money(5_800)
    if kind == 2:
        less = deal.money(900)
        price -= less
        deal.line("welcome", "discount", fixed_amount=-less, billing_timing="advance")
    _bill(deal, package or lines["care"], "care" if kind else "suite", price)
    installed = deal.day(0, 9)
    cells: Cells = {"measure": "units", "measure_value": 1}
    node = lines["node"]
    deal.delivery(node, "delivered", deal.at(deal.day(0, 6), 10), **cells)
    deal.delivery(node, "accepted", deal.at(installed, 10), **cells)
    shares = share_out(
        price,
        {
            # access for a year is twelve months of it
            part.product: cost_alone(
                part.product,
                deal.currency,
                deal.money(part.dollars),
                YEAR if part.product == "platform" else part.quantity,
            )
            for part in parts
        },
        deal.currency,
    )
    return [
        _access(deal, lines["platform"], shares["platform"], parts[0].monthly),
        _access(deal, lines["care"], shares["care"]),
        Work(node, shares["node"], (_report(deal, deal.at(installed, 10)),)),
    ]


def rights(deal: Deal) -> Promised:
    """Support for a year with a right to a cheap appliance, taken up or left to lapse.

    Every third right is worth too little beside the fee to be one.
    """
    deal.agree(YEAR, **FIRM)
    fee = deal.money(3_600)
    support = _line(deal, Part("care", 3_600, YEAR), None)
    _bill(deal, support, "care", fee)
    ends = deal.day(3)
    option = deal.line(
        "appliance",
        "option",
        product_id=deal.edition.product("renewal"),
        discount_rate=Decimal("0.4"),
        service_end=deal.midnight(ends),
    )
    likely = Decimal("0.15") if deal.number % 3 == 2 else Decimal("0.6")
    deal.estimate(
        "option_exercise",
        ("line", option),
        deal.start - timedelta(days=9),
        [likely],
        unit="rate",
        method="most_likely",
    )
    worth = cost_alone("renewal", deal.currency, Decimal(0)) * Fraction(likely)
    alone = {"care": Fraction(fee)}
    if worth > Fraction(fee) * LEAST_RIGHT:
        alone["right"] = worth
    shares = share_out(fee, alone, deal.currency)
    promised: Promised = [_access(deal, support, shares["care"])]
    # a right is there until just before it ends
    over = Report(ends - timedelta(days=1), deal.at(ends))
    if deal.number % 2:
        appliance = _appliance(deal, option)
        promised.append(appliance)
        over = appliance.reports[0]
    if "right" in shares:
        promised.append(Work(option, shares["right"], (over,)))
    return promised


def licences(deal: Deal) -> Promised:
    """A copy of a model: to be used only later, sent only later, or kept up to date."""
    deal.agree(YEAR, **FIRM)
    kind = deal.number % 3
    starts = deal.day(1) if kind == 0 else deal.start
    sent = deal.day(0, (12, 40, 5)[kind])
    fee = deal.money(18_000)
    weights = deal.line(
        "weights",
        "fixed_fee",
        product_id=deal.edition.product("weights"),
        fixed_amount=fee,
        amount_interval="once",
        billing_interval="once",
        service_start=deal.midnight(starts),
    )
    deal.delivery(weights, "licence_available", deal.at(sent, 10))
    _bill(deal, weights, "weights", fee)
    support = _line(deal, Part("care", 3_600, YEAR), None)
    earned: Fee | Work = _access(deal, weights, Fraction(fee))
    if kind == 2:
        _kept_up_to_date(deal)
    else:
        known_at = deal.at(sent, 10) + 3 * HOUR
        earned = Work(weights, Fraction(fee), (Report(max(starts, sent), known_at),))
    return [earned, _access(deal, support, Fraction(deal.money(3_600)))]


def _kept_up_to_date(deal: Deal) -> None:
    """What the licence gives is access to what becomes of the model."""
    memo = f"policy/memo/{deal.contract_id}"
    deal.elect("nature", "licence_nature", "symbolic", by="controller", source_ref=memo)


def _line(deal: Deal, part: Part, package: str | None) -> str:
    amount = deal.money(part.dollars) / (YEAR if part.monthly else 1)
    interval = "month" if part.monthly else "once"
    return deal.line(
        part.product,
        "fixed_fee",
        product_id=deal.edition.product(part.product),
        parent_line_id=package,
        quantity=part.quantity,
        fixed_amount=amount,
        amount_interval=interval,
        billing_timing="advance",
        billing_interval=interval,
    )


def _package(deal: Deal) -> str:
    return deal.line(
        "suite",
        "fixed_fee",
        product_id=deal.edition.product("suite"),
        quantity=1,
        fixed_amount=deal.money(5_800),
        amount_interval="once",
        billing_timing="advance",
        billing_interval="once",
    )


def _bill(deal: Deal, line_id: str, product: str, amount: Decimal) -> None:
    assert deal.end is not None
    line: Cells = {
        "line_kind": "fixed_fee",
        "line_id": line_id,
        "product_id": deal.edition.product(product),
        "net_amount": amount,
        "period": (deal.start, deal.end),
    }
    deal.bill(deal.at(deal.start, 9), [line])


def _access(deal: Deal, line_id: str, share: Fraction, monthly: bool = False) -> Fee:
    """A share earned day by day, in each month as much where the fee is monthly."""
    assert deal.end is not None
    if monthly:
        return Fee(line_id, deal.start, deal.end, share / YEAR, 1)
    return Fee(line_id, deal.start, deal.end, share, None)


def _report(deal: Deal, at: datetime) -> Report:
    return Report(local_day(at, deal.entity.time_zone), at + 3 * HOUR)


def _appliance(deal: Deal, option: str) -> Work:
    """An order under the right, of an appliance at three fifths of its price."""
    first = deal.tables["contracts"][0]
    contract_id = f"{deal.contract_id}_order"
    signed_at = deal.at(deal.day(1, 3), 15)
    day = deal.day(1, 4)
    row: Cells = {
        **first,
        "contract_id": contract_id,
        "signed_at": signed_at,
        "effective_from": deal.midnight(day),
        "effective_to": deal.midnight(deal.day(2)),
        "source_ref": f"clm/order-form/{contract_id}",
    }
    deal.add("contracts", "clm", signed_at + 2 * HOUR, row)
    line_id = f"{contract_id}.node"
    line: Cells = {
        "line_id": line_id,
        "contract_id": contract_id,
        "line_kind": "fixed_fee",
        "product_id": deal.edition.product("node"),
        "parent_line_id": option,
        "quantity": 1,
        "fixed_amount": deal.money(1_500),
        "billing_timing": "on_delivery",
        "service_start": deal.midnight(day),
        "service_end": deal.midnight(deal.day(2)),
        "source_ref": f"clm/order-form/{contract_id}#node",
    }
    deal.add("contract_lines", "clm", signed_at + 2 * HOUR, line)
    at = deal.at(deal.day(1, 10), 11)
    cells: Cells = {"measure": "units", "measure_value": 1}
    deal.delivery(line_id, "delivered", at, contract_id=contract_id, **cells)
    return Work(line_id, Fraction(deal.money(1_500)), (_report(deal, at),))
