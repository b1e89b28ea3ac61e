"""Runs that are answered by a server: every row is counted, and a run goes on where the server left it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import rows_of, sample_row
from tests.models.loopback import Handler, Server, prompt_frames, video_frames
from videostar.build import ConfiguredAdapters
from videostar.config import Config, checked
from videostar.errors import ConfigError, ServerError
from videostar.loop import stages
from videostar.ports import Silent


def run_of(server: Server, folder: Path, clips: Path, **changes: Any) -> Config:
    """A run up to its ledger: three questions, two candidates each."""
    rows = [sample_row(name, video=f"clips/{name}.mp4") for name in "abc"]
    (clips / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    raw = {
        "run": str(folder),
        "cycles": 1,
        "data": {"train": str(clips / "train.jsonl")},
        "model": {"model_name_or_path": "served", "engine": "server"},
        "server": {"url": server.url, "retries": 0, **changes},
        "frames": {"cache": str(folder / "cache"), "num_frames": 4},
        "generate": {"n": 2, "temperature": 0.7, "batch_size": 2},
        "rationalize": {"enabled": False},
    }
    config = checked(raw)
    for stage in stages(config, ConfiguredAdapters(config), Silent()):
        if stage.name == "select":
            break
    return config


def test_a_run_counts_every_row_and_goes_on_after_the_server_was_gone(server: Server, tmp_path: Path, clips: Path) -> None:
    """Sample a loses one of two candidates, sample b both; the server is away for c and back on resuming, at another patience."""

    def answers(handler: Handler, away: bool) -> None:
        shade = video_frames(handler.body["messages"][0]["content"][0])[0, 0, 0, 0] if prompt_frames(handler.body) else 0
        trial = "What happens?" in json.dumps(handler.body)
        if away and len(server.seen) > 8:
            handler.reply(503, b"restarting")
        elif not trial and shade in range(80, 120) and handler.body.get("max_tokens") != 1:
            handler.reply(400, b"too many tokens")
        else:
            handler.chat("This is yoga.")

    server.reaction = lambda handler, _: answers(handler, away=True)
    with pytest.raises(ServerError, match="HTTP 503 Service Unavailable: restarting"):
        run_of(server, tmp_path / "run", clips)
    server.reaction = lambda handler, _: answers(handler, away=False)
    config = run_of(server, tmp_path / "run", clips, timeout_seconds=99.0, parallel=2)
    rows = rows_of(config.run / "cycle-1" / "answers.jsonl")
    assert [(row["sample_id"], row["candidate"]) for row in rows] == [(name, number) for name in "abc" for number in (0, 1)]
    assert {row["finish"] for row in rows if row["sample_id"] == "b"} == {"error"}
    assert {row["model"] for row in rows} == {"served"}
    entry = json.loads((config.run / "ledger.json").read_text())["cycle-1"]
    assert (entry["in"], entry["kept"], entry["dropped"]) == (3, 2, {"quarantined: server refused": 1})
    quarantined = rows_of(config.run / "quarantine.jsonl")
    assert [(row["sample_id"], row["message"]) for row in quarantined] == [("b", "HTTP 400 Bad Request: too many tokens")]


def test_one_candidate_that_fails_leaves_the_others(server: Server, tmp_path: Path, clips: Path) -> None:
    failed: list[int] = []

    def reaction(handler: Handler, _: int) -> None:
        if not failed and handler.body["max_tokens"] != 1:
            failed.append(1)
            handler.reply(400, b"unlucky")
        else:
            handler.chat("This is yoga.")

    server.reaction = reaction
    config = run_of(server, tmp_path / "run", clips)
    assert [row["frames"]["error"] for row in rows_of(config.run / "cycle-1" / "answers.jsonl") if row["finish"] == "error"] == [
        "server refused: HTTP 400 Bad Request: unlucky"
    ]
    assert json.loads((config.run / "ledger.json").read_text())["cycle-1"]["kept"] == 3
    assert rows_of(config.run / "quarantine.jsonl") == []


def test_what_an_engine_lacks_is_said_at_once() -> None:
    raw = {"run": "r", "data": {"train": "t.jsonl"}, "model": {"model_name_or_path": "m", "engine": "server"}}
    with pytest.raises(ConfigError, match=r'"server\.url" is \'\'; it starts with http:// or https://'):
        checked(raw)
    raw["model"] = {"model_name_or_path": "m", "engine": "managed"}
    with pytest.raises(ConfigError, match=r'"server\.command" lacks \{port\}; .* such as vllm serve \{checkpoint\} --port \{port\}'):
        checked({**raw, "server": {"command": "serve {checkpoint}"}})
    with pytest.raises(ConfigError, match="cannot be read as a command: No closing quotation"):
        checked({**raw, "server": {"command": "serve '{checkpoint} {port}"}})
    with pytest.raises(ConfigError, match=r'"server\.video_part" is'):
        checked({**raw, "server": {"command": "serve {checkpoint} {port}", "video_part": "fax"}})
