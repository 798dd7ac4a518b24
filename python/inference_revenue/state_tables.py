"""The tables of the state schema and their columns."""

Columns = dict[str, str]

MONEY = "decimal(38,9)"

RUN_CONTEXT: Columns = {
    "run_id": "varchar",
    "as_of": "timestamp",
    "started_at": "timestamp",
    "project_version": "varchar",
    "raw_folder": "varchar",
    "company": "varchar",
    "code_fingerprint": "varchar",
}
# The parts of this run's files: a file that grew is loaded in parts, each with an id.
INPUT_FILES: Columns = {
    "file_id": "varchar",
    "base_file_id": "varchar",
    "table_name": "varchar",
    "path": "varchar",
    "content_hash": "varchar",
    "byte_count": "bigint",
    "after_row": "bigint",
    "row_count": "bigint",
    "first_loaded_at": "timestamp",
    "unknown_columns": "varchar",
    "changed_from_hash": "varchar",
    # False: an earlier run read its usage events, for the knowledge date given.
    "is_unread": "boolean",
    "read_as_of": "timestamp",
    "content_loaded_at": "timestamp",
    # Not in the published run before, or not as it is now.
    "is_new": "boolean",
    # Rows recorded up to then came after that close was stored: LATE_ARRIVAL.
    "late_until_at": "timestamp",
    "late_row_count": "bigint",
    "modified_ns": "bigint",
    "hashed_at": "timestamp",
}
# Every content ever loaded under a file's name, also of files that are gone.
LOADED_CONTENTS: Columns = {
    "table_name": "varchar",
    "file_id": "varchar",
    "content_hash": "varchar",
    "byte_count": "bigint",
    "row_count": "bigint",
    "row_sums": "varchar",
    "first_loaded_at": "timestamp",
    "changed_from_hash": "varchar",
}
FILE_PARTS: Columns = {
    "base_file_id": "varchar",
    "file_id": "varchar",
    "after_row": "bigint",
    "first_loaded_at": "timestamp",
    "late_until_at": "timestamp",
    "late_row_count": "bigint",
}
# Files that were loaded before and are gone, or have fewer rows than they had.
LOST_FILES: Columns = {
    "file_id": "varchar",
    "table_name": "varchar",
    "path": "varchar",
    "content_hash": "varchar",
    "row_count": "bigint",
    "row_count_now": "bigint",
    "is_missing": "boolean",
    "noticed_at": "timestamp",
}
# Rows without recorded_at and their first loads; usage_events goes by file.
LOADED_ROWS: Columns = {
    "table_name": "varchar",
    "row_id": "varchar",
    "first_loaded_at": "timestamp",
}
# The same for this run's rows, by where they are.
ROW_PINS: Columns = {
    "table_name": "varchar",
    "file_id": "varchar",
    "row_number": "bigint",
    "known_at": "timestamp",
}
POSTED_REVENUE: Columns = {
    "book": "varchar",
    "entity_id": "varchar",
    "customer_id": "varchar",
    "contract_id": "varchar",
    "obligation_id": "varchar",
    "product_id": "varchar",
    "period_id": "varchar",
    "period_ordinal": "integer",
    "currency": "varchar",
    "component": "varchar",
    "cause_code": "varchar",
    "current_amount": MONEY,
    "catch_up_amount": MONEY,
    "modification_catch_up_amount": MONEY,
    "amount": MONEY,
    "functional_amount": MONEY,
    "reporting_amount": MONEY,
}
POSTED_JOURNAL_LINES: Columns = {
    "book": "varchar",
    "entity_id": "varchar",
    "period_id": "varchar",
    "period_ordinal": "integer",
    "entry_date": "date",
    "journal_id": "varchar",
    "line_number": "integer",
    "contract_id": "varchar",
    "obligation_id": "varchar",
    "event_type": "varchar",
    "cause_code": "varchar",
    "account_code": "varchar",
    "account_name": "varchar",
    "currency": "varchar",
    "debit_amount": MONEY,
    "credit_amount": MONEY,
    "functional_currency": "varchar",
    "functional_debit_amount": MONEY,
    "functional_credit_amount": MONEY,
}
SEALS: Columns = {
    "entity_id": "varchar",
    "period_id": "varchar",
    "sealed_at": "timestamp",
    "sealed_as_of": "timestamp",
    "knowledge_cutoff_at": "timestamp",
    "journal_hash": "varchar",
    "journal_line_count": "bigint",
    "revenue_hash": "varchar",
    "revenue_row_count": "bigint",
}
RUNS: Columns = {
    "run_id": "varchar",
    "as_of": "timestamp",
    "project_version": "varchar",
    "started_at": "timestamp",
    "seconds": "decimal(12,3)",
    "outcome": "varchar",
    "rejected_row_count": "bigint",
    "held_row_count": "bigint",
    "summary_json": "varchar",
    "raw_folder": "varchar",
    "exit_code": "integer",
    "error": "varchar",
    # Seeds and models: built by this run, or kept from the published file.
    "built_node_count": "bigint",
    "kept_node_count": "bigint",
}
# The files of each run.
RUN_FILES: Columns = {
    "run_id": "varchar",
    "table_name": "varchar",
    "path": "varchar",
    "content_hash": "varchar",
    "byte_count": "bigint",
    "row_count": "bigint",
    "rejected_row_count": "bigint",
    "held_row_count": "bigint",
    "first_loaded_at": "timestamp",
    "is_new": "boolean",
}
# What each run found: a row for each control, and one for each place it found red.
CONTROL_RESULTS: Columns = {
    "run_id": "varchar",
    "control_code": "varchar",
    "severity": "varchar",
    "entity_id": "varchar",
    "period_id": "varchar",
    "violation_count": "bigint",
    "largest_difference": "decimal(38,18)",
}
# The exceptions that stand, by the knowledge dates at which they were found.
EXCEPTIONS_SEEN: Columns = {
    "exception_id": "varchar",
    "first_seen_at": "timestamp",
    "last_seen_at": "timestamp",
}

