"""A real HTTP server on the loopback that does what a test says."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Reaction = Callable[["Handler", int], None]


class Handler(BaseHTTPRequestHandler):
    """Does what the test's reaction says, and remembers what it was asked."""

    server: Server
    body: dict[str, Any]

    def do_POST(self) -> None:
        body = self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.seen.append((self.path, dict(self.headers), body))
            number = len(self.server.seen)
        try:
            self.server.reaction(self, number)
        except OSError:
            return  # the client has hung up

    def do_GET(self) -> None:
        body = self.server.pages.get(self.path)
        self.reply(404 if body is None else 200, body or b"")

    @property
    def asked(self) -> dict[str, Any]:
        """The body of the newest call."""
        return self.server.seen[-1][2]

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def say(self, text: Any) -> None:
        self.reply(200, json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode())

    def chat(self, text: str, seen: bool = True, finish: str = "stop") -> None:
        """As a chat server: the prompt comes to a token a word, and three a frame where the video is seen."""
        tokens = prompt_words(self.body) + (3 * prompt_frames(self.body) if seen else 0)
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
        usage = {"prompt_tokens": tokens, "completion_tokens": len(text.split())}
        self.reply(200, json.dumps({"choices": [choice], "usage": usage}).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    """On a free port of the loopback."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.lock = threading.Lock()
        self.seen: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.reaction: Reaction = lambda handler, _: handler.say("yes")
        self.released = threading.Event()
        self.pages: dict[str, bytes] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


def prompt_words(body: dict[str, Any]) -> int:
    """Words of all turns of a chat request, and two for each turn's own marks."""
    texts = [text for message in body["messages"] for text in _texts(message["content"])]
    return sum(len(text.split()) for text in texts) + 2 * len(body["messages"])


def prompt_frames(body: dict[str, Any]) -> int:
    """Frames of a chat request, however they travel."""
    parts = [part for message in body["messages"] if isinstance(message["content"], list) for part in message["content"]]
    return sum(1 if part["type"] == "image_url" else len(video_frames(part)) for part in parts if part["type"] != "text")


def video_frames(part: dict[str, Any]) -> NDArray[np.uint8]:
    """(T, H, W, 3): what a server reads of a `video_url` part."""
    url = part["video_url"]["url"]
    source: Any = url.removeprefix("file://")
    if url.startswith("data:"):
        source = io.BytesIO(base64.b64decode(url.partition(",")[2]))
    with av.open(source) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def _texts(content: Any) -> list[str]:
    return [content] if isinstance(content, str) else [part["text"] for part in content if part["type"] == "text"]


def silent(handler: Handler, _: int) -> None:
    handler.server.released.wait(20)


def drips(handler: Handler, _: int) -> None:
    """One byte now and then, so that no single read ever times out."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.released.wait(0.05):
        handler.wfile.write(b" ")


def drips_headers(handler: Handler, _: int) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not handler.server.released.wait(0.05):
        handler.wfile.write(b"x")


def hangs_up(handler: Handler, _: int) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")


def is_no_server(handler: Handler, _: int) -> None:
    handler.wfile.write(b"\x00\x01\x02 nothing like it\r\n\r\n")


BROKEN = (silent, drips, drips_headers, hangs_up, is_no_server)
