"""The site is built without a warning, holds no dead link, fetches nothing from elsewhere; and what is wrong in a page fails it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from tests.documentation.pages import LINK, PAGES, ROOT, slugs

REPOSITORY = (
    "README.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "mkdocs.yml",
    "docs",
    "configs",
    "examples",
    "src/videostar/playground/tiny/README.md",
)
FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


class Tags(HTMLParser):
    """What a page links to, what it fetches, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        values = {name: value for name, value in attrs if value}
        self.anchors |= {values["id"]} if "id" in values else set()
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if FETCHED.get(tag, "") in values:
            self.fetched.append(values[FETCHED[tag]])


def built(root: Path, out: Path) -> Path:
    """The site of a checkout; `Abort` where anything is wrong."""
    build(load_config(str(root / "mkdocs.yml"), site_dir=str(out)))
    return out


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def tags(site: Path) -> dict[Path, Tags]:
    return {path: Tags(path.read_text(encoding="utf-8")) for path in site.rglob("*.html") if path.name != "404.html"}


def test_every_page_is_in_the_site(site: Path, tags: dict[Path, Tags]) -> None:
    assert {page.stem for page in PAGES} == {path.stem for path in tags if path.parent == site}
    assert (site / "repository" / "configs" / "real_clips.yaml.html").is_file(), "what a page links to comes along"
    assert [path for path in site.rglob("*.py*") if path.suffix in {".py", ".pyc"}] == [], "what builds it stays out"


def test_every_link_leads_somewhere(site: Path, tags: dict[Path, Tags]) -> None:
    dead = [f"{path.relative_to(site)}: {link}" for path, page in tags.items() for link in page.links if not _leads(path, link, tags)]
    assert dead == []


def _leads(path: Path, link: str, tags: dict[Path, Tags]) -> bool:
    parts = urlsplit(link)
    if parts.scheme or not (parts.path or parts.fragment):
        return parts.scheme in {"http", "https", ""}
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.suffix != ".html" or not parts.fragment:
        return target.is_file()
    return target in tags and unquote(parts.fragment) in tags[target].anchors


def test_nothing_is_fetched_from_elsewhere(site: Path, tags: dict[Path, Tags]) -> None:
    assert [(path.name, url) for path, page in tags.items() for url in page.fetched if urlsplit(url).netloc] == []
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"(?:@import|url\()\s*['\"]?(?:https?:)?//[^)]*", styles) == []
    missing = [url for path, page in tags.items() for url in page.fetched if not (path.parent / urlsplit(url).path).resolve().is_file()]
    assert missing == []


def test_the_switch_to_dark_finds_what_it_sets(site: Path, tags: dict[Path, Tags]) -> None:
    wanted = set(re.findall(r"getElementById\('([\w-]+)'\)", (site / "js" / "darkmode.js").read_text(encoding="utf-8")))
    assert len(wanted) == 3
    assert [path.name for path, page in tags.items() if not wanted <= page.anchors] == []


def test_links_lead_somewhere_where_the_repository_is_browsed() -> None:
    dead = []
    for page, link in _relative_links():
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        known = path.is_relative_to(ROOT) and path.is_file()
        if not known or (anchor and anchor not in slugs(path.read_text(encoding="utf-8"))):
            dead.append(f"{page.name}: {link}")
    assert dead == []


def _relative_links() -> Iterator[tuple[Path, str]]:
    for page in (*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            if not urlsplit(link).scheme:
                yield page, link


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("method.md", "[a page that is not there](nothing.md)"),
        ("method.md", "[a heading that is not there](judging.md#nothing)"),
        ("method.md", "[a file that is not there](../configs/nothing.yaml)"),
        ("method.md", "[out of the repository](../../etc/passwd)"),
        ("method.md", "[a folder](../configs/)"),
        ("unknown.md", "# A page outside the navigation"),
    ],
)
def test_what_is_wrong_in_a_page_fails_the_site(tmp_path: Path, name: str, text: str) -> None:
    copy = tmp_path / "checkout"
    for item in REPOSITORY:
        (copy / item).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / item).is_dir():
            shutil.copytree(ROOT / item, copy / item)
        else:
            shutil.copy(ROOT / item, copy / item)
    with (copy / "docs" / name).open("a", encoding="utf-8") as page:
        page.write(f"\n{text}\n")
    with pytest.raises(Abort, match="1 warnings in strict mode"):
        built(copy, tmp_path / "site")
