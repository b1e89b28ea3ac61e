"""Benchmarks run; what they need and lack is said. Their figures are no matter here."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"


def ran(*words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def loaded(name: str) -> Any:
    spec = spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_gpu_benchmark_runs_and_without_a_gpu_says_why_not() -> None:
    rehearsed = ran("benchmarks/gpu.py", "--rehearse")
    assert "a rehearsal on the CPU: the figures mean nothing" in rehearsed
    assert [line.partition(" |")[0] for line in rehearsed.splitlines() if " | " in line] == [
        "matrix products",
        "memory",
        "reading prompts",
        "answering",
        "training, all weights",
    ]
    import torch

    if not torch.cuda.is_available():
        assert re.match(r"skipped: torch \S+ sees no CUDA device", ran("benchmarks/gpu.py"))


@pytest.mark.slow
def test_the_benchmark_of_answering_runs_and_both_ways_say_the_same() -> None:
    told = ran("benchmarks/answering.py", "--clips", "4", "--blocks", "1", "--threads", "1")
    assert told.startswith("12 questions about 4 rendered clips")
    same = re.findall(r"the same answers on both sides \(mean length \d+ tokens\) \| (\d+) of (\d+)", told)
    assert same == [("3", "3"), ("1", "1")]
    assert len(re.findall(r"times as fast as|times the time of", told)) == 4


def test_memory_and_the_first_answers_do_not_grow_with_the_table() -> None:
    lines = [re.findall(r"[\d.,]+", line) for line in ran("benchmarks/flat.py", "--largest", "10000").splitlines()[1:]]
    assert [line[0] for line in lines] == ["1,000", "10,000"]
    assert float(lines[1][2]) < 1.3, "memory, as a ratio"
    assert float(lines[1][3]) > 0, "seconds of processor from checked tables to the first answers; benchmarks judge them"


def test_each_script_owns_its_section_and_leaves_the_others(tmp_path: Path) -> None:
    sections = loaded("sections")
    page = tmp_path / "performance.md"
    sections.write_section("benchmarks/a.py", "One", "first", page)
    sections.write_section("benchmarks/b.py", "Two", "second", page)
    sections.write_section("benchmarks/a.py", "One", r"again \1 {x}", page)
    text = page.read_text()
    assert text.count("## One") == text.count("## Two") == 1
    assert text.index("again \\1 {x}") < text.index("second")
    assert "first" not in text


def test_the_costs_on_the_page_are_those_that_the_script_computes() -> None:
    page = (ROOT / "docs" / "scale.md").read_text()
    assert ran("benchmarks/cost.py").strip() in page


def test_the_manifest_on_the_page_is_yaml_of_an_indexed_job_and_shards_count_from_one() -> None:
    page = (ROOT / "docs" / "scale.md").read_text()
    (manifest,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    spec = yaml.safe_load(manifest)["spec"]
    assert spec["completionMode"] == "Indexed"
    (container,) = spec["template"]["spec"]["containers"]
    assert container["command"][-1].endswith(f"shard=$((JOB_COMPLETION_INDEX + 1))/{spec['completions']}")
    assert "--array=1-16" in page
    assert "shard=$SLURM_ARRAY_TASK_ID/16" in page
    for script in re.findall(r"```bash\n(.*?)```", page, re.DOTALL):
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
