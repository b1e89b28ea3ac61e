"""Foreign text in Markdown: shown, never interpreted. Names stand as code, rows in a fence that they cannot close."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from videostar import shown

LONGEST_NAME = 80


def code(text: str) -> str:
    """The text on one line as inline code; neither backticks nor a table's bars nor control characters in it mean anything."""
    line = shown.one_line(text, LONGEST_NAME).replace("|", "\\|") or " "
    fence = "`" * (_longest_run(line) + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}"


def fenced(text: str, language: str) -> str:
    """The text as a block, in a fence longer than any in it."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{shown.visible(text)}\n{fence}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
