"""What the processes of one training tell each other. With one process all of it is trivial. Every function is called by all or by none."""

from __future__ import annotations

import os
from collections.abc import Mapping

import torch
import torch.distributed as dist


def count() -> int:
    """How many processes train together, as the launcher said; needs no process group yet."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def leads() -> bool:
    """Whether this is the process that writes and tells."""
    return int(os.environ.get("RANK", "0")) == 0


def any_of(flag: bool, device: torch.device) -> bool:
    """Whether it is true for one of them."""
    if not _together():
        return flag
    told = torch.tensor([int(flag)], device=device)
    dist.all_reduce(told, op=dist.ReduceOp.MAX)
    return bool(told.item())


def merged(mine: Mapping[str, str]) -> dict[str, str]:
    """The entries of all of them; whoever has this knows that all others came this far."""
    if not _together():
        return dict(mine)
    found: list[Mapping[str, str] | None] = [None] * dist.get_world_size()
    dist.all_gather_object(found, dict(mine))
    return {key: value for entries in found if entries for key, value in entries.items()}


def part() -> None:
    """Leave the others, at the end."""
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()


def _together() -> bool:
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1
