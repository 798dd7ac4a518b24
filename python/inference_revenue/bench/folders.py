"""Where a size keeps its company and its build, and the making of the company."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from inference_revenue.bench.children import run_child
from inference_revenue.progress import Progress
from inference_revenue.simulate import sizes
from inference_revenue.simulate.sizes import SIZES, Size, find_size, require_possible

MARKER = "_made_by.json"
LEAST_CUSTOMERS = 12


@dataclass(frozen=True)
class Folders:
    """One company's folders under warehouse/bench."""

    company: Path
    warehouse: Path
    """The build's own; made anew by each build."""
    target: Path
    """dbt's; kept, so that a second build does not parse the project again."""

    @classmethod
    def of(cls, home: Path, size: Size, seed: int) -> Folders:
        """The folders of a size and seed."""
        key = f"events_{size.events}_contracts_{size.contracts}_seed_{seed}"
        root = home / key
        return cls(root / "company", root / "warehouse", root / "target")

    @property
    def results(self) -> Path:
        """What dbt says of each node."""
        return self.target / "run_results.json"


def bench_size(events: int, contracts: int) -> Size:
    """The large company with other counts, and customers in proportion.

    Raises:
        UserError: such a company is impossible.
    """
    large = SIZES["large"]
    customers = contracts * large.customers // large.contracts
    size = find_size(
        "large",
        customers=max(customers, LEAST_CUSTOMERS),
        contracts=contracts,
        events=events,
    )
    require_possible(size)
    return size


def make_company(
    folders: Folders, size: Size, seed: int, progress: Progress, is_fresh: bool
) -> str | None:
    """Write the company unless it is there; a note if it may be out of date.

    Args:
        folders: `company` is where it is written.
        size: counts to aim for.
        seed: of all random numbers.
        progress: told when the writing starts.
        is_fresh: write it even if it is there.
    """
    folder, marker = folders.company, folders.company / MARKER
    if marker.is_file() and not is_fresh:
        if _newest_simulator() > marker.stat().st_mtime:
            return (
                "the company's maker has changed since it was made; --fresh makes it "
                "again."
            )
        return None
    progress.say(f"Making {size.events:,} events of {size.contracts:,} contracts")
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    counts = (size.customers, size.contracts, size.events, seed)
    run_child("company", [str(fresh), *map(str, counts)])
    stated = {**asdict(size), "seed": seed}
    (fresh / MARKER).write_text(json.dumps(stated, default=str), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return None


def _newest_simulator() -> float:
    """When a module of the simulator was changed last."""
    package = Path(sizes.__file__).parent
    return max(path.stat().st_mtime for path in package.rglob("*.py"))
