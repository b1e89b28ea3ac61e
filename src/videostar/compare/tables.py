"""What the results of a comparison say: accuracies with intervals, differences paired by question, measures, curves over cycles.

All seeds of an arm are taken together; intervals are clustered by video, and the videos of two seeds are never the same. Pure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from videostar import shown
from videostar.compare.experiment import Experiment
from videostar.compare.results import Result
from videostar.metrics import estimate, paired_gain
from videostar.types import Estimate

ALL = "all"
WHAT = "what it is"


@dataclass(frozen=True, slots=True)
class Where:
    """Which questions: a part of the test questions or all, and of one source or all. checkpoint: None for the compared one."""

    part: str = ALL
    source: str | None = None
    checkpoint: str | None = None
    split: str = "test"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text; the first cell of a row names it."""

    title: str
    hint: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Comparison:
    """The finished results of an experiment, by arm."""

    def __init__(self, experiment: Experiment, results: Sequence[Result]) -> None:
        self.experiment = experiment
        self._by_arm: dict[str, list[Result]] = defaultdict(list)
        for result in results:
            self._by_arm[result["arm"]].append(result)

    @property
    def arms(self) -> list[str]:
        """Those with a finished seed, in the experiment's order."""
        return [arm for arm in self.experiment.arms if arm in self._by_arm]

    @property
    def parts(self) -> list[str]:
        """All test questions, then their parts."""
        return [ALL, *self.experiment.parts]

    @property
    def sources(self) -> list[str]:
        """Where the test questions come from."""
        return sorted({row["source"] for found in self._by_arm.values() for result in found for row in result["questions"]["test"]})

    def results(self, arm: str) -> list[Result]:
        """Of every finished seed."""
        return self._by_arm.get(arm, [])

    def accuracy(self, arm: str, where: Where = Where()) -> Estimate:
        """Share of right answers over all finished seeds; count 0 where there are none."""
        values, groups = self._passes(arm, where)
        return estimate(list(values.values()), [groups[name] for name in values])

    def difference(self, arm: str, other: str, where: Where = Where()) -> Estimate:
        """Accuracy of an arm minus another's, paired by question, over the seeds that both have finished."""
        (one, groups), (two, _) = self._passes(arm, where), self._passes(other, where)
        return paired_gain(one, two, groups)

    def beyond(self, arm: str, where: Where = Where()) -> Estimate:
        """The reference's accuracy minus an arm's; that of the reference's checkpoint that the arm says it is compared with."""
        reference, beside = self.experiment.reference, self.experiment.arms[arm].beside
        one, groups = self._passes(reference, replace(where, checkpoint=beside or where.checkpoint))
        return paired_gain(one, self._passes(arm, where)[0], groups)

    def prior(self, where: Where = Where()) -> Estimate:
        """How often a train label of the same task, drawn at random, would be right; where the base was run."""
        values, groups = {}, {}
        for result in (result for found in self._by_arm.values() for result in found if result["prior"] is not None):
            for row, value in zip(result["questions"]["test"], result["prior"], strict=True):
                if _fits(row, where):
                    name = f"{result['seed']}/{row['id']}"
                    values[name], groups[name] = float(value), f"{result['seed']}/{row['group']}"
        return estimate(list(values.values()), [groups[name] for name in values])

    def measure(self, arm: str, name: str, checkpoint: str | None = None) -> tuple[float, int] | None:
        """The mean of a measured number over seeds, and over how many; None where it was not measured."""
        found = [value for result in self.results(arm) for key, value in measured(result, checkpoint).items() if key == name]
        return (fmean(found), len(found)) if found else None

    def measure_names(self) -> list[str]:
        """Of all that was measured, in order of first sight."""
        named = (name for arm in self.arms for result in self.results(arm) for name in measured(result, None))
        return list(dict.fromkeys(named))

    def checkpoints(self, arm: str) -> list[str]:
        """Names of the checkpoints that every finished seed of an arm has."""
        counts = Counter(name for result in self.results(arm) for name in result["outcomes"])
        return [name for name, count in counts.items() if count == len(self.results(arm))]

    def _passes(self, arm: str, where: Where) -> tuple[dict[str, float], dict[str, str]]:
        values, groups = {}, {}
        for result in self.results(arm):
            letters = result["outcomes"].get(where.checkpoint or result["compared"], {}).get(where.split, "")
            for row, letter in zip(result["questions"][where.split], letters, strict=False):
                if letter != "-" and _fits(row, where):
                    name = f"{result['seed']}/{row['id']}"
                    values[name], groups[name] = float(letter == "p"), f"{result['seed']}/{row['group']}"
        return values, groups


