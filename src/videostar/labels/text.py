"""A free text: a short answer, a caption."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from pydantic import Field

from videostar.labels._commit import abstains, committed, question_words, says_nothing
from videostar.labels._items import is_bare_list
from videostar.labels._label import LabelRecord, decided, drawn, texts_of_kind, undecided
from videostar.labels._merging import Parts, union
from videostar.labels._negation import ASSERTED, DENIED, HEDGED, NEGATIONS, statuses
from videostar.labels._normalize import is_filler
from videostar.labels._opposites import OPPOSITES, course, reverses
from videostar.labels._scan import Phrasebook, Scan
from videostar.types import Clip, Label, Verdict, Window

_SAME_WORDS = 0.75
_DENYING = NEGATIONS | frozenset("prevent prevents prevented preventing avoid avoids avoided avoiding".split())
_PASSIVE = frozenset({"by", "of", "with"})


class TextLabel(LabelRecord):
    """Passes when the answer says the same as `value` or one of `references`."""

    kind: Literal["text"] = "text"
    value: str = Field(min_length=1)
    references: tuple[str, ...] = ()

    @property
    def metric(self) -> str:
        """Share of right answers."""
        return "accuracy"

    def format_text(self) -> str:
        """Nothing: the answer is free."""
        return ""

    def answer_text(self) -> str:
        """The text."""
        return self.value

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the words of content that `answer` asserts with those of each reference."""
        scan = Scan(answer)
        if says_nothing(scan):
            return undecided("the answer is empty")
        first, last = committed(scan)
        given = question_words(question)
        said = _Said.of(scan, first, last)
        shares = [_best_likeness(_wanted(text), said, scan, (first, last), given) for text in (self.value, *self.references)]
        best = max(shared for shared, _ in shares)
        guessed = max(shared for _, shared in shares)
        span = (scan.starts[first], scan.ends[last - 1])
        if best >= _SAME_WORDS:
            return decided(True, best, answer.strip()[:200], "the answer says the same", span)
        if guessed >= _SAME_WORDS or abstains(scan):
            return undecided("the answer does not commit")
        return decided(False, best, answer.strip()[:200], f"the answer says {best:.0%} of what the label says", span)

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """All that the window's text says."""
        return text.strip()

    def merged(self, parts: Parts, question: str = "") -> str:
        """What the windows say, in their order; the same words once."""
        return "\n".join(union([(window, [text.strip()] if text.strip() else []) for window, text in parts]))

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Texts of the other labels."""
        return drawn(texts_of_kind(others, self.kind), self, count, seed)


class _Said(NamedTuple):
    """Words of content that a text says, by their standing, and the order of the words."""

    stems: tuple[str, ...]
    marks: tuple[int, ...]
    words: frozenset[str]
    course: tuple[str, str] | None
    is_list: bool
    open_ends: frozenset[str]
    landmarks: frozenset[str]

    @staticmethod
    def of(scan: Scan, first: int, last: int) -> _Said:
        marks = statuses(scan)
        content = [i for i in range(first, last) if not is_filler(scan.words[i]) and scan.words[i] not in _DENYING]
        if not content:
            content = [i for i in range(first, last) if scan.words[i][0].isalnum()]
        return _Said(
            tuple(scan.stems[i] for i in content),
            tuple(marks[i] for i in content),
            frozenset(scan.stems[first:last]),
            course(scan.stems[first:last]),
            is_bare_list(scan, first, last),
            frozenset(_beside_or(scan, first, last)),
            frozenset(_landmarks(scan, first, last)),
        )


_LANDMARK = Phrasebook({"beside": "in front of | next to | beside | behind | close to | near | opposite | away from | across from"})


def _landmarks(scan: Scan, first: int, last: int) -> set[str]:
    """Stems of what only tells where something is: the couch of `in front of the couch`."""
    found: set[str] = set()
    for phrase in _LANDMARK.find(scan.words[first:last]):
        at = first + phrase.last
        while at < last and at < first + phrase.last + 5 and scan.words[at] not in (".", ",", ";", "and", "\n", "!", "?"):
            found.add(scan.stems[at])
            at += 1
    return found


def _beside_or(scan: Scan, first: int, last: int) -> set[str]:
    """Stems right beside an "or"."""
    found: set[str] = set()
    for index in range(first + 1, last - 1):
        if scan.words[index] == "or":
            found |= {scan.stems[index - 1], *scan.stems[index + 1 : index + 3]}
    return found


@lru_cache(maxsize=65_536)
def _wanted(text: str) -> _Said:
    scan = Scan(text)
    return _Said.of(scan, 0, len(scan.words))


_SHORT = 4


def _best_likeness(wanted: _Said, said: _Said, scan: Scan, place: tuple[int, int], given: frozenset[str]) -> tuple[float, float]:
    """The likeness of the whole answer; of the clause that the question asks about, where the answer also says the opposite; none
    where only a sentence about something else says it."""
    opposites = {other for word in wanted.words for other in OPPOSITES.get(word, ())} - wanted.words
    if opposites & said.words and wanted.words & said.words:
        clauses = [(len(given.intersection(scan.stems[one:two])), one, two) for one, two in _clauses(scan, *place)]
        most = max((share for share, _, _ in clauses), default=0)
        if most and len(clauses) > 1:
            return max(_likeness(wanted, _Said.of(scan, one, two), given) for share, one, two in clauses if share == most)
    likeness = _likeness(wanted, said, given)
    if likeness[0] >= _SAME_WORDS and len(wanted.stems) <= _SHORT and _is_aside(wanted, scan, place, given):
        return 0.0, 0.0
    return likeness


def _clauses(scan: Scan, first: int, last: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = first
    for index in range(first, last + 1):
        if index == last or scan.words[index] in (".", "!", "?", "\n", ";", ",", "and", "but", "while"):
            if index > start:
                found.append((start, index))
            start = index + 1
    return found


_REFERRING = frozenset("he she it they this that his her their".split())


def _is_aside(wanted: _Said, scan: Scan, place: tuple[int, int], given: frozenset[str]) -> bool:
    """Whether only sentences without a word of the question say what is wanted, while another sentence speaks of the question."""
    sentences = [(one, two) for one, two in scan.sentences if place[0] <= one and two <= place[1]]
    shares = [len(given.intersection(scan.stems[one:two])) for one, two in sentences]
    needs = set(wanted.stems)
    holders = [
        number for number, (one, two) in enumerate(sentences) if len(needs.intersection(scan.stems[one:two])) / len(needs) >= _SAME_WORDS
    ]
    if not holders or any(shares[number] for number in holders) or not any(shares):
        return False
    after = [sentences[number + 1][0] for number in holders if number + 1 < len(sentences)]
    refers = any(scan.words[at] in _REFERRING for at in after) or any(scan.words[sentences[number][0]] in _REFERRING for number in holders)
    return not refers


def _likeness(wanted: _Said, said: _Said, given: frozenset[str] = frozenset()) -> tuple[float, float]:
    """Share of the wanted words that are said with the same standing; and with guesses counted in."""
    if not wanted.stems:
        return 0.0, 0.0
    if wanted.stems[0] in ("yes", "no") and len(wanted.stems) == 1:
        plain = [word for word in said.stems if word in ("yes", "no")]
        return (1.0, 1.0) if plain and plain[0] == wanted.stems[0] and len(set(plain)) == 1 else (0.0, 0.0)
    if _contradicts(wanted, said):
        return 0.0, 0.0
    firm = {stem for stem, mark in zip(said.stems, said.marks, strict=True) if mark == ASSERTED}
    denied = {stem for stem, mark in zip(said.stems, said.marks, strict=True) if mark == DENIED}
    guessed = {stem for stem, mark in zip(said.stems, said.marks, strict=True) if mark == HEDGED}
    if not wanted.landmarks:
        firm -= said.landmarks
    everything = set(zip(wanted.stems, wanted.marks, strict=True))
    needs = {(word, mark) for word, mark in everything if word not in given} or everything
    matched = {stem for stem, mark in needs if stem in (denied if mark == DENIED else firm)}
    loose = {stem for stem, mark in needs if stem in (denied if mark == DENIED else firm | guessed)}
    left_open = bool(matched & said.open_ends) and not said.open_ends <= wanted.words
    sure = 0.0 if left_open else len(matched) / len(needs)
    return sure, len(loose) / len(needs)


def _contradicts(wanted: _Said, said: _Said) -> bool:
    """The same words in another sense: an opposite, another direction, another order of who does what, a mere list."""
    if wanted.course and said.course and wanted.course != said.course:
        return True
    if reverses(wanted.words, said.words):
        return True
    if said.is_list and not wanted.is_list and len(wanted.stems) < 3:
        return True
    return _swaps_roles(wanted, said)


def _swaps_roles(wanted: _Said, said: _Said) -> bool:
    """`the dog bites the man` against `the man bites the dog`; a passive turns the order itself."""
    places = [said.stems.index(stem) for stem in dict.fromkeys(wanted.stems) if stem in said.stems]
    if len(places) < 3 or (wanted.words ^ said.words) & _PASSIVE:
        return False
    return places == sorted(places, reverse=True)
