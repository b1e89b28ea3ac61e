"""Batches answered elsewhere: in any order, some of them twice, some of them never; written once each, in order at the end."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import render_clip, rows_of, sample_row, write_table
from videostar.build import ConfiguredAdapters
from videostar.config import Config, checked
from videostar.errors import ConfigError, RunError
from videostar.loop import stages
from videostar.ports import Executor, Silent

RIGHT = "The person bends forward, holds a slow stretch and breathes deeply on the mat. So the answer is yoga."
WRONG = "The person runs quickly over the grass. So the answer is running."
SAMPLES = 23


@dataclass
class Unruly:
    """An executor in this process. dies_after: of how many results on it gives up. loses: batches that never come."""

    dies_after: int | None = None
    loses: frozenset[int] = frozenset()
    asked: int = 0

    def spread(self, open_desk: Callable[[], Callable[[str], str]], batches: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        answer = open_desk()
        todo = [item for item in batches if item[0] not in self.loses]
        self.asked += len(todo)
        twice = [*todo, *todo[::2]]
        random.Random(0).shuffle(twice)
        for count, (number, text) in enumerate(twice):
            if count == self.dies_after:
                raise RunError("the cluster gave up")
            yield number, answer(text)


class Adapters(ConfiguredAdapters):
    def __init__(self, config: Config, executor: Executor | None) -> None:
        super().__init__(config)
        self._executor = executor

    def executor(self) -> Executor | None:
        return self._executor


def config_of(folder: Path, run: str, **changes: Any) -> Config:
    render_clip(folder / "clips" / "a.mp4", 80)
    rules = [
        {"sample_id": f"s{number:02d}", "contains": "The correct answer is", "replies": [RIGHT]} for number in range(0, SAMPLES, 2)
    ] + [{"sample_id": f"s{number:02d}", "replies": [WRONG]} for number in range(0, SAMPLES, 2)]
    (folder / "script.json").write_text(json.dumps({"rules": rules, "default": [RIGHT]}))
    write_table(folder / "train.jsonl", [sample_row(f"s{number:02d}") for number in range(SAMPLES)])
    raw = {
        "run": str(folder / run),
        "cycles": 1,
        "data": {"train": str(folder / "train.jsonl")},
        "model": {"model_name_or_path": str(folder / "script.json"), "engine": "scripted"},
        "frames": {"cache": str(folder / "cache"), "num_frames": 4},
        "generate": {"n": 2, "temperature": 0.5, "batch_size": 4},
    }
    return checked({**raw, **changes})


def go(config: Config, executor: Executor | None) -> None:
    for stage in stages(config, Adapters(config, executor), Silent()):
        if (stage.cycle, stage.name) == (1, "select"):
            return


def untimed(path: Path) -> list[dict[str, Any]]:
    return [{**row, "seconds": 0} for row in rows_of(path)]


def test_answers_that_come_in_any_order_and_twice_are_those_of_one_process(tmp_path: Path) -> None:
    calm, spread = config_of(tmp_path, "calm"), config_of(tmp_path, "spread")
    go(calm, None)
    go(spread, Unruly())
    for name in ("answers", "rationales"):
        assert untimed(spread.run / "cycle-1" / f"{name}.jsonl") == untimed(calm.run / "cycle-1" / f"{name}.jsonl")
    assert (spread.run / "ledger.json").read_bytes() == (calm.run / "ledger.json").read_bytes()
    assert not list(spread.run.rglob("*scattered*"))


def test_a_stage_that_is_cut_short_asks_only_what_is_missing(tmp_path: Path) -> None:
    config = config_of(tmp_path, "run")
    with pytest.raises(RunError, match="the cluster gave up"):
        go(config, Unruly(dies_after=8))
    held = config.run / "cycle-1" / "answers-scattered.jsonl"
    kept = {row["sample_id"] for row in rows_of(held)}
    assert 0 < len(kept) < SAMPLES
    with held.open("a") as file:
        file.write('{"sample_id": "s00", "cut')  # what a kill leaves of a write
    again = Unruly()
    go(config, again)
    batches = -(-SAMPLES // 2)
    assert again.asked == batches - -(-len(kept) // 2) + -(-len(range(0, SAMPLES, 2)) // 2), "what is missing, then all rationales"
    rows = [(row["sample_id"], row["candidate"]) for row in rows_of(config.run / "cycle-1" / "answers.jsonl")]
    assert rows == [(f"s{number:02d}", candidate) for number in range(SAMPLES) for candidate in range(2)]


def test_batches_that_never_come_are_no_end_of_the_stage(tmp_path: Path) -> None:
    config = config_of(tmp_path, "run")
    with pytest.raises(RunError, match=r"answers-scattered\.jsonl: 2 batches were not answered; the same command asks them again"):
        go(config, Unruly(loses=frozenset({0, 11})))
    assert not (config.run / "cycle-1" / "answers.jsonl").exists()
    again = Unruly()
    go(config, again)
    assert len(rows_of(config.run / "cycle-1" / "answers.jsonl")) == 2 * SAMPLES


def test_what_a_user_can_mend_on_another_machine_is_told_here(tmp_path: Path) -> None:
    config = config_of(tmp_path, "run")
    (tmp_path / "script.json").unlink()
    with pytest.raises(RunError, match="on another machine: there is no script"):
        go(config, Unruly())


def test_a_server_is_not_spread(tmp_path: Path) -> None:
    engines = {"model_name_or_path": "m", "engine": "scripted"}
    assert config_of(tmp_path, "run", generate={"executor": "ray", "workers": 2}, model=engines).generate.workers == 2
    with pytest.raises(ConfigError, match=r'"generate\.workers" is 0'):
        config_of(tmp_path, "run", generate={"executor": "ray", "workers": 0})
    with pytest.raises(ConfigError, match=r'"generate\.executor" is .*dask'):
        config_of(tmp_path, "run", generate={"executor": "dask"})
