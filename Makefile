# Two commands are enough: `make run` starts the portal, `make test` tests it.
# Every path below is relative, so that a checkout in a folder with spaces works.
.DEFAULT_GOAL := help
.NOTPARALLEL:

# What people may set: make run PORT=8080 CMK_INSTANCE=/srv/cmk
PYTHON ?= python3
PORT ?= 8000
CMK_INSTANCE ?= instance
# How many tests run at once.
WORKERS ?= 2

PY := .venv/bin/python
TYPED := app.py cmk_admin models views tests benchmarks
# Everything that can change what the suite says or covers.
SOURCES := $(shell find app.py benchmarks cmk_admin migrations models static templates tests views \
	pyproject.toml requirements.txt requirements-dev.txt -type f -not -name '*.pyc' 2>/dev/null)

.PHONY: help
help:
	@echo 'make run        het portaal starten op http://127.0.0.1:$(PORT)'
	@echo 'make test       alle tests, in negen tot tien minuten'
	@echo 'make test-all   dezelfde tests met volle aantallen'
	@echo 'make check      opmaak, stijl, types, lagen, sjablonen, migraties, dekking'
	@echo 'make bench      meten hoe snel lijsten, rapportages en werkmappen zijn'
	@echo 'make clean      .venv en bouwresten weg; de gegevens in $(CMK_INSTANCE) blijven'

# --- the virtual environment -------------------------------------------------
# A stamp per list of requirements: a changed list installs again, an unchanged
# one costs nothing. A venv whose Python has gone is made anew.
define venv
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo 'Python 3.11 of nieuwer is nodig. Een andere aanwijzen: make $(or $(MAKECMDGOALS),run) PYTHON=/pad/naar/python3' >&2; exit 1; }
@$(PY) -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv || \
	{ echo 'Geen .venv kunnen maken. Op Debian ontbreekt dan: apt-get install python3-venv' >&2; exit 1; }
endef

.venv/run.stamp: requirements.txt
	$(venv)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements.txt requirements-dev.txt
	$(venv)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ .venv/run.stamp

# --- running -----------------------------------------------------------------
.PHONY: run
run: .venv/run.stamp
	@exec $(PY) -m cmk_admin.serve

# --- testing -----------------------------------------------------------------
SUITE := -m pytest -n $(WORKERS) --dist worksteal

.PHONY: test test-all
test: .venv/dev.stamp
	@$(PY) tests/support/parts.py
	$(PY) $(SUITE)

test-all: export CMK_TEST_FULL = 1
test-all: test

# Counting lines doubles the time a test takes, so only `make check` does, and not of the
# tests in a browser: they are a third of the time and reach what the others reach.
# build/covered is touched when the suite passed under it: the next check of the
# same code reads what is on file.
build/covered: $(SOURCES) | .venv/dev.stamp
	@$(PY) tests/support/parts.py
	$(PY) $(SUITE) --ignore=tests/e2e --cov --cov-report=
	@mkdir -p build && touch $@

# --- checking ----------------------------------------------------------------
.PHONY: check lint drift coverage
check: lint drift coverage

lint: .venv/dev.stamp
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy $(TYPED)
	.venv/bin/lint-imports --no-cache
	$(PY) -m djlint --lint --quiet templates

# Models and migrations agree, on both databases, and every migration goes back.
drift: .venv/dev.stamp
	@$(PY) tests/support/parts.py
	$(PY) -m pytest -q tests/test_migrations.py

# Runs the suite only when something changed since it last passed.
coverage: build/covered
	$(PY) -m coverage report --include='app.py,cmk_admin/*,models/*,views/*' --fail-under=95
	$(PY) -m coverage report --include='tests/*' --omit='tests/e2e/*' --fail-under=97

# --- the rest ----------------------------------------------------------------
.PHONY: bench clean
bench: .venv/dev.stamp
	$(PY) -m benchmarks

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
