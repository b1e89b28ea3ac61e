"""VSTaR-1M and other LLaVA-style instruction data: conversations about a video, JSON or JSON Lines.

    {"id": "...", "video": "a.mp4", "conversations": [{"from": "human", "value": "<video>\\n..."}, {"from": "gpt", "value": "..."}]}

Rows that kept their label (`label`, `label_type`) are checked against it; of others the first answer is the reference of a free text. Later
turns need the ones before and are left out. No real file was seen; the shape is the one that LLaVA documents:
https://github.com/haotian-liu/LLaVA/blob/main/docs/Finetune_Custom_Data.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.files import files_of, json_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, split_of_file, text_of
from videostar.datasets.videostar_annotations import annotated

MARKS = ("<video>", "<image>")


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """The first question of each conversation."""
    for path in files_of(paths, ".json", ".jsonl"):
        split, by_name = split_of_file(path)
        for line, row in json_rows(path):
            items = tuple(_items(row, options, f"{path.stem}-{line}")) if isinstance(row, Mapping) else (Dropped("not an object"),)
            yield Row(f"{path.name}:{line}", items, split, by_name)


def _items(row: Mapping[str, Any], options: Options, place: str) -> Iterator[Item]:
    turns = [turn for turn in row.get("conversations") or () if isinstance(turn, Mapping)]
    video = row.get("video")
    file = text_of(video[0]) if isinstance(video, list) and len(video) == 1 else text_of(video)
    if not file:
        yield Dropped("no video is named, or several", str(row.get("id")))
        return
    if len(turns) < 2 or turns[0].get("from") != "human" or turns[1].get("from") != "gpt":
        yield Dropped("no question and answer", str(row.get("id")))
        return
    question = _bare(text_of(turns[0].get("value")))
    if row.get("label_type"):
        yield annotated({**row, "video_path": file, "question": question}, options, "vstar-1m")
    else:
        identity = str(row.get("id") or place)
        take = Take("vstar-1m", identity, options.video("{path}", {"path": file}), options.seed, group=file)
        yield take.own("conversation", question, {"kind": "text", "value": text_of(turns[1].get("value"))})
    if len(turns) > 2:
        yield Dropped("later turns, which need the ones before", f"{len(turns) // 2 - 1} more")


def _bare(text: str) -> str:
    for mark in MARKS:
        text = text.replace(mark, " ")
    return text


FORMAT = Format(
    title="VSTaR-1M, LLaVA-style conversations",
    read=rows,
    files="the .json or .jsonl of a source",
    tasks=("conversation", "by label_type"),
    verified=False,
    settings={"video": 'path of a video; default "{path}", as the rows say'},
)
