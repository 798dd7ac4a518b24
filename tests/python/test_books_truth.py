"""The books of the synthetic company against the truth that it was drawn from.

The truth is kept by the generator in integers and Decimals, apart from every model, and
was counted again in SQL of its own; so what agrees here was found by two ways.
"""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from built_books import Books, build
from inference_revenue.simulate.company import write_company
from inference_revenue.simulate.trace import expected_revenue, write_trace_company

# Levels weighted by time are kept to nine decimals before they are priced.
GAUGE_TOLERANCE = Decimal("0.000001")
# Deals with special terms have a truth of their own.
PLAIN = "contract_id in (select contract_id from '{folder}/contracts.parquet')"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    # enough contracts for a dozen special deals of each programme
    write_company(folder, size="small", contracts=100)
    return folder


@pytest.fixture(scope="module")
def books(
    company: Path, dbt_target: Path, tmp_path_factory: pytest.TempPathFactory
) -> Books:
    return build(company, tmp_path_factory.mktemp("truth"), dbt_target)


def unlike(books: Books, company: Path, truth: str, found: str, keys: str) -> object:
    """Rows in which truth and books differ; both selects end in the column `amount`."""
    folder = company / "truth"
    truth, found = truth.format(folder=folder), found.format(folder=folder)
    return books.query(
        f"""
        with truth as ({truth}), found as ({found})
        select {keys}, truth.amount, found.amount
        from truth full join found using ({keys})
        where abs(coalesce(truth.amount, 0) - coalesce(found.amount, 0))
            > {GAUGE_TOLERANCE}
        """
    )


@pytest.mark.parametrize("book", ["asc606", "ifrs15"])
def test_usage_revenue_is_what_was_used_as_each_close_knew_it(
    books: Books, company: Path, book: str
) -> None:
    truth = f"""
        select contract_id, service_period_id,
            greatest(known_period_id, approval_known_period_id) as known_period_id,
            sum(amount) as amount
        from '{{folder}}/rated_amounts.parquet'
        join '{{folder}}/contracts.parquet' using (contract_id)
        where is_contract_{book}
        group by all
    """
    found = f"""
        select contract_id, service_period_id, known_period_id, sum(amount) as amount
        from marts.fct_revenue_waterfall
        where book = '{book}' and component = 'usage' and {PLAIN}
        group by all
    """
    keys = "contract_id, service_period_id, known_period_id"
    assert books.query(found.format(folder=company / "truth")), "there is any"
    assert unlike(books, company, truth, found, keys) == []


def test_quantities_are_those_metered_once(books: Books, company: Path) -> None:
    keys = "line_id, dim_1_value, is_billable, service_period_id, known_period_id"
    truth = f"""
        select * replace (coalesce(dim_1_value, '') as dim_1_value),
            quantity as amount
        from (
            select {keys}, sum(quantity) as quantity
            from '{{folder}}/usage_quantities.parquet' group by all
        )
    """
    found = f"""
        select {keys}, sum(quantity) as amount
        from (
            select line_id, coalesce(dim_1_value, '') as dim_1_value,
                non_billable_reason is null as is_billable,
                service_period_id, known_period_id, quantity
            from marts.fct_usage_daily
            join marts.dim_meters using (meter_id)
            where aggregation = 'sum' and {PLAIN}
        )
        group by all
    """
    assert unlike(books, company, truth, found, keys) == []


def test_use_of_special_deals_is_measured_once(books: Books, company: Path) -> None:
    """Whatever becomes of its price, what was used is what the deals used."""
    keys = "line_id, service_period_id, known_period_id"
    truth = f"""
        select {keys}, sum(quantity) as amount
        from '{{folder}}/special_quantities.parquet'
        where meter_id not like '%.people' and meter_id not like '%.workers'
            and meter_id not like '%.requests'
        group by all having sum(quantity) <> 0
    """
    found = f"""
        select {keys}, sum(quantity) as amount
        from marts.fct_usage_daily
        where contract_id in
            (select contract_id from '{{folder}}/special_contracts.parquet')
            and line_id not like '%.people' and line_id not like '%.workers'
            and line_id not like '%.requests'
        group by all having sum(quantity) <> 0
    """
    assert len(books.query(found.format(folder=company / "truth"))) > 50
    assert unlike(books, company, truth, found, keys) == []


def test_levels_are_those_of_their_intervals(books: Books, company: Path) -> None:
    truth = """
        select line_id, service_period_id, sum(quantity) as amount
        from '{folder}/gauge_quantities.parquet' group by all
    """
    found = """
        select line_id, service_period_id, sum(quantity) as amount
        from marts.fct_usage_daily
        join marts.dim_meters using (meter_id)
        where aggregation <> 'sum' and non_billable_reason is null
            and contract_id in
                (select contract_id from '{folder}/contracts.parquet')
        group by all
    """
    assert unlike(books, company, truth, found, "line_id, service_period_id") == []


