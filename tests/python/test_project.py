"""What the project promises about itself, read from its files and a published file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from built_books import Books
from inference_revenue.paths import project_dir

PROJECT = project_dir()
MODELS = {path.stem: path for path in sorted((PROJECT / "models").rglob("*.sql"))}
STAGING = {name for name in MODELS if name.startswith("stg_")}
CONTROLS = {name for name in MODELS if name.startswith("chk_")}
MARTS = {
    name for name, path in MODELS.items()
    if path.parent.name in ("marts", "disclosures", "controls")
}  # fmt: skip
# Models that read every landed row of a staging model, and why.
READS_ALL_ROWS = {
    "fct_rejected_rows": "shows what was not accepted",
    "chk_rows_conserved": "counts landed rows by what became of them",
    "int_inputs__late_arrivals": "a late retraction is an arrival too",
    "int_usage_events__arrived": "names the files to read, and judges nothing",
    "int_usage_groups": "groups readable rows; int_usage_entries takes repeats out",
    "int_usage_events__set_aside": "judges what is repeated or unreadable",
}
MAP = re.compile(r"^## Map\n+```[a-z]*\n(.*?)```", re.DOTALL | re.MULTILINE)
OUTSIDE_THE_MAP = {
    ".git", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv",
    ".sqlfluff_cache", "__pycache__", "logs", "target", "warehouse", "dbt_packages",
    "build", "dist",
}  # fmt: skip


def sql_of(model: str) -> str:
    return MODELS[model].read_text(encoding="utf-8")


def described() -> dict[str, dict[str, Any]]:
    """Every model as its YAML describes it."""
    found = {}
    for path in sorted((PROJECT / "models").rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for model in content.get("models") or []:
            assert model["name"] not in found, f"{model['name']} is described twice"
            found[model["name"]] = model
    return found


DESCRIBED = described()


def seed(path: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds" / path).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


# --- the published file ----------------------------------------------------------


def test_no_column_is_floating_point(published: Books) -> None:
    """Money is decimal; a hugeint would be a double in Parquet."""
    found = published.query(
        "select table_schema, table_name, column_name, data_type"
        " from information_schema.columns"
        " where table_schema not in ('raw', 'information_schema', 'pg_catalog')"
        " and regexp_matches(data_type, '(DOUBLE|FLOAT|REAL|HUGEINT)')"
    )
    assert found == []


def test_amounts_are_decimal(published: Books) -> None:
    found = published.query(
        "select table_schema, table_name, column_name, data_type"
        " from information_schema.columns"
        " where table_schema not in ('raw', 'information_schema', 'pg_catalog')"
        " and (column_name like '%amount' or column_name like '%price'"
        "      or column_name = 'consideration')"
        " and data_type not like 'DECIMAL(38,%'"
    )
    assert found == []


def test_every_control_was_run(published: Books) -> None:
    run = {
        name for (name,) in published.query(
            "select control_code from marts.fct_control_results"
        )
    }  # fmt: skip
    assert run == CONTROLS


# --- models ----------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_each_model_says_its_grain_first(model: str) -> None:
    lines = sql_of(model).splitlines()
    first = lines[1] if lines[0].startswith("{{ config(") else lines[0]
    assert re.match(r"-- One row( per|:)? .+\.$|-- One row\.$", first), first


@pytest.mark.parametrize("model", MODELS)
def test_each_model_is_described(model: str) -> None:
    described = DESCRIBED.get(model)
    assert described, f"{model} is in no YAML file"
    assert described.get("description")


@pytest.mark.parametrize("model", sorted(set(MODELS) - STAGING))
def test_staging_is_read_through_accepted(model: str) -> None:
    """What was rejected or held must not be read by oversight."""
    sql = sql_of(model)
    staged = re.findall(r"ref\('(stg_\w+)'\)", sql)
    through = re.findall(r"accepted\(ref\('(stg_\w+)'\)\)", sql)
    if model in READS_ALL_ROWS:
        return
    assert sorted(staged) == sorted(through)


def test_the_models_that_read_all_rows_still_do() -> None:
    for model in READS_ALL_ROWS:
        others = sql_of(model).replace("accepted(ref('stg_", "")
        assert "ref('stg_" in others, f"{model} need not be listed"


@pytest.mark.parametrize("model", sorted(MARTS))
def test_each_mart_has_a_contract_that_describes_every_column(
    published: Books, model: str
) -> None:
    columns = {
        column["name"]: column for column in DESCRIBED[model].get("columns") or []
    }
    actual = [
        name for (name,) in published.query(
            "select column_name from information_schema.columns"
            f" where table_schema = 'marts' and table_name = '{model}'"
        )
    ]  # fmt: skip
    assert sorted(columns) == sorted(actual)
    assert [name for name, c in columns.items() if not c.get("description")] == []
    assert [name for name, c in columns.items() if not c.get("data_type")] == []


def test_contracts_are_enforced_in_every_folder_of_marts() -> None:
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    rooms = project["models"]["inference_revenue"]
    for room, settings in rooms.items():
        if room.startswith("+") or room == "staging":
            continue
        marts = settings.get("marts", settings)
        assert marts.get("+contract") == {"enforced": True}, room


# --- seeds -----------------------------------------------------------------------


def test_each_control_has_a_row_and_is_run() -> None:
    listed = [row["control_code"] for row in seed("policy/controls.csv")]
    assert len(listed) == len(set(listed))
    assert set(listed) == CONTROLS
    lists = PROJECT / "macros" / "checks" / "listed_models.sql"
    assert set(re.findall(r"'(chk_\w+)'", lists.read_text("utf-8"))) == CONTROLS
    for model in ("fct_control_results", "int_exceptions__controls"):
        assert "control_models()" in sql_of(model), model


def test_each_control_says_what_to_do() -> None:
    for row in seed("policy/controls.csv"):
        assert [name for name, value in row.items() if not value] == [], row
        assert row["severity"] in ("block", "warn")
        assert row["tested_by"] in ("period", "run")
        assert row["unit"] in ("money", "quantity", "rows", "none")


def test_each_exception_code_has_an_owner_and_says_what_to_do() -> None:
    explained = {
        row["exception_code"]: row for row in seed("exceptions/exception_codes.csv")
    }
    used = {"ROWS_REJECTED", "ROWS_HELD"}  # made of the state of the row
    for model in sorted(name for name in MODELS if name.startswith("int_exceptions")):
        sql = sql_of(model)
        used |= set(re.findall(r"'([A-Z_]+)' as exception_code", sql))
        for either in re.findall(r"case (.*) end as exception_code", sql):
            used |= set(re.findall(r"(?:then|else) '([A-Z_]+)'", either))
    assert set(explained) == used
    for row in explained.values():
        assert [name for name, value in row.items() if not value] == [], row


def test_each_policy_topic_says_when_it_applies() -> None:
    topics = [row["topic"] for row in seed("policy/policy_topics.csv")]
    rows = seed("policy/topic_features.csv")
    assert sorted({row["topic"] for row in rows}) == sorted(topics)
    assert {row["book"] for row in rows} <= {"*", "asc606", "ifrs15"}
    found = {
        name or single
        for model in ("int_features__lines", "int_features__contracts")
        for name, single in re.findall(r"\('(\w+)', \"|'\|(\w+)\|'", sql_of(model))
    }
    assert {row["feature"] for row in rows} - found == set(), "nothing finds them"
    assert found - {row["feature"] for row in rows} == set(), "no topic needs them"


def test_a_topic_is_elected_by_the_scopes_that_its_readers_look_at() -> None:
    topics = seed("policy/policy_topics.csv")
    applied = {r["topic"]: r["scopes"].split("|") for r in topics if r["scopes"]}
    assert set(applied) == {r["topic"] for r in topics if r["is_applied"] == "true"}
    read: dict[str, set[str]] = {topic: {"global"} for topic in applied}
    for row in topics:  # thresholds, which loops ask for by name
        if not row["choices"] and row["default_choice"][0].isdigit():
            read[row["topic"]].add("entity")
    read["overdraft"].add("grant")  # rules_of_money: what may be drawn
    for model in MODELS:
        sql = sql_of(model)
        # the topics and the columns of each scope, written out or in a list above
        for named, scopes in re.findall(
            r"elections_of\(\s*(\[.*?\]|\w+),.*?(\{.*?\})", sql, re.DOTALL
        ):
            if not named.startswith("["):
                named = re.findall(rf"set {named} = (\[.*?\])", sql, re.DOTALL)[0]
            for topic in set(re.findall(r"'(\w+)'", named)) & set(read):
                read[topic] |= set(re.findall(r"'(\w+)':", scopes))
    for model, pattern in {
        "int_lines__elections": r"\('(\w+)', (?:'lines\.|\")",
        "int_right_to_invoice__by_close": r"scope_type = '(\w+)'",
        "int_entities__policies": r"scope_type = '(\w+)'",
    }.items():
        sql = sql_of(model)
        listed = re.findall(
            r"(?:set topics = \[|elections\.topic in \()(.*?)[\])]", sql
        )
        one = re.findall(r"elections\.topic = '(\w+)'", sql)
        for topic in [*re.findall(r"'(\w+)'", listed[0] if listed else ""), *one]:
            read[topic] |= set(re.findall(pattern, sql))
    for topic, scopes in applied.items():
        assert set(scopes) == read[topic], topic


def test_each_reason_code_is_explained() -> None:
    explained = {row["reason_code"]: row for row in seed("reference/reason_codes.csv")}
    # what a grant is treated as is explained by the seed of its kinds
    treatments = {row["treatment"] for row in seed("policy/grant_kinds.csv")}
    used = set(reason_codes_used()) - treatments
    assert used - set(explained) == set()
    assert set(explained) - used == set(), "explained and never used"
    for row in explained.values():
        assert row["meaning"]
        assert row["what_to_do"]
        assert row["row_state"] in ("rejected", "held", "duplicate")


def reason_codes_used() -> Iterator[str]:
    """The codes that staging and the evidence room give a row."""
    places = [
        *(PROJECT / "macros" / "staging").glob("*.sql"),
        *(MODELS[name] for name in STAGING),
        *(PROJECT / "models" / "step_0_evidence").rglob("*.sql"),
        MODELS["fct_contract_verdicts"],
    ]
    for path in places:
        text = path.read_text(encoding="utf-8")
        yield from re.findall(r"(?:then|else) '([A-Z]+(?:_[A-Z]+)+|[A-Z]{5,})'", text)
        yield from re.findall(r"^\s+'([A-Z_]+)': ", text, re.MULTILINE)


# --- the map ---------------------------------------------------------------------


def test_the_map_of_the_readme_is_the_tree() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    match = MAP.search(readme)
    assert match, "README.md has no fenced tree under '## Map'"
    assert set(mapped(match.group(1))) == set(folders())


def mapped(tree: str) -> Iterator[str]:
    """The folders named in a drawn tree, at most two levels deep."""
    top = ""
    for line in tree.splitlines()[1:]:
        drawn = re.match(r"([│ ]*)[├└]── (\S+)/", line)
        assert drawn, f"not a folder of the map: {line}"
        depth = len(drawn.group(1)) // 4
        assert depth < 2, f"deeper than two levels: {line}"
        top = top if depth else drawn.group(2)
        yield f"{top}/{drawn.group(2)}" if depth else top


def folders() -> Iterator[str]:
    """The top two levels of folders that hold files of the project."""
    for folder in sorted(PROJECT.iterdir()):
        if is_mapped(folder):
            yield folder.name
            for inner in sorted(folder.iterdir()):
                if is_mapped(inner):
                    yield f"{folder.name}/{inner.name}"


def is_mapped(path: Path) -> bool:
    return (
        path.is_dir()
        and path.name not in OUTSIDE_THE_MAP
        and not path.name.endswith(".egg-info")
        and any(file.is_file() for file in path.rglob("*"))
    )
