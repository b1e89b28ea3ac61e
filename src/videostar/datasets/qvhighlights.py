"""QVHighlights: a sentence and all stretches of a 150-second clip that it describes, as JSON Lines. The test file has no stretches.

    {"qid": 5342, "query": "An Asian woman wearing a Boston t-shirt is in her home talking.", "duration": 150,
     "vid": "NUsG9BgSes0_360.0_510.0", "relevant_clip_ids": [...], "saliency_scores": [...], "relevant_windows": [[56, 76], [96, 150]]}

An answer that finds one of the stretches is right.
https://github.com/jayleicn/moment_detr/tree/main/data
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.files import files_of, json_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, split_of_file, text_of
from videostar.datasets.segments import Kept, kept_segments


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """When the sentence is true; what happens, where it is true once."""
    for path in files_of(paths, ".jsonl", ".json"):
        split, by_name = split_of_file(path)
        for line, row in json_rows(path):
            where = f"{path.name}:{line}"
            if not isinstance(row, Mapping) or not text_of(row.get("vid")):
                yield Row(where, (Dropped("no video is named"),))
                continue
            kept = _kept(row)
            mended = ("an end was cut to the video's length",) * kept.cut
            yield Row(where, tuple(_items(row, kept, options)), split, by_name, mended)


def _items(row: Mapping[str, Any], kept: Kept, options: Options) -> Iterator[Item]:
    yield from kept.dropped
    if not kept.segments:
        yield Dropped("no label", str(row.get("qid")))
        return
    video = text_of(row["vid"])
    file = options.video("{vid}.mp4", {"vid": video})
    take = Take("qvhighlights", str(row.get("qid")), file, options.seed, group=video.rsplit("_", 2)[0])
    windows = [[segment.start, segment.end] for segment in kept.segments]
    yield take.ask("interval", {"kind": "interval", "windows": windows}, event=kept.segments[0].name)
    if len(windows) == 1:
        start, end = windows[0]
        yield take.ask("caption_at", {"kind": "text", "value": kept.segments[0].name}, start=start, end=end)


def _kept(row: Mapping[str, Any]) -> Kept:
    windows = row.get("relevant_windows")
    found = [
        (text_of(row.get("query")), *(map(number, window) if isinstance(window, list) and len(window) == 2 else (None, None)))
        for window in (windows if isinstance(windows, list) else ())
    ]
    return kept_segments(found, number(row.get("duration")))


FORMAT = Format(
    title="QVHighlights",
    read=rows,
    files="highlight_train_release.jsonl or highlight_val_release.jsonl",
    tasks=("interval", "caption_at"),
    settings={"video": 'path of a clip; default "{vid}.mp4"'},
)
