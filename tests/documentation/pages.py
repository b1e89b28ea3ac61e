"""The pages of docs/ as the tests read them: their code, their links, their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
LINK = re.compile(r"\]\(([^)\s]+)\)")


class Code(NamedTuple):
    """What a page shows as code. kind: of a block what its fence says; "inline" of the others."""

    page: str
    kind: str
    text: str


def code(text: str, page: str) -> Iterator[Code]:
    """Blocks first, then what stands in lines."""
    for block in BLOCK.finditer(text):
        yield Code(page, block[1], block[2])
    for inline in INLINE.finditer(BLOCK.sub("", text)):
        yield Code(page, "inline", " ".join(inline[1].split()))


def all_code() -> list[Code]:
    """The code of all pages."""
    return [item for page in PAGES for item in code(page.read_text(encoding="utf-8"), page.name)]


def slugs(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    heads = re.findall(r"^#+ (.+)$", BLOCK.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", head).lower()).replace(" ", "-") for head in heads}
