# Only bootstraps: makes an environment of its own in .venv and hands over to the programs in it.
# Everything else is done by `voordeur` and by pytest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help

.PHONY: help demo test lint bench simulate learn lock clean

help: ## Show what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.run ## Try everything with made-up people, on http://127.0.0.1:8080 (ARGS="--clock 02:00")
	@$(BIN)/voordeur demo $(ARGS)

test: $(VENV)/.dev ## Check everything: style, types, layers, content, and all tests (ARGS="-k words")
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n auto $(ARGS)

lint: $(VENV)/.dev ## Check style, types, layers and content only
	@echo "style" && $(BIN)/ruff check . && $(BIN)/ruff format --check -q .
	@echo "types" && $(BIN)/mypy --no-error-summary
	@echo "layers" && $(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache
	@echo "content" && $(BIN)/voordeur check

bench: $(VENV)/.dev ## Measure speed and memory, as ratios; minutes, on an idle machine
	@$(BIN)/python -m tests.benchmarks $(ARGS)

simulate: $(VENV)/.dev ## Play thousands of made-up days of the queue (ARGS="--seeds 10000", "--week flood")
	@$(BIN)/python -m tests.simulation $(ARGS)

learn: $(VENV)/.dev ## Learn anew what danger sounds like, from data/danger/examples; and how well that works
	@$(BIN)/voordeur learn && $(BIN)/voordeur learn --judge tests/danger/kept_away

lock: $(VENV)/.dev ## Write the two lock files anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -q -o requirements-dev.lock

clean: ## Remove the environment and everything that was made
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/artifacts

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; say which one with: make PYTHON=python3.12"; exit 1; }
	@echo "Making an environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv is missing; on Debian: apt install python3-venv"; exit 1; }

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what it needs (about a minute) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing what the tests need (about a minute) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
