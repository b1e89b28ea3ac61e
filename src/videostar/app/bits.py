"""Sets of samples as bits, one a sample: a million samples take 125 kB a set, and all filters together a fraction of a millisecond."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Bits: TypeAlias = NDArray[np.uint8]
"""Packed, bit n of byte m is number 8 m + n; as long as it needs to be, what is beyond its end is 0."""


def fitted(bits: Bits, count: int) -> Bits:
    """As many bytes as `count` numbers need."""
    size = (count + 7) // 8
    return bits[:size] if len(bits) >= size else np.concatenate([bits, np.zeros(size - len(bits), np.uint8)])


def all_of(count: int) -> Bits:
    """Every number below `count`."""
    return np.packbits(np.ones(count, np.uint8), bitorder="little")


def with_numbers(bits: Bits, numbers: list[int]) -> Bits:
    """The set and these numbers; the argument is not changed."""
    if not numbers:
        return bits
    places = np.array(numbers, np.int64)
    grown = fitted(bits, max(8 * len(bits), int(places.max()) + 1)).copy()
    np.bitwise_or.at(grown, places >> 3, (1 << (places & 7)).astype(np.uint8))
    return grown


def numbers_in(bits: Bits) -> NDArray[np.int64]:
    """The numbers of a set in order."""
    return np.flatnonzero(np.unpackbits(bits, bitorder="little"))


def size_of(bits: Bits) -> int:
    """How many numbers a set has."""
    return int(np.bitwise_count(bits).sum())