# Digests of what the build of this run read from outside; see sources_read.
SOURCES_READ: Columns = {
    "source": "varchar",
    "form": "varchar",
    "digest": "varchar",
}

TABLES: dict[str, Columns] = {
    "run_context": RUN_CONTEXT,
    "input_files": INPUT_FILES,
    "loaded_contents": LOADED_CONTENTS,
    "file_parts": FILE_PARTS,
    "lost_files": LOST_FILES,
    "loaded_rows": LOADED_ROWS,
    "row_pins": ROW_PINS,
    "posted_revenue": POSTED_REVENUE,
    "posted_journal_lines": POSTED_JOURNAL_LINES,
    "seals": SEALS,
    "runs": RUNS,
    "run_files": RUN_FILES,
    "control_results": CONTROL_RESULTS,
    "exceptions_seen": EXCEPTIONS_SEEN,
    "sources_read": SOURCES_READ,
    # What a reopened period had posted before; kept as evidence, read by no model.
    "reopened_revenue": {"reopened_at": "timestamp", **POSTED_REVENUE},
    "reopened_journal_lines": {"reopened_at": "timestamp", **POSTED_JOURNAL_LINES},
    "reopened_seals": {"reopened_at": "timestamp", **SEALS},
}
# What is written anew by each run and comes from none before it.
OF_ONE_RUN = {"run_context", "row_pins", "sources_read"}
# The mart whose columns a table repeats, beyond those it always has.
FOLLOWS = {
    "posted_revenue": "fct_revenue_recognised",
    "reopened_revenue": "fct_revenue_recognised",
    "posted_journal_lines": "fct_journal_lines",
    "reopened_journal_lines": "fct_journal_lines",
}
