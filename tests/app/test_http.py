"""The real server on loopback, asked without a browser: what it serves, to whom, and what it takes."""

from __future__ import annotations

import http.client
import json
import re
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.app.client import API, CUT_OFF, Browser
from tests.app.conftest import SAMPLES, TOKEN, Server, start
from tests.app.hostile import ALL
from tests.app.test_browse import Tags
from tests.conftest import render_clip
from videostar.config import Config

DANGEROUS = {"script", "img", "svg", "onerror", "onload", "iframe", "textarea"}
PASSWORDS = b"root:"


@pytest.fixture
def browser(server: Server) -> Browser:
    return Browser(server)


def test_the_page_opens_and_asks_no_other_machine_for_anything(browser: Browser) -> None:
    page = browser.get("")
    assert page.status == 200
    loaded = re.findall(r"""<(?:script|link|img)[^>]*(?:src|href)=["'](https?://[^"']+)""", page.text)
    assert loaded == []
    assert "fonts.googleapis" not in browser.get("theme.css").text


def test_without_the_token_nothing_is_given(server: Server) -> None:
    stranger = Browser(server, cookie="")
    for path in ("", "config", "theme.css", "assets/x.js", "media/x", f"{API}queue/data?session_hash=a", f"{API}info"):
        assert stranger.get(path).status == 401, path
    assert stranger.upload("a.mp4", b"x").status == 401
    assert stranger.get("?token=wrong").status == 401
    let_in = stranger.get(f"?token={TOKEN}&tab=chat")
    assert (let_in.status, let_in.headers["location"]) == (303, "./?tab=chat")


@pytest.mark.parametrize(
    "path",
    [
        f"{API}file=/etc/passwd",
        f"{API}file=../../../../etc/passwd",
        f"{API}file%3D/etc/passwd",
        f"{API}file/etc/passwd",
        f"/{API}file=/etc/passwd",
        f"./{API}file=/etc/passwd",
        f"x/../{API}file=/etc/passwd",
        "file=/etc/passwd",
        "file/etc/passwd",
        "media//etc/passwd",
        "media/..%2f..%2f..%2fetc%2fpasswd",
        "static/../../../../../../etc/passwd",
        "assets/..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
        "svelte/..%2f..%2f..%2f..%2fetc/passwd",
        "custom_component/../../etc/passwd",
        f"{API}proxy=http://127.0.0.1/",
    ],
)
def test_no_path_leads_out_of_the_folders(browser: Browser, path: str) -> None:
    reply = browser.get(path)
    assert PASSWORDS not in reply.body
    assert reply.status >= 400


def test_a_strange_host_name_and_other_sites_get_nothing(browser: Browser) -> None:
    assert browser.get("", Host="evil.example").status == 403
    assert browser.post(f"{API}queue/join", b"{}", Origin="http://evil.example").status == 403


def test_videos_come_in_parts_with_a_type_of_their_own(browser: Browser) -> None:
    hits = browser.fire("search-start", "click", "clips.index", "big splash", [], "", None, None, "")[0]
    source = re.search(r'data-source="/(media/[^"]+)"', hits)
    assert source is not None
    part = browser.get(source[1], Range="bytes=4-7")
    assert (part.status, part.body, part.headers["content-type"]) == (206, b"ftyp", "video/mp4")
    assert browser.get(source[1][:-6] + "AAAAAA").status == 404
    assert Browser(browser.server, cookie="").get(source[1]).status == 401


def test_a_clip_is_uploaded_asked_about_and_asked_again(browser: Browser, tmp_path: Path) -> None:
    clip = render_clip(tmp_path / "a.mp4", 90)
    chosen, player, told = browser.fire("chat-upload", "upload", browser.bring(clip, f"{ALL[:20]}.mp4"))
    assert told == ""
    assert "<video" in player
    assert not Tags(player).names & DANGEROUS
    name = chosen["value"]
    first = browser.fire("chat-ask", "click", ALL, name)[0]
    both = browser.fire("chat-ask", "click", "What is the person doing?", name)[0]
    assert both.count("vs-person") == 2
    for page in (first, both):
        assert not Tags(page).names & DANGEROUS
        assert "&lt;script&gt;" in page
    stranger = Browser(browser.server)
    assert stranger.tried("chat-ask", "click", "What?", name) is None
    page, problem, _ = stranger.fire("chat-ask", "click", "What?", None)
    assert "upload a video first" in problem
    assert "vs-person" not in str(page)


