"""Times as annotators write them -> seconds."""

from __future__ import annotations

import re

from videostar.datasets.importer import number

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d{1,9})?)")


def clock_seconds(value: object) -> float | None:
    """`01:02:03.25`, `02:03`, `123.25` and numbers -> seconds; None for anything else."""
    plain = number(value)
    if plain is not None:
        return plain
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    return int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3].replace(",", "."))
