"""The sheet: one row per item, columns to read and columns to fill in."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from inference_revenue.decisions.items import Item
from inference_revenue.errors import UserError

READ = (
    "number", "kind", "severity", "amount", "currency", "entity_id", "period_id",
    "contract_id", "code", "subject", "what", "what_to_do", "owner", "age_days",
    "recommended", "choices",
)  # fmt: skip
FILL = (
    "decision", "effective_from", "expires_on", "prepared_by", "reviewer",
    "reviewer_role", "decided_on", "comment", "source_ref",
)  # fmt: skip
# They tie a row to what it was written for; nobody types in them.
TIES = ("item_id", "item_version")
COLUMNS = (*READ, *FILL, *TIES)

# A spreadsheet would take a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Filled:
    """One row of a sheet that came back: its number in the file and its cells."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Sheet:
    """A sheet that came back; the digest names its content."""

    path: Path
    digest: str
    rows: tuple[Filled, ...]


def sheet_text(items: Sequence[Item]) -> str:
    """The sheet as CSV text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, item in enumerate(items, start=1):
        cells = _cells(number, item)
        writer.writerow([cells.get(column, "") for column in COLUMNS])
    return out.getvalue()


def write_sheet(path: Path, items: Sequence[Item]) -> None:
    """Write the sheet in one step, so that Excel knows its encoding.

    Raises:
        UserError: the file cannot be written.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(sheet_text(items), encoding="utf-8-sig", newline="")
        fresh.replace(path)
    except OSError as error:
        raise UserError(f"The sheet {path} cannot be written: {error}.") from error


def read_sheet(path: Path) -> Sheet:
    """Read a sheet as people and their spreadsheets leave it.

    Commas, semicolons or tabs, with or without a byte order mark; other columns and
    another order of columns and rows do no harm.

    Raises:
        UserError: no such file, not text, or not a sheet that `queue` wrote.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"The sheet {path} cannot be read: {error.strerror}."
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"The sheet {path} is not UTF-8 text; save it as CSV UTF-8."
        ) from error
    header = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=header.count)
    lines = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    names = [name.strip().lower() for name in lines[0]] if lines else []
    lacking = [name for name in (*FILL, *TIES) if name not in names]
    if lacking:
        raise UserError(
            f"{path} is not a sheet that `queue` wrote: it lacks the column"
            f"{'s' if len(lacking) > 1 else ''} {', '.join(lacking)}."
        )
    rows = tuple(
        Filled(
            number,
            {
                name: cell.strip().removeprefix("'")
                for name, cell in zip(names, cells, strict=False)
            },
        )
        for number, cells in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in cells)
    )
    return Sheet(path, hashlib.sha256(content).hexdigest()[:12], rows)


def _cells(number: int, item: Item) -> dict[str, str]:
    effective = item.effective_from.isoformat() if item.effective_from else ""
    return {
        "number": str(number),
        "kind": item.kind,
        "severity": item.severity,
        "amount": _plain(item.amount),
        "currency": item.currency or "",
        "entity_id": _text(item.entity_id),
        "period_id": _text(item.period_id),
        "contract_id": _text(item.contract_id),
        "code": item.code,
        "subject": _text(item.subject),
        "what": _text(item.what),
        "what_to_do": _text(item.what_to_do),
        "owner": _text(item.owner),
        "age_days": "" if item.age_days is None else str(item.age_days),
        "recommended": _text(item.recommended),
        "choices": " | ".join(item.choices),
        "effective_from": effective,
        "prepared_by": _text(item.prepared_by),
        "item_id": _text(item.item_id),
        "item_version": item.version,
    }


def _plain(amount: Decimal | None) -> str:
    if amount is None:
        return ""
    text = f"{amount:f}"
    whole, point, digits = text.partition(".")
    return f"{whole}.{digits.rstrip('0').ljust(2, '0')}" if point else text


def _text(value: str | None) -> str:
    text = value or ""
    return f"'{text}" if text.startswith(FORMULA) else text
