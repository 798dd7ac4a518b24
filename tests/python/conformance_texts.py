"""Case files as short texts, for the tests of the conformance harness."""

from pathlib import Path

from inference_revenue.conformance.case_file import Case, read_case_file
from inference_revenue.conformance.isolation import IsolatedCase, isolate
from inference_revenue.contract import load_contract

TABLES = load_contract()
HEAD = "title: t\nsource: {standard: s, page: p}\n"
EXPECT = "expect: {fct_revenue_recognised: [{period_id: 2026-01, amount: 1}]}\n"
CONTRACT = (
    "  contracts: [{contract_id: k1, customer_id: c1, currency: CU,"
    " approval_kind: signature, signed_at: 2026-01-05, effective_from: 2026-01-01,"
    " effective_to: 2026-12-31}]\n"
)


def cases_of(tmp_path: Path, text: str, name: str = "one") -> list[Case]:
    """The cases of a file with this text under a fixed head."""
    file = tmp_path / f"{name}.yml"
    file.write_text(f"id: {name}\n{HEAD}{text}", encoding="utf-8")
    return read_case_file(file, lambda table: TABLES[table].key)


def isolated(tmp_path: Path, text: str, name: str = "one") -> IsolatedCase:
    """The only case of such a file, as it is landed."""
    return isolate(cases_of(tmp_path, text, name)[0], TABLES)
