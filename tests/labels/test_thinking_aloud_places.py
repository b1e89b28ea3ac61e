"""Longer answers, as models give them when they think aloud: options, times and lists."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome
from videostar.types import Clip

CHOICE: dict[str, Any] = {
    "kind": "choice",
    "options": ["dunking a basketball", "dribbling a basketball", "passing a basketball", "None of the above"],
    "answer": 1,
}
CHOICE_QUESTION = ""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The man is dribbling a basketball, so the answer is B.", "pass"),
        (
            "B. dribbling a basketball\n\nExplanation: The man bounces the ball. A is wrong because he does not "
            "dunk. C is wrong because there is no pass.",
            "pass",
        ),
        ("(B)\n\nThe man does not dunk or pass the basketball.", "pass"),
        (
            "Looking at the options:\nA. dunking a basketball - The man does not jump to the hoop.\nB. dribbling "
            "a basketball - The man bounces the ball.\nC. passing a basketball - There is no other "
            "player.\n\nTherefore, the correct answer is B.",
            "pass",
        ),
        ("Based on the video, the best option would be **B. dribbling a basketball**.", "pass"),
        ("The man appears to be dribbling a basketball.", "pass"),
        ("Between A and B, I would choose B.", "pass"),
        ("A or B? I think B.", "pass"),
        ("I'm torn between A and B, but B seems more likely.", "pass"),
        ("Answer: (B) dribbling a basketball.", "pass"),
        ("The correct choice is option (b): dribbling a basketball", "pass"),
        ("C: passing a basketball.", "fail"),
        ("The answer is A. No wait, B.", "pass"),
        ("It is neither A nor C nor D; B.", "pass"),
        ("Definitely not A. Definitely not C. D is not right either.", "undecided"),
        ("After eliminating A, C, and D, the answer is B.", "pass"),
        ("All of the above", "undecided"),
        ("None of the above", "fail"),
        ("Both A and B.", "fail"),
        ("B B B", "pass"),
        ("B because A is wrong", "pass"),
        ("B, since the man is dribbling", "pass"),
        ("Option B: dribbling a basketball is the best match to the video content.", "pass"),
        ("b. dribbling", "pass"),
        ("The answer is probably B.", "pass"),
        ("The video shows a man who is dribbling a basketball and not dunking it.", "pass"),
        ("<think>\nThe man jumps... A? No. He dribbles.\n</think>\n\nB", "pass"),
        ("Answer is B", "pass"),
        ("ANSWER: B", "pass"),
        ("answer:B", "pass"),
        ("Ans: B", "pass"),
        ("Ans. B", "pass"),
        ("The letter is B.", "pass"),
        ("Choose B.", "pass"),
        ("Select (B).", "pass"),
        ('"B"', "pass"),
        ("'B'", "pass"),
        ("B.", "pass"),
        ("B:", "pass"),
        ("`B`", "pass"),
        ("$B$", "pass"),
        ("**Final Answer:** B", "pass"),
        ("### Answer\nB", "pass"),
        ("[[B]]", "pass"),
        ('{"option": "B"}', "pass"),
        ('{"answer":"(B) dribbling a basketball"}', "pass"),
        ("A: no\nB: yes\nC: no\nD: no", "pass"),
        ("the 2nd option", "pass"),
        ("second", "pass"),
        ("Option two", "pass"),
        ("Number 2", "pass"),
        ("The third option", "fail"),
        ("The last one", "fail"),
        ("Choice (2)", "pass"),
        ("option b is correct, a is wrong", "pass"),
        ("a", "fail"),
        ("I", "undecided"),
    ],
)
def test_choice(answer: str, expected: str) -> None:
    assert outcome(CHOICE, answer, CHOICE_QUESTION) == expected


TIMESTAMP: dict[str, Any] = {"kind": "timestamp", "value_seconds": 12.0}
TIMESTAMP_QUESTION = "When does the person sit down?"
TIMESTAMP_CLIP = Clip(60.0)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The person walks in at 3 seconds, sits down at 12 seconds, and leaves at 20 seconds.", "pass"),
        ("At 3 s the person walks in. At 12 s the person sits down. At 20 s he leaves.", "pass"),
        ("The person sits down around the 12-second mark of the 60-second video.", "pass"),
        ("The person sits down at timestamp 00:12.", "pass"),
        ("00:12.000", "pass"),
        ("~12s", "pass"),
        ("t = 12.0", "pass"),
        ("Time: 12.0s", "pass"),
        ("approximately 12 seconds into the video", "pass"),
        ("12 seconds after the start", "pass"),
        ("48 seconds before the end of the video", "pass"),
        ("20% into the video", "pass"),
        ("one fifth of the way through", "pass"),
        ("It happens at 0:12, which is 20% of the clip.", "pass"),
        ("Frame 24 (12.0 s)", "pass"),
        ("in the 2nd frame, at 12.3 seconds", "pass"),
        ("twelve seconds", "pass"),
        ("12 s. The 2 people then leave.", "pass"),
        ("The video is 60 seconds long. The person sits down at 12 seconds.", "pass"),
        ("The clip lasts 60 seconds; he sits at 12.", "pass"),
        ("He sits down 12 seconds in and stays for 30 seconds.", "pass"),
        ("12sec", "pass"),
        ("12.0 sec.", "pass"),
        ("00m12s", "pass"),
        ("0 min 12 sec", "pass"),
        ("0h0m12s", "pass"),
    ],
)
def test_timestamp(answer: str, expected: str) -> None:
    assert outcome(TIMESTAMP, answer, TIMESTAMP_QUESTION, TIMESTAMP_CLIP) == expected


@pytest.mark.parametrize(
    ("row", "answer", "question", "expected"),
    [
        ({"value_seconds": 60.0}, "At the end", "When does the person sit down?", "pass"),
        ({"value_seconds": 60.0}, "At the very end of the clip.", "When does the person sit down?", "pass"),
        ({"value_seconds": 0.0}, "At the start.", "When does the person sit down?", "pass"),
        ({"value_seconds": 30.0}, "in the middle of the video", "When does the person sit down?", "pass"),
    ],
)
def test_timestamp_of_other_labels(row: dict[str, Any], answer: str, question: str, expected: str) -> None:
    assert outcome({"kind": "timestamp", **row}, answer, question, TIMESTAMP_CLIP) == expected


INTERVAL: dict[str, Any] = {"kind": "interval", "start_seconds": 12.0, "end_seconds": 20.0}
INTERVAL_QUESTION = "When does the person sit down?"
INTERVAL_CLIP = Clip(60.0)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('The event "person sits down" occurs between 12.0s and 20.0s in the 60.0s video.', "pass"),
        ("<answer>12.00 to 20.00</answer>", "pass"),
        ("12.0 seconds - 20.0 seconds", "pass"),
        ("The action starts at around 12 seconds, and it ends around 20 seconds.", "pass"),
        ("starts 12s, ends 20s", "pass"),
        ("start: 12; end: 20", "pass"),
        ("begin 12 end 20", "pass"),
        ("It begins at 0:12 and concludes at 0:20.", "pass"),
        ("The person sits down at 12 seconds and gets up at 20 seconds.", "pass"),
        ("from the 12th second until the 20th second", "pass"),
        ("from the 12s mark to the 20s mark", "pass"),
        ("12s-20s (8 seconds)", "pass"),
        ("during 12-20 s", "pass"),
        ("within the interval [12, 20]", "pass"),
        ("(12, 20)", "pass"),
        ("12.0-20.0", "pass"),
        ("From 12 s on, for about 8 s.", "pass"),
        ("Starting from 12.0 s, the person sits for 8 seconds.", "pass"),
        ("after 12 seconds until 20 seconds", "pass"),
        ("The relevant segment spans 12 to 20 seconds.", "pass"),
        ("Seconds 12 to 20", "pass"),
        ("Seconds 12-20.", "pass"),
        ("from 20% to 33% of the video", "pass"),
        ("from 0:12 onwards to 0:20", "pass"),
        ("The event happens from 12 seconds to the 20 second mark", "pass"),
        ("between the 12 and 20 second marks", "pass"),
        ("from about 12 to 20 seconds into the clip, 2 people sit on 3 chairs", "pass"),
        ('{"start": "12.0s", "end": "20.0s"}', "pass"),
        ('{"segment": [12.0, 20.0]}', "pass"),
        ("[[12.0, 20.0]]", "pass"),
        ("00:00:12,000 --> 00:00:20,000", "pass"),
    ],
)
def test_interval(answer: str, expected: str) -> None:
    assert outcome(INTERVAL, answer, INTERVAL_QUESTION, INTERVAL_CLIP) == expected


@pytest.mark.parametrize(
    ("row", "answer", "question", "expected"),
    [
        ({"start_seconds": 0.0, "end_seconds": 60.0}, "the first minute", "When does the person sit down?", "pass"),
        ({"start_seconds": 30.0, "end_seconds": 60.0}, "from 30 s onwards", "When does the person sit down?", "pass"),
        ({"start_seconds": 30.0, "end_seconds": 60.0}, "from 30 seconds on until the video ends", "When does the person sit down?", "pass"),
        ({"start_seconds": 50.0, "end_seconds": 60.0}, "the last ten seconds of the clip", "When does the person sit down?", "pass"),
        ({"start_seconds": 0.0, "end_seconds": 60.0}, "the entire duration of the clip", "When does the person sit down?", "pass"),
    ],
)
def test_interval_of_other_labels(row: dict[str, Any], answer: str, question: str, expected: str) -> None:
    assert outcome({"kind": "interval", **row}, answer, question, INTERVAL_CLIP) == expected


SEQUENCE: dict[str, Any] = {"kind": "sequence", "value": ["stand up", "open fridge", "take milk"]}
SEQUENCE_QUESTION = ""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The person first stands up, next opens the fridge, and finally takes the milk out.", "pass"),
        ("He stands up and opens the fridge to take milk.", "pass"),
        ("Stand up → Open the fridge → Take the milk", "pass"),
        (
            "1. Stand up: the person gets up from the chair.\n2. Open fridge: the person opens it.\n3. Take "
            "milk: the person takes the milk.",
            "pass",
        ),
        ("stand up, take milk, open fridge", "fail"),
        ("a) stand up b) open fridge c) take milk", "pass"),
        ("First: stand up. Second: open fridge. Third: take milk.", "pass"),
        ("Once he has stood up, he opens the fridge. He then takes the milk.", "pass"),
        ("stand up/open fridge/take milk", "pass"),
        ("stand up | open fridge | take milk", "pass"),
        ("Steps:\n1. The person stands up.\n2. The person opens the fridge.\n3. The person takes milk.\nThese are the steps.", "pass"),
        ("stand up, sit down, open fridge, take milk", "fail"),
        ("The actions in order are: 1) stand up, 2) open fridge, 3) take milk.", "pass"),
        ("Prior to opening the fridge, the person stands up. Lastly, the milk is taken.", "pass"),
        ('{"steps": ["stand up", "open fridge", "take milk"]}', "pass"),
        ("stand up\nopen fridge\ntake milk", "pass"),
        ("He opens the fridge, takes milk, and stands up.", "fail"),
        ("stood up, opened fridge, took milk", "pass"),
        ("stand up. open fridge. take milk.", "pass"),
    ],
)
def test_sequence(answer: str, expected: str) -> None:
    assert outcome(SEQUENCE, answer, SEQUENCE_QUESTION) == expected


SET: dict[str, Any] = {"kind": "set", "value": ["knife", "apple", "cutting board"]}
SET_QUESTION = ""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("I can see a knife, an apple, and a cutting board on the table.", "pass"),
        ("Objects: knife, apple, cutting board", "pass"),
        ("knife\napple\ncutting board", "pass"),
        ("The objects used are: apple, knife, cutting board.", "pass"),
        ("a knife and an apple", "fail"),
        ("knife, apple, cutting board, bowl", "fail"),
        ("Knives, apples and cutting boards", "pass"),
        ("There's a knife. There's an apple. There's a cutting board.", "pass"),
        ('{"objects": ["knife", "apple", "cutting board"]}', "pass"),
        ("* Knife\n* Apple\n* Cutting board\n", "pass"),
        ("knife & apple & cutting board", "pass"),
        ("apple/knife/cutting board", "pass"),
        ("A person cuts an apple with a knife on a cutting board.", "pass"),
        ("1. knife 2. apple 3. cutting board 4. spoon", "fail"),
        ("Objects: knife, apple, cutting board, spoon", "fail"),
        ("I can see a knife, an apple, a cutting board, and a spoon.", "fail"),
    ],
)
def test_set(answer: str, expected: str) -> None:
    assert outcome(SET, answer, SET_QUESTION) == expected
