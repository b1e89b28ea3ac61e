"""Every format: the shape that its trainer reads, the same bytes again, and where each row comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import rows_of
from videostar.config import Config
from videostar.export.formats import EXPORTERS
from videostar.export.make import Options, export
from videostar.export.video_r1 import _problem
from videostar.labels import parse_label
from videostar.rewards import reward


def rows_in(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".json":
        found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return found
    if path.suffix == ".jsonl":
        return rows_of(path)
    import pyarrow.parquet as pq

    table: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return table


def tables_of(finished: Config, name: str, folder: Path, options: Options = Options()) -> dict[str, list[dict[str, Any]]]:
    written = export(finished.run, name, folder, options)
    found = {file: rows_in(folder / file) for file in written.counts}
    assert {file: len(rows) for file, rows in found.items()} == dict(written.counts)
    return found


def by_id(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(row for row in rows if row["id"] == name)


BESIDE = ("form", "task", "source", "score", "difficulty", "provenance", "id")


def shape(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without what rows of all formats say."""
    return {name: value for name, value in row.items() if name not in BESIDE}


ASKED = "What is the person doing?\nExplain step by step what you see, then give the answer."
RIGHT = "Both arms move and then rest while the feet stay where they are. So the answer is pouring milk."
WRONG = "Both arms move and then rest while the feet stay where they are. So the answer is sleeping."


def test_llava(finished: Config, tmp_path: Path) -> None:
    rows = tables_of(finished, "llava", tmp_path / "x")["train.json"]
    row = by_id(rows, "a1/1/generated/0/reasoned")
    assert shape(row) == {
        "video": "clips/a.mp4",
        "conversations": [{"from": "human", "value": f"<video>\n{ASKED}"}, {"from": "gpt", "value": RIGHT}],
    }
    assert (row["score"], row["difficulty"], row["source"]) == (1.0, 0.5, "kitchen")
    assert {row["form"] for row in rows} == {"reasoned", "direct", "choice", "multi_turn"}


