"""No union cuts digits: DuckDB makes decimals of 18 and 9 places 9, without a word.

So what is united is written with one scale.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import sqlglot
from sqlglot import exp

from conftest import TinyBooks
from inference_revenue.publish import open_file

DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
LONGEST = 38

# What is posted is whole minor units in any scale; the rest is shown, or a threshold's.
HARMLESS = {
    "fct_journal_lines", "fct_reviews_awaited", "fct_revenue_recognised",
    "int_contract_page__figures", "int_exceptions__allocation",
    "int_exceptions__credits", "int_exceptions__found",
    "int_journal_lines__logic_changes",
}  # fmt: skip


def test_no_union_cuts_decimals(tiny_books: TinyBooks) -> None:
    read, cutting = 0, set()
    with open_file(tiny_books.snapshot, read_only=True) as con:
        for file in sorted(tiny_books.compiled.rglob("*.sql")):
            # staging reads inputs, which are not published
            if "staging" in file.parts or "union" not in (query := file.read_text()):
                continue
            for branches, by_name in _unions(query):
                read += 1
                if _cuts([_types(con, branch) for branch in branches], by_name):
                    cutting.add(file.stem)
    assert read > 200
    assert cutting == HARMLESS


def test_a_union_that_cuts_is_seen() -> None:
    con = duckdb.connect()
    query = """
        with exact as (select cast(1 as decimal(38, 18)) as amount),
        united as (select * from exact union all select cast(1 as decimal(38, 9)))
        select * from united
    """
    ((branches, by_name),) = _unions(query)
    assert _cuts([_types(con, branch) for branch in branches], by_name)


def _unions(query: str) -> Iterator[tuple[list[str], bool]]:
    """Each union of a chain of CTEs: its branches as queries, and if it is by name."""
    tree = sqlglot.parse_one(query, dialect="duckdb")
    with_ = tree.args.get("with_")
    before: list[str] = []
    for cte in with_.expressions if with_ else []:
        for union in cte.this.find_all(exp.SetOperation):
            if not isinstance(union.parent, exp.SetOperation):
                branches = _branches(union)
                # what goes on from itself begins as its first branch
                itself = f"{cte.alias} as ({branches[0]})"
                chain = f"with recursive {', '.join([*before, itself])} "
                by_name = bool(union.args.get("by_name"))
                yield [chain + branch for branch in branches], by_name
        before.append(cte.sql(dialect="duckdb"))


def _branches(node: exp.Query) -> list[str]:
    if isinstance(node, exp.SetOperation):
        return _branches(node.left) + _branches(node.right)
    return [node.sql(dialect="duckdb")]


def _types(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, str]:
    described = con.execute(f"describe {query}").fetchall()
    return {str(row[0]): str(row[1]) for row in described}


def _cuts(branches: list[dict[str, str]], by_name: bool) -> bool:
    """Whether a column's whole digits and places do not fit one decimal together."""
    if by_name:
        names = {name for branch in branches for name in branch}
        columns = [[branch.get(name, "") for branch in branches] for name in names]
    else:
        columns = [
            list(kinds) for kinds in zip(*(b.values() for b in branches), strict=True)
        ]
    for kinds in columns:
        decimals = [match for kind in kinds if (match := DECIMAL.fullmatch(kind))]
        places = [int(match[2]) for match in decimals]
        whole = [int(match[1]) - int(match[2]) for match in decimals]
        if max(whole, default=0) + max(places, default=0) > LONGEST:
            return True
    return False
