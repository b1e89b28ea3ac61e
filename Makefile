# `make demo` and `make test` are all that a new machine needs; each makes its own .venv with pinned versions.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo controls paper sensitivity results tiny judge-card test test-slow test-trainers site check lint types floors wheel-test clean

demo: .venv/installed
	$(BIN)/videostar demo

# One cycle of the demo against its controls; what is finished stands in results/controls and is not run again.
controls: .venv/installed
	$(BIN)/videostar compare configs/controls.yaml

# The main table, at most 150 minutes on two cores; what is finished stands in results/ and is not run again.
paper: .venv/installed
	$(BIN)/videostar compare configs/paper_on_playground.yaml --jobs 2

# What the numbers hang on: cycles, tolerance, shares, label noise, fewer labels; one seed, hours.
sensitivity: .venv/installed
	$(BIN)/videostar compare configs/sensitivity.yaml

# docs/results.md from results/: nothing in it is typed by hand; seconds.
results: .venv/installed
	$(BIN)/python -m videostar.results_page docs/results.md

# The embedded checkpoint from nothing, two to three hours; the same command goes on after an interruption.
tiny: .venv/installed
	$(BIN)/python -m videostar.playground.build runs/tiny
	$(BIN)/python -m videostar.playground.gates runs/tiny/checkpoint --card

# Precision and recall of the labels' judging on the worlds' truth, into docs/judging.md; seconds.
judge-card: .venv/installed
	$(BIN)/python -m videostar.playground.judge_card --docs docs/judging.md

# docs/ as a site in build/site, to be read from the disk: open build/site/index.html. Any warning fails; seconds.
site: .venv/installed
	$(BIN)/python -m videostar.reference_page docs/reference.md
	$(BIN)/mkdocs build --quiet --strict

test: .venv/installed
	$(BIN)/pytest -q -m "not slow"

# Whole runs killed at random moments, clusters, every family learning by heart: a quarter of an hour.
test-slow: .venv/installed
	$(BIN)/pytest -q -m slow

check: lint types floors test

lint: .venv/installed
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/ruff format --check src tests benchmarks docs

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

# Other trainers' own loaders read our exports, each in an environment of its own, since they pin other versions.
TRAINERS := build/trainers

test-trainers: .venv/installed
	$(BIN)/python -m tests.trainers.make_exports $(TRAINERS)/exports
	set -e; for trainer in trl llamafactory swift; do \
	test -e $(TRAINERS)/$$trainer/installed || { $(PYTHON) -m venv $(TRAINERS)/$$trainer; \
	$(TRAINERS)/$$trainer/bin/pip install --quiet --requirement tests/trainers/$$trainer.txt; touch $(TRAINERS)/$$trainer/installed; }; \
	HF_HUB_OFFLINE=1 $(TRAINERS)/$$trainer/bin/python tests/trainers/read_$$trainer.py $(TRAINERS)/exports \
	src/videostar/torchvision_on_cpu.py src/videostar/playground/tiny; done

clean:
	rm -rf .venv build dist src/videostar.egg-info

# constraints.txt pins every version; the marker file is newer than what it was made from.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@
