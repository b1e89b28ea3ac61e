"""The world of moves: balanced conjunctions that no primitive gives away, told by the sampled frames alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest

from videostar.labels.category import CategoryLabel
from videostar.playground.scene import SHAPES, SIZE_CHANGES, TURNINGS, Pose, Scene
from videostar.playground.worlds.asking import PARTS, Part
from videostar.playground.worlds.drawing import NUM_FRAMES, Values, sampled_times
from videostar.playground.worlds.move_labels import QUESTIONS, TASK, Action, MoveWorld
from videostar.playground.worlds.tables import SIZES, VIDEOS, draw_clips
from videostar.video.sampling import Sampling, plan

CLIPS = 432
SEEN: tuple[Part, ...] = ("train", "validation", "test-seen")


def scenes(world: MoveWorld, part: Part, count: int) -> Iterator[Scene]:
    for index in range(count):
        yield world.scene(world.clip_seed(part, index), part)


def seen(scene: Scene) -> list[Pose]:
    """What the sampled frames show: nothing of the times between, angles without their number of turns."""
    moments = plan(Sampling(num_frames=NUM_FRAMES), scene.duration_seconds).timestamps_seconds
    poses = (scene.pose(moment / scene.duration_seconds) for moment in moments)
    return [Pose(pose.x, pose.y, pose.radius, pose.angle % (2 * math.pi)) for pose in poses]


def recovered(poses: list[Pose]) -> Action:
    x, y = np.array([pose.x for pose in poses]), np.array([pose.y for pose in poses])
    angle = np.array([pose.angle for pose in poses])
    turned = float((np.mod(np.diff(angle) + math.pi, 2 * math.pi) - math.pi).sum())
    growth = poses[-1].radius / poses[0].radius
    return Action(
        _path(x, y),
        "none" if abs(turned) < 0.1 else "clockwise" if turned > 0 else "counter-clockwise",
        "same" if 0.9 < growth < 1.1 else "grows" if growth > 1 else "shrinks",
    )


def _path(x: Values, y: Values) -> str:
    if max(np.ptp(x), np.ptp(y)) < 0.01:
        return "still"
    dx, dy = float(x[-1] - x[0]), float(y[-1] - y[0])
    if math.hypot(dx, dy) > 0.99 * np.hypot(np.diff(x), np.diff(y)).sum():
        return ("right" if dx > 0 else "left") if abs(dx) > abs(dy) else ("down" if dy > 0 else "up")
    if np.ptp(y) < 0.01:
        return "back and forth"
    return "zigzag" if len(set(np.sign(np.diff(x)))) == 1 else "round"


def foretold(values: list[str], names: list[str]) -> float:
    """The share of names that are right when each value is taken for the name that it goes with most often."""
    together = Counter(zip(values, names, strict=True))
    return sum(max(count for (one, _), count in together.items() if one == value) for value in set(values)) / len(names)


@pytest.mark.parametrize("part", PARTS)
def test_every_label_follows_from_the_sampled_frames(part: Part) -> None:
    for seed in range(4):
        world = MoveWorld(seed)
        for scene in scenes(world, part, CLIPS):
            action = recovered(seen(scene))
            verdict = world.question(scene).label.judge(world.names[action.meaning], QUESTIONS[0])
            assert verdict.outcome == "pass", (scene, action)


def test_a_shape_turns_less_than_120_degrees_between_sampled_frames() -> None:
    for scene in scenes(MoveWorld(7), "train", CLIPS):
        angles = [scene.pose(time).angle for time in sampled_times().tolist()]
        assert np.abs(np.diff(angles)).max() < math.radians(120)


def test_a_shape_is_at_least_24_pixels_across() -> None:
    smallest = min(scene.pose(time).radius for scene in scenes(MoveWorld(7), "train", CLIPS) for time in sampled_times().tolist())
    assert 2 * smallest * SIZES["moves"] >= 24


@pytest.mark.parametrize("seed", range(4))
def test_no_single_thing_foretells_the_action(seed: int) -> None:
    world = MoveWorld(seed)
    clips = [clip for _, clip in draw_clips(world, "train", CLIPS)]
    names = [clip.asked[0].label.answer_text() for clip in clips]
    for thing in ("path", "turning", "size_change", "speed", "shape", "colour", "distractors"):
        assert foretold([str(clip.truth[thing]) for clip in clips], names) <= 0.35, thing
    assert foretold([clip.asked[0].question for clip in clips], names) <= 0.2


@pytest.mark.parametrize("seed", range(20))
def test_actions_are_balanced_and_differ_in_every_primitive_from_those_of_the_same_path(seed: int) -> None:
    actions = MoveWorld(seed).actions
    assert len(actions) == len(set(actions)) == 18
    assert Counter(Counter(action.path for action in actions).values()) == {3: 6}
    assert Counter(action.turning for action in actions) == dict.fromkeys(TURNINGS, 6)
    assert Counter(action.size_change for action in actions) == dict.fromkeys(SIZE_CHANGES, 6)
    assert set(Counter((action.turning, action.size_change) for action in actions).values()) == {2}
    for one, two in combinations(actions, 2):
        assert one.path != two.path or (one.turning != two.turning and one.size_change != two.size_change)


def test_every_part_holds_equally_many_clips_of_each_action() -> None:
    world = MoveWorld(5)
    for part in PARTS:
        labels = Counter(clip.asked[0].label.answer_text() for _, clip in draw_clips(world, part, VIDEOS["moves"][part]))
        each = {"train": 12, "validation": 2, "test-seen": 3, "test-unseen": 4}[part]
        assert set(labels.values()) == {each}
        assert len(labels) == (len(world.unseen) if part == "test-unseen" else 18)


def test_the_shapes_of_an_action_are_trained_equally_often() -> None:
    world = MoveWorld(5)
    shapes = Counter((scene.truth.path, scene.truth.turning, scene.truth.shape) for scene in scenes(world, "train", 216))
    assert len(shapes) == 18 * len(SHAPES) - len(world.unseen)
    assert set(shapes.values()) == {3, 4}


@pytest.mark.parametrize("seed", range(4))
def test_a_fifth_of_actions_with_shapes_is_never_trained(seed: int) -> None:
    world = MoveWorld(seed)
    assert len(world.unseen) == round(0.2 * 18 * len(SHAPES))
    trained = set()
    for part in PARTS:
        for scene in scenes(world, part, CLIPS):
            truth = scene.truth
            pair = Action(truth.path, truth.turning, truth.size_change), truth.shape
            assert (pair in world.unseen) == (part == "test-unseen")
            if part == "train":
                trained.add(pair)
    assert {action for action, _ in trained} == set(world.actions)
    assert {shape for _, shape in trained} == set(SHAPES)


def test_a_clip_is_asked_for_its_name_openly_and_carries_its_truth() -> None:
    world = MoveWorld(2)
    asked: Counter[str] = Counter()
    for part in SEEN:
        for _, clip in draw_clips(world, part, 36):
            (one,) = clip.asked
            assert one.task == TASK
            assert isinstance(one.label, CategoryLabel)
            assert not one.label.classes
            assert one.label.value == world.names[Action(*(clip.truth[name] for name in ("path", "turning", "size_change"))).meaning]
            asked[one.question] += 1
    assert set(asked) == set(QUESTIONS)


def test_a_clip_comes_from_its_seed_alone() -> None:
    one, two = (list(draw_clips(MoveWorld(11), "train", 20)) for _ in range(2))
    assert [(clip.asked, clip.truth) for _, clip in one] == [(clip.asked, clip.truth) for _, clip in two]
    pictures = [clip.frames(sampled_times(), 96) for _, clip in (one[3], two[3], one[4])]
    assert pictures[0].shape == (NUM_FRAMES, 96, 96, 3)
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])
    assert one[3][1].truth != next(iter(draw_clips(MoveWorld(12), "train", 1)))[1].truth


def test_names_are_drawn_anew_for_each_seed() -> None:
    names = [set(MoveWorld(seed).names.values()) for seed in range(5)]
    assert len(set.union(*names)) == 5 * 18
