"""The world of moves: rendered clips whose action has an invented name.

An action is a way, a turning and a change of size together. Every way belongs to two actions or more, and so does every turning
and every change of size: no single one of them tells the name. Colour, shape, speed and place mean nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from videostar.labels.category import CategoryLabel
from videostar.playground.questions import known_question
from videostar.playground.render import frame_times, render
from videostar.playground.scene import PATHS, SIZE_CHANGES, TURNINGS, Scene, draw_scene
from videostar.playground.words import invented_word
from videostar.rows import dump, to_json
from videostar.seeds import rng_for, seed_for
from videostar.types import SPLITS, Sample, Split
from videostar.video.write import write_mp4

QUESTION = "What is the action called?"
VIDEO_SIZE = 96
VIDEO_FPS = 8
SHORTEST_NAME = 5
LONGEST_NAME = 9
MOST_ACTIONS = 2 * len(PATHS)


@dataclass(frozen=True, slots=True)
class Action:
    """A named conjunction of primitives."""

    name: str
    path: str
    turning: str
    size_change: str

    def wanted(self) -> dict[str, list[str]]:
        """What `draw_scene` must keep to."""
        return {"path": [self.path], "turning": [self.turning], "size_change": [self.size_change]}


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a written data set."""

    train: Path
    validation: Path
    test: Path


def draw_actions(seed: int, count: int = MOST_ACTIONS) -> tuple[Action, ...]:
    """`count` actions with new names, two to a way; an even number from 6 to `MOST_ACTIONS`."""
    if count % 2 or not 6 <= count <= MOST_ACTIONS:
        raise ValueError(f"the number of actions must be even, from 6 to {MOST_ACTIONS}, got {count}")
    rng = rng_for("actions", seed)
    paths = rng.sample(PATHS, count // 2)
    names = _names(rng, count)
    while True:
        pairs = [pair for _ in paths for pair in _two_manners(rng)]
        actions = tuple(
            Action(next_name, path, *pair) for next_name, path, pair in zip(names, sorted([*paths, *paths]), pairs, strict=True)
        )
        if not _tells_alone(actions):
            return actions


def _two_manners(rng: random.Random) -> list[tuple[str, str]]:
    """Two (turning, change of size); the sizes differ, so that a model that is blind to turning can still tell all actions apart."""
    return [(rng.choice(TURNINGS), size_change) for size_change in rng.sample(SIZE_CHANGES, 2)]


def _tells_alone(actions: Sequence[Action]) -> bool:
    """Whether a turning or a change of size belongs to one action alone."""
    for values in ([action.turning for action in actions], [action.size_change for action in actions]):
        if any(values.count(value) == 1 for value in values):
            return True
    return False


def _names(rng: random.Random, count: int) -> list[str]:
    """Invented words that differ in their first three letters."""
    found: dict[str, str] = {}
    while len(found) < count:
        name = invented_word(rng)
        if SHORTEST_NAME <= len(name) <= LONGEST_NAME:
            found.setdefault(name[:3], name)
    return list(found.values())


def write_moves(folder: Path, seed: int, clips: Mapping[Split, int], actions: int = MOST_ACTIONS, others: float = 0.25) -> Tables:
    """Render the data set into `folder`: `videos/*.mp4` and a table for each split.

    clips: how many in each split, spread evenly over the actions. Every clip is asked for its action.
    others: share of clips asked something else besides: yes or no, a count, lettered options, from the same truth.
    """
    named = draw_actions(seed, actions)
    (folder / "videos").mkdir(parents=True, exist_ok=True)
    scenes = {split: list(_scenes(seed, split, named, clips.get(split, 0))) for split in SPLITS}
    with ThreadPoolExecutor(max_workers=2) as pool:
        for _ in pool.map(lambda clip: write_clip(folder / clip[0], clip[1]), [clip for found in scenes.values() for clip in found]):
            pass
    names = {(action.path, action.turning, action.size_change): action.name for action in named}
    for split, found in scenes.items():
        rows = (dump(to_json(sample)) for video, scene in found for sample in _samples(seed, split, video, scene, names, others))
        (folder / f"{split}.jsonl").write_text("".join(rows), encoding="utf-8")
    return Tables(*(folder / f"{split}.jsonl" for split in SPLITS))


def _scenes(seed: int, split: Split, actions: Sequence[Action], count: int) -> Iterator[tuple[str, Scene]]:
    """(video, scene) for each clip."""
    for index in range(count):
        action = actions[index % len(actions)]
        yield f"videos/{split}-{index:04d}.mp4", draw_scene(seed_for("moves", seed, split, index), MappingProxyType(action.wanted()))


def write_clip(path: Path, scene: Scene) -> None:
    """Render a scene as H.264 in MP4, `VIDEO_SIZE` pixels wide and high."""
    times = frame_times(round(scene.duration_seconds * VIDEO_FPS))
    write_mp4(path, render(scene, times, VIDEO_SIZE), VIDEO_FPS)


def _samples(
    seed: int, split: Split, video: str, scene: Scene, names: Mapping[tuple[str, str, str], str], others: float
) -> Iterator[Sample]:
    truth, stem = scene.truth, Path(video).stem
    label = CategoryLabel(value=names[truth.path, truth.turning, truth.size_change])
    named = Sample(f"moves-{stem}", video, QUESTION, label, 0.0, None, "action", split, "moves", stem, truth.to_json())
    yield named
    rng = rng_for("moves", seed, split, video, "other")
    if rng.random() < others:
        known = known_question(truth, rng)
        kind = known.label.kind
        yield replace(named, id=f"moves-{stem}-{kind}", question=known.question, label=known.label, task=kind)
