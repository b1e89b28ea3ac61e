"""From the raw answers of a panel of candidates to an assessment: values, faults with their times, an overall score. Pure: no model.

Candidate i takes the i-th answer to every question, as one judge of a panel would: an aspect's value is what most judges say (of
numbers the median), what is computed is the mean over judges, and how far judges lie apart tells how sure the score is.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from statistics import fmean, median, pstdev
from types import MappingProxyType
from typing import Any, TypeAlias

from videostar.people.moments import span
from videostar.people.panel import Heard
from videostar.people.rubric import NO, YES, Aspect, Fault, Question, Rubric, key, reading_label
from videostar.types import Clip

Value: TypeAlias = str | float | list[float] | None
NO_THRESHOLDS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class AspectResult:
    """One aspect. value: a word, a number, or None where nothing was told. agreement: how many of `candidates` say the same.

    scale, unit: as the rubric says. reasons: why, in the model's words, or what it is computed from.
    """

    name: str
    value: Value
    agreement: int
    candidates: int
    scale: tuple[float, float] | None
    unit: str
    reasons: str = ""
    shown: bool = True


@dataclass(frozen=True, slots=True)
class FaultResult:
    """A fault that was seen. start_seconds, end_seconds: when; the same for a moment, the whole clip where the rubric asks for no time.

    share: of the candidates that saw it. cost: in points of the overall score, all else being equal; None where it has no part in it.
    """

    name: str
    start_seconds: float
    end_seconds: float
    share: float
    cost: float | None
    advice: str
    reasons: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """The overall score. raw: as the rubric reckons. value: calibrated, where there were examples. low, high: the interval.

    how: what value and interval rest on, in words. interval_percent: how often such intervals are meant to hold; None: not calibrated.
    """

    raw: float
    value: float
    low: float
    high: float
    how: str
    interval_percent: int | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """One clip assessed. shares: of every fault of the rubric, seen or not, the share of candidates that saw it; None: does not apply."""

    video: str
    rubric: str
    model: str
    duration_seconds: float | None
    overall: Score | None
    aspects: tuple[AspectResult, ...]
    faults: tuple[FaultResult, ...]
    shares: Mapping[str, float | None] = field(default_factory=dict)
    spread: float = 0.0

    @property
    def improve(self) -> tuple[str, ...]:
        """What to do better: one line for each fault that was seen, with its time; nothing else is ever advised."""
        return tuple(f"{span(fault.start_seconds, fault.end_seconds)} {fault.name}: {fault.advice}" for fault in self.faults)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "improve": list(self.improve)}


def assess(rubric: Rubric, heard: Heard, model: str, thresholds: Mapping[str, float] = NO_THRESHOLDS) -> Assessment:
    """What the answers come to; the score is not calibrated. thresholds: by fault, in place of the rubric's."""
    panel = _Panel(rubric, heard)
    seen = [name for name, fault in rubric.faults.items() if panel.sees(name, thresholds.get(name, fault.threshold))]
    raws = panel.overall()
    score = None if raws is None else _uncalibrated(raws)
    return Assessment(
        video=heard.video,
        rubric=rubric.title,
        model=model,
        duration_seconds=heard.duration_seconds,
        overall=score,
        aspects=tuple(panel.aspect(name) for name in rubric.aspects),
        faults=tuple(sorted((panel.fault(name) for name in seen), key=lambda fault: (fault.start_seconds, fault.name))),
        shares={name: panel.share(name) for name in rubric.faults},
        spread=0.0 if raws is None else pstdev(raws),
    )


def _uncalibrated(raws: Sequence[float]) -> Score:
    """The mean of the judges; the interval holds the middle 80 % of them."""
    ordered, value = sorted(raws), fmean(raws)
    low, high = (_quantile(ordered, share) for share in (0.1, 0.9))
    return Score(value, value, low, high, f"not calibrated; the interval is where most of {len(raws)} candidate answers lie")


