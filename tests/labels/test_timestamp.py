"""Moments of a clip, in whatever notation."""

from __future__ import annotations

import pytest

from tests.labels.judging import outcome, verdict
from videostar.types import Clip

CLIP = Clip(duration_seconds=128.0)
WHEN = "When does the person open the door?"


@pytest.mark.parametrize(
    "answer",
    [
        "64",
        "64.3",
        "64 s",
        "64s",
        "64 sec",
        "64 seconds",
        "at 64 seconds",
        "at second 64",
        "at the 64-second mark",
        "t=64s",
        "1:04",
        "01:04",
        "00:01:04",
        "00:01:04.250",
        "01:04.5",
        "1 minute 4 seconds",
        "1 minute and 4 seconds",
        "1 min 4 s",
        "1m4s",
        "1m04s",
        "one minute and four seconds",
        "sixty-four seconds",
        "64000 ms",
        "50%",
        "50% of the way through the clip",
        "halfway through the video",
        "Exactly in the middle of the clip",
        "about one half of the way through",
        "The person opens the door at 64 seconds.",
        "At 64 the person opens the door. This is step 2.",
        "The person opens the door at around 1:04 and closes it at 1:20.",
        "The door is opened at 64 s. It takes 3 seconds.",
        "Frame 12 shows it; the time is 64 seconds.",
        "Not at 10 seconds but at 64 seconds.",
        "It could be at 30 seconds, but it is at 64 seconds.",
        "<answer>64</answer>",
        r"\boxed{64}",
        '{"timestamp": 64.0}',
        '{"time": "01:04"}',
        "Two people stand there. At 64 seconds, one opens the door.",
        "64 seconds before the end",
        "64 seconds from the start of the clip",
        "1.07 minutes",
        "In the 64th second.",
        "[64.0]",
        "64,2 Sekunden? 64.2 seconds",
    ],
)
def test_the_moment_is_said(answer: str) -> None:
    assert outcome({"kind": "timestamp", "value_seconds": 64.0}, answer, WHEN, CLIP) == "pass"


@pytest.mark.parametrize(
    "answer",
    [
        "10 s",
        "1:20",
        "10%",
        "the beginning",
        "10 s, 30 s, 64 s, 80 s",
        "64 seconds or 80 seconds",
        "64 minutes",
        "0:64:00",
        "not at 64 s but at 70 s",
    ],
)
def test_another_moment_or_several(answer: str) -> None:
    assert outcome({"kind": "timestamp", "value_seconds": 64.0}, answer, WHEN, CLIP) != "pass"


@pytest.mark.parametrize(
    "answer", ["", "The person opens the door.", "I cannot tell when.", "maybe at 64 seconds", "Step 64", "frame 64", "64 people"]
)
def test_no_moment(answer: str) -> None:
    assert outcome({"kind": "timestamp", "value_seconds": 64.0}, answer, WHEN, CLIP) == "undecided"


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (0.0, "At the very beginning."),
        (0.0, "right at the start of the video"),
        (0.0, "0"),
        (0.0, "immediately"),
        (128.0, "at the end of the video"),
        (128.0, "the very end"),
        (32.0, "a quarter of the way through"),
        (30.0, "half a minute"),
        (90.0, "a minute and a half"),
        (3723.0, "1:02:03"),
        (5.0, "after 5 seconds"),
        (5.0, "five seconds in"),
        (0.35, "0.35"),
    ],
)
def test_words_of_time(value: float, answer: str) -> None:
    assert outcome({"kind": "timestamp", "value_seconds": value, "tolerance_seconds": 0.5}, answer, WHEN, CLIP) == "pass"


def test_shares_need_the_duration() -> None:
    assert outcome({"kind": "timestamp", "value_seconds": 64.0}, "50%", WHEN) == "undecided"
    assert outcome({"kind": "timestamp", "value_seconds": 64.0}, "halfway", WHEN) == "undecided"


def test_tolerance_and_score() -> None:
    row = {"kind": "timestamp", "value_seconds": 64.0, "tolerance_seconds": 2.0}
    assert outcome(row, "66 s") == "pass"
    assert outcome(row, "66.5 s") == "fail"
    assert verdict(row, "70 s", "", CLIP).score > verdict(row, "100 s", "", CLIP).score > 0
