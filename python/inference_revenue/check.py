"""`python -m inference_revenue check FOLDER`: what would be accepted, and what not.

Lands an input folder into a file of its own, builds only what judges its rows, and says
what became of them, with the amounts to tie to the source. Publishes nothing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from inference_revenue.contract import Table, load_contract
from inference_revenue.dbt_process import run_dbt
from inference_revenue.errors import UserError
from inference_revenue.inputs.text import quoted
from inference_revenue.landing import parse_as_of
from inference_revenue.paths import DATABASE_NAME, project_dir
from inference_revenue.prepare import prepare
from inference_revenue.progress import Progress
from inference_revenue.publish import open_file
from inference_revenue.trial import Inputs

NOTHING_TO_MEND, SOMETHING_TO_MEND = 0, 2
BUILD = ["build", "--selector", "verdicts", "--exclude-resource-type", "test"]
BUILD += ["unit_test"]
# What is as it should be, though it does not count.
EXPECTED = {"TEST_MODE", "DUPLICATE", "NOT_YET_KNOWN"}
# Column to add up, and the column that says of what: what a source can be tied to.
TOTALS = {
    "usage_events": ("quantity", "meter_id"),
    "outcome_events": ("quantity", "state"),
    "credit_grants": ("units_granted", "unit_code"),
    "credit_events": ("units", "kind"),
    "billing_documents": (
        "total_amount",
        "doc_type || ' ' || status || ' ' || currency",
    ),
    "billing_document_lines": ("net_amount", "line_kind"),
    "cash_events": ("amount", "kind || ' ' || currency"),
    "contract_lines": ("fixed_amount", "line_kind"),
}


@dataclass(frozen=True)
class Verdict:
    """Rows of one table with one verdict.

    Attributes:
        total_of: what `total` adds up, empty where nothing is added up.
        example: key and place of one of the rows, empty for accepted ones.
    """

    table: str
    state: str
    reason_code: str
    total_of: str
    rows: int
    total: Decimal | None
    example: str
    what_to_do: str


@dataclass(frozen=True)
class Checked:
    """What a check found, and what landing had to say."""

    verdicts: tuple[Verdict, ...]
    warnings: tuple[str, ...]

    @property
    def to_mend(self) -> tuple[Verdict, ...]:
        """What was rejected or held, and should not have been."""
        return tuple(
            verdict
            for verdict in self.verdicts
            if verdict.reason_code and verdict.reason_code not in EXPECTED
        )


def main(argv: Sequence[str]) -> int:
    """Parse the arguments, check, say what was found; the exit code."""
    arguments = _parser().parse_args(argv)
    as_of = parse_as_of(arguments.as_of) if arguments.as_of else None
    checked = check(arguments.folder.expanduser().resolve(), as_of=as_of)
    if arguments.json:
        said = {
            "warnings": checked.warnings,
            "verdicts": [asdict(verdict) for verdict in checked.verdicts],
        }
        print(json.dumps(said, indent=2, default=str))
    else:
        print(text_of(checked), end="")
    return SOMETHING_TO_MEND if checked.to_mend else NOTHING_TO_MEND


def check(folder: Path, *, as_of: datetime | None = None) -> Checked:
    """Judge the rows of an input folder.

    Raises:
        UserError: the folder cannot be landed, see `landing.land`.
    """
    project = project_dir()
    with tempfile.TemporaryDirectory() as place:
        work = Path(place) / "work" / DATABASE_NAME
        work.parent.mkdir()
        with open_file(work) as con:
            inputs = Inputs(folder)
            landing = prepare(con, inputs, project, Path(place), as_of=as_of).landing
        outcome = run_dbt(BUILD, project, work, Progress(None))
        if not outcome.success:
            raise UserError(f"The check failed:\n{outcome.explanation()}")
        with open_file(work, read_only=True) as con:
            contract = load_contract(project)
            verdicts = [
                verdict
                for table in contract.values()
                for verdict in _verdicts(con, table)
            ]
    return Checked(tuple(verdicts), landing.warnings)


def _verdicts(con: duckdb.DuckDBPyConnection, table: Table) -> list[Verdict]:
    amount, what = TOTALS.get(table.name, ("null", "null"))
    rows = con.execute(
        f"""
        select
            coalesce(judged_state, 'accepted'),
            coalesce(judged_reason_code, ''),
            coalesce({what}, ''),
            count(*),
            cast(sum({amount}) as decimal(38, 9)),
            coalesce(min(judged_key), ''),
            coalesce(min(judged_reason), '')
        from staging.{quoted("stg_" + table.name)} as staged
        left join (
            select input_row as judged_row,
                row_key || ' (' || input_file || ', row ' || input_row_number || ')'
                    as judged_key,
                state as judged_state, reason_code as judged_reason_code,
                reason as judged_reason
            from marts.fct_rejected_rows
            where table_name = ?
        ) as judged on judged_row = staged.input_row
        group by all
        order by 1, 2, 3
        """,
        [table.name],
    ).fetchall()
    return [Verdict(table.name, *row) for row in rows]


def text_of(checked: Checked) -> str:
    """What was found, for people."""
    lines = [f"Note: {warning}" for warning in checked.warnings]
    states = ("accepted", "duplicate", "held", "rejected")
    lines.append(f"{'Rows':<26}" + "".join(f"{state:>12}" for state in states))
    for table in dict.fromkeys(verdict.table for verdict in checked.verdicts):
        counts = dict.fromkeys(states, 0)
        for verdict in checked.verdicts:
            if verdict.table == table:
                counts[verdict.state] += verdict.rows
        cells = "".join(f"{count:>12,}" for count in counts.values())
        lines.append(f"  {table:<24}{cells}")
    lines += ["", "Totals of accepted rows, to tie to the source"]
    lines += [
        f"  {verdict.table:<24}{verdict.total_of:<26}{_amount(verdict.total):>26}"
        for verdict in checked.verdicts
        if verdict.state == "accepted" and verdict.total is not None
    ]
    others = [verdict for verdict in checked.verdicts if verdict.reason_code]
    lines += ["", "Not accepted" if others else "Every row was accepted."]
    for verdict in others:
        total = f", {_amount(verdict.total)}" if verdict.total is not None else ""
        lines += [
            f"  {verdict.table}: {verdict.rows:,} {verdict.state} "
            f"{verdict.reason_code}{total} {verdict.total_of}".rstrip(),
            f"      for example {verdict.example}",
            f"      {verdict.what_to_do}",
        ]
    return "\n".join(lines) + "\n"


def _amount(total: Decimal | None) -> str:
    return "" if total is None else f"{total.normalize():,f}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m inference_revenue check",
        description="Say which rows of an input folder are accepted; publish nothing. "
        "Exit code 0: nothing to mend; 2: rows were rejected or held.",
    )
    parser.add_argument("folder", type=Path, help="one file or folder per table")
    parser.add_argument("--as-of", metavar="MOMENT", help="knowledge date, as in run")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    return parser
