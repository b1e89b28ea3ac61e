"""Numbers and foreign text as a person can read them, in a terminal or a page. Pure."""

from __future__ import annotations

import math
import unicodedata

from videostar.types import CycleResult, Estimate

JOINERS = "\u200c\u200d"
NOTHING = "-"
SHARES = frozenset("accuracy exact_match mean_iou edit_similarity f1 recall_at_0.3 recall_at_0.5 recall_at_0.7".split())
"""Measures in [0, 1]; the others have the unit of their labels, correlations none, and relative L2 is x100 already."""


def visible(text: str) -> str:
    """The text with everything that could steer a terminal or reorder a line written out, such as `\\x1b`; lone surrogates too.

    Line feeds and tabs stay. The result can always be encoded as UTF-8.
    """
    if text.isprintable():
        return text
    return "".join(mark if _harmless(mark) else mark.encode("unicode_escape").decode("ascii") for mark in text)


def one_line(text: str, longest: int) -> str:
    """The text on one line of at most `longest` characters."""
    short = " ".join(text.split())
    return visible(short if len(short) <= longest else f"{short[: longest - 3]}...")


def count(number: int) -> str:
    """A whole number with thousands marked: 12,345."""
    return f"{number:,}"


def percent(share: float) -> str:
    """A share in [0, 1] in percent, one decimal, without the sign."""
    return f"{100 * share:.1f}"


def interval(estimate: Estimate | None) -> str:
    """`61.2 [52.0, 70.1]` in percent; `-` where nothing was measured."""
    if estimate is None or estimate.count == 0:
        return NOTHING
    return f"{percent(estimate.mean)} [{percent(estimate.low)}, {percent(estimate.high)}]"


def measure(name: str, value: Estimate) -> str:
    """A measure by its name with its interval: shares in percent, errors and correlations as they are; `-` where nothing was measured."""
    if name in SHARES:
        return interval(value)
    return NOTHING if value.count == 0 else f"{value.mean:.2f} [{value.low:.2f}, {value.high:.2f}]"


def p_value(chance: float) -> str:
    """`p < 0.001` or `p = 0.023`."""
    return "p < 0.001" if chance < 0.001 else f"p = {chance:.3f}"


def duration(seconds: float) -> str:
    """`0.4s`, `12s`, `3m05s`, `2h10m`, `3d04h`."""
    if not math.isfinite(seconds) or seconds < 0:
        return NOTHING
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    for large, small, name, rest in ((86400, 3600, "d", "h"), (3600, 60, "h", "m"), (60, 1, "m", "s")):
        if whole >= large:
            return f"{whole // large}{name}{whole % large // small:02d}{rest}"
    return f"{whole}s"


def size(number: float) -> str:
    """Bytes in the unit that fits: `1.4 GiB`."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} TiB"


def kept_of(result: CycleResult) -> str:
    """`kept/in` of a cycle's ledger."""
    return f"{count(result.ledger.kept)}/{count(result.ledger.samples_in)}" if result.ledger else NOTHING


def total_seconds(result: CycleResult) -> float:
    """Wall time of all stages of a cycle."""
    return sum(result.cost.seconds.values()) if result.cost else 0.0


def per_kept(amount: float, result: CycleResult) -> float | None:
    """What one kept sample cost; None where nothing was kept."""
    return amount / result.ledger.kept if result.ledger and result.ledger.kept else None


def _harmless(mark: str) -> bool:
    return mark.isprintable() or mark in "\n\t" or mark in JOINERS or unicodedata.category(mark) == "Zs"
