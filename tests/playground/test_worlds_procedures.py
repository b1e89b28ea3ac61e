"""The world of procedures: what its frames can show suffices for every label."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest

from videostar.playground.worlds.asking import PARTS, Part
from videostar.playground.worlds.drawing import NUM_FRAMES, Values, sampled_times
from videostar.playground.worlds.procedure_frames import render_procedure
from videostar.playground.worlds.procedure_labels import ProcedureWorld
from videostar.playground.worlds.procedures import (
    BENCH,
    SHAPES,
    VERBS,
    Kind,
    Procedure,
    ProcedureTruth,
    Sight,
    Step,
    draw_procedure,
)
from videostar.playground.worlds.timeline import REST
from videostar.seeds import seed_for
from videostar.types import Clip
from videostar.video.sampling import Sampling, plan

CLIPS = 400
GAP = 1 / NUM_FRAMES


@dataclass(frozen=True)
class Seen:
    """What a person sees of a procedure in the sampled frames."""

    times: Values
    sight: Sight
    items: tuple[Kind, ...]


@dataclass(frozen=True)
class Stretch:
    """Sampled frames first..last with the instrument at work, what it does and on which object."""

    verb: str
    item: int
    first: int
    last: int


def seen(procedure: Procedure) -> Seen:
    moments = plan(Sampling(num_frames=NUM_FRAMES), procedure.duration_seconds).timestamps_seconds
    times = np.array(moments) / procedure.duration_seconds
    return Seen(times, procedure.sight(times), procedure.truth.items)


def recovered(what: Seen) -> tuple[ProcedureTruth, list[tuple[float, float]]]:
    """The truth, and start and end of each phase as shares of the clip, from the sampled frames alone."""
    stretches = [_stretch(what, first, last) for first, last in _runs(what.sight.y > REST + 1e-9)]
    phases: list[tuple[float, float]] = []
    dropped = False
    for stretch in stretches:
        edges = [stretch.first, stretch.last + 1]
        if stretch.verb == "move":
            lifted, landed, fell = _carried(what, stretch)
            edges = [stretch.first, lifted, landed, stretch.last + 1]
            dropped = dropped or fell
        bounds = [(edge if edge == NUM_FRAMES else float(what.times[edge]) / GAP - 0.5) * GAP for edge in edges]
        phases.extend(itertools.pairwise(bounds))
    tilt = float(np.sqrt(np.mean(what.sight.tilt**2)))
    tremor = "none" if tilt < 0.02 else "slight" if tilt < 0.14 else "strong"
    steps = tuple(Step(stretch.verb, stretch.item) for stretch in stretches)
    return ProcedureTruth(what.items, steps, dropped, _idle(what, stretches), tremor), phases


def _runs(busy: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], busy, [False]]).astype(int)))
    return [(int(first), int(end) - 1) for first, end in edges.reshape(-1, 2)]


def _stretch(what: Seen, first: int, last: int) -> Stretch:
    sight, span = what.sight, slice(first, last + 1)
    moved = np.ptp(sight.items_x[max(0, first - 1) : last + 2], axis=0)
    if moved.max() > 0.1:
        return Stretch("move", int(moved.argmax()), first, last)
    middle = (sight.x[span].min() + sight.x[span].max()) / 2
    deepest = int(sight.y[span].argmax()) + first
    at = sight.x[deepest] if np.ptp(sight.x[span]) < 0.02 else middle
    item = int(np.abs(sight.items_x[deepest] - at).argmin())
    return Stretch("stir" if np.ptp(sight.x[span]) > 0.02 else "touch", item, first, last)


def _carried(what: Seen, stretch: Stretch) -> tuple[int, int, bool]:
    """First frame with the object off the bench, first frame with it let go, and whether it fell."""
    sight, item = what.sight, stretch.item
    span = range(stretch.first, stretch.last + 1)
    level = sight.items_y[:, item].max()
    held = [
        t
        for t in span
        if abs(sight.items_x[t, item] - sight.x[t]) < 1e-9 and abs(sight.items_y[t, item] - sight.y[t]) < 1e-9 and sight.y[t] < level - 1e-9
    ]
    after = max(held) + 1
    fell = bool(sight.y[after] < level - 0.02)  # what is let go on the bench is let go at the bench
    return min(held), after, fell


def _idle(what: Seen, stretches: list[Stretch]) -> str:
    sight = what.sight
    for one, two in itertools.pairwise(stretches):
        between = range(one.last + 1, two.first)
        start, end = (sight.items_x[place, step.item] for place, step in ((one.last, one), (two.first, two)))
        low, high = min(start, end) - 0.12, max(start, end) + 0.12
        if any(not low < sight.x[t] < high for t in between):
            return "detour"
        if any(t + 1 in between and sight.x[t] == sight.x[t + 1] for t in between):
            return "pause"
    return "none"


@pytest.mark.parametrize("part", PARTS)
def test_every_label_follows_from_the_sampled_frames(part: Part) -> None:
    world = ProcedureWorld(7)
    for index in range(CLIPS):
        procedure = drawn(world, seed_for("recovery", part, index), part)
        truth, phases = recovered(seen(procedure))
        assert truth == procedure.truth
        assert truth.phases == procedure.truth.phases
        names = world.phases(procedure)
        when = next(asked for asked in world.questions(procedure) if asked.task == "procedure-when")
        place = next(place for place, name in enumerate(names) if f'"{name}"' in when.question)
        start, end = (share * procedure.duration_seconds for share in phases[place])
        verdict = when.label.judge(f"from {start:.3f} to {end:.3f} seconds", when.question, Clip(procedure.duration_seconds))
        assert verdict.outcome == "pass", (names[place], phases[place], procedure.timeline.phases[place], verdict)


def drawn(world: ProcedureWorld, seed: int, part: Part) -> Procedure:
    pairs = [(verb, kind) for verb in VERBS for kind in world.kinds]
    if part == "test-unseen":
        return draw_procedure(seed, pairs, wanted=world.unseen)
    return draw_procedure(seed, [pair for pair in pairs if pair not in world.unseen])


def test_ratings_follow_the_written_rule() -> None:
    red, blue = Kind("red", "bowl"), Kind("blue", "box")
    good = ProcedureTruth((red, blue), (Step("touch", 0), Step("move", 1)), False, "none", "none")
    poor = ProcedureTruth((red, blue), (Step("stir", 0), Step("move", 1), Step("touch", 0)), True, "pause", "strong")
    assert (good.steadiness, good.economy, good.order) == (5, 5, 5)
    assert (poor.steadiness, poor.economy, poor.order) == (1, 2, 1)
    assert [phase for phase, _ in poor.phases] == ["stir", "grasp", "carry", "drop", "touch"]


def test_phases_fill_two_sampled_frames_and_lie_on_the_bench() -> None:
    world = ProcedureWorld(3)
    for index in range(CLIPS):
        procedure = drawn(world, seed_for("phases", index), "train")
        times = sampled_times()
        for phase in procedure.timeline.phases:
            assert ((times >= phase.start) & (times < phase.end)).sum() >= 2
        assert 3 <= len(procedure.truth.phases) <= 5
        assert procedure.timeline.keys[-1].time == pytest.approx(1.0)
        assert procedure.sight(times).items_y.max() < BENCH


def test_a_step_that_is_kept_unseen_is_never_trained() -> None:
    world = ProcedureWorld(4)
    for part in PARTS:
        for index in range(60):
            procedure = drawn(world, seed_for(part, index), part)
            done = {(step.verb, procedure.truth.items[step.item]) for step in procedure.truth.steps}
            assert bool(done & world.unseen) == (part == "test-unseen")


def test_neither_colour_nor_shape_tells_an_object_alone() -> None:
    for seed in range(20):
        world = ProcedureWorld(seed)
        for values in ([kind.colour for kind in world.kinds], [kind.shape for kind in world.kinds]):
            assert sorted(values.count(value) for value in set(values)) == [2] * len(SHAPES)
        assert {verb for verb, _ in world.unseen} == set(VERBS)


def test_a_procedure_comes_from_its_seed_alone() -> None:
    world = ProcedureWorld(1)
    one, two = (render_procedure(drawn(world, 11, "train"), sampled_times(), 96) for _ in range(2))
    assert one.shape == (NUM_FRAMES, 96, 96, 3)
    assert np.array_equal(one, two)


def test_names_are_drawn_anew_for_each_seed() -> None:
    assert not set(ProcedureWorld(1).names.values()) & set(ProcedureWorld(2).names.values())
