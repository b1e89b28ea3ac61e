"""Long clips in windows: equal stretches that overlap by exactly as much as is asked for. Pure.

A clip of `d` seconds is cut into the fewest windows of at most `window_seconds` that cover it, each sharing `overlap_seconds` with
the next. All are of one length, so that no last one is a sliver. A window owns its stretch up to the middle of what it
shares with a neighbour: what windows own lies end to end and is the whole clip.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from videostar.types import Window

if TYPE_CHECKING:
    from videostar.config import FramesConfig

SLACK = 0.1
"""A clip that is longer than a window by no more than this share of it is looked at as a whole."""
MOST_WINDOWS = 200_000
DEFAULT_OVERLAP = 0.25
"""Of the window, where the config names no overlap."""


@dataclass(frozen=True, slots=True)
class Windowing:
    """How long clips are cut. overlap_seconds: at most half of window_seconds."""

    window_seconds: float
    overlap_seconds: float

    @classmethod
    def of(cls, config: FramesConfig) -> Windowing | None:
        """The part of a config that cuts long clips; None where they are looked at as a whole."""
        if config.window_seconds is None:
            return None
        overlap = config.window_overlap_seconds
        return cls(config.window_seconds, config.window_seconds * DEFAULT_OVERLAP if overlap is None else overlap)

    def is_long(self, duration_seconds: float) -> bool:
        """Whether a clip of this length is cut at all."""
        return duration_seconds > self.window_seconds * (1 + SLACK)

    def cut(self, duration_seconds: float, overlapping: bool = True) -> tuple[Window, ...]:
        """The windows of a clip in order; a clip that is not long has one.

        overlapping: False puts them end to end, for what must not be seen twice. Raises ValueError for a clip of more than
        `MOST_WINDOWS` windows.
        """
        if not self.is_long(duration_seconds):
            return (Window(0.0, duration_seconds, 0.0, duration_seconds),)
        shared = self.overlap_seconds if overlapping else 0.0
        count = max(1, math.ceil((duration_seconds - shared) / (self.window_seconds - shared) - 1e-9))
        if count > MOST_WINDOWS:
            raise ValueError(f"{duration_seconds:g} seconds are {count} windows of {self.window_seconds:g}; at most {MOST_WINDOWS}")
        length = (duration_seconds + (count - 1) * shared) / count
        step = length - shared
        starts = [round(place * step, 3) for place in range(count)]
        ends = [*(round(start + length, 3) for start in starts[:-1]), duration_seconds]
        borders = [0.0, *(round((end + start) / 2, 4) for end, start in zip(ends[:-1], starts[1:], strict=True)), duration_seconds]
        return tuple(Window(*fields) for fields in zip(starts, ends, borders[:-1], borders[1:], strict=True))
