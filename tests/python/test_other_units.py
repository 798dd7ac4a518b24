"""How a story is told changes no revenue: the conformance cases told in another way.

In smaller units: a billion times the tokens at a price per a billion times as many, and
a hundred million times the credits at as many for each use, so that numbers are as long
as those of a company that sells by the trillion. In another time zone, with other ids,
each statement of terms mistyped two seconds before, and every row delivered twice, in
no order. What cases expect in money stays.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from built_books import dbt_folders
from inference_revenue.conformance.batches import batches
from inference_revenue.conformance.building import build, write_raw_folder
from inference_revenue.conformance.case_file import read_cases
from inference_revenue.conformance.comparison import Mart, compare
from inference_revenue.conformance.defaults import Rows
from inference_revenue.conformance.isolation import IsolatedCase, isolate
from inference_revenue.conformance.marts import open_marts
from inference_revenue.contract import load_contract
from inference_revenue.paths import project_dir
from retold_cases import (
    by_other_ids,
    delivered_twice,
    in_another_zone,
    mistyped_before,
    with_its_own_ids,
)

QUANTITY, CREDITS = Decimal(10**9), Decimal(10**8)
IN_MONEY = {"fct_revenue_recognised", "fct_journal_lines", "fct_contract_balances"}
PER_QUANTITY = (
    "rate_per_quantity", "tier_from", "tier_to", "included_quantity", "package_size",
)  # fmt: skip
AMOUNTS = ("rate_amount", "flat_amount", "minimum_amount", "maximum_amount")
WITH_CREDITS = ("credit_pack", "included_credits")
# What is longer is refused, as it should be.
MOST = {
    "quantity": Decimal(10**18),
    "rate_amount": Decimal(10**11),
    "rate_per_quantity": Decimal(10**11),
    "package_size": Decimal(10**11),
}


@pytest.fixture(scope="module")
def retold(
    dbt_target: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[IsolatedCase], Path]:
    """The cases that can be told so, and the books of all of them."""
    tables = load_contract()
    folder = project_dir() / "tests" / "conformance" / "cases"
    cases = read_cases(sorted(folder.glob("*.yml")), lambda table: tables[table].key)
    largest = max(
        batches(isolate(in_another_zone(case), tables) for case in cases),
        key=lambda batch: len(batch.cases),
    )
    kept = [case for case in largest.cases if in_smaller_units(case.rows)]
    for case in kept:
        mistyped_before(case.rows, tables)
    renamed = [by_other_ids(case, tables) for case in kept]
    for case in renamed:
        for table, rows in case.rows.items():
            case.rows[table] = delivered_twice(rows)
    told = replace(largest, cases=tuple(renamed))
    place = tmp_path_factory.mktemp("other_units")
    write_raw_folder(place / "raw", told.rows(), tables)
    with dbt_folders(dbt_target):
        return kept, build(place / "raw", told.as_of, place / "warehouse")


def test_all_cases_expect_the_same_money(
    retold: tuple[list[IsolatedCase], Path],
) -> None:
    cases, books = retold
    failures, compared = [], 0
    with open_marts(books) as marts:
        for isolated in cases:
            in_money = [e for e in isolated.case.expectations if e.mart in IN_MONEY]
            compared += len(in_money)
            found = marts.of_case(isolated.case.case_id, IN_MONEY)
            failures += compare(
                replace(isolated.case, expectations=in_money),
                isolated.prefix,
                {name: in_words_of_the_case(mart) for name, mart in found.items()},
            )
    assert [str(failure) for failure in failures] == []
    assert len(cases) > 200
    assert compared > 1000


def in_words_of_the_case(mart: Mart) -> Mart:
    """The rows of a mart with the ids that the case has."""
    rows = [{k: with_its_own_ids(v) for k, v in row.items()} for row in mart.rows]
    return replace(mart, rows=rows)


def in_smaller_units(rows: Rows) -> bool:
    """Tell the rows of a case so; whether that can be done."""
    lines = {line["line_id"]: line for line in rows.get("contract_lines", [])}
    fees = {
        line.get("price_id")
        for line in lines.values()
        if line.get("line_kind") == "outcome"
    }
    metered = {meter.get("product_id") for meter in rows.get("meters", [])}
    units = {lot["grant_id"]: lot["unit_code"] for lot in rows.get("credit_grants", [])}
    packs = {row["product_id"] for row in rows["products"] if row.get("unit_code")}
    # what a line sells or promises in credits, and what use beyond that costs
    in_credits = {
        line_id
        for line_id, line in lines.items()
        if line.get("line_kind") in WITH_CREDITS
        or (
            (line.get("line_kind") == "minimum_commitment" and line.get("quantity"))
            and line.get("product_id") in packs
        )
    }
    beyond = {
        line.get("price_id")
        for line in lines.values()
        if line.get("line_kind") == "overage"
        and line.get("parent_line_id") in in_credits
    }
    # what a unit of use costs has nine decimals, too few for a billionth of it
    costs = [row for row in rows.get("estimates", []) if row["kind"] == "unit_cost"]
    if costs and rows.get("usage_events"):
        return False
    for row in rows.get("usage_events", []):
        multiply(row, ["quantity"], QUANTITY)
    for row in rows.get("prices", []):
        if row["price_id"] not in fees:
            row["rate_per_quantity"] = row.get("rate_per_quantity") or "1"
            by = CREDITS if row["price_id"] in beyond else QUANTITY
            multiply(row, PER_QUANTITY, by)
        if not is_currency(row.get("unit_code")):
            multiply(row, AMOUNTS, CREDITS)
    for row in [*rows.get("credit_grants", []), *rows.get("credit_events", [])]:
        if not is_currency(units.get(row["grant_id"])):
            multiply(row, [name for name in row if name.startswith("units")], CREDITS)
    for row in rows.get("contract_lines", []):
        kind = row.get("line_kind")
        by = CREDITS if row["line_id"] in in_credits else of_line(kind)
        multiply(row, ["quantity", "rollover_max_units"], by)
    for row in rows.get("standalone_selling_prices", []):
        row["rate_per_quantity"] = row.get("rate_per_quantity") or "1"
        sold = [
            line.get("line_kind")
            for line in lines.values()
            if line.get("product_id") == row["product_id"]
        ]
        by = QUANTITY if row["product_id"] in metered else of_line(*sold)
        multiply(row, ["rate_per_quantity", "quantity_from"], by)
    for row in rows.get("estimates", []):
        if row["kind"] == "breakage" and row.get("value_unit") == "units":
            multiply(row, ["value", "constrained_value"], CREDITS)
        if row["kind"] == "usage_forecast" and row.get("value_unit") == "units":
            line = lines.get(row.get("scope_id"), {})
            multiply(
                row, ["value", "constrained_value"], of_line(line.get("line_kind"))
            )
    # what is counted has no smaller unit
    counted = {"count", "unique"} & {
        m.get("aggregation") for m in rows.get("meters", [])
    }
    return not counted and all(
        Decimal(str(row[name])) < most
        for table in rows.values()
        for row in table
        for name, most in MOST.items()
        if is_number(row.get(name))
    )


def of_line(*kinds: str | None) -> Decimal:
    """How many of the smaller units one unit of a line of these kinds is."""
    if any(kind in WITH_CREDITS for kind in kinds):
        return CREDITS
    return QUANTITY if {"usage", "overage"}.intersection(kinds) else Decimal(1)


def multiply(row: dict[str, str | None], names: Iterable[str], by: Decimal) -> None:
    """Multiply what a row says of some columns."""
    for name in names:
        if is_number(row.get(name)):
            row[name] = format(Decimal(str(row[name])) * by, "f")


def is_number(text: str | None) -> bool:
    """Whether a row says a number there: cases of bad input may not."""
    return bool(text and re.fullmatch(r"-?\d+(\.\d+)?", text))


def is_currency(unit: str | None) -> bool:
    """Whether a unit is money, which has no smaller name here."""
    return bool(unit and re.fullmatch("[A-Z]{3}", unit))
