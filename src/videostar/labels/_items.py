"""Lists as models write them: numbered steps, arrows, commas, prose; what they name and what they add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

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
    for (start, end), held in zip(pieces, _held(found, pieces), strict=True):
        one, two = bare_piece(scan, start, end)
        one = start if any(item.first < one for item in held) else one
        inside = [item for item in held if item.last <= end and not _is_part(scan, item, two)]
        if inside:
            items.extend({item.name: item for item in reversed(inside)}[name] for name in dict.fromkeys(item.name for item in inside))
        elif any(word[0].isalnum() for word in scan.words[one:two]) and (
            (with_things and scan.words[one] == "with") or not _is_aside(scan, one, two, found)
        ):
            items.append(Item(None, one, two, scan.text[scan.starts[one] : scan.ends[two - 1]]))
    return items


def _held(found: list[Item], pieces: list[tuple[int, int]]) -> list[list[Item]]:
    """The items that begin in each piece; both are in order."""
    held: list[list[Item]] = []
    at = 0
    for start, end in pieces:
        while at < len(found) and found[at].first < start:
            at += 1
        since = at
        while at < len(found) and found[at].first < end:
            at += 1
        held.append(found[since:at])
    return held


_CONNECTIVES = Phrasebook(
    {
        "next": """
            {and, and then, then, after that, after this, afterwards, before that, before this, next, first, firstly, first of all,
            second, secondly, third, thirdly, finally, lastly, last, at last, followed by, and finally, and lastly, in the end}
            """,
    }
)
_ENDS = tuple(
    phrase.split()
    for phrase in ("at the very end", "at the end", "at the very start", "at the start", "at the very beginning", "at the beginning")
)


def bare_piece(scan: Scan, first: int, last: int) -> tuple[int, int]:
    """A piece of a list without its lead up to a colon, without "then" before it, without "at the end" behind it."""
    words = scan.words
    colon = next((index for index in range(last - 1, first - 1, -1) if words[index] == ":" and index + 1 < last), None)
    one, two = (first if colon is None else colon + 1), last
    opening = _CONNECTIVES.find(words[one : one + 3])
    if opening and opening[0].first == 0 and one + opening[0].last < two:
        one += opening[0].last
    for phrase in _ENDS:
        if words[two - len(phrase) : two] == phrase and two - len(phrase) > one:
            two -= len(phrase)
            break
    return one, two


def bare_extras(scan: Scan, first: int, last: int, found: list[Item]) -> list[Item]:
    """Unknown things of one sentence whose known ones stand bare between commas: `c at the end, before that x, and a at the start`."""
    inside = next(((one, two) for one, two in scan.sentences if found and one <= found[0].first < two), None)
    if inside is None or any(item.first >= inside[1] for item in found):
        return []
    first, last = max(first, inside[0]), min(last, inside[1])
    everything = [bare_piece(scan, *piece) for piece in _split(scan, first, last, {",", ";", "and"})]
    pieces = [(one, two) for one, two in everything if not _CONNECTIVES.find(scan.words[one:two])]
    places = set(pieces)
    bare = [item for item in found if (item.first, item.last) in places]
    if len(bare) < 2 or len(bare) < len(found) or any(two - one > _LONGEST_THING for one, two in pieces):
        return []
    known = {item.first for item in found}
    return [
        Item(None, one, two, scan.text[scan.starts[one] : scan.ends[two - 1]])
        for one, two in pieces
        if one not in known and statuses(scan)[one] == ASSERTED and any(word[0].isalnum() for word in scan.words[one:two])
    ]


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
    joined = "," in words or bool(_BOTH.find(words))
    if joined and all(two - one <= 8 for one, two in pieces) and not dots and not set(words) & {"is", "are", "after", "before"}:
        return pieces
    return None


def bullets(scan: Scan, first: int, last: int) -> tuple[int, int] | None:
    """The lines from the first that opens with a bullet to the last."""
    words = scan.words
    marks = [
        at for at in range(first, last) if words[at] in ("-", "*") and (at == first or words[at - 1] == "\n") and not scan.glued(at + 1)
    ]
    if not marks:
        return None
    end = next((at for at in range(marks[-1], last) if words[at] == "\n"), last)
    return marks[0], end


def is_plain_list(scan: Scan, first: int, last: int) -> bool:
    """Whether a text is nothing but a list."""
    while last > first and scan.words[last - 1] in (".", "\n"):
        last -= 1
    return _pieces(scan, first, last) is not None


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


_BOTH = Phrasebook({"and": "as well as | along with | together with | plus | & | followed by"})


def _split(scan: Scan, first: int, last: int, marks: set[str]) -> list[tuple[int, int]]:
    """Token ranges between marks; where "and" is one, between what means the same too."""
    joins = [(phrase.first + first, phrase.last + first) for phrase in _BOTH.find(scan.words[first:last])] if "and" in marks else []
    cuts = sorted([*joins, *((index, index + 1) for index in range(first, last) if scan.words[index] in marks), (last, last)])
    pieces: list[tuple[int, int]] = []
    start = first
    for one, two in cuts:
        if one > start:
            pieces.append((start, one))
        start = max(start, two)
    return pieces


def is_bare_list(scan: Scan, first: int, last: int) -> bool:
    """Whether a text is nothing but three or more short pieces between commas or on lines: a list that commits to none."""
    words = scan.words[first:last]
    if "," not in words and "\n" not in words:
        return False
    pieces = _split(scan, first, last, {",", "\n", "and", "or", ";"})
    return len(pieces) >= 3 and all(two - one <= 4 for one, two in pieces) and _STATING.isdisjoint(words)


_STATING = frozenset("is are was were would that's it's ?".split())


_ARTICLES = frozenset("a an some another one two three four several the".split())


def further(scan: Scan, found: list[Item]) -> list[Item]:
    """Unknown members that a sentence lists beside known ones: the spoon of `a knife, an apple and a spoon`, the blue of `red and blue`."""
    extra: list[Item] = []
    marks = statuses(scan)
    denied = {scan.stems[index]: index for index, mark in enumerate(marks) if mark == DENIED}
    for (_, last), inside in zip(scan.sentences, _held(found, scan.sentences), strict=True):
        if not inside:
            continue
        pieces = _split(scan, inside[0].first, last, {",", "and", ";", "&"})
        before: list[Item] = []
        for (one, two), held in zip(pieces, _held(inside, pieces), strict=True):
            before.extend(held)
            if not held and _is_member(scan, one, two, before) and not _denied_later(scan, one, two, denied):
                extra.append(Item(None, one, two, scan.text[scan.starts[one] : scan.ends[two - 1]]))
    return extra


def _denied_later(scan: Scan, first: int, last: int, denied: Mapping[str, int]) -> bool:
    """Whether what is listed at tokens first..last is denied further on. denied: where each stem is denied last."""
    wanted = {scan.stems[index] for index in range(first, last) if not is_filler(scan.words[index])}
    return bool(wanted) and all(denied.get(base, -1) >= last for base in wanted)


def _is_member(scan: Scan, first: int, last: int, before: list[Item]) -> bool:
    """Whether a piece after known members is written as they are: with an article where they have one, bare where they are bare."""
    words = scan.words
    if statuses(scan)[first] != ASSERTED:
        return False
    if words[first] == "with" and first + 1 < last:
        first += 1
    nearest = before[-1]
    has_article = words[nearest.first - 1] in _ARTICLES if nearest.first else False
    if words[first] in _ARTICLES:
        return last - first <= 6 and (len(before) > 1 or has_article)
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
