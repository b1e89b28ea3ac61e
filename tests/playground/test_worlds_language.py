"""Plain words about the worlds: true, varied, and without the worlds' label names."""

from __future__ import annotations

import random
import re

import pytest

from videostar.labels.boolean import BooleanLabel
from videostar.labels.count import CountLabel
from videostar.playground.language import text_of
from videostar.playground.worlds.dive_labels import DiveWorld
from videostar.playground.worlds.dives import Combination, draw_dive
from videostar.playground.worlds.language import (
    DIVE_SKILLS,
    PROCEDURE_SKILLS,
    TURNS,
    describe_dive,
    describe_procedure,
    dive_question,
    procedure_question,
)
from videostar.playground.worlds.procedure_labels import ProcedureWorld
from videostar.playground.worlds.procedures import KINDS, VERBS, Procedure, draw_procedure

ALL_STEPS = [(verb, kind) for verb in VERBS for kind in KINDS]
RATED = re.compile(r"fault|score|difficult|somersault|rating|steadiness|economy|take-?off|entry|phase|clean|procedure")


def procedure(seed: int) -> Procedure:
    return draw_procedure(seed, ALL_STEPS)


@pytest.mark.parametrize("seed", range(12))
def test_every_description_has_many_wordings(seed: int) -> None:
    dives = {text_of(describe_dive(draw_dive(seed), random.Random(wording))) for wording in range(60)}
    procedures = {text_of(describe_procedure(procedure(seed), random.Random(wording))) for wording in range(60)}
    assert min(len(dives), len(procedures)) >= 8
    for text in dives | procedures:
        assert text.endswith(".")
        assert not re.search(r"  | [.,;]|[.,;]{2}|[{}]", text), text


def test_a_dive_is_told_as_it_is() -> None:
    for seed in range(200):
        dive = draw_dive(seed)
        truth, text = dive.truth, text_of(describe_dive(dive, random.Random(seed)))
        turns = truth.dive.half_turns
        assert TURNS[turns - 1] in text or f"{turns} half turn" in text
        assert ("opens late" in text or "folded too long" in text) == ("late" in truth.faults)
        assert ("bent knees" in text or "soft knees" in text) == ("knees" in truth.faults)
        assert ("big splash" in text or "a lot of water" in text) == ("splash" in truth.faults)
        assert ("head first" in text or "the head first" in text) == truth.dive.head_first
        assert truth.colour in text


def test_a_procedure_is_told_as_it_is() -> None:
    for seed in range(200):
        found = procedure(seed)
        text = text_of(describe_procedure(found, random.Random(seed)))
        assert ("drops it" in text or "lets it fall" in text) == found.truth.dropped
        things = [f"{found.truth.items[step.item].colour} {found.truth.items[step.item].shape}" for step in found.truth.steps]
        assert re.findall("|".join(sorted(set(things))), text) == things


def test_questions_are_answered_right_and_their_skills_are_known() -> None:
    rng, seen = random.Random(0), set()
    for seed in range(400):
        dive = draw_dive(seed)
        known = dive_question(dive, rng)
        assert known.label.judge(known.label.answer_text(), known.question).outcome == "pass"
        if isinstance(known.label, CountLabel):
            assert known.label.value == dive.truth.dive.half_turns
        if "open late" in known.question:
            assert known.label == BooleanLabel(value="late" in dive.truth.faults)
        other = procedure_question(procedure(seed), rng)
        assert other.label.judge(other.label.answer_text(), other.question).outcome == "pass"
        seen |= {known.skill, other.skill}
    assert seen <= {*DIVE_SKILLS, *PROCEDURE_SKILLS, "choice"}
    assert {"half turns", "tilt", "tremor", "time"} <= seen


def test_pieces_name_known_skills() -> None:
    for seed in range(50):
        dive, other = describe_dive(draw_dive(seed), random.Random(0)), describe_procedure(procedure(seed), random.Random(0))
        assert {piece.skill for piece in dive} <= {"", *DIVE_SKILLS}
        assert {piece.skill for piece in other} <= {"", *PROCEDURE_SKILLS}


def test_no_label_name_and_no_word_of_what_is_rated_is_ever_said() -> None:
    said = set()
    rng = random.Random(1)
    for seed in range(300):
        dive, other = draw_dive(seed), procedure(seed)
        for text in (text_of(describe_dive(dive, rng)), text_of(describe_procedure(other, rng))):
            said.add(text.lower())
        for known in (dive_question(dive, rng), procedure_question(other, rng)):
            said.add(f"{known.question} {known.label.answer_text()}".lower())
    text = "\n".join(said)
    assert not RATED.search(text), RATED.search(text)
    words = set(re.findall(r"[a-z]+", text))
    for seed in range(20):
        assert not words & {*DiveWorld(seed).names.values(), *ProcedureWorld(seed).names.values()}


def test_a_straight_dive_says_nothing_of_opening() -> None:
    dive = draw_dive(1, [Combination("water", "forwards", 2, "straight")])
    for wording in range(40):
        assert not {"opening"} & {piece.skill for piece in describe_dive(dive, random.Random(wording))}
