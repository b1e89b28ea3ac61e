"""Scores as labelled examples have them: a curve, an interval and thresholds, each chosen by what was held out. Pure.

The interval is split-conformal over folds: what an example's score is missed by, when its fold took no part in the fit, is measured in
units of how far its candidates lie apart; the 80 % quantile of that, times the spread of a new clip, is half an interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean, median

from videostar.people.assessment import Assessment, Score

FEWEST_EXAMPLES = 10
FEWEST_OF_EACH = 5
FOLDS = 5
INTERVAL_PERCENT = 80

Curve = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Example:
    """A clip whose score is known. faults: those that it is known to have; None where nobody told."""

    assessment: Assessment
    score: float | None
    faults: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """How raw scores become true ones.

    kind: "linear", "isotonic", or "as it is" where neither beats the raw score on held-out examples.
    errors: mean absolute held-out error of each. margin: half an interval, in units of the spread plus `floor`.
    """

    kind: str
    curve: Curve
    errors: Mapping[str, float]
    count: int
    margin: float
    floor: float

    @property
    def how(self) -> str:
        """In words, with the held-out errors of all that were tried."""
        tried = ", ".join(f"{name} {error:.2f}" for name, error in self.errors.items())
        return f"{self.kind} calibration on {self.count} examples; mean held-out error: {tried}"

    def applied(self, assessment: Assessment) -> Assessment:
        """The assessment with its score calibrated; without a score, as it is."""
        if assessment.overall is None:
            return assessment
        raw = assessment.overall.raw
        value, half = self.curve(raw), self.margin * (assessment.spread + self.floor)
        score = Score(raw, round(value, 2), round(value - half, 2), round(value + half, 2), self.how, INTERVAL_PERCENT)
        return replace(assessment, overall=score)


def calibrated(examples: Sequence[Example]) -> Calibration | None:
    """The curve that errs least on held-out folds; None with fewer than `FEWEST_EXAMPLES` scores."""
    known = [
        (item.assessment.overall.raw, item.score, item.assessment.spread)
        for item in examples
        if item.assessment.overall and item.score is not None
    ]
    if len(known) < FEWEST_EXAMPLES:
        return None
    xs, ys, spreads = ([row[place] for row in known] for place in (0, 1, 2))
    held_out = {name: _held_out(fit, xs, ys) for name, fit in FITS.items()}
    errors = {name: fmean(abs(y - guess) for y, guess in zip(ys, guesses, strict=True)) for name, guesses in held_out.items()}
    kind = min(errors, key=lambda name: errors[name])
    misses = [abs(y - guess) for y, guess in zip(ys, held_out[kind], strict=True)]
    floor = max(median(spreads), fmean(misses) / 2, 1e-9)
    scaled = sorted(miss / (spread + floor) for miss, spread in zip(misses, spreads, strict=True))
    place = min(len(scaled), math.ceil((len(scaled) + 1) * INTERVAL_PERCENT / 100)) - 1
    return Calibration(kind, FITS[kind](xs, ys), errors, len(known), scaled[place], floor)


def chosen_thresholds(examples: Sequence[Example]) -> dict[str, float]:
    """For each fault with examples enough of both, the share of candidates at which seeing it agrees best with them (highest F1)."""
    told = [(item.assessment.shares, item.faults) for item in examples if item.faults is not None]
    names = {name for shares, _ in told for name in shares}
    chosen = {}
    for name in sorted(names):
        rows = [(share, name in faults) for shares, faults in told if (share := shares.get(name)) is not None]
        positives = sum(present for _, present in rows)
        if min(positives, len(rows) - positives) >= FEWEST_OF_EACH:
            cuts = sorted({share for share, _ in rows if share > 0})
            if cuts:
                chosen[name] = max(cuts, key=lambda cut: (_f1(rows, cut), cut))
    return chosen


def linear(xs: Sequence[float], ys: Sequence[float]) -> Curve:
    """Least squares; the mean where all x are the same."""
    mean_x, mean_y = fmean(xs), fmean(ys)
    across = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / across if across > 0 else 0.0
    return lambda x: mean_y + slope * (x - mean_x)


def isotonic(xs: Sequence[float], ys: Sequence[float]) -> Curve:
    """The rising steps nearest to the points (pool adjacent violators), straight lines between their middles, level outside."""
    blocks: list[tuple[float, float, int]] = []  # (mean x, mean y, how many)
    for x, y in sorted(zip(xs, ys, strict=True)):
        blocks.append((x, y, 1))
        while len(blocks) > 1 and (blocks[-2][1] >= blocks[-1][1] or blocks[-2][0] == blocks[-1][0]):
            (x1, y1, n1), (x2, y2, n2) = blocks[-2:]
            total = n1 + n2
            blocks[-2:] = [((x1 * n1 + x2 * n2) / total, (y1 * n1 + y2 * n2) / total, total)]
    return lambda x: _between(blocks, x)


def _between(blocks: Sequence[tuple[float, float, int]], x: float) -> float:
    if x <= blocks[0][0]:
        return blocks[0][1]
    for (x1, y1, _), (x2, y2, _) in pairwise(blocks):
        if x <= x2:
            return y1 + (y2 - y1) * (x - x1) / (x2 - x1)
    return blocks[-1][1]


def _as_it_is(_: Sequence[float], __: Sequence[float]) -> Curve:
    return lambda x: x


FITS: Mapping[str, Callable[[Sequence[float], Sequence[float]], Curve]] = {"linear": linear, "isotonic": isotonic, "as it is": _as_it_is}


def _held_out(fit: Callable[[Sequence[float], Sequence[float]], Curve], xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    """For each point the value of a curve that was fitted without its fold. Folds take turns over the ranks of y."""
    order = sorted(range(len(xs)), key=lambda place: (ys[place], place))
    fold = {place: rank % FOLDS for rank, place in enumerate(order)}
    curves = []
    for number in range(FOLDS):
        rest = [place for place in range(len(xs)) if fold[place] != number]
        curves.append(fit([xs[place] for place in rest], [ys[place] for place in rest]))
    return [curves[fold[place]](x) for place, x in enumerate(xs)]


def _f1(rows: Sequence[tuple[float, bool]], cut: float) -> float:
    hits = sum(present and share >= cut for share, present in rows)
    wrong = sum(present != (share >= cut) for share, present in rows)
    return 2 * hits / (2 * hits + wrong) if hits else 0.0
