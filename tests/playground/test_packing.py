"""Questions packed into one row are, number for number, what each would be alone through the package's own encoding."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch

from videostar.encoding import IGNORED, Encoder
from videostar.playground.architecture import patchify
from videostar.playground.folder import END
from videostar.playground.language import text_of
from videostar.playground.packing import Pack, Packer, embedded, pack_loss
from videostar.playground.questions import guessed_item, long_item, short_item
from videostar.playground.render import frame_times, render
from videostar.playground.scene import CLIP_SECONDS, draw_scene
from videostar.types import FrameRecord, Message
from videostar.video.frames import Frames

FRAMES = 8
MAKERS = (short_item, long_item, guessed_item)


def _packed(processor: Any, seeds: range) -> tuple[Pack, list[Any], list[Any]]:
    rng = random.Random(0)
    scenes = [draw_scene(seed) for seed in seeds]
    frames = [render(scene, frame_times(FRAMES), 64) for scene in scenes]
    rows = [[maker(scene.truth, rng) for maker in MAKERS] for scene in scenes]
    return Packer(processor.tokenizer, FRAMES // 2).pack(rows, patchify(np.stack(frames)), CLIP_SECONDS), rows, frames


def _logits(model: Any, pack: Pack) -> torch.Tensor:
    with torch.no_grad():
        text = model.model.language_model
        hidden = text(inputs_embeds=embedded(model, pack), attention_mask={"full_attention": pack.mask}, position_ids=pack.positions)
        return torch.as_tensor(model.lm_head(hidden.last_hidden_state))


def test_a_packed_question_is_computed_as_if_it_were_asked_alone(processor: Any, untrained: Any) -> None:
    pack, rows, frames = _packed(processor, range(2))
    encoder = Encoder(processor, [processor.tokenizer.convert_tokens_to_ids(END)])
    packed = _logits(untrained, pack)
    times = tuple(CLIP_SECONDS * time for time in frame_times(FRAMES))
    for row, (items, pixels) in enumerate(zip(rows, frames, strict=True)):
        start = prefix = _prefix_length(pack, row)
        for item in items:
            messages = (Message("user", item.prompt), Message("assistant", text_of(item.answer)))
            alone = encoder.conversation(messages, Frames(pixels, times, FRAMES / CLIP_SECONDS, FrameRecord()))
            end_of_answer = int((alone.labels != IGNORED).nonzero()[-1, 0]) + 1
            place = slice(start, start + end_of_answer - prefix)
            assert alone.sequence["input_ids"][prefix:end_of_answer].tolist() == pack.ids[row, place].tolist()
            with torch.no_grad():
                outputs = untrained(**{name: tensor[None] for name, tensor in alone.sequence.items()}, **alone.visual).logits[0]
            assert torch.allclose(outputs[prefix:end_of_answer], packed[row, place], atol=1e-5)
            counted = alone.labels[prefix + 1 : end_of_answer] != IGNORED
            assert torch.equal(counted, pack.weights[row, place][:-1] > 0)
            assert torch.equal(pack.targets[row, place][:-1][counted], alone.labels[prefix + 1 : end_of_answer][counted])
            start = place.stop


def _prefix_length(pack: Pack, row: int) -> int:
    """Tokens that every other token of the row sees."""
    seen_by_last = pack.mask[row, 0, int((pack.weights[row] > 0).nonzero()[-1, 0])]
    return int((~seen_by_last).nonzero()[0, 0])


def test_the_loss_falls_when_the_same_batch_is_seen_again(processor: Any, untrained: Any) -> None:
    pack, _, _ = _packed(processor, range(2, 5))
    weights = {name: tensor.clone() for name, tensor in untrained.state_dict().items()}
    optimizer = torch.optim.AdamW(untrained.parameters(), lr=1e-3)
    losses = []
    for _ in range(6):
        loss, tally = pack_loss(untrained, pack)
        torch.autograd.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    untrained.load_state_dict(weights)
    assert losses[-1] < losses[0] - 1
    assert all(0 <= right <= count for right, count in tally.values())
