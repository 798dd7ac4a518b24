"""The company of many contracts: its tables say what the benchmark claims of it."""

from pathlib import Path

import duckdb
import pytest

from inference_revenue.bench.agreements import AGREEMENTS, TABLES


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty contracts."""
    folder = tmp_path_factory.mktemp("agreements") / "company"
    AGREEMENTS.write(folder, 40)
    return folder


def count(company: Path, table: str, condition: str = "true") -> int:
    """Rows of a table that meet a condition."""
    query = f"select count(*) from '{company / table}.parquet' where {condition}"
    ((rows,),) = duckdb.execute(query).fetchall()
    return int(rows)


def test_each_contract_has_four_lines(company: Path) -> None:
    assert count(company, "contracts") == 40
    assert count(company, "contract_lines", "modified_by_event_id is null") == 160


def test_a_tenth_is_modified_twice(company: Path) -> None:
    assert count(company, "contract_events") == 2 * 4
    assert count(company, "contract_lines", "modified_by_event_id is not null") == 8


def test_each_document_is_the_sum_of_its_lines(company: Path) -> None:
    lines = company / "billing_document_lines.parquet"
    documents = company / "billing_documents.parquet"
    apart = duckdb.execute(
        f"""
        select document_id from '{documents}' as documents
        where net_amount <> (
            select sum(net_amount) from '{lines}' as lines
            where lines.document_id = documents.document_id
        )
        """
    ).fetchall()
    assert apart == []


@pytest.mark.parametrize("table", TABLES)
def test_each_row_was_recorded(company: Path, table: str) -> None:
    assert count(company, table) > 0
    assert count(company, table, "recorded_at is null") == 0
