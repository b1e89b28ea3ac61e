"""Cholec80: the surgical phase of every frame of a gall bladder operation, one tab-separated file a video, 25 frames a second.

    Frame	Phase
    0	Preparation
    25	Preparation
    50	CalotTriangleDissection

A stretch of equal phases is one row.
https://camma.unistra.fr/datasets/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from videostar.datasets.files import files_of, table_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, whole
from videostar.datasets.segments import Segment, asked_of
from videostar.seeds import rng_for

FPS = 25.0
CLIP_SECONDS = 30.0
PHASES = (
    "Preparation",
    "CalotTriangleDissection",
    "ClippingCutting",
    "GallbladderDissection",
    "GallbladderPackaging",
    "CleaningCoagulation",
    "GallbladderRetraction",
)


@dataclass(slots=True)
class _Stretch:
    line: int
    phase: str
    first: int
    end: int


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """The phase of a clip out of each stretch; over the whole operation when each phase is, and what comes before and after it."""
    for path in files_of(paths, ".txt", ".csv"):
        stretches: list[_Stretch] = []
        for line, cells in table_rows(path, ("Frame", "Phase")):
            frame, phase = whole(cells.get("Frame")), cells.get("Phase", "")
            if frame is None or frame < 0 or not phase or (stretches and frame < stretches[-1].end - 1):
                problem = "no phase" if not phase else "no frame number, or one out of order"
                yield Row(f"{path.name}:{line}", (Dropped(problem, f"{cells.get('Frame')} {phase}"),))
            elif stretches and stretches[-1].phase == phase:
                stretches[-1].end = frame + 1
            else:
                if stretches:
                    stretches[-1].end = frame
                stretches.append(_Stretch(line, phase, frame, frame + 1))
        yield from _of_video(path, stretches, options)


def _of_video(path: Path, stretches: Sequence[_Stretch], options: Options) -> Iterator[Row]:
    fps = options.number("fps", FPS) or FPS
    name = path.stem.removesuffix("-phase").removesuffix("_head").removesuffix("-timestamp")
    video = options.video("{name}.mp4", {"name": name})
    segments = [Segment(spelled(s.phase), round(s.first / fps, 3), round(s.end / fps, 3)) for s in stretches]
    label = {"kind": "category", "classes": [spelled(phase) for phase in PHASES]}
    whole_video = tuple(asked_of(Take("cholec80", name, video, options.seed), segments, label)) if segments else ()
    for place, (stretch, segment) in enumerate(zip(stretches, segments, strict=True)):
        clip = _clip(f"{name}-{place}", video, segment, options)
        yield Row(f"{path.name}:{stretch.line}", (clip, *(whole_video if place == 0 else ())))


def _clip(key: str, video: str, segment: Segment, options: Options) -> Item:
    """The phase at one moment of a clip that lies within the stretch."""
    rng = rng_for(options.seed, "phase clip", key)
    length = min(options.number("clip_seconds", CLIP_SECONDS) or CLIP_SECONDS, segment.end - segment.start)
    start = round(segment.start + rng.random() * (segment.end - segment.start - length), 2)
    take = Take("cholec80", key, video, options.seed, start, round(start + length, 3), group=video)
    label = {"kind": "category", "value": segment.name, "classes": [spelled(phase) for phase in PHASES]}
    return take.ask("phase", label, time=round(rng.uniform(0.2, 0.8) * length, 1))


def spelled(phase: str) -> str:
    """ "CalotTriangleDissection" -> "calot triangle dissection"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", phase).lower()


FORMAT = Format(
    title="Cholec80 phases",
    read=rows,
    files="the folder of phase annotations, or single files such as video01-phase.txt",
    tasks=("phase", "action_at", "interval", "when", "before", "after", "order", "how_many"),
    settings={
        "fps": f"frames a second; default {FPS:g}",
        "clip_seconds": f"length of a clip out of a phase; default {CLIP_SECONDS:g}",
        "video": 'path of a video; default "{name}.mp4", where name is the file\'s without -phase',
    },
)
