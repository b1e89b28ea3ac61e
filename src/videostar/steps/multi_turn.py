"""The multi-turn form: verified answers about one clip, joined so that every follow-up needs the turn before it.

Two follow-ups can be made without inventing anything. A question that names what another question's answer is, "What happens
before opening the door?", asks for the same after that answer in fewer words: "What happens before that?". And the reasons of a
short answer can be asked for, "Why that score?", and are given by the model's own verified explanation.
Every answer must pass its own label's check once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from videostar.prompts import asked, why
from videostar.seeds import seed_for
from videostar.steps.answer_checks import words
from videostar.steps.verify import Judged
from videostar.types import AnswerRef, Conversation, Message, Sample, TurnRef

MAX_QUESTIONS = 4
MAX_WAITING_CLIPS = 10_000
MAX_WAITING_PER_CLIP = 32
SHORTEST_NAME = 3
LONGEST_NAME = 80
MIN_REASON_WORDS = 8
"""An answer with fewer words gives no reasons."""

_LEADS = (
    "before|after|during|while|when|following|until|since|of|about|with|for|than|is|was|are|were|does|do|did|"
    "preceding|follows|precedes|beside|near|to|from|at"
)
_QUOTES = "[\"'\u2018\u2019\u201c\u201d]"
_MOMENTS = frozenset({"timestamp", "interval"})
_NAMES = frozenset({"category", "text", "choice"})


@dataclass(frozen=True, slots=True)
class _Kept:
    sample: Sample
    item: Judged


@dataclass(frozen=True, slots=True)
class _Turn:
    kept: _Kept
    asked: str
    said: str


class Joiner:
    """Joins kept answers that come in the order of sample ids. What waits for a partner is bounded, the oldest clip goes first."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._waiting: dict[tuple[object, ...], list[_Kept]] = {}

    def joined(self, sample: Sample, item: Judged, lead: bool) -> Iterator[Conversation]:
        """The conversation that this answer makes possible, if any; without `lead` it only waits for others to lead.

        An answer takes part in at most one conversation of several questions.
        """
        kept = _Kept(sample, item)
        clip = (sample.video, sample.start_seconds, sample.end_seconds, item.answer.frames.sha256)
        waiting = self._waiting.pop(clip, [])
        path = _path(kept, waiting) if lead else [kept]
        waiting = [*waiting, kept] if len(path) == 1 else [other for other in waiting if other not in path]
        if waiting:
            self._waiting[clip] = waiting[-MAX_WAITING_PER_CLIP:]
        if len(self._waiting) > MAX_WAITING_CLIPS:
            del self._waiting[next(iter(self._waiting))]
        turns = self._turns(path) if lead else []
        if len(turns) > 1 and all(_passes(turn) for turn in turns):
            yield _conversation(turns, kept)

    def _turns(self, path: Sequence[_Kept]) -> list[_Turn]:
        turns = [_Turn(path[0], asked(path[0].sample, "direct"), path[0].sample.label.answer_text())]
        for before, kept in pairwise(path):
            question = shortened(before.sample, kept.sample)
            follow_up = asked(replace(kept.sample, question=question), "direct")
            turns.append(_Turn(kept, follow_up, kept.sample.label.answer_text()))
        last = path[-1]
        if len(words(last.item.answer.text)) >= MIN_REASON_WORDS:
            turns.append(_Turn(last, why(last.sample, seed_for(self._seed, "why", last.sample.id)), last.item.answer.text))
        return turns


def shortened(before: Sample, after: Sample) -> str:
    """The question of `after` as it can be asked once `before` has been answered; "" where it does not name that answer.

    "What happens before opening the door?" -> "What happens before that?"; "What happens from 3 to 5 seconds?" -> "What happens
    then?". The name counts where it is quoted or follows a word such as "before", so that the rest stays a sentence.
    """
    name, moment = _name(before), before.label.kind in _MOMENTS
    if not SHORTEST_NAME <= len(name) <= LONGEST_NAME or name.casefold() not in after.question.casefold():
        return ""
    quoted = rf"(?:{_QUOTES})(?:{re.escape(name)})(?:{_QUOTES})(?!\w)"
    bare = rf"(?<!\w)(?:{re.escape(name)})(?!\w)"
    if moment:
        pattern = re.compile(rf"(?:\b(?:at|in|during)\s+)?(?:{quoted}|{bare})", re.IGNORECASE)
        found = pattern.findall(after.question)
        return _sentence(pattern.sub("then", after.question)) if len(found) == 1 else ""
    pattern = re.compile(rf"(?:{quoted}|(?P<lead>\b(?:{_LEADS})\s+)(?:the\s+|an?\s+)?{bare})", re.IGNORECASE)
    matches = list(pattern.finditer(after.question))
    if len(matches) != 1 or len(re.findall(bare, after.question, re.IGNORECASE)) != 1:
        return ""
    start, end = matches[0].span()
    return _sentence(f"{after.question[:start]}{matches[0]['lead'] or ''}that{after.question[end:]}")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _name(sample: Sample) -> str:
    """What a later question may call this sample's answer; "" for kinds that name nothing."""
    if sample.label.kind in _MOMENTS:
        return sample.label.answer_text()
    text = sample.label.answer_text() if sample.label.kind in _NAMES else ""
    return text.partition(" ")[2] if sample.label.kind == "choice" else text


def _path(kept: _Kept, waiting: Sequence[_Kept]) -> list[_Kept]:
    """The answers around this one in an order in which each question names the answer before it."""
    path = [kept]
    while len(path) < MAX_QUESTIONS:
        rest = [other for other in waiting if other not in path]
        first = next((other for other in rest if shortened(other.sample, path[0].sample)), None)
        last = None if first else next((other for other in rest if shortened(path[-1].sample, other.sample)), None)
        if first is None and last is None:
            break
        path = [first, *path] if first else [*path, *([last] if last else [])]
    return path


def _passes(turn: _Turn) -> bool:
    sample = turn.kept.sample
    return sample.label.judge(turn.said, sample.question, turn.kept.item.answer.frames.clip).outcome == "pass"


def _ref(item: Judged) -> TurnRef:
    return TurnRef(item.answer.sample_id, item.answer.cycle, item.answer.route, item.answer.candidate, item.verdict.score)


def _conversation(turns: Sequence[_Turn], home: _Kept) -> Conversation:
    """home: the answer that came last, under which the conversation is filed, so that the order of ids is kept."""
    answers = [turn.kept.item.answer for turn in turns]
    named = "+".join(dict.fromkeys(f"{answer.sample_id}/{answer.cycle}/{answer.route}/{answer.candidate}" for answer in answers))
    own = home.item.answer
    return Conversation(
        id=f"{named}/multi_turn",
        sample_id=home.sample.id,
        route="generated" if all(answer.route == "generated" for answer in answers) else "rationalized",
        form="multi_turn",
        video=home.sample.video,
        start_seconds=home.sample.start_seconds,
        end_seconds=home.sample.end_seconds,
        messages=tuple(message for turn in turns for message in (Message("user", turn.asked), Message("assistant", turn.said))),
        answer_ref=AnswerRef(own.cycle, own.candidate, own.frames.sha256, own.frames.timestamps_seconds, own.frames.visual_tokens),
        turns=tuple(_ref(turn.kept.item) for turn in turns),
    )
