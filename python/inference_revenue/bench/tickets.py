"""A real log of tickets, billed by resolution, through the whole project.

The log has one row for each change of a ticket, with the columns incident_id, event_seq
(their order), state, updated_at, location_id and assignment_group_id. A ticket that
becomes Resolved is a provisional outcome; one that is worked on again within a week of
it takes it back. A location is a customer, the group that resolved it the agent. Only
what an event itself says is used: what a log repeats of a ticket's end on its every row
knows the future. Every month is closed at its end, and knows what had happened by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from inference_revenue.bench.folders import Folders
from inference_revenue.bench.made_tables import GIB, Built, MadeTables, build_written
from inference_revenue.errors import UserError
from inference_revenue.inputs.text import literal
from inference_revenue.paths import DATABASE_NAME
from inference_revenue.progress import Progress

COLUMNS = {
    "incident_id", "event_seq", "state", "updated_at", "location_id",
    "assignment_group_id",
}  # fmt: skip
FEE = Decimal("0.99")
NONE = Decimal(0)
WINDOW_DAYS = 7

SHARED = (
    """
    create table log as
    select
        cast(incident_id as varchar) as incident_id, event_seq, state,
        coalesce(location_id, 'unknown') as location_id, assignment_group_id,
        -- a few rows go back in time: they happened no earlier than those before them
        max(updated_at) over in_turn as happened_at,
        lag(state) over (partition by incident_id order by event_seq) as state_before
    from read_parquet($log)
    window in_turn as (
        partition by incident_id order by event_seq
        rows between unbounded preceding and current row
    )
    """,
    """
    create table turns as
    select
        *,
        state = 'Resolved' as is_resolution,
        sum(case state when 'Resolved' then 1 else 0 end) over (
            partition by incident_id order by event_seq
        ) as turn
    from log
    where
        (state in ('Resolved', 'Closed'))
        <> coalesce(state_before in ('Resolved', 'Closed'), false)
        and (state <> 'Closed')
    """,
    f"""
    create table outcomes as
    select
        incident_id || '.' || turn as outcome_id, incident_id,
        min(event_seq) as first_seq, min(happened_at) as resolved_at,
        min_by(location_id, event_seq) as location_id,
        min_by(assignment_group_id, event_seq) as assignment_group_id,
        min(case when not is_resolution then event_seq end) as reopened_seq,
        min(case when not is_resolution then happened_at end) as reopened_at,
        reopened_at < resolved_at + interval {WINDOW_DAYS} day as is_taken_back
    from turns
    where turn > 0
    group by incident_id, turn
    having bool_or(is_resolution)
    """,
    f"""
    create table run as
    select
        date_trunc('month', min(resolved_at)) as first_month,
        -- until all windows are over
        max(resolved_at) + interval {WINDOW_DAYS + 1} day as seen_to
    from outcomes
    """,
)
EVENT = """
    outcome_id, location_id as customer_id, 'resolution' as product_id,
    location_id || ' tickets' as line_id, incident_id as subject_ref, 1 as quantity,
    assignment_group_id as agent_ref, incident_id as source_ref
