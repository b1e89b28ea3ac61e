"""The command: what it refuses before anything is opened, and what its help must not import."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from videostar.app.command import _runs
from videostar.app.serving import Binding, address_of, is_loopback
from videostar.cli import commands
from videostar.errors import RunError, UserError

needs_gradio = pytest.mark.skipif(find_spec("gradio") is None, reason='Gradio is not installed: pip install "videostar[app]"')


def test_help_imports_neither_the_framework_nor_a_model_library() -> None:
    code = (
        "import sys\nfrom videostar.cli import commands\n"
        "try:\n commands(['app', '--help'])\n"
        "except SystemExit:\n print([name for name in ('gradio', 'torch', 'fastapi', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "--upload-mb" in done.stdout


@needs_gradio
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "nowhere is neither a run"),
        (["--videos", "nowhere"], "--videos nowhere: there is no such folder"),
        (["--index", "nowhere"], "--index nowhere: there is no such file"),
        (["--rubric", "nowhere"], "--rubric nowhere: there is no such file"),
    ],
)
def test_what_is_not_there_is_told_before_anything_is_opened(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = CliRunner().invoke(commands, ["app", *words]).exception
    assert isinstance(error, UserError)
    assert said in str(error)


def test_without_the_extra_the_command_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    error = CliRunner().invoke(commands, ["app"]).exception
    assert 'pip install "videostar[app]"' in str(error)


def test_a_folder_of_runs_is_opened_with_all_of_them(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").touch()
    (tmp_path / "c").mkdir()
    assert set(_runs(tmp_path)) == {"a", "b"}
    assert _runs(tmp_path / "a") == {"a": tmp_path / "a"}
    with pytest.raises(RunError, match="is neither a run"):
        _runs(tmp_path / "c")


def test_loopback_is_told_from_everything_else() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]")] == [True] * 5
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "192.168.1.4", "example.org", "")] == [False] * 5  # noqa: S104


def test_the_address_carries_the_token(tmp_path: Path) -> None:
    assert address_of(Binding("::1", None, "abc"), 7860) == "http://[::1]:7860/?token=abc"
    assert address_of(Binding(), 7861) == "http://127.0.0.1:7861/"
