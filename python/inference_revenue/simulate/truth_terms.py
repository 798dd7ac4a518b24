"""Answers that follow from the agreements: fees, goods, and what is a contract."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

import pyarrow as pa

from inference_revenue.simulate.rating import PRECISION
from inference_revenue.simulate.tables import AMOUNT, INSTANT, Row
from inference_revenue.simulate.terms import Contract, FeeLine
from inference_revenue.simulate.timeline import Timeline, local_day

EXACT = pa.decimal128(38, 18)
TEXT, DAY, COUNT = pa.string(), pa.date32(), pa.int64()

FEE_TYPES = {
    "contract_id": TEXT,
    "line_id": TEXT,
    "product_id": TEXT,
    "currency": TEXT,
    "basis": TEXT,
    "from_date": DAY,
    "to_date": DAY,
    "days": COUNT,
    "amount": AMOUNT,
    "amount_per_day": EXACT,
}
DELIVERY_TYPES = {
    "contract_id": TEXT,
    "line_id": TEXT,
    "currency": TEXT,
    "service_period_id": TEXT,
    "amount": AMOUNT,
}
CONTRACT_TYPES = {
    "contract_id": TEXT,
    "customer_id": TEXT,
    "entity_id": TEXT,
    "currency": TEXT,
    "role": TEXT,
    "family": TEXT,
    "addressing": TEXT,
    "from_date": DAY,
    "to_date": DAY,
    "terminated_on": DAY,
    "approval_known_at": INSTANT,
    "approval_known_period_id": TEXT,
    "collectability": AMOUNT,
    "is_contract_asc606": pa.bool_(),
    "is_contract_ifrs15": pa.bool_(),
}


def known_period(
    timeline: Timeline, contract: Contract, month: int, bucket: int
) -> str:
    """First period, not before the month of use, whose close knew a bucket."""
    for index in range(month, timeline.months):
        if bucket <= timeline.bucket(timeline.cutoff_at(index, contract.entity)):
            return timeline.period_id(index)
    raise ValueError(f"nothing is known in bucket {bucket}")


def fee_rows(contracts: Sequence[Contract], timeline: Timeline) -> list[Row]:
    """Fees and the days they are earned on, straight line, each as stated."""
    return [
        {
            "contract_id": contract.contract_id,
            "line_id": fee.line_id,
            "product_id": fee.product_id,
            "currency": contract.currency,
            "basis": "interval" if contract.is_cancellable else "term",
            "from_date": start,
            "to_date": end,
            "days": (end - start).days,
            "amount": amount,
            "amount_per_day": exact_decimal(Fraction(amount) / (end - start).days),
        }
        for contract in contracts
        for fee in contract.fees
        for start, end, amount in _earned_over(contract, fee, timeline)
    ]


def _earned_over(
    contract: Contract, fee: FeeLine, timeline: Timeline
) -> list[tuple[date, date, Decimal]]:
    """Windows and amounts of a fee.

    What cannot be cancelled is one amount over the whole term; what can is earned
    window by window, each of them a contract of its own.
    """
    if contract.is_cancellable or fee.end is None:
        windows = fee.intervals(timeline.day_after_as_of)
        return [(start, end, fee.amount) for start, end in windows]
    return [(fee.start, fee.end, fee.amount * len(fee.intervals(fee.end)))]


def delivery_truth_rows(contracts: Sequence[Contract], timeline: Timeline) -> list[Row]:
    """Price of the goods delivered, by the month of delivery."""
    return [
        {
            "contract_id": contract.contract_id,
            "line_id": good.line_id,
            "currency": contract.currency,
            "service_period_id": timeline.period_id(timeline.index(day)),
            "amount": good.amount * pieces / good.quantity,
        }
        for contract in contracts
        if (good := contract.good) is not None
        for day, pieces in contract.deliveries
        if day < timeline.end
    ]


def contract_truth_rows(contracts: Sequence[Contract], timeline: Timeline) -> list[Row]:
    """What decides whether each agreement is a contract, as known at the as-of."""
    rows: list[Row] = []
    for contract in contracts:
        approval = contract.approval
        approved = approval.known_at is not None
        likely = contract.collectability
        sure = Decimal(1) if likely is None else likely
        rows.append(
            {
                "contract_id": contract.contract_id,
                "customer_id": contract.customer.customer_id,
                "entity_id": contract.customer.entity_id,
                "currency": contract.currency,
                "role": contract.role,
                "family": contract.family,
                "addressing": contract.addressing if contract.tokens else None,
                "from_date": contract.start,
                "to_date": contract.end,
                "terminated_on": contract.terminated,
                "approval_known_at": approval.known_at,
                "approval_known_period_id": _approval_period(contract, timeline),
                "collectability": likely,
                "is_contract_asc606": approved and sure >= Decimal("0.75"),
                "is_contract_ifrs15": approved and sure > Decimal("0.5"),
            }
        )
    return rows


def _approval_period(contract: Contract, timeline: Timeline) -> str | None:
    """First period, not before the approval itself, whose close knew of it."""
    approved_at, known_at = contract.approval.approved_at, contract.approval.known_at
    if approved_at is None or known_at is None:
        return None
    day = local_day(approved_at, contract.entity.time_zone)
    month = max(0, timeline.index(day))
    return known_period(timeline, contract, month, timeline.bucket(known_at))


def exact_decimal(value: Fraction) -> Decimal:
    """To eighteen decimals, half away from zero."""
    with localcontext() as context:
        context.prec = PRECISION
        scaled = abs(value) * 10**18
        whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
        return Decimal(whole if value >= 0 else -whole).scaleb(-18)
