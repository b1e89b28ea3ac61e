"""Pickled annotations, read without running anything: plain containers, numbers, texts and NumPy arrays; anything else is refused.

Nothing that the file names is imported or called. NumPy's own reconstruction is replaced by stand-ins that only take shapes and bytes.
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from videostar.errors import DataError

MAX_PICKLE_BYTES = 512 << 20
MAX_MEMO = 100_000_000
_PLAIN_TYPE = re.compile(r"[<>=|]?([biuf][1248]|f16|c8|c16|[US]\d{1,6}|\?)")
_REFUSED_OPCODES = frozenset("INST OBJ NEWOBJ NEWOBJ_EX EXT1 EXT2 EXT4 PERSID BINPERSID NEXT_BUFFER READONLY_BUFFER BYTEARRAY8".split())


class NumberArray:
    """A NumPy array as a pickle states it. `tolist()` gives its values, nested by `shape`."""

    __slots__ = ("_values", "shape")

    def __init__(self) -> None:
        self.shape: tuple[int, ...] = (0,)
        self._values: Any = np.empty(0)

    def __setstate__(self, state: Any) -> None:
        _, shape, kind, is_fortran, data = state
        if not isinstance(kind, _Kind) or not isinstance(data, bytes) or not all(isinstance(n, int) and n >= 0 for n in shape):
            raise pickle.UnpicklingError("an array that does not hold plain numbers or texts")
        found = np.frombuffer(data, kind.plain)
        if math.prod(shape) != found.size:
            raise pickle.UnpicklingError(f"an array of shape {shape} with {found.size} values")
        self._values = found.reshape(shape, order="F" if is_fortran else "C")
        self.shape = tuple(shape)

    def tolist(self) -> Any:
        """Plain Python values."""
        return self._values.tolist()


class _Kind:
    """The type of an array's values."""

    __slots__ = ("_name", "_order")

    def __init__(self, name: str) -> None:
        self._name, self._order = name, "|"

    def __setstate__(self, state: Any) -> None:
        if not isinstance(state[1], str):
            raise pickle.UnpicklingError("a type of values without a byte order")
        self._order = state[1]

    @property
    def plain(self) -> np.dtype[Any]:
        name = f"{self._order}{self._name.lstrip('<>=|')}"
        if not _PLAIN_TYPE.fullmatch(name):
            raise pickle.UnpicklingError(f"values of type {name!r}")
        return np.dtype(name)


def read_pickle(path: Path) -> Any:
    """What the file holds. Raises `DataError` when it asks for anything but plain data, is too large or broken; nothing of it is run."""
    if path.stat().st_size > MAX_PICKLE_BYTES:
        raise DataError(f"{path} has {path.stat().st_size} bytes; pickles of at most {MAX_PICKLE_BYTES >> 20} MiB are read")
    data = path.read_bytes()
    try:
        _check_opcodes(data)
        return _Plain(io.BytesIO(data), encoding="latin1").load()
    except pickle.UnpicklingError as error:
        raise DataError(
            f"{path} is refused: it holds {error}. Only plain containers, numbers, texts and NumPy arrays are read; nothing in it was run"
        ) from None
    except (ValueError, TypeError, KeyError, IndexError, EOFError, AttributeError, RecursionError, MemoryError) as error:
        raise DataError(f"{path} is no readable pickle ({type(error).__name__}: {error})") from None


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> Any:
        maker = _makers().get((module.replace("numpy._core", "numpy.core"), name))
        if maker is None:
            raise pickle.UnpicklingError(f"a call of {module}.{name}")
        return maker


def _makers() -> dict[tuple[str, str], Callable[..., Any]]:
    """Stand-ins for what NumPy's pickles name; made anew, so that a file cannot change them for the next."""

    def ndarray() -> None:
        raise pickle.UnpicklingError("an array that is made in an unknown way")

    def dtype(name: str, *_: object) -> _Kind:
        if not isinstance(name, str):
            raise pickle.UnpicklingError("a type of values without a name")
        return _Kind(name)

    def reconstruct(*_: object) -> NumberArray:
        return NumberArray()

    def scalar(kind: _Kind, data: bytes) -> Any:
        return np.frombuffer(data, kind.plain, count=1)[0].item()

    def encode(text: str, encoding: str = "latin1") -> bytes:
        if encoding != "latin1":
            raise pickle.UnpicklingError(f"bytes written as {encoding!r}")
        return text.encode("latin1")

    return {
        ("numpy", "ndarray"): ndarray,
        ("numpy", "dtype"): dtype,
        ("numpy.core.multiarray", "_reconstruct"): reconstruct,
        ("numpy.core.multiarray", "scalar"): scalar,
        ("_codecs", "encode"): encode,
    }


def _check_opcodes(data: bytes) -> None:
    """Refuse what plain data never needs before anything is built; sizes are checked against the file on the way."""
    for opcode, argument, place in _opcodes(data):
        if opcode in _REFUSED_OPCODES:
            raise pickle.UnpicklingError(f"an object of its own kind ({opcode} at byte {place})")
        if opcode in ("PUT", "BINPUT", "LONG_BINPUT") and not 0 <= argument <= MAX_MEMO:
            raise pickle.UnpicklingError(f"a reference numbered {argument}")
        if opcode == "GLOBAL" and (argument.split(" ")[0].replace("numpy._core", "numpy.core"), argument.split(" ")[-1]) not in _makers():
            raise pickle.UnpicklingError(f"a call of {argument.replace(' ', '.')} (at byte {place})")


def _opcodes(data: bytes) -> Iterator[tuple[str, Any, int | None]]:
    for opcode, argument, place in pickletools.genops(data):
        yield opcode.name, argument, place
