"""A model behind real HTTP on this machine: what is sent, what comes of every kind of reply, and what a bad server cannot do."""

from __future__ import annotations

import base64
import io
import json
import signal
import threading
import time
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.models.loopback import BROKEN, Handler, Reaction, Server, prompt_frames, silent, video_frames
from tests.models.tiny_checkpoint import moving_square
from videostar.errors import ServerError
from videostar.models import chat
from videostar.models.endpoint import Endpoint
from videostar.models.hosts import FixedHost
from videostar.models.server import ServerModel
from videostar.models.video_parts import FORMS
from videostar.ports import Decoding, Reply, Request
from videostar.server_config import ModelServerConfig, ServerConfig
from videostar.types import Message

GREEDY = Decoding(0.0, 1.0, 16)
SAMPLED = Decoding(0.7, 0.9, 16)
TRIAL_CALLS = 2


def model_of(server: Server, checkpoint: str = "base", trained: Any = None, **changes: Any) -> ServerModel:
    settings = ModelServerConfig(**{"url": server.url, "model": "served", "timeout_seconds": 10.0, "retries": 2, "parallel": 4, **changes})
    return ServerModel(checkpoint, settings, FixedHost(settings, checkpoint, "base"), trained, wait_seconds=0.0)


def request(name: str = "k-1", seeds: tuple[int, ...] = (7,), frames: Any = None, text: str = "What colour is the square?") -> Request:
    return Request(name, (Message("user", text),), frames or moving_square(), seeds)


def of_real_questions(otherwise: Reaction) -> Reaction:
    """The trial is passed; every other question meets `otherwise`."""

    def reaction(handler: Handler, number: int) -> None:
        if "What happens?" in json.dumps(handler.body):
            handler.chat("a square moves")
        else:
            otherwise(handler, number)

    return reaction


def of_sample(word: str, otherwise: Reaction) -> Reaction:
    """Questions that hold the word meet `otherwise`."""

    def reaction(handler: Handler, number: int) -> None:
        if word in json.dumps(handler.body):
            otherwise(handler, number)
        else:
            handler.chat("red")

    return reaction


def test_every_candidate_is_one_call_with_its_own_seed_and_keeps_its_place(server: Server) -> None:
    server.reaction = lambda handler, _: handler.chat(f"seed {handler.body['seed']}", finish="length")
    replies = model_of(server).answer([request("a", (1, 2, 2**31 + 3)), request("b", (4,))], SAMPLED)
    assert replies == [[Reply(f"seed {seed}", "length", 2) for seed in row] for row in ((1, 2, 3), (4,))]
    assert not any("n" in body for _, _, body in server.seen)


@pytest.mark.parametrize(
    ("dialect", "fields"),
    [
        ("openai", {"temperature": 0.7, "top_p": 0.9, "max_tokens": 16}),
        ("sglang", {"temperature": 0.7, "top_k": -1, "repetition_penalty": 1.0, "min_p": 0.0}),
        ("vllm", {"temperature": 0.7, "repetition_penalty": 1.0, "media_io_kwargs": {"video": {"num_frames": -1}}}),
        ("transformers", {"max_tokens": 16, "chat_template_kwargs": {"do_sample_frames": False}}),
    ],
)
def test_each_server_is_told_in_its_own_words_how_to_draw(server: Server, dialect: str, fields: dict[str, Any]) -> None:
    server.reaction = lambda handler, _: handler.chat("red")
    model_of(server, dialect=dialect).answer([request()], SAMPLED)
    path, _, body = server.seen[TRIAL_CALLS]
    assert path == "/v1/chat/completions"
    assert body["model"] == "served"
    assert {name: body[name] for name in fields} == fields
    if dialect == "transformers":
        drawn = {"do_sample": True, "temperature": 0.7, "top_p": 0.9, "top_k": 0, "repetition_penalty": 1.0}
        assert json.loads(body["generation_config"]) == drawn
        assert "temperature" not in body


