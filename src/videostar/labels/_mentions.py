"""Known names (classes, options, steps) found in an answer whatever their inflection, spelling, articles and hyphens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from videostar.labels._normalize import is_filler, stem
from videostar.labels._scan import Scan

_WIDEST_GAP = 8
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OPTIONAL = frozenset("in on at of to into with by for from up down over off out".split())


class Mention(NamedTuple):
    """Name number `name` at tokens first..last (last excluded). quality: 1 for word by word, less for scattered words."""

    name: int
    first: int
    last: int
    quality: float
    length: int


class Names:
    """A fixed list of names, indexed by stems."""

    def __init__(self, names: tuple[str, ...]) -> None:
        contents = [_content(name) for name in names]
        self.keys: list[tuple[str, ...]] = [tuple(stem(word) for word in content) for content in contents]
        self._pairs = [tuple(stem(one + other) for one, other in pairwise(content)) for content in contents]
        self._beginnings = {
            content[0][:cut] for content in contents if len(content) == 1 and len(content[0]) > 4 for cut in range(3, len(content[0]) - 1)
        }
        self._by_first: dict[str, list[int]] = {}
        self._joined: dict[str, list[int]] = {}
        self._by_stem: dict[str, list[int]] = {}
        self._needs: list[int] = []
        for number, (content, key) in enumerate(zip(contents, self.keys, strict=True)):
            required = tuple(word for word in key if word not in _OPTIONAL) or key
            self._needs.append(len(set(required)))
            if not key:
                continue
            self._by_first.setdefault(key[0], []).append(number)
            self._joined.setdefault(stem("".join(content)), []).append(number)
            for word in set(required):
                self._by_stem.setdefault(word, []).append(number)

    def find(self, scan: Scan, first: int, last: int) -> list[Mention]:
        """Mentions at tokens first..last, in order, without those that lie inside a longer one."""
        stems, words = scan.stems, scan.words
        found: list[Mention] = []
        for index in range(first, last):
            for number in self._by_first.get(stems[index], ()):
                mention = self._match(scan, number, index, last)
                if mention:
                    found.append(mention)
            if stems[index] in self._joined or words[index] in self._beginnings:
                found.extend(self._compounds(scan, index, last))
        found.extend(self._scattered(scan, first, last, {m.name for m in found}))
        return outermost(found)

    def _match(self, scan: Scan, number: int, index: int, last: int) -> Mention | None:
        key, stems, words = self.keys[number], scan.stems, scan.words
        place, at, skipped = 1, index + 1, 0.0
        end = at
        while place < len(key):
            if at < last and stems[at] == key[place]:
                place, at = place + 1, at + 1
                end = at
            elif at < last and ((is_filler(words[at]) and words[at] not in ".!?\n;:,") or _inside_name(scan, at)):
                at += 1
                skipped += 0.02
            elif key[place] in _OPTIONAL:
                place += 1
                skipped += 0.1
            else:
                whole, parts = _joined_words(scan, at, last, key[place], self._pairs[number][place : place + 1])
                if not parts:
                    return None
                place, at = place + whole, at + parts
                end = at
        return Mention(number, index, end, max(0.85, 1.0 - skipped), len(key))

    def _compounds(self, scan: Scan, index: int, last: int) -> list[Mention]:
        """`armwrestling` for "arm wrestling", `skate boarding` for "skateboarding"."""
        words, stems = scan.words, scan.stems
        found = [Mention(n, index, index + 1, 0.95, len(self.keys[n])) for n in self._joined.get(stems[index], ()) if len(self.keys[n]) > 1]
        if words[index] not in self._beginnings:
            return found
        at = index + 2 if index + 1 < last and words[index + 1] == "-" else index + 1
        if at < last and words[at].isalpha():
            joined = self._joined.get(stem(words[index] + words[at]), ())
            found.extend(Mention(n, index, at + 1, 0.95, 2) for n in joined if len(self.keys[n]) == 1)
        return found

    def _scattered(self, scan: Scan, first: int, last: int, known: set[int]) -> list[Mention]:
        """Names all of whose words stand near each other in one sentence, in any order."""
        stems = scan.stems
        counts: dict[int, int] = {}
        for word in set(stems[first:last]):
            for number in self._by_stem.get(word, ()):
                counts[number] = counts.get(number, 0) + 1
        found: list[Mention] = []
        for number, count in counts.items():
            if count == self._needs[number] > 1 and number not in known:
                found.extend(self._windows(scan, number, first, last))
        return found

    def _windows(self, scan: Scan, number: int, first: int, last: int) -> list[Mention]:
        needed = {word for word in self.keys[number] if word not in _OPTIONAL}
        stems, words = scan.stems, scan.words
        latest: dict[str, int] = {}
        for index in range(first, last):
            if words[index] in ".!?\n;":
                latest.clear()
            elif stems[index] in needed:
                latest[stems[index]] = index
                start = min(latest.values())
                if len(latest) == len(needed) and index - start < len(needed) + _WIDEST_GAP:
                    places = [latest[word] for word in self.keys[number] if word in latest]
                    in_order = all(one <= other for one, other in pairwise(places))
                    return [Mention(number, start, index + 1, 0.8 if in_order else 0.7, len(self.keys[number]))]
        return []


def outermost(found: list[Mention]) -> list[Mention]:
    """Mentions in order, without those inside another's range that says more words."""
    found.sort(key=lambda m: (m.first, -m.last, -m.length, -m.quality))
    kept: list[Mention] = []
    reach = -1
    for mention in found:
        if mention.last > reach:
            kept.append(mention)
            reach = mention.last
        elif kept and _says_as_much(mention, kept[-1]):
            kept.append(mention)
    return kept


