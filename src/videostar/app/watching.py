"""A run as the Runs tab shows it: looked at again when its files have changed, and never for more than a tenth of the time.

All sessions share one look, so that ten people who watch a run cost no more than one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from videostar import shown
from videostar.app import pages
from videostar.app.bits import fitted, size_of
from videostar.app.browse_file import index_path, reading, sample_count, set_names, set_of
from videostar.config import Config
from videostar.report.overview import cycle_cards, facts, results_of, totals
from videostar.standing import share_done, standing
from videostar.store import RunStore

REST = 10
"""So many times as long as a look took, the next one waits."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen, and how long that is good for. is_over: the run had ended before. files: as they were."""

    page: str
    is_over: bool
    files: tuple[tuple[str, int, int], ...]
    until: float


class Watching:
    """Pages of runs. Safe to use from several threads."""

    def __init__(self) -> None:
        self._looks: dict[Path, Look] = {}
        self._lock = threading.Lock()

    def look(self, run: Path, config: Config) -> Look:
        """The run as it stands, or stood a moment ago."""
        with self._lock:
            last = self._looks.get(run)
            if last is not None and time.monotonic() < last.until:
                return last
            began, is_over = time.monotonic(), RunStore(run).best.exists()
            files = _files(run)
            page = last.page if last is not None and last.files == files else overview(run, config)
            now = time.monotonic()
            self._looks[run] = Look(page, is_over, files, now + REST * (now - began))
            return self._looks[run]


def overview(run: Path, config: Config) -> str:
    """Standing, results, curves, funnel and cost."""
    from videostar.report.curves import curves  # draws with matplotlib, which takes its time to be imported

    store = RunStore(run)
    results, kept = results_of(store), kept_by_route(run)
    line = standing(store, config)
    share = share_done(line)
    return pages.html(
        "runs.html",
        name=shown.one_line(run.absolute().name, 120),
        standing=line,
        progress=None if share is None else 100 * share,
        results=results,
        curves=curves(results, kept),
        cards=cycle_cards(results, kept),
        totals=totals(results),
        facts=facts(store, config),
    )


def kept_by_route(run: Path) -> Mapping[int, Mapping[str, int]]:
    """Kept samples by cycle and route, as far as the browse index has read: a million rows are not read for it again.

    Who was shown the label failed before, so that what is kept of it is an explanation.
    """
    path = index_path(run)
    kept: dict[int, dict[str, int]] = {}
    if not path.exists() or path.stat().st_size == 0:
        return kept
    with reading(path) as database:
        if not database.execute("select 1 from sqlite_master where name = 'sets'").fetchone():
            return kept
        count = sample_count(database)
        for cycle in set_names(database, "kept/"):
            here = fitted(set_of(database, f"kept/{cycle}"), count)
            explained = size_of(here & fitted(set_of(database, f"answer/{cycle}/rationalized/answered"), count))
            routes = {"generated": size_of(here) - explained, "rationalized": explained}
            kept[int(cycle)] = {route: number for route, number in routes.items() if number}
    return kept


def _files(run: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of the run's own files; a lock that is touched says nothing."""
    found = []
    for pattern in ("*", "*/*"):
        for path in run.glob(pattern):
            try:
                stat = path.stat()
            except OSError:
                continue
            if path.is_file() and path.name != "lock" and not path.name.endswith(("-wal", "-shm")):
                found.append((str(path), stat.st_size, stat.st_mtime_ns))
    return tuple(sorted(found))