class _Panel:
    """Values of all judges for one clip."""

    def __init__(self, rubric: Rubric, heard: Heard) -> None:
        self._rubric = rubric
        self._heard = heard
        self._clip = Clip(heard.duration_seconds)
        self._judges = max((len(texts) for texts in heard.answers.values()), default=0)
        self._words: dict[str, list[Value]] = {}
        self._worths: dict[str, list[float] | None] = {}
        for name, aspect in rubric.aspects.items():
            if aspect.asked is not None:
                self._words[name] = self.values(aspect.asked)
        self._told = {name: self.values(fault.asked) for name, fault in rubric.faults.items()}
        for name, aspect in rubric.aspects.items():
            self._worths[name] = self._worth(aspect, name)

    def values(self, question: Question) -> list[Value]:
        """Each judge's value."""
        texts = self._heard.answers.get(key(question), ())
        return [_read(question, text, self._clip) for text in texts]

    def overall(self) -> list[float] | None:
        """Each judge's overall score."""
        return self._worths[self._rubric.overall]

    def share(self, name: str) -> float | None:
        """Of judges who see a fault; None where it cannot be."""
        fault = self._rubric.faults[name]
        if not self._applies(fault.only_if):
            return None
        values = [value for value in self._told[name] if value is not None]
        return sum(_is_present(fault, value) for value in values) / len(values) if values else 0.0

    def sees(self, name: str, threshold: float) -> bool:
        """Whether enough judges see it."""
        share = self.share(name)
        return share is not None and share > 0 and share >= threshold - 1e-9

    def aspect(self, name: str) -> AspectResult:
        """As it is reported."""
        aspect, worths = self._rubric.aspects[name], self._worths[name]
        applies = self._applies(aspect.only_if)
        if aspect.asked is not None:
            value = panel_value(self._words[name]) if applies else None
            agreement = sum(said == value for said in self._words[name]) if value is not None else 0
            return AspectResult(
                name, value, agreement, self._judges, aspect.scale or _scale(aspect.asked), _unit(aspect), shown=aspect.shown
            )
        mean = None if worths is None or not applies else round(fmean(worths), 2)
        return AspectResult(name, mean, self._judges, self._judges, aspect.scale, aspect.unit, self._computed(aspect), aspect.shown)

    def fault(self, name: str) -> FaultResult:
        """As it is reported."""
        fault = self._rubric.faults[name]
        start, end = self._when(fault)
        return FaultResult(name, start, end, self.share(name) or 0.0, self._cost(name), fault.advice)

    def _when(self, fault: Fault) -> tuple[float, float]:
        last = self._heard.duration_seconds
        if fault.when is None:
            return 0.0, last or 0.0
        spans = [
            value if isinstance(value, list) else [value, value] for value in self.values(fault.when) if isinstance(value, (float, list))
        ]
        if not spans:
            return 0.0, last or 0.0
        start, end = (median(float(span[place]) for span in spans) for place in (0, -1))
        limit = math.inf if last is None else last
        start = min(max(0.0, start), limit)
        return round(start, 2), round(min(max(start, end), limit), 2)

    def _cost(self, name: str) -> float | None:
        """How much higher the overall score were without the fault, on the mean of judges."""
        before = self.overall()
        if before is None:
            return None
        without = _Panel(self._without(name), self._heard).overall()
        return None if without is None or without == before else round(fmean(without) - fmean(before), 2)

    def _without(self, name: str) -> Rubric:
        """The rubric in which the fault is worth what its absence is."""
        fault = self._rubric.faults[name]
        faults = {other: item for other, item in self._rubric.faults.items() if other != name}
        aspects = {
            other: item.model_copy(update={"points": _best_points(item, fault)})
            if item.asked is not None and item.points and key(item.asked) == key(fault.asked)
            else item
            for other, item in self._rubric.aspects.items()
        }
        return self._rubric.model_copy(update={"faults": faults, "aspects": aspects})

    def _applies(self, only_if: Mapping[str, Sequence[str]]) -> bool:
        return all(_word(panel_value(self._words[name])) in wanted for name, wanted in only_if.items())

    def _worth(self, aspect: Aspect, name: str) -> list[float] | None:
        """What each judge's value is worth in points; None where that cannot be told."""
        if aspect.asked is not None:
            return _filled([_points(aspect, value) for value in self._words[name]])
        if aspect.of:
            return self._looked_up(aspect)
        parts = [self._worths[other] for other in (*aspect.product, *aspect.sum)]
        if any(part is None for part in parts) or self._judges == 0:
            return None
        found = [self._reckoned(aspect, [part[judge] for part in parts if part is not None], judge) for judge in range(self._judges)]
        low, high = aspect.scale or (-math.inf, math.inf)
        return [min(high, max(low, value)) for value in found]

    def _looked_up(self, aspect: Aspect) -> list[float] | None:
        agreed = [panel_value(self._words[name]) for name in aspect.of]
        rows = zip(*(self._words[name] for name in aspect.of), strict=True)
        named = [", ".join(_word(value if value is not None else agreed[place]) for place, value in enumerate(row)) for row in rows]
        return _filled([aspect.table.get(name) for name in named])

    def _reckoned(self, aspect: Aspect, parts: Sequence[float], judge: int) -> float:
        if aspect.product:
            return math.prod(parts)
        return aspect.start + sum(parts) - (self._faults_of(judge) if aspect.minus_faults else 0.0)

    def _faults_of(self, judge: int) -> float:
        """What the faults that one judge sees cost."""
        return sum(fault.cost for name, fault in self._rubric.faults.items() if fault.cost and self._judge_sees(name, judge))

    def _judge_sees(self, name: str, judge: int) -> bool:
        fault, values = self._rubric.faults[name], self._told[name]
        return judge < len(values) and _is_present(fault, values[judge]) and self._applies(fault.only_if)

    def _computed(self, aspect: Aspect) -> str:
        """What a computed aspect comes from, in words."""
        parts = [f"{name} {number(fmean(worths))}" for name in (*aspect.product, *aspect.sum) if (worths := self._worths[name]) is not None]
        if aspect.product:
            return " x ".join(parts)
        begin = [number(aspect.start)] if aspect.start else []
        lost = fmean(self._faults_of(judge) for judge in range(self._judges)) if aspect.minus_faults and self._judges else 0.0
        return " + ".join([*begin, *parts]) + (f" - faults {number(lost)}" if aspect.minus_faults else "")


