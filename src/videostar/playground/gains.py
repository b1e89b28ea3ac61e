"""What the loop gave on the demo's test videos, world by world: seen and unseen combinations apart, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from videostar.labels.number import NumberLabel
from videostar.metrics import estimate, paired_gain, spearman
from videostar.rows import read_rows, sample_from_json
from videostar.shown import interval
from videostar.store import CycleFiles, RunStore, read_json
from videostar.types import Estimate, Sample

SCORE_TASK = "dive-score"


@dataclass(frozen=True, slots=True)
class Gain:
    """Accuracy on one world's test questions before and after, and the difference paired by question, clustered by video."""

    world: str
    seen: bool
    before: Estimate
    after: Estimate
    gain: Estimate


@dataclass(frozen=True, slots=True)
class Ranking:
    """Spearman's correlation of told and true scores over the `told` of `asked` test dives whose answer holds a number."""

    rho: float
    told: int
    asked: int


def gains(run: Path, checkpoint: str | None = None) -> list[Gain]:
    """One row for each world and part of the test questions; `checkpoint` is a name such as "cycle 1", else the best."""
    samples = test_samples(run)
    before, after = (_outcomes(files) for files in (RunStore(run).cycle(0), files_of(run, checkpoint)))
    rows = []
    for world, seen in sorted({(sample.source, not sample.meta["unseen"]) for sample in samples}, key=lambda one: (not one[1], one[0])):
        ids = {sample.id: sample.group for sample in samples if sample.source == world and sample.meta["unseen"] != seen}
        one, two = ({name: outcomes[name] for name in ids if name in outcomes} for outcomes in (before, after))
        rows.append(Gain(world, seen, _accuracy(one, ids), _accuracy(two, ids), paired_gain(two, one, ids)))
    return rows


def ranking(run: Path, checkpoint: str | None = None) -> Ranking:
    """How well the told scores of the test dives of seen combinations rank them."""
    samples = [sample for sample in test_samples(run) if sample.task == SCORE_TASK and not sample.meta["unseen"]]
    true = {sample.id: sample.label.value for sample in samples if isinstance(sample.label, NumberLabel)}
    verdicts = {row["sample_id"]: row["extracted"] for row in read_rows(files_of(run, checkpoint).evaluation_verdicts("test"))}
    pairs = [(told, value) for name, value in true.items() if (told := _number(verdicts.get(name))) is not None]
    return Ranking(spearman([one for one, _ in pairs], [two for _, two in pairs]), len(pairs), len(true))


def shown(rows: Sequence[Gain], ranked: Ranking) -> str:
    """The rows as a table in plain text, accuracies in per cent."""
    lines = [f"{'test questions':<22}{'n':>5}  {'base':<20}{'after':<20}gain"]
    for row in rows:
        name = f"{row.world}, {'seen' if row.seen else 'unseen'}"
        lines.append(f"{name:<22}{row.gain.count:>5}  {interval(row.before):<20}{interval(row.after):<20}{interval(row.gain)}")
    return "\n".join(
        [*lines, f"scores of dives: Spearman {ranked.rho:.2f} over {ranked.told} of {ranked.asked} answers that hold a number"]
    )


def test_samples(run: Path) -> list[Sample]:
    """The test questions of a run over the worlds."""
    return [sample_from_json(row, {}) for row in read_rows(RunStore(run).samples("test"))]


def files_of(run: Path, checkpoint: str | None) -> CycleFiles:
    """The files of a checkpoint by its name, "cycle 1" or "final"; of the best on validation without one."""
    store = RunStore(run)
    name = checkpoint or str(read_json(store.best)["name"])
    return next(files for files in (*(store.cycle(number) for number in range(100)), store.final) if files.name == name)


def _outcomes(files: CycleFiles) -> dict[str, float]:
    return {row["sample_id"]: float(row["outcome"] == "pass") for row in read_rows(files.evaluation_verdicts("test"))}


def _accuracy(outcomes: Mapping[str, float], groups: Mapping[str, str]) -> Estimate:
    return estimate(list(outcomes.values()), [groups[name] for name in outcomes])


def _number(extracted: Any) -> float | None:
    return float(extracted) if isinstance(extracted, (int, float)) and not isinstance(extracted, bool) else None
