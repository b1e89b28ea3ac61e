"""In which order the questions of a stage are asked: alike ones together. Pure, and the same on every start.

Within a window of some batches, clips of about the same number of frames come together, all questions about one clip after each
other, and shorter prompts before longer ones. So a batch has little padding, and what a model made of a clip serves all its questions
while it is at hand. Nothing is looked at but the table's rows, so planning costs neither a decoder nor a list of all samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeAlias

from videostar.types import Sample
from videostar.video.sampling import Sampling, plan

WINDOW_BATCHES = 16

Clip: TypeAlias = tuple[str, float, float | None]


def in_batches(
    samples: Iterable[Sample], size: int, prompt: Callable[[Sample], str], sampling: Sampling | None, skip: int = 0
) -> Iterator[list[Sample]]:
    """Batches of `size` samples, the last one shorter, from the `skip`th on; every sample is in exactly one.

    sampling: how frames are taken; None where none are, so that clips do not matter.
    """
    window = size * WINDOW_BATCHES
    samples = iter(samples)
    before, skip = divmod(skip, WINDOW_BATCHES)
    samples = islice(samples, before * window, None)
    while held := list(islice(samples, window)):
        ordered = _ordered(held, prompt, sampling)
        yield from (ordered[start : start + size] for start in range(skip * size, len(ordered), size))
        skip = 0


def in_order(rows: Iterable[Mapping[str, Any]], size: int) -> Iterator[Mapping[str, Any]]:
    """The rows of all batches, sorted by sample id and candidate again: the order that the samples came in.

    A sample may have any number of rows; they follow each other.
    """
    window, held, names = size * WINDOW_BATCHES, list[Mapping[str, Any]](), set[str]()
    for row in rows:
        if row["sample_id"] not in names and len(names) == window:
            yield from sorted(held, key=_place)
            held, names = [], set()
        held.append(row)
        names.add(row["sample_id"])
    yield from sorted(held, key=_place)


def _place(row: Mapping[str, Any]) -> tuple[str, int]:
    return row["sample_id"], row["candidate"]


def _ordered(samples: list[Sample], prompt: Callable[[Sample], str], sampling: Sampling | None) -> list[Sample]:
    lengths = {sample.id: len(prompt(sample)) for sample in samples}
    if sampling is None:
        return sorted(samples, key=lambda sample: (lengths[sample.id], sample.id))
    longest: dict[Clip, int] = {}
    for sample in samples:
        longest[_clip(sample)] = max(longest.get(_clip(sample), 0), lengths[sample.id])
    frames = {clip: plan(sampling, _seconds(clip)).num_frames for clip in longest}

    def place(sample: Sample) -> tuple[int, int, str, float, float, int, str]:
        clip = _clip(sample)
        return frames[clip], longest[clip], clip[0], clip[1], clip[2] or 0.0, lengths[sample.id], sample.id

    return sorted(samples, key=place)


def _clip(sample: Sample) -> Clip:
    return sample.video, sample.start_seconds, sample.end_seconds


def _seconds(clip: Clip) -> float | None:
    """Its length as far as the row tells; the file may end earlier."""
    _, start, end = clip
    return None if end is None else end - start
