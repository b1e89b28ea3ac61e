"""Every key of the config that a page names exists, and every config that a page shows is accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from tests.documentation.pages import Code, all_code
from videostar.config import Config, checked
from videostar.errors import ConfigError
from videostar.labels import KINDS

SECTIONS = {name: field.annotation for name, field in Config.model_fields.items()}
DOTTED = re.compile(r"(?<![\w./{])([a-z]\w*)\.(\w+(?:\.\w+)*)(\.\*)?(?![\w(/-])")
FILES = {"jsonl", "json", "csv", "yaml", "yml", "md", "py", "html", "log", "txt", "mp4", "svg", "pkl", "index", "before", "sbatch", "files"}
"""What comes behind the point where a file is named, such as train.csv."""
LEAST: dict[str, Any] = {"run": "r", "data": {"train": "t.jsonl"}, "model": {"model_name_or_path": "m"}}


def key_problem(key: str) -> str:
    """What is wrong with a dotted key, or ""."""
    first, *others = key.split(".")
    if first in KINDS:
        return "" if len(others) == 1 and others[0] in KINDS[first].model_fields else f'unknown label field "{key}"'
    if first == "labels":
        return key_problem(".".join(others)) if others and others[0] in KINDS else f'unknown key "{key}"'
    section: Any = SECTIONS.get(first)
    for part in others:
        if not (isinstance(section, type) and issubclass(section, BaseModel)):
            return "" if key.startswith(("select.forms.", "server.extra.")) else f'unknown key "{key}"'
        if part not in section.model_fields:
            return f'unknown key "{key}"'
        section = section.model_fields[part].annotation
    return "" if first in SECTIONS else f'unknown key "{key}"'


def problems(code: Code) -> Iterator[str]:
    """What is named wrongly in some code: keys with dots, and configs in YAML."""
    if code.kind == "yaml":
        yield from (f"{code.page}: {problem}" for block in code.text.split("\n\n") for problem in _config_problems(block))
        return
    for found in DOTTED.finditer(code.text):
        if found[1] in {*SECTIONS, *KINDS} and found[2].rpartition(".")[2] not in FILES:
            told = key_problem(f"{found[1]}.{found[2]}")
            yield from [f"{code.page}: {told}"] if told else []


def _config_problems(text: str) -> list[str]:
    """Of a YAML block that holds a config or a part of one; of others only whether they are YAML."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return [f"no YAML: {error}"]
    if not (isinstance(raw, dict) and set(raw) & set(SECTIONS)):
        return []
    try:
        checked({**LEAST, **{key: value for key, value in raw.items() if value is not None}})
    except ConfigError as error:
        return list(error.problems)
    return []


def test_every_key_on_the_pages_exists() -> None:
    code = [item for item in all_code() if item.kind not in {"python", "json"}]
    assert [problem for item in code for problem in problems(item)] == []
    named = {f"{found[1]}.{found[2]}" for item in code for found in DOTTED.finditer(item.text)}
    assert len([key for key in named if key.partition(".")[0] in SECTIONS and not key_problem(key)]) > 80, "they are found at all"


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        ("inline", "frames.max_pixel", 'unknown key "frames.max_pixel"'),
        ("inline", "select.forms: and number.relative_tolerence=0.1", 'unknown label field "number.relative_tolerence"'),
        ("inline", "labels.numbre.value", 'unknown key "labels.numbre.value"'),
        ("inline", "train.learning_rate.deep", 'unknown key "train.learning_rate.deep"'),
        ("yaml", "frames: {max_pixel: 3}", 'unknown key "frames.max_pixel"'),
        ("yaml", "run: a\nframe: {fps: 1}", 'unknown key "frame"'),
        ("yaml", "name: {question: What?, kind: count}", "no YAML"),
    ],
)
def test_what_does_not_exist_is_found(kind: str, text: str, problem: str) -> None:
    (found,) = problems(Code("a.md", kind, text))
    assert problem in found


@pytest.mark.parametrize(
    "text", ["train.csv", "videostar.rewards.reward", "model.ask(...)", "select.*", "select.forms.multi_turn", "data.train"]
)
def test_files_modules_and_keys_are_no_problem(text: str) -> None:
    assert list(problems(Code("a.md", "inline", text))) == []
