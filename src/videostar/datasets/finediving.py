"""FineDiving: dives with score, difficulty and the sub-action of every frame, as pickles (read without running anything).

    ('01', 1): {'action_type': '407c', 'dive_score': 88.0, 'difficulty': 3.2, 'steps_transit_frames': array([2, 34]),
                'frames_labels': array([4, 4, 4, 25, ...]), 'sub-action_types': {4: 'Inward', 25: '3.5 Soms.Tuck', 36: 'Entry'}}

Sub-actions are put in the order of their frames, never of their numbers. A number that the dive's own table lacks is looked up in
the table of all (`Sub_action_Types_Table.pkl`). The splits are lists of keys: `train_split.pkl`, `test_split.pkl`.
https://github.com/xujinglin/FineDiving
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from videostar.datasets.dive_pickles import sorted_out
from videostar.datasets.files import files_of
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, text_of
from videostar.datasets.pickles import NumberArray
from videostar.datasets.segments import CATEGORY, Segment, asked_of
from videostar.errors import DataError

CLIP = "{event}_{number}.mp4"
TOP_SCORE = 150  # three counted marks of at most 10, times a difficulty below 5


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """Score, difficulty, steps and, where the rate is known, their times; one row a dive."""
    files = sorted_out(files_of(paths, ".pkl"))
    if not files.dives:
        raise DataError("no dives: name FineDiving_fine-grained_annotation.pkl (and the splits and the table of sub-actions)")
    for where, key, dive in files.rows():
        split = files.splits.get(key)
        if files.splits and split is None:
            yield Row(where, (Dropped("in none of the split files", str(key)),))
            continue
        yield Row(where, tuple(_items(key, dive, files.table, options)), split, "the split file" if split else "")


def _items(key: tuple[Any, ...], dive: Mapping[str, Any], table: Mapping[int, str], options: Options) -> Iterator[Item]:
    event, place = key
    video = options.video(CLIP, {"event": event, "number": place})
    take = Take("finediving", f"{event}-{place}", video, options.seed, meta={"action_type": text_of(dive.get("action_type"))})
    score, difficulty = number(dive.get("dive_score")), number(dive.get("difficulty"))
    if score is not None:
        yield take.ask("score", {"kind": "number", "value": score, "minimum": 0, "maximum": TOP_SCORE})
    else:
        yield Dropped("no score", str(key))
    if difficulty is not None:
        yield take.ask("difficulty", {"kind": "number", "value": difficulty, "minimum": 1, "maximum": 5})
    steps = _steps(dive, table)
    if isinstance(steps, Dropped):
        yield steps
        return
    fps = options.number("fps")
    label = {**CATEGORY, "classes": list(dict.fromkeys(map(_spelled, table.values())))}
    if fps:
        yield from asked_of(take, [Segment(name, round(first / fps, 3), round(end / fps, 3)) for name, first, end in steps], label)
    else:
        names = [name for name, _, _ in steps]
        yield take.ask("order", {"kind": "sequence", "value": names})
        for place, (one, two) in enumerate(pairwise(names)):
            if names.count(one) == 1:
                yield take.ask("after", {**label, "value": two}, str(place), event=one)
            if names.count(two) == 1:
                yield take.ask("before", {**label, "value": one}, str(place), event=two)
    yield take.ask("how_many_steps", {"kind": "count", "value": len(steps)})


def _steps(dive: Mapping[str, Any], table: Mapping[int, str]) -> list[tuple[str, int, int]] | Dropped:
    """Name, first frame and end of each stretch of frames with one sub-action, in the order of time."""
    labels = dive.get("frames_labels")
    own = dive.get("sub-action_types")
    codes = labels.tolist() if isinstance(labels, NumberArray) else labels
    if not isinstance(codes, list) or not codes or not isinstance(own, Mapping):
        return Dropped("no sub-actions of the frames", text_of(dive.get("action_type")))
    steps: list[tuple[str, int, int]] = []
    at = 0
    for code, frames in groupby(codes):
        count = len(list(frames))
        name = own.get(code) or table.get(code)
        if not name:
            return Dropped("a sub-action without a name", str(code))
        steps.append((_spelled(name), at, at + count))
        at += count
    return steps


def _spelled(name: str) -> str:
    """ "3.5 Soms.Tuck" -> "3.5 somersaults tuck", "Arm.Back" -> "armstand back": words that an answer would use."""
    return re.sub(r"\bSom(s?)\.", r"somersault\1 ", name.replace("Arm.", "Armstand ")).lower()


FORMAT = Format(
    title="FineDiving",
    read=rows,
    files="the fine-grained annotation pickle, and if at hand train_split.pkl, test_split.pkl and the table of sub-actions",
    tasks=("score", "difficulty", "order", "before", "after", "how_many_steps", "how_many", "action_at", "when", "interval"),
    settings={
        "fps": "rate of the frames that the labels count; without it no times are asked",
        "video": f'path of a dive; default "{CLIP}"',
    },
)
