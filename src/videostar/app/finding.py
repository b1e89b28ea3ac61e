"""A search as the Search tab shows it: hits whose moments make the player jump, and what there is to filter by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from videostar import shown
from videostar.app import pages
from videostar.app.context import Context
from videostar.errors import DataError
from videostar.people.search import Filters, Found, Moment, search

HITS = 20
PLAYER = "search-player"


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A video with its moments. source: where the player gets it; None where it may not be shown."""

    name: str
    source: str | None
    moments: Sequence[Moment]
    labels: Mapping[str, str]


def found(context: Context, index: str, query: str, filters: Filters) -> tuple[str, list[str]]:
    """(hits as HTML, "name=text" of every label that was found). Raises `DataError` where the index or a filter does not fit."""
    result = search(context.index(index), query, filters, HITS, context.text_encoder())
    return _page(context, result), [f"{name}={text}" for name, counts in result.facets.items() for text in counts]


def filters_of(labels: object, scored: object, low: object, high: object, path: object) -> Filters:
    """Filters as a browser sent them. Raises `DataError` for a range that ends before it begins."""
    chosen: dict[str, list[str]] = {}
    for told in labels if isinstance(labels, list) else []:
        name, equals, text = str(told).partition("=")
        if equals:
            chosen.setdefault(name, []).append(text)
    scores: dict[str, tuple[float, float]] = {}
    if isinstance(scored, str) and scored.strip():
        least, most = _number(low, -math.inf), _number(high, math.inf)
        if least > most:
            raise DataError(f"the score is to lie between {least:g} and {most:g}: it ends before it begins")
        scores[scored.strip()[:200]] = (least, most)
    return Filters(chosen, scores, None, str(path)[:500] if isinstance(path, str) else "")


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else otherwise


def _page(context: Context, result: Found) -> str:
    hits = [ShownHit(_name(hit.video), context.media.link(hit.video), hit.moments, hit.labels) for hit in result.hits]
    words = f"{shown.count(len(hits))} of {shown.count(result.videos)} videos" if hits else "nothing found; try fewer or other words"
    return pages.html("hits.html", hits=hits, words=words, facets=result.facets, player=PLAYER)


def _name(video: Path) -> str:
    """The last parts of a path are enough to know a video by."""
    return "/".join(video.parts[-3:])
