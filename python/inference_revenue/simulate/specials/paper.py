"""The invoices, credit notes and payments of a deal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast

from inference_revenue.simulate.money import to_minor
from inference_revenue.simulate.specials.story import HOUR, Cells, Story

VOID = {"status": "void"}


@dataclass(frozen=True)
class Bill:
    """An invoice that was written: what payments and credit notes refer to."""

    document_id: str
    issued_at: datetime
    lines: tuple[Cells, ...]
    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """What is owed."""
        return self.net + self.tax

    def line_id(self, position: int = 0) -> str:
        """Id of one of its lines."""
        return f"{self.document_id}-{position + 1}"


class Paper(Story):
    """A story with documents and cash."""

    def bill(
        self, at: datetime, lines: Sequence[Cells], *, paid: bool = True
    ) -> Bill | None:
        """An invoice, paid in full after two weeks unless told otherwise.

        A line is cells of billing_document_lines; `period` stands for its two dates.
        Nothing is written for an invoice that comes to nothing or lies ahead.
        """
        document_id = f"inv_{self.contract_id}_{self._next('bill'):02d}"
        due_at = at + timedelta(days=30)
        bill = self._document(document_id, "invoice", at, lines, {"due_at": due_at})
        if bill is not None and paid:
            self.cash("payment", bill.document_id, bill.total, at + timedelta(days=14))
        return bill

    def credit_note(
        self, bill: Bill, at: datetime, amount: Decimal, reason: str, position: int = 0
    ) -> Bill | None:
        """A credit of part of one line of an invoice."""
        document_id = f"crn_{self.contract_id}_{self._next('note'):02d}"
        line = {
            **bill.lines[position],
            "quantity": Decimal(0),
            "net_amount": amount,
            "credits_applied_amount": None,
            "applies_to_document_line_id": bill.line_id(position),
        }
        header = {"applies_to_document_id": bill.document_id, "reason": reason}
        return self._document(document_id, "credit_note", at, [line], header)

    def void(self, bill: Bill, at: datetime) -> None:
        """Withdraw an invoice that nobody paid."""
        rows = self.tables["billing_documents"]
        row = next(row for row in rows if row["document_id"] == bill.document_id)
        self.add("billing_documents", "billing", at, {**row, **VOID, "voided_at": at})

    def _document(
        self,
        document_id: str,
        doc_type: str,
        at: datetime,
        lines: Sequence[Cells],
        header: Cells,
    ) -> Bill | None:
        if at > self.timeline.as_of:
            return None
        rate = self.customer.tax_rate
        net = to_minor(sum(map(_net, lines), Decimal(0)), self.currency)
        if net <= 0:
            return None
        tax = to_minor(net * rate, self.currency)
        row: Cells = {
            "document_id": document_id,
            "doc_type": doc_type,
            "number": document_id.upper(),
            "customer_id": self.customer.customer_id,
            "contract_id": self.contract_id,
            "currency": self.currency,
            "status": "issued",
            "issued_at": at,
            "net_amount": net,
            "tax_amount": tax,
            "total_amount": net + tax,
            **header,
        }
        self.add("billing_documents", "billing", at, row)
        for position, line in enumerate(lines):
            cells = dict(line)
            period = cast("tuple[date, date] | None", cells.pop("period", None))
            if period is not None:
                cells["period_start"] = self.midnight(period[0])
                cells["period_end"] = self.midnight(period[1])
            cells["document_line_id"] = f"{document_id}-{position + 1}"
            cells["document_id"] = document_id
            cells["tax_amount"] = _net(line) * rate
            self.add("billing_document_lines", "billing", at, cells)
        return Bill(document_id, at, tuple(lines), net, tax)

    def cash(
        self,
        kind: str,
        document_id: str,
        amount: Decimal,
        at: datetime,
        **cells: object,
    ) -> None:
        """A movement of money; ``document_id`` `*` is unapplied."""
        row: Cells = {
            "cash_event_id": f"{kind}_{self.contract_id}_{self._next(kind)}",
            "document_id": document_id,
            "kind": kind,
            "customer_id": self.customer.customer_id,
            "contract_id": self.contract_id,
            "amount": amount,
            "currency": self.currency,
            "occurred_at": at,
            **cells,
        }
        self.add("cash_events", "bank", at + 6 * HOUR, row)


def _net(line: Mapping[str, object]) -> Decimal:
    """What a line adds to its header."""
    applied = cast("Decimal | None", line.get("credits_applied_amount"))
    return cast(Decimal, line["net_amount"]) - (applied or Decimal(0))
