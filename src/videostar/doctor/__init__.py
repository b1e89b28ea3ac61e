"""`videostar doctor`: whether this machine can run the loop, and with what. Nothing heavy is imported into this process.

torch is asked in a process of its own, under a time limit, so that a broken or missing one is a finding and not a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from videostar import shown
from videostar.config import FramesConfig

State: TypeAlias = Literal["ok", "note", "bad"]
MARKS: dict[State, str] = {"ok": "ok  ", "note": "note", "bad": "BAD "}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. state: "bad" means that a run would not work. remedy: what to do, or ""."""

    title: str
    state: State
    text: str
    remedy: str = ""


def examine(subject: Path | None = None) -> list[Finding]:
    """Every finding in order. subject: a config or a table, whose longest video is looked for.

    Raises `ConfigError` where the subject is no config and no table.
    """
    from videostar.doctor import machine, packages, tokens, videos

    config = None if subject is None else tokens.config_of(subject)
    frames = FramesConfig() if config is None else config.frames
    checks: list[Callable[[], Iterable[Finding]]] = [
        packages.versions,
        packages.extras,
        machine.accelerators,
        videos.decoders,
        lambda: videos.sample_decode(frames),
        lambda: machine.cache_disk(frames),
    ]
    if config is not None:
        checks.append(lambda: tokens.longest(config))
    return list(_all(checks))


def listed(findings: Iterable[Finding]) -> str:
    """For a terminal, with what it comes to at the end."""
    lines = []
    findings = list(findings)
    for item in findings:
        lines.append(f"{MARKS[item.state]}  {item.title:<12}  {shown.visible(item.text)}")
        if item.remedy:
            lines.append(f"{'':<20}-> {shown.visible(item.remedy)}")
    bad = sum(item.state == "bad" for item in findings)
    lines += ["", f"{bad} of these would stop a run: see BAD above" if bad else "nothing here would stop a run"]
    return "\n".join(lines)


def _all(checks: Iterable[Callable[[], Iterable[Finding]]]) -> Iterator[Finding]:
    for check in checks:
        yield from check()
