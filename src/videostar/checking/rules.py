"""Why a sample cannot be used, from what its video's header says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from videostar.types import Sample
from videostar.video.frames import FrameFailure, VideoInfo

SLACK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """What a clip may be: seconds, of the stretch that is asked about."""

    minimum_seconds: float = 0.2
    maximum_seconds: float = 3600.0


def clip_problem(sample: Sample, found: VideoInfo | FrameFailure, limits: Limits) -> tuple[str, str] | None:
    """A reason in few words, and the values behind it; None for a clip that can be used. A length that no header tells is not judged."""
    if isinstance(found, FrameFailure):
        return f"video {found.reason}", f"{sample.video}: {found.message}"
    return None if found.duration_seconds is None else _span_problem(sample, found.duration_seconds, limits)


def _span_problem(sample: Sample, length: float, limits: Limits) -> tuple[str, str] | None:
    if sample.start_seconds >= length:
        return "starts after the video's end", f"{sample.id}: {sample.start_seconds:g} s of {length:.2f} s"
    if sample.end_seconds is not None and sample.end_seconds > length + SLACK_SECONDS:
        return "ends after the video's end", f"{sample.id}: {sample.end_seconds:g} s of {length:.2f} s"
    return _clip_problem(sample, min(sample.end_seconds or length, length) - sample.start_seconds, limits)


def _clip_problem(sample: Sample, clip: float, limits: Limits) -> tuple[str, str] | None:
    if clip < limits.minimum_seconds:
        return f"shorter than {limits.minimum_seconds:g} s", f"{sample.id}: {clip:.2f} s"
    if clip > limits.maximum_seconds:
        return f"longer than {limits.maximum_seconds:g} s", f"{sample.id}: {clip:.0f} s"
    last = last_second(sample.label.to_json())
    if last > clip + SLACK_SECONDS:
        return "its label lies after the clip's end", f"{sample.id}: {last:g} s of {clip:.2f} s"
    return None


def last_second(label: dict[str, Any]) -> float:
    """The last moment that a label speaks of; 0 for labels without times."""
    if "parts" in label:
        return max(last_second(part) for part in label["parts"].values())
    ends = [window[1] for window in label.get("windows", ())]
    times = [label.get(name) for name in ("value_seconds", "end_seconds", "at_seconds")]
    return float(max([*ends, *(time for time in times if time is not None)], default=0.0))
