"""Steps in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from rapidfuzz.distance import Levenshtein

from videostar.labels._commit import stretches
from videostar.labels._items import Item, bare_extras, is_marked_list, listed, mentioned, withdrawn
from videostar.labels._label import LabelRecord, decided, drawn, texts_of_kind, undecided
from videostar.labels._lists import committed_list
from videostar.labels._mentions import name_key
from videostar.labels._merging import NOTHING, Parts, joined_lists, listed_items
from videostar.labels._order import further_steps, in_order_of_time, with_pronouns
from videostar.labels._scan import Scan
from videostar.types import Clip, Label, Verdict, Window

Step = Annotated[str, Field(min_length=1)]


class SequenceLabel(LabelRecord):
    """Passes when the answer gives the same steps in the same order; further steps fail."""

    kind: Literal["sequence"] = "sequence"
    value: tuple[Step, ...] = Field(min_length=1)

    @property
    def metric(self) -> str:
        """Mean edit similarity of the steps."""
        return "edit_similarity"

    def format_text(self) -> str:
        """That steps are asked for in order."""
        return "List the steps in the order in which they happen."

    def answer_text(self) -> str:
        """`a, then b, then c`."""
        return ", then ".join(self.value)

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the steps that `answer` gives, in their order of time, with `value`."""
        scan = Scan(answer)
        first, last, _ = stretches(scan)[-1]
        place = committed_list(scan, first, last, self._known, ordered=True)
        if place is None:
            return undecided("the answer leaves open which steps it means")
        first, last = place
        items = self._items(scan, first, last)
        if not any(item.name is not None for item in items):
            return undecided("the answer names no step")
        said = [item.text if item.name is None else _key(item.text) for item in items]
        truth = [_key(step) for step in self.value]
        passes = said == truth
        score = float(Levenshtein.normalized_similarity([str(s) for s in said], [str(s) for s in truth]))
        span = (scan.starts[min(i.first for i in items)], scan.ends[max(i.last for i in items) - 1])
        shown = [item.text for item in items][:50]
        reason = (
            "the steps and their order are right"
            if passes
            else f"the answer gives {len(said)} steps, the label {len(truth)}, or another order"
        )
        return decided(passes, score, shown, reason, span)

    @property
    def _known(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.value))

    def _items(self, scan: Scan, first: int, last: int) -> list[Item]:
        found = mentioned(scan, first, last, self._known)
        spoken = with_pronouns(scan, first, last, self._known, found)
        is_list = spoken == found or is_marked_list(scan, first, last)
        items = listed(scan, first, last, self._known) if is_list else None
        if items is not None:
            return items
        gone = withdrawn(scan, first, last, self._known)
        steps = in_order_of_time(scan, [item for item in spoken if item.name not in gone])
        return [*steps, *further_steps(scan, first, last, spoken), *bare_extras(scan, first, last, found)]

    def absent_text(self) -> str:
        """That there are none."""
        return NOTHING

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """The window's own steps."""
        return ", then ".join(listed_items(text)) or NOTHING

    def merged(self, parts: Parts, question: str = "") -> str:
        """The steps of all windows after each other; what two windows saw both comes once."""
        return ", then ".join(joined_lists([(window, listed_items(text)) for window, text in parts])) or NOTHING

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Sequences of the other labels, then the own steps in another order."""
        found = drawn(texts_of_kind(others, self.kind), self, count, seed)
        steps = list(self.value)
        turned = [steps[place:] + steps[:place] for place in range(1, len(steps))] + [steps[::-1], steps[:-1]]
        made = {", then ".join(order) for order in turned if order}
        return [*found, *drawn(made - set(found), self, count - len(found), seed)]


def _key(text: str) -> str:
    return " ".join(name_key(text))
