"""What the loop's gain is made of: `python -m videostar.playground.controls` runs one cycle against controls and keeps the results.

    full                 one cycle of the method
    shuffled labels      the same with the labels dealt anew among the training questions of a task
    describe and append  the base's own description with the label appended by program, no rationalization
    swapped rationale    the right label after the kept explanation of another video of the same world
    auxiliary only       as many examples of the base's own descriptions, no label

All arms of a seed train from the base on as many examples, and are measured on the same test questions. Each finished arm leaves one
file in the results folder and is not run again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from videostar.build import ConfiguredAdapters
from videostar.config import Config
from videostar.loop import stages
from videostar.metrics import estimate, paired_gain
from videostar.playground.demo import demo_config
from videostar.playground.language import description_and_conclusion
from videostar.ports import Silent
from videostar.rows import answer_from_json, conversation_from_json, read_rows, sample_from_json, to_json
from videostar.seeds import rng_for
from videostar.shown import interval
from videostar.store import CycleFiles, RunStore, write_json, write_rows
from videostar.types import Conversation, Message, Sample

FULL, SHUFFLED = "full", "shuffled labels"
RESULTS = Path("results/controls")
SEEDS = (0, 1)
DESCRIBE = "Describe the video."
COPIED = ("answers.jsonl", "verdicts.jsonl", "rationales.jsonl", "rationale_verdicts.jsonl", "selection.json")

Descriptions = Mapping[str, str]
Change = Callable[[Sequence[Conversation], Sequence[Sample], Descriptions, int], list[Conversation]]


def appended(kept: Sequence[Conversation], samples: Sequence[Sample], described: Descriptions, _: int) -> list[Conversation]:
    """The base's description of each video, then the right label by program."""
    labels = {sample.id: sample.label.answer_text() for sample in samples}
    return [_retold(one, f"{described[one.sample_id]} So the answer is {labels[one.sample_id]}.") for one in kept]


def swapped(kept: Sequence[Conversation], samples: Sequence[Sample], _: Descriptions, seed: int) -> list[Conversation]:
    """The kept conclusion of each video after what was said of another of the same world."""
    worlds = {sample.id: sample.source for sample in samples}
    told: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in kept:
        if one.form == "reasoned":
            told[worlds[one.sample_id]].append((one.video, description_and_conclusion(one.messages[-1].content)[0]))
    rng, changed = rng_for("swapped rationale", seed), []
    for one in kept:
        others = [text for video, text in told[worlds[one.sample_id]] if video != one.video]
        conclusion = description_and_conclusion(one.messages[-1].content)[1]
        changed.append(_retold(one, f"{rng.choice(others)} {conclusion}" if others else conclusion))
    return changed


def auxiliary(kept: Sequence[Conversation], _: Sequence[Sample], described: Descriptions, __: int) -> list[Conversation]:
    """The base's own descriptions of the same videos."""
    return [
        replace(one, form="reasoned", messages=(Message("user", DESCRIBE), Message("assistant", described[one.sample_id]))) for one in kept
    ]


CHANGES: Mapping[str, Change] = MappingProxyType(
    {"describe and append": appended, "swapped rationale": swapped, "auxiliary only": auxiliary}
)
ARMS = (FULL, SHUFFLED, *CHANGES)


def _retold(conversation: Conversation, text: str) -> Conversation:
    """The conversation with another explanation; short forms hold none and stay."""
    if conversation.form != "reasoned":
        return conversation
    return replace(conversation, messages=(*conversation.messages[:-1], Message("assistant", text)))


def run_arm(arm: str, seed: int, work: Path) -> dict[str, Any]:
    """Run one arm up to its first evaluation; the outcome of every test question, and of the base."""
    folder = work / f"{arm.replace(' ', '-')}-{seed}"
    config = _arm_config(arm, seed, work, folder)
    if arm in CHANGES:
        _prepare(CHANGES[arm], seed, work / f"{FULL}-{seed}", folder)
    for stage in stages(config, ConfiguredAdapters(config), Silent()):
        if (stage.cycle, stage.name) == (1, "evaluate"):
            break
    store = RunStore(folder)
    samples = _samples(store.samples("test"))
    return {
        "arm": arm,
        "seed": seed,
        "base": _outcomes(store.cycle(0)),
        "outcomes": _outcomes(store.cycle(1)),
        "trained_on": sum(1 for _ in read_rows(store.cycle(1).conversations)),
        "prior": _prior(_samples(store.samples("train")), samples),
        "questions": {sample.id: [sample.source, bool(sample.meta["unseen"]), sample.group] for sample in samples},
    }


def _arm_config(arm: str, seed: int, work: Path, folder: Path) -> Config:
    """The demo's config in another folder; all arms of a seed share its videos and its frame cache."""
    config = demo_config(work / f"data-{seed}", seed, cycles=1)
    tables = config.data.model_copy(update={"root": work / f"data-{seed}" / "data"})
    if arm == SHUFFLED:
        table = work / f"shuffled-{seed}.jsonl"
        write_rows(table, (to_json(sample) for sample in _shuffled(_samples(Path(str(config.data.train))), seed)))
        tables = tables.model_copy(update={"train": str(table)})
    return config.model_copy(update={"run": folder, "data": tables})


