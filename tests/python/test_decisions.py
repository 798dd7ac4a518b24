"""What waits for people goes out as a sheet and comes back as inputs, or not at all."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from built_books import BOOKS, Books, build, differences
from conftest import TinyBooks
from inference_revenue.cli import main
from inference_revenue.decisions.items import Item
from inference_revenue.decisions.rules import Known, input_rows, problems
from inference_revenue.decisions.sheet import COLUMNS, Filled, read_sheet, sheet_text
from inference_revenue.decisions.write import append_rows
from inference_revenue.errors import UserError
from tiny_company import AS_OF, LAST_CLOSED

KNOWN = Known(
    as_of=datetime(2025, 7, 3),
    recorded_at=datetime(2025, 7, 4, 9),
    currencies=frozenset({"USD", "EUR"}),
    is_time_zone=lambda name: name == "Europe/Berlin",
)
EXCEPTION = Item(
    item_id="exception:abc", version="v1", kind="exception", code="ROWS_HELD",
    subject="cash_events: ORPHAN", what="=1+1 rows are held", what_to_do="Send them",
    owner="Revenue operations", severity="warn", entity_id=None, period_id=None,
    contract_id=None, amount=Decimal("-12.500000000"), currency="USD",
    weight=Decimal("12.5"), age_days=3, recommended="", choices=("waived", "rejected"),
    subject_recorded_at=datetime(2025, 6, 1),
)  # fmt: skip
ELECTION = replace(
    EXCEPTION, item_id="election:breakage:e1", kind="election", code="breakage",
    subject="e1", recommended="computed", choices=("computed", "remote"),
    effective_from=date(2025, 1, 1),
)  # fmt: skip
APPROVAL = replace(
    EXCEPTION, item_id="approval:estimates:est_1", kind="approval", code="estimates",
    subject="est_1", choices=("approved", "rejected", "waived"), prepared_by="Ann",
)  # fmt: skip
GOOD = {
    "decision": "waived", "effective_from": "2025-01-01", "expires_on": "2025-12-31",
    "prepared_by": "Ann", "reviewer": "Bob", "reviewer_role": "CAO",
    "decided_on": "2025-07-03", "comment": "known", "source_ref": "memo 7",
    "item_version": "v1",
}  # fmt: skip


def said(item: Item | None, **changed: str) -> list[str]:
    item_id = item.item_id if item else "gone"
    row = Filled(2, {**GOOD, "item_id": item_id, **changed})
    return [*problems(row, item, KNOWN)]


# --- rules -----------------------------------------------------------------------


def test_what_is_filled_in_right_is_accepted() -> None:
    assert said(EXCEPTION) == []
    assert said(EXCEPTION, decision="rejected", expires_on="") == []
    assert said(ELECTION, decision="remote") == []
    assert said(APPROVAL, decision="Approved", prepared_by="") == []


@pytest.mark.parametrize(
    ("item", "changed", "column"),
    [
        (None, {}, "item_id"),
        (EXCEPTION, {"item_version": "v0"}, "item_version"),
        (EXCEPTION, {"decision": "approve"}, "decision"),
        (EXCEPTION, {"reviewer": ""}, "reviewer"),
        (EXCEPTION, {"reviewer": "ann"}, "reviewer"),
        (EXCEPTION, {"reviewer_role": ""}, "reviewer_role"),
        (EXCEPTION, {"decided_on": ""}, "decided_on"),
        (EXCEPTION, {"decided_on": "3.7.2025"}, "decided_on"),
        (EXCEPTION, {"decided_on": "2025-07-05"}, "decided_on"),
        (EXCEPTION, {"comment": ""}, "comment"),
        (EXCEPTION, {"expires_on": ""}, "expires_on"),
        (EXCEPTION, {"expires_on": "2025-07-03"}, "expires_on"),
        (APPROVAL, {"decision": "approved", "reviewer": "ANN"}, "reviewer"),
        (ELECTION, {"decision": "perhaps"}, "decision"),
        (ELECTION, {"decision": "remote", "prepared_by": ""}, "prepared_by"),
        (ELECTION, {"decision": "remote", "source_ref": ""}, "source_ref"),
        (ELECTION, {"decision": "remote", "effective_from": "soon"}, "effective_from"),
    ],
)
def test_what_is_wrong_is_said_with_its_column(
    item: Item | None, changed: dict[str, str], column: str
) -> None:
    assert [problem.split(":")[0] for problem in said(item, **changed)] == [column]


@pytest.mark.parametrize(
    ("topic", "recommended", "right", "wrong"),
    [
        ("collectability_threshold_asc606", "0.75", "0.8", "80%"),
        ("collectability_threshold_asc606", "0.75", "1", "75"),
        ("collectability_threshold_asc606", "0.75", "0.8", "NaN"),
        ("functional_currency", "contract", "EUR", "EURO"),
        ("time_zone", "UTC", "Europe/Berlin", "Berlin"),
    ],
)
def test_topics_without_a_list_are_checked_by_what_they_are(
    topic: str, recommended: str, right: str, wrong: str
) -> None:
    item = replace(ELECTION, code=topic, recommended=recommended, choices=())
    assert said(item, decision=right) == []
    assert len(said(item, decision=wrong)) == 1


def test_an_election_before_one_that_stands_ends_where_that_begins() -> None:
    item = replace(ELECTION, elected_to=datetime(2025, 6, 1))
    assert said(item, decision="remote", effective_from="2025-06-01") != []
    row = Filled(2, {**GOOD, "decision": "remote"})
    (election,) = input_rows(row, item, KNOWN, "digest").policy_elections
    assert election["effective_from"] == "2025-01-01"
    assert election["effective_to"] == "2025-06-01T00:00:00Z"


def test_a_threshold_is_a_value_and_not_a_choice() -> None:
    item = replace(ELECTION, recommended="0.75", choices=())
    decided = input_rows(Filled(2, {**GOOD, "decision": "0.8"}), item, KNOWN, "digest")
    (election,), (review,) = decided.policy_elections, decided.reviews
    assert (election["choice"], election["value"]) == ("", "0.8")
    assert (election["approved_by"], review["reviewer"]) == ("Ann", "Bob")
    assert review["subject_id"] == election["election_id"]
    assert review["subject_recorded_at"] == election["recorded_at"]


# --- the sheet -------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_sheet_comes_back_as_spreadsheets_write_it(
    tmp_path: Path, delimiter: str
) -> None:
    rows = list(csv.reader(sheet_text([EXCEPTION, APPROVAL]).splitlines()))
    path = tmp_path / "sheet.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
        writer.writerows([*rows, [""] * len(COLUMNS)])
    sheet = read_sheet(path)
    assert [row.number for row in sheet.rows] == [2, 3]
    assert [row["item_id"] for row in sheet.rows] == [
        EXCEPTION.item_id, APPROVAL.item_id,
    ]  # fmt: skip
    assert sheet.rows[0]["amount"] == "-12.50"


def test_no_cell_of_the_sheet_is_a_formula() -> None:
    assert ",'=1+1 rows are held," in sheet_text([EXCEPTION])


def test_what_is_no_sheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UserError, match="not a sheet that `queue` wrote"):
        read_sheet(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not UTF-8"):
        read_sheet(path)
    with pytest.raises(UserError, match="cannot be read"):
        read_sheet(tmp_path / "none.csv")


def test_all_files_are_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "reviews").write_text("in the way of the folder")
    rows = {"policy_elections": [{"a": "1"}], "reviews": [{"a": "1"}]}
    with pytest.raises(UserError, match="Nothing was decided"):
        append_rows(tmp_path, rows, "digest")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [
        tmp_path / "reviews"
    ]


# --- from the books and back -----------------------------------------------------


@pytest.fixture
def tiny(tiny_books: TinyBooks, monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyBooks]:
    monkeypatch.setenv("INFERENCE_REVENUE_WAREHOUSE", str(tiny_books.warehouse))
    yield tiny_books


def fill(path: Path, to: Path, decide: dict[str, dict[str, str]]) -> Path:
    """Fill in the rows whose kind, code or subject is named."""
    with path.open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        for key, cells in decide.items():
            if key in (row["kind"], row["code"], row["subject"]):
                recommended = {"decision": row["recommended"]}
                row.update({**recommended, "reviewer": "cao", "reviewer_role": "CAO",
                            "decided_on": "2025-07-02", "comment": "seen",
                            "source_ref": "memo", **cells})  # fmt: skip
    with to.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return to


def test_from_the_queue_to_the_next_books(
    tiny: TinyBooks,
    dbt_target: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sheet, at = tmp_path / "queue.csv", AS_OF.isoformat()
    before = Books(tiny.snapshot)
    assert main(["queue", "--to", str(sheet)]) == 0
    assert "1 approvals" in capsys.readouterr().out
    unelected = before.query("select count(*) from marts.fct_policy_topics"
                             " where not is_elected")  # fmt: skip
    assert unelected[0][0] > 10

    # Refused, and nothing is written: a stale row, the preparer, an unknown choice.
    bad = fill(sheet, tmp_path / "bad.csv", {
        "approval": {"decision": "approved", "reviewer": "credit"},
        "rounding": {"decision": "upwards", "prepared_by": "controller"},
        "ELECTION_TOO_LATE": {"decision": "waived", "expires_on": "2026-01-01",
                              "item_version": "000000000000"},
    })  # fmt: skip
    assert main(["decide", str(bad), "--recorded-at", at]) == 1
    error = capsys.readouterr().err
    assert "reviewer: credit prepared it and cannot review it" in error
    assert "decision: 'upwards' is none of half_away, half_even" in error
    assert "has changed since the queue was written" in error
    assert not [*tiny.raw.rglob("*decisions*")]

    good = fill(sheet, tmp_path / "good.csv", {
        "approval": {"decision": "approved"},
        "election": {"prepared_by": "controller"},
        "ELECTION_TOO_LATE": {"decision": "waived", "expires_on": "2026-01-01"},
        "ROWS_HELD": {"decision": "rejected"},
    })  # fmt: skip
    assert main(["decide", str(good), "--recorded-at", at]) == 0
    assert "They count from the next run." in capsys.readouterr().out
    assert main(["decide", str(good), "--recorded-at", at]) == 1
    assert "was decided before" in capsys.readouterr().err
    # The same rows in another sheet, before the books know of them.
    again = tmp_path / "again.csv"
    again.write_text(good.read_text() + "\n")
    assert main(["decide", str(again), "--recorded-at", at]) == 1
    assert "already; run before you decide again" in capsys.readouterr().err

    after = build(tiny.raw, tiny.warehouse, dbt_target, as_of=AS_OF)
    assert after.query("select count(*) from marts.fct_reviews_awaited") == [(0,)]
    assert after.query(
        "select topic from marts.fct_policy_topics"
        " where not is_elected or closes_without_election > 0"
    ) == []  # fmt: skip
    assert after.query(
        "select distinct status, accepted_by, accepted_because, accepted_until"
        " from marts.fct_exceptions where exception_code = 'ELECTION_TOO_LATE'"
    ) == [("accepted", "cao", "seen", date(2026, 1, 1))]
    # Electing what ran anyway is not late, whenever it is done.
    late = (
        "select count(*) from marts.fct_exceptions"
        " where exception_code = 'ELECTION_TOO_LATE'"
    )
    assert after.query(late) == before.query(late)
    assert after.query(
        "select table_name, state, reason_code from marts.fct_rejected_rows"
        " where source_system = 'decisions'"
    ) == []  # fmt: skip
    # Closed periods hold what they held, and so does what is still open: recommended
    # choices were elected, and they ran before.
    for mart, period in BOOKS.items():
        for where in (f"{period} <= '{LAST_CLOSED}'", "true"):
            assert not differences(before.rows(mart, where), after.rows(mart, where))
    red = "select control_code from marts.fct_control_results where violation_count > 0"
    assert after.query(red) == []
    # An exception found again is as old as it was; a mended one is forgotten.
    assert after.query(
        "select count(*) from state.exceptions_seen where exception_id not in"
        " (select exception_id from marts.fct_exceptions)"
    ) == [(0,)]
    assert after.query(
        "select count(distinct run_id), min(results) from (select run_id,"
        " count(distinct control_code) as results from marts.fct_control_history"
        " group by run_id)"
    )[0][0] == 2  # fmt: skip


def test_without_books_there_is_no_queue(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("INFERENCE_REVENUE_WAREHOUSE", str(tmp_path))
    assert main(["queue"]) == 1
    assert "Nothing was published yet" in capsys.readouterr().err
