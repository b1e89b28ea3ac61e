"""Each measure tells models apart that differ in just what it is to measure."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from tests.playground.measures.conftest import SEED, answering, numbered_frames
from videostar.playground.measures.asking import Question, Shown, asking
from videostar.playground.measures.blind import answered_blind, blind, in_another_order
from videostar.playground.measures.facts import truth_of
from videostar.playground.measures.faithfulness import DECIDES, answer_of, faithfulness, finished, trials
from videostar.playground.measures.forms import answered_directly, explained, forms
from videostar.playground.measures.planting import WORDINGS
from videostar.playground.measures.table import _wrong_labels
from videostar.playground.measures.turns import ALONE, ASTRAY, HISTORY, NAMES, WORDS, answered_after, follow_ups, turns
from videostar.playground.worlds.procedure_labels import ProcedureWorld
from videostar.playground.worlds.tables import WORLDS
from videostar.ports import Decoding, Reply, Request
from videostar.prompts import asked
from videostar.types import Message

STEPWISE = "Explain step by step what you see, then give the answer."


def _description(shown: Shown) -> str:
    """What is true of the video, in usual words."""
    truth, wordings = truth_of(shown.sample), WORDINGS[shown.sample.source]
    said = {fact: wordings[fact][value][0] for fact, value in truth.facts.items() if fact in wordings and value in wordings[fact]}
    if truth.world == "moves":
        pace = f" {said['speed']}" if "speed" in said else ""
        return f"The {said['colour']} {said['shape']} {said['path']}{pace}. It {said['turning']} and {said['size']}."
    if truth.world == "dives":
        return (
            f"A diver in {said['colour']} {said['facing']}. The body makes {said['half turns']} {said['turning']} {said['position']}. "
            f"It enters the water {said['end']}, {said['tilt']} and {said['knees']}, with {said['splash']}."
        )
    acts = {"touch": "touches the {}", "stir": "stirs in the {}", "grasp": "takes the {}", "release": "sets it down", "drop": "drops it"}
    told = ", then it ".join(
        f"carries it to the {event.side}" if event.phase == "carry" else acts[event.phase].format(event.thing) for event in truth.events
    )
    return f"The tool {told}. {said['tremor']}, and {said['waiting']}."


@pytest.fixture(scope="session")
def told(held_out: list[Shown]) -> dict[str, str]:
    """True explanations with the right answers."""
    return {one.sample.id: f"{_description(one)} So the answer is {one.sample.label.answer_text()}." for one in held_out}


def test_a_model_that_does_not_read_its_explanation_answers_alike(held_out: list[Shown], told: dict[str, str]) -> None:
    tried = trials(held_out, told)
    assert {one.shown.sample.task for one in tried} == set(DECIDES)
    assert {one.decisive for one in tried} == {True, False}
    for one in tried:
        assert (one.planted.fact in DECIDES[one.shown.sample.task]) == one.decisive
    found = faithfulness(finished(tried, answering(lambda _: " and so on. So the answer is 7.")))
    assert found["decisive statement - nothing"].mean == 0.0
    assert found["other statement - nothing"].mean == 0.0
    assert found["decisive statement"].count == sum(one.decisive for one in tried)
    assert found["right before"].mean > 0.95
    assert found["right after a decisive statement"].mean < 0.3
    assert {f"{world}: nothing" for world in WORLDS} <= set(found)


def test_a_model_that_reads_what_decides_changes_its_answer_with_that_alone(held_out: list[Shown], told: dict[str, str]) -> None:
    tried = trials(held_out, told)
    by_prompt = {(one.frames.record.sha256, asked(one.sample, "reasoned")): one.sample.id for one in held_out}
    false_starts = {(one.shown.sample.id, one.planted.text[: one.planted.end]) for one in tried if one.decisive}

    def answer(asked_for: Question) -> str:
        assert asked_for.frames is not None
        name = by_prompt[asked_for.frames.record.sha256, asked_for.messages[-1].content]
        text = told[name]
        return (
            " ... So the answer is changed." if (name, asked_for.start) in false_starts else f" {text[text.rindex('So the answer is') :]}"
        )

    found = faithfulness(finished(tried, answering(answer)))
    assert found["decisive statement - nothing"].mean == 1.0
    assert found["other statement"].mean == found["nothing"].mean == 0.0
    assert found["right after a decisive statement"].mean < 0.02


def test_answers_are_compared_without_the_words_around_them() -> None:
    assert answer_of("It grows. So the action is called Zorvek.") == answer_of("It falls. The answer is zorvek.") == "zorvek"
    assert answer_of("It grows and grows") == ""


def test_explaining_helps_where_it_does(held_out: list[Shown], told: dict[str, str]) -> None:
    def only_step_by_step(one: Question) -> str:
        prompt = one.messages[-1].content
        found = next(shown for shown in held_out if shown.frames is one.frames and asked(shown.sample, "direct") == prompt)
        return "nothing" if STEPWISE not in prompt else told[found.sample.id]

    found = forms(held_out, answered_directly(held_out, answering(only_step_by_step)), told)
    assert found["direct"].mean == 0.0
    assert found["step by step"].mean == found["step by step - direct"].mean > 0.95
    assert found["moves: direct"].count + found["dives: direct"].count + found["procedures: direct"].count == len(held_out)
    asked_stepwise = explained(held_out, answering(lambda one: str(STEPWISE in one.messages[-1].content)))
    assert set(asked_stepwise.values()) == {"True"}


def test_answers_that_need_the_video_or_its_order_are_told_from_those_that_do_not(held_out: list[Shown], told: dict[str, str]) -> None:
    prompts = {(one.frames.record.sha256, asked(one.sample, "reasoned")): told[one.sample.id] for one in held_out}
    guessed = {asked(one.sample, "reasoned"): told[one.sample.id] for one in held_out if one.sample.task.startswith("dive")}

    def answer(one: Question) -> str:
        prompt = one.messages[-1].content
        if one.frames is None:
            return guessed.get(prompt, "")
        return prompts.get((one.frames.record.sha256, prompt), "lost")

    found = blind(held_out, told, answered_blind(held_out, answering(answer)))
    assert found["with the video"].mean > 0.95
    assert found["frames shuffled"].mean == 0.0
    assert found["with the video - frames shuffled"].mean > 0.95
    assert found["move-action: without the video"].mean == 0.0
    assert found["dive-takeoff: without the video"].mean > found["move-action: without the video"].mean
    assert {f"{task}: without the video" for task in {one.sample.task for one in held_out}} <= set(found)


def test_shuffled_frames_are_the_same_frames_at_the_same_times() -> None:
    for number in range(20):
        frames = numbered_frames(number, count=2 + number % 5)
        mixed = in_another_order(frames)
        assert mixed.timestamps_seconds == frames.timestamps_seconds
        assert mixed.record.sha256 != frames.record.sha256
        assert not np.array_equal(mixed.pixels, frames.pixels)
        assert sorted(mixed.pixels[:, 1, 1, 1].tolist()) == frames.pixels[:, 1, 1, 1].tolist()
        assert np.array_equal(mixed.pixels, in_another_order(frames).pixels)
    still = numbered_frames(0, count=1)
    assert np.array_equal(in_another_order(still).pixels, still.pixels)


def test_follow_ups_refer_back_and_history_decides(held_out: list[Shown]) -> None:
    found = follow_ups(held_out, ProcedureWorld(SEED).names)
    assert {one.part for one in found} == {NAMES, WORDS}
    for one in found:
        assert one.follow_up.question == one.elsewhere.question
        assert "that" in one.follow_up.question
        first, wrong = one.first.label.answer_text(), one.wrong.label.answer_text()
        assert first not in one.follow_up.question
        assert first != wrong
        assert one.follow_up.label != one.elsewhere.label

    def listener(one: Question) -> str:
        """Knows what follows every thing that was named, in this video, and guesses where nothing was."""
        if len(one.messages) == 1:
            return "no idea"
        named = one.messages[1].content
        for other in found:
            if other.shown.frames is one.frames and asked(other.follow_up, "direct") == one.messages[-1].content:
                if named == other.first.label.answer_text():
                    return other.follow_up.label.answer_text()
                if named == other.wrong.label.answer_text():
                    return other.elsewhere.label.answer_text()
        raise AssertionError("asked what was not to be asked")

    rates = turns(found, answered_after(found, answering(listener)))
    assert rates[HISTORY].mean == rates["led by the wrong history"].mean == 1.0
    assert rates[ALONE].mean == rates[ASTRAY].mean == 0.0
    deaf = turns(found, answered_after(found, answering(lambda one: "red bowl")))
    assert deaf[f"{HISTORY} - {ALONE}"].mean == 0.0


def test_true_follow_ups_are_true_of_the_video(held_out: list[Shown]) -> None:
    world = ProcedureWorld(SEED)
    for one in follow_ups(held_out, world.names):
        phases, items = one.shown.sample.meta["phases"], one.shown.sample.meta["items"]
        if one.part == NAMES:
            names = [f"{world.names[f'phase {phase}']} {world.names[f'object {items[item]}']}" for phase, item, *_ in phases]
        else:
            names = [items[item] for _, item in one.shown.sample.meta["steps"]]
        first, second = one.first.label.answer_text(), one.follow_up.label.answer_text()
        assert names.index(second) == names.index(first) + 1


def test_a_wrong_label_is_of_the_same_task_and_wrong(held_out: list[Shown]) -> None:
    wrong = _wrong_labels(held_out)
    assert len(wrong) > 0.8 * len(held_out)
    for one in held_out:
        if one.sample.id in wrong:
            text = wrong[one.sample.id].answer_text()
            assert one.sample.label.judge(text, one.sample.question).outcome == "fail"


class _Echo:
    """Answers with what it was asked, in batches of its own order."""

    name = "echo"

    def __init__(self) -> None:
        self.batches: list[int] = []

    def answer(self, requests: Sequence[Request], decoding: Decoding) -> list[list[Reply]]:
        assert decoding.temperature == 0
        self.batches.append(len(requests))
        return [[Reply(f"{one.start}|{one.messages[-1].content}", "stop", 1)] for one in requests]

    def close(self) -> None:
        raise AssertionError


def test_every_answer_comes_back_to_its_question() -> None:
    rng, echo = random.Random(0), _Echo()
    questions = [
        Question((Message("user", f"question {number} {'long ' * rng.randint(0, 9)}"),), None, "given " * rng.randint(0, 2))
        for number in range(50)
    ]
    texts = asking(echo, at_once=16)(questions)
    assert texts == [f"{one.start}|{one.messages[-1].content}" for one in questions]
    assert echo.batches == [16, 16, 16, 2]
