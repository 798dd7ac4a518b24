"""The synthetic company says every word of the input contract, and means it.

Which words there are is read from the input contract, so a new one fails here until the
company uses it.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from inference_revenue.contract import load_contract
from inference_revenue.simulate.company import write_company
from inference_revenue.simulate.sizes import SIZES
from simulated_company import open_company, rows, value

LEAST = 10
# The calls that the words do not depend on are few, so that the test is quick.
FEW_EVENTS = 90_000

NOT_WRITTEN = {
    "gl_accounts": "optional: the company posts to the default chart of accounts",
    "opening_balances": "optional: its whole history is there",
    "gl_balances": "optional: its general ledger is not simulated",
    "manual_adjustments": "optional: nothing is posted by hand",
}
NOT_USED: dict[tuple[str, str], tuple[set[str], str]] = {
    ("standalone_selling_prices", "scope_type"): (
        set(
            "entity jurisdiction customer_class price_model grant_kind product "
            "customer contract line contract_event grant".split()
        ),
        "one price study for the whole company; its sources are told by `method`",
    ),
    ("accounting_periods", "book"): (
        {"asc606", "ifrs15"},
        "both books close together, as they must: their cut-offs may not differ",
    ),
    ("accounting_periods", "state"): (
        {"soft_closed", "reopened"},
        "each close goes straight through; a reopening would undo later closes",
    ),
    ("policy_elections", "book"): (
        {"asc606", "ifrs15"},
        "the company elects the same in both books",
    ),
    ("policy_elections", "scope_type"): (
        set(
            "entity contract jurisdiction customer_class price_model grant_kind "
            "product customer line contract_event grant".split()
        ),
        "policies are elected once: globally, zones by entity, one by contract",
    ),
    ("policy_elections", "transition"): (
        {"prospective", "cumulative_catch_up", "retrospective"},
        "no policy changes within the history",
    ),
    ("estimates", "book"): (
        {"asc606", "ifrs15"},
        "one estimate serves both books: the expectation is the same",
    ),
    ("estimates", "scope_type"): (
        set(
            "global entity jurisdiction customer_class price_model grant_kind "
            "customer contract_event grant".split()
        ),
        "estimates are made where there is data: product, contract, line and cohort; "
        "a wider one would also decide for contracts that have none",
    ),
    ("fx_rates", "rate_type"): (
        {"average", "closing"},
        "daily rates are elected, so that no other rate may be used",
    ),
}


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default company with few calls."""
    folder = tmp_path_factory.mktemp("default") / "raw"
    write_company(folder, events=FEW_EVENTS)
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small") / "raw"
    write_company(folder, size="small")
    return folder


