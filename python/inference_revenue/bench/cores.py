"""Two cores for everything that is measured, however many the machine has."""

import os

CORES = 2


def keep_to_cores() -> None:
    """Keep this process to its first two cores, where the system lets it.

    The bare query is limited to two threads; dbt's DuckDB takes every core it sees.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
