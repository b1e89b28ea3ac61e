"""What a text states about a video, read from its words alone: which stretch says which fact has which value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from videostar.playground.language import description_and_conclusion
from videostar.playground.measures.facts import Event
from videostar.playground.measures.phrases import EVENTS, FACTS, FILLERS, NEGATION, SUBJECTS

LONGEST_TEXT = 8_000
LONGEST_NEGATION = 40
ELSEWHERE = "of another world"

_SENTENCE = re.compile(r"[^.!?;]+(?:\.\d+[^.!?;]*)*[.!?;]*")
_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*")
_CONCLUDES = re.compile(
    r"\s*(?:so|therefore|thus|hence)?,?\s*(?:the (?:final )?(?:answer|action|score|rating) (?:is|must be)|this is called)\b"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """`fact` has `value`, or has it not where `denied`; said in text[start:end]. event: what a procedure's act states altogether."""

    fact: str
    value: str
    start: int
    end: int
    denied: bool = False
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of an explanation; the sentence that names the answer is left out.

    statements: in the order of the text. sentences: all of them. silent: those in which nothing was understood.
    leftover: those of which words were not understood, the silent ones among them.
    """

    statements: tuple[Statement, ...]
    sentences: tuple[str, ...]
    silent: tuple[str, ...]
    leftover: tuple[str, ...]


def read(text: str, world: str) -> Reading:
    """What a text says about a video of a world; of more than `LONGEST_TEXT` characters only the first are read. Never raises."""
    told, _ = description_and_conclusion(text[:LONGEST_TEXT])
    offset = text.find(told) if told else 0
    statements: list[Statement] = []
    sentences, silent, leftover = [], [], []
    for match in _SENTENCE.finditer(told.lower() if len(told.lower()) == len(told) else told):
        sentence = match.group()
        if not _WORD.search(sentence) or _CONCLUDES.match(sentence):
            continue
        found = list(_statements(sentence, world))
        rest = _rest(sentence, found)
        if rest and (foreign := _of_another_world(sentence, world)):
            found, rest = foreign, []
        shown = told[match.start() : match.end()].strip()
        sentences.append(shown)
        silent += [] if found else [shown]
        leftover += [shown] if rest or not found else []
        at = offset + match.start()
        statements += [Statement(one.fact, one.value, one.start + at, one.end + at, one.denied, one.event) for one in found]
    return Reading(tuple(statements), tuple(sentences), tuple(silent), tuple(leftover))


def _of_another_world(sentence: str, world: str) -> list[Statement]:
    """The statements of a sentence that another world's words explain to the last one, and that does not name this world's subject."""
    if SUBJECTS[world] & set(_WORD.findall(sentence)):
        return []
    for other in FACTS:
        found = list(_statements(sentence, other)) if other != world else []
        if found and not _rest(sentence, found):
            return [Statement(ELSEWHERE, f"{one.fact} {one.value}", one.start, one.end) for one in found]
    return []


def _statements(sentence: str, world: str) -> Iterator[Statement]:
    """Of the patterns that fit, the one that begins first, then the longest; none overlap."""
    found = [
        Statement(fact, value, *match.span(), denied=_denied(sentence, match.start()))
        for fact, value, pattern in FACTS[world]
        for match in pattern.finditer(sentence)
    ]
    if world == "procedures":
        found += [_act(phase, match, sentence) for phase, pattern in EVENTS for match in pattern.finditer(sentence)]
    end = 0
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if one.start >= end:
            end = one.end
            yield one


def _act(phase: str, match: re.Match[str], sentence: str) -> Statement:
    groups: Mapping[str, str | None] = match.groupdict()
    event = Event(phase, groups.get("thing"), groups.get("side"))
    return Statement("phase", phase, *match.span(), denied=_denied(sentence, match.start()), event=event)


def _denied(sentence: str, start: int) -> bool:
    return NEGATION.search(sentence, max(0, start - LONGEST_NEGATION), start) is not None


def _rest(sentence: str, found: Sequence[Statement]) -> list[str]:
    """Words that neither a statement nor a filler accounts for; the negation before a denied one is part of it."""
    rest, at = "", 0
    for one in found:
        before = sentence[at : one.start]
        rest += NEGATION.sub(" ", before) if one.denied else before
        rest, at = f"{rest} ", one.end
    return [word for word in _WORD.findall(rest + sentence[at:]) if word not in FILLERS]
