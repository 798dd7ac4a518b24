"""Landing: every form of a table lands exactly, or stops with one clear sentence."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from inference_revenue.inputs.files import close_table, file_id, split_name
from small_contract import CUSTOMERS, Lander

LONG_NUMBER = "12345678901234567890.123456789"
CUSTOMER_ROW = ("c1", "Ada", "crm", "2026-01-01")
READ_CUSTOMERS = (
    "select customer_id, name, source_system, recorded_at from raw.customers"
)
JSON_CUSTOMER = (
    '{"customer_id": "c1", "name": "Ada", "source_system": "crm",'
    ' "recorded_at": "2026-01-01"}\n'
)
PARQUET_CUSTOMER = (
    "select 'c1' as customer_id, 'Ada' as name, 'crm' as source_system,"
    " timestamp '2026-01-01' as recorded_at"
)
USAGE_HEAD = "event_id,quantity,source_system,recorded_at\n"


@pytest.fixture
def lander(tmp_path: Path) -> Lander:
    return Lander(tmp_path / "raw").write({"customers.csv": CUSTOMERS})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("customers.csv", CUSTOMERS),
        ("Customers.CSV", CUSTOMERS),
        ("customers.csv.gz", CUSTOMERS),
        ("customers/2026/part.csv", CUSTOMERS),
        ("customers.csv", "\ufeff" + CUSTOMERS),
        ("customers.csv", CUSTOMERS.replace(",", ";")),
        ("customers.csv", CUSTOMERS.replace(",", "\t")),
        ("customers.csv", CUSTOMERS.replace(",", "|")),
        ("customers.csv", CUSTOMERS.replace("\n", "\r\n")),
        ("customers.csv", CUSTOMERS.replace("\n", "\r\n", 1)),
        ("customers.csv", CUSTOMERS.replace("\n", "\r")),
        ("customers.csv", CUSTOMERS.rstrip("\n")),
        ("customers.csv", "\n" + CUSTOMERS),
        ("customers.csv", CUSTOMERS.replace("\n", "\n\n")),
        ("customers.csv", CUSTOMERS.replace("\n", ",\n")),
        ("customers.csv", CUSTOMERS.replace("2026-01-01", "2026-01-01,,,")),
        ("customers.csv", CUSTOMERS.replace("name", "Name ")),
        ("customers.csv", CUSTOMERS.replace("Ada", '"Ada"')),
        (
            "customers.csv",
            CUSTOMERS.replace("name", '"na""me",name').replace("Ada", "x,Ada"),
        ),
        ("customers.jsonl", JSON_CUSTOMER),
        ("customers.json", JSON_CUSTOMER),
        ("customers.ndjson", "\n" + JSON_CUSTOMER + "\n"),
        ("customers.jsonl.gz", JSON_CUSTOMER),
        ("customers.jsonl", "\ufeff" + JSON_CUSTOMER),
        ("customers.jsonl", JSON_CUSTOMER.replace("name", "NAME")),
    ],
)
def test_text_lands_as_written(tmp_path: Path, name: str, content: str) -> None:
    landed = Lander(tmp_path / "raw").write({name: content}).land()
    assert landed.rows(READ_CUSTOMERS) == [CUSTOMER_ROW]
    assert landed.rows("select _file_id, _row_number from raw.customers") == [
        (file_id("customers", name), 1)
    ]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    lander = Lander(tmp_path / "raw").parquet("customers.parquet", PARQUET_CUSTOMER)
    landed = lander.land()
    assert landed.rows(READ_CUSTOMERS) == [("c1", "Ada", "crm", datetime(2026, 1, 1))]
    assert landed.types("customers")["recorded_at"] == "TIMESTAMP"
    assert landed.types("customers")["limit_amount"] == "DECIMAL(38,9)"
    assert landed.landing.warnings == ()
    assert landed.rows("select _file_id, _row_number from raw.customers") == [
        (file_id("customers", "customers.parquet"), 1)
    ]


def test_an_absent_table_is_empty_with_the_declared_types(lander: Lander) -> None:
    landed = lander.land()
    assert landed.rows("select * from raw.prices") == []
    assert landed.types("prices") == {
        "price_id": "VARCHAR",
        "tier_no": "INTEGER",
        "source_system": "VARCHAR",
        "recorded_at": "TIMESTAMP",
        "is_retracted": "BOOLEAN",
        "_file_id": "VARCHAR",
        "_row_number": "BIGINT",
    }


def test_a_header_without_rows_is_an_empty_table(lander: Lander) -> None:
    landed = lander.write({"customers.csv": CUSTOMERS.splitlines()[0]}).land()
    assert landed.rows("select count(*) from raw.customers") == [(0,)]


def test_an_empty_optional_file_is_an_empty_table(lander: Lander) -> None:
    landed = lander.write({"prices.csv": "", "usage_events.jsonl": " \n"}).land()
    assert landed.landing.warnings == (
        "usage_events.jsonl is empty.",
        "prices.csv is empty.",
    )


def test_a_short_row_ends_in_nulls_and_shifts_nothing(lander: Lander) -> None:
    landed = lander.write({"customers.csv": CUSTOMERS + "c2,Bob\n"}).land()
    assert landed.rows(READ_CUSTOMERS)[1] == ("c2", "Bob", None, None)


def test_quotes_keep_delimiters_and_line_ends(lander: Lander) -> None:
    text = CUSTOMERS.replace("Ada", '"A ""d"", a\nb"')
    landed = lander.write({"customers.csv": text}).land()
    assert landed.rows("select name from raw.customers") == [('A "d", a\nb',)]


def test_rows_are_numbered_in_file_order(lander: Lander) -> None:
    lines = "".join(f"e{n},{n},s,2026-01-01\n" for n in range(1, 70_001))
    ragged = lines + "e70001,1,s\n"
    lander.write(
        {
            "usage_events/a.csv": USAGE_HEAD + lines,
            "usage_events/b.csv": USAGE_HEAD + ragged,
        }
    )
    landed = lander.land()
    assert landed.rows(
        "select count(*), count(*) filter (event_id <> 'e' || _row_number)"
        " from raw.usage_events"
    ) == [(140_001, 0)]


def test_json_numbers_keep_their_digits(lander: Lander) -> None:
    quantities = [LONG_NUMBER, "0.1", "0.10", "1e3", "-0", "100000000000000000000000"]
    lines = "".join(
        f'{{"event_id": {n}, "quantity": {quantity}, "source_system": "s",'
        f' "recorded_at": null, "is_retracted": false}}\n'
        for n, quantity in enumerate(quantities)
    )
    landed = lander.write({"usage_events.jsonl": lines}).land()
    assert landed.rows(
        "select event_id, quantity, recorded_at, is_retracted from raw.usage_events"
    ) == [(str(n), quantity, None, "false") for n, quantity in enumerate(quantities)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('["a", "b"]', "a|b"),
        ("[]", ""),
        ('["a", 7]', "a|7"),
        ('["a", ["b"]]', '["a", ["b"]]'),
        ('{"k": "é"}', '{"k": "é"}'),
        ('""', ""),
        ("true", "true"),
        ("null", None),
    ],
)
def test_json_values_become_text(lander: Lander, value: str, text: str | None) -> None:
    line = (
        f'{{"event_id": "e", "quantity": 1, "source_system": "s", "recorded_at": "",'
        f' "tag_ids": {value}}}'
    )
    landed = lander.write({"usage_events.jsonl": line}).land()
    assert landed.rows("select tag_ids from raw.usage_events") == [(text,)]


def test_several_forms_of_one_table_land_together_as_text(lander: Lander) -> None:
    lander.parquet("customers/b.parquet", PARQUET_CUSTOMER.replace("c1", "c2"))
    lander.parquet(
        "customers/c.parquet", PARQUET_CUSTOMER + f", {LONG_NUMBER} as limit_amount"
    )
    lander.write({"customers/d.jsonl": JSON_CUSTOMER.replace("c1", "c4")})
    landed = lander.land()
    assert landed.rows(
        "select customer_id, recorded_at, limit_amount from raw.customers order by 1, 2"
    ) == [
        ("c1", "2026-01-01", None),
        ("c1", "2026-01-01 00:00:00", LONG_NUMBER),
        ("c2", "2026-01-01 00:00:00", None),
        ("c4", "2026-01-01", None),
    ]
    assert landed.rows("select count(distinct _file_id) from raw.customers") == [(4,)]


def test_parquet_columns_named_like_those_of_duckdb(tmp_path: Path) -> None:
    lander = Lander(tmp_path / "raw")
    lander.parquet("customers/a.parquet", PARQUET_CUSTOMER)
    odd = f"{PARQUET_CUSTOMER}, 'f' as filename, 9 as file_row_number"
    lander.parquet("customers/b.parquet", f"{odd} from range(2)")
    landed = lander.land()
    assert landed.rows("select _row_number from raw.customers order by 1") == [
        (1,),
        (1,),
        (2,),
    ]
    assert "filename, file_row_number" in landed.landing.warnings[0]


def test_parquet_files_with_other_scales_lose_nothing(tmp_path: Path) -> None:
    """DuckDB's own union of decimal(38,2) and decimal(38,0) makes 1.25 into 1."""
    lander = Lander(tmp_path / "raw")
    for name, amount in (("a", "1.25::decimal(38,2)"), ("b", "1::decimal(38,0)")):
        select = f"{PARQUET_CUSTOMER}, {amount} as limit_amount"
        lander.parquet(f"customers/{name}.parquet", select)
    landed = lander.land()
    assert landed.rows(
        "select cast(limit_amount as decimal(38,9)) from raw.customers order by 1"
    ) == [(Decimal("1.000000000"),), (Decimal("1.250000000"),)]


