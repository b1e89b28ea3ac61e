"""Each shipped recipe: the commands in its head work as they stand there, and its plan is made without a download."""

from __future__ import annotations

import csv
import os
import pickle
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import render_clip
from videostar.config import load_config
from videostar.datasets.importers import IMPORTERS
from videostar.plan import plan

CONFIGS = Path(__file__).parents[1] / "configs"
RECIPES = {
    "qwen3_vl_8b_kinetics": 80,
    "qwen3_vl_8b_finediving": 80,
    "qwen3_vl_8b_folder": 80,
    "qwen3_vl_4b_16gb": 16,
}
"""With the memory of the card that each says it fits, in GB."""
UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def kinetics(folder: Path) -> None:
    (folder / "kinetics" / "clips" / "some folder").mkdir(parents=True)
    for split in ("train", "val"):
        with (folder / "kinetics" / f"{split}.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("label", "youtube_id", "time_start", "time_end", "split", "is_cc"))
            for number in range(4):
                name = f"{split}{number:06d}x"
                rows.writerow(("abseiling", name, 417, 427, split, 0))
                render_clip(folder / "kinetics" / "clips" / "some folder" / f"{name}_000417_000427.mp4", 60)


def finediving(folder: Path) -> None:
    (folder / "finediving" / "clips").mkdir(parents=True)
    dives = {}
    for place in range(1, 5):
        codes = np.array([1] * 10 + [15] * 10 + [36] * 10)
        names = {1: "Forward", 15: "3.5 Soms.Tuck", 36: "Entry"}
        dive = {"action_type": "107b", "dive_score": 60.0 + place, "difficulty": 3.1, "frames_labels": codes, "sub-action_types": names}
        dives["01", place] = dive
        render_clip(folder / "finediving" / "clips" / f"01_{place}.mp4", 90, num_frames=30)
    table = {1: "Forward", 15: "3.5 Soms.Tuck", 36: "Entry"}
    files = {
        "FineDiving_fine-grained_annotation": dives,
        "Sub_action_Types_Table": table,
        "train_split": [("01", 1), ("01", 2), ("01", 3)],
        "test_split": [("01", 4)],
    }
    for name, content in files.items():
        (folder / "finediving" / f"{name}.pkl").write_bytes(pickle.dumps(content))


def own_folder(folder: Path) -> None:
    for position, name in enumerate(("serve", "volley")):
        for number in range(6):
            render_clip(folder / "my_videos" / name / f"{number}.mp4", 30 + 90 * position + 7 * number)


MADE = {
    "qwen3_vl_8b_kinetics": kinetics,
    "qwen3_vl_8b_finediving": finediving,
    "qwen3_vl_8b_folder": own_folder,
    "qwen3_vl_4b_16gb": own_folder,
}


def head(name: str) -> list[list[str]]:
    """The commands in the comment at the top."""
    lines = (CONFIGS / f"{name}.yaml").read_text().splitlines()
    return [shlex.split(line.removeprefix("#")) for line in lines if line.startswith("#   videostar ")]


def said(words: list[str], folder: Path) -> str:
    """What a command of a recipe's head prints, run in a folder that has `configs` and the data, without a network."""
    program = [sys.executable, "-c", "from videostar.cli import main; main()", *words[1:]]
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    done = subprocess.run(program, cwd=folder, env=offline, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def gib(text: str, name: str) -> float:
    """Of a line of the plan such as `weights   ~13.0 GiB: ...`."""
    found = re.search(rf"^  {name} +~([\d.,]+) (\w+)", text, re.MULTILINE)
    assert found, f"no line {name}"
    return float(found[1].replace(",", "")) * UNITS[found[2]] / 2**30


def test_the_recipes_are_all_of_the_real_checkpoints() -> None:
    others = {"real_clips", "qwen2_5_vl_7b_lora"}
    runs = {path.stem for path in CONFIGS.glob("*.yaml") if "\narms:\n" not in path.read_text()}  # the others are experiments
    assert runs - others == RECIPES.keys()


@pytest.mark.parametrize("name", RECIPES)
def test_the_commands_of_a_recipe_work_and_its_plan_fits_the_card(name: str, tmp_path: Path) -> None:
    MADE[name](tmp_path)
    (tmp_path / "configs").symlink_to(CONFIGS)
    commands = head(name)
    importing, dry_run = commands[0], commands[-1]
    assert importing[1] == "import"
    assert importing[2] in IMPORTERS
    assert dry_run[1:] == ["run", f"configs/{name}.yaml", "--dry-run"]
    assert importing[importing.index("--out") + 1] == load_config(CONFIGS / f"{name}.yaml").data.train
    for words in commands[:-1]:
        said(words, tmp_path)
    text = said(dry_run, tmp_path)
    assert not (tmp_path / "runs").exists(), "a plan starts nothing"
    assert int(re.search(r"train rows +(\d+)", text)[1]) > 0  # type: ignore[index]
    training = gib(text, "weights") + gib(text, "training") + gib(text, "activations") + gib(text, "logits")
    answering = gib(text, "weights") + gib(text, "KV cache")
    assert max(training, answering) < 0.9 * RECIPES[name] * 1e9 / 2**30
    assert re.search(r"^  H100 SXM 80 GB +(~\d+ min|under 1 min) a cycle", text, re.MULTILINE)


@pytest.mark.parametrize("name", RECIPES)
def test_every_value_of_a_recipe_is_one_that_the_config_knows_and_most_say_why(name: str) -> None:
    config = load_config(CONFIGS / f"{name}.yaml")
    assert not config.model.trust_remote_code
    values = [line for line in (CONFIGS / f"{name}.yaml").read_text().splitlines() if re.match(r"^ +\w[\w.]*: ", line)]
    without = [line.strip() for line in values if "#" not in line]
    assert len(without) <= 0.25 * len(values), without


def test_hours_are_computed_from_what_is_stated(tmp_path: Path) -> None:
    """Reading 2 P T over 40 % of the operations; answering P bytes x 2 over half the memory rate, shared by the batch."""
    from videostar.plan.hours import DEVICES, Work, hours

    config = load_config(CONFIGS / "qwen3_vl_8b_kinetics.yaml", ["train.gradient_checkpointing=false", "generate.batch_size=16"])
    work = Work(train=10_000, held=1_000, visual_tokens=1280, text_tokens=120)
    found = hours(config, work, 8_000_000_000, DEVICES[1])
    reading = 2 * 8e9 * 1400 / (312e12 * 0.4)
    answering = 4 * 384 * max(8e9 * 2 / (2.04e12 * 0.5) / 16, 2 * 8e9 / (312e12 * 0.4))
    assert found.generate == pytest.approx(10_000 * (reading + answering) / 3600)
    assert found.rationalize == found.generate
    assert found.train == pytest.approx(10_000 * (1400 + 384) * 4 * 8e9 / (312e12 * 0.35) / 3600)
    assert found.run == pytest.approx(3 * found.cycle + found.train + 2 * found.evaluate)
    doubled = hours(config, Work(20_000, 1_000, 1280, 120), 8_000_000_000, DEVICES[1])
    assert doubled.generate == pytest.approx(2 * found.generate)
    assert hours(load_config(CONFIGS / "qwen3_vl_8b_kinetics.yaml"), work, 8_000_000_000, DEVICES[1]).train > found.train


def test_a_model_of_unknown_size_has_no_hours(tmp_path: Path) -> None:
    own_folder(tmp_path)
    (tmp_path / "t.csv").write_text("video,label\nmy_videos/serve/0.mp4,serve\n")
    path = CONFIGS / "qwen3_vl_4b_16gb.yaml"
    text = plan(load_config(path, [f"data.train={tmp_path / 't.csv'}", "model.model_name_or_path=mine"]))
    assert "unknown: neither the model's size nor its tokens are" in text
