"""Who gets in, what is served, what is taken: the guard, signed addresses, uploads."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import render_clip
from videostar.app.guard import COOKIE, MESSAGE_BYTES, Guard
from videostar.app.media import PREFIX, Media
from videostar.app.uploads import Limits, Uploads
from videostar.errors import DataError


async def _inner(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body and says how long it was."""
    length, message = 0, {"more_body": True}
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message.get("body", b""))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def asked(
    guard: Guard, path: str = "/", method: str = "GET", query: str = "", pieces: tuple[bytes, ...] = (), **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """(status, headers, body); status 0 where nothing was answered."""
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in {"host": "127.0.0.1:7860", **headers}.items()]
    scope = {"type": "http", "path": path, "method": method, "query_string": query.encode(), "headers": raw}
    sent: list[MutableMapping[str, Any]] = []
    waiting = list(pieces)

    async def receive() -> MutableMapping[str, Any]:
        body = waiting.pop(0) if waiting else b""
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(guard(scope, receive, send))
    if not sent:
        return 0, {}, b""
    told = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return int(sent[0]["status"]), told, b"".join(message.get("body", b"") for message in sent[1:])


LOCAL = Guard(_inner, hosts=("127.0.0.1", "localhost", "[::1]"), upload_bytes=2 * MESSAGE_BYTES)
FAR = Guard(_inner, token="secret", upload_bytes=2 * MESSAGE_BYTES)  # noqa: S106 - of the tests


def test_a_name_that_is_not_this_machines_gets_nothing() -> None:
    assert asked(LOCAL)[0] == 200
    assert asked(LOCAL, host="[::1]:7860")[0] == 200
    assert asked(LOCAL, host="evil.example")[0] == 403
    assert asked(LOCAL, host="127.0.0.1.evil.example:7860")[0] == 403


def test_a_token_in_the_address_becomes_a_cookie_and_nothing_else_gets_in() -> None:
    assert asked(FAR)[0] == 401
    assert asked(FAR, query="token=wrong")[0] == 401
    assert asked(FAR, cookie=f"{COOKIE}=wrong")[0] == 401
    assert asked(FAR, path=f"{PREFIX}abc")[0] == 401
    assert asked(FAR, path="/gradio_api/queue/join", method="POST")[0] == 401
    status, headers, _ = asked(FAR, query="token=secret&run=a&sample=b")
    assert (status, headers["location"]) == (303, "./?run=a&sample=b")
    assert "HttpOnly" in headers["set-cookie"]
    assert asked(FAR, cookie=headers["set-cookie"].partition(";")[0])[0] == 200


@pytest.mark.parametrize(
    "name", ["file=/etc/passwd", "file/etc/passwd", "proxy=http://a/", "component_server", "stream/x", "vibe-edit/", "runs"]
)
def test_what_the_page_does_not_need_of_the_framework_is_shut(name: str) -> None:
    assert asked(LOCAL, path=f"/gradio_api/{name}")[0] == 403


def test_other_sites_cannot_make_a_browser_ask() -> None:
    assert asked(LOCAL, "/gradio_api/queue/join", "POST", origin="http://evil.example")[0] == 403
    assert asked(LOCAL, "/gradio_api/queue/join", "POST", pieces=(b"{}",), origin="http://127.0.0.1:7860")[0] == 200


def test_bodies_are_bounded_whatever_their_length_is_said_to_be() -> None:
    large = b"x" * (MESSAGE_BYTES + 1)
    assert asked(LOCAL, "/gradio_api/queue/join", "POST", content_length=str(len(large)))[0] == 413
    assert asked(LOCAL, "/gradio_api/queue/join", "POST", content_length="-1")[0] == 413
    assert asked(LOCAL, "/gradio_api/queue/join", "POST", pieces=(large,))[0] == 403
    assert asked(LOCAL, "/gradio_api/upload", "POST", pieces=(large,))[2] == str(len(large)).encode()
    assert asked(LOCAL, "/gradio_api/upload", "POST", pieces=(large, large))[0] == 0


def test_a_click_names_no_file_but_an_upload(tmp_path: Path) -> None:
    guard = Guard(_inner, arrivals=tmp_path / "incoming", upload_bytes=2 * MESSAGE_BYTES)
    (tmp_path / "incoming").mkdir()
    (tmp_path / "incoming" / "link.mp4").symlink_to("/etc/passwd")

    def status(path: object) -> int:
        told = {"data": ["words", [{"deep": {"path": path, "meta": {"_type": "gradio.FileData"}}}]], "fn_index": 1}
        return asked(guard, "/gradio_api/queue/join", "POST", pieces=(json.dumps(told).encode(),))[0]

    assert status(str(tmp_path / "incoming" / "0123" / "a.mp4")) == 200
    for path in ("/etc/passwd", "../../etc/passwd", "http://127.0.0.1/", "a\0b", 3, ["/etc/passwd"], "\ud800", ""):
        assert status(path) == 403, path
    assert status(str(tmp_path / "incoming" / ".." / "a.mp4")) == 403
    assert status(str(tmp_path / "incoming" / "link.mp4")) == 403
    twice = f'{{"path": "/etc/passwd", "path": "{tmp_path}/incoming/a.mp4"}}'.encode()
    written_anew = json.dumps(json.loads(twice)).encode()
    assert asked(guard, "/gradio_api/queue/join", "POST", pieces=(twice,))[2] == str(len(written_anew)).encode()
    for body in (b"no json", b"[" * 100_000, b'{"path": '):
        assert asked(guard, "/gradio_api/queue/join", "POST", pieces=(body,))[0] == 403


def test_answers_tell_the_browser_to_reach_no_other_machine() -> None:
    headers = asked(LOCAL)[1]
    assert headers["x-content-type-options"] == "nosniff"
    assert "connect-src 'self'" in headers["content-security-policy"]


