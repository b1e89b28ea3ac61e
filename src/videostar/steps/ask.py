"""Samples -> Answers, batch by batch. Generation, rationalization and evaluation all ask here; only prompt and decoding differ."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice
from pathlib import Path

from videostar.errors import OutOfMemoryError
from videostar.ports import Decoding, Reply, Request, VideoModel
from videostar.prompts import asked_of_window
from videostar.rows import to_json
from videostar.seeds import seed_for
from videostar.steps.batching import in_batches, in_order
from videostar.steps.windowed import (
    Lengths,
    LongClip,
    Unseen,
    WindowQuestions,
    merged_text,
    sightings,
    whole_finish,
    whole_record,
    window_answers,
)
from videostar.store import BatchNote, StageLog
from videostar.types import Answer, FrameRecord, Message, Route, Sample, Window
from videostar.video.frames import ClipRef, FrameFailure, Frames
from videostar.video.store import FrameStore
from videostar.video.windows import Windowing

Framed = tuple[Sample, Frames | FrameFailure | LongClip | None]
LONG_SAMPLES = 16
"""So many times fewer samples make a batch where long clips are asked about by windows, so that little is lost when one is cut off."""
TOO_LONG = "prompt too long: it does not fit the model's context together with an answer"


@dataclass(frozen=True, slots=True)
class Asking:
    """One way of asking: which prompt, how many candidates, how they are drawn.

    stage: part of every seed, such as "generate". root: what `Sample.video` is relative to. blind: without the video.
    windowing: how longer clips are cut, None for as a whole; window_prompt: what each window is asked then.
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
    windowing: Windowing | None = None
    window_prompt: Callable[[Sample, Window], str] = lambda sample, _: asked_of_window(sample, "reasoned")

    @property
    def samples_per_batch(self) -> int:
        """Batches are planned in whole samples."""
        return max(1, self.batch_size // self.n // (1 if self.windowing is None else LONG_SAMPLES))

    def seeds(self, sample: Sample, *window: str) -> tuple[int, ...]:
        """One seed per candidate, from what it is and not from when it is asked."""
        return tuple(seed_for(self.seed, self.stage, self.cycle, sample.id, candidate, *window) for candidate in range(self.n))

    def place(self, sample: Sample) -> ClipRef:
        """Where a sample's clip lies."""
        return ClipRef(self.root / sample.video, sample.start_seconds, sample.end_seconds)


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
    pairs = ((sample, None) for sample in remaining) if asking.blind else _with_frames(remaining, frames, asking)
    chunks = _chunks(pairs, size)
    before, started = frames.counts, time.monotonic()
    for batch, chunk in enumerate(chunks, finished):
        at_once = min(at_once, halvings.get(batch, size))
        rows, fitted = _answered(chunk, at_once, (model, frames), asking)
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
    pairs = ((sample, None) for sample in samples) if asking.blind else _with_frames(iter(samples), frames, asking)
    return _answered(list(pairs), asking.samples_per_batch, (model, frames), asking)[0]


def _with_frames(samples: Iterator[Sample], frames: FrameStore, asking: Asking) -> Iterator[Framed]:
    """Pairs in order. The frame store reads ahead of the model, so the samples it has taken wait here for their frames.

    The frames of a long clip are read when its windows are asked about.
    """
    lengths = Lengths(frames, asking.windowing)
    waiting: deque[tuple[Sample, LongClip | None]] = deque()

    def clips() -> Iterator[ClipRef]:
        for sample in samples:
            place = asking.place(sample)
            long = lengths.long_clip(place)
            waiting.append((sample, long))
            if long is None:
                yield place

    for loaded in frames.load(clips()):
        yield from _long_ones(waiting)
        yield waiting.popleft()[0], loaded
    yield from _long_ones(waiting)


def _long_ones(waiting: deque[tuple[Sample, LongClip | None]]) -> Iterator[Framed]:
    """Those at the head of the queue that wait for no frames."""
    while waiting and waiting[0][1] is not None:
        yield waiting.popleft()


def _chunks(pairs: Iterator[Framed], size: int) -> Iterator[list[Framed]]:
    while chunk := list(islice(pairs, size)):
        yield chunk


def _answered(chunk: Sequence[Framed], at_once: int, how: tuple[VideoModel, FrameStore], asking: Asking) -> tuple[list[Answer], int]:
    """The answers of a batch, and how many samples fitted at once: the batch is redone whole with half as many until it fits."""
    while True:
        try:
            parts = [_mixed(chunk[start : start + at_once], at_once, how, asking) for start in range(0, len(chunk), at_once)]
            return [answer for part in parts for answer in part], at_once
        except OutOfMemoryError:
            if at_once == 1:
                raise
            at_once = at_once // 2


def _mixed(chunk: Sequence[Framed], at_once: int, how: tuple[VideoModel, FrameStore], asking: Asking) -> list[Answer]:
    """The answers of a few samples in order: short clips together, long ones one after another."""
    model, _ = how
    short = iter(_answers([(sample, seen) for sample, seen in chunk if not isinstance(seen, LongClip)], model, asking))
    by_sample = {name: list(given) for name, given in groupby(short, key=lambda answer: answer.sample_id)}
    answers: list[Answer] = []
    for sample, seen in chunk:
        given = _by_windows(sample, seen, at_once, how, asking) if isinstance(seen, LongClip) else by_sample[sample.id]
        answers += given
    return answers


def _by_windows(sample: Sample, long: LongClip, at_once: int, how: tuple[VideoModel, FrameStore], asking: Asking) -> list[Answer]:
    """One answer per candidate from what was said about the windows; one that says why where a window cannot be seen or asked about."""
    model, frames = how
    started = time.monotonic()
    asks = WindowQuestions(
        name=sample.id,
        messages=lambda window: (Message("user", asking.window_prompt(sample, window)),),
        seeds=lambda window: asking.seeds(sample, f"{window.start_seconds:g}"),
        decoding=asking.decoding,
        at_once=at_once,
    )
    windows = long.windows(sample.label.windows_overlap)
    try:
        seen = list(sightings(long, windows, frames, model, asks))
        failed = next((reply for one in seen for reply in one.replies if reply.finish == "error"), None)
        if failed is not None:
            raise Unseen(failed.error or TOO_LONG)
    except Unseen as error:
        reply, record = Reply("", "error", 0), FrameRecord(error=error.why)
        return [_answer(sample, (0, reply), record, asking, (model.name, 0.0))]
    seconds = round((time.monotonic() - started) / asking.n, 4)
    answers = []
    for candidate in range(asking.n):
        parts = window_answers(seen, candidate)
        tokens = sum(one.replies[candidate].tokens for one in seen)
        reply = Reply(merged_text(sample, parts), whole_finish(parts), tokens)
        record = whole_record(long, parts, seen[0].frames.policy)
        whole = _answer(sample, (candidate, reply), record, asking, (model.name, seconds))
        answers.append(replace(whole, prompt=asking.window_prompt(sample, windows[0]), windows=parts))
    return answers


def _answer(sample: Sample, given: tuple[int, Reply], record: FrameRecord, asking: Asking, by: tuple[str, float]) -> Answer:
    candidate, reply = given
    model, seconds = by
    return Answer(
        sample_id=sample.id,
        cycle=asking.cycle,
        candidate=candidate,
        route=asking.route,
        prompt=asking.prompt(sample),
        text=reply.text,
        finish=reply.finish,
        frames=record,
        model=model,
        seed=asking.seeds(sample)[candidate],
        tokens=reply.tokens,
        seconds=seconds if reply.finish != "error" else 0.0,
    )


def _answers(chunk: Sequence[Framed], model: VideoModel, asking: Asking) -> list[Answer]:
    """The answers of a few samples in order; a clip that could not be read gives one answer that says why."""
    started = time.monotonic()
    requests = [
        Request(sample.id, (Message("user", asking.prompt(sample)),), loaded, asking.seeds(sample))
        for sample, loaded in chunk
        if not isinstance(loaded, FrameFailure | LongClip)
    ]
    replies = iter(model.answer(requests, asking.decoding) if requests else [])
    seconds = round((time.monotonic() - started) / max(1, len(requests) * asking.n), 4)
    answers: list[Answer] = []
    for sample, loaded in chunk:
        given = [Reply("", "error", 0)] if isinstance(loaded, FrameFailure) else next(replies)
        answers += [
            _answer(sample, (candidate, reply), _record(loaded, reply), asking, (model.name, seconds))
            for candidate, reply in enumerate(given)
        ]
    return answers


def _record(loaded: Frames | FrameFailure | LongClip | None, reply: Reply) -> FrameRecord:
    """What was seen, or why there is no answer."""
    if isinstance(loaded, FrameFailure):
        return loaded.record
    if reply.finish == "error":
        return FrameRecord(error=reply.error or TOO_LONG)
    if not isinstance(loaded, Frames):
        return FrameRecord(policy="no frames")
    return replace(
        loaded.record,
        duration_seconds=loaded.duration_seconds,
        width=loaded.width,
        height=loaded.height,
        visual_tokens=reply.visual_tokens,
    )
