"""ActivityNet Captions: sentences with their stretches, one object a video.

    {"v_uqiMw7tQ1Cc": {"duration": 55.15, "timestamps": [[0.28, 55.15], [13.79, 54.32]],
                       "sentences": ["A weight lifting tutorial is given.", "  The coach helps the guy in red with ..."]}, ...}

https://cs.stanford.edu/people/ranjaykrishna/densevid/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.files import files_of, json_pairs
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, split_of_file, text_of
from videostar.datasets.segments import SENTENCE, Kept, asked_of, kept_segments


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """When each sentence is true, what happens in its stretch, and what comes before and after where stretches do not overlap."""
    for path in files_of(paths, ".json"):
        split, by_name = split_of_file(path)
        for line, video, value in json_pairs(path):
            where = f"{path.name}:{line}"
            if not isinstance(value, Mapping) or not value.get("sentences"):
                yield Row(where, (Dropped("no label", video),))
                continue
            kept = _kept(value)
            take = Take("activitynet-captions", video, options.video("{id}.mp4", {"id": video}), options.seed)
            items: list[Item] = [*kept.dropped, *asked_of(take, kept.segments, SENTENCE)]
            yield Row(where, tuple(items), split, by_name, ("an end was cut to the video's length",) * kept.cut)


def _kept(value: Mapping[str, Any]) -> Kept:
    sentences, stretches = value.get("sentences"), value.get("timestamps")
    if not isinstance(sentences, list) or not isinstance(stretches, list) or len(sentences) != len(stretches):
        return Kept((), (Dropped("sentences and timestamps differ in number"),), 0)
    found = [
        (" ".join(text_of(sentence).split()), *(map(number, times) if isinstance(times, list) and len(times) == 2 else (None, None)))
        for sentence, times in zip(sentences, stretches, strict=True)
    ]
    return kept_segments(found, number(value.get("duration")))


FORMAT = Format(
    title="ActivityNet Captions",
    read=rows,
    files="train.json, val_1.json or val_2.json",
    tasks=("interval", "when", "caption_at", "before", "after"),
    settings={"video": 'path of a video; default "{id}.mp4", where the id begins with v_'},
)
