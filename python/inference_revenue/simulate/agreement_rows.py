"""Rows of contracts, contract_lines, contract_events and deliveries."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from inference_revenue.simulate.catalogue import MILLION, TOKEN_PARTS, Price, corrected
from inference_revenue.simulate.catalogue import token_rate as list_token_rate
from inference_revenue.simulate.money import list_price, quantize
from inference_revenue.simulate.tables import Midnight, Row
from inference_revenue.simulate.terms import Contract, FeeLine, UsageLine
from inference_revenue.simulate.timeline import ENTITIES, Timeline

MANDATE_LIMIT = Decimal(1_000_000)
"""Dollars that an agent may spend in its principal's name: never reached."""


def contract_rows(contracts: Sequence[Contract]) -> list[Row]:
    """One row per contract; late paper is entered unsigned and signed later."""
    rows: list[Row] = []
    for contract in contracts:
        approval = contract.approval
        zone = contract.entity.time_zone
        row: dict[str, object] = {
            "contract_id": contract.contract_id,
            "customer_id": contract.customer.customer_id,
            "entity_id": contract.customer.entity_id,
            "currency": contract.currency,
            "approval_kind": approval.kind,
            "signed_at": approval.signed_at,
            "authority_ref": approval.authority_ref,
            "authority_limit_amount": list_price(MANDATE_LIMIT, contract.currency)
            if approval.authority_ref
            else None,
            "effective_from": Midnight(contract.start, zone),
            "effective_to": Midnight(contract.end, zone) if contract.end else None,
            "termination_right": "customer" if contract.is_cancellable else "none",
            "termination_notice_days": 0 if contract.is_cancellable else None,
            "termination_refund_kind": "none",
            "payment_terms_days": contract.payment_terms_days,
            "renews_contract_id": contract.renews_contract_id,
            "source_system": "clm",
            "recorded_at": approval.recorded_at,
            "source_ref": f"clm/order-form/{contract.contract_id}",
        }
        signed_later = approval.signed_recorded_at
        if signed_later is not None and signed_later > approval.recorded_at:
            rows.append({**row, "signed_at": None})
            row["recorded_at"] = signed_later
        rows.append(row)
    return rows


def contract_line_rows(contracts: Sequence[Contract]) -> list[Row]:
    """One row per line."""
    rows: list[Row] = []
    for contract in contracts:
        rows += [_fee_row(contract, fee) for fee in contract.fees]
        if contract.good is not None:
            rows.append(_fee_row(contract, contract.good))
        rows += [
            _usage_row(contract, line) for line in contract.tokens + contract.gauges
        ]
    return rows


def _common(contract: Contract, line_id: str) -> dict[str, object]:
    return {
        "line_id": line_id,
        "contract_id": contract.contract_id,
        "source_system": "clm",
        "recorded_at": contract.approval.recorded_at,
        "source_ref": f"clm/order-form/{contract.contract_id}#{line_id}",
    }


def _fee_row(contract: Contract, fee: FeeLine) -> Row:
    zone = contract.entity.time_zone
    agreed_end = None if fee is contract.good else contract.end
    return {
        **_common(contract, fee.line_id),
        "line_kind": "fixed_fee",
        "product_id": fee.product_id,
        "quantity": fee.quantity,
        "fixed_amount": fee.amount,
        "amount_interval": fee.interval,
        "service_start": Midnight(fee.start, zone),
        "service_end": Midnight(agreed_end, zone) if agreed_end else None,
        "billing_timing": fee.timing,
    }


def _usage_row(contract: Contract, line: UsageLine) -> Row:
    zone = contract.entity.time_zone
    return {
        **_common(contract, line.line_id),
        "line_kind": "usage",
        "product_id": line.product_id,
        "price_id": line.price_id,
        "meter_id": line.meter_id,
        "discount_rate": line.discount_rate,
        "service_start": Midnight(contract.start, zone),
        "service_end": Midnight(contract.end, zone) if contract.end else None,
        "billing_timing": "arrears",
        "billing_interval": "month",
    }


def contract_event_rows(contracts: Sequence[Contract]) -> list[Row]:
    """Approvals by an event, and terminations notified ten days ahead."""
    rows: list[Row] = []
    for contract in contracts:
        zone = contract.entity.time_zone
        approval = contract.approval
        if approval.event_kind is not None:
            rows.append(
                _event(contract, approval.event_kind)
                | {
                    "effective_at": Midnight(contract.start, zone),
                    "approved_at": approval.event_at,
                    "recorded_at": approval.event_recorded_at,
                }
            )
        if contract.terminated is not None:
            notified_at = contract.noon(contract.terminated - timedelta(days=10))
            rows.append(
                _event(contract, "terminated")
                | {
                    "effective_at": Midnight(contract.terminated, zone),
                    "approved_at": notified_at,
                    "recorded_at": notified_at + timedelta(hours=1),
                }
            )
    return rows


def _event(contract: Contract, kind: str) -> dict[str, object]:
    return {
        "contract_event_id": f"{contract.contract_id}.{kind}",
        "contract_id": contract.contract_id,
        "event_kind": kind,
        "source_system": "clm",
        "source_ref": f"clm/event/{contract.contract_id}/{kind}",
    }


def delivery_rows(contracts: Sequence[Contract], timeline: Timeline) -> list[Row]:
    """Shipments made before the horizon ends."""
    rows: list[Row] = []
    for contract in contracts:
        if contract.good is None:
            continue
        for number, (day, pieces) in enumerate(contract.deliveries):
            if day >= timeline.end:
                continue
            occurred_at = contract.noon(day, 14)
            rows.append(
                {
                    "delivery_id": f"{contract.contract_id}.{number + 1}",
                    "contract_id": contract.contract_id,
                    "line_id": contract.good.line_id,
                    "kind": "delivered",
                    "measure": "units",
                    "measure_value": pieces,
                    "occurred_at": occurred_at,
                    "source_system": "logistics",
                    "recorded_at": occurred_at + timedelta(hours=5),
                    "source_ref": f"logistics/note/{contract.contract_id}/{number + 1}",
                }
            )
    return rows


def custom_prices(contracts: Sequence[Contract], timeline: Timeline) -> list[Price]:
    """Rates agreed for one customer; one of them is corrected after a close."""
    prices: list[Price] = []
    correct_next = True
    cutoffs = {e.entity_id: timeline.cutoff_at(1, e) for e in ENTITIES}
    for contract in contracts:
        if contract.family is None or not contract.tokens[0].price_id.startswith("cus"):
            continue
        model = "*" if contract.family == "multi" else None
        for part, line in zip(TOKEN_PARTS, contract.tokens, strict=True):
            listed = list_token_rate(contract.family, model, part, contract.currency)
            price = Price(
                price_id=line.price_id,
                currency=contract.currency,
                model=model,
                rate_amount=quantize(listed * Decimal("0.7"), 9),
                rate_per_quantity=MILLION,
                valid_from=None,
                recorded_at=contract.approval.recorded_at,
            )
            prices.append(price)
            if contract.role == "custom_price" and correct_next and part == "output":
                late = cutoffs[contract.customer.entity_id] + timedelta(days=3)
                prices.append(corrected(price, "0.96", late))
                correct_next = False
    return prices
