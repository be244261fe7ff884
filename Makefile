# make build    create .venv, then build all marts from SHOP_DATA (default: the bundled sample)
# make check    checks that take a few minutes: code, structure, models with data tests and unit tests
# make test     all checks; tests of warehouses that are not installed are skipped (REQUIRE_ALL=1: they fail)
# make help     list all targets

PYTHON_FOR_VENV ?= python3
VENV := .venv
PYTHON := $(VENV)/bin/python
TEST_DATABASE := build/test.duckdb
# pytest marker expression, such as MARK="postgres"; Spark tests use all cores, so they run separately
MARK ?= not spark

.DEFAULT_GOAL := help
.PHONY: build check test lint structure models sql pytest test-spark parse-next postgres spark oracle bench \
	bench-behaviour bench-findings docs pages lock licences clean help

build: $(VENV)/.build ## Build and publish all marts, write the report and print the main results
	$(PYTHON) -m customer_analytics build

check: lint structure models ## Run the checks that take a few minutes

test: lint structure models sql pytest test-spark ## Run all checks

lint: $(VENV)/.dev ## Lint the Python code
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

# dbt-bouncer reads the manifest from target/
structure: export DBT_TARGET_PATH := target
structure: export DBT_PROFILES_DIR := .
structure: $(VENV)/.dev ## Check the structure and descriptions of the dbt project
	$(VENV)/bin/dbt --quiet parse
	$(VENV)/bin/dbt-bouncer run --config-file dbt-bouncer.yml
	$(VENV)/bin/dbt-score lint --manifest target/manifest.json --show failing-items

models: export ANALYTICS_DB := $(TEST_DATABASE)
models: export SHOP_DATA := examples/sample
models: export DBT_PROFILES_DIR := .
models: $(VENV)/.build ## Build the sample with all data tests and unit tests
	rm -f $(TEST_DATABASE)
	$(VENV)/bin/dbt build --quiet --select '*'

sql: export ANALYTICS_DB := $(TEST_DATABASE)
sql: export DBT_PROFILES_DIR := .
sql: $(VENV)/.dev ## Lint the SQL code
	$(VENV)/bin/sqlfluff lint --disable-progress-bar --processes 2 models/staging models/intermediate models/marts tests analyses

pytest: $(VENV)/.dev ## Run the Python tests
	$(PYTHON) -m pytest -n 2 --dist worksteal -m "$(MARK)" --durations=30

test-spark: $(VENV)/.dev ## Compare every mart on a temporary Spark server with DuckDB; prints one summary table
	$(PYTHON) -m pytest -s -m spark tests/python/test_spark.py

parse-next: $(VENV)/.build ## Parse the project with the next versions of dbt, in temporary environments
	$(PYTHON) requirements/parse_next.py

postgres: $(VENV)/.postgres ## Install the Postgres adapter (dbt target postgres)

spark: $(VENV)/.spark ## Install the Spark adapter (dbt target spark) and a Spark server for its tests (0.5 GB)

oracle: $(VENV)/.oracle ## Install ClickHouse as a Python package, for tests of funnels and sessions (0.5 GB)

bench: SIZES ?= 10000 100000
bench: $(VENV)/.build $(VENV)/.bench ## Measure build cost by shop size: SIZES="10000 100000" customers, MEMORY=5GB, BESIDE=another checkout (5 minutes, 3 GB in build/)
	$(PYTHON) benchmarks/growth.py build/bench --sizes "$(SIZES)" $(if $(MEMORY),--memory $(MEMORY)) $(if $(BESIDE),--beside $(BESIDE))

bench-behaviour: $(VENV)/.build $(VENV)/.oracle ## Compare the cost of sessions and funnels with other methods (10 minutes, 3 GB in build/)
	$(PYTHON) benchmarks/behaviour.py build/bench/behaviour

bench-findings: SEEDS ?= 104-109
bench-findings: $(VENV)/.build ## Measure detected incidents and false positives in simulated shops, SEEDS=first-last (5 minutes and 0.7 GB per seed)
	PYTHONPATH=. $(PYTHON) benchmarks/findings.py build/bench/findings --seeds $(SEEDS)

docs: build ## Build, then write the documentation of all tables and columns as one HTML page
	$(VENV)/bin/dbt --quiet docs generate --static
	@echo "$${DBT_TARGET_PATH:-target}/static_index.html"

pages: $(VENV)/.build ## Regenerate the pages of the input contract and of the adapters
	$(PYTHON) docs/generate.py

# one resolution: dev.txt is resolved first and constrains the other locks; pins change only with --upgrade-package
LOCK = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
SAME = --constraint requirements/dev.txt
lock: $(VENV)/.build ## Regenerate the lock files from pyproject.toml, UPGRADE="--upgrade-package dbt-core"
	$(LOCK) $(UPGRADE) pyproject.toml --extra postgres --group dev --output-file requirements/dev.txt
	$(LOCK) $(UPGRADE) $(SAME) pyproject.toml --output-file requirements/build.txt
	$(LOCK) $(UPGRADE) $(SAME) pyproject.toml --extra postgres --output-file requirements/postgres.txt
	$(LOCK) $(UPGRADE) $(SAME) pyproject.toml --extra spark --group spark-server --output-file requirements/spark.txt
	for group in install bench oracle; do \
		$(LOCK) $(UPGRADE) $(SAME) --group $$group --output-file requirements/$$group.txt || exit 1; done

licences: $(VENV)/.dev $(VENV)/.postgres $(VENV)/.spark $(VENV)/.bench $(VENV)/.oracle ## Regenerate docs/licences.md from the lock files and the installed packages
	$(PYTHON) requirements/licences.py

clean: ## Remove the output of builds and tests; keep the environment and the published marts
	test ! -d build || find build -mindepth 1 -maxdepth 1 ! -name live -exec rm -rf {} +
	rm -rf target logs .pytest_cache .ruff_cache

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-15s %s\n", $$1, $$2 }'

# pip installs uv, uv installs the rest; locks list every package with its hash, so nothing is resolved
$(VENV)/.build: requirements/install.txt requirements/build.txt pyproject.toml
	test -x $(PYTHON) || $(PYTHON_FOR_VENV) -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/install.txt
	$(PYTHON) requirements/install.py build
	touch $@

$(VENV)/.%: requirements/%.txt $(VENV)/.build
	$(PYTHON) requirements/install.py $*
	touch $@
