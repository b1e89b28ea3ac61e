"""A conversation about one or several videos, with any `VideoModel`.

Each video has its own history, which is asked with its frames in the first turn; so the frames, which are never cut, are what the model
reads first, and the oldest turns go when history, question and answer do not fit its context together. A video's frames are taken once
in a conversation, and a model that remembers what it made of frames encodes them once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from videostar.errors import DataError, UserError
from videostar.labels.boolean import BooleanLabel
from videostar.labels.count import CountLabel
from videostar.labels.timestamp import TimestampLabel
from videostar.people.moments import clock, moment_in
from videostar.people.opening import Opened, memory_told
from videostar.ports import Decoding, Reply, Request, SpeakingModel
from videostar.seeds import seed_for
from videostar.store import write_text
from videostar.types import Finish, Message
from videostar.video.frames import Frames

MOST_NEW_TOKENS = 512
CLOSED = frozenset("is are was were does do did has have had can could will would".split())

Hear = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer.

    prompt: what the model was told, where that is more than the question.
    looked_at: (start, end) in seconds of the video where the question points to a moment; None for the whole video.
    forgotten: how many of the oldest turns were dropped for this one, so that it fits.
    """

    question: str
    answer: str
    finish: Finish
    looked_at: tuple[float, float] | None = None
    forgotten: int = 0
    prompt: str = ""

    @property
    def told(self) -> str:
        """The question as the model was told it."""
        return self.prompt or self.question

    @property
    def note(self) -> str:
        """What a person should know of how it was asked, in one line; "" where it is nothing out of the ordinary."""
        said = []
        if self.forgotten:
            turns = "the oldest turn is" if self.forgotten == 1 else f"the {self.forgotten} oldest turns are"
            said.append(f"{turns} forgotten, so that the rest fits the model's context")
        if self.looked_at is not None:
            said.append(f"looked at {clock(self.looked_at[0])} to {clock(self.looked_at[1])}")
        if self.finish == "length":
            said.append("the answer is cut off: it reached its longest length")
        return "; ".join(said)


@dataclass(slots=True)
class Shown:
    """A video of the conversation. turns: of its history, oldest first, dropped ones too. kept: how many of the last are still told."""

    video: Path
    whole: Frames
    turns: list[Turn] = field(default_factory=list)
    kept: int = 0

    @property
    def duration_seconds(self) -> float | None:
        """Its length, where it is known."""
        return self.whole.duration_seconds