"""
QUERIES = {
    "customers": """
        select distinct location_id as customer_id, location_id as name from outcomes
    """,
    "products": """
        select 'resolution' as product_id, 'Resolution' as name,
            'outcome' as product_kind
    """,
    "prices": f"""
        select 'each' as price_id, 'unit' as model, 'USD' as unit_code,
            {FEE} as rate_amount, 1 as rate_per_quantity
    """,
    "contracts": """
        select distinct
            location_id || ' order' as contract_id, location_id as customer_id,
            'one' as entity_id, 'USD' as currency, 'signature' as approval_kind,
            first_month as signed_at, first_month as effective_from,
            first_month + interval 5 year as effective_to,
            location_id || ' order' as source_ref
        from outcomes, run
    """,
    "contract_lines": f"""
        select distinct
            location_id || ' tickets' as line_id,
            location_id || ' order' as contract_id,
            'outcome' as line_kind, 'resolution' as product_id, 'each' as price_id,
            {WINDOW_DAYS * 24} as outcome_window_hours, first_month as service_start,
            first_month + interval 5 year as service_end,
            'arrears' as billing_timing, 'month' as billing_interval
        from outcomes, run
    """,
    # so little history counts only if a controller says so, and elects the reserve
    "policy_elections": """
        select topic as election_id, '*' as book, topic, choice, value,
            'global' as scope_type, first_month as effective_from,
            'controller' as approved_by, first_month as approved_at,
            'memo' as source_ref
        from run, (values
            ('outcome_policy', 'reserve', null), ('constraint_history_months', null, 1)
        ) as elected (topic, choice, value)
    """,
    "accounting_periods": """
        select
            'one' as entity_id, '*' as book, strftime(month, '%Y-%m') as period_id,
            month as period_start, month + interval 1 month as period_end,
            case when month + interval 1 month <= seen_to then 'closed' else 'open' end
                as state,
            case when month + interval 1 month <= seen_to then month + interval 1 month
                end as knowledge_cutoff_at,
            'controller' as changed_by
        from (
            select unnest(range(first_month, seen_to, interval 1 month)) as month,
                seen_to
            from run
        ) as months
    """,
    "outcome_events": f"""
        select outcome_id || ' resolved' as outcome_event_id, 'provisional' as state,
            first_seq as seq_no, resolved_at as occurred_at, {EVENT}
        from outcomes
        union all
        select outcome_id || ' reopened', 'reversed', reopened_seq, reopened_at, {EVENT}
        from outcomes
        where is_taken_back
    """,
}
RECORDED = {
    **dict.fromkeys(
        ("customers", "products", "prices", "contracts", "contract_lines",
         "policy_elections"),
        "(select first_month from run)",
    ),
    "accounting_periods": "coalesce(knowledge_cutoff_at, (select seen_to from run))",
    "outcome_events": "occurred_at",
}  # fmt: skip
TICKETS = MadeTables(SHARED, QUERIES, RECORDED)

# What each close held, and what became of it. What came later is found in the events as
# they were delivered, beside the project.
CLOSES = """
    with

    events as (
        select
            outcome_id,
            min(case state when 'provisional' then occurred_at end) as resolved_at,
            min(case state when 'reversed' then occurred_at end) as reversed_at
        from read_parquet({events})
        group by outcome_id
    ),

    periods as (
        select period_id, period_ordinal, end_at
        from marts.dim_accounting_periods
        where entity_id = 'one' and has_begun
            and end_at > (select min(resolved_at) from events)
    ),

    came as (
        select periods.period_ordinal, count(*) as open_count,
            count(events.reversed_at) as came_count
        from periods
        inner join events
            on events.resolved_at < periods.end_at
            and events.resolved_at + interval {days} day > periods.end_at
            and coalesce(events.reversed_at >= periods.end_at, true)
        group by periods.period_ordinal
    ),

    held as (
        select
            reserves.period_ordinal,
            sum(reserves.open_amount) as open_amount,
            sum(reserves.closing_amount) as posted_amount
        from marts.fct_outcome_reserves as reserves
        where reserves.book_scope in ('both', 'asc606')
        group by reserves.period_ordinal
    ),

    earned as (
        select
            periods.period_ordinal,
            sum(case considered.policy when 'conservative' then amount end)
                as conservative_amount,
            sum(case considered.policy when 'reserve' then amount end) as reserve_amount
        from periods
        inner join marts.fct_outcome_consideration as considered
            on greatest(considered.revision // 10, considered.service_ordinal)
                <= periods.period_ordinal
        group by periods.period_ordinal
    )

    select
        periods.period_id,
        coalesce(came.open_count, 0),
        coalesce(held.open_amount, 0),
        held.open_amount * estimates.expected_rate,
        held.open_amount * estimates.settled_rate,
        coalesce(held.posted_amount, 0),
        coalesce(came.came_count, 0) * {fee},
        coalesce(earned.conservative_amount, 0),
        coalesce(earned.reserve_amount, 0)
    from periods
    left join came on came.period_ordinal = periods.period_ordinal
    left join held on held.period_ordinal = periods.period_ordinal
    left join earned on earned.period_ordinal = periods.period_ordinal
    left join marts.fct_reversal_estimates as estimates
        on estimates.as_of_ordinal = periods.period_ordinal
    order by periods.period_ordinal
"""


@dataclass(frozen=True)
class Close:
    """What a month end held open, reserved and had earned, and what came later.

    Amounts are in USD, revenue to date; by_age and flat are empty without history.
    Posted is not by_age where a controller must approve a rate first, and has not.
    """

    period: str
    open_outcomes: int
    open_amount: Decimal
    by_age: Decimal | None
    flat: Decimal | None
    posted: Decimal
    came: Decimal
    conservative: Decimal
    reserve: Decimal

    @property
    def own_error(self) -> Decimal | None:
        """The reserve by age less what came."""
        return None if self.by_age is None else self.by_age - self.came

    @property
    def flat_error(self) -> Decimal | None:
        """The reserve at the flat rate less what came."""
        return None if self.flat is None else self.flat - self.came


def measure_tickets(home: Path, log: Path, progress: Progress) -> str:
    """Build the company of a log of tickets; its reserves and revenue, as text.

    Raises:
        UserError: the log is not there, or lacks a column.
    """
    folders = Folders(
        *(home / "tickets" / name for name in ("company", "wh", "target"))
    )
    write_tickets(folders.company, log)
    progress.say(f"Build of {log.name}")
    built = build_written(folders, 0)
    return tickets_report(built, closes(folders))


def write_tickets(company: Path, log: Path) -> None:
    """Write the input tables that bill the log of tickets by resolution.

    Raises:
        UserError: the log is not there, or lacks a column.
    """
    if not log.is_file():
        raise UserError(f"The log of tickets {log} is not a file.")
    described = f"describe select * from read_parquet({literal(str(log))})"
    missing = COLUMNS - {row[0] for row in duckdb.execute(described).fetchall()}
    if missing:
        raise UserError(f"The log of tickets lacks the column {min(missing)}.")
    TICKETS.write_from(company, {"log": str(log)})


def closes(folders: Folders) -> list[Close]:
    """What the published books say of each month end, and what came after it."""
    query = CLOSES.format(
        events=literal(str(folders.company / "outcome_events.parquet")),
        days=WINDOW_DAYS,
        fee=FEE,
    )
    published = str(folders.warehouse / DATABASE_NAME)
    with duckdb.connect(published, read_only=True) as con:
        return [Close(*row) for row in con.execute(query).fetchall()]


def tickets_report(built: Built, found: Sequence[Close]) -> str:
    """A row for each month end, the errors summed, and whether both policies agree."""
    last = found[-1]
    judged = [close for close in found if close.by_age is not None]
    own = sum(abs(close.own_error or NONE) for close in judged)
    flat = sum(abs(close.flat_error or NONE) for close in judged)
    apart = round(last.reserve - last.conservative, 2)
    agree = "agree" if not apart else f"differ by {apart:,.2f}"
    tie = all(close.open_amount == close.open_outcomes * FEE for close in found)
    return "\n".join(
        [
            "",
            f"Tickets at {FEE} USD each resolution, taken back if reopened within "
            f"{WINDOW_DAYS} days, closed at each month end",
            f"  {'':7} {'open':>6} {'reserve by':>10} {'flat':>8} {'posted':>8} "
            f"{'came':>8} {'error':>8} {'flat':>8} {'revenue to date':>25}",
            f"  {'':7} {'':>6} {'age':>10} {'rate':>8} {'':>8} {'later':>8} "
            f"{'by age':>8} {'error':>8} {'conservative':>12} {'reserve':>12}",
            *(_row(close) for close in found),
            f"  errors without sign: {own:,.2f} by age, {flat:,.2f} at the flat rate",
            f"  open outcomes {'as' if tie else 'NOT as'} in the log; when all "
            f"windows are over the policies {agree}: {last.conservative:,.2f}",
            f"  whole job {built.cost.seconds:.1f} s, "
            f"{built.cost.peak_bytes / GIB:.2f} GiB; controls {built.cost.outcome}",
            "",
        ]
    )


def _row(close: Close) -> str:
    def amount(value: Decimal | None, width: int) -> str:
        return f"{'-' if value is None else f'{value:,.2f}':>{width}}"

    # without history there is no reserve
    reserve = None if close.by_age is None else close.reserve
    return (
        f"  {close.period:7} {close.open_outcomes:>6,} {amount(close.by_age, 10)} "
        f"{amount(close.flat, 8)} {amount(close.posted, 8)} {amount(close.came, 8)} "
        f"{amount(close.own_error, 8)} {amount(close.flat_error, 8)} "
        f"{amount(close.conservative, 12)} {amount(reserve, 12)}"
    )
