"""One stage done in parts by many processes: the same ids, the same ledger, none lost or doubled, as in one process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import render_clip, rows_of, sample_row, write_config, write_table
from videostar.build import ConfiguredAdapters
from videostar.config import Config, load_config
from videostar.errors import ConfigError, RunError, UserError
from videostar.loop import stages
from videostar.ports import Silent
from videostar.sharded import taken, work
from videostar.steps.shards import Shard, dealt
from videostar.store import StageLog

VIDEOSTAR = Path(sys.executable).with_name("videostar")
RIGHT = "The person bends forward, holds a slow stretch and breathes deeply on the mat. So the answer is yoga."
WRONG = "The person runs quickly over the grass. So the answer is running."
SAME = ("sample_id", "candidate", "route", "prompt", "text", "finish", "seed", "tokens", "frames")


def config_of(folder: Path, run: str, samples: int = 37, **changes: Any) -> Path:
    """Every third question is answered wrong, and explained when its label is shown; one video is broken."""
    clips = [folder / "clips" / f"{name}.mp4" for name in "abc"]
    for position, clip in enumerate(clips):
        if not clip.exists():
            render_clip(clip, 40 + 60 * position)
    (folder / "clips" / "broken.mp4").write_text("no video")
    rows, rules = [], []
    for number in range(samples):
        name = f"s{number:04d}"
        rows.append(sample_row(name, video=f"clips/{'broken' if number == 20 else 'abc'[number % 3]}.mp4", group=name))
        if number % 3 == 0:
            rules.append({"sample_id": name, "contains": "The correct answer is", "replies": [RIGHT, WRONG]})
            rules.append({"sample_id": name, "replies": [WRONG, WRONG]})
    script = folder / "script.json"
    script.write_text(json.dumps({"rules": rules, "default": [RIGHT, WRONG]}))
    held_out = [sample_row(f"v{number}", video="clips/a.mp4", group=f"v{number}") for number in range(5)]
    raw: dict[str, Any] = {
        "run": str(folder / run),
        "cycles": 2,
        "patience": 2,
        "data": {
            "train": str(write_table(folder / "train.jsonl", rows)),
            "validation": str(write_table(folder / "val.jsonl", held_out)),
        },
        "model": {"model_name_or_path": str(script), "engine": "scripted"},
        "frames": {"cache": str(folder / "cache"), "num_frames": 4},
        "generate": {"n": 2, "temperature": 0.5, "batch_size": 4},
        "select": {"forms": {"reasoned": 1.0}},
    }
    return write_config(folder / f"{run}.yaml", {**raw, **changes})


def whole(config: Config, until: tuple[int, str] | None = None) -> None:
    for stage in stages(config, ConfiguredAdapters(config), Silent()):
        if (stage.cycle, stage.name) == until:
            return


def shard(config: Config, stage: str, index: int, count: int) -> str:
    return work(config, ConfiguredAdapters(config), Silent(), stage, Shard(index, count))


def all_shards(config: Config, stage: str, count: int) -> None:
    for index in range(1, count + 1):
        assert shard(config, stage, index, count).startswith(f"shard {index}/{count}: {stage}")


def answers(run: Path, name: str) -> list[dict[str, Any]]:
    return [{key: row[key] for key in SAME} for row in rows_of(run / name)]


@pytest.mark.parametrize(("total", "count"), [(0, 3), (1, 3), (15, 16), (16, 16), (37, 16), (1000, 7), (1000, 1)])
def test_every_sample_is_dealt_to_exactly_one_shard_and_evenly(total: int, count: int) -> None:
    parts = [list(Shard(index, count).part(range(total), total)) for index in range(1, count + 1)]
    assert sorted(item for part in parts for item in part) == list(range(total))
    sizes = [len(part) for part in parts]
    assert sizes == [Shard(index, count).size(total) for index in range(1, count + 1)]
    assert max(sizes) - min(sizes) <= max(1, min(8, total // count))
    assert all(part == sorted(part) for part in parts)


def test_neighbours_stay_together_so_that_one_video_is_decoded_by_one_shard() -> None:
    assert [dealt(place, 1000, 4) for place in range(17)] == [1] * 8 + [2] * 8 + [3]


@pytest.mark.parametrize("text", ["0/4", "5/4", "3", "1/0", "a/b", "-1/4", "1/4/2", "1/99999"])
def test_a_shard_that_cannot_be_is_told(text: str) -> None:
    with pytest.raises(ConfigError, match=rf'"shard={text}" is no shard: write which one and of how many, from shard=1/16 to shard=16/16'):
        Shard.named(text)


def test_stages_without_shards_say_so() -> None:
    assert taken(["generate.n=2"], "train") == (None, ["generate.n=2"])
    assert taken(["a=1", "shard=3/16"], "generate") == (Shard(3, 16), ["a=1"])
    for name in ("run", "train", "verify", "select"):
        with pytest.raises(ConfigError, match=f'"shard=3/16": {name} is not done in shards; generate, rationalize, evaluate are'):
            taken(["shard=3/16"], name)


def test_two_cycles_in_shards_give_the_ids_the_answers_and_the_ledger_of_one_process(tmp_path: Path) -> None:
    calm, parts = (load_config(config_of(tmp_path, name)) for name in ("calm", "parts"))
    whole(calm)
    all_shards(parts, "generate", 4)  # before the base is evaluated: nothing here depends on that
    all_shards(parts, "rationalize", 3)  # puts the four together and judges them
    all_shards(parts, "evaluate", 2)  # of the base
    whole(parts, until=(1, "train"))
    all_shards(parts, "evaluate", 5)
    whole(parts, until=(1, "evaluate"))
    all_shards(parts, "generate", 16)
    whole(parts)
    for name in ("answers", "rationales"):
        for cycle in (1, 2):
            assert answers(parts.run, f"cycle-{cycle}/{name}.jsonl") == answers(calm.run, f"cycle-{cycle}/{name}.jsonl")
    for name in ("ledger.json", "cycle-1/conversations.jsonl", "cycle-2/conversations.jsonl", "cycle-1/evaluation.json", "best.json"):
        assert (parts.run / name).read_bytes() == (calm.run / name).read_bytes(), name
    ledger = json.loads((calm.run / "ledger.json").read_text())["cycle-1"]
    assert ledger["in"] == 37 == ledger["kept"] + sum(ledger["dropped"].values())
    assert [key for key in ledger["dropped"] if key.startswith("quarantined")]
    assert not list(parts.run.rglob("*-of-*.jsonl")), "finished shards are one file now"
    costs = [rows_of(run / "metrics.jsonl")[1]["cost"]["tokens"] for run in (calm.run, parts.run)]
    assert costs[0] == costs[1] > 0


def test_missing_and_unfinished_shards_are_named(tmp_path: Path) -> None:
    config = load_config(config_of(tmp_path, "run"))
    for index in (1, 3):
        shard(config, "generate", index, 4)
    log = StageLog(config.run / "cycle-1" / "answers-3-of-4.jsonl")
    log.progress_path.write_text("".join(log.progress_path.read_text().splitlines(keepends=True)[:-1]))
    for go_on in (lambda: whole(config), lambda: shard(config, "rationalize", 1, 4)):
        with pytest.raises(RunError, match=r"3 of 4 shards are missing or not finished: 2, 3, 4; finish each with shard=K/4, or remove"):
            go_on()


def test_a_stage_begun_in_one_way_is_not_gone_on_with_in_another(tmp_path: Path) -> None:
    config = load_config(config_of(tmp_path, "run"))
    shard(config, "generate", 2, 4)
    with pytest.raises(RunError, match=r"shards of 4 were begun, so shard=1/8 does not fit; go on with shard=K/4"):
        shard(config, "generate", 1, 8)
    other = load_config(config_of(tmp_path, "other"))
    whole(other, until=(0, "evaluate"))
    StageLog(other.run / "cycle-1" / "answers.jsonl").recover()
    (other.run / "cycle-1" / "answers.progress.jsonl").write_text('{"batch": 0, "halved_to": 1}\n')
    with pytest.raises(RunError, match=r"answers\.jsonl was begun without shards; finish it without shard=1/4"):
        shard(other, "generate", 1, 4)


def test_what_is_dear_and_comes_before_is_asked_for(tmp_path: Path) -> None:
    config = load_config(config_of(tmp_path, "run"))
    with pytest.raises(RunError, match=r"`videostar generate` comes before rationalize"):
        shard(config, "rationalize", 1, 2)
    whole(config, until=(1, "select"))
    with pytest.raises(RunError, match=r"cycle 2 waits for the checkpoint of cycle 1: `videostar train` comes first"):
        shard(config, "generate", 1, 2)
    whole(config, until=(1, "train"))
    with pytest.raises(RunError, match=r"`videostar evaluate` comes first"):
        shard(config, "generate", 1, 2)
    whole(config)
    assert shard(config, "generate", 1, 2).startswith("nothing left to generate")
    assert shard(config, "evaluate", 1, 2).startswith("nothing left to evaluate")


def test_the_plateau_ends_shards_too(tmp_path: Path) -> None:
    config = load_config(config_of(tmp_path, "run"), ["patience=1", "cycles=3"])
    whole(config, until=(1, "evaluate"))
    assert shard(config, "generate", 1, 2) == "nothing left to generate: validation no longer gains beyond chance; next: videostar run"


def test_a_finished_shard_does_nothing_again_and_one_that_does_not_fit_is_told(tmp_path: Path) -> None:
    config = load_config(config_of(tmp_path, "run"))
    all_shards(config, "generate", 2)
    before = (config.run / "cycle-1" / "answers-1-of-2.jsonl").read_bytes()
    shard(config, "generate", 1, 2)
    assert (config.run / "cycle-1" / "answers-1-of-2.jsonl").read_bytes() == before
    (config.run / "cycle-1" / "answers-1-of-2.jsonl").write_bytes((config.run / "cycle-1" / "answers-2-of-2.jsonl").read_bytes())
    with pytest.raises(RunError, match=r'answers-1-of-2\.jsonl holds .* where "s0000" belongs; remove that shard and do it again'):
        whole(config)


@pytest.mark.parametrize("changes", [["seed=1"], ["generate.n=3"]])
def test_a_shard_of_another_config_is_refused(tmp_path: Path, changes: list[str]) -> None:
    path = config_of(tmp_path, "run")
    shard(load_config(path), "generate", 1, 2)
    with pytest.raises(UserError, match="was started with another config"):
        shard(load_config(path, changes), "generate", 2, 2)


@pytest.mark.slow
def test_sixteen_processes_at_once_and_one_that_is_killed_and_started_again(tmp_path: Path) -> None:
    samples = 16 * 8 + 5
    calm, parts = config_of(tmp_path, "calm", samples), config_of(tmp_path, "parts", samples)
    whole(load_config(calm), until=(1, "select"))
    run = tmp_path / "parts"
    # A process that dies by SIGKILL with half of its second batch on disk.
    torn = subprocess.run(
        [sys.executable, "-c", TEAR, "3", "generate", parts, "shard=3/16"], capture_output=True, text=True, check=False, timeout=300
    )
    assert torn.returncode == -signal.SIGKILL, torn.stderr
    assert (run / "cycle-1" / "answers-3-of-16.jsonl").stat().st_size > 0
    command = "from videostar.cli import main; main()"
    waiting = [(index, [sys.executable, "-c", command, "generate", str(parts), f"shard={index}/16"]) for index in range(16, 0, -1)]
    at_once = 4  # at any time: sixteen at once would only fight for the cores
    running: list[tuple[int, subprocess.Popen[str]]] = []
    deadline = time.monotonic() + 300
    while (waiting or running) and time.monotonic() < deadline:
        while waiting and len(running) < at_once:
            index, words = waiting.pop()
            running.append(
                (
                    index,
                    subprocess.Popen(
                        [str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ
                    ),
                )
            )
        index, process = running.pop(0)
        said, _ = process.communicate(timeout=200)
        assert process.returncode == 0, said
        assert f"shard {index}/16: generate of cycle 1 is done" in said
    assert not waiting
    done = subprocess.run([VIDEOSTAR, "generate", parts], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert answers(run, "cycle-1/answers.jsonl") == answers(tmp_path / "calm", "cycle-1/answers.jsonl")
    whole(load_config(parts), until=(1, "select"))
    for name in ("ledger.json", "cycle-1/conversations.jsonl"):
        assert (run / name).read_bytes() == (tmp_path / "calm" / name).read_bytes()
    refused = subprocess.run([VIDEOSTAR, "train", parts, "shard=1/2"], capture_output=True, text=True, check=False, timeout=60)
    assert (refused.returncode, refused.stderr) == (
        1,
        'error: "shard=1/2": train is not done in shards; generate, rationalize, evaluate are\n',
    )


# Runs the command, and dies by SIGKILL in the middle of the n-th append: half of the bytes are on disk, the rest never comes.
TEAR = """
import os, signal, sys
from videostar import cli, store
whole, left = store._append, [int(sys.argv.pop(1))]
def torn(path, text):
    left[0] -= 1
    if left[0] == 0:
        whole(path, text[: len(text) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(path, text)
store._append = torn
cli.main()
"""


def test_status_says_how_many_shards_are_done(tmp_path: Path) -> None:
    config = load_config(config_of(tmp_path, "run"))
    for index in (1, 4):
        shard(config, "generate", index, 4)
    said = subprocess.run([VIDEOSTAR, "status", config.run], capture_output=True, text=True, check=True, timeout=120).stdout
    assert "cycle 1: generate, 2 of 4 shards" in said
