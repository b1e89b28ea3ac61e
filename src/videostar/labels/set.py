"""Several things, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from videostar.labels._commit import stretches
from videostar.labels._context import none_of
from videostar.labels._items import further, listed, mentioned, withdrawn
from videostar.labels._label import LabelRecord, decided, drawn, listed_words, texts_of_kind, undecided
from videostar.labels._lists import committed_list
from videostar.labels._mentions import name_key
from videostar.labels._merging import NOTHING, Parts, listed_items, union
from videostar.labels._scan import Scan
from videostar.types import Clip, Label, Verdict, Window

Member = Annotated[str, Field(min_length=1)]


class SetLabel(LabelRecord):
    """Passes when the answer names the same things, in any order; further things fail."""

    kind: Literal["set"] = "set"
    value: tuple[Member, ...] = Field(min_length=1)

    @property
    def metric(self) -> str:
        """Mean F1 of the members."""
        return "f1"

    def format_text(self) -> str:
        """That all members are asked for."""
        return "List all of them, separated by commas."

    def answer_text(self) -> str:
        """`a, b and c`."""
        return listed_words(self.value)

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the things that `answer` names with `value`."""
        scan = Scan(answer)
        first, last, _ = stretches(scan)[-1]
        place = committed_list(scan, first, last, self.value, ordered=False)
        if place is None:
            return undecided("the answer leaves open which things it means")
        first, last = place
        items = listed(scan, first, last, self.value, with_things=True)
        if items is None:
            gone = withdrawn(scan, first, last, self.value)
            items = [item for item in mentioned(scan, first, last, self.value) if item.name not in gone]
            items = sorted([*items, *further(scan, items)], key=lambda item: item.first)
        said = {name_key(item.text) for item in items}
        truth = {name_key(member) for member in self.value}
        if none_of(scan, question):
            return decided(False, 0.0, [], "the answer says that there are none")
        if not said & truth:
            return undecided("the answer names none of the things")
        score = 2 * len(said & truth) / (len(said) + len(truth))
        span = (scan.starts[min(i.first for i in items)], scan.ends[max(i.last for i in items) - 1])
        shown = list(dict.fromkeys(item.text for item in items))[:50]
        reason = f"{len(said & truth)} of {len(truth)} things are named, {len(said - truth)} others"
        return decided(said == truth, score, shown, reason, span)

    def absent_text(self) -> str:
        """That there are none."""
        return NOTHING

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """The window's own members."""
        return ", ".join(listed_items(text)) or NOTHING

    def merged(self, parts: Parts, question: str = "") -> str:
        """The members of all windows."""
        return ", ".join(union([(window, listed_items(text)) for window, text in parts])) or NOTHING

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Sets of the other labels, then this one with a member left out."""
        found = drawn(texts_of_kind(others, self.kind), self, count, seed)
        made = {listed_words(self.value[:place] + self.value[place + 1 :]) for place in range(len(self.value))} - {""}
        return [*found, *drawn(made - set(found), self, count - len(found), seed)]
