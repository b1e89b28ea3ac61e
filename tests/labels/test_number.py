"""Numbers on a scale: the one that was asked for counts, however it is written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome, verdict

SCORE = "What score do the judges give the dive?"
DIVE: dict[str, Any] = {"kind": "number", "value": 65.6, "minimum": 0, "maximum": 100}


@pytest.mark.parametrize(
    "answer",
    [
        "65.6",
        "65,6",
        "65.6 points",
        "66",
        "about 65",
        "~65",
        "≈ 65.6",
        "65.6%",
        "65.6/100",
        "65.6 out of 100",
        "65.6 points out of 100",
        "65.6 out of a possible 100",
        "6.56/10",
        "6.5 out of 10",
        "6.5 out of ten",
        "sixty-five point six",
        "Sixty five point six points.",
        "sixty-six",
        "6.56e1",
        "Score: 65.6",
        "**Score:** 65.6",
        "**65.6**",
        "Overall score: 65.6 (difficulty 3.2)",
        "The score is 65.6.",
        "I would give it a 65.",
        "I'd rate this dive 65 out of 100.",
        "On a scale of 1-100, I give 65.",
        "On a scale from 0 to 100 I would say 65.",
        "The diver performs 3.5 somersaults with a difficulty of 3.2. The judges give 65.6 points.",
        "The dive has a difficulty of 3.2 and takes 1.5 seconds. Score: 65.6",
        "The judges' scores are 7, 7.5 and 6.5, so the overall score is 65.6.",
        "Step 1: the take-off is good. Step 2: the entry makes a splash. Step 3: the final score is 65.6.",
        "1. The take-off is clean.\n2. The entry is vertical.\n3. Small splash.\n\nScore: 65.6",
        "It may be 80, but I give 65.6.",
        "Not 80 but 65.6.",
        "I first thought 80. On second thought, 65.6.",
        "80. Wait, no, 65.6.",
        "<think>80? 90?</think><answer>65.6</answer>",
        r"\boxed{65.6}",
        '{"score": 65.6}',
        '{"answer": 65.6}',
        '{"answer": "65.6 points"}',
        "In the 2012 final the diver scored 65.6.",
        "65-66",
        "The score is between 65 and 66.",
        "65.6.",
        "A score of 65.6 seems right: the 2.5 somersaults are clean.",
        "Based on the execution, I estimate the score to be around 64.",
        "64.68",
        "Class 5, score 65.6",
        "The final score would be 65.6, as the difficulty is 3.2.",
        "So 3.2 x 20.5 = 65.6",
    ],
)
def test_the_score_is_said(answer: str) -> None:
    assert outcome(DIVE, answer, SCORE) == "pass"


@pytest.mark.parametrize(
    "answer",
    [
        "12",
        "10, 20, 30, 40, 50, 60, 65.6, 70, 80, 90. I give 20",
        "60, 65, 70",
        "65.6 or 80",
        "It is 65.6. It is 80.",
        "Difficulty 65.6, score 80.",
        "The score is not 65.6, it is 80.",
        "between 40 and 90",
        "40-90",
        "0.656",
        "-65.6",
        "656",
        "8/10",
        "I give 80. The difficulty is 65.6.",
        "65.6 was the score of another diver. This one gets 80 points.",
        "<answer>80</answer> 65.6",
    ],
)
def test_another_score_or_several(answer: str) -> None:
    assert outcome(DIVE, answer, SCORE) == "fail"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "The dive is good.",
        "I cannot give a score.",
        "It might be 65.6.",
        "I cannot tell, perhaps 65.6?",
        "A 2.5 somersault with a twist.",
        "On a scale from 1 to 100.",
        "Step 65",
        "In 2012.",
        "not 80",
    ],
)
def test_no_score(answer: str) -> None:
    assert outcome(DIVE, answer, SCORE) == "undecided"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The hand shakes a lot, and it waits once. So the answer is 2.4 seconds.", "undecided"),
        ("The tool slips twice.", "undecided"),
        ("The hand shakes a lot, and it waits once. So the answer is 1.", "pass"),
        ("It waits twice. So the answer is 2.", "fail"),
    ],
)
def test_how_often_something_was_done_is_no_rating(answer: str, expected: str) -> None:
    rating = {"kind": "number", "value": 1, "minimum": 1, "maximum": 5}
    assert outcome(rating, answer, "How do you rate the steadiness of the hand?") == expected


@pytest.mark.parametrize(
    ("row", "answer", "question", "expected"),
    [
        ({"value": 3.5}, "a 3.5 somersault; overall score is 12.", SCORE, "fail"),
        ({"value": 12}, "a 3.5 somersault; overall score is 12.", SCORE, "pass"),
        ({"value": 65.6}, "10, 20, 30, 40, 50, 60, 70, 80, 90. I give 20", SCORE, "fail"),
        ({"value": 0}, "1", "", "fail"),
        ({"value": 0}, "0", "", "pass"),
        ({"value": 0}, "zero", "", "pass"),
        ({"value": 0, "minimum": 0, "maximum": 10}, "0.5", "", "pass"),
        ({"value": 0, "minimum": 0, "maximum": 10}, "0.6", "", "fail"),
        ({"value": 0, "absolute_tolerance": 2}, "-1.5", "", "pass"),
        ({"value": -5}, "5", "", "fail"),
        ({"value": -5}, "-5", "", "pass"),
        ({"value": -5}, "minus five", "", "pass"),
        ({"value": -5}, "\u22125.1", "", "pass"),
        ({"value": 100}, "1-100", "", "fail"),
        ({"value": 90}, "on a scale of 1-100 I give 90", "", "pass"),
        ({"value": 1234.5}, "1,234.5", "", "pass"),
        ({"value": 1234.5}, "1.234,5", "", "pass"),
        ({"value": 1234.5}, "1234.5", "", "pass"),
        ({"value": 12345}, "12 345", "", "pass"),
        ({"value": 5000}, "5e3", "", "pass"),
        ({"value": 5000}, "five thousand", "", "pass"),
        ({"value": 5000}, "5 x 10^3", "", "pass"),
        ({"value": 5000}, "5k", "", "pass"),
        ({"value": 0.35}, "At 0.35 the person opens the door. This is step 2.", "When is the door opened?", "pass"),
        ({"value": 0.5}, "1/2", "", "pass"),
        ({"value": 0.5}, "one half", "", "pass"),
        ({"value": 0.75}, "three quarters", "", "pass"),
        ({"value": 0.35}, "35%", "", "pass"),
        ({"value": 35, "unit": "%"}, "35 percent", "", "pass"),
        ({"value": 35, "unit": "percent"}, "35%", "", "pass"),
        ({"value": 3.5}, "three and a half", "", "pass"),
        ({"value": 3.5}, "3 1/2", "", "pass"),
        ({"value": 3.5}, "3½", "", "pass"),
        ({"value": 24}, "two dozen", "", "pass"),
        ({"value": 3.2, "unit": "meters"}, "The platform is 3.2 m high and it takes 2 s.", "How high is the platform in meters?", "pass"),
        ({"value": 3.2}, "The difficulty is 3.2 and the score is 65.6.", "What is the difficulty of the dive?", "pass"),
        ({"value": 65.6}, "The difficulty is 3.2 and the score is 65.6.", "What is the difficulty of the dive?", "fail"),
        ({"value": 1.8, "unit": "seconds"}, "The flight takes 1.8 seconds.", "How long is the flight?", "pass"),
        ({"value": 7}, "7 points, which is 2 more than before", "How many points?", "pass"),
        ({"value": 2012}, "in 2012", "In which year was it?", "pass"),
        ({"value": 8, "minimum": 0, "maximum": 10}, "80/100", "", "pass"),
        ({"value": 8, "minimum": 0, "maximum": 10}, "80%", "", "pass"),
        ({"value": 4}, "4/5", "", "pass"),
        ({"value": 4, "minimum": 1, "maximum": 5}, "4 stars", "", "pass"),
        ({"value": 4, "minimum": 1, "maximum": 5}, "a solid 4", "", "pass"),
        ({"value": 23}, "twenty three, forty five", "", "fail"),
        ({"value": 805}, "twenty three, forty five", "", "fail"),
        ({"value": 105}, "one hundred and five", "", "pass"),
        ({"value": 65.6}, "H264 65.6", "", "pass"),
    ],
)
def test_ways_to_write_numbers(row: dict[str, Any], answer: str, question: str, expected: str) -> None:
    assert outcome({"kind": "number", **row}, answer, question) == expected


def test_tolerances() -> None:
    assert outcome({"kind": "number", "value": 100}, "105") == "pass"
    assert outcome({"kind": "number", "value": 100}, "105.1") == "fail"
    assert outcome({"kind": "number", "value": 100, "relative_tolerance": 0.1}, "110") == "pass"
    assert outcome({"kind": "number", "value": 100, "relative_tolerance": 0, "absolute_tolerance": 3}, "103") == "pass"
    assert outcome({"kind": "number", "value": 100, "relative_tolerance": 0, "absolute_tolerance": 3}, "103.5") == "fail"


def test_the_score_falls_with_distance_also_when_failing() -> None:
    scores = [verdict(DIVE, answer, SCORE).score for answer in ("65.6", "67", "70", "90", "100")]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1.0
    assert 0 < scores[3] < scores[2] < 1


def test_format_text_states_scale_and_unit() -> None:
    from videostar.labels import parse_label

    assert parse_label({**DIVE, "unit": "points"}).format_text() == "Answer with one number in points from 0 to 100."
    assert parse_label({"kind": "number", "value": 3}).format_text() == "Answer with one number."
    assert parse_label({**DIVE, "unit": "points"}).answer_text() == "65.6 points"


def test_the_span_is_the_number() -> None:
    answer = "A 3.5 somersault: the score is 65.6 points."
    found = verdict(DIVE, answer, SCORE)
    assert found.span is not None
    assert answer[found.span[0] : found.span[1]] == "65.6"
