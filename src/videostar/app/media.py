"""Videos for the browser: only what the app itself signed, and only below the folders that it was given.

A link holds no path that a browser could alter: it is the path with a signature of this process's own secret. What a link names is
looked at again when it is fetched, links of the file system followed, so that a file swapped for a link leads nowhere.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from hashlib import sha256
from pathlib import Path

PREFIX = "/media/"
TYPES = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/mp4",
    ".webm": "video/webm",
    ".mkv": "video/x-matroska",
    ".avi": "video/x-msvideo",
    ".ogv": "video/ogg",
    ".mpg": "video/mpeg",
    ".mpeg": "video/mpeg",
    ".ts": "video/mp2t",
    ".gif": "image/gif",
}
"""Endings that are served, each as nothing but a video."""


class Media:
    """What may be served. roots: folders; only files below them are."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._roots = tuple(root.resolve() for root in roots)
        self._secret = secrets.token_bytes(32)

    def link(self, video: Path) -> str | None:
        """The address of a video; None for a file that may not be served, or is gone."""
        if self._allowed(video) is None:
            return None
        told = str(video.absolute()).encode("utf-8", "surrogateescape")
        return f"{PREFIX}{base64.urlsafe_b64encode(self._signature(told) + told).decode('ascii')}"

    def file_of(self, address: str) -> Path | None:
        """The file behind the part of an address after PREFIX; None where it was not signed here or may not be served (any more)."""
        try:
            raw = base64.urlsafe_b64decode(address.encode("ascii"))
        except ValueError:
            return None
        signature, told = raw[:32], raw[32:]
        if not hmac.compare_digest(signature, self._signature(told)):
            return None
        return self._allowed(Path(told.decode("utf-8", "surrogateescape")))

    def _signature(self, told: bytes) -> bytes:
        return hmac.new(self._secret, told, sha256).digest()

    def _allowed(self, video: Path) -> Path | None:
        try:
            found = video.resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            return None
        is_below = any(found.is_relative_to(root) for root in self._roots)
        return found if is_below and found.is_file() and found.suffix.lower() in TYPES else None
