"""State: what outlives a run comes along exactly, and seals notice every change."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from inference_revenue.errors import UserError
from inference_revenue.saved_state import save_state, saved_folder
from inference_revenue.seals import SEALED_JOURNAL, store_posted, verify_seals
from inference_revenue.state import (
    RunContext,
    begin_run,
    carry,
    create_state,
    insert_row,
    is_landed,
    read_run,
)

NOW = datetime(2026, 6, 30, 12, 0)
LATER = NOW + timedelta(days=1)
RUN = RunContext("run1", NOW, "0", "raw")


def work(path: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A work file (or one in memory) with an empty state schema."""
    con = duckdb.connect(str(path) if path else ":memory:")
    create_state(con)
    return con


def publish(path: Path, run: RunContext, *runs: str) -> None:
    """A live file of that run's company, with some runs to remember."""
    with work(path) as con:
        begin_run(con, run, NOW)
        for run_id in runs:
            insert_row(con, "runs", run_id=run_id)


def run_ids(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute("select run_id from state.runs order by run_id").fetchall()
    return [run_id for (run_id,) in rows]


def test_the_first_run_has_nothing_to_carry(tmp_path: Path) -> None:
    assert carry(work(), tmp_path / "live.duckdb", tmp_path / "state", "own") is None


def test_state_is_carried_from_the_live_file(tmp_path: Path) -> None:
    live = tmp_path / "live.duckdb"
    publish(live, RUN, "a", "b")
    with duckdb.connect(str(live)) as con:
        con.execute("alter table state.posted_revenue add column margin decimal(9,2)")
        con.execute("insert into state.posted_revenue (margin) values (1.5)")
        con.execute("create table state.of_a_newer_version as select 7 as x")
        insert_row(con, "seals", entity_id="e", period_id="2026-01")
    con = work()
    carried = carry(con, live, tmp_path / "state", "own")
    assert carried is not None
    assert (carried.source, carried.raw_folder, carried.seals) == (
        "live.duckdb",
        "raw",
        1,
    )
    assert run_ids(con) == ["a", "b"]
    assert con.execute("select margin from state.posted_revenue").fetchall()
    assert con.execute("select x from state.of_a_newer_version").fetchall() == [(7,)]
    assert not is_landed(con)  # the new run has not landed anything yet
    assert con.execute(
        "select count(*) from duckdb_databases() where not internal"
    ).fetchall() == [(1,)]


def test_another_company_is_not_carried(tmp_path: Path) -> None:
    """A trial run takes the live file; the own company's state waits in its folder."""
    live, saved = tmp_path / "live.duckdb", tmp_path / "state"
    publish(live, RunContext("r", NOW, "0", "trial", "synthetic:1"), "trial")
    with work() as own:
        begin_run(own, RUN, NOW)
        insert_row(own, "runs", run_id="own")
        save_state(own, saved_folder(saved, "own"))
    con = work()
    carried = carry(con, live, saved, "own")
    assert carried is not None
    assert carried.source == "state/own"
    assert run_ids(con) == ["own"]
    assert carry(work(), live, saved, "synthetic:2") is None


def test_a_live_file_that_cannot_be_read_stops(tmp_path: Path) -> None:
    live = tmp_path / "live.duckdb"
    live.write_text("not a database" * 1000)
    with pytest.raises(UserError, match=r"cannot be read .* move it away"):
        carry(work(), live, tmp_path / "state", "own")


def test_is_landed_and_read_run() -> None:
    con = duckdb.connect()
    assert not is_landed(con)
    create_state(con)
    assert not is_landed(con)
    with pytest.raises(UserError, match="holds no run"):
        read_run(con)
    begin_run(con, RUN, LATER)
    assert is_landed(con)
    assert read_run(con) == (RUN, LATER)


def test_posted_tables_have_the_columns_of_their_marts(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "step" / "marts"
    folder.mkdir(parents=True)
    (folder / "_models.yml").write_text(
        "models:\n"
        "  - name: fct_journal_lines\n"
        "    columns:\n"
        "      - {name: journal_id, data_type: varchar}\n"
        "      - {name: memo, data_type: varchar}\n"
        "      - {name: untyped}\n"
    )
    con = duckdb.connect()
    create_state(con, tmp_path)
    described = con.execute("describe state.posted_journal_lines").fetchall()
    types = {row[0]: row[1] for row in described}
    assert types["memo"] == "VARCHAR"
    assert types["debit_amount"] == "DECIMAL(38,9)"
    assert "untyped" not in types


class Books:
    """A built work file: two entities, three periods, journal and revenue."""

    def __init__(self) -> None:
        self.con = work()
        con = self.con
        con.execute("create schema raw; create schema marts")
        con.execute(
            "create table raw.accounting_periods"
            " (entity_id varchar, period_id varchar, state varchar)"
        )
        con.execute(
            "create table marts.dim_accounting_periods (entity_id varchar,"
            " period_id varchar, state varchar, knowledge_cutoff_at timestamp)"
        )
        con.execute(
            "insert into marts.dim_accounting_periods"
            " select entity, '2026-0' || month, 'open', null"
            " from unnest(['x', 'y']) as e(entity), range(1, 4) as m(month)"
        )
        for mart, source in (
            ("fct_journal_lines", "posted_journal_lines"),
            ("fct_revenue_recognised", "posted_revenue"),
        ):
            con.execute(f"create table marts.{mart} as from state.{source} limit 0")
        con.execute(
            "insert into marts.fct_journal_lines by name select 'asc606' as book,"
            " entity_id, period_id, 'j' || line as journal_id, line as line_number,"
            " 'Cash, net' as account_name, 10.5 as debit_amount"
            " from marts.dim_accounting_periods, range(3) as l(line)"
        )
        con.execute(
            "insert into marts.fct_revenue_recognised by name select 'ifrs15' as book,"
            " entity_id, period_id, 7 as amount from marts.dim_accounting_periods"
        )

    def close(self, period: str, day: int, entity: str = "x") -> None:
        """Close a period with a cut-off on a day of June."""
        self.con.execute(
            "update marts.dim_accounting_periods set state = 'closed',"
            " knowledge_cutoff_at = ? where entity_id = ? and period_id = ?",
            [datetime(2026, 6, day), entity, period],
        )

    def reopen(self, period: str, *, stated: bool = True) -> None:
        """Open it again; `stated` if an input row says so."""
        self.con.execute(
            "update marts.dim_accounting_periods set state = 'open'"
            " where entity_id = 'x' and period_id = ?",
            [period],
        )
        if stated:
            self.con.execute(
                "insert into raw.accounting_periods values ('*', ?, 'Reopened')",
                [period],
            )

    def store(self, as_of: datetime = NOW) -> tuple[list[str], list[str]]:
        """Store and seal; the periods sealed and reopened."""
        stored = store_posted(self.con, now=NOW, as_of=as_of)
        return (
            [" ".join(period) for period in stored.sealed],
            [" ".join(period) for period in stored.reopened],
        )

    def broken(self, as_of: datetime = NOW) -> list[tuple[str, str]]:
        """Periods whose seal does not hold, and why."""
        found = verify_seals(self.con, as_of=as_of)
        return [(f"{seal.entity_id} {seal.period_id}", seal.problem) for seal in found]


def test_closed_periods_are_stored_once() -> None:
    books = Books()
    assert books.store() == ([], [])
    books.close("2026-01", 5)
    books.close("2026-02", 6)
    books.close("2026-01", 7, entity="y")
    assert books.store() == (["x 2026-01", "x 2026-02", "y 2026-01"], [])
    assert books.store() == ([], [])
    assert books.broken() == []
    assert books.con.execute(
        "select entity_id, period_id, knowledge_cutoff_at, journal_line_count,"
        " revenue_row_count, sealed_as_of from state.seals order by all"
    ).fetchall() == [
        ("x", "2026-01", datetime(2026, 6, 5), 3, 1, NOW),
        ("x", "2026-02", datetime(2026, 6, 6), 3, 1, NOW),
        ("y", "2026-01", datetime(2026, 6, 7), 3, 1, NOW),
    ]
    assert books.con.execute(
        "select count(*), sum(debit_amount) from state.posted_journal_lines"
    ).fetchall() == [(9, 94.5)]


def test_a_period_is_closed_when_all_its_books_are() -> None:
    books = Books()
    books.con.execute(
        "insert into marts.dim_accounting_periods values ('x', '2026-01', 'open', null)"
    )
    books.con.execute(
        "update marts.dim_accounting_periods set state = 'closed' where period_id ="
        " '2026-01' and rowid = 0"
    )
    assert books.store() == ([], [])


def test_a_closed_period_without_lines_is_sealed_as_empty() -> None:
    books = Books()
    books.con.execute("delete from marts.fct_journal_lines")
    books.close("2026-01", 5)
    books.store()
    nothing = hashlib.sha256(b"").hexdigest()
    assert books.con.execute(
        "select journal_hash, journal_line_count from state.seals"
    ).fetchall() == [(nothing, 0)]
    assert books.broken() == []


def test_a_seal_is_the_hash_that_it_says() -> None:
    books = Books()
    books.close("2026-01", 5)
    books.store()
    lines = []
    for number in range(3):
        values = {
            "book": "asc606",
            "entity_id": "x",
            "period_id": "2026-01",
            "journal_id": f"j{number}",
            "line_number": str(number),
            "debit_amount": "10.500000000",
        }
        given = [values.get(name) for name in SEALED_JOURNAL]
        fields = ["-" if v is None else f"{len(v)}:{v}" for v in given]
        lines.append(_sha256(",".join(fields)))
    parts = sorted({line[:3] for line in lines})
    groups = [(p, sorted(line for line in lines if line[:3] == p)) for p in parts]
    seal = _sha256(",".join(f"{part}:{_sha256(','.join(g))}" for part, g in groups))
    found = books.con.execute("select journal_hash from state.seals").fetchall()
    assert found == [(seal,)]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("update state.posted_journal_lines set debit_amount = 11", "stored rows"),
        ("update state.posted_journal_lines set contract_id = ''", "stored rows"),
        ("delete from state.posted_journal_lines where line_number = 2", "stored rows"),
        ("update state.posted_revenue set amount = 8", "stored rows"),
        ("update marts.fct_journal_lines set debit_amount = 10.51", "books built"),
        (
            "insert into marts.fct_journal_lines from marts.fct_journal_lines limit 1",
            "books built",
        ),
        ("delete from marts.fct_revenue_recognised", "books built"),
        ("update marts.dim_accounting_periods set state = 'open'", "do not close it"),
        ("delete from marts.dim_accounting_periods", "do not close it"),
        (
            "update marts.dim_accounting_periods set knowledge_cutoff_at = now()",
            "do not close it",
        ),
    ],
)
def test_a_seal_notices_a_change(change: str, problem: str) -> None:
    books = Books()
    books.close("2026-01", 5)
    books.store()
    books.con.execute(change)
    assert [period for period, _ in books.broken()] == ["x 2026-01"]
    assert problem in books.broken()[0][1]
    assert books.broken(as_of=NOW - timedelta(days=1)) == []