def test_llamafactory(finished: Config, tmp_path: Path) -> None:
    tables = tables_of(finished, "llamafactory", tmp_path / "x")
    assert shape(by_id(tables["videostar.jsonl"], "a1/1/generated/0/direct")) == {
        "messages": [{"role": "user", "content": "<video>What is the person doing?"}, {"role": "assistant", "content": "pouring milk"}],
        "videos": ["clips/a.mp4"],
    }
    pair = next(row for row in tables["videostar_preferences.jsonl"] if row["id"].startswith("a1/"))
    assert pair["messages"] == [{"role": "user", "content": f"<video>{ASKED}"}]
    assert (pair["chosen"], pair["rejected"]) == ({"role": "assistant", "content": RIGHT}, {"role": "assistant", "content": WRONG})
    info = json.loads((tmp_path / "x" / "dataset_info.json").read_text(encoding="utf-8"))
    assert info["videostar"] == {
        "file_name": "videostar.jsonl",
        "formatting": "sharegpt",
        "columns": {"messages": "messages", "videos": "videos"},
        "tags": {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"},
    }
    assert info["videostar_preferences"]["ranking"] is True
    assert {"chosen", "rejected"} < set(info["videostar_preferences"]["columns"])


@pytest.mark.parametrize("name", ["llamafactory", "swift", "swift-dpo", "swift-grpo"])
def test_there_are_as_many_placeholders_as_videos_whatever_the_texts_hold(name: str, finished: Config, tmp_path: Path) -> None:
    for rows in tables_of(finished, name, tmp_path / "x").values():
        assert rows
        for row in rows:
            texts = [turn["content"] for turn in row["messages"]]
            texts += [text if isinstance(text, str) else text["content"] for key in ("rejected", "chosen") if (text := row.get(key))]
            assert "".join(texts).count("<video>") == len(row["videos"]) == 1
            assert not any(token in text for text in texts for token in ("<|im_end|>", "</s>"))


def test_swift(finished: Config, tmp_path: Path) -> None:
    rows = tables_of(finished, "swift", tmp_path / "x")["train.jsonl"]
    assert shape(by_id(rows, "b2/1/generated/0/direct")) == {
        "messages": [
            {"role": "user", "content": "<video>Which score?\nAnswer with one number in points."},
            {"role": "assistant", "content": "80.5 points"},
        ],
        "videos": ["clips/b.mp4"],
    }


def test_swift_dpo(finished: Config, tmp_path: Path) -> None:
    rows = tables_of(finished, "swift-dpo", tmp_path / "x")["train.jsonl"]
    row = next(row for row in rows if row["id"].startswith("b2/"))
    assert [turn["role"] for turn in row["messages"]] == ["user", "assistant"]
    assert row["rejected_response"] == "It is 20 points."
    assert row["messages"][1]["content"].endswith("80.5 points.")
    assert 0 < row["rejected_score"] < row["chosen_score"] == 1.0


@pytest.mark.parametrize("name", ["swift-dpo", "trl-preference", "llamafactory"])
def test_pairs_hold_a_kept_and_a_failed_answer_to_one_question_and_no_hint(name: str, finished: Config, tmp_path: Path) -> None:
    rows = tables_of(finished, name, tmp_path / "x")
    pairs = rows.get("videostar_preferences.jsonl") or rows["train.jsonl"]
    assert {row["id"].split("/")[0] for row in pairs} == {"a1", "a2", "b1", "b2", "c1", "f1"}
    for row in pairs:
        chosen, rejected = row["provenance"]
        assert chosen["sample_id"] == rejected["sample_id"]
        assert (chosen["outcome"], rejected["outcome"], rejected["route"]) == ("pass", "fail", "generated")
        assert "correct answer is:" not in json.dumps(row)
    rationalized = next(row for row in pairs if row["id"].startswith("f1/"))
    assert rationalized["provenance"][0]["route"] == "rationalized"


def test_swift_grpo_rows_feed_our_rewards(finished: Config, tmp_path: Path) -> None:
    rows = tables_of(finished, "swift-grpo", tmp_path / "x")["train.jsonl"]
    assert [row["id"] for row in rows] == ["a1", "a2", "b1", "b2", "b3", "c1", "f1"], "the part and the broken video are left out"
    row = by_id(rows, "b2")
    assert [turn["role"] for turn in row["messages"]] == ["user"]
    assert (row["solution"], row["difficulty"], row["duration_seconds"]) == ("80.5 points", 0.5, 2.0)
    assert 0.5 < row["mean_score"] < 1.0
    assert json.loads(row["label"])["relative_tolerance"] == 0.02, "the thresholds of the run's config come along"
    columns = {name: [row[name]] for name in ("label", "question", "duration_seconds", "width", "height")}
    assert reward(["So the score is 80.5 points."], **columns) == [1.0]
    assert by_id(rows, "f1")["difficulty"] == 1.0


def test_trl(finished: Config, tmp_path: Path) -> None:
    rows = tables_of(finished, "trl", tmp_path / "x")["train.jsonl"]
    assert shape(by_id(rows, "a1/1/generated/0/direct")) == {
        "prompt": [
            {"role": "user", "content": [{"type": "video", "video": "clips/a.mp4"}, {"type": "text", "text": "What is the person doing?"}]}
        ],
        "completion": [{"role": "assistant", "content": [{"type": "text", "text": "pouring milk"}]}],
    }
    turns = [row for row in rows if row["form"] == "multi_turn" and row["id"].startswith("a1/1/generated/0+a2")]
    assert [len(row["prompt"]) for row in turns] == [1, 3, 5], "one row for each answer"
    assert turns[1]["prompt"][2]["content"] == [{"type": "text", "text": "What happens just before that?"}]
    assert turns[1]["completion"][0]["content"] == [{"type": "text", "text": "opening a fridge"}]


def test_trl_preference(finished: Config, tmp_path: Path) -> None:
    rows = tables_of(finished, "trl-preference", tmp_path / "x")["train.jsonl"]
    row = next(row for row in rows if row["id"].startswith("a1/"))
    assert row["prompt"] == [{"role": "user", "content": [{"type": "video", "video": "clips/a.mp4"}, {"type": "text", "text": ASKED}]}]
    assert row["chosen"] == [{"role": "assistant", "content": [{"type": "text", "text": RIGHT}]}]
    assert row["rejected"] == [{"role": "assistant", "content": [{"type": "text", "text": WRONG}]}]


def test_verl(finished: Config, tmp_path: Path) -> None:
    tables = tables_of(finished, "verl", tmp_path / "x")
    row = next(row for row in tables["train.parquet"] if row["extra_info"]["id"] == "b2")
    assert row["data_source"] == "dives"
    assert row["ability"] == "number"
    assert row["prompt"][0]["content"].startswith("<video>Which score?")
    assert row["reward_model"]["style"] == "rule"
    assert parse_label(json.loads(row["reward_model"]["ground_truth"])).answer_text() == "80.5 points"
    assert row["extra_info"]["difficulty"] == 0.5
    part = next(row for row in tables["train.parquet"] if row["extra_info"]["id"] == "d1")
    assert part["videos"] == [{"video": "clips/c.mp4", "video_start": 0.5, "video_end": 1.5}]
    assert [row["extra_info"]["id"] for row in tables["val.parquet"]] == ["v1"]


def test_video_r1(finished: Config, tmp_path: Path) -> None:
    rows = tables_of(finished, "video-r1", tmp_path / "x")["train.json"]
    row = by_id(rows, "c1")
    told = ("problem", "data_type", "problem_type", "options", "solution", "path")
    assert {name: row[name] for name in told} == {
        "problem": "Which is it?",
        "data_type": "video",
        "problem_type": "multiple choice",
        "options": ["A. salt", "B. sugar"],
        "solution": "<answer>B</answer>",
        "path": "clips/c.mp4",
    }
    assert row["process"].startswith("<think>A white bowl")
    assert [row["problem_id"] for row in rows] == list(range(len(rows)))


@pytest.mark.parametrize(
    ("label", "problem"),
    [
        ({"kind": "number", "value": 65.6, "unit": "points"}, ("regression", [], "65.6")),
        ({"kind": "count", "value": 3}, ("numerical", [], "3")),
        ({"kind": "timestamp", "value_seconds": 4.25}, ("regression", [], "4.25")),
        ({"kind": "boolean", "value": False}, ("multiple choice", ["yes", "no"], "B")),
        ({"kind": "category", "value": "b", "classes": ["b", "a"]}, ("multiple choice", ["a", "b"], "B")),
        ({"kind": "category", "value": "b"}, ("free-form", [], "b")),
        ({"kind": "interval", "windows": [[1, 2]]}, ("free-form", [], "from 1 to 2 seconds")),
    ],
)
def test_video_r1_knows_what_kind_of_problem_a_label_is(label: dict[str, Any], problem: tuple[str, list[str], str]) -> None:
    kind, options, solution = _problem(parse_label(label))
    assert (kind, list(options), solution) == problem


def test_our_own_tables_hold_every_answer_with_its_verdict(finished: Config, tmp_path: Path) -> None:
    tables = tables_of(finished, "parquet", tmp_path / "x")
    answers = {(row["sample_id"], row["route"], row["candidate"]): row for row in tables["answers.parquet"]}
    stored = [*rows_of(finished.run / "cycle-1" / "verdicts.jsonl"), *rows_of(finished.run / "cycle-1" / "rationale_verdicts.jsonl")]
    assert len(answers) == len(stored)
    for row in stored:
        found = answers[row["sample_id"], row["route"], row["candidate"]]
        assert (found["outcome"], found["score"], found["reason"]) == (row["outcome"], row["score"], row["reason"])
    assert any("<video>" in row["text"] for row in tables["answers.parquet"]), "our own tables hold the texts as they are"
    stored_conversations = rows_of(finished.run / "cycle-1" / "conversations.jsonl")
    assert [row["id"] for row in tables["conversations.parquet"]] == [row["id"] for row in stored_conversations]


@pytest.mark.parametrize("name", EXPORTERS)
def test_each_row_traces_to_run_cycle_sample_candidate_and_verdict(name: str, finished: Config, tmp_path: Path) -> None:
    verdicts = {}
    for file in ("verdicts.jsonl", "rationale_verdicts.jsonl"):
        for row in rows_of(finished.run / "cycle-1" / file):
            verdicts[row["cycle"], row["sample_id"], row["route"], row["candidate"]] = (row["outcome"], row["score"])
    traced = 0
    for file, rows in tables_of(finished, name, tmp_path / "x").items():
        if file in {"samples.parquet", "answers.parquet", "val.parquet"}:
            continue
        for row in rows:
            origins = row["provenance"] if "provenance" in row else row["extra_info"]["provenance"]
            assert origins
            for origin in origins:
                assert origin["run"].startswith("run-")
                key = (origin["cycle"], origin["sample_id"], origin["route"], origin["candidate"])
                assert verdicts[key] == (origin["outcome"], origin["score"])
                traced += 1
    assert traced


@pytest.mark.parametrize("name", EXPORTERS)
def test_the_same_bytes_when_made_again_here_and_elsewhere(name: str, finished: Config, tmp_path: Path) -> None:
    def everything(folder: Path) -> dict[str, bytes]:
        export(finished.run, name, folder)
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    first = everything(tmp_path / "x")
    assert everything(tmp_path / "x") == first
    assert everything(tmp_path / "y") == first
    assert "README.md" in first
    assert "export.json" in first
    assert not any(str(finished.run.parent).encode() in text for text in first.values()), "no path of this machine"


@pytest.mark.parametrize("name", EXPORTERS)
def test_datasets_loads_each_table(name: str, finished: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets", reason="the optional extra `datasets` is not installed")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    folder = tmp_path / "x"
    for file, rows in tables_of(finished, name, folder).items():
        kind = "parquet" if file.endswith(".parquet") else "json"
        loaded = datasets.load_dataset(kind, data_files=str(folder / file), split="train", cache_dir=str(tmp_path / "cache"))
        assert loaded.num_rows == len(rows)
        for name_of_column in ("messages", "conversations", "prompt", "videos", "label", "provenance"):
            if name_of_column in rows[0]:
                assert _without_nulls(loaded[0][name_of_column]) == _without_nulls(rows[0][name_of_column])


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def test_datasets_finds_the_tables_by_the_card(finished: Config, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="the optional extra `datasets` is not installed")
    export(finished.run, "parquet", tmp_path / "x")
    assert set(datasets.get_dataset_config_names(str(tmp_path / "x"))) == {"conversations", "samples", "answers"}
    loaded = datasets.load_dataset(str(tmp_path / "x"), "samples", split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.num_rows == 10
