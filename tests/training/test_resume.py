"""A training that is killed and started again ends with the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.tiny_training import __file__ as child

ROOT = Path(child).parents[2]


def _train(folder: Path, base: Path, finetuning_type: str, kill: str = "") -> int:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    environment = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.training.tiny_training", str(folder), str(base), finetuning_type, kill]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _weights(folder: Path) -> bytes:
    return (folder / "output" / "model.safetensors").read_bytes()


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
