"""What the paper reports, in points of accuracy, without seeds or intervals (Zohar et al., ICLR 2025, arXiv 2407.06189)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Reported:
    """Accuracy in per cent: of the base (Video-LLaVA), tuned directly on labels, Video-STaR; without rationalization where it is given."""

    base: float
    direct: float
    full: float
    without_rationalization: float | None = None


REPORTED: Mapping[str, Reported] = MappingProxyType(
    {
        "TempCompass": Reported(45.7, 47.2, 50.3),
        "Kinetics700-QA": Reported(50.0, 49.5, 59.9, 59.8),
        "STAR-bench-QA": Reported(24.9, 28.8, 33.0, 26.6),
        "FineDiving-QA": Reported(17.6, 19.1, 20.2, 12.8),
        "MSVD-QA": Reported(69.7, 67.8, 71.3, 70.6),
        "MSRVTT-QA": Reported(57.4, 56.0, 58.2, 57.5),
        "TGIF-QA": Reported(46.5, 46.5, 47.3, 47.7),
        "ActivityNet-QA": Reported(43.2, 42.2, 43.2, 42.2),
    }
)
