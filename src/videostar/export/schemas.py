"""Column types that several Parquet tables share. pyarrow is imported where a table is written."""

from __future__ import annotations

from typing import Any


def origins() -> Any:
    """A list of where answers come from."""
    import pyarrow as pa

    texts = [(name, pa.string()) for name in ("run", "sample_id", "route", "outcome")]
    return pa.list_(pa.struct([*texts, ("cycle", pa.int64()), ("candidate", pa.int64()), ("score", pa.float64())]))
