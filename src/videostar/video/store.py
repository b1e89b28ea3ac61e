"""`FrameStore`: clips in, frames out, in order. Decoding happens ahead, in processes; each clip is decoded once.

A store belongs to the process that made it: do not hand it to a forked or pickled copy.
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from videostar.types import FrameRecord
from videostar.video.cache import FileId, FrameCache, entry_key
from videostar.video.frames import ClipRef, FrameFailure, Frames, VideoInfo
from videostar.video.sampling import Sampling
from videostar.video.workers import Reply, WorkerPool

if TYPE_CHECKING:
    from videostar.config import FramesConfig

MEMORY_BYTES = 512 << 20
AHEAD_PER_WORKER = 2
SLOW_DISK_BYTES_PER_SECOND = 20e6

Loaded: TypeAlias = Frames | FrameFailure
How: TypeAlias = Literal["decoded", "cached", "failed"]


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """How the clips that were asked for were answered; every answer is in exactly one.

    decoded: by decoding. cached: from disk, from memory, or together with an equal clip. failed: not at all.
    """

    decoded: int = 0
    cached: int = 0
    failed: int = 0


_Key: TypeAlias = tuple[FileId, float, float | None]


class FrameStore:
    """The frames of clips; a context manager that ends its processes.

    root: folder that relative paths are resolved against; None: the working folder.
    """

    def __init__(self, settings: FramesConfig, root: Path | None = None) -> None:
        self._sampling = Sampling.of(settings)
        self._limit_seconds = settings.decode_seconds
        self._root = root or Path()
        self._cache = _opened_cache(settings)
        self._pool = WorkerPool(settings.decode_workers)
        self._threads = ThreadPoolExecutor(settings.decode_workers, thread_name_prefix="decode")
        self._ahead = AHEAD_PER_WORKER * settings.decode_workers
        self._memory = _Memory(MEMORY_BYTES)
        self._failures: dict[_Key, FrameFailure] = {}
        self._pending: dict[_Key, Future[tuple[Loaded, How]]] = {}
        self._counts = FrameCounts()

    def __enter__(self) -> FrameStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def sampling(self) -> Sampling:
        """Which frames are taken of a clip."""
        return self._sampling

    @property
    def counts(self) -> FrameCounts:
        """Of all that was loaded so far."""
        return self._counts

    def load(self, clips: Iterable[ClipRef], keep: bool = True) -> Iterator[Loaded]:
        """For each clip its frames, or why there are none, in order. A few clips are decoded ahead of what is taken.

        keep: False does not hold them in memory for the next who asks, so that the windows of a long file take no more than a few.
        """
        waiting: deque[tuple[_Key, Future[tuple[Loaded, How]]]] = deque()
        try:
            for clip in clips:
                waiting.append(self._begin(clip))
                if len(waiting) > self._ahead:
                    yield self._finish(*waiting.popleft(), keep)
            while waiting:
                yield self._finish(*waiting.popleft(), keep)
        finally:
            for key, _ in waiting:  # the caller stopped early
                self._pending.pop(key, None)

    def probe(self, path: Path) -> VideoInfo | FrameFailure:
        """What a file's header and first frame say."""
        reply = self._pool.ask({"do": "probe", "path": str(self._root / path)}, self._limit_seconds)
        return reply if isinstance(reply, FrameFailure) else VideoInfo(**reply.message["info"])

    def close(self) -> None:
        """End all processes; nothing can be loaded after."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._pool.close()
        self._threads.shutdown(wait=True)

    def _begin(self, clip: ClipRef) -> tuple[_Key, Future[tuple[Loaded, How]]]:
        clip = replace(clip, path=self._root / clip.path)
        key = (FileId.of(clip.path), clip.start_seconds, clip.end_seconds)
        known: Loaded | None = self._failures.get(key) or self._memory.get(key)
        if known is not None:
            future: Future[tuple[Loaded, How]] = Future()
            future.set_result((known, "cached"))
            return key, future
        if key not in self._pending:
            self._pending[key] = self._threads.submit(self._read, clip, key[0])
        return key, self._pending[key]

    def _finish(self, key: _Key, future: Future[tuple[Loaded, How]], keep: bool) -> Loaded:
        loaded, how = future.result()
        if self._pending.pop(key, None) is None:
            how = "cached"
        if isinstance(loaded, FrameFailure):
            how = "failed"
            self._failures[key] = loaded
        elif keep:
            self._memory.put(key, loaded)
        self._counts = replace(self._counts, **{how: getattr(self._counts, how) + 1})
        return loaded

    def _read(self, clip: ClipRef, file: FileId) -> tuple[Loaded, How]:
        """Runs in a thread, which mostly waits for a process or a disk."""
        if self._cache is None:
            return self._decoded(clip)
        content = self._cache.content_sha256(file, lambda: self._content_sha256(file))
        if isinstance(content, FrameFailure):
            return content, "failed"
        key = entry_key(content, clip, self._sampling)
        found = self._cache.get(key)
        if found is not None:
            return found, "cached"
        loaded, how = self._decoded(clip)
        if isinstance(loaded, Frames) and FileId.of(clip.path) == file:
            self._cache.put(key, loaded)
        return loaded, how

    def _decoded(self, clip: ClipRef) -> tuple[Loaded, How]:
        span = {"start_seconds": clip.start_seconds, "end_seconds": clip.end_seconds}
        request = {"do": "decode", "path": str(clip.path), **span, "sampling": self._sampling.to_json()}
        reply = self._pool.ask(request, self._limit_seconds)
        return (reply, "failed") if isinstance(reply, FrameFailure) else (_frames(reply), "decoded")

    def _content_sha256(self, file: FileId) -> str | FrameFailure:
        """In a process too: a disk can hang as well as a decoder. A large file gets the time that a slow disk needs."""
        limit_seconds = max(self._limit_seconds, file.size / SLOW_DISK_BYTES_PER_SECOND)
        reply = self._pool.ask({"do": "digest", "path": file.path}, limit_seconds)
        return reply if isinstance(reply, FrameFailure) else str(reply.message["sha256"])


class _Memory:
    """The last clips, at most `limit_bytes` of them."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._held_bytes = 0
        self._clips: OrderedDict[_Key, Frames] = OrderedDict()

    def get(self, key: _Key) -> Frames | None:
        if key in self._clips:
            self._clips.move_to_end(key)
        return self._clips.get(key)

    def put(self, key: _Key, frames: Frames) -> None:
        if key in self._clips or frames.pixels.nbytes > self._limit_bytes:
            return
        self._clips[key] = frames
        self._held_bytes += frames.pixels.nbytes
        while self._held_bytes > self._limit_bytes:
            self._held_bytes -= self._clips.popitem(last=False)[1].pixels.nbytes


def _opened_cache(settings: FramesConfig) -> FrameCache | None:
    if settings.cache_gib == 0:
        return None
    return FrameCache(settings.cache.expanduser(), int(settings.cache_gib * 2**30))


def _frames(reply: Reply) -> Frames:
    """Frames over the very bytes that came through the pipe."""
    facts: dict[str, Any] = dict(reply.message["frames"])
    shape, record = tuple(facts.pop("shape")), facts.pop("record")
    if math.prod(shape) != len(reply.payload):
        raise RuntimeError(f"a decoding process sent {len(reply.payload)} bytes for frames of {shape}")
    times = tuple(facts.pop("timestamps_seconds"))
    pixels = np.frombuffer(reply.payload, np.uint8).reshape(shape)
    return Frames(pixels, times, record=FrameRecord(record["policy"], times, record["sha256"]), **facts)
