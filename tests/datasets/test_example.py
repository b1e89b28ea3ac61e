"""A format of another package: the example, found by its entry point."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.datasets.reading import read
from videostar.errors import DataError

EXAMPLE = Path(__file__).parents[2] / "examples" / "my_dataset.py"
LINES = "match1.mp4 12.5 19.0 forehand smash | won\nmatch1.mp4 30 25 lob | lost\n-m.mp4 1 2  | lost\nnonsense\n"


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """As if a package with this entry point were installed."""
    info = folder / "my_dataset-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my_dataset\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[videostar.importers]\ntennis = {value}\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.syspath_prepend(str(EXAMPLE.parent))
    monkeypatch.delitem(sys.modules, "my_dataset", raising=False)


def test_the_example_is_short_and_plugs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(EXAMPLE.read_text().splitlines()) <= 40
    installed(tmp_path / "site", monkeypatch, "my_dataset:FORMAT")
    found = read(tmp_path, "tennis", {"rallies.txt": LINES})
    assert found.tasks == {"action": 1, "outcome": 2}
    action = found.rows["tennis-rallies-1-action"]
    assert (action["video"], action["start_seconds"], action["end_seconds"]) == ("match1.mp4", 12.5, 19.0)
    assert action["label"] == {"kind": "category", "value": "forehand smash"}
    assert found.rows["tennis-rallies-3"]["label"] == {"kind": "boolean", "value": False}
    assert found.account.rows_dropped == {"the end is not after the start": 1, "not VIDEO START END SHOT | OUTCOME": 1}
    assert found.account.left_out == {"no usable label": 1}


def test_an_entry_point_that_is_no_format_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path / "site", monkeypatch, "my_dataset:rows")
    with pytest.raises(DataError, match=r'the entry point "tennis" \(my_dataset:rows\) is no videostar\.datasets\.importer\.Format'):
        read(tmp_path, "tennis", {"rallies.txt": LINES})


def test_an_entry_point_that_cannot_be_loaded_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path / "site", monkeypatch, "no_such_module:FORMAT")
    with pytest.raises(DataError, match=r'the format "tennis" of no_such_module:FORMAT cannot be loaded: No module named'):
        read(tmp_path, "tennis", {"rallies.txt": LINES})
