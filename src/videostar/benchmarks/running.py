"""One benchmark, from its official files to results.json: import, ask (or take given answers), judge, table. The same command resumes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from videostar.benchmarks.against import compared
from videostar.benchmarks.known import named
from videostar.benchmarks.opinions import with_opinions
from videostar.benchmarks.predictions import official_layout, read_predictions
from videostar.benchmarks.protocol import Protocol
from videostar.benchmarks.scoring import Outcome, Row, missing_by_reason, outcome, row_json, table
from videostar.build import ConfiguredAdapters
from videostar.config import Config, JudgeConfig, changed, checked
from videostar.errors import DataError, RunError, nearest
from videostar.importing import Account, ImportRequest, import_samples
from videostar.metrics import PairedTest
from videostar.ports import Decoding, Watcher
from videostar.rows import answer_from_json, read_rows, sample_from_json, to_json
from videostar.seeds import seed_for
from videostar.steps.ask import Asking, ask
from videostar.steps.generate import answers_at_once
from videostar.steps.kept import Kept
from videostar.store import RunStore, StageLog, read_config, read_json, write_json, write_rows
from videostar.types import Sample

NO_PREDICTION = "no prediction was given"


@dataclass(frozen=True, slots=True)
class BenchmarkRequest:
    """What the command line said. model: a checkpoint or a run directory; "" with predictions alone. limit: questions drawn by seed.

    against: the folder of another benchmark of the same files, that these answers are compared with.
    """

    name: str
    annotations: tuple[str, ...]
    out: Path
    model: str = ""
    videos: Path | None = None
    predictions: tuple[Path, ...] = ()
    tasks: tuple[str, ...] = ()
    limit: int | None = None
    against: Path | None = None
    settings: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a benchmark gave. not_scored: tasks with the reason. notes: what a person should know beside the table. against: by section."""

    rows: Sequence[Row]
    missing: Mapping[str, int]
    not_scored: Mapping[str, str]
    notes: Sequence[str]
    against: Mapping[str, PairedTest]


def benchmark(request: BenchmarkRequest, watch: Watcher) -> Report:
    """Run it and write `results.json`, `outcomes.jsonl` and `questions.jsonl` below `request.out`. Raises `UserError`."""
    protocol = named(request.name)
    if request.videos is None and not request.predictions:
        raise DataError("--videos DIR is missing: the folder of the benchmark's videos (or score given answers with --predictions FILE)")
    config = _config(request)
    store = _opened(request, config)
    try:
        questions, known, account = _questions(request, protocol, config)
        _refuse_others(store, request, questions)
        if request.predictions:
            outcomes, notes = _of_predictions(request, protocol, questions)
        else:
            outcomes, notes = _of_model(request, protocol, questions, (config, store, watch)), []
        return _reported(request, protocol, (outcomes, known, account, notes), (config, store, watch))
    finally:
        store.close()


def _opened(request: BenchmarkRequest, config: Config) -> RunStore:
    """The folder, new or with answers of the same model asked in the same way; a judge may come later, since it changes no answer."""
    try:
        return RunStore(request.out).open(config.model_copy(update={"judge": JudgeConfig()}))
    except RunError as error:
        if len(error.problems) == 1:
            raise
        raise RunError(
            f"{request.out} holds answers that were asked otherwise; choose another --out, or set back:", *error.problems[1:]
        ) from None


def _config(request: BenchmarkRequest) -> Config:
    """Frames, model and judge: those of a run, where one is named, else the defaults; `key=value` on top."""
    model = Path(request.model)
    if request.model and (model / "best.json").exists():
        of_run = read_config(model)
        best = str(read_json(model / "best.json")["checkpoint"])
        checkpoint = str(model / best) if (model / best).is_dir() else best
        base = of_run.model_copy(update={"run": request.out, "model": of_run.model.model_copy(update={"model_name_or_path": checkpoint})})
        return changed(base, request.overrides)
    raw = {
        "run": str(request.out),
        "data": {"train": str(request.out / "questions.jsonl")},
        "model": {"model_name_or_path": request.model or "-"},
    }
    return changed(checked(raw), request.overrides)


