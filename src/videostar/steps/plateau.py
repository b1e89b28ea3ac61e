"""When the cycles end, and which result is best: both look at validation only."""

from __future__ import annotations

from collections.abc import Sequence

from videostar.steps.evaluate import gain
from videostar.steps.run import Run
from videostar.types import CycleResult


def patience_left(run: Run, results: Sequence[CycleResult]) -> int:
    """How many more cycles without a gain may follow; the first result is the base's. 0 ends the cycles."""
    left = run.config.patience
    for count in range(2, len(results) + 1):
        left = run.config.patience if _gained(run, results[:count]) else left - 1
    return left


def best_of(results: Sequence[CycleResult]) -> CycleResult:
    """The best on validation, the earliest of equals; without validation data the last that was trained."""
    trained = [result for result in results if result.trained or result.cycle == 0]
    scored = [result for result in trained if "validation" in result.scores]
    return max(scored, key=lambda result: result.scores["validation"].mean) if scored else trained[-1]


def _gained(run: Run, results: Sequence[CycleResult]) -> bool:
    """Whether the newest cycle beats the best before it on validation beyond chance; without validation data always."""
    if not run.samples.counts["validation"]:
        return True
    before = best_of(results[:-1])
    return gain(run, run.store.cycle(results[-1].cycle), run.store.cycle(before.cycle)).low > 0