def test_further_fields_are_sent_and_null_takes_one_out(server: Server) -> None:
    server.reaction = lambda handler, _: handler.chat("red")
    model_of(server, dialect="openai", extra={"max_tokens": None, "max_completion_tokens": 99}).answer([request()], GREEDY)
    body = server.seen[-1][2]
    assert body["max_completion_tokens"] == 99
    assert "max_tokens" not in body


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_frames_that_were_chosen_are_those_that_arrive(server: Server, form: str, tmp_path: Path) -> None:
    """Odd sizes and rates too; to the bit except in JPEG. Files are gone once the answer is there."""
    frames = moving_square(200, num_frames=5, size=35, fps=1.37)
    arrived: list[np.ndarray[Any, Any]] = []

    def reaction(handler: Handler, _: int) -> None:
        parts = [part for part in handler.body["messages"][0]["content"] if isinstance(part, dict) and part["type"] != "text"]
        if prompt_frames(handler.body) == 5:
            arrived.append(_stills(parts) if parts[0]["type"] == "image_url" else video_frames(parts[0]))
        handler.chat("red")

    server.reaction = reaction
    model_of(server, video_part=form, video_folder=tmp_path / "clips").answer([request(frames=frames, seeds=(1, 2))], GREEDY)
    assert len(arrived) == 2
    for seen in arrived:
        difference = np.abs(seen.astype(int) - frames.pixels.astype(int))
        assert seen.shape == frames.pixels.shape
        assert difference.mean() < 3 if form == "images_jpeg" else difference.max() == 0
    assert not any((tmp_path / "clips").rglob("*.mp4"))


def _stills(parts: list[dict[str, Any]]) -> np.ndarray[Any, Any]:
    images = [base64.b64decode(part["image_url"]["url"].partition(",")[2]) for part in parts]
    return np.stack([np.asarray(Image.open(io.BytesIO(image))) for image in images])


def test_a_text_without_frames_goes_as_plain_text(server: Server) -> None:
    server.reaction = lambda handler, _: handler.chat("blue")
    blind = Request("k-1", (Message("user", "What colour?"), Message("assistant", "red"), Message("user", "Why?")), None, (1,))
    assert model_of(server).answer([blind], GREEDY) == [[Reply("blue", "stop", 1)]]
    assert [turn["content"] for turn in server.seen[-1][2]["messages"]] == ["What colour?", "red", "Why?"]


def test_an_answer_that_is_begun_is_refused_before_any_call(server: Server) -> None:
    begun = Request("k-1", (Message("user", "What colour?"),), None, (1,), start="It is")
    with pytest.raises(ServerError, match=r"cannot be asked of a server.*`model.engine: transformers`"):
        model_of(server).answer([begun], GREEDY)
    assert server.seen == []


def test_no_label_can_end_a_turn() -> None:
    text = "say <|im_end|> or </s> or [INST] or <image>, not a < b or <b>bold</b> or 3 <| 4"
    assert chat.harmless(text) == "say < |im_end|> or < /s> or [ INST] or < image>, not a < b or <b>bold</b> or 3 <| 4"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_what_passes_is_overcome(server: Server, status: int) -> None:
    failed: list[int] = []

    def reaction(handler: Handler, _: int) -> None:
        failed.append(status)
        if len(failed) <= 2:
            handler.reply(status, b'{"error": {"message": "warming up"}}')
        else:
            handler.chat("red")

    server.reaction = of_real_questions(reaction)
    assert model_of(server).answer([request()], GREEDY)[0][0].text == "red"


def test_a_server_is_left_alone_as_long_as_it_asks(server: Server) -> None:
    times: list[float] = []

    def reaction(handler: Handler, _: int) -> None:
        times.append(time.monotonic())
        if len(times) == 1:
            handler.send_response(429)
            handler.send_header("Retry-After", "0.7")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        else:
            handler.chat("red")

    server.reaction = of_real_questions(reaction)
    assert model_of(server).answer([request()], GREEDY)[0][0].text == "red"
    assert times[1] - times[0] >= 0.7


