"""Questions about stretches of time with a name: what happens when, what comes before and after, in which order, how often.

A question is asked only where the annotation leaves one answer: neighbours that overlap are not asked for before and after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from videostar.datasets.importer import Dropped, Item, Take
from videostar.seeds import rng_for

TOUCHING_SECONDS = 0.25
MOST_STEPS = 10
MOST_WINDOWS = 20
CATEGORY: Mapping[str, Any] = {"kind": "category"}
SENTENCE: Mapping[str, Any] = {"kind": "text"}


@dataclass(frozen=True, slots=True)
class Segment:
    """A named stretch; seconds from the Sample's start, half open."""

    name: str
    start: float
    end: float

    def overlaps(self, other: Segment) -> bool:
        """Whether they share more than a touch."""
        return min(self.end, other.end) - max(self.start, other.start) > TOUCHING_SECONDS


@dataclass(frozen=True, slots=True)
class Kept:
    """Segments that can be asked about, in the order of time; what cannot be used; how often an end was cut."""

    segments: tuple[Segment, ...]
    dropped: tuple[Dropped, ...]
    cut: int


def kept_segments(found: Sequence[tuple[str, float | None, float | None]], duration_seconds: float | None) -> Kept:
    """Check names and times. An end past the end of the video is cut to it; a start past it cannot be used."""
    segments: list[Segment] = []
    dropped: list[Dropped] = []
    cut = 0
    for name, start, end in found:
        problem = _problem(name, start, end, duration_seconds)
        if problem is not None or start is None or end is None:
            dropped.append(problem or Dropped("a time is missing", name))
            continue
        is_past = duration_seconds is not None and end > duration_seconds
        cut += is_past
        segments.append(Segment(name, start, duration_seconds if is_past and duration_seconds is not None else end))
    return Kept(tuple(sorted(segments, key=lambda segment: (segment.start, segment.end, segment.name))), tuple(dropped), cut)


def _problem(name: str, start: float | None, end: float | None, duration_seconds: float | None) -> Dropped | None:
    if not name:
        return Dropped("a name is missing", f"{start} to {end}")
    if start is None or end is None:
        return Dropped("a time is missing", name)
    if not 0 <= start < end:
        return Dropped("the end is not after the start", f"{name}: {start:g} to {end:g}")
    if duration_seconds is not None and start >= duration_seconds:
        return Dropped("it starts after the video's end", f"{name}: {start:g} s of {duration_seconds:g} s")
    return None


def asked_of(take: Take, segments: Sequence[Segment], label: Mapping[str, Any] = CATEGORY) -> Iterator[Item]:
    """Every question that the segments of one video support.

    label: what the label of a name holds beside its value: `CATEGORY` (with "classes", where few are known) or `SENTENCE`.
    """
    times = Counter(segment.name for segment in segments)
    yield from _at(take, segments, label)
    for position, name in enumerate(dict.fromkeys(segment.name for segment in segments)):
        yield _interval(take, segments, name, position)
        if times[name] == 1:
            start = next(segment.start for segment in segments if segment.name == name)
            moment = {"kind": "timestamp", "value_seconds": round(start, 3), "tolerance_seconds": tolerance_seconds(segments)}
            yield take.ask("when", moment, str(position), event=name)
    yield from _neighbours(take, segments, times, label)
    if label["kind"] != "text":
        yield from _counts(take, segments, times)
        yield from _order(take, segments)


def tolerance_seconds(segments: Sequence[Segment]) -> float:
    """A second; less where all that is annotated takes a few seconds, else any guess would pass; a hundredth of long recordings."""
    end = max(segment.end for segment in segments)
    return round(max(0.01 * end, min(1.0, 0.1 * end)), 3)


def _at(take: Take, segments: Sequence[Segment], label: Mapping[str, Any]) -> Iterator[Item]:
    task = "action_at" if label["kind"] == "category" else "caption_at"
    for position, segment in enumerate(segments):
        if not _meets_another(segments, position):
            yield take.ask(task, {**label, "value": segment.name}, str(position), start=segment.start, end=segment.end)


def _interval(take: Take, segments: Sequence[Segment], name: str, position: int) -> Item:
    windows = [[round(s.start, 3), round(s.end, 3)] for s in segments if s.name == name][:MOST_WINDOWS]
    return take.ask("interval", {"kind": "interval", "windows": windows}, str(position), event=name)


def _counts(take: Take, segments: Sequence[Segment], times: Counter[str]) -> Iterator[Item]:
    """What happens several times, and one thing that happens once, so that "several" is not always right."""
    several = [name for name, count in times.items() if count > 1 and _are_apart([s for s in segments if s.name == name])]
    once = sorted(name for name, count in times.items() if count == 1)
    if several and once:
        several.append(rng_for(take.seed, "counted once", take.key).choice(once))
    for position, name in enumerate(several):
        yield take.ask("how_many", {"kind": "count", "value": times[name]}, str(position), event=name)


def _neighbours(take: Take, segments: Sequence[Segment], times: Counter[str], label: Mapping[str, Any]) -> Iterator[Item]:
    for position, (one, two) in enumerate(pairwise(segments)):
        if one.name == two.name or _meets_another(segments, position) or _meets_another(segments, position + 1):
            continue
        if times[one.name] == 1:
            yield take.ask("after", {**label, "value": two.name}, str(position), event=one.name)
        if times[two.name] == 1:
            yield take.ask("before", {**label, "value": one.name}, str(position), event=two.name)


def _order(take: Take, segments: Sequence[Segment]) -> Iterator[Item]:
    names = [segment.name for segment in segments]
    if 2 <= len(names) <= MOST_STEPS and _are_apart(segments) and all(a != b for a, b in pairwise(names)):
        yield take.ask("order", {"kind": "sequence", "value": names})


def _are_apart(segments: Sequence[Segment]) -> bool:
    return not any(one.overlaps(two) for one, two in pairwise(segments))


def _meets_another(segments: Sequence[Segment], position: int) -> bool:
    """Whether another segment overlaps this one (segments are in the order of their starts, so few are looked at)."""
    this = segments[position]
    following = segments[position + 1 :]
    for other in following:
        if other.start >= this.end:
            break
        if this.overlaps(other):
            return True
    return any(this.overlaps(other) for other in segments[:position])
