"""JIGSAWS: gestures of robotic suturing, knot tying and needle passing at 30 frames a second, and the skill of each trial.

    Needle_Passing_B001		N	8		1	1	1	2	1	2          meta_file_Needle_Passing.txt: trial, experience, total, six ratings
    80 115 G1                                              transcriptions/Needle_Passing_B001.txt: first frame, last frame, gesture

A line of the meta file is a row, and so is a transcription. The meta row is a real one, the transcription's is of the documented shape.
https://cirl.lcsr.jhu.edu/research/hmm/datasets/jigsaws_release/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from videostar.datasets.files import files_of, lines_of
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, whole
from videostar.datasets.segments import Segment, asked_of

FPS = 30.0
LEVELS = {"N": "novice", "I": "intermediate", "E": "expert"}
RATINGS = (
    "respect for tissue",
    "suture and needle handling",
    "time and motion",
    "flow of operation",
    "overall performance",
    "quality of the final product",
)
GESTURES = (
    "reaching for needle with right hand",
    "positioning needle",
    "pushing needle through tissue",
    "transferring needle from left to right",
    "moving to center with needle in grip",
    "pulling suture with left hand",
    "pulling suture with right hand",
    "orienting needle",
    "using right hand to help tighten suture",
    "loosening more suture",
    "dropping suture at end and moving to end points",
    "reaching for needle with left hand",
    "making C loop around right hand",
    "reaching for suture with right hand",
    "pulling suture with both hands",
)
VIDEO = "{trial}_capture1.avi"
_TRIAL = re.compile(r"\w+_([A-Z])(\d{3})")


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """How skilled, how well in total and by six criteria; and all that the gestures' times support."""
    for path in files_of(paths, ".txt"):
        if path.name.startswith("meta_file"):
            for line, text in lines_of(path):
                yield Row(f"{path.name}:{line}", tuple(_skill(text.split(), options)))
        else:
            yield Row(f"{path.name}:1", tuple(_gestures(path, options)))


def _skill(cells: Sequence[str], options: Options) -> Iterator[Item]:
    take = _take(cells[0], options)
    if take is None or len(cells) != 9:
        yield Dropped("not a trial with experience, total and six ratings", " ".join(cells)[:60])
        return
    if cells[1] in LEVELS:
        yield take.ask("skill", {"kind": "category", "value": LEVELS[cells[1]], "classes": list(LEVELS.values())})
    else:
        yield Dropped("an unknown level of experience", cells[1])
    total = number(cells[2])
    if total is not None:
        yield take.ask("score", {"kind": "number", "value": total, "minimum": 6, "maximum": 30})
    for place, (criterion, text) in enumerate(zip(RATINGS, cells[3:], strict=True)):
        rating = number(text)
        if rating is None or not 1 <= rating <= 5:
            yield Dropped("a rating that is not from 1 to 5", f"{criterion}: {text}")
        else:
            yield take.ask("grade", {"kind": "number", "value": rating, "minimum": 1, "maximum": 5}, str(place), criterion=criterion)


def _gestures(path: Path, options: Options) -> Iterator[Item]:
    take = _take(path.stem, options)
    if take is None:
        yield Dropped("not named like a trial, such as Suturing_B001.txt", path.name)
        return
    fps = options.number("fps", FPS) or FPS
    segments = []
    for line, text in lines_of(path):
        first, last, code, *_ = [*text.split(), "", "", ""]
        begin, end, place = whole(first), whole(last), whole(code.removeprefix("G"))
        if begin is None or end is None or not 0 <= begin <= end or place is None or not 1 <= place <= len(GESTURES):
            yield Dropped('not "first frame, last frame, gesture"', f"line {line}: {text.strip()[:40]}")
            continue
        segments.append(Segment(GESTURES[place - 1], round(begin / fps, 3), round((end + 1) / fps, 3)))
    if segments:
        segments.sort(key=lambda segment: segment.start)
        yield from asked_of(take, segments, {"kind": "category", "classes": list(GESTURES)})


def _take(trial: str, options: Options) -> Take | None:
    """Trials of one surgeon stay together."""
    match = _TRIAL.fullmatch(trial)
    if match is None:
        return None
    return Take("jigsaws", trial, options.video(VIDEO, {"trial": trial}), options.seed, group=f"surgeon {match[1]}")


FORMAT = Format(
    title="JIGSAWS",
    read=rows,
    files="meta_file_*.txt, and the folders of transcriptions",
    tasks=("skill", "score", "grade", "action_at", "interval", "when", "before", "after", "order", "how_many"),
    verified=False,
    settings={"fps": f"frames a second; default {FPS:g}", "video": f'path of a video; default "{VIDEO}"'},
)
