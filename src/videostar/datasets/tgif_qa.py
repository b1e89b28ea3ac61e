"""TGIF-QA: repetition counts, repeated actions, transitions, and questions about a frame; tab-separated files called .csv.

    gif_name	question	a1	a2	a3	a4	a5	answer	vid_id	key
    tumblr_n9y2jhq01L1rts5xfo1_250	What does the man do before point to the camera ?	...	sing passionately	4	TRANS23	23

The choices' answer counts from 0. A count of 10 stands for 10 or more. Some questions about frames are damaged ("fiFRAMEQAlace").
https://github.com/YunseokJANG/tgif-qa
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from videostar.datasets.answers import label_of_answer
from videostar.datasets.files import files_of, table_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, split_of_file, whole

TASKS = {"ACTION": "repeated_action", "TRANS": "transition", "COUNT": "repetition_count"}
FRAME_TASKS = ("object", "number", "color", "location")
CHOICES = ("a1", "a2", "a3", "a4", "a5")
_DAMAGED = re.compile(r"[a-z]FRAMEQA|FRAMEQA[a-z]")


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """The source's own questions."""
    for path in files_of(paths, ".csv"):
        split, by_name = split_of_file(path)
        for line, cells in table_rows(path, ("gif_name", "question", "answer", "vid_id")):
            yield Row(f"{path.name}:{line}", (_item(cells, options),), split, by_name)


def _item(cells: Mapping[str, str], options: Options) -> Item:
    name, question, answer = cells["gif_name"], cells["question"], cells.get("answer", "")
    if not name or not answer:
        return Dropped("no answer" if name else "no video is named", cells.get("vid_id", ""))
    if _DAMAGED.search(question):
        return Dropped("a damaged word in the question", question)
    take = Take("tgif-qa", cells.get("vid_id") or name, options.video("{gif_name}.gif", cells), options.seed, group=name)
    task = TASKS.get(re.sub(r"\d+$", "", cells.get("vid_id", "")), "")
    if "a1" in cells:
        choices, right = [cells.get(choice, "") for choice in CHOICES], whole(answer)
        if right is None or not 0 <= right < len(choices) or not all(choices):
            return Dropped("the answer is none of the choices", answer)
        return take.own(task or "choice", question, {"kind": "choice", "options": choices, "answer": right})
    if task == "repetition_count":
        return take.own(task, question, {"kind": "count", "value": whole(answer)})
    kind = whole(cells.get("type"))
    task = FRAME_TASKS[kind] if kind is not None and 0 <= kind < len(FRAME_TASKS) else "frame"
    return take.own(task, question, label_of_answer(answer, question))


FORMAT = Format(
    title="TGIF-QA",
    read=rows,
    files="Train_ and Test_ action, count, frameqa and transition question .csv",
    tasks=("repeated_action", "transition", "repetition_count", *FRAME_TASKS),
    settings={"video": 'path of a GIF; default "{gif_name}.gif"'},
)
