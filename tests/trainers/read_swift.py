"""Run in an environment with ms-swift: its own loader reads the exports.

    python read_swift.py EXPORTS

EXPORTS holds the folders `swift`, `swift-dpo` and `swift-grpo`, made with absolute video paths.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(exports: Path) -> None:
    from swift.dataset import load_dataset

    for name in ("swift", "swift-dpo", "swift-grpo"):
        path = exports / name / "train.jsonl"
        written = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        read, _ = load_dataset([str(path)], remove_unused_columns=name != "swift-grpo")
        assert len(read) == len(written), f"{name}: {len(read)} of {len(written)} rows"
        for row, source in zip(read, written, strict=True):
            for key in ("messages", "videos", "rejected_response", "solution", "label", "difficulty"):
                if key in source and (name == "swift-grpo" or key in {"messages", "videos", "rejected_response"}):
                    found = [{"role": turn["role"], "content": turn["content"]} for turn in row[key]] if key == "messages" else row[key]
                    assert found == source[key], (name, key, found, source[key])
        print(f"{name}: {len(read)} rows, columns {', '.join(read.column_names)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
