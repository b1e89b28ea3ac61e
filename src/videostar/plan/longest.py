"""The longest clip of all tables and what it costs in tokens: found by what rows say and by headers, bounded in time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from videostar.config import Config
from videostar.plan.clips import SECONDS_IN_ALL, ClipPlan, clip_plan, probed
from videostar.plan.tables import Drawn, rows_of
from videostar.video.frames import FrameFailure, VideoInfo
from videostar.video.sampling import Sampling

MOST_STATED = 32
MOST_FILES = 20_000


@dataclass(frozen=True, slots=True)
class Longest:
    """row, clip: the longest that was found, or None. looked, files: headers read, and how many there were to read.

    rows: of all tables. unread: files that could not be read.
    """

    row: Drawn | None
    clip: ClipPlan | None
    rows: int
    looked: int
    files: int
    unread: int


def longest(config: Config, seconds_in_all: float = SECONDS_IN_ALL) -> Longest:
    """Rows that say where they end need no look, but for the longest of them; of the others every header is read, until time is over.

    Rows that cannot be used are passed over: they are told elsewhere.
    """
    rows, stated, open_ended = _candidates(config)
    files = sorted({_path(item) for item in (*stated, *open_ended)})
    infos = probed(config, files, seconds_in_all)
    settings = Sampling.of(config.frames)
    clips = [
        (clip.duration_seconds, place, item, clip)
        for place, item in enumerate((*stated, *open_ended))
        if isinstance(info := infos.get(_path(item)), VideoInfo) and (clip := clip_plan(item, info, settings)).duration_seconds is not None
    ]
    unread = sum(isinstance(info, FrameFailure) for info in infos.values())
    if not clips:
        return Longest(None, None, rows, len(infos), len(files), unread)
    _, _, item, clip = max(clips, key=lambda found: (found[0], -found[1]))
    return Longest(item, clip, rows, len(infos), len(files), unread)


def _candidates(config: Config) -> tuple[int, list[Drawn], list[Drawn]]:
    """The number of rows, the longest by what they say, and one row for each file and start of those that do not say."""
    rows = 0
    stated: list[tuple[float, int, Drawn]] = []
    open_ended: dict[tuple[Path, float], Drawn] = {}
    for rows, item in enumerate(_usable(config), 1):
        sample = item.sample
        if sample.end_seconds is None:
            if len(open_ended) < MOST_FILES:
                open_ended.setdefault((_path(item), sample.start_seconds), item)
            continue
        heapq.heappush(stated, (sample.end_seconds - sample.start_seconds, -rows, item))
        if len(stated) > MOST_STATED:
            heapq.heappop(stated)
    return rows, [item for _, _, item in sorted(stated, reverse=True)], list(open_ended.values())


def _usable(config: Config) -> Iterator[Drawn]:
    return (row for _, row in rows_of(config) if isinstance(row, Drawn))


def _path(item: Drawn) -> Path:
    return item.folder / item.sample.video
