"""What a cycle gave, put together from its files."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence

from videostar.metrics import distinct_ratio, majority_passes, pass_at_k
from videostar.rows import to_json
from videostar.steps.evaluate import EVALUATED, scores
from videostar.steps.keep import ledger_of, tried
from videostar.steps.run import Records, Run
from videostar.steps.verify import Judged
from videostar.store import CycleFiles, StageLog, read_json, rows_if_any, write_rows
from videostar.types import Cost, CycleResult, Yields


def base_result(run: Run) -> CycleResult:
    """The base model before any cycle."""
    files = run.store.cycle(0)
    return CycleResult(0, files.name, run.config.model.model_name_or_path, False, scores(files), cost=_cost(files))


def cycle_result(run: Run, cycle: int) -> CycleResult:
    """A cycle that has been evaluated, or that kept nothing and so trained nothing."""
    files = run.store.cycle(cycle)
    went, gave, cost = ledger_of(files), yields(run, cycle), _cost(files)
    if not files.evaluation.exists():
        base = run.config.model.model_name_or_path
        return CycleResult(cycle, files.name, base, False, {}, went, gave, cost, "nothing was kept, so nothing was trained")
    checkpoint = str(files.checkpoint.relative_to(run.store.root))
    return CycleResult(cycle, files.name, checkpoint, True, scores(files), went, gave, cost, _left_out(files))


def final_result(run: Run, cycle: int) -> CycleResult:
    """The last training, on the generated answers of `cycle` alone."""
    files = run.store.final
    checkpoint = str(files.checkpoint.relative_to(run.store.root))
    return CycleResult(cycle, files.name, checkpoint, True, scores(files), cost=_cost(files), note=_left_out(files))


def write_metrics(run: Run, results: Sequence[CycleResult]) -> None:
    """One line per cycle in `metrics.jsonl`."""
    write_rows(run.store.metrics, (to_json(result) for result in results))


def _left_out(files: CycleFiles) -> str:
    dropped = read_json(files.training)["dropped"]
    return "; ".join(f"training left out {count} conversations: {reason}" for reason, count in dropped.items())


def yields(records: Records, cycle: int) -> Yields:
    """What the questions of a cycle that has been selected gave."""
    asked = passed = rationalized = passed_then = 0
    majority = distinct = 0.0
    chances: defaultdict[int, float] = defaultdict(float)
    offered: Counter[int] = Counter()
    for item in tried(records, cycle):
        if item.unread:
            continue
        asked += 1
        passes = [judged.passed for judged in item.generated]
        passed += any(passes)
        for k in _powers(len(passes)):
            chances[k] += pass_at_k(len(passes), sum(passes), k)
            offered[k] += 1
        majority += _majority(item.generated, passes)
        distinct += distinct_ratio(judged.answer.text for judged in item.generated)
        rationalized += bool(item.rationalized)
        passed_then += any(judged.passed for judged in item.rationalized)
    share = max(1, asked)
    candidates = read_json(records.store.cycle(cycle).selection)["candidates"]
    pass_at = {str(k): chances[k] / offered[k] for k in sorted(offered)}
    rates = (pass_at.get("1", 0.0), passed / share, majority / share, distinct / share)
    return Yields(asked, passed, rationalized, passed_then, *rates, candidates, pass_at)


def _powers(total: int) -> list[int]:
    """1, 2, 4, ... and the total itself."""
    return sorted({total, *(2**power for power in range(total.bit_length()))} - {0})


def _majority(answers: Sequence[Judged], passes: list[bool]) -> bool:
    votes = [None if item.verdict.outcome == "undecided" else json.dumps(item.verdict.extracted, sort_keys=True) for item in answers]
    return majority_passes(votes, passes)


def _cost(files: CycleFiles) -> Cost:
    """Generated tokens and wall seconds by stage, interruptions included where a stage writes batch by batch."""
    logs = {
        "generate": StageLog(files.answers),
        "rationalize": StageLog(files.rationales),
        **{f"evaluate {split}": StageLog(files.evaluation_answers(split)) for split in EVALUATED},
    }
    notes = {name: log.cost() for name, log in logs.items()}
    seconds = {name: round(note.seconds, 1) for name, note in notes.items() if note.seconds}
    if files.training.exists():
        seconds["train"] = read_json(files.training)["seconds"]
    return Cost(
        tokens=sum(row["tokens"] for log in logs.values() for row in rows_if_any(log.path)),
        seconds=seconds,
        clips_decoded=sum(note.clips_decoded for note in notes.values()),
        clips_from_cache=sum(note.clips_from_cache for note in notes.values()),
    )
