"""Boxes as models write them: lists, named sides, two points, pixels, shares, thousandths."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from videostar.labels._scan import Scan
from videostar.types import Clip

Box: TypeAlias = tuple[float, float, float, float]


class FoundBox(NamedTuple):
    """A box as shares of the frame at tokens first..last (last excluded)."""

    box: Box
    first: int
    last: int


_SIDES = {
    **dict.fromkeys(("x1", "xmin", "x_min", "left", "x0", "x_left", "xleft"), "left"),
    **dict.fromkeys(("y1", "ymin", "y_min", "top", "y0", "y_top", "ytop"), "top"),
    **dict.fromkeys(("x2", "xmax", "x_max", "right", "x_right", "xright"), "right"),
    **dict.fromkeys(("y2", "ymax", "y_max", "bottom", "y_bottom", "ybottom"), "bottom"),
    **dict.fromkeys(("w", "width"), "width"),
    **dict.fromkeys(("h", "height"), "height"),
    **dict.fromkeys(("cx", "x_center", "center_x", "xc", "x_centre"), "middle_x"),
    **dict.fromkeys(("cy", "y_center", "center_y", "yc", "y_centre"), "middle_y"),
    "x": "x",
    "y": "y",
}
_NAMED = re.compile(
    r"(?<![^\W_])([a-z]{1,9}(?:_?[a-z0-9]{1,6})?)[\"'*`]{0,3}\s{0,2}(?:[:=]|\bis\b|\bat\b)?\s{0,2}[\"'*`]{0,3}"
    r"(-?\d{0,6}\.?\d{1,12})\s?(%?)"
)
_NUMBER = r"-?\d{0,6}(?:\.\d{1,12}|\d)"
_GAP = r"[\s,;()\[\]<>{}|]{1,12}(?:(?:and|to|box_end|box_start)[\s,;()\[\]<>{}|]{1,6})?"
_FOUR = re.compile(
    rf"(?<![\w.])({_NUMBER})\s?(%|px)?{_GAP}({_NUMBER})\s?(?:%|px)?{_GAP}({_NUMBER})\s?(?:%|px)?{_GAP}({_NUMBER})(?![\w.]*\d)"
)

_MORE_AFTER = re.compile(r"\s{0,2},?\s{0,2}-?\d")
_MORE_BEFORE = re.compile(r"\d\s{0,2},?\s{0,2}$")
_POINT = re.compile(rf"[(\[]\s{{0,2}}({_NUMBER})\s{{0,2}}[,;]\s{{0,2}}({_NUMBER})\s{{0,2}}[)\]]")
_RANGE = rf"[^.\d]{{0,20}}({_NUMBER})\s?(?:to|-|and)\s?({_NUMBER})"
_RANGES = re.compile(rf"\bx\b{_RANGE}[^.\d]{{0,25}}\by\b{_RANGE}")


_PART = rf"({_NUMBER})\s?(%|px|pixels|percent)?"
_SPAN = re.compile(rf"{_PART}\s?(?:to|-|and|until)\s?{_PART}[^.\d]{{0,25}}?\b(horizontal|vertical|width|height|wide|high|across|down|x|y)")
_ACROSS = frozenset({"horizontal", "width", "wide", "across", "x"})
_CENTRE = re.compile(rf"\bcent(?:er|re)(?:e?d)?\b[^.\d]{{0,25}}({_NUMBER})\s{{0,2}}[,;]\s{{0,2}}({_NUMBER})")
_WIDE = re.compile(rf"({_NUMBER})\s?(?:px|pixels)?\s?(?:wide|in width)|width[^.\d]{{0,10}}({_NUMBER})")
_HIGH = re.compile(rf"({_NUMBER})\s?(?:px|pixels)?\s?(?:high|tall|in height)|height[^.\d]{{0,10}}({_NUMBER})")
_FRAME_SIZE = re.compile(r"(?<![\w.])(\d{2,5})\s?x\s?(\d{2,5})(?![\w.]*\d)")
_FURTHEST = 120


def boxes(scan: Scan, first: int, last: int, clip: Clip) -> list[FoundBox]:
    """All boxes at tokens first..last, as shares of the frame. Pixels need the clip's size, or a size that the text states."""
    if first >= last:
        return []
    start, end = scan.starts[first], scan.ends[last - 1]
    text = scan.lower[start:end]
    scale = _stated_scale(text)
    size = _FRAME_SIZE.search(text) if clip.width is None else None
    if size:
        clip = Clip(clip.duration_seconds, int(size.group(1)), int(size.group(2)))
    found: list[FoundBox] = []
    for read in (_listed, _centred, _points, _spoken, _ranges, _named):
        found += [box for box in read(scan, start, end, clip, scale) if not any(box.first < o.last and o.first < box.last for o in found)]
    return sorted(found, key=lambda box: box.first)


def _stated_scale(text: str) -> str:
    if "pixel" in text or "px" in text:
        return "pixels"
    if "0-1000" in text or "0 to 1000" in text or "[0, 1000]" in text or "box_start" in text:
        return "thousandths"
    if "in percent" in text or "as percent" in text or "percentages" in text:
        return "percent"
    return ""


def _spoken(scan: Scan, start: int, end: int, clip: Clip, scale: str) -> list[FoundBox]:
    """`from 55% to 84% of the width and from 32% to 80% of the height`."""
    ranges = list(_SPAN.finditer(scan.lower, start, end))
    found: list[FoundBox] = []
    for one, other in pairwise(ranges):
        across = [match.group(5) in _ACROSS for match in (one, other)]
        if across[0] == across[1] or other.start() - one.end() > _FURTHEST:
            continue
        wide, high = (one, other) if across[0] else (other, one)
        sides = [float(match.group(place)) for place in (1, 3) for match in (wide, high)]
        percent = {"%", "percent"} & {wide.group(2), wide.group(4), high.group(4)}
        box = _shares(sides, clip, "percent" if percent else scale)
        if box:
            found.append(FoundBox(box, *_at(scan, one.start(), other.end())))
    return found


