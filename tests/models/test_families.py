"""What holds for one family holds for all that transformers loads."""

from __future__ import annotations

import pytest

from tests.models.families import ALL, build
from tests.models.tiny_checkpoint import moving_square
from videostar.config import ModelConfig
from videostar.encoding import IGNORED
from videostar.models.transformers import TransformersModel
from videostar.ports import Decoding, Request
from videostar.types import Message

SAMPLED = Decoding(temperature=1.0, top_p=0.9, max_new_tokens=8)
ASKED = (Message("user", "Which colour?"),)


@pytest.fixture(scope="module", params=ALL)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> TransformersModel:
    folder = build(request.param, tmp_path_factory.mktemp(request.param))
    return TransformersModel(str(folder), ModelConfig(model_name_or_path=str(folder)))


def test_rows_do_not_hang_on_their_neighbours(model: TransformersModel) -> None:
    """Clips with different numbers of frames, which some families cannot take at once, and no clip at all."""
    clips = (moving_square(num_frames=8), moving_square(0, num_frames=8), moving_square(num_frames=6), None)
    requests = [Request("k", ASKED, clip, seeds) for clip, seeds in zip(clips, [(1, 2), (3,), (4,), (5,)], strict=True)]
    alone = [[model.answer([Request("k", ASKED, asked.frames, (seed,))], SAMPLED)[0][0] for seed in asked.seeds] for asked in requests]
    assert model.answer(requests, SAMPLED) == alone


def test_training_shows_what_generation_shows(model: TransformersModel) -> None:
    encoder = model._load().encoder
    frames = moving_square(num_frames=8)
    asked, trained = encoder.prompt(ASKED, frames), encoder.conversation((*ASKED, Message("assistant", "Red.")), frames)
    assert trained.visual_tokens == asked.visual_tokens > 0
    assert trained.sequence["input_ids"][: asked.length].tolist() == asked.sequence["input_ids"].tolist()
    learned = [label for label in trained.labels.tolist() if label != IGNORED]
    assert encoder.text(learned).strip() == "Red."
    assert learned[-1] in encoder.end_token_ids
    assert not set(learned[:-1]) & encoder.end_token_ids