def served(media: Media, path: Path) -> Path | None:
    link = media.link(path)
    return None if link is None else media.file_of(link.removeprefix(PREFIX))


def test_only_videos_below_the_folders_are_served(tmp_path: Path) -> None:
    inside = render_clip(tmp_path / "open" / "a.mp4", 90)
    outside = render_clip(tmp_path / "shut" / "b.mp4", 90)
    (tmp_path / "open" / "secret.txt").write_text("secret")
    (tmp_path / "open" / "leads-out.mp4").symlink_to(outside)
    (tmp_path / "open" / "within.mp4").symlink_to(inside)
    (tmp_path / "open" / "folder-out").symlink_to(tmp_path / "shut")
    media = Media((tmp_path / "open",))
    assert served(media, inside) == inside
    assert served(media, tmp_path / "open" / "within.mp4") == inside
    for path in (
        "shut/b.mp4",
        "open/../shut/b.mp4",
        "open/leads-out.mp4",
        "open/folder-out/b.mp4",
        "open/secret.txt",
        "open/none.mp4",
        "open",
    ):
        assert media.link(tmp_path / path) is None, path
    assert media.link(Path("/etc/passwd")) is None
    assert media.link(tmp_path / "open" / "a\0.mp4") is None


def test_an_address_that_was_not_signed_here_or_was_altered_leads_nowhere(tmp_path: Path) -> None:
    clip = render_clip(tmp_path / "a.mp4", 90)
    media, other = Media((tmp_path,)), Media((tmp_path,))
    link = media.link(clip)
    assert link is not None
    address = link.removeprefix(PREFIX)
    assert other.file_of(address) is None
    assert media.file_of(address[:-4] + "AAAA") is None
    for told in ("", "../../etc/passwd", "/etc/passwd", "%2e%2e", "A" * 5000, "\u00e9"):
        assert media.file_of(told) is None


def test_a_file_that_becomes_a_link_after_it_was_signed_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    outside = render_clip(tmp_path / "b.mp4", 90)
    clip = render_clip(tmp_path / "open" / "a.mp4", 90)
    media = Media((tmp_path / "open",))
    link = media.link(clip)
    assert link is not None
    clip.unlink()
    clip.symlink_to(outside)
    assert media.file_of(link.removeprefix(PREFIX)) is None


def arrived(uploads: Uploads, source: Path, name: str = "a.mp4") -> Path:
    """As the framework leaves it."""
    folder = uploads.incoming / "0123"
    folder.mkdir(exist_ok=True)
    return Path(shutil.copy(source, folder / name))


def test_an_upload_is_taken_once_kept_for_its_session_and_deleted(tmp_path: Path) -> None:
    clip = render_clip(tmp_path / "a.mp4", 90)
    with Uploads(Limits(most=2)) as uploads:
        kept = [uploads.take("one", arrived(uploads, clip)) for _ in range(3)]
        assert [path.exists() for path in kept] == [False, True, True]
        assert list(uploads.incoming.iterdir()) == []
        other = uploads.take("two", arrived(uploads, clip))
        uploads.forget("one")
        assert [path.exists() for path in (*kept, other)] == [False, False, False, True]
        root = uploads.root
    assert not root.exists()


@pytest.mark.parametrize(
    ("name", "content", "limits", "said"),
    [
        ("a.exe", b"MZ", Limits(), r"a.exe is not taken: its name must end with one of \.mp4"),
        ("a.mp4", b"x" * 3_000_000, Limits(megabytes=2), "a.mp4 has more than 2 MB; cut it"),
        ("a.mp4", b"no video at all", Limits(), "a.mp4 cannot be used: .*; upload a video file that plays to its end"),
        ("a.mp4", None, Limits(seconds=1.0), r"a.mp4 is 2.0s long; at most 1.0s are taken: cut it"),
        ("<b>.mp4", b"", Limits(), "<b>.mp4 cannot be used"),
    ],
)
def test_an_upload_that_is_too_large_long_or_no_video_is_told_and_deleted(
    tmp_path: Path, name: str, content: bytes | None, limits: Limits, said: str
) -> None:
    source = render_clip(tmp_path / "clip.mp4", 90)
    if content is not None:
        source.write_bytes(content)
    with Uploads(limits) as uploads:
        with pytest.raises(DataError, match=said):
            uploads.take("one", arrived(uploads, source, name))
        assert list(uploads.root.rglob("*.mp4")) == []


def test_a_path_that_is_no_upload_is_refused_and_left_alone(tmp_path: Path) -> None:
    clip = render_clip(tmp_path / "a.mp4", 90)
    with Uploads() as uploads:
        (uploads.incoming / "link.mp4").symlink_to(clip)
        for path in (clip, Path("/etc/passwd"), uploads.incoming / ".." / ".." / "a.mp4", uploads.incoming / "link.mp4", uploads.incoming):
            with pytest.raises(DataError, match="did not arrive as an upload"):
                uploads.take("one", path)
        assert clip.exists()


def test_what_nobody_took_is_swept_away(tmp_path: Path) -> None:
    clip = render_clip(tmp_path / "a.mp4", 90)
    with Uploads() as uploads:
        old, new = arrived(uploads, clip, "old.mp4"), arrived(uploads, clip, "new.mp4")
        os.utime(old, (1, 1))
        uploads.sweep()
        assert (old.exists(), new.exists()) == (False, True)


def test_what_a_killed_app_left_is_deleted_by_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Uploads() as running:
        killed = tmp_path / "videostar-app-killed"
        (killed / "incoming").mkdir(parents=True)
        (killed / "held").touch()
        with Uploads():
            assert not killed.exists()
            assert running.root.exists()
