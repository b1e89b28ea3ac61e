"""Where figures go: each script owns one marked section of docs/performance.md and writes it anew; the rest stays as it is."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
HEAD = "# How fast\n\nEach section is written by the script that it names, from one run on the machine that it names.\n"


def write_section(script: str, title: str, text: str, page: Path = PAGE) -> None:
    """Put `text` (Markdown) between the marks of `script`, at the end of the page where it has none yet."""
    begin, end = f"<!-- begin {script} -->", f"<!-- end {script} -->"
    body = f"{begin}\n## {title}\n\n`python {script}`, {datetime.now(UTC):%Y-%m-%d}, {machine()}.\n\n{text.strip()}\n{end}\n"
    old = page.read_text(encoding="utf-8") if page.exists() else HEAD
    marked = re.compile(rf"{re.escape(begin)}.*?{re.escape(end)}\n", re.DOTALL)
    new = marked.sub(lambda _: body, old) if marked.search(old) else f"{old.rstrip()}\n\n{body}"
    page.write_text(new, encoding="utf-8")


def machine() -> str:
    """The processor and how busy it was."""
    try:
        names = re.findall(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        names = []
    busy = os.getloadavg()[0]
    others = f"; other work was going on (load {busy:.1f})" if busy > (os.cpu_count() or 1) else ""
    return f"{os.cpu_count()} cores of {names[0].strip() if names else platform.machine()}{others}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
