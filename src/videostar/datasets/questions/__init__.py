"""Wordings of what is asked, one text file for each task, one wording a line. Neither options nor format: the label adds those.

Names in quotes stand as the source writes them, so that labels in any grammar fit; times are seconds from the clip's start.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from videostar.seeds import seed_for

_SLOT = re.compile(r"\{(\w+)\}")


def tasks() -> tuple[str, ...]:
    """Every task that has wordings, sorted."""
    return tuple(sorted(item.name.removesuffix(".txt") for item in files(__package__).iterdir() if item.name.endswith(".txt")))


@cache
def wordings(task: str) -> tuple[str, ...]:
    """All wordings of a task."""
    text = files(__package__).joinpath(f"{task}.txt").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def worded(task: str, seed: int, identity: str, slots: Mapping[str, object]) -> str:
    """The wording of `task` that the seed draws for the sample called `identity`, its `{slots}` filled."""
    found = wordings(task)
    question = found[seed_for(seed, "question", task, identity) % len(found)]
    return _SLOT.sub(lambda match: _shown(slots[match[1]]), question)


def _shown(value: object) -> str:
    """Times and numbers with at most two decimals; texts without double quotes, which the wordings set around them."""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return " ".join(str(value).split()).replace('"', "'").rstrip(".")
