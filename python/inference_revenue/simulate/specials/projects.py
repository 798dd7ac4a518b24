"""Work and things handed over: milestones, progress, licences, goods and bundles."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from inference_revenue.simulate.money import to_minor
from inference_revenue.simulate.specials.deal import HOUR, Cells, Deal
from inference_revenue.simulate.specials.shares import cost_alone, share_out
from inference_revenue.simulate.specials.works import Report, Work

MEASURES = {"cost": "tuning", "hours": "migration", "percent": "training"}
SHARES = (Decimal("0.3"), Decimal("0.3"), Decimal("0.4"))


SETUP, FINE_TUNE, WEIGHTS, NODES, HOURS = 500, 9_000, 24_000, 7_500, 200
"""Dollars, and hours of the work that is measured by them."""


def projects(deal: Deal) -> list[Work]:
    """A fine-tune with milestones, work by progress, a licence and appliances.

    Every second deal pays so little for an hour that this is a discount of all.
    """
    deal.agree(8)
    fees = {"tuning": 8_000, "migration": (25, 15)[deal.number % 2] * HOURS}
    fees["training"] = 2_500
    shares = _shares(deal, fees)
    works = [*_milestones(deal), *_progress(deal, fees), _licence(deal)]
    _goods(deal)
    return [replace(work, price=work.price * shares[work.line_id]) for work in works]


def _shares(deal: Deal, fees: Mapping[str, int]) -> dict[str, Fraction]:
    """What each work gets of the price, for each unit that is stated for it."""
    stated = {what: deal.money(dollars) for what, dollars in fees.items()}
    stated["onboarding"] = deal.money(FINE_TUNE)
    stated["node"] = deal.money(NODES)
    counted = {"migration": HOURS, "node": 3}
    alone = {
        what: cost_alone(what, deal.currency, amount, counted.get(what, 1))
        for what, amount in stated.items()
    }
    # neither a set-up nor the weights have a price alone: what is stated counts
    for what, dollars in (("provisioning", SETUP), ("weights", WEIGHTS)):
        stated[what] = deal.money(dollars)
        alone[what] = Fraction(stated[what])
    price = sum(stated.values(), Decimal(0))
    shares = share_out(price, alone, deal.currency)
    lines = {f"milestone_{number}": "onboarding" for number in (1, 2, 3)}
    lines |= {f"work_by_{measure}": what for measure, what in MEASURES.items()}
    lines["weights"] = "weights"
    return {
        f"{deal.contract_id}.{line}": shares[what] / Fraction(stated[what])
        for line, what in lines.items()
    }


def _report(deal: Deal, day: date, hour: int, amount: object = 1) -> Report:
    """What the table of deliveries says three hours later."""
    return Report(day, deal.at(day, hour) + 3 * HOUR, Fraction(str(amount)))


def _fee(deal: Deal, name: str, product: str, dollars: int, **cells: Any) -> str:
    return deal.line(
        name,
        "fixed_fee",
        product_id=deal.edition.product(product),
        fixed_amount=deal.money(dollars),
        amount_interval="once",
        billing_interval="once",
        **cells,
    )


def _milestones(deal: Deal) -> list[Work]:
    """Set-up at the start, then three milestones invoiced as each is reached."""
    setup = _fee(deal, "setup", "provisioning", SETUP, billing_timing="advance")
    _bill(deal, "fixed_fee", setup, "provisioning", deal.money(SETUP), 0)
    total = deal.money(FINE_TUNE)
    works = []
    for number, share in enumerate(SHARES, start=1):
        amount = to_minor(total * share, deal.currency)
        line_id = deal.line(
            f"milestone_{number}",
            "milestone",
            product_id=deal.edition.product("onboarding"),
            fixed_amount=amount,
            billing_timing="on_completion",
            billing_interval="once",
        )
        reached = deal.day(number, 4 * number)
        cells: Cells = {"measure": "percent", "measure_value": 100}
        deal.delivery(line_id, "milestone", deal.at(reached, 15), **cells)
        works.append(
            Work(line_id, Fraction(amount), (_report(deal, reached, 15),)),
        )
        days = (reached - deal.start).days + 1
        _bill(deal, "milestone", line_id, "onboarding", amount, days)
    return works


def _progress(deal: Deal, fees: Mapping[str, int]) -> Iterator[Work]:
    """Three works measured by cost, by hours and by the percent that is done."""
    for measure, whole in (
        ("cost", deal.money(6_000)),
        ("hours", Decimal(HOURS)),
        ("percent", Decimal(100)),
    ):
        product = MEASURES[measure]
        dollars = fees[product]
        sold: Cells = {"quantity": HOURS} if measure == "hours" else {}
        line_id = _fee(
            deal,
            f"work_by_{measure}",
            product,
            dollars,
            billing_timing="on_completion",
            **sold,
        )
        goods = deal.money(900) if measure == "cost" else Decimal(0)
        step = (whole - goods) / 4
        reports = []
        for month in range(4):
            cells: Cells = {"measure": measure, "measure_value": step}
            day = deal.day(month, 24)
            deal.delivery(line_id, "progress", deal.at(day, 17), **cells)
            reports.append(_report(deal, day, 17, step))
        estimates = []
        for version in range(2):
            day, value = deal.day(version), whole * (10 + version) / 10
            unit = "amount" if measure == "cost" else "units"
            deal.estimate(
                "progress_total",
                ("line", line_id),
                day,
                [value],
                unit=unit,
                method="most_likely",
            )
            estimates.append(Report(day, deal.at(day, 14), Fraction(value)))
        handed_over = []
        if goods:
            cells = {"measure": "uninstalled_cost", "measure_value": goods}
            day = deal.day(1, 3)
            deal.delivery(line_id, "progress", deal.at(day, 9), **cells)
            handed_over.append(_report(deal, day, 9, goods))
            deal.estimate(
                "uninstalled_cost",
                ("line", line_id),
                deal.day(0),
                [goods],
                method="most_likely",
            )
        done = deal.day(3, 25)
        days = (done - deal.start).days
        _bill(deal, "fixed_fee", line_id, product, deal.money(dollars), days)
        deal.delivery(line_id, "delivered", deal.at(done, 12))
        deal.delivery(line_id, "accepted", deal.at(done, 18))
        yield Work(
            line_id,
            Fraction(deal.money(dollars)),
            tuple(reports),
            # what is done is a share of a hundred, whatever was thought of it
            tuple(estimates[:1] if measure == "percent" else estimates),
            tuple(handed_over),
            _report(deal, done, 12),
        )


def _licence(deal: Deal) -> Work:
    line_id = _fee(deal, "weights", "weights", WEIGHTS, billing_timing="on_delivery")
    sent = deal.day(0, 12)
    deal.delivery(line_id, "licence_available", deal.at(sent, 10))
    _bill(deal, "fixed_fee", line_id, "weights", deal.money(WEIGHTS), 13)
    return Work(line_id, Fraction(deal.money(WEIGHTS)), (_report(deal, sent, 10),))


def _goods(deal: Deal) -> None:
    """Three appliances: one refused and sent again, another returned."""
    price = deal.money(2_500) * 3
    line_id = _fee(
        deal, "nodes", "node", NODES, quantity=3, billing_timing="on_delivery"
    )
    one: Cells = {"measure": "units", "measure_value": 1}
    two: Cells = {"measure": "units", "measure_value": 2}
    deal.delivery(line_id, "delivered", deal.at(deal.day(0, 20), 11), **two)
    deal.delivery(line_id, "accepted", deal.at(deal.day(0, 22), 11), **two)
    deal.delivery(line_id, "delivered", deal.at(deal.day(1, 8), 11), **one)
    deal.delivery(line_id, "rejected", deal.at(deal.day(1, 10), 11), **one)
    deal.delivery(line_id, "returned", deal.at(deal.day(3, 6), 11), **one)
    line: Cells = {
        "line_kind": "fixed_fee",
        "line_id": line_id,
        "product_id": deal.edition.product("node"),
        "quantity": Decimal(3),
        "net_amount": price,
    }
    bill = deal.bill(deal.at(deal.day(1, 9), 9), [line])
    if bill is not None:
        back = deal.at(deal.day(3, 9), 9)
        note = deal.credit_note(bill, back, deal.money(2_500), "reversal")
        if note is not None:
            at = back + 48 * HOUR
            deal.cash("refund", bill.document_id, note.total, at, reason="reversal")


def _bill(
    deal: Deal, kind: str, line_id: str, product: str, amount: Decimal, days: int
) -> None:
    line: Cells = {
        "line_kind": kind,
        "line_id": line_id,
        "product_id": deal.edition.product(product),
        "quantity": Decimal(1),
        "net_amount": amount,
    }
    deal.bill(deal.at(deal.start + timedelta(days=days), 9), [line])


def bundles(deal: Deal) -> None:
    """A suite at one price, and the parts that it is for at no price of their own."""
    deal.agree(12)
    amount = deal.money(1_500)
    product = deal.edition.product("suite")
    suite = deal.line(
        "suite",
        "fixed_fee",
        product_id=product,
        quantity=1,
        fixed_amount=amount,
        amount_interval="month",
        billing_timing="advance",
        billing_interval="month",
    )
    parts = {
        part: deal.line(
            part,
            "fixed_fee",
            product_id=deal.edition.product(part),
            parent_line_id=suite,
            quantity=1,
            fixed_amount=Decimal(0),
        )
        for part in ("platform", "care", "node", "weights")
    }
    cells: Cells = {"measure": "units", "measure_value": 1}
    deal.delivery(parts["node"], "delivered", deal.at(deal.day(0, 6), 10), **cells)
    deal.delivery(parts["node"], "accepted", deal.at(deal.day(0, 9), 10), **cells)
    deal.delivery(parts["weights"], "licence_available", deal.at(deal.day(0, 2), 10))
    for month in range(min(deal.months + 1, 12)):
        line: Cells = {
            "line_kind": "fixed_fee",
            "line_id": suite,
            "product_id": product,
            "quantity": Decimal(1),
            "net_amount": amount,
            "period": (deal.day(month), deal.day(month + 1)),
        }
        deal.bill(deal.at(deal.day(month), 9), [line])
