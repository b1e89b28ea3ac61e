"""Processors, accelerators and disks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from videostar import shown
from videostar.config import FramesConfig
from videostar.doctor import Finding

TORCH_SECONDS = 120.0
SMI_SECONDS = 15.0
LEAST_FREE_BYTES = 1 << 30
ASK_TORCH = """
import json, torch
cuda = torch.cuda.is_available()
cards = [torch.cuda.get_device_properties(n) for n in range(torch.cuda.device_count())] if cuda else []
print(json.dumps({
    "built_for": torch.version.cuda or getattr(torch.version, "hip", None) or "CPU",
    "cards": [[card.name, card.total_memory] for card in cards],
    "bf16": bool(cuda and torch.cuda.is_bf16_supported()),
}))
"""


def accelerators() -> Iterator[Finding]:
    """What torch computes on."""
    yield Finding("processors", "ok", f"{os.cpu_count()} cores")
    try:
        told = _torch()
    except subprocess.TimeoutExpired:
        text = f"its import took more than {TORCH_SECONDS:.0f} s"
        yield Finding("torch", "note", text, "look again when the machine is less busy; if it is not, install torch anew")
        return
    if isinstance(told, str):
        yield Finding("torch", "bad", f"cannot be imported: {told}", "pip install --constraint constraints.txt torch torchvision")
        return
    cards = _cards_of_the_driver()
    if not told["cards"]:
        yield Finding("GPU", "note", f"none that torch (built for {told['built_for']}) can use; models of a billion weights want one")
        if cards:
            remedy = "install a torch built for CUDA: see pytorch.org; the driver here must be as new as that CUDA"
            yield Finding("GPU", "bad", f"the driver shows {', '.join(cards)}, but torch does not see it", remedy)
        return
    for name, memory in told["cards"]:
        yield Finding("GPU", "ok", f"{name}, {shown.size(memory)}, torch built for {told['built_for']}")
    if not told["bf16"]:
        yield Finding("GPU", "note", "no bfloat16 on this card", "set model.dtype=float16")


def cache_disk(frames: FramesConfig) -> Iterator[Finding]:
    """Whether decoded frames find room."""
    if frames.cache_gib == 0:
        yield Finding("frame cache", "note", "off (frames.cache_gib=0): every cycle decodes every video again")
        return
    folder = frames.cache.expanduser()
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free
    except OSError as error:
        yield Finding("frame cache", "bad", f"{folder} cannot be written to: {error.strerror}", "set frames.cache to another folder")
        return
    wanted = int(frames.cache_gib * 2**30)
    text = f"{folder}: {shown.size(free)} free, frames.cache_gib allows {shown.size(wanted)}"
    if free < LEAST_FREE_BYTES:
        yield Finding("frame cache", "bad", text, "make room, or set frames.cache to a folder on another disk")
    elif free < wanted:
        yield Finding("frame cache", "note", text, f"set frames.cache_gib to at most {free / 2**30 * 0.9:.0f}")
    else:
        yield Finding("frame cache", "ok", text)


def _torch() -> dict[str, Any] | str:
    """What torch says in a process of its own, or why it says nothing. Raises TimeoutExpired."""
    done = subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, "-c", ASK_TORCH], capture_output=True, text=True, timeout=TORCH_SECONDS, check=False
    )
    if done.returncode == 0:
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"the process ended with status {done.returncode}"


def _cards_of_the_driver() -> list[str]:
    """Names of the cards that the driver knows, whatever torch sees."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return []
    try:
        done = subprocess.run(  # noqa: S603  (found by name on the path)
            [command, "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True, timeout=SMI_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.strip().splitlines() if done.returncode == 0 else []
