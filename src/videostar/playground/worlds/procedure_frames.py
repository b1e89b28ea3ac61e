"""Procedure -> frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from videostar.playground.scene import COLOURS
from videostar.playground.worlds.drawing import Canvas, Colour, Floats, Values, Window, rod, varied
from videostar.playground.worlds.procedures import BENCH, Procedure, Sight
from videostar.seeds import rng_for

WOOD = (150, 115, 80)
STEEL = (215, 220, 225)
GRIPS = ((235, 235, 235), (250, 150, 40), (240, 120, 190), (90, 220, 220))
SHAFT = 0.4
JAW = 0.085
OPEN = 0.085  # half the distance of the open jaws' ends
SHUT = 0.012
THICK = 0.02
DARKER = 0.45


def render_procedure(procedure: Procedure, times: Values, size: int = 64) -> NDArray[np.uint8]:
    """Draw the procedure at `times` in [0, 1]: (T, size, size, 3) uint8 RGB."""
    rng = rng_for("procedure colours", procedure.seed)
    canvas = Canvas(procedure.look, len(times), size)
    canvas.box(-0.1, BENCH, 1.1, 1.1, varied(rng, WOOD, 30))
    canvas.start_moving()
    sight = procedure.sight(times)
    for number, kind in enumerate(procedure.truth.items):
        x, y = sight.items_x[:, number], sight.items_y[:, number]
        window = canvas.window(x, y, procedure.radius * 1.1)
        _item(canvas, window, kind.shape, x, y, procedure.radius, COLOURS[kind.colour])
        canvas.put(window)
    _instrument(canvas, sight, varied(rng, rng.choice(GRIPS), 10))
    return canvas.render()


def _item(canvas: Canvas, window: Window, shape: str, x: Values, y: Values, radius: float, colour: Colour) -> None:
    across = np.asarray(window.x - x.astype(np.float32)[:, None, None])
    down = np.asarray(window.y - y.astype(np.float32)[:, None, None])
    inner = (colour[0] * DARKER, colour[1] * DARKER, colour[2] * DARKER)
    canvas.paint(window, _DISTANCES[shape](across, down, radius), colour)
    mouth = np.maximum(np.abs(across) - np.float32(radius * 0.45), np.abs(down + np.float32(radius * _MOUTHS[shape])) - np.float32(0.014))
    canvas.paint(window, np.asarray(mouth), inner)


def _bowl(x: Floats, y: Floats, radius: float) -> Floats:
    top = np.float32(-0.7 * radius)
    return np.asarray(np.maximum(np.hypot(x, y + np.float32(0.3 * radius)) - np.float32(1.15 * radius), top - y))


def _box(x: Floats, y: Floats, radius: float) -> Floats:
    return np.asarray(np.maximum(np.abs(x) - np.float32(0.85 * radius), np.abs(y + np.float32(0.0)) - np.float32(radius)))


def _flask(x: Floats, y: Floats, radius: float) -> Floats:
    slanted = np.float32(0.88) * np.abs(x) - np.float32(0.47) * (y + np.float32(1.25 * radius))
    body = np.maximum(slanted, np.abs(y) - np.float32(radius))
    neck = np.maximum(np.abs(x) - np.float32(0.4 * radius), np.abs(y) - np.float32(radius))
    return np.asarray(np.minimum(body, neck))


_DISTANCES = {"bowl": _bowl, "box": _box, "flask": _flask}
_MOUTHS = {"bowl": 0.62, "box": 0.8, "flask": 0.85}


def _instrument(canvas: Canvas, sight: Sight, grip: Colour) -> None:
    """A shaft with a coloured grip above the tip, and two jaws around it."""
    lean = (np.sin(sight.tilt), -np.cos(sight.tilt))
    side = (np.cos(sight.tilt), np.sin(sight.tilt))

    def point(along: float, across: Values | float) -> tuple[Values, Values]:
        return (
            np.asarray(sight.x + lean[0] * along + side[0] * across),
            np.asarray(sight.y + lean[1] * along + side[1] * across),
        )

    middle = point((SHAFT + JAW) / 2, 0.0)
    window = canvas.window(*middle, (SHAFT + JAW) / 2 + 0.03)
    spread = SHUT + (OPEN - SHUT) * sight.jaws
    knuckle = point(JAW, 0.0)
    jaws = [
        np.minimum(
            rod(window, knuckle, point(0.6 * JAW, sign * spread), 0.6 * THICK),
            rod(window, point(0.6 * JAW, sign * spread), point(-0.25 * JAW, sign * spread), 0.6 * THICK),
        )
        for sign in (-1, 1)
    ]
    canvas.paint(window, np.minimum(np.minimum(*jaws), rod(window, knuckle, point(SHAFT, 0.0), THICK)), STEEL)
    canvas.paint(window, rod(window, point(SHAFT * 0.62, 0.0), point(SHAFT, 0.0), 1.7 * THICK), grip)
    canvas.put(window)
