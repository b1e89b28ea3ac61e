"""An assessment as one page that needs nothing else: no links, no scripts, no fonts. All foreign text is made visible and escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from videostar.people.assessment import Assessment, number
from videostar.people.assessment_text import told_interval, told_scale, told_value
from videostar.people.moments import clock, span
from videostar.report.escaping import environment
from videostar.report.strips import Picture, pictures
from videostar.store import write_text
from videostar.video.frames import Frames

MOST_PICTURES = 8
AROUND_FAULT = 3


def write_page(path: Path, found: Assessment, frames: Frames, notes: Sequence[str] = ()) -> Path:
    """Write the page, with pictures of the whole clip and of each fault's moment. The same assessment gives the same bytes."""
    write_text(path, page(found, frames, notes))
    return path


def page(found: Assessment, frames: Frames, notes: Sequence[str] = ()) -> str:
    """The HTML."""
    context: Mapping[str, Any] = {
        "found": found,
        "notes": notes,
        "aspects": [item for item in found.aspects if item.shown],
        "strip": _spread(frames),
        "faults": [(fault, _near(frames, fault.start_seconds, fault.end_seconds)) for fault in found.faults],
    }
    made = environment()
    made.filters.update(
        clock=clock, number=number, value=told_value, scale=told_scale, interval=told_interval, place=partial(_place, found)
    )
    made.globals["span"] = span
    return made.from_string(_text("assessment.html")).render(**context, style=Markup(_text("assessment.css")))  # noqa: S704 - our own file


def _spread(frames: Frames) -> list[Picture]:
    """Pictures evenly over the clip."""
    return list(pictures(frames, sorted({round(place) for place in np.linspace(0, len(frames.pixels) - 1, MOST_PICTURES)})))


def _near(frames: Frames, start_seconds: float, end_seconds: float) -> list[Picture]:
    """The pictures of a moment; of a stretch, evenly over it."""
    times = np.array(frames.timestamps_seconds)
    if end_seconds - start_seconds > 1:
        inside = [int(place) for place in np.flatnonzero((times >= start_seconds) & (times <= end_seconds))]
        places = sorted({inside[round(place)] for place in np.linspace(0, len(inside) - 1, AROUND_FAULT)}) if inside else []
    else:
        places = sorted(int(place) for place in np.argsort(np.abs(times - start_seconds), kind="stable")[:AROUND_FAULT])
    return list(pictures(frames, places))


def _place(found: Assessment, value: float) -> float:
    """Where a score lies on the overall scale, in percent."""
    scales = [item.scale for item in found.aspects if found.overall is not None and item.value == round(found.overall.raw, 2)]
    low, high = next((scale for scale in scales if scale is not None), (0.0, 0.0))
    return min(100.0, max(0.0, 100 * (value - low) / (high - low))) if high > low else 50.0


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
