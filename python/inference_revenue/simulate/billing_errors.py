"""Invoices that went wrong: voided and issued anew, or too high and credited."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from inference_revenue.simulate.invoices import Document, in_order
from inference_revenue.simulate.money import to_minor
from inference_revenue.simulate.timeline import Timeline

VOIDED = slice(7, None, 251)
OVERBILLED = slice(11, None, 199)
"""Which invoices, by the order of issue: few, and at least one of each."""


def with_errors(documents: Sequence[Document], timeline: Timeline) -> list[Document]:
    """The documents with a few voids, overbilled usage lines and credit notes."""
    usage = [d for d in documents if d.lines[0].line_kind == "usage"]
    changed = {d.number: d for d in documents}
    added: list[Document] = []
    for document in usage[VOIDED]:
        voided_at = document.issued_at + timedelta(days=2, hours=3)
        if voided_at >= timeline.as_of:
            continue
        changed[document.number] = replace(document, voided_at=voided_at)
        again = voided_at + timedelta(hours=1)
        number = len(documents) + len(added) + 1
        added.append(replace(document, issued_at=again, number=number))
    for document in usage[OVERBILLED]:
        found_at = document.issued_at + timedelta(days=9)
        if changed[document.number].voided_at or found_at >= timeline.as_of:
            continue
        wrong = _overbilled(document)
        changed[document.number] = wrong
        excess = replace(
            wrong.lines[0],
            net_amount=wrong.lines[0].net_amount - document.lines[0].net_amount,
            quantity=Decimal(0),
            applies_to=0,
        )
        added.append(
            Document(
                contract=document.contract,
                issued_at=found_at,
                lines=(excess,),
                doc_type="credit_note",
                number=len(documents) + len(added) + 1,
                credits=document.number,
                reason="billing_error",
            )
        )
    return in_order([*changed.values(), *added])


def _overbilled(document: Document) -> Document:
    """The first line a quarter too high, in whole minor units, at least one more."""
    line, *others = document.lines
    currency = document.contract.currency
    excess = to_minor(abs(line.net_amount) / 4, currency)
    smallest = to_minor(Decimal(1), currency)
    wrong = replace(line, net_amount=line.net_amount + max(excess, smallest))
    return replace(document, lines=(wrong, *others))
