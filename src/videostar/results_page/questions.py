"""What readers of the paper asked and nobody answered, answered by the tables: each answer is computed from what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from videostar import shown
from videostar.compare.tables import Comparison, Where, beyond_chance
from videostar.results_page.targets import UNSEEN


@dataclass(frozen=True, slots=True)
class Answered:
    """A reader's question and what the results say."""

    question: str
    answer: str


def answered(main: Comparison, sensitivity: Comparison) -> list[Answered]:
    """The questions in order."""
    rows: list[tuple[str, Callable[[], str]]] = [
        ("Does it beat tuning on the labels directly, with seeds and intervals?", lambda: _against(main, "direct labels")),
        ("And when direct tuning is given its own best number of updates?", lambda: _against(main, "direct labels, own best epoch")),
        (
            "What does rationalization alone give? (The paper's row equals its untouched baseline.)",
            lambda: _against(main, "rationalization only"),
        ),
        ("Restart from the base, or continue from the last cycle?", lambda: _against(main, "continue instead of restart")),
        (
            "Does the last training do better without rationalized answers?",
            lambda: _against(main, "final cycle without rationalized answers"),
        ),
        ("How many cycles?", lambda: _cycles(sensitivity)),
        ("How does the tolerance of the verifier matter?", lambda: _arms(sensitivity, "tolerance")),
        ("Does rationalization import wrong labels?", lambda: _noise(sensitivity)),
        ("How many labels are needed?", lambda: _arms(sensitivity, "labels")),
        (
            "Does it make the model hallucinate?",
            lambda: _measure(main, "hallucination: statements true", "of the checked statements are true"),
        ),
        (
            "Does the label hang on what the explanation says?",
            lambda: _measure(main, "faithfulness: decisive statement", "of the answers change"),
        ),
    ]
    return [Answered(question, answer()) for question, answer in rows]


def _against(main: Comparison, arm: str) -> str:
    if not main.results(arm) or not main.results("full"):
        return "Not yet measured."
    value = main.beyond(arm, UNSEEN)
    verdict = ("full is better" if value.mean > 0 else f"{arm} is better") if beyond_chance(value) else "no difference beyond chance"
    return f"{verdict}: full - {arm} on test-unseen {shown.interval(value)} points."


def _cycles(sensitivity: Comparison) -> str:
    arm = "five cycles"
    told = list(_by_checkpoint(sensitivity, arm))
    return f"Accuracy on test-unseen by cycle, one seed: {', '.join(told)}." if told else "Not yet measured."


def _by_checkpoint(compared: Comparison, arm: str) -> Iterator[str]:
    for checkpoint in compared.checkpoints(arm) if compared.results(arm) else []:
        yield f"{checkpoint} {shown.interval(compared.accuracy(arm, Where('test-unseen', checkpoint=checkpoint)))}"


def _arms(sensitivity: Comparison, word: str) -> str:
    arms = [arm for arm in sensitivity.arms if word in arm]
    if not arms or not sensitivity.results("full"):
        return "Not yet measured."
    told = ", ".join(f"{arm} {shown.interval(sensitivity.accuracy(arm, UNSEEN))}" for arm in [*arms, "full"])
    return f"Accuracy on test-unseen, one seed: {told}."


def _noise(sensitivity: Comparison) -> str:
    told = []
    for amount in ("10 %", "30 %"):
        noisy, alone = f"noise {amount}", f"noise {amount}, generated only"
        if all(sensitivity.results(arm) for arm in (noisy, alone, "full", "generated only")):
            lost = sensitivity.difference("full", noisy, UNSEEN), sensitivity.difference("generated only", alone, UNSEEN)
            told.append(
                f"with {amount} wrong labels full loses {shown.interval(lost[0])} points, generated answers alone {shown.interval(lost[1])}"
            )
    return f"{'; '.join(told)} (test-unseen, one seed)." if told else "Not yet measured."


def _measure(main: Comparison, name: str, what: str) -> str:
    told = [f"{arm} {shown.percent(found[0])}" for arm in main.arms if (found := main.measure(arm, name)) is not None]
    return f"Per cent {what}: {', '.join(told)}." if told else "Not yet measured."
