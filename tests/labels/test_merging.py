"""What the windows of a long clip say becomes one answer, by the rule of each kind of label, and never by its truth."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from videostar.labels import parse_label
from videostar.types import Label
from videostar.video.windows import Windowing

LONG = Windowing(4, 1)
SECONDS = 10.0
INTERVAL = {"kind": "interval", "start_seconds": 3, "end_seconds": 5}
NUMBER = {"kind": "number", "value": 5, "unit": "points"}
STEPS = {"kind": "sequence", "value": ["a", "b"]}
LABELS: tuple[dict[str, Any], ...] = (
    INTERVAL,
    NUMBER,
    STEPS,
    {"kind": "count", "value": 5},
    {"kind": "timestamp", "value_seconds": 2},
    {"kind": "set", "value": ["a", "b"]},
    {"kind": "boolean", "value": True},
    {"kind": "category", "value": "yoga", "classes": ["running", "yoga"]},
    {"kind": "category", "value": "yoga"},
    {"kind": "text", "value": "a man runs"},
    {"kind": "choice", "options": ["red", "blue"], "answer": 0},
    {"kind": "box", "x1": 0, "y1": 0, "x2": 0.5, "y2": 0.5, "at_seconds": 5},
    {"kind": "composite", "parts": {"score": NUMBER, "when": INTERVAL}},
)


def merged(row: dict[str, Any], *texts: str, question: str = "") -> str:
    label = parse_label(row)
    return label.merged(list(zip(windows_of(label), texts, strict=True)), question)


def windows_of(label: Label) -> Any:
    return LONG.cut(SECONDS, label.windows_overlap)


@pytest.mark.parametrize(
    ("row", "texts", "whole"),
    [
        (
            INTERVAL,
            ("A jump. So the answer is from 3 to 4 seconds.", "from 0 to 1.5 seconds", "It does not happen."),
            "from 3 to 4.5 seconds",
        ),
        (INTERVAL, ("from 1 to 2 seconds", "I see nothing.", "from 3 to 4 seconds"), "from 1 to 2 seconds and from 9 to 10 seconds"),
        (INTERVAL, ("from 1 to 4 seconds", "from 0 to 4 seconds", "from 0 to 2 seconds"), "from 1 to 8 seconds"),
        (INTERVAL, ("It does not happen.", "It does not happen.", "No."), "It does not happen."),
        ({"kind": "timestamp", "value_seconds": 2}, ("3.5 seconds", "0.6 seconds", "It does not happen."), "3.55 seconds"),
        ({"kind": "timestamp", "value_seconds": 2}, ("1 second", "It does not happen.", "3 seconds"), "1 seconds and 9 seconds"),
        ({"kind": "count", "value": 9}, ("He waves twice, so the answer is 2.", "3", "0"), "5"),
        ({"kind": "count", "value": 9}, ("2", "I cannot tell.", "0"), ""),
        (STEPS, ("The order is take the cup, then stir.", "stir, then drop it", "nothing"), "take the cup, then stir, then drop it"),
        (
            STEPS,
            ("- take\n- place", "1. place\n2. cut", "So the answer is cut, stir and serve."),
            "take, then place, then cut, then stir, then serve",
        ),
        (STEPS, ("nothing", "nothing", "nothing"), "nothing"),
        ({"kind": "set", "value": ["a"]}, ("a bowl, a cup", "a cup", "nothing"), "a bowl, a cup"),
        ({"kind": "boolean", "value": False}, ("No, it does not.", "Yes.", "no"), "yes"),
        ({"kind": "boolean", "value": True}, ("no", "no", "I cannot tell."), "no"),
        ({"kind": "category", "value": "yoga"}, ("I see a mat. So the answer is yoga.", "running", "Yoga"), "yoga"),
        ({"kind": "choice", "options": ["red", "blue"], "answer": 0}, ("(B)", "the answer is (A)", "(A) red"), "(A)"),
        ({"kind": "text", "value": "x"}, ("A man runs.", "A man runs.", "He stops."), "A man runs.\nHe stops."),
        (
            {"kind": "box", "x1": 0, "y1": 0, "x2": 0.5, "y2": 0.5, "at_seconds": 5},
            ("[0, 0, 1, 1]", "[0, 0, 0.5, 0.5]", "x"),
            "[0, 0, 0.5, 0.5]",
        ),
        (
            LABELS[-1],
            ("score: 3; when: from 1 to 2 seconds", "score: 3", "when: it does not happen"),
            "score: 3 points; when: from 1 to 2 seconds",
        ),
    ],
)
def test_windows_are_merged_as_the_kind_knows(row: dict[str, Any], texts: tuple[str, ...], whole: str) -> None:
    assert merged(row, *texts) == whole


def test_scores_are_a_mean_weighed_by_what_each_window_owns() -> None:
    found = float(merged(NUMBER, "5 points", "So the answer is 8 points.", "I cannot say.").split()[0])
    assert found == pytest.approx((3.5 * 5 + 3 * 8) / 6.5, abs=1e-3)


def test_counts_of_windows_that_share_stretches_are_not_added_twice() -> None:
    label = parse_label({"kind": "count", "value": 0})
    overlapping = Windowing(4, 2).cut(12)
    text = label.merged([(window, "4") for window in overlapping])
    assert int(text) == 12  # one a second
    assert not label.windows_overlap


@pytest.mark.parametrize("row", LABELS)
def test_merging_does_not_know_the_truth(row: dict[str, Any]) -> None:
    """Another truth of the same kind merges the same texts to the same answer."""
    others: dict[str, dict[str, Any]] = {
        "interval": {"start_seconds": 8, "end_seconds": 9},
        "number": {"value": 77},
        "count": {"value": 1},
        "timestamp": {"value_seconds": 9},
        "boolean": {"value": False},
        "sequence": {"value": ["stir", "take the cup"]},
        "set": {"value": ["stir"]},
        "category": {"value": "running"},
        "choice": {"answer": 1},
        "text": {"value": "he stops"},
    }
    texts = ("It is yoga, so from 1 to 2 seconds.", "3", "The order is a, then b. So the answer is (A).")
    other = {**row, **others.get(row["kind"], {})}
    assert merged(row, *texts, question="What is it?") == merged(other, *texts, question="What is it?")


@pytest.mark.parametrize(
    ("row", "start", "hint"),
    [
        (INTERVAL, 0.0, "The correct answer is: from 3 to 4 seconds."),
        (INTERVAL, 3.0, "The correct answer is: from 0 to 2 seconds."),
        (INTERVAL, 6.0, "The correct answer is: It does not happen."),
        ({"kind": "timestamp", "value_seconds": 3.5}, 3.0, "The correct answer is: 0.5 seconds."),
        ({"kind": "boolean", "value": False}, 3.0, "The correct answer is: no."),
        ({"kind": "count", "value": 5}, 0.0, "This clip is one part of a longer video; for the whole video the correct answer is: 5."),
    ],
)
def test_a_window_is_told_what_the_label_says_about_it(row: dict[str, Any], start: float, hint: str) -> None:
    window = next(window for window in LONG.cut(SECONDS) if window.start_seconds == start)
    assert parse_label(row).window_hint(window) == hint


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=3, max_size=3))
def test_no_text_makes_merging_fail(texts: list[str]) -> None:
    for row in LABELS:
        label = parse_label(row)
        whole = label.merged(list(zip(windows_of(label), texts, strict=True)), texts[0])
        assert isinstance(whole, str)
        label.judge(whole)
