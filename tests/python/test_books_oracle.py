"""The books of random contracts equal a brute-force calculation to the last digit."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple
from datetime import datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from built_books import BOOKS, Books, build, differences, write_rows
from modification_oracle import bridges
from random_world import AS_OF, World, random_world
from revenue_oracle import (
    PREPAID,
    begun,
    by_product,
    closes_that_know,
    earned_table,
    postings,
)
from stirred_inputs import stir

SEED = 20261121
CONTRACTS = 160
MODIFIED = 230  # those with lots of credits are not modified
# Every entity has closed December by then.
EARLIER_CLOSE = "2025-12"
EARLIER_AS_OF = datetime(2026, 1, 20, 12)
# What was drawn, without the numbers and cuts that a later lot may move.
DRAWN = (
    "select book, grant_id, taken_by, line_id, service_period_id, known_period_id,"
    " cause_code, sum(units), sum(amount) from marts.fct_credit_drawdowns where {}"
    " group by all having sum(units) <> 0"
)
# E is kept to 18 decimals, each rated cell and each day count cut there.
DUST = Fraction(1, 10**12)


@pytest.fixture(scope="module", params=["as agreed", "modified"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "modified":
        return random_world(SEED, MODIFIED, changed=True)
    return random_world(SEED, CONTRACTS)


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for each world: the second would arrive late in the first one's books."""
    return tmp_path_factory.mktemp("oracle")


@pytest.fixture(scope="module")
def raw(world: World, folder: Path) -> Path:
    return write_rows(folder / "raw", world.rows, "rows")


@pytest.fixture(scope="module")
def books(raw: Path, folder: Path, dbt_target: Path) -> Books:
    return build(raw, folder / "warehouse", dbt_target, as_of=AS_OF)


@pytest.mark.parametrize("book", ["asc606", "ifrs15"])
def test_posted_revenue_is_the_difference_of_rounded_cumulatives(
    world: World, books: Books, book: str
) -> None:
    found = {
        tuple(key): (amount, catch_up)
        for *key, amount, catch_up in books.query(
            "select contract_id, product_id, period_id, sum(amount),"
            " sum(catch_up_amount) from marts.fct_revenue_recognised"
            f" where book = '{book}' group by all"
        )
    }
    wrong, posted = [], 0
    for contract in world.contracts:
        for (product, period), expected in postings(contract).items():
            key = (contract.contract_id, product, period)
            actual = found.pop(key, (Decimal(0), Decimal(0)))
            posted += expected.amount != 0
            if actual != (expected.amount, expected.catch_up):
                wrong.append((key, expected, actual))
    assert not wrong, f"{len(wrong)} of {posted}: {wrong[:8]}"
    assert not {key: value for key, value in found.items() if any(value)}
    assert posted > 2 * CONTRACTS


def test_the_two_date_table_is_what_each_close_believed(
    world: World, books: Books
) -> None:
    ledger = books.query(
        "select w.contract_id, o.product_id, service_period_id, known_period_id,"
        " sum(w.amount) from marts.fct_revenue_waterfall w"
        " inner join marts.dim_obligations o using (obligation_id)"
        " where book = 'asc606' and not is_after_as_of group by all"
    )
    by_obligation: dict[tuple[str, str], list[tuple[str, str, Decimal]]] = {}
    for contract_id, product, service, known, amount in ledger:
        by_obligation.setdefault((contract_id, product), []).append(
            (service, known, amount)
        )
    wrong = []
    for contract in world.contracts:
        for (product, t, p), expected in earned_table(contract).items():
            cells = by_obligation.get((contract.contract_id, product), [])
            believed = [a for service, known, a in cells if service <= t and known <= p]
            actual = Fraction(sum(believed))
            if abs(actual - expected) > DUST:
                cell = (contract.contract_id, product, t, p)
                wrong.append((*cell, float(expected), float(actual)))
    assert not wrong, f"{len(wrong)}: {wrong[:8]}"


