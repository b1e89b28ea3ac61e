"""Controls change what they say they change, and nothing else."""

from __future__ import annotations

from collections import Counter

from videostar.labels.category import CategoryLabel
from videostar.playground.controls import _shuffled, appended, auxiliary, swapped, table
from videostar.playground.language import CONCLUSIONS, NAMING_CONCLUSIONS, description_and_conclusion
from videostar.types import Conversation, Form, Message, Sample

NAMES = ("zorvek", "dapli", "mounk", "tirl")
SAMPLES = [
    Sample(f"s{number}", f"v{number}.mp4", "What is it called?", CategoryLabel(value=name), task="name", source="moves")
    for number, name in enumerate(NAMES)
]
DESCRIBED = {sample.id: f"The {colour} square rises." for sample, colour in zip(SAMPLES, ("red", "blue", "white", "green"), strict=True)}


def _kept(form: Form = "reasoned") -> list[Conversation]:
    rows = []
    for sample in SAMPLES:
        answer = (
            f"{DESCRIBED[sample.id]} This is called {sample.label.answer_text()}." if form == "reasoned" else sample.label.answer_text()
        )
        messages = (Message("user", sample.question), Message("assistant", answer))
        rows.append(Conversation(sample.id, sample.id, "generated", form, sample.video, 0.0, None, messages))
    return rows


def test_a_description_ends_before_any_of_the_conclusions() -> None:
    for opening in (*CONCLUSIONS, *NAMING_CONCLUSIONS):
        told = description_and_conclusion(f"The square rises. {opening} 3.5 points.")
        assert told == ("The square rises.", f"{opening} 3.5 points.")
    assert description_and_conclusion("Nothing is said.") == ("Nothing is said.", "")


def test_labels_are_appended_by_program_to_the_base_s_description() -> None:
    told = [one.messages[-1].content for one in appended(_kept(), SAMPLES, DESCRIBED, 0)]
    assert told[0] == "The red square rises. So the answer is zorvek."
    assert [one.messages[-1].content for one in appended(_kept("direct"), SAMPLES, DESCRIBED, 0)] == list(NAMES)


def test_a_swapped_rationale_keeps_the_label_and_takes_another_video_s_description() -> None:
    for before, after in zip(_kept(), swapped(_kept(), SAMPLES, DESCRIBED, 0), strict=True):
        description, conclusion = description_and_conclusion(after.messages[-1].content)
        assert conclusion == description_and_conclusion(before.messages[-1].content)[1]
        assert description in set(DESCRIBED.values()) - {DESCRIBED[before.sample_id]}


def test_auxiliary_examples_hold_no_label() -> None:
    for one in auxiliary(_kept(), SAMPLES, DESCRIBED, 0):
        assert not any(name in message.content for name in NAMES for message in one.messages)


def test_shuffled_labels_are_the_same_labels_elsewhere() -> None:
    many = [
        Sample(f"s{number}", f"v{number}.mp4", "?", CategoryLabel(value=f"name{number}"), task="abc"[number % 3]) for number in range(60)
    ]
    dealt = _shuffled(many, 0)
    assert dealt == _shuffled(many, 0) != _shuffled(many, 1)
    for task in "abc":
        before, after = ([one.label.answer_text() for one in found if one.task == task] for found in (many, dealt))
        assert Counter(before) == Counter(after)
    assert sum(one.label == other.label for one, other in zip(many, dealt, strict=True)) < 15


def test_the_table_compares_every_arm_with_the_full_method() -> None:
    questions = {f"q{number}": ["moves", number % 2 == 1, f"v{number}"] for number in range(40)}
    full, none = dict.fromkeys(questions, 1), dict.fromkeys(questions, 0)
    rows = [
        {"arm": arm, "seed": 0, "base": none, "outcomes": outcomes, "questions": questions}
        for arm, outcomes in (("full", full), ("auxiliary only", none))
    ]
    text = table(rows)
    assert "| 0 | auxiliary only | moves | unseen | 20 | 0.0 [0.0, 0.0] | 0.0 [0.0, 0.0] | 100.0 [100.0, 100.0] |" in text
    assert "| 0 | full | moves | seen | 20 | 0.0 [0.0, 0.0] | 100.0 [100.0, 100.0] |  |" in text
