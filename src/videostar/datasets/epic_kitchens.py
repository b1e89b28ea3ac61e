"""EPIC-KITCHENS-100: narrated actions of kitchen videos, with verb and noun; times are hh:mm:ss.ff; the rows of a video stand together.

    narration_id,participant_id,video_id,narration_timestamp,start_timestamp,stop_timestamp,start_frame,stop_frame,narration,verb,...
    P01_11_0,P01,P01_11,00:00:00.560,00:00:00.00,00:00:01.89,1,113,take plate,take,0,plate,2,['plate'],[2]

https://github.com/epic-kitchens/epic-kitchens-100-annotations
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from videostar.datasets.files import files_of, table_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, split_of_file
from videostar.datasets.times import clock_seconds

FAR_SECONDS = 10.0
COLUMNS = ("narration_id", "video_id", "start_timestamp", "stop_timestamp")


@dataclass(frozen=True, slots=True)
class _Narrated:
    where: str
    cells: Mapping[str, str]
    start: float
    end: float

    @property
    def name(self) -> str:
        return self.cells["narration"]


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """What is done in each narrated stretch, with what; and, from its neighbours in time, what comes before and after, and when it is."""
    for path in files_of(paths, ".csv"):
        split, by_name = split_of_file(path)
        done: set[str] = set()
        for video, group in groupby(table_rows(path, COLUMNS), key=lambda row: row[1].get("video_id", "")):
            found = [(f"{path.name}:{line}", cells) for line, cells in group]
            if video in done or not video:
                reason = "the rows of its video do not stand together; sort the file" if video else "no video is named"
                yield from (Row(where, (Dropped(reason, video),)) for where, _ in found)
                continue
            done.add(video)
            for where, items in _of_video(found, options):
                yield Row(where, items, split, by_name)


def _of_video(found: Sequence[tuple[str, Mapping[str, str]]], options: Options) -> Iterator[tuple[str, tuple[Item, ...]]]:
    narrated = []
    for where, cells in found:
        start, end = clock_seconds(cells["start_timestamp"]), clock_seconds(cells["stop_timestamp"])
        if not cells.get("narration"):
            yield where, (Dropped("no label", cells["narration_id"]),)
        elif start is None or end is None or end <= start:
            reason = "a time is missing" if start is None or end is None else "the end is not after the start"
            yield where, (Dropped(reason, f"{cells['start_timestamp']} to {cells['stop_timestamp']}"),)
        else:
            narrated.append(_Narrated(where, cells, start, end))
    narrated.sort(key=lambda one: (one.start, one.end))
    for place, one in enumerate(narrated):
        before = narrated[place - 1] if place else None
        after = narrated[place + 1] if place + 1 < len(narrated) else None
        yield one.where, tuple(_items(one, before, after, options))


def _items(one: _Narrated, before: _Narrated | None, after: _Narrated | None, options: Options) -> Iterator[Item]:
    cells = one.cells
    alone = _take(one, one.start, one.end, options)
    verb, noun = cells.get("verb", "").replace("-", " "), cells.get("noun", "").replace(":", " ")
    yield alone.ask(
        "action", {"kind": "category", "value": one.name, "aliases": [name for name in (f"{verb} {noun}",) if name != one.name]}
    )
    if verb:
        yield alone.ask("verb", {"kind": "category", "value": verb})
    if noun:
        yield alone.ask("noun", {"kind": "category", "value": noun})
    nouns = [thing.replace(":", " ") for thing in _listed(cells.get("all_nouns", ""))]
    if len(nouns) > 1:
        yield alone.ask("objects", {"kind": "set", "value": nouns})
    if before is not None and _follows(before, one):
        yield _take(one, before.start, one.end, options).ask("before", {"kind": "category", "value": before.name}, event=one.name)
    if after is not None and _follows(one, after):
        yield _take(one, one.start, after.end, options).ask("after", {"kind": "category", "value": after.name}, event=one.name)
    if before is not None and after is not None and _follows(before, one) and _follows(one, after) and before.name != after.name:
        start, end = round(one.start - before.start, 3), round(one.end - before.start, 3)
        take = _take(one, before.start, after.end, options)
        yield take.ask("interval", {"kind": "interval", "windows": [[start, end]]}, event=one.name)
        yield take.ask("order", {"kind": "sequence", "value": [before.name, one.name, after.name]})


def _take(one: _Narrated, start: float, end: float, options: Options) -> Take:
    file = options.video("{participant_id}/videos/{video_id}.MP4", one.cells)
    return Take("epic-kitchens-100", one.cells["narration_id"], file, options.seed, start, end, group=one.cells["video_id"])


def _listed(text: str) -> list[str]:
    """The texts of a list as Python writes it, such as ['plate', "baker's"]; read, not evaluated."""
    return list(dict.fromkeys(one or two for one, two in re.findall(r"'([^'\[\]]{1,100})'|\"([^\"\[\]]{1,100})\"", text)))


def _follows(one: _Narrated, two: _Narrated) -> bool:
    return -0.05 <= two.start - one.end <= FAR_SECONDS and one.name != two.name


FORMAT = Format(
    title="EPIC-KITCHENS-100",
    read=rows,
    files="EPIC_100_train.csv or EPIC_100_validation.csv",
    tasks=("action", "verb", "noun", "objects", "before", "after", "interval", "order"),
    settings={"video": 'path of a video; default "{participant_id}/videos/{video_id}.MP4"'},
)
