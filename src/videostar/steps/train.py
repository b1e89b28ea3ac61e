"""Instruction tuning on what was kept, with auxiliary data mixed in by weight (paper, cycle step e)."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from videostar.config import MixSource
from videostar.datasets.conversations import read_conversations
from videostar.ports import Trainer, TrainingJob
from videostar.rows import read_rows
from videostar.seeds import seed_for
from videostar.steps.run import Run
from videostar.store import CycleFiles, write_json, write_rows


def train(run: Run, files: CycleFiles, trainer: Trainer, base: str) -> bool:
    """Train `files.conversations` and the mix from `base` into `files.checkpoint`. True when there was something left to do."""
    if files.training.exists():
        return False
    write_rows(files.mixed, _mixed(run, files.conversations))
    job = TrainingJob(base, files.mixed, files.checkpoint, files.training_work, seed_for(run.config.seed, "train"))
    started = time.monotonic()
    result = trainer.train(job, run.watch)
    write_json(files.training, {**asdict(result), "base": base, "seconds": round(time.monotonic() - started, 1)})
    return True


def generated_only(source: Path, target: Path) -> int:
    """Write the conversations that came from generated answers alone (paper: the final training); their number."""
    rows = [row for row in read_rows(source) if row["route"] == "generated"]
    write_rows(target, rows)
    return len(rows)


def _mixed(run: Run, own: Path) -> Iterator[dict[str, Any]]:
    """Own conversations, then `weight` x as many of each auxiliary source, drawn by seed; a small source is used whole."""
    count = 0
    for row in read_rows(own):
        count += 1
        yield row
    for source in run.config.data.mix:
        yield from _drawn(source, round(source.weight * count), run.config.seed)


def _drawn(source: MixSource, count: int, seed: int) -> Iterable[dict[str, Any]]:
    ranked = ((seed_for(seed, "mix", row["id"]), number, row) for number, row in enumerate(read_conversations(source.path)))
    return [row for _, _, row in heapq.nsmallest(count, ranked)]
