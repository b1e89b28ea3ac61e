"""Every benchmark by name."""

from __future__ import annotations

from videostar.benchmarks import charades_sta, dives, kinetics, mvbench, tempcompass
from videostar.benchmarks.protocol import Protocol
from videostar.errors import DataError, nearest

BENCHMARKS: dict[str, Protocol] = {
    "charades-sta": charades_sta.PROTOCOL,
    "finediving": dives.FINEDIVING,
    "kinetics": kinetics.PROTOCOL,
    "mtl-aqa": dives.MTL_AQA,
    "mvbench": mvbench.PROTOCOL,
    "tempcompass": tempcompass.PROTOCOL,
}


def named(name: str) -> Protocol:
    """The benchmark of that name. Raises `DataError` that lists all names."""
    if name not in BENCHMARKS:
        raise DataError(f'there is no benchmark "{name}"{nearest(name, BENCHMARKS)}; known are: {", ".join(BENCHMARKS)}')
    return BENCHMARKS[name]
