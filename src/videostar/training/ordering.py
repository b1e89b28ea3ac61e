"""In which order a training takes its conversations: shuffled, and rows of like length together, so that little is padding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from videostar.seeds import seed_for

WINDOW_UNITS = 64

Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)


class Rows(Protocol[Row_co]):
    """What is trained on, by number: conversations, or pairs of them."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, index: int) -> Row_co:
        """One of them."""


class Ordered(Generic[Row]):
    """A permuted view of conversations, to be read from first to last; `set_epoch` gives every epoch its own order.

    The rows are shuffled, and cut into windows of `WINDOW_UNITS` units. Within a window they are sorted by `length` and cut into
    units of `unit` rows, which come in random order. A unit is what all processes take at once, one batch each, so none
    waits long for another. Only the rows of one window are looked at ahead; nothing of a video is.

    Every row comes exactly once an epoch. Where rows do not fill the last unit, None stands for the missing ones: a row to
    learn nothing from. So no row has to come twice for the processes to stay in step, and a resumed training, which skips what it has
    done, gets the very rows that are left. length: None leaves the shuffled order as it is.
    """

    def __init__(self, rows: Rows[Row], unit: int, seed: int, length: Callable[[Row], int] | None) -> None:
        self._rows = rows
        self._unit = unit
        self._seed = seed
        self._length = length
        self._epoch = 0
        self._shuffled = self._shuffle()
        self._window: tuple[int, NDArray[np.int64]] = (-1, self._shuffled[:0])

    def set_epoch(self, epoch: int) -> None:
        """Take the order of an epoch, counted from 0. Called by the data loader."""
        if epoch != self._epoch:
            self._epoch = epoch
            self._shuffled = self._shuffle()
            self._window = (-1, self._shuffled[:0])

    def __len__(self) -> int:
        return -(-len(self._rows) // self._unit) * self._unit

    def __getitem__(self, position: int) -> Row | None:
        number, place = divmod(position, self._unit * WINDOW_UNITS)
        if self._window[0] != number:
            self._window = (number, self._ordered(number))
        row = int(self._window[1][place])
        return self._rows[row] if row >= 0 else None

    def _shuffle(self) -> NDArray[np.int64]:
        return self._random("rows").permutation(len(self._rows)).astype(np.int64)

    def _random(self, *what: str | int) -> np.random.Generator:
        return np.random.default_rng(seed_for(self._seed, "order", self._epoch, *what))

    def _ordered(self, number: int) -> NDArray[np.int64]:
        """The rows of a window in their order; -1 where there is none."""
        size = self._unit * WINDOW_UNITS
        rows = self._shuffled[number * size : (number + 1) * size]
        random = self._random("window", number)
        if self._length is not None:
            lengths = [self._length(self._rows[int(row)]) for row in rows]
            rows = rows[np.argsort(lengths, kind="stable")]
        units = list(_units(rows, self._unit, random))
        return np.concatenate([units[index] for index in random.permutation(len(units))])


def _units(rows: NDArray[np.int64], unit: int, random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Consecutive rows, `unit` at a time. What is missing for a whole unit is missing from a random one, not always from the longest."""
    whole, rest = divmod(len(rows), unit)
    sizes = random.permutation([unit] * whole + [rest] * (rest > 0))
    start = 0
    for size in sizes:
        yield np.concatenate([rows[start : start + size], np.full(unit - size, -1, np.int64)])
        start += size


def padding_share(lengths: Sequence[int], batch_size: int) -> float:
    """Which share of the tokens of consecutive batches is padding, where every batch is as long as its longest row."""
    batches = [lengths[start : start + batch_size] for start in range(0, len(lengths), batch_size)]
    held = sum(len(batch) * max(batch) for batch in batches)
    return 1 - sum(lengths) / held if held else 0.0
