"""Puts the questions of the measures to a model: many at once, greedy, each with as much of its answer as is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from videostar.ports import Decoding, Request, VideoModel
from videostar.types import Message, Sample
from videostar.video.frames import Frames

AT_ONCE = 64
LONGEST_ANSWER = 128


@dataclass(frozen=True, slots=True)
class Question:
    """Turns that end with a user's, and the frames, if any. start: what the answer begins with."""

    messages: tuple[Message, ...]
    frames: Frames | None
    start: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A sample beside what is seen of its video."""

    sample: Sample
    frames: Frames


Ask = Callable[[Sequence[Question]], list[str]]
"""Questions -> what is answered to each, the given start left out."""


def asking(model: VideoModel, at_once: int = AT_ONCE, longest: int = LONGEST_ANSWER) -> Ask:
    """Greedy answers of a model."""
    decoding = Decoding(temperature=0.0, top_p=1.0, max_new_tokens=longest)

    def ask(questions: Sequence[Question]) -> list[str]:
        texts: list[str] = []
        # Questions of like length share a batch, since the longest keeps all others waiting.
        order = sorted(range(len(questions)), key=lambda place: (len(questions[place].start), _length(questions[place]), place))
        for first in range(0, len(order), at_once):
            requests = [_request(questions[place]) for place in order[first : first + at_once]]
            texts += [replies[0].text for replies in model.answer(requests, decoding)]
        answers = dict(zip(order, texts, strict=True))
        return [answers[place] for place in range(len(questions))]

    return ask


def question(prompt: str, frames: Frames | None, start: str = "") -> Question:
    """A question of one turn."""
    return Question((Message("user", prompt),), frames, start)


def passes(sample: Sample, text: str, frames: Frames | None = None) -> bool:
    """Whether an answer commits to the sample's label."""
    clip = () if frames is None else (frames.clip,)
    return sample.label.judge(text, sample.question, *clip).outcome == "pass"


def video_of(sample: Sample) -> str:
    """What intervals are clustered by."""
    return f"{sample.source}/{sample.group or sample.video}"


def _request(one: Question) -> Request:
    return Request("-", one.messages, one.frames, (0,), one.start)


def _length(one: Question) -> int:
    return sum(len(message.content) for message in one.messages)
