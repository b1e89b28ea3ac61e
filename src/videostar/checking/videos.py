"""The headers of many videos, opened at the same time in processes that can be killed, and which files hold the same."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from videostar.ports import Watcher
from videostar.video.frames import FrameFailure, VideoInfo
from videostar.video.workers import WorkerPool

MOST_WORKERS = 16
SLOW_DISK_BYTES_PER_SECOND = 20e6
NOT_LOOKED_AT = FrameFailure("missing", "not looked at")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Look:
    """What was found of each video, by path; the digest of each file whose size is another's too."""

    infos: Mapping[str, VideoInfo | FrameFailure] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    def of(self, path: str) -> VideoInfo | FrameFailure:
        """What was found of one video."""
        return self.infos.get(path, NOT_LOOKED_AT)

    def copies(self) -> tuple[tuple[str, ...], ...]:
        """Paths of files with the same content, in order."""
        paths: dict[str, list[str]] = defaultdict(list)
        for path, digest in self.digests.items():
            paths[digest].append(path)
        return tuple(sorted(tuple(sorted(same)) for same in paths.values() if len(same) > 1))

    def failures(self) -> Counter[str]:
        """Videos that cannot be used, by reason."""
        return Counter(info.reason for info in self.infos.values() if isinstance(info, FrameFailure))

    def lengths(self) -> list[float]:
        """Lengths in seconds of the videos that tell one, ascending."""
        infos = (info for info in self.infos.values() if isinstance(info, VideoInfo))
        return sorted(info.duration_seconds for info in infos if info.duration_seconds is not None)


def looked_at(paths: Sequence[str], workers: int, seconds_per_file: float, watch: Watcher) -> Look:
    """Open every header, each within a time limit. workers: processes; 0: one a core."""
    count = min(MOST_WORKERS, workers or os.cpu_count() or 1, len(paths))

    with WorkerPool(count) as pool, ThreadPoolExecutor(count) as threads:

        def probe(path: str) -> VideoInfo | FrameFailure:
            reply = pool.ask({"do": "probe", "path": path}, seconds_per_file)
            return reply if isinstance(reply, FrameFailure) else VideoInfo(**reply.message["info"])

        def digest(path: str) -> str:
            limit_seconds = max(seconds_per_file, os.path.getsize(path) / SLOW_DISK_BYTES_PER_SECOND)
            reply = pool.ask({"do": "digest", "path": path}, limit_seconds)
            return "" if isinstance(reply, FrameFailure) else str(reply.message["sha256"])

        infos = dict(_each(paths, probe, threads, watch, "headers"))
        same_size = _of_equal_size([path for path in paths if isinstance(infos[path], VideoInfo)])
        digests = dict(_each(same_size, digest, threads, watch, "contents"))
    return Look(infos, {path: found for path, found in digests.items() if found})


def _each(paths: Sequence[str], do: Callable[[str], T], threads: ThreadPoolExecutor, watch: Watcher, title: str) -> Iterator[tuple[str, T]]:
    with watch.progress(title, len(paths)) as bar:
        for path, found in zip(paths, threads.map(do, paths), strict=True):
            bar.advance()
            yield path, found


def _of_equal_size(paths: Sequence[str]) -> list[str]:
    sizes = {path: os.path.getsize(path) for path in paths}
    counts = Counter(sizes.values())
    return [path for path in paths if counts[sizes[path]] > 1]
