"""A stage's batches answered elsewhere, in any order, written once each, and put in order at the end.

What comes in is appended at once to a log beside the stage's own, so that a run that is killed goes on with the batches that are
missing. A batch that comes twice, because a machine died and another did its work again, is written once.
"""

from __future__ import annotations

import atexit
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from videostar.config import FramesConfig
from videostar.errors import RunError, UserError
from videostar.ports import Executor, VideoModel
from videostar.rows import sample_from_json, to_json
from videostar.steps.ask import Asking, answer_batch
from videostar.store import BatchNote, StageLog, write_lines
from videostar.types import Sample
from videostar.video.store import FrameStore


@dataclass(frozen=True, slots=True)
class Desk:
    """All that another machine needs to answer batches; it is pickled, so the model has not been asked yet."""

    model: VideoModel
    frames: FramesConfig
    asking: Asking

    def __call__(self) -> Callable[[str], str]:
        """There, once in a process: what turns the samples of a batch into its rows, both as JSON."""
        store = FrameStore(self.frames)
        atexit.register(store.close)  # it serves as long as the process
        return lambda text: self._answered(text, store)

    def _answered(self, text: str, frames: FrameStore) -> str:
        samples = [sample_from_json(row, {}) for row in json.loads(text)]
        before, started = frames.counts, time.monotonic()
        try:
            answers = answer_batch(samples, self.model, frames, self.asking)
        except UserError as error:
            return json.dumps({"mistake": str(error)})
        after = frames.counts
        note = [time.monotonic() - started, after.decoded - before.decoded, after.cached - before.cached]
        return json.dumps({"rows": [to_json(answer) for answer in answers], "note": note})


def scattered(path: Path) -> StageLog:
    """The log of batches in the order they came in: `answers.jsonl` -> `answers-scattered.jsonl`."""
    return StageLog(path.with_name(f"{path.stem}-scattered.jsonl"))


def ask_elsewhere(samples: Iterable[Sample], desk: Desk, executor: Executor, log: StageLog) -> Iterator[int]:
    """Answer into `log` by an executor; yields the number of samples of each new batch.

    Raises `RunError` where a machine tells of something that a user can mend, or where a batch never comes.
    """
    within = scattered(log.path)
    within.recover()
    size, known = desk.asking.samples_per_batch, set(within.places())
    sizes: dict[int, int] = {}

    def batches() -> Iterator[tuple[int, str]]:
        for number, chunk in enumerate(_chunks(samples, size)):
            sizes[number] = len(chunk)
            if number not in known:
                yield number, json.dumps([to_json(sample) for sample in chunk])

    for number, said in executor.spread(desk, batches()):
        if number in known:
            continue
        told: dict[str, Any] = json.loads(said)
        if "mistake" in told:
            raise RunError(f"on another machine: {told['mistake']}")
        within.append(told["rows"], BatchNote(*told["note"]), batch=number)
        known.add(number)
        yield sizes[number]
    missing = sizes.keys() - known
    if missing:
        raise RunError(f"{within.path}: {len(missing)} batches were not answered; the same command asks them again")
    _put_in_order(within, log)


def _chunks(samples: Iterable[Sample], size: int) -> Iterator[tuple[Sample, ...]]:
    rest = iter(samples)
    while chunk := tuple(islice(rest, size)):
        yield chunk


def _put_in_order(within: StageLog, log: StageLog) -> None:
    """The rows first, then the mark that they are whole, then the scattered log goes."""
    places = within.places()
    within.path.touch()
    with within.path.open("r", encoding="utf-8", newline="\n") as rows:
        write_lines(log.path, (_read(rows, places[number]) for number in sorted(places)))
    log.settle(within.cost())
    within.path.unlink()
    within.progress_path.unlink(missing_ok=True)


def _read(rows: Any, place: tuple[int, int]) -> str:
    """The text between two offsets; rows are ASCII, so bytes are characters."""
    rows.seek(place[0])
    text: str = rows.read(place[1] - place[0])
    return text
