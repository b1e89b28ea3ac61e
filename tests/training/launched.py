"""A training on two processes, as a process of its own that tests can signal and kill; it tells of its steps line by line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from pathlib import Path

from tests.conftest import render_clip
from tests.training.tiny_training import config, conversation, job
from videostar.config import Config, changed
from videostar.errors import UserError
from videostar.ports import Progress, Silent, TrainingResult
from videostar.rows import dump
from videostar.training.finetune import FineTuner
from videostar.types import Conversation, Message
from videostar.video.store import FrameStore

EPOCHS = 5


def rows() -> list[Conversation]:
    """Eleven rows of several lengths, every third without video; one whose video is gone, and one too long."""
    told = [conversation("", f"It is number {number}" + " very" * (number % 5), id_=f"r{number}", sha256="") for number in range(11)]
    told = [replace(row, video=f"{'abcd'[number % 4]}.mp4" if number % 3 else "") for number, row in enumerate(told)]
    long = replace(told[1], id="long", messages=(told[1].messages[0], Message("assistant", "very " * 300)))
    return [*told, replace(told[1], id="lost", video="nowhere.mp4"), long]


def settings(folder: Path, base: Path, processes: int, finetuning_type: str = "full") -> Config:
    """Four conversations a micro-batch, whatever the number of processes."""
    raw = config(
        base,
        finetuning_type=finetuning_type,
        num_train_epochs=EPOCHS,
        per_device_train_batch_size=4 // processes,
        processes=processes,
        max_length=200,
        learning_rate=1e-3,
        save_steps=3,
    )
    return changed(raw, ["frames.num_frames=4", f"frames.cache={folder / 'cache'}", "frames.max_pixels=4096", "frames.decode_workers=1"])


def trained(
    folder: Path, base: Path, name: str, processes: int, told: list[Conversation] | None = None, changes: Sequence[str] = ()
) -> TrainingResult:
    """Train in `folder/name` on clips that stand in `folder`."""
    for position, clip in enumerate("abcd"):
        if not (folder / f"{clip}.mp4").exists():
            render_clip(folder / f"{clip}.mp4", 40 + 50 * position)
    chosen = changed(settings(folder, base, processes), changes)
    with FrameStore(chosen.frames) as frames:
        return FineTuner(chosen, frames, folder).train(job(folder / name, base, rows() if told is None else told), _Telling())


class _Telling(Silent):
    _done = 0

    def progress(self, title: str, total: int, done: int = 0) -> AbstractContextManager[Progress]:
        self._done = done
        return nullcontext(self)

    def advance(self, units: int = 1) -> None:
        self._done += units
        print(f"step {self._done}", flush=True)

    def say(self, line: str) -> None:
        print(line, flush=True)


if __name__ == "__main__":
    try:
        print(dump(asdict(trained(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))), flush=True)
    except UserError as error:
        print(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
