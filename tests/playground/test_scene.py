"""The truth of a clip and the way of its shape agree."""

from __future__ import annotations

import pytest

from videostar.playground.scene import COLOURS, PATHS, SHAPES, SPEEDS, STRAIGHT, draw_scene


def test_the_same_seed_draws_the_same_scene_and_another_seed_another() -> None:
    assert draw_scene(5) == draw_scene(5)
    assert draw_scene(5) != draw_scene(6)


def test_a_wanted_truth_is_kept_and_the_rest_varies() -> None:
    truths = [draw_scene(seed, {"path": ["left"], "turning": ["clockwise"]}).truth for seed in range(60)]
    assert {(truth.path, truth.turning) for truth in truths} == {("left", "clockwise")}
    assert {truth.colour for truth in truths} == set(COLOURS)
    assert {truth.shape for truth in truths} == set(SHAPES)
    assert {truth.speed for truth in truths} == set(SPEEDS)


def test_a_wish_that_no_scene_can_meet_is_refused() -> None:
    with pytest.raises(ValueError, match=r"path must be one of right, left, .*, got 'sideways'"):
        draw_scene(0, {"path": ["sideways"]})


@pytest.mark.parametrize("path", sorted(STRAIGHT))
def test_a_straight_path_leads_where_its_name_says(path: str) -> None:
    ux, uy = STRAIGHT[path]
    for seed in range(30):
        scene = draw_scene(seed, {"path": [path]})
        first, last = scene.pose(0.0), scene.pose(1.0)
        along = (last.x - first.x) * ux + (last.y - first.y) * uy
        across = (last.x - first.x) * uy + (last.y - first.y) * ux
        assert along > 0.15
        assert abs(across) < 0.3 * along


def test_fast_is_well_apart_from_slow() -> None:
    def ways(speed: str) -> list[float]:
        scenes = [draw_scene(seed, {"path": ["right"], "speed": [speed]}) for seed in range(40)]
        return [scene.pose(1.0).x - scene.pose(0.0).x for scene in scenes]

    assert min(ways("fast")) > 1.4 * max(ways("slow"))


def test_what_stays_in_place_has_no_speed_and_does_not_move() -> None:
    scene = draw_scene(3, {"path": ["still"]})
    assert scene.truth.speed == ""
    assert (scene.pose(0.0).x, scene.pose(0.0).y) == (scene.pose(1.0).x, scene.pose(1.0).y)


def test_turning_and_size_follow_the_truth() -> None:
    for seed in range(60):
        scene = draw_scene(seed)
        first, last = scene.pose(0.0), scene.pose(1.0)
        turned = last.angle - first.angle
        assert {"none": turned == 0, "clockwise": turned > 5, "counter-clockwise": turned < -5}[scene.truth.turning]
        change = last.radius / first.radius
        assert {"same": change == 1, "grows": change > 1.4, "shrinks": change < 0.7}[scene.truth.size_change]


@pytest.mark.parametrize("path", PATHS)
def test_the_shape_stays_in_the_frame_all_the_way(path: str) -> None:
    for seed in range(40):
        scene = draw_scene(seed, {"path": [path]})
        poses = [scene.pose(step / 20) for step in range(21)]
        assert all(0.05 < pose.x < 0.95 and 0.05 < pose.y < 0.95 for pose in poses)
