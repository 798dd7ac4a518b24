"""CSV: what DuckDB reads fast and what is read carefully come out the same."""

import csv
import io
import random
from pathlib import Path
from typing import Literal

import pytest

from small_contract import Lander

ALPHABET = "ab0,;|'\"\n\r \t\\é😀"
FILES = 25


def any_value(chance: random.Random) -> str:
    """A short text of characters that CSV readers trip over."""
    return "".join(chance.choices(ALPHABET, k=chance.choice((0, 1, 2, 6))))


@pytest.mark.parametrize("is_ragged", [False, True])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_any_csv_lands_as_written(
    tmp_path: Path, quoting: Literal[0, 1], line_end: str, is_ragged: bool
) -> None:
    chance = random.Random(f"{quoting}{line_end}{is_ragged}")
    lander = Lander(tmp_path / "raw")
    for _ in range(FILES):
        rows = [(any_value(chance), any_value(chance)) for _ in range(4)]
        if quoting == csv.QUOTE_MINIMAL:  # Python before 3.13 leaves \r unquoted
            rows = [(a.replace("\r", ""), b.replace("\r", "")) for a, b in rows]
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator=line_end, quoting=quoting)
        writer.writerow(["name", "customer_id", "source_system", "recorded_at"])
        writer.writerows([*row, "s", "t"] for row in rows)
        if is_ragged:  # DuckDB refuses the file, so that it is read carefully
            writer.writerow(["", "last"])
        landed = lander.write({"customers.csv": out.getvalue()}).land()
        found = landed.rows(
            "select name, customer_id from raw.customers order by _row_number"
        )
        expected = [(name or None, customer or None) for name, customer in rows]
        assert found == expected + ([(None, "last")] if is_ragged else [])
