"""What a dry run says before anything is loaded."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import render_clip, sample_row, write_table
from tests.models import tiny_checkpoint
from videostar.config import Config, checked, load_config
from videostar.errors import DataError
from videostar.plan import plan
from videostar.plan.shape import model_shape
from videostar.steps.generate import answers_at_once
from videostar.visual_tokens import VisualRule

CONFIG = Path(__file__).parents[1] / "configs" / "qwen2_5_vl_7b_lora.yaml"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Three clips of 2 s, one of 8 s, one text file, one that is not there; two held-out rows."""
    for name, length in (("a", 16), ("b", 16), ("c", 16), ("long", 64)):
        render_clip(tmp_path / f"{name}.mp4", 60, num_frames=length)
    (tmp_path / "text.mp4").write_text("no video")
    names = ("a", "b", "c", "long", "text", "gone")
    rows = [sample_row(f"r-{name}", video=f"{name}.mp4", task="action" if name < "c" else "sport") for name in names]
    rows += [sample_row("v-1", video="a.mp4", split="validation"), sample_row("t-1", video="b.mp4", split="test")]
    return write_table(tmp_path / "train.jsonl", rows)


def config_of(table: Path, **changes: Any) -> Config:
    raw = {"run": "r", "data": {"train": str(table)}, "model": {"model_name_or_path": "some/Model-7B-Instruct"}}
    return checked({**raw, "frames": {"decode_workers": 2}, **changes})


def value_of(text: str, name: str) -> str:
    """The value of a line, its continuations joined."""
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if line[:22].strip() == name)
    value = [lines[start][23:]]
    for line in lines[start + 1 :]:
        if line[:22].strip() or not line:
            break
        value.append(line[23:])
    return " ".join(value)


def test_rows_tasks_kinds_and_unreadable_videos_are_counted(table: Path) -> None:
    said = plan(config_of(table))
    assert [value_of(said, f"{split} rows") for split in ("train", "validation", "test")] == ["6", "1", "1"]
    assert value_of(said, "tasks") == "sport 4, (none) 2, action 2"
    assert value_of(said, "label kinds") == "category 8"
    assert value_of(said, "videos") == "6 files in 6 clips"
    looked = value_of(said, "looked at")
    assert looked.startswith("headers of 6 files drawn by seed: 4 readable, 1 ")
    assert "1 missing" in looked
    assert "text.mp4" in looked


def test_the_cap_that_applies_is_named_with_its_share(table: Path) -> None:
    said = plan(config_of(table, frames={"fps": 2.0, "min_frames": 6, "max_frames": 12}))
    frames = value_of(said, "frames per clip")
    assert "median 6, largest 12" in frames
    assert "83.3 % of clips: 2 frames per second, raised to min_frames=6" in frames
    assert "16.7 % of clips: 2 frames per second, capped at max_frames=12" in frames
    assert value_of(said, "clip length") == "median 2.0s, largest 8.0s"
    assert value_of(said, "pixels per frame") == "4,096"


def test_spans_decide_the_length_not_the_file(tmp_path: Path) -> None:
    render_clip(tmp_path / "a.mp4", 60, num_frames=64)
    rows = [sample_row("one", video="a.mp4", start_seconds=1.0, end_seconds=4.0), sample_row("two", video="a.mp4", start_seconds=5.0)]
    said = plan(config_of(write_table(tmp_path / "train.jsonl", rows)))
    assert value_of(said, "videos") == "1 files in 2 clips"
    assert value_of(said, "clip length") == "3.0s"


def test_estimates_say_what_they_come_from(table: Path) -> None:
    said = plan(config_of(table))
    assert value_of(said, "weights") == '~13.0 GiB: 7.00 billion parameters ("7B" in the name) in bfloat16'
    assert "the Qwen2-VL family's rule" in value_of(said, "visual per clip")
    assert "the Qwen2.5 text model of 7B" in value_of(said, "KV cache")


