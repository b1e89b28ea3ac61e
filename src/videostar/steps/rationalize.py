"""Label rationalization: only where every answer failed, the model is shown the label and asked to explain it (paper, step c)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from videostar.ports import VideoModel
from videostar.prompts import rationalization, rationalization_of_window
from videostar.steps.generate import asking_for, carry_out
from videostar.steps.run import Run
from videostar.steps.verify import judged
from videostar.store import StageLog
from videostar.types import Sample


def rationalize(run: Run, cycle: int, model: VideoModel) -> bool:
    """`n` explanations for every sample without a right answer. True when there was something left to do."""
    log = StageLog(run.store.cycle(cycle).rationales)
    if log.done:
        return False
    asking = replace(asking_for(run, "rationalize", cycle, "rationalized"), prompt=rationalization, window_prompt=rationalization_of_window)
    total = sum(1 for _ in failures(run, cycle))
    return carry_out(run, f"cycle {cycle}: rationalize", (failures(run, cycle), total), model, (asking, log))


def failures(run: Run, cycle: int) -> Iterator[Sample]:
    """The samples whose every answer failed or stayed undecided; unread videos are not among them."""
    if not run.config.rationalize.enabled:
        return
    files = run.store.cycle(cycle)
    for sample, answers, unread in judged(run.train(), files.answers, files.verdicts):
        if not unread and not any(item.passed for item in answers):
            yield sample
