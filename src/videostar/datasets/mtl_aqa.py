"""MTL-AQA: Olympic dives with score, difficulty, position, rotation, somersaults and twists, as pickles (read without running anything).

    (1, 1): {'primary_view': 0, 'start_frame': 7377, 'end_frame': 7462, 'position': 2, 'difficulty': 3.2, 'armstand': 0,
             'rotation_type': 2, 'ss_no': 7, 'tw_no': 0, 'final_score': 88.0}

What the numbers stand for was read off the published spreadsheets: position 0 free, 1 pike, 2 tuck; rotation 0 back, 1 forward, 2 inward,
3 reverse; somersaults and twists in halves. Splits are lists of keys. The captions (what the commentators said) are not read.
https://github.com/ParitoshParmar/MTL-AQA
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.dive_pickles import sorted_out
from videostar.datasets.files import files_of
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, whole
from videostar.errors import DataError

POSITIONS = ("free", "pike", "tuck")
ROTATIONS = ("back", "forward", "inward", "reverse")
TOP_SCORE = 150  # three counted marks of at most 10, times a difficulty below 5
WHOLE, CLIP = "{video:02d}.mp4", "{video:02d}_{number:02d}.mp4"


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """How well, how difficult, how many somersaults and twists, in which position; one row a dive."""
    files = sorted_out(files_of(paths, ".pkl"))
    if not files.dives:
        raise DataError("no dives: name final_annotations_dict.pkl (and train_split_0.pkl, test_split_0.pkl)")
    for where, key, dive in files.rows():
        split = files.splits.get(key)
        if files.splits and split is None:
            yield Row(where, (Dropped("in none of the split files", str(key)),))
            continue
        yield Row(where, tuple(_items(key, dive, options)), split, "the split file" if split else "")


def _items(key: tuple[Any, Any], dive: Mapping[str, Any], options: Options) -> Iterator[Item]:
    take = _take(key, dive, options)
    if isinstance(take, Dropped):
        yield take
        return
    score, difficulty = number(dive.get("final_score")), number(dive.get("difficulty"))
    if score is None:
        yield Dropped("no score", str(key))
    else:
        yield take.ask("score", {"kind": "number", "value": score, "minimum": 0, "maximum": TOP_SCORE})
    if difficulty is not None:
        yield take.ask("difficulty", {"kind": "number", "value": difficulty, "minimum": 1, "maximum": 5})
    for task, name in (("somersaults", "ss_no"), ("twists", "tw_no")):
        halves = whole(dive.get(name))
        if halves is not None and halves >= 0:
            yield take.ask(task, {"kind": "number", "value": halves / 2, "minimum": 0, "maximum": 5})
    for task, name, words in (("position", "position", POSITIONS), ("rotation", "rotation_type", ROTATIONS)):
        code = whole(dive.get(name))
        if code is not None and 0 <= code < len(words):
            yield take.ask(task, {"kind": "category", "value": words[code], "classes": words})
        else:
            yield Dropped(f"an unknown number for the {task}", str(dive.get(name)))
    if whole(dive.get("armstand")) in (0, 1):
        yield take.ask("armstand", {"kind": "boolean", "value": whole(dive["armstand"]) == 1})


def _take(key: tuple[Any, Any], dive: Mapping[str, Any], options: Options) -> Take | Dropped:
    """With a rate the stretch of the whole broadcast, else a clip of its own."""
    names = {"video": key[0], "number": key[1]}
    fps, start, end = options.number("fps"), whole(dive.get("start_frame")), whole(dive.get("end_frame"))
    identity = f"{key[0]}-{key[1]}"
    if fps is None:
        return Take("mtl-aqa", identity, options.video(CLIP, names), options.seed)
    if start is None or end is None or not 0 <= start < end:
        return Dropped("no usable frames", f"{key}: {start} to {end}")
    video = options.video(WHOLE, names)
    return Take("mtl-aqa", identity, video, options.seed, round(start / fps, 3), round((end + 1) / fps, 3), group=f"{video}#{key[1]}")


FORMAT = Format(
    title="MTL-AQA",
    read=rows,
    files="final_annotations_dict.pkl, and if at hand train_split_0.pkl and test_split_0.pkl",
    tasks=("score", "difficulty", "somersaults", "twists", "position", "rotation", "armstand"),
    settings={
        "fps": f'rate of the broadcasts that start_frame and end_frame count; the videos are then whole ("{WHOLE}")',
        "video": f'path of a dive; default without a rate "{CLIP}"',
    },
)
