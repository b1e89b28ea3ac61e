"""Pickles are read without running anything: real ones of NumPy arrays come out whole, hostile ones are refused and change nothing."""

from __future__ import annotations

import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.datasets.reading import read
from videostar.datasets.pickles import NumberArray, read_pickle
from videostar.errors import DataError


class Writes:
    """A pickle of this writes a file when it is loaded the usual way."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.path, "run")


class Evaluates:
    def __init__(self, code: str) -> None:
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return eval, (self.code,)


def written(path: Path, value: Any, protocol: int = 4) -> Path:
    path.write_bytes(pickle.dumps(value, protocol=protocol))
    return path


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_plain_containers_come_out_as_they_went_in(tmp_path: Path, protocol: int) -> None:
    value = {("01", 1): {"score": 88.0, "steps": [1, -2, 2**70], "name": "it's (a) café", "none": None, "yes": True, "raw": b"\x00\xff"}}
    assert read_pickle(written(tmp_path / "a.pkl", value, protocol)) == value


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_arrays_and_numpy_numbers_come_out_as_plain_values(tmp_path: Path, protocol: int) -> None:
    arrays = [
        np.arange(6).reshape(2, 3),
        np.array([1.5, 2.5], np.float32),
        np.array(["a", "bc"]),
        np.asfortranarray(np.eye(2)),
        np.array([True]),
    ]
    found = read_pickle(
        written(tmp_path / "a.pkl", {np.int64(4): "Inward", "arrays": arrays, "scalar": np.float64(3.25)}, min(protocol, 4))
    )
    assert found[4] == "Inward"
    assert found["scalar"] == 3.25
    assert all(isinstance(array, NumberArray) for array in found["arrays"])
    assert [array.tolist() for array in found["arrays"]] == [np.asarray(array).tolist() for array in arrays]


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_hostile_pickle_is_refused_and_nothing_of_it_is_run(tmp_path: Path, protocol: int) -> None:
    target = tmp_path / "was-run"
    path = written(tmp_path / "hostile.pkl", {("01", 1): Writes(target)}, protocol)
    pickle.loads(path.read_bytes())  # noqa: S301  (to see that it is hostile)
    assert target.exists(), "this pickle does write when it is loaded the usual way"
    target.unlink()
    with pytest.raises(DataError, match=r"hostile\.pkl is refused: it holds a call of .*nothing in it was run"):
        read_pickle(path)
    assert not target.exists()


def test_the_import_refuses_a_hostile_pickle(tmp_path: Path) -> None:
    target = tmp_path / "was-run"
    hostile = pickle.dumps(Evaluates(f"open({str(target)!r}, 'w').close()"))
    with pytest.raises(DataError, match=r"it holds a call of builtins\.eval"):
        read(tmp_path, "finediving", {"hostile.pkl": hostile})
    assert not target.exists()
    assert not (tmp_path / "samples.jsonl").exists()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"cos\nsystem\n(S'true'\ntR.", r"a call of os\.system"),
        (b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94.", r"a call of os\.system"),
        (b"(ios\nsystem\n.", "an object of its own kind"),
        (b"cnumpy\nload\n.", r"a call of numpy\.load"),
        (
            b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n)R.",
            "an array that is made in an unknown way|no readable pickle",
        ),
        (b"\x80\x02]r\xff\xff\xff\xff.", "a reference numbered"),
        (b"\x80\x05\x96" + struct.pack("<Q", 1 << 40) + b".", "no readable pickle"),
        (b"not a pickle", "no readable pickle"),
        (b"", "no readable pickle"),
        (b"\x80\x04]", "no readable pickle"),
    ],
)
def test_what_plain_data_never_needs_is_refused(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(data)
    with pytest.raises(DataError, match=told):
        read_pickle(path)


@pytest.mark.parametrize(
    "array", [np.array([{"a": 1}], dtype=object), np.array(["2020-01-01"], dtype="datetime64[D]"), np.zeros(2, dtype=[("a", "i4")])]
)
def test_arrays_of_anything_but_plain_numbers_and_texts_are_refused(tmp_path: Path, array: Any) -> None:
    with pytest.raises(DataError, match=r"is refused: it holds (values of type|an array that does not hold|a type of values)"):
        read_pickle(written(tmp_path / "a.pkl", array))


def test_an_array_that_claims_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    data = pickle.dumps(np.arange(3), protocol=2).replace(b"K\x03\x85", b"J\x00\x00\x00\x7f\x85")
    (tmp_path / "a.pkl").write_bytes(data)
    with pytest.raises(DataError, match="an array of shape"):
        read_pickle(tmp_path / "a.pkl")


def test_a_file_cannot_change_how_the_next_is_read(tmp_path: Path) -> None:
    changes = b"\x80\x02cnumpy\ndtype\nN}U\x08__call__U\x01xs\x86b."
    (tmp_path / "a.pkl").write_bytes(changes)
    assert not isinstance(read_pickle(tmp_path / "a.pkl"), type)
    assert read_pickle(written(tmp_path / "b.pkl", np.arange(2))).tolist() == [0, 1]
