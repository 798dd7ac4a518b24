"""Other ways to tell the rows of a conformance case that say the same.

Each function changes the rows of one case in place or returns others; none may change
a figure in money.
"""

import random
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from inference_revenue.conformance.case_file import Case, Row
from inference_revenue.conformance.defaults import Rows, Tables
from inference_revenue.conformance.isolation import IsolatedCase
from inference_revenue.conformance.times import instant, utc_text

# West of Greenwich, not by whole hours: midnight of UTC is the day before.
ZONE = "America/St_Johns"
# Lots that are alike in every other way are drawn in the order of their ids.
TOLD_BY_ID = (
    "crd-bonus-shares-price", "crd-extended-lot-and-late-use",
    "crd-units-converted-and-merged",
)  # fmt: skip
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_OTHERS = str.maketrans(_LETTERS, _LETTERS[::-1])
_OTHER_ID = re.compile("«(.*?) '\"ü»")


def in_another_zone(case: Case) -> Case:
    """The same local times of an entity in another zone; days stay days."""
    named = {row.get("topic") for row in case.inputs.get("policy_elections", [])}
    if case.time_zone not in (None, "UTC") or "time_zone" in named:
        return case
    zone = ZoneInfo(ZONE)

    def told(row: Row) -> Row:
        return {name: _moved(value, zone) for name, value in row.items()}

    return replace(
        case,
        time_zone=ZONE,
        inputs={t: [told(row) for row in rows] for t, rows in case.inputs.items()},
    )


def _moved(text: str | None, zone: ZoneInfo) -> str | None:
    if text and _TIME.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        local = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return utc_text(local.astimezone(UTC).replace(tzinfo=zone))
    return text


def mistyped_before(rows: Rows, tables: Tables) -> None:
    """Before each statement of terms and prices another one, which no close knew."""
    zone = ZoneInfo("UTC")
    cut_offs = [
        instant(row.get("knowledge_cutoff_at") or "", zone)
        for row in rows.get("accounting_periods", [])
    ]
    ids = {
        table: sorted({row[f"{table[:-1]}_id"] or "" for row in rows.get(table, [])})
        for table in ("products", "prices")
    }
    for table, given in rows.items():
        mistyped = []
        for row in given:
            known = instant(row.get("recorded_at") or "", zone)
            if known is None or row.get("is_retracted"):
                continue
            typed = known - timedelta(seconds=2)
            if any(cut and typed <= cut < known for cut in cut_offs):
                continue
            wrong = _mistyped(table, row, ids)
            if wrong or tables[table].set_key:
                mistyped.append(row | wrong | {"recorded_at": utc_text(typed)})
        if tables[table].kind == "versions":
            given += mistyped


def _mistyped(table: str, row: Row, ids: dict[str, list[str]]) -> Row:
    """What was typed instead; empty where nothing of the row is."""
    wrong: Row = {}
    by = {
        "contracts": {"termination_fee_amount": "2"},
        "contract_lines": {"fixed_amount": "1.5", "quantity": "3"},
        "prices": {"rate_amount": "2", "flat_amount": "2", "minimum_amount": "2"},
        "standalone_selling_prices": {"rate_amount": "3"},
        # a larger change of an estimate asks for a review
        "estimates": {"value": "0.9995"},
    }.get(table, {})
    for name, factor in by.items():
        if re.fullmatch(r"-?\d+(\.\d+)?", row.get(name) or ""):
            amount = Decimal(row[name] or "0") * Decimal(factor)
            wrong[name] = format(amount.quantize(Decimal("0.000001")), "f")
    if table == "contracts":
        may_leave = row.get("termination_right") in (None, "none")
        wrong |= {
            "effective_to": _later(row.get("effective_to")),
            "termination_right": "customer" if may_leave else "none",
            "payment_terms_days": "77",
        }
    if table == "contract_lines":
        wrong["service_end"] = _later(row.get("service_end"))
        for name, place in (("product_id", "products"), ("price_id", "prices")):
            others = [other for other in ids[place] if other != row.get(name)]
            if row.get(name) and others:
                wrong[name] = others[0]
        if row.get("amount_interval") == "month":
            wrong["amount_interval"] = "quarter"
    if table == "customers":
        wrong |= {"customer_class": "mistyped", "jurisdiction": "FR"}
    return wrong


def _later(text: str | None) -> str | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text or ""):
        return text
    return (date.fromisoformat(text or "") + timedelta(days=40)).isoformat()


def by_other_ids(isolated: IsolatedCase, tables: Tables) -> IsolatedCase:
    """Each id another one, which sorts the other way round and is no plain word."""
    if isolated.case.case_id.startswith(TOLD_BY_ID):
        return isolated

    def other(one: str) -> str:
        if not one.startswith(isolated.prefix):
            return one
        own = one.removeprefix(isolated.prefix).translate(_OTHERS)
        return f"{isolated.prefix}«{own} '\"ü»"

    def told(table: str, row: Row) -> Row:
        with_ids = {c.name for c in tables[table].columns if c.id_of is not None}
        return {
            name: "|".join(map(other, value.split("|")))
            if name in with_ids and value
            else value
            for name, value in row.items()
        }

    rows = {t: [told(t, row) for row in given] for t, given in isolated.rows.items()}
    return replace(isolated, rows=rows)


def with_its_own_ids(value: object) -> object:
    """A value of a mart with the ids that the case has."""
    if not isinstance(value, str):
        return value
    return _OTHER_ID.sub(lambda found: found[1].translate(_OTHERS), value)


def delivered_twice(rows: Iterable[Row]) -> list[Row]:
    """Every row a second time, in no order."""
    given = [dict(row) for row in rows for _ in range(2)]
    random.Random(1).shuffle(given)
    return given
