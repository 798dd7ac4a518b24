"""What is put right afterwards: credit notes for every reason, and money back."""

from datetime import timedelta
from decimal import Decimal
from itertools import islice

from inference_revenue.simulate.money import to_minor
from inference_revenue.simulate.specials.deal import HOUR, Bill, Cells, Deal

REASONS = (
    ("billing_error", "0.05"),
    ("service_level", "0.08"),
    ("concession", "0.04"),
    ("reversal", "0.03"),
    ("cancellation", "0.06"),
    ("rebate", "0.05"),
    ("price_change", "0.07"),
    ("fraud", "0.02"),
    ("credit_risk", "0.02"),
    ("other", "0.01"),
)
"""Reason, and the share of the invoice that is credited and paid back."""


def remedies(deal: Deal) -> None:
    """Support by the month; two invoices out of three have something wrong."""
    deal.agree(None)
    product = deal.edition.product("care")
    fee = deal.money(300)
    line_id = deal.line(
        "support",
        "fixed_fee",
        product_id=product,
        quantity=1,
        fixed_amount=fee,
        amount_interval="month",
        billing_timing="advance",
        billing_interval="month",
    )
    reasons = iter(REASONS)
    for month in range(min(deal.months + 1, 12)):
        line: Cells = {
            "line_kind": "fixed_fee",
            "line_id": line_id,
            "product_id": product,
            "quantity": Decimal(1),
            "net_amount": fee,
            "period": (deal.day(month), deal.day(month + 1)),
        }
        at = deal.at(deal.day(month), 9)
        if month == 4:
            # to the wrong address: taken back, and issued anew
            wrong = deal.bill(at, [line], paid=False)
            at += 26 * HOUR
            if wrong is not None and at <= deal.timeline.as_of:
                deal.void(wrong, at - HOUR)
        bill = deal.bill(at, [line], paid=month not in (1, 3))
        if bill is None:
            continue
        if month == 1:
            _never_paid(deal, bill)
        elif month == 3:
            _paid_without_a_word(deal, bill)
        else:
            for reason, share in islice(reasons, 3):
                _credited(deal, bill, reason, Decimal(share))
        if month == 2:
            _disputed(deal, bill)


def _credited(deal: Deal, bill: Bill, reason: str, share: Decimal) -> None:
    amount = to_minor(bill.net * share, deal.currency)
    at = bill.issued_at + timedelta(days=16)
    note = deal.credit_note(bill, at, amount, reason)
    if note is not None:
        paid_at = at + 50 * HOUR
        deal.cash("refund", bill.document_id, note.total, paid_at, reason=reason)


def _never_paid(deal: Deal, bill: Bill) -> None:
    """Written off after two months; half of it came after all."""
    at = bill.issued_at + timedelta(days=60)
    reason = "credit_risk"
    deal.cash("write_off", bill.document_id, bill.total, at, reason=reason)
    half = to_minor(bill.total / 2, deal.currency)
    deal.cash("recovery", bill.document_id, half, at + timedelta(days=25))


def _paid_without_a_word(deal: Deal, bill: Bill) -> None:
    """Paid twice over without a reference; what nobody claims goes to the state."""
    at = bill.issued_at + timedelta(days=9)
    deal.cash("payment", "*", bill.total * 2, at)
    at += timedelta(days=4)
    deal.cash("balance_applied", bill.document_id, bill.total, at)
    back = to_minor(bill.total / 2, deal.currency)
    deal.cash("payment_to_customer", "*", back, at + timedelta(days=9))
    deal.cash("escheatment", "*", bill.total - back, at + timedelta(days=30))


def _disputed(deal: Deal, bill: Bill) -> None:
    """The bank takes the payment back, and returns it when it has looked closer."""
    net = to_minor(bill.total / 3, deal.currency)
    at = bill.issued_at + timedelta(days=30)
    deal.cash("chargeback", bill.document_id, net, at, reason="fraud")
    at += timedelta(days=12)
    deal.cash("chargeback_reversal", bill.document_id, net, at)
