"""What an answer is worth that looks at no video: always the commonest one, or one drawn at random. Both beside every measure.

The commonest answer is read off the train labels of the same task, where there are any, else off the questions that are asked; it is the
median of numbers and times, and of intervals and boxes the one that overlaps most with the others. A random answer is any option, class or
yes and no alike where the possible answers are known, else some other question's answer.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from videostar.labels.boolean import BooleanLabel
from videostar.labels.box import BoxLabel, box_iou
from videostar.labels.category import CategoryLabel
from videostar.labels.choice import ChoiceLabel
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


def baselines(asked: Iterable[Sample], known: Iterable[Sample]) -> dict[Task, dict[str, Measures]]:
    """`majority` and `random` of each task of the asked questions; known: train samples. The mean over DRAWS draws stands for `random`."""
    references = _by_task(known)
    return {task: baselines_of(samples, references.get(task, samples)) for task, samples in _by_task(asked).items()}


def _by_task(samples: Iterable[Sample]) -> dict[Task, list[Sample]]:
    """At most MOST_LABELS samples of each task, the same ones in whatever order they are streamed, sorted by id."""
    held: dict[Task, list[tuple[int, str, Sample]]] = defaultdict(list)
    for sample in samples:
        rows, ranked = held[task_of(sample)], (-seed_for("baseline", sample.id), sample.id, sample)
        if len(rows) < MOST_LABELS:
            heapq.heappush(rows, ranked)
        elif ranked[:2] > rows[0][:2]:
            heapq.heapreplace(rows, ranked)
    return {task: [sample for _, _, sample in sorted(rows, key=lambda row: row[1])] for task, rows in held.items()}


def baselines_of(samples: Sequence[Sample], known: Sequence[Sample]) -> dict[str, Measures]:
    """`majority` and `random` of questions of one task; exact where all possible answers are known, so that nothing need be judged."""
    labels, groups = [sample.label for sample in known], [sample.group for sample in samples]
    shares = [share for sample in samples if (share := chance(sample.label)) is not None]
    if len(shares) == len(samples):
        common = _commonest([_key(label) for label in labels])
        right = [float(_key(sample.label) == common) for sample in samples]
        return {"majority": {"accuracy": estimate(right, groups)}, "random": {"accuracy": estimate(shares, groups)}}
    constant = common_answer(labels)
    draws = [_measured(samples, _drawn(labels, samples, draw)) for draw in range(DRAWS)]
    return {"majority": _measured(samples, [constant] * len(samples)), "random": _averaged(draws)}


def common_answer(labels: Sequence[Label]) -> str:
    """The one answer that does best on labels of one kind whose possible answers are not known."""
    first = labels[0]
    if isinstance(first, NumberLabel | TimestampLabel):
        return sorted(labels, key=_number)[(len(labels) - 1) // 2].answer_text()
    if isinstance(first, IntervalLabel | BoxLabel):
        return max(labels[:MOST_CENTRES], key=lambda label: sum(_overlap(label, other) for other in labels)).answer_text()
    return _commonest([label.answer_text() for label in labels])


def chance(label: Label) -> float | None:
    """The share of right ones among all possible answers, where they are known."""
    if isinstance(label, ChoiceLabel):
        return 1 / len(label.options)
    if isinstance(label, BooleanLabel):
        return 0.5
    if isinstance(label, CategoryLabel) and label.classes:
        return 1 / len({*label.classes, label.value})
    return None


def _key(label: Label) -> str:
    """What the same constant answer makes right: the place of an option, yes or no, the class."""
    return str(label.answer) if isinstance(label, ChoiceLabel) else label.answer_text()


def _commonest(texts: Sequence[str]) -> str:
    """The first in order of equally common ones."""
    return min(Counter(texts).items(), key=lambda item: (-item[1], item[0]))[0]


def _measured(samples: Sequence[Sample], answers: Sequence[str]) -> Measures:
    pairs = zip(samples, answers, strict=True)
    return measured([Told(sample.label, sample.label.judge(answer, sample.question), sample.group) for sample, answer in pairs])


def _drawn(labels: Sequence[Label], samples: Sequence[Sample], draw: int) -> list[str]:
    return [rng_for("baseline", draw, sample.id).choice(labels).answer_text() for sample in samples]


def _averaged(draws: Sequence[Measures]) -> Measures:
    """Means over draws, name by name."""
    found = {}
    for name, first in draws[0].items():
        rows = [draw[name] for draw in draws]
        mean, low, high = (sum(getattr(row, part) for row in rows) / len(rows) for part in ("mean", "low", "high"))
        found[name] = Estimate(mean, low, high, first.count)
    return found


def _number(label: Label) -> float:
    return label.value_seconds if isinstance(label, TimestampLabel) else label.value if isinstance(label, NumberLabel) else 0.0


def _overlap(one: Label, other: Label) -> float:
    if isinstance(one, IntervalLabel) and isinstance(other, IntervalLabel):
        return temporal_iou(one.truth, other.truth)
    return box_iou(one.corners, other.corners) if isinstance(one, BoxLabel) and isinstance(other, BoxLabel) else 0.0
