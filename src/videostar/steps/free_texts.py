"""A judge model's opinion on free texts: whether an answer that words leave open says the same as its reference."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from videostar.config import JudgeConfig
from videostar.labels.text import TextLabel
from videostar.ports import Judge
from videostar.prompts import judging
from videostar.steps.verify import Judged
from videostar.types import Sample, Verdict

LONGEST_ANSWER = 4000


class FreeTexts:
    """An `opinions.Adviser`. judge: None where only what it has said already is wanted."""

    title = "judge"
    field = "same"
    questions_per_call = 1

    def __init__(self, settings: JudgeConfig, judge: Judge | None = None) -> None:
        self._settings = settings
        self._judge = judge
        self.name = settings.model or ""
        self.questions_at_once = settings.parallel

    def question(self, sample: Sample, item: Judged) -> str:
        """The prompt about an answer; "" where its verdict is not open."""
        label, answer = sample.label, item.answer.text.strip()
        is_open = item.verdict.outcome == "undecided" or (self._settings.failed_too and item.verdict.outcome == "fail")
        if not (is_open and isinstance(label, TextLabel) and answer):
            return ""
        return judging(sample.question, (label.value, *label.references), answer[:LONGEST_ANSWER])

    def estimate(self, total: int) -> str:
        """One call for each question."""
        longest = total * self._settings.timeout_seconds * (1 + self._settings.retries) / self._settings.parallel
        return f"{self.name} at {self._settings.url}; one call each, at most about {longest:.0f}s in all"

    def replies(self, questions: Sequence[str]) -> list[bool | None]:
        """Its opinions, asked for at once."""
        if self._judge is None:
            return [None] * len(questions)
        with ThreadPoolExecutor(len(questions)) as threads:
            return list(threads.map(self._judge.says_same, questions))

    def verdict(self, item: Judged, reply: bool) -> Verdict:
        """The opinion as a verdict."""
        reason = f"{item.verdict.reason}; the judge model {self.name} says that it {'says' if reply else 'does not say'} the same"
        return Verdict("pass" if reply else "fail", 1.0 if reply else 0.0, item.answer.text.strip()[:200], reason)
