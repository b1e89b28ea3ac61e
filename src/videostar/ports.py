"""The protocols behind which adapters stand. Steps and the loop know these, never an adapter.

`VideoModel` answers, `Trainer` makes a checkpoint, `Judge` gives a second opinion on free texts, `Embedder` one on paraphrases of class
names, `Executor` has batches answered on other machines, `Watcher` shows a person what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from videostar.types import CycleResult, Finish, Message

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from videostar.video.frames import Frames


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model.

    messages: alternating turns that end with a user's; the frames belong to the first user turn.
    frames: None asks without the video (text-only).
    seeds: one candidate answer per seed; sampling noise of a candidate comes from its seed alone.
    """

    sample_id: str
    messages: tuple[Message, ...]
    frames: Frames | None
    seeds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decoding:
    """How answers are drawn. temperature 0 is greedy; top_p in (0, 1]."""

    temperature: float
    top_p: float
    max_new_tokens: int


@dataclass(frozen=True, slots=True)
class Reply:
    """One candidate answer. tokens: generated ones, the end token included. visual_tokens: of the prompt; None where not known.

    error: of a reply that finished with "error", what went wrong, as "reason: message".
    """

    text: str
    finish: Finish
    tokens: int
    visual_tokens: int | None = None
    error: str = ""


class VideoModel(Protocol):
    """Anything that answers questions about videos."""

    @property
    def name(self) -> str:
        """What answers record as their model: the checkpoint's path or the server's model name."""

    def answer(self, requests: Sequence[Request], decoding: Decoding) -> list[list[Reply]]:
        """For each request, one reply per seed, in order. Raises `OutOfMemoryError` when the batch is too large."""

    def close(self) -> None:
        """Free the memory that the model holds; the next `answer` loads it again."""


@runtime_checkable
class SpeakingModel(Protocol):
    """A `VideoModel` that can hand its answer over while it comes."""

    def say(self, request: Request, decoding: Decoding, hear: Callable[[str], None]) -> Reply:
        """Answer one request for its first seed; the pieces that `hear` was given are, together, the reply's text."""


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """One fine-tuning.

    base: folder or hub name of the checkpoint to start from.
    conversations: JSONL of Conversation rows, read by offset, never as one list.
    output: folder that the finished checkpoint appears in, whole or not at all.
    work: folder for checkpoints on the way; an interrupted training resumes from there.
    """

    base: str
    conversations: Path
    output: Path
    work: Path
    seed: int


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """rows: conversations trained on. dropped: rows left out, by reason. losses: (step, loss) as logged."""

    rows: int
    dropped: dict[str, int]
    steps: int
    losses: tuple[tuple[int, float], ...]


class Trainer(Protocol):
    """Anything that turns conversations into a checkpoint."""

    def train(self, job: TrainingJob, watch: Watcher) -> TrainingResult:
        """Train `job.conversations` from `job.base` into `job.output`; the same job gives the same weights."""


class Judge(Protocol):
    """Anything that can say whether a free answer means what its reference says, where words alone do not tell."""

    @property
    def name(self) -> str:
        """What its opinions are kept under: the model's name."""

    def says_same(self, prompt: str) -> bool | None:
        """Its opinion on `prompts.judging(...)`; None when none can be had. Never raises, takes bounded time; called from threads."""


class Embedder(Protocol):
    """Anything that turns texts into vectors which lie near each other where the texts mean alike."""

    @property
    def name(self) -> str:
        """What is kept of it is kept under: the model's name or folder."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """(N, D), one row of length 1 for each of N >= 1 texts; None when they cannot be had now. Takes bounded time.

        The same text, which holds no lone surrogates, gives the same row. Raises nothing but `CheckpointError`, where its folder cannot
        be used.
        """


class Executor(Protocol):
    """Anything that answers batches on other machines."""

    def spread(self, open_desk: Callable[[], Callable[[str], str]], batches: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """What is said to each batch, with the batch's number, in any order; a number may come more than once.

        open_desk: pickled; called once in each process, it gives what answers a batch's text there. Raises `RunError` where the
        machines give up.
        """


class Watcher(Protocol):
    """What a person sees of a run. The loop reports; a watcher may print, draw or ignore."""

    def progress(self, title: str, total: int, done: int = 0) -> AbstractContextManager[Progress]:
        """A bar over `total` units, of which `done` were finished before this start."""

    def say(self, line: str) -> None:
        """One plain line."""

    def cycle_done(self, result: CycleResult) -> None:
        """A cycle has ended: its table."""


class Progress(Protocol):
    """One running bar."""

    def advance(self, units: int = 1) -> None:
        """`units` more are done."""


class Silent:
    """A watcher that shows nothing."""

    def progress(self, title: str, total: int, done: int = 0) -> AbstractContextManager[Progress]:
        """A bar nobody sees."""
        return _SilentProgress()

    def say(self, line: str) -> None:
        """Nothing."""

    def cycle_done(self, result: CycleResult) -> None:
        """Nothing."""


class _SilentProgress:
    def __enter__(self) -> _SilentProgress:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def advance(self, units: int = 1) -> None:
        """Nothing."""
