"""Several questions about one clip in one row: each sees the clip and itself, at the places it would have if asked alone.

So the clip, most of a row's tokens, is read once for all its questions. Tokens are those of `videostar.encoding` for one question
and its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from videostar.playground.architecture import GRID, MERGE_SIZE, TOKENS_PER_SECOND, TOKENS_PER_TUBELET
from videostar.playground.folder import SPECIAL
from videostar.playground.language import DECISIVE, Pieces, text_of
from videostar.playground.questions import END, Item
from videostar.playground.worlds.language import DIVE_SKILLS, PROCEDURE_SKILLS

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast, Qwen2_5_VLForConditionalGeneration

END_WEIGHT = 0.3
# Layers above the states in which a clip must be told: a question has so many to find there what it asks for.
SPEAKING_LAYERS = 2
SKILLS = tuple(
    dict.fromkeys(
        ("colour", "shape", "path", "turning", "size", "speed", "count", "yes or no", "choice", "copying", *DIVE_SKILLS, *PROCEDURE_SKILLS)
    )
)
NO_SKILL = -1


@dataclass(frozen=True, slots=True)
class Pack:
    """A batch of B rows of L tokens, C visual tokens in each.

    ids, targets: (B, L) int64; targets are the next tokens within a question. weights: (B, L) of the targets in the loss.
    skills: (B, L) index into SKILLS of what a target shows, or NO_SKILL. positions: (3, B, L). mask: (B, 1, L, L), True where seen.
    seen: (B, C, hidden) what the tower saw, none for rows without a clip. visual_start: where the visual tokens stand.
    """

    ids: Tensor
    targets: Tensor
    weights: Tensor
    skills: Tensor
    positions: Tensor
    mask: Tensor
    seen: Tensor
    visual_start: int


@dataclass(frozen=True, slots=True)
class _Branch:
    ids: list[int]
    targets: list[int]
    weights: list[float]
    skills: list[int]


class Packer:
    """Packs questions for one tokenizer. tubelets: half the number of frames; 0 for questions without a clip."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, tubelets: int) -> None:
        self._tokenizer = tokenizer
        opening = self._ids(f"{SPECIAL['start']}user\n")
        clip = self._ids(SPECIAL["video"]) * (tubelets * TOKENS_PER_TUBELET)
        start, end = self._ids(SPECIAL["vision_start"]), self._ids(SPECIAL["vision_end"])
        self._prefix = [*opening, *start, *clip, *end] if clip else opening
        self._visual_start = len(opening) + len(start)
        self._end = self._ids(END)[0]
        self._tubelets = tubelets

    def pack(self, rows: Sequence[Sequence[Item]], seen: Tensor, clip_seconds: float) -> Pack:
        """One row a clip. `seen` (B, C, hidden) are their visual tokens; all clips are equally long."""
        branches = [[self._branch(item) for item in row] for row in rows]
        length = len(self._prefix) + max((sum(len(branch.ids) for branch in row) for row in branches), default=0)
        prefix_positions, first = self._prefix_positions(clip_seconds)
        ids = torch.zeros(len(rows), length, dtype=torch.long)
        targets, skills = torch.zeros_like(ids), torch.full_like(ids, NO_SKILL)
        weights = torch.zeros(len(rows), length)
        owner = torch.full_like(ids, -1)
        positions = torch.zeros(3, len(rows), length, dtype=torch.long)
        for row, found in enumerate(branches):
            at = len(self._prefix)
            ids[row, :at], owner[row, :at], positions[:, row, :at] = torch.tensor(self._prefix), 0, prefix_positions
            for number, branch in enumerate(found, start=1):
                place = slice(at, at + len(branch.ids))
                ids[row, place], targets[row, place] = torch.tensor(branch.ids), torch.tensor(branch.targets)
                weights[row, place], skills[row, place] = torch.tensor(branch.weights), torch.tensor(branch.skills)
                owner[row, place], positions[:, row, place] = number, first + torch.arange(len(branch.ids))
                at = place.stop
        return Pack(ids, targets, weights, skills, positions, _mask(owner), seen, self._visual_start)

    def prefixes(self, count: int, seen: Tensor, clip_seconds: float) -> Pack:
        """`count` rows of the clip alone, nothing asked."""
        return self.pack([[] for _ in range(count)], seen, clip_seconds)

    def _prefix_positions(self, clip_seconds: float) -> tuple[Tensor, int]:
        """(3, P) places of the prefix as the network itself counts them, and the first place after it."""
        if not self._tubelets:
            return torch.arange(len(self._prefix)).expand(3, -1), len(self._prefix)
        side, start = GRID // MERGE_SIZE, self._visual_start
        seconds_per_tubelet = clip_seconds / self._tubelets
        times = (torch.arange(self._tubelets) * (TOKENS_PER_SECOND * seconds_per_tubelet)).long()
        grid = torch.stack(torch.meshgrid(times, torch.arange(side), torch.arange(side), indexing="ij")).flatten(1)
        before = torch.arange(start).expand(3, -1)
        after = torch.full((3, 1), start + side)
        return torch.cat([before, grid + start, after], dim=1), start + side + 1

    def _branch(self, item: Item) -> _Branch:
        asked = self._ids(f"{item.prompt}{END}\n{SPECIAL['start']}assistant\n")
        told = self._tokenizer(text_of(item.answer), return_offsets_mapping=True)
        answer = [*told["input_ids"], self._end]
        pieces = [_piece_at(item.answer, start) for start, _ in told["offset_mapping"]]
        weights = [*(item.answer[piece].weight for piece in pieces), END_WEIGHT]
        skills = [*(_skill(item.answer, piece) for piece in pieces), NO_SKILL]
        quiet = len(asked) - 1
        return _Branch(
            ids=[*asked, *answer],
            targets=[*asked[1:], *answer, 0],
            weights=[*[0.0] * quiet, *weights, 0.0],
            skills=[*[NO_SKILL] * quiet, *skills, NO_SKILL],
        )

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer(text)["input_ids"])


