"""The conformance harness: how it compares, what it prints, the cases it comes with."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from conformance_texts import CONTRACT, EXPECT, HEAD, TABLES, cases_of
from inference_revenue.conformance import command
from inference_revenue.conformance.case_file import read_case_file
from inference_revenue.conformance.comparison import Mart, compare
from inference_revenue.conformance.isolation import isolate
from inference_revenue.conformance.marts import deal
from inference_revenue.errors import UserError
from inference_revenue.paths import project_dir

SHIPPED = sorted((project_dir() / "tests" / "conformance" / "cases").glob("*.yml"))
TYPES = {
    "book": "VARCHAR",
    "contract_id": "VARCHAR",
    "period_id": "VARCHAR",
    "entry_date": "DATE",
    "line_number": "BIGINT",
    "event_count": "BIGINT",
    "amount": "DECIMAL(38,3)",
    "functional_amount": "DECIMAL(38,3)",
}


# --- comparing -------------------------------------------------------------------


def failures(tmp_path: Path, expect: str, rows: list[dict[str, object]]) -> list[str]:
    """What fails of an expectation of one mart with these rows, book added."""
    (case,) = cases_of(tmp_path, f"inputs:\n{CONTRACT}expect: {{m: {expect}}}\n")
    blank: dict[str, object] = dict.fromkeys(TYPES)
    mart = Mart(TYPES, [blank | row for row in rows])
    return [str(failure) for failure in compare(case, "one__", {"m": mart})]


BOTH = [
    {"book": book, "contract_id": "one__k1", "period_id": "2026-01", **amounts}
    for book in ("asc606", "ifrs15")
    for amounts in (
        {"amount": Decimal("0.100"), "event_count": 2, "entry_date": date(2026, 1, 3)},
        {"amount": Decimal("0.200"), "event_count": 3, "entry_date": date(2026, 1, 4)},
    )
]


@pytest.mark.parametrize(
    "expect",
    [
        "[{contract_id: k1, period_id: 2026-01, amount: 0.3, event_count: 5}]",
        "[{entry_date: [2026-01-03, 2026-01-05], amount: '0.10'}]",
        "[{book: ifrs15, amount: 0.30}, {period_id: 2026-02, amount: 0.00}]",
        "[{contract_id: k1, functional_amount: null}]",
        "{exists: [{contract_id: k1}], absent: [{contract_id: k2}]}",
    ],
)
def test_expectations_that_hold(tmp_path: Path, expect: str) -> None:
    assert failures(tmp_path, expect, BOTH) == []


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        (
            "[{book: asc606, contract_id: k1, amount: 0.31}]",
            "FAILED one: m [book=asc606, contract_id=k1] amount:"
            " expected 0.31, found 0.3",
        ),
        (
            "[{book: asc606, period_id: 2026-02, amount: 1}]",
            "FAILED one: m [book=asc606, period_id=2026-02] amount:"
            " expected 1, found no row",
        ),
        (
            "[{book: asc606, functional_amount: 0}]",
            "FAILED one: m [book=asc606] functional_amount:"
            " expected 0, found an empty value",
        ),
        (
            "{absent: [{book: asc606, contract_id: k1}]}",
            "FAILED one: m [book=asc606, contract_id=k1] rows: expected none, found 2",
        ),
        (
            "{exists: [{book: asc606, contract_id: k2}]}",
            "FAILED one: m [book=asc606, contract_id=k2] rows:"
            " expected at least one, found none",
        ),
    ],
)
def test_expectations_that_do_not_hold(tmp_path: Path, expect: str, said: str) -> None:
    assert failures(tmp_path, expect, BOTH) == [said]


def test_each_book_must_hold_by_itself(tmp_path: Path) -> None:
    one_book = [row for row in BOTH if row["book"] == "asc606"] * 2
    assert len(failures(tmp_path, "[{contract_id: k1, amount: 0.3}]", one_book)) == 2


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("[{amuont: 1}]", "one.yml: expect.m[0].amuont: m has no such column"),
        ("[{contract_id: k1}]", "one.yml: expect.m[0]: no amount is expected"),
        ("[{amount: ten}]", "one.yml: expect.m[0].amount: a number is needed"),
    ],
)
def test_expectations_that_make_no_sense(
    tmp_path: Path, expect: str, said: str
) -> None:
    with pytest.raises(UserError) as error:
        failures(tmp_path, expect, BOTH)
    assert str(error.value).startswith(said)


def test_rows_go_to_the_case_whose_prefix_they_carry() -> None:
    rows: list[Mapping[str, object]] = [
        {"key": "void__k1"},
        {"key": "invoice-void__k1|invoice-void__l1"},
        {"key": None, "content": '{"id": "acc-5-10.late_1__u1"}'},
        {"key": "nobody"},
    ]
    assert {case_id: len(found) for case_id, found in deal(rows).items()} == {
        "void": 1,
        "invoice-void": 1,
        "acc-5-10.late_1": 1,
    }


# --- the command -----------------------------------------------------------------


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two cases, and a build that always says 1.00 in January."""

    def build(raw_folder: Path, as_of: datetime, warehouse_dir: Path) -> Path:
        lines = (raw_folder / "contracts.jsonl").read_text("utf-8").splitlines()
        ids = [json.loads(line)["contract_id"] for line in lines]
        warehouse_dir.mkdir()
        with duckdb.connect(str(warehouse_dir / "live.duckdb")) as connection:
            connection.execute("create schema marts")
            connection.execute(
                "create table marts.fct_revenue_recognised as select book,"
                " contract_id, '2026-01' as period_id, 1.00::decimal(38,3) as amount"
                " from unnest(?::varchar[]) as ids(contract_id),"
                " unnest(['asc606', 'ifrs15']) as books(book)",
                [ids],
            )
            connection.execute(
                "create table marts.fct_rejected_rows as select * from (values"
                " ('contracts', 'wrong__k9', 'ORPHAN'), ('prices', 'other__p1', 'x'))"
                " as rows(table_name, row_key, reason_code)"
            )
            connection.execute(
                "create table marts.fct_exceptions as select * from (values"
                " ('FEE_WITHOUT_END', 'wrong__l1', 'Give\nservice_end.'),"
                " ('FEE_WITHOUT_END', 'wrong__l1', 'Give service_end.'),"
                " ('NO_ELECTION', 'topic', 'wrong__k1'),"
                " ('NO_CONTRACT', 'right__k1', 'x'))"
                " as rows(exception_code, subject, message)"
            )
        assert as_of == datetime(2027, 1, 1, tzinfo=UTC)
        return warehouse_dir / "live.duckdb"

    monkeypatch.setattr(command, "build", build)
    folder = tmp_path / "cases"
    folder.mkdir()
    for name, expect in {
        "right": EXPECT,
        "wrong": EXPECT.replace("amount: 1", "amount: 2"),
        "unknown": EXPECT.replace("fct_revenue", "fct_revnue"),
    }.items():
        text = f"id: {name}\n{HEAD}inputs:\n{CONTRACT}{expect}"
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return folder


