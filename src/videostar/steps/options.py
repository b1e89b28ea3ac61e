"""The multiple choice form: the truth among wrong options of the same kind from the same data set, in an order drawn by seed."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from videostar.labels.choice import ChoiceLabel
from videostar.seeds import rng_for, seed_for
from videostar.types import Label, Sample

WRONG_OPTIONS = 3
CONSIDERED = 6
"""So many wrong answers are looked at before there are found to be too few."""
POOL = 64
LONGEST_OPTION = 300

Key = tuple[str, str, str, str]


class WrongOptions:
    """Labels to take wrong options from: for each data set, task, kind and unit up to POOL different ones, drawn by seed.

    Memory does not grow with the number of samples.
    """

    def __init__(self, samples: Iterable[Sample], seed: int) -> None:
        ranked: dict[Key, list[tuple[int, str, Label]]] = defaultdict(list)
        held: dict[Key, set[str]] = defaultdict(set)
        for sample in samples:
            key, text = _key(sample), sample.label.answer_text()
            rank = -seed_for(seed, "wrong options", text)
            if text in held[key] or (len(held[key]) == POOL and (rank, text) <= ranked[key][0][:2]):
                continue
            held[key].add(text)
            if len(held[key]) <= POOL:
                heapq.heappush(ranked[key], (rank, text, sample.label))
            else:
                held[key].discard(heapq.heapreplace(ranked[key], (rank, text, sample.label))[1])
        self._labels = {key: [label for _, _, label in sorted(rows, key=lambda row: row[:2])] for key, rows in ranked.items()}

    def like(self, sample: Sample) -> Sequence[Label]:
        """Labels of the sample's data set, task, kind and unit."""
        return self._labels.get(_key(sample), [])


def multiple_choice(sample: Sample, wrong: WrongOptions, seed: int) -> ChoiceLabel | None:
    """The sample's label as one of several options; None where no wrong option is known.

    No option equals the truth or says the same: the label fails every wrong one, and no label that a wrong one comes from
    passes the truth. The order depends on the seed and the sample alone.
    """
    label = sample.label
    if isinstance(label, ChoiceLabel):
        truth = label.options[label.answer]
        others = [text.partition(" ")[2] for text in label.distractors((), len(label.options), seed)]
    else:
        truth = label.answer_text()
        others = list(islice(_wrong_texts(label, wrong.like(sample), sample, seed), WRONG_OPTIONS))
    by_key = {_one_line(text).casefold(): _one_line(text) for text in (*others, truth)}
    truth, options = _one_line(truth), list(by_key.values())
    if len(options) < 2 or any(len(text) > LONGEST_OPTION for text in options):
        return None
    rng_for(seed, "options", sample.id).shuffle(options)
    choice = ChoiceLabel(options=tuple(options), answer=options.index(truth))
    return choice if choice.judge(choice.answer_text()).outcome == "pass" else None


def _wrong_texts(label: Label, others: Sequence[Label], sample: Sample, seed: int) -> Iterator[str]:
    """Answers that are wrong by the label's own judgement, and for which the label's answer would be wrong too."""
    truth = label.answer_text()
    by_text = {other.answer_text(): other for other in others}
    for text in label.distractors(others, CONSIDERED, seed_for(seed, "distractors", sample.id)):
        rival = by_text.get(text)
        if label.judge(text).outcome == "fail" and (rival is None or rival.judge(truth).outcome != "pass"):
            yield text


def _key(sample: Sample) -> Key:
    return sample.source, sample.task, sample.label.kind, str(getattr(sample.label, "unit", ""))


def _one_line(text: str) -> str:
    """An option must not look like two."""
    return " ".join(text.split())
