"""Where an answer commits: marked places first (`<answer>`, boxed, JSON), then spoken cues, then everything said."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, NamedTuple

from videostar.labels._scan import Phrasebook, Scan

_DEEPEST_JSON = 40
_KEY = re.compile(r'["\'](?:final[ _]?|predicted[ _]?|my[ _]?)?(?:answer|prediction|response|result)["\']\s*:\s*')


class Stretch(NamedTuple):
    """Tokens first..last (last excluded) that commit. marked: nothing outside it counts."""

    first: int
    last: int
    marked: bool


_CUES = Phrasebook(
    {
        "final": """
            final answer | the answer is | answer is | answer : | answer would be | answer must be | answer should be |
            answer = | correct answer | correct option | correct choice | right answer | best answer | correct one is |
            correct label | correct class | correct caption | correct description | i choose | i would choose | i'd choose |
            i'll choose | i select | i pick | i'd pick | i would pick | i would say | i'd say | i'll say | i will say |
            i'd go with | i'll go with | i will go with | i would go with | i go with | going with | i answer | i would answer |
            i conclude | my answer | my final | my choice | my pick | my best guess | my guess | my estimate | my prediction |
            my conclusion | my verdict | best choice | best option | best matches | best match | best fits | best describes |
            settle on | settling on | conclude that | conclusion : | conclusion is | prediction : | label : | result : | i give |
            i'd give | i would give | i'll give | i estimate | i'd estimate | i would estimate | i rate | i'd rate |
            i would rate | i score | i award | i'd put | i would put | we get | we conclude | it must be | has to be
            """,
        "conclusion": """
            therefore | thus | hence | so | in conclusion | to conclude | in summary | to summarize | overall | in short |
            to sum up | ultimately | all in all | finally
            """,
        "correction": """
            wait | on second thought | on second thoughts | on closer look | on closer inspection | looking closer |
            looking closely | correction | i mean | scratch that | let me correct | let me reconsider | let me revise |
            let me rethink | i was wrong | that's wrong | that is wrong | no , actually | actually , no | actually | or rather |
            i take that back | my mistake | make that | strike that | hmm , no | upon closer inspection | upon closer look |
            upon reflection | i correct myself | no , wait
            """,
        "contrast": """
            but | however | yet | instead | rather | in fact | in reality | in truth | really
            """,
    }
)  # fmt: skip


class Cues(NamedTuple):
    """Token numbers right after each cue, by strength."""

    final: tuple[int, ...]
    conclusion: tuple[int, ...]
    correction: tuple[int, ...]
    contrast: tuple[int, ...]


def cues(scan: Scan) -> Cues:
    """Where a text says that it answers, concludes, corrects itself or turns."""
    cached: Cues | None = scan.__dict__.get("_cues")
    if cached is not None:
        return cached
    by_tag: dict[str, list[int]] = {"final": [], "conclusion": [], "correction": [], "contrast": []}
    words = scan.words
    for phrase in _CUES.find(words):
        if phrase.tag == "conclusion" and not _starts_clause(words, phrase.first):
            continue
        by_tag[phrase.tag].append(phrase.last)
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
    while at >= 0 and len(found) < 20:
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
    while at >= 0 and len(found) < 20:
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
    for match in _KEY.finditer(lower):
        end = _json_end(lower, match.end())
        if end is not None and len(found) < 20:
            found.append((match.end(), end))
    return found


def _json_end(text: str, start: int) -> int | None:
    window = text[start : start + 20_000]
    if window.count("[") + window.count("{") > 400 and _depth(window) > _DEEPEST_JSON:
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


def json_value(text: str) -> Any:
    """The JSON value that a text is, bare or in a fenced block; None where it is none. Bounded in size and depth."""
    stripped = text.strip()
    if stripped.startswith("```"):
        stripped = stripped.strip("`").strip()
        stripped = stripped[4:] if stripped[:4].lower() == "json" else stripped
    if not stripped or stripped[0] not in "[{" or len(stripped) > 20_000 or _depth(stripped) > _DEEPEST_JSON:
        return None
    try:
        return json.loads(stripped)
    except (ValueError, RecursionError):
        return None


_ABSTAIN = Phrasebook(
    {
        "abstain": """
            {cannot, can't, can not, could not, couldn't, unable to, not able to, impossible to, not possible to, hard to,
            difficult to} {tell, determine, say, answer, know, identify, see, judge, assess, provide, be determined, make out, give,
            be certain, be sure, accurately determine, definitively, confidently, score, evaluate, estimate, definitively say,
            really tell, clearly see, conclude, confirm, decide, view, watch, access} |
            don't know | do not know | not sure | unsure | no idea | not certain | uncertain | not enough information |
            insufficient information | no information | not clear | unclear | i'm sorry | i am sorry | i apologize | as an ai |
            cannot be determined | can't be determined | not provided | not specified | no way to {tell, know} | who knows |
            unknown | n / a
            """,
    }
)  # fmt: skip


def abstains(scan: Scan, after: int = 0) -> bool:
    """Whether a text says that it cannot answer, at or after token `after`."""
    return any(phrase.first >= after for phrase in _ABSTAIN.find(scan.words))


@lru_cache(maxsize=8192)
def question_words(question: str) -> frozenset[str]:
    """Stems of a question's words of content."""
    from videostar.labels._normalize import is_filler

    scan = Scan(question)
    return frozenset(word for raw, word in zip(scan.words, scan.stems, strict=True) if not is_filler(raw)) - _ASKING


_ASKING = frozenset(
    "what which how when where why who do doe many much long video clip this person give tell describ pleas answer question".split()
)
