"""Contracts with token lines as arrays, and how many calls each month has."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference_revenue.simulate.catalogue import FAMILIES, MODELS
from inference_revenue.simulate.terms import Contract
from inference_revenue.simulate.timeline import ENTITIES, Timeline, microseconds
from inference_revenue.simulate.usage.shapes import Ints

ADDRESSES = ("line", "contract", "customer")
TOP_SHARE = 0.75
"""Share of the calls that the top customers make."""
WEIGHT_SCALE = 1 << 32
NO_MODEL = len(MODELS)


@dataclass(frozen=True)
class UsagePlan:
    """One position per contract with token lines; times are microseconds, UTC."""

    timeline: Timeline
    contracts: list[Contract]
    customers: list[str]
    """Customer names; the accounts merged into others stand at the end."""
    customer: Ints
    merged_customer: Ints
    """The old account that some events still name, or -1."""
    merged_at: Ints
    family: Ints
    address: Ints
    entity: Ints
    start: Ints
    end: Ints
    weight: Ints
    is_top: Ints
    price_changes: Ints
    knowledge: Ints
    period_starts: tuple[Ints, ...]
    """Per entity, the instants at which the months start."""
    as_of: int

    def cumulative_weights(self, start: int, end: int) -> Ints | None:
        """Cumulative weights of the contracts in a window; None if none is active.

        Each group, the top customers and the others, has its share of the calls
        whatever the number of its active contracts.
        """
        active = np.minimum(self.end, end) - np.maximum(self.start, start)
        weight = self.weight * np.maximum(active, 0) / (end - start)
        if not weight.any():
            return None
        for is_top, share in ((1, TOP_SHARE), (0, 1 - TOP_SHARE)):
            group = self.is_top == is_top
            total = weight[group].sum()
            if total:
                weight[group] *= share / total
        return np.cumsum((weight * WEIGHT_SCALE).astype(np.int64))


def plan_usage(
    contracts: Sequence[Contract],
    timeline: Timeline,
    price_changes: Sequence[int],
    merges: dict[str, tuple[str, int]],
) -> UsagePlan:
    """Arrays of the contracts that have token lines.

    ``merges`` gives, by the account that took another over, the old account and the
    instant of the merger.
    """
    used = [contract for contract in contracts if contract.tokens]
    names = list(dict.fromkeys(c.customer.customer_id for c in used))
    names += [old for old, _ in merges.values() if old not in names]
    position = {name: index for index, name in enumerate(names)}
    entities = [entity.entity_id for entity in ENTITIES]
    old_accounts = [
        merges.get(c.customer.customer_id)
        if c.role in ("merged_target", "renewal")
        else None
        for c in used
    ]

    def ints(values: Sequence[int]) -> Ints:
        return np.array(values, dtype=np.int64)

    return UsagePlan(
        timeline=timeline,
        contracts=used,
        customers=names,
        customer=ints([position[c.customer.customer_id] for c in used]),
        merged_customer=ints([position[old[0]] if old else -1 for old in old_accounts]),
        merged_at=ints([old[1] if old else 0 for old in old_accounts]),
        family=ints([FAMILIES.index(c.family or "") for c in used]),
        address=ints([ADDRESSES.index(c.addressing) for c in used]),
        entity=ints([entities.index(c.customer.entity_id) for c in used]),
        start=ints([microseconds(c.starts_at()) for c in used]),
        end=ints(
            [microseconds(c.ends_at(timeline.horizon(c.entity)[1])) for c in used]
        ),
        weight=ints([round(c.weight * 1_000_000) for c in used]),
        is_top=ints([int(c.customer.is_top) for c in used]),
        price_changes=ints(price_changes),
        knowledge=ints([microseconds(i) for i in timeline.knowledge_instants]),
        period_starts=tuple(
            ints([microseconds(i) for i in timeline.starts_at(entity)])
            for entity in ENTITIES
        ),
        as_of=microseconds(timeline.as_of),
    )


def calls_per_month(events: int, months: int) -> list[int]:
    """Calls of each month: three events each, growing by four per cent a month."""
    total = events // 3
    shares = [104**index * 100 ** (months - index) for index in range(months)]
    counts = [total * share // sum(shares) for share in shares]
    counts[-1] += total - sum(counts)
    return counts
