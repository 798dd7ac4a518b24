"""What was invoiced: usage after each month, fees and goods when they fall due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from inference_revenue.simulate.gauges import GaugeQuantity
from inference_revenue.simulate.money import quantize, to_minor
from inference_revenue.simulate.rating import Known, Rating, gauge_amount
from inference_revenue.simulate.terms import Contract, FeeLine, UsageLine
from inference_revenue.simulate.timeline import Timeline, local_midnight

UNBILLED_ROLES = ("unapproved", "agent_without_mandate")
FINE_PLACES = 9


@dataclass(frozen=True)
class DocumentLine:
    """One line of a document; amounts in the document's currency."""

    line_kind: str
    line_id: str
    product_id: str
    net_amount: Decimal
    quantity: Decimal
    period: tuple[date, date] | None
    """Service billed, local days, half-open; None for a point in time."""
    price_id: str | None = None
    meter_id: str | None = None
    applies_to: int | None = None
    """Position of the line credited on the document credited."""


@dataclass(frozen=True)
class Document:
    """An invoice or credit note; ``number`` is given once all are in order."""

    contract: Contract
    issued_at: datetime
    lines: tuple[DocumentLine, ...]
    doc_type: str = "invoice"
    number: int = 0
    credits: int | None = None
    """Number of the invoice that a credit note credits."""
    reason: str | None = None
    voided_at: datetime | None = None
    due_at: datetime | None = field(default=None)

    @property
    def document_id(self) -> str:
        """Id, in the order of issue."""
        prefix = "inv" if self.doc_type == "invoice" else "crn"
        return f"{prefix}_{self.number:07d}"

    @property
    def net_amount(self) -> Decimal:
        """Sum of the lines in whole minor units."""
        total = sum((line.net_amount for line in self.lines), Decimal(0))
        return to_minor(total, self.contract.currency)

    @property
    def tax_amount(self) -> Decimal:
        """Tax on the net amount in whole minor units."""
        rate = self.contract.customer.tax_rate
        return to_minor(self.net_amount * rate, self.contract.currency)

    @property
    def total_amount(self) -> Decimal:
        """What is owed."""
        return self.net_amount + self.tax_amount


def draw_invoices(
    contracts: Sequence[Contract],
    timeline: Timeline,
    rating: Rating,
    gauges: Iterable[GaugeQuantity],
) -> list[Document]:
    """All invoices in the order of issue, numbered from 1, none of them zero."""
    by_contract: dict[str, list[GaugeQuantity]] = {}
    for gauge in gauges:
        by_contract.setdefault(gauge.contract.contract_id, []).append(gauge)
    documents: list[Document] = []
    for contract in contracts:
        if contract.role in UNBILLED_ROLES:
            continue
        own = by_contract.get(contract.contract_id, [])
        documents += _usage_invoices(contract, timeline, rating, own)
        documents += _fee_invoices(contract, timeline)
        documents += _good_invoices(contract, timeline)
    return in_order(documents)


def in_order(documents: Iterable[Document]) -> list[Document]:
    """Documents sorted by issue and numbered from 1, with their due dates."""
    ordered = sorted(
        documents, key=lambda d: (d.issued_at, d.contract.contract_id, d.number)
    )
    renumbered = {old.number: number for number, old in enumerate(ordered, start=1)}
    return [
        replace(
            document,
            number=number,
            credits=renumbered[document.credits] if document.credits else None,
            due_at=document.issued_at
            + timedelta(days=document.contract.payment_terms_days),
        )
        for number, document in enumerate(ordered, start=1)
    ]


def _usage_invoices(
    contract: Contract,
    timeline: Timeline,
    rating: Rating,
    gauges: Sequence[GaugeQuantity],
) -> list[Document]:
    """One invoice after each month: what became known since the last one.

    Late use of earlier months, and what a corrected price changes, are lines of their
    own with the earlier month's window. A run that would not come to a positive amount
    waits for the next.
    """
    runs = [timeline.invoice_run_at(month) for month in range(timeline.months)]
    found: dict[int, list[Known]] = {}
    for line in contract.tokens:
        for change in rating.changes(contract, line, runs):
            found.setdefault(change.position, []).append(change)
    for gauge in gauges:
        amount = gauge_amount(rating.book, gauge, runs[gauge.month])
        quantity = quantize(
            Decimal(gauge.quantity.numerator) / gauge.quantity.denominator, FINE_PLACES
        )
        found.setdefault(gauge.month, []).append(
            Known(contract, gauge.line, gauge.month, gauge.month, quantity, amount)
        )
    first_run = contract.approval.known_at or runs[0]
    documents = []
    waiting: dict[tuple[str, int], Known] = {}
    carried: dict[tuple[str, int], Decimal] = {}
    for month, issued_at in enumerate(runs):
        for change in found.get(month, []):
            key = (change.line.line_id, change.month)
            waiting[key] = _added(waiting.get(key), change)
        lines = []
        left: dict[tuple[str, int], Decimal] = {}
        for key, change in waiting.items():
            exact = change.amount + carried.get(key, Decimal(0))
            net = _line_amount(contract, exact)
            left[key] = exact - net
            if net:
                lines.append(_usage_line(change, net, timeline))
        document = Document(contract, issued_at, tuple(lines))
        if document.net_amount > 0 and issued_at >= first_run:
            documents.append(document)
            carried |= left
            waiting = {}
    return documents


