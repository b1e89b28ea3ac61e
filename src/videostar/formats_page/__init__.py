"""docs/formats.md, made of the formats themselves: `python -m videostar.formats_page` writes it."""

from __future__ import annotations

import inspect
import re
from functools import partial
from importlib.resources import files
from types import ModuleType

from videostar.datasets.importer import Format
from videostar.datasets.importers import IMPORTERS
from videostar.datasets.lists import mappings
from videostar.datasets.questions import tasks, wordings
from videostar.export.formats import EXPORTERS

LEAST_INDENT = 4


def page() -> str:
    """The whole page."""
    parts = [
        _text("head.md"),
        "## In",
        _index(),
        *(_importer(name, found) for name, found in sorted(IMPORTERS.items())),
        "## Questions that are asked",
        _questions(),
        "## Out",
        _text("out.md"),
        *(_exporter(name) for name in EXPORTERS),
        _text("coming_from.md"),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _index() -> str:
    rows = [f"| `{name}` | {found.title} | {_status(found)} |" for name, found in sorted(IMPORTERS.items())]
    return "\n".join(["| format | what | tried on real rows |", "|---|---|---|", *rows])


def _status(found: Format) -> str:
    return "yes" if found.verified else "*unverified*"


def _importer(name: str, found: Format) -> str:
    lines = [f"### {name}", "", *([] if found.verified else ["*unverified*", ""])]
    if name in mappings():
        mapping = mappings()[name]
        lines += [f"{mapping.title}: a mapping over lists of video and class ({mapping.page}).", "", "```", mapping.row, "```"]
    else:
        lines.append(_markdown((_module(found).__doc__ or "").strip()))
    lines += ["", f"Name {found.files}. Asks: {', '.join(found.tasks)}."]
    if found.settings:
        lines += ["", *(f"- `--set {setting}=...` {meaning}" for setting, meaning in found.settings.items())]
    return "\n".join(lines)


def _module(found: Format) -> ModuleType:
    read = found.read.func if isinstance(found.read, partial) else found.read
    module = inspect.getmodule(read)
    if module is None:
        raise RuntimeError(f"the reader of {found.title} has no module")
    return module


def _questions() -> str:
    rows = [f"| {task} | {len(wordings(task))} | {wordings(task)[0]} |" for task in tasks()]
    return "\n".join(["| task | wordings | one of them |", "|---|---|---|", *rows])


def _exporter(name: str) -> str:
    return f"### {name}\n\n{_markdown(inspect.getdoc(EXPORTERS[name]) or '')}"


def _markdown(text: str) -> str:
    """A docstring, with what is indented or a JSON row as code."""
    lines: list[str] = []
    is_code = False
    for line in text.splitlines():
        if line.strip() and _is_code(line, is_code) != is_code:
            is_code = not is_code
            lines.insert(len(lines) - (not is_code and lines[-1] == ""), "```")
        lines.append(line.removeprefix(" " * LEAST_INDENT) if is_code else line)
    return "\n".join([*lines, "```"] if is_code else lines)


def _is_code(line: str, was_code: bool) -> bool:
    """Indented; or a row of JSON, which goes on to the next blank line."""
    return line.startswith((" " * LEAST_INDENT, "{")) or (was_code and re.match(r"[A-Z`h*]", line) is None)


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
