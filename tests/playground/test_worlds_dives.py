"""The world of dives: what its frames can show suffices for every label."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from videostar.playground.worlds.asking import PARTS, Part
from videostar.playground.worlds.dive_frames import render_dive
from videostar.playground.worlds.dive_labels import MEANINGS, DiveWorld
from videostar.playground.worlds.dives import (
    COMBINATIONS,
    COSTS,
    HIGHEST_DIFFICULTY,
    HIGHEST_SCORE,
    LOWEST_DIFFICULTY,
    Combination,
    Dive,
    DiveTruth,
    Moves,
    draw_dive,
    joints,
    lowest,
)
from videostar.playground.worlds.drawing import NUM_FRAMES, Values, sampled_times
from videostar.seeds import seed_for
from videostar.types import Clip
from videostar.video.sampling import Sampling, plan

CLIPS = 400
GAP = 1 / NUM_FRAMES


@dataclass(frozen=True)
class Seen:
    """What a person sees of a dive in the sampled frames: nothing of the times between, angles without their number of turns."""

    times: Values
    moves: Moves
    lowest: Values
    facing: int
    side: int
    water: float
    colour: str


def seen(dive: Dive) -> Seen:
    moments = plan(Sampling(num_frames=NUM_FRAMES), dive.duration_seconds).timestamps_seconds
    times = np.array(moments) / dive.duration_seconds
    moves = dive.moves(times)
    shown = Moves(moves.x, moves.y, np.mod(moves.angle, 2 * math.pi), moves.hip, moves.knee, moves.splash)
    return Seen(times, shown, lowest(moves, dive.facing, dive.length), dive.facing, dive.side, dive.water, dive.truth.colour)


def recovered(what: Seen) -> tuple[DiveTruth, dict[str, tuple[float, float]]]:
    """The truth, and the stretches of time by question as shares of the clip, from the sampled frames alone."""
    moves = what.moves
    standing = np.flatnonzero((moves.angle == moves.angle[0]) & (moves.y == moves.y[0]))
    left, entered = int(standing.max()) + 1, int(np.flatnonzero(what.lowest >= what.water).min())
    steps = np.mod(np.diff(moves.angle[: entered + 1]) + math.pi, 2 * math.pi) - math.pi
    turned = float(steps.sum()) * what.facing
    half_turns = round(abs(turned) / math.pi)
    missed = abs(turned) - half_turns * math.pi

    middle = (left + entered) // 2
    hip, knee = moves.hip[middle], moves.knee[middle]
    position = "straight" if hip < 1 else "tuck" if knee > 1 else "pike"
    folded = np.flatnonzero(moves.hip[:entered] > 1)
    opened = int(folded.max()) + 1 if len(folded) else left
    faults = {
        "late": position != "straight" and entered - opened < 2,
        "knees": bool(moves.knee[entered] > 0.7),
        "over": missed > 0.25,
        "under": missed < -0.25,
        "splash": bool(moves.splash.max() > 0.12),
    }
    truth = DiveTruth(
        Combination("water" if what.facing == what.side else "platform", "forwards" if turned > 0 else "backwards", half_turns, position),
        tuple(fault for fault in COSTS if faults[fault]),
        what.colour,
    )
    start, opening, entry = (float(what.times[place]) - GAP / 2 for place in (left, opened, entered))
    stretches = {
        "When is the diver in the water?": (entry, 1.0),
        "When is the body of the diver folded?": (start, opening),
        "When is the body stretched again in the air?": (opening, entry),
    }
    return truth, stretches


@pytest.mark.parametrize("part", PARTS)
def test_every_label_follows_from_the_sampled_frames(part: Part) -> None:
    world = DiveWorld(7)
    for index in range(CLIPS):
        seed = seed_for("recovery", part, index)
        clip = world.clip(seed, part)
        dive = draw_dive(seed, [one for one in COMBINATIONS if (one in world.unseen) == (part == "test-unseen")])
        truth, stretches = recovered(seen(dive))
        assert truth == dive.truth
        when = next(asked for asked in clip.asked if asked.task == "dive-when")
        start, end = (share * dive.duration_seconds for share in stretches[when.question])
        verdict = when.label.judge(f"from {start:.3f} to {end:.3f} seconds", when.question, Clip(dive.duration_seconds))
        assert verdict.outcome == "pass", (dive, when.question, verdict)
        assert {asked.task for asked in clip.asked} == {asked.task for asked in world.questions(dive)}


def test_a_body_turns_less_than_120_degrees_between_sampled_frames_and_is_24_pixels_tall() -> None:
    for index in range(CLIPS):
        dive = draw_dive(seed_for("turns", index))
        moves = dive.moves(sampled_times())
        assert np.abs(np.diff(moves.angle)).max() < math.radians(120)
        points = joints(moves, dive.facing, dive.length)
        assert (points["ankle"][1][0] - points["head"][1][0]) * 64 + 0.095 * dive.length * 64 >= 24


def test_scores_keep_to_their_ranges() -> None:
    for index in range(CLIPS):
        truth = draw_dive(seed_for("scores", index)).truth
        assert LOWEST_DIFFICULTY <= truth.difficulty <= HIGHEST_DIFFICULTY
        assert 0 < truth.score <= HIGHEST_SCORE
        assert truth.score.is_integer()
        assert truth.score == pytest.approx(truth.difficulty * (10 - sum(COSTS[fault] for fault in truth.faults)), abs=0.501)
    assert DiveTruth(Combination("platform", "backwards", 5, "pike"), ("late", "splash"), "red").score == pytest.approx(3.5 * 6)


def test_every_fault_changes_the_picture() -> None:
    plain = draw_dive(3, [Combination("water", "forwards", 3, "pike")])
    clean = DiveTruth(plain.truth.dive, (), plain.truth.colour)
    base = replace(plain, truth=clean, splash=0.05, opening=plain.entry - 2.4 * GAP)
    pictures = {"": render_dive(base, sampled_times())}
    for fault in COSTS:
        opening = base.entry - (0.6 if fault == "late" else 2.4) * GAP
        splash = 0.23 if fault == "splash" else 0.05
        faulty = replace(base, truth=DiveTruth(clean.dive, (fault,), clean.colour), opening=opening, splash=splash)
        pictures[fault] = render_dive(faulty, sampled_times())
    for fault in COSTS:
        changed = (np.abs(pictures[fault].astype(int) - pictures[""]) > 60).any(axis=3).sum(axis=(1, 2))
        assert changed.max() >= 12, fault


def test_a_dive_comes_from_its_seed_alone() -> None:
    one, two = (render_dive(draw_dive(11), sampled_times(), 96) for _ in range(2))
    assert one.shape == (NUM_FRAMES, 96, 96, 3)
    assert np.array_equal(one, two)
    assert not np.array_equal(one, render_dive(draw_dive(12), sampled_times(), 96))


def test_a_fifth_of_the_dives_is_never_trained() -> None:
    world = DiveWorld(5)
    assert len(world.unseen) == round(0.2 * len(COMBINATIONS))
    for part in PARTS:
        for index in range(60):
            truth = world.clip(seed_for(part, index), part).truth
            dive = Combination(truth["facing"], truth["turning"], truth["half_turns"], truth["position"])
            assert (dive in world.unseen) == (part == "test-unseen")


def test_names_are_drawn_anew_for_each_seed() -> None:
    one, two = DiveWorld(1).names, DiveWorld(2).names
    assert len(set(one.values())) == len(MEANINGS)
    assert not set(one.values()) & set(two.values())
