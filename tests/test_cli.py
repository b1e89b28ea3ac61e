"""The command line as a whole: quick help, every command documented, nothing heavy imported for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from videostar.cli import commands

ROOT = Path(__file__).parents[1]


def test_the_command_line_imports_nothing_heavy() -> None:
    code = "import sys, videostar.cli; print([name for name in ('torch', 'transformers', 'av', 'numpy', 'rich') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_command_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in commands.commands if f"videostar {name}" not in readme] == []


def test_every_path_of_the_readmes_tree_is_there() -> None:
    tree = (ROOT / "README.md").read_text(encoding="utf-8").partition("## The code")[2].split("```")[1]
    package = ROOT / "src" / "videostar"
    named = [word for line in tree.splitlines() if line.startswith("  ") for word in line.split("   ")[0].split()]
    assert len(named) > 15
    assert [name for name in named if not (package / name).exists()] == []


def test_every_shipped_config_loads(tmp_path: Path) -> None:
    from videostar.compare.experiment import load_experiment
    from videostar.config import load_config

    configs = sorted((ROOT / "configs").glob("*.yaml"))
    assert len(configs) >= 2
    for path in configs:
        if "\narms:" in path.read_text(encoding="utf-8"):
            assert load_experiment(path).arms
        else:
            assert load_config(path).model.trust_remote_code is False
