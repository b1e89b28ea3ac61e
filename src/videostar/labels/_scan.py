"""An answer cut into tokens once, so that every reader works on token numbers and keeps character ranges.

All folding is one character to one character: a range in the folded text is a range in the answer as written.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

from videostar.labels._normalize import stem

LONGEST_READ = 200_000
# Typographic marks, by code since they look alike, and the plain mark that each is read as.
_FOLDED = {
    **dict.fromkeys(map(ord, "\u2019\u2018\u02bc"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d"), '"'),
    **dict.fromkeys(map(ord, "\u2013\u2010\u2011\u2012\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u2014\uff1b"), ";"),
    **dict.fromkeys(map(ord, "\u2026\u3002"), "."),
    **dict.fromkeys(map(ord, "\uff1a"), ":"),
    **dict.fromkeys(map(ord, "\uff08"), "("),
    **dict.fromkeys(map(ord, "\uff09"), ")"),
    **dict.fromkeys(map(ord, "\uff0c\u3001"), ","),
    **dict.fromkeys(map(ord, "\uff3b"), "["),
    **dict.fromkeys(map(ord, "\uff3d"), "]"),
    **dict.fromkeys(map(ord, "\uff05"), "%"),
    **dict.fromkeys(map(ord, "\u00a0\u2009\u202f\u2248"), " "),
    **dict.fromkeys(map(ord, "\r"), "\n"),
    **dict.fromkeys(map(ord, "\u2192\u21d2\u279c\u2794\u27f6"), ">"),
    **dict.fromkeys(map(ord, "\u00d7"), "x"),
    **dict.fromkeys(map(ord, "\u2022\u00b7\u25e6\u2023"), "*"),
}
# A word with inner apostrophes, a number with its separators and exponent, a line break, or one other mark.
_TOKEN = re.compile(
    r"[^\W\d_]+(?:'[^\W\d_]+)*|(?:(?<![\w.])\.)?\d+(?:[.,:]\d+)*(?:e[+-]?\d+(?![^\W_]))?|\n|[^\w\s]|_",
)
# `C. running` inside a sentence: a capital letter and a dot that a small letter follows.
_LETTER_DOT = re.compile(r"(?<![^\s(*\"'])([A-Z])\.(?= [a-z])")
SENTENCE_ENDS = frozenset(".!?\n")


class Phrase(NamedTuple):
    """A known phrase found at tokens first..last (last excluded)."""

    first: int
    last: int
    tag: str


class Scan:
    """One text, folded to lower case and cut into tokens.

    words[i] is token i in lower case; it stands at characters starts[i]:ends[i] of the text as written. The dot after an option's
    letter is read as a bracket.
    """

    __slots__ = ("__dict__", "ends", "lower", "starts", "text", "words")

    def __init__(self, text: str) -> None:
        written = text[:LONGEST_READ]
        self.text = written if written.isascii() else written.translate(_FOLDED)
        self.lower = lowered(_LETTER_DOT.sub(r"\1)", self.text) if ". " in self.text else self.text)
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        for match in _TOKEN.finditer(self.lower):
            self.words.append(match.group())
            start, end = match.span()
            self.starts.append(start)
            self.ends.append(end)

    @cached_property
    def stems(self) -> list[str]:
        """One stem for each token."""
        return [stem(word) for word in self.words]

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Token ranges of the sentences that hold a word or a number. Abbreviating and list dots do not end one."""
        found: list[tuple[int, int]] = []
        first = 0
        for index, word in enumerate(self.words):
            if word in SENTENCE_ENDS and not (word == "." and self._is_marker_dot(index, first)):
                if index > first:
                    found.append((first, index))
                first = index + 1
        if first < len(self.words):
            found.append((first, len(self.words)))
        return found

    def _is_marker_dot(self, index: int, first: int) -> bool:
        """The dot of `1.` or `B.` at the start of a line, of `vs.` and of `Som.Tuck`."""
        if index == 0:
            return False
        glued = index + 1 < len(self.words) and self.starts[index + 1] == self.ends[index]
        if glued and self.words[index + 1][0].isalnum():
            return True
        before = self.words[index - 1]
        if before in ("vs", "approx", "sec", "secs", "min", "mr", "mrs", "dr", "eg", "no", "g", "e") and before != "no":
            return True
        return (
            index - 1 == first and (before.isdigit() or len(before) == 1) and index + 1 < len(self.words) and self.words[index + 1] != "\n"
        )

    def tokens_at(self, start: int, end: int) -> tuple[int, int]:
        """The token range that lies in characters start:end."""
        return bisect_left(self.starts, start), bisect_left(self.starts, end)

    def glued(self, index: int) -> bool:
        """Whether token `index` follows the one before without a space."""
        return index > 0 and index < len(self.words) and self.ends[index - 1] == self.starts[index]


def lowered(text: str) -> str:
    """Lower case that keeps every character in its place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(folded if len(folded := character.lower()) == 1 else character for character in text)


@lru_cache(maxsize=4096)
def scanned(text: str) -> Scan:
    """A kept scan, for texts that come back: questions, class names, option texts."""
    return Scan(text)


def _alternatives(texts: str) -> Iterator[str]:
    """The phrases of a text: `{is, was} {not, wrong} | never` gives five."""
    for text in " ".join(texts.split()).split("|"):
        parts = re.split(r"[{}]", text)
        ways = [part.split(",") if place % 2 else [part] for place, part in enumerate(parts)]
        yield from ("".join(words) for words in product(*ways))


class Phrasebook:
    """Known phrases by tag, found in one pass over the words; the longest phrase at a place wins."""

    def __init__(self, phrases: Mapping[str, str], marks: Mapping[str, str] = MappingProxyType({})) -> None:
        """Phrases of one tag are separated by `|`; `{is, was} not` stands for two. Each character of `marks` is a phrase."""
        self._alone: dict[str, str] = {}
        self._longer: dict[str, dict[str, list[tuple[list[str], str]]]] = {}
        for tag, texts in phrases.items():
            for text in _alternatives(texts):
                self._add(Scan(text).words, tag)
        for tag, characters in marks.items():
            for character in characters:
                self._add([character], tag)
        for by_second in self._longer.values():
            for entries in by_second.values():
                entries.sort(key=lambda entry: -len(entry[0]))
        self.first_words = frozenset({*self._alone, *self._longer})

    def _add(self, words: list[str], tag: str) -> None:
        if len(words) == 1:
            self._alone.setdefault(words[0], tag)
        else:
            self._longer.setdefault(words[0], {}).setdefault(words[1], []).append((words, tag))

    def find(self, words: list[str]) -> list[Phrase]:
        """Phrases from left to right, not overlapping."""
        found: list[Phrase] = []
        firsts = self.first_words
        if firsts.isdisjoint(words):
            return found
        free, longer, last = 0, self._longer, len(words) - 1
        for index, word in enumerate(words):
            if word not in firsts or index < free:
                continue
            phrase = None
            if index < last and word in longer:
                phrase = _longest(words, index, longer[word].get(words[index + 1], ()))
            if phrase is None and word in self._alone:
                phrase = Phrase(index, index + 1, self._alone[word])
            if phrase is not None:
                found.append(phrase)
                free = phrase.last
        return found


def _longest(words: list[str], index: int, entries: Sequence[tuple[list[str], str]]) -> Phrase | None:
    """The first of some phrases, all of the same two first words, that stands at `index`."""
    for phrase, tag in entries:
        last = index + len(phrase)
        if len(phrase) == 2 or words[index:last] == phrase:
            return Phrase(index, last, tag)
    return None
