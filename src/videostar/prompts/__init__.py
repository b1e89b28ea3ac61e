"""What is asked: question + the label kind's format text + a form suffix. Templates are text files beside this module.

A rationalization prompt adds the label's hint. Training stores what is asked, minus the hint, so both come from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from videostar.types import Form, Sample


def asked(sample: Sample, form: Form) -> str:
    """The prompt of a sample: `reasoned` asks for steps, every other form asks plainly."""
    suffix = _template("step_by_step") if form == "reasoned" else ""
    return "\n".join(part for part in (sample.question, sample.label.format_text(), suffix) if part)


def rationalization(sample: Sample) -> str:
    """The prompt that shows the label and asks for an explanation (paper, label rationalization)."""
    return _template("rationalize").format(asked=asked(sample, "reasoned"), hint=sample.label.hint())


def judging(question: str, references: Sequence[str], answer: str) -> str:
    """What a judge model is asked about a free answer: whether it says the same as one of the references.

    The marks around the texts cannot be closed from within; a judge may still follow what an answer says.
    """
    texts = {"question": question, "references": "\n".join(references), "answer": answer}
    return _template("judge").format(**{name: text.replace("</", "< /") for name, text in texts.items()})


@cache
def _template(name: str) -> str:
    return files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")