def panel_value(values: Sequence[Value]) -> Value:
    """What most say, the likeliest answer first among equals; of numbers the median; None where nobody says anything."""
    said = [value for value in values if value is not None]
    if not said:
        return None
    numbers = [value for value in said if isinstance(value, float)]
    if len(numbers) == len(said):
        return median(numbers)
    words = Counter(_word(value) for value in said)
    most = max(words.values())
    return next(value for value in said if words[_word(value)] == most)


def number(value: float) -> str:
    """A number with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else "-"


def _read(question: Question, text: str, clip: Clip) -> Value:
    return _read_once(key(question), question.question, text, clip)


@lru_cache(maxsize=20_000)
def _read_once(question_key: str, question: str, text: str, clip: Clip) -> Value:
    """What an answer commits to, as its label kind reads it."""
    label = reading_label(json.dumps(json.loads(question_key)[1], sort_keys=True))
    extracted = label.judge(text, question, clip).extracted
    return _plain(extracted)


def _plain(extracted: Any) -> Value:
    if isinstance(extracted, bool):
        return YES if extracted else NO
    if isinstance(extracted, (int, float)):
        return float(extracted) if math.isfinite(extracted) else None
    if isinstance(extracted, str):
        return extracted
    if isinstance(extracted, (list, tuple)) and extracted:
        if len(extracted) == 2 and all(isinstance(item, (int, float)) for item in extracted):
            return [float(item) for item in extracted]
        return ", ".join(str(item) for item in extracted)
    return None


def _word(value: Value) -> str:
    if isinstance(value, float):
        return number(value)
    return str(value)


def _points(aspect: Aspect, value: Value) -> float | None:
    if aspect.points:
        return aspect.points.get(_word(value)) if value is not None else None
    return value * aspect.per_unit if isinstance(value, float) else None


def _filled(worths: Sequence[float | None]) -> list[float] | None:
    """A judge who says nothing takes the mean of the others; None where nobody says anything."""
    said = [worth for worth in worths if worth is not None]
    if not said:
        return None
    return [fmean(said) if worth is None else worth for worth in worths]


def _is_present(fault: Fault, value: Value) -> bool:
    return _word(value) in fault.present


def _best_points(aspect: Aspect, fault: Fault) -> dict[str, float]:
    """Points in which the fault's values are worth the best of the others."""
    others = [worth for value, worth in aspect.points.items() if value not in fault.present]
    best = max(others, default=0.0)
    return {value: best if value in fault.present else worth for value, worth in aspect.points.items()}


def _scale(question: Question) -> tuple[float, float] | None:
    low, high = question.label.get("minimum"), question.label.get("maximum")
    return None if low is None or high is None else (float(low), float(high))


def _unit(aspect: Aspect) -> str:
    return aspect.unit or str((aspect.label or {}).get("unit", ""))


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
