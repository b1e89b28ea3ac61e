"""The world of moves: named actions, the question for the name, and which shapes never do which action in training.

An action is a path, a turning and a change of size together. Six paths belong to three actions each, which share neither turning
nor change of size; every turning and every change of size belongs to six actions, every pair of the two to two. So the path tells
the name in a third of the cases, any other single thing in a sixth or less. Colour, shape and place mean nothing; pace tells at
most that a path is not straight, or that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import permutations
from math import lcm

import numpy as np
from numpy.typing import NDArray

from videostar.labels.category import CategoryLabel
from videostar.playground.render import render
from videostar.playground.scene import PATHS, SHAPES, SIZE_CHANGES, STRAIGHT, TURNINGS, Scene, draw_scene
from videostar.playground.worlds.asking import PARTS, UNSEEN_SHARE, Asked, Part, WorldClip
from videostar.playground.worlds.drawing import Values
from videostar.playground.worlds.naming import invented_names
from videostar.seeds import rng_for, seed_for

TASK = "move-action"
QUESTIONS = (
    "What is the action called?",
    "What is the name of the action?",
    "What do you call the action in this video?",
    "Which action does the shape do?",
)
_ROUNDS = lcm(len(SHAPES), len(SHAPES) - 1)  # actions miss one shape in training or none: after so many rounds theirs are even


@dataclass(frozen=True, slots=True)
class Action:
    """A conjunction of primitives that has a name."""

    path: str
    turning: str
    size_change: str

    @property
    def meaning(self) -> str:
        """What its name stands for, such as "action zigzag, clockwise, grows"."""
        return f"action {self.path}, {self.turning}, {self.size_change}"


Pair = tuple[Action, str]


@dataclass(frozen=True)
class MoveWorld:
    """The world of moves of one seed.

    names: the name of each action by its `meaning`. unseen: actions with shapes that never do them in training.
    turns: the action and shape of the clips of a part one after another; they start again after the last.
    """

    seed: int
    name: str = "moves"
    actions: tuple[Action, ...] = field(init=False)
    names: dict[str, str] = field(init=False)
    unseen: frozenset[Pair] = field(init=False)
    turns: dict[Part, tuple[Pair, ...]] = field(init=False)

    def __post_init__(self) -> None:
        actions = _actions(self.seed)
        unseen = _unseen(self.seed, actions)
        object.__setattr__(self, "actions", actions)
        object.__setattr__(self, "names", invented_names(self.seed, self.name, [action.meaning for action in actions]))
        object.__setattr__(self, "unseen", unseen)
        object.__setattr__(self, "turns", {part: _turns(self.seed, part, actions, unseen) for part in PARTS})

    def clip_seed(self, part: Part, index: int) -> int:
        """A seed for the clip at place `index` of a part: actions, and the shapes of each, take turns."""
        seed, count = seed_for(self.name, self.seed, part, index), len(self.turns[part])
        return seed - seed % count + index % count

    def clip(self, seed: int, part: Part) -> WorldClip:
        """A clip that may stand in `part`; over all seeds actions are equally frequent."""
        scene = self.scene(seed, part)
        return WorldClip(scene.duration_seconds, partial(_frames, scene), (self.question(scene),), scene.truth.to_json())

    def scene(self, seed: int, part: Part) -> Scene:
        """What the clip shows."""
        turns = self.turns[part]
        action, shape = turns[seed % len(turns)]
        wanted = {"path": [action.path], "turning": [action.turning], "size_change": [action.size_change], "shape": [shape]}
        if action.path in STRAIGHT:
            # Fast ones fill the frame, which leaves one place to start from: nearest pixels would tell them.
            wanted["speed"] = ["slow"]
        return draw_scene(seed, wanted)

    def question(self, scene: Scene) -> Asked:
        """The question for the name, in words drawn from the scene's seed. No class is listed: names must be known."""
        truth = scene.truth
        action = Action(truth.path, truth.turning, truth.size_change)
        question = rng_for("move question", scene.seed).choice(QUESTIONS)
        return Asked(TASK, question, CategoryLabel(value=self.names[action.meaning]))


def _frames(scene: Scene, times: Values, size: int) -> NDArray[np.uint8]:
    return render(scene, times.tolist(), size)


def _actions(seed: int) -> tuple[Action, ...]:
    """Each path has an order of the turnings of its own, matched with the changes of size: all orders together are balanced."""
    rng = rng_for("move actions", seed)
    orders = list(permutations(TURNINGS))
    # Where a shape is at the end tells much of a straight path to who only compares pixels: two of these are enough.
    bent = [path for path in PATHS if path not in STRAIGHT]
    paths = [*bent, *rng.sample(list(STRAIGHT), len(orders) - len(bent))]
    return tuple(
        Action(path, turning, size_change)
        for path, order in zip(rng.sample(paths, len(paths)), rng.sample(orders, len(orders)), strict=True)
        for turning, size_change in zip(order, SIZE_CHANGES, strict=True)
    )


def _unseen(seed: int, actions: Sequence[Action]) -> frozenset[Pair]:
    """A fifth of all pairs: of different actions, the shapes as even as can be."""
    rng = rng_for("moves unseen", seed)
    chosen = rng.sample(actions, round(UNSEEN_SHARE * len(actions) * len(SHAPES)))
    shapes = rng.sample(SHAPES, len(SHAPES))
    return frozenset((action, shapes[place % len(shapes)]) for place, action in enumerate(chosen))


def _turns(seed: int, part: Part, actions: Sequence[Action], unseen: frozenset[Pair]) -> tuple[Pair, ...]:
    """Rounds in which every action comes once, in an order drawn anew, with its next shape; of the unseen pairs a single round."""
    rng = rng_for("move turns", seed, part)
    pairs = [(action, shape) for action in actions for shape in rng.sample(SHAPES, len(SHAPES))]
    if part == "test-unseen":
        kept = [pair for pair in pairs if pair in unseen]
        return tuple(rng.sample(kept, len(kept)))
    shapes = {action: [shape for one, shape in pairs if one == action and (one, shape) not in unseen] for action in actions}
    rounds = [(number, action) for number in range(_ROUNDS) for action in rng.sample(actions, len(actions))]
    return tuple((action, shapes[action][number % len(shapes[action])]) for number, action in rounds)
