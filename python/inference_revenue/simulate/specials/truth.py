"""What special deals should earn, in files beside the rest of the truth.

| file in truth/ | one row per |
|---|---|
| special_contracts | special deal: its programme, and from when it runs |
| special_quantities | usage line of a deal, month of use, period that knew it |
| prepaid_revenue | lot of a prepaid deal, component and month; overage has no lot |
| modified_fees | ratable fee of a deal changed ahead, and month |
| work_revenue | milestone, work or licence of a project, and month |
| shared_revenue | promise of a suite, right or licence, and month |

prepaid_revenue tells of every deal of the programme `packs`: `drawdown` and `expiry`
are earned from a lot, `overage` is use that no lot covered, at its own price; units are
of the lot, money or CREDIT. It knows all that was recorded by the as-of. modified_fees
tells of every deal of the programme `modified`, from its first day to its last.
work_revenue tells of every deal of the programme `projects` by what was recorded until
the as-of, shared_revenue of every deal of `suites`, `rights` and `licences`, what is
earned by the day to the end of the agreement. Amounts are unrounded, to eighteen
decimals, in the deal's currency.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import cast

from inference_revenue.simulate.specials.deal import Cells, Deal
from inference_revenue.simulate.specials.draw import Specials
from inference_revenue.simulate.specials.lots import Wallet
from inference_revenue.simulate.specials.segments import Fee
from inference_revenue.simulate.specials.works import Work
from inference_revenue.simulate.tables import Row, write_rows
from inference_revenue.simulate.timeline import local_day
from inference_revenue.simulate.truth_terms import (
    COUNT,
    DAY,
    EXACT,
    TEXT,
    exact_decimal,
)

INSTANT = timedelta(microseconds=1)

CONTRACT_TYPES = {
    "contract_id": TEXT,
    "programme": TEXT,
    "customer_id": TEXT,
    "entity_id": TEXT,
    "currency": TEXT,
    "from_date": DAY,
}
QUANTITY_TYPES = {
    "contract_id": TEXT,
    "line_id": TEXT,
    "meter_id": TEXT,
    "service_period_id": TEXT,
    "known_period_id": TEXT,
    "event_count": COUNT,
    "quantity": COUNT,
}
PREPAID_TYPES = {
    "contract_id": TEXT,
    "grant_id": TEXT,
    "component": TEXT,
    "currency": TEXT,
    "service_period_id": TEXT,
    "units": EXACT,
    "amount": EXACT,
}
FEE_TYPES = {
    "contract_id": TEXT,
    "line_id": TEXT,
    "currency": TEXT,
    "service_period_id": TEXT,
    "amount": EXACT,
}


def write_special_truth(folder: Path, specials: Specials) -> None:
    """Write the truth files of the special deals."""
    deals = specials.deals
    contracts = [_contract(deal) for deal in deals]
    quantities = [row for deal in deals for row in quantity_rows(deal)]
    prepaid = [row for one in specials.wallets for row in prepaid_rows(*one)]
    fees = [row for one in specials.fees for row in fee_rows(*one)]
    works = [row for one in specials.works for row in work_rows(*one)]
    shared = [row for one in specials.promised for row in shared_rows(*one)]
    for name, rows, types in (
        ("special_contracts", contracts, CONTRACT_TYPES),
        ("special_quantities", quantities, QUANTITY_TYPES),
        ("prepaid_revenue", prepaid, PREPAID_TYPES),
        ("modified_fees", fees, FEE_TYPES),
        ("work_revenue", works, FEE_TYPES),
        ("shared_revenue", shared, FEE_TYPES),
    ):
        write_rows(rows, types, folder / f"{name}.parquet")


def _contract(deal: Deal) -> Row:
    return {
        "contract_id": deal.contract_id,
        "programme": deal.programme,
        "customer_id": deal.customer.customer_id,
        "entity_id": deal.customer.entity_id,
        "currency": deal.currency,
        "from_date": deal.start,
    }


def prepaid_rows(deal: Deal, wallet: Wallet) -> list[Row]:
    """Revenue of one prepaid deal by lot, component and month."""
    sums: dict[tuple[str, str, str], tuple[Fraction, Fraction]] = {}
    for one in wallet.story(deal.timeline.as_of):
        # a lot is there until just before it ends: what ends with June lapses in June
        at = one.at - INSTANT if one.component == "expiry" else one.at
        month = local_day(at, deal.entity.time_zone).strftime("%Y-%m")
        key = (one.grant_id or "", one.component, month)
        units, amount = sums.get(key, (Fraction(0), Fraction(0)))
        sums[key] = units + one.units, amount + one.amount
    return [
        {
            "contract_id": deal.contract_id,
            "grant_id": grant_id or None,
            "component": component,
            "currency": deal.currency,
            "service_period_id": month,
            "units": exact_decimal(units),
            "amount": exact_decimal(amount),
        }
        for (grant_id, component, month), (units, amount) in sorted(sums.items())
    ]


def fee_rows(deal: Deal, fees: Iterable[Fee]) -> list[Row]:
    """Revenue of one changed deal by fee and month."""
    return _by_month(deal, ((fee.line_id, fee.by_day()) for fee in fees))


def work_rows(deal: Deal, works: Iterable[Work]) -> list[Row]:
    """Revenue of one project by line and month."""
    as_of = deal.timeline.as_of
    return _by_month(deal, ((work.line_id, work.by_day(as_of)) for work in works))


def shared_rows(deal: Deal, promised: Iterable[Fee | Work]) -> list[Row]:
    """Revenue of one order whose price is shared out, by line and month."""
    as_of = deal.timeline.as_of
    lines = (
        (one.line_id, one.by_day(as_of) if isinstance(one, Work) else one.by_day())
        for one in promised
    )
    return _by_month(deal, lines)


def _by_month(
    deal: Deal, lines: Iterable[tuple[str, Iterable[tuple[date, Fraction]]]]
) -> list[Row]:
    sums: dict[tuple[str, str], Fraction] = {}
    for line_id, days in lines:
        for day, amount in days:
            key = (line_id, day.strftime("%Y-%m"))
            sums[key] = sums.get(key, Fraction(0)) + amount
    return [
        {
            # a right may be taken up by an order of its own
            "contract_id": line_id.partition(".")[0],
            "line_id": line_id,
            "currency": deal.currency,
            "service_period_id": month,
            "amount": exact_decimal(amount),
        }
        for (line_id, month), amount in sums.items()
    ]


def quantity_rows(deal: Deal) -> list[Row]:
    """Units metered by line, month of use and the period that first knew of them."""
    sums: dict[tuple[str, str, str, str], tuple[int, int]] = {}
    events: dict[tuple[object, object], Cells] = {}
    for row in deal.tables.get("usage_events", []):
        sign = -1 if row.get("is_retracted") else 1
        key = (row["event_id"], row["meter_id"])
        told = events.setdefault(key, row)
        service = _month_of(deal, told)
        known = max(service, _known_in(deal, row))
        place = (
            cast(str, told["line_id"]),
            cast(str, told["meter_id"]),
            deal.timeline.period_id(service),
            deal.timeline.period_id(known),
        )
        count, quantity = sums.get(place, (0, 0))
        more = sign * cast(int, told["quantity"])
        sums[place] = count + sign, quantity + more
    return [
        {
            "contract_id": deal.contract_id,
            "line_id": line_id,
            "meter_id": meter_id,
            "service_period_id": service_id,
            "known_period_id": known_id,
            "event_count": count,
            "quantity": quantity,
        }
        for (line_id, meter_id, service_id, known_id), (count, quantity) in sums.items()
    ]


def _month_of(deal: Deal, row: Cells) -> int:
    at = cast(datetime, row["occurred_at"])
    return deal.timeline.index(local_day(at, deal.entity.time_zone))


def _known_in(deal: Deal, row: Cells) -> int:
    """The first month whose close knew the row; the last for what none did."""
    at = cast(datetime, row["recorded_at"])
    months = range(deal.timeline.months)
    cutoffs = (deal.timeline.cutoff_at(month, deal.entity) for month in months)
    found = (month for month, cutoff in enumerate(cutoffs) if at <= cutoff)
    return next(found, deal.timeline.months - 1)
