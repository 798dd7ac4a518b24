"""What dbt made of the code of nodes, kept beside its own parse of the project.

The code of a node that asks the database nothing while dbt compiles it makes the same
statement each time. What staging asks is the form of its landed table, as text or as
Parquet. So a statement holds while the project's code is the same, for that node on
landed tables of that form, whatever company they are of.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

NAME = "statements.json"


class Statements:
    """The statements of one code, read from a file that they are kept in.

    Args:
        file: where they are; it may be absent, damaged or of other code.
        code: fingerprint of the code.
        forms: by landed table, its form in this build.
        is_used: whether those that are known are to be used; else they are made anew.
    """

    def __init__(
        self,
        file: Path,
        code: str,
        forms: Mapping[str, str],
        *,
        is_used: bool = True,
    ) -> None:
        self._file = file
        self._code = code
        self._forms = forms
        self._known = _read(file, code) if is_used else {}
        self._made: dict[str, str] = {}

    def of(self, node: str, parents: Iterable[str]) -> str | None:
        """What dbt would make of a node's code, if that is known."""
        return self._known.get(self._key(node, parents))

    def note(self, node: str, parents: Iterable[str], statement: str) -> None:
        """What dbt made of a node's code, where it would make it again."""
        self._made[self._key(node, parents)] = statement

    def write(self) -> None:
        """Keep what was made, beside what others may have kept since."""
        if not self._made:
            return
        kept = {**_read(self._file, self._code), **self._made}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_name(f"{NAME}.{os.getpid()}")
        fresh.write_text(
            json.dumps({"code": self._code, "statements": kept}), encoding="utf-8"
        )
        fresh.replace(self._file)

    def _key(self, node: str, parents: Iterable[str]) -> str:
        forms = sorted(
            (parent, self._forms[parent]) for parent in parents if parent in self._forms
        )
        if not forms:
            return node
        return f"{node} {hashlib.sha256(repr(forms).encode()).hexdigest()}"


def _read(file: Path, code: str) -> dict[str, str]:
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        return dict(stored["statements"]) if stored["code"] == code else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