def _questions(request: BenchmarkRequest, protocol: Protocol, config: Config) -> tuple[list[Sample], list[Sample], Account]:
    """The questions that are asked, ordered by id; the train questions beside them; and the account of every row."""
    path = request.out / "imported.jsonl"
    split = "auto" if protocol.has_splits else "test"
    account = import_samples(
        ImportRequest(protocol.importer, request.annotations, path, request.videos, split, seed=config.seed, settings=request.settings)
    )
    found = [sample_from_json(row, config.labels) for row in read_rows(path)]
    path.unlink()
    tasks = sorted({sample.task for sample in found if not protocol.tasks or sample.task in protocol.tasks})
    for task in request.tasks:
        if task not in tasks:
            raise DataError(
                f'--task "{task}": these files have no such questions{nearest(task, tasks)}; there are {", ".join(tasks) or "none"}'
            )
    found = sorted(protocol.prepared([one for one in found if one.task in (request.tasks or tasks)]), key=lambda sample: sample.id)
    if not found:
        reasons = ", ".join(f"{count} {reason}" for reason, count in account.rows_dropped.most_common(3))
        raise DataError(f"{protocol.title}: none of the rows gives a question ({reasons or 'the files are empty'}); name {protocol.files}")
    is_told = protocol.has_splits and not any("made here" in by for by in account.split_by)
    asked = [sample for sample in found if not is_told or sample.split == "test"]
    if not asked:
        raise DataError(f"{protocol.title}: no question is of the test split; name {protocol.files}")
    known = [sample for sample in found if is_told and sample.split == "train"]
    if request.limit is not None and request.limit < len(asked):
        drawn = sorted(asked, key=lambda sample: (seed_for(config.seed, "subsample", sample.id), sample.id))[: request.limit]
        asked = sorted(drawn, key=lambda sample: sample.id)
    return asked, known, account


def _refuse_others(store: RunStore, request: BenchmarkRequest, questions: Sequence[Sample]) -> None:
    """A folder holds one benchmark of one model: other questions would be mixed with its answers."""
    path = request.out / "questions.jsonl"
    write_rows(path.with_suffix(".new"), map(to_json, questions))
    digest = hashlib.sha256(path.with_suffix(".new").read_bytes()).hexdigest()
    before = read_json(store.ingested)["tables"].get("questions") if store.ingested.exists() else digest
    if before != digest:
        path.with_suffix(".new").unlink()
        raise RunError(f"{request.out} holds answers to other questions (other files, tasks, limit or seed); choose another --out")
    path.with_suffix(".new").replace(path)
    write_json(store.ingested, {"tables": {"questions": digest}, "counts": {"test": len(questions)}})


def _of_predictions(request: BenchmarkRequest, protocol: Protocol, questions: Sequence[Sample]) -> tuple[list[Outcome], list[str]]:
    given = read_predictions(request.predictions, questions)
    if not given.texts:
        raise DataError(
            f"{', '.join(map(str, request.predictions))}: none of the {given.strangers} predictions is for one of the {len(questions)}"
            f" questions; {request.out / 'questions.jsonl'} lists their ids, such as {questions[0].id}"
        )
    notes = [f"{given.strangers} predictions are for no question that is asked"] * (given.strangers > 0)
    notes += [f"{given.twice} predictions are for a question that has one already, and are left out"] * (given.twice > 0)
    texts = given.texts
    return [outcome(protocol, one, texts[one.id]) if one.id in texts else Outcome(one, missing=NO_PREDICTION) for one in questions], notes


