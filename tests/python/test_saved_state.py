"""The saved copy of the state: whole or not used, wherever a run was killed."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from inference_revenue.errors import UserError
from inference_revenue.publish import run_of
from inference_revenue.saved_state import (
    promote,
    restore,
    save_state,
    saved_tables,
    settle,
    stage_state,
)
from inference_revenue.state import (
    RunContext,
    begin_run,
    carry,
    create_state,
    insert_row,
)

NOW = datetime(2026, 6, 30, 12, 0)


def state_of(run_id: str, path: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A file in which that run was built, with a row that names it."""
    con = duckdb.connect(str(path) if path else ":memory:")
    create_state(con)
    begin_run(con, RunContext(run_id, NOW, "0", "raw"), NOW)
    insert_row(con, "runs", run_id=run_id)
    return con


def carried_runs(saved: Path, live: Path) -> list[str]:
    """What a next run would carry."""
    con = duckdb.connect()
    create_state(con)
    if carry(con, live, saved, "own") is None:
        return []
    return [x for (x,) in con.execute("select run_id from state.runs").fetchall()]


def test_the_copy_serves_where_the_live_file_is_gone(tmp_path: Path) -> None:
    for run_id in ("a", "b"):  # the second replaces the first
        save_state(state_of(run_id), tmp_path / "state" / "own")
    assert carried_runs(tmp_path / "state", tmp_path / "gone.duckdb") == ["b"]
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["own"]


class Killed(BaseException):
    """Stands for a kill: no handler of the project sees it."""


# Each file operation of saving and publishing, in order, as a place to be killed at.
@pytest.mark.parametrize("step", range(1, 9))
def test_a_kill_between_any_two_steps_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Run `a` is published; `b` is killed before its step-th rename or removal."""
    from inference_revenue import publish as publishing

    live, work, saved = tmp_path / "live", tmp_path / "work", tmp_path / "state"
    for run_id in ("a", "b"):
        state_of(run_id, work).close()
        if run_id == "b":
            break
        publishing.publish(work, live, saved, "own")

    steps = 0

    def counted(real: object) -> object:
        def call(*args: object, **options: object) -> object:
            nonlocal steps
            steps += 1
            if steps == step:
                raise Killed
            return real(*args, **options)  # type: ignore[operator]

        return call

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", counted(Path.rename))
        patch.setattr(Path, "replace", counted(Path.replace))
        patch.setattr(shutil, "rmtree", counted(shutil.rmtree))
        try:
            publishing.publish(work, live, saved, "own")
        except Killed:
            pass
        else:
            assert steps < step, "there are fewer steps than the test believes"

    served = run_of(live)
    assert served is not None
    settle(saved, served[0])
    expected = served[0]
    assert carried_runs(saved, live) == [expected]
    # and where the live file is lost after that, the copy says the same
    assert carried_runs(saved, tmp_path / "gone") == [expected]
    assert [path.name for path in saved.iterdir()] == ["own"]


def test_a_copy_staged_for_a_run_that_was_not_published_goes(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    save_state(state_of("a"), folder)
    stage_state(state_of("b"), folder)
    settle(tmp_path, "a")
    assert carried_runs(tmp_path, tmp_path / "gone") == ["a"]


def test_without_a_live_file_the_staged_copy_is_the_latest(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    save_state(state_of("a"), folder)
    stage_state(state_of("b"), folder)
    settle(tmp_path, None)
    assert carried_runs(tmp_path, tmp_path / "gone") == ["b"]


def test_a_half_written_copy_is_not_used(tmp_path: Path) -> None:
    save_state(state_of("a"), tmp_path / "own")
    half = tmp_path / "own.new"
    half.mkdir()
    (half / "runs.parquet").write_bytes(b"PAR1 and then the machine stopped")
    settle(tmp_path, None)
    assert carried_runs(tmp_path, tmp_path / "gone") == ["a"]
    assert not half.exists()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("cut", "seals.parquet is not what was saved"),
        ("changed", "seals.parquet is not what was saved"),
        ("deleted", "seals.parquet is gone"),
        ("manifest", "manifest.json cannot be read"),
    ],
)
def test_a_damaged_copy_stops_with_one_sentence(
    tmp_path: Path, damage: str, said: str
) -> None:
    folder = tmp_path / "own"
    save_state(state_of("a"), folder)
    seals = folder / "seals.parquet"
    if damage == "cut":
        seals.write_bytes(seals.read_bytes()[:-9])
    elif damage == "changed":  # a valid file with another content
        with duckdb.connect() as con:
            con.execute(f"copy (select 'x' as entity_id) to '{seals}'")
    elif damage == "deleted":
        seals.unlink()
    else:
        (folder / "manifest.json").write_text("{")
    with pytest.raises(UserError, match=said) as error:
        carried_runs(tmp_path, tmp_path / "gone")
    assert "\n" not in str(error.value)
    assert "bring the folder back from a backup" in str(error.value)


def test_a_backup_is_restored(tmp_path: Path) -> None:
    save_state(state_of("a"), tmp_path / "state" / "own")
    backup = shutil.copytree(tmp_path / "state" / "own", tmp_path / "backup")
    save_state(state_of("b"), tmp_path / "state" / "own")
    live, saved = tmp_path / "live", tmp_path / "state"
    assert restore(backup, saved, live, None) == saved / "own"
    assert carried_runs(saved, live) == ["a"]
    with pytest.raises(UserError, match="goes before any copy; move it away"):
        restore(backup, saved, live, "own")
    with pytest.raises(UserError, match="holds no saved state"):
        restore(tmp_path, saved, live, None)
    (backup / "runs.parquet").write_bytes(b"")
    with pytest.raises(UserError, match=r"runs\.parquet is not what was saved"):
        restore(backup, saved, live, None)


def test_without_a_copy_there_is_nothing(tmp_path: Path) -> None:
    settle(tmp_path / "none", None)
    promote(tmp_path / "own")
    assert saved_tables(tmp_path / "own") == {}
