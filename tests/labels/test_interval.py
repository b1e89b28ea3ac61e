"""Stretches of time: found in any wording, with other numbers around, and compared by overlap."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome, verdict
from videostar.labels import parse_label
from videostar.types import Clip

CLIP = Clip(duration_seconds=20.0)
SPAN: dict[str, Any] = {"kind": "interval", "start_seconds": 4.0, "end_seconds": 9.0}


@pytest.mark.parametrize(
    "answer",
    [
        "from 4 to 9 seconds",
        "from 4.0 to 9.0",
        "4.0 to 9.0",
        "4 - 9",
        "4-9",
        "4-9s",
        "4s-9s",
        "4.0s - 9.0s",
        "4s to 9s",
        "4 s \u2013 9 s",
        "4\u20139 seconds",
        "4.0 seconds to 9.0 seconds",
        "[4, 9]",
        "[4.0, 9.0]",
        "(4.0, 9.0)",
        "[4.0s, 9.0s]",
        "0:04-0:09",
        "00:04 - 00:09",
        "00:00:04 --> 00:00:09",
        "from 00:04 to 00:09",
        "between 4 and 9 seconds",
        "Between seconds 4 and 9.",
        "between 0:04 and 0:09",
        "from second 4 to second 9",
        "from the 4th to the 9th second",
        "4 seconds until 9 seconds",
        "4 through 9 seconds",
        "It starts at 4 seconds and ends at 9 seconds.",
        "It starts at 4s and it ends at 9s.",
        "The action begins at 4.0 s and finishes at around 9.0 s.",
        "Start: 4.0s, End: 9.0s",
        "start=4, end=9",
        "Start time: 00:04\nEnd time: 00:09",
        '{"start": 4.0, "end": 9.0}',
        '{"start_time": "00:04", "end_time": "00:09"}',
        '{"answer": [4.0, 9.0]}',
        '```json\n{"start_seconds": 4, "end_seconds": 9}\n```',
        "<answer>4.0 to 9.0</answer>",
        r"\boxed{[4, 9]}",
        "20% to 45%",
        "20-45%",
        "from 20% to 45% of the video",
        "from four to nine seconds",
        "from 4 seconds for 5 seconds",
        "It starts at 4 seconds and lasts 5 seconds.",
        "from 4 s, lasting about 5 seconds",
        "The person opens the door from 4 to 9 seconds. This is step 2 of 3.",
        "In frame 12 of 40, two people stand. They talk from 4.1 to 8.9 seconds, which is about 5 seconds.",
        "2 people enter. The event happens between 4 and 9 seconds.",
        "At 4 seconds he starts to run, and he stops at 9 seconds.",
        "It is not from 1 to 3 seconds but from 4 to 9 seconds.",
        "It may be from 1 to 3 seconds, but it is from 4 to 9 seconds.",
        "from 1 to 3 seconds. Wait, no, from 4 to 9 seconds.",
        "First the man walks from 0 to 4 seconds. The answer is 4 to 9 seconds.",
        "<think>0 to 3?</think> 4 to 9",
        "The segment is 4.0 ~ 9.0 seconds",
        "roughly from 4 to about 9 seconds",
        "The given query happens in 4.0 - 9.0 seconds.",
        "Timestamps: 4.0, 9.0",
        "04:00 - 09:00 is wrong; 00:04 - 00:09",
        "4.0 and 9.0",
        "**4.0s** to **9.0s**",
        "from 4.0 seconds (when he stands up) to 9.0 seconds",
        "It occurs from the 4-second mark to the 9-second mark.",
        "starting at 4 seconds and continuing until 9 seconds",
        "From 0:04 until 0:09, the man opens the door.",
    ],
)
def test_the_stretch_is_said(answer: str) -> None:
    found = verdict(SPAN, answer, "When does the person open the door?", CLIP)
    assert found.outcome == "pass"
    assert found.score > 0.9


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ({"start_seconds": 0, "end_seconds": 0.87}, "from 0.0 to 0.87"),
        ({"start_seconds": 0.4, "end_seconds": 1.0}, "0.4 to 1.0"),
        ({"start_seconds": 0, "end_seconds": 5}, "from the beginning until 5 seconds"),
        ({"start_seconds": 0, "end_seconds": 5}, "from the start of the video to 0:05"),
        ({"start_seconds": 0, "end_seconds": 5}, "the first 5 seconds"),
        ({"start_seconds": 0, "end_seconds": 5}, "In the first five seconds of the clip."),
        ({"start_seconds": 15, "end_seconds": 20}, "the last 5 seconds"),
        ({"start_seconds": 15, "end_seconds": 20}, "from 15 seconds until the end"),
        ({"start_seconds": 15, "end_seconds": 20}, "from 0:15 to the end of the video"),
        ({"start_seconds": 10, "end_seconds": 20}, "from halfway until the end"),
        ({"start_seconds": 0, "end_seconds": 10}, "from the beginning to the middle"),
        ({"start_seconds": 0, "end_seconds": 10}, "during the first half of the video"),
        ({"start_seconds": 10, "end_seconds": 20}, "in the second half"),
        ({"start_seconds": 0, "end_seconds": 20}, "throughout the entire video"),
        ({"start_seconds": 0, "end_seconds": 20}, "from beginning to end"),
        ({"start_seconds": 0, "end_seconds": 20}, "the whole clip"),
    ],
)
def test_words_for_stretches(row: dict[str, Any], answer: str) -> None:
    assert outcome({"kind": "interval", **row}, answer, "When?", CLIP) == "pass"


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ({"start_seconds": 60, "end_seconds": 120}, "1 to 2 minutes"),
        ({"start_seconds": 65, "end_seconds": 70}, "1 minute 5 seconds to 1 minute 10 seconds"),
        ({"start_seconds": 65, "end_seconds": 70}, "1:05-1:10"),
    ],
)
def test_minutes(row: dict[str, Any], answer: str) -> None:
    assert outcome({"kind": "interval", **row}, answer) == "pass"


@pytest.mark.parametrize(
    "answer",
    [
        "from 12 to 19 seconds",
        "0-20",
        "0 to 3 seconds and 4 to 9 seconds",
        "0-2, 2-4, 4-9, 9-12",
        "not from 4 to 9 seconds but from 12 to 15 seconds",
        "either from 4 to 9 or from 12 to 15 seconds",
    ],
)
def test_another_stretch_or_several(answer: str) -> None:
    assert outcome(SPAN, answer, "", CLIP) != "pass"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "At 4 seconds.",
        "I cannot tell.",
        "The person opens the door.",
        "maybe from 4 to 9 seconds",
        "from frame 4 to frame 9",
        "steps 4 to 9",
        "from the door to the window",
        "4 to 9 people",
    ],
)
def test_no_stretch(answer: str) -> None:
    assert outcome(SPAN, answer, "", CLIP) == "undecided"


def test_shares_need_the_duration() -> None:
    assert outcome(SPAN, "20% to 45%") == "undecided"
    assert outcome(SPAN, "throughout the video") == "undecided"


def test_any_and_all_windows() -> None:
    two: dict[str, Any] = {"kind": "interval", "windows": [[0, 5], [10, 15]]}
    assert outcome(two, "from 10 to 15 seconds") == "pass"
    assert outcome(two, "from 0 to 5 and from 10 to 15 seconds") == "pass"
    assert outcome({**two, "match": "all"}, "from 0 to 5 seconds and from 10 to 15 seconds") == "pass"
    assert outcome({**two, "match": "all"}, "0-5, 10-15") == "pass"
    assert verdict({**two, "match": "all"}, "from 0 to 5 seconds").score == pytest.approx(0.5)
    assert outcome({**two, "match": "all", "minimum_iou": 0.6}, "from 0 to 5 seconds") == "fail"


def test_the_score_is_the_overlap() -> None:
    assert verdict(SPAN, "from 4 to 14 seconds").score == pytest.approx(0.5)
    assert verdict(SPAN, "from 4 to 15 seconds").outcome == "fail"
    assert verdict(SPAN, "from 4 to 15 seconds").score == pytest.approx(5 / 11)


def test_the_span_is_the_stretch() -> None:
    answer = "In 3 steps: from 4.0 to 9.0 seconds, he runs."
    found = verdict(SPAN, answer)
    assert found.span is not None
    assert answer[found.span[0] : found.span[1]] == "4.0 to 9.0 seconds"


def test_format_text_states_the_unit() -> None:
    assert parse_label(SPAN).format_text() == "Give the start and the end in seconds from the start of the clip."
