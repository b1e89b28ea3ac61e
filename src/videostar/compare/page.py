"""A comparison on one page that needs nothing else: tables, curves, versions. What is foreign is made visible and escaped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.resources import files

from matplotlib.axes import Axes

from videostar import shown
from videostar.compare.tables import ALL, Comparison, Where, tables
from videostar.report.curves import MARKERS, SERIES, Curve, figure
from videostar.report.page import style, template

LONGEST_NAME = 28


def render(compared: Comparison) -> str:
    """The HTML; the same results give the same bytes."""
    results = [(arm, result) for arm in compared.arms for result in compared.results(arm)]
    total = len(compared.experiment.arms) * len(compared.experiment.seeds)
    context = {
        "name": compared.experiment.name,
        "standing": f"{len(results)} of {total} results: {len(compared.experiment.arms)} arms, seeds {_listed(compared.experiment.seeds)}",
        "tables": tables(compared),
        "curves": curves(compared),
        "versions": [(arm, str(one["seed"]), one["config_sha256"][:12], _code(one["code"])) for arm, one in results],
    }
    text = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    return template(text).render(context, style=style())


def curves(compared: Comparison) -> list[Curve]:
    """Accuracy over the cycles for every part of test, a few arms to a figure; the reference stands in each."""
    arms = [arm for arm in compared.arms if len(compared.checkpoints(arm)) > 1]
    reference = compared.experiment.reference
    others = [arm for arm in arms if arm != reference]
    first = [reference] if reference in arms else []
    size = len(SERIES) - len(first)
    sets = [first + others[start : start + size] for start in range(0, len(others), size)] or ([first] if first else [])
    parts = compared.parts[1:] or [ALL]
    return [_over_cycles(compared, part, shown_arms) for part in parts for shown_arms in sets]


def _over_cycles(compared: Comparison, part: str, arms: Sequence[str]) -> Curve:
    names = list(dict.fromkeys(name for arm in arms for name in compared.checkpoints(arm) if name != "final"))
    return figure(f"accuracy on {part}, %", names, partial(_draw, compared, part, arms, names))


def _draw(compared: Comparison, part: str, arms: Sequence[str], names: Sequence[str], axes: Axes) -> None:
    for number, arm in enumerate(arms):
        found = [
            (place, compared.accuracy(arm, Where(part, checkpoint=name)))
            for place, name in enumerate(names)
            if name in compared.checkpoints(arm)
        ]
        means = [100 * score.mean for _, score in found]
        spread = [[100 * (score.mean - score.low) for _, score in found], [100 * (score.high - score.mean) for _, score in found]]
        places = [place + 0.06 * number for place, _ in found]
        axes.errorbar(
            places, means, yerr=spread, label=shown.one_line(arm, LONGEST_NAME), color=SERIES[number], marker=MARKERS[number], capsize=3
        )


def _listed(seeds: Sequence[int]) -> str:
    return ", ".join(map(str, seeds))


def _code(code: dict[str, str]) -> str:
    return " ".join(
        [code["version"], code.get("commit", "")[:12], "with changes" if "with changes" in code.get("commit", "") else ""]
    ).strip()
