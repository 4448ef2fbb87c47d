# make warehouse   builds and publishes the warehouse from samples/, then prints what is in it
# make test        everything that is checked: linters, unit tests, dbt build with its tests, the notebook
# Both set up .venv themselves; where it is already right that takes no time (see $(STAMP)).

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR ?= warehouse
WORKERS ?= 2
STAMP := $(VENV)/.requirements-installed
SPARK_STAMP := $(VENV)/.requirements-spark-installed

.DEFAULT_GOAL := help
.PHONY: help setup warehouse test lint lock clean

help:
	@sed -n 's/^# //p' Makefile | head -3

# The stamp holds the lock it was made from: a newer checkout with the same lock needs no new set-up.
setup:
	@if ! cat requirements.lock pyproject.toml | cmp -s - $(STAMP); then $(MAKE) --no-print-directory install; fi

.PHONY: install
install:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更高版本 (Python 3.11+ is needed)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@cat requirements.lock pyproject.toml > $(STAMP)

# Spark is for the tests alone; it is large, and the warehouse does not need it.
.PHONY: setup-spark
setup-spark: setup
	@cmp -s requirements-spark.lock $(SPARK_STAMP) || { \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-spark.lock \
	    && cp requirements-spark.lock $(SPARK_STAMP); }

warehouse: setup
	$(BIN)/gongkai refresh samples --home $(HOME_DIR)
	$(BIN)/gongkai status --home $(HOME_DIR)

lint: setup
	$(BIN)/ruff check .

# Older clients that open the published file; one that cannot be had is said, and its test skips.
.PHONY: clients
clients: setup
	-@$(BIN)/python -m tests.clients

test: setup setup-spark clients lint
	$(BIN)/pytest -n $(WORKERS)

# DuckDB for the site's SQL page, from npm; without it gongkai site leaves that page out.
.PHONY: site-assets
site-assets:
	cd site/sql && npm ci --no-audit --no-fund --ignore-scripts && node build.mjs

# Lighthouse, from npm, which judges the pages of a site: python -m benchmarks.site_lighthouse SITE.
.PHONY: site-check
site-check:
	cd site/check && npm ci --no-audit --no-fund --ignore-scripts

# Resolves pyproject.toml afresh and writes the exact versions, without addresses, in alphabetical order; what only
# Spark needs stands in a lock of its own.
lock:
	@mkdir -p build
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --dry-run --ignore-installed \
	    --report build/lock.json --editable '.[dev]'
	$(BIN)/python -c "import json; report = json.load(open('build/lock.json')); \
	    pins = sorted((i['metadata']['name'].lower(), i['metadata']['version']) for i in report['install']); \
	    print('\n'.join(f'{n}=={v}' for n, v in pins if n != 'gongkai'))" > requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --dry-run --ignore-installed \
	    --report build/lock-spark.json --constraint requirements.lock --editable '.[dev,spark]'
	$(BIN)/python -c "import json; report = json.load(open('build/lock-spark.json')); \
	    held = set(open('requirements.lock').read().split()) | {'gongkai'}; \
	    pins = sorted((i['metadata']['name'].lower(), i['metadata']['version']) for i in report['install']); \
	    print('\n'.join(f'{n}=={v}' for n, v in pins if n != 'gongkai' and f'{n}=={v}' not in held))" \
	    > requirements-spark.lock

# Measures everything and writes docs/benchmarks.md: hours; BENCHMARKS=--short takes minutes.
.PHONY: benchmarks
benchmarks: setup
	$(BIN)/python -m benchmarks $(BENCHMARKS)

clean:
	rm -rf build target logs .pytest_cache .ruff_cache .hypothesis
