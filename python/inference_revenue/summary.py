"""The close summary: one screen, or the same as JSON, from a built warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb

from inference_revenue.seals import BrokenSeal, Stored
from inference_revenue.state import RunContext

TIME = "%Y-%m-%d %H:%M:%S"
READ_MARTS = {
    "dim_accounting_periods",
    "fct_contract_balances",
    "fct_control_results",
    "fct_journal_lines",
    "fct_rejected_rows",
    "fct_revenue_recognised",
}

MINOR_UNITS = "select currency, minor_unit_exponent from seeds.currencies"
OPEN_PERIODS = """
    select entity_id, period_id, is_flash
    from marts.dim_accounting_periods
    where state <> 'closed' and has_begun
    order by entity_id, period_id
"""
REVENUE = """
    select book, currency,
        cast(coalesce(sum(current_amount), 0) as decimal(38,9)),
        cast(coalesce(sum(catch_up_amount), 0) as decimal(38,9)),
        cast(coalesce(sum(modification_catch_up_amount), 0) as decimal(38,9)),
        cast(coalesce(sum(amount), 0) as decimal(38,9))
    from marts.fct_revenue_recognised
    semi join (
        select entity_id, period_id
        from marts.dim_accounting_periods
        where state <> 'closed' and has_begun
    ) using (entity_id, period_id)
    group by book, currency
    order by book, currency
"""
# Each entity's own first and last open period, since entities close apart.
BALANCE = """
    with spans as (
        select entity_id, min(period_id) as first_id, max(period_id) as last_id
        from marts.dim_accounting_periods
        where state <> 'closed' and has_begun
        group by entity_id
    )
    select book, currency, balance_kind,
        cast(coalesce(sum(opening_amount) filter (period_id = first_id), 0)
            as decimal(38,9)),
        cast(coalesce(sum(closing_amount) filter (period_id = last_id), 0)
            as decimal(38,9))
    from marts.fct_contract_balances
    inner join spans using (entity_id)
    where balance_kind in
        ('contract_liability', 'contract_asset', 'unbilled_receivable')
    group by book, currency, balance_kind
    order by book, currency, balance_kind
"""
ROWS = """
    with landed as (
        select table_name, sum(row_count)::bigint as landed
        from state.input_files
        group by table_name
    ),
    refused as (
        select table_name,
            count(*) filter (state = 'rejected') as rejected,
            count(*) filter (state = 'held' and reason_code <> 'NOT_YET_KNOWN') as held,
            count(*) filter (state = 'duplicate') as duplicate,
            count(*) filter (reason_code = 'NOT_YET_KNOWN') as not_yet_known
        from marts.fct_rejected_rows
        group by table_name
    )
    select coalesce(landed.table_name, refused.table_name), coalesce(landed, 0),
        coalesce(rejected, 0), coalesce(held, 0), coalesce(duplicate, 0),
        coalesce(not_yet_known, 0)
    from landed
    full join refused on refused.table_name = landed.table_name
    order by 1
"""
WORKLIST = """
    select count(*) filter (status <> 'accepted' and severity = 'block'),
        count(*) filter (status <> 'accepted' and severity <> 'block'),
        count(*) filter (status = 'accepted'),
        count(*) filter (status = 'expired'),
        count(*) filter (exception_code = 'NO_ELECTION')
    from marts.fct_exceptions
"""


@dataclass(frozen=True)
class Worklist:
    """What waits for people: exceptions by how they stand, topics nobody elected."""

    blocking: int
    warning: int
    accepted: int
    expired: int
    unelected_topics: int


# What is refused or waits, in money; amounts given back and taken are not netted.
AT_STAKE = """
    select table_name, state, currency,
        cast(sum(abs(amount_at_stake)) as decimal(38,9))
    from marts.fct_rejected_rows
    where amount_at_stake is not null and reason_code <> 'NOT_YET_KNOWN'
    group by table_name, state, currency
    order by all
