"""A hook of MkDocs: files of the repository that a page links to, such as ../configs/real_clips.yaml, become pages of the site.

So the same link works where the repository is browsed and in the built site, offline too. A link to nothing is left as it stands, and
the strict build fails on it.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

LINK = re.compile(r"(?<=\]\()[^)#\s]+")
FOLDER = "repository/"
AS_THEY_ARE = {".md", ".svg", ".png"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what pages link to outside docs/, what that links to, and so on."""
    root = _root(config)
    pending = [(root / "docs" / file.src_uri, file.src_uri) for file in files.documentation_pages()]
    while pending:
        path, _ = pending.pop()
        for target in _linked(path, root):
            if not target.is_relative_to(root / "docs") and files.get_file_from_path(uri := _uri(target, root)) is None:
                files.append(_page(target, uri, root, config))
                pending += [(target, uri)] if target.suffix == ".md" else []
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: object) -> str:
    """Links to files of the repository, as links to their pages."""
    root, here = _root(config), page.file.src_uri
    folder = (root / here.removeprefix(FOLDER) if here.startswith(FOLDER) else root / "docs" / here).parent

    def instead(link: re.Match[str]) -> str:
        target = _target(link[0], folder, root)
        is_plain = target is None or (target.is_relative_to(root / "docs") and not here.startswith(FOLDER))
        return link[0] if is_plain or target is None else os.path.relpath(_uri(target, root), PurePosixPath(here).parent)

    return LINK.sub(instead, markdown)


def _root(config: MkDocsConfig) -> Path:
    return Path(config.docs_dir).resolve().parent


def _linked(path: Path, root: Path) -> Iterator[Path]:
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        target = _target(link, path.parent, root)
        if target is not None:
            yield target


def _target(link: str, folder: Path, root: Path) -> Path | None:
    """The file of the repository that a link names, if it is one."""
    if ":" in link:
        return None
    target = (folder / link).resolve()
    return target if target.is_relative_to(root) and target.is_file() else None


def _uri(target: Path, root: Path) -> str:
    """Where the site has a file, relative to docs/."""
    if target.is_relative_to(root / "docs"):
        return target.relative_to(root / "docs").as_posix()
    return f"{FOLDER}{target.relative_to(root).as_posix()}{'' if target.suffix in AS_THEY_ARE else '.md'}"


def _page(target: Path, uri: str, root: Path, config: MkDocsConfig) -> File:
    if target.suffix in AS_THEY_ARE:
        return File.generated(config, uri, abs_src_path=str(target), inclusion=InclusionLevel.NOT_IN_NAV)
    name, text = target.relative_to(root).as_posix(), target.read_text(encoding="utf-8")
    indented = "".join(f"    {line}" for line in text.splitlines(keepends=True))
    return File.generated(config, uri, content=f"# {name}\n\n{indented}", inclusion=InclusionLevel.NOT_IN_NAV)
