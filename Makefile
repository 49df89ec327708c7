# Two commands: `make demo` and `make test`. Everything else is for working on the house.
PYTHON ?= python3
PORT ?= 8008
VENV := .venv
BIN := $(VENV)/bin
DEMO_DATA ?= ulzii-data

.PHONY: help demo test types all-tests test-fast fix bench lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed  ## install, load the bundled sources, serve on PORT
	@exec $(BIN)/ulzii --data $(DEMO_DATA) demo --port $(PORT)

test: $(VENV)/.developer  ## style, types and tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(MAKE) --no-print-directory --jobs=2 types all-tests

types:  # one process, up to a minute where nothing is cached: beside the tests
	$(BIN)/mypy

all-tests:
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

test-fast: $(VENV)/.developer  ## the tests that start no processes, publish and validate little
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder -m "not slow and not ci"

# The tests start some hundred interpreters, which need not all compile the same modules: let them
# keep the bytecode, whatever the environment says.
test all-tests test-fast: export PYTHONDONTWRITEBYTECODE =

fix: $(VENV)/.developer  ## sort imports, fix what ruff can fix, format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.developer  ## measure, and write bench/RESULTS.md
	$(BIN)/python -m bench --keep build/bench

# uv resolves for the oldest Python we promise, whichever runs here; pip installs what is pinned.
COMPILE = bash .ci/uv.sh pip compile --quiet --upgrade --python-version 3.11.0 --strip-extras \
	--generate-hashes --no-header pyproject.toml
BUILD = 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"])'

lock:  ## pin versions and hashes anew (no host names; for the oldest Python: .ci/pins.sh)
	{ $(PYTHON) -c $(BUILD); echo editables; } | $(COMPILE) - -o requirements.lock
	$(COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Ulzii needs Python 3.11 or newer; try: make PYTHON=python3.12 demo" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.developer: $(VENV)/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
