"""Evaluation: greedy answers on validation and test, judged like any other. Validation decides, test is reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from videostar.errors import RunError
from videostar.metrics import estimate, paired_gain, paired_test
from videostar.ports import VideoModel
from videostar.rows import read_rows
from videostar.steps.baselines import Task, baselines, task_of
from videostar.steps.generate import asking_for, carry_out
from videostar.steps.measures import Measures, Told, measured
from videostar.steps.opinions import asked_opinions
from videostar.steps.run import Run
from videostar.steps.verify import Judged, judged, verify
from videostar.store import CycleFiles, StageLog, read_json, write_json, write_rows
from videostar.types import SPLITS, Estimate, Sample, Split

EVALUATED: tuple[Split, ...] = SPLITS[1:]


def evaluate(run: Run, files: CycleFiles, cycle: int, model: VideoModel) -> bool:
    """Write `evaluation.json` of a checkpoint; of a shard only its answers. True when there was something left to do."""
    if files.evaluation.exists():
        return False
    files.folder.mkdir(parents=True, exist_ok=True)
    splits = [split for split in EVALUATED if run.samples.counts[split]]
    fresh = False
    for split in splits:
        todo = (run.samples.split(split), run.samples.counts[split])
        asking = asking_for(run, f"evaluate {split}", cycle, "generated", sampled=False)
        title = f"{files.name}: evaluate on {split}"
        fresh = carry_out(run, title, todo, model, (asking, StageLog(files.evaluation_answers(split)))) or fresh
        if run.shard is not None:
            continue
        answers = files.evaluation_answers(split)
        _refuse_another_view(run, files, split)
        opinions = asked_opinions(run, partial(run.samples.split, split), answers)
        write_rows(files.evaluation_verdicts(split), verify(run.samples.split(split), answers, opinions))
    if run.shard is not None:
        return fresh
    write_json(files.evaluation, {"cycle": cycle, "splits": {split: _report(run, files, split) for split in splits}})
    return True


def scores(files: CycleFiles) -> dict[str, Estimate]:
    """Accuracy by split, as evaluated."""
    return {split: Estimate(**report["accuracy"]) for split, report in read_json(files.evaluation)["splits"].items()}


def gain(run: Run, after: CycleFiles, before: CycleFiles) -> Estimate:
    """Validation accuracy of one checkpoint minus another's, paired by question, clustered by group."""
    groups = {sample.id: sample.group for sample in run.samples.split("validation")}
    return paired_gain(_outcomes(after, "validation"), _outcomes(before, "validation"), groups)


def _refuse_another_view(run: Run, files: CycleFiles, split: Split) -> None:
    """Scores are compared question by question, so a checkpoint must have been asked and shown what the base was.

    Questions whose video could not be read by either are counted apart anyway. Raises `RunError`.
    """
    base = run.store.cycle(0)
    if files.folder == base.folder or not base.evaluation_answers(split).exists():
        return
    pairs = zip(read_rows(base.evaluation_answers(split)), read_rows(files.evaluation_answers(split)), strict=True)
    for before, now in pairs:
        views = [(row["prompt"], row["frames"]["sha256"], row["frames"].get("visual_tokens")) for row in (before, now)]
        if views[0] != views[1] and not (before["frames"]["error"] or now["frames"]["error"]):
            first, second = (f"{sha[:12]}..., {tokens} visual tokens" for _, sha, tokens in views)
            raise RunError(
                f'{split} question "{now["sample_id"]}" was shown otherwise to {files.name} ({second}) than to the base ({first}),'
                " so their scores cannot be compared; the video or the processor of the checkpoint has changed: set it back and remove"
                f" {files.evaluation_answers(split)} with its progress file"
            )


def _outcomes(files: CycleFiles, split: Split) -> dict[str, float]:
    return {row["sample_id"]: float(row["outcome"] == "pass") for row in read_rows(files.evaluation_verdicts(split))}


def _report(run: Run, files: CycleFiles, split: Split) -> dict[str, Any]:
    """Accuracy and mean graded score with intervals, in all, by task and by label kind; unread videos are counted apart."""
    unread = 0
    rows: list[tuple[Sample, Judged]] = []
    for sample, answers, why in judged(run.samples.split(split), files.evaluation_answers(split), files.evaluation_verdicts(split)):
        unread += bool(why)
        rows += [(sample, item) for item in answers]
    by_task: dict[str, list[tuple[Sample, Judged]]] = defaultdict(list)
    by_kind: dict[str, list[tuple[Sample, Judged]]] = defaultdict(list)
    by_both: dict[Task, list[Told]] = defaultdict(list)
    for sample, item in rows:
        by_task[sample.task].append((sample, item))
        by_kind[sample.label.kind].append((sample, item))
        by_both[task_of(sample)].append(Told(sample.label, item.verdict, sample.group))
    beside = _baselines(run, split)
    return {
        **_measured(rows),
        "unread": unread,
        **_against_base(run, files, split),
        "by_task": {name: _measured(group) for name, group in sorted(by_task.items())},
        "by_kind": {name: _measured(group) for name, group in sorted(by_kind.items())},
        "measures": [
            {
                "task": task,
                "kind": kind,
                "of_field": group[0].label.metric,
                "model": _all_plain(measured(group)),
                **beside[f"{task}/{kind}"],
            }
            for (task, kind), group in sorted(by_both.items())
        ],
    }


def _against_base(run: Run, files: CycleFiles, split: Split) -> dict[str, Any]:
    """The gain over the base, with a test paired by question and clustered by group; nothing for the base itself."""
    base = run.store.cycle(0)
    if files.folder == base.folder or not base.evaluation_verdicts(split).exists():
        return {}
    groups = {sample.id: sample.group for sample in run.samples.split(split)}
    found = paired_test(_outcomes(files, split), _outcomes(base, split), groups)
    return {"against_base": {"gain": _plain(found.gain), "p_value": found.p_value, "groups": found.groups}}


def _baselines(run: Run, split: Split) -> dict[str, Any]:
    """`majority` and `random` by task and kind; they depend on the samples alone, so they are worked out once and kept."""
    path = run.store.baselines(split)
    if not path.exists():
        found = baselines(run.samples.split(split), run.train())
        write_json(
            path, {f"{task}/{kind}": {name: _all_plain(rows) for name, rows in both.items()} for (task, kind), both in found.items()}
        )
    return read_json(path)


def _measured(rows: Sequence[tuple[Sample, Judged]]) -> dict[str, Any]:
    groups = [sample.group for sample, _ in rows]
    verdicts = [item.verdict for _, item in rows]
    return {
        "accuracy": _plain(estimate([float(verdict.outcome == "pass") for verdict in verdicts], groups)),
        "score": _plain(estimate([verdict.score for verdict in verdicts], groups)),
        "undecided": sum(verdict.outcome == "undecided" for verdict in verdicts),
        "truncated": sum(item.answer.finish == "length" for _, item in rows),
    }


def _all_plain(found: Measures) -> dict[str, dict[str, float]]:
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: Estimate) -> dict[str, float]:
    return {"mean": value.mean, "low": value.low, "high": value.high, "count": value.count}
