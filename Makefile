# feedmill: `make` alone explains itself.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
OUT ?= out

.DEFAULT_GOAL := help
.PHONY: help install run test check lint type eval ablate train bench query install-test linear-test linear-formats fuzz stream-test kill-test prism-test compat template deploy lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/compiled ## Make .venv from requirements.lock (every other target does so by itself)

.venv/locked: requirements.lock
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else f"feedmill needs Python 3.11 to 3.13, this is {v[0]}.{v[1]}; name another: make PYTHON=python3.11")'
	$(PYTHON) -m venv --clear .venv
	@# the lock is whole: nothing is resolved anew, so newer releases of what it names change nothing
	$(PIP) install --quiet --require-hashes --no-deps -r requirements.lock
	@touch $@

# A folder is newer when a module was added to it or taken away: then the package is laid out anew.
.venv/installed: .venv/locked setup.py $(shell find pipelines transforms -type d -not -name __pycache__)
	@# strict: type checkers see the package too
	$(PIP) install --quiet --no-deps --no-build-isolation --config-settings editable_mode=strict -e .
	@$(PIP) check
	@$(BIN)/python -m compileall -q build/__editable__*  # as pip does for what it copies
	@touch $@

.venv/compiled: .venv/installed transforms/text/language/compiled.py transforms/text/language/voters.py
	@$(BIN)/python -m feedmill.transforms.text.language.voters
	@touch $@

run: .venv/compiled ## Ingest the sample snapshots into out/ and ask a first question
	@$(BIN)/feedmill ingest --input 'seeds/*.txt' --output $(OUT)
	@$(BIN)/feedmill query -w $(OUT) "SELECT lang, count(*) AS items, count(source_name) AS with_source, min(published_at) AS first, max(published_at) AS last FROM items_latest GROUP BY ALL"

query: .venv/compiled ## Ask the warehouse in out/: make query SQL="SELECT ..."
	@$(BIN)/feedmill query -w $(OUT) $(if $(SQL),"$(SQL)")

test: .venv/compiled ## Run the tests, on as many cores as there are, eight at most
	$(BIN)/python -m pytest -n logical --maxprocesses 8 --dist worksteal

check: lint type test ## Everything a change must pass

lint: .venv/compiled ## Style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

type: .venv/compiled ## Types
	$(BIN)/mypy -p feedmill

eval: .venv/compiled ## Measure quality on the development data, against floors that only rise
	$(BIN)/python -m tests.eval.reader_pages
	$(BIN)/python -m tests.eval.reader_pages --html
	$(BIN)/python -m tests.eval.feed_suite
	$(BIN)/python -m tests.eval.language
	$(BIN)/python -m tests.eval.duplicates
	$(BIN)/python -m pytest -q tests/eval

ablate: .venv/compiled ## Take each number out of the rules and say what changes: make ablate PART=identity
	$(BIN)/python -m tests.eval.ablate $(PART)

train: .venv/compiled ## Train the labeller of dumps anew (needs jax, put into build/train; an hour)
	$(PIP) install --quiet --target build/train --upgrade 'jax==0.10.2'
	rm -rf build/train/numpy build/train/numpy-* build/train/numpy.libs
	$(TRAINING) -m tests.training.generate --pages 7500 --seed 77 --html 0 --out build/texts.jsonl.zst
	$(TRAINING) -m tests.training.generate --pages 1500 --seed 9 --only blurb --out build/blurbs.jsonl.zst
	$(TRAINING) -m tests.training.generate --pages 3000 --seed 5 --html 0 --most 6 --out build/small.jsonl.zst
	$(TRAINING) -m tests.training.generate --pages 2500 --seed 5 --html 0 --damaged 0.1 --out build/judged.jsonl.zst
	$(TRAINING) -m tests.training.train --epochs 8 --lost 0.06 --out build/held_out.npz --samples $(SAMPLES)
	$(TRAINING) -m tests.training.calibrate --model build/held_out.npz --samples build/judged.jsonl.zst tests/training/rendered.jsonl.zst
	$(TRAINING) -m tests.training.train --all --start build/held_out.npz --rate 1.5e-3 --epochs 4 --samples $(SAMPLES)

