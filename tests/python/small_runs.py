"""Runs of the stand-in project, in this process and in others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from inference_revenue.cli import main


@dataclass(frozen=True)
class Warehouse:
    """A warehouse and the runs on it."""

    folder: Path

    @property
    def live(self) -> Path:
        return self.folder / "inference_revenue.duckdb"

    @property
    def last_run(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads((self.folder / "last_run.json").read_text())
        return said

    def run(self, raw: Path, *options: str) -> int:
        """Run the main job here; its exit code."""
        return main(["run", "--raw", str(raw), *options])

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.live), read_only=True) as con:
            return con.execute(sql).fetchall()

    @contextmanager
    def run_held_at(self, place: str, raw: Path) -> Iterator[subprocess.Popen[bytes]]:
        """A run in another process that stops as it comes to call `place`.

        Args:
            place: 'module:attribute' of the package, replaced in that process only.
        """
        module, name = place.split(":")
        code = f"""
import importlib, sys, time
from inference_revenue.cli import main
module = importlib.import_module("inference_revenue.{module}")
holder, _, name = "{name}".rpartition(".")
target = getattr(module, holder) if holder else module
def held(*args, **options):
    print("held", flush=True)
    time.sleep(600)
setattr(target, name, held)
main(["run", "--raw", {str(raw)!r}])
"""
        with subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ,
        ) as process:
            assert process.stdout is not None
            try:
                assert any(line == b"held\n" for line in process.stdout), place
                yield process
            finally:
                process.kill()
