"""Sentences that answer a question with its own words: that something is so, that it is not, that the opposite is so."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from videostar.labels._commit import cues
from videostar.labels._negation import ASSERTED, DENIED, HEDGED, NEGATIONS, statuses
from videostar.labels._normalize import is_filler, stem
from videostar.labels._opposites import OPPOSITES, course, reverses
from videostar.labels._scan import Scan, scanned
from videostar.labels._weigh import Reading, Settled, settle

_AFFIRMED, _DENIED_SHARE = 0.66, 0.5
_STATEMENT = 3.0
_PRONOUNS = frozenset("he she it they him her them his its their this that there these those".split())
_ABSENT = tuple(
    phrase.split()
    for phrase in ("there is", "there are", "there's no", "there was", "there were", "i don't", "i do", "i can't", "i see", "no", "not")
)
_BREAKS = frozenset({";", "but", "however", "although", "whereas"})


_NOT_ASKED = frozenset(
    "be do have can will would could should what which how mani when where whi who video clip pleas answer question true that ye "
    "anyon anybodi someon somebodi anyth someth everyon ani".split()
)


class Event(NamedTuple):
    """What a question asks about: the stem of who or what it is about, stems of what is asked of it, its course."""

    subject: str
    rest: frozenset[str]
    course: tuple[str, str] | None

    @property
    def words(self) -> frozenset[str]:
        """All stems."""
        return self.rest | {self.subject}


@lru_cache(maxsize=4096)
def event(question: str) -> Event | None:
    """What a yes-or-no question asks about; None where it has no word of content."""
    scan = scanned(question)
    content = [base for word, base in zip(scan.words, scan.stems, strict=True) if not is_filler(word) and base not in _NOT_ASKED]
    if not content:
        return None
    rest = frozenset(content[1:]) - {content[0]}
    return Event(content[0], rest or frozenset(content[:1]), course(scan.stems))


def statements(scan: Scan, question: str, affirmed: float = _AFFIRMED) -> list[Reading]:
    """True for each clause that asserts the share `affirmed` of the question's words, False for each that denies them."""
    asked = event(question)
    if asked is None:
        return []
    found: list[Reading] = []
    for first, last in _clauses(scan):
        reading = _stated(scan, first, last, asked, affirmed)
        if reading:
            found.append(reading)
    return found


def stated(scan: Scan, question: str, affirmed: float = _AFFIRMED) -> Settled:
    """What the clauses about a question's words say together."""
    return settle(scan, statements(scan, question, affirmed), ignore_status=True)


def concluding(scan: Scan, found: list[Reading]) -> list[Reading]:
    """Statements in a clause that opens with a conclusion, from right after it."""
    ends = cues(scan).conclusion + cues(scan).final
    return [
        reading._replace(first=at)
        for reading in found
        for at in [next((at for at in ends if reading.first <= at < reading.last), -1)]
        if at >= 0
    ]


def _clauses(scan: Scan) -> Iterator[tuple[int, int]]:
    for first, last in scan.sentences:
        start = first
        for index in range(first, last + 1):
            if index == last or scan.words[index] in _BREAKS:
                if index > start:
                    yield start, index
                start = index + 1


def _stated(scan: Scan, first: int, last: int, asked: Event, affirmed: float) -> Reading | None:
    """What one clause says about `asked`."""
    stems, words, marks = scan.stems, scan.words, statuses(scan)
    hits = {stems[index]: marks[index] for index in range(first, last) if stems[index] in asked.words}
    turned = dict(_privative(scan, first, last, asked))
    content = {stems[index] for index in range(first, last) if not is_filler(words[index]) and words[index] not in NEGATIONS}
    about = asked.subject in hits or not _PRONOUNS.isdisjoint(words[first:last]) or content <= asked.words
    said = frozenset(stems[first:last])
    if about and ASSERTED in marks[first:last] and _is_opposite(asked, said, course(stems[first:last])):
        return Reading(False, first, last, _STATEMENT)
    known = (hits.keys() | turned.keys()) & asked.rest
    if not known:
        return None
    alone = asked.rest == {asked.subject}
    share = len(known) / len(asked.rest) if alone else (len(known) + about) / (len(asked.rest) + 1)
    denied = any(hits.get(base) == DENIED for base in known) or any(mark == ASSERTED for mark in turned.values())
    guessed = any(hits.get(base) == HEDGED for base in known) or (denied and _is_guessed_denial(marks, first, last))
    if guessed or _says_both(scan, first, last, asked):
        return Reading(True, first, last, _STATEMENT, guessed=True) if share >= _DENIED_SHARE else None
    if denied:
        near = share >= _DENIED_SHARE or _opens_with_absence(scan, first)
        return Reading(False, first, last, _STATEMENT) if near else None
    if share < affirmed or (not asked.rest <= known and _says_another(scan, first, last, asked)):
        return None
    return Reading(True, first, last, _STATEMENT)


def _is_guessed_denial(marks: list[int], first: int, last: int) -> bool:
    """Whether what is denied at tokens first..last is itself guessed at: `it could be that he does not jump`."""
    at = next((index for index in range(first, last) if marks[index] == DENIED), first)
    return at > first and marks[at - 1] == HEDGED


def _says_both(scan: Scan, first: int, last: int, asked: Event) -> bool:
    """Whether one clause asserts and denies all that is asked of the subject: `he trembles and he does not tremble`."""
    stems, marks = scan.stems, statuses(scan)
    if "and" not in scan.words[first:last]:
        return False
    said = {(stems[index], marks[index]) for index in range(first, last)}
    return all((base, ASSERTED) in said and (base, DENIED) in said for base in asked.rest)


def _says_another(scan: Scan, first: int, last: int, asked: Event) -> bool:
    """Whether a clause goes on with other words of content after the asked ones: `jumps onto the chair`, asked about the table."""
    latest = max((index for index in range(first, last) if scan.stems[index] in asked.rest), default=last)
    return any(not is_filler(scan.words[index]) and scan.stems[index] not in asked.words for index in range(latest + 1, last))


def _is_opposite(asked: Event, said: frozenset[str], other: tuple[str, str] | None) -> bool:
    """Whether a clause says the question's words with one of them turned into its opposite."""
    if asked.course and other:
        return asked.course == other[::-1]
    if asked.course or other or not reverses(asked.rest, said):
        return False
    alike = {word for word in asked.rest if word in said or OPPOSITES.get(word, frozenset()) & said}
    return len(alike) / len(asked.rest) >= _AFFIRMED


def _privative(scan: Scan, first: int, last: int, asked: Event) -> Iterator[tuple[str, int]]:
    """Asked words said with a denying ending or beginning: `sleeveless`, `unfinished`."""
    marks = statuses(scan)
    for index in range(first, last):
        word = scan.words[index]
        if len(word) < 6:
            continue
        if word.endswith("less") and stem(word[:-4]) in asked.rest:
            yield stem(word[:-4]), marks[index]
        elif word.startswith(("un", "in", "non")) and scan.stems[index] not in asked.rest:
            base = stem(word[3:] if word.startswith("non") else word[2:])
            if base in asked.rest:
                yield base, marks[index]


def _opens_with_absence(scan: Scan, first: int) -> bool:
    """`there is no evidence of tennis`, `I don't see a ball`, `no meat at all`."""
    words = [word for word in scan.words[first : first + 5] if not is_filler(word) or word in ("there", "is", "are", "was", "were")]
    if any(words[: len(phrase)] == phrase for phrase in _ABSENT):
        return True
    return bool(words) and words[0] in NEGATIONS
