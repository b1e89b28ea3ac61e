"""One judgement as the tests write it: a label's JSON, an answer, what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from videostar.labels import parse_label
from videostar.types import Clip, Verdict

NO_CLIP = Clip()


def verdict(row: Mapping[str, Any], answer: str, question: str = "", clip: Clip = NO_CLIP) -> Verdict:
    """Judge, and check what holds for every verdict."""
    found = parse_label(row).judge(answer, question, clip)
    assert 0.0 <= found.score <= 1.0
    assert found.reason
    if found.span is not None:
        assert 0 <= found.span[0] < found.span[1] <= len(answer)
    return found


def outcome(row: Mapping[str, Any], answer: str, question: str = "", clip: Clip = NO_CLIP) -> str:
    """`pass`, `fail` or `undecided`."""
    return verdict(row, answer, question, clip).outcome
