# Every command a person or a machine needs. `make help` lists them.
PYTHON  ?= $(shell command -v python3.11 || command -v python3)
PERSONS ?=
SEED    ?= 1
DEMO    ?= demo

BIN        := .venv/bin
DELIVERIES := $(DEMO)/deliveries
# The demo's own home, whatever the environment names: invented people are run into no other.
export CRIMELINK_HOME := $(DEMO)/home
# Airflow and Great Expectations take seconds to compile: once, not in every process.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test check format docs lock clean

help: ## This list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: .venv/ready ## Set everything up in .venv

.venv/ready: requirements.lock requirements-uv.lock pyproject.toml
	@echo "setting up .venv"
	@$(PYTHON) -c 'import sys; assert sys.version_info[:2] >= (3, 11), "Python 3.11 or newer is needed"'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install -q --require-hashes -r requirements.lock
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	@touch $@

run: setup $(DELIVERIES) ## Simulate two nights of every force and run them (PERSONS=N SEED=S DEMO=folder)
	@$(BIN)/crimelink run --deliveries $(DELIVERIES)

$(DELIVERIES): | setup
	@$(BIN)/crimelink simulate $(DELIVERIES) --seed $(SEED) $(if $(PERSONS),--persons $(PERSONS))

test: setup ## Run every test
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -rs

check: setup ## Lint, types, architecture, generated documents
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/crimelink forces check > /dev/null
	@$(BIN)/python -m warehouse.dictionary --check docs/data-dictionary.md
	@$(BIN)/python -m transforms.systems.standard_doc --check
	@$(BIN)/python -m benchmarks.rules_page --check docs/quality-rules.md

format: setup ## Format and mend what can be mended
	@$(BIN)/ruff format -q .
	@$(BIN)/ruff check -q --fix .

docs: setup ## Write the generated documents again
	@$(BIN)/python -m warehouse.dictionary docs/data-dictionary.md
	@$(BIN)/python -m transforms.systems.standard_doc

lock: setup ## Resolve the requirements again
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --all-extras -q -o requirements.lock

clean: ## Remove the demonstrations of README.md and caches; homes elsewhere stay
	@rm -rf $(DEMO) nights/deliveries nights/home .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@rmdir nights 2> /dev/null || true
