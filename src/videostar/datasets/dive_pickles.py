"""The pickles of the diving data sets: dives by (event, number), lists of such keys as splits, a table of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from videostar.datasets.importer import split_named, whole
from videostar.datasets.pickles import read_pickle
from videostar.errors import DataError
from videostar.types import Split

Key = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class DiveFiles:
    """What the files hold. table: names by number."""

    dives: tuple[tuple[Path, Mapping[Any, Any]], ...]
    splits: Mapping[Key, Split]
    table: Mapping[int, str]

    def rows(self) -> Iterator[tuple[str, Key, Mapping[str, Any]]]:
        """Place ("file:position"), key and dive of each."""
        for path, held in self.dives:
            for position, (key, dive) in enumerate(held.items(), 1):
                where = f"{path.name}:{position}"
                if not isinstance(key, tuple) or len(key) != 2 or not isinstance(dive, Mapping):
                    raise DataError(f"{where}: a dive stands under a pair such as ('01', 1), found {str(key)[:60]!r}")
                yield where, (key[0], key[1]), dive


def sorted_out(paths: Sequence[Path]) -> DiveFiles:
    """The files by what they hold. Raises `DataError` for a file that holds none of these."""
    dives: list[tuple[Path, Mapping[Any, Any]]] = []
    splits: dict[Key, Split] = {}
    table: dict[int, str] = {}
    for path in paths:
        held = read_pickle(path)
        if isinstance(held, list):
            split = next((found for word in re.split(r"[^a-z]+", path.stem.lower()) if (found := split_named(word))), None)
            if split is None:
                raise DataError(f"{path} is a list of dives, but its name says neither train nor test")
            splits.update({(key[0], key[1]): split for key in held if isinstance(key, tuple) and len(key) == 2})
        elif isinstance(held, Mapping) and held and all(isinstance(value, str) for value in held.values()):
            table.update({code: name for key, name in held.items() if (code := whole(key)) is not None})
        elif isinstance(held, Mapping):
            dives.append((path, held))
        else:
            raise DataError(f"{path} holds {type(held).__name__}; expected dives, a split or a table of sub-actions")
    return DiveFiles(tuple(dives), splits, table)
