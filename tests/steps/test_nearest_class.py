"""A scripted embedder: it has a say on paraphrases alone, by a clear margin, and never against what an answer says itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from videostar.config import EmbedderConfig
from videostar.labels import parse_label
from videostar.steps.nearest_class import NearestClass
from videostar.steps.verify import Judged
from videostar.types import Answer, FrameRecord, Sample, Verdict

CLASSES = ("backflip", "frontflip", "cartwheel")


class ScriptedEmbedder:
    """Says that every text which is no class means a backflip, or what its script says."""

    name = "scripted"

    def __init__(self, script: Mapping[str, Sequence[float]] | None = None) -> None:
        self.script = script or {}
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        self.asked.extend(texts)
        axes = {"backflip": 0, "backward somersault": 0, "frontflip": 1, "cartwheel": 2}
        rows = np.zeros((len(texts), 3), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = self.script.get(text, np.eye(3, dtype=np.float32)[axes.get(text, 0)])
        return rows


def verdict(answer: str, label: Mapping[str, Any], embedder: ScriptedEmbedder, **settings: Any) -> Verdict:
    """The rules' verdict with the embedder's say taken in."""
    sample = Sample("s", "v.mp4", "Which trick is it?", parse_label(label))
    given = Answer("s", 1, 0, "generated", "", answer, "stop", FrameRecord(), "m", 0, 1, 0.0)
    item = Judged(given, sample.label.judge(answer, sample.question))
    adviser = NearestClass(EmbedderConfig(url="http://localhost", model="scripted", **settings), embedder)
    question = adviser.question(sample, item)
    reply = adviser.replies([question])[0] if question else None
    return item.verdict if reply is None else adviser.verdict(item, reply)


def label(value: str, **more: Any) -> dict[str, Any]:
    return {"kind": "category", "value": value, "classes": CLASSES, **more}


PARAPHRASE = "He turns over in the air with his face to the sky."


def test_a_paraphrase_passes_or_fails_by_the_nearest_class_and_says_so() -> None:
    right = verdict(PARAPHRASE, label("backflip"), ScriptedEmbedder())
    assert (right.outcome, right.score, right.extracted) == ("pass", 1.0, "backflip")
    assert right.reason == 'the answer names no class; by the embedder scripted nearest is "backflip" (1.00), then "cartwheel" (0.00)'
    wrong = verdict(PARAPHRASE, label("frontflip"), ScriptedEmbedder())
    assert (wrong.outcome, wrong.score, wrong.extracted) == ("fail", 0.0, "backflip")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("He does a frontflip.", "fail"),
        ("He turns over backwards, so this is a frontflip.", "fail"),
        ("The answer is frontflip, though he turns over with his face to the sky.", "fail"),
        ("First a frontflip, then he turns over in the air with his face to the sky.", "fail"),
        ("A frontflip or a cartwheel.", "fail"),
        ("It is no frontflip; he turns over with his face to the sky.", "fail"),
        ("He does not turn over in the air with his face to the sky.", "undecided"),
        ("He might turn over in the air.", "undecided"),
        ("Perhaps he turns over in the air with his face to the sky.", "undecided"),
        ("It might be a frontflip.", "undecided"),
        ("He turns over backwards or sideways.", "undecided"),
        ("I cannot tell which trick it is; he turns over in the air.", "undecided"),
        ("Does he turn over in the air?", "undecided"),
        ("<answer>frontflip</answer> He turns over with his face to the sky.", "fail"),
        ("<answer></answer> He turns over with his face to the sky.", "undecided"),
        ("", "undecided"),
        ("...", "undecided"),
        ("42", "undecided"),
        ("He turns over. " * 60, "undecided"),
    ],
)
def test_no_embedder_is_asked_where_the_answer_names_another_class_or_does_not_commit(answer: str, outcome: str) -> None:
    embedder = ScriptedEmbedder()
    found = verdict(answer, label("backflip"), embedder)
    assert found.outcome == outcome
    assert embedder.asked == []
    assert found == parse_label(label("backflip")).judge(answer, "Which trick is it?")


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ({"kind": "category", "value": "backflip"}, PARAPHRASE),
        ({"kind": "category", "value": "backflip", "classes": ["backflip"]}, PARAPHRASE),
        ({"kind": "text", "value": "backflip"}, PARAPHRASE),
        ({"kind": "choice", "options": list(CLASSES), "answer": 0}, PARAPHRASE),
        ({"kind": "set", "value": ["backflip"]}, PARAPHRASE),
    ],
)
def test_only_categories_with_a_closed_set_are_asked_about(kind: dict[str, Any], answer: str) -> None:
    embedder = ScriptedEmbedder()
    assert verdict(answer, kind, embedder).outcome != "pass"
    assert embedder.asked == []


def test_only_what_the_answer_commits_to_is_asked_about() -> None:
    embedder = ScriptedEmbedder()
    verdict(f"He kicks a ball. Actually, he turns over in the air. The answer is: {PARAPHRASE}", label("backflip"), embedder)
    assert embedder.asked[-1] == PARAPHRASE
    embedder = ScriptedEmbedder()
    verdict(f"He kicks a ball. Wait, no: {PARAPHRASE}", label("backflip"), embedder)
    assert "ball" not in embedder.asked[-1]


@pytest.mark.parametrize(
    ("vector", "settings", "outcome", "why"),
    [
        ((0.8, 0.6, 0.0), {}, "pass", ""),
        ((0.8, 0.6, 0.0), {"minimum_margin": 0.25}, "undecided", ": too close to tell"),
        ((0.72, 0.69, 0.0), {}, "undecided", ": too close to tell"),
        ((0.29, 0.0, 0.0), {}, "undecided", ": too far from any"),
        ((0.29, 0.0, 0.0), {"minimum_similarity": 0.2}, "pass", ""),
        ((0.6, 0.8, 0.0), {}, "fail", ""),
    ],
)
def test_the_nearest_class_must_be_near_and_clearly_nearer_than_the_second(
    vector: tuple[float, ...], settings: dict[str, float], outcome: str, why: str
) -> None:
    found = verdict(PARAPHRASE, label("backflip"), ScriptedEmbedder({PARAPHRASE: vector}), **settings)
    assert found.outcome == outcome
    assert found.reason.endswith(why)


def test_aliases_of_the_right_class_are_one_class_and_no_rival() -> None:
    found = verdict(PARAPHRASE, label("backflip", aliases=["backward somersault"]), ScriptedEmbedder())
    assert found.outcome == "pass"
    assert 'then "cartwheel" (0.00)' in found.reason


def test_vectors_of_another_size_than_those_of_the_names_leave_it_open() -> None:
    class Changing(ScriptedEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
            size = 3 if self.asked else 2
            self.asked.extend(texts)
            return np.ones((len(texts), size), np.float32)

    assert verdict(PARAPHRASE, label("backflip"), Changing()).outcome == "undecided"
