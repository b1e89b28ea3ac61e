"""What was to be reached, and whether it was: computed from the results, never typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from videostar import shown
from videostar.compare.tables import Comparison, Where, beyond_chance
from videostar.types import Estimate

UNSEEN = Where("test-unseen")
SEEDS = 3
GAP = 0.9
SPEARMAN = 0.9
FALL = 0.02
MUST_EXCEED = (
    "direct labels",
    "without rationalization",
    "rationalization only",
    "without verification",
    "describe and append",
    "swapped rationale",
)
NOT_YET, MET, MISSED = "not yet measured", "met", "not met"


@dataclass(frozen=True, slots=True)
class Target:
    """name: what was to be reached. found: what came out, in words. state: MET, MISSED or NOT_YET."""

    name: str
    found: str
    state: str


def targets(compared: Comparison) -> list[Target]:
    """All of them, in the order in which they were set."""
    return [*_differences(compared), _gap(compared), _ranks(compared), *_falls(compared), *_second_turns(compared)]


def gap_closed(compared: Comparison) -> float | None:
    """(full - base) / (gold - base) on unseen combinations; None where gold is not above the base, or something is missing."""
    base, full, gold = (compared.accuracy(arm, UNSEEN) for arm in ("base", "full", "gold rationales"))
    if not min(base.count, full.count, gold.count) or gold.mean <= base.mean:
        return None
    return (full.mean - base.mean) / (gold.mean - base.mean)


def _differences(compared: Comparison) -> Iterator[Target]:
    for arm in MUST_EXCEED:
        shared = _seeds(compared, arm) & _seeds(compared, "full")
        value = compared.beyond(arm, UNSEEN) if shared else Estimate(0, 0, 0, 0)
        name = f"full - {arm} on test-unseen: the interval over {SEEDS} seeds excludes zero"
        yield Target(
            name, _points(value, len(shared)), _state(value.low > 0 and beyond_chance(value), value.count > 0 and len(shared) >= SEEDS)
        )


def _gap(compared: Comparison) -> Target:
    found, seeds = gap_closed(compared), min(len(_seeds(compared, arm)) for arm in ("base", "full", "gold rationales"))
    told = shown.NOTHING if found is None else f"{found:.2f} ({seeds} seeds)"
    return Target(
        f"gap closed, (full - base) / (gold - base), at least {GAP}",
        told,
        _state((found or 0) >= GAP, found is not None and seeds >= SEEDS),
    )


def _ranks(compared: Comparison) -> Target:
    found = compared.measure("full", "spearman: dive scores")
    told = shown.NOTHING if found is None else f"{found[0]:.2f} (mean of {found[1]} seeds)"
    return Target(f"dive scores: Spearman at least {SPEARMAN}", told, _state(found is not None and found[0] >= SPEARMAN, found is not None))


def _falls(compared: Comparison) -> Iterator[Target]:
    wanted = (
        (f"true statements do not fall by more than {100 * FALL:g} points", "hallucination: statements true", FALL),
        ("general skill does not fall", "general: right", 0.0),
    )
    for name, measure, allowed in wanted:
        before, after = compared.measure("base", measure), compared.measure("full", measure)
        if before is None or after is None:
            yield Target(name, shown.NOTHING, NOT_YET)
        else:
            told = f"{shown.percent(before[0])} -> {shown.percent(after[0])}"
            yield Target(name, told, _state(after[0] >= before[0] - allowed, True))


def _second_turns(compared: Comparison) -> Iterator[Target]:
    for other in ("without history", "with a wrong history"):
        found = compared.measure("full", f"turns: with history - {other}")
        told = shown.NOTHING if found is None else f"{100 * found[0]:+.1f} points (mean of {found[1]} seeds)"
        yield Target(f"second turns: with history beats {other}", told, _state(found is not None and found[0] > 0, found is not None))


def _state(reached: bool, measured: bool) -> str:
    if not measured:
        return NOT_YET
    return MET if reached else MISSED


def _points(value: Estimate, seeds: int) -> str:
    return f"{shown.interval(value)} points, {seeds} of {SEEDS} seeds" if value.count else shown.NOTHING


def _seeds(compared: Comparison, arm: str) -> set[int]:
    return {int(result["seed"]) for result in compared.results(arm)}
