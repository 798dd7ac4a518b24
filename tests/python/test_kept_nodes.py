"""A run that builds only what changed publishes what a build of everything would."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from built_books import Rows, copy_project, dbt_folders, write_rows
from inference_revenue.paths import PROJECT_VARIABLE, project_dir
from inference_revenue.progress import Progress
from inference_revenue.publish import open_file
from inference_revenue.runner import Options, execute
from inference_revenue.sources_read import DIFFER_BY_RUN
from inference_revenue.statements import NAME
from inference_revenue.table_digest import table_digest
from inference_revenue.trial import OWN, Inputs
from tiny_company import (
    AS_OF,
    FIRST_OPEN,
    add,
    late_rows,
    row,
    tiny_company,
    with_plan,
)

# Which runs there were, and what they found, differs by design.
OF_RUNS = {"fct_runs", "fct_run_files", "fct_control_history"}
# And which usage files were read, of which these hold the work.
OF_ARRIVALS = {"int_usage_events__arrived", "int_usage_events__repeated"}
AFTER_CLOSE, LATER = datetime(2025, 7, 6), datetime(2025, 7, 7)


@dataclass(frozen=True)
class Edit:
    """A text in a file that becomes another one."""

    file: str
    before: str
    after: str

    def make(self, folder: Path) -> None:
        """Edit the file, which holds the text."""
        text = (folder / self.file).read_text(encoding="utf-8")
        assert self.before in text
        (folder / self.file).write_text(
            text.replace(self.before, self.after), encoding="utf-8"
        )


@dataclass(frozen=True)
class Night:
    """What a night brings: tables of the late rows, more rows, and edits."""

    tables: tuple[str, ...] = ()
    more: Rows | None = None
    as_of: datetime = AS_OF
    of_inputs: Edit | None = None
    of_project: tuple[Edit, ...] = ()

    def arrive(self, raw: Path, project: Path, part: str) -> None:
        """Bring it, before the run."""
        late = late_rows()
        rows: Rows = {table: late[table] for table in self.tables}
        add(rows, self.more or {})
        write_rows(raw, rows, part)
        if self.of_inputs:
            self.of_inputs.make(raw)
        for edit in self.of_project:
            edit.make(project)


def _close(month: int) -> Rows:
    closed = f"2025-{month + 1:02d}-05T09:00:00Z"
    period = row(
        closed, entity_id="tiny", book="*", period_id=FIRST_OPEN, state="closed",
        period_start=f"2025-{month:02d}-01", period_end=f"2025-{month + 1:02d}-01",
        knowledge_cutoff_at=closed, changed_by="controller",
    )  # fmt: skip
    return {"accounting_periods": [period]}


RATE = row(
    "2025-07-01", from_currency="EUR", to_currency="USD", rate_date="2025-06-30",
    rate_type="closing", rate_amount="1.08", rate_per_units=1, source_ref="ecb",
)  # fmt: skip
NEXT_YEAR = {"start": "2025-07-01", "end": "2026-07-01"}
# The widest first, so that no later night hides what an earlier one left as it was; the
# close as late as can be, since what arrives after it is known on arrival only.
NIGHTS = {
    "nothing": Night(),
    "elections": Night(("policy_elections", "reviews", "estimates")),
    "prices and meters": Night(("prices", "meters", "products", "customers")),
    "other terms": Night(("contract_lines", "contract_events", "contracts")),
    "a restated row": Night(of_inputs=Edit(
        "contract_lines/night-3.jsonl", '"fixed_amount": "110.00"',
        '"fixed_amount": "120.00"',
    )),
    "a new contract": Night(more=with_plan("new", known="2025-06-30", **NEXT_YEAR)),
    "a voided document": Night(("billing_documents", "billing_document_lines")),
    "money and goods": Night(("cash_events", "deliveries")),
    "a rate": Night(more={"fx_rates": [RATE]}),
    "late usage": Night(("usage_events",)),
    "the project's seeds": Night(of_project=(
        Edit(
            "seeds/exceptions/accepted_exceptions.csv", "expires_on\n",
            "expires_on\nNO_ELECTION,series,known,cfo,2026-01-01\n",
        ),
        # an account with letters
        Edit("seeds/reference/chart_of_accounts.csv", "cash,1000,", "cash,1000-A,"),
    )),
    "a close": Night(more=_close(6), as_of=AFTER_CLOSE),
    "only time": Night(as_of=LATER),
}  # fmt: skip

# A build from nothing is dear: it is made after these. What an earlier night left as it
# was and should not have would still stand then, since the nights grow narrower.
COMPARED = ("prices and meters", "late usage", "the project's seeds", "only time")


@dataclass(frozen=True)
class Cost:
    """What one night built and kept."""

    built: int
    kept: int


@dataclass(frozen=True)
class Nights:
    """What each cost, and how many rows differ from a build of everything by table."""

    costs: dict[str, Cost]
    differing: dict[str, dict[str, int]]
    target: Path


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """The tiny company night by night, at times beside a build from nothing."""
    root = tmp_path_factory.mktemp("kept")
    project = copy_project(root / "project")
    raw = write_rows(root / "raw", tiny_company(), "on-time")
    warehouse, whole = root / "warehouse", root / "whole"
    found = Nights({}, {}, root / "nightly" / "target")
    # of what dbt wrote each has its own
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(PROJECT_VARIABLE, str(project))
        with dbt_folders(root / "nightly"):
            run(raw, warehouse, AS_OF)
        for number, (name, night) in enumerate(NIGHTS.items()):
            night.arrive(raw, project, f"night-{number}")
            if name in COMPARED:
                shutil.copytree(warehouse, whole)
            with dbt_folders(root / "nightly"):
                live = run(raw, warehouse, night.as_of)
            found.costs[name] = cost_of(live)
            if name in COMPARED:
                with dbt_folders(root / "anew"):
                    other = run(raw, whole, night.as_of, whole=True)
                found.differing[name] = differing_tables(live, other)
                shutil.rmtree(whole)
    return found


def test_nights_end_in_the_books_of_a_full_build(nights: Nights) -> None:
    assert nights.differing == {name: {} for name in COMPARED}


def test_what_changed_decides_what_is_built(nights: Nights) -> None:
    built = {name: cost.built for name, cost in nights.costs.items()}
    assert all(cost.kept for cost in nights.costs.values())
    assert built["nothing"] < 40
    time = nights.costs["only time"]
    assert time.built * 6 <= time.built + time.kept  # a share: the project grows
    assert built["a rate"] < built["late usage"] < built["other terms"]


def test_dbt_knows_every_source_that_a_model_may_read(nights: Nights) -> None:
    """A branch that is not taken while dbt parses hides what it reads from dbt."""
    manifest = manifest_in(nights.target)
    macros = {
        macro["name"]: macro["macro_sql"]
        for macro in manifest["macros"].values()
        if macro["package_name"] == "inference_revenue"
    }
    models = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["language"] == "sql"
    ]
    assert len(models) > 200
    for node in models:
        declared = {
            tuple(parent.split(".")[2:])
            for parent in node["depends_on"]["nodes"]
            if parent.startswith("source.")
        }
        may_read = sources_named(node["raw_code"], macros)
        if node["name"] == "stg_usage_events":  # its rows are pinned by file
            may_read.discard(("state", "row_pins"))
        assert may_read <= declared, node["name"]


def test_a_statement_reads_only_what_dbt_knows(nights: Nights) -> None:
    """Names that a macro puts together stand in no text: here they are written out."""
    manifest = manifest_in(nights.target)
    of_relation = {
        node["relation_name"]: name
        for part in ("nodes", "sources")
        for name, node in manifest[part].items()
        if node["relation_name"]
    }
    stored = json.loads((nights.target / NAME).read_text(encoding="utf-8"))
    assert len(stored["statements"]) > 300
    for key, statement in stored["statements"].items():
        node = key.split()[0]
        known = {node, *manifest["nodes"][node]["depends_on"]["nodes"]}
        read = set(re.findall(r'"\w+"\."\w+"\."\w+"', statement))
        assert {of_relation[name] for name in read} <= known, node


def manifest_in(target: Path) -> dict[str, Any]:
    """What dbt wrote of the project."""
    text = (target / "manifest.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def sources_named(code: str, macros: dict[str, str]) -> set[tuple[str, str]]:
    """The sources that a text names, or any macro that it may call."""
    named: set[tuple[str, str]] = set()
    seen: set[str] = set()
    unread = [code]
    while unread:
        text = re.sub(r"\{#.*?#\}", "", unread.pop(), flags=re.DOTALL)
        named |= set(re.findall(r"source\('(\w+)', *'(\w+)'\)", text))
        called = set(re.findall(r"\b(\w+)\(", text))
        for name in (called | {f"default__{name}" for name in called}) - seen:
            seen.add(name)
            unread += [macros[name]] if name in macros else []
    return named


def test_no_table_reads_what_differs_by_run() -> None:
    """Else a kept table would show an earlier run's."""
    named = {name for names in DIFFER_BY_RUN.values() for name in names}
    source = re.compile(rf"source\('state', '({'|'.join(DIFFER_BY_RUN)})'\)")
    word = re.compile(rf"\b({'|'.join(named)})\b")
    texts = {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted((project_dir() / "models").rglob("*.sql"))
    }
    shown = [
        name
        for name, text in texts.items()
        if source.search(text) and word.search(text)
    ]
    for name in shown:
        assert "materialized='view'" in texts[name], name
        assert not any(f"ref('{name}')" in text for text in texts.values()), name


