"""Lists as models write them: numbered steps, arrows, commas, prose; what they name and what they add."""

from __future__ import annotations

from typing import NamedTuple

from videostar.labels._commit import cues
from videostar.labels._mentions import names
from videostar.labels._negation import ASSERTED, DENIED, statuses
from videostar.labels._normalize import is_filler
from videostar.labels._scan import Phrasebook, Scan


class Item(NamedTuple):
    """One thing of a list at tokens first..last. name: its number among the known names, or None for a thing unknown."""

    name: int | None
    first: int
    last: int
    text: str


def mentioned(scan: Scan, first: int, last: int, known: tuple[str, ...]) -> list[Item]:
    """The known names that are asserted at tokens first..last, in order of mention; repeats kept."""
    marks = statuses(scan)
    found: list[Item] = []
    for mention in names(known).find(scan, first, last):
        if marks[mention.first] == ASSERTED and not (found and found[-1].first == mention.first):
            found.append(Item(mention.name, mention.first, mention.last, known[mention.name]))
    return found


def withdrawn(scan: Scan, first: int, last: int, known: tuple[str, ...]) -> set[int]:
    """Known names that are denied after they were last asserted."""
    marks = statuses(scan)
    if DENIED not in marks[first:last]:
        return set()
    latest = {mention.name: marks[mention.first] for mention in names(known).find(scan, first, last)}
    return {name for name, mark in latest.items() if mark == DENIED}


_LIST_CUES = Phrasebook(
    {
        "list": """
            put in order | in {order, the right order, the correct order, chronological order} : | order is | order : | sequence is |
            sequence : | steps are | steps : | list is | list : | {corrected, final, complete, full} list | summary : | in short |
            in summary |
            to sum up | {that, this, which} gives | so : | that is : | in sum : | altogether : | phases are | events are | actions are |
            colours are | colors are | objects are | items are | set is | set :
            """,
    }
)


def committed_list(scan: Scan, first: int, last: int, known: tuple[str, ...]) -> tuple[int, int]:
    """Where an answer lists its things in the end: after the last words such as "the order is" that known names follow, else everything."""
    needed = min(2, len(known))
    ends = {phrase.last + first for phrase in _LIST_CUES.find(scan.words[first:last])}
    ends |= {at for at in cues(scan).final if first <= at < last}
    for at in sorted(ends, reverse=True):
        start = at
        while start < last and not scan.words[start][0].isalnum():
            start += 1
        if "\n" in scan.words[at:start]:
            return start, last
        stop = start
        while stop < last and not ends_sentence(scan, stop):
            stop += 1
        if len({item.name for item in mentioned(scan, start, stop, known)}) >= needed:
            return start, stop
    return first, last


def ends_sentence(scan: Scan, index: int) -> bool:
    """Whether a sentence or a part of one ends at a token; the dot inside the name `Soms.Tuck` ends nothing."""
    if scan.words[index] not in (".", "!", "?", ";", "\n"):
        return False
    return not (scan.glued(index) and scan.glued(index + 1) and scan.words[index + 1][0].isalnum())


def listed(scan: Scan, first: int, last: int, known: tuple[str, ...], with_things: bool = False) -> list[Item] | None:
    """The elements of a plain list (arrows, lines, commas), unknown ones included; None where the text is no list.

    with_things: `with a laptop` is an element.
    """
    while last > first and scan.words[last - 1] in (".", "\n"):
        last -= 1
    pieces = _pieces(scan, first, last)
    if pieces is None and with_things and last - first <= 8 and "and" in scan.words[first:last]:
        pieces = _split(scan, first, last, {"and"})
    if pieces is None:
        return None
    found = mentioned(scan, first, last, known)
    items: list[Item] = []
    for one, two in pieces:
        inside = [item for item in found if one <= item.first < two and not _is_part(scan, item, two)]
        if inside:
            items.extend(item for place, item in enumerate(inside) if item.name not in [other.name for other in inside[:place]])
        elif any(word[0].isalnum() for word in scan.words[one:two]) and (
            (with_things and scan.words[one] == "with") or not _is_aside(scan, one, two, found)
        ):
            items.append(Item(None, one, two, scan.text[scan.starts[one] : scan.ends[two - 1]]))
    return items


_LONGEST_THING = 4


def _is_part(scan: Scan, item: Item, end: int) -> bool:
    """Whether a word of a name is only part of a longer one: the banana of `apple, banana bread`."""
    if item.last - item.first > 1 or item.last >= end or end - item.first > _LONGEST_THING:
        return False
    word = scan.words[item.last]
    return word.isalpha() and not is_filler(word) and word not in _ASIDES | _PARTICLES and not word.endswith(("ly", "ing"))


_PARTICLES = frozenset(
    "up down off out over away again twice once to into onto around back together forward backward left right too".split()
)
_ASIDES = frozenset("in on at with from after while before during without within through as who which where when for because near".split())


