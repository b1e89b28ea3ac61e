"""Work that another run of the same seed has done already: copied where the stages' signatures agree, so that nothing is done twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from videostar.store import CycleFiles, RunStore, read_json, write_json

SIGNED = "signatures.json"
CHANGED_FROM = "kept.jsonl"
"""What a cycle kept, before an arm's change was made to it; stands beside `conversations.jsonl`."""


def sign(folder: Path, signatures: Mapping[str, str]) -> None:
    """Let later runs know what this one's stages depend on."""
    write_json(folder / SIGNED, dict(signatures))


def take_over(folder: Path, signatures: Mapping[str, str], others: Iterator[Path]) -> list[str]:
    """Copy into a run what other runs have finished of it, stage by stage; the names of the stages that were copied."""
    signed = {path.parent: read_json(path) for path in sorted(others) if path.parent != folder}
    taken = []
    for stage, sha256 in signatures.items():
        what, _, number = stage.partition(" ")
        target = RunStore(folder).cycle(int(number))
        if all(path.exists() for path in _finished(what, target)):
            continue
        for other, known in signed.items():
            source = RunStore(other).cycle(int(number))
            if known.get(stage) == sha256 and all(path.exists() for path in _finished(what, source)):
                _copy(what, source, target)
                taken.append(stage)
                break
    _write_ledger(RunStore(folder))
    return taken


def _write_ledger(store: RunStore) -> None:
    """As the stage itself would have left it."""
    entries, cycle = {}, 1
    while store.cycle(cycle).selection.exists():
        entries[f"cycle-{cycle}"] = read_json(store.cycle(cycle).selection)
        cycle += 1
    if entries:
        write_json(store.ledger, entries)


def _finished(what: str, files: CycleFiles) -> list[Path]:
    """What is there only once a stage has ended."""
    found = {"evaluate": [files.evaluation], "generate": [files.verdicts], "rationalize": [files.rationale_verdicts]}
    return found.get(what, [files.training])


def _copy(what: str, source: CycleFiles, target: CycleFiles) -> None:
    """All files of a stage, that which marks its end last; each appears whole."""
    target.folder.mkdir(parents=True, exist_ok=True)
    logs = {"generate": [source.answers, source.blind_answers, source.blind_verdicts], "rationalize": [source.rationales]}
    files = [path for log in logs.get(what, []) for path in (log, log.with_name(f"{log.stem}.progress.jsonl"))]
    if what == "evaluate":
        files = sorted(source.folder.glob("*_answers*.jsonl")) + sorted(source.folder.glob("*_verdicts.jsonl"))
        files = [path for path in files if path.name.startswith(("validation_", "test_"))]
    if what == "train":
        files = [source.selection, source.conversations, source.folder / CHANGED_FROM, source.mixed]
        if not target.checkpoint.exists():
            part = target.checkpoint.with_name(".checkpoint.part")
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(source.checkpoint, part)
            part.rename(target.checkpoint)
    for path in [*files, *_finished(what, source)]:
        if path.exists():
            part = target.folder / f".{path.name}.part"
            shutil.copy(path, part)
            part.replace(target.folder / path.name)
