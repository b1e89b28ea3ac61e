"""The stages between asking and training: verdicts, the selection, its ledger and its conversations. No model is needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from videostar.rows import read_rows, to_json
from videostar.steps.forms import Forms
from videostar.steps.opinions import asked_opinions
from videostar.steps.run import Records, Run
from videostar.steps.select import Decision, Tried, select, tally
from videostar.steps.verify import Judged, judged, verify
from videostar.store import CycleFiles, read_json, rows_if_any, write_json, write_rows
from videostar.types import Ledger


def verify_answers(run: Run, answers: Path, verdicts: Path) -> bool:
    """Judge a finished file of answers. True when there was something left to do."""
    if verdicts.exists():
        return False
    write_rows(verdicts, verify(run.train(), answers, asked_opinions(run, run.train, answers)))
    return True


def select_and_record(run: Run, cycle: int) -> bool:
    """Write the cycle's conversations and its entry of the ledger. True when there was something left to do."""
    files = run.store.cycle(cycle)
    if files.selection.exists():
        return False
    entry = select_conversations(run, cycle)
    write_rows(run.store.quarantine, _quarantined(run, cycle))
    earlier = {f"cycle-{number}": read_json(run.store.cycle(number).selection) for number in range(1, cycle)}
    write_json(run.store.ledger, {**earlier, f"cycle-{cycle}": entry})
    write_json(files.selection, entry)
    return True


def select_conversations(records: Records, cycle: int) -> dict[str, Any]:
    """Write the cycle's conversations; the entry of the ledger that says where every sample went."""
    files = records.store.cycle(cycle)
    forms = Forms(records.config.select, records.config.seed, records.train)
    write_rows(files.conversations, (to_json(row) for item in _decisions(records, cycle) for row in forms.conversations(item)))
    went, rejected = tally(_decisions(records, cycle))
    return {
        "in": went.samples_in,
        "kept": went.kept,
        "dropped": went.dropped,
        "candidates": _candidates(files),
        "rejected": rejected,
    }


def ledger_of(files: CycleFiles) -> Ledger:
    """The ledger entry of a cycle that has been selected."""
    entry = read_json(files.selection)
    return Ledger(entry["in"], entry["kept"], entry["dropped"])


def tried(records: Records, cycle: int) -> Iterator[Tried]:
    """Every train sample with all that the cycle knows of it, streamed in the order of ids."""
    files = records.store.cycle(cycle)
    blind = _answered_blind(records)
    rationalized = judged(records.train(), files.rationales, files.rationale_verdicts)
    upcoming = next(rationalized, None)
    for sample, generated, unread in judged(records.train(), files.answers, files.verdicts):
        explained: list[Judged] = []
        asked = upcoming is not None and upcoming[0].id == sample.id
        if upcoming is not None and asked:
            explained = upcoming[1]
            upcoming = next(rationalized, None)
        unasked = records.config.rationalize.enabled and not asked
        yield Tried(sample, generated, explained, unread, sample.id in blind, unasked)


def _quarantined(run: Run, cycle: int) -> Iterator[dict[str, Any]]:
    for item in tried(run, cycle):
        if item.unread:
            reason, _, message = item.unread.partition(": ")
            yield {"sample_id": item.sample.id, "video": item.sample.video, "reason": reason, "message": message}


def _decisions(records: Records, cycle: int) -> Iterator[Decision]:
    return select(lambda: tried(records, cycle), records.config.select, records.config.seed)


def _answered_blind(records: Records) -> frozenset[str]:
    """Ids of the samples that the base model answers right without the video; none unless the filter is on."""
    files = records.store.cycle(1)
    return frozenset(row["sample_id"] for row in rows_if_any(files.blind_verdicts) if row["outcome"] == "pass")


def _candidates(files: CycleFiles) -> dict[str, Any]:
    """Verdicts by route and outcome: the candidates' own table."""
    rows = chain(read_rows(files.verdicts), read_rows(files.rationale_verdicts))
    counts = Counter(f"{row['route']}/{row['outcome']}" for row in rows)
    return dict(sorted(counts.items()))
