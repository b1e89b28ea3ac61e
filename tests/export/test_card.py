"""The dataset card: its header is YAML whatever names hold, its tables add up, and it tells how the data was made."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.export.conftest import NAME
from videostar.config import Config
from videostar.errors import UserError
from videostar.export.card import public_name
from videostar.export.formats import EXPORTERS
from videostar.export.make import Options, export
from videostar.export.markdown import code, fenced


def card_of(finished: Config, folder: Path, name: str = "llamafactory", options: Options = Options()) -> tuple[dict[str, Any], str]:
    export(finished.run, name, folder, options)
    text = (folder / "README.md").read_text(encoding="utf-8")
    _, header, body = text.split("---\n", 2)
    loaded: dict[str, Any] = yaml.safe_load(header)
    return loaded, body


@pytest.mark.parametrize("name", EXPORTERS)
def test_the_header_is_what_the_hub_reads(name: str, finished: Config, tmp_path: Path) -> None:
    header, _ = card_of(finished, tmp_path / "x", name)
    assert header["task_categories"] == ["video-text-to-text", "visual-question-answering"]
    assert header["size_categories"] == ["n<1K"]
    assert all((tmp_path / "x" / config["data_files"]).is_file() for config in header["configs"])
    assert sum(config.get("default", False) for config in header["configs"]) == 1


def test_the_card_says_how_it_was_made(finished: Config, tmp_path: Path) -> None:
    _, body = card_of(finished, tmp_path / "x")
    for said in (
        "| base model | `script.json` |",
        "| answers | 2 a question, temperature 1, at most 512 tokens |",
        "| thresholds of labels | `number.relative_tolerance = 0.02` |",
        "| forms per kept answer | reasoned 1, direct 1, choice 1, multi_turn 1 |",
        "| 1 | 9 | 8 |",
        "quarantined",
        "which this format cannot say; --videos",
    ):
        assert said in body
    assert str(tmp_path) not in body


def test_the_numbers_of_each_table_add_up_to_the_rows(finished: Config, tmp_path: Path) -> None:
    written = export(finished.run, "llamafactory", tmp_path / "x")
    body = (tmp_path / "x" / "README.md").read_text(encoding="utf-8")
    for file, rows in written.counts.items():
        tables = re.findall(rf"`{re.escape(file)}` by [\w ]+:\n\n\| .*\n\| ---.*\n((?:\|.*\n)+)", body)
        assert len(tables) >= 4
        for table in tables:
            assert sum(int(number) for number in re.findall(r"\| (\d+) \|$", table, re.MULTILINE)) == rows


def test_hostile_names_are_shown_and_mean_nothing(finished: Config, tmp_path: Path) -> None:
    header, body = card_of(finished, tmp_path / "x")
    assert set(header) == {
        *("pretty_name", "license", "license_name", "license_link", "task_categories", "tags", "size_categories", "configs"),
    }
    outside = re.sub(r"(`{3,})json\n.*?\n\1", "", body, flags=re.DOTALL)
    plain = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", outside)
    assert "<script>" in outside, "it is shown"
    assert "<script>" not in plain
    assert "http://evil" not in plain
    assert not re.search(r"^# Not a heading", body, re.MULTILINE)


@pytest.mark.parametrize("text", [NAME, "`", "``x`", "a|b", "", "x\n---\ny: z", "\x1b[31mred", "\ud800", "\u202eabc"])
def test_inline_code_cannot_be_left(text: str) -> None:
    shown = code(text)
    fence = re.match("`+", shown)
    assert fence is not None
    inside = shown[len(fence.group()) : -len(fence.group())]
    assert shown.endswith(fence.group())
    assert fence.group() not in re.findall("`+", inside)
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)\|", shown)
    shown.encode("utf-8")


def test_a_fence_is_longer_than_any_in_the_text() -> None:
    assert fenced("a\n`````\nb", "json").splitlines()[0] == "``````json"


def test_a_licence_that_all_sources_state_stands_in_the_header(finished: Config, tmp_path: Path) -> None:
    header, body = card_of(finished, tmp_path / "x")
    assert header["license"] == "other", "some rows state none"
    assert re.search(r"\| `kitchen` \| `cc-by-4.0` \| \d+ \|", body)
    assert re.search(r"\| `dives` \| not stated \| \d+ \|", body)
    header, body = card_of(finished, tmp_path / "y", options=Options(licence="cc-by-nc-4.0"))
    assert header["license"] == "cc-by-nc-4.0"
    assert "license_name" not in header


@pytest.mark.parametrize("licence", ["mit\nviewer: false\n---\n# x", "My Own", "x" * 60])
def test_a_licence_that_is_no_identifier_is_refused(licence: str, finished: Config, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"--license .*: write an identifier of the Hub, such as cc-by-4\.0"):
        export(finished.run, "swift", tmp_path / "x", Options(licence=licence))
    assert not (tmp_path / "x").exists()


def test_the_name_of_the_run_directory_cannot_inject_yaml(finished: Config, tmp_path: Path) -> None:
    odd = tmp_path / "run\n---\nviewer: false"
    shutil.copytree(finished.run, odd)
    export(odd, "swift", tmp_path / "x")
    _, header, _ = (tmp_path / "x" / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    assert "viewer" not in yaml.safe_load(header)


@pytest.mark.parametrize(
    ("model", "shown"),
    [
        ("Qwen/Qwen2.5-VL-7B-Instruct", "Qwen/Qwen2.5-VL-7B-Instruct"),
        ("/home/someone/models/mine", "mine"),
        ("runs/x/cycle-1/checkpoint/", "checkpoint"),
        (r"C:\models\mine", "mine"),
        ("~/mine", "mine"),
    ],
)
def test_a_models_path_stays_private(model: str, shown: str) -> None:
    assert public_name(model) == shown
