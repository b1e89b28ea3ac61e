"""An embedder's opinion on paraphrases: the class of a closed set that lies nearest to an answer which names none of them.

What is kept is the nearest class and the second with their similarities, so that other thresholds need no embedder.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from videostar.config import EmbedderConfig
from videostar.labels.category import CategoryLabel
from videostar.ports import Embedder
from videostar.steps.verify import Judged
from videostar.types import Sample, Verdict

TEXTS_PER_CALL = 32
DIGITS = 4  # of similarities on disk
MOST_NAMES = 20_000  # vectors of so many class names are held


class NearestClass:
    """An `opinions.Adviser`. embedder: None where only what it has said already is wanted."""

    title = "embedder"
    field = "nearest"
    questions_per_call = questions_at_once = TEXTS_PER_CALL

    def __init__(self, settings: EmbedderConfig, embedder: Embedder | None = None) -> None:
        self._settings = settings
        self._embedder = embedder
        self._names: dict[str, NDArray[np.float32]] = {}
        self.name = str(settings.folder) if settings.folder else settings.model or ""

    def question(self, sample: Sample, item: Judged) -> str:
        """The answer's own words, the right names and the others, as JSON; "" where the rules have decided or words do not assert."""
        label = sample.label
        if item.verdict.outcome != "undecided" or not isinstance(label, CategoryLabel):
            return ""
        words = label.open_words(item.answer.text, sample.question)
        if not (words and label.other_classes):
            return ""
        return json.dumps([words, [label.value, *label.aliases], label.other_classes])

    def estimate(self, total: int) -> str:
        """One call for many answers, and some for the class names."""
        calls = math.ceil(total / TEXTS_PER_CALL)
        where = f" at {self._settings.url}" if self._settings.url else ""
        return f"{self.name}{where}; calls: {calls} for the answers, and one for every {TEXTS_PER_CALL} class names"

    def replies(self, questions: Sequence[str]) -> list[dict[str, Any] | None]:
        """For each question the nearest class, whether it is the right one, and the second; None for all where vectors are missing."""
        asked = [json.loads(question) for question in questions]
        if not self._learn({_plain(name) for _, right, others in asked for name in (*right, *others)}):
            return [None] * len(questions)
        vectors = self._vectors([_plain(words) for words, _, _ in asked])
        if vectors is None:
            return [None] * len(questions)
        return [self._nearest(vector, right, others) for vector, (_, right, others) in zip(vectors, asked, strict=True)]

    def verdict(self, item: Judged, reply: Mapping[str, Any]) -> Verdict:
        """A pass or a failure where the nearest class is near and clearly nearer than the second; else undecided as before."""
        similarity, second = reply["similarity"], reply["second_similarity"]
        found = f'nearest is "{reply["class"]}" ({similarity:.2f}), then "{reply["second"]}" ({second:.2f})'
        reason = f"{item.verdict.reason}; by the embedder {self.name} {found}"
        if similarity < self._settings.minimum_similarity:
            return Verdict("undecided", 0.0, None, f"{reason}: too far from any")
        if similarity - second < self._settings.minimum_margin:
            return Verdict("undecided", 0.0, None, f"{reason}: too close to tell")
        right = reply["right"]
        return Verdict("pass" if right else "fail", 1.0 if right else 0.0, reply["class"], reason)

    def _learn(self, names: set[str]) -> bool:
        """Have the vectors of all names. False where they cannot be had."""
        if len(self._names) + len(names) > MOST_NAMES:
            self._names.clear()
        new = sorted(names - self._names.keys())
        for first in range(0, len(new), TEXTS_PER_CALL):
            some = new[first : first + TEXTS_PER_CALL]
            vectors = self._vectors(some)
            if vectors is None:
                return False
            self._names.update(zip(some, vectors, strict=True))
        return True

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        return None if self._embedder is None else self._embedder.embed(texts)

    def _nearest(self, vector: NDArray[np.float32], right: Sequence[str], others: Sequence[str]) -> dict[str, Any] | None:
        """None where the vectors of names and answer differ in size: the server's model has changed."""
        if any(self._names[_plain(name)].shape != vector.shape for name in (*right, *others)):
            return None
        nearness = {name: float(self._names[_plain(name)] @ vector) for name in others}
        nearness[right[0]] = max(float(self._names[_plain(name)] @ vector) for name in right)
        (first, similarity), (second, other) = sorted(nearness.items(), key=lambda one: (-one[1], one[0]))[:2]
        return {
            "class": first,
            "right": first == right[0],
            "similarity": round(similarity, DIGITS),
            "second": second,
            "second_similarity": round(other, DIGITS),
        }


def _plain(text: str) -> str:
    """A class name or answer as an encoder can read it."""
    return text.replace("_", " ").encode("utf-8", "replace").decode("utf-8")
