"""The input contract in YAML says what the contract says, and contradicts nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from inference_revenue.contract import (
    COLUMN_TYPES,
    COMMON_COLUMNS,
    Table,
    load_contract,
)
from inference_revenue.errors import UserError

PROJECT = Path(__file__).parents[2]
CONTRACT_ORDER = """
    customers products standalone_selling_prices meters contracts contract_lines prices
    contract_events usage_events outcome_events credit_grants credit_events
    billing_documents billing_document_lines cash_events deliveries accounting_periods
    policy_elections estimates reviews fx_rates gl_accounts
"""
NUMBERED = CONTRACT_ORDER.split()
SIDE = ["opening_balances", "gl_balances", "manual_adjustments"]
STARRED = {
    "customers": "customer_id",
    "meters": "meter_id product_id aggregation unit_code",
    "contracts": "contract_id customer_id entity_id currency approval_kind "
    "effective_from source_ref",
    "contract_lines": "line_id contract_id line_kind service_start",
    "usage_events": "event_id meter_id customer_id quantity occurred_at",
    "credit_grants": "grant_id customer_id grant_kind units_granted unit_code "
    "consideration_amount consideration_currency granted_at effective_at",
    "cash_events": "cash_event_id kind customer_id amount currency occurred_at",
    "estimates": "estimate_id kind book scope_type scope_id method scenario_no value "
    "value_unit as_of_date prepared_by source_ref",
    "fx_rates": "from_currency to_currency rate_type rate_date rate_amount "
    "rate_per_units source_ref",
}


@pytest.fixture(scope="module")
def contract() -> dict[str, Table]:
    return load_contract(PROJECT)


def test_tables_are_the_contracts_in_its_order(contract: dict[str, Table]) -> None:
    assert list(contract) == NUMBERED + SIDE
    numbers = [contract[name].number for name in NUMBERED]
    assert numbers == list(range(1, 23))
    assert all(contract[name].number is None for name in SIDE)


def test_every_table_and_column_is_described(contract: dict[str, Table]) -> None:
    for table in contract.values():
        assert len(table.description) > 40, table.name
        for column in table.columns:
            assert column.description, f"{table.name}.{column.name}"
            assert column.data_type in COLUMN_TYPES, f"{table.name}.{column.name}"


def test_every_table_ends_with_the_common_columns(contract: dict[str, Table]) -> None:
    for table in contract.values():
        assert table.column_names[-5:] == COMMON_COLUMNS, table.name
        assert table.column("source_system").required
        assert table.column("recorded_at").required


def test_times_numbers_and_flags_have_their_type(contract: dict[str, Table]) -> None:
    for table in contract.values():
        for column in table.columns:
            label = f"{table.name}.{column.name}"
            if column.name.endswith("_at"):
                assert column.data_type == "timestamp", label
            if column.name.endswith(("_amount", "_rate", "quantity", "_fraction")):
                assert column.data_type == "decimal(38,9)", label
            if column.name.startswith("is_"):
                assert column.data_type == "boolean", label
            if column.one_of or column.id_of or column.is_list:
                assert column.data_type == "varchar", label


def test_only_four_tables_are_always_needed(contract: dict[str, Table]) -> None:
    needed = {name: table.required for name, table in contract.items()}
    assert {name for name, need in needed.items() if need == "always"} == {
        "customers",
        "products",
        "contracts",
        "contract_lines",
    }
    assert {name for name, need in needed.items() if need == "when_cited"} == {
        "meters",
        "prices",
        "usage_events",
    }


def test_source_system_is_part_of_the_key_of_event_tables(
    contract: dict[str, Table],
) -> None:
    keyed = {name for name, table in contract.items() if "source_system" in table.key}
    assert keyed == {
        "usage_events",
        "outcome_events",
        "credit_events",
        "cash_events",
        "deliveries",
    }


def test_versions_with_valid_from_are_keyed_by_it(contract: dict[str, Table]) -> None:
    for table in contract.values():
        if "valid_from" in table.column_names:
            assert table.kind == "versions", table.name
            assert "valid_from" in table.key, table.name


@pytest.mark.parametrize("name", sorted(STARRED))
def test_required_columns(contract: dict[str, Table], name: str) -> None:
    expected = {*STARRED[name].split(), "source_system", "recorded_at"}
    assert set(contract[name].required_columns) == expected


def test_references_lead_back_to_no_table_twice(contract: dict[str, Table]) -> None:
    """Held rows are found table by table, so a cycle would leave no first table."""
    parents = {
        name: {c.references[0] for c in table.columns if c.references}
        for name, table in contract.items()
    }
    while parents:
        free = {name for name, needed in parents.items() if not needed & set(parents)}
        assert free, f"references form a cycle among {sorted(parents)}"
        parents = {name: need for name, need in parents.items() if name not in free}


def test_evidence_is_not_held_for_its_references(contract: dict[str, Table]) -> None:
    """The evidence room finds the line of usage and outcomes, by several ways."""
    for name in ("usage_events", "outcome_events"):
        assert not [c.name for c in contract[name].columns if c.references]
    assert contract["cash_events"].column("document_id").references is None


CUSTOMERS = """
version: 2
sources:
  - name: raw
    tables:
      - name: customers
        config: {meta: {kind: versions, key: [customer_id], required: always}}
        columns:
          - {name: customer_id, data_type: varchar, description: The customer.}
          - {name: source_system, data_type: varchar, description: Where from.}
          - {name: recorded_at, data_type: timestamp, description: When known.}
          - {name: is_retracted, data_type: boolean, description: Withdrawn.}
          - {name: is_test, data_type: boolean, description: Test data.}
          - {name: source_ref, data_type: varchar, description: Evidence.}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        folder = tmp_path / "models" / "staging" / "parties"
        folder.mkdir(parents=True)
        (folder / "_parties__sources.yml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_a_small_contract_is_read(write: Callable[[str], Path]) -> None:
    table = load_contract(write(CUSTOMERS))["customers"]
    assert (table.subject, table.key) == ("parties", ("customer_id",))
    assert table.column("customer_id").description == "The customer."


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("key: [customer_id]", "key: [client_id]", "lacks the column client_id"),
        ("kind: versions", "kind: diary", "unknown kind diary"),
        ("required: always", "required: always, owner: me", "unknown meta owner"),
        ("varchar, description: The", "text, description: The", "unknown type text"),
        ("description: The customer.", 'description: ""', "has no description"),
        (
            "The customer.}",
            "The customer., config: {meta: {references: clients.id}}}",
            "unknown table clients",
        ),
        ("kind: versions", "kind: [", "cannot be read"),
    ],
)
def test_a_contradiction_is_one_sentence(
    write: Callable[[str], Path], before: str, after: str, says: str
) -> None:
    assert before in CUSTOMERS
    with pytest.raises(UserError, match=says) as raised:
        load_contract(write(CUSTOMERS.replace(before, after, 1)))
    assert "\n" not in str(raised.value)
    assert str(raised.value).endswith(".")


def test_no_contract_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No input contract was found"):
        load_contract(tmp_path)
