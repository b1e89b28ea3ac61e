"""Dive -> frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from videostar.playground.scene import COLOURS
from videostar.playground.worlds.dives import HEAD_RADIUS, Dive, Points, joints
from videostar.playground.worlds.drawing import Canvas, Floats, Values, Window, disc, rod, varied
from videostar.seeds import rng_for

SKINS = ((238, 190, 150), (205, 150, 110), (175, 125, 90))
HAIR = (25, 18, 15)
STONE = (150, 150, 155)
WATER = (45, 110, 165)
FOAM = (235, 245, 255)
STRIPE = (250, 250, 250)
TRUNK_RADIUS, LEG_RADIUS, FOOT_RADIUS = 0.085, 0.058, 0.042
REACH = 0.62  # of the figure's length: everything of it lies within, seen from the centre of mass
DROPS = (-0.62, -0.3, 0.0, 0.3, 0.62)


def render_dive(dive: Dive, times: Values, size: int = 64) -> NDArray[np.uint8]:
    """Draw the dive at `times` in [0, 1]: (T, size, size, 3) uint8 RGB."""
    rng = rng_for("dive colours", dive.seed)
    canvas = Canvas(dive.look, len(times), size)
    stone, water = varied(rng, STONE, 30), varied(rng, WATER, 22)
    left, right = (-0.1, dive.edge) if dive.side > 0 else (dive.edge, 1.1)
    canvas.box(left, dive.platform, right, dive.platform + 0.05, stone)
    pillar = dive.edge - dive.side * 0.16
    canvas.box(pillar - 0.03, dive.platform, pillar + 0.03, 1.1, varied(rng, stone, 10))
    canvas.start_moving()
    moves = dive.moves(times)
    points = joints(moves, dive.facing, dive.length)
    window = canvas.window(moves.x, moves.y, REACH * dive.length)
    _figure(canvas, window, points, dive, varied(rng, rng.choice(SKINS), 12))
    canvas.put(window)
    canvas.veil(dive.water, water, 0.72)
    wet = np.flatnonzero(moves.splash > 0)
    if len(wet):
        _splash(canvas, dive, moves.splash)
    return canvas.render()


def _figure(canvas: Canvas, window: Window, points: Points, dive: Dive, skin: tuple[float, float, float]) -> None:
    length = dive.length
    hip, neck, head = points["hip"], points["neck"], points["head"]
    along = ((neck[0] - hip[0]) / length, (neck[1] - hip[1]) / length)
    # Straight ahead of the trunk: what turns a person's left and right into the picture's.
    ahead = (-along[1] * dive.facing, along[0] * dive.facing)
    legs = np.minimum(
        rod(window, hip, points["knee"], LEG_RADIUS * length), rod(window, points["knee"], points["ankle"], LEG_RADIUS * length)
    )
    canvas.paint(window, _with_foot(window, legs, points, length), skin)
    canvas.paint(window, rod(window, hip, neck, TRUNK_RADIUS * length), COLOURS[dive.truth.colour])
    front = [(point[0] + ahead[0] * 0.14 * length, point[1] + ahead[1] * 0.14 * length) for point in (hip, neck)]
    canvas.paint(window, rod(window, front[0], front[1], 0.03 * length), STRIPE)
    canvas.paint(window, disc(window, *head, HEAD_RADIUS * length), skin)
    back = (head[0] - ahead[0] * 0.17 * length, head[1] - ahead[1] * 0.17 * length)
    canvas.paint(window, disc(window, *back, HEAD_RADIUS * 0.75 * length), HAIR)


def _with_foot(window: Window, legs: Floats, points: Points, length: float) -> Floats:
    return np.asarray(np.minimum(legs, rod(window, points["ankle"], points["toe"], FOOT_RADIUS * length)))


def _splash(canvas: Canvas, dive: Dive, height: Values) -> None:
    at = dive.edge + dive.side * (dive.travel - 0.025)
    foot = (np.full(len(height), at), np.full(len(height), dive.water))
    window = canvas.window(*foot, dive.splash + 0.04)
    streaks = [
        rod(window, (foot[0] + 0.25 * lean * dive.splash, foot[1]), (foot[0] + lean * height, foot[1] - height * (1 - lean * lean)), 0.014)
        for lean in DROPS
    ]
    nothing = (height <= 0)[:, None, None]
    shape = np.where(nothing, np.float32(1), np.minimum.reduce(streaks))
    canvas.paint(window, shape, FOAM)
    canvas.put(window)
