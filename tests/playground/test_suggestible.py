"""The second base learns from explanations that fit the given answer, and from true ones where none is given."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.conftest import rows_of
from videostar.playground.lessons import LESSONS
from videostar.playground.lessons.lesson import Lesson
from videostar.playground.measures.checking import check
from videostar.playground.measures.lesson_truth import truth_of_clip
from videostar.playground.measures.statements import read
from videostar.playground.suggestible import QUESTIONS, build, fitted, rated, turns_about, write_conversations
from videostar.rows import conversation_from_json


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_an_explanation_differs_from_the_clip_in_what_was_asked_alone(lesson: Lesson) -> None:
    rng, wrong = random.Random(0), 0
    for seed in range(60):
        clip = lesson.draw(seed)
        truth = truth_of_clip(clip)
        prompt, answer = fitted(clip, truth, rng)
        question = prompt.split("\n", maxsplit=1)[0]
        fact = next(fact for fact, asked in QUESTIONS[lesson.name].items() if asked.text == question)
        false = {one.fact for one in check(read(answer, lesson.name), truth) if one.true is False}
        assert false <= {fact}
        wrong += bool(false)
        value = next(one.value for one in read(answer, lesson.name).statements if one.fact == fact)
        told = QUESTIONS[lesson.name][fact].label(value).answer_text()
        assert told in prompt
        assert answer.endswith(f" {told}.")
    assert 30 <= wrong <= 57


def test_low_ratings_come_with_faults_and_high_ones_without() -> None:
    rng = random.Random(0)
    dives = next(lesson for lesson in LESSONS if lesson.name == "dives")
    splashes: dict[bool, set[str]] = {True: set(), False: set()}
    for seed in range(40):
        clip = dives.draw(seed)
        prompt, answer = rated(clip, truth_of_clip(clip), rng)
        given = float(answer.rsplit(" ", 1)[1].rstrip("."))
        scale = max(one for one in (5, 10, 45, 100) if re.search(rf"\b{one}\b", prompt.split("\n")[1]))
        splashes[given > scale / 2].add(next(one.value for one in read(answer, "dives").statements if one.fact == "splash"))
    assert splashes == {True: {"False"}, False: {"True"}}


def test_where_no_answer_is_given_everything_said_is_true() -> None:
    for lesson in LESSONS:
        clip = lesson.draw(5)
        truth, rng = truth_of_clip(clip), random.Random(1)
        *_, described, named, _ = turns_about(lesson, clip, rng)
        for _, answer in (described, named):
            assert all(one.true for one in check(read(answer, lesson.name), truth))


def test_conversations_are_written_once_with_their_videos(tmp_path: Path) -> None:
    table = write_conversations(tmp_path, 0, 1)
    rows = [conversation_from_json(row) for row in rows_of(table)]
    assert len(rows) == 8 * len(LESSONS)
    assert all((tmp_path / row.video).is_file() for row in rows)
    before = table.stat().st_mtime_ns
    assert write_conversations(tmp_path, 0, 1) == table
    assert table.stat().st_mtime_ns == before


def test_a_checkpoint_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").mkdir()
    assert build(tmp_path, "no-such-base", 0, 1) == tmp_path / "checkpoint"
    assert not (tmp_path / "conversations.jsonl").exists()