def test_what_is_no_video_too_long_or_not_uploaded_is_refused_and_nothing_of_it_stays(browser: Browser, tmp_path: Path) -> None:
    long = render_clip(tmp_path / "long.mp4", 90, num_frames=40)
    assert "at most 3.0s are taken" in browser.fire("chat-upload", "upload", browser.bring(long))[2]
    (tmp_path / "no.mp4").write_bytes(b"no video")
    assert "cannot be used" in browser.fire("assess-upload", "upload", browser.bring(tmp_path / "no.mp4"))[2]
    assert "is not taken" in browser.fire("chat-upload", "upload", browser.bring(long, "a.html"))[2]
    for path in ("/etc/passwd", str(long), "../../etc/passwd", "a\0b", f"{browser.server.root}config"):
        named = {"path": path, "meta": {"_type": "gradio.FileData"}}
        assert browser.tried("chat-upload", "upload", named) is None
        assert browser.tried("chat-ask", "click", named, None) is None
    assert long.exists()
    assert [path for path in browser.server.temporary.rglob("*") if path.name in {"long.mp4", "no.mp4", "a.html"}] == []


def test_an_upload_that_is_too_large_is_cut_off(browser: Browser) -> None:
    assert browser.upload("a.mp4", b"x" * (3 << 20)).status in {413, CUT_OFF}
    place = urlsplit(browser.server.root)
    connection = http.client.HTTPConnection(place.netloc, timeout=60)
    pieces = (b"x" * 65536 for _ in range(64))
    try:
        head = {"Cookie": browser.cookie, "Transfer-Encoding": "chunked", "Content-Type": "multipart/form-data; boundary=x"}
        connection.request("POST", f"/{API}upload", pieces, head, encode_chunked=True)
        status = connection.getresponse().status
    except (ConnectionError, http.client.HTTPException):
        status = CUT_OFF
    assert status != 200
    assert [path for path in browser.server.temporary.rglob("*") if path.is_file() and path.stat().st_size > (2 << 20)] == []


def test_samples_are_browsed_and_a_link_leads_to_one(browser: Browser) -> None:
    _until_read(browser)
    _, words, lines, item = browser.fire("browse-next", "click", "run", None, "", "", "", "fail", "", "", "")
    assert f"1 to {SAMPLES // 3} of {SAMPLES // 3}" in words
    assert len(lines["choices"]) == SAMPLES // 3
    assert not Tags(item).names & DANGEROUS
    address = re.search(r'href="\./(\?[^"]+)"', item)
    assert address is not None
    assert browser.get(address[1].replace("&amp;", "&")).status == 200


def _until_read(browser: Browser) -> None:
    """The app has taken the run in; its filters are known to the page."""
    for _ in range(200):
        fates = browser.fire("browse-run", "input", "run")[8]
        if "kept" in json.dumps(fates):
            return
    raise AssertionError("the run was not read")


@pytest.mark.parametrize("run", ["../run", "/etc", None, 3, {"a": 1}, ALL])
def test_a_run_that_is_not_open_is_refused(browser: Browser, run: object) -> None:
    told = browser.tried("browse-next", "click", run, None, "", "", "", "", "", "", "")
    assert "s-01" not in json.dumps(told)
    assert browser.get("").status == 200


def test_what_was_uploaded_is_deleted_when_the_page_is_closed(browser: Browser, tmp_path: Path) -> None:
    clip = render_clip(tmp_path / "a.mp4", 90)

    def kept() -> set[Path]:
        return set(browser.server.temporary.rglob("*.mp4"))

    before = kept()
    heart = urllib.request.Request(f"{browser.server.root}{API}heartbeat/{browser.session}", headers={"Cookie": browser.cookie})  # noqa: S310
    with urllib.request.urlopen(heart, timeout=300) as beating:  # noqa: S310 - loopback
        beating.readline()
        browser.fire("chat-upload", "upload", browser.bring(clip))
        (mine,) = kept() - before
    for _ in range(2000):
        if not mine.exists():
            return
        browser.get("theme.css")
    raise AssertionError("the upload outlived its page")


def test_what_was_uploaded_is_deleted_when_the_app_ends(tmp_path: Path, finished: Config) -> None:
    running = start(tmp_path, str(finished.run), "--model", str(finished.model.model_name_or_path))
    browser = Browser(running)
    clip = render_clip(tmp_path / "a.mp4", 90)
    assert "<video" in browser.fire("chat-upload", "upload", browser.bring(clip))[1]
    assert list(running.temporary.rglob("*.mp4")) != []
    assert "ended; what was uploaded is deleted" in running.end()
    assert running.process.returncode == 0
    assert list(running.temporary.rglob("*.mp4")) == []


def test_addresses_of_samples_survive_every_character() -> None:
    from videostar.app.arrival import address_of

    assert quote("<") in address_of("run", "<a&b=c#d>")
    assert "&b" not in address_of("run", "<a&b=c#d>")
    assert address_of("run", "\ud800").isascii()
