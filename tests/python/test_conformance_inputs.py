"""The conformance harness: what a case file becomes, and in which build."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from conformance_texts import CONTRACT, EXPECT, HEAD, TABLES, cases_of, isolated
from inference_revenue.conformance.batches import batches
from inference_revenue.conformance.building import write_raw_folder
from inference_revenue.conformance.case_file import read_cases
from inference_revenue.conformance.times import month_over
from inference_revenue.errors import UserError

# --- reading ---------------------------------------------------------------------


def test_values_stay_as_they_were_written(tmp_path: Path) -> None:
    (case,) = cases_of(
        tmp_path,
        "inputs: {usage_events: [{quantity: 0.10000000000000000001, event_id: 007}]}\n"
        "expect: {fct_journal_lines: [{period_id: 2026-01, account_code: 1000,"
        " debit_amount: '86.35', cause_code: [A, null]}]}\n",
    )
    row = case.inputs["usage_events"][0]
    assert row == {"quantity": "0.10000000000000000001", "event_id": "007"}
    assert case.expectations[0].values == {
        "period_id": "2026-01",
        "account_code": "1000",
        "debit_amount": "86.35",
        "cause_code": ("A", None),
    }


def test_a_variant_changes_adds_and_keeps_rows(tmp_path: Path) -> None:
    first, second = cases_of(
        tmp_path,
        "as_of: 2026-06-30\n"
        "inputs:\n" + CONTRACT + "  customers: [{customer_id: c1, name: Old}]\n"
        "expect: {fct_exceptions: {absent: [{contract_id: k1}]}}\n"
        "variants:\n"
        "  - id: changed\n"
        "    inputs:\n"
        "      contracts: [{contract_id: k1, currency: JPY, signed_at: null}]\n"
        "      customers: [{customer_id: c2}]\n"
        "  - id: newer\n"
        "    as_of: 2026-07-31\n"
        "    inputs: {customers: [{customer_id: c1, recorded_at: 2026-02-01}]}\n"
        "    " + EXPECT,
    )
    assert [first.case_id, second.case_id] == ["one.changed", "one.newer"]
    assert first.inputs["contracts"][0]["currency"] == "JPY"
    assert first.inputs["contracts"][0]["signed_at"] is None
    assert [row["customer_id"] for row in first.inputs["customers"]] == ["c1", "c2"]
    assert len(second.inputs["customers"]) == 2
    assert second.inputs["contracts"][0]["currency"] == "CU"
    assert (first.as_of, second.as_of) == ("2026-06-30", "2026-07-31")
    assert (len(first.expectations), len(second.expectations)) == (1, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("input: {}\n" + EXPECT, "one.yml: input: unknown key"),
        ("inputs: {customers: {customer_id: c1}}\n" + EXPECT, "a list is needed"),
        ("inputs:\n" + CONTRACT + CONTRACT + EXPECT, "'contracts' is written twice"),
        ("inputs: {customers: [}\n" + EXPECT, "one.yml: line 4:"),
        ("inputs:\n" + CONTRACT, "needs both inputs and expect"),
        ("variants: []\n", "variants: a list is needed"),
        ("inputs:\n" + CONTRACT + "expect: {m: {row: []}}\n", "expect.m.row: unknown"),
    ],
)
def test_a_file_that_is_no_case_is_named_with_its_key(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(UserError, match=r"one\.yml") as error:
        cases_of(tmp_path, text)
    assert said in str(error.value)


def test_the_file_is_named_after_the_case(tmp_path: Path) -> None:
    file = tmp_path / "other.yml"
    file.write_text(f"id: one\n{HEAD}inputs:\n{CONTRACT}{EXPECT}", encoding="utf-8")
    with pytest.raises(UserError, match=r"other\.yml: id: 'one' is not the name"):
        read_cases([file], lambda _: ())


# --- isolating -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ("{customer: [{customer_id: c1}]}", "inputs.customer: the input contract has"),
        (
            "{customers: [{customer_id: c1, nmae: x}]}",
            "inputs.customers[0].nmae: customers has no such column",
        ),
        ("{customers: [{customer_id: c1}]}", "inputs: no row has a date"),
        (
            "{usage_events: [{event_id: u, meter_id: m, is_retracted: true,"
            " occurred_at: 2026-01-01}]}",
            "inputs.usage_events[0].recorded_at: a retraction must say when",
        ),
    ],
)
def test_inputs_that_cannot_be_landed_are_named(
    tmp_path: Path, inputs: str, said: str
) -> None:
    with pytest.raises(UserError) as error:
        isolated(tmp_path, f"inputs: {inputs}\n{EXPECT}")
    assert str(error.value).startswith(f"one.yml: {said}")


def test_ids_are_prefixed_and_other_values_are_not(tmp_path: Path) -> None:
    rows = isolated(
        tmp_path,
        "inputs:\n" + CONTRACT + "  products: [{product_id: p, product_kind: bundle,"
        " component_product_ids: a|b}]\n"
        "  cash_events: [{cash_event_id: x, document_id: '*', kind: payment,"
        " customer_id: c1, amount: 5, currency: CU, occurred_at: 2026-01-05}]\n"
        "  estimates: [{estimate_id: e, scope_type: contract, scope_id: k1}]\n"
        "  policy_elections: [{election_id: g, topic: t, scope_type: global}]\n"
        + EXPECT,
    ).rows
    assert rows["contracts"][0]["customer_id"] == "one__c1"
    assert rows["contracts"][0]["entity_id"] == "one__entity"
    assert rows["contracts"][0]["currency"] == "USD"
    assert rows["products"][0]["component_product_ids"] == "one__a|one__b"
    assert rows["products"][0]["name"] == "p"
    assert rows["cash_events"][0]["document_id"] == "*"
    assert rows["estimates"][0]["scope_id"] == "one__k1"
    assert rows["policy_elections"][0]["scope_type"] == "entity"
    assert rows["policy_elections"][0]["scope_id"] == "one__entity"


def test_an_end_is_the_last_day_served(tmp_path: Path) -> None:
    case = isolated(
        tmp_path,
        "inputs:\n" + CONTRACT + "  contract_lines:\n"
        "    - {line_id: day, contract_id: k1, service_end: 2028-02-28}\n"
        "    - {line_id: instant, contract_id: k1,"
        " service_end: '2026-10-13T12:00:00Z'}\n"
        "  billing_document_lines:\n"
        "    - {document_line_id: point, period_start: 2026-01-31,"
        " period_end: 2026-01-31}\n"
        "    - {document_line_id: month, period_start: 2026-01-01,"
        " period_end: 2026-01-31}\n"
        "  accounting_periods: [{period_id: 2026-02, state: closed,"
        " knowledge_cutoff_at: 2026-03-05}]\n" + EXPECT,
    )
    rows = case.rows
    assert [row["service_end"] for row in rows["contract_lines"]] == [
        "2028-02-29",
        "2026-10-13T12:00:00Z",
    ]
    assert [row["period_end"] for row in rows["billing_document_lines"]] == [
        "2026-01-31",
        "2026-02-01",
    ]
    period = rows["accounting_periods"][0]
    assert (period["period_start"], period["period_end"]) == (
        "2026-02-01",
        "2026-03-01",
    )
    assert period["knowledge_cutoff_at"] == "2026-03-06T00:00:00Z"
    assert case.latest == datetime(2028, 2, 29, tzinfo=UTC)
    assert case.told_at == datetime(2028, 3, 1, tzinfo=UTC)


def test_a_case_is_told_when_its_last_month_is_over_where_it_happens() -> None:
    zone = ZoneInfo("America/New_York")
    assert month_over(datetime(2026, 6, 10, 12, tzinfo=UTC), zone) == datetime(
        2026, 7, 1, 4, tzinfo=UTC
    )
    # the last day served was 31 December: that month is over, January has not begun
    ended = datetime(2027, 1, 1, 5, tzinfo=UTC)
    assert month_over(ended, zone) == ended


def test_every_row_says_when_it_became_known(tmp_path: Path) -> None:
    rows = isolated(
        tmp_path,
        "inputs:\n" + CONTRACT + "  customers: [{customer_id: c1}]\n"
        "  contract_events: [{contract_event_id: m1, approved_at: 2026-03-01}]\n"
        "  contract_lines:\n"
        "    - {line_id: l1, contract_id: k1}\n"
        "    - {line_id: l1, contract_id: k1, modified_by_event_id: m1}\n"
        "  usage_events:\n"
        "    - {event_id: a, occurred_at: '2026-01-09T15:00:00Z'}\n"
        "    - {event_id: b, occurred_at: 2026-01-09, recorded_at: 2026-04-06}\n"
        "    - {event_id: c, occurred_at: '2026-04-06T15:00:00Z',"
        " recorded_at: 2026-04-06}\n"
        "  estimates: [{estimate_id: e, as_of_date: 2026-01-31}]\n"
        "  reviews: [{review_id: r, subject_table: estimates, subject_id: e,"
        " reviewed_at: 2026-02-02}]\n" + EXPECT,
    ).rows
    known = {
        table: [row["recorded_at"] for row in given] for table, given in rows.items()
    }
    assert known["customers"] == ["2026-01-01T00:00:00Z"]
    assert known["contracts"] == ["2026-01-05T12:00:00Z"]
    assert known["contract_lines"] == ["2026-01-05T12:00:00Z", "2026-03-01T12:00:00Z"]
    assert known["usage_events"] == [
        "2026-01-09T15:00:00Z",
        "2026-04-06T12:00:00Z",
        "2026-04-06T15:00:00Z",
    ]
    assert rows["reviews"][0]["subject_recorded_at"] == known["estimates"][0]


def test_the_time_zone_is_elected_and_moves_knowledge_dates(tmp_path: Path) -> None:
    case = isolated(
        tmp_path,
        "time_zone: America/New_York\nas_of: 2026-03-31\ninputs:\n" + CONTRACT + EXPECT,
    )
    (election,) = case.rows["policy_elections"]
    assert (election["topic"], election["choice"]) == ("time_zone", "America/New_York")
    assert case.as_of == datetime(2026, 4, 1, 4, tzinfo=UTC)
    assert case.rows["contracts"][0]["recorded_at"] == "2026-01-05T17:00:00Z"
    # Left to staging, which must read it in the elected zone.
    assert case.rows["contracts"][0]["effective_from"] == "2026-01-01"
    with pytest.raises(UserError, match="time_zone: unknown zone 'Mars'"):
        isolated(tmp_path, "time_zone: Mars\ninputs:\n" + CONTRACT + EXPECT)


# --- batches ---------------------------------------------------------------------


def test_cases_share_a_build_unless_knowledge_or_shared_rows_differ(
    tmp_path: Path,
) -> None:
    plain = "inputs:\n" + CONTRACT
    rates = "  fx_rates: [{{from_currency: EUR, to_currency: USD, rate_type: spot,"
    rates += " rate_date: 2026-01-31, rate_amount: {}, rate_per_units: 1}}]\n"
    cases = [
        isolated(tmp_path, text + EXPECT, name)
        for name, text in {
            "a": plain,
            "early": "as_of: 2026-02-28\n" + plain,
            "b": plain.replace("2026-12-31", "2030-12-31"),
            "cheap": plain + rates.format("1.10"),
            "also-cheap": plain + rates.format("1.10"),
            "dear": plain + rates.format("1.20"),
        }.items()
    ]
    found = batches(cases)
    assert [[one.case.case_id for one in batch.cases] for batch in found] == [
        ["a", "b"],
        ["early"],
        ["cheap", "also-cheap"],
        ["dear"],
    ]
    assert [batch.as_of for batch in found[:2]] == [
        datetime(2031, 1, 1, tzinfo=UTC),
        datetime(2026, 3, 1, tzinfo=UTC),
    ]
    assert len(found[2].rows()["fx_rates"]) == 1
    assert len(found[2].rows()["contracts"]) == 2


def test_the_raw_folder_holds_every_column_as_text(tmp_path: Path) -> None:
    write_raw_folder(
        tmp_path / "raw", {"customers": [{"customer_id": "one__ü"}]}, TABLES
    )
    (line,) = (tmp_path / "raw" / "customers.jsonl").read_text("utf-8").splitlines()
    row = json.loads(line)
    assert tuple(row) == TABLES["customers"].column_names
    assert row["customer_id"] == "one__ü"
    assert row["valid_from"] is None
