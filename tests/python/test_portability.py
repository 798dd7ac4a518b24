"""The models are one step from the second engine: what differs lies in macros.

Three checks, none of which runs on Spark: each compiled model can be said in Spark SQL;
compiled with the Spark macros, it is Spark SQL and calls nothing that Spark lacks; and
the model files themselves hold none of the words that mean something to DuckDB only.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from built_books import Books, dbt_folders
from inference_revenue.dbt_process import run_dbt
from inference_revenue.paths import project_dir
from inference_revenue.progress import Progress

PROJECT = project_dir()
MODELS = sorted((PROJECT / "models").rglob("*.sql"))

# Functions of Spark 3.5 that the parser does not know as such.
SPARK_FUNCTIONS = {
    "array_contains", "make_dt_interval", "make_ym_interval", "xxhash64",
}  # fmt: skip

BANNED = {
    "a division, inexact in DuckDB: int_div, share_of":
        r"[\w)\]}]\s*/\s*[\w({]",
    "string_agg: string_agg_ordered": r"\bstring_agg\s*\(",
    "hash: hash_64": r"(?<![\w.])hash\s*\(",
    "unnest, generate_series: day_series, month_series, number_series":
        r"\b(unnest|generate_series|range)\s*\(",
    "timezone: local_from_utc, utc_from_local": r"\btimezone\s*\(",
    "to_days and its like: add_days, add_months":
        r"\bto_(days|weeks|months|years|hours|minutes|seconds)\s*\(",
    "date_diff: days_between, months_between, seconds_between":
        r"\bdate_?(diff|sub)\s*\(",
    "lists: has_part": r"\b(list_\w+|array_\w+|string_split)\s*\(",
    "patterns: matches": r"\b(regexp_\w+|similar to|rlike)\b",
    "trunc, for dates only in Spark: whole_part": r"(?<!_)\btrunc\s*\(",
    "the cast ::": r"::",
    "wide integers: wide_integer": r"\bu?hugeint\b",
    "epochs": r"\bepoch",
    "asof joins": r"\basof\s+(left\s+)?join\b",
    "floating point": r"\b(double|float|float4|float8|real)\b",
    "zoned timestamps": r"\b(timestamptz|timestamp with time zone)\b",
    "filter clauses on aggregates": r"\)\s*filter\s*\(",
}  # fmt: skip
# File -> words of BANNED that it may hold, until it is mended.
ALLOWED: dict[str, set[str]] = {}


@pytest.fixture(scope="module")
def compiled(bad_rows_built: Path) -> dict[str, str]:
    """Each model's SQL as DuckDB got it."""
    return models_in(bad_rows_built / "compiled")


@pytest.fixture(scope="module")
def compiled_for_spark(
    published: Books, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Each model's SQL as Spark would get it: the Spark macros in DuckDB's place."""
    work = tmp_path_factory.mktemp("spark")
    project = work / "project"
    for name in ("models", "macros", "seeds"):
        shutil.copytree(PROJECT / name, project / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT / name, project)
    for path in (project / "models").rglob("*unit_tests.yml"):
        path.unlink()
    for path in (project / "macros").rglob("*.sql"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("macro spark__", "macro duckdb__"))
    return compile_models(project, published, work)


def compile_models(project: Path, published: Books, work: Path) -> dict[str, str]:
    """Compile every model against a copy of the published file."""
    database = Path(shutil.copy(published.live, work / "inference_revenue.duckdb"))
    with duckdb.connect(str(database)) as con:  # what is asked while dbt compiles
        con.execute(
            "create macro to_utc_timestamp(moment, zone) as timezone(zone, moment)"
        )
    with dbt_folders(work):
        outcome = run_dbt(
            ["compile", "--select", "resource_type:model"], project, database,
            Progress(None),
        )  # fmt: skip
    assert outcome.success, outcome.explanation()
    return models_in(work / "target" / "compiled" / "inference_revenue" / "models")


def models_in(folder: Path) -> dict[str, str]:
    """The SQL of every model of the project."""
    found = {
        path.stem: path.read_text(encoding="utf-8")
        for path in folder.rglob("*.sql") if not path.parent.name.endswith(".yml")
    }  # fmt: skip
    assert set(found) == {path.stem for path in MODELS}
    return found


@pytest.mark.parametrize("model", [path.stem for path in MODELS])
def test_each_compiled_model_can_be_said_in_spark_sql(
    compiled: dict[str, str], model: str
) -> None:
    tree = sqlglot.parse_one(compiled[model], read="duckdb")
    said = tree.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE)
    sqlglot.parse_one(said, read="spark")


def test_each_model_with_the_spark_macros_is_spark_sql(
    compiled_for_spark: dict[str, str],
) -> None:
    wrong: dict[str, str] = {}
    for model, sql in compiled_for_spark.items():
        try:
            tree = sqlglot.parse_one(sql, read="spark")
        except SqlglotError as error:
            wrong[model] = str(error)[:200]
            continue
        unknown = {call.name.lower() for call in tree.find_all(exp.Anonymous)}
        if unknown - SPARK_FUNCTIONS:
            wrong[model] = f"calls {sorted(unknown - SPARK_FUNCTIONS)}"
    assert not wrong


@pytest.mark.parametrize(
    "relative", [path.relative_to(PROJECT).as_posix() for path in MODELS]
)
def test_what_differs_by_engine_lies_in_macros(relative: str) -> None:
    found = list(banned_words((PROJECT / relative).read_text(encoding="utf-8")))
    beyond = [word for word in found if word[1] not in ALLOWED.get(relative, set())]
    assert not beyond, relative
    assert {word for _, word in found} == ALLOWED.get(relative, set())


def banned_words(sql: str) -> Iterator[tuple[int, str]]:
    """Line and name of each banned word outside comments and plain text."""
    for number, line in enumerate(code_of(sql).splitlines(), 1):
        for name, pattern in BANNED.items():
            if re.search(pattern, line, re.IGNORECASE):
                yield number, name


def code_of(sql: str) -> str:
    """The SQL without comments and short texts; what is given to a macro stays."""
    blank = re.sub(
        r"\{#.*?#\}", lambda m: "\n" * m.group().count("\n"), sql, flags=re.DOTALL
    )
    blank = re.sub(r"--[^\n]*", "", blank)
    return re.sub(r"'[^'\n(]*'", "''", blank)


@pytest.mark.parametrize(
    ("sql", "lines"),
    [
        ("select a / b", [1]),
        ("select 1 -- a / b\n, c::int", [2]),
        ("{# hash(a)\n #}select hash(a)", [2]),
        ("select '/' || a, 'x / y', {{ hash_64(['a']) }}", []),
        ("{{ number_series('0', \"date_diff('day', a, b)\") }}", [1]),
        ("select sum(a) filter (where b) from t group by all", [1]),
    ],
)
def test_the_lint_sees_code_only(sql: str, lines: list[int]) -> None:
    assert [number for number, _ in banned_words(sql)] == lines
