"""What is drawn is what the scene says, measured on pixels alone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from videostar.playground.degrade import degrade
from videostar.playground.render import frame_times, render
from videostar.playground.scene import COLOURS, SHAPES, draw_scene

Floats = NDArray[np.float64]
QUIET = {"colour": ["red"], "turning": ["none"]}


def _redness(frame: NDArray[np.uint8]) -> Floats:
    pixels = frame.astype(np.float64)
    return np.asarray(np.clip(pixels[..., 0] - pixels[..., 1:].max(axis=-1) - 60, 0, None))


def _centre(frame: NDArray[np.uint8]) -> tuple[float, float]:
    weight = _redness(frame)
    rows, columns = np.indices(weight.shape)
    return float((weight * columns).sum() / weight.sum()), float((weight * rows).sum() / weight.sum())


def _area(frame: NDArray[np.uint8]) -> float:
    return float((_redness(frame) > 20).sum())


def test_frames_are_rgb_bytes_and_the_same_every_time() -> None:
    scene = draw_scene(0)
    frames = render(scene, frame_times(5), 48)
    assert frames.shape == (5, 48, 48, 3)
    assert frames.dtype == np.uint8
    assert np.array_equal(frames, render(scene, frame_times(5), 48))


@pytest.mark.parametrize(("path", "axis", "sign"), [("right", 0, 1), ("left", 0, -1), ("up", 1, -1), ("down", 1, 1)])
def test_the_shape_is_seen_to_go_where_the_truth_says(path: str, axis: int, sign: int) -> None:
    frames = render(draw_scene(11, QUIET | {"path": [path], "size_change": ["same"]}), frame_times(8), 64)
    places = [_centre(frame)[axis] for frame in frames]
    assert sign * (places[-1] - places[0]) > 8


@pytest.mark.parametrize(("size_change", "least", "most"), [("grows", 2.0, 6.0), ("shrinks", 0.15, 0.5), ("same", 0.85, 1.15)])
def test_the_shape_is_seen_to_change_its_size(size_change: str, least: float, most: float) -> None:
    frames = render(draw_scene(4, QUIET | {"path": ["still"], "size_change": [size_change]}), frame_times(8), 64)
    assert least < _area(frames[-1]) / _area(frames[0]) < most


@pytest.mark.parametrize("colour", sorted(COLOURS))
def test_the_shape_has_its_colour(colour: str) -> None:
    scene = draw_scene(2, {"colour": [colour], "path": ["still"], "shape": ["square"], "turning": ["none"], "size_change": ["same"]})
    pose = scene.pose(0.5)
    angle_away_from_mark = pose.angle + np.pi
    x = pose.x + 0.4 * pose.radius * np.cos(angle_away_from_mark)
    y = pose.y + 0.4 * pose.radius * np.sin(angle_away_from_mark)
    pixel = render(scene, [0.5], 128)[0, int(y * 128), int(x * 128)]
    assert np.abs(pixel.astype(int) - np.array(COLOURS[colour])).max() < 30


def test_turning_is_seen_by_the_mark() -> None:
    wanted = {"path": ["still"], "shape": ["circle"], "size_change": ["same"], "colour": ["white"]}
    for turning, sign in (("clockwise", 1), ("counter-clockwise", -1)):
        scene = draw_scene(7, wanted | {"turning": [turning]})
        angles = []
        for frame in render(scene, frame_times(8), 128):
            dark = (frame.max(axis=-1) < 60) & _within(scene.pose(0.5).x, scene.pose(0.5).y, scene.pose(0.5).radius * 0.9)
            rows, columns = np.nonzero(dark)
            angles.append(np.arctan2(rows.mean() / 128 - scene.pose(0.5).y, columns.mean() / 128 - scene.pose(0.5).x))
        assert sign * (np.unwrap(angles)[-1] - angles[0]) > 2.5


def _within(x: float, y: float, radius: float) -> NDArray[np.bool_]:
    rows, columns = np.indices((128, 128)) / 128
    return np.asarray(np.hypot(columns - x, rows - y) < radius)


def test_shapes_look_different() -> None:
    wanted = {"path": ["still"], "size_change": ["same"], "turning": ["none"], "colour": ["red"]}
    frames = [render(draw_scene(9, wanted | {"shape": [shape]}), [0.5], 64)[0].astype(int) for shape in SHAPES]
    for first in range(len(frames)):
        for second in range(first):
            assert np.abs(frames[first] - frames[second]).max() > 80


def test_a_shape_half_outside_the_frame_is_drawn_without_fail() -> None:
    scene = draw_scene(1, {"path": ["right"], "speed": ["fast"]})
    assert render(scene, [-3.0, 0.0, 4.0], 64).shape == (3, 64, 64, 3)


def test_degrading_keeps_brightness_and_changes_little() -> None:
    frames = render(draw_scene(12), frame_times(4), 64)
    changed = degrade(frames, np.random.default_rng(0))
    assert changed.shape == frames.shape
    assert changed.dtype == np.uint8
    difference = np.abs(changed.astype(int) - frames.astype(int))
    assert 0 < difference.mean() < 4
