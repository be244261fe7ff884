# make build    environment in .venv, then all marts from SHOP_DATA (default: the bundled sample)
# make check    the checks of a few minutes: code, structure, models with data and unit tests
# make test     every check; tests of warehouses that are not installed are skipped, with REQUIRE_ALL=1 they fail
# make help     all targets

PYTHON_FOR_VENV ?= python3
VENV := .venv
PYTHON := $(VENV)/bin/python
TEST_DATABASE := build/test.duckdb
# what pytest runs, such as MARK="postgres"; Spark's server takes all cores and runs by itself
MARK ?= not spark

.DEFAULT_GOAL := help
.PHONY: build check test lint structure models sql pytest test-spark parse-next postgres spark oracle bench \
	bench-behaviour bench-findings docs lock clean help

build: $(VENV)/.build ## Build all marts and show the main results
	$(PYTHON) -m customer_analytics build

check: lint structure models ## Run the checks of a few minutes

test: lint structure models sql pytest test-spark ## Run every check

lint: $(VENV)/.dev ## Check the Python code
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

# dbt-bouncer reads the manifest from target/
structure: export DBT_TARGET_PATH := target
structure: export DBT_PROFILES_DIR := .
structure: $(VENV)/.dev ## Check structure and descriptions of the dbt project
	$(VENV)/bin/dbt --quiet parse
	$(VENV)/bin/dbt-bouncer run --config-file dbt-bouncer.yml
	$(VENV)/bin/dbt-score lint --manifest target/manifest.json --show failing-items

models: export ANALYTICS_DB := $(TEST_DATABASE)
models: export SHOP_DATA := examples/sample
models: export DBT_PROFILES_DIR := .
models: $(VENV)/.build ## Build the sample with all data and unit tests
	rm -f $(TEST_DATABASE)
	$(VENV)/bin/dbt build --quiet --select '*'

sql: export ANALYTICS_DB := $(TEST_DATABASE)
sql: export DBT_PROFILES_DIR := .
sql: $(VENV)/.dev ## Check the SQL code
	$(VENV)/bin/sqlfluff lint --disable-progress-bar --processes 2 models tests analyses

pytest: $(VENV)/.dev ## Run the tests in Python
	$(PYTHON) -m pytest -n 2 --dist worksteal -m "$(MARK)" --durations=30

test-spark: $(VENV)/.dev ## Compare marts of a throw-away Spark with DuckDB's, in one table
	$(PYTHON) -m pytest -s -m spark tests/python/test_spark.py

parse-next: $(VENV)/.build ## Parse the project with the next versions of dbt, in throw-away environments
	$(PYTHON) requirements/parse_next.py

postgres: $(VENV)/.postgres ## Install how dbt reaches Postgres, for the target postgres

spark: $(VENV)/.spark ## Install Spark and how dbt reaches one, for the target spark and its tests (0.5 GB)

oracle: $(VENV)/.oracle ## Install ClickHouse as a Python package, for the test of funnels and sessions (0.5 GB)

bench: SIZES ?= 10000 100000
bench: $(VENV)/.build $(VENV)/.bench ## Measure how builds grow, SIZES="10000 100000" customers, MEMORY=5GB, BESIDE=another checkout (5 minutes, 3 GB in build/)
	$(PYTHON) benchmarks/growth.py build/bench --sizes "$(SIZES)" $(if $(MEMORY),--memory $(MEMORY)) $(if $(BESIDE),--beside $(BESIDE))

bench-behaviour: $(VENV)/.build $(VENV)/.oracle ## Measure what sessions and funnels cost, beside other ways (10 minutes, 3 GB in build/)
	$(PYTHON) benchmarks/behaviour.py build/bench/behaviour

bench-findings: SEEDS ?= 104-109
bench-findings: $(VENV)/.build ## Measure what the findings name and make up in simulated shops, SEEDS=104-109 from first to last (5 minutes and 0.7 GB each)
	PYTHONPATH=. $(PYTHON) benchmarks/findings.py build/bench/findings --seeds $(SEEDS)

docs: build ## Describe all tables and columns in one HTML page
	$(VENV)/bin/dbt --quiet docs generate --static
	@echo "$${DBT_TARGET_PATH:-target}/static_index.html"

# one resolution for all: the other locks hold the versions of the largest; pins change only with --upgrade-package
LOCK = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
SAME = --constraint requirements/dev.txt
lock: $(VENV)/.build ## Write the locked requirements from pyproject.toml, UPGRADE="--upgrade-package dbt-core"
	$(LOCK) $(UPGRADE) pyproject.toml --extra postgres --group dev --output-file requirements/dev.txt
	$(LOCK) $(UPGRADE) $(SAME) pyproject.toml --output-file requirements/build.txt
	$(LOCK) $(UPGRADE) $(SAME) pyproject.toml --extra postgres --output-file requirements/postgres.txt
	$(LOCK) $(UPGRADE) $(SAME) pyproject.toml --extra spark --group spark-server --output-file requirements/spark.txt
	for group in install bench oracle; do \
		$(LOCK) $(UPGRADE) $(SAME) --group $$group --output-file requirements/$$group.txt || exit 1; done

clean: ## Remove what builds and tests have left, but neither the environment nor the published marts
	test ! -d build || find build -mindepth 1 -maxdepth 1 ! -name live -exec rm -rf {} +
	rm -rf target logs .pytest_cache .ruff_cache

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-15s %s\n", $$1, $$2 }'

# pip brings uv, uv the rest; locks name every package with its hash, so nothing is resolved
$(VENV)/.build: requirements/install.txt requirements/build.txt pyproject.toml
	test -x $(PYTHON) || $(PYTHON_FOR_VENV) -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/install.txt
	$(PYTHON) requirements/install.py build
	touch $@

$(VENV)/.%: requirements/%.txt $(VENV)/.build
	$(PYTHON) requirements/install.py $*
	touch $@
