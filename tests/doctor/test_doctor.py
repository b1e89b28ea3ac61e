"""What the doctor finds on this machine, on machines that lack something, and what its report leaves out."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import render_clip, sample_row, write_config, write_table
from videostar import doctor
from videostar.cli import commands
from videostar.config import FramesConfig, checked
from videostar.doctor import Finding, machine, packages, tokens, videos
from videostar.doctor.bug_report import bug_report, scrubbed
from videostar.doctor.misfits import EXTRAS, MISFITS, misfits
from videostar.errors import ConfigError
from videostar.plan.longest import longest

ROOT = Path(__file__).parents[2]
TINY = ROOT / "src" / "videostar" / "playground" / "tiny"


def table_of(folder: Path) -> Path:
    """Clips of 2 s and 8 s without an end, spans of a file of 6 s, a broken file."""
    for name, frames in (("short", 16), ("long", 64), ("spans", 48)):
        render_clip(folder / f"{name}.mp4", 60, num_frames=frames)
    (folder / "broken.mp4").write_text("no video")
    rows = [sample_row(name, video=f"{name}.mp4") for name in ("short", "long", "broken")]
    rows += [sample_row(f"span-{start}", video="spans.mp4", start_seconds=start, end_seconds=start + 1.0) for start in range(5)]
    return write_table(folder / "train.jsonl", rows)


def run_apart(program: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *words], env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_doctor_works_where_torch_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise OSError('libcudart.so.13: cannot open shared object file')")
    path = f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    done = run_apart("from videostar.cli import main; main()", "doctor", PYTHONPATH=path)
    assert done.returncode == 1, done.stderr
    assert "BAD   torch         cannot be imported: OSError: libcudart.so.13: cannot open shared object file" in done.stdout
    assert "ok    sample clip   16 frames of 64 x 64 written as H.264 and read back in" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_doctor_imports_nothing_heavy_itself() -> None:
    program = """
