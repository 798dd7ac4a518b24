"""Closed periods: store what was posted, seal it, and see whether a seal still holds.

A seal is the hash of the lines that a period posted, over both books: the sha256 of
each line, ordered; the sha256 of each group with the same first three digits; the
sha256 of those. A field is its length and text: NULL, '' and separators are distinct.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from inference_revenue.inputs.text import literal, quoted
from inference_revenue.state import add_columns
from inference_revenue.state_tables import (
    POSTED_JOURNAL_LINES,
    POSTED_REVENUE,
    Columns,
)
from inference_revenue.table_digest import row_hash

# A renamed account is no change of the books.
SEALED_JOURNAL = {k: v for k, v in POSTED_JOURNAL_LINES.items() if k != "account_name"}
SEALED_REVENUE = POSTED_REVENUE
SEALED_MARTS = {
    "dim_accounting_periods", "fct_journal_lines", "fct_revenue_recognised",
}  # fmt: skip

CLOSED = """
    select entity_id, period_id, max(knowledge_cutoff_at) as knowledge_cutoff_at
    from marts.dim_accounting_periods
    group by entity_id, period_id
    having bool_and(state = 'closed')
"""
# Only a reopening that the inputs state lifts a seal; a lost file does not.
REOPENED = """
    select distinct entity_id, period_id from raw.accounting_periods
    where lower(trim(cast(state as varchar))) = 'reopened'
