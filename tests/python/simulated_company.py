"""A synthetic company opened in DuckDB, and its usage counted anew by the contract.

The recount is SQL over the Parquet files, from the rules of the input contract; it
shares no code with the simulation.
"""

from pathlib import Path
from typing import Any

import duckdb

from inference_revenue.contract import load_contract

ZONES = {"us_inc": "America/New_York", "eu_gmbh": "Europe/Berlin"}
# Usage rows that count, by the rules of the input contract: the first delivery of a
# key, whole and no test, found by line, else contract, else customer (accounts merged).
ACCEPTED = """
    create table accepted as
    with first_delivery as (
        select * from usage_events
        where not is_test and not is_retracted and event_id is not null
            and meter_id is not null and customer_id is not null
            and quantity >= 0 and occurred_at <= recorded_at + interval 5 minute
            and (non_billable_reason is null
                or non_billable_reason in ('internal', 'failed', 'courtesy'))
        qualify row_number() over (
            partition by source_system, event_id, meter_id order by recorded_at
        ) = 1
    ),
    terms as (
        select distinct lines.line_id, lines.contract_id, lines.meter_id,
            contracts.customer_id, contracts.entity_id, contracts.effective_from,
            least(contracts.effective_to, ended.effective_at) as effective_to
        from contract_lines as lines
        join contracts using (contract_id)
        left join contract_events as ended
            on ended.contract_id = contracts.contract_id
            and ended.event_kind = 'terminated'
        where lines.line_kind = 'usage'
            and lines.contract_id in (select contract_id from truth_contracts)
    ),
    merged as (
        select customer_id, merged_into_customer_id, valid_from
        from customers where merged_into_customer_id is not null
    ),
    found as (
        select events.*, terms.line_id as found_line_id, terms.contract_id as found_in,
            terms.entity_id
        from first_delivery as events
        left join merged on merged.customer_id = events.customer_id
            and events.occurred_at >= merged.valid_from
        join terms on terms.meter_id = events.meter_id
            and events.occurred_at >= terms.effective_from
            and (terms.effective_to is null or events.occurred_at < terms.effective_to)
            and case
                when events.line_id is not null then terms.line_id = events.line_id
                when events.contract_id is not null
                    then terms.contract_id = events.contract_id
                else terms.customer_id
                    in (events.customer_id, merged.merged_into_customer_id)
            end
        where events.customer_id in (select customer_id from customers)
        qualify count(*) over (
            partition by events.source_system, events.event_id, events.meter_id
        ) = 1
    ),
    withdrawn as (
        select source_system, event_id, meter_id, min(recorded_at) as withdrawn_at
        from usage_events where is_retracted group by all
    )
    select found.* exclude (line_id, contract_id), found_line_id as line_id,
        found_in as contract_id, withdrawn_at,
        strftime(timezone(zone, timezone('UTC', occurred_at)), '%Y-%m')
            as service_period_id
    from found join zones using (entity_id)
    left join withdrawn using (source_system, event_id, meter_id)
"""


def open_company(folder: Path) -> duckdb.DuckDBPyConnection:
    """The input as tables, without the bad rows of tables other than usage."""
    con = duckdb.connect()
    _load(con, folder)
    con.execute("create table zones (entity_id varchar, zone varchar)")
    con.executemany("insert into zones values (?, ?)", [*ZONES.items()])
    con.execute(ACCEPTED)
    return con


def _load(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for name in load_contract():
        files = folder / f"{name}.parquet"
        if name == "usage_events":
            files = folder / name / "*.parquet"
        elif not files.exists():
            continue
        con.execute(f"create table landed_{name} as from '{files}'")
        con.execute(f"create view {name} as from landed_{name}")
    for name, bad in {
        "customers": "customer_id is null or is_test",
        "contracts": "contract_id like '%fault%'",
        "contract_lines": "line_id like '%fault%'",
        "contract_events": "contract_id = 'ctr_unknown'",
        "billing_documents": "document_id like '%fault%'",
        "billing_document_lines": "document_id = 'inv_unknown'",
    }.items():
        con.execute(
            f"create or replace view {name} as from landed_{name} "
            f"where not coalesce({bad}, false)"
        )
    for path in (folder / "truth").glob("*.parquet"):
        con.execute(f"create table truth_{path.stem} as from '{path}'")


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return con.execute(query).fetchall()


def value(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    return rows(con, query)[0][0]