def test_parquet_files_are_told_apart(tmp_path: Path) -> None:
    lander = Lander(tmp_path / "odd [1] *? 'name'")
    for name in ("a", "b[2]"):
        lander.parquet(f"customers/{name}.parquet", PARQUET_CUSTOMER)
    landed = lander.land()
    assert landed.rows("select _file_id from raw.customers order by 1") == sorted(
        (file_id("customers", f"customers/{name}.parquet"),) for name in ("a", "b[2]")
    )


def test_a_column_given_by_the_path(tmp_path: Path) -> None:
    lander = Lander(tmp_path / "raw")
    select = PARQUET_CUSTOMER.replace("'crm' as source_system,", "")
    lander.parquet("customers/source_system=007/a.parquet", select)
    text = CUSTOMERS.replace(",source_system", "").replace(",crm", "")
    lander.write({"customers/source_system=b%20c/d=1/b.csv": text})
    landed = lander.land()
    assert landed.rows("select source_system from raw.customers order by 1") == [
        ("007",),
        ("b c",),
    ]


def test_parquet_types_without_a_cast_become_text(tmp_path: Path) -> None:
    select = (
        "select 'e'::blob as event_id, {'a': 1} as quantity, ['x', 'y'] as tag_ids,"
        " 's' as source_system, timestamp '2026-01-01' as recorded_at"
    )
    lander = Lander(tmp_path / "raw").write({"customers.csv": CUSTOMERS})
    landed = lander.parquet("usage_events.parquet", select).land()
    assert landed.rows("select event_id, quantity, tag_ids from raw.usage_events") == [
        ("e", "{'a': 1}", "x|y")
    ]


