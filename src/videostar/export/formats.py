"""The formats by name: ours, and those that other installed packages add."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points

from videostar.errors import UserError, nearest
from videostar.export.exporter import Exporter
from videostar.export.llamafactory import LlamaFactory
from videostar.export.llava import Llava
from videostar.export.parquet import Parquet
from videostar.export.swift import Swift, SwiftDpo, SwiftGrpo
from videostar.export.trl import Trl, TrlPreference
from videostar.export.verl import Verl
from videostar.export.video_r1 import VideoR1

GROUP = "videostar.exporters"
EXPORTERS: dict[str, Callable[[], Exporter]] = {
    "llava": Llava,
    "llamafactory": LlamaFactory,
    "swift": Swift,
    "swift-dpo": SwiftDpo,
    "swift-grpo": SwiftGrpo,
    "trl": Trl,
    "trl-preference": TrlPreference,
    "verl": Verl,
    "video-r1": VideoR1,
    "parquet": Parquet,
}


def exporter_named(name: str) -> Exporter:
    """A fresh exporter; ours go first. Raises `UserError` for a name that nobody gives and for one that cannot be loaded."""
    if name in EXPORTERS:
        return EXPORTERS[name]()
    found = [point for point in entry_points(group=GROUP) if point.name == name]
    if not found:
        names = [*EXPORTERS, *sorted(point.name for point in entry_points(group=GROUP))]
        raise UserError(f'there is no format "{name}"{nearest(name, names)}; formats are {", ".join(names)}')
    try:
        made = found[0].load()()
    except (ImportError, AttributeError, TypeError) as error:
        raise UserError(f'the format "{name}" of {found[0].value} cannot be loaded: {error}') from None
    if not all(hasattr(made, part) for part in ("rows", "tables", "next_step")):
        raise UserError(f'the format "{name}" of {found[0].value} is no exporter: it needs rows, tables and next_step')
    exporter: Exporter = made
    return exporter
