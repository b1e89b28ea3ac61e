"""Measured shares and the gates that they must pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured share. required: the least (or, `at_most`, the greatest) share that lets the checkpoint pass; None is only told."""

    group: str
    name: str
    right: int
    count: int
    required: float | None = None
    at_most: bool = False

    @property
    def share(self) -> float:
        """`right` of `count`."""
        return self.right / self.count if self.count else 0.0

    @property
    def passed(self) -> bool:
        """Whether the gate holds."""
        if self.required is None:
            return True
        return self.share <= self.required if self.at_most else self.share >= self.required

    @property
    def gate(self) -> str:
        """The condition and whether it holds, in words; "" where there is none."""
        if self.required is None:
            return ""
        return f"{'at most' if self.at_most else 'at least'} {self.required:.2f}: {'holds' if self.passed else 'FAILS'}"


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines of text."""
    return "\n".join(
        f"{figure.group:28} {figure.name:24} {figure.share:6.3f}  {figure.right:4d}/{figure.count:<4d} {figure.gate}" for figure in figures
    )
