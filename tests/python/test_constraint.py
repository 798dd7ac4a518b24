"""One constraint serves all that is variable (D6)."""

from __future__ import annotations

import re
from pathlib import Path

MODELS = Path(__file__).parents[2] / "models"
# consideration, breakage, reversals, a change that has no price yet, and prices by use
# to come
CONSTRAINED = {
    "int_variable__statements",
    "int_breakage__statements",
    "int_reversal_rates__statements",
    "fct_minimum_estimates",
    "fct_unpriced_terms",
    "int_blended_averages",
}
REVERSIBLE = {"breakage", "variable_consideration", "reversal_rate"}
KINDS = re.compile(
    r"kind (?:=|in) (\([^)]*\)|'\w+')|estimate_distributions\(\[([^\]]*)"
)


def _models() -> dict[str, str]:
    return {path.stem: path.read_text() for path in MODELS.rglob("*.sql")}


def test_what_is_variable_goes_through_one_constraint() -> None:
    models = _models()
    callers = {name for name in models if "{{ constrained_estimates(" in models[name]}
    assert callers == CONSTRAINED


def test_only_the_constraint_knows_its_confidence() -> None:
    models = _models()
    readers = {name for name in models if "constraint_confidence" in models[name]}
    # its policies, and the history of lots, whose bound is asked for at the same
    assert readers == {"dim_estimation_policies", "int_breakage__asked"}


def test_nobody_values_what_may_reverse_beside_it() -> None:
    for name, text in _models().items():
        read = {
            kind
            for listed in KINDS.findall(text)
            for kind in re.findall(r"\w+", " ".join(listed))
        }
        values = re.search(r"(?<!_)\bvalue\b", text) and "stg_estimates" in text
        if values and read & REVERSIBLE:
            assert name in CONSTRAINED, name
