"""Kept answers -> the conversations to train on, in the forms and shares that the config asks for.

Every word comes from the model's verified answer, the label or a fixed template; a conversation holds exactly what was asked,
without the hint. The direct and the multiple choice form are answered by the label, so they are judged by it once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from videostar.config import SelectConfig
from videostar.prompts import asked, asked_of_window
from videostar.seeds import seed_for
from videostar.steps.multi_turn import Joiner
from videostar.steps.options import WrongOptions, multiple_choice
from videostar.steps.select import Decision
from videostar.steps.verify import Judged
from videostar.steps.windowed import window_span
from videostar.types import AnswerRef, Conversation, Form, Message, Sample, WindowAnswer

GOLDEN = 0.6180339887498949
"""Steps of this size spread over [0, 1] as evenly as can be, however many there are."""


class Forms:
    """Makes the conversations of one cycle; decisions come in the order of ids, and so do conversations.

    train: the train samples, streamed once beforehand where multiple choice needs the labels of others.
    """

    def __init__(self, settings: SelectConfig, seed: int, train: Callable[[], Iterable[Sample]]) -> None:
        self._seed = seed
        self._single: dict[Form, float] = {form: share for form, share in settings.forms.items() if form != "multi_turn"}
        self._joined = settings.forms.get("multi_turn", 0.0)
        self._wrong = WrongOptions(train() if settings.forms.get("choice") else (), seed)
        self._joiner = Joiner(seed)

    def conversations(self, decision: Decision) -> Iterator[Conversation]:
        """The conversations of a sample's kept answers.

        A form with share 0.5 takes half of the kept answers, drawn by seed; shares that sum to 1 give each answer one form. An
        answer drawn for multiple choice for which there is no wrong option takes the direct form. Multi-turn comes on top.
        """
        sample = decision.sample
        for item in decision.kept:
            draw = self._draw("form", item)
            if item.answer.windows:
                yield from self._of_windows(sample, item, draw)
                continue
            shown = dict(self._shown(sample, form) for form in drawn_forms(self._single, draw))
            yield from (_conversation(form, asked_as, item) for form, asked_as in shown.items())
        if decision.kept and self._joined > 0 and not decision.kept[0].answer.windows:
            item = decision.kept[0]
            yield from self._joiner.joined(sample, item, lead=self._draw("multi_turn", item) < self._joined)

    def _of_windows(self, sample: Sample, item: Judged, draw: float) -> Iterator[Conversation]:
        """A conversation about each window, on what that window was answered on; no more windows without anything than with.

        The forms are drawn for every window by itself. Multiple choice becomes direct: the options are about the whole.
        """
        for number, part in enumerate(_balanced(sample, item, self._seed)):
            spread = (draw + number * GOLDEN) % 1.0
            for form in dict.fromkeys("direct" if form == "choice" else form for form in drawn_forms(self._single, spread)):
                if conversation := _of_window(form, sample, item, part):
                    yield conversation

    def _draw(self, what: str, item: Judged) -> float:
        answer = item.answer
        return seed_for(self._seed, what, answer.cycle, answer.sample_id, answer.candidate) / 2**63

    def _shown(self, sample: Sample, form: Form) -> tuple[Form, Sample]:
        """The form that can be had, and the sample as it is asked in it."""
        if form != "choice":
            return form, sample
        label = multiple_choice(sample, self._wrong, self._seed)
        return ("direct", sample) if label is None else ("choice", replace(sample, label=label))


def _conversation(form: Form, sample: Sample, item: Judged) -> Conversation:
    answer, frames = item.answer, item.answer.frames
    text = answer.text if form == "reasoned" else sample.label.answer_text()
    return Conversation(
        id=f"{sample.id}/{answer.cycle}/{answer.route}/{answer.candidate}/{form}",
        sample_id=sample.id,
        route=answer.route,
        form=form,
        video=sample.video,
        start_seconds=sample.start_seconds,
        end_seconds=sample.end_seconds,
        messages=(Message("user", asked(sample, form)), Message("assistant", text)),
        answer_ref=AnswerRef(answer.cycle, answer.candidate, frames.sha256, frames.timestamps_seconds, frames.visual_tokens),
    )


def _balanced(sample: Sample, item: Judged, seed: int) -> list[WindowAnswer]:
    """The windows that something was found in, and at most as many, drawn by seed, of those without; in order."""
    absent = sample.label.absent_text()
    silent = {
        part for part in item.answer.windows if absent and sample.label.window_answer(part.text, sample.question, part.window) == absent
    }
    speaking = [part for part in item.answer.windows if part not in silent]
    drawn = sorted(silent, key=lambda part: seed_for(seed, "silent window", sample.id, f"{part.window.start_seconds:g}"))
    kept = {*speaking, *drawn[: max(1, len(speaking))]}
    return [part for part in item.answer.windows if part in kept]


def _of_window(form: Form, sample: Sample, item: Judged, part: WindowAnswer) -> Conversation | None:
    """None where a direct answer is wanted and the window's text commits to none."""
    answer, label = item.answer, sample.label
    text = part.text if form == "reasoned" else label.window_answer(part.text, sample.question, part.window)
    if not text:
        return None
    start, end = window_span(sample.start_seconds, part.window)
    return Conversation(
        id=f"{sample.id}/{answer.cycle}/{answer.route}/{answer.candidate}/{form}/{start:g}",
        sample_id=sample.id,
        route=answer.route,
        form=form,
        video=sample.video,
        start_seconds=start,
        end_seconds=end,
        messages=(Message("user", asked_of_window(sample, form)), Message("assistant", text)),
        answer_ref=AnswerRef(answer.cycle, answer.candidate, part.frames_sha256, part.timestamps_seconds, part.visual_tokens),
    )


def drawn_forms(shares: Mapping[Form, float], offset: float) -> Iterator[Form]:
    """Systematic sampling: the forms whose stretch of the cumulated shares holds offset, offset + 1, ..."""
    start = 0.0
    for form, share in shares.items():
        marks = int(start + share - offset + 1) - int(start - offset + 1)
        yield from [form] * marks
        start += share
