"""How large a synthetic company is, and which months it lives through."""

from dataclasses import dataclass, replace
from datetime import date

from inference_revenue.errors import UserError


@dataclass(frozen=True)
class Size:
    """Counts to aim for; what was really written is in ``truth/company.json``.

    ``contracts`` counts every agreement, renewals included. ``events`` counts rows of
    usage_events: a call of a model is three of them (input, cached input and output
    tokens), and replays, retractions and bad rows come on top.
    """

    customers: int
    contracts: int
    months: int
    events: int
    first_month: date = date(2025, 1, 1)


SIZES = {
    "small": Size(customers=20, contracts=36, months=6, events=20_000),
    "default": Size(customers=300, contracts=400, months=18, events=1_000_000),
    "large": Size(customers=3_600, contracts=5_000, months=18, events=20_000_000),
}

LEAST_CONTRACTS = 32
"""Below this the company has no room for one contract of every role."""


def find_size(
    name: str,
    *,
    customers: int | None = None,
    contracts: int | None = None,
    months: int | None = None,
    events: int | None = None,
) -> Size:
    """Return the named preset with the given counts replaced.

    Raises:
        UserError: the preset is unknown.
    """
    if name not in SIZES:
        known = ", ".join(SIZES)
        raise UserError(f"There is no company size '{name}'; choose one of {known}.")
    size = SIZES[name]
    return replace(
        size,
        customers=size.customers if customers is None else customers,
        contracts=size.contracts if contracts is None else contracts,
        months=size.months if months is None else months,
        events=size.events if events is None else events,
    )


def require_possible(size: Size) -> None:
    """Check that a company of this size can hold every role.

    Raises:
        UserError: the counts leave no such company.
    """
    least = 12 + size.contracts // 50
    most = 3 * size.contracts
    if size.contracts < LEAST_CONTRACTS:
        raise UserError(
            f"A company needs at least {LEAST_CONTRACTS} contracts, "
            f"not {size.contracts}."
        )
    if not least <= size.customers <= most:
        raise UserError(
            f"A company with {size.contracts} contracts needs {least} to {most} "
            f"customers, not {size.customers}."
        )
    if not 4 <= size.months <= 60 or size.events < 1_000:
        raise UserError(
            "A company needs 4 to 60 months and at least 1,000 usage events, "
            f"not {size.months} and {size.events}."
        )
