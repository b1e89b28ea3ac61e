"""Letters and numbers of options: those that a question used, and how answers name them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from videostar.labels._commit import cues
from videostar.labels._context import is_second_best
from videostar.labels._mentions import name_key
from videostar.labels._scan import Scan
from videostar.labels._weigh import Reading

_MARKER = re.compile(
    r"(?:(?:option|choice|caption|answer|sentence|statement|description|candidate)\s{1,3})?(?<![^\s(])\(?([a-z]|\d{1,2})[).:](?=\s)",
    re.IGNORECASE,
)
OPTION_NOUNS = frozenset("option choice caption answer alternative letter candidate description sentence statement".split())
_NUMBERS = {word: place for place, word in enumerate("one two three four five six".split())}
_AFTER_LETTER = frozenset("is are because as since and or was".split())
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}


class Markers(NamedTuple):
    """The option's index for each marker, letters in lower case and numbers."""

    by_letter: Mapping[str, int]
    by_number: Mapping[str, int]
    total: int


@lru_cache(maxsize=4096)
def option_markers(question: str, options: tuple[str, ...]) -> Markers:
    """Markers that the question itself gave the options; otherwise A, B, ... and 1, 2, ... in stored order."""
    letters = {chr(ord("a") + place): place for place in range(len(options))}
    digits = {str(place + 1): place for place in range(len(options))}
    keys = {name_key(option): place for place, option in reversed(list(enumerate(options)))}
    written = {marker: keys.get(name_key(text), -1) for marker, text in _written(question[:20_000])}
    if len(set(written.values()) - {-1}) >= len(keys):
        own = {marker: place for marker, place in written.items() if place >= 0}
        own_letters = {marker: place for marker, place in own.items() if marker.isalpha()}
        own_digits = {marker: place for marker, place in own.items() if marker.isdigit()}
        letters, digits = own_letters or letters, own_digits or digits
    return Markers(MappingProxyType(letters), MappingProxyType(digits), len(options))


def _written(question: str) -> list[tuple[str, str]]:
    """Markers and the texts after them, up to the next marker or the line's end."""
    found = list(_MARKER.finditer(question))
    if not found:
        return []
    ends = [match.start() for match in found[1:]] + [len(question)]
    return [
        (match.group(1).lower(), question[match.end() : end].strip().split("\n")[0].strip()) for match, end in zip(found, ends, strict=True)
    ]


def marked_options(scan: Scan, first: int, last: int, markers: Markers, marked: bool) -> list[Reading]:
    """Options named by letter or number at tokens first..last."""
    found: list[Reading] = []
    words = scan.words
    for index in range(first, last):
        word = words[index]
        if len(word) == 1 and word in markers.by_letter:
            inside_name = index > first and scan.glued(index) and words[index - 1].isalnum()
            weight = 0.0 if inside_name else _letter_weight(scan, index, first, last, marked)
            if weight:
                found.append(Reading(markers.by_letter[word], index, index + 1, weight))
        elif word in markers.by_number and _is_option_number(scan, index, first, last):
            found.append(Reading(markers.by_number[word], index, index + 1, 4.0))
        elif word in _ORDINALS or word in _NUMBERS:
            found.extend(_in_words(scan, index, first, last, markers))
    return listed_together(scan, _preferred(scan, found)) if len(found) > 1 else found


def _preferred(scan: Scan, found: list[Reading]) -> list[Reading]:
    """Without what another option is said to be better than."""
    ends = sorted(reading.last for reading in found)
    return [reading for reading in found if not is_second_best(scan, reading.first, ends)]


def listed_together(scan: Scan, found: list[Reading]) -> list[Reading]:
    """`A, B or C` leaves open which, `A and B` says both: options of one list, in order of their places, weigh the same."""
    listed: list[Reading] = []
    group: list[Reading] = []
    for reading in [*found, None]:
        if group and reading is not None and _are_joined(scan, group[-1], reading):
            group.append(reading)
            continue
        is_open = bool(group) and "or" in scan.words[group[0].first : group[-1].last]
        weight = max((one.weight for one in group), default=0.0)
        listed += [one._replace(weight=weight, guessed=one.guessed or is_open) for one in group]
        group = [] if reading is None else [reading]
    return listed


def _are_joined(scan: Scan, one: Reading, other: Reading) -> bool:
    between = scan.words[one.last : other.first]
    joins = {",", ";", "or", "and", "/", "&", ")", "("}
    return (
        bool(between)
        and all(word in joins or word in OPTION_NOUNS for word in between)
        and bool({",", ";", "or", "and", "/", "&"} & set(between))
    )


def _in_words(scan: Scan, index: int, first: int, last: int, markers: Markers) -> list[Reading]:
    """`the second option`, `the last one`, `option two`, `second`, `the 2nd option`."""
    words, stems = scan.words, scan.stems
    if words[index] in _NUMBERS:
        place = _NUMBERS[words[index]]
        named = index > first and (stems[index - 1] in OPTION_NOUNS or words[index - 1] == "number")
        end = index + 1
    else:
        place = _ORDINALS[words[index]] % markers.total if _ORDINALS[words[index]] < 0 else _ORDINALS[words[index]]
        end = index + 1
        alone = index == first + (words[first] == "the") and end >= last
        named = alone or (end < last and (stems[end] in OPTION_NOUNS or words[end] == "one"))
    return [Reading(place, index, end, 4.0)] if named and place < markers.total else []


def _letter_weight(scan: Scan, index: int, first: int, last: int, marked: bool) -> float:
    """How surely a single letter names an option: 0 for an article, a pronoun, a name's letter."""
    words = scan.words
    before = words[index - 1] if index > first else ""
    after = words[index + 1] if index + 1 < last else ""
    upper = scan.text[scan.starts[index]].isupper()
    if last - index == 1 and index == first:
        return 8.0
    if before and scan.stems[index - 1] in OPTION_NOUNS:
        return 6.0
    if after in (")", "]") or (not before and after in (".", ":", ",")):
        return 6.0
    is_word = words[index] in ("a", "i") and after.isalpha() and after not in _AFTER_LETTER and not _is_capital_inside(scan, index)
    if index in cues(scan).final and (upper or marked or not after[:1].isalnum()) and not is_word:
        return 6.0
    if upper and not is_word:
        return 4.0 if not after.isalpha() or after in _AFTER_LETTER else 2.0
    return 0.0


def _is_capital_inside(scan: Scan, index: int) -> bool:
    """Whether an A stands inside a sentence of small letters, `I prefer A over B`, where an article would be small."""
    if scan.words[index] != "a" or index == 0 or scan.words[index - 1] in ".!?\n:*>":
        return False
    return all(scan.text[scan.starts[at]].islower() for at in (index - 1, index + 1)) and scan.text[scan.starts[index]].isupper()


def _is_option_number(scan: Scan, index: int, first: int, last: int) -> bool:
    words = scan.words
    before = scan.stems[index - 1] if index > first else ""
    after = words[index + 1] if index + 1 < last else ""
    if before in OPTION_NOUNS or before in ("#", "number"):
        return True
    if after in ("st", "nd", "rd", "th") and scan.glued(index + 1):
        return index + 2 < last and (scan.stems[index + 2] in OPTION_NOUNS or words[index + 2] == "one")
    if (before == "(" and after == ")") or index in cues(scan).final:
        return not after or not after[0].isalnum()
    return index == first and (not after or after in (".", ")", ":", "\n"))
