"""The app in a real browser: every tab opened and used, in light and dark and on a narrow screen; pictures are kept.

The embedded model answers about a rendered dive. Pictures go to the folder that VIDEOSTAR_SHOTS names, else to the test's own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.conftest import SAMPLES, Server, build_index, build_run, start
from videostar.playground.architecture import FRAME_SIZE
from videostar.playground.worlds.drawing import VIDEO_FPS, video_times
from videostar.playground.worlds.tables import WORLDS, draw_clips
from videostar.video.write import write_mp4

pytestmark = pytest.mark.slow
PATIENCE_MS = 600_000
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
SMALL = {"width": 400, "height": 850}


def dive(path: Path) -> Path:
    """A held-out dive."""
    (_, clip), *_ = draw_clips(WORLDS["dives"](0), "test-seen", 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_mp4(path, clip.frames(video_times(clip.duration_seconds), FRAME_SIZE), VIDEO_FPS)
    return path


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures are kept."""
    named = os.environ.get("VIDEOSTAR_SHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with the embedded model, over a run with hostile texts and an index of dives."""
    folder = tmp_path_factory.mktemp("app")
    config = build_run(folder)
    videos = [dive(folder / "videos" / "one.mp4"), dive(folder / "videos" / "two.mp4")]
    index = build_index(folder / "dives.index", videos)
    embedded = str(Path(__file__).parents[2] / "src" / "videostar" / "playground" / "tiny")
    videos_here = ("--videos", str(folder / "videos"), "--videos", str(folder / "data"))
    running = start(folder, str(config.run), "--model", embedded, "--index", str(index), *videos_here)
    yield running
    running.end()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason='Playwright is not installed: pip install "videostar[dev]"')
    if CHROMIUM is None:
        pytest.skip("no chromium is installed; on Debian: apt install chromium")
    with playwright.sync_playwright() as made:
        browser = made.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, app: Server) -> Iterator[Callable[..., Any]]:
    """`page(address, **context)`: an open page. What its console says, and what is not served, fails the test at its end."""
    troubles: list[str] = []
    contexts: list[Any] = []

    def open_page(address: str = "", **options: Any) -> Any:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        made = context.new_page()
        made.set_default_timeout(PATIENCE_MS)
        made.on("console", lambda told: troubles.append(told.text) if told.type in {"error", "warning"} else None)
        made.on("pageerror", lambda error: troubles.append(str(error)))
        made.on("response", lambda reply: troubles.append(f"{reply.status} {reply.url}") if reply.status >= 400 else None)
        made.on("dialog", lambda dialog: troubles.append(f"a dialog: {dialog.message}"))
        made.goto(f"{app.address}{address}")
        made.wait_for_selector("#tabs")
        return made

    yield open_page
    pwned = [made.evaluate("window.pwned") for context in contexts for made in context.pages]
    for context in contexts:
        context.close()
    assert pwned == [None] * len(pwned)
    assert troubles == []


def typed(page: Any, block: str, words: str) -> None:
    page.locator(f"#{block} textarea, #{block} input").first.fill(words)


