"""What a text says around a place in it: how much of the question stands in the same clause or sentence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache

from videostar.labels._commit import question_words
from videostar.labels._negation import DENIED, statuses
from videostar.labels._normalize import is_filler
from videostar.labels._scan import SENTENCE_ENDS, Scan, scanned
from videostar.labels._statements import event

_CLAUSE_ENDS = frozenset({".", "!", "?", "\n", ";", ",", "and"})
_SENTENCE_ENDS = frozenset({".", "!", "?", "\n", ";"})
_FURTHEST = 40


def asked_around(scan: Scan, first: int, last: int, question: str) -> float:
    """Words of the question in the clause of tokens first..last: 1 each; in the rest of the sentence: 0.5 each; at most 4."""
    asked = question_words(question)
    if not asked:
        return 0.0
    clause = _alike(scan, *_around(scan, first, last, _CLAUSE_ENDS), asked)
    sentence = _alike(scan, *_around(scan, first, last, _SENTENCE_ENDS), asked)
    return min(4.0, len(clause) + 0.5 * len(sentence - clause))


def _around(scan: Scan, first: int, last: int, ends: frozenset[str]) -> tuple[int, int]:
    words, one, two = scan.words, first, last
    while one > 0 and first - one < _FURTHEST and not (words[one - 1] in ends and not _is_inner(scan, one - 1)):
        one -= 1
    while two < len(words) and two - last < _FURTHEST and not (words[two] in ends and not _is_inner(scan, two)):
        two += 1
    return one, two


def _is_inner(scan: Scan, index: int) -> bool:
    """The dot inside a name or the comma inside a list of digits."""
    return scan.words[index] in ".," and scan.glued(index) and scan.glued(index + 1)


def _alike(scan: Scan, first: int, last: int, asked: frozenset[str]) -> set[str]:
    """Asked stems said at tokens first..last; the `keeper` of "goalkeeper" counts."""
    found = asked.intersection(scan.stems[first:last])
    for word in asked - found:
        if len(word) > 7 and any(len(said) > 4 and word.endswith((said, said.removesuffix("er"))) for said in scan.stems[first:last]):
            found |= {word}
    return set(found)


def never_happens(scan: Scan, after: int, question: str) -> bool:
    """Whether a sentence after token `after` denies all that was asked: `The light is never turned on.`"""
    marks = statuses(scan)
    asked = event(question) if DENIED in marks else None
    if asked is None:
        return False
    for first, last in scan.sentences:
        words = scan.words[first:last]
        if first < after or "until" in words or "before" in words or "after" in words or "yet" in words:
            continue
        denied = {scan.stems[index] for index in range(first, last) if marks[index] == DENIED}
        if asked.rest and len(asked.rest & denied) / len(asked.rest) >= 0.75 and not any(word[0].isdigit() for word in words):
            return True
    return False


_NAMED = 8.0


def named_before(scan: Scan, first: int, question: str) -> float:
    """Weight of a place that the noun of "which phase ..." names: `The phase is clipping`, `Stroke: smash`."""
    noun = asked_noun(question)
    if not noun:
        return 0.0
    for index in range(first - 1, max(-1, first - 9), -1):
        word = scan.words[index]
        if word in SENTENCE_ENDS or word in (";", ","):
            return 0.0
        if scan.stems[index] == noun:
            return _NAMED if not {"is", "was", ":", "=", "be"}.isdisjoint(scan.words[index + 1 : first]) else 0.0
    return 0.0


@lru_cache(maxsize=4096)
def asked_noun(question: str) -> str:
    """The stem of the noun right after "which" or "what"."""
    scan = scanned(question)
    for index, word in enumerate(scan.words[:-1]):
        if word in ("which", "what") and not is_filler(scan.words[index + 1]):
            return scan.stems[index + 1]
    return ""


def is_second_best(scan: Scan, first: int, others: Sequence[int]) -> bool:
    """Whether the thing at token `first` is what another, ending at one of `others`, is preferred to: Y of `X over Y`.

    others: in ascending order.
    """
    for index in range(first - 1, max(-1, first - 5), -1):
        if scan.words[index] in ("over", "than"):
            return bisect_right(others, index) > bisect_left(others, index - 6)
        if scan.words[index][0].isalnum() and scan.words[index] not in (
            "option",
            "caption",
            "the",
            "choice",
            "answer",
            "sentence",
            "a",
            "to",
        ):
            return False
    return False


def none_of(scan: Scan, question: str) -> bool:
    """Whether a text says of all that was asked for that there is none: `None of the instruments is played.`"""
    asked = question_words(question)
    for index, word in enumerate(scan.words):
        if word == "none" and (index == 0 or scan.words[index - 1] in SENTENCE_ENDS):
            after = scan.stems[index + 1 : index + 5]
            return after[:1] == ["of"] and not asked.isdisjoint(after)
    return False
