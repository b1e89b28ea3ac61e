"""The same questions answered by another model: the difference paired by question, tested over videos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from videostar.benchmarks.protocol import Protocol
from videostar.benchmarks.scoring import Outcome
from videostar.datasets.files import json_rows
from videostar.errors import DataError
from videostar.metrics import PairedTest, paired_test
from videostar.types import Verdict


def compared(protocol: Protocol, outcomes: Sequence[Outcome], other: Path) -> dict[str, PairedTest]:
    """By section, what these answers gain over those whose outcomes.jsonl stands in the folder `other`; of questions that both answered.

    A question counts what its verdict scores: right or wrong, an IoU, the closeness of a number. Raises `DataError`.
    """
    path = other / "outcomes.jsonl"
    if not path.is_file():
        raise DataError(
            f"--against {other}: there is no outcomes.jsonl; name the --out folder of another `videostar benchmark` of the same files"
        )
    before = {row["id"]: _value(Verdict(**row["verdict"])) for _, row in json_rows(path) if row["verdict"] is not None}
    sections: dict[str, dict[str, float]] = defaultdict(dict)
    groups = {}
    for one in outcomes:
        if one.verdict is not None and one.sample.id in before:
            sections[next(iter(protocol.parts(one.sample)))[0]][one.sample.id] = _value(one.verdict)
            groups[one.sample.id] = one.sample.group
    if not sections:
        raise DataError(f"--against {other}: no question was answered by both; the benchmark, files and tasks must be the same")
    return {section: paired_test(after, before, groups) for section, after in sections.items()}


def _value(verdict: Verdict) -> float:
    """Classes and choices score 0 or 1, but a right answer may score less than 1 where it is a number."""
    return 0.0 if verdict.outcome == "undecided" else verdict.score
