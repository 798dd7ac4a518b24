"""Run a job of the benchmark in a process of its own, and say what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference_revenue.errors import UserError

MODULE = "inference_revenue.bench.jobs"
# Linux counts ru_maxrss in KiB, macOS in bytes.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Ended:
    """What a job answered, its peak resident memory and its processor time.

    The memory is at least this process's own at the start: the kernel hands it down.
    """

    answer: dict[str, Any]
    peak_bytes: int
    cpu_seconds: float


def run_child(
    job: str,
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run one of jobs.JOBS to its end.

    Args:
        job: its name.
        arguments: what it takes, as text.
        environment: variables to set on top of this process's own.

    Raises:
        UserError: the job failed, or was killed.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        said = Path(folder) / "answer.json"
        process = subprocess.Popen(
            [sys.executable, "-m", MODULE, job, str(said), *arguments],
            env={**os.environ, **(environment or {})},
        )
        try:
            # Unlike RUSAGE_CHILDREN, this is the usage of this one child.
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        answer = json.loads(said.read_text(encoding="utf-8")) if said.exists() else {}
    if process.returncode or "error" in answer:
        raise UserError(_why(job, process.returncode, answer.get("error")))
    return Ended(
        answer=answer,
        peak_bytes=usage.ru_maxrss * RSS_UNIT,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
    )


def _why(job: str, returncode: int, error: str | None) -> str:
    if error:
        return error
    if returncode < 0:
        return (
            f"The {job} process was killed by signal {-returncode}; is there memory "
            f"enough?"
        )
    return f"The {job} process ended with exit code {returncode}."
