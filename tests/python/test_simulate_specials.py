"""What special deals should earn: the two calculations, on numbers worked by hand."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest

from inference_revenue.simulate.company import write_company
from inference_revenue.simulate.specials.lots import Lot, Use, Wallet
from inference_revenue.simulate.specials.rating import graduated, packages, volume
from inference_revenue.simulate.specials.segments import Change, Fee
from inference_revenue.simulate.specials.shares import cost_alone, share_out
from inference_revenue.simulate.specials.works import Report, Work
from simulated_company import open_company, rows, value

START = datetime(2026, 1, 1)
END = datetime(2027, 1, 1)


def lot(
    name: str,
    units: int,
    paid: int,
    expires_day: int | None,
    priority: int | None = None,
) -> Lot:
    expires = START + timedelta(days=expires_day) if expires_day else None
    return Lot(name, Fraction(units), Fraction(paid), START, START, expires, priority)


def use(day: int, units: int) -> Use:
    return Use(f"use {day:03d}", START + timedelta(days=day), Fraction(units))


def earned(wallet: Wallet, until: datetime = END) -> list[tuple[str | None, str, int]]:
    """Lot, component and amount, in the order of time."""
    return [
        (one.grant_id, one.component, int(one.amount)) for one in wallet.story(until)
    ]


class TestLots:
    def test_a_discounted_lot_earns_what_was_paid(self) -> None:
        """900 for 1,000: 90 of each 100 used, and the rest as it expires."""
        wallet = Wallet([lot("a", 1_000, 900, 90)], [use(3, 100), use(20, 500)])
        assert earned(wallet) == [
            ("a", "drawdown", 90),
            ("a", "drawdown", 450),
            ("a", "expiry", 360),
        ]

    def test_what_expires_first_is_drawn_first_and_may_be_overtaken(self) -> None:
        lots = [
            lot("a", 100, 100, None),
            lot("b", 100, 50, 60),
            lot("c", 30, 30, 90, 1),
        ]
        wallet = Wallet(lots, [use(1, 180)])
        assert earned(wallet) == [
            ("c", "drawdown", 30),
            ("b", "drawdown", 50),
            ("a", "drawdown", 50),
        ]

    def test_use_at_the_moment_of_expiry_finds_no_lot(self) -> None:
        wallet = Wallet([lot("a", 10, 10, 5)], [use(5, 4)])
        assert sorted(earned(wallet), key=str) == [
            ("a", "expiry", 10),
            (None, "overage", 4),
        ]

    def test_an_expiry_to_come_earns_nothing_yet(self) -> None:
        wallet = Wallet([lot("a", 10, 10, 5)])
        assert earned(wallet, START + timedelta(days=4)) == []

    def test_the_order_of_arrival_changes_nothing(self) -> None:
        lots = [lot("a", 70, 60, 40), lot("b", 50, 50, None)]
        uses = [use(day, 9) for day in range(0, 60, 5)]
        assert earned(Wallet(lots, uses)) == earned(Wallet(lots[::-1], uses[::-1]))


def by_month(fee: Fee) -> dict[str, Fraction]:
    sums: dict[str, Fraction] = {}
    for day, amount in fee.by_day():
        month = day.strftime("%m")
        sums[month] = sums.get(month, Fraction(0)) + amount
    return sums


class TestSegments:
    def test_upgrade_from_90_to_120_on_21_april(self) -> None:
        """Stripe's own example: 20 days of 90 and 10 days of 120 make 60 + 40."""
        fee = Fee(
            "plan",
            date(2026, 4, 1),
            date(2026, 6, 1),
            Fraction(90),
            1,
            (Change(date(2026, 4, 21), Fraction(120), date(2026, 6, 1)),),
        )
        assert by_month(fee) == {"04": 100, "05": 120}

    def test_a_new_total_is_spread_over_the_days_that_remain(self) -> None:
        """365 for a year, 31 earned in January; from February on 501 for 334 days."""
        change = Change(date(2026, 2, 1), Fraction(532), date(2027, 1, 1))
        fee = Fee(
            "fee", date(2026, 1, 1), date(2027, 1, 1), Fraction(365), None, (change,)
        )
        found = by_month(fee)
        assert found["01"] == 31
        assert found["02"] == Fraction(501 * 28, 334) == 42
        assert sum(found.values()) == 532

    def test_without_a_change_each_interval_earns_its_amount(self) -> None:
        fee = Fee("fee", date(2026, 1, 31), date(2026, 4, 30), Fraction(28), 1)
        assert sum(by_month(fee).values()) == 3 * 28


