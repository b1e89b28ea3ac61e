"""Questions with their label and how hard they were, for trainers that draw answers themselves and reward them."""

from __future__ import annotations

import json
from typing import Any

from videostar.export.exporter import Question, origin
from videostar.export.texts import plain
from videostar.prompts import asked
from videostar.types import Clip, Message

QUESTIONS = "questions"


def why_not_asked(question: Question) -> str:
    """Why a question cannot be posed again, or ""."""
    return "the video could not be read" if question.unread else ""


def asked_question(question: Question) -> Message:
    """The question as the run asked it, without any hint."""
    return Message("user", asked(question.sample, "reasoned"))


def label_text(question: Question) -> str:
    """The label as one line of JSON, with the config's thresholds in it."""
    return json.dumps(question.sample.label.to_json(), ensure_ascii=True)


def label_columns(question: Question) -> dict[str, Any]:
    """What `videostar.rewards.reward` needs, and what the run's own answers to the question were worth.

    mean_score: of the generated answers' graded scores, in [0, 1]; None where none was asked for.
    """
    scores = [item.verdict.score for item in question.generated]
    clip = question.generated[0].answer.frames.clip if question.generated else Clip()
    return {
        "solution": plain(question.sample.label.answer_text()),
        "label": label_text(question),
        "question": question.sample.question,
        "duration_seconds": clip.duration_seconds,
        "width": clip.width,
        "height": clip.height,
        "task": question.sample.task,
        "source": question.sample.source,
        "mean_score": round(sum(scores) / len(scores), 6) if scores else None,
        "difficulty": question.difficulty,
        "provenance": [origin(question, item) for item in question.generated],
    }
