"""Which moment of a video a question is about, where it names one: "what happens at 0:12?", "between 3 and 5 seconds". Pure.

Only words that point ("at", "around", "from ... to ...") make a time a moment: "does it take 5 seconds?" asks about the whole video.
English only.
"""

from __future__ import annotations

import re

AROUND_SECONDS = 1.5
SHORTEST_SECONDS = 0.5
_CLOCK = r"(?:\d{1,2}:)?\d{1,3}:[0-5]\d(?:\.\d{1,3})?"
_PLAIN = r"\d{1,5}(?:\.\d{1,3})?"
_UNIT = r"\s*(?:s\b|secs?\b|seconds?\b)"
_TIME = rf"(?:{_CLOCK}|{_PLAIN}{_UNIT})"
_SPAN = re.compile(
    rf"\b(?:from|between)\s+({_CLOCK}|{_PLAIN})(?:{_UNIT})?\s*(?:to|and|until|till|-)\s*({_TIME})"
    rf"|({_CLOCK})\s*(?:-|\u2013|to)\s*({_CLOCK})",
    re.IGNORECASE,
)
_POINT = re.compile(
    rf"(?:\b(?:at|around|about|near|by)|@)\s*(?:about\s+|around\s+)?(?:the\s+)?({_TIME})|\b(?:at|around)\s+second\s+({_PLAIN})",
    re.IGNORECASE,
)


def moment_in(question: str) -> tuple[float, float] | None:
    """(start, end) in seconds of the stretch that a question points to, not yet held within the video; None where it points to none."""
    span = _SPAN.search(question)
    if span is not None:
        first, last = sorted(_seconds(text) for text in (span[1] or span[3], span[2] or span[4]))
        return first, max(last, first + SHORTEST_SECONDS)
    point = _POINT.search(question)
    if point is None:
        return None
    seconds = _seconds(point[1] or point[2])
    return max(0.0, seconds - AROUND_SECONDS), seconds + AROUND_SECONDS


def clock(seconds: float) -> str:
    """`0:12`, `1:02:03`; with a tenth where it is not a whole second: `0:12.4`."""
    tenths = round(max(0.0, seconds) * 10)
    hours, minutes, rest = tenths // 36000, tenths // 600 % 60, tenths % 600
    text = f"{rest // 10:02d}" + (f".{rest % 10}" if rest % 10 else "")
    return f"{hours}:{minutes:02d}:{text}" if hours else f"{minutes}:{text}"


def span(start_seconds: float, end_seconds: float) -> str:
    """`0:12`, or `0:12 to 0:15` where the two differ."""
    first, last = clock(start_seconds), clock(end_seconds)
    return first if first == last else f"{first} to {last}"


def _seconds(text: str) -> float:
    """The seconds of "1:02:03", "0:12.5" or "12 s"."""
    digits = re.match(r"[\d:.]+", text)
    parts = digits[0].split(":") if digits else ["0"]
    total = 0.0
    for part in parts:
        total = 60 * total + float(part)
    return total