def test_prices_of_several_tiers() -> None:
    """Worked by hand: 100 at 2, the next 100 at 1 with 5 once, then at 1/2."""
    tiers = [(100, 2, 0), (200, 1, 5), (None, Fraction(1, 2), 0)]
    assert graduated(Fraction(100), tiers) == 200  # type: ignore[arg-type]
    assert graduated(Fraction(250), tiers) == 200 + 105 + 25  # type: ignore[arg-type]
    assert volume(Fraction(150), tiers) == 155  # type: ignore[arg-type]
    assert volume(Fraction(250), tiers) == 125  # type: ignore[arg-type]
    assert [packages(Fraction(750), 500, how) for how in ("up", "down", "nearest")] == [
        2,
        1,
        2,
    ]


@pytest.fixture(scope="module")
def con(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A company with a dozen deals of each programme."""
    folder = tmp_path_factory.mktemp("specials") / "raw"
    write_company(folder, events=30_000)
    with open_company(folder) as connection:
        yield connection


def test_lots_used_up_or_expired_earn_what_was_paid(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """By lot: units and amounts told come to what was granted, or stay below it."""
    lots = """
        select grant_id, units_granted, consideration_amount, sum(units), sum(amount),
            bool_or(component = 'expiry')
        from landed_credit_grants join truth_prepaid_revenue using (grant_id)
        group by all
    """
    found = rows(con, lots)
    assert len(found) > 30
    assert sum(is_expired for *_, is_expired in found) >= 10
    for grant_id, granted, paid, units, amount, is_expired in found:
        assert amount <= paid, grant_id
        if is_expired or units == granted:
            assert abs(units - granted) < 1e-12, grant_id
            assert abs(amount - paid) < 1e-12, grant_id


def test_use_is_drawn_or_paid_for_and_never_both(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """By deal: what was metered, at its price, is what lots gave and what they did
    not."""
    told = """
        with metered as (
            select usage.contract_id, sum(usage.quantity * rate_amount) as value
            from usage_events as usage
            join contract_lines as lines using (line_id)
            join prices using (price_id)
            where usage.contract_id like 'spc_packs%'
            group by all
        ),
        drawn as (
            select contract_id, sum(units) * 1000000 as value
            from truth_prepaid_revenue where component <> 'expiry' group by all
        )
        select contract_id, metered.value, drawn.value
        from metered join drawn using (contract_id)
    """
    found = rows(con, told)
    assert len(found) == 12
    for contract_id, metered, drawn in found:
        assert abs(metered - drawn) < 1e-6, contract_id
    overage = "select count(*) from truth_prepaid_revenue where component = 'overage'"
    assert value(con, overage) > 5


def test_the_wallet_system_draws_what_was_used_and_the_cards_no_meter_sees(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Three of the twelve deals have a card of 30 credits, a difference to ours."""
    told = """
        with used as (
            select contract_id, sum(quantity) / 1000 as units from usage_events
            where event_id not in (select event_id from usage_events where is_retracted)
            group by all
        ),
        drawn as (
            select
                contract_id,
                sum(case kind when 'draw' then units when 'undraw' then -units end)
                    as units
            from credit_events join credit_grants using (grant_id) group by all
        )
        select drawn.units - used.units from used join drawn using (contract_id)
        where contract_id like 'spc_wallets%'
    """
    found = [float(more) for (more,) in rows(con, told)]
    assert sorted(found) == [0.0] * 9 + [30.0] * 3


def test_a_changed_fee_earns_its_new_total(con: duckdb.DuckDBPyConnection) -> None:
    """A fee stated once earns, in all, what its last known version states."""
    totals = """
        select line_id, sum(amount), max_by(fixed_amount, recorded_at)
        from truth_modified_fees
        join contract_lines using (line_id)
        where line_id like '%.support' group by line_id
    """
    # each month of the truth meets each version of the line
    versions = 2
    found = rows(con, totals)
    assert len(found) == 12
    for line_id, earned_in_all, total in found:
        assert abs(earned_in_all / versions - total) < 1e-12, line_id


class TestShares:
    def test_example_33(self) -> None:
        """Products worth 50, 25 and 75 alone are sold together for 100."""
        alone = {"a": Fraction(50), "b": Fraction(25), "c": Fraction(75)}
        shares = share_out(Decimal(100), alone, "USD")
        assert [str(float(share)) for share in shares.values()] == [
            "33.33",
            "16.67",
            "50.0",
        ]

    def test_what_is_left_goes_where_most_was_cut(self) -> None:
        """A dollar among three, and a yen that nobody can halve."""
        alone = dict.fromkeys("abc", Fraction(1))
        shares = share_out(Decimal(1), alone, "USD")
        assert list(shares.values()) == [
            Fraction(34, 100),
            Fraction(33, 100),
            Fraction(33, 100),
        ]
        assert sum(share_out(Decimal(101), alone, "JPY").values()) == 101
        kept = share_out(Decimal(1), {"a": Fraction(2), "b": Fraction(3)}, "JPY")
        assert kept == {"a": 0, "b": 1}

    def test_a_price_in_its_range_is_what_a_thing_costs_alone(self) -> None:
        """Hours are listed at 25, from 21.25 to 28.75."""
        for stated, alone in ((5_750, 5_750), (4_250, 4_250), (3_000, 5_000)):
            assert cost_alone("migration", "USD", Decimal(stated), 200) == alone
        assert cost_alone("node", "JPY", Decimal(0), 3) == 3 * 2_500 * 150


def report(day: int, amount: int = 1, recorded_day: int | None = None) -> Report:
    at = START + timedelta(days=day)
    recorded = START + timedelta(days=recorded_day) if recorded_day else at
    return Report(at.date(), recorded, Fraction(amount))


class TestWorks:
    def test_goods_not_installed_earn_their_cost(self) -> None:
        """Example 19: 1,500 of goods, and 20 % of the other 3,500."""
        work = Work(
            "l1",
            Fraction(5_000),
            (report(20, 500),),
            (report(0, 4_000),),
            (report(10, 1_500),),
        )
        assert [int(amount) for _, amount in work.by_day(END)] == [1_500, 700]

    def test_the_last_estimate_counts_for_all_that_was_done(self) -> None:
        """60 of 120, then of 150: 100 of 200 becomes 80."""
        work = Work(
            "l1", Fraction(200), (report(5, 60),), (report(0, 120), report(40, 150))
        )
        assert next(iter(work.by_day(START + timedelta(days=30))))[1] == 100
        assert next(iter(work.by_day(END)))[1] == 80

    def test_what_is_done_is_earned_in_full_and_never_more(self) -> None:
        done = Work(
            "l1", Fraction(90), (report(5, 3),), (report(0, 9),), done=report(8)
        )
        assert [amount for _, amount in done.by_day(END)] == [30, 60]
        beyond = Work("l1", Fraction(90), (report(5, 3), report(6, 3)), (report(0, 4),))
        assert sum(amount for _, amount in beyond.by_day(END)) == 90

    def test_what_is_recorded_later_is_not_known(self) -> None:
        milestone = Work("l1", Fraction(30), (report(5, recorded_day=50),))
        assert list(milestone.by_day(START + timedelta(days=20))) == []
        assert [amount for _, amount in milestone.by_day(END)] == [30]
