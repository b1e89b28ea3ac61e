"""A stage that several processes, on several machines, do together: who does which samples, and how their answers become one file.

The stage's ordered samples are dealt like cards, a small hand at a time, so that questions about one video, which mostly have
neighbouring ids, are asked by one shard, and long videos are spread over all. Each shard writes a log of its own beside the
stage's; once all are whole, whoever comes next puts them together in the stage's order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from videostar.errors import ConfigError, RunError
from videostar.rows import read_rows
from videostar.store import BatchNote, StageLog, write_rows
from videostar.types import Sample

HAND = 8
MOST_SHARDS = 10_000
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `index` of `count`, counted from 1."""

    index: int
    count: int

    @staticmethod
    def named(text: str) -> Shard:
        """Of "3/16". Raises `ConfigError` for anything else."""
        found = re.fullmatch(r"(\d{1,5})/(\d{1,5})", text)
        index, count = (int(part) for part in found.groups()) if found else (0, 0)
        if not 1 <= index <= count <= MOST_SHARDS:
            most = f"from shard=1/16 to shard=16/16, and at most {MOST_SHARDS:,} of them"
            raise ConfigError(f'"shard={text}" is no shard: write which one and of how many, {most}')
        return Shard(index, count)

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def part(self, items: Iterable[_Item], total: int) -> Iterator[_Item]:
        """This shard's own of the stage's `total` items, in their order."""
        return (item for place, item in enumerate(items) if dealt(place, total, self.count) == self.index)

    def size(self, total: int) -> int:
        """How many of `total` items are its own."""
        return sum(1 for _ in self.part(range(total), total))

    def log(self, path: Path) -> StageLog:
        """Its log beside the stage's `path`: `answers.jsonl` -> `answers-3-of-16.jsonl`."""
        return StageLog(path.with_name(f"{path.stem}-{self.index}-of-{self.count}.jsonl"))


def dealt(place: int, total: int, count: int) -> int:
    """Which of `count` shards, from 1, gets the item at `place` (from 0) of `total`. Pure: the same on every machine."""
    hand = max(1, min(HAND, total // count))
    return place // hand % count + 1


def begun(path: Path) -> dict[int, list[Shard]]:
    """The shards of a stage that have written anything, by how many there are to be."""
    pattern = re.compile(re.escape(path.stem) + r"-(\d+)-of-(\d+)(\.progress)?\.jsonl")
    names = (pattern.fullmatch(file.name) for file in path.parent.glob(f"{path.stem}-*-of-*.jsonl"))
    found = {Shard(int(name[1]), int(name[2])) for name in names if name}
    return {count: sorted((shard for shard in found if shard.count == count), key=lambda shard: shard.index) for count in _counts(found)}


def own_log(path: Path, shard: Shard) -> StageLog:
    """The log that a shard goes on in. Raises `RunError` where the stage was begun in another way."""
    if StageLog(path).progress_path.exists():
        raise RunError(f"{path} was begun without shards; finish it without shard={shard}")
    others = [count for count in begun(path) if count != shard.count]
    if others:
        raise RunError(
            f"{path.parent}: shards of {others[0]} were begun, so shard={shard} does not fit; "
            f"go on with shard=K/{others[0]}, or remove {path.stem}-*-of-{others[0]}.*"
        )
    return shard.log(path)


def gathered(path: Path, samples: Iterable[Sample], total: int) -> bool:
    """Put finished shards together into the stage's own log; False where there are none.

    Raises `RunError` while shards are missing or unfinished, and where their samples are not those of the stage.
    """
    found = begun(path)
    if not found:
        return False
    if len(found) > 1:
        raise RunError(f"{path.parent}: shards of {' and of '.join(map(str, found))} lie there; remove those that are not to count")
    (count,) = found
    shards = [Shard(index, count) for index in range(1, count + 1)]
    missing = [str(shard.index) for shard in shards if not shard.log(path).done]
    if missing:
        named = ", ".join(missing[:20]) + (f" and {len(missing) - 20} more" if len(missing) > 20 else "")
        raise RunError(
            f"{path}: {len(missing)} of {count} shards are missing or not finished: {named}; finish each with shard=K/{count}, "
            f"or remove {path.parent / path.stem}-*-of-{count}.* to do it all without shards"
        )
    _put_together(path, [shard.log(path) for shard in shards], samples, total)
    return True


def _counts(found: set[Shard]) -> list[int]:
    return sorted({shard.count for shard in found})


def _put_together(path: Path, logs: list[StageLog], samples: Iterable[Sample], total: int) -> None:
    """The rows first, then the mark that they are whole, then the shards go: a kill in between is made good by doing it again."""
    write_rows(path, _in_order(logs, samples, total))
    costs = [log.cost() for log in logs]
    cost = BatchNote(
        sum(item.seconds for item in costs), sum(item.clips_decoded for item in costs), sum(item.clips_from_cache for item in costs)
    )
    StageLog(path).settle(cost)
    sweep(path)


def sweep(path: Path) -> None:
    """Remove the shards of a stage whose own log is whole."""
    for file in path.parent.glob(f"{path.stem}-*-of-*.jsonl"):
        file.unlink(missing_ok=True)


def _in_order(logs: list[StageLog], samples: Iterable[Sample], total: int) -> Iterator[dict[str, Any]]:
    by_shard = [groupby(read_rows(log.path), key=lambda row: row["sample_id"]) for log in logs]
    for place, sample in enumerate(samples):
        log = dealt(place, total, len(logs)) - 1
        name, rows = next(by_shard[log], ("", iter(())))
        if name != sample.id:
            raise RunError(f'{logs[log].path} holds {name or "nothing"!r} where "{sample.id}" belongs; remove that shard and do it again')
        yield from rows
    left = [str(log.path) for log, groups in zip(logs, by_shard, strict=True) if next(groups, None) is not None]
    if left:
        raise RunError(f"{', '.join(left)}: more samples than the stage has; remove that shard and do it again")