@pytest.mark.parametrize(
    "change",
    [
        "update marts.fct_journal_lines set account_name = 'Bank'",
        "update marts.fct_journal_lines set debit_amount = 3"
        " where period_id > '2026-01'",
        "alter table marts.fct_journal_lines add column memo varchar",
    ],
)
def test_a_seal_ignores_what_it_does_not_hold(change: str) -> None:
    books = Books()
    books.close("2026-01", 5)
    books.store()
    books.con.execute(change)
    assert books.broken() == []


def test_a_reopened_period_is_set_aside_and_sealed_anew() -> None:
    books = Books()
    books.close("2026-01", 5)
    books.close("2026-02", 6)
    books.store()
    books.reopen("2026-02")
    assert books.broken() == []
    assert books.store(as_of=NOW - timedelta(days=1)) == ([], [])  # not known then
    assert books.store(LATER) == ([], ["x 2026-02"])
    assert books.con.execute(
        "select period_id, count(*) from state.posted_journal_lines group by all"
    ).fetchall() == [("2026-01", 3)]
    assert books.con.execute(
        "select reopened_at, period_id, count(*) from state.reopened_journal_lines"
        " group by all"
    ).fetchall() == [(NOW, "2026-02", 3)]
    books.con.execute("update marts.fct_journal_lines set debit_amount = 99"
                      " where period_id = '2026-02'")  # fmt: skip
    books.close("2026-02", 20)
    assert books.store(LATER) == (["x 2026-02"], [])
    assert books.broken(LATER) == []
    assert books.store(LATER) == ([], [])


def test_a_reopening_and_a_new_close_between_two_runs() -> None:
    books = Books()
    books.close("2026-01", 5)
    books.store()
    books.reopen("2026-01")
    books.close("2026-01", 20)
    assert books.store(LATER) == (["x 2026-01"], ["x 2026-01"])
    assert books.con.execute(
        "select knowledge_cutoff_at from state.seals"
    ).fetchall() == [(datetime(2026, 6, 20),)]


def test_a_lost_period_file_lifts_no_seal() -> None:
    books = Books()
    books.close("2026-01", 5)
    books.store()
    books.reopen("2026-01", stated=False)
    assert books.store(LATER) == ([], [])
    assert books.con.execute("select count(*) from state.seals").fetchall() == [(1,)]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
