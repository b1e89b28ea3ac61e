"""Two processes train what one trains; they end with their parent, and what they die of is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
import torch

from tests.training.launched import EPOCHS, rows, settings, trained
from tests.training.launched import __file__ as child
from tests.training.tiny_training import config, job
from videostar.errors import ConfigError, DataError, UserError
from videostar.ports import Silent, TrainingResult
from videostar.training.finetune import FineTuner
from videostar.types import AnswerRef
from videostar.video.store import FrameStore

ROOT = Path(child).parents[2]
GONE_SECONDS = 60.0
ENDED_SECONDS = 900.0
Test = TypeVar("Test", bound=Callable[..., None])


def together_only(test: Test) -> Test:
    """Slow, and not for a machine with one GPU, which two processes cannot share."""
    one = pytest.mark.skipif(torch.cuda.device_count() == 1, reason="two processes want two GPUs, or none; here is one")
    marked: Test = pytest.mark.slow(one(test))
    return marked


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("launched")


@pytest.fixture(scope="module")
def together(folder: Path, tiny: Path) -> TrainingResult:
    """Undisturbed, on two processes."""
    return trained(folder, tiny, "together", 2)


def _started(folder: Path, base: Path, name: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    command = [sys.executable, "-m", "tests.training.launched", str(folder), str(base), name, "2"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def _signalled(folder: Path, base: Path, name: str, step: int, number: signal.Signals) -> tuple[int, list[str]]:
    """Start a training and signal it at the end of a step; its exit code, and what it said from then on."""
    with _started(folder, base, name) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == f"step {step}":
                process.send_signal(number)
                break
        rest = _rest(process).splitlines()
    return process.returncode, rest


def _rest(process: subprocess.Popen[str]) -> str:
    """What a process says until its end, which comes within bounds."""
    try:
        return process.communicate(timeout=ENDED_SECONDS)[0]
    finally:
        process.kill()


def _left_of(folder: Path, name: str) -> list[str]:
    """Command lines of processes that still work on a job."""
    mark = str(folder / name / "work")
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if mark in words:
            found.append(words)
    return found


def _weights(folder: Path, name: str) -> bytes:
    return (folder / name / "output" / "model.safetensors").read_bytes()


@together_only
def test_two_processes_have_the_losses_of_one_and_one_ledger(folder: Path, tiny: Path, together: TrainingResult) -> None:
    alone = trained(folder, tiny, "alone", 1)
    steps = EPOCHS * 4  # 13 rows, four at once
    assert alone.steps == together.steps == steps
    assert [loss for _, loss in together.losses] == pytest.approx([loss for _, loss in alone.losses], rel=1e-3)
    assert alone.losses[-1][1] < alone.losses[0][1] - 0.5
    assert (together.rows, together.dropped) == (alone.rows, alone.dropped)
    assert together.rows == 11
    assert together.dropped == {"longer than 200 tokens": 1, "video: missing": 1}
    assert _left_of(folder, "together") == []


@together_only
def test_killed_then_terminated_then_to_the_end_with_the_same_bytes(folder: Path, tiny: Path, together: TrainingResult) -> None:
    code, _ = _signalled(folder, tiny, "rough", 4, signal.SIGKILL)
    assert code == -signal.SIGKILL
    deadline = time.monotonic() + GONE_SECONDS
    while _left_of(folder, "rough") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _left_of(folder, "rough") == []
    code, told = _signalled(folder, tiny, "rough", 8, signal.SIGTERM)
    assert code == 130, told
    written = [line for line in told if "is written" in line]
    assert written
    assert _left_of(folder, "rough") == []
    with _started(folder, tiny, "rough") as process:
        said = _rest(process)
    assert process.returncode == 0, said
    checkpoint = written[0].split()[1]
    assert f"training goes on from {checkpoint}" in said
    assert _weights(folder, "rough") == _weights(folder, "together")
    assert json.loads(said.rstrip().splitlines()[-1])["dropped"] == together.dropped


@together_only
def test_accelerate_starts_them_too(folder: Path, tiny: Path, together: TrainingResult) -> None:
    (folder / "accelerate.yaml").write_text("{distributed_type: MULTI_GPU, num_processes: 2, num_machines: 1, mixed_precision: 'no'}")
    result = trained(folder, tiny, "accelerated", 2, changes=[f"train.accelerate={folder / 'accelerate.yaml'}"])
    assert [loss for _, loss in result.losses] == pytest.approx([loss for _, loss in together.losses], rel=1e-3)
    assert _left_of(folder, "accelerated") == []


def test_fewer_processes_than_asked_for_do_not_train(folder: Path, tiny: Path) -> None:
    file = folder / "launch.json"
    file.write_text(json.dumps({"config": settings(folder, tiny, 2).model_dump(mode="json")}))
    alone = {name: value for name, value in os.environ.items() if name not in {"RANK", "WORLD_SIZE"}}
    command = [sys.executable, "-m", "videostar.training.worker", str(file)]
    environment = {**alone, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
    assert process.returncode == 1
    assert "1 processes were started together, and train.processes is 2; on CPUs accelerate needs mpirun for several" in said


def test_another_file_is_another_training(tiny: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    chosen = config(tiny, accelerate=str(file)) if file.write_text("num_processes: 1") else None
    assert chosen is not None
    task = job(tmp_path, tiny)
    with FrameStore(settings(tmp_path, tiny, 1).frames) as frames:
        tuner = FineTuner(chosen, frames, tmp_path)
        for text in ("num_processes: 1", "num_processes: 1 # the same, said otherwise"):
            file.write_text(text)
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr("videostar.training.launch._command", lambda *_: [sys.executable, "-c", "raise SystemExit(1)"])
                with pytest.raises(UserError):
                    tuner.train(task, Silent())
            assert text in json.loads((task.work / "job.json").read_text())["settings"]["files"]["accelerate"]


@together_only
def test_a_mistake_found_by_one_process_is_told_and_all_end(folder: Path, tiny: Path) -> None:
    told = [replace(row, answer_ref=AnswerRef(1, 0, "0123456789abcdef") if row.id == "r5" else None) for row in rows()]
    with pytest.raises(DataError, match='conversation "r5" was answered on other frames'):
        trained(folder, tiny, "wrong", 2, told)
    assert _left_of(folder, "wrong") == []


def test_a_launcher_that_dies_shows_the_end_of_its_log(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import sys; print('no such device: gpu7', file=sys.stderr); sys.exit(3)"
    monkeypatch.setattr("videostar.training.launch._command", lambda *_: [sys.executable, "-c", script])
    chosen = settings(tmp_path, tiny, 2)
    told = r"on 2 processes ended with code 3(?s:.*)launch.log:\nno such device: gpu7"
    with FrameStore(chosen.frames) as frames, pytest.raises(UserError, match=told):
        FineTuner(chosen, frames, tmp_path).train(job(tmp_path, tiny), Silent())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("num_processes: 4", r"\"num_processes\" is 4, and train.processes is 2; they must agree"),
        ("num_proceses: 2", r'unknown key "num_proceses" \(did you mean "num_processes"\?\)'),
        ("distributed_type: FSPD", r"\"distributed_type\" is 'FSPD' \(did you mean \"FSDP\"\?\)"),
        ("num_machines: 2", r"\"num_machines\" is 2; a run trains on the machine that it runs on"),
        ("- 1", "must hold keys and values, not list"),
    ],
)
def test_accelerates_file_is_read_first(tiny: Path, tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "a.yaml").write_text(content)
    with pytest.raises(ConfigError, match=told):
        FineTuner(config(tiny, processes=2, accelerate=str(tmp_path / "a.yaml")), FrameStore(settings(tmp_path, tiny, 2).frames), tmp_path)
