"""SIGKILL at any moment, then the same command again: the same bytes as an undisturbed run.

The run is a real one: the embedded checkpoint, two candidates a question, two decoding processes, real training.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import render_clip, write_config, write_table

TINY = Path(__file__).parents[1] / "src" / "videostar" / "playground" / "tiny"
VIDEOSTAR = Path(sys.executable).with_name("videostar")
WORDS = ("zorvek", "mulin", "tapra", "goshel", "birtan", "lemwick", "dorsu", "quenna", "hasp", "ivorel")
STAGES = (
    "cycle-0/validation_answers.jsonl",
    "cycle-1/answers.jsonl",
    "cycle-1/rationales.jsonl",
    "cycle-1/training",
    "cycle-1/validation_answers.jsonl",
    "cycle-2/answers.jsonl",
    "cycle-2/rationales.jsonl",
    "cycle-2/training",
    "cycle-2/validation_answers.jsonl",
    "cycle-2/checkpoint",
)
KILLS_PER_STAGE = 2
TORN_WRITES = 3
COMPARED = ("ledger.json", "cycle-*/conversations.jsonl", "cycle-*/evaluation.json", "final-training/evaluation.json")

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


def config_of(folder: Path, run: str) -> Path:
    """Ten train and four validation questions over three clips; three questions name nothing that can be learned."""
    for position, name in enumerate("abc"):
        if not (folder / f"{name}.mp4").exists():
            render_clip(folder / f"{name}.mp4", 40 + 60 * position)
    train = [row(f"t{number}", number) for number in range(10)]
    write_table(folder / "train.jsonl", train)
    write_table(folder / "val.jsonl", [row(f"v{number}", number) for number in range(4)])
    raw: dict[str, Any] = {
        "run": str(folder / run),
        "cycles": 2,
        "patience": 2,
        "data": {"train": str(folder / "train.jsonl"), "validation": str(folder / "val.jsonl")},
        "model": {"model_name_or_path": str(TINY), "dtype": "float32"},
        "frames": {"num_frames": 8, "max_pixels": 9216, "cache": str(folder / f"cache-{run}"), "decode_workers": 2},
        "generate": {"n": 2, "temperature": 0.7, "max_new_tokens": 64, "batch_size": 4},
        "evaluate": {"max_new_tokens": 64},
        "select": {"forms": {"reasoned": 1.0, "direct": 1.0}},
        "train": {
            "finetuning_type": "full",
            "learning_rate": 1e-4,
            "num_train_epochs": 3,
            "per_device_train_batch_size": 2,
            "gradient_accumulation_steps": 1,
            "save_steps": 3,
        },
    }
    return write_config(folder / f"{run}.yaml", raw)


def row(name: str, number: int) -> dict[str, Any]:
    """A question whose answer is an invented word."""
    label = {"kind": "category", "value": WORDS[number % len(WORDS)]}
    return {"id": name, "video": f"{'abc'[number % 3]}.mp4", "question": "What is the action called?", "label": label, "group": name}


def finished(config: Path) -> None:
    """Run the command to its end."""
    done = subprocess.run([VIDEOSTAR, "run", config], capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def size_of(path: Path) -> int:
    """Bytes below a path that may be changing."""
    if path.is_file():
        return path.stat().st_size
    total = 0
    for file in path.rglob("*"):
        try:
            total += file.stat().st_size if file.is_file() else 0
        except FileNotFoundError:
            continue  # renamed or removed since it was listed
    return total


def killed_when(config: Path, path: Path, size: int, delay_seconds: float) -> bool:
    """Start the command and SIGKILL it some time after `path` has `size` bytes; False when it ended before."""
    process = subprocess.Popen([VIDEOSTAR, "run", config], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    deadline = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < deadline:
        if size_of(path) >= size:
            try:
                process.wait(timeout=delay_seconds)
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
            break
        try:
            process.wait(timeout=0.005)
        except subprocess.TimeoutExpired:
            continue
    _, errors = process.communicate()
    assert process.returncode in {0, -signal.SIGKILL}, errors.decode()
    return process.returncode != 0


def compared(run: Path) -> Iterator[tuple[str, bytes]]:
    """What must be the same to the byte."""
    for pattern in COMPARED:
        for path in sorted(run.glob(pattern)):
            yield str(path.relative_to(run)), path.read_bytes()


@pytest.mark.slow
def test_a_run_killed_at_random_moments_of_all_stages_ends_with_the_same_bytes(tmp_path: Path) -> None:
    calm = config_of(tmp_path, "calm")
    finished(calm)
    expected = dict(compared(tmp_path / "calm"))
    assert {"ledger.json", "cycle-1/conversations.jsonl", "cycle-2/evaluation.json"} <= expected.keys()
    assert expected["cycle-1/conversations.jsonl"], "a run that keeps nothing would prove nothing"
    rng = random.Random(int(os.environ.get("KILL_SEED", "0")))
    rough, kills = config_of(tmp_path, "rough"), 0
    for _ in range(TORN_WRITES):
        torn = subprocess.run([sys.executable, "-c", TEAR, str(rng.randint(1, 4)), "run", rough], capture_output=True, check=False)
        assert torn.returncode == -signal.SIGKILL, torn.stderr.decode()
        kills += 1
    for stage in STAGES:
        final_size = size_of(tmp_path / "calm" / stage)
        for share in sorted(rng.random() for _ in range(KILLS_PER_STAGE)):
            kills += killed_when(rough, tmp_path / "rough" / stage, int(share * final_size), rng.uniform(0, 0.3))
    finished(rough)
    assert kills >= 20
    assert dict(compared(tmp_path / "rough")) == expected
    ledger = json.loads(expected["ledger.json"])
    assert all(entry["in"] == entry["kept"] + sum(entry["dropped"].values()) for entry in ledger.values())
