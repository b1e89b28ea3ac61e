"""Kinetics-400, -600 and -700: a CSV with one trimmed clip a line; the label is its action. The test files have no labels.

    label,youtube_id,time_start,time_end,split,is_cc
    abseiling,0wR5jVB-WPk,417,427,val,0

https://github.com/cvdfoundation/kinetics-dataset
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from videostar.datasets.files import files_of, table_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, split_named, split_of_file

CLIP = "{youtube_id}_{time_start:06d}_{time_end:06d}.mp4"


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """One class question a clip."""
    for path in files_of(paths, ".csv"):
        of_file, by_name = split_of_file(path)
        for line, cells in table_rows(path, ("youtube_id",)):
            named = split_named(cells.get("split"))
            yield Row(f"{path.name}:{line}", (_item(cells, options),), named or of_file, 'the column "split"' if named else by_name)


def _item(cells: Mapping[str, str], options: Options) -> Item:
    name, start, end = cells["youtube_id"], number(cells.get("time_start")), number(cells.get("time_end"))
    if not name:
        return Dropped("no video is named")
    if not cells.get("label"):
        return Dropped("no label", name)
    trimmed = options.settings.get("clips", "trimmed") == "trimmed"
    if not trimmed and (start is None or end is None):
        return Dropped("a time is missing", name)
    video = options.video(CLIP if trimmed and start is not None else "{youtube_id}.mp4", cells)
    span = (0.0, None) if trimmed else (start or 0.0, end)
    key = f"{name}-{cells.get('time_start', '')}"
    take = Take("kinetics", key, video, options.seed, *span, group=name)
    return take.ask("action", {"kind": "category", "value": cells["label"]})


FORMAT = Format(
    title="Kinetics-400, -600, -700",
    read=rows,
    files="the CSV of a split, such as val.csv",
    tasks=("action",),
    allowed={"clips": ("trimmed", "whole")},
    settings={
        "clips": '"trimmed" (default): one file a clip; "whole": whole YouTube videos, cut by time_start and time_end',
        "video": f'path of a clip; default "{CLIP}"',
    },
)
