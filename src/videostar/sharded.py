"""One shard of one stage, beside others on other machines: `videostar generate CONFIG shard=3/16`.

Only the stages that ask a model are done so. What comes before and is cheap (checking tables, putting shards of the stage before
together, judging) is done by whichever process comes first while the others wait; what is dear and comes before is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from videostar.config import Config
from videostar.errors import ConfigError, RunError
from videostar.loop import Adapters
from videostar.ports import Watcher
from videostar.steps.evaluate import evaluate
from videostar.steps.generate import ask_blind, generate
from videostar.steps.ingest import ingest
from videostar.steps.keep import ledger_of, verify_answers
from videostar.steps.plateau import patience_left
from videostar.steps.rationalize import rationalize
from videostar.steps.results import base_result, cycle_result
from videostar.steps.run import Run
from videostar.steps.shards import Shard, gathered
from videostar.store import CycleFiles, RunStore, StageLog


def taken(words: Sequence[str], name: str) -> tuple[Shard | None, list[str]]:
    """The `shard=K/N` among a command's words, and the other words. Raises `ConfigError` where `name` has no shards."""
    named = [word.removeprefix("shard=") for word in words if word.startswith("shard=")]
    if not named:
        return None, list(words)
    if name not in STAGES:
        raise ConfigError(f'"shard={named[-1]}": {name} is not done in shards; {", ".join(STAGES)} are')
    return Shard.named(named[-1]), [word for word in words if not word.startswith("shard=")]


def work(config: Config, adapters: Adapters, watch: Watcher, name: str, shard: Shard) -> str:
    """Do a shard of the pending stage of that name; what was done, in one line. Resumes. Raises `RunError` where another stage is due."""
    store = RunStore(config.run).share(config)
    try:
        with store.alone():
            samples = ingest(config, store)
        with adapters.frames() as frames:
            others = (adapters.judge(), adapters.embedder(), adapters.executor())
            return STAGES[name](Run(config, store, samples, frames, watch, *others, shard), adapters)
    finally:
        store.close()


def _generate(run: Run, adapters: Adapters) -> str:
    cycle = _pending(run)
    generator, ended = _generator(run, cycle)
    if ended:
        return f"nothing left to generate: {ended}"
    model = adapters.model(generator)
    generate(run, cycle, model)
    if run.config.select.blind_filter and cycle == 1:
        ask_blind(run, cycle, model)
    return f"shard {run.shard}: generate of cycle {cycle} is done; once all shards are, rationalize comes next"


def _rationalize(run: Run, adapters: Adapters) -> str:
    cycle = _pending(run)
    files = run.store.cycle(cycle)
    generator, ended = _generator(run, cycle)
    if ended:
        return f"nothing left to rationalize: {ended}"
    with run.store.alone():
        whole = replace(run, shard=None)
        if run.config.select.blind_filter and cycle == 1:
            _judged(whole, files.blind_answers, files.blind_verdicts)
        _judged(whole, files.answers, files.verdicts)
    rationalize(run, cycle, adapters.model(generator))
    return f"shard {run.shard}: rationalize of cycle {cycle} is done; once all shards are, `videostar train` goes on"


def _evaluate(run: Run, adapters: Adapters) -> str:
    for number, files in [(0, run.store.cycle(0)), *_trained(run)]:
        if not files.evaluation.exists():
            checkpoint = str(files.checkpoint) if number else run.config.model.model_name_or_path
            evaluate(run, files, number, adapters.model(checkpoint))
            return f"shard {run.shard}: evaluate of {files.name} is done; once all shards are, `videostar evaluate` scores them"
    return "nothing left to evaluate: every checkpoint so far has its scores"


def _judged(run: Run, answers: Path, verdicts: Path) -> None:
    """Put the shards of answers together and judge them. Raises `RunError` where they are not all there."""
    if not StageLog(answers).done and not gathered(answers, run.train(), run.samples.counts["train"]):
        raise RunError(f"{answers} is not there yet; `videostar generate` comes before rationalize, with or without shard=K/N")
    verify_answers(run, answers, verdicts)


def _pending(run: Run) -> int:
    """The cycle that has not selected yet."""
    cycle = 1
    while run.store.cycle(cycle).selection.exists():
        cycle += 1
    return cycle


def _generator(run: Run, cycle: int) -> tuple[str, str]:
    """The checkpoint that answers in a cycle, and why the cycles have ended before it, or "". Raises `RunError` while it is not trained."""
    base, before = run.config.model.model_name_or_path, run.store.cycle(cycle - 1)
    if cycle == 1:
        return base, ""
    if run.store.best.exists() or cycle > run.config.cycles:
        return base, f"the run in {run.store.root} has no further cycle; next: videostar run"
    if ledger_of(before).kept == 0:
        return base, f"cycle {cycle - 1} kept no answer, so nothing is trained"
    for path, stage in ((before.training, "train"), (before.evaluation, "evaluate")):
        if not path.exists():
            raise RunError(f"cycle {cycle} waits for the checkpoint of cycle {cycle - 1}: `videostar {stage}` comes first, without shard=")
    results = [base_result(run), *(cycle_result(run, number) for number in range(1, cycle))]
    return str(before.checkpoint), "" if patience_left(run, results) else "validation no longer gains beyond chance; next: videostar run"


def _trained(run: Run) -> list[tuple[int, CycleFiles]]:
    """The trained checkpoints by cycle, the last training, which is of the last of them, at the end."""
    cycles = [(number, run.store.cycle(number)) for number in range(1, _pending(run)) if run.store.cycle(number).training.exists()]
    final = [(cycles[-1][0], run.store.final)] if cycles and run.store.final.training.exists() else []
    return [*cycles, *final]


STAGES: dict[str, Callable[[Run, Adapters], str]] = {"generate": _generate, "rationalize": _rationalize, "evaluate": _evaluate}
