"""Curves over the cycles as SVG that stands in the page itself: its colours and fonts are the page's."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from videostar.types import CycleResult

INK, FAINT = "#010203", "#040506"
SERIES = ("#0a0b01", "#0a0b02", "#0a0b03", "#0a0b04")
VARIABLES = {INK: "var(--ink)", FAINT: "var(--line)"} | {mark: f"var(--series-{number})" for number, mark in enumerate(SERIES, 1)}
MARKERS = ("o", "s", "^", "D")


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure. says: what it shows, for those who cannot see it."""

    title: str
    says: str
    svg: Markup


def curves(results: Sequence[CycleResult], kept: Mapping[int, Mapping[str, int]]) -> list[Curve]:
    """The figures that have data."""
    scored = [result for result in results if result.scores]
    yielded = [result for result in results if result.yields is not None]
    figures = []
    if scored:
        figures.append(figure("accuracy, %", [result.name for result in scored], lambda axes: _scores(axes, scored)))
    if yielded:
        names = [result.name for result in yielded]
        figures.append(figure("answers of a cycle, %", names, lambda axes: _yields(axes, yielded)))
        figures.append(figure("kept samples by route", names, lambda axes: _kept(axes, [kept.get(item.cycle, {}) for item in yielded])))
    return figures


def _scores(axes: Axes, results: Sequence[CycleResult]) -> None:
    """Means with their intervals; the splits stand a little apart."""
    for number, split in enumerate(("validation", "test")):
        here = [(place, result.scores[split]) for place, result in enumerate(results) if split in result.scores]
        if here:
            means = [100 * score.mean for _, score in here]
            spread = [[100 * (score.mean - score.low) for _, score in here], [100 * (score.high - score.mean) for _, score in here]]
            places = [place + 0.08 * number for place, _ in here]
            axes.errorbar(places, means, yerr=spread, label=split, color=SERIES[number], marker=MARKERS[number], capsize=3)


def _yields(axes: Axes, results: Sequence[CycleResult]) -> None:
    for number, (label, name) in enumerate(
        {"pass@1": "pass_at_1", "pass@k": "pass_at_k", "majority": "majority", "distinct answers": "distinct"}.items()
    ):
        values = [100 * getattr(result.yields, name) for result in results]
        axes.plot(range(len(values)), values, label=label, color=SERIES[number], marker=MARKERS[number])


def _kept(axes: Axes, kept: Sequence[Mapping[str, int]]) -> None:
    below = [0] * len(kept)
    for number, route in enumerate(("generated", "rationalized")):
        values = [routes.get(route, 0) for routes in kept]
        axes.bar(range(len(values)), values, 0.5, bottom=below, label=route, color=SERIES[number])
        below = [low + value for low, value in zip(below, values, strict=True)]
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))


def figure(title: str, names: Sequence[str], draw: Callable[[Axes], None]) -> Curve:
    """A figure whose places on the x axis are `names`; `draw` uses the colours of `SERIES`, which become the page's."""
    with mpl.rc_context({"svg.hashsalt": title, "svg.fonttype": "none", "font.size": 12, "text.color": INK}):
        drawn = Figure(figsize=(4.6, 3.1), layout="constrained")
        FigureCanvasSVG(drawn)
        axes = drawn.add_subplot()
        draw(axes)
        _plain(axes, names)
        file = io.StringIO()
        drawn.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return Curve(title, f"{title}, for {', '.join(names)}; the numbers stand in the tables", _inline(file.getvalue()))


def _plain(axes: Axes, names: Sequence[str]) -> None:
    axes.set_xticks(range(len(names)), names)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(color=FAINT, labelcolor=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.figure.legend(loc="outside upper center", ncols=2, frameon=False, handlelength=1.2, columnspacing=1, fontsize=11)


def _inline(svg: str) -> Markup:
    """The bare <svg> element: no prolog, no metadata, no addresses, our colours as variables."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"\sxmlns(:\w+)?=\"[^\"]*\"", "", body)
    body = re.sub(r"(<svg[^>]*?) width=\"[^\"]*\"", r'\1 aria-hidden="true"', body, count=1)
    body = re.sub(r"(<svg[^>]*?) height=\"[^\"]*\"", r"\1", body, count=1)
    body = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", body)
    for mark, variable in VARIABLES.items():
        body = body.replace(mark, variable)
    return Markup(body)  # noqa: S704 - drawn above from numbers and our own words
