"""The books depend on what is in the inputs and when it was known, and on nothing else.

One company - the small synthetic one and a hand-made one beside it - is built again in
another order, with more rows, as of an earlier day and with a file tampered with.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

import tiny_company as tiny
from built_books import BOOKS, Books, build, differences, write_rows
from inference_revenue.simulate.company import write_company
from stirred_inputs import stir

EARLIER_CLOSE = "2025-03"
# Every entity has closed March by then, and no entity April.
EARLIER_AS_OF = datetime(2025, 4, 6, 12)
LATE_THINGS = (
    "usage", "retraction", "rerate", "fee", "termination", "delivery", "merge",
    "class", "product", "meter", "invoice", "cash", "void", "collectability",
    "gate", "grouping", "zone", "untouched",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("replay")


@pytest.fixture(scope="module")
def raw(folder: Path) -> Path:
    """The input folder, as it was known on time."""
    write_company(folder / "raw", size="small")
    return write_rows(folder / "raw", tiny.tiny_company(), "tiny")


@pytest.fixture(scope="module")
def base(raw: Path, folder: Path, dbt_target: Path) -> Books:
    """The first build; its warehouse goes on as `folder`/sealed."""
    books = build(raw, folder / "sealed", dbt_target, as_of=tiny.AS_OF)
    return kept(books, folder / "base.duckdb")


@pytest.fixture(scope="module")
def again(base: Books, raw: Path, folder: Path, dbt_target: Path) -> Books:
    books = build(raw, folder / "sealed", dbt_target, as_of=tiny.AS_OF)
    return kept(books, folder / "again.duckdb")


@pytest.fixture(scope="module")
def later(again: Books, raw: Path, folder: Path, dbt_target: Path) -> Books:
    """The next run of the same warehouse, with what became known after the close."""
    more = shutil.copytree(raw, folder / "raw-later")
    write_rows(more, tiny.late_rows(), "late")
    copied = shutil.copytree(folder / "sealed", folder / "sealed-later")
    return build(more, copied, dbt_target, as_of=tiny.AS_OF)


@pytest.fixture(scope="module")
def tampered(again: Books, raw: Path, folder: Path, dbt_target: Path) -> Books:
    """The next run of the same warehouse, with a price changed where it stood."""
    changed = shutil.copytree(raw, folder / "raw-tampered")
    file = changed / "prices" / "tiny.jsonl"
    lines = file.read_text().splitlines()
    (at,) = [n for n, line in enumerate(lines) if '"p-tampered"' in line]
    assert '"rate_amount": "0.01"' in lines[at]
    lines[at] = lines[at].replace('"0.01"', '"0.03"')
    file.write_text("\n".join(lines) + "\n")
    copied = shutil.copytree(folder / "sealed", folder / "sealed-tampered")
    return build(changed, copied, dbt_target, as_of=tiny.AS_OF)


def kept(books: Books, path: Path) -> Books:
    """A copy, since the next run of a warehouse replaces its published file."""
    return Books(Path(shutil.copy(books.live, path)))


# --- the same facts, said again --------------------------------------------------


def test_the_first_build_is_green_and_seals_every_closed_period(base: Books) -> None:
    assert base.query("select outcome from state.runs") == [("green",)]
    closed = base.query(
        "select count(*) from marts.dim_accounting_periods where state = 'closed'"
    )
    assert base.query("select count(*) from state.seals") == closed
    posted = base.query(
        "select contract_id, sum(amount) from marts.fct_revenue_recognised"
        " where entity_id = 'tiny' and book = 'ifrs15' and period_id <= '2025-06'"
        " and contract_id in ('k-usage', 'k-fee') group by 1 order by 1"
    )
    assert posted == [("k-fee", Decimal(600)), ("k-usage", Decimal(21))]


def test_a_second_run_changes_nothing(base: Books, again: Books) -> None:
    for mart in BOOKS:
        assert not differences(base.rows(mart), again.rows(mart)), mart
    assert again.query("select outcome from state.runs") == [("green",)] * 2
    assert not logic_changes(again)


def test_order_and_repeated_delivery_change_nothing(
    base: Books, raw: Path, folder: Path, dbt_target: Path
) -> None:
    """I4: every row in another place, in other files, and some of them twice."""
    stirred = folder / "raw-stirred"
    repeated = stir(raw, stirred)
    books = build(stirred, folder / "stirred", dbt_target, as_of=tiny.AS_OF)
    for mart in BOOKS:
        assert not differences(base.rows(mart), books.rows(mart)), mart
    counts = "select state, count(*) from marts.fct_rejected_rows group by 1"
    before, after = dict(base.query(counts)), dict(books.query(counts))
    # what was not accepted the first time is not accepted the second time either
    assert sum(after.values()) - sum(before.values()) == repeated
    assert after["duplicate"] - before["duplicate"] > repeated * 0.9


# --- what is known later ---------------------------------------------------------


@pytest.mark.parametrize("name", LATE_THINGS)
def test_what_is_known_after_a_close_leaves_it_alone(
    base: Books, later: Books, name: str
) -> None:
    """I5, and no difference with what was stored either."""
    for mart, period in BOOKS.items():
        where = f"contract_id = 'k-{name}' and {period} <= '{tiny.LAST_CLOSED}'"
        before = base.rows(mart, where)
        assert not differences(before, later.rows(mart, where)), mart
    assert f"k-{name}" not in logic_changes(later)


def test_the_closed_periods_of_other_contracts_stay_too(
    base: Books, later: Books
) -> None:
    for mart, period in BOOKS.items():
        where = f"entity_id not like 'tiny%' and {period} <= '{tiny.LAST_CLOSED}'"
        assert not differences(base.rows(mart, where), later.rows(mart, where)), mart


@pytest.mark.parametrize(("name", "expected"), tiny.CATCH_UP.items())
def test_it_is_caught_up_in_the_open_period(
    later: Books, name: str, expected: Decimal
) -> None:
    for book in ("asc606", "ifrs15"):
        caught_up = later.query(
            "select coalesce(sum(catch_up_amount), 0)"
            " from marts.fct_revenue_recognised where cause_code <> 'LOGIC_CHANGE'"
            f" and contract_id = 'k-{name}' and period_id = '{tiny.FIRST_OPEN}'"
            f" and book = '{book}'"
        )
        assert caught_up == [(expected,)]


@pytest.mark.parametrize(("name", "event"), tiny.OPEN_JOURNAL.items())
def test_late_documents_and_cash_post_in_the_open_period(
    base: Books, later: Books, name: str, event: str
) -> None:
    where = f"contract_id = 'k-{name}' and event_type = '{event}'"
    lines = "fct_journal_lines"
    added = later.rows(lines, where) - base.rows(lines, where)
    assert added
    periods = later.query(
        f"select period_id, sum(debit_amount) from marts.{lines} where {where}"
        " and book = 'asc606' group by 1 order by 1"
    )
    assert periods[-1] == (tiny.FIRST_OPEN, Decimal(1))


def test_a_run_as_of_an_earlier_close_believes_what_was_believed(
    base: Books, raw: Path, folder: Path, dbt_target: Path
) -> None:
    books = build(raw, folder / "earlier", dbt_target, as_of=EARLIER_AS_OF)
    for mart, period in BOOKS.items():
        where = f"{period} <= '{EARLIER_CLOSE}'"
        if mart == "fct_revenue_waterfall":
            where += f" and service_period_id <= '{EARLIER_CLOSE}'"
        before = base.rows(mart, where)
        assert before, mart
        assert not differences(before, books.rows(mart, where)), mart


# --- a file that was changed in place --------------------------------------------


def test_closed_periods_keep_what_they_posted(base: Books, tampered: Books) -> None:
    for mart in ("fct_revenue_recognised", "fct_journal_lines"):
        where = f"period_id <= '{tiny.LAST_CLOSED}'"
        assert not differences(base.rows(mart, where), tampered.rows(mart, where))
    latest = "select outcome from state.runs order by started_at desc limit 1"
    assert tampered.query(latest) != [("red",)]


def test_the_difference_posts_in_the_first_open_period(tampered: Books) -> None:
    expected = Decimal("0.02") * tiny.USED_IN_CLOSED_MONTHS
    assert logic_changes(tampered) == {"k-tampered"}
    posted = tampered.query(
        "select book, period_id, current_amount, catch_up_amount"
        " from marts.fct_revenue_recognised where cause_code = 'LOGIC_CHANGE'"
        " order by 1"
    )
    assert posted == [
        (book, tiny.FIRST_OPEN, Decimal(0), expected) for book in ("asc606", "ifrs15")
    ]
    exceptions = tampered.query(
        "select subject from marts.fct_exceptions where exception_code = 'FILE_CHANGED'"
    )
    assert exceptions == [("prices/tiny.jsonl",)]


def logic_changes(books: Books) -> set[str]:
    """Contracts whose closed periods would be posted otherwise today."""
    found = books.query(
        "select contract_id from marts.fct_revenue_recognised"
        " where cause_code = 'LOGIC_CHANGE' union select contract_id"
        " from marts.fct_journal_lines where event_type = 'logic_change'"
    )
    return {contract for (contract,) in found}
