"""A small input contract and the means to land a folder written by a test."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from inference_revenue.contract import Column, Need, Table
from inference_revenue.landing import Landing, land
from inference_revenue.state import RunContext, create_state

NOW = datetime(2026, 6, 30, 12, 0)

COMMON = (
    Column("source_system", "varchar", "Where from.", required=True),
    Column("recorded_at", "timestamp", "When known.", required=True),
    Column("is_retracted", "boolean", "Withdrawn."),
)


def table(name: str, need: Need, *columns: Column) -> Table:
    """A table with the common columns added."""
    return Table(
        name=name,
        subject="subject",
        number=None,
        kind="log",
        key=(columns[0].name,),
        set_key=(),
        required=need,
        description=name,
        columns=(*columns, *COMMON),
    )


CONTRACT = {
    entry.name: entry
    for entry in (
        table(
            "customers",
            "always",
            Column("customer_id", "varchar", "Id.", required=True),
            Column("name", "varchar", "Name."),
            Column("limit_amount", "decimal(38,9)", "Limit."),
        ),
        table(
            "usage_events",
            "when_cited",
            Column("event_id", "varchar", "Id.", required=True),
            Column("quantity", "decimal(38,9)", "How much.", required=True),
            Column("occurred_at", "timestamp", "When."),
            Column("tag_ids", "varchar", "Tags.", is_list=True),
        ),
        table(
            "prices",
            "optional",
            Column("price_id", "varchar", "Id.", required=True),
            Column("tier_no", "integer", "Tier."),
        ),
    )
}

CUSTOMERS = "customer_id,name,source_system,recorded_at\nc1,Ada,crm,2026-01-01\n"


@dataclass
class Landed:
    """A connection to what was landed."""

    con: duckdb.DuckDBPyConnection
    landing: Landing

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a query."""
        return self.con.execute(query).fetchall()

    def types(self, name: str) -> dict[str, str]:
        """Column types of raw.<name>."""
        described = self.con.execute(f"describe raw.{name}").fetchall()
        return {row[0]: row[1] for row in described}


@dataclass
class Lander:
    """Writes files into a folder and lands it."""

    folder: Path
    con: duckdb.DuckDBPyConnection = field(
        default_factory=lambda: duckdb.connect(":memory:")
    )

    def write(self, files: Mapping[str, str | bytes]) -> "Lander":
        """Write files; names that end in .gz are packed."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            given = content.encode() if isinstance(content, str) else content
            path.write_bytes(gzip.compress(given) if name.endswith(".gz") else given)
        return self

    def parquet(self, name: str, select: str) -> "Lander":
        """Write the rows of a query as Parquet."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as con:
            con.sql(select).write_parquet(str(path))
        return self

    def land(
        self,
        *,
        now: datetime = NOW,
        as_of: datetime | None = None,
        copies: Path | None = None,
        read_all: bool = False,
    ) -> Landed:
        """Land the folder."""
        create_state(self.con)
        run = RunContext("run1", now, "0", str(self.folder))
        landing = land(
            self.con,
            self.folder,
            CONTRACT,
            run,
            as_of=as_of,
            copies=copies,
            read_all=read_all,
        )
        return Landed(self.con, landing)
