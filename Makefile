# make build    environment in .venv, then all marts from SHOP_DATA (default: the bundled sample)
# make test     every check; tests of warehouses that are not installed are skipped, with REQUIRE_ALL=1 they fail
# make help     all targets

PYTHON_FOR_VENV ?= python3
VENV := .venv
PYTHON := $(VENV)/bin/python
TEST_DATABASE := build/test.duckdb

.DEFAULT_GOAL := help
.PHONY: build test lint structure models sql pytest test-spark spark oracle bench bench-behaviour bench-findings docs clean help

build: $(VENV)/.installed ## Build all marts and show the main results
	$(PYTHON) -m customer_analytics build

test: lint structure models sql pytest test-spark ## Run every check

lint: $(VENV)/.installed ## Check the Python code
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

# dbt-bouncer reads the manifest from target/
structure: export DBT_TARGET_PATH := target
structure: export DBT_PROFILES_DIR := .
structure: $(VENV)/.installed ## Check structure and descriptions of the dbt project
	$(VENV)/bin/dbt --quiet parse
	$(VENV)/bin/dbt-bouncer run --config-file dbt-bouncer.yml
	$(VENV)/bin/dbt-score lint --manifest target/manifest.json --show failing-items

models: export ANALYTICS_DB := $(TEST_DATABASE)
models: export SHOP_DATA := examples/sample
models: export DBT_PROFILES_DIR := .
models: $(VENV)/.installed ## Build the sample with all data and unit tests
	rm -f $(TEST_DATABASE)
	$(VENV)/bin/dbt build --quiet --select '*'

sql: export ANALYTICS_DB := $(TEST_DATABASE)
sql: export DBT_PROFILES_DIR := .
sql: $(VENV)/.installed ## Check the SQL code
	$(VENV)/bin/sqlfluff lint --disable-progress-bar --processes 2 models tests analyses

pytest: $(VENV)/.installed ## Run the tests in Python
	$(PYTHON) -m pytest -n 2 --dist worksteal -m "not spark" --durations=30

# by itself: its server takes all cores
test-spark: $(VENV)/.installed ## Compare marts of a throw-away Spark with DuckDB's, in one table
	$(PYTHON) -m pytest -s -m spark tests/python/test_spark.py

spark: $(VENV)/.installed ## Install Spark and the way to reach one, for the target spark and its tests (0.5 GB)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-spark.txt

oracle: $(VENV)/.installed ## Install ClickHouse as a Python package, for its test and the benchmark (0.5 GB)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-oracle.txt

bench: SIZES ?= 10000 100000
bench: $(VENV)/.installed ## Measure how builds grow, SIZES="10000 100000" customers, MEMORY=5GB (10 minutes, 3 GB in build/)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-bench.txt
	$(PYTHON) benchmarks/growth.py build/bench --sizes "$(SIZES)" $(if $(MEMORY),--memory $(MEMORY))

bench-behaviour: oracle ## Measure what sessions and funnels cost, beside other ways (10 minutes, 3 GB in build/)
	$(PYTHON) benchmarks/behaviour.py build/bench

bench-findings: SEEDS ?= 104-109
bench-findings: $(VENV)/.installed ## Measure what the findings name and make up in simulated shops, SEEDS=104-109 from first to last (5 minutes and 0.7 GB each)
	PYTHONPATH=. $(PYTHON) benchmarks/findings.py build/bench/findings --seeds $(SEEDS)

docs: build ## Describe all tables and columns in one HTML page
	$(VENV)/bin/dbt --quiet docs generate --static
	@echo "$${DBT_TARGET_PATH:-target}/static_index.html"

clean: ## Remove what builds and tests have left, but neither the environment nor the published marts
	test ! -d build || find build -mindepth 1 -maxdepth 1 ! -name live -exec rm -rf {} +
	rm -rf target logs .pytest_cache .ruff_cache

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-15s %s\n", $$1, $$2 }'

# the lock names every package with its hash; pip resolves nothing
$(VENV)/.installed: requirements.txt
	test -x $(PYTHON) || $(PYTHON_FOR_VENV) -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	touch $@
