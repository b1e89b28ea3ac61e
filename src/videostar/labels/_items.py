"""Lists as models write them: numbered steps, arrows, commas, prose with "then", "before" and "after"."""

from __future__ import annotations

from typing import NamedTuple

from videostar.labels._mentions import names
from videostar.labels._negation import ASSERTED, statuses
from videostar.labels._scan import Scan


class Item(NamedTuple):
    """One thing of a list at tokens first..last. name: its number among the known names, or None for a thing unknown."""

    name: int | None
    first: int
    last: int
    text: str


_REFERS_BACK = frozenset({"that", "this", "which", "it", "wards"})


def mentioned(scan: Scan, first: int, last: int, known: tuple[str, ...]) -> list[Item]:
    """The known names that are asserted at tokens first..last, in order of mention; repeats kept."""
    marks = statuses(scan)
    found: list[Item] = []
    for mention in names(known).find(scan, first, last):
        if marks[mention.first] == ASSERTED and not (found and found[-1].first == mention.first):
            found.append(Item(mention.name, mention.first, mention.last, known[mention.name]))
    return found


def listed(scan: Scan, first: int, last: int, known: tuple[str, ...]) -> list[Item] | None:
    """The elements of a plain list (arrows, lines, commas), unknown ones included; None where the text is no list."""
    pieces = _pieces(scan, first, last)
    if pieces is None:
        return None
    found = mentioned(scan, first, last, known)
    items: list[Item] = []
    for one, two in pieces:
        inside = [item for item in found if one <= item.first < two]
        if inside:
            items.extend(item for place, item in enumerate(inside) if item.name not in [other.name for other in inside[:place]])
        elif any(word[0].isalnum() for word in scan.words[one:two]):
            items.append(Item(None, one, two, scan.text[scan.starts[one] : scan.ends[two - 1]]))
    return items


def _pieces(scan: Scan, first: int, last: int) -> list[tuple[int, int]] | None:
    words = scan.words[first:last]
    if words.count(">") >= 1:
        return _split(scan, first, last, {">", "\n"})
    numbered = _markers(scan, first, last)
    if len(numbered) >= 2:
        return [(one + 2, two) for one, two in zip(numbered, [*numbered[1:], last], strict=True)]
    lines = _split(scan, first, last, {"\n"})
    if len(lines) >= 2 and all(two - one <= 8 for one, two in lines) and "." not in words:
        return lines
    if (
        "," in words
        and all(two - one <= 7 for one, two in _split(scan, first, last, {",", "and", "then"}))
        and not set(words) & {".", "is", "are"}
    ):
        return _split(scan, first, last, {",", "and", "then"})
    return None


def _markers(scan: Scan, first: int, last: int) -> list[int]:
    """Tokens of the numbers 1, 2, 3, ... that count off a list: `1. a 2. b`, `1) a, 2) b`."""
    words, found = scan.words, list[int]()
    for index in range(first, last - 1):
        if words[index] == str(len(found) + 1) and words[index + 1] in (".", ")", ":"):
            found.append(index)
    return found


def _split(scan: Scan, first: int, last: int, marks: set[str]) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    start = first
    for index in range(first, last + 1):
        if index == last or scan.words[index] in marks:
            if index > start:
                pieces.append((start, index))
            start = index + 1
    return pieces


def in_order_of_time(scan: Scan, items: list[Item]) -> list[Item]:
    """Order of mention turned into order of time: `B after A` and `Before B, A` are A, B."""
    ordered: list[Item] = []
    latest: Item | None = None
    for item in items:
        if latest is not None and _comes_before(scan, item, latest):
            ordered.insert(ordered.index(latest), item)
        else:
            ordered.append(item)
        latest = item
    return ordered


def _comes_before(scan: Scan, item: Item, mentioned_first: Item) -> bool:
    """Whether `item`, mentioned right after `mentioned_first`, happens before it."""
    words = scan.words
    between = words[mentioned_first.last : item.first]
    if "then" in between:
        return False
    if {".", "\n", "!"}.isdisjoint(between):
        if "preceded" in between or "follows" in between:
            return True
        if "after" in between and words[mentioned_first.last + between.index("after") + 1] not in _REFERS_BACK:
            return True
    return "," in between and _opens_with_before(words, mentioned_first.first)


def _opens_with_before(words: list[str], index: int) -> bool:
    """Whether the sentence of token `index` opens with "before", at most three words ahead."""
    for place in range(index - 1, max(-1, index - 5), -1):
        if words[place] in ("before", "prior"):
            return place == 0 or words[place - 1] in (".", "!", "?", "\n", ":")
        if words[place] in (".", "!", "?", "\n", ","):
            return False
    return False


def is_bare_list(scan: Scan, first: int, last: int) -> bool:
    """Whether a text is nothing but three or more short pieces between commas or on lines: a list that commits to none."""
    words = scan.words[first:last]
    if "," not in words and "\n" not in words:
        return False
    pieces = _split(scan, first, last, {",", "\n", "and", "or", ";"})
    return len(pieces) >= 3 and all(two - one <= 4 for one, two in pieces)


_ARTICLES = frozenset("a an some another one two three four several".split())


def further(scan: Scan, found: list[Item]) -> list[Item]:
    """Unknown members that a sentence lists beside known ones: the spoon of `a knife, an apple and a spoon`."""
    extra: list[Item] = []
    marks = statuses(scan)
    for first, last in scan.sentences:
        inside = [item for item in found if first <= item.first < last]
        if len(inside) < 2:
            continue
        for one, two in _split(scan, inside[0].first, last, {",", "and", ";"}):
            known = any(one <= item.first < two for item in inside)
            if not known and scan.words[one] in _ARTICLES and two - one <= 6 and marks[one] == ASSERTED:
                extra.append(Item(None, one, two, scan.text[scan.starts[one] : scan.ends[two - 1]]))
    return extra
