"""What became of every sample of a cycle that has selected: kept, or the ledger's one reason why not.

Most follow from the verdicts alone, as sets. Only where a right answer was not kept does its text have to be looked at again.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from videostar.app.bits import Bits, fitted, numbers_in, with_numbers
from videostar.app.browse_file import changing, put_set, reading, sample_count, set_names, set_of
from videostar.app.browse_item import Item, item_at
from videostar.config import Config
from videostar.standing import cycles
from videostar.steps.select import ABOVE_SHARE, Tried, decide
from videostar.steps.verify import Judged
from videostar.store import CycleFiles, RunStore

KEPT = "kept"
LOOKED_AT = 500


def settle(path: Path, store: RunStore, config: Config, is_over: Callable[[], bool]) -> bool:
    """Sort the samples of each cycle that has selected by their fates. True when no cycle waits."""
    for cycle in cycles(store):
        files = store.cycle(cycle)
        with reading(path) as database:
            waits = files.selection.exists() and _is_whole(database, store, files) and not _is_settled(database, cycle)
        if not waits:
            continue
        if is_over():
            return False
        with changing(path) as database:
            told = _Fates(database, cycle, config.select.blind_filter)
            by_reason = told.of_verdicts()
            for reason, numbers in _looked_at(store.root, database, told.open, cycle, config).items():
                by_reason[reason] = with_numbers(by_reason.get(reason, told.none), numbers)
            for reason, bits in by_reason.items():
                for name in (f"reason/{cycle}/{reason}", f"reason/*/{reason}"):
                    before = fitted(set_of(database, name), told.count)
                    put_set(database, name, before | fitted(bits, told.count))
            database.execute("insert into settled values (?)", (cycle,))
    return True


def _is_settled(database: sqlite3.Connection, cycle: int) -> bool:
    return database.execute("select 1 from settled where cycle = ?", (cycle,)).fetchone() is not None


def _is_whole(database: sqlite3.Connection, store: RunStore, files: CycleFiles) -> bool:
    """Whether all that the selection rests on is taken in."""
    for path in (files.answers, files.verdicts, files.rationales, files.rationale_verdicts, files.conversations):
        if path.exists():
            known = database.execute("select at from files where name = ?", (str(path.relative_to(store.root)),)).fetchone()
            if known is None or known[0] < path.stat().st_size:
                return False
    return True


class _Fates:
    """Sets of one cycle. open: the samples whose texts have to be looked at."""

    def __init__(self, database: sqlite3.Connection, cycle: int, has_blind_filter: bool) -> None:
        self._database = database
        self._cycle = cycle
        self._has_blind_filter = has_blind_filter
        self.count = sample_count(database)
        self.none: Bits = fitted(set_of(database, ""), self.count)
        self.open: Bits = self.none

    def of_verdicts(self) -> dict[str, Bits]:
        """Reason -> samples."""
        cycle, found = self._cycle, {KEPT: self._set(f"kept/{self._cycle}")}
        left = self._set(f"answer/{cycle}/generated/answered") & ~found[KEPT]
        judged = self._any("generated")
        for reason in set_names(self._database, f"unread/{cycle}/"):
            found[f"quarantined: {reason}"] = left & ~judged & self._set(f"unread/{cycle}/{reason}")
            left &= ~found[f"quarantined: {reason}"]
        if self._has_blind_filter:
            found["answered right without the video"] = left & self._set("answer/1/blind/pass")
            left &= ~found["answered right without the video"]
        self.open = left & (self._outcome("generated", "pass") | self._outcome("rationalized", "pass"))
        left &= ~self.open
        explained = left & self._any("rationalized")
        for prefix, kind, among in (("rationalized: ", "rationalized", explained), ("", "generated", left & ~explained)):
            wrong = among & self._outcome(kind, "fail")
            found[f"{prefix}wrong"] = wrong
            found[f"{prefix}undecided"] = among & ~wrong & self._outcome(kind, "undecided")
        return {reason: bits for reason, bits in found.items() if bits.any()}

    def _any(self, kind: str) -> Bits:
        return self._outcome(kind, "pass") | self._outcome(kind, "fail") | self._outcome(kind, "undecided")

    def _outcome(self, kind: str, outcome: str) -> Bits:
        return self._set(f"answer/{self._cycle}/{kind}/{outcome}")

    def _set(self, name: str) -> Bits:
        return fitted(set_of(self._database, name), self.count)


def _looked_at(run: Path, database: sqlite3.Connection, open_ones: Bits, cycle: int, config: Config) -> dict[str, list[int]]:
    """The reasons of samples with a right answer that was not kept, by the selection's own rule."""
    found: dict[str, list[int]] = defaultdict(list)
    for number in numbers_in(open_ones):
        item = item_at(run, database, int(number), config)
        if item is not None:
            found[_reason(item, cycle, config)].append(int(number))
    return found


def _reason(item: Item, cycle: int, config: Config) -> str:
    told = {
        kind: [Judged(tried.answer, tried.verdict) for tried in item.tried(cycle, kind) if tried.verdict is not None]
        for kind in ("generated", "rationalized")
    }
    return decide(Tried(item.sample, told["generated"], told["rationalized"], ""), config.select).dropped or ABOVE_SHARE