def _joined_words(scan: Scan, at: int, last: int, wanted: str, pair: tuple[str, ...]) -> tuple[int, int]:
    """How many words of the name and of the text make one: "breast stroke" and "breaststroke" both ways; (0, 0) for none."""
    if at >= last:
        return 0, 0
    if (scan.stems[at],) == pair:
        return 2, 1
    after = at + 2 if scan.words[at + 1 : at + 2] == ["-"] else at + 1
    if after < last and wanted.startswith(scan.words[at]) and scan.words[at] + scan.stems[after] == wanted:
        return 1, after + 1 - at
    return 0, 0


def _inside_name(scan: Scan, at: int) -> bool:
    """The dot of `Soms.Tuck`."""
    return scan.words[at] == "." and scan.glued(at) and scan.glued(at + 1)


def _says_as_much(mention: Mention, other: Mention) -> bool:
    """Whether two names stand in the very same place, so that the text does not tell them apart."""
    same_place = (mention.first, mention.last, mention.length) == (other.first, other.last, other.length)
    return same_place and mention.name != other.name and mention.quality >= other.quality - 0.01


def _content(name: str) -> tuple[str, ...]:
    """A name's words of content in lower case; all its words where none has content."""
    scan = Scan(name if " " in name else _CAMEL.sub(" ", name))
    final = len(scan.words) - 1
    content = tuple(
        word for place, word in enumerate(scan.words) if not is_filler(word) or word in _OPTIONAL or (word == "a" and place == final)
    )
    return content or tuple(scan.words)


@lru_cache(maxsize=4096)
def names(texts: tuple[str, ...]) -> Names:
    """The kept index of a list of names."""
    return Names(texts)


@lru_cache(maxsize=65_536)
def name_key(text: str) -> tuple[str, ...]:
    """The stems of one name: two names with the same key say the same."""
    return tuple(stem(word) for word in _content(text))


def is_alternative(scan: Scan, mention: Mention, others: Sequence[Mention]) -> bool:
    """Whether a name is one of two that an "or" leaves open, in a text whose other name is unknown."""
    words = scan.words
    after, before = mention.last, mention.first - 1
    while after < len(words) and words[after] in ('"', "*", ")", "'"):
        after += 1
    while before >= 0 and (words[before] in ('"', "*", "(", "'") or words[before] in ("a", "an", "the")):
        before -= 1
    if any(other is not mention and (after < other.first <= after + 3 or before - 3 <= other.last - 1 <= before) for other in others):
        return False
    if after < len(words) and words[after] == "or":
        return words[after + 1 : after + 2] not in (["so"], ["something"], ["similar"], ["not"])
    return before >= 0 and words[before] == "or" and words[before - 1 : before] != [","]
