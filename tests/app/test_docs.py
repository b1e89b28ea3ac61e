"""The tour shows real pictures, small enough for a repository."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).parents[2] / "docs"


def test_every_picture_of_the_tour_is_there_and_small() -> None:
    named = re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", (DOCS / "app.md").read_text(encoding="utf-8"))
    assert len(named) >= 6
    assert sorted(named) == sorted(f"app/{path.name}" for path in (DOCS / "app").glob("*.png"))
    for name in named:
        assert (DOCS / name).stat().st_size <= 200_000
        with Image.open(DOCS / name) as picture:
            assert picture.format == "PNG"
            assert picture.width >= 400


def test_every_option_that_the_tour_names_is_one() -> None:
    from videostar.app.command import app_command

    known = {option for parameter in app_command.params for option in parameter.opts} | {"--out"}
    assert set(re.findall(r"--[a-z][a-z-]+", (DOCS / "app.md").read_text(encoding="utf-8"))) <= known