@pytest.fixture(scope="module")
def con(default: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_company(default) as connection:
        yield connection


def spoken(folder: Path) -> Iterator[tuple[str, str, str, int]]:
    """Table, column, word and how many rows say it, but for what is excluded."""
    with duckdb.connect() as con:
        for name, table in load_contract().items():
            if name in NOT_WRITTEN:
                assert not list(folder.glob(f"{name}*")), name
                continue
            files = folder / (
                "usage_events/*.parquet"
                if name == "usage_events"
                else f"{name}.parquet"
            )
            written = [row[0] for row in rows(con, f"describe from '{files}'")]
            for column in table.columns:
                if not column.one_of:
                    continue
                if column.name not in written:
                    counted = {}
                else:
                    counting = f"select {column.name}, count(*) from '{files}'"
                    counted = dict(rows(con, f"{counting} group by all"))
                excluded, _ = NOT_USED.get((name, column.name), (set(), ""))
                assert excluded <= set(column.one_of), (name, column.name)
                for word in column.one_of:
                    if word not in excluded:
                        yield name, column.name, word, counted.get(word, 0)


def test_every_word_is_said_ten_times(default: Path) -> None:
    told = list(spoken(default))
    assert len(told) > 150
    assert [one for one in told if one[-1] < LEAST] == []


def test_the_small_company_says_every_word_once(small: Path) -> None:
    # one deal of a kind has two of the six scopes of tiers
    found = [one for one in spoken(small) if one[:2] != ("prices", "tier_scope")]
    assert [one[:3] for one in found if not one[-1]] == []


def test_the_default_company_is_the_one_that_make_run_builds() -> None:
    assert SIZES["default"].contracts >= 100, "or it has one deal of a kind only"


def test_outcomes_follow_the_chain_of_states(con: duckdb.DuckDBPyConnection) -> None:
    moves = {
        (before, after)
        for before, after in rows(
            con,
            """
            select lag(state) over (partition by outcome_id order by seq_no), state
            from landed_outcome_events
            """,
        )
    }
    allowed = {
        None: "attempted provisional",
        "attempted": "provisional failed",
        "provisional": "confirmed reversed disputed",
        "confirmed": "reversed",
        "reversed": "provisional",
        "disputed": "dispute_won dispute_lost",
        "dispute_won": "confirmed",
    }
    legal = {(a, b) for a, following in allowed.items() for b in following.split()}
    assert moves == legal


def test_no_confirmation_before_its_window_ends(
    con: duckdb.DuckDBPyConnection,
) -> None:
    early = """
        with windows as (
            select events.*, lag(events.state) over one as before,
                lag(occurred_at) over one as opened_at, outcome_window_hours
            from landed_outcome_events as events
            join contract_lines using (line_id)
            window one as (partition by outcome_id order by seq_no)
        )
        select * from windows
        where state = 'confirmed' and before = 'provisional'
            and reason is distinct from 'accepted'
            and occurred_at < opened_at + to_hours(outcome_window_hours)
    """
    assert rows(con, early) == []


def test_no_lot_gives_more_than_it_has(con: duckdb.DuckDBPyConnection) -> None:
    balances = """
        select grants.grant_id, units_granted - sum(case
            when kind = 'undraw' then -units when kind <> 'extend' then units else 0 end
        ) as rest
        from landed_credit_grants as grants join landed_credit_events using (grant_id)
        group by grants.grant_id, units_granted
    """
    found = rows(con, balances)
    assert len(found) > 100
    assert min(rest for _, rest in found) >= 0


def test_moved_credits_name_their_child(con: duckdb.DuckDBPyConnection) -> None:
    orphans = """
        select moved.credit_event_id
        from landed_credit_events as moved
        left join landed_credit_grants as child
            on child.grant_id = moved.related_grant_id
            and child.parent_grant_id = moved.grant_id
            and child.units_granted = moved.units
        where kind in ('rollover', 'transfer') and child.grant_id is null
    """
    assert rows(con, orphans) == []


def test_each_modification_has_its_new_terms(con: duckdb.DuckDBPyConnection) -> None:
    cited = """
        select event_kind, count(*), count(terms.modified_by_event_id)
        from contract_events as events
        left join (
            select modified_by_event_id from contracts
            union select modified_by_event_id from contract_lines
        ) as terms on terms.modified_by_event_id = events.contract_event_id
        where event_kind in ('modified', 'renewed', 'assigned')
        group by all
    """
    for kind, events, terms in rows(con, cited):
        assert events == terms, kind


def test_tiers_neither_gap_nor_overlap(con: duckdb.DuckDBPyConnection) -> None:
    torn = """
        select price_id, tier_no from (
            select *, lag(tier_to) over price as below,
                lead(tier_no) over price as above
            from prices where model in ('graduated', 'volume', 'threshold_total')
            window price as (partition by price_id order by tier_no)
        )
        where tier_from <> coalesce(below, 0) or (above is null) <> (tier_to is null)
    """
    assert value(con, "select count(*) from prices where tier_no > 1") > 50
    assert rows(con, torn) == []


def test_estimates_have_probabilities_of_one(con: duckdb.DuckDBPyConnection) -> None:
    odd = """
        select estimate_id from landed_estimates
        group by estimate_id, recorded_at having sum(probability) <> 1
    """
    assert rows(con, odd) == []
