"""The built wheel holds everything that the package reads while it runs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "videostar"


def test_every_file_of_the_package_is_in_the_wheel(tmp_path: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "src/videostar"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in ["pyproject.toml", "README.md", *tracked]:
        target = tmp_path / "copy" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), str(tmp_path / "copy")]
    subprocess.run(command, capture_output=True, check=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        missing = {name.removeprefix("src/") for name in tracked} - set(packed.namelist())
    assert not missing
