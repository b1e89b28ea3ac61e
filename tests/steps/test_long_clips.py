"""Long clips go through the loop by windows: what is asked, stored, kept and trained on.

The model of these tests looks at the frames: in a clip of theirs something happens where they are bright.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import merged, rows_of, write_table
from videostar.build import ConfiguredAdapters
from videostar.config import Config, checked
from videostar.loop import Stage, stages
from videostar.models.scripted import ScriptedModel
from videostar.ports import Request, Silent, VideoModel
from videostar.rejudge import rejudge
from videostar.rows import answer_from_json, to_json
from videostar.video.write import write_mp4

MINUTES = 5
FPS = 2.0
WINDOW, OVERLAP = 20.0, 5.0
EVENTS = ((33.0, 41.0), (118.0, 127.0), (250.0, 256.0))
LOOKING = "The picture is dark at first and I watch how bright it gets as the seconds go by."


def render_long(path: Path, events: Sequence[tuple[float, float]], seconds: float = 60.0 * MINUTES) -> Path:
    """A dark clip that is bright during the events."""
    times = np.arange(int(seconds * FPS)) / FPS
    frames = np.full((len(times), 32, 32, 3), 20, np.uint8)
    for number, (start, end) in enumerate(events):
        frames[(times >= start) & (times < end)] = 170 if number == 2 else 250
    path.parent.mkdir(parents=True, exist_ok=True)
    write_mp4(path, frames, FPS)
    return path


def bright(request: Request) -> list[tuple[float, float]]:
    """Where the frames are bright, in seconds from the window's start."""
    assert request.frames is not None
    shades = request.frames.pixels.mean(axis=(1, 2, 3)) > 128
    times = request.frames.timestamps_seconds
    found: list[tuple[float, float]] = []
    for number, (time, lit) in enumerate(zip(times, shades, strict=True)):
        end = times[number + 1] if number + 1 < len(times) else time + 1 / FPS
        if lit and found and found[-1][1] >= time - 1e-6:
            found[-1] = (found[-1][0], end)
        elif lit:
            found.append((time, end))
    return found


def shade(request: Request, seconds: float) -> float:
    """How bright it is at a time of the window."""
    assert request.frames is not None
    return float(request.frames.pixels[request.frames.timestamps_seconds.index(seconds)].mean())


def seeing(request: Request) -> Sequence[str]:
    """Answers by kind of question; asked for an interval it is blind unless it is told."""
    asked, found = request.messages[-1].content, bright(request)
    if "How many" in asked:
        return [f"{LOOKING} So the answer is {sum(start > 0.6 for start, _ in found)}."]  # what goes on from before was counted there
    if "Which phases" in asked:
        steps = [f"flash {'white' if shade(request, start) > 210 else 'grey'}" for start, _ in found]
        return [f"{LOOKING} The order is {', then '.join(steps) or 'nothing'}."]
    if "second flash" in asked and "The correct answer is" not in asked:
        return [f"{LOOKING} I cannot tell."]
    spans = " and ".join(f"from {start:.1f} to {end:.1f} seconds" for start, end in found)
    return [f"{LOOKING} So the answer is {spans}." if spans else f"{LOOKING} It does not happen."]


