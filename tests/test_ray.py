"""A Ray cluster of three nodes, of which one is killed half way: the same ids, the same ledger, none lost or doubled."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import render_clip, rows_of, sample_row, write_table
from videostar.build import ConfiguredAdapters
from videostar.config import Config, checked
from videostar.errors import RunError
from videostar.loop import stages
from videostar.models.scripted import ScriptedModel
from videostar.ports import Decoding, Reply, Request, Silent, VideoModel

ROOT = Path(__file__).parents[1]
RIGHT = "The person bends forward, holds a slow stretch and breathes deeply on the mat. So the answer is yoga."
WRONG = "The person runs quickly over the grass. So the answer is running."
SAMPLES, AT_ONCE = 61, 4
SECONDS_PER_BATCH = 0.2


class Unhurried:
    """A scripted model that takes its time and notes every batch that it answers, so that a death finds work in progress.

    poison: the sample that ends the process which is asked about it.
    """

    def __init__(self, script: str, notes: Path, poison: str) -> None:
        self._poison = poison
        self._model = ScriptedModel(script)
        self._notes = notes
        self.name = self._model.name

    def answer(self, requests: Sequence[Request], decoding: Decoding) -> list[list[Reply]]:
        if any(request.sample_id == self._poison for request in requests):
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(SECONDS_PER_BATCH)
        with self._notes.open("a") as file:
            file.write("".join(f"{request.sample_id}\n" for request in requests))
        return self._model.answer(requests, decoding)

    def close(self) -> None:
        self._model.close()


class Adapters(ConfiguredAdapters):
    def __init__(self, config: Config, notes: Path, poison: str) -> None:
        super().__init__(config)
        self._made = (config.model.model_name_or_path, notes, poison)

    def model(self, checkpoint: str) -> VideoModel:
        return Unhurried(*self._made)


class Killing(Silent):
    """Kills a node once half of the first stage is there."""

    def __init__(self, kill: Any) -> None:
        self._kill = kill
        self.done = 0

    def progress(self, title: str, total: int, done: int = 0) -> AbstractContextManager[Any]:
        return nullcontext(self)

    def advance(self, units: int = 1) -> None:
        self.done += units
        if self._kill is not None and self.done >= SAMPLES // 2:
            self._kill()
            self._kill = None


def config_of(folder: Path, run: str, executor: str, samples: int = SAMPLES) -> Config:
    render_clip(folder / "clips" / "a.mp4", 80)
    wrong = [f"s{number:02d}" for number in range(0, SAMPLES, 3)]
    rules = [{"sample_id": name, "contains": "The correct answer is", "replies": [RIGHT]} for name in wrong]
    rules += [{"sample_id": name, "replies": [WRONG]} for name in wrong]
    (folder / "script.json").write_text(json.dumps({"rules": rules, "default": [RIGHT]}))
    table = write_table(folder / f"{run}.jsonl", [sample_row(f"s{number:02d}", group=f"g{number}") for number in range(samples)])
    return checked(
        {
            "run": str(folder / run),
            "cycles": 1,
            "data": {"train": str(table)},
            "model": {"model_name_or_path": str(folder / "script.json"), "engine": "scripted"},
            "frames": {"cache": str(folder / "cache"), "num_frames": 4, "decode_workers": 1},
            "generate": {"batch_size": AT_ONCE, "executor": executor},
        }
    )


def go(config: Config, notes: Path, watch: Silent, poison: str = "") -> None:
    for stage in stages(config, Adapters(config, notes, poison), watch):
        if (stage.cycle, stage.name) == (1, "select"):
            return


@pytest.mark.slow
def test_a_cluster_that_loses_a_node_gives_the_answers_of_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'src'}:{ROOT}")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    node = {"num_cpus": 1, "object_store_memory": 100 << 20}
    cluster = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
    try:
        nodes = [cluster.add_node(**node) for _ in range(2)]
        ray.init(address=cluster.address, log_to_driver=False)
        watch = Killing(lambda: cluster.remove_node(nodes[0], allow_graceful=False))
        spread = config_of(tmp_path, "spread", "ray")
        go(spread, tmp_path / "notes", watch)
        poisoned = config_of(tmp_path, "poisoned", "ray", samples=2 * AT_ONCE)
        with pytest.raises(RunError, match=r"gave up on \d+ batches, such as 0.*: in 3 rounds each worker that took one died.* is kept"):
            go(poisoned, tmp_path / "poisoned-notes", Silent(), poison="s00")
        alive = sum(node["Alive"] for node in ray.nodes())
    finally:
        ray.shutdown()
        cluster.shutdown()
    assert alive == 2, "the killed node is known to be dead by now"
    calm = config_of(tmp_path, "calm", "local")
    go(calm, tmp_path / "calm-notes", Silent())
    for name in ("answers", "rationales"):
        ours, theirs = ([{**row, "seconds": 0} for row in rows_of(run / f"cycle-1/{name}.jsonl")] for run in (spread.run, calm.run))
        assert ours == theirs
    assert [row["sample_id"] for row in rows_of(spread.run / "cycle-1" / "answers.jsonl")] == [
        f"s{number:02d}" for number in range(SAMPLES)
    ]
    for name in ("ledger.json", "cycle-1/conversations.jsonl"):
        assert (spread.run / name).read_bytes() == (calm.run / name).read_bytes()
    asked = (tmp_path / "notes").read_text().split()
    assert len(asked) >= SAMPLES + len(range(0, SAMPLES, 3)), "every answer was given somewhere; some perhaps twice"
