"""What an answer is worth that looks at no video: always the commonest one, or one drawn at random. Both beside every measure.

The commonest answer is read off the train labels of the same task, where there are any, else off the questions that are asked; it is the
median of numbers and times, and of intervals and boxes the one that overlaps most with the others. A random answer is any option, class or
yes and no alike where the possible answers are known, else some other question's answer.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from videostar.labels.boolean import BooleanLabel
from videostar.labels.box import BoxLabel, box_iou
from videostar.labels.category import CategoryLabel
from videostar.labels.choice import ChoiceLabel, letter
from videostar.labels.interval import IntervalLabel, temporal_iou
from videostar.labels.number import NumberLabel
from videostar.labels.timestamp import TimestampLabel
from videostar.metrics import estimate
from videostar.seeds import rng_for, seed_for
from videostar.steps.measures import Measures, Told, measured
from videostar.types import Estimate, Label, Sample

MOST_LABELS = 2000
"""Labels of a task that its common answer is read off, and questions that the baselines answer; drawn by seed where there are more."""
MOST_CENTRES = 64
DRAWS = 4

Task = tuple[str, str]
"""A task and the kind of its labels: measures of different ones are never mixed."""


def task_of(sample: Sample) -> Task:
    """What a question's measures go under."""
    return sample.task, sample.label.kind


@dataclass
class Reservoir:
    """At most MOST_LABELS samples of each task, whatever is streamed through; the same ones in any order."""

    held: dict[Task, list[tuple[int, str, Sample]]] = field(default_factory=lambda: defaultdict(list))

    def __call__(self, samples: Iterable[Sample]) -> Mapping[Task, list[Sample]]:
        """The samples drawn so far and now, in the order of their ids."""
        for sample in samples:
            rows, ranked = self.held[task_of(sample)], (-seed_for("baseline", sample.id), sample.id, sample)
            if len(rows) < MOST_LABELS:
                heapq.heappush(rows, ranked)
            elif ranked[:2] > rows[0][:2]:
                heapq.heapreplace(rows, ranked)
        return {task: [sample for _, _, sample in sorted(rows, key=lambda row: row[1])] for task, rows in self.held.items()}


def baselines(asked: Iterable[Sample], known: Iterable[Sample]) -> dict[Task, dict[str, Measures]]:
    """`majority` and `random` of each task of the asked questions; known: train samples. The mean over DRAWS draws stands for `random`."""
    references = Reservoir()(known)
    found: dict[Task, dict[str, Measures]] = {}
    for task, samples in Reservoir()(asked).items():
        labels = [sample.label for sample in references.get(task, samples)]
        found[task] = {
            "majority": _measured(samples, _always(common_answer(labels))),
            "random": _averaged([_measured(samples, _guess(labels, draw)) for draw in range(DRAWS)], samples),
        }
    return found


def common_answer(labels: Sequence[Label]) -> str:
    """The one answer that does best on such labels, all of one kind."""
    first = labels[0]
    if isinstance(first, ChoiceLabel):
        places = Counter(label.answer for label in labels if isinstance(label, ChoiceLabel))
        return f"({letter(min(places, key=lambda place: (-places[place], place)))})"
    if isinstance(first, NumberLabel | TimestampLabel):
        return sorted(labels, key=_number)[(len(labels) - 1) // 2].answer_text()
    if isinstance(first, IntervalLabel | BoxLabel):
        return max(labels[:MOST_CENTRES], key=lambda label: sum(_overlap(label, other) for other in labels)).answer_text()
    texts = Counter(label.answer_text() for label in labels)
    return min(texts, key=lambda text: (-texts[text], text))


def chance(label: Label) -> float | None:
    """The share of right ones among all possible answers, where they are known."""
    if isinstance(label, ChoiceLabel):
        return 1 / len(label.options)
    if isinstance(label, BooleanLabel):
        return 0.5
    if isinstance(label, CategoryLabel) and label.classes:
        return 1 / len({*label.classes, label.value})
    return None


def _measured(samples: Sequence[Sample], answer: Callable[[Sample], str]) -> Measures:
    return measured([Told(sample.label, sample.label.judge(answer(sample), sample.question), sample.group) for sample in samples])


def _always(answer: str) -> Callable[[Sample], str]:
    return lambda _: answer


def _guess(labels: Sequence[Label], draw: int) -> Callable[[Sample], str]:
    def guess(sample: Sample) -> str:
        rng = rng_for("baseline", draw, sample.id)
        label = sample.label
        if isinstance(label, ChoiceLabel):
            return f"({letter(rng.randrange(len(label.options)))})"
        if isinstance(label, BooleanLabel):
            return rng.choice(("yes", "no"))
        if isinstance(label, CategoryLabel) and label.classes:
            return rng.choice(sorted({*label.classes, label.value}))
        return rng.choice(labels).answer_text()

    return guess


def _averaged(draws: Sequence[Measures], samples: Sequence[Sample]) -> Measures:
    """Means over draws, name by name; the accuracy is exact where all possible answers are known."""
    found = {}
    for name, first in draws[0].items():
        rows = [draw[name] for draw in draws]
        mean, low, high = (sum(getattr(row, part) for row in rows) / len(rows) for part in ("mean", "low", "high"))
        found[name] = Estimate(mean, low, high, first.count)
    exact = [chance(sample.label) for sample in samples]
    if "accuracy" in found and None not in exact:
        found["accuracy"] = estimate([share for share in exact if share is not None], [sample.group for sample in samples])
    return found


def _number(label: Label) -> float:
    return label.value_seconds if isinstance(label, TimestampLabel) else label.value if isinstance(label, NumberLabel) else 0.0


def _overlap(one: Label, other: Label) -> float:
    if isinstance(one, IntervalLabel) and isinstance(other, IntervalLabel):
        return temporal_iou(one.truth, other.truth)
    return box_iou(one.corners, other.corners) if isinstance(one, BoxLabel) and isinstance(other, BoxLabel) else 0.0
