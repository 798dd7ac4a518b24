"""One agreement with special terms, filled row by row as its story goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, cast

from inference_revenue.simulate.customers import Customer
from inference_revenue.simulate.money import list_price, to_minor
from inference_revenue.simulate.specials.editions import Edition
from inference_revenue.simulate.tables import Midnight
from inference_revenue.simulate.timeline import (
    ENTITY,
    Timeline,
    add_months,
    local_midnight,
)

Cells = dict[str, Any]
HOUR = timedelta(hours=1)
APPROVALS = ("signature", "oral", "clickwrap", "conduct")
RIGHTS = ("none", "customer", "either")
REFUNDS = ("none", "unused", "full")


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


class Deal:
    """Collects the rows of one agreement by table of the input contract.

    Rows are written as the story goes; those recorded after the as-of are left out in
    the end, for by then they have not happened.
    """

    def __init__(
        self,
        programme: str,
        number: int,
        customer: Customer,
        start: date,
        timeline: Timeline,
        edition: Edition,
        rng: Random,
    ) -> None:
        self.programme = programme
        self.number = number
        self.customer = customer
        self.start = start
        self.timeline = timeline
        self.edition = edition
        self.rng = rng
        self.contract_id = f"spc_{programme}_{number + 1:03d}"
        self.entity = ENTITY[customer.entity_id]
        self.currency = customer.currency
        self.signed_at = self.at(start - timedelta(days=9), 15)
        self.known_at = self.signed_at + 2 * HOUR
        self.end: date | None = None
        self.tables: dict[str, list[Cells]] = {}
        self._counts: dict[str, int] = {}

    # Days and money

    def at(self, day: date, hour: float = 0) -> datetime:
        """An hour of a local day, as an instant."""
        return local_midnight(day, self.entity.time_zone) + timedelta(hours=hour)

    def day(self, months: int, days: int = 0) -> date:
        """A day counted from the start."""
        return add_months(self.start, months) + timedelta(days=days)

    def midnight(self, day: date) -> Midnight:
        """The start of a local day, for a cell."""
        return Midnight(day, self.entity.time_zone)

    def money(self, dollars: object) -> Decimal:
        """A dollar price in the contract's currency, in whole minor units."""
        return list_price(Decimal(str(dollars)), self.currency)

    @property
    def months(self) -> int:
        """Whole months from the start that were over when the last invoices ran."""
        over = (self.timeline.end.year - self.start.year) * 12
        over += self.timeline.end.month - self.start.month
        return max(0, over - (self.start.day > 1))

    # The agreement

    def agree(self, months: int | None, **cells: object) -> None:
        """The contract row; ``months`` None is until cancelled."""
        self.end = add_months(self.start, months) if months else None
        right = RIGHTS[self.number % 3] if self.end else RIGHTS[1 + self.number % 2]
        row: Cells = {
            "contract_id": self.contract_id,
            "customer_id": self.customer.customer_id,
            "entity_id": self.customer.entity_id,
            "currency": self.currency,
            "approval_kind": APPROVALS[self.number % 4],
            "signed_at": self.signed_at,
            "effective_from": self.midnight(self.start),
            "effective_to": self.midnight(self.end) if self.end else None,
            "termination_right": right,
            "termination_notice_days": None if right == "none" else 30,
            "termination_refund_kind": REFUNDS[self.number % 3],
            "payment_terms_days": 30,
            "source_ref": f"clm/order-form/{self.contract_id}",
            **cells,
        }
        self.add("contracts", "clm", self.known_at, row)

    def changed_contract(self, event_id: str, at: datetime, **cells: object) -> None:
        """The contract's row as an event left it."""
        first = self.tables["contracts"][0]
        row = {**first, "modified_by_event_id": event_id, **cells}
        self.add("contracts", "clm", at, row)

    def line(
        self, name: str, kind: str, *, known_at: datetime | None = None, **cells: object
    ) -> str:
        """A contract line, by default over the whole term; returns its id."""
        line_id = f"{self.contract_id}.{name}"
        row: Cells = {
            "line_id": line_id,
            "contract_id": self.contract_id,
            "line_kind": kind,
            "service_start": self.midnight(self.start),
            "service_end": self.midnight(self.end) if self.end else None,
            "source_ref": f"clm/order-form/{self.contract_id}#{name}",
            **cells,
        }
        self.add("contract_lines", "clm", known_at or self.known_at, row)
        return line_id

    def changed_line(
        self, line_id: str, event_id: str, at: datetime, **cells: object
    ) -> None:
        """The line's row as an event left it."""
        rows = self.tables["contract_lines"]
        before = next(row for row in reversed(rows) if row["line_id"] == line_id)
        row = {**before, "modified_by_event_id": event_id, **cells}
        self.add("contract_lines", "clm", at, row)

    def price(
        self, name: str, model: str, tiers: Sequence[Mapping[str, object]], unit: str
    ) -> str:
        """A price with its tiers, agreed for this contract; returns its id."""
        price_id = f"{self.contract_id}.{name}"
        for number, tier in enumerate(tiers, start=1):
            row: Cells = {
                "price_id": price_id,
                "model": model,
                "unit_code": unit,
                "tier_no": number,
                "source_ref": f"clm/order-form/{self.contract_id}#{name}",
                **tier,
            }
            self.add("prices", "clm", self.known_at, row)
        return price_id

    def event(self, kind: str, day: date, **cells: object) -> str:
        """A contract event agreed two days before it takes effect; returns its id."""
        event_id = f"{self.contract_id}.{kind}.{self._next(kind)}"
        approved_at = self.at(day - timedelta(days=2), 11)
        row: Cells = {
            "contract_event_id": event_id,
            "contract_id": self.contract_id,
            "event_kind": kind,
            "effective_at": self.midnight(day),
            "approved_at": approved_at,
            "source_ref": f"clm/event/{event_id}",
            **cells,
        }
        at = cast(datetime, row["approved_at"])
        self.add("contract_events", "clm", at + HOUR, row)
        return event_id

    # What happened

    def use(
        self,
        line_id: str | None,
        meter: str,
        at: datetime,
        quantity: int,
        *,
        delay: timedelta = timedelta(seconds=20),
        **cells: object,
    ) -> str:
        """A usage event; returns its id."""
        event_id = f"{self.contract_id}/{self._next('use')}"
        row: Cells = {
            "event_id": event_id,
            "meter_id": self.edition.meter(meter),
            "customer_id": self.customer.customer_id,
            "contract_id": self.contract_id,
            "line_id": line_id,
            "quantity": quantity,
            "occurred_at": at,
            **cells,
        }
        self.add("usage_events", "platform", at + delay, row)
        return event_id

    def moments(self, month: int, count: int) -> list[datetime]:
        """Distinct moments within a month of the contract, in order."""
        start, end = self.at(self.day(month)), self.at(self.day(month + 1))
        minutes = int((end - start) / timedelta(minutes=1))
        chosen = sorted(self.rng.sample(range(60, minutes), count))
        return [start + timedelta(minutes=minute) for minute in chosen]

    def delivery(self, line_id: str, kind: str, at: datetime, **cells: object) -> None:
        """A delivery, acceptance, milestone or report of progress."""
        delivery_id = f"{self.contract_id}.d{self._next('delivery')}"
        row: Cells = {
            "delivery_id": delivery_id,
            "contract_id": self.contract_id,
            "line_id": line_id,
            "kind": kind,
            "occurred_at": at,
            "source_ref": f"projects/{delivery_id}",
            **cells,
        }
        self.add("deliveries", "projects", at + 3 * HOUR, row)

    def grant(
        self,
        kind: str,
        units: object,
        at: datetime,
        *,
        amount: Decimal = Decimal(0),
        expires: date | None = None,
        **cells: object,
    ) -> str:
        """A lot of credits, in CREDIT unless a unit is given; returns its id."""
        grant_id = f"{self.contract_id}.g{self._next('grant'):02d}"
        row: Cells = {
            "grant_id": grant_id,
            "customer_id": self.customer.customer_id,
            "contract_id": self.contract_id,
            "grant_kind": kind,
            "units_granted": units,
            "unit_code": "CREDIT",
            "consideration_amount": amount,
            "consideration_currency": self.currency,
            "granted_at": at,
            "effective_at": at,
            "expires_at": self.midnight(expires) if expires else None,
            "source_ref": f"wallets/{grant_id}",
            **cells,
        }
        self.add("credit_grants", "wallets", at + timedelta(minutes=1), row)
        return grant_id

    def credit(
        self, grant_id: str, kind: str, units: object, at: datetime, **cells: object
    ) -> None:
        """An event of a lot, as the wallet system tells it."""
        row: Cells = {
            "credit_event_id": f"{grant_id}.{kind}.{self._next(grant_id + kind)}",
            "grant_id": grant_id,
            "kind": kind,
            "units": units,
            "occurred_at": at,
            **cells,
        }
        self.add("credit_events", "wallets", at + timedelta(minutes=2), row)

    # Judgement

    def estimate(
        self,
        kind: str,
        scope: tuple[str, str],
        day: date,
        values: Sequence[object],
        *,
        unit: str = "amount",
        method: str = "expected_value",
        **cells: object,
    ) -> None:
        """A version of an estimate, one scenario a value, and its approval."""
        estimate_id = f"est_{self.contract_id}_{kind}_{scope[1]}"
        at = self.at(day, 14)
        for number, value in enumerate(values, start=1):
            row: Cells = {
                "estimate_id": estimate_id,
                "kind": kind,
                "book": "*",
                "scope_type": scope[0],
                "scope_id": scope[1],
                "method": method,
                "scenario_no": number,
                "probability": Decimal(1) / len(values),
                "value": value,
                "value_unit": unit,
                "currency": self.currency if unit == "amount" else None,
                "as_of_date": day,
                "prepared_by": "revenue@example.com",
                "source_ref": f"estimates/{estimate_id}/{day}",
                **cells,
            }
            self.add("estimates", "erp", at, row)
        self._review(estimate_id, at)

    def _review(self, estimate_id: str, at: datetime) -> None:
        """Waived where it is too small to matter, sent back once in a while."""
        number = self._next("review")
        decisions = ["approved"]
        if number % 3 == 0:
            decisions = ["waived", "approved"]
        elif number % 3 == 1:
            decisions = ["rejected", "approved"]
        for position, decision in enumerate(decisions, start=1):
            reviewed_at = at + position * 20 * HOUR
            row: Cells = {
                "review_id": f"rev_{estimate_id}_{number}_{position}",
                "subject_table": "estimates",
                "subject_id": estimate_id,
                "subject_recorded_at": at,
                "decision": decision,
                "reviewer": "cao@example.com",
                "reviewer_role": "chief accounting officer",
                "reviewed_at": reviewed_at,
                "materiality_band": "T1",
            }
            self.add("reviews", "erp", reviewed_at, row)

    # Billing and cash

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

    # Rows

    def add(self, table: str, source: str, recorded_at: datetime, row: Cells) -> None:
        """A row, unless it is recorded after the as-of."""
        if recorded_at <= self.timeline.as_of:
            known = {"source_system": source, "recorded_at": recorded_at}
            self.tables.setdefault(table, []).append({**row, **known})

    def _next(self, subject: str) -> int:
        self._counts[subject] = self._counts.get(subject, 0) + 1
        return self._counts[subject]


def _net(line: Mapping[str, object]) -> Decimal:
    """What a line adds to its header."""
    applied = cast("Decimal | None", line.get("credits_applied_amount"))
    return cast(Decimal, line["net_amount"]) - (applied or Decimal(0))
