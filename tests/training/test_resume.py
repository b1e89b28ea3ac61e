"""A training that is killed and started again ends with the same bytes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.tiny_training import CLIPS, Disturbed, Rendered, child_settings, config, job
from tests.training.tiny_training import __file__ as child
from videostar import checkpoints
from videostar.ports import Silent
from videostar.training import checkpointing
from videostar.training.finetune import FineTuner

ROOT = Path(child).parents[2]


def _train(folder: Path, base: Path, finetuning_type: str, kill: str = "") -> int:
    with _started(folder, base, finetuning_type, kill) as process:
        return process.wait()


def _started(folder: Path, base: Path, finetuning_type: str, kill: str) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    environment = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.training.tiny_training", str(folder), str(base), finetuning_type, kill]
    pipe = subprocess.PIPE if kill == "wait in a step" else None
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdin=pipe, stdout=pipe)


def _weights(folder: Path) -> bytes:
    return (folder / "output" / "model.safetensors").read_bytes()


def _unplugged() -> None:
    raise ConnectionError("unplugged")


def _preempted() -> None:
    """The machine is wanted back."""
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("finetuning_type", ["full", "lora"])
def test_interrupted_after_a_checkpoint(tiny: Path, tmp_path: Path, finetuning_type: str) -> None:
    settings = config(
        tiny, finetuning_type=finetuning_type, num_train_epochs=3, per_device_train_batch_size=2, save_steps=2, lora_dropout=0.1
    )
    undisturbed, disturbed = (job(tmp_path / name, tiny) for name in ("undisturbed", "disturbed"))
    FineTuner(settings, Rendered(dict(CLIPS)), Path()).train(undisturbed, Silent())
    with pytest.raises(ConnectionError):
        FineTuner(settings, Disturbed(dict(CLIPS), _unplugged), Path()).train(disturbed, Silent())
    half_written = shutil.copytree(disturbed.work / "checkpoint-2", disturbed.work / "checkpoint-4")
    (half_written / "whole.json").unlink()
    source = Rendered(dict(CLIPS))
    FineTuner(settings, source, Path()).train(disturbed, Silent())
    assert source.loads == 8  # four of the six steps were left
    assert _weights(tmp_path / "disturbed") == _weights(tmp_path / "undisturbed")


class _Saying(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


@pytest.mark.parametrize("finetuning_type", ["full", "lora"])
def test_sigterm_saves_the_step_that_runs(tiny: Path, tmp_path: Path, finetuning_type: str) -> None:
    settings = config(
        tiny, finetuning_type=finetuning_type, num_train_epochs=3, per_device_train_batch_size=2, save_steps=100, lora_dropout=0.1
    )
    undisturbed, disturbed = (job(tmp_path / name, tiny) for name in ("undisturbed", "disturbed"))
    FineTuner(settings, Rendered(dict(CLIPS)), Path()).train(undisturbed, Silent())
    handler = signal.getsignal(signal.SIGTERM)
    watch = _Saying()
    with pytest.raises(KeyboardInterrupt):
        FineTuner(settings, Disturbed(dict(CLIPS), _preempted), Path()).train(disturbed, watch)
    assert watch.lines == ["SIGTERM: checkpoint-3 of 6 steps is written"]
    assert signal.getsignal(signal.SIGTERM) is handler
    assert not disturbed.output.exists()
    source = Rendered(dict(CLIPS))
    FineTuner(settings, source, Path()).train(disturbed, watch)
    assert watch.lines[1:] == ["training goes on from checkpoint-3"]
    assert source.loads == 6  # three of the six steps were left
    assert _weights(tmp_path / "disturbed") == _weights(tmp_path / "undisturbed")


@pytest.mark.parametrize("lost", ["optimizer.pt", "model.safetensors", "scheduler.pt", "trainer_state.json"])
def test_a_checkpoint_with_a_file_missing_does_not_count(tiny: Path, tmp_path: Path, lost: str) -> None:
    work = tmp_path / "work"
    for step in (2, 4):
        folder = work / f"checkpoint-{step}"
        folder.mkdir(parents=True)
        for name in ("optimizer.pt", "model.safetensors", "scheduler.pt", "trainer_state.json"):
            (folder / name).write_bytes(b"x" * 10 * step)
        checkpointing.mark_whole(folder, {"a": "too long"})
    (work / "checkpoint-4" / lost).unlink()
    found = checkpointing.last_whole(work)
    assert found == checkpointing.Whole(work / "checkpoint-2", {"a": "too long"})
    assert not (work / "checkpoint-4").exists()
    (work / "checkpoint-2" / lost).write_bytes(b"x")
    assert checkpointing.last_whole(work) is None


def test_gone_on_from_the_checkpoint_before_one_that_lost_a_file(tiny: Path, tmp_path: Path) -> None:
    settings = config(tiny, finetuning_type="full", num_train_epochs=3, per_device_train_batch_size=2, save_steps=1)
    undisturbed, disturbed = (job(tmp_path / name, tiny) for name in ("undisturbed", "disturbed"))
    FineTuner(settings, Rendered(dict(CLIPS)), Path()).train(undisturbed, Silent())
    with pytest.raises(KeyboardInterrupt):
        FineTuner(settings, Disturbed(dict(CLIPS), _preempted), Path()).train(disturbed, Silent())
    (disturbed.work / "checkpoint-3" / "optimizer.pt").unlink()
    watch = _Saying()
    FineTuner(settings, Rendered(dict(CLIPS)), Path()).train(disturbed, watch)
    assert watch.lines == ["training goes on from checkpoint-2"]
    assert _weights(tmp_path / "disturbed") == _weights(tmp_path / "undisturbed")


def test_interrupted_while_the_result_is_written(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task, settings = job(tmp_path, tiny), config(tiny, finetuning_type="lora", num_train_epochs=2)

    def half(*arguments: object) -> None:
        (Path(str(arguments[-1])) / "config.json").write_text("{")
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr("videostar.training.fitting.export", half)
        with pytest.raises(OSError, match="disk full"):
            FineTuner(settings, Rendered(dict(CLIPS)), Path()).train(task, Silent())
    assert not task.output.exists()
    source = Rendered(dict(CLIPS))
    result = FineTuner(settings, source, Path()).train(task, Silent())
    assert (source.loads, result.steps, len(result.losses)) == (0, 2, 2)
    checkpoints.check(str(task.output))
    assert not list(tmp_path.glob(".*"))


@pytest.mark.slow
@pytest.mark.parametrize("finetuning_type", ["full", "lora"])
def test_killed_in_a_step_and_while_saving(tiny: Path, tmp_path: Path, finetuning_type: str) -> None:
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    assert _train(undisturbed, tiny, finetuning_type) == 0
    # Each start saves at steps 2, 4 and 6 of 6 (optimizer, scheduler, random state and arguments); every kill leaves less to do.
    for kill in ("1", "in a step", "3", "7"):
        assert _train(disturbed, tiny, finetuning_type, kill) == -signal.SIGKILL
        assert not (disturbed / "output").exists()
    assert _train(disturbed, tiny, finetuning_type) == 0
    assert _weights(disturbed) == _weights(undisturbed)
    assert (disturbed / "work" / "result.json").read_bytes() == (undisturbed / "work" / "result.json").read_bytes()


@pytest.mark.slow
def test_a_process_that_gets_sigterm_leaves_a_checkpoint(tiny: Path, tmp_path: Path) -> None:
    undisturbed, disturbed = (tmp_path / name for name in ("undisturbed", "disturbed"))
    settings = child_settings(tiny, "full")
    FineTuner(settings, Rendered(dict(CLIPS)), Path()).train(job(undisturbed, tiny), Silent())
    with _started(disturbed, tiny, "full", "wait in a step") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        process.communicate("go on\n")
    assert process.returncode == 130
    assert (disturbed / "work" / "checkpoint-3" / "whole.json").is_file()
    task = job(disturbed, tiny)
    assert not task.output.exists()
    FineTuner(settings, Rendered(dict(CLIPS)), Path()).train(task, Silent())
    assert _weights(disturbed) == _weights(undisturbed)
