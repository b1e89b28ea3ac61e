"""A real HTTP server on the loopback that does what a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reaction = Callable[["Handler", int], None]


class Handler(BaseHTTPRequestHandler):
    """Does what the test's reaction says, and remembers what it was asked."""

    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.seen.append((self.path, dict(self.headers), body))
            number = len(self.server.seen)
        try:
            self.server.reaction(self, number)
        except OSError:
            return  # the client has hung up

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

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    """On a free port of the loopback."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.seen: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.reaction: Reaction = lambda handler, _: handler.say("yes")
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


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
