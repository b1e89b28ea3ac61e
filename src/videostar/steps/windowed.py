"""A long clip is asked about window by window, a few at a time; what was said about the windows becomes one answer by its label's rule.

Memory does not grow with the clip: the frames of a few windows are held, what the model made of them is not kept, and of a window only
its text remains.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from videostar.ports import Decoding, Reply, Request, VideoModel
from videostar.types import Clip, Finish, FrameRecord, Message, Sample, Window, WindowAnswer
from videostar.video.frames import ClipRef, FrameFailure, Frames
from videostar.video.store import FrameStore
from videostar.video.windows import Windowing

WINDOWS_AT_ONCE = 4
MOST_PROBED = 256


@dataclass(frozen=True, slots=True)
class LongClip:
    """A span of a file that is longer than a window. Times of windows are counted from its start; end is file time."""

    path: Path
    start_seconds: float
    end_seconds: float
    clip: Clip
    windowing: Windowing

    def windows(self, overlapping: bool) -> tuple[Window, ...]:
        """Its windows in order."""
        return self.windowing.cut(self.end_seconds - self.start_seconds, overlapping)

    def place(self, window: Window) -> ClipRef:
        """Where a window lies in the file."""
        return ClipRef(self.path, *window_span(self.start_seconds, window))


def window_span(start_seconds: float, window: Window) -> tuple[float, float]:
    """Start and end in file time of a window of a clip that starts at `start_seconds`: the same for who asks and who trains."""
    return round(start_seconds + window.start_seconds, 4), round(start_seconds + window.end_seconds, 4)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One window as it was answered: one reply per candidate, and the frames they were given on."""

    window: Window
    replies: tuple[Reply, ...]
    frames: FrameRecord


class Unseen(Exception):  # noqa: N818  (a finding about the file, not a fault of the program)
    """A window that cannot be seen; then nothing can be said about the whole. `why` as `FrameRecord.error`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(slots=True)
class Lengths:
    """How long files are, asked once each; the last `MOST_PROBED` are remembered."""

    frames: FrameStore
    windowing: Windowing | None
    _known: OrderedDict[Path, tuple[float | None, int | None, int | None]] = field(default_factory=OrderedDict)

    def long_clip(self, place: ClipRef) -> LongClip | None:
        """The clip, where it is longer than a window; None where it is not, or where its file does not tell."""
        windowing, end = self.windowing, place.end_seconds
        if windowing is None or (end is not None and not windowing.is_long(end - place.start_seconds)):
            return None
        length, width, height = self._probed(place.path)
        if length is None:
            return None
        last = length if end is None else min(end, length)
        if not windowing.is_long(last - place.start_seconds):
            return None
        return LongClip(place.path, place.start_seconds, last, Clip(last - place.start_seconds, width, height), windowing)

    def _probed(self, path: Path) -> tuple[float | None, int | None, int | None]:
        if path not in self._known:
            info = self.frames.probe(path)
            self._known[path] = (None, None, None) if isinstance(info, FrameFailure) else (info.duration_seconds, info.width, info.height)
            while len(self._known) > MOST_PROBED:
                self._known.popitem(last=False)
        return self._known[path]


@dataclass(frozen=True, slots=True)
class WindowQuestions:
    """What is asked of every window: messages and the seeds of its candidates. at_once: windows that the model is shown together."""

    name: str
    messages: Callable[[Window], tuple[Message, ...]]
    seeds: Callable[[Window], tuple[int, ...]]
    decoding: Decoding
    at_once: int = WINDOWS_AT_ONCE


def sightings(
    long: LongClip, windows: Sequence[Window], frames: FrameStore, model: VideoModel, asks: WindowQuestions
) -> Iterator[Sighting]:
    """The windows answered in order, streamed. Raises `Unseen` where one cannot be read, `OutOfMemoryError` where too many at once."""
    shown = iter(frames.load((long.place(window) for window in windows), keep=False))
    rest = iter(windows)
    while group := list(islice(rest, max(1, min(asks.at_once, WINDOWS_AT_ONCE)))):
        loaded = [_readable(next(shown), long, window) for window in group]
        requests = [
            Request(asks.name, asks.messages(window), _unnamed(seen), asks.seeds(window))
            for window, seen in zip(group, loaded, strict=True)
        ]
        for window, seen, replies in zip(group, loaded, model.answer(requests, asks.decoding), strict=True):
            yield Sighting(window, tuple(replies), seen.record)


def window_answers(sightings: Sequence[Sighting], candidate: int) -> tuple[WindowAnswer, ...]:
    """What one candidate said about each window."""
    return tuple(
        WindowAnswer(
            seen.window,
            seen.replies[candidate].text,
            seen.replies[candidate].finish,
            seen.frames.sha256,
            seen.frames.timestamps_seconds,
            seen.replies[candidate].visual_tokens,
        )
        for seen in sightings
    )


def merged_text(sample: Sample, windows: Sequence[WindowAnswer]) -> str:
    """One answer for the whole clip, by the rule of its label."""
    return sample.label.merged([(part.window, part.text) for part in windows], sample.question)


def whole_finish(windows: Sequence[WindowAnswer]) -> Finish:
    """Cut off where all its windows' texts were; a single one is left out by itself."""
    return "length" if all(part.finish == "length" for part in windows) else "stop"


def whole_record(long: LongClip, windows: Sequence[WindowAnswer], policy: str) -> FrameRecord:
    """What the whole was seen on: a digest over its windows' digests. Their moments are kept with each window."""
    digest = hashlib.sha256("\n".join(part.frames_sha256 for part in windows).encode())
    tokens = [part.visual_tokens for part in windows]
    return FrameRecord(
        policy=f"{len(windows)} windows of {windows[0].window.seconds:.4g} s; of each: {policy}",
        sha256=digest.hexdigest(),
        duration_seconds=long.clip.duration_seconds,
        width=long.clip.width,
        height=long.clip.height,
        visual_tokens=None if None in tokens else sum(count for count in tokens if count is not None),
    )


def _readable(loaded: Frames | FrameFailure, long: LongClip, window: Window) -> Frames:
    if isinstance(loaded, FrameFailure):
        start, end = window_span(long.start_seconds, window)
        raise Unseen(f"{loaded.record.error} (in the window from {start:.2f} to {end:.2f} s)")
    return loaded


def _unnamed(frames: Frames) -> Frames:
    """Frames without a digest, by which models keep what they made of them."""
    return replace(frames, record=replace(frames.record, sha256=""))
