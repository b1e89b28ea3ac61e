"""Scene -> frames: anti-aliased shapes from signed distances, in numpy alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from videostar.playground.scene import COLOURS, Distractor, Pose, Scene
from videostar.seeds import seed_for

Floats = NDArray[np.float32]
MARK = np.array([12, 12, 12], dtype=np.float32)
MARK_PLACE = 0.5
MARK_RADIUS = 0.34


def render(scene: Scene, times: Sequence[float], size: int, softness: float = 1.0) -> NDArray[np.uint8]:
    """Draw the scene at `times` in [0, 1]: (T, size, size, 3) uint8 RGB.

    softness: width in pixels over which an edge fades. Grain, the same in every frame, and camera shake come from the scene's seed.
    """
    rng = np.random.Generator(np.random.PCG64(seed_for("render", scene.seed, len(times), size)))
    frames = np.empty((len(times), size, size, 3), dtype=np.float32)
    frames[:] = _background(scene, size)
    colour = np.array(COLOURS[scene.truth.colour], dtype=np.float32)
    shakes = rng.normal(0.0, 1.0, (len(times), 2)) * scene.shake
    for frame, time, shake in zip(frames, times, shakes.tolist(), strict=True):
        for disc in scene.distractors:
            _draw_disc(frame, disc, (shake[0], shake[1]), softness)
        pose = scene.pose(time)
        moved = Pose(pose.x + shake[0], pose.y + shake[1], pose.radius, pose.angle)
        _draw_shape(frame, moved, scene.truth.shape, colour, softness)
    if scene.grain:
        frames += rng.standard_normal((size, size, 1), dtype=np.float32) * np.float32(scene.grain)
    np.clip(frames, 0, 255, out=frames)
    return (frames + 0.5).astype(np.uint8)


def frame_times(num_frames: int, offset: float = 0.5) -> list[float]:
    """`num_frames` evenly spaced times in [0, 1]; `offset` in [0, 1] is the place within each slot."""
    return [(index + offset) / num_frames for index in range(num_frames)]


def _background(scene: Scene, size: int) -> Floats:
    ramp = np.linspace(0.0, 1.0, size, dtype=np.float32)
    share = (ramp[:, None] + ramp[None, :]) / 2
    level = scene.background[0] + (scene.background[1] - scene.background[0]) * share
    return np.asarray(level[..., None] + np.array(scene.tint, dtype=np.float32), dtype=np.float32)


def _window(frame: Floats, x: float, y: float, reach: float) -> tuple[Floats, Floats, Floats] | None:
    """The part of the frame within `reach` pixels of (x, y), and its pixel centres relative to that point."""
    size = frame.shape[0]
    left, right = max(0, math.floor(x - reach)), min(size, math.ceil(x + reach) + 1)
    top, bottom = max(0, math.floor(y - reach)), min(size, math.ceil(y + reach) + 1)
    if left >= right or top >= bottom:
        return None
    across = np.arange(left, right, dtype=np.float32) + np.float32(0.5 - x)
    along = np.arange(top, bottom, dtype=np.float32) + np.float32(0.5 - y)
    return frame[top:bottom, left:right], across[None, :], along[:, None]


def _blend(target: Floats, distance: Floats, colour: Floats, softness: float) -> None:
    cover = np.clip(0.5 - distance / np.float32(softness), 0.0, 1.0)[..., None]
    target += cover * (colour - target)


def _draw_disc(frame: Floats, disc: Distractor, shake: tuple[float, float], softness: float) -> None:
    size = frame.shape[0]
    found = _window(frame, (disc.x + shake[0]) * size, (disc.y + shake[1]) * size, disc.radius * size + 2)
    if found is not None:
        target, x, y = found
        _blend(target, np.hypot(x, y) - np.float32(disc.radius * size), np.full(3, disc.level, dtype=np.float32), softness)


def _draw_shape(frame: Floats, pose: Pose, shape: str, colour: Floats, softness: float) -> None:
    size = frame.shape[0]
    radius = pose.radius * size
    found = _window(frame, pose.x * size, pose.y * size, radius * 1.45 + 2)
    if found is None:
        return
    target, x, y = found
    cos, sin = math.cos(pose.angle) / radius, math.sin(pose.angle) / radius
    u, v = x * np.float32(cos) + y * np.float32(sin), y * np.float32(cos) - x * np.float32(sin)
    _blend(target, _distance(shape, u, v) * np.float32(radius), colour, softness)
    mark = np.hypot(u - np.float32(MARK_PLACE), v) - np.float32(MARK_RADIUS)
    _blend(target, mark * np.float32(radius), MARK, softness)


def _distance(shape: str, u: Floats, v: Floats) -> Floats:
    """Signed distance from the outline of a shape of unit radius, negative inside (exact along its edges)."""
    if shape == "circle":
        return np.asarray(np.hypot(u, v) - np.float32(0.95))
    if shape == "square":
        return np.asarray(np.maximum(np.abs(u), np.abs(v)) - np.float32(0.85))
    if shape == "triangle":
        half = np.float32(math.sqrt(3) / 2)
        slanted = np.float32(0.5) * u + half * np.abs(v)
        return np.asarray(np.maximum(-u, slanted) - np.float32(0.62))
    wide, thin = np.float32(1.0), np.float32(0.36)
    level = np.maximum(np.abs(u) - wide, np.abs(v) - thin)
    upright = np.maximum(np.abs(v) - wide, np.abs(u) - thin)
    return np.asarray(np.minimum(level, upright))
