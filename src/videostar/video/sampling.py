"""Which moments of a clip a model sees: the one sampling policy. Pure.

A clip of `d` seconds is cut into T equal segments and each is looked at in its middle, at `(i + 0.5) * d / T`. The frame
at a moment is the one on screen: the nearest frame at or before it. So no frame depends on a rate in a header, variable
rates need no care, and a single frame is asked for in the middle of the clip.

T is `num_frames` where that is set, else `fps * d` rounded and held between `min_frames` and `max_frames`. A clip with
fewer distinct frames than T gives some of them more than once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from videostar.config import FramesConfig


@dataclass(frozen=True, slots=True)
class Sampling:
    """The settings that decide frames. `max_pixels` is the cap on height x width of one frame."""

    num_frames: int | None = None
    fps: float = 2.0
    min_frames: int = 4
    max_frames: int = 64
    max_pixels: int = 200_704

    @classmethod
    def of(cls, config: FramesConfig) -> Sampling:
        """The part of a config that decides frames."""
        return cls(config.num_frames, config.fps, config.min_frames, config.max_frames, config.max_pixels)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Sampling:
        """The inverse of `to_json`."""
        return cls(**fields)

    def to_json(self) -> dict[str, Any]:
        """All settings by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """What will be read of a clip, known before anything is decoded.

    timestamps_seconds: T moments to look at, ascending, from the clip's start; empty where its duration is unknown.
    num_frames: T; where the duration is unknown, the most it can become.
    max_pixels: cap on height x width of a frame.
    policy: the policy and the caps that apply, in words.
    """

    timestamps_seconds: tuple[float, ...]
    num_frames: int
    max_pixels: int
    policy: str

    @property
    def total_pixels(self) -> int:
        """The most pixels that all frames together can have."""
        return self.num_frames * self.max_pixels


def plan(settings: Sampling, duration_seconds: float | None) -> SamplingPlan:
    """The plan for a clip of `duration_seconds` > 0, or for one of unknown duration (None)."""
    count, words = _count(settings, duration_seconds)
    moments = () if duration_seconds is None else tuple((i + 0.5) * duration_seconds / count for i in range(count))
    policy = f"{words}; at most {settings.max_pixels} pixels a frame"
    return SamplingPlan(moments, count, settings.max_pixels, policy)


def frame_size(width: int, height: int, max_pixels: int) -> tuple[int, int]:
    """(width, height) of a frame held under `max_pixels` with its aspect ratio kept to the pixel; never enlarged."""
    if width * height <= max_pixels:
        return width, height
    scale = math.sqrt(max_pixels / (width * height))
    wide = max(1, math.floor(width * scale))
    high = max(1, min(math.floor(height * scale), max_pixels // wide))
    return min(wide, max_pixels // high), high


def _count(settings: Sampling, duration_seconds: float | None) -> tuple[int, str]:
    if settings.num_frames is not None:
        return settings.num_frames, _frames(settings.num_frames)
    words = f"{settings.fps:g} frames per second"
    if duration_seconds is None:
        return settings.max_frames, f"{words}, duration unknown, at most max_frames={settings.max_frames}"
    wanted = round(settings.fps * duration_seconds)
    if wanted > settings.max_frames:
        return settings.max_frames, f"{words}, capped at max_frames={settings.max_frames}"
    if wanted < settings.min_frames:
        count = min(settings.min_frames, settings.max_frames)
        return count, f"{words}, raised to min_frames={count}"
    return wanted, words


def _frames(count: int) -> str:
    return f"{count} frame" if count == 1 else f"{count} frames"
