"""Rows that are bad only beside others: each with the nearest ones that stand."""

from __future__ import annotations

import bad_agreements
import bad_close
import bad_money
from built_books import Rows
from row_parts import Bad

PARTS = (bad_agreements, bad_money, bad_close)


def beside_rows() -> list[Bad]:
    return [bad for part in PARTS for bad in part.bad()]


def standing_rows() -> Rows:
    """The neighbours that stand: the first of two, the one on the boundary ..."""
    rows: Rows = {}
    for part in PARTS:
        for given in part.standing():
            for table, found in given.items():
                rows.setdefault(table, []).extend(found)
    return rows
