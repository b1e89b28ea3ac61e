"""A class: an action, an object, a place."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Literal

from pydantic import Field

from videostar.labels._commit import abstains, committed, cues, says_nothing, stretches
from videostar.labels._context import is_second_best, named_before
from videostar.labels._items import is_bare_list
from videostar.labels._label import LabelRecord, decided, drawn, listed_words, texts_of_kind, undecided
from videostar.labels._mentions import Mention, Names, is_alternative, name_key, names
from videostar.labels._merging import concluded
from videostar.labels._negation import ASSERTED, statuses
from videostar.labels._rivals import is_echo, rival
from videostar.labels._scan import SENTENCE_ENDS, Scan
from videostar.labels._weigh import Reading, Settled, agreed, concluded_elsewhere, settle
from videostar.types import Clip, Label, Verdict, Window

LISTED_CLASSES = 30
LONGEST_OPEN = 400
SCATTERED = 0.85  # quality under which the words of a name stand apart
_REMARK = re.compile(r"\([^()]*\)")


class CategoryLabel(LabelRecord):
    """Passes when the class that the answer commits to is `value` or one of `aliases`.

    classes: the closed set, where it is known; then the class that the answer supports best is its answer.
    """

    kind: Literal["category"] = "category"
    value: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def metric(self) -> str:
        """Share of right classes."""
        return "accuracy"

    def format_text(self) -> str:
        """The classes, where they are few; "" otherwise."""
        if not 0 < len(self.classes) <= LISTED_CLASSES:
            return ""
        shown = self.classes if self.value in self.classes else (*self.classes, self.value)
        return f"Choose one of: {', '.join(sorted(shown))}."

    def answer_text(self) -> str:
        """The class name."""
        return self.value

    @cached_property
    def _known(self) -> tuple[Names, tuple[bool, ...], tuple[str, ...]]:
        """The index of all names, which of them are right, and the names."""
        right = {name_key(name) for name in (self.value, *self.aliases)}
        others = tuple(name for name in self.classes if name_key(name) not in right)
        texts = (self.value, *self.aliases, *others)
        return names(_without_remarks(texts), bool(self.classes)), tuple(place <= len(self.aliases) for place in range(len(texts))), texts

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the class that `answer` commits to with `value` and `aliases`."""
        scan = Scan(answer)
        if says_nothing(scan):
            return undecided("the answer is empty")
        settled = self._settled(scan, question)
        span = settled.span(scan)
        said = self._said(settled)
        other = concluded_elsewhere(scan, settled, closed=bool(self.classes)) if settled.state == "one" else ""
        if other:
            return decided(False, 0.0, other, f'the answer says "{other}"', span)
        several = "" if self.classes or settled.state != "one" else _several(scan, settled.readings[-1], said[0])
        if several:
            return decided(False, 0.0, answer.strip()[:200], several, span)
        if settled.state == "one":
            right = settled.readings[-1].value == 0
            return decided(right, float(right), said[0], f'the answer says "{said[0]}"', span)
        if settled.state == "several":
            return decided(False, 0.0, said, f"the answer commits to several classes: {listed_words(said)}", span)
        return self._unsettled(settled, scan, said)

    def _unsettled(self, settled: Settled, scan: Scan, said: list[str]) -> Verdict:
        """The verdict on an answer that asserts none of the known names."""
        if settled.state == "guessed":
            return undecided(f"the answer only guesses at {listed_words(said)}")
        if settled.state == "denied":
            return decided(False, 0.0, None, f"the answer denies {listed_words(said)}", settled.span(scan))
        if abstains(scan) or self.classes:
            return undecided("the answer names no class" if self.classes else "the answer does not commit")
        return decided(False, 0.0, _main_words(scan), f'the answer does not say "{self.value}"')

    @property
    def other_classes(self) -> tuple[str, ...]:
        """The closed set without `value` and what means the same."""
        texts = self._known[2]
        return texts[1 + len(self.aliases) :]

    def open_words(self, answer: str, question: str = "") -> str:
        """What an answer asserts in words of its own, where it says no name of the closed set; for one who knows paraphrases.

        "" where there is no closed set, where the answer names or denies a class, is empty, abstains, guesses, denies anything,
        leaves things open with "or", or is longer than `LONGEST_OPEN` characters.
        """
        scan = Scan(answer)
        if not self.classes or says_nothing(scan) or abstains(scan) or self._settled(scan, question).state != "nothing":
            return ""
        first, last = committed(scan)
        first = max([first, *(at for at in cues(scan).correction if at < last)])
        words = scan.words[first:last]
        if "or" in words or not any(word.isalpha() for word in words) or any(mark != ASSERTED for mark in statuses(scan)[first:last]):
            return ""
        text = scan.text[scan.starts[first] : scan.ends[last - 1]].strip(" *\"':")
        return text if len(text) <= LONGEST_OPEN else ""

    def _settled(self, scan: Scan, question: str) -> Settled:
        index, _, _ = self._known
        found: list[Settled] = []
        for first, last, marked in stretches(scan):
            mentions = index.find(scan, first, last)
            ends = sorted(mention.last for mention in mentions)
            kept = [
                mention
                for mention in mentions
                if not is_second_best(scan, mention.first, ends) and not (mention.quality < SCATTERED and is_echo(scan, mention, question))
            ]
            readings = self._readings(scan, kept, question)
            if self.classes and not readings:
                readings = [Reading(self._value(name), one, two) for name, one, two in _parts_of_names(scan, first, last, index)]
            found.append(settle(scan, readings, ignore_status=False))
            if not marked:
                break
        return agreed(found)

    def _value(self, name: int) -> int:
        return 0 if self._known[1][name] else name

    def _readings(self, scan: Scan, found: Sequence[Mention], question: str) -> list[Reading]:
        firsts, lasts = {mention.first for mention in found}, {mention.last for mention in found}
        shortest = _shortest_beside(scan, found)
        return [
            Reading(
                self._value(mention.name),
                mention.first,
                mention.last,
                mention.quality + 0.3 * beside + named_before(scan, mention.first, question) - _ended(scan, mention),
                not self.classes and is_alternative(scan, mention, firsts, lasts),
            )
            for mention, beside in zip(found, shortest, strict=True)
        ]

    def _said(self, settled: Settled) -> list[str]:
        texts = self._known[2]
        return list(dict.fromkeys(texts[int(str(reading.value))] for reading in settled.readings))

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """The class of a closed set that the window is found to be; of an open one, where its text ends up."""
        said = self.judge(text, question).extracted if self.classes else concluded(text)
        return said if isinstance(said, str) else ""

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Other classes: of the closed set, then of the other labels."""
        return drawn([*self.classes, *texts_of_kind(others, self.kind)], self, count, seed)


def _several(scan: Scan, reading: Reading, said: str) -> str:
    """Why an answer that names a class of an open set still does not commit to it; "" where it does."""
    if is_bare_list(scan, 0, len(scan.words)) and len(name_key(said)) < 3:
        return "the answer is a list that commits to nothing"
    beside = rival(scan, reading)
    return f'the answer says "{said}" and "{beside}"' if beside else ""


def _main_words(scan: Scan) -> str:
    """What an answer commits to in words of its own: what follows its last cue, else its last sentence."""
    first, last = committed(scan)
    inside = [(max(one, first), two) for one, two in scan.sentences if one < last and two > first]
    if not inside:
        return scan.text.strip()[:200]
    one, two = inside[0] if first else inside[-1]
    return scan.text[scan.starts[one] : scan.ends[two - 1]].strip(" *\"':")[:200]


def _ended(scan: Scan, mention: Mention) -> float:
    """Weight taken from what is said to be over: `the dissection is already finished`."""
    after = scan.words[mention.last : mention.last + 8]
    for place, word in enumerate(after):
        if word in ".!?;,\n":
            return 0.0
        if (
            word in ("finished", "over", "completed", "done", "complete")
            and {"is", "was", "has"} & set(after[:place])
            and "not" not in after
        ):
            return 2.0
    return 0.0


def _parts_of_names(scan: Scan, first: int, last: int, index: Names) -> list[tuple[int, int, int]]:
    """Names said by words that no other name has: the putt of "golf putting" among kinds of golf. Name and tokens."""
    marks = statuses(scan)
    found: list[tuple[int, int, int]] = []
    for place in range(first, last):
        name = index.only_name(scan.stems[place])
        if name is not None and marks[place] == ASSERTED:
            found.append((name, place, place + 1))
    return found


def _shortest_beside(scan: Scan, found: Sequence[Mention]) -> list[int]:
    """For each mention the words of the shortest name in its sentence: in different sentences the more specific name says more."""
    if len(found) < 2:
        return [mention.length for mention in found]
    ends = [index for index, word in enumerate(scan.words) if word in SENTENCE_ENDS]
    places = [bisect_left(ends, mention.first) for mention in found]
    shortest: dict[int, int] = {}
    for mention, place in zip(found, places, strict=True):
        shortest[place] = min(mention.length, shortest.get(place, mention.length))
    return [shortest[place] for place in places]


@lru_cache(maxsize=4096)
def _without_remarks(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Class names without what stands in brackets, "throwing ball (not baseball)", unless two would become the same."""
    bare = [_REMARK.sub("", text).strip() or text for text in texts]
    keys = [name_key(name) for name in bare]
    return tuple(name if keys.count(key) == 1 else text for name, key, text in zip(bare, keys, texts, strict=True))
