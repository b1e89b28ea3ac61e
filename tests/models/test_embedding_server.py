"""An embedding model over real HTTP on this machine, and what a run makes of it: paraphrases count, nothing else changes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import ScriptedRun, rows_of, sample_row
from tests.models.loopback import BROKEN, Handler, Reaction, Server
from videostar.config import EmbedderConfig, checked
from videostar.errors import ConfigError
from videostar.models.embedding_server import EmbeddingServer
from videostar.ports import Silent
from videostar.rejudge import rejudge, sweep
from videostar.steps import opinions

Vector = Callable[[str], Sequence[float]]


def saying(vector: Vector) -> Reaction:
    """A server that speaks the embeddings protocol, its rows in another order than asked."""

    def reaction(handler: Handler, _: int) -> None:
        rows = [
            {"object": "embedding", "index": place, "embedding": list(vector(text))} for place, text in enumerate(handler.asked["input"])
        ]
        handler.reply(200, json.dumps({"object": "list", "data": rows[::-1]}).encode())

    return reaction


def embedder_of(server: Server, **changes: Any) -> EmbeddingServer:
    settings = {"url": server.url, "model": "encoder", "timeout_seconds": 10.0, "retries": 2, **changes}
    return EmbeddingServer(EmbedderConfig(**settings), wait_seconds=0.0)


def test_vectors_come_in_the_order_of_the_texts_and_have_length_one(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCODER_KEY", "s3cret")
    server.reaction = saying(lambda text: (3.0 * len(text), 4.0 * len(text)) if "a" in text else (0.0, 1e300))
    vectors = embedder_of(server, key_variable="ENCODER_KEY").embed(["a cat", "two", "\ud800 a"])
    assert vectors is not None
    assert np.allclose(vectors, [[0.6, 0.8], [0.0, 1.0], [0.6, 0.8]])
    path, headers, body = server.seen[0]
    assert path == "/v1/embeddings"
    assert headers["Authorization"] == "Bearer s3cret"
    assert body["model"] == "encoder"


def rows(*vectors: Any) -> bytes:
    return json.dumps({"data": [{"index": place, "embedding": vector} for place, vector in enumerate(vectors)]}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"data": 7}',
        b'{"data": [{"index": 0}]}',
        b"[" * 100_000,
        rows([1.0, 0.0]),
        rows([1.0, 0.0], [1.0]),
        rows([1.0, 0.0], [0.0, 0.0]),
        rows([1.0, 0.0], ["x", "y"]),
        rows([1.0, 0.0], [float("nan"), 1.0]),
        rows([1.0, 0.0], [float("inf"), 1.0]),
        rows([], []),
        rows([1.0, 0.0], [1.0, 0.0], [1.0, 0.0]),
        rows([[1.0]], [[1.0]]),
        b'{"data": [{"index": "a", "embedding": [1.0]}, {"index": "b", "embedding": [1.0]}]}',
        b" " * (17 << 20) + rows([1.0, 0.0], [0.0, 1.0]),
    ],
    ids=range(16),
)
def test_what_is_not_one_vector_for_each_text_is_nothing(server: Server, body: bytes) -> None:
    server.reaction = lambda handler, _: handler.reply(200, body)
    assert embedder_of(server).embed(["one", "two"]) is None
    assert len(server.seen) == 1


@pytest.mark.parametrize("reaction", BROKEN)
def test_a_slow_or_broken_server_takes_no_longer_than_allowed(server: Server, reaction: Reaction) -> None:
    server.reaction = reaction
    started = time.monotonic()
    assert embedder_of(server, timeout_seconds=0.3, retries=1).embed(["one"]) is None
    assert time.monotonic() - started < 5.0


def test_an_embedder_is_a_folder_or_a_server_with_a_model() -> None:
    raw = {"run": "r", "data": {"train": "t.jsonl"}, "model": {"model_name_or_path": "m"}, "embedder": {"url": "ftp://x", "folder": "f"}}
    with pytest.raises(ConfigError) as error:
        checked(raw)
    assert "\"embedder.url\" is 'ftp://x'; it starts with http:// or https://" in str(error.value)
    assert '"embedder.model" is missing' in str(error.value)
    assert '"embedder.folder" and "embedder.url" are both set' in str(error.value)


CLASSES = ["arm wrestling", "juggling", "yoga"]
LABEL = {"kind": "category", "value": "juggling", "classes": CLASSES}
TOSSES = "A clown keeps three clubs circling above his head."
POSES = "A woman holds a stretched pose on a mat."
EITHER = "Somebody moves about."
AXES = {"juggling": 0, TOSSES: 0, "yoga": 1, POSES: 1, "arm wrestling": 2}


def by_meaning(text: str) -> list[float]:
    """A sentence is near to its own class by 0.97, to the others by 0.17; one that means none is as near to all."""
    elsewhere = 0.0 if text in CLASSES else 0.7
    return [4.0 if AXES.get(text) == axis else elsewhere if text in AXES else 1.0 for axis in range(3)]


ANSWERS = {"a": TOSSES, "b": TOSSES, "c": POSES, "d": EITHER, "e": "Two men do yoga.", "f": "He is juggling clubs.", "g": "I cannot tell."}


def asked_run(scripted: ScriptedRun, embedder: dict[str, Any], run: str = "run") -> Path:
    rules = [{"sample_id": name, "replies": [answer]} for name, answer in ANSWERS.items()]
    samples = [sample_row(name, label=LABEL) for name in ANSWERS]
    config, _ = scripted(samples, rules, run=run, cycles=1, rationalize={"enabled": False}, embedder=embedder)
    return config.run


def outcomes(run: Path) -> str:
    return " ".join(row["outcome"] for row in rows_of(run / "cycle-1" / "verdicts.jsonl"))


BY_RULE = "undecided undecided undecided undecided fail pass undecided"


def test_without_an_embedder_paraphrases_stay_open(scripted: ScriptedRun) -> None:
    run = asked_run(scripted, {})
    assert outcomes(run) == BY_RULE
    assert not (run / "opinions.jsonl").exists()


def test_an_embedder_settles_paraphrases_and_is_asked_about_nothing_else(scripted: ScriptedRun, server: Server) -> None:
    server.reaction = saying(by_meaning)
    run = asked_run(scripted, {"url": server.url, "model": "encoder"})
    assert outcomes(run) == "pass pass fail undecided fail pass undecided"
    assert [body["input"] for _, _, body in server.seen] == [CLASSES, [TOSSES, POSES, EITHER]]
    reasons = [row["reason"] for row in rows_of(run / "cycle-1" / "verdicts.jsonl")]
    assert reasons[0] == 'the answer names no class; by the embedder encoder nearest is "juggling" (0.97), then "arm wrestling" (0.17)'
    assert reasons[3].endswith(": too close to tell")


def test_an_embedder_that_fails_leaves_every_verdict_as_it_was(scripted: ScriptedRun, server: Server) -> None:
    plain = asked_run(scripted, {}, "plain")
    server.reaction = lambda handler, _: handler.reply(404, b"")
    failed = asked_run(scripted, {"url": server.url, "model": "encoder"}, "failed")
    assert (failed / "cycle-1" / "verdicts.jsonl").read_bytes() == (plain / "cycle-1" / "verdicts.jsonl").read_bytes()


def test_a_run_killed_after_asking_gives_the_same_bytes_without_asking_again(scripted: ScriptedRun, server: Server) -> None:
    server.reaction = saying(by_meaning)
    run = asked_run(scripted, {"url": server.url, "model": "encoder"})
    verdicts = run / "cycle-1" / "verdicts.jsonl"
    before, calls = verdicts.read_bytes(), len(server.seen)
    for name in ("verdicts.jsonl", "rationale_verdicts.jsonl", "selection.json"):
        (run / "cycle-1" / name).unlink()
    server.reaction = lambda handler, _: handler.reply(404, b"")
    asked_run(scripted, {"url": server.url, "model": "encoder"})
    assert verdicts.read_bytes() == before
    assert len(server.seen) == calls


def test_other_thresholds_over_what_was_kept_need_no_embedder(scripted: ScriptedRun, server: Server) -> None:
    server.reaction = saying(by_meaning)
    run = asked_run(scripted, {"url": server.url, "model": "encoder"})
    server.shutdown()
    rejudge(run, [])
    assert outcomes(run / "rejudged" / "same-thresholds") == outcomes(run)
    rejudge(run, ["embedder.minimum_margin=0.85"])
    assert outcomes(run / "rejudged" / "embedder.minimum_margin=0.85") == BY_RULE
    rejudge(run, ["embedder.minimum_similarity=0.99"])
    assert outcomes(run / "rejudged" / "embedder.minimum_similarity=0.99") == BY_RULE
    text = sweep(run, [], "embedder.minimum_margin=0.1,0.85")
    assert [line.split()[2] for line in text.splitlines()[1:3]] == ["3", "1"]
    with pytest.raises(ConfigError, match=r'"embedder\.model" has nothing to do with judging'):
        rejudge(run, ["embedder.model=other"])


def test_a_dead_embedder_is_said_and_left_alone(server: Server, monkeypatch: pytest.MonkeyPatch, scripted: ScriptedRun) -> None:
    said: list[tuple[str, int]] = []
    monkeypatch.setattr(Silent, "say", lambda _, line: said.append((line, len(server.seen))))
    monkeypatch.setattr(opinions, "SILENT_CALLS", 2)
    server.reaction = lambda handler, _: handler.reply(401, b"")
    names = [f"s{number:03d}" for number in range(100)]
    rules = [{"sample_id": name, "replies": [f"{TOSSES} Number {name}."]} for name in names]
    samples = [sample_row(name, label=LABEL) for name in names]
    embedder = {"url": server.url, "model": "encoder"}
    scripted(samples, rules, cycles=1, rationalize={"enabled": False}, embedder=embedder)
    first = f"embedder: 100 open answers in cycle-1/answers.jsonl go to encoder at {server.url}; "
    assert (f"{first}calls: 4 for the answers, and one for every 32 class names", 0) in said
    assert len(server.seen) == 2
    assert any("100 of 100 answers have no opinion" in line for line, _ in said)