"""


@dataclass(frozen=True)
class Control:
    """A control and how many rows violate it."""

    code: str
    severity: str
    violations: int

    @property
    def colour(self) -> str:
        """Red blocks the close, amber warns, green is empty."""
        if not self.violations:
            return "green"
        return "red" if self.severity == "block" else "amber"


@dataclass(frozen=True)
class OpenPeriod:
    """A period that has begun and is not closed; a flash is not over either."""

    entity_id: str
    period_id: str
    is_flash: bool


@dataclass(frozen=True)
class Revenue:
    """What was posted in the open periods, in major units of the currency."""

    book: str
    currency: str
    current_amount: Decimal
    catch_up_amount: Decimal
    modification_catch_up_amount: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Balance:
    """A balance before the first open period and after the last begun one."""

    book: str
    currency: str
    balance_kind: str
    opening_amount: Decimal
    closing_amount: Decimal


@dataclass(frozen=True)
class TableRows:
    """How many rows of an input table were landed, and how many were not accepted.

    Rows recorded after the knowledge date of the run are held too, and counted apart.
    """

    table_name: str
    landed: int
    rejected: int
    held: int
    duplicate: int
    not_yet_known: int


@dataclass(frozen=True)
class AtStake:
    """Money in rows of an input table that were not accepted, in major units."""

    table_name: str
    state: str
    currency: str
    amount: Decimal


@dataclass(frozen=True)
class Summary:
    """Everything that one run has to say."""

    run: RunContext
    as_of: datetime
    seconds: float
    open_periods: tuple[OpenPeriod, ...]
    revenue: tuple[Revenue, ...]
    balances: tuple[Balance, ...]
    rows: tuple[TableRows, ...]
    at_stake: tuple[AtStake, ...]
    controls: tuple[Control, ...]
    worklist: Worklist | None
    broken_seals: tuple[BrokenSeal, ...]
    stored: Stored
    missing_marts: tuple[str, ...]
    minor_units: dict[str, int]

    @property
    def outcome(self) -> str:
        """`red` if a control blocks the close, `amber` if one warns, else `green`."""
        colours = {control.colour for control in self.controls}
        return next((c for c in ("red", "amber") if c in colours), "green")

    def row_count(self, state: str) -> int:
        """Rows of all tables in one state, as `TableRows` names them."""
        return sum(int(getattr(table, state)) for table in self.rows)

    def in_minor_units(self, currency: str, amount: Decimal) -> Decimal:
        """The amount with its currency's digits; a finer one keeps all of its own."""
        digits = self.minor_units.get(currency, 2)
        exponent = amount.normalize().as_tuple().exponent
        needed = -exponent if isinstance(exponent, int) else 0
        return amount.quantize(Decimal(1).scaleb(-max(digits, needed)))

    def as_json(self) -> dict[str, Any]:
        """The summary as plain values; amounts are exact decimal text."""
        return {
            "run_id": self.run.run_id,
            "outcome": self.outcome,
            "as_of": f"{self.as_of:{TIME}}",
            "started_at": f"{self.run.started_at:{TIME}}",
            "seconds": round(self.seconds, 1),
            "raw_folder": self.run.raw_folder,
            "company": self.run.company,
            "project_version": self.run.project_version,
            "open_periods": [asdict(period) for period in self.open_periods],
            "revenue": [self._plain(row) for row in self.revenue],
            "balances": [self._plain(row) for row in self.balances],
            "rows": [asdict(row) for row in self.rows],
            "at_stake": [self._plain(row) for row in self.at_stake],
            "controls": [
                {**asdict(control), "colour": control.colour}
                for control in self.controls
            ],
            "worklist": asdict(self.worklist) if self.worklist else None,
            "broken_seals": [asdict(seal) for seal in self.broken_seals],
            "sealed_periods": [list(period) for period in self.stored.sealed],
            "reopened_periods": [list(period) for period in self.stored.reopened],
            "missing_marts": list(self.missing_marts),
        }

    def _plain(self, row: Revenue | Balance | AtStake) -> dict[str, object]:
        return {
            name: f"{self.in_minor_units(row.currency, value):f}"
            if isinstance(value, Decimal)
            else value
            for name, value in asdict(row).items()
        }


def read_controls(con: duckdb.DuckDBPyConnection) -> list[Control]:
    """The results of the controls, or none where there are no controls yet."""
    if "fct_control_results" in missing_marts(con):
        return []
    rows = con.execute(
        "select control_code, severity, sum(violation_count)::bigint"
        " from marts.fct_control_results group by all order by all"
    ).fetchall()
    return [Control(*row) for row in rows]


def read_summary(
    con: duckdb.DuckDBPyConnection,
    *,
    run: RunContext,
    as_of: datetime,
    seconds: float,
    controls: Sequence[Control],
    broken_seals: Sequence[BrokenSeal],
    stored: Stored,
) -> Summary:
    """Read the summary of a built warehouse."""
    missing = missing_marts(con)

    def rows(marts: str, sql: str) -> list[tuple[Any, ...]]:
        return [] if missing & set(marts.split()) else con.execute(sql).fetchall()

    periods, posted = "dim_accounting_periods", "fct_revenue_recognised"
    balances, rejected = "fct_contract_balances", "fct_rejected_rows"
    has_units = _has(con, "seeds", "currencies")
    units = con.execute(MINOR_UNITS).fetchall() if has_units else []
    return Summary(
        run=run,
        as_of=as_of,
        seconds=seconds,
        open_periods=tuple(OpenPeriod(*row) for row in rows(periods, OPEN_PERIODS)),
        revenue=tuple(Revenue(*row) for row in rows(f"{periods} {posted}", REVENUE)),
        balances=tuple(Balance(*row) for row in rows(f"{periods} {balances}", BALANCE)),
        rows=tuple(TableRows(*row) for row in rows(rejected, ROWS)),
        at_stake=tuple(AtStake(*row) for row in rows(rejected, AT_STAKE)),
        controls=tuple(controls),
        worklist=_read_worklist(con),
        broken_seals=tuple(broken_seals),
        stored=stored,
        missing_marts=tuple(sorted(missing)),
        minor_units=dict(units),
    )


def missing_marts(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Which of the marts that a run reads the build does not have."""
    found = con.execute(
        "select table_name from information_schema.tables"
        " where table_catalog = current_catalog() and table_schema = 'marts'"
    ).fetchall()
    return READ_MARTS - {name for (name,) in found}


def _read_worklist(con: duckdb.DuckDBPyConnection) -> Worklist | None:
    if not _has(con, "marts", "fct_exceptions"):
        return None
    row = con.execute(WORKLIST).fetchone()
    return Worklist(*row) if row else None


def _has(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    found = con.execute(
        "select 1 from information_schema.tables where table_catalog ="
        " current_catalog() and table_schema = ? and table_name = ?",
        [schema, table],
    ).fetchone()
    return found is not None
