"""Which company a run is for: the user's own, a trace's or the synthetic one."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from inference_revenue import trial
from inference_revenue.errors import UserError


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """A stand-in for the synthetic company; what it was asked to write."""
    asked: list[tuple[str, int]] = []

    def write_company(folder: Path, *, size: str, seed: int) -> None:
        asked.append((size, seed))
        (folder / "customers.csv").write_text("x")

    module = ModuleType("company")
    module.__dict__["write_company"] = write_company
    monkeypatch.setitem(sys.modules, "inference_revenue.simulate.company", module)
    return asked


def test_the_synthetic_company_is_written_when_it_must_be(
    tmp_path: Path, writer: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = trial.choose_inputs(None, None, tmp_path)
    assert first.folder == tmp_path / "synthetic"
    assert first.company.startswith("synthetic:")
    assert trial.choose_inputs(None, None, tmp_path) == first
    assert writer == [("default", 7)]
    monkeypatch.setattr(trial, "__version__", "another")
    second = trial.choose_inputs(None, None, tmp_path)
    assert second.company != first.company
    assert len(writer) == 2
    assert trial.synthetic_company(tmp_path, size="small").company != second.company
    assert writer[-1] == ("small", 7)


def test_inputs_of_a_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("trace")
    module.__dict__["write_trace_company"] = lambda trace, folder: (
        folder / "customers.csv"
    ).write_text(trace.read_text())
    monkeypatch.setitem(sys.modules, "inference_revenue.simulate.trace", module)
    trace = tmp_path / "trace.csv"
    trace.write_text("a")
    first = trial.choose_inputs(None, trace, tmp_path)
    assert (first.folder / "customers.csv").read_text() == "a"
    trace.write_text("b")
    assert trial.choose_inputs(None, trace, tmp_path).company != first.company
    with pytest.raises(UserError, match="is not a file"):
        trial.choose_inputs(None, tmp_path / "none", tmp_path)
    with pytest.raises(UserError, match=r"an input folder \(RAW\) or a trace"):
        trial.choose_inputs(tmp_path, trace, tmp_path)


def test_the_own_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert trial.choose_inputs(tmp_path, None, tmp_path) == trial.Inputs(tmp_path)