def test_every_model_is_of_a_kind_that_is_known_to_change() -> None:
    """What dbt builds beside models and seeds, or puts into them, nobody follows."""
    kinds = re.compile(r"materialized=['\"](\w+)")
    for path in sorted((project_dir() / "models").rglob("*.*")):
        found = set(kinds.findall(path.read_text(encoding="utf-8")))
        assert found <= {"view", "table", "incremental"}, path.name
    assert not (project_dir() / "snapshots").exists()
    assert not (project_dir() / "packages.yml").exists()


def test_staging_asks_only_for_the_form_of_its_table() -> None:
    """Its statements are repeated while that is the same."""
    macros = project_dir() / "macros" / "staging"
    asking = re.compile(r"run_query|adapter\.|load_relation|statement\(")
    asked = [
        line.strip()
        for path in sorted(macros.glob("*.sql"))
        if path.name != "require_landed_inputs.sql"
        for line in path.read_text(encoding="utf-8").splitlines()
        if asking.search(line)
    ]
    assert len(asked) == 2
    assert all("'raw', table" in line for line in asked)


def test_the_code_looks_at_no_clock_and_throws_no_dice() -> None:
    """The same parents must give the same table."""
    moody = re.compile(
        r"\b(now|random|uuid|gen_random_uuid|today|get_current_timestamp)\(\)"
        r"|current_(date|time|timestamp)\b|run_started_at|invocation_id|using sample"
    )
    for folder in ("models", "macros"):
        for path in sorted((project_dir() / folder).rglob("*.sql")):
            found = moody.search(path.read_text(encoding="utf-8").lower())
            assert not found, f"{path.name}: {found}"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("values (1, 'a'), (2, 'b')", "values (2, 'b'), (1, 'a')", True),
        ("values (1, 'a'), (2, 'b')", "values (1, 'b'), (2, 'a')", False),
        ("values (1), (1)", "values (1)", False),
        # two rows whose hashes, put together by exclusive or, add up to the same
        (
            "values ('c1080379', 7562653::bigint), ('d1080379', 14044932)",
            "values ('c1080379', 14044932::bigint), ('d1080379', 7562653)",
            False,
        ),
        ("values (null::int)", "values (0)", False),
        ("values (1::int)", "values (1::bigint)", False),
        ("select 1 as a", "select 1 as b", False),
        ("values (0::decimal(38,18))", "values (-1e-18::decimal(38,18))", False),
        ("values ([0::hugeint])", "values ([(-1)::hugeint])", False),
        ("select 1 as a where false", "select 1 as a where false", True),
    ],
)
def test_a_digest_tells_tables_apart(one: str, other: str, is_same: bool) -> None:
    with duckdb.connect() as con:
        digests = {table_digest(con, f"({query})") for query in (one, other)}
    assert (len(digests) == 1) == is_same


