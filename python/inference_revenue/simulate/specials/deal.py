"""One agreement with special terms, filled row by row as its story goes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast

from inference_revenue.simulate.specials.paper import Bill, Paper
from inference_revenue.simulate.specials.story import HOUR, Cells
from inference_revenue.simulate.timeline import add_months

__all__ = ["HOUR", "Bill", "Cells", "Deal"]

APPROVALS = ("signature", "oral", "clickwrap", "conduct")
RIGHTS = ("none", "customer", "either")
REFUNDS = ("none", "unused", "full")


class Deal(Paper):
    """An agreement, what happened under it, and what was judged of it."""

    # The agreement

    def agree(self, months: int | None, **cells: object) -> None:
        """The contract row; ``months`` None is until cancelled."""
        self.end = add_months(self.start, months) if months else None
        right = RIGHTS[self.turn % 3] if self.end else RIGHTS[1 + self.turn % 2]
        row: Cells = {
            "contract_id": self.contract_id,
            "customer_id": self.customer.customer_id,
            "entity_id": self.customer.entity_id,
            "currency": self.currency,
            "approval_kind": APPROVALS[self.turn % 4],
            "signed_at": self.signed_at,
            "effective_from": self.midnight(self.start),
            "effective_to": self.midnight(self.end) if self.end else None,
            "termination_right": right,
            "termination_notice_days": None if right == "none" else 30,
            "termination_refund_kind": REFUNDS[self.turn % 3],
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
        self,
        grant_id: str,
        kind: str,
        units: object,
        at: datetime,
        *,
        known_at: datetime | None = None,
        **cells: object,
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
        known_at = max(known_at or at, at) + timedelta(minutes=2)
        self.add("credit_events", "wallets", known_at, row)

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

    def elect(
        self, name: str, topic: str, choice: str, *, by: str, **cells: object
    ) -> None:
        """A policy on a topic, elected for this contract when it is signed."""
        row: Cells = {
            "election_id": f"pol_{name}_{self.contract_id}",
            "book": "*",
            "topic": topic,
            "choice": choice,
            "scope_type": "contract",
            "scope_id": self.contract_id,
            "effective_from": self.signed_at,
            "approved_by": f"{by}@example.com",
            "approved_at": self.signed_at,
            **cells,
        }
        self.add("policy_elections", "erp", self.known_at, row)

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