def _shuffled(samples: Sequence[Sample], seed: int) -> list[Sample]:
    """The labels of every task dealt anew among its questions."""
    rng, tasks = rng_for("shuffled labels", seed), defaultdict(list)
    for sample in samples:
        tasks[sample.task].append(sample.label)
    dealt = {task: iter(rng.sample(labels, len(labels))) for task, labels in tasks.items()}
    return [replace(sample, label=next(dealt[sample.task])) for sample in samples]


def _prepare(change: Change, seed: int, full: Path, folder: Path) -> None:
    """Start a run from the full one's base and first selection, with other conversations."""
    source, target = RunStore(full), RunStore(folder)
    if target.cycle(1).conversations.exists():
        return
    shutil.copytree(source.cycle(0).folder, target.cycle(0).folder, dirs_exist_ok=True)
    target.cycle(1).folder.mkdir(parents=True, exist_ok=True)
    for path in source.cycle(1).folder.iterdir():
        if path.name.replace(".progress.", ".") in COPIED:
            shutil.copy(path, target.cycle(1).folder / path.name)
    shutil.copy(source.ledger, target.ledger)
    kept = [conversation_from_json(row) for row in read_rows(source.cycle(1).conversations)]
    described = _descriptions(source.cycle(1))
    changed = change(kept, _samples(source.samples("train")), described, seed)
    write_rows(target.cycle(1).conversations, map(to_json, changed))


def _descriptions(files: CycleFiles) -> dict[str, str]:
    """What the base said of each training video before it came to its answer."""
    first = (answer_from_json(row) for row in read_rows(files.answers) if row["candidate"] == 0)
    return {answer.sample_id: description_and_conclusion(answer.text)[0] for answer in first}


def _samples(table: Path) -> list[Sample]:
    return [sample_from_json(row, {}) for row in read_rows(table)]


def _outcomes(files: CycleFiles) -> dict[str, int]:
    return {row["sample_id"]: int(row["outcome"] == "pass") for row in read_rows(files.evaluation_verdicts("test"))}


def _prior(train: Sequence[Sample], test: Sequence[Sample]) -> dict[str, float]:
    """By world, how often a training label of the same task, drawn at random, would be right."""
    texts: dict[str, list[str]] = defaultdict(list)
    for sample in train:
        texts[sample.task].append(sample.label.answer_text())
    found: dict[str, list[float]] = defaultdict(list)
    for sample in test:
        passed = [sample.label.judge(text, sample.question).outcome == "pass" for text in texts[sample.task]]
        found[sample.source].append(sum(passed) / max(1, len(passed)))
    return {world: sum(shares) / len(shares) for world, shares in found.items()}


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """All results as a Markdown table, accuracies in per cent with their intervals, and differences to the full method."""
    lines = ["| seed | arm | world | test part | n | base | arm's accuracy | full - arm |", "|---|---|---|---|---|---|---|---|"]
    full = {one["seed"]: one["outcomes"] for one in results if one["arm"] == FULL}
    for one in sorted(results, key=lambda one: (one["seed"], ARMS.index(one["arm"]))):
        questions = one["questions"]
        for world, unseen in sorted({(source, hidden) for source, hidden, _ in questions.values()}, key=lambda part: (part[1], part[0])):
            groups = {name: group for name, (source, hidden, group) in questions.items() if (source, hidden) == (world, unseen)}
            base, after = ({name: float(one[key][name]) for name in groups if name in one[key]} for key in ("base", "outcomes"))
            reference = {name: float(value) for name, value in full.get(one["seed"], {}).items() if name in groups}
            apart = "" if one["arm"] == FULL or not reference else interval(paired_gain(reference, after, groups))
            shown = [interval(estimate(list(part.values()), [groups[name] for name in part])) for part in (base, after)]
            part = "unseen" if unseen else "seen"
            lines.append(f"| {one['seed']} | {one['arm']} | {world} | {part} | {len(groups)} | {shown[0]} | {shown[1]} | {apart} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is missing, then print the table."""
    parser = argparse.ArgumentParser(description="Run the controls of the demo's loop.")
    parser.add_argument("--work", type=Path, default=Path("runs/controls"), help="where the runs go")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    options = parser.parse_args(arguments)
    options.results.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        for arm in ARMS:
            path = options.results / f"{arm.replace(' ', '-')}-{seed}.json"
            if not path.exists():
                sys.stderr.write(f"seed {seed}: {arm}\n")
                write_json(path, run_arm(arm, seed, options.work))
    results = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(options.results.glob("*.json"))]
    sys.stdout.write(table(results) + "\n")


if __name__ == "__main__":
    main()
