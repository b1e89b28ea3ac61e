"""Questions packed into one row are, number for number, what each would be alone through the package's own encoding."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch

from videostar.encoding import IGNORED, Encoder
from videostar.playground.architecture import FRAME_SIZE, patchify, video_grid
from videostar.playground.language import text_of
from videostar.playground.lessons.dives import DIVES
from videostar.playground.packing import Pack, Packer, embedded, pack_loss, run_text
from videostar.playground.questions import END, NEXT_TURN, REPLY, chat_item, guessed_item, long_item, short_item
from videostar.playground.scene import CLIP_SECONDS
from videostar.playground.watching import TUBELETS
from videostar.playground.worlds.drawing import NUM_FRAMES, sampled_times
from videostar.types import FrameRecord, Message
from videostar.video.frames import Frames

MAKERS = (short_item, long_item, guessed_item, chat_item)


def _packed(processor: Any, model: Any, seeds: range) -> tuple[Pack, list[Any], list[Any]]:
    rng = random.Random(0)
    clips = [DIVES.draw(seed) for seed in seeds]
    frames = [clip.render(sampled_times(), FRAME_SIZE) for clip in clips]
    rows = [[maker(DIVES, clip, rng) for maker in MAKERS] for clip in clips]
    with torch.no_grad():
        seen = model.model.visual(patchify(np.stack(frames)).flatten(0, 1), video_grid(TUBELETS, len(clips))).pooler_output
    return Packer(processor.tokenizer, TUBELETS).pack(rows, seen.view(len(clips), -1, seen.shape[-1]), CLIP_SECONDS), rows, frames


def _logits(model: Any, pack: Pack) -> torch.Tensor:
    with torch.no_grad():
        _, hidden = run_text(model, embedded(model, pack), pack.mask, pack.positions)
        return torch.as_tensor(model.lm_head(hidden))


def test_a_packed_question_is_computed_as_if_it_were_asked_alone(processor: Any, untrained: Any) -> None:
    pack, rows, frames = _packed(processor, untrained, range(2))
    encoder = Encoder(processor, [processor.tokenizer.convert_tokens_to_ids(END)])
    packed = _logits(untrained, pack)
    times = tuple(CLIP_SECONDS * sampled_times())
    for row, (items, pixels) in enumerate(zip(rows, frames, strict=True)):
        start = prefix = _prefix_length(pack, row)
        for item in items:
            messages = (*_turns(item.prompt), Message("assistant", text_of(item.answer)))
            alone = encoder.conversation(messages, Frames(pixels, times, NUM_FRAMES / CLIP_SECONDS, FrameRecord()))
            end_of_answer = int((alone.labels != IGNORED).nonzero()[-1, 0]) + 1
            place = slice(start, start + end_of_answer - prefix)
            assert alone.sequence["input_ids"][prefix:end_of_answer].tolist() == pack.ids[row, place].tolist()
            with torch.no_grad():
                outputs = untrained(**{name: tensor[None] for name, tensor in alone.sequence.items()}, **alone.visual).logits[0]
            assert torch.allclose(outputs[prefix:end_of_answer], packed[row, place], atol=1e-5)
            counted = alone.labels[prefix + 1 : end_of_answer] != IGNORED
            start = place.stop
            if len(messages) > 2:
                continue  # a run learns from every answer of a chat, a lesson from the last one
            assert torch.equal(counted, pack.weights[row, place][:-1] > 0)
            assert torch.equal(pack.targets[row, place][:-1][counted], alone.labels[prefix + 1 : end_of_answer][counted])


def _turns(prompt: str) -> list[Message]:
    """Earlier turns of a chat and the question."""
    *earlier, question = prompt.split(NEXT_TURN)
    messages = []
    for turn in earlier:
        asked, _, told = turn.partition(REPLY)
        messages += [Message("user", asked), Message("assistant", told)]
    return [*messages, Message("user", question)]


def _prefix_length(pack: Pack, row: int) -> int:
    """Tokens that every other token of the row sees."""
    seen_by_last = pack.mask[row, 0, int((pack.weights[row] > 0).nonzero()[-1, 0])]
    return int((~seen_by_last).nonzero()[0, 0])


def test_the_loss_falls_when_the_same_batch_is_seen_again(processor: Any, untrained: Any) -> None:
    pack, _, _ = _packed(processor, untrained, range(2, 5))
    weights = {name: tensor.clone() for name, tensor in untrained.state_dict().items()}
    optimizer = torch.optim.AdamW(untrained.parameters(), lr=1e-3)
    losses = []
    for _ in range(6):
        loss, tally, _ = pack_loss(untrained, pack)
        torch.autograd.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    untrained.load_state_dict(weights)
    assert losses[-1] < losses[0] - 1
    assert all(0 <= right <= count for right, count in tally.values())