import sys
from videostar.doctor import machine, packages, tokens, videos
from videostar.config import FramesConfig
machine._torch = lambda: {"cards": [], "built_for": "CPU", "bf16": False}
found = [*packages.versions(), *packages.extras(), *machine.accelerators(), *videos.decoders(), *videos.sample_decode(FramesConfig())]
print([item.text for item in found if item.state == "bad"], [name for name in ("torch", "transformers", "ray") if name in sys.modules])
"""
    done = run_apart(program)
    assert done.stdout.strip() == "[] []", done.stdout + done.stderr


def test_the_longest_clip_of_a_table_and_its_tokens_are_found(tmp_path: Path) -> None:
    config = checked(
        {
            "run": "r",
            "data": {"train": str(table_of(tmp_path))},
            "model": {"model_name_or_path": str(TINY)},
            "frames": {"fps": 2.0, "max_frames": 12},
        }
    )
    found = longest(config)
    assert found.row is not None
    assert found.clip is not None
    assert (found.row.sample.id, found.clip.duration_seconds, found.clip.sampling.num_frames) == ("long", 8.0, 12)
    assert (found.rows, found.files, found.looked, found.unread) == (8, 4, 4, 1)
    first, unread, plan = tokens.longest(config)
    assert first.text.startswith("long.mp4, 8.0s: 12 frames of 64 x 64")
    assert "capped at max_frames=12" in first.text
    assert unread.text == "1 of them cannot be read"
    assert "512 answer = ~" in plan.text
    assert "the model's context holds" in plan.text


def test_a_span_is_as_long_as_its_row_says_not_as_its_file(tmp_path: Path) -> None:
    table_of(tmp_path)
    rows = [sample_row("file", video="short.mp4"), sample_row("span", video="long.mp4", start_seconds=2.0, end_seconds=5.0)]
    config = tokens.config_of(write_table(tmp_path / "t.jsonl", rows))
    found = longest(config)
    assert found.row is not None
    assert found.clip is not None
    assert (found.row.sample.id, found.clip.duration_seconds) == ("span", 3.0)


def test_tokens_beyond_the_context_are_bad(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    text = {"num_attention_heads": 2, "hidden_size": 8, "num_hidden_layers": 1, "intermediate_size": 8, "vocab_size": 9}
    (model / "config.json").write_text(json.dumps({**text, "max_position_embeddings": 520}))
    raw = {"run": "r", "data": {"train": str(table_of(tmp_path))}, "model": {"model_name_or_path": str(model)}}
    bad = [item for item in tokens.longest(checked(raw)) if item.state == "bad"]
    assert len(bad) == 1
    assert bad[0].text.endswith("the model's context holds 520")
    assert bad[0].remedy == "lower frames.max_frames or frames.max_pixels, or cut the clips shorter"


def test_a_table_without_a_readable_video_is_bad(tmp_path: Path) -> None:
    table = write_table(tmp_path / "t.jsonl", [sample_row("a", video="gone.mp4")])
    (found,) = tokens.longest(tokens.config_of(table))
    assert (found.state, found.text) == ("bad", "no readable video (1 of 1 headers read, 1 rows)")


def test_what_is_neither_config_nor_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"clip\.mp4 is neither a config \(\.yaml\) nor a table"):
        doctor.examine(tmp_path / "clip.mp4")


def test_a_table_that_is_not_there_is_a_finding_beside_the_others(tmp_path: Path) -> None:
    (found,) = tokens.longest(tokens.config_of(tmp_path / "gone.jsonl"))
    assert found.state == "bad"
    assert found.text.startswith(f"there is no table {tmp_path / 'gone.jsonl'}")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"torch": "2.13.0+cpu", "torchcodec": "0.14.0"}, "torchcodec 0.14 and later links CUDA libraries"),
        ({"torch": "2.13.0", "torchvision": "0.27.1"}, r"torchvision 0.N is built for torch 2.(N - 15) alone"),
        ({"decord": "0.6.0"}, "decord is unmaintained"),
        ({"transformers": "4.57.0"}, "written for transformers 5"),
        ({"ray": "2.64.0"}, "written for Ray 2.60 to 2.63"),
    ],
)
def test_versions_known_not_to_fit_are_told_with_the_reason(found: Mapping[str, str], words: str) -> None:
    assert [item.reason for item in misfits(found) if words in item.reason]


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"torch": "2.13.0", "torchvision": "0.28.0", "transformers": "5.23.0", "ray": "2.60.0"},
        {"torch": "2.13.0+cpu", "torchcodec": "0.13.0", "torchvision": "0.28.0+cpu"},
        {"torch": "2.13.0", "torchcodec": "0.17.0"},
        {"torch": "not a version"},
    ],
)
def test_versions_that_fit_are_not(found: Mapping[str, str]) -> None:
    assert misfits(found) == []


def test_every_misfit_says_why_and_what_to_do() -> None:
    assert all(item.reason and item.remedy for item in MISFITS)


def test_every_optional_part_is_looked_for() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {name for name in extras if name != "dev"} <= EXTRAS.keys()
    assert {item.text.partition(":")[0] for item in packages.extras()} == EXTRAS.keys()


def test_a_cache_without_room_or_rights_is_told(tmp_path: Path) -> None:
    (found,) = machine.cache_disk(FramesConfig(cache=tmp_path / "new" / "cache", cache_gib=1e9))
    assert found.state == "note"
    assert found.remedy.startswith("set frames.cache_gib to at most")
    (tmp_path / "file").write_text("")
    (found,) = machine.cache_disk(FramesConfig(cache=tmp_path / "file" / "cache"))
    assert (found.state, found.remedy) == ("bad", "set frames.cache to another folder")
    (found,) = machine.cache_disk(FramesConfig(cache_gib=0))
    assert found.text.startswith("off (frames.cache_gib=0)")


def test_a_card_that_the_driver_shows_and_torch_does_not_is_bad(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "_torch", lambda: {"cards": [], "built_for": "CPU", "bf16": False})
    smi = tmp_path / "nvidia-smi"
    smi.write_text("#!/bin/sh\necho NVIDIA Imaginary 9000\n")
    smi.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    bad = [item for item in machine.accelerators() if item.state == "bad"]
    assert [item.text for item in bad] == ["the driver shows NVIDIA Imaginary 9000, but torch does not see it"]


def test_a_card_without_bfloat16_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_torch", lambda: {"cards": [["Old", 8 << 30]], "built_for": "12.8", "bf16": False})
    assert [item.remedy for item in machine.accelerators() if item.state == "note"] == ["set model.dtype=float16"]


def test_a_decoder_that_gives_other_pictures_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    from videostar.video import write

    original = write.write_mp4
    monkeypatch.setattr(write, "write_mp4", lambda path, frames, fps: original(path, 255 - frames, fps))
    (found,) = videos.sample_decode(FramesConfig())
    assert found.state == "bad"
    assert found.text.startswith("other pictures came back")


def test_the_report_holds_no_names_folders_or_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "marie")
    monkeypatch.setenv("HOME", "/home/marie")
    assert getpass.getuser() == "marie"
    findings = [
        Finding("cache", "bad", "/home/marie/.cache/secret project/x cannot be written to by marie", "do /home/marie/this"),
        Finding("server", "ok", "https://token@host.example/v1?key=abc hf_abcdefghijklmnop sk-0123456789abcdef `rm`"),
    ]
    raw = {
        "run": "/data/marie/run",
        "data": {"train": "/data/marie/t.jsonl"},
        "model": {"model_name_or_path": str(TINY)},
        "judge": {"url": "http://10.0.0.1/v1", "model": "m", "key_variable": "OUR_KEY"},
        "frames": {"cache": "/home/marie/cache"},
    }
    text = bug_report(findings, checked(raw))
    for secret in ("marie", "/home", "/data", "host.example", "hf_abc", "sk-01", "10.0.0.1", "OUR_KEY", str(ROOT)):
        assert secret not in text, secret
    assert text.count("```") == 2
    assert "name=(local)" in text
    assert "generate: n=1 temperature=0.2" in text
    hub = checked({**raw, "model": {"model_name_or_path": "Qwen/Qwen3-VL-8B-Instruct"}})
    assert "name=Qwen/Qwen3-VL-8B-Instruct" in bug_report([], hub)


@pytest.mark.parametrize("text", ["reads h264, hevc", "2.60 to 2.63", "16 frames of 64 x 64", "fps=2.0 n=4", "libavcodec 62.28.102"])
def test_what_is_no_secret_stays(text: str) -> None:
    assert scrubbed(text) == text


def test_the_command_prints_both_forms_and_says_by_its_code_whether_a_run_would_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_torch", lambda: {"cards": [], "built_for": "CPU", "bf16": False})
    monkeypatch.setattr(machine, "_cards_of_the_driver", list)
    raw = {"run": "r", "data": {"train": str(table_of(tmp_path))}, "model": {"model_name_or_path": str(TINY)}}
    config = write_config(tmp_path / "c.yaml", {**raw, "frames": {"cache": str(tmp_path / "cache"), "cache_gib": 0.001}})
    plain = CliRunner().invoke(commands, ["doctor", str(config)])
    assert plain.exit_code == 0, plain.output
    assert "ok    longest clip  long.mp4, 8.0s" in plain.output
    assert plain.output.endswith("\n\nnothing here would stop a run\n")
    (tmp_path / "gone.yaml").write_text(config.read_text().replace("train.jsonl", "gone.jsonl"))
    gone = CliRunner().invoke(commands, ["doctor", str(tmp_path / "gone.yaml")])
    assert gone.exit_code == 1
    assert gone.output.endswith("\n\n1 of these would stop a run: see BAD above\n")
    report = CliRunner().invoke(commands, ["doctor", str(config), "--bug-report"])
    assert report.exit_code == 0, report.output
    assert report.output.startswith("<details><summary>videostar doctor</summary>\n\n```\nok    videostar")
    assert report.output.endswith("```\n\n</details>\n")
    assert str(tmp_path) not in report.output
