"""The exports that other trainers' loaders are to read: `python -m tests.trainers.make_exports FOLDER`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.export.conftest import small_run
from videostar.export.make import Options, export

FORMATS = ("trl", "trl-preference", "llamafactory", "swift", "swift-dpo", "swift-grpo")


def main(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "small").mkdir(parents=True)
    config = small_run((folder / "small").absolute())
    for name in FORMATS:
        written = export(config.run, name, folder / name, Options(videos="absolute"))
        print(f"{name}: {', '.join(f'{number} {written.rows_are[file]}' for file, number in written.counts.items())}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
