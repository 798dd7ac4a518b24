"""The synthetic company: what it says of its usage is checked against its own rows."""

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from inference_revenue.contract import load_contract
from inference_revenue.errors import UserError
from inference_revenue.simulate.agreements import ROLES
from inference_revenue.simulate.company import write_company
from inference_revenue.simulate.sizes import find_size, require_possible
from simulated_company import open_company, rows, value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company."""
    path = tmp_path_factory.mktemp("company") / "raw"
    write_company(path, size="small", seed=7)
    return path


@pytest.fixture(scope="module")
def con(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_company(folder) as connection:
        yield connection


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def company(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "truth/company.json").read_text())
    return content


class TestWholeFolder:
    def test_same_seed_gives_the_same_bytes(self, folder: Path, tmp_path: Path) -> None:
        write_company(tmp_path / "again", size="small", seed=7)
        assert digest(tmp_path / "again") == digest(folder)

    def test_another_seed_gives_another_company(
        self, folder: Path, tmp_path: Path
    ) -> None:
        write_company(tmp_path / "other", size="small", seed=8)
        assert digest(tmp_path / "other") != digest(folder)

    def test_writing_again_replaces_a_larger_company(self, tmp_path: Path) -> None:
        write_company(tmp_path, size="small", months=7)
        write_company(tmp_path, size="small")
        files = {path.name for path in (tmp_path / "usage_events").iterdir()}
        assert "platform-2025-08.parquet" not in files
        assert "platform-2025-07.parquet" in files

    def test_refuses_a_folder_with_other_files(self, tmp_path: Path) -> None:
        (tmp_path / "customers.csv").write_text("customer_id\n")
        with pytest.raises(UserError, match="holds other files"):
            write_company(tmp_path, size="small")

    @pytest.mark.parametrize(
        ("name", "counts", "message"),
        [
            ("huge", {}, "choose one of small, default, large"),
            ("small", {"contracts": 3}, "at least 32 contracts"),
            ("small", {"contracts": 5_000}, "needs 112 to 15000 customers"),
            ("small", {"months": 1}, "4 to 60 months"),
        ],
    )
    def test_refuses_an_impossible_size(
        self, name: str, counts: dict[str, int], message: str
    ) -> None:
        with pytest.raises(UserError, match=message):
            require_possible(find_size(name, **counts))

    def test_columns_have_the_declared_types(
        self, con: duckdb.DuckDBPyConnection
    ) -> None:
        for name, table in load_contract().items():
            found = rows(
                con,
                f"select column_name, lower(data_type) from information_schema.columns "
                f"where table_name = 'landed_{name}'",
            )
            for column, data_type in found:
                expected = table.column(column).data_type
                if (name, column) == ("usage_events", "quantity"):
                    expected = "bigint"
                assert data_type == expected, f"{name}.{column}"
            if found:
                assert set(table.required_columns) <= {column for column, _ in found}

    def test_the_as_of_is_the_latest_moment_recorded(
        self, con: duckdb.DuckDBPyConnection, folder: Path
    ) -> None:
        latest = max(
            value(con, f"select max(recorded_at) from landed_{name}")
            for name in load_contract()
            if (folder / f"{name}.parquet").exists() or name == "usage_events"
        )
        assert latest.isoformat() == company(folder)["as_of"]

    def test_every_role_and_peculiarity_occurs(self, folder: Path) -> None:
        found = company(folder)["peculiarities"]
        for role in ROLES:
            assert found[f"contract:{role}"] >= 1
        for name in (
            "test",
            "non_billable",
            "identical_replay",
            "retraction",
            "conflicting_replay",
            "document:voided",
            "document:credit_note",
            "cash:chargeback",
            "cash:unapplied",
            "price:corrected_later",
            "usage_addressed_by:customer",
        ):
            assert found[name] >= 1, name

    def test_states_add_up_to_the_rows_in_the_files(
        self, con: duckdb.DuckDBPyConnection, folder: Path
    ) -> None:
        states = json.loads((folder / "truth/row_states.json").read_text())
        for name, counts in states.items():
            assert counts["landed"] == value(con, f"select count(*) from landed_{name}")
            others = sum(other["rows"] for other in counts["others"])
            assert counts["accepted"] + others == counts["landed"]


class TestUsage:
    def test_quantities_equal_a_recount_of_the_events(
        self, con: duckdb.DuckDBPyConnection
    ) -> None:
        recount = """
            select line_id, meter_id, dim_1_value, non_billable_reason is null
                as is_billable, service_period_id, count(*) as event_count,
                sum(quantity) as quantity
            from accepted
            where withdrawn_at is null and line_id in
                (select line_id from truth_usage_quantities)
            group by all
        """
        truth = """
            select line_id, meter_id, dim_1_value, is_billable, service_period_id,
                sum(event_count) as event_count, sum(quantity) as quantity
            from truth_usage_quantities group by all
            having sum(event_count) <> 0 or sum(quantity) <> 0
        """
        assert value(con, f"select count(*) from ({truth})") > 100
        assert not rows(con, f"({recount}) except ({truth})")
        assert not rows(con, f"({truth}) except ({recount})")

    def test_every_close_knew_what_was_recorded_by_its_cutoff(
        self, con: duckdb.DuckDBPyConnection, folder: Path
    ) -> None:
        as_of = company(folder)["as_of"]
        closes = f"""
            select entity_id, period_id,
                coalesce(max(knowledge_cutoff_at), timestamp '{as_of}') as cutoff
            from accounting_periods group by all
        """
        recount = f"""
            select closes.period_id, line_id, service_period_id,
                sum(quantity) as quantity
            from accepted join ({closes}) as closes
                on closes.entity_id = accepted.entity_id
                and closes.period_id >= service_period_id and recorded_at <= cutoff
                and (withdrawn_at is null or withdrawn_at > cutoff)
            where line_id in (select line_id from truth_usage_quantities)
            group by all
        """
        truth = f"""
            select closes.period_id, line_id, service_period_id,
                sum(quantity) as quantity
            from truth_usage_quantities
            join (select distinct period_id from ({closes})) as closes
                on closes.period_id >= known_period_id
            group by all
        """
        assert rows(con, f"select count(*) from ({truth})")[0][0] > 100
        late = "select count(*) from truth_usage_quantities "
        assert value(con, late + "where known_period_id > service_period_id") > 10
        same = "select * from ({}) where quantity <> 0"
        assert not rows(con, f"({same.format(recount)}) except ({same.format(truth)})")
        assert not rows(con, f"({same.format(truth)}) except ({same.format(recount)})")

    def test_amounts_equal_quantity_times_the_price_in_force(
        self, con: duckdb.DuckDBPyConnection
    ) -> None:
        """Every event rated alone in whole units of 1e-18, with the latest prices."""
        recount = """
            with latest as (
                select * from landed_prices
                where model = 'unit'
                qualify row_number() over (
                    partition by price_id, valid_from, dim_1_value
                    order by recorded_at desc
                ) = 1
            ),
            priced as (
                select events.line_id, events.service_period_id,
                    case meters.aggregation when 'sum' then events.quantity end
                        - coalesce(part.quantity, 0) as quantity,
                    cast(prices.rate_amount * 1000000000 as hugeint) as nanos,
                    cast((1 - coalesce(lines.discount_rate, 0)) * 1000 as hugeint)
                        as thousandths
                from accepted as events
                join meters using (meter_id)
                join contract_lines as lines using (line_id)
                left join accepted as part
                    on part.source_system = events.source_system
                    and part.event_id = events.event_id
                    and part.meter_id = meters.contains_meter_id
                join latest as prices on prices.price_id = lines.price_id
                    and coalesce(prices.valid_from, timestamp '2000-01-01')
                        <= events.occurred_at
                    and (prices.dim_1_value is not distinct from events.dim_1_value
                        or prices.dim_1_value = '*')
                where events.withdrawn_at is null
                    and events.non_billable_reason is null
                    and meters.aggregation = 'sum'
                qualify row_number() over (
                    partition by events.source_system, events.event_id, events.meter_id
                    order by prices.dim_1_value = '*', prices.valid_from desc nulls last
                ) = 1
            )
            select line_id, service_period_id,
                sum(quantity * nanos * thousandths) as atoms
            from priced group by all having atoms <> 0
        """
        truth = """
            select line_id, service_period_id, sum(amount)
            from truth_rated_amounts
            where line_id not in (select line_id from truth_gauge_quantities)
            group by all having sum(amount) <> 0
        """
        told = {(line, period): amount for line, period, amount in rows(con, truth)}
        found = {
            (line, period): Decimal(atoms).scaleb(-18)
            for line, period, atoms in rows(con, recount)
        }
        assert len(found) > 100
        assert found == told

    def test_a_corrected_price_changes_closed_months_without_new_usage(
        self, con: duckdb.DuckDBPyConnection
    ) -> None:
        rerated = """
            select * from truth_rated_amounts
            where known_period_id > service_period_id and quantity = 0 and amount <> 0
        """
        assert rows(con, rerated)

    def test_gauges_equal_their_aggregation(
        self, con: duckdb.DuckDBPyConnection
    ) -> None:
        simple = """
            select line_id, service_period_id, case meter_id
                when 'jobs' then count(*)
                when 'seats' then max(quantity)
                when 'capacity' then arg_max(quantity, occurred_at)
                when 'users' then count(distinct dim_1_value) end as quantity
            from accepted where meter_id in ('jobs', 'seats', 'capacity', 'users')
            group by line_id, service_period_id, meter_id
        """
        truth = """
            select line_id, service_period_id, cast(quantity as bigint)
            from truth_gauge_quantities where meter_id <> 'storage'
        """
        assert rows(con, f"({simple}) except ({truth})") == []
        assert rows(con, f"({truth}) except ({simple})") == []
        level = """
            with levels as (
                select *, lead(occurred_at) over (
                    partition by line_id, service_period_id order by occurred_at
                ) as next_at
                from accepted join zones using (entity_id)
                where meter_id = 'storage' and line_id || service_period_id in (
                    select line_id || service_period_id from truth_gauge_quantities)
            ),
            ends as (
                select line_id, service_period_id, min(occurred_at) as start_at,
                    timezone('UTC', timezone(any_value(zone), date_trunc('month',
                        timezone(any_value(zone), timezone('UTC', min(occurred_at))))
                        + interval 1 month)) as end_at
                from levels group by all
            )
            select line_id, service_period_id,
                sum(quantity * epoch(coalesce(next_at, end_at) - occurred_at))
                    / max(epoch(end_at - start_at)) as average
            from levels join ends using (line_id, service_period_id) group by all
        """
        for line, period, average in rows(con, level):
            told = value(
                con,
                f"select quantity from truth_gauge_quantities "
                f"where line_id = '{line}' and service_period_id = '{period}'",
            )
            assert float(told) == pytest.approx(average, rel=1e-12)

    def test_three_rows_a_call_and_cached_tokens_within_input(
        self, con: duckdb.DuckDBPyConnection
    ) -> None:
        calls = """
            select source_system, event_id, count(*) as parts,
                max(quantity) filter (meter_id like '%_input') as input,
                max(quantity) filter (meter_id like '%_cached') as cached
            from accepted where meter_id like '%\\_%' escape '\\' group by all
        """
        assert not rows(con, f"select * from ({calls}) where parts <> 3")
        assert not rows(con, f"select * from ({calls}) where cached > input")

    def test_a_twentieth_of_the_customers_is_three_quarters_of_the_usage(
        self, tmp_path: Path
    ) -> None:
        write_company(
            tmp_path, size="small", customers=100, contracts=120, events=60_000
        )
        shares = f"""
            select sum(quantity) / sum(sum(quantity)) over () as share
            from '{tmp_path}/usage_events/gateways-*.parquet'
            where customer_id is not null group by customer_id
            order by share desc limit 5
        """
        with duckdb.connect() as con:
            top = value(con, f"select sum(share) from ({shares})")
        assert top == pytest.approx(0.75, abs=0.05)

    def test_shape_of_the_stream(self, con: duckdb.DuckDBPyConnection) -> None:
        after_a_day = """
            select avg(case when recorded_at >= occurred_at + interval 1 day
                then 1.0 else 0 end) from accepted
        """
        assert 0.005 < value(con, after_a_day) < 0.02
        by_hour = """
            select count(*) filter (hour(occurred_at) between 8 and 16)
                / count(*) from accepted where meter_id like '%input'
        """
        assert value(con, by_hour) > 0.5
        by_month = """
            select count(*) from accepted where meter_id like '%input'
            group by service_period_id order by service_period_id
        """
        counts = [count for (count,) in rows(con, by_month)]
        assert counts[-1] > 1.1 * counts[0]
        empty = """
            select 1 - count(distinct date_trunc('minute', occurred_at))
                / (date_diff('minute', min(occurred_at), max(occurred_at)) + 1)
            from accepted
        """
        assert value(con, empty) > 1 / 12

    def test_late_rows_and_withdrawals_fall_on_both_sides_of_a_close(
        self, con: duckdb.DuckDBPyConnection
    ) -> None:
        found = """
            select count(*) from accepted join accounting_periods as closes
                on closes.entity_id = accepted.entity_id
                and closes.period_id = service_period_id
                and closes.state = 'closed' and accepted.{}
        """
        for condition in (
            "recorded_at > knowledge_cutoff_at",
            "withdrawn_at > knowledge_cutoff_at",
            "withdrawn_at <= knowledge_cutoff_at",
        ):
            assert value(con, found.format(condition)) > 0
