"""STAR-benchmark: its own questions with their choices, and the situations (actions, boxes, relations) of the frames they are about.

    {"question_id": "Interaction_T1_13", "question": "Which object was tidied up by the person?", "video_id": "6H78U", "start": 11.1,
     "end": 19.6, "answer": "The clothes.", "choices": [{"choice_id": 0, "choice": "The closet/cabinet."}, ...],
     "situations": {"000272": {"actions": ["a000"], "rel_pairs": [["o000", "o019"]], "rel_labels": ["r009"],
                               "bbox": [[182, 72, 345, 270]], "bbox_labels": ["o019"]}, ...}}

The situations' frames count from 1 at the video's own rate, their boxes are corners in pixels of the 480p videos; both need the settings
below, since the file holds neither rate nor size. The situations are *unverified*: their shape is the page's own, no real row was seen.
https://github.com/csbobby/STAR_Benchmark
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.files import json_rows, lines_of
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, split_of_file, text_of
from videostar.errors import DataError

CLASS_FILES = ("action_classes.txt", "object_classes.txt", "relationship_classes.txt")
MOST_BOXES = 3


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """Each question with its choices; with class files and settings also actions, boxes, contents of boxes and relations."""
    names = _names(path for path in paths if path.suffix == ".txt")
    for path in (path for path in paths if path.suffix != ".txt"):
        split, by_name = split_of_file(path)
        for line, row in json_rows(path):
            items = tuple(_items(row, options, names)) if isinstance(row, Mapping) else (Dropped("not an object", type(row).__name__),)
            yield Row(f"{path.name}:{line}", items, split, by_name)


def _items(row: Mapping[str, Any], options: Options, names: Mapping[str, str]) -> Iterator[Item]:
    start, end, video = number(row.get("start")), number(row.get("end")), text_of(row.get("video_id"))
    if not video or start is None or end is None:
        yield Dropped("no video or no times", str(row.get("question_id")))
        return
    key = f"{video}-{row.get('question_id')}"
    take = Take("star", key, options.video("{video_id}.mp4", {"video_id": video}), options.seed, start, end, group=video)
    yield _own(take, row)
    if isinstance(row.get("situations"), Mapping) and names:
        yield from _situations(take, row["situations"], options, names)


def _own(take: Take, row: Mapping[str, Any]) -> Item:
    choices = [text_of(choice.get("choice")) for choice in row.get("choices") or () if isinstance(choice, Mapping)]
    answer = text_of(row.get("answer"))
    if not answer:
        return Dropped("no label", str(row.get("question_id")))
    if answer not in choices:
        return Dropped("the answer is none of the choices", answer)
    task = text_of(row.get("question_id")).split("_")[0].lower() or "choice"
    return take.own(task, text_of(row.get("question")), {"kind": "choice", "options": choices, "answer": choices.index(answer)})


def _situations(take: Take, situations: Mapping[str, Any], options: Options, names: Mapping[str, str]) -> Iterator[Item]:
    frames = {int(frame): of for frame, of in situations.items() if str(frame).isdecimal() and isinstance(of, Mapping)}
    actions = [names.get(code, "") for frame in sorted(frames) for code in frames[frame].get("actions") or ()]
    found = list(dict.fromkeys(name for name in actions if name))
    if found:
        yield take.ask("actions", {"kind": "set", "value": found})
    fps, width, height = (options.number(name) for name in ("fps", "width", "height"))
    asked = 0
    for frame in sorted(frames):
        if fps is None or asked >= MOST_BOXES:
            break
        at = (frame - 1) / fps - take.start_seconds
        if take.end_seconds is not None and not 0 <= at < take.end_seconds - take.start_seconds:
            continue
        asked += 1
        yield from _relations(take, frames[frame], round(at, 2), names)
        if width and height:
            yield from _boxes(take, frames[frame], round(at, 2), (width, height), names)


def _relations(take: Take, frame: Mapping[str, Any], at: float, names: Mapping[str, str]) -> Iterator[Item]:
    """The relations of each pair at one frame, together."""
    held: dict[tuple[str, str], list[str]] = {}
    for pair, relation in zip(frame.get("rel_pairs") or (), frame.get("rel_labels") or (), strict=False):
        if isinstance(pair, Sequence) and len(pair) == 2 and relation in names:
            held.setdefault((str(pair[0]), str(pair[1])), []).append(names[relation].replace("_", " "))
    for (one, two), relations in held.items():
        slots = {"subject": names.get(one, ""), "object": names.get(two, ""), "time": at}
        if slots["subject"] and slots["object"]:
            label = {"kind": "set", "value": list(dict.fromkeys(relations))}
            yield take.ask("relation", label, f"{at:g}-{one}-{two}", **slots)


def _boxes(take: Take, frame: Mapping[str, Any], at: float, size: tuple[float, float], names: Mapping[str, str]) -> Iterator[Item]:
    """Where each object is, and what is in its box, for objects that stand once in the frame."""
    codes = [str(code) for code in frame.get("bbox_labels") or ()]
    for code, box in zip(codes, frame.get("bbox") or (), strict=False):
        corners = _corners(box, size)
        if code not in names or codes.count(code) > 1:
            continue
        if corners is None:
            yield Dropped("a box outside the frame", f"{box} of {size[0]:g} x {size[1]:g}")
            continue
        where = {"kind": "box", **corners, "at_seconds": at}
        yield take.ask("where", where, f"{at:g}-{code}", object=names[code], time=at)
        yield take.ask("identify", {"kind": "category", "value": names[code]}, f"{at:g}-{code}", time=at, **corners)


def _corners(box: Any, size: tuple[float, float]) -> dict[str, float] | None:
    values = [number(value) for value in box] if isinstance(box, Sequence) and len(box) == 4 else []
    shares = [value / side for value, side in zip(values, (*size, *size), strict=False) if value is not None]
    if len(shares) != 4 or min(shares) < -0.02 or max(shares) > 1.02:
        return None
    return {name: round(min(1.0, max(0.0, share)), 4) for name, share in zip(("x1", "y1", "x2", "y2"), shares, strict=True)}


def _names(files: Iterator[Path]) -> dict[str, str]:
    """Names by code, from lines such as "a004 tidy some clothes"."""
    names: dict[str, str] = {}
    for path in files:
        for number_, line in lines_of(path):
            code, _, name = line.partition(" ")
            if not name or not code[1:].isdecimal():
                raise DataError(f'{path}:{number_}: not a class such as "a004 tidy some clothes", but {line[:60]!r}')
            names[code] = name.strip()
    return names


FORMAT = Format(
    title="STAR-benchmark",
    read=rows,
    files="STAR_train.json or STAR_val.json; for the situations also action_classes.txt, object_classes.txt and relationship_classes.txt",
    tasks=("interaction", "sequence", "prediction", "feasibility", "actions", "relation", "where", "identify"),
    settings={
        "fps": "rate that the situations' frame numbers count at; without it relations and boxes are not asked",
        "width": "width of the videos in pixels, for the boxes",
        "height": "height of the videos in pixels, for the boxes",
        "video": 'path of a video; default "{video_id}.mp4"',
    },
)