def test_lora_parameters_are_counted_from_the_shapes(table: Path) -> None:
    """Rank 64 beside q, k, v, o, gate, up and down of Qwen2.5-7B's 28 layers: 161,480,704 parameters of 16 bytes."""
    assert value_of(plan(config_of(table, train={"lora_rank": 64})), "training").startswith("~2.4 GiB more: 0.16 billion parameters")
    assert value_of(plan(config_of(table, train={"lora_rank": 8})), "training").startswith("~308.0 MiB more: 20.19 million parameters")


def test_full_tuning_counts_sixteen_bytes_a_weight(table: Path) -> None:
    said = plan(config_of(table, train={"finetuning_type": "full"}))
    assert value_of(said, "training") == "~104.3 GiB: all weights in float32, gradients, Adam's moments"


def test_what_a_device_must_hold_is_added_up_and_the_cards_that_do_are_named(table: Path) -> None:
    """7 billion weights: LoRA in half precision fits the large cards; 16 bytes for each of them fit none."""
    said = value_of(plan(config_of(table)), "in all")
    assert re.match(r"answering ~\d\d\.\d GiB, training ~\d\d\.\d GiB, one after the other; 90% of the memory of H100 SXM 80 GB", said)
    full = value_of(plan(config_of(table, train={"finetuning_type": "full"})), "in all")
    assert "more than one of the cards below holds" in full
    assert float(re.search(r"training ~([\d.]+) GiB", full)[1]) > 104.3  # type: ignore[index]


def test_a_model_of_unknown_size_is_said_to_be_unknown(table: Path) -> None:
    said = plan(config_of(table, model={"model_name_or_path": "my-model"}))
    assert value_of(said, "weights") == 'unknown: neither a local folder nor a size such as 7B in the name "my-model"'
    assert "KV cache" not in said
    assert "a script has no weights" in plan(config_of(table, model={"model_name_or_path": "s.json", "engine": "scripted"}))


def test_work_is_bounded_above(table: Path) -> None:
    changes = {
        "generate": {"n": 4, "max_new_tokens": 100, "temperature": 1.0},
        "evaluate": {"max_new_tokens": 10},
        "train": {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 2},
        "select": {"forms": {"reasoned": 1.0, "direct": 1.0}},
    }
    said = plan(config_of(table, **changes))
    assert value_of(said, "tokens per cycle").startswith("at most 4,820: 2,400 generated, 2,400 rationalized if all fail, 20 evaluated")
    assert value_of(said, "steps per epoch").startswith("at most 3: 12 conversations in batches of 4")


def test_answers_at_once_are_many_for_small_clips_and_few_for_large_ones(table: Path) -> None:
    sizes = [(16, 9216), (64, 200_704), (768, 602_112), (10_000, 2_000_000)]
    auto = [answers_at_once(config_of(table, frames={"num_frames": count, "max_pixels": pixels})) for count, pixels in sizes]
    assert auto == [128, 32, 1, 1]
    assert answers_at_once(config_of(table, generate={"batch_size": 7})) == 7
    assert "32 answers at once" in value_of(plan(config_of(table)), "KV cache")


def test_who_judges_is_said_and_how_often_at_most(table: Path) -> None:
    said = plan(config_of(table))
    assert value_of(said, "rules") == "every answer, without a model"
    assert value_of(said, "judge model") == "off (judge.url)"
    assert value_of(said, "embedder") == "off (embedder.folder or embedder.url)"
    judge = {"url": "http://localhost:8000/v1", "model": "referee", "failed_too": True}
    said = plan(config_of(table, judge=judge, embedder={"folder": "encoders/mini"}, generate={"n": 2}))
    assert value_of(said, "judge model").startswith(
        "referee at http://localhost:8000/v1: text answers that are undecided or wrong, at most 0"
    )
    assert value_of(said, "embedder") == (
        "folder encoders/mini: category answers that name none of a closed set of classes, at most 32 a cycle; "
        "needs a similarity of 0.3 and a margin of 0.1"
    )


def test_the_frame_cache_is_compared_with_its_limit(table: Path) -> None:
    assert value_of(plan(config_of(table)), "frame cache").endswith("fits")
    assert "does not fit" in value_of(plan(config_of(table, frames={"cache_gib": 0})), "frame cache")


