"""What the training tests share: rendered clips, conversations about them, and a training that a child process can be killed in."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from tests.models.tiny_checkpoint import moving_square
from videostar.config import Config, checked
from videostar.ports import Silent, TrainingJob
from videostar.rows import dump, to_json
from videostar.training.finetune import FineTuner
from videostar.types import AnswerRef, Conversation, Message
from videostar.video.frames import ClipRef, FrameFailure, Frames

QUESTION = "Which colour is the square?"
CLIPS = {
    "red.mp4": moving_square(255, side=20),
    "green.mp4": moving_square(0, side=20),
    "blue.mp4": moving_square(128, side=20),
    "all.mp4": moving_square(255, side=32),
}
ANSWERS = {"red.mp4": "It is red.", "green.mp4": "Green!", "blue.mp4": "Blue, 50 to 50.", "all.mp4": "All is red, I think."}


class Rendered:
    """A source of frames that holds them. `swapped` shows other clips under the same names."""

    def __init__(self, clips: dict[str, Frames | FrameFailure]) -> None:
        self.clips = clips
        self.loads = 0

    def load(self, clips: Iterable[ClipRef]) -> Iterator[Frames | FrameFailure]:
        for clip in clips:
            self.loads += 1
            yield self.clips[clip.path.name]


class Disturbed(Rendered):
    """Does something at the sixth clip, before it is given."""

    def __init__(self, clips: dict[str, Frames | FrameFailure], happens: Callable[[], object]) -> None:
        super().__init__(clips)
        self._happens = happens

    def load(self, clips: Iterable[ClipRef]) -> Iterator[Frames | FrameFailure]:
        for frames in super().load(clips):
            if self.loads == 6:
                self._happens()
            yield frames


def conversation(video: str, answer: str, sha256: str | None = None, id_: str = "") -> Conversation:
    clip = CLIPS.get(video)
    reference = AnswerRef(1, 0, sha256 if sha256 is not None else clip.record.sha256 if clip else "")
    messages = (Message("user", QUESTION), Message("assistant", answer))
    return Conversation(id_ or video or "text", video or "text", "generated", "direct", video, 0.0, None, messages, reference)


def write(path: Path, rows: Iterable[Conversation]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(dump(to_json(row)) for row in rows))
    return path


def memories() -> list[Conversation]:
    return [conversation(video, answer) for video, answer in ANSWERS.items()]


def config(base: Path, **train: Any) -> Config:
    settings = {
        "learning_rate": 3e-3,
        "lr_scheduler_type": "constant",
        "warmup_ratio": 0.0,
        "per_device_train_batch_size": 4,
        "gradient_accumulation_steps": 1,
        "freeze_vision_tower": False,
        "lora_rank": 8,
        "lora_alpha": 16,
    }
    model = {"model_name_or_path": str(base), "dtype": "float32"}
    return checked({"run": "run", "data": {"train": "train.jsonl"}, "model": model, "train": {**settings, **train}})


def job(folder: Path, base: Path, rows: Iterable[Conversation] | None = None, seed: int = 2**62 + 5) -> TrainingJob:
    file = write(folder / "conversations.jsonl", memories() if rows is None else rows)
    return TrainingJob(str(base), file, folder / "output", folder / "work", seed)


def train_in_a_child(folder: str, base: str, finetuning_type: str, kill: str) -> None:
    """Train with `child_settings`; `kill` says where the process kills itself."""
    import torch

    torch.set_num_threads(1)
    frames = Rendered(dict(CLIPS))
    if kill == "in a step":
        frames = Disturbed(dict(CLIPS), _die)
    elif kill == "wait in a step":
        frames = Disturbed(dict(CLIPS), _wait)
    elif kill:
        _kill_in_save(int(kill))
    FineTuner(child_settings(Path(base), finetuning_type), frames, Path()).train(job(Path(folder), Path(base)), Silent())


def child_settings(base: Path, finetuning_type: str) -> Config:
    """Three epochs of two steps, a checkpoint after every second step."""
    return config(
        base,
        finetuning_type=finetuning_type,
        num_train_epochs=3,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=2,
        save_steps=2,
        lora_dropout=0.1,
    )


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _wait() -> None:
    """Says that it is ready, and goes on when it reads a line."""
    print("ready", flush=True)
    sys.stdin.readline()


def _kill_in_save(number: int) -> None:
    """Die in the `number`th torch.save, with half of a file on disk."""
    import torch

    real = torch.save
    calls = 0

    def save(value: Any, file: Any, *args: Any, **options: Any) -> None:
        nonlocal calls
        calls += 1
        real(value, file, *args, **options)
        if calls == number:
            os.truncate(file, os.path.getsize(file) // 2)
            _die()

    mock.patch.object(torch, "save", save).start()


if __name__ == "__main__":
    try:
        train_in_a_child(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
