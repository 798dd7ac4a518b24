"""The company of many outcomes, the bare pass over it, and the report of its cost."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from inference_revenue.bench.made_tables import GIB, Built
from inference_revenue.bench.measurement import BuildCost
from inference_revenue.bench.nodes import Node
from inference_revenue.bench.outcomes import (
    BARE_QUERY,
    OUTCOMES,
    WINDOW_DAYS,
    FinalStates,
    OutcomesMeasured,
    outcomes_report,
    time_final_states,
)

COUNT = 4_000


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four thousand outcomes."""
    folder = tmp_path_factory.mktemp("outcomes") / "company"
    OUTCOMES.write(folder, COUNT)
    return folder


def one(company: Path, query: str) -> int:
    """What a query of the events counts."""
    with duckdb.connect() as con:
        con.execute(
            f"create view events as from '{company / 'outcome_events.parquet'}'"
        )
        ((value,),) = con.execute(query).fetchall()
    return int(value)


def test_an_outcome_has_three_events_on_average(company: Path) -> None:
    events = one(company, "select count(*) from events")
    assert 2.9 * COUNT < events < 3.1 * COUNT
    outcomes = one(company, "select count(distinct outcome_id) from events")
    assert 0.99 * COUNT < outcomes <= COUNT
    assert one(company, "select count(distinct outcome_event_id) from events") == events


def test_every_step_follows_one_that_may_come_before_it(company: Path) -> None:
    allowed = Path(__file__).parents[2] / "seeds"
    (transitions,) = allowed.rglob("outcome_transitions.csv")
    illegal = one(
        company,
        f"""
        select count(*) from (
            select state, coalesce(lag(state) over (
                partition by outcome_id order by occurred_at), 'none') as before_it
            from events
        ) as steps
        anti join read_csv('{transitions}') as allowed
            on allowed.from_state = before_it and allowed.to_state = state
        """,
    )
    assert illegal == 0


def test_a_fiftieth_is_reported_late_and_nothing_from_the_future(
    company: Path,
) -> None:
    late = one(
        company,
        "select count(distinct outcome_id) from events"
        " where recorded_at > occurred_at + interval 1 day",
    )
    assert COUNT / 100 < late < COUNT / 25
    ahead = "recorded_at >= timestamp '2026-01-01' or recorded_at < occurred_at"
    assert one(company, f"select count(*) from events where {ahead}") == 0


def test_the_same_company_is_made_again(company: Path, tmp_path: Path) -> None:
    OUTCOMES.write(tmp_path / "again", COUNT)
    again = tmp_path / "again" / "outcome_events.parquet"
    assert (
        one(company, f"select count(*) from (from events except from '{again}')") == 0
    )


def test_the_bare_pass_finds_where_each_outcome_stands(tmp_path: Path) -> None:
    """Windows of 7 days, seen on 31 March."""
    rows = """
        ('a', 'provisional', '2025-03-01'), ('b', 'provisional', '2025-03-28'),
        ('c', 'provisional', '2025-03-01'), ('c', 'reversed', '2025-03-07'),
        ('d', 'provisional', '2025-03-01'), ('d', 'reversed', '2025-03-09'),
        ('e', 'provisional', '2025-03-01'), ('e', 'disputed', '2025-03-02'),
        ('e', 'dispute_lost', '2025-03-20'), ('f', 'attempted', '2025-03-01'),
        ('f', 'failed', '2025-03-02'), ('g', 'provisional', '2025-03-01'),
        ('g', 'disputed', '2025-03-05'), ('h', 'provisional', '2025-03-01'),
        ('h', 'reversed', '2025-03-02'), ('h', 'provisional', '2025-03-29')
    """
    with duckdb.connect() as con:
        con.execute(
            "copy (select outcome_id, state, occurred_at::timestamp as occurred_at,"
            f" timestamp '2025-03-31' as recorded_at from (values {rows})"
            " as events (outcome_id, state, occurred_at))"
            f" to '{tmp_path / 'outcome_events.parquet'}'"
        )
        con.execute(
            BARE_QUERY.format(
                files=f"'{tmp_path / 'outcome_events.parquet'}'",
                as_of="timestamp '2025-03-31'",
                days=WINDOW_DAYS,
            )
        )
        states = dict(
            con.execute("select outcome_id, state from final_states").fetchall()
        )
    assert states == {
        "a": "confirmed", "b": "provisional", "c": "reversed", "d": "given_back",
        "e": "reversed", "f": "failed", "g": "disputed", "h": "provisional",
    }  # fmt: skip
    said = FinalStates.of(time_final_states(tmp_path))
    assert (said.outcomes, said.events) == (8, 16)
    assert sum(said.states.values()) == 8


def test_the_report_counts_in_bare_passes_and_compares_states() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    cost = BuildCost(moment, 10.0, 100.0, 150.0, 3 * GIB, "green")
    nodes = (Node("stg_outcome_events", "staging", 20.0, moment, moment),)
    before = FinalStates(60, 20, {"confirmed": 20}, (9.0, 0.4))
    after = FinalStates(60, 20, {"confirmed": 20}, (9.0, 0.6))
    built = Built(20, cost, nodes)
    report = outcomes_report(OutcomesMeasured(before, after, built, {"confirmed": 20}))
    said = " ".join(report.split())
    assert "20 outcomes, 60 events bare pass 0.50 s" in said
    assert "nodes, sum 20.00 s 40.0 times the bare pass" in said
    assert "peak memory 3.00 GiB" in said
    assert "states confirmed 20; as in the bare pass" in said
    apart = OutcomesMeasured(before, after, built, {"confirmed": 19})
    assert "confirmed 19; NOT as in the bare pass" in outcomes_report(apart)
