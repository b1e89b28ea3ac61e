"""Videos -> an index that can be searched without the model: each is described and asked about, window by window.

The same command goes on with one that was interrupted, reads what has changed, and leaves alone what has not. Memory does not grow
with a video's length or their number.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from videostar import shown
from videostar.errors import DataError
from videostar.people.index_file import IndexFile, StoredLabel, StoredMoment, StoredVideo, written
from videostar.people.index_questions import IndexPlan, IndexQuestion
from videostar.people.opening import Opened, memory_told
from videostar.ports import Decoding, Embedder, Reply, Request, Watcher
from videostar.steps.ask import TOO_LONG
from videostar.steps.windowed import window_span
from videostar.types import Message, Window
from videostar.video.frames import ClipRef, FrameFailure, Frames

VIDEO_SUFFIXES = frozenset(
    ".mp4 .m4v .mov .mkv .webm .avi .mpg .mpeg .ts .mts .m2ts .wmv .flv .3gp .ogv .gif .mxf .vob .asf .divx .h264 .hevc".split()
)
WINDOWS_AT_ONCE = 8
VECTORS_AT_ONCE = 64
MOST_NEW_TOKENS = 160
LONGEST_SECONDS = 48 * 3600.0
SHOWN_PROBLEMS = 10


@dataclass(frozen=True, slots=True)
class IndexRequest:
    """What to index and where. prune: forget also what is gone together with its folder, as a disk that is not mounted is."""

    videos: Sequence[Path]
    out: Path
    plan: IndexPlan
    prune: bool = False


@dataclass(slots=True)
class IndexAccount:
    """Where every file went. unreadable: file and reason. kept_gone: files that are gone with their folder and were not forgotten."""

    read: int = 0
    unchanged: int = 0
    forgotten: list[Path] = field(default_factory=list)
    kept_gone: list[Path] = field(default_factory=list)
    unreadable: list[tuple[Path, str]] = field(default_factory=list)
    videos: int = 0
    moments: int = 0
    embedded: int = 0

    def lines(self, out: Path) -> Iterator[str]:
        """For a person."""
        yield f"read {shown.count(self.read)}, unchanged {shown.count(self.unchanged)}, unreadable {shown.count(len(self.unreadable))}"
        for path, why in self.unreadable[:SHOWN_PROBLEMS]:
            yield f"  {shown.one_line(str(path), 80)}: {shown.one_line(why, 200)}"
        if len(self.unreadable) > SHOWN_PROBLEMS:
            yield f"  ... and {len(self.unreadable) - SHOWN_PROBLEMS} more"
        if self.forgotten:
            yield f"forgot {shown.count(len(self.forgotten))} that are gone, such as {shown.one_line(str(self.forgotten[0]), 80)}"
        if self.kept_gone:
            yield (
                f"{shown.count(len(self.kept_gone))} are gone together with their folder, such as "
                f"{shown.one_line(str(self.kept_gone[0]), 80)}; they stay unless --prune is given"
            )
        if self.embedded:
            yield f"embedded {shown.count(self.embedded)} moments"
        yield f"index: {out} holds {shown.count(self.videos)} videos and {shown.count(self.moments)} moments"


@dataclass(frozen=True, slots=True)
class _Unit:
    """One window of one video. number: the video's in the index. start_seconds of the window are those of the file."""

    number: int
    path: Path
    window: Window
    is_last: bool

    @property
    def place(self) -> ClipRef:
        return ClipRef(self.path, *window_span(0.0, self.window))


def index(request: IndexRequest, opened: Opened, watch: Watcher, embedder: Embedder | None = None) -> IndexAccount:
    """Bring the index up to date with the files. Raises `DataError` where there is nothing to index, and what `written` raises."""
    files = list(dict.fromkeys(found_videos(request.videos)))
    with written(request.out) as out:
        indexing = _Indexing(out, request.plan, opened)
        indexing.forget(request.prune)
        if not files and not out.paths():
            raise DataError("there is no video among what was named; name video files, or folders that hold some")
        with watch.progress("index", len(files)) as bar, memory_told():
            for done in indexing.read(files):
                bar.advance(done)
        if embedder is not None:
            indexing.account.embedded = _embed(out, embedder)
        counts = out.counts()
    indexing.account.videos, indexing.account.moments = counts["videos"], counts["moments"]
    return indexing.account


def found_videos(named: Iterable[Path]) -> Iterator[Path]:
    """Files as they are named, and those below folders that have a video's ending, in order. Raises `DataError` for what is not there."""
    missing = []
    for path in named:
        if path.is_dir():
            for folder, folders, names in os.walk(path):
                folders.sort()
                yield from (Path(folder, name).absolute() for name in sorted(names) if Path(name).suffix.lower() in VIDEO_SUFFIXES)
        elif path.is_file():
            yield path.absolute()
        else:
            missing.append(f"there is no file or folder {shown.one_line(str(path), 200)}")
    if missing:
        raise DataError(*missing)


