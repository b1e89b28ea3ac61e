"""What is asked: question + the label kind's format text + a form suffix. Templates are text files beside this module.

A rationalization prompt adds the label's hint. Training stores what is asked, minus the hint, so both come from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from videostar.types import Form, Sample, Window

_SCALES = re.compile(r"\b(?:score|rating|grade|mark|level|speed|distance|height|length|duration|difficulty|angle)\b", re.IGNORECASE)
"""What a number may be called in a follow-up to the question that names it."""


def asked(sample: Sample, form: Form) -> str:
    """The prompt of a sample: `reasoned` asks for steps, every other form asks plainly."""
    suffix = _template("step_by_step") if form == "reasoned" else ""
    return "\n".join(part for part in (sample.question, sample.label.format_text(), suffix) if part)


def rationalization(sample: Sample) -> str:
    """The prompt that shows the label and asks for an explanation (paper, label rationalization)."""
    return _template("rationalize").format(asked=asked(sample, "reasoned"), hint=sample.label.hint())


def asked_of_window(sample: Sample, form: Form) -> str:
    """The prompt about one window of a long sample, the same for all windows: they may hold nothing of what is asked for."""
    absent = sample.label.absent_text()
    case = _template("absent").format(answer=absent.rstrip(".")) if absent else ""
    suffix = _template("step_by_step") if form == "reasoned" else ""
    return "\n".join(part for part in (sample.question, sample.label.format_text(), case, suffix) if part)


def rationalization_of_window(sample: Sample, window: Window) -> str:
    """The prompt that shows what the label says about one window."""
    return _template("rationalize").format(asked=asked_of_window(sample, "reasoned"), hint=sample.label.window_hint(window))


def judging(question: str, references: Sequence[str], answer: str) -> str:
    """What a judge model is asked about a free answer: whether it says the same as one of the references.

    The marks around the texts cannot be closed from within; a judge may still follow what an answer says.
    """
    texts = {"question": question, "references": "\n".join(references), "answer": answer}
    return _template("judge").format(**{name: text.replace("</", "< /") for name, text in texts.items()})


def why(sample: Sample, draw: int) -> str:
    """A follow-up that asks for the reasons of the answer just given, in words for its kind of label; `draw` picks one of them."""
    rows = (line.partition(": ") for line in _template("why").splitlines())
    fitting = [text for kind, _, text in rows if kind == sample.label.kind] or ["What is that based on?"]
    named = _SCALES.search(sample.question)
    return fitting[draw % len(fitting)].format(thing=named.group().lower() if named else "number")


@cache
def _template(name: str) -> str:
    return files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")
