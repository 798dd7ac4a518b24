"""Prepaid lots drawn down by use, exactly: what each lot earns, and when.

Use draws at the moment it happened, whenever it became known. It takes first from the
lot with the lowest priority (a lot's own, else that of bought credits), then from the
one that expires first (never comes last), then from the one granted first, then by id.
A lot serves from `effective_at` until just before `expires_at`; what is left of it then
is earned at once. What no lot covers is overage, at the price of the use itself.

    earned = units x consideration / units granted

in fractions, so that a lot that was used up has earned its consideration to the last
unit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

BOUGHT = 40
"""Priority of a bought lot that states none."""
NEVER = datetime(9999, 12, 31)


@dataclass(frozen=True)
class Lot:
    """Credits bought at once."""

    grant_id: str
    units: Fraction
    consideration: Fraction
    granted_at: datetime
    effective_at: datetime
    expires_at: datetime | None = None
    priority: int | None = None

    def serves(self, at: datetime) -> bool:
        """Whether its credits can be used at a moment."""
        return self.effective_at <= at < (self.expires_at or NEVER)

    @property
    def order(self) -> tuple[int, datetime, datetime, str]:
        """Its place in the line."""
        priority = BOUGHT if self.priority is None else self.priority
        return (priority, self.expires_at or NEVER, self.granted_at, self.grant_id)


@dataclass(frozen=True)
class Use:
    """Use worth so many units of the wallet."""

    event_id: str
    at: datetime
    units: Fraction


@dataclass(frozen=True)
class Drawn:
    """Units that one lot gave, or that none did, at a moment."""

    at: datetime
    units: Fraction
    amount: Fraction
    """Revenue; of overage the units themselves, which are money there."""
    component: str
    """drawdown, expiry or overage."""
    grant_id: str | None
    event_id: str | None


@dataclass
class Wallet:
    """The lots of one agreement and the use that draws them."""

    lots: list[Lot] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)

    def story(self, until: datetime) -> list[Drawn]:
        """All that was drawn, expired and not covered, in the order of time."""
        left = {lot.grant_id: lot.units for lot in self.lots}
        drawn: list[Drawn] = []
        for use in sorted(self.uses, key=lambda use: (use.at, use.event_id)):
            drawn += self._draw(use, left)
        for lot in self.lots:
            if lot.expires_at is not None and lot.expires_at <= until:
                rest = left[lot.grant_id]
                if rest:
                    drawn.append(_from(lot, lot.expires_at, rest, "expiry", None))
        return sorted(drawn, key=lambda one: (one.at, one.event_id or ""))

    def _draw(self, use: Use, left: dict[str, Fraction]) -> Iterable[Drawn]:
        wanted = use.units
        serving: Sequence[Lot] = sorted(
            (lot for lot in self.lots if lot.serves(use.at)), key=lambda lot: lot.order
        )
        for lot in serving:
            units = min(wanted, left[lot.grant_id])
            if units:
                left[lot.grant_id] -= units
                wanted -= units
                yield _from(lot, use.at, units, "drawdown", use.event_id)
        if wanted:
            yield Drawn(use.at, wanted, wanted, "overage", None, use.event_id)


def _from(
    lot: Lot, at: datetime, units: Fraction, component: str, event_id: str | None
) -> Drawn:
    amount = units * lot.consideration / lot.units
    return Drawn(at, units, amount, component, lot.grant_id, event_id)