def test_the_command_counts_cases_and_says_what_differs(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--folder", str(published)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "FAILED unknown: unknown.yml: expect.fct_revnue_recognised[0]:"
        " there is no mart fct_revnue_recognised"
    )
    assert lines[1:] == [
        "FAILED wrong: fct_revenue_recognised [book=asc606, period_id=2026-01] amount:"
        " expected 2, found 1",
        "FAILED wrong: fct_revenue_recognised [book=ifrs15, period_id=2026-01] amount:"
        " expected 2, found 1",
        "  note wrong: contracts k9 was not accepted: ORPHAN",
        "  note wrong: FEE_WITHOUT_END l1: Give service_end.",
        "1 passed, 2 failed",
    ]


def test_the_command_runs_the_cases_named(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["right", "--folder", str(published)]) == 0
    assert capsys.readouterr().out == "1 passed, 0 failed\n"
    with pytest.raises(UserError, match="no case wrnog"):
        command.main(["wrnog", "--folder", str(published)])


def test_a_kept_folder_must_be_new(published: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert command.main(["right", "--folder", str(published), "--keep", str(kept)]) == 0
    assert (kept / "build_1" / "raw" / "contracts.jsonl").is_file()
    with pytest.raises(UserError, match="is there already"):
        command.main(["right", "--folder", str(published), "--keep", str(kept)])


def test_a_build_that_stops_fails_its_cases(
    published: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def build(*_: object) -> Path:
        raise UserError("dbt found nothing to build.")

    monkeypatch.setattr(command, "build", build)
    assert command.main(["right", "wrong", "--folder", str(published)]) == 1
    assert capsys.readouterr().out == (
        "FAILED right, wrong: the build did not finish: dbt found nothing to build.\n"
        "0 passed, 2 failed\n"
    )


# --- the cases that come with the project ----------------------------------------


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_cases_can_be_landed(file: Path) -> None:
    for case in read_case_file(file, lambda table: TABLES[table].key):
        landed = isolate(case, TABLES)
        for table, rows in landed.rows.items():
            for row in rows:
                for name in TABLES[table].required_columns:
                    assert row.get(name) or row.get("is_retracted"), (table, name)
