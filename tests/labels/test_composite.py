"""Several labels judged together: each part by its name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome, verdict

DIVE: dict[str, Any] = {
    "kind": "composite",
    "parts": {
        "score": {"kind": "number", "value": 65.6, "minimum": 0, "maximum": 100},
        "difficulty": {"kind": "number", "value": 3.2},
        "sub-actions": {"kind": "sequence", "value": ["Inward", "3.5 Soms.Tuck", "Entry"]},
    },
}
DOOR: dict[str, Any] = {
    "kind": "composite",
    "parts": {
        "action": {"kind": "category", "value": "opening door"},
        "time": {"kind": "interval", "start_seconds": 4, "end_seconds": 9},
        "indoors": {"kind": "boolean", "value": True},
    },
}


@pytest.mark.parametrize(
    "answer",
    [
        "score: 65.6; difficulty: 3.2; sub-actions: Inward, then 3.5 Soms.Tuck, then Entry",
        "Sub-actions: Inward, 3.5 Soms.Tuck, Entry\nDifficulty: 3.2\nScore: 65.6",
        "**Score:** 65.6\n**Difficulty:** 3.2\n**Sub-actions:** Inward, 3.5 Soms.Tuck, Entry",
        '{"score": 65.6, "difficulty": 3.2, "sub-actions": ["Inward", "3.5 Soms.Tuck", "Entry"]}',
        "The diver starts inward, does a 3.5 Soms.Tuck and ends with the entry. The difficulty is 3.2 and the score is 65.6.",
    ],
)
def test_every_part_is_right(answer: str) -> None:
    found = verdict(DIVE, answer)
    assert found.outcome == "pass"
    assert set(found.parts) == set(DIVE["parts"])
    assert found.score > 0.95


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("score: 65.6; difficulty: 2.0; sub-actions: Inward, 3.5 Soms.Tuck, Entry", "fail"),
        ("score: 3.2; difficulty: 65.6; sub-actions: Inward, 3.5 Soms.Tuck, Entry", "fail"),
        ("score: 65.6; difficulty: 3.2", "undecided"),
        ("", "undecided"),
        ("score: 12", "fail"),
    ],
)
def test_a_part_is_wrong_or_missing(answer: str, expected: str) -> None:
    assert outcome(DIVE, answer) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("action: opening door; time: from 4 to 9 seconds; indoors: yes", "pass"),
        ("Action: opening the door\nTime: 4.0 - 9.0 s\nIndoors: Yes", "pass"),
        ('{"action": "opening door", "time": [4, 9], "indoors": true}', "pass"),
        ("action: closing door; time: from 4 to 9 seconds; indoors: yes", "fail"),
        ("action: opening door; time: from 4 to 9 seconds; indoors: no", "fail"),
        ("A person is opening the door from 4 to 9 seconds. Indoors: yes", "pass"),
    ],
)
def test_parts_of_different_kinds(answer: str, expected: str) -> None:
    assert outcome(DOOR, answer) == expected


def test_the_score_is_the_mean_of_the_parts() -> None:
    row: dict[str, Any] = {"kind": "composite", "parts": {"a": {"kind": "boolean", "value": True}, "b": {"kind": "boolean", "value": True}}}
    assert verdict(row, "a: yes; b: no").score == 0.5


def test_spans_of_parts_point_into_the_whole_answer() -> None:
    answer = "difficulty: 3.2; score: 65.6; sub-actions: Inward, 3.5 Soms.Tuck, Entry"
    span = verdict(DIVE, answer).parts["score"].span
    assert span is not None
    assert answer[span[0] : span[1]] == "65.6"
