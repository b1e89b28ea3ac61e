"""Where a run stands, read from its files alone: a run that is going on elsewhere is not disturbed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from videostar import shown
from videostar.config import Config
from videostar.steps.generate import answers_at_once
from videostar.steps.shards import begun
from videostar.steps.spread import scattered
from videostar.store import CycleFiles, RunStore, StageLog, read_json
from videostar.types import SPLITS

_OF = re.compile(r"([\d,]+) of ([\d,]+)")


def standing(store: RunStore, config: Config) -> str:
    """One line: finished and what is best, or the stage that comes next or goes on, with counts, and when it last wrote."""
    if store.best.exists():
        best = read_json(store.best)
        return f"finished; the best is {best['name']}: {best['checkpoint']}"
    if not store.ingested.exists():
        return "not finished: the tables are not checked yet"
    counts: dict[str, int] = read_json(store.ingested)["counts"]
    return f"not finished: {_stage(store, config, counts)}{_last_write(store)}; `videostar run` goes on from here"


def share_done(line: str) -> float | None:
    """How much of its stage a line of `standing` says is done, in [0, 1]; None where it says nothing of that."""
    found = _OF.search(line.partition(";")[0])
    if found is None:
        return None
    done, total = (int(number.replace(",", "")) for number in found.groups())
    return min(1.0, done / total) if total else None


def whole_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file that may be missing or be written right now; a line that is not whole ends it."""
    if not path.exists():
        return
    with path.open("r", encoding="utf-8") as lines:
        for line in lines:
            if not line.endswith("\n"):
                return
            yield json.loads(line)


def cycles(store: RunStore) -> list[int]:
    """The numbers of the cycles that have a folder; 0 is the base model."""
    names = (path.name.removeprefix("cycle-") for path in store.root.glob("cycle-*") if path.is_dir())
    return sorted(int(name) for name in names if name.isdecimal())


def _stage(store: RunStore, config: Config, counts: dict[str, int]) -> str:
    if store.final.folder.exists():
        return f"final: {_trained(store.final, config, counts)}"
    number = max(cycles(store), default=0)
    files = store.cycle(number)
    if number == 0:
        return f"base: {_evaluated(files, config, counts)}"
    return f"cycle {number}: {_asked(files, config, counts)}"


def _asked(files: CycleFiles, config: Config, counts: dict[str, int]) -> str:
    """The stage of a cycle, the last first."""
    if files.selection.exists():
        return _trained(files, config, counts)
    if _has_begun(files.rationales):
        if StageLog(files.rationales).done:
            return "select"
        return f"rationalize, {_done(files.rationales, _failures(files), config, config.generate.n)}"
    if StageLog(files.answers).done:
        return "verify"
    return f"generate, {_done(files.answers, counts['train'], config, config.generate.n)}"


def _trained(files: CycleFiles, config: Config, counts: dict[str, int]) -> str:
    if files.training.exists():
        return _evaluated(files, config, counts)
    rows = files.mixed if files.mixed.exists() else files.conversations
    return f"train on {shown.count(sum(1 for _ in whole_rows(rows)))} conversations"


def _evaluated(files: CycleFiles, config: Config, counts: dict[str, int]) -> str:
    if files.evaluation.exists():
        return "evaluated"
    for split in reversed(SPLITS[1:]):
        if _has_begun(files.evaluation_answers(split)):
            return f"evaluate on {split}, {_done(files.evaluation_answers(split), counts[split], config, 1)}"
    return "evaluate"


def _done(answers: Path, total: int, config: Config, n: int) -> str:
    """Batches are planned in whole samples, as when asking; of a stage in shards, how many of them are done."""
    for count, shards in begun(answers).items():
        return f"{sum(shard.log(answers).done for shard in shards)} of {count} shards"
    at_once = answers_at_once(config)
    batches = sum("bytes" in line for path in (answers, scattered(answers).path) for line in _lines(path))
    return f"{shown.count(min(total, batches * max(1, at_once // n)))} of {shown.count(total)}"


def _has_begun(answers: Path) -> bool:
    """Here, in shards or on other machines."""
    return bool(_lines(answers) or begun(answers) or _lines(scattered(answers).path))


def _lines(answers: Path) -> list[dict[str, Any]]:
    return list(whole_rows(StageLog(answers).progress_path))


def _failures(files: CycleFiles) -> int:
    by_sample = groupby(whole_rows(files.verdicts), key=lambda row: row["sample_id"])
    return sum(all(row["outcome"] != "pass" for row in rows) for _, rows in by_sample)


def _last_write(store: RunStore) -> str:
    """When any of the run's own small files last changed, in UTC."""
    files = (path for pattern in ("*", "*/*") for path in store.root.glob(pattern) if path.is_file())
    times = [path.stat().st_mtime for path in files if not {"lock", "locks"} & {path.name, path.parent.name}]
    return f"; last written {datetime.fromtimestamp(max(times), UTC):%Y-%m-%d %H:%M:%S} UTC" if times else ""
