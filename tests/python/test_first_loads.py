"""First loads never move: not by a new name, a new time, other order or more rows."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inference_revenue.first_loads import begins_with
from inference_revenue.inputs import files as input_files
from inference_revenue.state import insert_row
from small_contract import CUSTOMERS, Landed, Lander

HEAD = "event_id,quantity,occurred_at,source_system,recorded_at"
CUTOFF = datetime(2026, 6, 5)


def day(number: int) -> datetime:
    return datetime(2026, 6, number, 12)


def event(name: str, recorded_at: str = "", quantity: int = 1) -> str:
    return f"{name},{quantity},2026-05-31,s,{recorded_at}"


def usage(*rows: str) -> str:
    return "\n".join([HEAD, *rows]) + "\n"


@pytest.fixture
def lander(tmp_path: Path) -> Lander:
    return Lander(tmp_path / "raw").write({"customers.csv": CUSTOMERS})


def seal(lander: Lander, cutoff: datetime = CUTOFF) -> None:
    insert_row(lander.con, "seals", entity_id="e", knowledge_cutoff_at=cutoff)


def known(landed: Landed) -> dict[str, datetime]:
    """When each usage event was first loaded, by the part of the file it came with."""
    return dict(
        landed.rows(  # type: ignore[arg-type]
            "select event_id, first_loaded_at from raw.usage_events"
            " inner join state.input_files on file_id = _file_id"
        )
    )


def late(landed: Landed) -> list[tuple[object, ...]]:
    return landed.rows(
        "select path, after_row, late_row_count, late_until_at from state.input_files"
        " where late_row_count > 0 order by all"
    )


def new(landed: Landed) -> list[tuple[object, ...]]:
    return landed.rows(
        "select path, after_row from state.input_files where is_new order by all"
    )


def lost(landed: Landed) -> list[tuple[object, ...]]:
    return landed.rows(
        "select path, row_count, row_count_now, is_missing from state.lost_files"
        " order by all"
    )


# --- files -----------------------------------------------------------------------


def test_a_file_that_grows_is_loaded_in_parts(lander: Lander) -> None:
    rows = [event("a"), event("b")]
    first = lander.write({"usage_events.csv": usage(*rows)}).land(now=day(1))
    assert known(first) == {"a": day(1), "b": day(1)}
    assert new(first) == [("customers.csv", 0), ("usage_events.csv", 0)]
    rows.append(event("c"))
    second = lander.write({"usage_events.csv": usage(*rows)}).land(now=day(2))
    assert known(second) == {"a": day(1), "b": day(1), "c": day(2)}
    assert new(second) == [("usage_events.csv", 2)]
    rows.append(event("d"))
    third = lander.write({"usage_events.csv": usage(*rows)}).land(now=day(3))
    assert known(third) == {"a": day(1), "b": day(1), "c": day(2), "d": day(3)}
    again = lander.land(now=day(4))
    assert known(again) == known(third)
    assert new(again) == []
    assert again.rows(
        "select after_row, row_count, changed_from_hash from state.input_files"
        " where table_name = 'usage_events' order by 1"
    ) == [(0, 2, None), (2, 1, None), (3, 1, None)]
    assert again.rows("select count(distinct _file_id) from raw.usage_events") == [(3,)]


def test_parquet_that_grows_is_loaded_in_parts(lander: Lander) -> None:
    """Written again with more rows, it has nothing in common with the old bytes."""
    select = (
        "select 'u' || x as event_id, x::decimal(38,9) as quantity,"
        " timestamp '2026-05-01' + interval (x) hour as occurred_at, 's' as"
        " source_system, null::timestamp as recorded_at from range({}) as r(x)"
    )
    lander.parquet("usage_events/may.parquet", select.format(3)).land(now=day(1))
    landed = lander.parquet("usage_events/may.parquet", select.format(5)).land(
        now=day(2)
    )
    assert known(landed) == {
        f"u{x}": day(1) if x < 3 else day(2) for x in range(5)
    }  # fmt: skip
    assert new(landed) == [("usage_events/may.parquet", 3)]
    third = lander.parquet("usage_events/may.parquet", select.format(6)).land(
        now=day(3)
    )
    assert known(third)["u5"] == day(3)
    assert known(third)["u4"] == day(2)


def test_parquet_whose_first_rows_differ_has_changed(lander: Lander) -> None:
    select = "select 'u' as event_id, {}::decimal(38,9) as quantity, 's' as source_system, null::timestamp as recorded_at union all by name select 'v' as event_id, 2 as quantity"  # noqa: E501
    lander.parquet("usage_events/x.parquet", select.format(1).split(" union")[0])
    lander.land(now=day(1))
    landed = lander.parquet("usage_events/x.parquet", select.format(9)).land(now=day(2))
    changed = "select after_row, changed_from_hash is null from state.input_files"
    assert landed.rows(f"{changed} where table_name = 'usage_events'") == [(0, False)]


def test_a_file_written_otherwise_has_changed_and_keeps_its_first_load(
    lander: Lander,
) -> None:
    lander.write({"usage_events.csv": usage(event("a"), event("b"))}).land(now=day(1))
    said = "select content_hash, changed_from_hash, first_loaded_at, content_loaded_at from state.input_files where table_name = 'usage_events'"  # noqa: E501
    ((before, _, _, _),) = lander.land(now=day(2)).rows(said)
    landed = lander.write(
        {"usage_events.csv": usage(event("z"), event("a"), event("b"))}
    ).land(now=day(3))
    ((content, changed_from, loaded, content_loaded),) = landed.rows(said)
    assert content != before
    assert changed_from == before
    assert loaded == day(1)
    assert content_loaded == day(3)
    assert new(landed) == [("usage_events.csv", 0)]
    assert new(lander.land(now=day(4))) == []


def test_a_renamed_file_is_known(lander: Lander) -> None:
    lander.write({"usage_events/a.csv": usage(event("a"))}).land(now=day(1))
    grown = usage(event("a"), event("b"))
    lander.write({"usage_events/a.csv": grown}).land(now=day(2))
    path = lander.folder / "usage_events"
    (path / "a.csv").rename(path / "b.csv")
    seal(lander, day(3))
    landed = lander.land(now=day(4))
    assert known(landed) == {"a": day(1), "b": day(2)}
    assert lost(landed) == []
    assert late(landed) == []


def test_a_touched_file_is_the_same_file(lander: Lander) -> None:
    lander.write({"usage_events.csv": usage(event("a"))}).land(now=day(1))
    os.utime(lander.folder / "usage_events.csv", (2e9, 2e9))
    landed = lander.land(now=day(2))
    assert known(landed) == {"a": day(1)}
    assert new(landed) == []


def test_a_file_that_is_gone_or_shrank_is_noticed(lander: Lander) -> None:
    lander.write(
        {
            "usage_events/a.csv": usage(event("a"), event("b")),
            "usage_events/b.csv": usage(event("c"), event("d")),
        }
    ).land(now=day(1))
    (lander.folder / "usage_events/a.csv").unlink()
    gone = lander.write({"usage_events/b.csv": usage(event("c"))}).land(now=day(2))
    expected = [
        ("usage_events/a.csv", 2, 0, True),
        ("usage_events/b.csv", 2, 1, False),
    ]
    assert lost(gone) == expected
    assert lost(lander.land(now=day(3))) == expected  # until it is put right
    lander.write({"usage_events/a.csv": usage(event("a"), event("b"))})
    assert lost(lander.land(now=day(4))) == expected[1:]
    lander.write({"usage_events/b.csv": usage(event("c"), event("d"))})
    assert lost(lander.land(now=day(5))) == []


# --- rows that arrive after a close ----------------------------------------------


def test_rows_of_a_new_file_that_precede_a_stored_close_are_late(
    lander: Lander,
) -> None:
    lander.write({"usage_events/a.csv": usage(event("a", "2026-06-01"))})
    assert late(lander.land(now=day(2))) == []
    seal(lander)
    rows = usage(event("b", "2026-06-04"), event("c", "2026-06-05 00:00:01"))
    landed = lander.write({"usage_events/b.csv": rows}).land(now=day(8))
    assert late(landed) == [("usage_events/b.csv", 0, 1, CUTOFF)]
    # by default the run knows what arrived with it
    assert landed.landing.as_of == day(8)
    # a later close does not make more of the file late, nor less
    seal(lander, day(9))
    assert late(lander.land(now=day(10))) == [("usage_events/b.csv", 0, 1, CUTOFF)]


def test_rows_added_to_a_file_are_late_and_those_before_are_not(
    lander: Lander,
) -> None:
    rows = [event("a", "2026-06-01")]
    lander.write({"usage_events.csv": usage(*rows)}).land(now=day(2))
    seal(lander)
    rows += [event("b", "2026-06-02"), event("c", "2026-06-07")]
    landed = lander.write({"usage_events.csv": usage(*rows)}).land(now=day(8))
    assert late(landed) == [("usage_events.csv", 1, 1, CUTOFF)]


def test_a_reopened_close_still_makes_rows_late(lander: Lander) -> None:
    lander.write({"usage_events/a.csv": usage(event("a", "2026-06-01"))})
    lander.land(now=day(2))
    insert_row(lander.con, "reopened_seals", knowledge_cutoff_at=CUTOFF)
    lander.write({"usage_events/b.csv": usage(event("b", "2026-06-04"))})
    assert len(late(lander.land(now=day(8)))) == 1


# --- rows without recorded_at ----------------------------------------------------


def pins(landed: Landed) -> dict[str, datetime]:
    """When each customer without recorded_at was first loaded."""
    return dict(
        landed.rows(  # type: ignore[arg-type]
            "select customer_id, known_at from raw.customers inner join state.row_pins"
            " on file_id = _file_id and row_number = _row_number"
        )
    )


def customers(*names: str, limit: str = "1.5") -> str:
    rows = [f"{name},{limit},crm," for name in names]
    return "\n".join(["customer_id,limit_amount,source_system,recorded_at", *rows])


def test_rows_without_a_time_are_remembered_one_by_one(lander: Lander) -> None:
    first = lander.write({"customers.csv": customers("c1", "c2")}).land(now=day(1))
    assert pins(first) == {"c1": day(1), "c2": day(1)}
    assert first.landing.as_of == day(1)
    # written again in another order with one more
    rewritten = customers("c3", "c2", "c1")
    second = lander.write({"customers.csv": rewritten}).land(now=day(2))
    assert pins(second) == {"c1": day(1), "c2": day(1), "c3": day(2)}
    # the same rows in another file, of another form, in another writing of the number
    (lander.folder / "customers.csv").unlink()
    lander.parquet(
        "customers/export.parquet",
        "select unnest(['c1', 'c2', 'c3', 'c4']) as customer_id,"
        " 1.5::decimal(38,9) as limit_amount, 'crm' as source_system,"
        " null::timestamp as recorded_at",
    )
    third = lander.land(now=day(3))
    assert pins(third) == {**pins(second), "c4": day(3)}
    # the same again, under a new name and a new time: nothing moves, as_of neither
    path = lander.folder / "customers"
    (path / "export.parquet").rename(path / "again.parquet")
    fourth = lander.land(now=day(4))
    assert pins(fourth) == pins(third)
    assert fourth.landing.as_of == third.landing.as_of == day(3)
    # other content under the same key is another row
    lander.write({"customers/late.csv": customers("c1", limit="2")})
    assert lander.land(now=day(5)).rows(
        "select known_at from state.row_pins order by 1 desc limit 1"
    ) == [(day(5),)]


def test_rows_with_a_time_are_not_remembered(lander: Lander) -> None:
    landed = lander.land(now=day(1))
    assert landed.rows("select count(*) from state.loaded_rows") == [(0,)]


# --- reading a file again --------------------------------------------------------


def test_a_file_as_it_was_is_not_read_for_its_hash(
    lander: Lander, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = input_files._content_hash

    def noted(path: Path) -> str:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(input_files, "_content_hash", noted)
    path = lander.folder / "customers.csv"
    settled = (day(1) - timedelta(days=1) - datetime(1970, 1, 1)).total_seconds()
    os.utime(path, (settled, settled))
    lander.land(now=day(1))
    lander.land(now=day(2))
    assert read == ["customers.csv"]
    lander.land(now=day(3), read_all=True)
    assert read == ["customers.csv"] * 2
    # of the same size and another content, written after it was read
    path.write_text(CUSTOMERS.replace("Ada", "Bob"))
    lander.land(now=day(4))
    assert read == ["customers.csv"] * 3
    # its time is not before the run that read it: who knows what that second brings
    os.utime(path, (settled + 10 * 86400, settled + 10 * 86400))
    lander.land(now=day(5))
    lander.land(now=day(6))
    assert read == ["customers.csv"] * 5


@pytest.mark.parametrize(
    ("before", "now", "grown"),
    [
        ("a\nb\n", "a\nb\nc\n", True),
        ("a\nb", "a\nb\nc\n", True),
        ("a\nb", "a\nbc\n", False),
        ("a\nb\n", "a\nx\nc\n", False),
        ("a\nb\n", "a\n", False),
    ],
)
def test_a_file_begins_with_what_it_was(
    tmp_path: Path, before: str, now: str, grown: bool
) -> None:
    path = tmp_path / "file"
    path.write_text(before)
    content_hash = input_files._content_hash(path)
    path.write_text(now)
    assert begins_with(path, len(before), content_hash) is grown