class Seeing(ConfiguredAdapters):
    """The configured adapters, but whatever the checkpoint, `seeing` answers."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.asked: list[Request] = []

    def model(self, checkpoint: str) -> VideoModel:
        def answer(request: Request) -> Sequence[str]:
            self.asked.append(request)
            return seeing(request)

        return ScriptedModel(answer)


def rows() -> list[dict[str, Any]]:
    when = {"kind": "interval", "windows": [list(event) for event in EVENTS], "match": "all", "minimum_iou": 0.8}
    base = {"video": "long.mp4"}
    return [
        {**base, "id": "count", "question": "How many flashes are there?", "label": {"kind": "count", "value": len(EVENTS)}},
        {
            **base,
            "id": "phases",
            "question": "Which phases are there?",
            "label": {"kind": "sequence", "value": ["flash white"] * 2 + ["flash grey"]},
        },
        {**base, "id": "told", "question": "When is it bright, the second flash too?", "label": when},
        {**base, "id": "when", "question": "When is it bright?", "label": when},
    ]


def config_for(folder: Path, **changes: Any) -> Config:
    raw = {
        "run": str(folder / "run"),
        "cycles": 1,
        "data": {"train": str(folder / "train.jsonl")},
        "model": {"model_name_or_path": str(folder / "script.json"), "engine": "scripted"},
        "frames": {"cache": str(folder / "cache"), "fps": FPS, "window_seconds": WINDOW, "window_overlap_seconds": OVERLAP},
        "select": {"forms": {"reasoned": 1.0, "direct": 1.0}},
    }
    return checked(merged(raw, changes))


def go(config: Config, adapters: ConfiguredAdapters) -> list[Stage]:
    return list(stages(config, adapters, Silent()))


@pytest.fixture
def long_run(tmp_path: Path) -> tuple[Config, Seeing]:
    render_long(tmp_path / "long.mp4", EVENTS)
    (tmp_path / "script.json").write_text("{}")
    write_table(tmp_path / "train.jsonl", rows())
    config = config_for(tmp_path)
    adapters = Seeing(config)
    go(config, adapters)
    return config, adapters


def by_id(path: Path) -> Mapping[str, Any]:
    return {row["sample_id"]: row for row in rows_of(path)}


def test_a_cycle_of_five_minute_videos(long_run: tuple[Config, Seeing]) -> None:
    config, adapters = long_run
    folder = config.run / "cycle-1"
    answers, verdicts = by_id(folder / "answers.jsonl"), by_id(folder / "verdicts.jsonl")
    outcomes = {name: row["outcome"] for name, row in verdicts.items()}
    assert outcomes == {"count": "pass", "phases": "pass", "told": "undecided", "when": "pass"}
    assert answers["count"]["text"] == "3"
    assert answers["phases"]["text"] == "flash white, then flash white, then flash grey"
    # one row per sample and candidate; what each window was told lies beside
    assert len(rows_of(folder / "answers.jsonl")) == len(rows())
    assert len(answers["count"]["windows"]) == 15  # end to end
    assert len(answers["when"]["windows"]) == 20  # 5 s shared
    assert answers["when"]["frames"]["duration_seconds"] == pytest.approx(300.0)
    explained = by_id(folder / "rationale_verdicts.jsonl")
    assert list(explained) == ["told"]
    assert explained["told"]["outcome"] == "pass"
    hinted = [request.messages[0].content for request in adapters.asked if "The correct answer is" in request.messages[0].content]
    assert any("The correct answer is: from 3.5 to 11.5 seconds." in text for text in hinted)
    assert sum("The correct answer is: It does not happen." in text for text in hinted) == 20 - 6  # each flash is seen by two


def test_conversations_are_about_windows_and_show_what_generation_saw(long_run: tuple[Config, Seeing]) -> None:
    config, _ = long_run
    found = rows_of(config.run / "cycle-1" / "conversations.jsonl")
    seen = {
        (answer["sample_id"], round(part["window"]["start_seconds"], 3)): part
        for name in ("answers", "rationales")
        for answer in rows_of(config.run / "cycle-1" / f"{name}.jsonl")
        for part in answer["windows"]
    }
    assert {row["sample_id"] for row in found} == {"count", "phases", "told", "when"}
    assert len({row["id"] for row in found}) == len(found)
    for row in found:
        part = seen[row["sample_id"], row["start_seconds"]]
        assert row["end_seconds"] - row["start_seconds"] <= WINDOW + 0.01
        assert row["answer_ref"]["frames_sha256"] == part["frames_sha256"] != ""
        asked, answered = (turn["content"] for turn in row["messages"])
        assert "The correct answer" not in asked
        if row["form"] == "reasoned":
            assert answered == part["text"]
    direct = [row["messages"][1]["content"] for row in found if row["sample_id"] == "when" and row["form"] == "direct"]
    silent = direct.count("It does not happen.")
    assert 0 < silent <= len(direct) - silent  # most windows hold nothing; training sees no more of them than of the others
    direct = [row["messages"][1]["content"] for row in found if row["sample_id"] == "count" and row["form"] == "direct"]
    assert sum(map(int, direct)) == len(EVENTS)


def test_stored_answers_can_be_judged_again_without_a_model(long_run: tuple[Config, Seeing]) -> None:
    config, adapters = long_run
    before = len(adapters.asked)
    rejudge(config.run, ["interval.minimum_iou=0.99"])  # the rows state their own
    said = rejudge(config.run, ["select.min_words=60"])
    assert "rationalized: too short: 0 -> 1" in said  # every window's explanation is shorter
    assert len(adapters.asked) == before
    row = rows_of(config.run / "cycle-1" / "answers.jsonl")[-1]
    assert to_json(answer_from_json(row)) == row


def test_a_run_that_is_killed_in_between_ends_the_same(long_run: tuple[Config, Seeing], tmp_path: Path) -> None:
    config, _ = long_run
    again = config_for(tmp_path, run=str(tmp_path / "again"), generate={"batch_size": 16})
    for _ in range(3):
        running = stages(again, Seeing(again), Silent())
        next(running)
        running.close()
    go(again, Seeing(again))
    for name in ("answers.jsonl", "conversations.jsonl"):
        one, two = (rows_of(run / "cycle-1" / name) for run in (config.run, again.run))
        assert [{**row, "seconds": 0} for row in one] == [{**row, "seconds": 0} for row in two]


def test_a_file_that_breaks_off_is_quarantined_not_half_answered(tmp_path: Path) -> None:
    whole = render_long(tmp_path / "long.mp4", EVENTS).read_bytes()
    middle = len(whole) // 2
    (tmp_path / "long.mp4").write_bytes(whole[:middle] + bytes(400) + whole[middle + 400 :])
    (tmp_path / "script.json").write_text("{}")
    write_table(tmp_path / "train.jsonl", rows()[3:])
    config = config_for(tmp_path)
    go(config, Seeing(config))
    (answer,) = rows_of(config.run / "cycle-1" / "answers.jsonl")
    if answer["finish"] == "error":
        assert "in the window from" in answer["frames"]["error"]
        assert rows_of(config.run / "quarantine.jsonl")[0]["sample_id"] == "when"
    else:  # the damage hit nothing that a frame is made of
        assert answer["windows"]


def test_short_clips_of_such_a_run_are_asked_as_ever(tmp_path: Path) -> None:
    render_long(tmp_path / "long.mp4", [(5.0, 9.0)], seconds=20.0)
    (tmp_path / "script.json").write_text("{}")
    label = {"kind": "interval", "start_seconds": 5, "end_seconds": 9}
    write_table(tmp_path / "train.jsonl", [{"id": "a", "video": "long.mp4", "question": "When is it bright?", "label": label}])
    texts = []
    for name, changes in (("cut", {}), ("whole", {"frames": {"window_seconds": None, "window_overlap_seconds": None}})):
        config = config_for(tmp_path, run=str(tmp_path / name), **changes)
        go(config, Seeing(config))
        texts.append((config.run / "cycle-1" / "conversations.jsonl").read_text())
        assert "windows" not in rows_of(config.run / "cycle-1" / "answers.jsonl")[0]
    assert texts[0] == texts[1]


@pytest.mark.slow
def test_windows_are_trained_on_by_the_real_trainer(tmp_path: Path) -> None:
    """The collator refuses other frames than those that were answered on, so a training that ends has seen the same."""
    from videostar.playground.demo import TINY

    render_long(tmp_path / "long.mp4", EVENTS)
    write_table(tmp_path / "train.jsonl", rows()[3:])
    config = config_for(
        tmp_path,
        model={"model_name_or_path": str(TINY), "engine": "transformers", "dtype": "float32"},
        frames={"num_frames": 4, "fps": FPS, "max_pixels": 9216},
        select={"forms": {"direct": 1.0}},
        train={"finetuning_type": "full", "num_train_epochs": 1, "per_device_train_batch_size": 4, "gradient_accumulation_steps": 1},
    )

    class Loose(Seeing):
        def model(self, checkpoint: str) -> VideoModel:
            return ScriptedModel(lambda request: [f"{LOOKING} So the answer is {_spans(request)}"])

    def _spans(request: Request) -> str:
        found = bright(request)
        return " and ".join(f"from {max(0.0, start - 1):.1f} to {end:.1f} seconds" for start, end in found) or "It does not happen."

    loose = merged(config.model_dump(mode="json"), {"labels": {}})
    table = [{**rows()[3], "label": {**rows()[3]["label"], "minimum_iou": 0.2}}]
    write_table(tmp_path / "train.jsonl", table)
    go(checked(loose), Loose(config))
    assert (config.run / "cycle-1" / "training.json").exists()
    trained = rows_of(config.run / "cycle-1" / "conversations.jsonl")
    assert len(trained) > 3
