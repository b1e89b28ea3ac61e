"""Verdicts -> the measures of their field. A label knows the name of its measure; what is reported beside it stands here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from videostar.labels import name_key
from videostar.labels.interval import IntervalLabel
from videostar.metrics import THRESHOLDS, absolute_errors, edit_similarity, estimate, estimate_of, f1, recalled, relative_l2, spearman
from videostar.types import Estimate, Label, Verdict


@dataclass(frozen=True, slots=True)
class Told:
    """One answer to a question of a group, as its label understood it."""

    label: Label
    verdict: Verdict
    group: str


Measures: TypeAlias = dict[str, Estimate]


def measured(rows: Sequence[Told]) -> Measures:
    """The measures of the field of one task, whose labels are of one kind; the label's own is among them.

    Undecided answers are wrong, overlap nothing and list nothing. Errors and correlations are over the answers that hold one number; their
    `count` says how many those are, so a model gains nothing unseen by keeping silent.
    """
    return _FAMILIES.get(rows[0].label.metric, _accuracy)(rows) if rows else {}


def _accuracy(rows: Sequence[Told]) -> Measures:
    return {"accuracy": _mean([_passes(row) for row in rows], rows)}


def _errors(rows: Sequence[Told]) -> Measures:
    pairs, groups = _numbers(rows)
    errors = absolute_errors([one for one, _ in pairs], [two for _, two in pairs])
    return {**_accuracy(rows), "mean_absolute_error": estimate(errors, groups)}


def _ranks(rows: Sequence[Told]) -> Measures:
    pairs, groups = _numbers(rows)
    told, true = [one for one, _ in pairs], [two for _, two in pairs]
    found = {
        "spearman": estimate_of(lambda drawn: spearman([told[at] for at in drawn], [true[at] for at in drawn]), groups),
        **_errors(rows),
    }
    scores = [value for row in rows if (value := _truth(row.label)) is not None]
    if scores and min(scores) < max(scores):
        found["relative_l2"] = estimate(relative_l2(told, true, min(scores), max(scores)), groups)
    return found


def _overlaps(rows: Sequence[Told]) -> Measures:
    """The score of a stretch of time or of a box is its IoU; several different answers at once have none."""
    overlaps = [row.verdict.score for row in rows]
    found = {"mean_iou": _mean(overlaps, rows)}
    if isinstance(rows[0].label, IntervalLabel):
        found |= {f"recall_at_{threshold}": _mean(recalled(overlaps, threshold), rows) for threshold in THRESHOLDS}
    return found


def _sequences(rows: Sequence[Told]) -> Measures:
    pairs = [_lists(row) for row in rows]
    return {
        "edit_similarity": _mean([edit_similarity(told, true) for told, true in pairs], rows),
        "f1": _mean([f1(told, true) for told, true in pairs], rows),
        "exact_match": _mean([_passes(row) for row in rows], rows),
    }


def _sets(rows: Sequence[Told]) -> Measures:
    pairs = [_lists(row) for row in rows]
    return {
        "f1": _mean([f1(sorted(set(told)), sorted(set(true))) for told, true in pairs], rows),
        "exact_match": _mean([_passes(row) for row in rows], rows),
    }


_FAMILIES: Mapping[str, Callable[[Sequence[Told]], Measures]] = {
    "accuracy": _accuracy,
    "mean_absolute_error": _errors,
    "spearman": _ranks,
    "mean_iou": _overlaps,
    "edit_similarity": _sequences,
    "f1": _sets,
}


def _passes(row: Told) -> float:
    return float(row.verdict.outcome == "pass")


def _mean(values: Sequence[float], rows: Sequence[Told]) -> Estimate:
    return estimate(values, [row.group for row in rows])


def _numbers(rows: Sequence[Told]) -> tuple[list[tuple[float, float]], list[str]]:
    """Told and true number of each answer that holds one, and their groups."""
    found = [
        (said, true, row.group) for row in rows if (said := number_of(row.verdict)) is not None and (true := _truth(row.label)) is not None
    ]
    return [(said, true) for said, true, _ in found], [group for *_, group in found]


def number_of(verdict: Verdict) -> float | None:
    """The one number that an answer was understood to commit to; None where it holds none or several."""
    said = verdict.extracted
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) else None


def _truth(label: Any) -> float | None:
    """The number of a label of whatever kind with one; a foreign kind's too."""
    value = getattr(label, "value", getattr(label, "value_seconds", None))
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _lists(row: Told) -> tuple[list[str], list[str]]:
    """What was listed and what is true, in the words that the labels compare."""
    told = row.verdict.extracted if row.verdict.outcome != "undecided" and isinstance(row.verdict.extracted, list) else []
    true: Sequence[str] = getattr(row.label, "value", ())
    return [" ".join(name_key(str(item))) for item in told], [" ".join(name_key(item)) for item in true]
