"""Writes a synthetic AI inference vendor as an input folder, with known truth.

Everything is drawn from the seed: the same size and seed give the same bytes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from inference_revenue.contract import load_contract
from inference_revenue.errors import UserError
from inference_revenue.simulate.agreement_rows import (
    contract_event_rows,
    contract_line_rows,
    contract_rows,
    custom_prices,
    delivery_rows,
)
from inference_revenue.simulate.agreements import Agreements, draw_agreements
from inference_revenue.simulate.billing_errors import with_errors
from inference_revenue.simulate.cash import cash_rows
from inference_revenue.simulate.catalogue import (
    PriceBook,
    list_prices,
    meter_rows,
    product_rows,
    selling_price_rows,
)
from inference_revenue.simulate.close import (
    election_rows,
    estimate_rows,
    fx_rows,
    period_rows,
    review_rows,
)
from inference_revenue.simulate.customers import (
    Customer,
    customer_rows,
    draw_customers,
)
from inference_revenue.simulate.faults import table_faults
from inference_revenue.simulate.gauges import draw_gauges
from inference_revenue.simulate.invoices import (
    Document,
    document_line_rows,
    document_rows,
    draw_invoices,
)
from inference_revenue.simulate.rating import Rating, line_cells
from inference_revenue.simulate.sizes import Size, find_size, require_possible
from inference_revenue.simulate.specials.draw import draw_specials
from inference_revenue.simulate.specials.truth import write_special_truth
from inference_revenue.simulate.tables import Row, write_table
from inference_revenue.simulate.timeline import Timeline, microseconds
from inference_revenue.simulate.truth import (
    repeated_states,
    row_states,
    write_company_file,
    write_json,
    write_truth,
)
from inference_revenue.simulate.usage.plan import UsagePlan, plan_usage
from inference_revenue.simulate.usage.write import write_usage_events
from inference_revenue.simulate.usage_faults import usage_faults

TRUTH = "truth"
NIGHTS = "nights.json"
"""What each night brought, in the folder of the truth."""
DEFAULT_SEED = 7


@dataclass(frozen=True)
class Company:
    """What is settled before anything is used or billed."""

    timeline: Timeline
    customers: list[Customer]
    agreements: Agreements
    book: PriceBook
    plan: UsagePlan


def write_company(
    folder: Path,
    *,
    size: str | Size = "default",
    seed: int = DEFAULT_SEED,
    customers: int | None = None,
    contracts: int | None = None,
    months: int | None = None,
    events: int | None = None,
) -> None:
    """Write the input folder of a company and, in truth/, what it was drawn from.

    Args:
        folder: created if need be; it must be empty or hold an earlier company.
        size: a preset's name (small, default, large) or a size of one's own.
        seed: of all random numbers.
        customers, contracts, months, events: replace counts of the preset.

    Raises:
        UserError: the size is impossible, or the folder holds something else.
    """
    if isinstance(size, str):
        size = find_size(
            size,
            customers=customers,
            contracts=contracts,
            months=months,
            events=events,
        )
    require_possible(size)
    _require_own(folder)
    for night in folder.glob("*/night-*.parquet"):
        night.unlink()
    (folder / TRUTH / NIGHTS).unlink(missing_ok=True)
    contract_tables = load_contract()
    drawn = draw_company(size, seed)
    timeline, agreements, book = drawn.timeline, drawn.agreements, drawn.book
    signed = agreements.contracts
    gauge_events, gauges = draw_gauges(signed, timeline, _random(seed, "gauges"))
    specials = draw_specials(size, timeline, seed)
    faults = usage_faults(signed, timeline)
    usage = write_usage_events(
        folder,
        drawn.plan,
        events=size.events,
        seed=seed,
        more_rows=[
            *gauge_events,
            *specials.rows("usage_events"),
            *(fault.row for fault in faults),
        ],
    )
    rating = Rating(book, timeline, line_cells(usage))
    documents = with_errors(draw_invoices(signed, timeline, rating, gauges), timeline)
    elections = election_rows(signed)
    estimates = estimate_rows(signed)
    tables: dict[str, Sequence[Row]] = {
        "customers": customer_rows(
            drawn.customers, agreements.merges, _random(seed, "customers")
        ),
        "products": product_rows(),
        "standalone_selling_prices": selling_price_rows(),
        "meters": meter_rows(),
        "prices": book.rows(),
        "contracts": contract_rows(signed),
        "contract_lines": contract_line_rows(signed),
        "contract_events": contract_event_rows(signed),
        "deliveries": delivery_rows(signed, timeline),
        "billing_documents": document_rows(documents),
        "billing_document_lines": document_line_rows(documents),
        "cash_events": cash_rows(documents, timeline, _random(seed, "cash")),
        "accounting_periods": period_rows(timeline),
        "policy_elections": elections,
        "estimates": estimates,
        "reviews": review_rows(elections, estimates),
        "fx_rates": fx_rows(timeline, _random(seed, "fx")),
    }
    peculiarities = _peculiarities(agreements, documents, tables)
    peculiarities.update(usage.counts)
    peculiarities["on_unapproved_contract"] = usage.rows_without_approval()
    for name in contract_tables:
        if name != "usage_events" and (more := specials.rows(name)):
            tables[name] = [*tables.get(name, ()), *more]
    faults += table_faults(tables, timeline)
    for name, rows in tables.items():
        bad = [fault.row for fault in faults if fault.table == name]
        tables[name] = [*rows, *bad]
        write_table(folder, contract_tables[name], tables[name])
    landed = {name: len(rows) for name, rows in tables.items()}
    landed["usage_events"] = usage.counts["rows"]
    truth = folder / TRUTH
    write_truth(truth, rating, signed, gauges)
    write_special_truth(truth, specials)
    repeated = repeated_states(signed, usage.counts)
    write_json(truth / "row_states.json", row_states(landed, faults, repeated))
    write_company_file(truth, size, seed, timeline, peculiarities)


def draw_company(size: Size, seed: int = DEFAULT_SEED) -> Company:
    """The agreements of a company, without any usage.

    With its plan, write_usage_events writes usage of another volume for the same
    contracts, as a benchmark does.
    """
    timeline = Timeline(size.first_month, size.months)
    customers = draw_customers(size)
    agreements = draw_agreements(size, timeline, customers, _random(seed, "agreements"))
    contracts = agreements.contracts
    book = PriceBook(list_prices(timeline) + custom_prices(contracts, timeline))
    plan = plan_usage(
        contracts,
        timeline,
        [microseconds(change) for change in book.changes],
        {new: (old, microseconds(at)) for old, new, at in agreements.merges},
    )
    return Company(timeline, customers, agreements, book, plan)


def _random(seed: int, subject: str) -> Random:
    """A stream of its own for each subject, so that one does not disturb another."""
    return Random(f"{seed}/{subject}")


def _require_own(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UserError(f"{folder} is a file; name a folder for the company.")
    if any(folder.iterdir()) and not (folder / TRUTH / "company.json").is_file():
        raise UserError(
            f"The folder {folder} holds other files; name an empty folder for the "
            f"company."
        )


def _peculiarities(
    agreements: Agreements,
    documents: Sequence[Document],
    tables: Mapping[str, Sequence[Row]],
) -> Counter[str]:
    """How often each thing occurs, by a name with its subject."""
    counts: Counter[str] = Counter()
    counts.update(f"contract:{c.role}" for c in agreements.contracts)
    counts.update(
        f"usage_addressed_by:{c.addressing}" for c in agreements.contracts if c.tokens
    )
    counts.update(f"document:{document.doc_type}" for document in documents)
    counts["document:voided"] = sum(d.voided_at is not None for d in documents)
    counts.update(f"cash:{row['kind']}" for row in tables["cash_events"])
    counts["cash:unapplied"] = sum(
        row["document_id"] == "*" for row in tables["cash_events"]
    )
    counts["price:corrected_later"] = _repeated(tables["prices"])
    counts["customer:merged"] = len(agreements.merges)
    return counts


def _repeated(prices: Sequence[Row]) -> int:
    keys = Counter(
        (row["price_id"], row["dim_1_value"], row["valid_from"]) for row in prices
    )
    return sum(count - 1 for count in keys.values())