"""


@dataclass(frozen=True)
class BrokenSeal:
    """A sealed period whose books are no longer what was sealed, and in which way."""

    entity_id: str
    period_id: str
    problem: str


@dataclass(frozen=True)
class Stored:
    """Periods (entity, period) that were sealed now, and those that were reopened."""

    sealed: tuple[tuple[str, str], ...]
    reopened: tuple[tuple[str, str], ...]


def store_posted(
    con: duckdb.DuckDBPyConnection, *, now: datetime, as_of: datetime
) -> Stored:
    """Store and seal each closed period that is not, after a green build.

    Args:
        con: connection to a built work file.
        now: when this is done (naive UTC).
        as_of: knowledge date of the run; a run as of an earlier day lifts no seal.
    """
    reopened = _lift_seals(con, now=now, as_of=as_of)
    todo = con.execute(
        f"select entity_id, period_id, knowledge_cutoff_at from ({CLOSED})"
        f" anti join state.seals using (entity_id, period_id)"
        f" order by entity_id, period_id"
    ).fetchall()
    con.execute("create or replace temp table closing (entity_id varchar,"
                " period_id varchar, knowledge_cutoff_at timestamp)")  # fmt: skip
    if todo:
        con.executemany("insert into closing values (?, ?, ?)", todo)
    for posted, mart in (
        ("posted_revenue", "fct_revenue_recognised"),
        ("posted_journal_lines", "fct_journal_lines"),
    ):
        add_columns(con, posted, _columns(con, "marts", mart))
        con.execute(
            f"insert into state.{posted} by name select * from marts.{mart}"
            f" semi join closing using (entity_id, period_id)"
        )
    con.execute(
        f"""
        insert into state.seals by name
        select entity_id, period_id, ?::timestamp as sealed_at,
            ?::timestamp as sealed_as_of, knowledge_cutoff_at,
            coalesce(journal.digest, sha256('')) as journal_hash,
            coalesce(journal.line_count, 0) as journal_line_count,
            coalesce(revenue.digest, sha256('')) as revenue_hash,
            coalesce(revenue.line_count, 0) as revenue_row_count
        from closing
        left join ({_digests(con, "posted_journal_lines", SEALED_JOURNAL, "closing")})
            as journal using (entity_id, period_id)
        left join ({_digests(con, "posted_revenue", SEALED_REVENUE, "closing")})
            as revenue using (entity_id, period_id)
        """,
        [now, as_of],
    )
    con.execute("drop table closing")
    return Stored(tuple((row[0], row[1]) for row in todo), tuple(reopened))


def verify_seals(
    con: duckdb.DuckDBPyConnection, *, as_of: datetime
) -> list[BrokenSeal]:
    """Compare every seal with the stored rows, and these with the books just built.

    Args:
        con: connection to a built work file.
        as_of: knowledge date of the run; what was closed later is not in its books.
    """
    journal, revenue = SEALED_JOURNAL, SEALED_REVENUE
    rows = con.execute(
        f"""
        select seals.entity_id, seals.period_id,
            coalesce(stored.digest, sha256('')) <> journal_hash
                or coalesce(stored_revenue.digest, sha256('')) <> revenue_hash,
            closed.knowledge_cutoff_at is distinct from seals.knowledge_cutoff_at,
            differing.period_id is not null,
            reopened.period_id is not null
        from state.seals as seals
        left join ({_digests(con, "posted_journal_lines", journal, "state.seals")})
            as stored using (entity_id, period_id)
        left join ({_digests(con, "posted_revenue", revenue, "state.seals")})
            as stored_revenue using (entity_id, period_id)
        left join (
            {_differing(con, "posted_journal_lines", "fct_journal_lines", journal)}
            union
            {_differing(con, "posted_revenue", "fct_revenue_recognised", revenue)}
        ) as differing using (entity_id, period_id)
        left join ({CLOSED}) as closed using (entity_id, period_id)
        left join ({REOPENED}) as reopened
            on reopened.period_id = seals.period_id
            and reopened.entity_id in (seals.entity_id, '*')
        where seals.sealed_as_of <= ?
        order by seals.entity_id, seals.period_id
        """,
        [as_of],
    ).fetchall()
    broken = []
    for entity, period, tampered, not_closed, differs, is_reopened in rows:
        if tampered:
            broken.append(BrokenSeal(entity, period, "its stored rows were changed"))
        elif not_closed and not is_reopened:
            problem = "the inputs do not close it at the sealed cut-off any more"
            broken.append(BrokenSeal(entity, period, problem))
        elif differs and not not_closed:
            broken.append(BrokenSeal(entity, period, "the books built differ from it"))
    return broken


def _lift_seals(
    con: duckdb.DuckDBPyConnection, *, now: datetime, as_of: datetime
) -> list[tuple[str, str]]:
    """Set aside what reopened periods had posted, so that their next close is new."""
    lifted = con.execute(
        f"""
        select distinct seals.entity_id, seals.period_id
        from state.seals as seals
        inner join ({REOPENED}) as reopened
            on reopened.period_id = seals.period_id
            and reopened.entity_id in (seals.entity_id, '*')
        left join ({CLOSED}) as closed
            on closed.entity_id = seals.entity_id
            and closed.period_id = seals.period_id
        where seals.sealed_as_of <= ?
            and closed.knowledge_cutoff_at is distinct from seals.knowledge_cutoff_at
        order by all
        """,
        [as_of],
    ).fetchall()
    for entity, period in lifted:
        for table in ("revenue", "journal_lines", "seals"):
            source = table if table == "seals" else f"posted_{table}"
            add_columns(con, f"reopened_{table}", _columns(con, "state", source))
            con.execute(
                f"insert into state.reopened_{table} by name"
                f" select ?::timestamp as reopened_at, * from state.{source}"
                f" where entity_id = ? and period_id = ?",
                [now, entity, period],
            )
            con.execute(
                f"delete from state.{source} where entity_id = ? and period_id = ?",
                [entity, period],
            )
    return [(entity, period) for entity, period in lifted]


def _differing(
    con: duckdb.DuckDBPyConnection, posted: str, mart: str, columns: Columns
) -> str:
    """A select of the sealed periods whose stored rows and built rows differ.

    By their number and the sum of their hashes, which costs a thirtieth of a seal's
    hash: that one tells whether the stored rows were changed, this one the books.
    """
    row = row_hash((name, kind.upper()) for name, kind in columns.items())
    sides = []
    for schema, table in (("state", posted), ("marts", mart)):
        values = _values(con, schema, table, columns)
        listed = ", ".join(
            f"{value} as {quoted(name)}" for name, value in values.items()
        )
        sides.append(
            "(select entity_id, period_id, count(*) as lines, sum(hashed) as total from"
            f" (select entity_id, period_id, {row} as hashed from"
            f" (select {listed} from {schema}.{table})"
            " semi join state.seals using (entity_id, period_id)) group by all)"
        )
    return f"""
        select entity_id, period_id
        from {sides[0]} as stored full join {sides[1]} as built
            using (entity_id, period_id)
        where stored.lines is distinct from built.lines
            or stored.total is distinct from built.total
    """


def _digests(
    con: duckdb.DuckDBPyConnection, posted: str, columns: Columns, among: str
) -> str:
    """A select of entity_id, period_id, digest and line_count of stored rows.

    Args:
        con: connection to a built work file.
        posted: the table in state.
        columns: what of its rows is sealed.
        among: the periods it is for.
    """
    fields = []
    for value in _values(con, "state", posted, columns).values():
        text = f"cast({value} as varchar)"
        fields.append(f"coalesce(length({text}) || ':' || {text}, '-')")
    line = " || ',' || ".join(fields)
    return f"""
        select entity_id, period_id, sum(lines)::bigint as line_count,
            sha256(string_agg(part || ':' || digest, ',' order by part)) as digest
        from (
            select entity_id, period_id, substr(line, 1, 3) as part, count(*) as lines,
                sha256(string_agg(line, ',' order by line)) as digest
            from (
                select entity_id, period_id, sha256({line}) as line
                from state.{posted}
                semi join {among} using (entity_id, period_id)
            )
            group by entity_id, period_id, part
        )
        group by entity_id, period_id
    """


def _values(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, columns: Columns
) -> dict[str, str]:
    """The sealed columns of a table as SQL, each of its type, by name."""
    present = _columns(con, schema, table)
    return {
        name: f"cast({quoted(name) if name in present else 'null'} as {kind})"
        for name, kind in columns.items()
    }


def _columns(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    rows = con.execute(
        "select column_name, data_type from information_schema.columns where"
        f" table_catalog = current_catalog() and table_schema = {literal(schema)}"
        f" and table_name = {literal(table)}"
    ).fetchall()
    return dict(rows)
