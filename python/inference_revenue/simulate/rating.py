"""Rates the accepted usage exactly, as it was known at one moment after another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext

from inference_revenue.simulate.catalogue import MODELS, PriceBook
from inference_revenue.simulate.gauges import GaugeQuantity
from inference_revenue.simulate.terms import Contract, UsageLine
from inference_revenue.simulate.timeline import Timeline
from inference_revenue.simulate.usage.write import UsageTruth

MODEL_NAMES = (*MODELS, None)
PRECISION = 60


@dataclass(frozen=True)
class UsageCell:
    """Accepted units of one line, month and model, with when they became known."""

    model: str | None
    segment: int
    bucket: int
    is_billable: bool
    calls: int
    quantity: int
    """As metered: input tokens include the cached ones."""
    net_quantity: int
    """As priced: without the meter that is priced on a line of its own."""


@dataclass(frozen=True)
class Known:
    """What changed about a line and month of use between two moments of knowledge."""

    contract: Contract
    line: UsageLine
    month: int
    position: int
    """Which of the moments asked for is the first to know it."""
    quantity: Decimal
    amount: Decimal
    """Unrounded."""


LineCells = dict[tuple[str, int], list[UsageCell]]
"""By line and month of use."""


def line_cells(truth: UsageTruth) -> LineCells:
    """The truth of the token lines by line and month of use."""
    found: LineCells = {}
    keys = [column.tolist() for column in vars(truth.cells.keys).values()]
    sums = [column.tolist() for column in vars(truth.cells.sums).values()]
    for key, totals in zip(
        zip(*keys, strict=True), zip(*sums, strict=True), strict=True
    ):
        position, model, month, segment, bucket, is_billable = key
        calls, taken_in, cached, output = totals
        contract = truth.plan.contracts[position]
        parts = ((taken_in, taken_in - cached), (cached, cached), (output, output))
        for line, (quantity, net) in zip(contract.tokens, parts, strict=True):
            cell = UsageCell(
                model=MODEL_NAMES[model],
                segment=segment,
                bucket=bucket,
                is_billable=bool(is_billable),
                calls=calls,
                quantity=quantity,
                net_quantity=net,
            )
            found.setdefault((line.line_id, month), []).append(cell)
    return found


class Rating:
    """Cumulative amounts of usage lines as known at chosen moments."""

    def __init__(self, book: PriceBook, timeline: Timeline, cells: LineCells) -> None:
        self.book = book
        self.timeline = timeline
        self.cells = cells
        self.corrected_at: dict[str, list[datetime]] = {}
        for price in book.prices:
            self.corrected_at.setdefault(price.price_id, []).append(price.recorded_at)

    def changes(
        self, contract: Contract, line: UsageLine, moments: Sequence[datetime]
    ) -> Iterator[Known]:
        """What each moment, the n-th after month n, changed; months not over wait.

        Moment n asks about use in months up to n, recorded by then, at the rates known
        by then, so a late row and a corrected price come out at the first moment that
        knows of them.
        """
        buckets = [self.timeline.bucket(moment) for moment in moments]
        for month in range(len(moments)):
            cells = self.cells.get((line.line_id, month))
            if not cells:
                continue
            quantity, amount = Decimal(0), Decimal(0)
            for position in range(month, len(moments)):
                if position > month and not self._moved(
                    line, cells, moments, buckets, position
                ):
                    continue
                now = self._known(line, cells, moments[position], buckets[position])
                if now != (quantity, amount):
                    yield Known(
                        contract,
                        line,
                        month,
                        position,
                        now[0] - quantity,
                        now[1] - amount,
                    )
                    quantity, amount = now

    def _moved(
        self,
        line: UsageLine,
        cells: Sequence[UsageCell],
        moments: Sequence[datetime],
        buckets: Sequence[int],
        position: int,
    ) -> bool:
        """Whether a row or a rate came in between the last moment and this one."""
        before, now = buckets[position - 1], buckets[position]
        if any(before < cell.bucket <= now for cell in cells):
            return True
        return any(
            moments[position - 1] < at <= moments[position]
            for at in self.corrected_at[line.price_id]
        )

    def _known(
        self,
        line: UsageLine,
        cells: Sequence[UsageCell],
        moment: datetime,
        bucket: int,
    ) -> tuple[Decimal, Decimal]:
        """Priced quantity and amount of a month as known at a moment."""
        units: dict[tuple[str | None, int], int] = {}
        for cell in cells:
            if cell.is_billable and cell.bucket <= bucket:
                key = (cell.model, cell.segment)
                units[key] = units.get(key, 0) + cell.net_quantity
        with localcontext() as context:
            context.prec = PRECISION
            share = 1 - (line.discount_rate or Decimal(0))
            amount = Decimal(0)
            for (model, segment), count in units.items():
                rate = self.book.rate(line.price_id, model, segment, moment)
                amount += count * rate * share
            return Decimal(sum(units.values())), amount


def gauge_amount(book: PriceBook, gauge: GaugeQuantity, moment: datetime) -> Decimal:
    """Amount of a gauge's month: exact but for storage, whose average may not end."""
    with localcontext() as context:
        context.prec = PRECISION
        rate = book.rate(gauge.line.price_id, None, 0, moment)
        return gauge.quantity.numerator * rate / gauge.quantity.denominator
