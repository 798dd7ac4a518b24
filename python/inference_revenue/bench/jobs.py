"""The jobs that run apart: `python -m inference_revenue.bench.jobs JOB ANSWER ...`.

ANSWER is the file for what a job has to say, as JSON.
"""

import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inference_revenue.bench.cores import keep_to_cores
from inference_revenue.errors import UserError

LANDED = "Landed "


def main(argv: Sequence[str]) -> int:
    """Run the job named first and write its answer; the exit code."""
    name, answer_file, *arguments = argv
    try:
        answer = JOBS[name](*arguments)
    except UserError as error:
        answer = {"error": str(error)}
    except KeyboardInterrupt:
        return 1  # the parent was interrupted as well, and says so
    Path(answer_file).write_text(json.dumps(answer), encoding="utf-8")
    return 0


def company(
    folder: str, customers: str, contracts: str, events: str, seed: str
) -> dict[str, Any]:
    """Write a company; not measured, but its memory must not stay in the parent."""
    from inference_revenue.simulate.company import write_company

    write_company(
        Path(folder),
        size="large",
        seed=int(seed),
        customers=int(customers),
        contracts=int(contracts),
        events=int(events),
    )
    return {}


def made(name: str, folder: str, count: str) -> dict[str, Any]:
    """Write the company of one question; not measured either."""
    from inference_revenue.bench.agreements import AGREEMENTS
    from inference_revenue.bench.forecasts import FORECASTS
    from inference_revenue.bench.outcomes import OUTCOMES
    from inference_revenue.bench.wallets import WALLETS

    companies = {
        "agreements": AGREEMENTS,
        "forecasts": FORECASTS,
        "outcomes": OUTCOMES,
        "wallets": WALLETS,
    }
    companies[name].write(Path(folder), int(count))
    return {}


def night(raw_folder: str) -> dict[str, Any]:
    """Add a night to a company; not measured either. The rows it brought, by sort."""
    from inference_revenue.simulate.night import write_night

    return dict(write_night(Path(raw_folder)))


def reference(raw_folder: str) -> dict[str, Any]:
    """Time the bare query."""
    from inference_revenue.bench.reference import time_reference

    keep_to_cores()
    return time_reference(Path(raw_folder))


def final_states(raw_folder: str) -> dict[str, Any]:
    """Time the bare pass over the events of outcomes."""
    from inference_revenue.bench.outcomes import time_final_states

    keep_to_cores()
    return time_final_states(Path(raw_folder))


def build(raw_folder: str, warehouse: str) -> dict[str, Any]:
    """Run the main job from landing to publishing."""
    from inference_revenue.progress import Progress
    from inference_revenue.runner import execute
    from inference_revenue.trial import OWN, Inputs

    class Steps(Progress):
        """Shows a moving line at most, and notes when the landing was over."""

        landed: float | None = None

        def say(self, text: str) -> None:
            if self.landed is None and text.startswith(LANDED):
                self.landed = self.seconds

    keep_to_cores()
    steps = Steps(sys.stdout if sys.stdout.isatty() else None)
    started_at = datetime.now(UTC)
    finished = execute(Inputs(Path(raw_folder), OWN), steps, warehouse=Path(warehouse))
    return {
        "started_at": started_at.isoformat(),
        "landing_seconds": steps.landed,
        "seconds": steps.seconds,
        "outcome": finished.summary.outcome,
    }


JOBS: dict[str, Callable[..., dict[str, Any]]] = {
    "company": company,
    "made": made,
    "night": night,
    "reference": reference,
    "final_states": final_states,
    "build": build,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
