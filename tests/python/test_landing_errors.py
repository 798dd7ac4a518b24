"""What cannot be landed without guessing stops with one sentence."""

import os
import re
from pathlib import Path

import pytest

from inference_revenue.errors import UserError
from small_contract import CUSTOMERS, Lander

JSON_CUSTOMER = (
    '{"customer_id": "c1", "name": "Ada", "source_system": "crm",'
    ' "recorded_at": "2026-01-01"}\n'
)
UTF16 = CUSTOMERS.encode("utf-16")
CORRUPT = b"PAR1 this is not a Parquet file PAR1"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "lacks the required table customers; add customers.parquet"),
        ({"customers.csv": ""}, "customers.csv is empty, but the table customers"),
        ({"customers.csv": "\n \n"}, "customers.csv is empty"),
        ({"customers.jsonl": ""}, "customers.jsonl is empty"),
        ({"customers.parquet": ""}, "customers.parquet cannot be read as Parquet"),
        ({"customers.parquet": CORRUPT}, "customers.parquet cannot be read as Parquet"),
        ({"customers.csv": UTF16}, "customers.csv is not UTF-8 text (it looks like"),
        ({"customers.csv": UTF16[2:]}, "customers.csv is not UTF-8 text (it looks"),
        ({"customers.jsonl": JSON_CUSTOMER.encode("utf-16")}, "is not UTF-8 text"),
        (
            {"customers.csv": CUSTOMERS.encode() + b"c2,Caf\xe9,crm,2026-01-01\n"},
            "customers.csv is not UTF-8 text (line 3)",
        ),
        (
            {"customers.csv": CUSTOMERS.replace("name", "naïve").encode("latin-1")},
            "customers.csv is not UTF-8 text (its header line)",
        ),
        (
            {"customers.jsonl": JSON_CUSTOMER.encode() + b'{"name": "\xe9"}'},
            "customers.jsonl is not UTF-8 text (line 2)",
        ),
        ({"customers.csv.gz": b""}, "customers.csv.gz is empty"),
        (
            {"customers.csv": CUSTOMERS.replace("name", "customer_id")},
            "customers.csv names the column customer_id twice",
        ),
        (
            {"customers.csv": CUSTOMERS.replace("name", "Customer_ID ")},
            "customers.csv names the column customer_id twice",
        ),
        (
            {"customers.csv": CUSTOMERS + "c2,Bob, the builder,crm,2026-01-01\n"},
            "customers.csv, line 3: the row has 5 values but the header names 4",
        ),
        (
            {"customers.csv": CUSTOMERS + "c2,Bob,crm,2026-01-01,,x\n"},
            "customers.csv, line 3: the row has 6 values",
        ),
        (
            {"customers.csv": CUSTOMERS + '"c2,Bob,crm,2026-01-01\n'},
            "customers.csv, line 3: not readable as CSV (unexpected end of data)",
        ),
        (
            {"customers.csv": CUSTOMERS + '"c2"x,Bob,crm,2026-01-01\n'},
            "customers.csv, line 3: not readable as CSV",
        ),
        (
            {"customers.csv": "customer_id,nme\nc1,Ada\n"},
            "customers.csv (table customers) lacks source_system, recorded_at.",
        ),
        (
            {"customers.csv": CUSTOMERS.replace("recorded_at", "recordet_at")},
            "lacks recorded_at (is recordet_at meant for recorded_at?).",
        ),
        (
            {
                "customers/a.csv": CUSTOMERS.replace("name,source_system", "name,x"),
                "customers/b.jsonl": '{"customer_id": 1}\n',
            },
            "customers/a.csv (table customers) lacks source_system; "
            "customers/b.jsonl (table customers) lacks source_system, recorded_at.",
        ),
        (
            {"customers.csv": CUSTOMERS + "c2,Bob\rBuilder,crm,2026-01-01\n"},
            "line 3: not readable as CSV (a carriage return outside quotes)",
        ),
        ({"customers.jsonl": "[\n" + JSON_CUSTOMER}, "line 1: not a JSON object"),
        ({"customers.jsonl": JSON_CUSTOMER + "[1]"}, "line 2: not a JSON object"),
        ({"customers.jsonl": JSON_CUSTOMER * 2 + "{"}, "line 3: not a JSON object"),
        ({"customers.jsonl": '{"name": NaN}'}, "NaN is not JSON"),
        ({"customers.jsonl": '{"name": 1, "Name": 2}'}, "gives one name twice"),
        ({"customers.jsonl": '{"name": "\\ud800"}'}, "is not UTF-8 text (half a"),
        ({"customer.csv": CUSTOMERS}, "customer.csv (did you mean customers?"),
        ({"Cutsomers/a.csv": CUSTOMERS}, "Cutsomers (did you mean customers?"),
        ({"customers_2026.csv": CUSTOMERS}, "(did you mean customers? Parts of a"),
        ({"usage-events.csv": ""}, "usage-events.csv (did you mean usage_events?"),
        ({"customers.xlsx": "x"}, "customers.xlsx cannot be read (write it as"),
        ({"customers.txt": CUSTOMERS}, "customers.txt cannot be read (write it as"),
    ],
)  # fmt: skip
def test_what_cannot_be_landed_stops_with_one_sentence(
    tmp_path: Path, files: dict[str, str | bytes], said: str
) -> None:
    lander = Lander(tmp_path / "raw")
    lander.folder.mkdir()
    with pytest.raises(UserError) as stopped:
        lander.write(files).land()
    message = str(stopped.value)
    assert said in message
    assert "\n" not in message
    assert message.endswith(".")


def test_two_parquet_columns_of_one_name_stop(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    folder = tmp_path / "raw"
    folder.mkdir()
    pq.write_table(
        pa.table([[1], [{"name": 2}], [3]], names=["name", "nested", "NAME"]),
        folder / "customers.parquet",
    )
    with pytest.raises(UserError, match="names the column name twice"):
        Lander(folder).land()


def test_a_damaged_archive_stops(tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    Lander(folder).write({"customers.csv.gz": CUSTOMERS * 1000})
    packed = (folder / "customers.csv.gz").read_bytes()
    (folder / "customers.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UserError, match=r"customers\.csv\.gz cannot be read"):
        Lander(folder).land()


@pytest.mark.parametrize("kind", ["file", "absent"])
def test_the_input_folder_must_be_a_folder(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "raw"
    if kind == "file":
        folder.write_text("x")
    with pytest.raises(UserError, match=r"(does not exist|is a file, not a folder);"):
        Lander(folder).land()


@pytest.mark.parametrize(
    ("link", "target", "said"),
    [
        ("customers.csv", "gone", "customers.csv is a link that leads nowhere; put"),
        ("customers/a.csv", "gone", "customers/a.csv is a link that leads nowhere"),
        ("customers/again", "raw/customers", "customers/again is a link to a folder"),
        ("customers.csv", "pipe", "customers.csv is no file; put the file there"),
    ],
)
def test_nothing_is_passed_over_in_silence(
    tmp_path: Path, link: str, target: str, said: str
) -> None:
    lander = Lander(tmp_path / "raw").write({"prices/_SUCCESS": ""})
    path = lander.folder / link
    path.parent.mkdir(exist_ok=True)
    if target == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(tmp_path / target)
    with pytest.raises(UserError, match=re.escape(said)):
        lander.land()


def test_a_folder_that_may_not_be_listed_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lander = Lander(tmp_path / "raw").write({"customers/2026/a.csv": CUSTOMERS})
    listed = os.scandir

    def refused(path: str) -> object:
        if str(path).endswith("2026"):
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(PermissionError):
        lander.land()
