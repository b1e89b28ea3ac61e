"""A decoding process may hang, die, print or be killed: it costs one row, never the run, and none outlives its parent."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.video.rendered import steady, write_numbered
from videostar.video.frames import FrameFailure
from videostar.video.workers import Reply, WorkerPool

MISBEHAVING = """
    import os, signal, sys
    from videostar.video.worker import serve

    def answer(request):
        name = request["path"]
        if name == "hang":
            while True:
                pass
        if name == "die":
            os.kill(os.getpid(), signal.SIGSEGV)
        if name == "raise":
            raise ZeroDivisionError("by the decoder")
        if name == "print":
            os.write(1, b"noise of a library")
        if name == "lie":
            os.write(3, b"noise of a library")
        if name == "once" and not os.path.exists(request["mark"]):
            open(request["mark"], "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        return {"pid": os.getpid()}, b"pixels"

    serve(answer)
"""


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    script = tmp_path / "misbehaving.py"
    script.write_text(textwrap.dedent(MISBEHAVING))
    return [sys.executable, str(script)]


def pid_of(pool: WorkerPool, name: str = "good") -> int:
    reply = pool.ask({"path": name}, 30)
    assert isinstance(reply, Reply), reply
    assert reply.payload == b"pixels"
    return int(reply.message["pid"])


def gone(pid: int, within_seconds: float = 20) -> bool:
    """Whether a process that is not ours to wait for has ended, or does so in time."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within_seconds)[0])
    finally:
        os.close(handle)


def test_a_process_is_kept_for_the_next_request(command: list[str]) -> None:
    with WorkerPool(1, command) as pool:
        assert pid_of(pool) == pid_of(pool)


def test_a_hang_costs_one_row(command: list[str]) -> None:
    with WorkerPool(1, command) as pool:
        before = pid_of(pool)
        started = time.monotonic()
        failure = pool.ask({"path": "hang"}, 0.5)
        assert time.monotonic() - started < 5
        assert failure == FrameFailure("time limit", "no answer within 0.5 s; the decoding process was killed")
        assert gone(before)
        assert pid_of(pool) != before


def test_a_death_costs_one_row_and_says_how(command: list[str]) -> None:
    with WorkerPool(1, command) as pool:
        failure = pool.ask({"path": "die"}, 30)
        assert failure == FrameFailure("decoder error", "the decoding process ended with signal 11 (SIGSEGV)")
        assert pid_of(pool)


def test_a_fault_of_ours_is_told_with_its_traceback(command: list[str]) -> None:
    with WorkerPool(1, command) as pool:
        failure = pool.ask({"path": "raise"}, 30)
        assert isinstance(failure, FrameFailure)
        assert failure.message.endswith("ZeroDivisionError: by the decoder")


def test_a_row_whose_process_was_killed_for_anothers_sake_is_asked_again(command: list[str], tmp_path: Path) -> None:
    with WorkerPool(1, command) as pool:
        os.kill(pid_of(pool), signal.SIGKILL)
        assert pid_of(pool)
        assert isinstance(pool.ask({"path": "once", "mark": str(tmp_path / "mark")}, 30), Reply)


def test_noise_on_stdout_is_no_reply(command: list[str]) -> None:
    with WorkerPool(1, command) as pool:
        assert pid_of(pool, "print")


def test_a_process_that_cannot_start_is_not_blamed_on_the_videos() -> None:
    with (
        WorkerPool(1, [sys.executable, "-c", "raise SystemExit('no such decoder')"]) as pool,
        pytest.raises(RuntimeError, match=r"could not start .*status 1: no such decoder"),
    ):
        pool.ask({"path": "good"}, 30)


def test_a_closed_pool_starts_nothing(command: list[str]) -> None:
    pool = WorkerPool(1, command)
    pid = pid_of(pool)
    pool.close()
    assert gone(pid)
    assert pool.ask({"path": "good"}, 30) == FrameFailure("decoder error", "the pool of decoding processes is closed")
    pool.close()


def test_a_file_that_never_opens_is_given_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mp4")
    with WorkerPool(1) as pool:
        failure = pool.ask({"do": "digest", "path": str(tmp_path / "a.mp4")}, 1.0)
        assert isinstance(failure, FrameFailure)
        assert failure.reason == "time limit"
        good = pool.ask({"do": "probe", "path": str(write_numbered(tmp_path / "b.mp4", steady(10)))}, 30)
        assert isinstance(good, Reply)
        assert good.message["info"]["num_frames"] == 10


@pytest.mark.parametrize("stuck", ["in a system call", "in a computation", "idle"])
def test_no_process_outlives_a_killed_parent(command: list[str], tmp_path: Path, stuck: str) -> None:
    os.mkfifo(tmp_path / "a.mp4")
    request, program = {
        "in a system call": ({"do": "probe", "path": str(tmp_path / "a.mp4")}, [sys.executable, "-m", "videostar.video.worker"]),
        "in a computation": ({"path": "hang"}, command),
        "idle": ({"path": "good"}, command),
    }[stuck]
    parent = f"""
        import os, subprocess, sys
        from videostar.video import workers
        original = subprocess.Popen.__init__
        def told(self, *args, **kwargs):
            original(self, *args, **kwargs)
            os.write(1, b"%d " % self.pid)
        subprocess.Popen.__init__ = told
        workers.WorkerPool(1, {program!r}).ask({request!r}, 600)
        os.write(1, b"answered")
        sys.stdin.read()
    """
    parent_command = [sys.executable, "-c", textwrap.dedent(parent)]
    with subprocess.Popen(parent_command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        pid = int(process.stdout.read(20).split()[0])
        process.kill()
    assert gone(pid)


def test_a_decoding_process_loads_no_model_library() -> None:
    program = "import sys, videostar.video.worker; print([name for name in ('torch', 'transformers', 'pydantic') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