def test_other_things_in_the_folder_are_left_alone(lander: Lander) -> None:
    lander.write(
        {
            "README.md": "x",
            "orders.csv": "a\n1\n",
            "_old/customers.csv": "x",
            ".customer.csv.swp": "x",
            "_customer.csv": "x",
            "truth/customers.csv": "x",
            "prices/_SUCCESS": "",
            "prices/notes.txt": "x",
            "prices/.hidden/a.csv": "x",
        }
    )
    landed = lander.land()
    assert landed.landing.warnings == (
        "Not read, because no table of the input contract has it: orders.csv, "
        "prices/notes.txt.",
    )
    assert landed.landing.files == 1


def test_unknown_columns_are_left_out_and_told(lander: Lander) -> None:
    text = CUSTOMERS.replace("name", "nmae").replace("_at\n", "_at,extra\n")
    landed = lander.write({"customers.csv": text.replace("01\n", "01,x\n")}).land()
    assert landed.landing.warnings == (
        "Table customers: columns that the input contract does not know are not read: "
        "nmae, extra (is nmae meant for name?).",
    )
    assert landed.rows("select unknown_columns, row_count from state.input_files") == [
        ("nmae|extra", 1)
    ]
    assert landed.rows("select name from raw.customers") == [(None,)]


def test_a_retracted_row_may_be_all_but_empty(lander: Lander) -> None:
    line = '{"customer_id": "c1", "recorded_at": "2026-02-01", "is_retracted": true}'
    landed = (
        lander.write({"customers.csv": CUSTOMERS})
        .write({"customers/r.jsonl": JSON_CUSTOMER + line})
        .land()
    )
    assert landed.rows("select is_retracted from raw.customers where name is null") == [
        ("true",)
    ]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("usage_event", "usage_events"),
        ("Usage Events", "usage_events"),
        ("usageevents", "usage_events"),
        ("customers (1)", "customers"),
        ("orders", None),
        ("usage", None),
        ("price_history", None),
    ],
)
def test_close_names(name: str, meant: str | None) -> None:
    assert close_table(name, ["customers", "usage_events", "prices"]) == meant


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.csv.gz", ("a", ".csv.gz")),
        ("a.b.PARQUET", ("a.b", ".parquet")),
        ("a.xlsx", ("a", ".xlsx")),
        ("a", ("a", "")),
    ],
)
def test_split_name(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


def test_links_to_files_and_folders_are_read(lander: Lander, tmp_path: Path) -> None:
    elsewhere = tmp_path / "share" / "2026"
    elsewhere.mkdir(parents=True)
    (elsewhere / "a.csv").write_text(CUSTOMERS.replace("c1", "c2"))
    (lander.folder / "customers").mkdir()
    (lander.folder / "customers" / "2026").symlink_to(elsewhere)
    landed = lander.land()
    assert landed.rows("select customer_id from raw.customers order by 1") == [
        ("c1",),
        ("c2",),
    ]
