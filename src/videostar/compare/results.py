"""One file for each finished arm and seed: what was asked, what came of every question under every checkpoint, and what it cost.

A file is small, stands for itself and is meant to be committed. Outcomes are one letter a question, in the order of `questions`:
p passed, f failed, u undecided, - the video could not be read.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

from videostar import __version__
from videostar.compare.experiment import Experiment, slug
from videostar.compare.plan import Plan, identity, sha256_of
from videostar.compare.reuse import CHANGED_FROM
from videostar.compare.running import checkpoint_of, trained_of
from videostar.errors import RunError
from videostar.labels.number import NumberLabel
from videostar.playground.arms import MEASURES
from videostar.rows import conversation_from_json, read_rows, sample_from_json
from videostar.store import CycleFiles, RunStore, environment, read_json, rows_if_any, write_text
from videostar.types import Estimate, Sample

Result: TypeAlias = Mapping[str, Any]
LETTERS = {"pass": "p", "fail": "f", "undecided": "u"}
UNREAD = "-"
SHOWN_CHANGES = 5
HELD = ("validation", "test")


def result_path(experiment: Experiment, arm: str, seed: int) -> Path:
    """Where the result of an arm and a seed is."""
    return experiment.results / f"{slug(arm)}-{seed}.json"


def finished(plan: Plan) -> dict[str, Any] | None:
    """The result where it is there. Raises `RunError` where it is that of another config."""
    path = result_path(plan.experiment, plan.name, plan.seed)
    if not path.exists():
        return None
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        known, sha256 = dict(found["config"]), str(found["config_sha256"])
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path} cannot be read as a result ({error!r}); remove it, and it is made again") from None
    now = identity(plan)
    if sha256 != sha256_of(now):
        changed = [f"{key}: {known.get(key)} -> {now.get(key)}" for key in {**known, **now} if known.get(key) != now.get(key)]
        more = f"; and {len(changed) - SHOWN_CHANGES} more" if len(changed) > SHOWN_CHANGES else ""
        raise RunError(
            f"{path} was made with another config ({'; '.join(changed[:SHOWN_CHANGES])}{more}); remove it with {plan.folder} to have it"
            " made anew, set the config back, or give another `results:` and `work:`"
        )
    return found


def write_result(plan: Plan, store: RunStore, search: Mapping[str, Any]) -> dict[str, Any]:
    """Put the result of a run together and keep it."""
    now = identity(plan)
    compared = checkpoint_of(plan, store)
    evaluated = _evaluated(store)
    samples = {split: [sample_from_json(row, {}) for row in rows_if_any(store.samples(split))] for split in HELD}
    result = {
        "arm": plan.name,
        "seed": plan.seed,
        "config_sha256": sha256_of(now),
        "config": now,
        "code": code_version(),
        "environment": environment(),
        "chosen": dict(plan.chosen),
        "search": dict(search),
        "compared": compared.name,
        "questions": {split: [_question(sample, plan.experiment.parts) for sample in found] for split, found in samples.items()},
        "outcomes": {files.name: {split: _outcomes(files, split, found) for split, found in samples.items()} for files in evaluated},
        "numbers": {files.name: _numbers(files, samples["test"]) for files in evaluated},
        "prior": _prior(store, samples["test"]) if not plan.arm.trained else None,
        "cycles": [{key: value for key, value in row.items() if key != "checkpoint"} for row in rows_if_any(store.metrics)],
        "trained": {files.name: _trained(files) for files in evaluated if files.training.exists()},
        "kept": {files.name: _kept(files) for files in evaluated if files.selection.exists()},
        "tokens": {files.name: _tokens(files, plan.arm.explanations_only) for files in trained_of(store)},
        "wrong": _wrong(plan, store),
        "measures": _measured(plan, plan.experiment.measures, [files.name for files in evaluated]),
    }
    _write(result_path(plan.experiment, plan.name, plan.seed), result)
    return result


def with_measures(plan: Plan, result: dict[str, Any]) -> dict[str, Any]:
    """The result with measures that the experiment has come to name since, where its run is still there to be measured."""
    missing = [name for name in plan.experiment.measures if name not in result["measures"]]
    if missing and plan.folder.is_dir():
        result["measures"] |= _measured(plan, missing, list(result["outcomes"]))
        _write(result_path(plan.experiment, plan.name, plan.seed), result)
    return result


def results_of(experiment: Experiment) -> list[Result]:
    """The finished results of an experiment, arms in its order, each as long as it is that of the config as it stands."""
    plans = [Plan(experiment, arm, seed, {}) for arm in experiment.arms for seed in experiment.seeds]
    return [found for plan in plans if (found := finished(plan)) is not None]


def code_version() -> dict[str, str]:
    """The package's version, and the commit of the checkout that it runs from, where it does."""
    here = Path(__file__).parent
    try:
        told = [_git(here, "rev-parse", "HEAD"), _git(here, "status", "--porcelain", "--untracked-files=no", "--", "..")]
    except (OSError, subprocess.SubprocessError):
        return {"version": __version__}
    return {"version": __version__, "commit": told[0] + (" with changes" if told[1] else "")}


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True, timeout=10).stdout.strip()  # noqa: S603, S607


