"""A block to paste into an issue: what the doctor found, without the user's name, folders or secrets."""

from __future__ import annotations

import contextlib
import getpass
import re
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from videostar import shown
from videostar.config import Config
from videostar.doctor import MARKS, Finding

SECTIONS = ("frames", "generate", "rationalize", "select", "train", "evaluate")
"""Parts of a config that may be shown: numbers and choices. Paths, addresses and names of models are left out or shortened."""
PATH = re.compile(r"(?<![\w.])~?(?:/[^\s:,;()'\"]+)+/?")
LINK = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+")
TOKEN = re.compile(r"\b(?:hf_|sk-|ghp_|gho_|xox[bp]-|AKIA)[\w-]{8,}|\b[A-Fa-f0-9]{32,}\b")


def bug_report(findings: Iterable[Finding], config: Config | None) -> str:
    """Markdown."""
    lines = [f"{MARKS[item.state]}  {item.title:<12}  {item.text}" for item in findings]
    if config is not None:
        lines += ["", *_settings(config)]
    block = [scrubbed(shown.visible(line)).replace("`", "'") for line in lines]
    return "\n".join(["<details><summary>videostar doctor</summary>", "", "```", *block, "```", "", "</details>"])


def scrubbed(text: str) -> str:
    """Links, paths but for their last part, what looks like a key, and the names of user and machine are left out."""
    text = TOKEN.sub("(key)", LINK.sub("(link)", text))
    text = PATH.sub(lambda found: f"(path)/{found[0].rstrip('/').rpartition('/')[2]}", text)
    for name in _names():
        text = re.sub(rf"\b{re.escape(name)}\b", "(name)", text)
    return text


def _names() -> Iterator[str]:
    """Of the user and of the machine; very short and common ones would only spoil the text."""
    found = {Path.home().name, socket.gethostname()}
    with contextlib.suppress(KeyError, OSError):  # a container without an entry for its user
        found.add(getpass.getuser())
    yield from sorted(name for name in found if len(name) > 2 and name not in {"root", "home", "user", "localhost"})


def _settings(config: Config) -> Iterator[str]:
    dumped: dict[str, Any] = config.model_dump(mode="json")
    yield f"model: engine={config.model.engine} dtype={config.model.dtype} name={_model(config.model.model_name_or_path)}"
    for section in SECTIONS:
        plain = {key: value for key, value in dumped[section].items() if isinstance(value, bool | int | float | dict) or _is_word(value)}
        yield f"{section}: " + " ".join(f"{key}={value}" for key, value in plain.items())


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z_]+", value) is not None


def _model(name: str) -> str:
    """A hub name as it is; of a folder nothing."""
    is_hub_name = re.fullmatch(r"[\w.-]+/[\w.-]+", name) is not None and not Path(name).expanduser().exists()
    return name if is_hub_name else "(local)"
