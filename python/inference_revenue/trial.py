"""Companies to try the project on: the bundled synthetic one, or a real usage trace.

Their input folders are made once and lie under warehouse/. They are made again when the
code that makes them, or what it is given, has changed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from inference_revenue import __version__
from inference_revenue.errors import UserError

OWN = "own"
MARKER = "_made_by.json"


@dataclass(frozen=True)
class Inputs:
    """An input folder, and whose it is: `own`, or a trial company and its version."""

    folder: Path
    company: str = OWN


def choose_inputs(raw: Path | None, trace: Path | None, warehouse: Path) -> Inputs:
    """The user's folder, else the company of a trace, else the synthetic company.

    Raises:
        UserError: both are given, or the trace is not there.
    """
    if raw is not None and trace is not None:
        raise UserError("Give an input folder (RAW) or a trace (TRACE), not both.")
    if raw is not None:
        return Inputs(raw.expanduser().resolve())
    if trace is not None:
        return _trace_company(trace.expanduser().resolve(), warehouse)
    return synthetic_company(warehouse)


def synthetic_company(
    warehouse: Path, *, size: str = "default", seed: int = 7
) -> Inputs:
    """The bundled synthetic company, written to warehouse/synthetic if it must be."""

    def write(folder: Path) -> None:
        from inference_revenue.simulate.company import write_company

        write_company(folder, size=size, seed=seed)

    made_by = {"size": size, "seed": str(seed), "code": _code_digest()}
    return _made(warehouse / "synthetic", made_by, write)


def _trace_company(trace: Path, warehouse: Path) -> Inputs:
    if not trace.is_file():
        raise UserError(f"The trace {trace} is not a file.")

    def write(folder: Path) -> None:
        from inference_revenue.simulate.trace import write_trace_company

        write_trace_company(trace, folder)

    with trace.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return _made(warehouse / "trace", {"trace": digest, "code": _code_digest()}, write)


def _made(
    folder: Path, made_by: dict[str, str], write: Callable[[Path], None]
) -> Inputs:
    """The folder, written anew unless its marker says the same maker and settings."""
    stated = json.dumps({"version": __version__, **made_by}, sort_keys=True)
    marker = folder / MARKER
    if not (marker.is_file() and marker.read_text(encoding="utf-8") == stated):
        fresh = folder.with_name(folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        write(fresh)
        (fresh / MARKER).write_text(stated, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    return Inputs(folder, f"{folder.name}:{_digest([stated.encode()])[:12]}")


def _code_digest() -> str:
    """Digest of the modules that write trial companies."""
    package = Path(__file__).parent / "simulate"
    return _digest(path.read_bytes() for path in sorted(package.rglob("*.py")))


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def trace_lines(folder: Path, live: Path) -> list[str]:
    """What a trace should have earned beside what the books say, for the screen.

    tokens x price is exact and apart from every model; the ledger is unrounded; posted
    amounts are whole cents of each obligation's cumulative, so they may differ by a
    cent for each obligation.
    """
    from inference_revenue.publish import open_file
    from inference_revenue.simulate.trace import expected_revenue

    by_meter = expected_revenue(folder)
    with open_file(live, read_only=True) as con:
        earned = con.execute(
            "select sum(amount) from marts.fct_revenue_waterfall where book = 'asc606'"
        ).fetchone()
        posted = con.execute(
            "select sum(amount) from marts.fct_revenue_recognised where book = 'asc606'"
        ).fetchone()
    lines = [f"  {meter:<16}{amount:>24f}" for meter, amount in by_meter.items()]
    return [
        "Tokens x price, by meter (USD):",
        *lines,
        f"  {'in all':<16}{sum(by_meter.values()):>24f}",
        f"  {'ledger':<16}{earned[0] if earned else 0:>24f}",
        f"  {'posted':<16}{posted[0] if posted else 0:>24f}",
    ]
