"""Charades-STA: a sentence and the stretch of a Charades video that it describes, one a line.

    3MSZA 24.3 30.4##person turn a light on.

The lines hold no lengths; where a Charades_v1 CSV is named too, ends past a video's end are cut to it.
https://github.com/jiyanggao/TALL
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from videostar.datasets.files import lines_of, table_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, split_of_file
from videostar.datasets.segments import Kept, kept_segments

_LINE = re.compile(r"(\S+)\s+(\S+)\s+(\S+?)\s*##(.*)")


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """When a sentence is true, and what happens in its stretch."""
    lengths = _lengths(path for path in paths if path.suffix == ".csv")
    for path in (path for path in paths if path.suffix != ".csv"):
        split, by_name = split_of_file(path)
        for line, text in lines_of(path):
            match = _LINE.fullmatch(text.strip())
            if match is None:
                yield Row(f"{path.name}:{line}", (Dropped('not "VIDEO START END##SENTENCE"', text[:60]),))
                continue
            kept = kept_segments([(match[4].strip(), number(match[2]), number(match[3]))], lengths.get(match[1]))
            mended = ("an end was cut to the video's length",) * kept.cut
            yield Row(f"{path.name}:{line}", tuple(_items(line, match, kept, options)), split, by_name, mended)


def _items(line: int, match: re.Match[str], kept: Kept, options: Options) -> Iterator[Item]:
    video = match[1]
    yield from kept.dropped
    take = Take("charades-sta", f"{video}-{line}", options.video("{id}.mp4", {"id": video}), options.seed, group=video)
    for segment in kept.segments:
        yield take.ask("interval", {"kind": "interval", "windows": [[segment.start, segment.end]]}, event=segment.name)
        yield take.ask("caption_at", {"kind": "text", "value": segment.name}, start=segment.start, end=segment.end)


def _lengths(files: Iterator[Path]) -> dict[str, float]:
    found = ((cells["id"], number(cells["length"])) for path in files for _, cells in table_rows(path, ("id", "length")))
    return {name: length for name, length in found if length is not None}


FORMAT = Format(
    title="Charades-STA",
    read=rows,
    files="charades_sta_train.txt or charades_sta_test.txt; with Charades_v1_*.csv ends are cut to the videos' lengths",
    tasks=("interval", "caption_at"),
    settings={"video": 'path of a video; default "{id}.mp4"'},
)