class _Indexing:
    def __init__(self, out: IndexFile, plan: IndexPlan, opened: Opened) -> None:
        self.account = IndexAccount()
        self._out = out
        self._plan = plan
        self._opened = opened
        self._asked = _fingerprint(plan, opened)
        self._failed: dict[int, list[str]] = {}
        self._done = 0

    def forget(self, prune: bool) -> None:
        """What is gone; of a file whose folder is gone too, nobody knows whether it is, unless `prune` says so."""
        for path in self._out.paths():
            if path.exists():
                continue
            if prune or path.parent.is_dir():
                self._out.forget(path)
                self.account.forgotten.append(path)
            else:
                self.account.kept_gone.append(path)

    def read(self, files: Sequence[Path]) -> Iterator[int]:
        """Index the files; yields how many are done since the last time."""
        units = self._units(files)
        waiting: OrderedDict[int, _Unit] = OrderedDict()

        def places() -> Iterator[ClipRef]:
            for count, unit in enumerate(units):
                waiting[count] = unit
                yield unit.place

        seen = self._opened.frames.load(places(), keep=False)
        while batch := list(islice(seen, WINDOWS_AT_ONCE)):
            self._take([waiting.popitem(last=False)[1] for _ in batch], batch)
            yield self._settled()
        yield self._settled()

    def _settled(self) -> int:
        done, self._done = self._done, 0
        return done

    def _units(self, files: Sequence[Path]) -> Iterator[_Unit]:
        """What is left to ask of files, file by file."""
        for path in files:
            units = list(self._left(path))
            if units:
                yield from units
            else:
                self._done += 1

    def _left(self, path: Path) -> Iterator[_Unit]:
        known, stat = self._out.video(path), path.stat()
        sha256 = ""
        if known is not None and (known.size, known.mtime_ns) != (stat.st_size, stat.st_mtime_ns):
            sha256 = _sha256(path)
            if sha256 == known.sha256:
                self._out.touch(known.id, stat)
            else:
                known = None
        if known is not None and known.asked == self._asked and known.is_done:
            self.account.unchanged += 1
            return
        windows = self._windows(path)
        if isinstance(windows, str):
            self._unreadable(path, stat, windows)
            return
        number, had = self._begun(path, known, stat, sha256, windows)
        left = [window for window in windows if window_span(0.0, window)[0] not in had]
        if not left:  # it was interrupted right before it was finished
            self._finish(number, path)
        for place, window in enumerate(left):
            yield _Unit(number, path, window, place == len(left) - 1)

    def _begun(
        self, path: Path, known: StoredVideo | None, stat: os.stat_result, sha256: str, windows: Sequence[Window]
    ) -> tuple[int, frozenset[float]]:
        """The number of a video and the starts of the windows that it has from before an interruption."""
        if known is not None and known.asked == self._asked:
            return known.id, known.windows
        return self._out.begin(path, stat, sha256 or _sha256(path), self._asked, windows[-1].end_seconds), frozenset()

    def _windows(self, path: Path) -> tuple[Window, ...] | str:
        """The windows of a file, or why it has none."""
        info = self._opened.frames.probe(path)
        if isinstance(info, FrameFailure):
            return f"{info.reason}: {info.message}"
        length = info.duration_seconds
        if length is None or length > LONGEST_SECONDS:
            # Its end is found by reading it as a whole, which frames do by themselves for what has no end.
            whole = next(self._opened.frames.load([ClipRef(path)], keep=False))
            if isinstance(whole, FrameFailure):
                return f"{whole.reason}: {whole.message}"
            length = whole.duration_seconds
        if length is None or length > LONGEST_SECONDS:
            return f"its length is not known, or above {LONGEST_SECONDS / 3600:g} hours"
        return self._plan.windowing.cut(length)

    def _unreadable(self, path: Path, stat: os.stat_result, why: str) -> None:
        self.account.unreadable.append((path, why))
        number = self._out.begin(path, stat, _sha256(path), self._asked, None)
        self._out.finish(number, (), why)

    def _take(self, units: Sequence[_Unit], seen: Sequence[Frames | FrameFailure]) -> None:
        """Ask about windows that were read, all questions of each, and write them down."""
        shown_to = [(unit, frames) for unit, frames in zip(units, seen, strict=True) if isinstance(frames, Frames)]
        for unit, frames in zip(units, seen, strict=True):
            if isinstance(frames, FrameFailure):
                self._failed.setdefault(unit.number, []).append(f"{frames.reason}: {frames.message} (at {unit.window.start_seconds:.1f} s)")
        replies = iter(self._replies([frames for _, frames in shown_to]))
        found: list[tuple[int, StoredMoment]] = []
        for unit, _ in shown_to:
            own = [next(replies) for _ in self._asks]
            lost = next((reply for reply in own if reply.finish == "error"), None)
            if lost is None:
                found += [(unit.number, moment) for moment in self._moments(unit, own)]
            else:
                self._failed.setdefault(unit.number, []).append(f"{lost.error or TOO_LONG} (at {unit.window.start_seconds:.1f} s)")
        self._out.add(found)
        for unit in units:
            if unit.is_last:
                self._finish(unit.number, unit.path)

    @property
    def _asks(self) -> tuple[IndexQuestion, ...]:
        return self._plan.questions

    def _replies(self, seen: Sequence[Frames]) -> list[Reply]:
        """For each clip the replies to all questions."""
        requests = [Request("index", (Message("user", ask.prompt),), frames, (0,)) for frames in seen for ask in self._asks]
        decoding = Decoding(temperature=0.0, top_p=1.0, max_new_tokens=min(MOST_NEW_TOKENS, self._opened.config.generate.max_new_tokens))
        return [replies[0] for replies in self._opened.model.answer(requests, decoding)] if requests else []

    def _moments(self, unit: _Unit, replies: Sequence[Reply]) -> Iterator[StoredMoment]:
        """The window itself, found by what was said in words; then the times that were given in it, found by what they are."""
        start, end = window_span(0.0, unit.window)
        said = list(zip(self._asks, replies, strict=True))
        labels = [label for ask, reply in said if not ask.is_timed and (label := _label(ask, reply.text, unit.window)) is not None]
        spoken = " ".join(reply.text.strip() for ask, reply in said if ask.label.kind == "text")
        facts = " ".join(f"{label.name}: {label.text}." for label in labels)
        own = f"{spoken} {facts}".strip()
        yield StoredMoment(start, end, True, own, "", [(ask.name, reply.text, reply.finish) for ask, reply in said], labels)
        for ask, reply in said:
            for first, last in _times(ask, reply.text, unit.window) if ask.is_timed else ():
                if unit.window.owned_start_seconds <= first <= unit.window.owned_end_seconds:  # what two windows saw is told once
                    yield StoredMoment(round(first, 3), round(last, 3), False, ask.moment, own)

    def _finish(self, number: int, path: Path) -> None:
        """The labels of the whole video, by each kind's own rule."""
        failed = self._failed.pop(number, [])
        labels = []
        for ask in self._asks:
            if ask.label.kind != "text" and not ask.is_timed:
                rows = self._out.window_answers(number, ask.name)
                text = ask.label.merged([(Window(start, end, start, end), text) for start, end, text in rows], ask.question) if rows else ""
                if text:
                    labels.append(StoredLabel(ask.name, ask.label.kind, text, _number(ask, text)))
        self._out.finish(number, labels, "; ".join(failed[:3]))
        if failed:
            self.account.unreadable.append((path, f"{len(failed)} windows could not be read: {failed[0]}"))
        self.account.read += 1
        self._done += 1