def _centred(scan: Scan, start: int, end: int, clip: Clip, scale: str) -> list[FoundBox]:
    """`centred at (0.2, 0.2), 0.2 wide and 0.18 high`."""
    found: list[FoundBox] = []
    for match in _CENTRE.finditer(scan.lower, start, end):
        stop = min(end, match.end() + _FURTHEST)
        wide, high = _WIDE.search(scan.lower, match.end(), stop), _HIGH.search(scan.lower, match.end(), stop)
        if not wide or not high:
            continue
        x, y = float(match.group(1)), float(match.group(2))
        half = [float(size.group(1) or size.group(2)) / 2 for size in (wide, high)]
        box = _shares([x - half[0], y - half[1], x + half[0], y + half[1]], clip, scale)
        if box:
            found.append(FoundBox(box, *_at(scan, match.start(), max(wide.end(), high.end()))))
    return found


def _listed(scan: Scan, start: int, end: int, clip: Clip, scale: str) -> list[FoundBox]:
    found: list[FoundBox] = []
    for match in _FOUR.finditer(scan.lower, start, end):
        if _MORE_AFTER.match(scan.lower, match.end()) or _MORE_BEFORE.search(scan.lower[max(0, match.start() - 8) : match.start()]):
            continue
        sides = [float(match.group(place)) for place in (1, 3, 4, 5)]
        box = _shares(sides, clip, "percent" if match.group(2) == "%" else scale)
        if box:
            found.append(FoundBox(box, *_at(scan, match.start(), match.end())))
    return found


def _points(scan: Scan, start: int, end: int, clip: Clip, scale: str) -> list[FoundBox]:
    """Two points with words between them: `top left (0.1, 0.2), bottom right (0.5, 0.6)`."""
    points = list(_POINT.finditer(scan.lower, start, end))
    found: list[FoundBox] = []
    for one, other in zip(points[::2], points[1::2], strict=False):
        box = _shares([float(one.group(1)), float(one.group(2)), float(other.group(1)), float(other.group(2))], clip, scale)
        if box:
            found.append(FoundBox(box, *_at(scan, one.start(), other.end())))
    return found


def _ranges(scan: Scan, start: int, end: int, clip: Clip, scale: str) -> list[FoundBox]:
    """`x from 0.1 to 0.5 and y from 0.2 to 0.6`."""
    found: list[FoundBox] = []
    for match in _RANGES.finditer(scan.lower, start, end):
        x1, x2, y1, y2 = (float(match.group(place)) for place in (1, 2, 3, 4))
        box = _shares([x1, y1, x2, y2], clip, scale)
        if box:
            found.append(FoundBox(box, *_at(scan, match.start(), match.end())))
    return found


def _at(scan: Scan, start: int, end: int) -> tuple[int, int]:
    first, last = scan.tokens_at(start, end)
    return first, max(last, first + 1)


def _named(scan: Scan, start: int, end: int, clip: Clip, scale: str) -> list[FoundBox]:
    found: list[FoundBox] = []
    sides: dict[str, float] = {}
    begun = start
    for match in _NAMED.finditer(scan.lower, start, end):
        side = _SIDES.get(match.group(1))
        if side is None:
            continue
        if side in sides:
            sides = {}
        if not sides:
            begun = match.start()
        sides[side] = float(match.group(2))
        corners = _corners(sides)
        if corners:
            box = _shares(corners, clip, "percent" if match.group(3) else scale)
            if box:
                found.append(FoundBox(box, *_at(scan, begun, match.end())))
            sides = {}
    return found


def _corners(sides: dict[str, float]) -> list[float] | None:
    """Corners from four named sides; None until four are known."""
    left, top = sides.get("left", sides.get("x")), sides.get("top", sides.get("y"))
    width, height = sides.get("width"), sides.get("height")
    if width is not None and height is not None:
        if "middle_x" in sides and "middle_y" in sides:
            left, top = sides["middle_x"] - width / 2, sides["middle_y"] - height / 2
        if left is not None and top is not None:
            return [left, top, left + width, top + height]
        return None
    right, bottom = sides.get("right"), sides.get("bottom")
    if left is None or top is None or right is None or bottom is None:
        return None
    return [left, top, right, bottom]


def _shares(sides: list[float], clip: Clip, scale: str) -> Box | None:
    """Corners on whatever scale -> shares of the frame, in order; None when they are no box."""
    wide, high = _frame(sides, clip, scale)
    if wide is None or high is None or min(sides) < 0:
        return None
    x1, x2 = sorted((sides[0] / wide, sides[2] / wide))
    y1, y2 = sorted((sides[1] / high, sides[3] / high))
    if x2 > 1.05 or y2 > 1.05 or x1 == x2 or y1 == y2:
        return None
    return (x1, y1, min(x2, 1.0), min(y2, 1.0))


def _frame(sides: list[float], clip: Clip, scale: str) -> tuple[float | None, float | None]:
    """What is the whole width and height on the scale that the numbers are on."""
    if scale == "percent":
        return 100.0, 100.0
    if max(sides) <= 1.0:
        return 1.0, 1.0
    if scale == "thousandths":
        return 1000.0, 1000.0
    if clip.width and clip.height and max(sides[0], sides[2]) <= clip.width and max(sides[1], sides[3]) <= clip.height:
        return float(clip.width), float(clip.height)
    if scale == "pixels" or max(sides) > 1000:
        return None, None
    return 1000.0, 1000.0
