"""Text is read as text once; a copy says what the text said, or is not used."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from inference_revenue.inputs import tables, text_copies
from small_contract import CUSTOMERS, Landed, Lander

FILES = {
    "customers.csv": CUSTOMERS + 'c2,"a, b",crm,2026-01-02\nc3,,crm\n',
    "usage_events/day=1/a.jsonl": '{"event_id": "u1", "quantity": 1.50, "extra": 1}\n'
    '{"event_id": "u2", "tag_ids": ["x", "y"], "source_system": "s",'
    ' "recorded_at": null}\n',
    "prices.csv.gz": "price_id,tier_no,source_system,recorded_at\np1,01,s,2026-01-01\n",
}


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were read as text; every file is worth a copy."""
    monkeypatch.setattr(text_copies, "WORTH_A_COPY", 0)
    read: list[str] = []
    for name in ("load_csv", "load_json"):
        real = getattr(tables, name)

        def noted(*args: object, _real: object = real) -> object:
            read.append(next(x.relative for x in args if hasattr(x, "relative")))
            return _real(*args)  # type: ignore[operator]

        monkeypatch.setattr(tables, name, noted)
    return read


def landed_rows(landed: Landed) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: landed.rows(f"from raw.{table} order by _file_id, _row_number")
        for table in ("customers", "usage_events", "prices")
    } | {
        "files": landed.rows(
            "select path, row_count, unknown_columns from state.input_files order by 1"
        )
    }  # fmt: skip


def test_a_second_run_reads_copies_and_lands_the_same(
    tmp_path: Path, reads: list[str]
) -> None:
    lander = Lander(tmp_path / "raw").write(FILES)
    plain = landed_rows(lander.land())
    assert len(reads) == 3
    first = landed_rows(lander.land(copies=tmp_path / "copies"))
    assert len(reads) == 6
    second = landed_rows(lander.land(copies=tmp_path / "copies"))
    assert len(reads) == 6
    assert plain == first == second
    # only what changed is read again
    lander.write({"customers.csv": CUSTOMERS + "c4,Dan,crm,2026-01-03\n"})
    third = lander.land(copies=tmp_path / "copies")
    assert reads[6:] == ["customers.csv"]
    assert third.rows("select customer_id from raw.customers order by 1") == [
        ("c1",),
        ("c4",),
    ]


def test_a_damaged_copy_is_as_good_as_none(tmp_path: Path, reads: list[str]) -> None:
    lander = Lander(tmp_path / "raw").write(FILES)
    expected = landed_rows(lander.land(copies=tmp_path / "copies"))
    for path in (tmp_path / "copies").iterdir():
        path.write_bytes(path.read_bytes()[:-20])
    assert landed_rows(lander.land(copies=tmp_path / "copies")) == expected
    assert len(reads) == 6
    assert landed_rows(lander.land(copies=tmp_path / "copies")) == expected
    assert len(reads) == 6


def test_a_copy_serves_the_same_content_under_another_name(
    tmp_path: Path, reads: list[str]
) -> None:
    lander = Lander(tmp_path / "raw").write(FILES)
    lander.land(copies=tmp_path / "copies")
    raw = tmp_path / "raw"
    (raw / "customers").mkdir()
    (raw / "customers.csv").rename(raw / "customers" / "2026.csv")
    landed = lander.land(copies=tmp_path / "copies")
    assert len(reads) == 3
    assert landed.rows(
        "select path, count(*) from raw.customers inner join state.input_files"
        " on file_id = _file_id group by 1"
    ) == [("customers/2026.csv", 3)]


def test_copies_that_no_run_used_for_a_month_go(
    tmp_path: Path, reads: list[str]
) -> None:
    copies = tmp_path / "copies"
    lander = Lander(tmp_path / "raw").write(FILES)
    lander.land(copies=copies)
    for path in copies.iterdir():
        long_ago = time.time() - 31 * 86400
        os.utime(path, (long_ago, long_ago))
    lander.write({"customers.csv": CUSTOMERS}).land(copies=copies)
    kept = {path.name.split("-")[0] for path in copies.iterdir()}
    assert kept == {"customers", "prices", "usage_events"}
    assert len(list(copies.iterdir())) == 3  # the copy of the old customers went


def test_small_files_are_not_copied(tmp_path: Path) -> None:
    Lander(tmp_path / "raw").write(FILES).land(copies=tmp_path / "copies")
    assert not (tmp_path / "copies").exists()
