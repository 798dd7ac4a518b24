"""What must not matter about a change of terms, on random modified contracts.

One world is built twice: as it is, and with its rows in another order and an event on
each unmodified contract that agrees again on what was agreed.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from built_books import Books, Row, Rows, build, write_rows
from random_world import AS_OF, World, random_world

SEED = 20261122
CONTRACTS = 48


@pytest.fixture(scope="module")
def world() -> World:
    return random_world(SEED, CONTRACTS, changed=True)


@pytest.fixture(scope="module")
def books(
    world: World, dbt_target: Path, tmp_path_factory: pytest.TempPathFactory
) -> Books:
    folder = tmp_path_factory.mktemp("changes")
    raw = write_rows(folder / "raw", world.rows, "rows")
    return build(raw, folder / "warehouse", dbt_target, as_of=AS_OF)


@pytest.fixture(scope="module")
def agreed_again(
    world: World, dbt_target: Path, tmp_path_factory: pytest.TempPathFactory
) -> Books:
    folder = tmp_path_factory.mktemp("agreed-again")
    rows = {
        table: list(reversed([*given, *_agreements(world, table)]))
        for table, given in world.rows.items()
    }
    raw = write_rows(folder / "raw", rows, "rows")
    return build(raw, folder / "warehouse", dbt_target, as_of=AS_OF)


@pytest.mark.parametrize(
    "mart", ["fct_revenue_recognised", "fct_journal_lines", "fct_contract_balances"]
)
def test_order_and_agreeing_again_change_nothing(
    books: Books, agreed_again: Books, mart: str
) -> None:
    before, after = books.rows(mart), agreed_again.rows(mart)
    assert before == after, list((before - after) + (after - before))[:4]


def test_agreeing_again_is_judged_and_writes_nothing(
    world: World, books: Books, agreed_again: Books
) -> None:
    """The ledger has no row that the event brought; a cut in use may leave dust."""
    judged = agreed_again.query(
        "select count(distinct subject) from marts.fct_judgements"
        " where decision_code = 'D12' and subject like '%-again'"
    )
    assert judged == [(len(_agreed_once(world)),)]
    assert len(_agreed_once(world)) > 5
    assert _ledger(books) == _ledger(agreed_again)


def test_life_to_date_revenue_is_the_final_price(books: Books) -> None:
    """Whatever was modified, and however late: the ledger adds up to the price.

    Lots of credits are left out: what is not drawn yet is price, and no revenue.
    """
    found = books.query(
        "with price as (select obligation_id, amount from"
        " marts.fct_price_allocations where book = 'asc606'"
        " and component <> 'credits' qualify row_number()"
        " over (partition by obligation_id, component order by as_of_period_id desc)"
        " = 1), ledger as (select obligation_id, sum(amount) as amount"
        " from marts.fct_revenue_waterfall where book = 'asc606' group by all)"
        " select obligation_id, price.amount, ledger.amount from price"
        " left join ledger using (obligation_id)"
    )
    assert len(found) > CONTRACTS
    wrong = [
        row
        for row in found
        if abs(row[1] - (row[2] or Decimal(0))) > Decimal("0.000000000001")
    ]
    assert not wrong, wrong[:5]


def _agreed_once(world: World) -> set[str]:
    """Contracts that nothing changes and whose terms and prices nobody corrected."""
    return {
        contract.contract_id
        for contract in world.contracts
        if not contract.changes
        and all(
            len(line.terms) == 1
            and all(rate.recorded_at <= contract.recorded_at for rate in line.rates)
            for line in contract.lines
        )
    }


def _agreements(world: World, table: str) -> list[Row]:
    unchanged = _agreed_once(world)
    if table == "contract_events":
        return [
            {
                "source_system": "test", "recorded_at": row["recorded_at"],
                "contract_event_id": f"{row['contract_id']}-again",
                "contract_id": row["contract_id"], "event_kind": "modified",
                "effective_at": "2025-12-20", "approved_at": row["recorded_at"],
                "price_delta_amount": 0, "source_ref": "again",
            }
            for row in _first_rows(world.rows, unchanged)
        ]  # fmt: skip
    if table == "contract_lines":
        return [
            {**row, "modified_by_event_id": f"{row['contract_id']}-again"}
            for row in world.rows[table]
            if row["contract_id"] in unchanged
        ]
    return []


def _first_rows(rows: Rows, contracts: set[str]) -> list[Row]:
    return [row for row in rows["contracts"] if row["contract_id"] in contracts]


def _ledger(books: Books) -> Counter[tuple[object, ...]]:
    return Counter(
        books.query(
            "select book, obligation_id, component, cause_code, known_period_id,"
            " service_period_id, is_after_as_of, cast(amount as decimal(38, 12))"
            " from marts.fct_revenue_waterfall"
            " where abs(amount) > 0.00000000001"
        )
    )
