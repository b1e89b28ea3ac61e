"""Video-R1: questions with their solution and, where the run has one, the model's own reasoning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from videostar.export.exporter import Exporter, LeftOut, Question, Row, Table
from videostar.export.reinforcement import QUESTIONS, label_columns, why_not_asked
from videostar.export.texts import plain
from videostar.labels.boolean import BooleanLabel
from videostar.labels.category import CategoryLabel
from videostar.labels.choice import ChoiceLabel, letter
from videostar.labels.count import CountLabel
from videostar.labels.number import NumberLabel
from videostar.labels.timestamp import TimestampLabel
from videostar.prompts import asked
from videostar.types import Label

FILE = "train.json"
MOST_OPTIONS = 26


class VideoR1(Exporter):
    """Video-R1's JSON, one row a question. Yes or no, and classes of a small closed set, are asked as multiple choice.

    {"problem_id": 0, "problem": "What is the person doing?", "data_type": "video", "problem_type": "multiple choice", "options":
    ["A. running", "B. yoga"], "process": "<think>The person bends ...</think>", "solution": "<answer>B</answer>", "path":
    "clips/a.mp4", "data_source": "kinetics", ...}
    """

    tables: Sequence[Table] = (Table(FILE, QUESTIONS),)

    def __init__(self) -> None:
        self._number = 0

    def rows(self, question: Question) -> Iterator[Row | LeftOut]:
        """One row for each question; `process` is "" where no explanation was kept."""
        reason = why_not_asked(question)
        if reason:
            yield LeftOut(reason)
            return
        kind, options, solution = _problem(question.sample.label)
        kept = question.kept_answers()
        told = label_columns(question)
        shown = question.sample.question if options else asked(question.sample, "direct")
        row: dict[str, Any] = {
            "problem_id": self._number,
            "problem": plain(shown),
            "data_type": "video",
            "problem_type": kind,
            "options": [f"{letter(place)}. {plain(option)}" for place, option in enumerate(options)],
            "process": f"<think>{plain(kept[0].answer.text)}</think>" if kept else "",
            "solution": f"<answer>{plain(solution)}</answer>",
            "path": question.video,
            "data_source": question.sample.source,
            "id": question.sample.id,
        }
        self._number += 1
        yield Row(FILE, {**row, **{name: told[name] for name in ("label", "task", "mean_score", "difficulty", "provenance")}})

    def next_step(self, folder: Path, videos: str) -> str:
        """Where Video-R1's scripts look."""
        return f"train with --dataset_name {folder / FILE}" + (f", in the folder {videos}" if videos else "")


def _problem(label: Label) -> tuple[str, Sequence[str], str]:
    """Type, options and solution in Video-R1's terms."""
    if isinstance(label, ChoiceLabel):
        return "multiple choice", label.options, letter(label.answer)
    if isinstance(label, BooleanLabel):
        return "multiple choice", ("yes", "no"), letter(int(not label.value))
    if isinstance(label, CategoryLabel) and 2 <= len({*label.classes, label.value}) <= MOST_OPTIONS:
        options = sorted({*label.classes, label.value})
        return "multiple choice", options, letter(options.index(label.value))
    if isinstance(label, CountLabel):
        return "numerical", (), str(label.value)
    if isinstance(label, NumberLabel | TimestampLabel):
        return "regression", (), f"{label.value if isinstance(label, NumberLabel) else label.value_seconds:.15g}"
    return "free-form", (), label.answer_text()
