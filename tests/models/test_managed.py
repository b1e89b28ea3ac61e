"""A server process of our own: started, waited for, told apart from one that fails, and gone with the run however that ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import render_clip, rows_of, sample_row, write_config, write_table
from tests.models.tiny_checkpoint import build
from videostar.errors import ServerError
from videostar.models.managed import ManagedHost
from videostar.server_config import ModelServerConfig

ROOT = Path(__file__).parents[2]
VIDEOSTAR = Path(sys.executable).with_name("videostar")
STUB = "{python} -m tests.models.chat_process {port} {checkpoint}"
WAIT_SECONDS = 60.0


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stub is a module of the tests, for processes too."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "src")]))


def host_of(folder: Path, command: str | tuple[str, ...], **changes: Any) -> ManagedHost:
    settings = ModelServerConfig(**{"command": command, "start_seconds": WAIT_SECONDS, "stop_seconds": 20.0, **changes})
    return ManagedHost(settings, "base", folder)


def process_in(log: Path) -> int:
    """The server's own process id, as its log says it."""
    found = re.search(r"^process (\d+)$", log.read_text(), re.MULTILINE)
    assert found is not None, log.read_text()
    return int(found[1])


def comes_true(condition: Callable[[], bool], seconds: float = WAIT_SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def gone(process: int) -> bool:
    """Ended, or a zombie that nobody collects."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_it_serves_until_it_is_closed_and_can_be_opened_again(tmp_path: Path) -> None:
    host = host_of(tmp_path, STUB)
    address = host.open()
    first = process_in(tmp_path / "server.log")
    assert address.url.startswith("http://127.0.0.1:")
    assert address.model == "base"
    assert host.ended() == ""
    host.close()
    assert gone(first)
    host.open()
    assert process_in(tmp_path / "server.log") != first
    assert process_in(tmp_path / "server.before.log") == first
    host.close()


def test_what_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    host = host_of(tmp_path, f"{STUB} --deaf", stop_seconds=0.5)
    host.open()
    process = process_in(tmp_path / "server.log")
    host.close()
    assert gone(process)


def test_what_the_server_has_started_goes_with_it(tmp_path: Path) -> None:
    child = "import subprocess, sys; subprocess.run(['sleep', '300'])"
    inner = f'import subprocess, sys; print("child", subprocess.Popen([sys.executable, "-c", {child!r}]).pid, flush=True)'
    code = f"{inner}; import runpy; sys.argv = sys.argv[:2]; runpy.run_module('tests.models.chat_process', run_name='__main__')"
    host = host_of(tmp_path, ("{python}", "-c", code, "{port}", "{checkpoint}"))
    host.open()
    found = re.search(r"^child (\d+)$", (tmp_path / "server.log").read_text(), re.MULTILINE)
    assert found is not None
    host.close()
    assert comes_true(lambda: gone(int(found[1])), 10)


def test_a_program_that_is_not_there_is_said_before_anything_is_started(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match='starts with "no-such-server", which is no program here; install it'):
        host_of(tmp_path, "no-such-server {checkpoint} {port}").open()


def test_a_server_that_ends_at_once_is_shown_with_its_last_words(tmp_path: Path) -> None:
    code = "import sys; print('no such flag: --prot\\x1b[31m'); sys.exit(3)"
    with pytest.raises(ServerError) as error:
        host_of(tmp_path, ("{python}", "-c", code, "{port}", "{checkpoint}")).open()
    text = str(error.value)
    assert "the server's process ended (exit code 3)" in text
    assert "no such flag: --prot\\x1b[31m" in text
    assert str(tmp_path / "server.log") in text


def test_a_server_that_never_answers_is_given_up_and_ended(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"does not answer 4 s after its start.*server\.start_seconds") as error:
        host_of(tmp_path, f"{STUB} --silent", start_seconds=4.0).open()
    assert "The command was: {python} -m tests.models.chat_process" in str(error.value)
    assert gone(process_in(tmp_path / "server.log"))


def test_a_run_that_is_killed_takes_its_server_along(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from videostar.models.managed import ManagedHost;"
        "from videostar.server_config import ModelServerConfig;"
        f"ManagedHost(ModelServerConfig(command={STUB!r}), 'base', Path(sys.argv[1])).open(); print('open', flush=True); time.sleep(100)"
    )
    run = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert run.stdout is not None
    assert run.stdout.readline() == b"open\n"
    process = process_in(tmp_path / "server.log")
    assert not gone(process)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert comes_true(lambda: gone(process), 20)


def config_of(folder: Path, run: str, command: str) -> Path:
    """Six questions about three clips, two candidates each, batches of two questions."""
    for position, name in enumerate("abc"):
        if not (folder / f"{name}.mp4").exists():
            render_clip(folder / f"{name}.mp4", 40 + 60 * position)
    write_table(folder / "train.jsonl", [sample_row(f"t{number}", video=f"{'abc'[number % 3]}.mp4") for number in range(6)])
    raw: dict[str, Any] = {
        "run": str(folder / run),
        "cycles": 1,
        "data": {"train": str(folder / "train.jsonl")},
        "model": {"model_name_or_path": str(folder / "checkpoint"), "engine": "managed"},
        "server": {"command": command, "retries": 1, "start_seconds": WAIT_SECONDS, "check_video": "seen"},
        "frames": {"num_frames": 4, "cache": str(folder / f"cache-{run}")},
        "generate": {"n": 2, "temperature": 0.7, "batch_size": 4},
    }
    return write_config(folder / f"{run}.yaml", raw)


@pytest.mark.slow
def test_a_server_killed_half_way_ends_the_run_which_goes_on_to_the_same_answers(tmp_path: Path) -> None:
    build(tmp_path / "checkpoint")
    whole = config_of(tmp_path, "whole", STUB)
    killed = config_of(tmp_path, "killed", f"{STUB} --dies-at 6 {tmp_path / 'died'}")
    assert _select(whole).returncode == 0
    first = _select(killed)
    assert first.returncode == 1
    assert "the server's process ended (by SIGKILL)" in first.stderr
    assert "about to be killed" in first.stderr
    assert "Nothing that was answered is lost: the same command goes on from here." in first.stderr
    assert "Traceback" not in first.stderr
    assert len(rows_of(tmp_path / "killed" / "cycle-1" / "answers.jsonl")) == 4
    again = _select(killed)
    assert again.returncode == 0, again.stderr
    for name in ("ledger.json", "cycle-1/conversations.jsonl", "cycle-1/verdicts.jsonl"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    answers, same = (_without_seconds(tmp_path / run / "cycle-1" / "answers.jsonl") for run in ("killed", "whole"))
    assert answers == same
    assert json.loads((tmp_path / "whole" / "ledger.json").read_text())["cycle-1"]["kept"] == 6
    assert gone(process_in(tmp_path / "killed" / "server.log"))


def _select(config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([VIDEOSTAR, "select", config], capture_output=True, text=True, timeout=300, check=False)


def _without_seconds(path: Path) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows_of(path)]
