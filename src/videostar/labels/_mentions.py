"""Known names (classes, options, steps) found in an answer whatever their inflection, spelling, articles and hyphens."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from functools import cached_property, lru_cache
from itertools import islice, pairwise, product
from typing import NamedTuple

from videostar.labels._negation import NEGATIONS, statuses
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
    """A fixed list of names, indexed by stems. A name with a slash, "sofa/couch", may be said by each of its words."""

    def __init__(self, names: tuple[str, ...], agents: bool = False) -> None:
        """agents: who does it counts as a word of what is done, the golfer of "golf putting"."""
        written = [(number, _content(way)) for number, name in enumerate(names) for way in ways(name)]
        contents = [content for _, content in written]
        self._owners = [number for number, _ in written]
        self.keys: list[tuple[str, ...]] = [tuple(stem(word) for word in content) for content in contents]
        self._pairs = [tuple(stem(one + other) for one, other in pairwise(content)) for content in contents]
        self._gerunds = [content[0].endswith("ing") if content else False for content in contents]
        self._beginnings = {
            content[0][:cut] for content in contents if len(content) == 1 and len(content[0]) > 4 for cut in range(3, len(content[0]) - 1)
        }
        self._agents = agents
        self._verbs = {stem(word) for content in contents for word in content if word.endswith("ing")}
        self._by_first: dict[str, list[int]] = {}
        self._joined: dict[str, list[int]] = {}
        self._by_stem: dict[str, list[int]] = {}
        self._needs: list[frozenset[str]] = []
        alike = Counter(frozenset(_required(key)) for key in set(self.keys))
        for number, (content, key) in enumerate(zip(contents, self.keys, strict=True)):
            required = frozenset(_required(key))
            self._needs.append(frozenset(key) if alike[required] > 1 else required)
            if not key:
                continue
            self._by_first.setdefault(key[0], []).append(number)
            self._joined.setdefault(stem("".join(content)), []).append(number)
            for word in self._needs[-1]:
                self._by_stem.setdefault(word, []).append(number)

    def only_name(self, base: str) -> int | None:
        """The name that a stem stands for when no other name has it: a verb in -ing, or the only word besides small ones."""
        return self._only.get(base)

    @cached_property
    def _only(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for base, numbers in self._by_stem.items():
            owners = {self._owners[number] for number in numbers}
            if len(owners) == 1 and base in self._verbs:
                found[base] = owners.pop()
        return found

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
        return outermost([mention._replace(name=self._owners[mention.name]) for mention in found])

    def _match(self, scan: Scan, number: int, index: int, last: int) -> Mention | None:
        key, stems, words = self.keys[number], scan.stems, scan.words
        if (len(key) == 1 and self._gerunds[number] and _is_modifier(words, index)) or _is_turned_round(words, index):
            return None
        place, at, skipped = 1, index + 1, 0.0
        end = at
        while place < len(key):
            if at < last and stems[at] == key[place]:
                place, at = place + 1, at + 1
                end = at
            elif at < last and ((is_filler(words[at]) and words[at] not in ".!?\n;:,") or _inside_name(scan, at)):
                at += 1
                skipped += 0.02
            elif key[place] in _OPTIONAL and key[place] not in self._needs[number]:
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
        counts: dict[int, int] = {}
        said = set(scan.stems[first:last])
        if self._agents:
            said |= {base for word in set(scan.words[first:last]) for base in doers(word) if base in self._by_stem}
        for word in said:
            for number in self._by_stem.get(word, ()):
                counts[number] = counts.get(number, 0) + 1
        found: list[Mention] = []
        for number, count in counts.items():
            if count == len(self._needs[number]) > 1 and number not in known:
                found.extend(self._windows(scan, number, first, last))
        return found

    def _windows(self, scan: Scan, number: int, first: int, last: int) -> list[Mention]:
        needed = self._needs[number]
        stems, words = scan.stems, scan.words
        latest: dict[str, int] = {}
        for index in range(first, last):
            if words[index] in ".!?\n;>":
                latest.clear()
                continue
            base = self._needed_at(stems[index], words[index], needed)
            if not base:
                continue
            latest[base] = index
            start = min(latest.values())
            if len(latest) == len(needed) and index - start < len(needed) + _WIDEST_GAP and self._is_one(scan, number, latest):
                places = [latest[word] for word in self.keys[number] if word in latest]
                in_order = all(one <= other for one, other in pairwise(places))
                quality = (0.8 if in_order else 0.7) - (0.3 if any(stems[place] not in needed for place in latest.values()) else 0.0)
                return [Mention(number, start, index + 1, quality, len(self.keys[number]))]
        return []

    def _needed_at(self, base: str, word: str, needed: frozenset[str]) -> str:
        if base in needed or not self._agents:
            return base if base in needed else ""
        return next((doer for doer in doers(word) if doer in needed), "")

    def _is_one(self, scan: Scan, number: int, latest: dict[str, int]) -> bool:
        """Whether scattered words make one statement: all of one standing, and the noun "hair dye" is not "dyeing hair"."""
        marks = statuses(scan)
        if len({marks[place] for place in latest.values()}) > 1 and NEGATIONS.isdisjoint(self.keys[number]):
            return False
        verb = latest.get(self.keys[number][0])
        if not self._gerunds[number] or verb is None or verb == min(latest.values()):
            return True
        return scan.words[verb].endswith(("ing", "ed", "s", "en")) or verb - 1 not in latest.values()


def outermost(found: list[Mention]) -> list[Mention]:
    """Mentions in order, without those inside another's range that says more words."""
    found.sort(key=lambda m: (m.first, -m.last, -m.length, -m.quality))
    kept: list[Mention] = []
    reach = -1
    for mention in found:
        if mention.last > reach or (kept and kept[-1].quality < 0.85 <= mention.quality and mention.length >= kept[-1].length):
            kept.append(mention)
            reach = max(reach, mention.last)
        elif kept and _says_as_much(mention, kept[-1]):
            kept.append(mention)
    return kept


