"""Judging answers outside a run: files of cases, and one answer explained."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from videostar.errors import DataError
from videostar.labels import parse_label
from videostar.rows import to_json
from videostar.types import Clip, Verdict


def judge_cases(path: Path) -> Iterator[dict[str, Any]]:
    """Each case with its verdict. Raises `DataError` with all problems of the file before the first verdict."""
    problems = [text for number, line in _lines(path) if (text := _problem(f"{path}:{number}", line))]
    if problems:
        raise DataError(*problems)
    for _, line in _lines(path):
        case = json.loads(line)
        yield {**case, "verdict": to_json(_judged(case))}


def explained(answer: str, label: str, question: str) -> str:
    """The verdict on one answer for a person, the words that decided marked with >> <<."""
    try:
        row = json.loads(label)
    except ValueError as error:
        raise DataError(f'--label is not JSON ({error}); write it like {{"kind": "count", "value": 3}}') from None
    verdict = _judged({"label": row, "answer": answer, "question": question})
    marked = answer
    if verdict.span is not None:
        start, end = verdict.span
        marked = f"{answer[:start]}>>{answer[start:end]}<<{answer[end:]}"
    parts = [f"  {name}: {part.outcome}, {part.reason}" for name, part in verdict.parts.items()]
    found = f"understood as: {json.dumps(verdict.extracted)}"
    return "\n".join([f"{verdict.outcome} (score {verdict.score:.2f}): {verdict.reason}", found, marked, *parts])


def _judged(case: Mapping[str, Any]) -> Verdict:
    clip = Clip(case.get("duration_seconds"), case.get("width"), case.get("height"))
    return parse_label(case["label"], {}).judge(case["answer"], case.get("question", ""), clip)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    if not path.is_file():
        raise DataError(f'there is no file {path}; it is JSON Lines of {{"label", "answer"}} and optional "question"')
    with path.open(encoding="utf-8") as file:
        yield from ((number, line) for number, line in enumerate(file, 1) if line.strip())


def _problem(where: str, line: str) -> str:
    try:
        case = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"{where}: not a JSON object ({error})"
    if not isinstance(case, dict) or not isinstance(case.get("answer"), str) or not isinstance(case.get("label"), dict):
        return f'{where}: a case has at least "label" (an object) and "answer" (a text)'
    try:
        parse_label(case["label"], {})
    except DataError as error:
        return f"{where}: {'; '.join(error.problems)}"
    return ""
