"""Words that say the opposite of each other, and the two ends of a course: what turns the same words into another meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from videostar.labels._normalize import is_filler, stem

_PAIRS = (
    "left right|up down|on off|in out|open close|push pull|before after|first last|start stop|begin end|increase decrease|slow fast|"
    "big small|enter leave|enter exit|forward backward|forwards backwards|clockwise counterclockwise|clockwise anticlockwise|"
    "inside outside|indoors outdoors|with without|above below|appear disappear|win lose|sit stand|raise lower|pick put|toward away|"
    "towards away|high low|more less|grow shrink|yes no|upward downward|upwards downwards|ascend descend|rise sink|light dark|"
    "faster slower|bigger smaller|larger smaller|longer shorter|brighter darker|full empty|wet dry|hot cold|front back|"
    "alone together|quickly slowly|onto off|into out|to from"
)
_BOTH_WAYS = [way for pair in _PAIRS.split("|") for way in (pair.split(), pair.split()[::-1])]
OPPOSITES: Mapping[str, frozenset[str]] = MappingProxyType(
    {stem(word): frozenset(stem(other) for one, other in _BOTH_WAYS if one == word) for word, _ in _BOTH_WAYS}
)
"""The stems of the words that mean the opposite, for the stem of each word of a small closed list."""


def course(stems: list[str]) -> tuple[str, str] | None:
    """The two ends of `from x to y`, `x to y` of two opposites."""
    for place in range(1, len(stems) - 1):
        if stems[place] != "to":
            continue
        one = next((word for word in reversed(stems[max(0, place - 3) : place]) if not is_filler(word)), "")
        other = next((word for word in stems[place + 1 : place + 4] if not is_filler(word)), "")
        if one and other and ("from" in stems[max(0, place - 4) : place] or other in OPPOSITES.get(one, ())):
            return one, other
    return None


def reverses(wanted: Iterable[str], said: Iterable[str]) -> bool:
    """Whether `said` holds the opposite of a wanted stem in place of it."""
    wanted, said = frozenset(wanted), frozenset(said)
    return any(OPPOSITES[word] & (said - wanted) for word in wanted - said if word in OPPOSITES)