def test_a_change_bridges_from_price_to_price(world: World, books: Books) -> None:
    """I28, as each close knew the change: before, recognised, after and remaining."""
    found: dict[tuple[str, str, str, str], tuple[Any, ...]] = {}
    for *key, start, before, recognised, after, remaining in books.query(
        "select b.contract_id, o.product_id, p.period_id, contract_event_id,"
        " segment_from_date, price_before_amount, recognised_before_amount,"
        " price_after_amount, remaining_after_amount"
        " from marts.fct_modification_beliefs b"
        " inner join marts.dim_obligations o using (obligation_id)"
        " inner join marts.dim_accounting_periods p on p.entity_id = b.entity_id"
        " and p.period_ordinal >= known_from_ordinal"
        " and p.period_ordinal < known_to_ordinal where book = 'ifrs15'"
    ):
        contract_id, product, period_id, event_id = key
        found[contract_id, product, period_id, event_id] = (
            start, *map(Fraction, (before, recognised, after, remaining))
        )  # fmt: skip
    wrong, right = [], 0
    for contract in world.contracts:
        for product, lines in by_product(contract).items():
            fees = [line for line in lines if line.kind != "usage"]
            for p in closes_that_know(contract):
                for bridge in bridges(contract, fees, p):
                    key_of = (contract.contract_id, product, p.period_id)
                    actual = found.pop((*key_of, bridge.event_id), None)
                    expected = astuple(bridge)[1:]
                    if actual is None or not _is_near(expected, actual):
                        wrong.append((*key_of, expected, actual))
                    right += 1
    assert not wrong, f"{len(wrong)} of {right}: {wrong[:4]}"
    periods = {p.period_id for c in world.contracts for p in begun(c.entity)}
    more = [key for key in found if key[2] in periods]
    assert not more, f"{len(more)}: {more[:8]}"
    assert right > 150 or not any(contract.changes for contract in world.contracts)


def _is_near(expected: tuple[Any, ...], actual: tuple[Any, ...]) -> bool:
    return expected[0] == actual[0] and all(
        abs(one - other) <= DUST
        for one, other in zip(expected[1:], actual[1:], strict=True)
    )


def test_lots_are_conserved(world: World, books: Books) -> None:
    """I14: granted + rolled = drawn + expired + refunded + remaining; none below 0."""
    found = {
        grant_id: moves
        for grant_id, *moves in books.query(
            "select grant_id, sum(granted_units), sum(rolled_units), sum(drawn_units),"
            " sum(expired_units), sum(refunded_units),"
            " max_by(closing_units, period_ordinal)"
            " from marts.fct_prepaid_rollforward where book = 'asc606' group by 1"
        )
    }
    lots = [lot for contract in world.contracts for lot in contract.lots]
    drawn_at_all = rolled_at_all = 0
    for lot in lots:
        if lot.grant_id not in found:
            # withdrawn before any close believed it, or the lot that it comes from
            assert min(lot.retracted_at, lot.root.retracted_at) <= AS_OF, lot
            continue
        granted, rolled, drawn, expired, refunded, closing = found[lot.grant_id]
        drawn_at_all += drawn > 0
        rolled_at_all += rolled
        is_granted = lot.retracted_at > AS_OF and lot.comes_from is None
        assert granted == (lot.units if is_granted else 0), lot
        assert granted + rolled == drawn + expired + refunded + closing, lot
        assert min(drawn, expired, refunded, closing) >= 0, lot
        if lot.kind == "promotional":
            assert not books.query(
                "select 1 from marts.fct_credit_drawdowns"
                f" where grant_id = '{lot.grant_id}' and amount <> 0"
            )
    assert drawn_at_all > len(lots) / 3
    assert rolled_at_all == 0  # what comes to a lot comes from another one
    assert sum(moves[1] > 0 for moves in found.values()) > len(lots) / 30
    assert len(found) > 0.85 * len(lots)


def test_usage_is_drawn_or_charged(books: Books) -> None:
    """I13: rated usage is what lots paid for and what is charged, never both."""
    red = books.query(
        "select control_code from marts.fct_control_results"
        " where severity = 'block' and violation_count > 0"
    )
    assert red == []


