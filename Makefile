# Make only wraps `python -m inference_revenue <command>`; schedulers call that directly.
#
#   make run                    the main job on the bundled synthetic company
#   make run RAW=<folder>       on your own files, one file or folder per table
#   make run TRACE=<file>       on a real usage trace
#        AS_OF=2026-03-31       as known at the end of that day (UTC)
#   make test                   every check, as continuous integration runs it
#   make conformance CASES=<folder>   worked accounting cases, the bundled ones without CASES
#   make queue TO=<file>        write what people must decide as a sheet (CSV)
#   make decide FILE=<file>     check the filled-in sheet and append it to the inputs
#   make bench                  measure speed
#   make lint                   ruff, mypy, sqlfluff
#   make clean                  remove what tools left; published books and state stay

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Test files, and models under lint, are taken side by side.
WORKERS ?= 2
APP := $(BIN)/python -m inference_revenue
STAMP := $(VENV)/installed
# Checks have a warehouse of their own: they never touch published books.
CHECK := INFERENCE_REVENUE_WAREHOUSE=$(CURDIR)/warehouse/check
LINT_FILE := INFERENCE_REVENUE_WORK_FILE=$(CURDIR)/warehouse/check/lint/inference_revenue.duckdb

.DEFAULT_GOAL := run
.PHONY: run queue decide test conformance bench lint clean setup

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "Python 3.11 or later is needed, and $(PYTHON) is not: call make with PYTHON=<a newer one>." >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $(STAMP)

run: $(STAMP)
	@$(APP) run $(if $(RAW),--raw "$(RAW)") $(if $(TRACE),--trace "$(TRACE)") $(if $(AS_OF),--as-of "$(AS_OF)")

conformance: $(STAMP)
	@$(APP) conformance $(if $(CASES),--folder "$(CASES)") $(ARGS)

queue: $(STAMP)
	@$(APP) queue $(if $(TO),--to "$(TO)")

decide: $(STAMP)
	@test -n "$(FILE)" || { echo "Give the filled-in sheet: make decide FILE=<file>" >&2; exit 1; }
	@$(APP) decide "$(FILE)" $(if $(RAW),--raw "$(RAW)")

bench: $(STAMP)
	@$(APP) bench $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(CHECK) $(LINT_FILE) $(BIN)/python .ci/lint_sql.py lint --processes $(WORKERS) models $(wildcard tests/data)

test: lint
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
	$(CHECK) $(APP) run --with-tests
	$(APP) conformance

clean:
	rm -rf target logs .mypy_cache .pytest_cache .ruff_cache .hypothesis warehouse/check warehouse/work
