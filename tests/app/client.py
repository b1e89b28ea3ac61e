"""A browser's side of the app over plain HTTP: cookies, uploads, and clicks by the ids of blocks."""

# ruff: noqa: S310 - loopback alone
from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.app.conftest import TOKEN, Server

API = "gradio_api/"
CUT_OFF = 0
"""In place of a status: the server closed the connection while more was being sent."""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Browser:
    """One open page. cookie: what it sends; a fresh one has none."""

    server: Server
    cookie: str = f"videostar_token={TOKEN}"
    session: str = field(default_factory=lambda: secrets.token_hex(6))

    def get(self, path: str, **headers: str) -> Reply:
        """`path` is sent as it is, dots and all."""
        return self.send(urllib.request.Request(self.server.root + path, headers={"Cookie": self.cookie, **headers}))

    def post(self, path: str, body: bytes, **headers: str) -> Reply:
        """The same with a body."""
        return self.send(urllib.request.Request(self.server.root + path, body, {"Cookie": self.cookie, **headers}))

    def send(self, request: urllib.request.Request) -> Reply:
        """Errors are replies, too; redirects are not followed."""
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=300) as reply:
                return Reply(reply.status, dict(reply.headers), reply.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code, dict(error.headers), error.read())
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            return Reply(CUT_OFF, {}, b"")

    def upload(self, name: str, content: bytes) -> Reply:
        """A file, as a form sends it."""
        edge = secrets.token_hex(8)
        quoted = name.replace('"', "%22")
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{quoted}"\r\nContent-Type: video/mp4\r\n\r\n'
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self.post(f"{API}upload", body, **{"Content-Type": f"multipart/form-data; boundary={edge}"})

    def bring(self, video: Path, name: str | None = None) -> dict[str, Any]:
        """Upload a video; gives what a click sends along."""
        path = json.loads(self.upload(name or video.name, video.read_bytes()).body)[0]
        return {"path": path, "orig_name": name or video.name, "meta": {"_type": "gradio.FileData"}}

    def fire(self, block: str, event: str, *data: Any) -> list[Any]:
        """What an event of a block gives in the end, one value per output; states are None on both sides. It must not be refused."""
        given = self.tried(block, event, *data)
        assert given is not None
        return given

    def tried(self, block: str, event: str, *data: Any) -> list[Any] | None:
        """The same; None where what is sent is refused, such as a choice that is not on the list, or a file that is no upload."""
        body = {"data": list(data), "fn_index": self._function(block, event), "session_hash": self.session, "event_data": None}
        joined = self.post(f"{API}queue/join", json.dumps(body).encode(), **{"Content-Type": "application/json"})
        if joined.status == 403:
            return None
        assert joined.status == 200, joined.text
        for told in self._events():
            if told["msg"] == "process_completed":
                return list(told["output"]["data"]) if told["success"] else None
        raise AssertionError("the stream ended before the work did")

    def _function(self, block: str, event: str) -> int:
        config = json.loads(self.get("config").body)
        number = next(item["id"] for item in config["components"] if item["props"].get("elem_id") == block)
        return next(int(item["id"]) for item in config["dependencies"] if [number, event] in [list(pair) for pair in item["targets"]])

    def _events(self) -> Iterator[dict[str, Any]]:
        address = f"{self.server.root}{API}queue/data?session_hash={self.session}"
        request = urllib.request.Request(address, headers={"Cookie": self.cookie})
        with urllib.request.urlopen(request, timeout=300) as stream:
            for line in stream:
                if line.startswith(b"data: "):
                    told = json.loads(line[6:])
                    yield told
                    if told["msg"] == "close_stream":
                        return