def test_waits_grow_and_differ_by_seed(server: Server) -> None:
    def gaps(seed: int) -> list[float]:
        times: list[float] = []

        def refuses(handler: Handler, _: int) -> None:
            times.append(time.monotonic())
            handler.reply(503, b"")

        server.reaction = refuses
        Endpoint(ServerConfig(url=server.url, retries=4), "chat/completions", 100, wait_seconds=0.1).call({}, seed)
        return [later - sooner for sooner, later in pairwise(times)]

    first, second = gaps(1), gaps(2)
    assert len(first) == 4
    for index, gap in enumerate(first):
        assert gap >= 0.05 * 2**index
    assert first[3] > first[0]
    assert any(abs(one - other) > 0.01 for one, other in zip(first, second, strict=True))


NONSENSE = {
    "not JSON": (b"<html>gateway</html>", "the reply is not JSON"),
    "nothing": (b"", "the reply is not JSON"),
    "JSON of another shape": (b'{"text": "red"}', "the reply is not one of the chat protocol"),
    "a list": (b"[1, 2]", "the reply is not one of the chat protocol"),
    "deeply nested": (b"[" * 50_000, "the reply is not JSON"),
    "no text": (b'{"choices": [{"message": {"content": null}, "finish_reason": "stop"}]}', "the reply has no text"),
    "filtered": (b'{"choices": [{"message": {"content": "x"}, "finish_reason": "content_filter"}]}', 'for the reason "content_filter"'),
    "huge": (b"x" * (5 << 20), "the reply has more than 4194304 bytes"),
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_costs_its_own_row_and_says_why(server: Server, kind: str) -> None:
    body, words = NONSENSE[kind]
    server.reaction = of_sample("ruin", lambda handler, _: handler.reply(200, body))
    spoilt, fine = model_of(server).answer([request("a", text="ruin this"), request("b")], GREEDY)
    assert spoilt[0].finish == "error"
    assert words in spoilt[0].error
    assert fine[0].text == "red"


def test_a_request_that_is_refused_costs_its_own_row_and_is_not_tried_again(server: Server) -> None:
    refusal = b'{"error": {"message": "maximum context length is 4096 tokens", "type": "BadRequestError"}}'
    server.reaction = of_sample("ruin", lambda handler, _: handler.reply(400, refusal))
    spoilt, fine = model_of(server).answer([request("a", text="ruin this"), request("b")], GREEDY)
    assert spoilt == [Reply("", "error", 0, error="server refused: HTTP 400 Bad Request: maximum context length is 4096 tokens")]
    assert fine[0].text == "red"
    assert sum("ruin" in json.dumps(body) for _, _, body in server.seen) == 1


@pytest.mark.parametrize("reaction", BROKEN)
def test_a_call_that_hangs_or_breaks_off_costs_its_own_row(server: Server, reaction: Reaction) -> None:
    server.reaction = of_sample("ruin", reaction)
    started = time.monotonic()
    spoilt, fine = model_of(server, timeout_seconds=1.0, retries=3).answer([request("a", text="ruin this"), request("b")], GREEDY)
    assert time.monotonic() - started < 8.0
    assert spoilt[0].finish == "error"
    assert spoilt[0].error.startswith(("server time limit: no whole reply within 1 s", "server unreachable: "))
    assert fine[0].text == "red"


def test_a_server_that_goes_away_ends_the_batch_and_not_its_rows(server: Server) -> None:
    model = model_of(server)
    server.reaction = lambda handler, _: handler.chat("red")
    model.answer([request()], GREEDY)
    server.shutdown()
    server.server_close()
    with pytest.raises(ServerError, match=r"does not answer: ConnectionRefusedError.*the same command goes on from here"):
        model.answer([request()], GREEDY)


def test_a_server_that_refuses_everything_from_now_on_ends_the_run(server: Server) -> None:
    model = model_of(server)
    server.reaction = lambda handler, _: handler.chat("red")
    model.answer([request()], GREEDY)
    server.reaction = lambda handler, _: handler.reply(401, b'{"message": "key revoked"}')
    with pytest.raises(ServerError, match="HTTP 401 Unauthorized: key revoked"):
        model.answer([request("a"), request("b")], GREEDY)


def test_a_server_without_the_video_is_refused_before_any_question(server: Server) -> None:
    server.reaction = lambda handler, _: handler.chat("a nice video", seen=False)
    with pytest.raises(ServerError, match=r'cannot be asked about a video in the form "video_url_data": video not seen.*docs/servers\.md'):
        model_of(server).answer([request()], GREEDY)
    assert len(server.seen) == TRIAL_CALLS


def test_an_answer_without_the_video_is_never_taken(server: Server) -> None:
    """Long texts too: a prompt that is longer than the clip alone need not hold it."""
    server.reaction = of_sample("ruin", lambda handler, _: handler.chat("red", seen=False))
    model = model_of(server)
    fine, spoilt, long = model.answer([request("a"), request("b", text="ruin"), request("c", text="ruin this " * 40)], GREEDY)
    assert fine[0].text == "red"
    assert [reply[0].error.partition(":")[0] for reply in (spoilt, long)] == ["video not seen"] * 2


def test_a_server_that_does_not_count_is_trusted_only_when_told(server: Server) -> None:
    body = b'{"choices": [{"message": {"content": "red"}, "finish_reason": "stop"}]}'
    server.reaction = lambda handler, _: handler.reply(200, body)
    with pytest.raises(ServerError, match=r"usage\.prompt_tokens.*`server\.check_video: off`"):
        model_of(server).answer([request()], GREEDY)
    assert model_of(server, check_video="off").answer([request()], GREEDY) == [[Reply("red", "stop", 0)]]


def test_a_server_that_reads_other_frames_than_training_is_refused(server: Server) -> None:
    server.reaction = lambda handler, _: handler.chat("red")
    frames = moving_square(num_frames=64)
    asked = [request(frames=frames)]
    with pytest.raises(ServerError, match=r"reads sample k-1 as 199 tokens where training will show 400.*check_video: seen"):
        model_of(server, trained=lambda _: 400).answer(asked, GREEDY)
    assert model_of(server, trained=lambda _: 400, check_video="seen").answer(asked, GREEDY)[0][0].text == "red"
    assert model_of(server, trained=lambda _: 196).answer(asked, GREEDY)[0][0].text == "red"


def test_no_more_calls_at_once_than_allowed(server: Server) -> None:
    lock, running, most = threading.Lock(), [0], [0]

    def reaction(handler: Handler, _: int) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.02)
        with lock:
            running[0] -= 1
        handler.chat("red")

    server.reaction = reaction
    replies = model_of(server, parallel=3).answer([request(str(number), (1, 2)) for number in range(12)], SAMPLED)
    assert sum(len(row) for row in replies) == 24
    assert 2 <= most[0] <= 3


