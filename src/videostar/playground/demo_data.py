"""The data set of the demo: the three worlds together, rendered anew in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from videostar.playground.worlds.asking import Part
from videostar.playground.worlds.drawing import FRAME_SIZE
from videostar.playground.worlds.tables import WORLDS, Tables, write_world
from videostar.rows import dump, read_rows, sample_from_json, to_json
from videostar.types import SPLITS, Split


@dataclass(frozen=True, slots=True)
class Share:
    """What the demo takes of a world: videos in each part, most questions about one video, and which tasks, if not all."""

    videos: Mapping[Part, int]
    questions: int
    tasks: tuple[str, ...] = ()


# Few tasks, so that each has examples enough to be learned from in the minutes of a demo; `write_world` asks all of them.
_DIVE_TASKS = ("dive-phases", "dive-score")
_PROCEDURE_TASKS = ("procedure-steadiness", "procedure-economy", "procedure-tremor", "procedure-dropped")
SHARES: Mapping[str, Share] = MappingProxyType(
    {
        "moves": Share({"train": 144, "validation": 36, "test-seen": 54, "test-unseen": 28}, questions=1),
        "dives": Share({"train": 150, "validation": 15, "test-seen": 40, "test-unseen": 15}, 2, _DIVE_TASKS),
        "procedures": Share({"train": 42, "validation": 10, "test-seen": 25, "test-unseen": 10}, 4, _PROCEDURE_TASKS),
    }
)


def write_demo(folder: Path, seed: int, shares: Mapping[str, Share] = SHARES) -> Tables:
    """Render the demo's videos and tables into `folder`: a folder for each world and one table for each split. Same seed, same bytes.

    shares: what is taken of each world, where it is not what the demo takes.
    """
    rows: dict[Split, list[str]] = {split: [] for split in SPLITS}
    for name, share in shares.items():
        written = write_world(WORLDS[name](seed), folder / name, share.videos, share.questions, FRAME_SIZE, share.tasks)
        for split, table in zip(SPLITS, (written.train, written.validation, written.test), strict=True):
            for row in read_rows(table):
                sample = sample_from_json(row, {})
                rows[split].append(dump(to_json(replace(sample, video=f"{name}/{sample.video}"))))
    for split, lines in rows.items():
        (folder / f"{split}.jsonl").write_text("".join(lines), encoding="utf-8")
    return Tables(*(folder / f"{split}.jsonl" for split in SPLITS))
