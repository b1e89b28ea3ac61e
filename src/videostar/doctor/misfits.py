"""Versions that are known not to fit, in one place, each with its reason and what to do. Nothing is imported: only metadata is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

Installed = Mapping[str, str]
"""Versions by package, of those that are installed."""

EXTRAS: dict[str, tuple[str, ...]] = {
    "datasets": ("datasets", "pyarrow"),
    "hub": ("huggingface_hub",),
    "qlora": ("bitsandbytes",),
    "smolvlm": ("num2words",),
    "ray": ("ray",),
    "serving": ("fastapi", "uvicorn", "openai"),
    "app": ("gradio", "fastapi", "uvicorn"),
    "docs": ("mkdocs",),
}
"""Optional parts of this package, by what they need."""
WATCHED = ("torch", "torchvision", "transformers", "peft", "accelerate", "av", "numpy", "torchcodec", "decord", "bitsandbytes", "ray")
TORCHVISION_LEAD = 15  # torchvision 0.N goes with torch 2.(N - 15)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A combination that does not work. when: whether these versions are one. is_fatal: nothing runs with it."""

    when: Callable[[Installed], bool]
    reason: str
    remedy: str
    is_fatal: bool = False


def installed(names: tuple[str, ...]) -> dict[str, str]:
    """The versions of those that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def unmet() -> list[str]:
    """What this package requires and does not find, in words."""
    problems = []
    for text in requires("videostar") or ():
        try:
            wanted = Requirement(text)
        except InvalidRequirement:
            continue
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        have = installed((wanted.name,)).get(wanted.name)
        if have is None:
            problems.append(f"{wanted.name} is not installed; it is needed as {wanted.name}{wanted.specifier}")
        elif not wanted.specifier.contains(have, prereleases=True):
            problems.append(f"{wanted.name} is {have}; it is needed as {wanted.name}{wanted.specifier}")
    return problems


def misfits(found: Installed) -> list[Misfit]:
    """Those of the table that these versions are."""
    return [misfit for misfit in MISFITS if misfit.when(found)]


def _release(found: Installed, name: str) -> tuple[int, ...]:
    """Such as (0, 28); () where it is not installed or its version is none."""
    try:
        return Version(found[name]).release
    except (KeyError, InvalidVersion):
        return ()


def _is_cpu_build(found: Installed) -> bool:
    """By the local part of the version, which CPU wheels of the project's own index carry; torch itself is not imported."""
    return "torch" in found and "+cpu" in found["torch"]


def _another_torchvision(found: Installed) -> bool:
    torch, vision = _release(found, "torch")[:2], _release(found, "torchvision")[:2]
    return bool(torch and vision) and torch[0] == 2 and vision != (0, torch[1] + TORCHVISION_LEAD)


MISFITS = (
    Misfit(
        _another_torchvision,
        "torchvision 0.N is built for torch 2.(N - 15) alone; with another, its import fails and so do video processors",
        "install the pair that constraints.txt pins: pip install --constraint constraints.txt torch torchvision",
        is_fatal=True,
    ),
    Misfit(
        lambda found: _is_cpu_build(found) and _release(found, "torchcodec")[:2] >= (0, 14),
        "torchcodec 0.14 and later links CUDA libraries and does not import beside a CPU-only torch",
        "pip uninstall torchcodec: frames are decoded with PyAV, which needs nothing else",
    ),
    Misfit(
        lambda found: "decord" in found,
        "decord is unmaintained and can hang on damaged files while it holds the interpreter",
        "nothing here uses it; it may stay for other programs",
    ),
    Misfit(
        lambda found: _release(found, "transformers")[:1] not in {(), (5,)},
        "the loading, encoding and training here are written for transformers 5",
        "pip install --constraint constraints.txt transformers",
        is_fatal=True,
    ),
    Misfit(
        lambda found: bool(_release(found, "ray")) and not (2, 60) <= _release(found, "ray")[:2] < (2, 64),
        "generate.executor=ray is written for Ray 2.60 to 2.63, whose later versions name its settings differently",
        "pip install 'videostar[ray]'",
    ),
)
