"""docs/results.md, made of `results/`: `python -m videostar.results_page` writes it. No number in it is typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from videostar import shown
from videostar.compare.experiment import load_experiment
from videostar.compare.results import results_of
from videostar.compare.tables import Comparison, Table, Where, markdown, tables
from videostar.results_page.paper import REPORTED
from videostar.results_page.questions import answered
from videostar.results_page.targets import targets

EXPERIMENTS: Mapping[str, str] = {
    "The main table": "paper_on_playground.yaml",
    "Sensitivity": "sensitivity.yaml",
    "Controls of the demo": "controls.yaml",
}


def page(configs: Path) -> str:
    """The whole page, from the experiments in a folder of configs. Raises `RunError` for results of another config."""
    compared = {title: _comparison(configs / name) for title, name in EXPERIMENTS.items()}
    main = compared["The main table"]
    parts = [
        "# Results",
        "Made by `make results` from the files in `results/`; nothing here is typed by hand. The worlds are rendered, their label names are"
        " invented anew for every seed, and the model has four million parameters: what holds here need not hold for a 7B model, in either"
        " direction.",
        "## What each outcome would mean",
        _text("expectations.md"),
        "## Targets",
        _targets(main),
        *(part for title, found in compared.items() for part in _section(title, found)),
        "## The paper's gains beside",
        _paper(main),
        "## Questions of readers",
        *(f"**{row.question}** {row.answer}" for row in answered(main, compared["Sensitivity"])),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _comparison(path: Path) -> Comparison:
    experiment = load_experiment(path)
    return Comparison(experiment, results_of(experiment))


def _section(title: str, compared: Comparison) -> Iterator[str]:
    yield f"## {title}"
    total = len(compared.experiment.arms) * len(compared.experiment.seeds)
    finished = sum(len(compared.results(arm)) for arm in compared.arms)
    yield f"{finished} of {total} results are there ({compared.experiment.name}: {len(compared.experiment.arms)} arms)."
    for table in tables(compared) if finished else []:
        yield f"### {table.title}"
        yield table.hint
        yield markdown(table)


def _targets(main: Comparison) -> str:
    rows = tuple((target.name, target.found, target.state) for target in targets(main))
    return markdown(Table("Targets", "", ("target", "found", "state"), rows))


def _paper(main: Comparison) -> str:
    """The paper's gains in points, and ours over the same arms."""
    rows: list[tuple[str, ...]] = [
        (name, f"{one.full - one.base:+.1f}", f"{one.full - one.direct:+.1f}", _over(one.full, one.without_rationalization))
        for name, one in REPORTED.items()
    ]
    for part in main.parts[1:]:
        cells = (shown.interval(main.beyond(arm, Where(part))) for arm in ("base", "direct labels", "without rationalization"))
        rows.append((f"here, {part}", *cells))
    head = ("in points", "full - base", "full - direct labels", "full - without rationalization")
    source = "Zohar et al., ICLR 2025, arXiv 2407.06189; a 7B model on real videos, one run each, no intervals given."
    return f"{source}\n\n{markdown(Table('', '', head, tuple(rows)))}"


def _over(full: float, other: float | None) -> str:
    return shown.NOTHING if other is None else f"{full - other:+.1f}"


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
