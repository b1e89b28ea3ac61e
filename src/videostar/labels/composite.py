"""Several labels of one clip, judged together."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, Literal

from pydantic import Field, SerializeAsAny

from videostar.labels._label import LabelRecord, undecided
from videostar.labels._normalize import is_filler
from videostar.labels._scan import Scan, scanned
from videostar.types import Clip, Label, Outcome, Verdict


class CompositeLabel(LabelRecord):
    """Passes when every part passes. parts: labels of other kinds, by name."""

    kind: Literal["composite"] = "composite"
    parts: Mapping[str, SerializeAsAny[LabelRecord]] = Field(min_length=1)

    @property
    def metric(self) -> str:
        """Share of answers right in every part."""
        return "accuracy"

    def to_json(self) -> dict[str, Any]:
        """`kind` and the JSON form of every part."""
        return {"kind": self.kind, "parts": {name: part.to_json() for name, part in self.parts.items()}}

    def format_text(self) -> str:
        """What each part's question must state."""
        rows = [f"{name}: {part.format_text()}".rstrip(": ") for name, part in self.parts.items()]
        return "Answer each by its name.\n" + "\n".join(rows)

    def answer_text(self) -> str:
        """`name: value; name: value`."""
        return "; ".join(f"{name}: {part.answer_text()}" for name, part in self.parts.items())

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Judge every part on what the answer says under its name, else on the whole answer."""
        scan = Scan(answer)
        if not scan.words:
            return undecided("the answer is empty")
        segments = self._segments(scan)
        parts: dict[str, Verdict] = {}
        for name, part in self.parts.items():
            start, end = segments.get(name, (0, 0))
            verdict = part.judge(answer[start:end], name, clip) if end else undecided(f'the answer has no "{name}"')
            if verdict.outcome == "undecided":
                start, end = _only_sentence(scan, name)
                verdict = part.judge(answer[start:end], name, clip)
            if verdict.outcome == "undecided":
                start = 0
                verdict = part.judge(answer, name, clip)
            parts[name] = _moved(verdict, start)
        return _together(parts)

    def _segments(self, scan: Scan) -> dict[str, tuple[int, int]]:
        """Character ranges from each `name:` to the next one."""
        headings = sorted(_headings(scan, tuple(self.parts)))
        ranges: dict[str, tuple[int, int]] = {}
        for (_, last, name), following in zip_longest(headings, headings[1:]):
            end = scan.starts[following[0]] if following else len(scan.text)
            ranges[name] = (scan.ends[last - 1], end)
        return ranges

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """The truth with one part made wrong."""
        found: list[str] = []
        for name, part in self.parts.items():
            same = [other.parts[name] for other in others if isinstance(other, CompositeLabel) and name in other.parts]
            found.extend(self._with(name, wrong) for wrong in part.distractors(same, count, seed))
        random.Random(seed).shuffle(found)
        return [text for text in dict.fromkeys(found) if self.judge(text).outcome != "pass"][:count]

    def _with(self, name: str, wrong: str) -> str:
        return "; ".join(f"{other}: {wrong if other == name else part.answer_text()}" for other, part in self.parts.items())


def _headings(scan: Scan, parts: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """Tokens first..last of every part's name that a colon follows, with the name; the longest name at a place."""
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name in sorted(parts, key=len):
        words = tuple(scanned(name).words)
        by_first.setdefault(words[0] if words else "", []).append((words, name))
    found: dict[int, tuple[int, int, str]] = {}
    for index, word in enumerate(scan.words):
        for words, name in by_first.get(word, ()):
            last = index + len(words)
            if tuple(scan.words[index:last]) == words and _is_heading(scan, last):
                found[index] = (index, last, name)
    return list(found.values())


def _only_sentence(scan: Scan, name: str) -> tuple[int, int]:
    """Characters of the one sentence that holds a part's name; of the whole text where none or several do."""
    wanted = {stem for word, stem in zip(scanned(name).words, scanned(name).stems, strict=True) if not is_filler(word)}
    found = [(first, last) for first, last in scan.sentences if wanted and wanted <= set(scan.stems[first:last])]
    if len(found) != 1:
        return 0, len(scan.text)
    return scan.starts[found[0][0]], scan.ends[found[0][1] - 1]


def _is_heading(scan: Scan, at: int) -> bool:
    """Whether a colon or an equals sign follows at token `at`, past marks such as quotes and asterisks."""
    words = scan.words[at : at + 4]
    stop = next((place for place, word in enumerate(words) if word in (":", "=")), None)
    return stop is not None and not any(word.isalnum() for word in words[:stop])


def _moved(verdict: Verdict, offset: int) -> Verdict:
    if not offset or verdict.span is None:
        return verdict
    span = (verdict.span[0] + offset, verdict.span[1] + offset)
    return Verdict(verdict.outcome, verdict.score, verdict.extracted, verdict.reason, verdict.parts, span)


def _together(parts: dict[str, Verdict]) -> Verdict:
    outcomes = {verdict.outcome for verdict in parts.values()}
    outcome: Outcome = "fail" if "fail" in outcomes else "undecided" if "undecided" in outcomes else "pass"
    score = sum(verdict.score for verdict in parts.values()) / len(parts)
    wrong = [f"{name}: {verdict.reason}" for name, verdict in parts.items() if verdict.outcome != "pass"]
    extracted = {name: verdict.extracted for name, verdict in parts.items()}
    return Verdict(outcome, score, extracted, "; ".join(wrong) or "every part is right", parts)
