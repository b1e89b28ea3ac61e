"""Every command, option and key=value that a page shows exists; every command stands in the reference."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from tests.documentation.pages import PAGES, Code, all_code
from tests.documentation.test_keys import key_problem
from videostar.cli import commands
from videostar.reference_page import page

CALL = re.compile(r"(?:^|(?<=[\s`(|;&]))videostar ([a-z][a-z-]*)([^\n|;&#]*)", re.MULTILINE)
OPTION = re.compile(r"(?<=\s)(--[a-z][a-z-]*)")
SETTING = re.compile(r"(?<=\s)([a-z]\w*(?:\.\w+)+)=")
OVERRIDES = {"run", "generate", "verify", "rationalize", "select", "train", "evaluate"}
GENERAL = {"--help", "--version"}


def problems(code: Code) -> Iterator[str]:
    """What is named wrongly in the calls of `videostar` in some code."""
    for call in CALL.finditer(code.text.replace("\\\n", " ")):
        name, words = call[1], _plain(call[2])
        command = commands.commands.get(name)
        if command is None:
            yield f"{code.page}: there is no command videostar {name}"
            continue
        known = {option for item in command.params if isinstance(item, click.Option) for option in item.opts} | GENERAL
        yield from (f"{code.page}: videostar {name} has no {option}" for option in OPTION.findall(words) if option not in known)
        if name in OVERRIDES:
            yield from (f"{code.page}: videostar {name} {told}" for key in SETTING.findall(words) if (told := key_problem(key)))


def _plain(words: str) -> str:
    """Without what is quoted: it is an argument's text."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", "''", words)


def test_every_command_and_option_on_the_pages_exists() -> None:
    code = [item for item in all_code() if item.kind != "python"]
    assert [problem for item in code for problem in problems(item)] == []
    assert {call[1] for item in code for call in CALL.finditer(item.text)} == set(commands.commands), "all are named somewhere"


def test_the_reference_is_made_of_the_code() -> None:
    (reference,) = (path for path in PAGES if path.name == "reference.md")
    assert reference.read_text(encoding="utf-8") == page(), "make it anew: python -m videostar.reference_page"
    assert [name for name in commands.commands if f"\n### videostar {name}\n" not in page()] == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("videostar rnu config.yaml", "no command videostar rnu"),
        ("$ videostar run config.yaml --dryrun", "videostar run has no --dryrun"),
        ("videostar check a.jsonl && videostar run c.yaml generate.m=4", 'unknown key "generate.m"'),
        ("pip install x\nvideostar export RUN \\\n    --form llava", "videostar export has no --form"),
    ],
)
def test_what_does_not_exist_is_found(text: str, problem: str) -> None:
    (found,) = problems(Code("a.md", "", text))
    assert problem in found


def test_what_exists_or_is_only_text_is_not_a_problem() -> None:
    text = 'videostar explain "--what a.b=c" --label \'{"kind": "count"}\'\nvideostar run c.yaml data.train=a.csv --dry-run # --plan'
    assert list(problems(Code("a.md", "", text))) == []
