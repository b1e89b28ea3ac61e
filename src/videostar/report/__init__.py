"""`RUN/report.html`: what a run did and gave, on one page that needs nothing else."""

from __future__ import annotations

from pathlib import Path

from videostar.report.page import render
from videostar.store import RunStore, read_config, write_text


def write_report(run: Path) -> Path:
    """Write `report.html` into a run directory, finished or not, and return its path.

    The page is one file: no links, no scripts, no fonts. The same run gives the same bytes. Raises `RunError` when the
    folder holds no run.
    """
    config = read_config(run)
    page = run / "report.html"
    write_text(page, render(RunStore(run), config))
    return page