def test_the_key_is_sent_and_never_shown(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_KEY", "s3cret-key")
    server.reaction = lambda handler, _: handler.reply(403, f"no: {handler.headers['Authorization']}".encode())
    with pytest.raises(ServerError) as error:
        model_of(server, key_variable="OUR_KEY").answer([request()], GREEDY)
    assert "no: Bearer (key)" in str(error.value)
    assert "s3cret" not in str(error.value)


def test_an_interrupted_run_does_not_wait_for_its_calls(server: Server) -> None:
    server.reaction = of_real_questions(silent)

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    started = time.monotonic()
    try:
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        with pytest.raises(KeyboardInterrupt):
            model_of(server, timeout_seconds=60.0).answer([request(str(number)) for number in range(8)], GREEDY)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - started < 8.0


def test_a_later_checkpoint_must_be_what_is_served(server: Server, tmp_path: Path) -> None:
    server.reaction = lambda handler, _: handler.chat("red")
    later = tmp_path / "cycle-1" / "checkpoint"
    later.mkdir(parents=True)
    server.pages["/v1/models"] = json.dumps({"data": [{"id": "served", "root": "base"}]}).encode()
    with pytest.raises(ServerError, match=r"cycle-1/checkpoint, which the server at .* does not list.*model\.engine: managed"):
        model_of(server, str(later)).answer([request()], GREEDY)
    server.pages["/v1/models"] = json.dumps({"data": [{"id": "newer", "root": str(later)}]}).encode()
    model_of(server, str(later)).answer([request()], GREEDY)
    assert server.seen[-1][2]["model"] == "newer"
    model_of(server, str(later), model="{checkpoint}").answer([request()], GREEDY)
    assert server.seen[-1][2]["model"] == str(later)
