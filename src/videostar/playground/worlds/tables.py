"""A world -> videos and tables of samples.

Every video is asked a few of the questions that its clip can answer, so that all tasks get about equally many. Samples of
combinations that are never trained stand in the test table, with "unseen": true in their meta and "unseen/" before their group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from videostar.playground.worlds.asking import PARTS, Asked, Balanced, Part, World, WorldClip
from videostar.playground.worlds.dive_labels import DiveWorld
from videostar.playground.worlds.drawing import SMALLEST_SIZE, VIDEO_FPS, video_times
from videostar.playground.worlds.move_labels import MoveWorld
from videostar.playground.worlds.procedure_labels import ProcedureWorld
from videostar.rows import dump, to_json
from videostar.seeds import rng_for, seed_for
from videostar.types import SPLITS, Sample, Split
from videostar.video.write import write_mp4

WORLDS: Mapping[str, Callable[[int], World]] = MappingProxyType({"dives": DiveWorld, "moves": MoveWorld, "procedures": ProcedureWorld})
_FEW: Mapping[Part, int] = MappingProxyType({"train": 100, "validation": 30, "test-seen": 50, "test-unseen": 50})
# A clip of moves has one question, for the name: 12 of each action are trained. The parts are whole rounds of actions or unseen pairs.
_MANY: Mapping[Part, int] = MappingProxyType({"train": 216, "validation": 36, "test-seen": 54, "test-unseen": 56})
VIDEOS: Mapping[str, Mapping[Part, int]] = MappingProxyType({"dives": _FEW, "moves": _MANY, "procedures": _FEW})
# Height and width in pixels at which every figure of a world is at least 24 pixels across.
SIZES: Mapping[str, int] = MappingProxyType({"dives": SMALLEST_SIZE, "moves": 96, "procedures": SMALLEST_SIZE})
QUESTIONS_PER_VIDEO = 3

Clips = Sequence[tuple[str, WorldClip]]


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a written world."""

    train: Path
    validation: Path
    test: Path


def write_world(
    world: World,
    folder: Path,
    counts: Mapping[Part, int] | None = None,
    questions: int = QUESTIONS_PER_VIDEO,
    size: int | None = None,
    tasks: Collection[str] = (),
) -> Tables:
    """Render a world into `folder`: `videos/*.mp4` and a table for each split. The same world gives the same bytes.

    counts: videos in each part, else those of `VIDEOS`. questions: most questions about one video.
    size: height and width of the videos in pixels, else that of `SIZES`. tasks: those asked, if not all.
    """
    counts, size = counts or VIDEOS[world.name], size or SIZES[world.name]
    (folder / "videos").mkdir(parents=True, exist_ok=True)
    clips = {part: list(draw_clips(world, part, counts.get(part, 0))) for part in PARTS}
    with ThreadPoolExecutor(max_workers=2) as pool:
        everything = [clip for found in clips.values() for clip in found]
        for _ in pool.map(partial(_write_clip, folder, size), everything):
            pass
    rows: dict[Split, list[str]] = {split: [] for split in SPLITS}
    for part, found in clips.items():
        rows[_split(part)].extend(dump(to_json(sample)) for sample in samples(world, part, found, questions, tasks))
    for split, lines in rows.items():
        (folder / f"{split}.jsonl").write_text("".join(lines), encoding="utf-8")
    return Tables(*(folder / f"{split}.jsonl" for split in SPLITS))


def draw_clips(world: World, part: Part, count: int) -> Iterator[tuple[str, WorldClip]]:
    """(video, clip) for each video of a part."""
    for index in range(count):
        seed = world.clip_seed(part, index) if isinstance(world, Balanced) else seed_for(world.name, world.seed, part, index)
        yield f"videos/{part}-{index:04d}.mp4", world.clip(seed, part)


def samples(
    world: World, part: Part, clips: Sequence[tuple[str, WorldClip]], questions: int, tasks: Collection[str] = ()
) -> Iterator[Sample]:
    """The samples of a part's clips, at most `questions` for each, of `tasks` if any are named."""
    done: Counter[str] = Counter()
    for video, clip in clips:
        for asked in _chosen(world, video, [asked for asked in clip.asked if not tasks or asked.task in tasks], done, questions):
            done[asked.task] += 1
            stem = Path(video).stem
            unseen = part == "test-unseen"
            yield Sample(
                id=f"{world.name}-{stem}-{asked.task}",
                video=video,
                question=asked.question,
                label=asked.label,
                task=asked.task,
                split=_split(part),
                source=world.name,
                group=f"unseen/{stem}" if unseen else stem,
                meta={**clip.truth, "unseen": unseen},
            )


def _chosen(world: World, video: str, fitting: Sequence[Asked], done: Counter[str], count: int) -> list[Asked]:
    """The questions of the tasks asked least so far; ties are drawn."""
    rng = rng_for(world.name, world.seed, video, "tasks")
    return sorted(fitting, key=lambda asked: (done[asked.task], rng.random()))[:count]


def _split(part: Part) -> Split:
    return "test" if part.startswith("test") else "train" if part == "train" else "validation"


def _write_clip(folder: Path, size: int, named: tuple[str, WorldClip]) -> None:
    video, clip = named
    write_mp4(folder / video, clip.frames(video_times(clip.duration_seconds), size), VIDEO_FPS)
