"""Samples -> Answers, batch by batch. Generation, rationalization and evaluation all ask here; only prompt and decoding differ."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from videostar.errors import OutOfMemoryError
from videostar.ports import Decoding, Reply, Request, VideoModel
from videostar.rows import to_json
from videostar.seeds import seed_for
from videostar.steps.batching import in_batches, in_order
from videostar.store import BatchNote, StageLog
from videostar.types import Answer, FrameRecord, Message, Route, Sample
from videostar.video.frames import ClipRef, FrameFailure, Frames
from videostar.video.store import FrameStore

Framed = tuple[Sample, Frames | FrameFailure | None]
TOO_LONG = "prompt too long: it does not fit the model's context together with an answer"


@dataclass(frozen=True, slots=True)
class Asking:
    """One way of asking: which prompt, how many candidates, how they are drawn.

    stage: part of every seed, such as "generate". root: what `Sample.video` is relative to. blind: without the video.
    """

    stage: str
    cycle: int
    route: Route
    prompt: Callable[[Sample], str]
    n: int
    decoding: Decoding
    batch_size: int
    seed: int
    root: Path
    blind: bool = False

    @property
    def samples_per_batch(self) -> int:
        """Batches are planned in whole samples."""
        return max(1, self.batch_size // self.n)

    def seeds(self, sample: Sample) -> tuple[int, ...]:
        """One seed per candidate, from what it is and not from when it is asked."""
        return tuple(seed_for(self.seed, self.stage, self.cycle, sample.id, candidate) for candidate in range(self.n))


def ask(samples: Iterable[Sample], model: VideoModel, frames: FrameStore, asking: Asking, log: StageLog) -> Iterator[int]:
    """Answer into the log what it does not hold yet; yields the number of samples of each new batch.

    Batches are planned over the whole ordered stream before finished ones are skipped, and a halving after running out of
    memory is recorded and replayed, so that an interrupted stage ends with the answers of an undisturbed one. The finished log is
    in the order of the stream, whatever order was asked in.
    """
    size, finished, halvings = asking.samples_per_batch, log.recover(), log.halvings()
    at_once = min([size, *(halved for batch, halved in halvings.items() if batch < finished)])
    batches = in_batches(samples, size, asking.prompt, None if asking.blind else frames.sampling, finished)
    remaining = chain.from_iterable(batches)
    pairs = ((sample, None) for sample in remaining) if asking.blind else _with_frames(remaining, frames, asking.root)
    chunks = _chunks(pairs, size)
    before, started = frames.counts, time.monotonic()
    for batch, chunk in enumerate(chunks, finished):
        at_once = min(at_once, halvings.get(batch, size))
        rows, fitted = _answered(chunk, at_once, model, asking)
        if fitted < at_once:
            at_once = fitted
            log.record_halving(batch, at_once)
        after, ended = frames.counts, time.monotonic()
        note = BatchNote(ended - started, after.decoded - before.decoded, after.cached - before.cached)
        log.append((to_json(row) for row in rows), note)
        before, started = after, ended
        yield len(chunk)
    log.sort(lambda rows: in_order(rows, size))
    log.finish()


def answer_batch(samples: Sequence[Sample], model: VideoModel, frames: FrameStore, asking: Asking) -> list[Answer]:
    """One batch by itself, halved as often as memory asks for; its answers in order."""
    pairs = ((sample, None) for sample in samples) if asking.blind else _with_frames(iter(samples), frames, asking.root)
    return _answered(list(pairs), asking.samples_per_batch, model, asking)[0]


def _with_frames(samples: Iterator[Sample], frames: FrameStore, root: Path) -> Iterator[Framed]:
    """Pairs in order. The frame store reads ahead of the model, so the samples it has taken wait here for their frames."""
    waiting: deque[Sample] = deque()

    def clips() -> Iterator[ClipRef]:
        for sample in samples:
            waiting.append(sample)
            yield ClipRef(root / sample.video, sample.start_seconds, sample.end_seconds)

    for loaded in frames.load(clips()):
        yield waiting.popleft(), loaded


def _chunks(pairs: Iterator[Framed], size: int) -> Iterator[list[Framed]]:
    while chunk := list(islice(pairs, size)):
        yield chunk


def _answered(chunk: Sequence[Framed], at_once: int, model: VideoModel, asking: Asking) -> tuple[list[Answer], int]:
    """The answers of a batch, and how many samples fitted at once: the batch is redone whole with half as many until it fits."""
    while True:
        try:
            parts = [_answers(chunk[start : start + at_once], model, asking) for start in range(0, len(chunk), at_once)]
            return [answer for part in parts for answer in part], at_once
        except OutOfMemoryError:
            if at_once == 1:
                raise
            at_once = at_once // 2


def _answers(chunk: Sequence[Framed], model: VideoModel, asking: Asking) -> list[Answer]:
    """The answers of a few samples in order; a clip that could not be read gives one answer that says why."""
    started = time.monotonic()
    requests = [
        Request(sample.id, (Message("user", asking.prompt(sample)),), loaded, asking.seeds(sample))
        for sample, loaded in chunk
        if not isinstance(loaded, FrameFailure)
    ]
    replies = iter(model.answer(requests, asking.decoding) if requests else [])
    seconds = round((time.monotonic() - started) / max(1, len(requests) * asking.n), 4)
    answers: list[Answer] = []
    for sample, loaded in chunk:
        given = [Reply("", "error", 0)] if isinstance(loaded, FrameFailure) else next(replies)
        answers += [
            Answer(
                sample_id=sample.id,
                cycle=asking.cycle,
                candidate=candidate,
                route=asking.route,
                prompt=asking.prompt(sample),
                text=reply.text,
                finish=reply.finish,
                frames=_record(loaded, reply),
                model=model.name,
                seed=seed,
                tokens=reply.tokens,
                seconds=seconds if reply.finish != "error" else 0.0,
            )
            for candidate, (reply, seed) in enumerate(zip(given, asking.seeds(sample), strict=False))
        ]
    return answers


def _record(loaded: Frames | FrameFailure | None, reply: Reply) -> FrameRecord:
    """What was seen, or why there is no answer."""
    if isinstance(loaded, FrameFailure):
        return loaded.record
    if reply.finish == "error":
        return FrameRecord(error=reply.error or TOO_LONG)
    if loaded is None:
        return FrameRecord(policy="no frames")
    return replace(
        loaded.record,
        duration_seconds=loaded.duration_seconds,
        width=loaded.width,
        height=loaded.height,
        visual_tokens=reply.visual_tokens,
    )
