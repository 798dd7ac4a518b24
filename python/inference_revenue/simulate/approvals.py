"""How a contract came to be approved, by role."""

from datetime import date, datetime, timedelta
from random import Random

from inference_revenue.simulate.customers import Customer
from inference_revenue.simulate.terms import Approval
from inference_revenue.simulate.timeline import ENTITY, local_midnight


def approve(role: str, start: date, customer: Customer, rng: Random) -> Approval:
    """The evidence a contract of this role has, and when it was entered."""
    starts_at = local_midnight(start, ENTITY[customer.entity_id].time_zone)
    signed_at = starts_at - timedelta(days=rng.randrange(3, 30), hours=7)
    entered_at = signed_at + timedelta(hours=2)
    day_before = starts_at - timedelta(days=1)
    if role == "late_paper":
        signed_late = starts_at + timedelta(days=rng.randrange(20, 81), hours=10)
        return Approval(
            kind="signature",
            recorded_at=day_before,
            signed_at=signed_late,
            signed_recorded_at=signed_late + timedelta(hours=3),
        )
    if role in ("unapproved", "unapproved_paid"):
        return Approval(kind="signature", recorded_at=day_before)
    if role in ("clickwrap", "conduct"):
        return _by_event(role, "executed", day_before, starts_at)
    if role == "agent_ratified":
        ratified_at = starts_at + timedelta(days=rng.randrange(15, 50))
        return _by_event("agent", "ratified", day_before, ratified_at)
    mandate = f"mandate/{customer.customer_id}" if role == "agent" else None
    return Approval(
        kind="agent" if role.startswith("agent") else "signature",
        recorded_at=entered_at,
        signed_at=signed_at,
        signed_recorded_at=entered_at,
        authority_ref=mandate,
    )


def _by_event(
    kind: str, event_kind: str, recorded_at: datetime, event_at: datetime
) -> Approval:
    """Approved by an event that was recorded a minute after it happened."""
    return Approval(
        kind=kind,
        recorded_at=recorded_at,
        event_kind=event_kind,
        event_at=event_at,
        event_recorded_at=event_at + timedelta(minutes=1),
    )
