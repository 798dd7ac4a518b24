"""What a blend, or a refund of which something was kept, gives to each lot."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa

from inference_revenue.blended_lots import blend_lots

_AMOUNT = pa.decimal128(38, 18)


def _blended(
    *steps: tuple[int, str, bool, str, str, str, str],
    refunded: tuple[str, ...] = (),
) -> dict[tuple[int, str], Decimal]:
    """Steps: blend, lot, shared, price, kept, units left, units taken."""
    blends, lots, shared, *amounts = zip(*steps, strict=True)
    names = ("price", "kept", "units_left", "units_taken")
    table = pa.table(
        {
            "run_number": [1] * len(steps),
            "blend_number": list(blends),
            "grant_id": list(lots),
            "is_shared": list(shared),
            "minor_unit_exponent": [2] * len(steps),
        }
        | {
            name: pa.array([Decimal(text) for text in values], _AMOUNT)
            for name, values in zip(names, amounts, strict=True)
        }
    )
    out = [Decimal(text) for text in refunded or ["0"] * len(steps)]
    table = table.append_column("refunded", pa.array(out, _AMOUNT))
    found = blend_lots(table).to_pylist()
    return {
        (row["blend_number"], row["grant_id"]): row["blended"].quantize(Decimal("0.01"))
        for row in found
    }


def test_each_blend_says_what_it_moved() -> None:
    """By hand: 50 units at 1.00 and 100 at 0.50 are 150 for 100.00.

    With 100 more at 0.20 they are 250 for 120.00.
    """
    found = _blended(
        (0, "a", False, "100", "0", "100", "50"),
        (1, "a", True, "100", "0", "50", "0"),
        (1, "b", True, "50", "0", "100", "0"),
        (2, "a", True, "100", "0", "50", "0"),
        (2, "b", True, "50", "0", "100", "0"),
        (2, "c", True, "20", "0", "100", "0"),
    )
    assert [found[1, lot] for lot in "ab"] == [Decimal("-16.67"), Decimal("16.67")]
    assert [found[2, lot] for lot in "abc"] == [
        Decimal("-9.33"),
        Decimal("-18.67"),
        Decimal("28.00"),
    ]


def test_what_was_kept_joins_its_lot_alone() -> None:
    """By hand: 800 units for 800.00, 500 taken, 50.00 kept.

    The other lot keeps its price until 30.00 are kept of its own.
    """
    found = _blended(
        (0, "a", False, "800", "0", "800", "500"),
        (0, "b", False, "90", "0", "100", "0"),
        (1, "a", True, "850", "50", "300", "60"),
        (1, "b", False, "90", "0", "100", "10"),
        (2, "a", False, "850", "0", "240", "0"),
        (2, "b", True, "120", "30", "90", "0"),
    )
    assert found == {
        (0, "a"): Decimal(0),
        (0, "b"): Decimal(0),
        (1, "a"): Decimal(50),
        (1, "b"): Decimal(0),
        (2, "a"): Decimal(0),
        (2, "b"): Decimal(30),
    }


def test_a_second_refund_takes_units_at_the_price_they_have() -> None:
    """By hand: 1,000 units for 1,000.00, 500 taken, 200 paid back for 150.00.

    300 at 350.00; 60 taken are 70.00. 100 more paid back at that price, 116.67 and
    not 100.00: 16.67 of what was kept goes with them, 140 at 163.33 are left.
    """
    found = _blended(
        (0, "a", False, "1000", "0", "1000", "500"),
        (1, "a", True, "850", "50", "300", "60"),
        (2, "a", True, "733.33", "-16.67", "140", "0"),
        refunded=("0", "200", "100"),
    )
    assert found == {
        (0, "a"): Decimal("0.00"),
        (1, "a"): Decimal("50.00"),
        (2, "a"): Decimal("-16.67"),
    }
