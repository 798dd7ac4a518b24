"""What the marts say against what a case expects, to the last digit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation, localcontext
from zoneinfo import ZoneInfo

from inference_revenue.conformance.case_file import Case, Expectation, Pick
from inference_revenue.conformance.defaults import currency_of
from inference_revenue.conformance.times import bare_date, instant

BOOKS = ("asc606", "ifrs15")
_NUMBERS = ("DECIMAL", "HUGEINT", "DOUBLE", "FLOAT")
_INTEGERS = ("BIGINT", "INTEGER", "SMALLINT", "UBIGINT", "UINTEGER")

# A sum of many 38-digit amounts; Python's own 28 digits would round it.
_DIGITS = 60

MartRow = Mapping[str, object]


@dataclass(frozen=True)
class Mart:
    """A mart as far as one case is concerned: column types, and the case's rows."""

    types: Mapping[str, str]
    rows: Sequence[MartRow]

    def is_amount(self, column: str) -> bool:
        """True where a column is summed: amounts, quantities, units and counts."""
        declared = self.types[column].upper()
        if declared.startswith(_INTEGERS):
            return column.endswith("_count")
        return declared.startswith(_NUMBERS)


@dataclass(frozen=True)
class Failure:
    """One expectation that the marts do not meet."""

    case_id: str
    mart: str
    picks: Mapping[str, Pick]
    column: str
    expected: str
    actual: str

    def __str__(self) -> str:
        """One line that can be read without opening the case."""
        picked = ", ".join(f"{name}={_shown(v)}" for name, v in self.picks.items())
        return (
            f"FAILED {self.case_id}: {self.mart} [{picked}] {self.column}: "
            f"expected {self.expected}, found {self.actual}"
        )


def compare(case: Case, prefix: str, marts: Mapping[str, Mart]) -> list[Failure]:
    """Every expectation of a case that the marts do not meet.

    Without a `book`, an expectation must hold in each book by itself.

    Raises:
        UserError: the case names a mart, a column or a number that is none.
    """
    found: list[Failure] = []
    for expectation in case.expectations:
        mart = _known_mart(case, expectation, marts)
        for picks, amounts in _by_book(case, expectation, mart):
            rows = [row for row in mart.rows if _is_picked(row, picks, prefix)]
            found += [
                Failure(case.case_id, expectation.mart, picks, *difference)
                for difference in _differences(expectation, rows, amounts)
            ]
    return found


def _known_mart(
    case: Case, expectation: Expectation, marts: Mapping[str, Mart]
) -> Mart:
    mart = marts.get(expectation.mart)
    if mart is None:
        raise case.error(expectation.place, f"there is no mart {expectation.mart}")
    for name in expectation.values:
        if name not in mart.types:
            raise case.error(
                f"{expectation.place}.{name}", f"{expectation.mart} has no such column"
            )
    return mart


def _by_book(
    case: Case, expectation: Expectation, mart: Mart
) -> list[tuple[dict[str, Pick], dict[str, Decimal | None]]]:
    """Picks and expected amounts, once for each book the row must hold in."""
    picks: dict[str, Pick] = {}
    amounts: dict[str, Decimal | None] = {}
    for name, value in expectation.values.items():
        if expectation.kind == "rows" and mart.is_amount(name):
            amounts[name] = _number(case, f"{expectation.place}.{name}", value)
        else:
            picks[name] = currency_of(name, value) if isinstance(value, str) else value
    if expectation.kind == "rows" and not amounts:
        raise case.error(
            expectation.place, "no amount is expected; use exists or absent for that"
        )
    if "book" in picks or "book" not in mart.types:
        return [(picks, amounts)]
    return [({"book": book, **picks}, amounts) for book in BOOKS]


def _differences(
    expectation: Expectation,
    rows: Sequence[MartRow],
    amounts: Mapping[str, Decimal | None],
) -> Iterable[tuple[str, str, str]]:
    """(column, expected, actual) of what differs in the rows picked."""
    if expectation.kind == "exists" and not rows:
        yield "rows", "at least one", "none"
    if expectation.kind == "absent" and rows:
        yield "rows", "none", str(len(rows))
    for name, expected in amounts.items():
        values = [row[name] for row in rows]
        if not rows and expected == 0:
            continue
        if not rows:
            yield name, _shown(expected), "no row"
        elif any(value is None for value in values):
            if expected is not None or any(value is not None for value in values):
                yield name, _shown(expected), "an empty value"
        else:
            with localcontext(prec=_DIGITS):
                actual = sum((Decimal(str(value)) for value in values), Decimal())
            if expected is None or actual != expected:
                yield name, _shown(expected), _shown(actual)


def _number(case: Case, place: str, value: Pick) -> Decimal | None:
    if value is None:
        return None
    try:
        number = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise case.error(place, "a number is needed here, such as 1250.00 or -3.5")
    return number


def _is_picked(row: MartRow, picks: Mapping[str, Pick], prefix: str) -> bool:
    return all(_matches(row[name], pick, prefix) for name, pick in picks.items())


def _matches(actual: object, pick: Pick, prefix: str) -> bool:
    if isinstance(pick, tuple):
        return any(_matches(actual, one, prefix) for one in pick)
    if actual is None or pick is None:
        return actual is None and pick is None
    if isinstance(actual, bool):
        return pick.lower() == str(actual).lower()
    if isinstance(actual, datetime):
        moment = actual if actual.tzinfo else actual.replace(tzinfo=UTC)
        day = bare_date(pick)
        if day is not None:
            return moment.date() == day
        return moment == instant(pick, ZoneInfo("UTC"))
    if isinstance(actual, date):
        return actual.isoformat() == pick
    if isinstance(actual, int | Decimal):
        try:
            return Decimal(actual) == Decimal(pick)
        except InvalidOperation:
            return False
    return str(actual).replace(prefix, "") == pick


def _shown(value: object) -> str:
    """A value as a reader writes it: plain digits, lists with a bar, null."""
    if value is None:
        return "null"
    if isinstance(value, tuple):
        return "|".join(_shown(one) for one in value)
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