def _added(before: Known | None, change: Known) -> Known:
    if before is None:
        return change
    return replace(
        change,
        quantity=before.quantity + change.quantity,
        amount=before.amount + change.amount,
    )


def _line_amount(contract: Contract, amount: Decimal) -> Decimal:
    if contract.bills_fine:
        return quantize(amount, FINE_PLACES)
    return to_minor(amount, contract.currency)


def _usage_line(change: Known, net: Decimal, timeline: Timeline) -> DocumentLine:
    line: UsageLine = change.line
    return DocumentLine(
        line_kind="usage",
        line_id=line.line_id,
        product_id=line.product_id,
        net_amount=net,
        quantity=abs(change.quantity),
        period=(timeline.month(change.month), timeline.month(change.month + 1)),
        price_id=line.price_id,
        meter_id=line.meter_id,
    )


def _fee_invoices(contract: Contract, timeline: Timeline) -> list[Document]:
    """Fees of one window on one invoice: at its start, or at its end in arrears.

    Nothing is invoiced before the agreement is on paper; what was due by then is
    invoiced the day after.
    """
    windows: dict[tuple[date, date], list[FeeLine]] = {}
    for fee in contract.fees:
        for window in fee.intervals(timeline.day_after_as_of):
            windows.setdefault(window, []).append(fee)
    approved_at = contract.approval.known_at
    documents = []
    for (start, end), fees in windows.items():
        due = contract.noon(end if fees[0].timing == "arrears" else start, 9)
        if approved_at is not None:
            due = max(due, approved_at + timedelta(days=1))
        if due < timeline.as_of:
            lines = tuple(
                DocumentLine(
                    line_kind="fixed_fee",
                    line_id=fee.line_id,
                    product_id=fee.product_id,
                    net_amount=fee.amount,
                    quantity=Decimal(fee.quantity),
                    period=(start, end),
                )
                for fee in fees
            )
            documents.append(Document(contract, due, lines))
    return documents


def _good_invoices(contract: Contract, timeline: Timeline) -> list[Document]:
    """One invoice per delivery, for its share of the price."""
    good = contract.good
    if good is None:
        return []
    documents = []
    for day, pieces in contract.deliveries:
        if day < timeline.end:
            line = DocumentLine(
                line_kind="fixed_fee",
                line_id=good.line_id,
                product_id=good.product_id,
                net_amount=good.amount * pieces / good.quantity,
                quantity=Decimal(pieces),
                period=None,
            )
            documents.append(Document(contract, contract.noon(day, 16), (line,)))
    return documents


def document_rows(documents: Sequence[Document]) -> list[dict[str, object]]:
    """Rows of billing_documents; a voided document is a second version."""
    rows = []
    names = {document.number: document.document_id for document in documents}
    for document in documents:
        contract = document.contract
        row: dict[str, object] = {
            "document_id": document.document_id,
            "doc_type": document.doc_type,
            "number": document.document_id.upper(),
            "customer_id": contract.customer.customer_id,
            "contract_id": contract.contract_id,
            "currency": contract.currency,
            "status": "issued",
            "issued_at": document.issued_at,
            "due_at": document.due_at if document.doc_type == "invoice" else None,
            "net_amount": document.net_amount,
            "tax_amount": document.tax_amount,
            "total_amount": document.total_amount,
            "applies_to_document_id": names[document.credits]
            if document.credits
            else None,
            "reason": document.reason,
            "source_system": "billing",
            "recorded_at": document.issued_at,
        }
        rows.append(row)
        if document.voided_at is not None:
            rows.append(
                {
                    **row,
                    "status": "void",
                    "voided_at": document.voided_at,
                    "recorded_at": document.voided_at,
                }
            )
    return rows


def document_line_rows(documents: Sequence[Document]) -> list[dict[str, object]]:
    """Rows of billing_document_lines."""
    by_number: Mapping[int, Document] = {d.number: d for d in documents}
    rows = []
    for document in documents:
        zone = document.contract.entity.time_zone
        rate = document.contract.customer.tax_rate
        for position, line in enumerate(document.lines):
            row: dict[str, object] = {
                "document_line_id": f"{document.document_id}-{position + 1}",
                "document_id": document.document_id,
                "line_kind": line.line_kind,
                "line_id": line.line_id,
                "product_id": line.product_id,
                "price_id": line.price_id,
                "meter_id": line.meter_id,
                "quantity": line.quantity,
                "net_amount": line.net_amount,
                "tax_amount": quantize(line.net_amount * rate, FINE_PLACES),
                "source_system": "billing",
                "recorded_at": document.issued_at,
            }
            if line.period is not None:
                row["period_start"] = local_midnight(line.period[0], zone)
                row["period_end"] = local_midnight(line.period[1], zone)
            if line.applies_to is not None and document.credits is not None:
                credited = by_number[document.credits].document_id
                row["applies_to_document_line_id"] = f"{credited}-{line.applies_to + 1}"
            rows.append(row)
    return rows
