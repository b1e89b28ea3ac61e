"""The method: answer, check against the label, explain what was missed, check again, train on what passed; repeat.

Every stage finds on disk what is done already, so starting again is resuming. Stages are yielded as they end; a caller may
stop after any. Differs from the paper: the plateau is a paired test on validation; nothing is decided on the test split.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from videostar.config import Config
from videostar.ports import Embedder, Executor, Judge, Trainer, VideoModel, Watcher
from videostar.steps.budget import say_what_it_takes
from videostar.steps.evaluate import evaluate
from videostar.steps.generate import ask_blind, generate
from videostar.steps.ingest import ingest
from videostar.steps.keep import ledger_of, select_and_record, verify_answers
from videostar.steps.plateau import best_of, patience_left
from videostar.steps.rationalize import rationalize
from videostar.steps.results import base_result, cycle_result, final_result, write_metrics
from videostar.steps.run import Run
from videostar.steps.train import generated_only, train
from videostar.store import RunStore, write_json
from videostar.types import CycleResult
from videostar.video.store import FrameStore


class Adapters(Protocol):
    """What `build.py` makes of a config."""

    def frames(self) -> FrameStore:
        """Where frames come from."""

    def model(self, checkpoint: str) -> VideoModel:
        """A model that loads itself when it is first asked."""

    def trainer(self, frames: FrameStore, root: Path) -> Trainer:
        """What fine-tunes."""

    def judge(self) -> Judge | None:
        """Who gives a second opinion on free texts, where one is configured."""

    def embedder(self) -> Embedder | None:
        """Who knows paraphrases of class names, where one is configured."""

    def executor(self) -> Executor | None:
        """Who has batches answered on other machines, where that is configured."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that has ended. fresh: it had something left to do."""

    cycle: int
    name: str
    fresh: bool


def stages(config: Config, adapters: Adapters, watch: Watcher) -> Generator[Stage, None, None]:
    """The whole run, stage by stage; ends with `final/` and `best.json`. A mistake that a user can mend raises `UserError`."""
    store = RunStore(config.run).open(config)
    try:
        samples = ingest(config, store)
        with adapters.frames() as frames:
            others = (adapters.judge(), adapters.embedder(), adapters.executor())
            yield from _loop(Run(config, store, samples, frames, watch, *others), adapters)
    finally:
        store.close()


def _loop(run: Run, adapters: Adapters) -> Iterator[Stage]:
    say_what_it_takes(run)
    trainer = adapters.trainer(run.frames, run.samples.root)
    base = generator = run.config.model.model_name_or_path
    fresh = evaluate(run, run.store.cycle(0), 0, adapters.model(base))
    results = _shown(run, [base_result(run)])
    yield Stage(0, "evaluate", fresh)
    for cycle in range(1, run.config.cycles + 1):
        files = run.store.cycle(cycle)
        yield from _cycle(run, cycle, adapters, trainer, generator)
        generator = str(files.checkpoint)
        fresh = ledger_of(files).kept > 0 and evaluate(run, files, cycle, adapters.model(generator))
        results = _shown(run, [*results, cycle_result(run, cycle)])
        yield Stage(cycle, "evaluate", fresh)
        if not results[-1].trained:
            break
        if patience_left(run, results) == 0:
            run.watch.say(f"cycle {cycle}: validation no longer gains beyond chance (its interval holds zero); the cycles end")
            break
    yield from _final(run, adapters, trainer, results)


def _cycle(run: Run, cycle: int, adapters: Adapters, trainer: Trainer, generator: str) -> Iterator[Stage]:
    """One cycle of the method up to its checkpoint (paper, section 3)."""
    files, model = run.store.cycle(cycle), adapters.model(generator)
    yield Stage(cycle, "generate", generate(run, cycle, model))
    if run.config.select.blind_filter and cycle == 1:
        yield Stage(cycle, "generate", ask_blind(run, cycle, model))
        yield Stage(cycle, "verify", verify_answers(run, files.blind_answers, files.blind_verdicts))
    yield Stage(cycle, "verify", verify_answers(run, files.answers, files.verdicts))
    yield Stage(cycle, "rationalize", rationalize(run, cycle, model))
    yield Stage(cycle, "verify", verify_answers(run, files.rationales, files.rationale_verdicts))
    yield Stage(cycle, "select", select_and_record(run, cycle))
    model.close()
    if ledger_of(files).kept == 0:
        run.watch.say(f"cycle {cycle}: no answer was kept, so nothing is trained and the run ends; ledger.json says why")
        return
    base = run.config.model.model_name_or_path
    start = base if run.config.train.start_from == "base" else generator
    yield Stage(cycle, "train", train(run, files, trainer, start))


def _final(run: Run, adapters: Adapters, trainer: Trainer, results: list[CycleResult]) -> Iterator[Stage]:
    """One more training, on the last cycle's generated answers only; then the best of all on validation is named."""
    trained = [result.cycle for result in results if result.trained]
    files, fresh = run.store.final, False
    if trained and generated_only(run.store.cycle(trained[-1]).conversations, files.conversations):
        base = run.config.model.model_name_or_path
        yield Stage(trained[-1], "train", train(run, files, trainer, base))
        fresh = evaluate(run, files, trained[-1], adapters.model(str(files.checkpoint)))
        results = _shown(run, [*results, final_result(run, trained[-1])])
    elif trained:
        run.watch.say("final: the last cycle kept no generated answer, so there is no last training on generated answers alone")
    best = best_of(results)
    scores = {split: asdict(score) for split, score in best.scores.items()}
    write_json(run.store.best, {"name": best.name, "cycle": best.cycle, "checkpoint": best.checkpoint, "scores": scores})
    yield Stage(best.cycle, "evaluate", fresh)


def _shown(run: Run, results: list[CycleResult]) -> list[CycleResult]:
    """Keep the results on disk and show the newest."""
    write_metrics(run, results)
    run.watch.cycle_done(results[-1])
    return results
