"""The same questions asked for an answer at once and for one step by step: does explaining help?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from videostar.playground.measures.asking import Ask, Shown, passes, question, video_of
from videostar.playground.measures.outcomes import Outcome, accuracies
from videostar.prompts import asked
from videostar.types import Estimate

DIRECT, STEPWISE = "direct", "step by step"


def forms(shown: Sequence[Shown], direct: Sequence[str], told: Mapping[str, str]) -> dict[str, Estimate]:
    """Accuracy by form and world, and the gain of explaining. direct: answers in the order of `shown`; told: explained ones by sample."""
    outcomes = [
        Outcome(
            video_of(one.sample),
            one.sample.source,
            {DIRECT: passes(one.sample, text, one.frames), STEPWISE: passes(one.sample, told[one.sample.id], one.frames)},
        )
        for one, text in zip(shown, direct, strict=True)
    ]
    return accuracies(outcomes, [(STEPWISE, DIRECT)])


def answered_directly(shown: Sequence[Shown], ask: Ask) -> list[str]:
    """The short answers."""
    return ask([question(asked(one.sample, "direct"), one.frames) for one in shown])


def explained(shown: Sequence[Shown], ask: Ask) -> dict[str, str]:
    """The answers step by step, by sample."""
    texts = ask([question(asked(one.sample, "reasoned"), one.frames) for one in shown])
    return {one.sample.id: text for one, text in zip(shown, texts, strict=True)}
