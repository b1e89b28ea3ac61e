"""`videostar compare EXPERIMENT.yaml`: arms x seeds -> a file for each, intervals, paired differences, curves, one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from videostar.compare import work
from videostar.compare.experiment import Experiment, load_experiment
from videostar.compare.page import render
from videostar.compare.results import results_of
from videostar.compare.tables import Comparison, tables, text
from videostar.ports import Watcher
from videostar.store import write_text

PAGE = "compare.html"


def compare(path: Path, watch: Watcher, only: Sequence[str] = (), jobs: int = 1) -> str:
    """Run what is missing of an experiment, write its page beside its runs, and give its tables as text.

    only: names of arms, if not all. jobs: processes that share the work; no more than there are seeds have something to do.
    Raises `UserError`; what was finished by then stays.
    """
    experiment = load_experiment(path)
    work.check(experiment)
    if jobs > 1:
        work.spread(path, only, min(jobs, len(experiment.seeds)))
    work.work(experiment, watch, only)
    return said(experiment)


def said(experiment: Experiment) -> str:
    """The tables of what is finished, and where the page is."""
    compared = Comparison(experiment, results_of(experiment))
    page = experiment.work / PAGE
    write_text(page, render(compared))
    parts = [text(table) for table in tables(compared)[:2]]
    return "\n\n".join([*parts, f"all tables and curves: {page}\nresults: {experiment.results}"])


def take_part(path: Path, watch: Watcher, only: Sequence[str] = ()) -> None:
    """Do a share of an experiment's work, beside other processes, and say nothing of its results."""
    experiment = load_experiment(path)
    work.check(experiment)
    work.work(experiment, watch, only)
