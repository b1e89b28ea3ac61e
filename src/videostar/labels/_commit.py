"""Where an answer commits: marked places first (`<answer>`, boxed, JSON), then spoken cues, then everything said."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import NamedTuple

from videostar.labels import _cues
from videostar.labels._normalize import is_filler, stem
from videostar.labels._scan import Phrasebook, Scan

_DEEPEST_JSON = 40
_MOST_MARKED = 20
_KEY = re.compile(r'["\'](?:final[ _]?|predicted[ _]?|my[ _]?)?(?:answer|prediction|response|result)["\']\s*:\s*')


class Stretch(NamedTuple):
    """Tokens first..last (last excluded) that commit. marked: nothing outside it counts."""

    first: int
    last: int
    marked: bool


_CUES = Phrasebook(
    {
        "final": _cues.FINAL,
        "conclusion": _cues.CONCLUSION,
        "correction": _cues.CORRECTION,
        "retraction": _cues.RETRACTION,
        "contrast": _cues.CONTRAST,
    }
)


class Cues(NamedTuple):
    """Token numbers right after each cue, by strength. rank[i]: how many different wordings of a final cue stand up to final[i]."""

    final: tuple[int, ...]
    rank: tuple[int, ...]
    conclusion: tuple[int, ...]
    correction: tuple[int, ...]
    retraction: tuple[int, ...]
    contrast: tuple[int, ...]


_NO_CUES = Cues((), (), (), (), (), ())


def cues(scan: Scan) -> Cues:
    """Where a text says that it answers, concludes, corrects itself or turns."""
    cached: Cues | None = scan.__dict__.get("_cues")
    if cached is not None:
        return cached
    if _CUES.first_words.isdisjoint(scan.words):
        scan.__dict__["_cues"] = _NO_CUES
        return _NO_CUES
    by_tag: dict[str, list[int]] = {tag: [] for tag in Cues._fields}
    wordings: list[list[str]] = []
    words = scan.words
    for phrase in _CUES.find(words):
        if phrase.tag == "conclusion" and not _starts_clause(words, phrase.first):
            continue
        by_tag[phrase.tag].append(phrase.last)
        if phrase.tag == "final":
            wording = words[phrase.first : phrase.last]
            wordings.extend([wording] if wording not in wordings else [])
            by_tag["rank"].append(len(wordings))
        if phrase.tag == "retraction":
            by_tag["correction"].append(phrase.last)
    found = Cues(*(tuple(by_tag[tag]) for tag in Cues._fields))
    scan.__dict__["_cues"] = found
    return found


def _starts_clause(words: list[str], index: int) -> bool:
    return index == 0 or words[index - 1] in (".", "!", "?", "\n", ",", ";", "and", "*", ":")


def stretches(scan: Scan) -> list[Stretch]:
    """The marked places of a text, or the whole text as the one unmarked place."""
    marked = _marked_ranges(scan.lower)
    if not marked:
        return [Stretch(_after_thinking(scan), len(scan.words), marked=False)]
    corrected = cues(scan).correction
    found = [Stretch(*scan.tokens_at(start, end), marked=True) for start, end in marked]
    last = found[-1]
    if any(at <= last.first for at in corrected if at > found[0].first):
        return [last]
    return found


def says_nothing(scan: Scan) -> bool:
    """Whether the places that count hold no word and no number."""
    return not any(word[0].isalnum() for first, last, _ in stretches(scan) for word in scan.words[first:last])


def committed(scan: Scan) -> tuple[int, int]:
    """The token range to judge as a whole: the marked place, what follows the last cue or correction, or everything."""
    place = stretches(scan)[-1]
    if place.marked:
        return place.first, place.last
    found = cues(scan)
    first = max([place.first, *found.final[-1:], *found.retraction[-1:]])
    if any(word[0].isalnum() for word in scan.words[first : place.last]):
        return first, place.last
    return place.first, place.last


def _after_thinking(scan: Scan) -> int:
    end = scan.lower.rfind("</think>")
    if end < 0:
        return 0
    first = scan.tokens_at(end + len("</think>"), len(scan.lower))[0]
    return first if first < len(scan.words) else 0


def _marked_ranges(lower: str) -> list[tuple[int, int]]:
    if "<answer>" in lower:
        return _tagged(lower)
    if "\\boxed{" in lower or "\\boxed {" in lower:
        return _boxed(lower)
    if '"' in lower and "{" in lower:
        return _json_answers(lower)
    return []


def _tagged(lower: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = lower.find("<answer>")
    while at >= 0 and len(found) < _MOST_MARKED:
        start = at + len("<answer>")
        end = lower.find("</answer>", start)
        stop = end if end >= 0 else len(lower)
        boxed = _boxed(lower[start:stop]) if "\\boxed" in lower[start:stop] else []
        found.extend([(start + first, start + last) for first, last in boxed[-1:]] or [(start, stop)])
        at = lower.find("<answer>", stop)
    return found


def _boxed(lower: str) -> list[tuple[int, int]]:
    """The inside of every `\\boxed{...}`; an inner `\\text{...}` is read through."""
    found: list[tuple[int, int]] = []
    at = lower.find("\\boxed")
    while at >= 0 and len(found) < _MOST_MARKED:
        start = lower.find("{", at)
        if start < 0:
            break
        depth, end = 1, start + 1
        while end < len(lower) and depth and end - start < 5000:
            depth += {"{": 1, "}": -1}.get(lower[end], 0)
            end += 1
        inside = start + 1
        if lower.startswith("\\text{", inside):
            inside += len("\\text{")
        found.append((inside, end - 1 if depth == 0 else end))
        at = lower.find("\\boxed", end)
    return found


def _json_answers(lower: str) -> list[tuple[int, int]]:
    """The values of `"answer": ...` keys."""
    found: list[tuple[int, int]] = []
    for match in list(_KEY.finditer(lower))[-_MOST_MARKED:]:
        end = _json_end(lower, match.end())
        if end is not None:
            found.append((match.end(), end))
    return found


def _json_end(text: str, start: int) -> int | None:
    window = text[start : start + 4000]
    if window.count("[") + window.count("{") > _DEEPEST_JSON and _depth(window) > _DEEPEST_JSON:
        return None
    try:
        _, end = json.JSONDecoder().raw_decode(window)
    except (ValueError, RecursionError):
        return None
    return start + int(end)


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


_ABSTAIN = Phrasebook({"abstain": _cues.ABSTAINING})


def abstains(scan: Scan, after: int = 0) -> bool:
    """Whether a text says that it cannot answer, at or after token `after`."""
    return any(phrase.first >= after for phrase in _ABSTAIN.find(scan.words))


@lru_cache(maxsize=8192)
def question_words(question: str) -> frozenset[str]:
    """Stems of a question's words of content."""
    scan = Scan(question)
    return frozenset(base for raw, base in zip(scan.words, scan.stems, strict=True) if not is_filler(raw)) - _ASKING


_ASKING = frozenset(
    stem(word)
    for word in "what which how when where why who do does did many much long video clip this person give tell describe please answer "
    "question time".split()
)
