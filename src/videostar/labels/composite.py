"""Several labels of one clip, judged together."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pydantic import Field, SerializeAsAny

from videostar.labels._commit import cues, stretches
from videostar.labels._label import LabelRecord, undecided
from videostar.labels._merging import Parts, under_headings
from videostar.labels._negation import ASSERTED, statuses
from videostar.labels._normalize import is_filler
from videostar.labels._scan import Scan, scanned
from videostar.types import Clip, Label, Outcome, Verdict, Window

MOST_HEADINGS = 20  # of one part, that are read


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
        first, last, _ = stretches(scan)[-1]
        headings = [heading for heading in _headings(scan, tuple(self.parts)) if first <= heading.first < last]
        return _together({name: self._part(name, scan, headings, clip) for name in self.parts})

    def _part(self, name: str, scan: Scan, headings: Sequence[Heading], clip: Clip) -> Verdict:
        """The verdict on one part: by what follows its name, by the one sentence that has its name, by everything.

        What was taken back before the name is said again does not count, nor do names that are only guessed at or denied.
        """
        part, since = self.parts[name], _since(scan, name)
        own = [heading for heading in headings if heading.name == name and heading.first >= since][-MOST_HEADINGS:]
        firm = [heading for heading in own if _is_firm(scan, heading)]
        if own and not firm:
            return undecided(f'the answer does not commit to its "{name}"')
        said = [_under(heading, headings, part, scan, clip) for heading in firm]
        verdict = _agreed(said) if said else undecided(f'the answer has no "{name}"')
        for start, end in (_only_sentence(scan, name, since), (scan.starts[since], len(scan.text))):
            if verdict.outcome == "undecided":
                verdict = _moved(part.judge(scan.text[start:end], name, clip), start)
        return verdict

    def window_hint(self, window: Window) -> str:
        """Each part's own, by its name."""
        return " ".join(f"{name}: {part.window_hint(window)}" for name, part in self.parts.items())

    @property
    def windows_overlap(self) -> bool:
        """Whether all parts allow it."""
        return all(part.windows_overlap for part in self.parts.values())

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """Each part's own, by its name."""
        said = under_headings(text, tuple(self.parts))
        return _named({name: part.window_answer(said.get(name, ""), name, window) for name, part in self.parts.items()})

    def merged(self, parts: Parts, question: str = "") -> str:
        """Each part merged by its own rule from what the windows say under its name."""
        said = [(window, under_headings(text, tuple(self.parts))) for window, text in parts]
        return _named(
            {name: part.merged([(window, texts.get(name, "")) for window, texts in said], name) for name, part in self.parts.items()}
        )

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


def _named(said: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {text}" for name, text in said.items() if text)


class Heading(NamedTuple):
    """The name of a part at tokens first..last, with a colon after it."""

    first: int
    last: int
    name: str


def _headings(scan: Scan, parts: tuple[str, ...]) -> list[Heading]:
    """Every part's name that a colon follows, in order; the longest name at a place."""
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name in sorted(parts, key=len):
        words = tuple(scanned(name).words)
        by_first.setdefault(words[0] if words else "", []).append((words, name))
    found: dict[int, Heading] = {}
    for index, word in enumerate(scan.words):
        for words, name in by_first.get(word, ()):
            last = index + len(words)
            if tuple(scan.words[index:last]) == words and _is_heading(scan, last):
                found[index] = Heading(index, last, name)
    return [found[index] for index in sorted(found)]


def _under(heading: Heading, headings: Sequence[Heading], part: LabelRecord, scan: Scan, clip: Clip) -> Verdict:
    """The verdict on what follows a name, up to the next one; on its first sentence alone where more follows that spoils it."""
    start = scan.ends[heading.last - 1]
    following = next((other for other in headings if other.first > heading.first), None)
    stop = scan.starts[following.first] if following else len(scan.text)
    verdict = part.judge(scan.text[start:stop], heading.name, clip)
    sentence = next((scan.ends[last - 1] for first, last in scan.sentences if first <= heading.first < last), stop)
    if verdict.outcome == "fail" and sentence < stop and not _concludes(scan, scan.tokens_at(sentence, stop)):
        first = part.judge(scan.text[start:sentence], heading.name, clip)
        verdict = first if first.outcome == "pass" else verdict
    return _moved(verdict, start)


def _concludes(scan: Scan, place: tuple[int, int]) -> bool:
    """Whether an answer says in a place that it answers or corrects itself."""
    found = cues(scan)
    return any(place[0] <= at <= place[1] for at in (*found.final, *found.conclusion, *found.correction))


def _is_firm(scan: Scan, heading: Heading) -> bool:
    """Whether a name stands in no guess and no denial that began before it."""
    opens = heading.first == 0 or any(first == heading.first for first, _ in scan.sentences)
    return opens or statuses(scan)[heading.first - 1] == ASSERTED


def _agreed(said: Sequence[Verdict]) -> Verdict:
    """The last of several verdicts under one name; a conflict where some pass and some fail."""
    outcomes = {verdict.outcome for verdict in said}
    if {"pass", "fail"} <= outcomes:
        failed = next(verdict for verdict in said if verdict.outcome == "fail")
        return Verdict("fail", 0.0, failed.extracted, "the answer says several things", failed.parts, failed.span)
    return said[-1]


def _since(scan: Scan, name: str) -> int:
    """The token from which on a part's name counts: after the last correction that says it again."""
    latest = {base: index for index, base in enumerate(scan.stems)}
    said = min((latest.get(base, -1) for base in _content(name)), default=-1)
    return max((at for at in (*cues(scan).retraction, *cues(scan).correction) if at <= said), default=0)


def _content(name: str) -> set[str]:
    return {stem for word, stem in zip(scanned(name).words, scanned(name).stems, strict=True) if not is_filler(word)}


def _only_sentence(scan: Scan, name: str, since: int) -> tuple[int, int]:
    """Characters of the one sentence from token `since` on that holds a part's name; of all that follows where none or several do."""
    wanted = _content(name)
    ranges = [(max(first, since), last) for first, last in scan.sentences if last > since]
    found = [(first, last) for first, last in ranges if wanted and wanted <= set(scan.stems[first:last])]
    if len(found) != 1:
        return scan.starts[since], len(scan.text)
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