def test_order_and_repeated_delivery_change_nothing(
    books: Books, raw: Path, folder: Path, dbt_target: Path
) -> None:
    """I4: every row in another place, in other files, and some of them twice."""
    stir(raw, folder / "raw-stirred")
    stirred = build(folder / "raw-stirred", folder / "stirred", dbt_target, as_of=AS_OF)
    for mart in [*BOOKS, "fct_prepaid_rollforward"]:
        assert not differences(books.rows(mart), stirred.rows(mart)), mart


def without_dust(rows: Counter[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    """Amounts to fifteen of their eighteen decimals.

    A lot known later may cut a stretch of use in two, and each part ends in a digit.
    """
    with localcontext(prec=60):
        return Counter({
            tuple(round(v, 15) if isinstance(v, Decimal) else v for v in row): count
            for row, count in rows.items()
        })  # fmt: skip


def test_an_earlier_run_said_the_same_of_closed_periods(
    books: Books, raw: Path, folder: Path, dbt_target: Path
) -> None:
    """I5: what is recorded after a close changes nothing known by it."""
    earlier = build(raw, folder / "earlier", dbt_target, as_of=EARLIER_AS_OF)
    for mart, period in BOOKS.items():
        where = f"{period} <= '{EARLIER_CLOSE}'"
        if mart == "fct_revenue_waterfall":
            where += f" and service_period_id <= '{EARLIER_CLOSE}'"
        before = without_dust(earlier.rows(mart, where))
        assert before, mart
        assert not differences(before, without_dust(books.rows(mart, where))), mart
    where = f"known_period_id <= '{EARLIER_CLOSE}'"
    where += f" and service_period_id <= '{EARLIER_CLOSE}'"
    drawn = without_dust(Counter(earlier.query(DRAWN.format(where))))
    assert len(drawn) > 20
    later = without_dust(Counter(books.query(DRAWN.format(where))))
    assert not differences(drawn, later)


def test_the_world_holds_what_it_is_meant_to_try(world: World) -> None:
    """Late and withdrawn usage, corrections, in every zone and currency."""
    lines = [line for contract in world.contracts for line in contract.lines]
    assert {c.currency for c in world.contracts} == {"USD", "EUR", "JPY", "KWD"}
    assert len({c.entity.zone for c in world.contracts}) == 3
    assert sum(len(line.terms) > 1 for line in lines) > 5
    assert sum(len(line.rates) > 1 for line in lines) > 20
    assert sum(e.retracted_at is not None for line in lines for e in line.events) > 50
    if any(contract.changes for contract in world.contracts):
        changes = [c for contract in world.contracts for c in contract.changes]
        assert len(changes) > 60
        assert sum(c.retracted_at is not None for c in changes) > 5
        assert sum((c.recorded_at - c.approved_at).days > 40 for c in changes) > 5
        added = [line for line in lines if not line.terms]
        assert len(added) > 15
    caught_up = [
        product for contract in world.contracts
        for (product, _), posting in postings(contract).items() if posting.catch_up
    ]  # fmt: skip
    assert len(caught_up) > 50
    assert caught_up.count(PREPAID) > 10
    lots = [lot for contract in world.contracts for lot in contract.lots]
    events = Counter(event.kind for lot in lots for event in lot.events)
    assert min(events[kind] for kind in ("extend", "void", "refund")) > 5
    kinds = {"top_up", "commitment", "promotional", "bonus", "rollover"}
    assert {lot.kind for lot in lots} == kinds
    moved = [lot for lot in lots if lot.comes_from]
    assert sum(lot.is_transfer for lot in moved) > 5
    assert sum(lot.share < 1 and not lot.is_transfer for lot in moved) > 2
    assert sum(lot.root is not lot.comes_from for lot in moved) > 1
    assert sum(lot.moved_at < lot.starts for lot in moved) > 2
    assert sum(not lot.pays for lot in lots) > 5
    assert sum(lot.refundable for lot in lots) > 5
    assert sum(bool(contract.unit) for contract in world.contracts) > 10
