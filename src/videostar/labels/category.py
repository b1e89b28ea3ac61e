"""A class: an action, an object, a place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Literal

from pydantic import Field

from videostar.labels._commit import abstains, says_nothing, stretches
from videostar.labels._items import is_bare_list
from videostar.labels._label import LabelRecord, decided, drawn, listed_words, texts_of_kind, undecided
from videostar.labels._mentions import Mention, Names, is_alternative, name_key, names
from videostar.labels._scan import SENTENCE_ENDS, Scan
from videostar.labels._weigh import Reading, Settled, agreed, settle
from videostar.types import Clip, Label, Verdict

LISTED_CLASSES = 30
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
        return names(_without_remarks(texts)), tuple(place <= len(self.aliases) for place in range(len(texts))), texts

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the class that `answer` commits to with `value` and `aliases`."""
        scan = Scan(answer)
        if says_nothing(scan):
            return undecided("the answer is empty")
        settled = self._settled(scan)
        span = settled.span(scan)
        said = self._said(settled)
        if settled.state == "one" and not self.classes and is_bare_list(scan, 0, len(scan.words)) and len(name_key(said[0])) < 3:
            return decided(False, 0.0, answer.strip()[:200], "the answer is a list that commits to nothing", span)
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
        return decided(False, 0.0, scan.text.strip()[:200], f'the answer does not say "{self.value}"')

    def _settled(self, scan: Scan) -> Settled:
        index, _, _ = self._known
        found: list[Settled] = []
        for first, last, marked in stretches(scan):
            mentions = index.find(scan, first, last)
            kept = [mention for mention in mentions if not _is_second_best(scan, mention, mentions)]
            readings = [self._reading(scan, mention, kept) for mention in kept]
            found.append(settle(scan, readings, ignore_status=False))
            if not marked:
                break
        return agreed(found)

    def _reading(self, scan: Scan, mention: Mention, others: Sequence[Mention]) -> Reading:
        right = self._known[1][mention.name]
        guessed = not self.classes and is_alternative(scan, mention, others)
        rivals = [other.length for other in others if not _sentence_between(scan, mention, other)]
        weight = mention.quality + 0.3 * min(rivals)
        return Reading(0 if right else mention.name, mention.first, mention.last, weight, guessed)

    def _said(self, settled: Settled) -> list[str]:
        texts = self._known[2]
        return list(dict.fromkeys(texts[int(str(reading.value))] for reading in settled.readings))

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Other classes: of the closed set, then of the other labels."""
        return drawn([*self.classes, *texts_of_kind(others, self.kind)], self, count, seed)


def _is_second_best(scan: Scan, mention: Mention, others: Sequence[Mention]) -> bool:
    """`X over Y`, `X more than Y`: Y is not what is chosen."""
    before = mention.first - 1
    return before >= 0 and scan.words[before] in ("over", "than") and any(0 <= before - other.last <= 2 for other in others)


def _sentence_between(scan: Scan, one: Mention, other: Mention) -> bool:
    """Whether two mentions stand in different sentences: then the more specific name says more."""
    words = scan.words[min(one.last, other.last) : max(one.first, other.first)]
    return not SENTENCE_ENDS.isdisjoint(words)


@lru_cache(maxsize=4096)
def _without_remarks(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Class names without what stands in brackets, "throwing ball (not baseball)", unless two would become the same."""
    bare = [_REMARK.sub("", text).strip() or text for text in texts]
    keys = [name_key(name) for name in bare]
    return tuple(name if keys.count(key) == 1 else text for name, key, text in zip(bare, keys, texts, strict=True))
