# `make demo` and `make test` are all that a new machine needs; each makes its own .venv with pinned versions.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-all check lint types floors wheel-test clean

demo: .venv/installed
	$(BIN)/videostar demo

test: .venv/installed
	$(BIN)/pytest -q -m "not slow"

test-all: .venv/installed
	$(BIN)/pytest -q

check: lint types floors test

lint: .venv/installed
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks

types: .venv/installed
	$(BIN)/mypy

floors: .venv/installed
	$(BIN)/lint-imports

# The built wheel, in an empty environment outside the checkout, runs the demo.
wheel-test: .venv/installed
	rm -rf dist && $(BIN)/python -m build --wheel --outdir dist . >/dev/null
	set -e; away=$$(mktemp -d); cp dist/*.whl constraints.txt $$away; cd $$away; \
	$(PYTHON) -m venv env; env/bin/pip install --quiet --constraint constraints.txt *.whl; \
	env/bin/videostar demo --cycles 1; test -s runs/demo/report.html; rm -rf $$away

clean:
	rm -rf .venv build dist src/videostar.egg-info

# constraints.txt pins every version; the marker file is newer than what it was made from.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@