def _is_aside(scan: Scan, first: int, last: int, found: list[Item]) -> bool:
    """Whether a piece is denied, or tells how, where or when and no thing of its own: `looking happy`, `with a smile`."""
    word = next((word for word in scan.words[first:last] if word[0].isalnum()), "")
    if word in _ASIDES or statuses(scan)[first] != ASSERTED:
        return True
    return word.endswith("ing") and bool(found) and not any(scan.words[item.first].endswith("ing") for item in found)


def _pieces(scan: Scan, first: int, last: int) -> list[tuple[int, int]] | None:
    words = scan.words[first:last]
    if words.count(">") >= 1:
        return _split(scan, first, last, {">", "\n"})
    numbered = _markers(scan, first, last)
    if len(numbered) >= 2:
        return [(one + 2, two) for one, two in zip(numbered, [*numbered[1:], last], strict=True)]
    dots = any(scan.words[index] == "." and ends_sentence(scan, index) for index in range(first, last))
    lines = _split(scan, first, last, {"\n"})
    if len(lines) >= 2 and all(two - one <= 8 for one, two in lines) and not dots:
        return lines
    if words.count(";") >= 2 and not dots and all(two - one <= 8 for one, two in _split(scan, first, last, {";"})):
        return _split(scan, first, last, {";"})
    pieces = _split(scan, first, last, {",", "and", "then"})
    if "," in words and all(two - one <= 8 for one, two in pieces) and not dots and not set(words) & {"is", "are", "after", "before"}:
        return pieces
    return None


def is_marked_list(scan: Scan, first: int, last: int) -> bool:
    """Whether arrows or the numbers 1, 2, ... make a text a list."""
    return ">" in scan.words[first:last] or len(_markers(scan, first, last)) >= 2


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


def is_bare_list(scan: Scan, first: int, last: int) -> bool:
    """Whether a text is nothing but three or more short pieces between commas or on lines: a list that commits to none."""
    words = scan.words[first:last]
    if "," not in words and "\n" not in words:
        return False
    pieces = _split(scan, first, last, {",", "\n", "and", "or", ";"})
    return len(pieces) >= 3 and all(two - one <= 4 for one, two in pieces) and _STATING.isdisjoint(words)


_STATING = frozenset("is are was were would".split())


_ARTICLES = frozenset("a an some another one two three four several the".split())


def further(scan: Scan, found: list[Item]) -> list[Item]:
    """Unknown members that a sentence lists beside known ones: the spoon of `a knife, an apple and a spoon`, the blue of `red and blue`."""
    extra: list[Item] = []
    for first, last in scan.sentences:
        inside = [item for item in found if first <= item.first < last]
        if not inside:
            continue
        for one, two in _split(scan, inside[0].first, last, {",", "and", ";", "&"}):
            known = any(one <= item.first < two for item in inside)
            if not known and _is_member(scan, one, two, inside) and not _denied_later(scan, one, two):
                extra.append(Item(None, one, two, scan.text[scan.starts[one] : scan.ends[two - 1]]))
    return extra


def _denied_later(scan: Scan, first: int, last: int) -> bool:
    """Whether what is listed at tokens first..last is denied further on."""
    marks = statuses(scan)
    wanted = {scan.stems[index] for index in range(first, last) if not is_filler(scan.words[index])}
    return bool(wanted) and wanted <= {scan.stems[index] for index in range(last, len(marks)) if marks[index] == DENIED}


def _is_member(scan: Scan, first: int, last: int, known: list[Item]) -> bool:
    """Whether a piece beside known members is written as they are: with an article where they have one, bare where they are bare."""
    words = scan.words
    if statuses(scan)[first] != ASSERTED:
        return False
    if words[first] == "with" and first + 1 < last:
        first += 1
    nearest = max((item for item in known if item.last <= first), key=lambda item: item.last)
    has_article = words[nearest.first - 1] in _ARTICLES if nearest.first else False
    if words[first] in _ARTICLES:
        return last - first <= 6 and (len(known) > 1 or has_article)
    joined = words[nearest.last : first - 1] in ([], [","]) or words[first - 1] in (",", "and", "&")
    is_bare = not has_article and words[nearest.last : nearest.last + 1] in ([","], ["and"], ["&"])
    return is_bare and joined and last - first <= 2 and all(word.isalpha() for word in words[first:last]) and not _is_verb(words[first])


def _is_verb(word: str) -> bool:
    """Whether the first word of a bare piece goes on with a statement and is no thing."""
    return word.endswith(("ing", "ed", "ly")) or word in (
        "is",
        "are",
        "was",
        "were",
        "has",
        "it",
        "he",
        "she",
        "they",
        "then",
        "no",
        "not",
        "so",
    )
