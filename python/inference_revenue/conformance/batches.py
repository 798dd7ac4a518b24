"""Which cases share one build."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from inference_revenue.conformance.defaults import Rows
from inference_revenue.conformance.isolation import IsolatedCase


@dataclass(frozen=True)
class Batch:
    """Cases read at one knowledge date, over the same shared rows."""

    cases: tuple[IsolatedCase, ...]
    as_of: datetime

    def rows(self) -> Rows:
        """What is landed: the rows of every case, shared rows once."""
        combined: Rows = {}
        sources = [self.cases[0].shared_rows, *(case.rows for case in self.cases)]
        for tables in sources:
            for table, rows in tables.items():
                combined.setdefault(table, []).extend(rows)
        return combined


def batches(cases: Iterable[IsolatedCase]) -> list[Batch]:
    """As few builds as possible, in the order of their first case.

    Cases without an `as_of` are read when the month of the last instant in any of
    their rows is over, so that a case may lie in the future and its last day counts.
    """
    groups: dict[object, list[IsolatedCase]] = {}
    for case in cases:
        groups.setdefault((case.as_of, case.shared_key), []).append(case)
    return [
        Batch(tuple(group), group[0].as_of or max(case.told_at for case in group))
        for group in groups.values()
    ]
