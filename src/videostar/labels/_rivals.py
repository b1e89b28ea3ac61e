"""A name beside another that nobody knows: where the set of classes is open, `stretching and yoga` still says two things."""

from __future__ import annotations

import re

from videostar.labels._mentions import Mention
from videostar.labels._negation import ASSERTED, statuses
from videostar.labels._normalize import is_filler
from videostar.labels._scan import Phrasebook, Scan
from videostar.labels._weigh import Reading

LONGEST_NAME = 3
LEAST_LEAD = 3
_JOINS = Phrasebook({"join": "and | as well as | plus | & | together with"})
_NO_NAMES = frozenset(
    "nothing everything then so also again only not no never that's it's more less else now later afterwards others other".split()
)
_MARKS = frozenset({'"', "*", "'", "`", "_"})
_QUOTED = re.compile(r'["\u201c]([^"\u201c\u201d]{3,80})["\u201d]')


def rival(scan: Scan, reading: Reading) -> str:
    """What an answer names with the same standing as the name of a reading; "" for nothing."""
    return _beside(scan, reading) or _in_parallel(scan, reading)


def _beside(scan: Scan, reading: Reading) -> str:
    """The other side of an "and" that opens a sentence, or follows "both": `X and Y.`, `We see both X and Y.`"""
    words = scan.words
    for join in _JOINS.find(words):
        left = _bare(scan, _start(scan, join.first), join.first)
        right = _bare(scan, join.last, _end(scan, join.last))
        sides = [left, right]
        if None in sides or (reading.first, reading.last) not in sides:
            continue
        other = right if (reading.first, reading.last) == left else left
        if other is not None and _is_name(scan, *other):
            return scan.text[scan.starts[other[0]] : scan.ends[other[1] - 1]]
    return ""


def _start(scan: Scan, index: int) -> int:
    """Where the piece before token `index` starts: after "both", or at the start of the sentence; else nowhere."""
    for place in range(index - 1, max(-1, index - LONGEST_NAME - 6), -1):
        if scan.words[place] == "both" or scan.words[place] in ".!?\n:":
            return place + 1
    return 0 if index <= LONGEST_NAME + 4 else index


def _end(scan: Scan, index: int) -> int:
    """Where the piece from token `index` on ends: at the next mark."""
    for place in range(index, min(len(scan.words), index + LONGEST_NAME + 6)):
        if scan.words[place] in ".!?\n,;:":
            return place
    return min(len(scan.words), index + LONGEST_NAME + 6)


def _bare(scan: Scan, first: int, last: int) -> tuple[int, int] | None:
    """A piece without marks and articles around it."""
    while first < last and (scan.words[first] in _MARKS or scan.words[first] in ("a", "an", "the")):
        first += 1
    while first < last and scan.words[last - 1] in _MARKS:
        last -= 1
    return (first, last) if first < last else None


def _is_name(scan: Scan, first: int, last: int) -> bool:
    """Whether tokens may be a name: few, asserted, words of content."""
    words = scan.words[first:last]
    if len(words) > LONGEST_NAME or statuses(scan)[first] != ASSERTED or words[0].endswith("ly"):
        return False
    return all(word.isalpha() and word not in _NO_NAMES for word in words) and not any(is_filler(word) for word in words)


def _in_parallel(scan: Scan, reading: Reading) -> str:
    """`The action is X. ... The action is Y.`: what another sentence says after the very same words."""
    words, marks = scan.words, statuses(scan)
    opening = next((first for first, last in scan.sentences if first <= reading.first < last), reading.first)
    lead = [word for word in words[opening : reading.first] if word not in _MARKS and word not in ("a", "an", "the")]
    if len(lead) < LEAST_LEAD - 1 or lead[-1] not in ("is", "was", "are", "called", ":"):
        return ""
    own = set(scan.stems[reading.first : reading.last])
    for first, last in scan.sentences:
        said = [index for index in range(first, last) if words[index] not in _MARKS and words[index] not in ("a", "an", "the")]
        if first == opening or [words[index] for index in said[: len(lead)]] != lead or len(said) == len(lead):
            continue
        after = said[len(lead) :]
        if len(after) <= LONGEST_NAME and marks[after[0]] == ASSERTED and {scan.stems[index] for index in after} != own:
            return scan.text[scan.starts[after[0]] : scan.ends[after[-1]]]
    return ""


def is_echo(scan: Scan, mention: Mention, question: str) -> bool:
    """Whether a name is put together from a word of what the question quotes, said again, and another word beside it."""
    if '"' not in question:
        return False
    return any(
        start < mention.last and mention.first < end and not (start <= mention.first and mention.last <= end)
        for quoted in _QUOTED.findall(question)
        for start, end in _places(scan, quoted.lower().split())
    )


def _places(scan: Scan, quoted: list[str]) -> list[tuple[int, int]]:
    count = len(quoted)
    return [(at, at + count) for at in range(len(scan.words) - count + 1) if scan.words[at : at + count] == quoted]
