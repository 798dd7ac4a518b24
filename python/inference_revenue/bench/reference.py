"""The unit of the benchmark: the usage events scanned and grouped, once."""

from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb

from inference_revenue.bench.cores import CORES
from inference_revenue.inputs.text import literal

RUNS = 3
BARE_QUERY = """
    create or replace temp table grouped as
    select
        customer_id,
        meter_id,
        cast(occurred_at as date) as day,
        sum(quantity) as quantity,
        count(*) as event_count
    from read_parquet({files})
    group by customer_id, meter_id, day
"""


def time_reference(raw_folder: Path, runs: int = RUNS) -> dict[str, Any]:
    """Seconds of each run of the bare query, the first of them cold.

    Returns:
        seconds; and, of the company, its events, contracts and groups of the query.
    """
    files = literal(str(raw_folder / "usage_events" / "*.parquet"))
    contracts = literal(str(raw_folder / "contracts.parquet"))
    with duckdb.connect(":memory:") as con:
        con.execute(f"set threads = {CORES}")
        con.execute("set preserve_insertion_order = false")
        seconds = []
        for _ in range(runs):
            started = perf_counter()
            con.execute(BARE_QUERY.format(files=files))
            seconds.append(perf_counter() - started)
        counted = con.execute(
            "select sum(event_count)::bigint, count(*),"
            f" (select count(distinct contract_id) from read_parquet({contracts}))"
            " from grouped"
        ).fetchone()
    events, groups, agreed = counted or (0, 0, 0)
    return {
        "seconds": seconds,
        "events": events,
        "groups": groups,
        "contracts": agreed,
    }
