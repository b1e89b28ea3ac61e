"""Stored samples say what their rows say; the config's label defaults are put in whenever they are read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import merged, rows_of, sample_row, write_table
from videostar.config import Config, changed, checked
from videostar.errors import ConfigError, DataError, RunError
from videostar.labels.number import NumberLabel
from videostar.rows import SAMPLE_FIELDS, dump, sample_from_json, sample_to_json
from videostar.sorting import SortedRows
from videostar.steps.ingest import ingest, ingested
from videostar.store import RunStore


def config_of(folder: Path, rows: list[dict[str, Any]], **changes: Any) -> Config:
    folder.mkdir(exist_ok=True)
    write_table(folder / "train.jsonl", rows)
    raw = {"run": str(folder / "run"), "data": {"train": str(folder / "train.jsonl")}, "model": {"model_name_or_path": "m"}}
    return checked(merged(raw, changes))


def number(**fields: Any) -> dict[str, Any]:
    return {"kind": "number", "value": 10.0, **fields}


def tolerances(folder: Path, rows: list[dict[str, Any]], defaults: dict[str, Any]) -> list[float]:
    config = config_of(folder, rows, labels=defaults)
    samples = ingest(config, RunStore(config.run).open(config))
    labels = [sample.label for sample in samples.split("train")]
    return [label.relative_tolerance for label in labels if isinstance(label, NumberLabel)]


def test_a_default_fills_what_a_row_leaves_unset_and_what_the_row_states_stays(tmp_path: Path) -> None:
    rows = [
        sample_row("a", label=number()),
        sample_row("b", label=number(relative_tolerance=0.2)),
        sample_row("c", label=number(relative_tolerance=0.05)),
    ]
    assert tolerances(tmp_path, rows, {"number.relative_tolerance": 0.1}) == [0.1, 0.2, 0.05]
    stored = [row["label"] for row in rows_of(tmp_path / "run" / "samples" / "train.jsonl")]
    assert stored == [row["label"] for row in rows], "a stored label is the row's own"


def test_another_default_reaches_stored_samples_also_inside_a_composite(tmp_path: Path) -> None:
    parts = {"score": number(), "height": number(relative_tolerance=0.3)}
    config = config_of(tmp_path, [sample_row("a", label={"kind": "composite", "parts": parts})], labels={"number.relative_tolerance": 0.1})
    store = RunStore(config.run).open(config)
    ingest(config, store)
    label = next(ingested(changed(config, ["labels.number.relative_tolerance=0.5"]), store).split("train")).label
    assert [part.get("relative_tolerance") for part in label.to_json()["parts"].values()] == [0.5, 0.3]


def test_a_default_may_give_what_a_kind_needs(tmp_path: Path) -> None:
    config = config_of(tmp_path, [sample_row("a", label={"kind": "choice", "answer": 1})], labels={"choice.options": ["left", "right"]})
    samples = ingest(config, RunStore(config.run).open(config))
    assert next(samples.split("train")).label.to_json() == {"kind": "choice", "options": ["left", "right"], "answer": 1}


def test_two_rows_of_one_id_in_a_subsampled_table_are_told(tmp_path: Path) -> None:
    config = config_of(tmp_path, [sample_row("a"), sample_row("a")])
    config = config.model_copy(update={"data": config.data.model_copy(update={"train": f"{config.data.train}#2"})})
    with pytest.raises(DataError, match='the id "a" stands 2 times'):
        ingest(config, RunStore(config.run).open(config))


def test_samples_that_were_never_checked_are_told(tmp_path: Path) -> None:
    config = config_of(tmp_path, [sample_row("a")])
    with pytest.raises(RunError, match="has no checked samples yet"):
        ingested(config, RunStore(config.run))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("number.relative_tolerance", -1, r'"labels\.number\.relative_tolerance" is -1: input should be greater than or equal to 0'),
        ("interval.minimum_iou", "half", r'"labels\.interval\.minimum_iou" is .half.: input should be a valid number'),
        ("number.tolerance", 1, r'number labels have no field "tolerance"'),
    ],
)
def test_a_default_that_cannot_be_is_told_once_and_not_for_every_row(tmp_path: Path, key: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        config_of(tmp_path, [sample_row("a")], labels={key: value})


def test_a_stored_config_loads_to_the_same_defaults(tmp_path: Path) -> None:
    config = config_of(tmp_path, [sample_row("a")], labels={"number.relative_tolerance": 0.1})
    assert changed(config, []) == config
    assert json.loads(changed(config, ["labels.count.value=3"]).model_dump_json())["labels"]["count.value"] == 3


@pytest.mark.parametrize("video", ["a.mp4", "./x//a.mp4", "x/../a.mp4", "x/a..b.mp4"])
def test_videos_are_relative_to_the_root_whatever_their_spelling(tmp_path: Path, video: str) -> None:
    (tmp_path / "deep").mkdir()
    config = config_of(tmp_path / "deep", [sample_row("a", video=video)], data={"root": None, "validation": str(tmp_path / "v.jsonl")})
    write_table(tmp_path / "v.jsonl", [sample_row("v", video=str(tmp_path / "deep" / "x" / "b.mp4"))])
    samples = ingest(config, RunStore(config.run).open(config))
    assert samples.root == tmp_path
    expected = os.path.relpath(tmp_path / "deep" / video, tmp_path)
    assert [next(samples.split(split)).video for split in ("train", "validation")] == [expected, "deep/x/b.mp4"]


def test_a_table_larger_than_what_is_held_in_memory_is_ordered_and_its_mistakes_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SortedRows.__init__, "__defaults__", (500,))
    names = [f"s{number * 37 % 101:03d}" for number in range(101)]
    config = config_of(tmp_path, [sample_row(name, group=f"g{name[-1]}", split="test" if name == "s007" else "train") for name in names])
    samples = ingest(config, RunStore(config.run).open(config))
    assert [sample.id for sample in samples.split("train")] == [name for name in sorted(names) if name != "s007"]
    assert samples.notes == (
        "data: 100 train questions, 1 test questions",
        "warning: 1 groups of the test split stand in train too, such as 'g7'; its scores are not held out",
    )
    assert not list((config.run / "samples").glob(".sorting-*"))
    again = config_of(tmp_path / "again", [sample_row(name) for name in (*names, "s001", "s100", "s100")])
    with pytest.raises(DataError, match='the id "s100" stands 3 times') as raised:
        ingest(again, RunStore(again.run).open(again))
    assert raised.value.problems[0].startswith('the id "s001" stands 2 times')


def test_every_field_of_a_sample_stands_in_its_row(tmp_path: Path) -> None:
    row = sample_row("a", start_seconds=1.0, end_seconds=2.0, task="t", source="s", group="g", meta={"by": ["me", {"at": 1}]})
    sample = sample_from_json(row, {})
    again = sample_to_json(sample, row["label"])
    assert set(again) == set(SAMPLE_FIELDS)
    assert sample_from_json(again, {}) == sample
    assert json.loads(dump(again)) == again