class Chat:
    """Questions and answers about videos; the last one shown is the current one.

    temperature: 0 always gives the likeliest answer. max_new_tokens: longest answer; None takes what the model's config says.
    """

    def __init__(self, opened: Opened, temperature: float = 0.0, max_new_tokens: int | None = None, seed: int = 0) -> None:
        self._opened = opened
        longest = max_new_tokens or min(MOST_NEW_TOKENS, opened.config.generate.max_new_tokens)
        self._decoding = Decoding(temperature, opened.config.generate.top_p, longest)
        self._seed = seed
        self._videos: list[Shown] = []
        self._current = -1
        self._asked = 0

    @property
    def videos(self) -> tuple[Shown, ...]:
        """All videos, in the order in which they were first shown."""
        return tuple(self._videos)

    @property
    def current(self) -> Shown:
        """The video that questions are about. Raises `DataError` before the first."""
        if not self._videos:
            raise DataError("no video is shown yet; show one first")
        return self._videos[self._current]

    def show(self, video: str | Path) -> Shown:
        """Make a video the current one; its history goes on where it was. Raises `DataError` for a file that cannot be seen."""
        path = Path(video).expanduser()
        known = next((place for place, shown in enumerate(self._videos) if shown.video == path), None)
        if known is None:
            frames = self._opened.look(path)
            self._videos.append(Shown(path, frames))
            known = len(self._videos) - 1
        self._current = known
        return self.current

    def forget(self) -> None:
        """Begin a new history about the current video."""
        self.current.kept = 0

    def ask(self, question: str, hear: Hear = lambda _: None) -> Turn:
        """The answer to a question about the current video, on what was said before about it.

        hear: given the answer's text piece by piece, where the model speaks that way, else whole.
        Raises `UserError` for a question that cannot be asked; the history is then as before.
        """
        shown, asked = self.current, question.strip()
        prompt = stated(asked) if self._opened.trained_here else asked
        if not asked:
            raise UserError("the question is empty; ask something about the video")
        looked_at, frames = self._sight(shown, asked)
        kept = shown.kept
        with memory_told():
            while True:
                reply = self._said(self._request(shown, prompt, frames, kept), hear)
                if not _is_too_long(reply) or kept == 0:
                    break
                kept -= 1
        if reply.finish == "error":
            raise UserError(_why(reply, self._decoding.max_new_tokens))
        turn = Turn(asked, reply.text.strip(), reply.finish, looked_at, shown.kept - kept, prompt if prompt != asked else "")
        shown.turns.append(turn)
        shown.kept = kept + 1
        self._asked += 1
        return turn

    def save(self, path: str | Path) -> Path:
        """Write all that was said: JSON where the file's name ends so, else Markdown."""
        file = Path(path).expanduser()
        told = json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n" if file.suffix.lower() == ".json" else self._markdown()
        write_text(file, told)
        return file

    def to_json(self) -> dict[str, Any]:
        """All that was said, as plain JSON values."""
        videos = [{"video": str(shown.video), "turns": [asdict(turn) for turn in shown.turns]} for shown in self._videos]
        return {"model": self._opened.model.name, "videos": videos}

    def _sight(self, shown: Shown, question: str) -> tuple[tuple[float, float] | None, Frames]:
        """The stretch that a question points to, and its frames, whose times are still the video's; (None, all) where it points to none."""
        stretch, end = moment_in(question), shown.duration_seconds
        if stretch is None:
            return None, shown.whole
        start, stop = stretch
        if end is not None:
            if (start + stop) / 2 > end + 0.5 or start >= end:
                raise UserError(f"the video ends at {clock(end)}; ask about a moment before that")
            stop = min(stop, end)
        frames = self._opened.look(shown.video, start, stop)
        moved = tuple(round(start + seconds, 6) for seconds in frames.timestamps_seconds)
        return (start, stop), replace(frames, timestamps_seconds=moved)

    def _request(self, shown: Shown, prompt: str, frames: Frames, kept: int) -> Request:
        told = shown.turns[len(shown.turns) - kept :] if kept else []
        before = [message for turn in told for message in (Message("user", turn.told), Message("assistant", turn.answer))]
        seed = seed_for(self._seed, "chat", self._asked, str(shown.video))
        return Request("chat", (*before, Message("user", prompt)), frames, (seed,))

    def _said(self, request: Request, hear: Hear) -> Reply:
        model = self._opened.model
        if isinstance(model, SpeakingModel):
            return model.say(request, self._decoding, hear)
        reply = model.answer([request], self._decoding)[0][0]
        hear(reply.text)
        return reply

    def _markdown(self) -> str:
        lines = [f"# A talk with {self._opened.model.name}", ""]
        for shown in self._videos:
            lines += [f"## {shown.video}", ""]
            for turn in shown.turns:
                lines += [f"**{turn.question}**", "", turn.answer, ""]
                lines += [f"({turn.note})", ""] if turn.note else []
        return "\n".join(lines)


def stated(question: str) -> str:
    """A question with the form of its answer, as training asks it: "How many ...?" wants a whole number, "Is ...?" yes or no.

    One that has a form already (a second line), leaves a choice or asks for anything else stays as it is. English only.
    """
    first = question.split(maxsplit=1)[0].lower()
    if "\n" in question or not question.endswith("?"):
        return question
    if question.lower().startswith("how many "):
        return f"{question}\n{CountLabel(value=0).format_text()}"
    if first == "when":
        return f"{question}\n{TimestampLabel(value_seconds=0).format_text()}"
    if first in CLOSED and " or " not in question:
        return f"{question}\n{BooleanLabel(value=True).format_text()}"
    return question


def _is_too_long(reply: Reply) -> bool:
    """An error without words is what a model gives where prompt and answer do not fit; a server says it in words of its own."""
    said = reply.error.lower()
    return reply.finish == "error" and (not said or "context" in said or "too long" in said or "maximum length" in said)


def _why(reply: Reply, longest: int) -> str:
    if _is_too_long(reply):
        return (
            f"the video, the question and an answer of up to {longest} tokens do not fit the model's context together; "
            "ask in fewer words, or for shorter answers (--max-new-tokens)"
        )
    return f"the model gave no answer: {reply.error}"
