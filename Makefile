# feedmill: `make` alone explains itself.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= out

.DEFAULT_GOAL := help
.PHONY: help install run test check lint type eval bench query lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/installed ## Make .venv from requirements.lock (every other target does so by itself)

.venv/installed: requirements.lock setup.py
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 10) <= v <= (3, 13) else f"feedmill needs Python 3.10 to 3.13, this is {v[0]}.{v[1]}; name another: make PYTHON=python3.11")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: .venv/installed ## Ingest the sample snapshots into out/ and ask a first question
	@$(BIN)/feedmill ingest --input 'seeds/*.txt' --output $(OUT)
	@$(BIN)/feedmill query -w $(OUT) "SELECT lang, count(*) AS items, count(source_name) AS with_source, min(published_at) AS first, max(published_at) AS last FROM items GROUP BY ALL"

query: .venv/installed ## Ask the warehouse in out/: make query SQL="SELECT ..."
	@$(BIN)/feedmill query -w $(OUT) $(if $(SQL),"$(SQL)")

test: .venv/installed ## Run the tests
	$(BIN)/python -m pytest

check: lint type test ## Everything a change must pass

lint: .venv/installed ## Style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

type: .venv/installed ## Types
	$(BIN)/mypy pipelines transforms

eval: .venv/installed ## Measure quality on the development data, against floors that only rise
	$(BIN)/python -m pytest tests/eval -s

bench: .venv/installed ## Measure speed side by side with what one would write instead
	$(BIN)/python -m tests.bench

lock: ## Renew requirements.lock from setup.py (needs uv)
	$(BIN)/uv pip compile setup.py --extra dev --universal --python-version 3.10 --generate-hashes --no-annotate --quiet --output-file requirements.lock

clean: ## Remove what was made: .venv, out/, caches
	rm -rf .venv out build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
