"""NExT-QA: causal, temporal and descriptive questions with five choices, or, in the open-ended files, with an answer in words.

    video,frame_count,width,height,question,answer,qid,type,a0,a1,a2,a3,a4
    4010069381,369,640,480,how do the two man play the instrument,0,6,CH,roll the handle,tap their feet,strum the string,...

Videos lie in numbered folders; `map_vid_vidorID.json` ({"4010069381": "1164/4010069381"}) says which, and so does `--video-root`.
https://github.com/doc-doc/NExT-QA
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from videostar.datasets.files import json_pairs, table_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, split_of_file, text_of, whole

TYPES = {"C": "causal", "T": "temporal", "D": "descriptive"}
CHOICES = ("a0", "a1", "a2", "a3", "a4")


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """The source's own questions."""
    folders = {key: text_of(value) for path in paths if path.suffix == ".json" for _, key, value in json_pairs(path)}
    for path in (path for path in paths if path.suffix != ".json"):
        split, by_name = split_of_file(path)
        for line, cells in table_rows(path, ("video", "question", "qid")):
            yield Row(f"{path.name}:{line}", (_item(cells, folders, options),), split, by_name)


def _item(cells: Mapping[str, str], folders: Mapping[str, str], options: Options) -> Item:
    video, answer = cells["video"], cells.get("answer", "")
    if not video:
        return Dropped("no video is named")
    if not answer:
        return Dropped("no answer", f"{video} {cells['qid']}")
    file = options.video("{path}.mp4", {**cells, "path": folders.get(video, video)})
    take = Take("nextqa", f"{video}-{cells['qid']}", file, options.seed, group=video, meta={"type": cells.get("type", "")})
    task = TYPES.get(cells.get("type", "")[:1], "question")
    if "a0" not in cells:
        return take.own(task, cells["question"], {"kind": "text", "value": answer})
    choices, right = [cells.get(name, "") for name in CHOICES], whole(answer)
    if right is None or not 0 <= right < len(choices) or not all(choices):
        return Dropped("the answer is none of the choices", f"{answer} of {sum(map(bool, choices))}")
    return take.own(task, cells["question"], {"kind": "choice", "options": choices, "answer": right})


FORMAT = Format(
    title="NExT-QA",
    read=rows,
    files="train.csv, val.csv or test.csv (multiple choice or open-ended), and if at hand map_vid_vidorID.json",
    tasks=("causal", "temporal", "descriptive"),
    settings={"video": 'path of a video; default "{path}.mp4", where path is from the map, else the id'},
)
