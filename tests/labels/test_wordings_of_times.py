"""Times tied to what was asked, lengths, denials."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome

CASES: list[tuple[dict[str, Any], str, list[str], list[str]]] = [
    (
        {"kind": "timestamp", "value_seconds": 20.0},
        "When does the player score the goal?",
        [
            "The match starts at 0:05. The player scores the goal at 0:20, and the replay is at 0:31.",
            "He scores 8 seconds after the kick-off, at 20 s.",
            "The ball is kicked at 0:12. Eight seconds later, at 0:20, it is in the goal.",
        ],
        ["The pass comes at 20 s, and this is when the goal is scored: 0:27.", "At 20 s the ball hits the post. The goal is never scored."],
    ),
    (
        {"kind": "interval", "start_seconds": 10.0, "end_seconds": 20.0},
        "When does the chef stir the soup?",
        [
            "It lasts 10 seconds, beginning at second 10.",
            "0:00-0:10 he cuts onions; 0:10-0:20 he stirs the soup; 0:20-0:40 he serves it.",
            "for ten seconds from second 10",
        ],
        ["From 10 to 20 s the chef waits. He never stirs the soup."],
    ),
    (
        {"kind": "timestamp", "value_seconds": 42.0},
        "When does the whistle blow?",
        [
            "42",
            "42s",
            "00:42",
            "0:42.5",
            "at the 42 second mark",
            "between 41 and 43 seconds",
            "roughly 42 seconds in",
            "It blows at 0:42, not at 0:40.",
            "at minute 0:42",
        ],
        ["not at 0:42 but at 0:40", "frame 42", "42 minutes", "1:42"],
    ),
    (
        {"kind": "interval", "start_seconds": 5.0, "end_seconds": 15.0},
        "When is she cooking?",
        [
            "5-15",
            "5s - 15s",
            "[5, 15]",
            "starts at 5 and stops at 15",
            "From second 5 to second 15.",
            "She starts cooking at 5 seconds. She finishes at 15 seconds.",
            "start_time: 5, end_time: 15",
            "start: 00:05 end: 00:15",
            "0:05 → 0:15",
        ],
        ["from 15 to 25", "5 to 15 minutes"],
    ),
]
PASSING = [(label, question, answer) for label, question, answers, _ in CASES for answer in answers]
OTHERS = [(label, question, answer) for label, question, _, answers in CASES for answer in answers]


@pytest.mark.parametrize(("label", "question", "answer"), PASSING)
def test_passes(label: dict[str, Any], question: str, answer: str) -> None:
    assert outcome(label, answer, question) == "pass"


@pytest.mark.parametrize(("label", "question", "answer"), OTHERS)
def test_does_not_pass(label: dict[str, Any], question: str, answer: str) -> None:
    assert outcome(label, answer, question) != "pass"
