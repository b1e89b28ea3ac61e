"""All randomness of the project comes from `seed_for`: the same words give the same seed on every machine, in any order."""

from __future__ import annotations

import hashlib
import random


def seed_for(*parts: str | int) -> int:
    """A seed in [0, 2**63) from the parts, such as `seed_for(config.seed, "generate", cycle, sample_id, candidate)`."""
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big") >> 1


def rng_for(*parts: str | int) -> random.Random:
    """A generator of its own, seeded by `seed_for`."""
    return random.Random(seed_for(*parts))
