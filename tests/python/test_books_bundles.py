"""Order forms of several promises: the books equal a calculation in fractions."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from built_books import BOOKS, Books, build, differences, write_rows
from bundle_oracle import OrderForm
from random_bundles import AS_OF, month_start, random_bundles, write_bundles
from revenue_oracle import rounded
from stirred_inputs import stir

SEED = 20260401
FORMS = 120
MONTHS = [month_start(number) for number in range(16)]
# E is kept to 18 decimals; each share of an interval and of its days is cut there.
DUST = Fraction(1, 10**12)


@pytest.fixture(scope="module")
def forms() -> list[OrderForm]:
    return random_bundles(SEED, FORMS)


@pytest.fixture(scope="module")
def raw(forms: list[OrderForm], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles") / "raw"
    return write_rows(folder, write_bundles(forms), "rows")


@pytest.fixture(scope="module")
def books(raw: Path, dbt_target: Path) -> Books:
    return build(raw, raw.parent / "warehouse", dbt_target, as_of=AS_OF)


def test_half_of_the_forms_move_price(forms: list[OrderForm]) -> None:
    """Else the tests below would say little."""
    assert sum(form.is_allocated for form in forms) > FORMS / 3
    assert sum(not form.is_allocated for form in forms) > FORMS / 8
    together = [form for form in forms if len(form.contract_ids) > 1]
    assert sum(form.is_allocated for form in together) > FORMS / 8


def test_allocation_is_by_standalone_price_and_adds_up(
    forms: list[OrderForm], books: Books
) -> None:
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for contract, product, amount in books.query(
        "select c.contract_group_id, o.product_id, sum(a.amount)"
        " from (from marts.fct_price_allocations qualify row_number() over (partition"
        " by book, obligation_id, component order by as_of_period_id desc) = 1) a"
        " inner join marts.dim_obligations o using (obligation_id)"
        " inner join marts.dim_contracts c on c.contract_id = a.contract_id"
        " where book = 'asc606' group by all"
    ):
        found[contract][product] = amount
    wrong = {}
    for form in forms:
        expected = {
            one.product_id: form.allocation()[one.line_id] for one in form.promises
        }
        actual = {name: Fraction(a) for name, a in found[form.contract_id].items()}
        if actual != expected:
            wrong[form.contract_id] = (expected, actual)
    assert not wrong, f"{len(wrong)}: {list(wrong.items())[:3]}"


def test_each_close_believed_what_it_could_know(
    forms: list[OrderForm], books: Books
) -> None:
    cells = defaultdict(list)
    for contract, product, service, known, amount in books.query(
        "select c.contract_group_id, o.product_id, service_period_id, known_period_id,"
        " sum(w.amount) from marts.fct_revenue_waterfall w"
        " inner join marts.dim_obligations o using (obligation_id)"
        " inner join marts.dim_contracts c on c.contract_id = w.contract_id"
        " where book = 'ifrs15' group by all"
    ):
        cells[contract, product].append((service, known, amount))
    wrong = []
    for form in forms:
        for known in MONTHS[:-1]:
            if known < form.signed:
                continue
            for start, until in itertools.pairwise(MONTHS):
                earned = form.earned(until, known)
                for one in form.promises:
                    actual = sum(
                        (
                            Fraction(amount)
                            for service, since, amount in cells[
                                form.contract_id, one.product_id
                            ]
                            if service <= f"{start:%Y-%m}" and since <= f"{known:%Y-%m}"
                        ),
                        Fraction(0),
                    )
                    if abs(actual - earned[one.line_id]) > DUST:
                        wrong.append((one.line_id, start, known, float(actual)))
    assert not wrong, f"{len(wrong)}: {wrong[:6]}"


def test_what_is_posted_in_all_is_the_price(
    forms: list[OrderForm], books: Books
) -> None:
    """I17: all is served by the end, so life-to-date revenue is the price."""
    found = dict(
        books.query(
            "select contract_group_id, sum(amount) from marts.fct_revenue_recognised"
            " inner join marts.dim_contracts using (contract_id)"
            " where book = 'asc606' group by 1"
        )
    )
    wrong = {
        form.contract_id: (form.price, found.get(form.contract_id))
        for form in forms
        if rounded(form.price, "USD") != found.get(form.contract_id)
    }
    assert not wrong, f"{len(wrong)}: {list(wrong.items())[:5]}"


def test_posted_months_are_differences_of_rounded_cumulatives(
    forms: list[OrderForm], books: Books
) -> None:
    found = {
        (contract, product, period): amount
        for contract, product, period, amount in books.query(
            "select contract_group_id, product_id, period_id, sum(amount)"
            " from marts.fct_revenue_recognised"
            " inner join marts.dim_contracts using (contract_id)"
            " where book = 'asc606' group by all"
        )
    }
    wrong = []
    for form in forms:
        before: dict[str, Decimal] = defaultdict(Decimal)
        for month, until in itertools.pairwise(MONTHS):
            if month < date(form.signed.year, form.signed.month, 1):
                continue
            for line_id, earned in form.earned(until, month).items():
                product = line_id.split("-", 1)[1]
                posted = rounded(earned, "USD")
                key = (form.contract_id, product, f"{month:%Y-%m}")
                if posted - before[line_id] != found.get(key, Decimal(0)):
                    wrong.append((key, posted - before[line_id], found.get(key)))
                before[line_id] = posted
    assert not wrong, f"{len(wrong)}: {wrong[:6]}"


def test_order_of_rows_changes_nothing(
    raw: Path, books: Books, dbt_target: Path
) -> None:
    stirred = raw.parent / "stirred"
    assert stir(raw, stirred) > 20
    again = build(stirred, raw.parent / "again", dbt_target, as_of=AS_OF)
    for mart in BOOKS:
        assert differences(books.rows(mart), again.rows(mart)) == {}, mart