def _write(path: Path, result: Mapping[str, Any]) -> None:
    """One line for each key and for each question, so that a diff can be read."""
    lines = []
    for key, value in result.items():
        text = json.dumps(value, ensure_ascii=True)
        if key == "questions":
            splits = [f"{json.dumps(split)}: [\n" + ",\n".join(map(json.dumps, rows)) + "\n]" for split, rows in value.items()]
            text = "{" + ",\n".join(splits) + "}"
        lines.append(f"{json.dumps(key)}: {text}")
    write_text(path, "{\n" + ",\n".join(lines) + "\n}\n")


def _evaluated(store: RunStore) -> list[CycleFiles]:
    """The base and every checkpoint that was evaluated, in the order they came."""
    last = [store.final] if store.final.evaluation.exists() else []
    return [store.cycle(0), *trained_of(store), *last]


def _question(sample: Sample, parts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    fitting = [part for part, wanted in parts.items() if all(sample.meta.get(key) == value for key, value in wanted.items())]
    row: dict[str, Any] = {"id": sample.id, "group": sample.group, "source": sample.source, "task": sample.task, "parts": fitting}
    return {**row, "value": sample.label.value} if isinstance(sample.label, NumberLabel) else row


def _outcomes(files: CycleFiles, split: str, samples: Sequence[Sample]) -> str:
    found = {row["sample_id"]: LETTERS[row["outcome"]] for row in rows_if_any(files.evaluation_verdicts(split))}
    return "".join(found.get(sample.id, UNREAD) for sample in samples)


def _numbers(files: CycleFiles, samples: Sequence[Sample]) -> dict[str, float]:
    """What was told where a number was asked for, and one was."""
    asked = {sample.id for sample in samples if isinstance(sample.label, NumberLabel)}
    told = {row["sample_id"]: row["extracted"] for row in rows_if_any(files.evaluation_verdicts("test")) if row["sample_id"] in asked}
    return {name: float(value) for name, value in told.items() if isinstance(value, int | float) and not isinstance(value, bool)}


def _prior(store: RunStore, test: Sequence[Sample]) -> list[float]:
    """For each test question, how often a train label of the same task, drawn at random, would be right."""
    texts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in read_rows(store.samples("train")):
        sample = sample_from_json(row, {})
        texts[sample.task][sample.label.answer_text()] += 1
    return [round(_share(sample, texts[sample.task]), 4) for sample in test]


def _share(sample: Sample, texts: Counter[str]) -> float:
    passed = sum(number for text, number in texts.items() if sample.label.judge(text, sample.question).outcome == "pass")
    return passed / max(1, texts.total())


def _trained(files: CycleFiles) -> dict[str, Any]:
    row = read_json(files.training)
    return {"updates": row["steps"], "rows": row["rows"], "dropped": row["dropped"], "seconds": row["seconds"]}


def _kept(files: CycleFiles) -> dict[str, int]:
    """Kept samples by route, before the arm's change."""
    routes = {row["sample_id"]: str(row["route"]) for row in read_rows(_before_change(files))}
    return dict(sorted(Counter(routes.values()).items()))


def _before_change(files: CycleFiles) -> Path:
    kept = files.folder / CHANGED_FROM
    return kept if kept.exists() else files.conversations


def _tokens(files: CycleFiles, explanations_only: bool) -> int:
    """Generated to train on: answers, unless they were set aside, and explanations."""
    logs = [files.rationales] if explanations_only else [files.answers, files.rationales]
    return sum(int(row["tokens"]) for log in logs for row in rows_if_any(log))


def _wrong(plan: Plan, store: RunStore) -> dict[str, dict[str, list[int]]]:
    """Where an arm changes labels: of what was kept, by cycle and route, how many answers are wrong by the true labels, and of how many."""
    if plan.arm.samples is None:
        return {}
    table, _, _ = plan.base().data.train.partition("#")
    true = {sample.id: sample for sample in (sample_from_json(row, {}) for row in read_rows(Path(table)))}
    return {files.name: _wrong_by_route(files, true) for files in trained_of(store)}


def _wrong_by_route(files: CycleFiles, true: Mapping[str, Sample]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in read_rows(_before_change(files)):
        one = conversation_from_json(row)
        sample = true.get(one.sample_id)
        if sample is not None and one.messages:
            found[one.route][0] += sample.label.judge(one.messages[-1].content, sample.question).outcome != "pass"
            found[one.route][1] += 1
    return dict(found)


def _measured(plan: Plan, names: Sequence[str], checkpoints: Sequence[str]) -> dict[str, Any]:
    """measure -> checkpoint -> name -> a number, or an interval as a mapping. The base is measured by the arm that leaves it as it is."""
    wanted = [name for name in checkpoints if name != "base" or not plan.arm.trained]
    return {name: {checkpoint: dict(_plain(MEASURES[name], plan.folder, checkpoint)) for checkpoint in wanted} for name in names}


def _plain(measure: Callable[[Path, str], Mapping[str, float | Estimate]], run: Path, checkpoint: str) -> Iterator[tuple[str, Any]]:
    for name, value in measure(run, checkpoint).items():
        yield name, asdict(value) if isinstance(value, Estimate) else float(value)
