"""What a search found, for a terminal and as JSON. All text from outside is shown on one line, control characters written out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

from videostar import shown
from videostar.people.moments import span
from videostar.people.search import Found, Hit

LONGEST_TEXT, LONGEST_PATH = 96, 60
INDENT = " " * 6


def as_table(found: Found) -> str:
    """Videos by rank, each with its best moments as m:ss, then what was found by label."""
    if not found.hits:
        return "nothing found; try fewer or other words, or fewer filters"
    lines: list[str] = []
    for place, hit in enumerate(found.hits, 1):
        lines += _hit_lines(place, hit)
    lines.append(f"{shown.count(len(found.hits))} of {shown.count(found.videos)} videos")
    return "\n".join([*lines, *_facet_lines(found)])


def to_json(found: Found) -> str:
    """One object: hits, videos, facets."""
    row = {"hits": [_hit_row(hit) for hit in found.hits], "videos": found.videos, "facets": found.facets}
    return json.dumps(row, ensure_ascii=True, indent=2)


def _hit_lines(place: int, hit: Hit) -> Iterator[str]:
    names = os.fspath(hit.video)
    names = min(names, os.path.relpath(names), key=len)
    short = names if len(names) <= LONGEST_PATH else f"...{names[-LONGEST_PATH + 3 :]}"
    labels = "  ".join(f"{name}={text}" for name, text in hit.labels.items())
    yield f"{place:>3}.  {shown.one_line(short, LONGEST_PATH)}" + (f"   {shown.one_line(labels, LONGEST_TEXT)}" if labels else "")
    for moment in hit.moments:
        yield f"{INDENT}{span(moment.start_seconds, moment.end_seconds):<14}  {shown.one_line(moment.text, LONGEST_TEXT)}"


def _facet_lines(found: Found) -> Iterator[str]:
    for name, counts in found.facets.items():
        texts: Sequence[str] = [f"{shown.one_line(text, 40)} ({shown.count(count)})" for text, count in counts.items()]
        yield f"{shown.one_line(name, 40)}: {', '.join(texts)}"


def _hit_row(hit: Hit) -> dict[str, Any]:
    return {
        "video": os.fsencode(hit.video).decode("utf-8", "backslashreplace"),
        "score": round(hit.score, 6),
        "labels": dict(hit.labels),
        "moments": [
            {
                "start_seconds": moment.start_seconds,
                "end_seconds": moment.end_seconds,
                "at_seconds": round(moment.at_seconds, 3),
                "text": moment.text,
                "score": round(moment.score, 6),
                "labels": dict(moment.labels),
            }
            for moment in hit.moments
        ],
    }
