"""Answers -> verdicts, with no model: every label knows how to be judged (paper, label verification)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from videostar.rows import answer_from_json, read_rows, to_json, verdict_from_json
from videostar.types import Answer, Sample, Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer beside its verdict."""

    answer: Answer
    verdict: Verdict

    @property
    def passed(self) -> bool:
        """Whether the answer commits to the label."""
        return self.verdict.outcome == "pass"


class Opinions(Protocol):
    """What a judge model thinks."""

    def settled(self, sample: Sample, item: Judged) -> Verdict:
        """The verdict with its opinion taken in; the label's own where it has none."""


def verify(samples: Iterable[Sample], answers: Path, opinions: Opinions | None = None) -> Iterator[dict[str, Any]]:
    """One verdict row per answer, in the answers' order; an unread video gives no verdict, it is quarantined instead.

    opinions: of a judge model, on what words leave open.
    """
    for sample, item in first_verdicts(samples, answers):
        verdict = item.verdict if opinions is None else opinions.settled(sample, item)
        yield {**_ids(item.answer), **to_json(verdict)}


def first_verdicts(samples: Iterable[Sample], answers: Path) -> Iterator[tuple[Sample, Judged]]:
    """Each answer beside the verdict of its label alone."""
    by_sample = groupby(map(answer_from_json, read_rows(answers)), key=lambda answer: answer.sample_id)
    for sample, given in _joined(samples, by_sample):
        for answer in given:
            if answer.finish != "error":
                yield sample, Judged(answer, sample.label.judge(answer.text, sample.question, answer.frames.clip))


def judged(samples: Iterable[Sample], answers: Path, verdicts: Path) -> Iterator[tuple[Sample, list[Judged], str]]:
    """Each asked sample with its judged answers, streamed; the text says why it has none, or is ""."""
    by_sample = groupby(map(answer_from_json, read_rows(answers)), key=lambda answer: answer.sample_id)
    rows = read_rows(verdicts)
    for sample, given in _joined(samples, by_sample):
        pairs: list[Judged] = []
        unread = ""
        for answer in given:
            if answer.finish == "error":
                unread = answer.frames.error
            else:
                pairs.append(Judged(answer, verdict_from_json(next(rows))))
        yield sample, pairs, "" if pairs else unread


def _joined(samples: Iterable[Sample], by_sample: Iterable[tuple[str, Iterator[Answer]]]) -> Iterator[tuple[Sample, Iterator[Answer]]]:
    """Samples beside their answers. Both come in the order of ids; samples that were not asked are passed over."""
    ordered = iter(samples)
    for sample_id, given in by_sample:
        yield next(sample for sample in ordered if sample.id == sample_id), given


def _ids(answer: Answer) -> dict[str, Any]:
    return {"sample_id": answer.sample_id, "cycle": answer.cycle, "candidate": answer.candidate, "route": answer.route}
