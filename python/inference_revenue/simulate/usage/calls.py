"""Draws one chunk of model calls."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference_revenue.simulate.catalogue import MODELS
from inference_revenue.simulate.usage import shapes
from inference_revenue.simulate.usage.plan import NO_MODEL, UsagePlan
from inference_revenue.simulate.usage.shapes import DAY, MINUTE, Ints, Rng

CALLS_PER_BURST = 6
LATE_SHARE = 0.01
CACHE_BLOCK = 128
CUSTOMER_ADDRESS = 2
PLAIN, TEST, NON_BILLABLE, REPLAYED, RETRACTED, WITHDRAWAL = range(6)
"""Kinds of calls; a WITHDRAWAL is not a call but the row that takes one back."""
KIND_SHARES = np.array([0.0005, 0.0020, 0.0030, 0.0020])
"""Shares of test calls, non-billable, replayed and retracted ones."""
REASONS = ("internal", "failed", "courtesy")

_MODEL_WEIGHTS = np.cumsum(np.array([30, 40, 22, 8], dtype=np.int64))
assert len(_MODEL_WEIGHTS) == len(MODELS)


@dataclass
class Calls:
    """One position per call; times are microseconds, UTC."""

    identity: Ints
    contract: Ints
    customer: Ints
    address: Ints
    model: Ints
    occurred: Ints
    recorded: Ints
    input: Ints
    cached: Ints
    output: Ints
    kind: Ints
    reason: Ints
    """Position in REASONS, for non-billable calls."""
    echoed: Ints
    """When the replay or retraction is recorded, for calls of those kinds."""

    def __len__(self) -> int:
        return len(self.contract)

    def take(self, index: Ints) -> "Calls":
        """The calls at some positions."""
        return Calls(**{name: column[index] for name, column in vars(self).items()})


def joined(parts: Sequence[Calls]) -> Calls:
    """The calls of several parts, one after the other."""
    columns = zip(*(vars(part).items() for part in parts), strict=True)
    return Calls(
        **{found[0][0]: np.concatenate([one for _, one in found]) for found in columns}
    )


@dataclass(frozen=True)
class Window:
    """A month of the chunked drawing: UTC instants and weights."""

    month: int
    start: int
    end: int
    contracts: Ints
    """Cumulative weights of the contracts."""
    minutes: Ints
    """Cumulative weights of the minutes."""


def draw_calls(
    plan: UsagePlan, window: Window, count: int, first: int, rng: Rng
) -> Calls:
    """Draw ``count`` calls of a month, in the order in which they are recorded.

    ``first`` numbers the first call; every call of the company has its own number.
    """
    bursts = max(1, count // CALLS_PER_BURST)
    burst = np.sort(rng.integers(0, bursts, count))
    contract = shapes.pick(window.contracts, rng, bursts)[burst]
    minute = shapes.pick(window.minutes, rng, bursts)
    within = rng.integers(0, MINUTE, bursts)[burst]
    within += shapes.sample(shapes.BURST_SPREAD, rng, count)
    # a burst stays in its minute, so that minutes without a call stay empty
    occurred = window.start + minute[burst] * MINUTE + within % MINUTE
    occurred = _inside_term(plan, window, contract, occurred, rng)
    recorded = _recorded(occurred, plan.as_of, rng)
    tokens = shapes.sample(shapes.INPUT_TOKENS, rng, count)
    cacheable = tokens * rng.integers(0, 1000, count) // 1000
    cached = cacheable // CACHE_BLOCK * CACHE_BLOCK
    cached[rng.random(count) < 0.35] = 0
    model = shapes.pick(_MODEL_WEIGHTS, rng, count)
    model[plan.family[contract] != 0] = NO_MODEL
    address = plan.address[contract]
    customer = plan.customer[contract]
    old = plan.merged_customer[contract]
    moved = (old >= 0) & (occurred >= plan.merged_at[contract])
    moved &= rng.random(count) < 0.5
    kind, echoed = _kinds(recorded, plan.as_of, rng)
    calls = Calls(
        identity=first + np.arange(count),
        contract=contract,
        customer=np.where(moved, old, customer),
        address=np.where(moved, CUSTOMER_ADDRESS, address),
        model=model,
        occurred=occurred,
        recorded=recorded,
        input=tokens,
        cached=cached,
        output=shapes.sample(shapes.OUTPUT_TOKENS, rng, count),
        kind=kind,
        reason=rng.integers(0, len(REASONS), count),
        echoed=echoed,
    )
    return calls.take(np.argsort(recorded, kind="stable"))


def _inside_term(
    plan: UsagePlan, window: Window, contract: Ints, occurred: Ints, rng: Rng
) -> Ints:
    """Calls drawn outside their contract's term fall anywhere in it instead."""
    start, end = plan.start[contract], plan.end[contract]
    outside = np.flatnonzero((occurred < start) | (occurred >= end))
    low = np.maximum(start[outside], window.start)
    high = np.minimum(end[outside], window.end)
    occurred[outside] = rng.integers(low, high)
    return occurred


def _recorded(occurred: Ints, as_of: int, rng: Rng) -> Ints:
    """Most calls are recorded within minutes, one in a hundred after days."""
    count = len(occurred)
    quick = occurred + shapes.sample(shapes.QUICK_DELAY, rng, count)
    late = np.flatnonzero(rng.random(count) < LATE_SHARE)
    later = occurred[late] + shapes.sample(shapes.LATE_DELAY, rng, len(late))
    quick[late] = np.where(later <= as_of, later, quick[late])
    return quick


def _kinds(recorded: Ints, as_of: int, rng: Rng) -> tuple[Ints, Ints]:
    """Kind of each call, and when its replay or retraction is recorded.

    Half of the replays are a copy of the same delivery, half arrive within a day. Half
    of the retractions come within two days, half after 15 to 60, past the close.
    """
    count = len(recorded)
    kind = np.searchsorted(np.cumsum(KIND_SHARES), rng.random(count), side="right") + 1
    kind[kind > RETRACTED] = PLAIN
    echoed = recorded.copy()
    again = np.flatnonzero(kind == REPLAYED)
    echoed[again] += rng.integers(0, 2, len(again)) * rng.integers(1, DAY, len(again))
    echoed[echoed > as_of] = recorded[echoed > as_of]
    gone = np.flatnonzero(kind == RETRACTED)
    soon = rng.integers(DAY // 24, 2 * DAY, len(gone))
    afterwards = rng.integers(15 * DAY, 60 * DAY, len(gone))
    echoed[gone] += np.where(rng.random(len(gone)) < 0.5, soon, afterwards)
    kind[gone[echoed[gone] > as_of]] = PLAIN
    return kind, echoed