def pack_loss(model: Qwen2_5_VLForConditionalGeneration, pack: Pack) -> tuple[Tensor, dict[str, tuple[int, int]], Tensor]:
    """The weighted loss, by skill how many of its tokens came out right, of how many, and the states that readers read."""
    states, hidden = run_text(model, embedded(model, pack), pack.mask, pack.positions)
    counted = pack.weights > 0
    logits, targets, weights = model.lm_head(hidden[counted]), pack.targets[counted], pack.weights[counted]
    loss = (functional.cross_entropy(logits, targets, reduction="none") * weights).sum() / weights.sum()
    right, skills = logits.argmax(-1) == targets, pack.skills[counted]
    tally = {name: (int(right[skills == index].sum()), int((skills == index).sum())) for index, name in enumerate(SKILLS)}
    return loss, {name: counts for name, counts in tally.items() if counts[1]}, states


def run_text(model: Qwen2_5_VLForConditionalGeneration, embeds: Tensor, mask: Tensor, positions: Tensor) -> tuple[Tensor, Tensor]:
    """(B, L, hidden) states that the readers of `watching` read, and the final ones."""
    text: Any = model.model.language_model
    attention = {"full_attention": mask}
    out = text(inputs_embeds=embeds, attention_mask=attention, position_ids=positions, use_cache=False, output_hidden_states=True)
    return out.hidden_states[-1 - SPEAKING_LAYERS], out.last_hidden_state


def embedded(model: Qwen2_5_VLForConditionalGeneration, pack: Pack) -> Tensor:
    """(B, L, hidden): the embedded tokens, visual ones in their places."""
    embeds: Tensor = model.get_input_embeddings()(pack.ids)
    if not len(pack.seen):
        return embeds
    start = pack.visual_start
    return torch.cat([embeds[:, :start], pack.seen, embeds[:, start + pack.seen.shape[1] :]], dim=1)


def _mask(owner: Tensor) -> Tensor:
    same = (owner[:, :, None] == owner[:, None, :]) | (owner[:, None, :] == 0)
    return (same & torch.ones(owner.shape[1], owner.shape[1], dtype=torch.bool).tril())[:, None]


def _piece_at(pieces: Pieces, start: int) -> int:
    end = 0
    for index, piece in enumerate(pieces):
        end += len(piece.text)
        if start < end:
            return index
    return len(pieces) - 1


def _skill(pieces: Pieces, index: int) -> int:
    piece = pieces[index]
    return SKILLS.index(piece.skill) if piece.skill and piece.weight == DECISIVE else NO_SKILL
