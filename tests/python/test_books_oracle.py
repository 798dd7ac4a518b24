"""The books of random contracts equal a brute-force calculation to the last digit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from built_books import Books, build, write_rows
from random_world import AS_OF, World, random_world
from revenue_oracle import earned_table, postings

SEED = 20261121
CONTRACTS = 120
# E is kept to 18 decimals, each rated cell and each day count cut there.
DUST = Fraction(1, 10**12)


@pytest.fixture(scope="module", params=["as agreed", "modified"])
def world(request: pytest.FixtureRequest) -> World:
    return random_world(SEED, CONTRACTS, changed=request.param == "modified")


@pytest.fixture(scope="module")
def books(
    world: World, dbt_target: Path, tmp_path_factory: pytest.TempPathFactory
) -> Books:
    folder = tmp_path_factory.mktemp("oracle")
    raw = write_rows(folder / "raw", world.rows, "rows")
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
        posting for contract in world.contracts
        for posting in postings(contract).values() if posting.catch_up
    ]  # fmt: skip
    assert len(caught_up) > 50
