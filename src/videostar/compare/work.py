"""The work of a comparison, shared by as many processes as are started: one seed is held by one process at a time, arm after arm.

What is finished is a file, so a comparison that was killed goes on with the arm that it was in, and within it with the stage.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from videostar.compare import results, running
from videostar.compare.experiment import Experiment, value_slug
from videostar.compare.plan import Plan
from videostar.errors import ConfigError, RunError
from videostar.playground.arms import MEASURES
from videostar.ports import Silent, Watcher
from videostar.store import RunStore, read_json


def check(experiment: Experiment) -> None:
    """Raise `ConfigError` or `RunError` for whatever can be known to be wrong before anything is run."""
    unknown = [name for name in experiment.measures if name not in MEASURES]
    if unknown:
        raise ConfigError(f'"measures" names {", ".join(unknown)}; there are {", ".join(MEASURES)}')
    for plan in plans(experiment):
        running.check_names(plan)
        replace(plan, chosen=experiment.candidates(plan.arm)[0]).config()
        results.finished(plan)


def plans(experiment: Experiment, only: Sequence[str] = ()) -> list[Plan]:
    """Every arm with every seed, seeds in their order within an arm."""
    unknown = [name for name in only if name not in experiment.arms]
    if unknown:
        raise ConfigError(f'there is no arm "{unknown[0]}"; arms are {", ".join(experiment.arms)}')
    return [Plan(experiment, arm, seed, {}) for arm in experiment.arms for seed in experiment.seeds if not only or arm in only]


def work(experiment: Experiment, watch: Watcher, only: Sequence[str] = ()) -> None:
    """Do what is left, beside other processes that do likewise, and return once all of it is done."""
    todo = plans(experiment, only)
    while left := [plan for plan in todo if results.finished(plan) is None]:
        if not any(_try(plan, watch) for plan in _next(left)):
            _wait(left[0])
    for plan in todo:
        found = results.finished(plan)
        if found is not None:
            results.with_measures(plan, found)


def spread(path: Path, only: Sequence[str], jobs: int) -> None:
    """The same comparison in `jobs` processes; each gets its share of the cores. Raises `RunError` when one of them fails."""
    threads = str(max(1, (os.cpu_count() or 1) // jobs))
    words = [
        sys.executable,
        "-m",
        "videostar.cli",
        "compare",
        str(path),
        "--work-only",
        *(word for name in only for word in ("--only", name)),
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
    started = [subprocess.Popen(words, env=environment) for _ in range(jobs)]  # noqa: S603 - our own command
    try:
        codes = [process.wait() for process in started]
    finally:
        for process in started:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if any(codes):
        raise RunError(
            f"of {jobs} processes {sum(code != 0 for code in codes)} failed; what they said stands above, and the same command goes on"
        )


def _next(left: Sequence[Plan]) -> Iterator[Plan]:
    """The next arm of every seed whose search is done or who is the one to search; the seed that is furthest behind comes first."""
    first: dict[int, Plan] = {}
    for plan in left:
        first.setdefault(plan.seed, plan)
    behind = sorted(first.values(), key=lambda plan: -sum(other.seed == plan.seed for other in left))
    yield from (plan for plan in behind if _may_start(plan))


def _may_start(plan: Plan) -> bool:
    return plan.seed == plan.experiment.seeds[0] or len(plan.experiment.candidates(plan.arm)) < 2 or _searched(plan) is not None


def _searched(plan: Plan) -> dict[str, object] | None:
    """What the search on the first seed chose for this arm, once it is done."""
    found = results.finished(replace(plan, seed=plan.experiment.seeds[0]))
    return None if found is None else dict(found["chosen"])


def _try(plan: Plan, watch: Watcher) -> bool:
    """Do an arm, unless another process holds its seed; True when something was done, or turned out to be."""
    with _held(plan, wait=False) as mine:
        if not mine:
            return False
        if results.finished(plan) is None:
            watch.say(f"seed {plan.seed}: {plan.name}")
            chosen, tried = _chosen(plan, watch)
            final = replace(plan, chosen=chosen)
            results.write_result(final, running.run(final, watch), tried)
        return True


def _wait(plan: Plan) -> None:
    """Until whoever holds the seed of a plan, or that of the search, has done an arm."""
    first = replace(plan, seed=plan.experiment.seeds[0])
    with _held(plan if _may_start(plan) else first, wait=True):
        pass


@contextmanager
def _held(plan: Plan, wait: bool) -> Iterator[bool]:
    """Whether this process holds the seed now; a lock that dies with the process."""
    plan.seed_folder.mkdir(parents=True, exist_ok=True)
    with (plan.seed_folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def _chosen(plan: Plan, watch: Watcher) -> tuple[dict[str, object], dict[str, float]]:
    """The searched values with the best accuracy on validation after one cycle, the earliest of equals; and all that were tried."""
    candidates = plan.experiment.candidates(plan.arm)
    if len(candidates) == 1:
        return candidates[0], {}
    if plan.seed != plan.experiment.seeds[0]:
        return dict(_searched(plan) or {}), {}
    tried: dict[str, float] = {}
    for candidate in candidates:
        probe = replace(plan, chosen=candidate, probe=True)
        store = RunStore(probe.folder)
        if not probe_done(store):
            watch.say(f"seed {plan.seed}: {plan.name}, searching {value_slug(candidate)}")
            store = running.run(probe, Silent())
        tried[value_slug(candidate)] = _on_validation(plan, store)
    best = max(range(len(candidates)), key=lambda number: (tried[value_slug(candidates[number])], -number))
    return candidates[best], tried


def probe_done(store: RunStore) -> bool:
    """Whether a try has been evaluated."""
    return store.cycle(1).evaluation.exists() and (store.root / "signatures.json").exists()


def _on_validation(plan: Plan, store: RunStore) -> float:
    files = running.checkpoint_of(plan, store)
    splits = read_json(files.evaluation)["splits"]
    if "validation" not in splits:
        raise ConfigError(f'"search" of "{plan.name}" needs a validation table: test decides nothing')
    return float(splits["validation"]["accuracy"]["mean"])