def test_every_bad_row_is_reported_and_nothing_outside_is_touched(tmp_path: Path) -> None:
    rows = [sample_row("out", video="../../secret.mp4"), {"id": "x"}]
    with pytest.raises(DataError, match="lies outside") as raised:
        plan(config_of(write_table(tmp_path / "train.jsonl", rows)))
    assert len(raised.value.problems) == 2


def test_a_table_without_a_readable_video_still_has_a_plan(tmp_path: Path) -> None:
    said = plan(config_of(write_table(tmp_path / "train.jsonl", [sample_row("one", video="gone.mp4")])))
    assert "no readable video was found" in said
    assert "no validation rows: all cycles are run, and the last checkpoint counts as the best" in " ".join(said.split())


def test_hours_and_minutes_are_marked_as_estimates(table: Path) -> None:
    said = plan(config_of(table))
    assert "no validation rows" not in said
    assert re.match(
        r"under 1 min a cycle \(under 1 min generate, .*\); (under 1|~\d) min for 1?\d cycles", value_of(said, "H100 SXM 80 GB")
    )


def test_the_plan_is_80_columns_wide_and_harmless(tmp_path: Path) -> None:
    rows = [sample_row("one", video="gone \x1b[2J.mp4", task="[red]" + "x" * 500)]
    said = plan(config_of(write_table(tmp_path / "train.jsonl", rows), model={"model_name_or_path": "m-\x1b[0m"}))
    assert "\x1b" not in said
    assert max(len(line) for line in said.splitlines()[1:]) <= 80


@pytest.mark.parametrize(("frames", "width", "height"), [(1, 64, 64), (4, 48, 32), (5, 100, 40), (8, 13, 13), (3, 640, 360)])
def test_visual_tokens_are_those_of_the_processor(tmp_path: Path, frames: int, width: int, height: int) -> None:
    folder = tiny_checkpoint.build(tmp_path / "tiny")
    shape = model_shape(checked_model(folder))
    assert shape.visual.tokens(frames, width, height) == processor_tokens(folder, frames, width, height)
    assert shape.parameters == stored_parameters(folder)


def checked_model(folder: Path) -> Any:
    return checked({"run": "r", "data": {"train": "t"}, "model": {"model_name_or_path": str(folder)}}).model


def processor_tokens(folder: Path, frames: int, width: int, height: int) -> int:
    from videostar.checkpoints import load_processor

    processor = load_processor(str(folder))
    pixels = np.zeros((frames, height, width, 3), np.uint8)
    grid = processor.video_processor(videos=[pixels], do_sample_frames=False, return_tensors="pt")["video_grid_thw"][0]
    return int(grid.prod() // processor.video_processor.merge_size**2)


def stored_parameters(folder: Path) -> int:
    from safetensors.numpy import load_file

    return sum(tensor.size for path in folder.glob("*.safetensors") for tensor in load_file(path).values())


def test_a_damaged_checkpoint_folder_is_unknown_not_a_crash(tmp_path: Path, table: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "config.json").write_text('{"text_config": {"hidden_size": "many"}}')
    (tmp_path / "m" / "model.safetensors").write_bytes(b"\xff" * 64)
    said = plan(config_of(table, model={"model_name_or_path": str(tmp_path / "m")}))
    assert value_of(said, "weights").startswith("unknown: no readable weight files")
    assert value_of(said, "sequences").startswith("unknown: config.json does not tell")


def test_a_fixed_number_of_tokens_a_frame() -> None:
    assert VisualRule(fixed=196).tokens(8, 640, 360) == 8 * 196


def test_the_shipped_config_loads_and_its_plan_works(table: Path) -> None:
    config = load_config(CONFIG, [f"data.train={table}", "data.validation=null"])
    said = plan(config)
    assert '"7B" in the name' in value_of(said, "weights")
    batch = config.train.per_device_train_batch_size * config.train.gradient_accumulation_steps
    assert batch == 128
    assert f"in batches of {batch}" in value_of(said, "steps per epoch")
    longest = VisualRule().tokens(config.frames.max_frames, 448, config.frames.max_pixels // 448)
    assert longest == 2048


def test_a_plan_loads_neither_torch_nor_transformers() -> None:
    code = "import sys, videostar.plan, videostar.console, videostar.report; sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
