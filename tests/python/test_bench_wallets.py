"""The company of many wallets, and the report of what drawing them cost."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from inference_revenue.bench.made_tables import GIB, Built
from inference_revenue.bench.measurement import BuildCost
from inference_revenue.bench.nodes import Node
from inference_revenue.bench.wallets import QUERIES, WALLETS, wallets_report


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty wallets."""
    folder = tmp_path_factory.mktemp("wallets") / "company"
    WALLETS.write(folder, 60)
    return folder


def one(company: Path, query: str) -> object:
    """What a query of one value finds, tables named by their files."""
    with duckdb.connect() as connection:
        for table in QUERIES:
            connection.execute(
                f"create view {table} as from '{company / table}.parquet'"
            )
        ((value,),) = connection.execute(query).fetchall()
    return value


def test_each_wallet_has_four_lots_and_use_in_24_months(company: Path) -> None:
    lots = "select customer_id from credit_grants group by 1 having count(*) = 4"
    assert one(company, f"select count(*) from ({lots})") == 60
    months = (
        "select customer_id from usage_events group by 1"
        " having count(distinct date_trunc('month', occurred_at)) = 24"
        " and count(*) = 24"
    )
    assert one(company, f"select count(*) from ({months})") == 60


def test_some_use_is_late_and_some_wallets_use_more_than_they_have(
    company: Path,
) -> None:
    late = "recorded_at > occurred_at + interval 60 day"
    found = one(company, f"select count(*) from usage_events where {late}")
    assert isinstance(found, int)
    assert 0 < found < 60 * 24 / 50
    used = "select customer_id, sum(quantity) as units from usage_events group by 1"
    more = one(
        company,
        f"select count(*) from ({used}) inner join (select customer_id,"
        " sum(units_granted) as held from credit_grants group by 1)"
        " using (customer_id) where units > held",
    )
    assert isinstance(more, int)
    assert 0 <= more < 60


def test_each_invoice_is_what_the_lots_of_the_wallet_cost(company: Path) -> None:
    assert one(
        company,
        "select count(*) from billing_documents inner join (select contract_id,"
        " sum(consideration_amount) as paid from credit_grants group by 1)"
        " using (contract_id) where net_amount = paid",
    ) == 60  # fmt: skip


def test_only_nodes_of_lots_and_wallets_count_as_drawing() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    cost = BuildCost(moment, 10.0, 100.0, 150.0, 3 * GIB, "green")
    nodes = tuple(
        Node(name, "room", seconds, moment, moment)
        for name, seconds in [
            ("int_wallet_draws", 2.0), ("fct_credit_draws", 3.0),
            ("fct_revenue_recognised", 50.0), ("chk_credit_kinds_roll_forward", 9.0),
        ]
    )  # fmt: skip
    built = [Built(1_000, cost, nodes), Built(2_000, cost, nodes)]
    report = " ".join(wallets_report(built).split())
    assert "1,000 5.0 s 5.000 s 0.0 s 100.0 s 150.0 s 3.00 GiB green" in report
    assert "2,000 5.0 s 2.500 s 0.0 s 100.0 s 150.0 s 3.00 GiB green" in report
    assert "fct_revenue_recognised" not in report
