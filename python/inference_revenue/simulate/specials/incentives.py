"""What moves a price: rebates, bonuses, penalties, options, payments in kind."""

from datetime import timedelta
from decimal import Decimal

from inference_revenue.simulate.specials.deal import Cells, Deal

HALF = Decimal("0.5")


def incentives(deal: Deal) -> None:
    """A yearly support fee, and every term that can raise or lower it."""
    deal.agree(12)
    care = deal.edition.product("care")
    fee = deal.money(3_600)
    support = deal.line(
        "support",
        "fixed_fee",
        product_id=care,
        quantity=12,
        fixed_amount=fee,
        billing_timing="advance",
        billing_interval="once",
    )
    welcome = deal.line(
        "welcome",
        "discount",
        parent_line_id=support,
        fixed_amount=-deal.money(300),
        billing_timing="advance",
    )
    deal.line(
        "loyalty", "discount", parent_line_id=support, discount_rate=Decimal("0.05")
    )
    launch = deal.line(
        "launch", "payable_to_customer", fixed_amount=-deal.money(450), product_id=care
    )
    bonus = deal.line("uptime_bonus", "contingent", fixed_amount=deal.money(600))
    penalty = deal.line("sla_penalty", "contingent", fixed_amount=-deal.money(900))
    dataset = deal.line("dataset", "noncash", billing_timing="advance")
    option = _options(deal)
    _estimates(deal, bonus, penalty, dataset, option)
    _invoices(deal, care, fee, (support, welcome, bonus, penalty, launch, option))


def _options(deal: Deal) -> str:
    """Rights to renew at a discount, at a stated fee, and to use more cheaply."""
    product = deal.edition.product("renewal")
    until: Cells = {"service_start": deal.midnight(deal.day(2))}
    deal.line(
        "renew_cheaply",
        "option",
        product_id=product,
        discount_rate=Decimal("0.3"),
        **until,
    )
    price_id = deal.price(
        "option",
        "unit",
        [{"rate_amount": deal.money("0.80"), "rate_per_quantity": 1_000}],
        deal.currency,
    )
    deal.line("use_cheaply", "option", product_id=product, price_id=price_id, **until)
    return deal.line(
        "renew_once",
        "option",
        product_id=product,
        fixed_amount=deal.money(900),
        **until,
    )


def _estimates(deal: Deal, bonus: str, penalty: str, dataset: str, option: str) -> None:
    """What was expected of them, and again after a quarter."""
    contract, inference = deal.contract_id, deal.edition.product("inference")
    for version in range(2):
        day = deal.day(version * 3, 1)
        amounts = [deal.money(600 - 200 * version), Decimal(0)]
        deal.estimate(
            "variable_consideration",
            ("line", bonus),
            day,
            amounts,
            constrained_value=Decimal(0),
        )
        deal.estimate(
            "variable_consideration",
            ("line", penalty),
            day,
            [-deal.money(90 + 60 * version)],
            method="most_likely",
        )
        deal.estimate("noncash_fair_value", ("line", dataset), day, [deal.money(700)])
        deal.estimate(
            "option_exercise",
            ("line", option),
            day,
            [HALF + Decimal(version) / 10],
            unit="rate",
            method="historical_rate",
        )
        deal.estimate(
            "financing_rate",
            ("contract", contract),
            day,
            [Decimal("0.065")],
            unit="rate",
            method="most_likely",
        )
        deal.estimate(
            "usage_forecast",
            ("product", inference),
            day,
            [40_000, 60_000, 80_000, 100_000],
            unit="units",
            applies_from=deal.midnight(day),
            applies_to=deal.midnight(deal.day(version * 3 + 3, 1)),
        )
        deal.estimate(
            "unit_cost",
            ("product", inference),
            day,
            [Decimal("0.0004")],
            method="historical_rate",
        )
        deal.estimate(
            "breakage",
            ("cohort", f"entitlements-{deal.edition.name}"),
            day,
            [Decimal("0.08")],
            unit="rate",
            method="historical_rate",
            data_from=deal.start - timedelta(days=365),
            data_to=deal.start,
        )


def _invoices(deal: Deal, care: str, fee: Decimal, lines: tuple[str, ...]) -> None:
    """The fee less its discounts ahead; then what each quarter brought."""
    support, welcome, bonus, penalty, launch, option = lines
    year = (deal.start, deal.day(12))

    def cells(kind: str, line_id: str, dollars: int) -> Cells:
        amount = deal.money(abs(dollars)) * (-1 if dollars < 0 else 1)
        return {"line_kind": kind, "line_id": line_id, "net_amount": amount}

    first: list[Cells] = [
        {"line_kind": "fixed_fee", "line_id": support, "net_amount": fee},
        cells("discount", welcome, -300),
    ]
    head: Cells = {"product_id": care, "period": year}
    deal.bill(deal.at(deal.start, 9), [{**head, **line} for line in first])
    quarter = (deal.start, deal.day(3))
    second = [
        cells("contingent", bonus, 600),
        cells("contingent", penalty, -150),
        cells("proration", support, 40),
    ]
    head = {"product_id": care, "period": quarter}
    deal.bill(deal.at(deal.day(3, 2), 9), [{**head, **line} for line in second])
    renewal: Cells = {"product_id": deal.edition.product("renewal")}
    third = [
        {**renewal, **cells("option", option, 900)},
        {"product_id": care, **cells("payable_to_customer", launch, -450)},
        {"product_id": care, **cells("noncash", f"{deal.contract_id}.dataset", 0)},
    ]
    bill = deal.bill(deal.at(deal.day(4, 2), 9), third)
    if bill is not None:
        at = deal.at(deal.day(4, 20), 11)
        amount = deal.money(120)
        deal.cash("payment_to_customer", "*", amount, at, reason="rebate")
