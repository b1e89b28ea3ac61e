"""ActivityNet-QA: questions in one file, answers in another, joined by `question_id`.

    {"video_name": "TIEzvhv6xaI", "question": "is the no.3 athlete playing indoor", "question_id": "v_TIEzvhv6xaI_2"}
    {"answer": "yes", "type": 3, "question_id": "v_TIEzvhv6xaI_2"}

https://github.com/MILVLG/activitynet-qa
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.answers import label_of_answer
from videostar.datasets.files import files_of, json_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, split_of_file, text_of
from videostar.errors import DataError

TYPES = ("motion", "spatial", "temporal", "yes_no", "color", "object", "location", "number", "other")


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """Each question with its answer; an answer without a question is a dropped row too."""
    asked, answers = _sorted_out(files_of(paths, ".json"))
    for path in asked:
        split, by_name = split_of_file(path)
        for line, row in json_rows(path):
            answer = answers.pop(text_of(row.get("question_id")), None) if isinstance(row, Mapping) else None
            item = _item(row, answer, options) if isinstance(row, Mapping) else Dropped("not an object")
            yield Row(f"{path.name}:{line}", (item,), split, by_name)
    for identity, answer in answers.items():
        yield Row(str(answer["where"]), (Dropped("an answer without its question", identity),))


def _item(row: Mapping[str, Any], answer: Mapping[str, Any] | None, options: Options) -> Item:
    identity, video = text_of(row.get("question_id")), text_of(row.get("video_name"))
    if answer is None or not text_of(answer.get("answer")):
        return Dropped("no answer", identity)
    if not video or not identity:
        return Dropped("no video is named", identity)
    number = answer.get("type")
    task = TYPES[number] if isinstance(number, int) and 0 <= number < len(TYPES) else "other"
    take = Take("activitynet-qa", identity, options.video("v_{id}.mp4", {"id": video}), options.seed, group=video)
    question = text_of(row.get("question"))
    return take.own(task, question, label_of_answer(text_of(answer["answer"]), question))


def _sorted_out(paths: Sequence[Path]) -> tuple[list[Path], dict[str, dict[str, Any]]]:
    """The files of questions, and all answers by id."""
    asked: list[Path] = []
    answers: dict[str, dict[str, Any]] = {}
    for path in paths:
        first = next(iter(json_rows(path)), (0, None))[1]
        if not isinstance(first, Mapping) or not {"question", "answer"} & set(first):
            raise DataError(f"{path} holds neither questions nor answers of ActivityNet-QA")
        if "question" in first:
            asked.append(path)
            continue
        for line, row in json_rows(path):
            if isinstance(row, Mapping):
                answers[text_of(row.get("question_id"))] = {**row, "where": f"{path.name}:{line}"}
    if not asked:
        raise DataError("no file of questions: name train_q.json and train_a.json together")
    return asked, answers


FORMAT = Format(
    title="ActivityNet-QA",
    read=rows,
    files="the questions and the answers of a split together, such as val_q.json val_a.json",
    tasks=TYPES,
    settings={"video": 'path of a video; default "v_{id}.mp4"'},
)
