"""TempCompass: questions on five temporal aspects of short videos, in four forms; a file each, one object of videos and aspects.

    {"1034419625": {"action": [{"question": "What is the man doing in the video?\\nA. dunking a basketball\\nB. ...",
                                "answer": "A. dunking a basketball"}], "direction": [...]}}

The form is read off each question: options with letters, yes or no, two captions, pieces of information to caption by. The label of a
caption to generate is the right piece of information. `meta_info.json`, where it is named too, adds the fine-grained aspect. Videos that
were made of one another (`_reverse`) are one group. https://github.com/llyx97/TempCompass
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.files import files_of, json_pairs
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, text_of

TASKS = ("multi-choice", "yes_no", "caption_matching", "captioning")
_OPTION = re.compile(r"([A-Z])\. *(.+)")
_CAPTION = re.compile(r"((?:Caption|Option|Sentence) (?:[A-Z]|\d)): *(.+)")
_INFORMATION = re.compile(r"Information ([A-Z]): *(.+)")
_FIELD = re.compile(r"""["'](\w[\w ]*)["']: *(?:"([^"]*)"|'([^']*)')""")


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """One row a question."""
    files = files_of(paths, ".json")
    fine = {video: aspects for path in files for _, video, value in json_pairs(path) if (aspects := _fine(value))}
    for path in files:
        for place, video, aspects in json_pairs(path):
            where = f"{path.name}:{place}"
            if not isinstance(aspects, Mapping):
                yield Row(where, (Dropped("not an object of aspects", video),))
            elif "eval_dim" not in aspects:
                yield from _questions(where, video, aspects, fine.get(video, {}), options)


def _questions(where: str, video: str, aspects: Mapping[str, Any], fine: Mapping[str, str], options: Options) -> Iterator[Row]:
    for aspect, questions in aspects.items():
        for number, question in enumerate(questions if isinstance(questions, list) else [None]):
            item = _item(video, aspect, number, question, (fine.get(aspect, ""), options))
            yield Row(f"{where} {video}/{aspect}/{number}", (item,), "test", "the benchmark, which is for testing only")


def _item(video: str, aspect: str, number: int, question: Any, how: tuple[str, Options]) -> Item:
    fine, options = how
    asked, answer = (text_of(question.get(name)) for name in ("question", "answer")) if isinstance(question, Mapping) else ("", "")
    if not asked or not answer:
        return Dropped("no question or no answer", f"{video}/{aspect}/{number}")
    meta = {"video_id": video, "aspect": aspect, "fine_aspect": fine, "asked": asked, "answer": answer}
    file = options.video("{id}.mp4", {"id": video})
    take = Take("tempcompass", f"{video}-{aspect}-{number}", file, options.seed, group=video.partition("_")[0], meta=meta)
    stem, *rest = asked.split("\n")
    if answer in ("yes", "no"):
        return take.own("yes_no", asked, {"kind": "boolean", "value": answer == "yes"}, "yes_no")
    for task, pattern in (("multi-choice", _OPTION), ("caption_matching", _CAPTION), ("captioning", _INFORMATION)):
        found = [match for line in rest if (match := pattern.fullmatch(line.strip()))]
        if len(found) > 1:
            return _chosen(take, task, stem, answer, [(match[1], match[2]) for match in found])
    return Dropped("a question of no known form", asked[:60])


def _chosen(take: Take, task: str, stem: str, answer: str, found: Sequence[tuple[str, str]]) -> Item:
    said = re.split(r"[.:]", answer, maxsplit=1)[0]
    right = [place for place, (mark, _) in enumerate(found) if mark == said]
    if len(right) != 1:
        return Dropped("the answer is none of the options", answer)
    texts = [_plain(text) if task == "captioning" else text for _, text in found]
    return take.own(task, stem, {"kind": "choice", "options": texts, "answer": right[0]}, task)


def _plain(information: str) -> str:
    """`{'subject': 'man', 'action': 'running'}` -> `subject: man, action: running`; other text as it is."""
    fields = [f"{name}: {one or other}" for name, one, other in _FIELD.findall(information)]
    return ", ".join(fields) or information


def _fine(value: Any) -> dict[str, str]:
    """The fine-grained type of each aspect, of an entry of `meta_info.json`; order has no finer ones."""
    dimensions = value.get("eval_dim") if isinstance(value, Mapping) else None
    if not isinstance(dimensions, Mapping):
        return {}
    return {name: "order" if name == "order" else text_of(one.get("type")) for name, one in dimensions.items() if isinstance(one, Mapping)}


FORMAT = Format(
    title="TempCompass",
    read=rows,
    files="multi-choice.json, yes_no.json, caption_matching.json and captioning.json, and if at hand meta_info.json",
    tasks=TASKS,
    settings={"video": 'path of a video; default "{id}.mp4"'},
)
