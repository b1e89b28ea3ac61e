"""Which of several statements a caption bears out that names no letter: what tells the statements apart decides.

A statement is borne out when its distinguishing concepts are asserted together in one sentence; statements of order by the order in
which their events are told. Nothing is decided where nothing distinguishes.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from videostar.labels._concepts import SIMULTANEOUS, Concept, concept_set, concepts, courses
from videostar.labels._negation import DENIED, statuses
from videostar.labels._scan import Scan, scanned
from videostar.labels._weigh import NOTHING, Reading, Settled

_MOST = 0.66
_EVENT = 0.6
LEAST_WORDS = 6
"""A caption has at least this many words."""


class _Order(NamedTuple):
    """Two events in the order of a statement, or both at once."""

    first: frozenset[str]
    second: frozenset[str]
    together: bool = False


class _Statements(NamedTuple):
    """What tells each option from the others; what order each one states."""

    marks: tuple[frozenset[str], ...]
    orders: tuple[_Order | None, ...]
    fold: bool


def borne_out(scan: Scan, options: tuple[str, ...]) -> Settled:
    """The options that a caption bears out: `one`, `several`, or `nothing`."""
    known = _statements(options)
    if sum(order is not None for order in known.orders) >= 2:
        return _by_order(scan, concepts(scan), known.orders)
    found = concepts(scan, known.fold)
    found = sorted([*found, *courses(scan, found)], key=lambda concept: concept.at)
    sentences = _by_sentence(scan, found)
    readings: list[Reading] = []
    for number, wanted in enumerate(known.marks):
        reading = _supported(number, wanted, sentences)
        if reading:
            readings.append(reading)
    said = {number: frozenset(c.name for c in found if one.first <= c.at < one.last) for one in readings for number in [_number(one)]}
    kept = [one for one in readings if not any(_is_weaker(_number(one), _number(other), known.marks, said) for other in readings)]
    if not kept:
        return NOTHING
    return Settled("one" if len(kept) == 1 else "several", tuple(kept))


def _by_sentence(scan: Scan, found: list[Concept]) -> list[list[Concept]]:
    """The concepts of each sentence that are not denied, in the order of `found`."""
    marks, sentences = statuses(scan), scan.sentences
    starts = [first for first, _ in sentences]
    told: list[list[Concept]] = [[] for _ in sentences]
    for concept in found:
        place = bisect_right(starts, concept.at) - 1
        if place >= 0 and concept.at < sentences[place][1] and marks[concept.at] != DENIED:
            told[place].append(concept)
    return told


def _is_weaker(one: int, other: int, marks: tuple[frozenset[str], ...], said: dict[int, frozenset[str]]) -> bool:
    """Whether the option `other` is said in full where it differs from `one`, and `one` is not where it differs from `other`."""
    own, others = marks[one] - marks[other], marks[other] - marks[one]
    return bool(others) and others <= said[other] and not (own and own <= said[one])


def _number(reading: Reading) -> int:
    return int(str(reading.value))


def _supported(number: int, wanted: frozenset[str], sentences: list[list[Concept]]) -> Reading | None:
    """The option `number`, where one sentence says enough of what tells it from the others."""
    if not wanted:
        return None
    enough = 1.0 if len(wanted) < 3 else _MOST
    for sentence in sentences:
        said = {concept.name for concept in sentence}
        if len(wanted & said) / len(wanted) >= enough:
            places = [concept.at for concept in sentence if concept.name in wanted]
            return Reading(number, min(places), max(places) + 1)
    return None


@lru_cache(maxsize=4096)
def _statements(options: tuple[str, ...]) -> _Statements:
    for fold in (True, False):
        sets = [concept_set(option, fold) for option in options]
        common = frozenset.intersection(*sets)
        marks = tuple(said - common for said in sets)
        if len(set(marks)) == len(marks):
            break
    return _Statements(marks, tuple(_order(option) for option in options), fold)


_TOGETHER = frozenset("simultaneously concurrently simultaneous concurrent while".split())


def _order(option: str) -> _Order | None:
    """The events of `a and then b`, `a followed by b`, `b after a`, `a while b`; None for a statement without order."""
    words = scanned(option).words
    text = " ".join(words)
    if not _TOGETHER.isdisjoint(words) or "at the same time" in text or "no specific order" in text:
        return _Order(frozenset(), frozenset(), together=True)
    for link, turned in (("followed by", False), ("then", False), ("before", False), ("after", True)):
        one, found, other = text.partition(f" {link} ")
        if found and concept_set(one) and concept_set(other):
            events = concept_set(one), concept_set(other)
            return _Order(*(events[::-1] if turned else events))
    return None


def _by_order(scan: Scan, found: list[Concept], orders: tuple[_Order | None, ...]) -> Settled:
    readings: list[Reading] = []
    told = _by_sentence(scan, found)
    at_once = False
    for number, order in enumerate(orders):
        if order is None or order.together:
            continue
        first, second = _event(told, order.first, order.second), _event(told, order.second, order.first)
        if first is None or second is None or first == second:
            continue
        if _told_together(scan, first, second) or _at_once(scan, found, first, second):
            at_once = True
        elif (first < second) != _is_turned(scan, first, second):
            readings.append(Reading(number, min(first, second), max(first, second) + 1))
    together = [number for number, order in enumerate(orders) if order is not None and order.together]
    if together and (at_once or any(concept.name == SIMULTANEOUS for concept in found)):
        readings = [*([] if at_once else readings), Reading(together[0], 0, len(scan.words))]
    if not readings:
        return NOTHING
    return Settled("one" if len(readings) == 1 else "several", tuple(readings))


def _event(told: list[list[Concept]], event: frozenset[str], other: frozenset[str]) -> int | None:
    """The token where an event is first told: the first sentence with enough of the words that tell it from the other event."""
    wanted = event - other or event
    for sentence in told:
        places = {concept.name: concept.at for concept in reversed(sentence) if concept.name in wanted}
        if len(places) / len(wanted) >= _EVENT:
            return min(places.values())
    return None


def _told_together(scan: Scan, one: int, other: int) -> bool:
    """Whether one sentence tells two events as happening at once."""
    between = scan.words[min(one, other) : max(one, other)]
    if not {".", "!", "?", "\n"}.isdisjoint(between):
        return False
    return not _TOGETHER.isdisjoint(between)


def _at_once(scan: Scan, found: list[Concept], one: int, other: int) -> bool:
    """Whether the one sentence that tells two events says "simultaneously"."""
    for first, last in scan.sentences:
        if first <= min(one, other) and max(one, other) < last:
            return any(concept.name == SIMULTANEOUS and first <= concept.at < last for concept in found)
    return False


def _is_turned(scan: Scan, one: int, other: int) -> bool:
    """Whether what is told later in a sentence happens before: `b after a`."""
    between = scan.words[min(one, other) : max(one, other)]
    if "after" not in between or not {".", "!", "?", "\n"}.isdisjoint(between):
        return False
    at = min(one, other) + between.index("after")
    return scan.words[at + 1] not in ("that", "this", "which") and scan.words[at - 1] != ","