def test_fees_and_goods_add_up_to_what_was_agreed(books: Books, company: Path) -> None:
    for table, component in [("fees", "platform"), ("deliveries", "delivery")]:
        truth = f"""
            select contract_id, sum(amount) as amount
            from '{{folder}}/{table}.parquet'
            join '{{folder}}/contracts.parquet' using (contract_id)
            where is_contract_asc606
            group by all
        """
        found = f"""
            select contract_id, sum(amount) as amount
            from marts.fct_revenue_waterfall
            where book = 'asc606' and component = '{component}' and {PLAIN}
            group by all
        """
        assert unlike(books, company, truth, found, "contract_id") == [], table


def test_each_bad_row_has_its_one_outcome(books: Books, company: Path) -> None:
    states = json.loads((company / "truth" / "row_states.json").read_text())
    expected: Counter[tuple[str, str, str]] = Counter()
    for table, counted in states.items():
        for other in counted["others"]:
            expected[table, other["state"], other["reason"]] += other["rows"]
    found = {
        (table, state, reason): rows
        for table, state, reason, rows in books.query(
            "select table_name, state, reason_code, count(*)"
            " from marts.fct_rejected_rows group by all"
        )
    }
    assert found == dict(expected)


def test_an_appliance_sent_back_takes_back_what_is_credited_for_it(
    books: Books, company: Path
) -> None:
    """To the cent of each credit note as it was written, not as it was read."""
    credited = f"""
        select documents.contract_id, -sum(lines.net_amount::decimal(18, 4)) as amount
        from '{company}/billing_document_lines.parquet' as lines
        inner join '{company}/billing_documents.parquet' as documents
            using (document_id)
        where documents.doc_type = 'credit_note'
            and documents.contract_id like 'spc_projects%'
        group by all
    """
    found = books.query(
        "select contract_id, sum(amount) from marts.fct_revenue_recognised"
        " where component = 'refund' and book = 'asc606'"
        " and contract_id like 'spc_projects%' group by all order by all"
    )
    assert len(found) == 12
    assert found == books.query(f"select * from ({credited}) order by all")


def test_every_control_is_green(books: Books) -> None:
    found = books.query(
        "select control_code, colour, violation_count from marts.fct_control_results"
        " where colour <> 'green'"
    )
    assert found == []


def test_a_real_trace_earns_tokens_times_price(
    tmp_path: Path, dbt_target: Path
) -> None:
    trace = tmp_path / "trace.csv"
    rows = "".join(
        f"2026-03-{1 + i % 28:02d}T10:{i % 60:02d}:00,"
        f"{900 + i},{17 * i % 450},{i % 97}\n"
        for i in range(500)
    )
    header = "timestamp,input_tokens,cached_input_tokens,output_tokens\n"
    trace.write_text(header + rows)
    folder = write_trace_company(trace, tmp_path / "raw")
    books = build(folder, tmp_path / "warehouse", dbt_target)
    by_meter = expected_revenue(folder)
    posted = books.query(
        "select book, sum(amount) from marts.fct_revenue_waterfall group by all"
    )
    assert {amount for _, amount in posted} == {sum(by_meter.values())}
    assert len(posted) == 2


@pytest.mark.parametrize("book", ["asc606", "ifrs15"])
@pytest.mark.parametrize(
    ("truth", "deals"),
    [
        ("prepaid_revenue", "packs"),
        ("modified_fees", "modified"),
        ("work_revenue", "projects"),
        ("shared_revenue", "suites"),
        ("shared_revenue", "rights"),
        ("shared_revenue", "licences"),
    ],
)
def test_special_deals_earn_what_their_terms_say(
    books: Books, company: Path, truth: str, deals: str, book: str
) -> None:
    """Credits by use and expiry, changed fees by day, work as it is done.

    A project sells appliances, of which one is sent back, and a set-up too, which are
    earned otherwise.
    """
    keys = "contract_id, service_period_id"
    found = f"""
        select {keys}, sum(amount) as amount from marts.fct_revenue_waterfall
        where book = '{book}' and contract_id like 'spc_{deals}%'
            and not (contract_id like 'spc_projects%'
                and component in ('delivery', 'platform', 'refund'))
        group by {keys}
    """
    expected = (
        f"select {keys}, sum(amount) as amount from '{{folder}}/{truth}.parquet'"
        f" where contract_id like 'spc_{deals}%'"
        f" and service_period_id <= (select max(service_period_id) from found)"
        f" group by {keys}"
    )
    assert books.query(f"select count(*) from ({found})") != [(0,)]
    folder = company / "truth"
    assert (
        books.query(
            f"with found as ({found}), truth as ({expected.format(folder=folder)})"
            f" select {keys}, truth.amount, found.amount"
            f" from truth full join found using ({keys})"
            " where abs(coalesce(truth.amount, 0) - coalesce(found.amount, 0)) > 1e-12"
        )
        == []
    )


@pytest.mark.parametrize(
    "mart", ["fct_interest", "fct_credit_breakage", "fct_contract_losses"]
)
def test_what_people_judge_is_tried_by_the_main_job(books: Books, mart: str) -> None:
    assert books.rows(mart)