def _of_model(
    request: BenchmarkRequest, protocol: Protocol, questions: Sequence[Sample], how: tuple[Config, RunStore, Watcher]
) -> list[Outcome]:
    """Greedy answers, batch by batch into a log that a killed command goes on from."""
    config, store, watch = how
    asking = Asking(
        stage="benchmark",
        cycle=0,
        route="generated",
        prompt=protocol.prompt,
        n=1,
        decoding=Decoding(0.0, 1.0, config.evaluate.max_new_tokens),
        batch_size=answers_at_once(config),
        seed=config.seed,
        root=_root(request.videos or request.out, request.out),
    )
    log = StageLog(store.root / "answers.jsonl")
    if not log.done:
        adapters = ConfiguredAdapters(config)
        model = adapters.model(config.model.model_name_or_path)
        before = min(len(questions), log.recover() * asking.samples_per_batch)
        with adapters.frames() as frames, watch.progress(f"{protocol.title}", len(questions), before) as bar:
            for count in ask(questions, model, frames, asking, log):
                bar.advance(count)
        model.close()
    by_id = {sample.id: sample for sample in questions}
    answers = map(answer_from_json, read_rows(log.path))
    return [
        Outcome(by_id[answer.sample_id], missing=answer.frames.error or "the model gave no answer")
        if answer.finish == "error"
        else outcome(protocol, by_id[answer.sample_id], answer.text, answer.frames.clip)
        for answer in answers
    ]


def _root(videos: Path, out: Path) -> Path:
    """What the imported paths are relative to: the folder of the table, where the videos lie below it, else that of the videos."""
    below = os.path.relpath(videos.absolute(), out.absolute())
    return videos.absolute() if below.startswith("..") or below == "." else out.absolute()


def _reported(
    request: BenchmarkRequest,
    protocol: Protocol,
    what: tuple[list[Outcome], Sequence[Sample], Account, list[str]],
    how: tuple[Config, RunStore, Watcher],
) -> Report:
    outcomes, known, account, notes = what
    config, store, watch = how
    judge = ConfiguredAdapters(config).judge()
    not_scored = {}
    if judge is not None:
        outcomes = with_opinions(protocol, outcomes, judge, Kept(store.opinions, judge.name, "same"), watch)
    elif any(one.sample.task == protocol.captions for one in outcomes):
        not_scored[protocol.captions] = "captions are scored by a judge model only: set judge.url and judge.model"
    scored = [one for one in outcomes if one.sample.task not in not_scored]
    gains = {} if request.against is None else compared(protocol, scored, request.against)
    report = Report(table(protocol, scored, known), missing_by_reason(outcomes), not_scored, [*notes, *_notes(protocol, account)], gains)
    write_rows(store.root / "outcomes.jsonl", map(_outcome_json, outcomes))
    if protocol.importer == "tempcompass":
        for task, videos in official_layout([one.sample for one in outcomes], {one.sample.id: one.text for one in outcomes}).items():
            write_json(store.root / "predictions" / f"{task}.json", videos)
    about = {"benchmark": request.name, "title": protocol.title, "official": protocol.official, "model": request.model or None}
    how_asked = {
        "predictions": [path.name for path in request.predictions],
        "frames": config.frames.model_dump(mode="json", exclude={"cache"}),
    }
    write_json(
        store.root / "results.json",
        {
            **about,
            **how_asked,
            "judge": None if judge is None else judge.name,
            "max_new_tokens": config.evaluate.max_new_tokens,
            "seed": config.seed,
            "questions": len(outcomes),
            "missing": dict(report.missing),
            "not_scored": not_scored,
            "notes": list(report.notes),
            "rows_dropped": dict(account.rows_dropped),
            "table": [row_json(row) for row in report.rows],
            "against": None
            if request.against is None
            else {"folder": str(request.against), **{name: asdict(one) for name, one in gains.items()}},
        },
    )
    return report


def _notes(protocol: Protocol, account: Account) -> list[str]:
    dropped = [
        f"{count} rows were left out: {reason} ({'; '.join(account.cases[reason])})" for reason, count in account.rows_dropped.most_common()
    ]
    return [*dropped, *([protocol.note] if protocol.note else [])]


def _outcome_json(one: Outcome) -> dict[str, Any]:
    sample = one.sample
    row = {"id": sample.id, "group": sample.group, "task": sample.task, "text": one.text, "missing": one.missing}
    return {**row, "verdict": None if one.verdict is None else asdict(one.verdict)}
