"""Preference pairs: a kept answer and a failed one to the same question.

A failed answer is one that commits to something wrong and was not cut off; one that does not say, or was cut off, would teach
something else than what is right. The best kept answer meets the worst failed one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from videostar.export.exporter import LeftOut, Question, kept_or_why_not, origin
from videostar.steps.verify import Judged

PAIRS = "pairs"


@dataclass(frozen=True, slots=True)
class Pair:
    """Both answers were, or could have been, given to `asked`, which holds no hint."""

    asked: str
    chosen: Judged
    rejected: Judged


def pairs(question: Question) -> Iterator[Pair | LeftOut]:
    """As many pairs as there are answers on both sides, no answer twice; the reason where there are none."""
    chosen = sorted(question.kept_answers(), key=lambda item: -item.verdict.score)
    failed = [item for item in question.generated if item.verdict.outcome == "fail" and item.answer.finish == "stop"]
    rejected = sorted(failed, key=lambda item: item.verdict.score)
    if not chosen:
        yield from (item for item in kept_or_why_not(question) if isinstance(item, LeftOut))
    elif not rejected:
        yield LeftOut("no answer failed, so there is nothing to prefer over")
    else:
        for good, bad in zip(chosen, rejected, strict=False):
            yield Pair(bad.answer.prompt, good, bad)


def pair_columns(question: Question, pair: Pair) -> dict[str, object]:
    """What rows of pairs say beside the pair itself. The provenance has the chosen answer first."""
    return {
        "task": question.sample.task,
        "source": question.sample.source,
        "chosen_score": float(pair.chosen.verdict.score),
        "rejected_score": float(pair.rejected.verdict.score),
        "difficulty": question.difficulty,
        "provenance": [origin(question, pair.chosen), origin(question, pair.rejected)],
    }


def pair_id(question: Question, pair: Pair) -> str:
    """Names both answers."""
    chosen = pair.chosen.answer
    return f"{question.sample.id}/{question.cycle}/{chosen.route}/{chosen.candidate}-over-{pair.rejected.answer.candidate}"
