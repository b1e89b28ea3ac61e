"""Every annotation format that is read, by name: ours, and those that other packages add as entry points `videostar.importers`."""

from __future__ import annotations

from importlib.metadata import entry_points

from videostar.datasets import charades, finediving, kinetics, ssv2, star
from videostar.datasets.importer import Format
from videostar.errors import DataError, nearest

ENTRY_POINTS = "videostar.importers"
IMPORTERS: dict[str, Format] = {
    "charades": charades.FORMAT,
    "finediving": finediving.FORMAT,
    "kinetics": kinetics.FORMAT,
    "something-something-v2": ssv2.FORMAT,
    "star": star.FORMAT,
}


def all_importers() -> dict[str, Format]:
    """Ours and the installed ones of others; a name of ours cannot be taken."""
    return {**{point.name: importer(point.name) for point in entry_points(group=ENTRY_POINTS)}, **IMPORTERS}


def importer(name: str) -> Format:
    """The format of that name. Raises `DataError` that lists all names."""
    if name in IMPORTERS:
        return IMPORTERS[name]
    added = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if name not in added:
        known = sorted({*IMPORTERS, *added})
        raise DataError(f'there is no format "{name}"{nearest(name, known)}; known are: {", ".join(known)}')
    found = added[name].load()
    if not isinstance(found, Format):
        raise DataError(f'the entry point "{name}" ({added[name].value}) is no videostar.datasets.importer.Format')
    return found
