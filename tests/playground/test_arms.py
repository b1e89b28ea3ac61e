"""What experiments over the worlds can name changes what it says, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from videostar.labels.category import CategoryLabel
from videostar.playground.arms import CHANGES, WORLDS, appended, auxiliary, gold, swapped, true_description
from videostar.playground.language import CONCLUSIONS, NAMING_CONCLUSIONS, description_and_conclusion, read_description
from videostar.playground.lessons.dives import DiveClip
from videostar.playground.worlds.dive_labels import DiveWorld
from videostar.playground.worlds.dives import COMBINATIONS, draw_dive
from videostar.playground.worlds.tables import WORLDS as ALL_WORLDS
from videostar.playground.worlds.tables import draw_clips, samples
from videostar.types import Answer, Conversation, Form, FrameRecord, Message, Sample

NAMES = ("zorvek", "dapli", "mounk", "tirl")
SAMPLES = [
    Sample(f"s{number}", f"v{number}.mp4", "What is it called?", CategoryLabel(value=name), task="name", source="moves")
    for number, name in enumerate(NAMES)
]
DESCRIBED = {sample.id: f"The {colour} square rises." for sample, colour in zip(SAMPLES, ("red", "blue", "white", "green"), strict=True)}


def _answer(sample: Sample, text: str) -> Answer:
    return Answer(sample.id, 1, 0, "generated", "?", text, "stop", FrameRecord(sha256=sample.video), "base", 0, 1, 0.0)


ANSWERS = [_answer(sample, f"{DESCRIBED[sample.id]} This is called wrong.") for sample in SAMPLES]


def _kept(form: Form = "reasoned") -> list[Conversation]:
    rows = []
    for sample in SAMPLES:
        label = sample.label.answer_text()
        answer = f"{DESCRIBED[sample.id]} This is called {label}." if form == "reasoned" else label
        messages = (Message("user", sample.question), Message("assistant", answer))
        rows.append(Conversation(sample.id, sample.id, "generated", form, sample.video, 0.0, None, messages))
    return rows


def test_a_description_ends_before_any_of_the_conclusions() -> None:
    for opening in (*CONCLUSIONS, *NAMING_CONCLUSIONS):
        told = description_and_conclusion(f"The square rises. {opening} 3.5 points.")
        assert told == ("The square rises.", f"{opening} 3.5 points.")
    assert description_and_conclusion("Nothing is said.") == ("Nothing is said.", "")


def test_labels_are_appended_by_program_to_the_base_s_description() -> None:
    told = [one.messages[-1].content for one in appended(_kept(), SAMPLES, ANSWERS, 0)]
    assert told[0] == "The red square rises. So the answer is zorvek."
    assert [one.messages[-1].content for one in appended(_kept("direct"), SAMPLES, ANSWERS, 0)] == list(NAMES)


def test_a_swapped_rationale_keeps_the_label_and_takes_another_video_s_description() -> None:
    for before, after in zip(_kept(), swapped(_kept(), SAMPLES, [], 0), strict=True):
        description, conclusion = description_and_conclusion(after.messages[-1].content)
        assert conclusion == description_and_conclusion(before.messages[-1].content)[1]
        assert description in set(DESCRIBED.values()) - {DESCRIBED[before.sample_id]}


def test_auxiliary_examples_hold_no_label() -> None:
    for one in auxiliary(_kept(), SAMPLES, ANSWERS, 0):
        assert not any(name in message.content for name in NAMES for message in one.messages)


@pytest.mark.parametrize("world", list(ALL_WORLDS))
def test_gold_rationales_are_true_end_with_the_label_and_stay_with_their_frames(world: str) -> None:
    made = ALL_WORLDS[world](3)
    clips = list(draw_clips(made, "train", 6))
    found = list(samples(made, "train", clips, 2))
    rows = gold([], found, [_answer(sample, "whatever") for sample in found[1:]], 3)
    assert [row.sample_id for row in rows] == [sample.id for sample in found[1:]]
    for row, sample in zip(rows, found[1:], strict=True):
        described, ending = description_and_conclusion(row.messages[-1].content)
        assert described == true_description(sample, 3).strip()
        assert sample.label.judge(ending, sample.question).outcome == "pass"
        assert sample.label.judge(row.messages[-1].content, sample.question).outcome == "pass"
        assert row.answer_ref is not None
        assert row.answer_ref.frames_sha256 == sample.video


def test_true_descriptions_say_what_the_clip_shows() -> None:
    moves = ALL_WORLDS["moves"](1)
    for sample in samples(moves, "train", list(draw_clips(moves, "train", 8)), 1):
        told = read_description(true_description(sample, 1))
        assert told["path"] == sample.meta["path"]
        assert told["colour"] == sample.meta["colour"]
    dives = DiveWorld(1)
    for sample in samples(dives, "train", list(draw_clips(dives, "train", 8)), 1):
        dive = draw_dive(sample.meta["seed"], [one for one in COMBINATIONS if one not in dives.unseen])
        assert all(DiveClip(dive).check(true_description(sample, 1)).values())


def test_a_wording_is_drawn_anew_for_every_sample() -> None:
    sample = next(samples(ALL_WORLDS["moves"](1), "train", list(draw_clips(ALL_WORLDS["moves"](1), "train", 1)), 1))
    assert len({true_description(replace(sample, id=f"{number}"), 1) for number in range(20)}) > 3


def test_worlds_say_what_they_are_made_from_without_rendering(tmp_path: Path) -> None:
    assert set(CHANGES) == {"describe and append", "swapped rationale", "auxiliary only", "gold rationales"}
    recipes = {name: repr(worlds.recipe()) for name, worlds in WORLDS.items()}
    assert len(set(recipes.values())) == len(WORLDS)
    assert not list(tmp_path.iterdir())
