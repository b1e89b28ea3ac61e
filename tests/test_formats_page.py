"""docs/formats.md is what the code says, and says all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from videostar.datasets.importers import IMPORTERS
from videostar.datasets.lists import mappings
from videostar.datasets.questions import tasks
from videostar.export.formats import EXPORTERS
from videostar.formats_page import _module, page

PAGE = Path(__file__).parents[1] / "docs" / "formats.md"


def test_the_page_is_made_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make it anew: python -m videostar.formats_page"


def test_every_format_and_task_stands_on_the_page() -> None:
    text = page()
    assert [name for name in (*IMPORTERS, *EXPORTERS) if f"\n### {name}\n" not in text] == []
    assert [task for task in tasks() if f"\n| {task} | " not in text] == []
    assert text.count("```") % 2 == 0
    for people in ("LlamaFactory", "ms-swift", "Video-STaR"):
        assert f"\n## Coming from {people}\n" in text


@pytest.mark.parametrize("name", [name for name in IMPORTERS if name not in mappings()])
def test_every_importer_shows_a_row_and_names_its_page(name: str) -> None:
    text = _module(IMPORTERS[name]).__doc__ or ""
    assert re.search(r"^    \S", text, re.MULTILINE), "a row"
    assert re.search(r"https://\S+", text), "the page"


def test_formats_without_a_real_row_say_so() -> None:
    assert {name for name, found in IMPORTERS.items() if not found.verified} == {
        "ego-exo4d",
        "hmdb51-splits",
        "jigsaws",
        "moma-lrg",
        "video-star",
        "vstar-1m",
    }
    for section in page().split("\n### ")[1:]:
        name = section.split("\n", 1)[0]
        if name in IMPORTERS:
            assert section.startswith(f"{name}\n\n*unverified*\n") is not IMPORTERS[name].verified
    assert "situations are *unverified*" in page(), "of STAR only the questions were seen"