_DETERMINERS = frozenset("a an the his her their its this that each no some".split())
_AFTER_NOUN = frozenset("and or but then so while when where which who that not also again twice here there today now he she they".split())


def _is_turned_round(words: list[str], index: int) -> bool:
    """Whether a hyphened prefix turns a word into its opposite: `anti-clockwise`, `non-stop`."""
    return index > 1 and words[index - 1] == "-" and words[index - 2] in ("anti", "counter", "non")


def _is_modifier(words: list[str], index: int) -> bool:
    """Whether a word is a noun before another noun: the test of "the test rig" is no testing."""
    if words[index].endswith(("ing", "ed")) or index == 0 or words[index - 1] not in _DETERMINERS:
        return False
    after = words[index + 1] if index + 1 < len(words) else "."
    if not after.isalpha() or is_filler(after) or after in _AFTER_NOUN or after in _OPTIONAL:
        return False
    return not after.endswith(("ly", "ing", "ed"))


@lru_cache(maxsize=65_536)
def doers(word: str) -> tuple[str, ...]:
    """Stems of what someone does, by the word for who does it: skier -> ski, swimmer -> swim, cyclist -> cycl."""
    word = word.removesuffix("s")
    if len(word) < 5 or not word.endswith(("er", "or", "ist")):
        return ()
    bare = word[:-3] if word.endswith("ist") else word[:-2]
    ways_ = {bare, bare + "e"} | ({bare[:-1]} if bare[-1:] == bare[-2:-1] else set())
    return tuple(sorted({stem(way) for way in ways_ if len(way) > 2}))


def _required(key: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a name that must be said: all but small ones, where it has others."""
    return tuple(word for word in key if word not in _OPTIONAL) or key


_MOST_WAYS = 8


@lru_cache(maxsize=65_536)
def ways(name: str) -> tuple[str, ...]:
    """What may be said for a name: "put down the cup/glass" is "put down the cup" and "put down the glass"."""
    if "/" not in name:
        return (name,)
    words = [tuple(part for part in word.split("/") if part) or (word,) for word in name.split()]
    if any(part[0].isdigit() for parts in words if len(parts) > 1 for part in parts):
        return (name,)
    return tuple(" ".join(way) for way in islice(product(*words), _MOST_WAYS))


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
def names(texts: tuple[str, ...], agents: bool = False) -> Names:
    """The kept index of a list of names."""
    return Names(texts, agents)


@lru_cache(maxsize=65_536)
def name_key(text: str) -> tuple[str, ...]:
    """The stems of one name: two names with the same key say the same."""
    return tuple(stem(word) for word in _content(text))


def is_alternative(scan: Scan, mention: Mention, firsts: Set[int], lasts: Set[int]) -> bool:
    """Whether a name is one of two that an "or" leaves open, in a text whose other name is unknown.

    firsts, lasts: tokens that known names begin at, and end before.
    """
    words = scan.words
    after, before = mention.last, mention.first - 1
    while after < len(words) and words[after] in ('"', "*", ")", "'"):
        after += 1
    while before >= 0 and (words[before] in ('"', "*", "(", "'") or words[before] in ("a", "an", "the")):
        before -= 1
    if not firsts.isdisjoint(range(after + 1, after + 4)) or not lasts.isdisjoint(range(before - 2, before + 2)):
        return False
    if after < len(words) and words[after] == "or":
        return words[after + 1 : after + 2] not in (["so"], ["something"], ["similar"], ["not"])
    return before >= 0 and words[before] == "or" and words[before - 1 : before] != [","]
