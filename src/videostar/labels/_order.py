"""From the order in which steps are told to the order in which they happen: "then", "before", "after", "the last thing"."""

from __future__ import annotations

from videostar.labels._items import Item
from videostar.labels._mentions import name_key
from videostar.labels._negation import ASSERTED, statuses
from videostar.labels._scan import Phrasebook, Scan

_REFERS_BACK = frozenset({"that", "this", "which", "wards"})
_PRONOUNS = frozenset("it them him her this these one they".split())
_PASSIVE = frozenset("is are was were been being be".split())


def with_pronouns(scan: Scan, first: int, last: int, known: tuple[str, ...], found: list[Item]) -> list[Item]:
    """Steps whose thing is only meant: `takes an onion, peels it` says "peel onion"; in order of mention."""
    said = set(scan.stems[first:last])
    marks = statuses(scan)
    outright = {index for item in found if item.last - item.first == len(name_key(item.text)) for index in range(item.first, item.last)}
    spoken: list[Item] = []
    for number, name in enumerate(known):
        verb, *rest = name_key(name) or ("",)
        if not rest or verb not in said or not said.issuperset(rest):
            continue
        spoken.extend(
            Item(number, index, index + 1, name)
            for index in range(first, last)
            if scan.stems[index] == verb and index not in outright and marks[index] == ASSERTED and _has_pronoun(scan, index, last)
        )
    kept = [item for item in found if not any(item.first <= one.first < item.last for one in spoken)]
    return sorted([*kept, *spoken], key=lambda item: item.first)


def _has_pronoun(scan: Scan, index: int, last: int) -> bool:
    """`peels it`, `cuts it up`, `it is peeled`, `it has been peeled`."""
    if not _PRONOUNS.isdisjoint(scan.words[index + 1 : min(index + 3, last)]):
        return True
    before = scan.words[max(0, index - 4) : index]
    return not _PASSIVE.isdisjoint(before) and not _PRONOUNS.isdisjoint(before)


def in_order_of_time(scan: Scan, items: list[Item]) -> list[Item]:
    """Order of mention turned into order of time: `B after A` and `Before B, A` are A, B; `the last thing is C` comes last."""
    earlier = [
        (one, other) for one, other in zip(items[1:], items, strict=False) if one.name != other.name and _comes_before(scan, one, other)
    ]
    if earlier:
        items, earlier = _once_each(items, earlier)
    ordered: list[Item] = []
    for item in items:
        later = [ordered.index(other) for one, other in earlier if one == item and other in ordered]
        ordered.insert(min(later, default=len(ordered)), item)
    return _anchored(scan, ordered)


def _once_each(items: list[Item], earlier: list[tuple[Item, Item]]) -> tuple[list[Item], list[tuple[Item, Item]]]:
    """One item for each name where a chain of "before" and "after" names steps twice; only then."""
    firsts: dict[int | None, Item] = {}
    linked = {item.name for pair in earlier for item in pair}
    kept: list[Item] = []
    for item in items:
        if item.name in firsts and item.name in linked:
            continue
        firsts.setdefault(item.name, item)
        kept.append(item)
    return kept, [(firsts[one.name], firsts[other.name]) for one, other in earlier]


_ANCHORS = Phrasebook(
    {
        "first": """
            {her, his, their, the} {first, very first, opening} {move, thing, element, action, step, event, act, part} |
            comes first | first of all
            """,
        "last": """
            {her, his, their, the} {last, very last, final, closing} {move, thing, element, action, step, event, act, part} | comes last
            """,
    }
)
_NEAR = 20


def _anchored(scan: Scan, items: list[Item]) -> list[Item]:
    """Items that a sentence calls the first or the last, put there."""
    for phrase in _ANCHORS.find(scan.words):
        if scan.words[phrase.last - 2 : phrase.last] in (["comes", "first"], ["comes", "last"]) or phrase.last - phrase.first == 3:
            near = [item for item in items if 0 <= phrase.first - item.last < _NEAR and not _parted(scan, item.last, phrase.first)][-1:]
        else:
            near = [item for item in items if 0 <= item.first - phrase.last < _NEAR and not _parted(scan, phrase.last, item.first)][:1]
        for item in near:
            others = [other for other in items if other != item]
            items = [item, *others] if phrase.tag == "first" else [*others, item]
    return items


def _parted(scan: Scan, first: int, last: int) -> bool:
    return not {".", "!", "?", "\n", ";"}.isdisjoint(scan.words[first:last])


def _comes_before(scan: Scan, item: Item, mentioned_first: Item) -> bool:
    """Whether `item`, mentioned right after `mentioned_first`, happens before it."""
    words = scan.words
    between = words[mentioned_first.last : item.first]
    if "then" in between:
        return False
    if "before" in between and between[between.index("before") + 1 : between.index("before") + 2] in (["that"], ["this"]):
        return True
    if {".", "\n", "!"}.isdisjoint(between):
        if "preceded" in between or "follows" in between:
            return True
        if "after" in between and not _refers_back(words, mentioned_first.last + between.index("after") + 1):
            return True
    if "before" in between:
        return False
    turned = "," in between or not {"she", "he", "they", "it"}.isdisjoint(between)
    return turned and _opens_with_before(words, mentioned_first.first)


def _refers_back(words: list[str], index: int) -> bool:
    """Whether "after" is followed by what was told before, "after that", and not by a clause, "after it has been cut"."""
    if words[index] == "it":
        return words[index + 1 : index + 2] not in (["is"], ["has"], ["was"], ["had"])
    return words[index] in _REFERS_BACK


def _opens_with_before(words: list[str], index: int) -> bool:
    """Whether the clause of token `index` opens with "before", at most three words ahead."""
    for place in range(index - 1, max(-1, index - 5), -1):
        if words[place] in ("before", "prior"):
            return place == 0 or words[place - 1] in (".", "!", "?", "\n", ":", ",", "and")
        if words[place] in (".", "!", "?", "\n", ","):
            return False
    return False


_NEXT = Phrasebook(
    {
        "next": "then | next | after that | afterwards | finally | lastly | subsequently | after this | and then | second | third",
    }
)
_ACTORS = frozenset("he she they it the a an person man woman".split())
_NO_STEPS = frozenset("video clip camera scene screen footage film shot frame nothing there this that it's".split())


def further_steps(scan: Scan, first: int, last: int, found: list[Item]) -> list[Item]:
    """Unknown steps told in prose: a clause opens with "then" or "next", says what somebody does, and names no known step."""
    extra: list[Item] = []
    marks = statuses(scan)
    for phrase in _NEXT.find(scan.words[first:last]):
        start = first + phrase.last
        if phrase.first and scan.words[first + phrase.first - 1] not in (".", "!", "?", "\n", ",", ";", "and", ":"):
            continue
        stop = start
        while stop < last and scan.words[stop] not in (".", "!", "?", "\n", ";"):
            stop += 1
        words = [word for word in scan.words[start:stop] if word[0].isalnum()]
        known = any(first + phrase.first <= item.first < stop for item in found)
        if known or len(words) < 2 or words[0] not in _ACTORS or not _NO_STEPS.isdisjoint(words[:4]) or marks[start] != ASSERTED:
            continue
        extra.append(Item(None, start, stop, scan.text[scan.starts[start] : scan.ends[stop - 1]]))
    return extra