def _label(ask: IndexQuestion, text: str, window: Window) -> StoredLabel | None:
    if ask.label.kind == "text":
        return None
    said = ask.label.window_answer(text, ask.question, window)
    return StoredLabel(ask.name, ask.label.kind, said[:200], _number(ask, said)) if said else None


def _number(ask: IndexQuestion, text: str) -> float | None:
    if ask.label.kind not in ("number", "count"):
        return None
    try:
        return float(text.split(maxsplit=1)[0])
    except (ValueError, IndexError):
        return None


def _times(ask: IndexQuestion, text: str, window: Window) -> list[tuple[float, float]]:
    """The stretches of a timed answer, in file time."""
    found = ask.label.judge(text, ask.question).extracted
    pairs = found if isinstance(found, list) and found and isinstance(found[0], list) else [found]
    stretches = []
    for pair in pairs if isinstance(pairs, list) else []:
        times = pair if isinstance(pair, list) else [pair]
        numbers = [float(time) for time in times if isinstance(time, int | float)]
        if numbers and numbers[0] <= window.seconds + 0.05:
            stretches.append((window.start_seconds + numbers[0], window.start_seconds + min(numbers[-1], window.seconds)))
    return stretches


def _fingerprint(plan: IndexPlan, opened: Opened) -> str:
    """Equal while the same model is asked the same about the same windows."""
    asked = [(ask.name, ask.prompt, ask.moment, ask.label.to_json()) for ask in plan.questions]
    return hashlib.sha256(repr((opened.fingerprint, asked, plan.windowing)).encode("utf-8", "backslashreplace")).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _embed(out: IndexFile, embedder: Embedder) -> int:
    """Vectors for all moments that have none of this embedder; how many."""
    count = 0
    while rows := out.without_vector(embedder.name, VECTORS_AT_ONCE):
        vectors = embedder.embed([text or "-" for _, text in rows])
        if vectors is None:
            raise DataError(f"the embedder {embedder.name} gives no vectors; see that its server runs. The same command goes on from here")
        out.add_vectors(embedder.name, [(moment, np.float32(vector).tobytes()) for (moment, _), vector in zip(rows, vectors, strict=True)])
        count += len(rows)
    return count