def run(raw: Path, warehouse: Path, as_of: datetime, *, whole: bool = False) -> Path:
    """Run the main job; the published file."""
    options = Options(as_of=as_of, full_refresh=whole)
    inputs = Inputs(raw.resolve(), OWN)
    return execute(inputs, Progress(None), options, warehouse=warehouse).live


def cost_of(live: Path) -> Cost:
    """What the last run built and kept."""
    with open_file(live, read_only=True) as con:
        rows = con.execute(
            "select built_node_count, kept_node_count from marts.fct_runs"
            " order by started_at desc limit 1"
        ).fetchall()
    return Cost(*rows[0])


def differing_tables(live: Path, whole: Path) -> dict[str, int]:
    """Of the marts and all they are made of, how many rows differ."""
    with duckdb.connect() as con:
        con.execute(f"attach '{live}' as one (read_only)")
        con.execute(f"attach '{whole}' as other (read_only)")
        columns = (
            "select table_schema, table_name, column_name, data_type"
            " from information_schema.columns where table_schema in"
            " ('staging', 'intermediate', 'marts', 'seeds', 'asc606')"
            " and table_catalog = ?"
        )
        one_form, other_form = (
            set(con.execute(columns, [file]).fetchall()) for file in ("one", "other")
        )
        differing = {name: -1 for _, name, _, _ in one_form ^ other_form}
        tables = sorted({(schema, name) for schema, name, _, _ in other_form})
        assert len(tables) > 200
        for schema, name in tables:
            if name in OF_RUNS | OF_ARRIVALS:
                continue
            one, other = (f"from {file}.{schema}.{name}" for file in ("one", "other"))
            ((count,),) = con.execute(
                f"select count(*) from (({one} except all {other}) union all"
                f" ({other} except all {one}))"
            ).fetchall()
            if count:
                differing[name] = count
    return differing