def tab(page: Any, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def upload(page: Any, block: str, video: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator(f"#{block}-upload").click()
    chooser.value.set_files(str(video))
    page.wait_for_function("block => (document.querySelector(`#${block}-player video`) || {}).readyState > 0", arg=block)


def ask(page: Any, words: str) -> list[str]:
    """Ask, wait for the whole answer; gives all answers so far."""
    before = page.locator("#chat-said .vs-model").count()
    typed(page, "chat-question", words)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "count => document.querySelectorAll('#chat-said .vs-model').length > count && !document.querySelector('#chat-said .vs-cursor')",
        arg=before,
    )
    return list(page.locator("#chat-said .vs-model").all_inner_texts())


def test_a_run_is_watched(page: Callable[..., Any], shots: Path) -> None:
    made = page()
    made.wait_for_selector("#runs-page table")
    assert "finished; the best is" in made.locator("#runs-page").inner_text()
    assert made.locator("#runs-page svg").count() == 2
    assert "dropped" in made.locator("#runs-page .vs-funnel").first.inner_text()
    made.screenshot(path=shots / "runs.png", full_page=True)


def test_samples_are_filtered_stepped_through_and_linked_to(page: Callable[..., Any], shots: Path) -> None:
    made = page("&tab=browse")
    made.wait_for_selector("#browse-item h3")
    first = made.locator("#browse-item h3").inner_text()
    for key, expected in (("j", False), ("ArrowRight", False), ("k", False), ("ArrowLeft", True)):
        before = made.locator("#browse-item h3").inner_text()
        made.keyboard.press(key)
        made.wait_for_function("before => document.querySelector('#browse-item h3').innerText != before", arg=before)
        assert (made.locator("#browse-item h3").inner_text() == first) == expected
    made.locator("#browse-filters button").first.click()
    made.locator("#browse-verdict input").click()
    made.get_by_role("option", name="fail", exact=True).click()
    made.wait_for_function("count => document.querySelector('#browse-count').innerText.includes(count)", arg=f"of {SAMPLES // 3}")
    assert made.locator("#browse-item mark").count() > 0
    assert made.locator("#browse-item .fail").count() > 0
    made.screenshot(path=shots / "browse.png", full_page=True)
    made.locator("#browse-list label").nth(1).click()
    made.wait_for_function("!document.querySelector('#browse-list input').checked")
    made.wait_for_function("before => document.querySelector('#browse-item h3').innerText != before", arg=first)
    chosen = made.locator("#browse-item h3").inner_text()
    with made.expect_navigation():
        made.locator("#browse-item a").first.click()
    made.wait_for_selector("#browse-item h3")
    assert made.locator("#browse-item h3").inner_text() == chosen
    assert made.locator("#browse-item video").evaluate("video => video.getAttribute('src').startsWith('/media/')")


def test_a_dive_is_talked_about_and_assessed(page: Callable[..., Any], app: Server, tmp_path: Path, shots: Path) -> None:
    made = page("&tab=chat")
    video = dive(tmp_path / "my <b>dive.mp4")
    upload(made, "chat", video)
    (size,) = ask(made, "How big is the splash?")
    assert size in {"small", "big"}
    _, why = ask(made, "Why?")
    assert f"So the answer is {size}" in why
    made.screenshot(path=shots / "chat.png", full_page=True)
    tab(made, "Assess")
    made.wait_for_selector("#assess-player video")
    made.locator("#assess-start").click()
    made.wait_for_selector("#assess-found .vs-assessment")
    assert "judged by" in made.locator("#assess-found").inner_text()
    assert made.locator("#assess-found tbody tr").count() >= 5
    for jump in made.locator("#assess-found .vs-jump").all():
        jump.click()
        seconds = float(jump.get_attribute("data-seek"))
        made.wait_for_function("at => Math.abs(document.querySelector('#assess-player video').currentTime - at) < 0.2", arg=seconds)
    made.screenshot(path=shots / "assess.png", full_page=True)
    other = page("&tab=chat")
    other.wait_for_selector("#chat-said .vs-hint")
    assert other.locator("#chat-said .vs-said").count() == 0
    assert list(app.temporary.rglob("*.mp4")) != []
    made.close()


def test_a_hit_makes_the_player_jump(page: Callable[..., Any], shots: Path) -> None:
    made = page("&tab=search")
    made.wait_for_selector("#search-hits .vs-jump")
    typed(made, "search-query", '"big splash"')
    made.keyboard.press("Enter")
    made.wait_for_function("document.querySelector('#search-hits').innerText.includes('1 of 1 videos')")
    made.locator("#search-hits .vs-jump", has_text="0:01").first.click()
    made.wait_for_function(
        "(() => { const video = document.querySelector('#search-player video');"
        " return video.readyState > 1 && Math.abs(video.currentTime - 1) < 0.1; })()"
    )
    made.screenshot(path=shots / "search.png", full_page=True)


def test_dark_and_narrow_screens_lose_nothing(page: Callable[..., Any], shots: Path) -> None:
    for scheme in ("light", "dark"):
        made = page("", viewport=SMALL, color_scheme=scheme)
        made.wait_for_selector("#runs-page table")
        ground = made.evaluate("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)")
        assert (sum(ground[:3]) < 200) == (scheme == "dark")
        for name, block in (("Runs", "runs-page"), ("Browse", "browse-item"), ("Chat", "chat-said"), ("Assess", "assess-found")):
            tab(made, name)
            made.wait_for_selector(f"#{block} .vs, #{block} .vs-message")
            assert made.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
            made.screenshot(path=shots / f"{scheme}-400-{name.lower()}.png", full_page=True)
