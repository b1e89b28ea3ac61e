"""Vectors from outside -> rows of length 1, or nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def unit_rows(vectors: Any, count: int) -> NDArray[np.float32] | None:
    """(count, D) float32 rows of length 1; None unless `vectors` are `count` finite ones of one size, none of them zero."""
    try:
        rows = np.asarray(vectors, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        return None
    if rows.ndim != 2 or len(rows) != count or not np.isfinite(rows).all():
        return None
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=0.0)
    if not (largest > 0).all():
        return None
    scaled = rows / largest  # squares of very large or small numbers would overflow or vanish
    return np.asarray(scaled / np.linalg.norm(scaled, axis=1, keepdims=True), dtype=np.float32)
