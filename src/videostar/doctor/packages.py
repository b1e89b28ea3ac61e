"""Versions of Python and packages, what does not fit, and which optional parts are there."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator

from videostar import __version__
from videostar.doctor import Finding
from videostar.doctor.misfits import EXTRAS, WATCHED, installed, misfits, unmet

WHAT_FOR = {
    "datasets": "export --format parquet and verl",
    "hub": "export --push",
    "qlora": "train.finetuning_type=qlora",
    "smolvlm": "SmolVLM2's processor",
    "ray": "generate.executor=ray",
    "serving": "a `transformers serve` of one's own",
    "app": "videostar app",
    "docs": "the documentation as a site",
}


def versions() -> Iterator[Finding]:
    """This package's, Python's, those of the packages that matter, and what is wrong with them."""
    yield Finding("videostar", "ok", f"{__version__}, Python {sys.version.split()[0]}, {platform.system()} {platform.machine()}")
    found = installed(WATCHED)
    yield Finding("packages", "ok", ", ".join(f"{name} {number}" for name, number in found.items()))
    for problem in unmet():
        yield Finding("packages", "bad", problem, "pip install --constraint constraints.txt videostar")
    for misfit in misfits(found):
        yield Finding("packages", "bad" if misfit.is_fatal else "note", misfit.reason, misfit.remedy)


def extras() -> Iterator[Finding]:
    """Which optional parts are installed."""
    for extra, needs in EXTRAS.items():
        missing = [name for name in needs if name not in installed(needs)]
        use = f", for {WHAT_FOR[extra]}" if extra in WHAT_FOR else ""
        text = f"{extra}: {'installed' if not missing else 'not installed (' + ', '.join(missing) + ')'}{use}"
        yield Finding("optional", "note" if missing else "ok", text, f"pip install 'videostar[{extra}]'" if missing else "")
