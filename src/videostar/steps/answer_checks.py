"""What keeps a right answer out of training whatever its route: loops, length, saying what another kept answer says. Pure, linear."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

LONGEST_LOOP_WORDS = 40
MANY_SHORT, MANY_LONG = 6, 4
"""Back to back, a stretch of up to SHORT_WORDS words may stand less often than MANY_SHORT times, a longer one less than MANY_LONG."""
SHORT_WORDS = 5
LONG_WORD_CHARACTERS = 60
SAME_PAIRS = 0.8
"""Two answers say the same when they share this part of their pairs of neighbouring words (Jaccard)."""
MOST_WORDS = 20_000

_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\\W_]+")


def words(text: str) -> list[str]:
    """The words in lower case, at most MOST_WORDS; a character counts as a word where writing has no blanks between words."""
    return [found.group() for found, _ in zip(_WORD.finditer(text.lower()), range(MOST_WORDS), strict=False)]


def repetition(text: str) -> bool:
    """Whether the text runs in a loop: the same stretch of words, or of characters within a word, over and over."""
    found = words(text)
    return _loops(found) or any(_loops(word[:1000]) for word in found if len(word) > LONG_WORD_CHARACTERS)


def near_duplicate(text: str, kept: Sequence[str]) -> bool:
    """Whether the text says almost word for word what one of the kept texts says."""
    pairs = _pairs(text)
    return any(len(pairs & other) >= SAME_PAIRS * len(pairs | other) for other in map(_pairs, kept))


def _loops(items: Sequence[str]) -> bool:
    for period in range(1, min(LONGEST_LOOP_WORDS, len(items) // MANY_LONG) + 1):
        allowed = (MANY_SHORT if period <= SHORT_WORDS else MANY_LONG) - 1
        run = 0
        for index in range(period, len(items)):
            run = run + 1 if items[index] == items[index - period] else 0
            if run >= allowed * period:
                return True
    return False


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    """Pairs of neighbouring words, the start and the end counted in, so that a single word has pairs too."""
    found = ["", *words(text), ""]
    return frozenset(pairwise(found))