def measured(result: Result, checkpoint: str | None) -> dict[str, float]:
    """All measured numbers of one checkpoint, the compared one unless said otherwise, as "MEASURE: NAME"."""
    name = checkpoint or result["compared"]
    found = ((measure, found) for measure, by_checkpoint in result["measures"].items() for found in by_checkpoint.get(name, {}).items())
    return {f"{measure}: {key}": float(value["mean"]) if isinstance(value, Mapping) else float(value) for measure, (key, value) in found}


def tables(compared: Comparison) -> list[Table]:
    """Everything, as text."""
    found = [_accuracies(compared), _differences(compared), _by_source(compared), _over_cycles(compared), _work(compared)]
    found += [table for table in (*_measures(compared), _wrong(compared), _search(compared)) if table.rows]
    return found


def markdown(table: Table) -> str:
    """A table for a page of documentation; what is foreign cannot break out of its cell."""
    lines = [f"| {' | '.join(table.head)} |", f"|{'---|' * len(table.head)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in table.rows]
    return "\n".join(lines)


def text(table: Table) -> str:
    """A table for a terminal; what an arm is stands in the page."""
    width = len(table.head) - (table.head[-1] == WHAT)
    rows = [row[:width] for row in (table.head, *table.rows)]
    widths = [max(len(shown.one_line(row[column], 60)) for row in rows) for column in range(width)]
    lines = ["  ".join(shown.one_line(cell, 60).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([table.title, *lines])


def beyond_chance(value: Estimate) -> bool:
    """Whether the interval excludes zero."""
    return value.count > 0 and (value.low > 0 or value.high < 0)


def _accuracies(compared: Comparison) -> Table:
    rows = []
    for arm in compared.arms:
        seeds = ", ".join(str(result["seed"]) for result in compared.results(arm))
        cells = (shown.interval(compared.accuracy(arm, Where(part))) for part in compared.parts)
        rows.append((arm, seeds, *cells, compared.experiment.arms[arm].note))
    priors = [compared.prior(Where(part)) for part in compared.parts]
    if any(prior.count for prior in priors):
        rows.append(
            ("(a train label at random)", "", *(shown.interval(prior) for prior in priors), "what knowing the label prior alone gives")
        )
    hint = "Accuracy on test in percent, all seeds together, with 95 % bootstrap intervals clustered by video."
    return Table("Accuracy", hint, ("arm", "seeds", *_parts(compared), WHAT), tuple(rows))


def _differences(compared: Comparison) -> Table:
    reference, rows = compared.experiment.reference, []
    for arm in compared.arms:
        if arm != reference and reference in compared.arms:
            found = [compared.beyond(arm, Where(part)) for part in compared.parts]
            beside = compared.experiment.arms[arm].beside
            rows.append(
                (
                    f"{arm} (beside {beside})" if beside else arm,
                    *(f"{shown.interval(value)}{' *' if beyond_chance(value) else ''}" for value in found),
                )
            )
    hint = f"{reference} - arm, in points, paired by question over the seeds that both have finished; * where the interval excludes zero."
    return Table(f"What {reference} gives beyond each arm", hint, ("arm", *_parts(compared)), tuple(rows))


def _by_source(compared: Comparison) -> Table:
    columns = [(source, part) for source in compared.sources for part in (compared.parts[1:] or compared.parts)]
    rows = [(arm, *(shown.interval(compared.accuracy(arm, Where(part, source))) for source, part in columns)) for arm in compared.arms]
    return Table("By source", "Accuracy in percent.", ("arm", *(f"{source}, {part}" for source, part in columns)), tuple(rows))


def _over_cycles(compared: Comparison) -> Table:
    rows = []
    for arm in compared.arms:
        for checkpoint in compared.checkpoints(arm):
            held = compared.accuracy(arm, Where(checkpoint=checkpoint, split="validation"))
            cells = (shown.interval(compared.accuracy(arm, Where(part, checkpoint=checkpoint))) for part in compared.parts)
            rows.append((arm, checkpoint, shown.interval(held), *cells))
    hint = "Accuracy of every checkpoint in percent. Validation decides; test is only reported."
    return Table("Over the cycles", hint, ("arm", "checkpoint", "validation", *_parts(compared)), tuple(rows))


def _work(compared: Comparison) -> Table:
    rows = []
    for arm in compared.arms:
        found = compared.results(arm)
        kept = Counter[str]()
        for result in found:
            kept.update((list(result["kept"].values()) or [{}])[-1])
        rows.append(
            (
                arm,
                _mean([sum(one["updates"] for one in result["trained"].values()) for result in found]),
                _mean([len(result["trained"]) for result in found]),
                _mean([_tokens(result) for result in found]),
                ", ".join(f"{route} {number / len(found):,.0f}" for route, number in sorted(kept.items())) or shown.NOTHING,
            )
        )
    hint = (
        "Means over seeds. Updates of all its trainings and their number, tokens generated to train on (what two arms share counts for"
        " both; evaluation is left out), and what its last cycle kept by route before the arm's change."
    )
    return Table("Work", hint, ("arm", "updates", "trainings", "tokens", "kept in the last cycle"), tuple(rows))


def _tokens(result: Result) -> int:
    """Generated ones of all cycles, without those of evaluations, whose rows are not kept apart from them."""
    return sum(int(tokens) for tokens in result["tokens"].values())


def _measures(compared: Comparison) -> Iterator[Table]:
    """A table for each measure; what it tells of parts, as "PART: NAME", stays in the result files."""
    for measure in compared.experiment.measures:
        start = f"{measure}: "
        names = [name for name in compared.measure_names() if name.startswith(start) and ": " not in name.removeprefix(start)]
        rows = []
        for arm in compared.arms:
            cells = [compared.measure(arm, name) for name in names]
            if any(cell is not None for cell in cells):
                rows.append((arm, *(shown.NOTHING if cell is None else f"{cell[0]:.3f}" for cell in cells)))
        head = ("arm", *(name.removeprefix(start) for name in names))
        yield Table(f"Measured: {measure}", "Means over seeds, of the compared checkpoint.", head, tuple(rows))


def _wrong(compared: Comparison) -> Table:
    rows = []
    for arm in compared.arms:
        for (checkpoint, route), (wrong, total) in sorted(_wrong_counts(compared.results(arm)).items()):
            rows.append((arm, checkpoint, route, f"{shown.percent(wrong / max(1, total))} of {shown.count(total)}"))
    hint = "Of what was kept where an arm changes labels: how much is wrong by the true ones, in percent."
    return Table("Wrong labels among what was kept", hint, ("arm", "cycle", "route", "wrong"), tuple(rows))


def _wrong_counts(results: Sequence[Result]) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for result in results:
        for checkpoint, routes in result["wrong"].items():
            for route, (wrong, total) in routes.items():
                before = found.get((checkpoint, route), (0, 0))
                found[checkpoint, route] = (before[0] + wrong, before[1] + total)
    return found


def _search(compared: Comparison) -> Table:
    rows = []
    for arm in compared.arms:
        for result in compared.results(arm):
            if result["search"]:
                tried = ", ".join(f"{name}: {shown.percent(value)}" for name, value in result["search"].items())
                chosen = ", ".join(f"{key}={value}" for key, value in result["chosen"].items())
                rows.append((arm, str(result["seed"]), chosen, tried))
    hint = "Accuracy on validation after one cycle with each of the values, in percent; what was chosen on this seed is used for all."
    return Table("Search", hint, ("arm", "seed", "chosen", "tried"), tuple(rows))


def _parts(compared: Comparison) -> Iterator[str]:
    return ("all test" if part == ALL else part for part in compared.parts)


def _fits(row: Mapping[str, Any], where: Where) -> bool:
    return (where.part == ALL or where.part in row["parts"]) and where.source in (None, row["source"])


def _mean(numbers: Sequence[float]) -> str:
    return f"{fmean(numbers):,.0f}" if numbers else shown.NOTHING


def _cell(value: str) -> str:
    return shown.one_line(value, 300).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
