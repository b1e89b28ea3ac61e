"""The pictures of docs/app.md, taken of a finished demo in a real browser.

    python benchmarks/app_tour.py RUN [--out docs/app] [--only chat ...]

RUN is what `videostar demo` leaves. Some of its held-out dives are indexed; then the app is started over the folder that RUN lies in, so
that the embedded model answers, and used as a person would. Each picture is written with few enough colours to stay below 200 kB.
Playwright and a chromium are needed.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

DIVES = 4
LARGEST_BYTES = 200_000
PATIENCE_MS = 1_800_000
WIDE, TALL, NARROW = ({"width": width, "height": height} for width, height in ((1180, 820), (1180, 1240), (400, 820)))
QUESTIONS = ("What happens in the video?", "How big is the splash?", "Why?")


def keep(page: Any, path: Path) -> None:
    """A picture of what is seen, with all its colours where they fit, else with as many as do."""
    page.mouse.move(0, 0)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (None, 256, 128, 64, 32):
        file = io.BytesIO()
        reduced = picture if colours is None else picture.quantize(colours, method=Image.Quantize.FASTOCTREE)
        reduced.save(file, "PNG", optimize=True)
        if file.tell() <= LARGEST_BYTES:
            break
    path.write_bytes(file.getvalue())
    print(f"{path}: {file.tell() / 1000:.0f} kB", flush=True)


def typed(page: Any, block: str, words: str) -> None:
    """Fill a field."""
    page.locator(f"#{block} textarea, #{block} input").first.fill(words)


def runs(page: Any, _: Path) -> None:
    """Results and curves."""
    page.wait_for_selector("#runs-page svg")


def browse(page: Any, _: Path) -> None:
    """An explanation that was kept, its label marked."""
    page.wait_for_selector("#browse-item h3")
    page.locator("#browse-filters button").first.click()
    page.locator("#browse-answers input").click()
    page.get_by_role("option", name="rationalized", exact=True).click()
    page.wait_for_selector("#browse-item mark")
    page.locator("#browse-filters button").first.click()
    page.wait_for_function("document.querySelector('#browse-item video').readyState > 1")


def chat(page: Any, video: Path) -> None:
    """Three questions, of which the last refers back."""
    _upload(page, "chat", video)
    for place, words in enumerate(QUESTIONS, 1):
        typed(page, "chat-question", words)
        page.keyboard.press("Enter")
        done = "n => document.querySelectorAll('#chat-said .vs-model').length == n && !document.querySelector('#chat-said .vs-cursor')"
        page.wait_for_function(done, arg=place)


def assess(page: Any, video: Path) -> None:
    """A dive by the rubric of dives, the player at its first fault."""
    _upload(page, "assess", video)
    page.locator("#assess-start").click()
    page.wait_for_selector("#assess-found .vs-assessment")
    if page.locator("#assess-found .vs-jump").count():
        page.locator("#assess-found .vs-jump").first.click()
        page.wait_for_timeout(1000)


def search(page: Any, _: Path) -> None:
    """Hits, the player at the first."""
    typed(page, "search-query", "a big splash")
    page.locator("#search-start").click()
    page.wait_for_selector("#search-hits .vs-jump")
    page.locator("#search-hits .vs-jump").first.click()
    page.wait_for_function("document.querySelector('#search-player video').readyState > 1")
    page.wait_for_timeout(2000)  # its sign of waiting goes


SCENES: dict[str, tuple[str, Callable[[Any, Path], None], dict[str, Any]]] = {
    "runs": ("runs", runs, {"viewport": WIDE}),
    "browse": ("browse", browse, {"viewport": TALL}),
    "chat": ("chat", chat, {"viewport": WIDE}),
    "assess": ("assess", assess, {"viewport": WIDE}),
    "search": ("search", search, {"viewport": WIDE}),
    "dark": ("browse", browse, {"viewport": TALL, "color_scheme": "dark"}),
    "narrow": ("runs", runs, {"viewport": NARROW}),
}


def _upload(page: Any, block: str, video: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator(f"#{block}-upload").click()
    chooser.value.set_files(str(video))
    page.wait_for_function("block => (document.querySelector(`#${block}-player video`) || {}).readyState > 1", arg=block)


@contextmanager
def started(run: Path, index: Path) -> Iterator[str]:
    """The address of the app over the run and the index."""
    words = [sys.executable, "-m", "videostar.cli", "app", str(run.parent), "--index", str(index), "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield "" if process.stdout is None else process.stdout.readline().split()[1]
        finally:
            process.terminate()


def main() -> None:
    """All pictures, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docs/app"))
    parser.add_argument("--only", nargs="*", choices=list(SCENES), default=list(SCENES))
    parser.add_argument("--index", type=Path, default=None, help="an index of the run's dives that is there already")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    chromium = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    options.out.mkdir(parents=True, exist_ok=True)
    dives = sorted((options.run / "data" / "dives" / "videos").glob("test-seen-*.mp4"))[:DIVES]
    with tempfile.TemporaryDirectory() as temporary:
        index = options.index or Path(temporary) / "dives.index"
        if not index.exists():
            told = [sys.executable, "-m", "videostar.cli", "index", *map(str, dives), "--out", str(index), "--ask"]
            subprocess.run([*told, "splash:category=How big is the splash?"], check=True)
        with started(options.run, index) as address, sync_playwright() as made:
            browser = made.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            for name in options.only:
                tab, act, how = SCENES[name]
                page = browser.new_context(**how).new_page()
                page.set_default_timeout(PATIENCE_MS)
                page.goto(f"{address}?tab={tab}")
                page.wait_for_selector("#tabs")
                act(page, dives[0])
                keep(page, options.out / f"{name}.png")
                page.context.close()
            browser.close()


if __name__ == "__main__":
    main()
