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

clean:
	rm -rf .venv build dist src/videostar.egg-info

# constraints.txt pins every version; the marker file is newer than what it was made from.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@
