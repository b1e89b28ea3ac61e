"""What the windows of a long clip said, put together: events with times joined, lists joined, votes, means. Pure.

Times go in as counted from each window's start and come out as counted from the clip's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from videostar.labels._commit import stretches
from videostar.labels._items import listed
from videostar.labels._mentions import name_key
from videostar.labels._scan import Scan
from videostar.types import Window

Parts: TypeAlias = Sequence[tuple[Window, str]]
Stretch: TypeAlias = tuple[float, float]

NEAR_SECONDS = 0.5
"""Neighbouring windows that tell of something no farther apart than this, or than half of what they share, tell of one thing."""
LONGEST_ITEM_WORDS = 20
MOST_OPEN = 64
NOTHING = "nothing"
NEVER = "It does not happen."

_NONE = frozenset((NOTHING, "none", "no steps", "no step", "none of them"))
_THEN = re.compile(
    r"\s*(?:[;\n→]|->|=>|,?\s*\b(?:and\s+)?then\b|,?\s*\bfollowed by\b|,?\s*\bafter that\b|,?\s*\bfinally\b)\s*,?\s*", re.IGNORECASE
)
_BULLET = re.compile(r"^\s*(?:[-*\u2022]|\(?\d{1,3}[.):])\s*")
_LEAD = re.compile(
    r"^.*?\b(?:answer|order|sequence|steps|phases|list|set|actions|events)\b[^:,;\n]{0,40}?(?::|\b(?:is|are)\b:?)\s*",
    re.IGNORECASE | re.DOTALL,
)
_SENTENCE_END = re.compile(r"[.!?]+\s+")


def joined_stretches(said: Sequence[tuple[Window, Sequence[Stretch]]]) -> list[Stretch]:
    """Stretches of time in order; those of neighbouring windows that overlap or are near are one."""
    found: list[tuple[float, float, int]] = []
    for number, (window, own) in enumerate(said):
        near = _near(said[number - 1][0], window) if number else 0.0
        for one in sorted(own):
            start, end = _into(window, one[0]), _into(window, one[1])
            before = next((place for place in _latest(found) if _meets(found[place], (start, end), number, near)), None)
            if before is None:
                found.append((start, end, number))
            else:
                found[before] = (min(found[before][0], start), max(found[before][1], end), number)
    return sorted((start, end) for start, end, _ in found)


def joined_moments(said: Sequence[tuple[Window, Sequence[float]]]) -> list[float]:
    """Moments in order; those that neighbouring windows tell of what they share, near to each other, are one, in their middle."""
    found: list[tuple[float, int]] = []
    for number, (window, own) in enumerate(said):
        near = _near(said[number - 1][0], window) if number else 0.0
        fresh: list[tuple[float, int]] = []
        for moment in sorted(_into(window, time) for time in own):
            places = [place for place in _latest(found) if found[place][1] == number - 1]
            twin = next((place for place in places if abs(found[place][0] - moment) <= near), None)
            if twin is None:
                fresh.append((moment, number))
            else:
                found[twin] = ((found[twin][0] + moment) / 2, number)
        found += fresh
    return sorted(moment for moment, _ in found)


def joined_lists(said: Sequence[tuple[Window, Sequence[str]]]) -> list[str]:
    """Items in order. What windows that share a stretch both end and begin with comes once."""
    found: list[str] = []
    own: Sequence[str] = ()
    for number, (window, items) in enumerate(said):
        shares = number > 0 and said[number - 1][0].end_seconds > window.start_seconds + 1e-6
        skip = _shared(own, items) if shares else int(bool(own and items) and _key(own[-1]) == _key(items[0]))
        found += items[skip:]
        own = items
    return found


def union(said: Sequence[tuple[Window, Sequence[str]]]) -> list[str]:
    """Different items in the order in which they are first named."""
    return list({_key(item): item for _, items in reversed(said) for item in reversed(items)}.values())[::-1]


def voted(said: Sequence[tuple[Window, str]]) -> str:
    """What most of the clip speaks for, each window by what it owns; "" where none says anything. Of equals, what came first."""
    weights: dict[str, float] = defaultdict(float)
    first: dict[str, str] = {}
    for window, text in said:
        if key := _key(text):
            weights[key] += window.owned_end_seconds - window.owned_start_seconds
            first.setdefault(key, text)
    return first[max(first, key=lambda key: weights[key])] if first else ""


def mean(said: Sequence[tuple[Window, float]]) -> float | None:
    """The mean, each window by what it owns; None where there is none."""
    owned = [window.owned_end_seconds - window.owned_start_seconds for window, _ in said]
    return sum(value * weight for (_, value), weight in zip(said, owned, strict=True)) / sum(owned) if said else None


def total(said: Sequence[tuple[Window, float]]) -> int:
    """Counts added. Of a window that shares stretches only the owned part counts, as if what it counted were spread evenly."""
    return round(sum(value * window.owned_share for window, value in said))


def concluded(text: str) -> str:
    """Where a text ends up, without what leads there: `I see a mat. So the answer is yoga.` -> `yoga`; a list of lines stays whole."""
    scan = Scan(text)
    if not scan.words:
        return ""
    first, last, _ = stretches(scan)[-1]
    said = scan.text[scan.starts[first] : scan.ends[last - 1]].strip() if last > first else ""
    if "\n" not in said:
        said = _SENTENCE_END.split(said.rstrip(".!? \n"))[-1]
    return _LEAD.sub("", said, count=1).strip(" .!?\n\"'")


def listed_items(text: str) -> list[str]:
    """The items of a text that ends in a list, whatever they are called: `The order is a, then b.` -> a, b. [] for `nothing`."""
    pieces = [_BULLET.sub("", piece).strip(" .,!?\"'") for piece in _THEN.split(concluded(text))]
    pieces = [item for piece in pieces if piece for item in _commas(piece)]
    return [piece for piece in pieces if piece.casefold() not in _NONE and len(piece.split()) <= LONGEST_ITEM_WORDS]


def under_headings(text: str, names: Sequence[str]) -> Mapping[str, str]:
    """`name: what follows`, up to the next name, for those that are there; of a name that comes twice, the last."""
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(rf"(?:^|[\s;,.(*\"'])({'|'.join(map(re.escape, longest_first))})[*\"']*\s*[:=]", re.IGNORECASE)
    by_name = {name.casefold(): name for name in names}
    found = list(pattern.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    return {by_name[match[1].casefold()]: text[match.end() : end].strip(" ;\n*\"'") for match, end in zip(found, ends, strict=False)}


def _commas(piece: str) -> list[str]:
    scan = Scan(piece)
    items = listed(scan, 0, len(scan.words), ()) if scan.words else None
    return [piece] if items is None else [item.text.strip() for item in items]


def _shared(before: Sequence[str], after: Sequence[str]) -> int:
    """How many items the end of one list and the beginning of the next have in common."""
    one, two = [_key(item) for item in before], [_key(item) for item in after]
    return next((count for count in range(min(len(one), len(two)), 0, -1) if one[-count:] == two[:count]), 0)


def _latest(found: Sequence[object]) -> range:
    """Places of what the last windows told of; a long clip is not searched from its beginning for each window."""
    return range(max(0, len(found) - MOST_OPEN), len(found))


def _meets(one: tuple[float, float, int], other: Stretch, number: int, near: float) -> bool:
    start, end, since = one
    reach = near if since == number - 1 else 0.0
    return since >= number - 1 and other[0] <= end + reach and other[1] >= start - reach


def _near(before: Window, after: Window) -> float:
    return max(NEAR_SECONDS, (before.end_seconds - after.start_seconds) / 2)


def _into(window: Window, seconds: float) -> float:
    """A time of a window in the clip, never outside the window."""
    return round(window.start_seconds + min(max(seconds, 0.0), window.seconds), 2)


def _key(text: str) -> str:
    return " ".join(name_key(text))
