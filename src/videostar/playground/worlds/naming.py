"""Label names that no dictionary and no pre-training text holds."""

from __future__ import annotations

from collections.abc import Sequence

from videostar.playground.words import invented_word
from videostar.seeds import rng_for

SHORTEST_NAME = 5
LONGEST_NAME = 8


def invented_names(seed: int, world: str, meanings: Sequence[str]) -> dict[str, str]:
    """A new name for each meaning; no two names share their first three letters."""
    rng = rng_for("names", world, seed)
    found: dict[str, str] = {}
    while len(found) < len(meanings):
        name = invented_word(rng)
        if SHORTEST_NAME <= len(name) <= LONGEST_NAME:
            found.setdefault(name[:3], name)
    return dict(zip(meanings, found.values(), strict=True))
