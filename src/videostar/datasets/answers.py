"""A short answer in words -> the label that checks it: yes or no, a count, a number, else a text."""

from __future__ import annotations

import re
from typing import Any

NUMBER_WORDS = {word: number for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())}


def label_of_answer(answer: str, question: str) -> dict[str, Any]:
    """By the answer's form; a whole number is a count where the question asks how many."""
    plain = answer.strip().rstrip(".").lower()
    if plain in {"yes", "no"}:
        return {"kind": "boolean", "value": plain == "yes"}
    counted = NUMBER_WORDS.get(plain, int(plain) if re.fullmatch(r"\d{1,9}", plain) else None)
    if counted is not None and re.search(r"\bhow (many|often)\b", question.lower()):
        return {"kind": "count", "value": counted}
    if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", plain):
        return {"kind": "number", "value": float(plain)}
    return {"kind": "text", "value": answer.strip()}
