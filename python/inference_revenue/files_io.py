"""Writing small files so that a reader finds the old one or the new one, whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write a JSON file in one step."""
    fresh = path.with_name(path.name + ".new")
    text = json.dumps(content, indent=2, default=str, ensure_ascii=False)
    fresh.write_text(text + "\n", encoding="utf-8")
    fresh.replace(path)
