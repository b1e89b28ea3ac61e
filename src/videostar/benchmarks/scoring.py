"""Answers -> the table: every question stands in it with its verdict, or as missing with the reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from videostar import shown
from videostar.benchmarks.protocol import ALL, Part, Protocol
from videostar.steps.baselines import baselines_of, task_of
from videostar.steps.measures import Measures, Told, measured
from videostar.types import Clip, Estimate, Sample, Verdict

COLUMNS = ("", "questions", "measure", "model", "majority", "random", "undecided", "missing")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question: its answer and the verdict on it, or why there is none."""

    sample: Sample
    text: str = ""
    verdict: Verdict | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    model: over the questions that were answered; `missing` others have no answer. missing_as_wrong: the accuracy with those as wrong.
    """

    section: str
    name: str
    questions: int
    missing: int
    undecided: int
    model: Measures
    majority: Measures
    random: Measures
    missing_as_wrong: float | None = None


def outcome(protocol: Protocol, sample: Sample, text: str, clip: Clip = Clip()) -> Outcome:
    """An answer with its verdict."""
    return Outcome(sample, text, protocol.judge(sample, text, clip))


def table(protocol: Protocol, outcomes: Iterable[Outcome], known: Sequence[Sample] = ()) -> list[Row]:
    """All rows, "all" of a section first. known: train questions, that the commonest answer is read off where there are any."""
    parts: dict[Part, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        for part in protocol.parts(one.sample):
            parts[part].append(one)
    sections = list(dict.fromkeys(section for section, _ in parts))
    ordered = sorted(parts, key=lambda part: (sections.index(part[0]), part[1] != ALL, part[1]))
    return [_row(part, parts[part], parts[part[0], ALL], known) for part in ordered]


def _row(part: Part, outcomes: Sequence[Outcome], section: Sequence[Outcome], known: Sequence[Sample]) -> Row:
    told = [Told(one.sample.label, one.verdict, one.sample.group) for one in outcomes if one.verdict is not None]
    samples = [one.sample for one in outcomes]
    like = [sample for sample in known if task_of(sample) == task_of(samples[0])]
    beside = baselines_of(samples, like or [one.sample for one in section])
    model = measured(told)
    missing = len(outcomes) - len(told)
    as_wrong = model["accuracy"].mean * len(told) / len(outcomes) if missing and "accuracy" in model else None
    undecided = sum(row.verdict.outcome == "undecided" for row in told)
    return Row(*part, len(outcomes), missing, undecided, model, beside["majority"], beside["random"], as_wrong)


def missing_by_reason(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How many questions have no answer, by reason, the commonest first."""
    reasons = Counter(one.missing.partition(": ")[0] for one in outcomes if one.missing)
    return dict(reasons.most_common())


def row_json(row: Row) -> dict[str, Any]:
    """A row of results.json."""
    plain = {name: getattr(row, name) for name in ("section", "name", "questions", "missing", "undecided")}
    measures = {name: {key: asdict(value) for key, value in getattr(row, name).items()} for name in ("model", "majority", "random")}
    return {**plain, **measures, **({} if row.missing_as_wrong is None else {"accuracy_with_missing_as_wrong": row.missing_as_wrong})}


def words(rows: Sequence[Row]) -> str:
    """The table for a person: shares in percent with 95 % intervals clustered by video."""
    cells = [COLUMNS, *(line for row in rows for line in _lines(row))]
    wide = [max(len(line[place]) for line in cells) for place in range(len(COLUMNS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, wide, strict=True)).rstrip() for line in cells)


def _lines(row: Row) -> list[tuple[str, ...]]:
    head = shown.one_line(row.section if row.name == ALL else f"  {row.name}", 60)
    head = head if row.name == ALL else f"  {head}"
    counts = (shown.count(row.undecided), shown.count(row.missing))
    found: list[tuple[str, ...]] = []
    for name, value in row.model.items() or {"": Estimate(0.0, 0.0, 0.0, 0)}.items():
        beside = [_mean(name, measures.get(name)) for measures in (row.majority, row.random)]
        first = not found
        found.append(
            (
                head if first else "",
                shown.count(row.questions) if first else "",
                name.replace("_", " "),
                shown.measure(name, value),
                *beside,
                *counts,
            )
        )
        counts = ("", "")
    return found


def _mean(name: str, value: Estimate | None) -> str:
    if value is None or not value.count:
        return shown.NOTHING
    return shown.percent(value.mean) if name in shown.SHARES else f"{value.mean:.2f}"