TRAINING := PYTHONPATH=.:build/train $(BIN)/python
SAMPLES := build/texts.jsonl.zst build/small.jsonl.zst build/blurbs.jsonl.zst tests/training/rendered.jsonl.zst tests/training/rendered_html.jsonl.zst

bench: .venv/compiled ## Measure speed side by side with what one would write instead
	$(BIN)/python -m tests.bench

install-test: .venv/compiled ## Install a wheel beside a project that has our folders' names, and use it there (a minute)
	$(BIN)/python -m pytest tests/install

linear-test: .venv/compiled ## Hold every format and expression to time that grows as its input does (half an hour)
	$(BIN)/python -m pytest tests/linear

linear-formats: .venv/compiled ## The part of linear-test that asks every format
	$(BIN)/python -m pytest tests/linear/test_formats.py

fuzz: .venv/compiled ## Damage inputs of every kind where it hurts, for FUZZ_MINUTES of CPU (1)
	$(BIN)/python -m tests.fuzz $(or $(FUZZ_MINUTES),1)

stream-test: .venv/compiled ## Hold the stream to what was promised: as prompt and as exact, killed or not (five minutes)
	$(BIN)/python -m tests.streaming prompt
	$(BIN)/python -m tests.streaming kills

kill-test: .venv/compiled ## Kill -9 every command that writes at random moments, N times each: make kill-test N=5
	$(BIN)/python -m tests.kills -n $(or $(N),5)

compat: .venv/compiled ## Hold the oldest and the newest libraries that setup.py allows to the lock's rows (needs Python 3.11 and 3.13)
	$(BIN)/python -m tests.compat

prism-test: .venv/compiled build/bin/prism ## Run the graph on Prism, Beam's engine for one machine (needs Go)
	$(BIN)/python -m pytest tests/prism

build/bin/prism: requirements.lock
	GOBIN=$(CURDIR)/build/bin go install github.com/apache/beam/sdks/v2/go/cmd/prism@v$$(sed -n 's/^apache-beam.*==\([0-9.]*\).*/\1/p' requirements.lock)
	@touch $@

template: ## Build the Dataflow Flex Template: make template IMAGE=REGION-docker.pkg.dev/... TEMPLATE=gs://.../feedmill.json
	$(call need,IMAGE TEMPLATE)
	gcloud builds submit --config pipelines/deploy/cloudbuild.yaml --substitutions "_IMAGE=$(IMAGE),_TEMPLATE=$(TEMPLATE)" .

deploy: ## Launch a job on Dataflow: make deploy IMAGE=... TEMPLATE=... REGION=... OUTPUT=gs://... INPUT=gs://... (or, to stream, SUBSCRIPTION=projects/...) [GCLOUD_FLAGS=...]
	$(call need,IMAGE TEMPLATE REGION OUTPUT $(if $(SUBSCRIPTION),,INPUT))
	gcloud dataflow flex-template run "$(if $(SUBSCRIPTION),feedmill-stream,feedmill-$$(date -u +%Y%m%d-%H%M%S))" \
	  --region "$(REGION)" --template-file-gcs-location "$(TEMPLATE)" \
	  --parameters "^;^$(if $(SUBSCRIPTION),streaming=true;input_subscription=$(SUBSCRIPTION),input=$(INPUT));output=$(OUTPUT);sdk_container_image=$(IMAGE)" $(GCLOUD_FLAGS)

need = $(foreach name,$(1),$(if $($(name)),,$(error $(name) is not given; see pipelines/deploy/README.md)))

lock: ## Renew requirements.lock from setup.py (needs uv)
	$(BIN)/uv pip compile setup.py --extra gcp --extra dev --universal --python-version 3.11 --generate-hashes --no-annotate --quiet --output-file requirements.lock

clean: ## Remove what was made: .venv, out/, caches
	rm -rf .venv out build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
