"""Rows of like length come together, every row comes once an epoch, and the order is the seed's alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.models.tiny_checkpoint import moving_square
from tests.training.tiny_training import CLIPS, Rendered, config, conversation, job, memories, write
from videostar import checkpoints
from videostar.encoding import Encoder
from videostar.ports import Silent
from videostar.training.dataset import ConversationFile
from videostar.training.finetune import FineTuner
from videostar.training.lengths import Lengths
from videostar.training.ordering import WINDOW_UNITS, Ordered, padding_share
from videostar.types import Conversation
from videostar.video.sampling import Sampling

SEED = 7


def _characters(row: Conversation) -> int:
    return sum(len(message.content) for message in row.messages)


def _file(folder: Path, count: int) -> ConversationFile:
    rows = [conversation("", "word " * (1 + 37 * number % 101), id_=str(number)) for number in range(count)]
    return ConversationFile(write(folder / "c.jsonl", rows))


def _ids(ordered: Ordered[Conversation]) -> list[str | None]:
    return [row.id if (row := ordered[index]) is not None else None for index in range(len(ordered))]


@pytest.mark.parametrize("count", [1, 3, 4, 257, 4 * WINDOW_UNITS + 5])
@pytest.mark.parametrize("unit", [1, 4])
def test_every_row_comes_once_and_what_fills_up_is_no_row(tmp_path: Path, count: int, unit: int) -> None:
    ordered = Ordered(_file(tmp_path, count), unit, SEED, _characters)
    ids = _ids(ordered)
    assert len(ids) % unit == 0
    assert len(ids) - count < unit
    assert sorted(int(id_) for id_ in ids if id_ is not None) == list(range(count))


def test_a_unit_holds_rows_of_like_length(tmp_path: Path) -> None:
    rows = _file(tmp_path, 400)
    shares = []
    for length in (None, _characters):
        ordered = Ordered(rows, 8, SEED, length)
        shares.append(padding_share([_characters(row) for index in range(len(ordered)) if (row := ordered[index]) is not None], 8))
    assert shares[1] < 0.2 * shares[0]


def test_the_order_is_the_seeds_and_the_epochs_wherever_reading_starts(tmp_path: Path) -> None:
    rows = _file(tmp_path, 700)
    ordered = Ordered(rows, 4, SEED, _characters)
    first = _ids(ordered)
    ordered.set_epoch(1)
    second = _ids(ordered)
    assert first != second
    resumed = Ordered(rows, 4, SEED, _characters)
    resumed.set_epoch(1)
    assert [resumed[index].id for index in (650, 300, 0)] == [second[index] for index in (650, 300, 0)]  # type: ignore[union-attr]
    assert _ids(Ordered(rows, 4, SEED + 1, _characters)) != first


def test_units_come_in_random_order_not_from_short_to_long(tmp_path: Path) -> None:
    ordered = Ordered(_file(tmp_path, 256), 4, SEED, _characters)
    lengths = [max(_characters(row) for row in (ordered[start + n] for n in range(4)) if row) for start in range(0, len(ordered), 4)]
    rising = sum(later >= earlier for earlier, later in pairwise(lengths))
    assert 0.3 * len(lengths) < rising < 0.8 * len(lengths)


def test_only_the_window_that_is_read_is_looked_at(tmp_path: Path) -> None:
    looked: list[str] = []

    def length(row: Conversation) -> int:
        looked.append(row.id)
        return len(row.id)

    ordered = Ordered(_file(tmp_path, 3 * WINDOW_UNITS), 1, SEED, length)
    assert looked == []
    _ = ordered[WINDOW_UNITS + 3]
    assert len(looked) == WINDOW_UNITS


@pytest.fixture(scope="module")
def encoder(tiny: Path) -> Encoder:
    processor: Any = checkpoints.load_processor(str(tiny))
    return Encoder(processor, {processor.tokenizer.eos_token_id})


@pytest.mark.parametrize("num_frames", [4, 8, 12])
def test_lengths_are_near_those_of_encoded_rows(encoder: Encoder, num_frames: int) -> None:
    frames = moving_square(255, num_frames=num_frames, side=20)
    lengths = Lengths(encoder, Sampling(num_frames=num_frames, max_pixels=32 * 32))
    row = conversation("red.mp4", "The person turns around, picks up the red ball and throws it over the net.")
    real = encoder.conversation(row.messages, frames).length
    assert lengths(row) == pytest.approx(real, rel=0.35)


def test_lengths_know_the_frames_of_a_clip_from_its_row(encoder: Encoder) -> None:
    lengths = Lengths(encoder, Sampling(fps=2.0, min_frames=2, max_frames=32, max_pixels=32 * 32))
    text, short, long, to_the_end = (
        lengths(Conversation("", "", "generated", "direct", video, 1.0, end, memories()[0].messages))
        for video, end in (("", None), ("a.mp4", 3.0), ("a.mp4", 9.0), ("a.mp4", None))
    )
    assert text < short < long < to_the_end
    assert (long - text) == pytest.approx(4 * (short - text), rel=0.1)


def test_training_reads_each_clip_once_an_epoch_and_none_ahead(tiny: Path, tmp_path: Path) -> None:
    source = Rendered(dict(CLIPS))
    settings = config(tiny, finetuning_type="lora", num_train_epochs=2, per_device_train_batch_size=3)
    result = FineTuner(settings, source, Path()).train(job(tmp_path, tiny), Silent())
    assert (source.loads, result.steps) == (8, 4)
