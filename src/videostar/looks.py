"""What a model's vision tower made of clips: computed once, kept for the next questions about the same frames.

transformers' `generate` takes such outputs in place of pixels (`mm_encoder_outputs`), for every family alike, and only their order
matters. So clips of any size and number of frames share a batch, and the tower's peak memory has a bound of its own.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import torch
from torch import Tensor

from videostar.encoding import Encoded, batch

LIMIT_BYTES = 512 << 20
MOST_NUMBERS = 16 << 20
"""Of pixels that go into the tower together: small clips share a call, which costs more than they do; large ones go alone."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the tower made of one clip, as the text model takes it.

    modality: "video" or "image". outputs: the family's own output class. whole: whether it holds one tensor, not a list.
    pooled: (N, D), one row for each visual token. deepstack: of each tapped layer the like; () for most families.
    """

    modality: str
    outputs: type[Any]
    whole: bool
    pooled: Tensor
    deepstack: tuple[Tensor, ...]

    @property
    def held_bytes(self) -> int:
        """What it takes to keep."""
        return sum(tensor.nbytes for tensor in (self.pooled, *self.deepstack))


class Looks:
    """The last looks of one model, at most `limit_bytes` of them, beside the model's weights.

    alone: every clip goes through the tower by itself, so that the last bits of its look do not hang on its neighbours.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES, alone: bool = False) -> None:
        self._limit_bytes = limit_bytes
        self._alone = alone
        self._held_bytes = 0
        self._kept: OrderedDict[str, Look] = OrderedDict()

    def of(self, model: Any, rows: Sequence[tuple[str, Encoded]]) -> list[Look | None]:
        """The looks of rows of (name of the frames or "", encoded), each taken once; None for a row without frames.

        A name stands for frames as this model's processor hands them over; "" is never kept.
        """
        named = [(name or f"row {place}", row) for place, (name, row) in enumerate(rows)]
        wanted = {name: row for name, row in named if row.visual}
        looks = {name: self._kept[name] for name in wanted if name in self._kept}
        new = [(name, row) for name, row in wanted.items() if name not in looks]
        for group in _groups(new, 0 if self._alone else MOST_NUMBERS):
            looks.update(zip((name for name, _ in group), _computed(model, [row for _, row in group]), strict=True))
        for name, _ in rows:
            if name in looks:
                self._keep(name, looks[name])
        return [looks[name] if row.visual else None for name, row in named]

    def __contains__(self, name: str) -> bool:
        return name in self._kept

    def clear(self) -> None:
        """Forget all, so that their memory can be used."""
        self._kept.clear()
        self._held_bytes = 0

    def _keep(self, name: str, look: Look) -> None:
        if name in self._kept:
            self._kept.move_to_end(name)
            return
        self._kept[name] = look
        self._held_bytes += look.held_bytes
        while self._held_bytes > self._limit_bytes:
            self._held_bytes -= self._kept.popitem(last=False)[1].held_bytes


def can_look(model: Any) -> bool:
    """Whether the model's family takes looks in place of pixels; some that bring their own code do not."""
    return "mm_encoder_outputs" in inspect.signature(model.forward).parameters


def with_looks(
    model: Any, rows: Sequence[Encoded], looks: Sequence[Look | None], pad_token_id: int, side: Literal["left", "right"] = "left"
) -> dict[str, Any]:
    """What the model takes for rows and what `Looks.of` gave for each: padded on that side, with looks in place of pixels."""
    bare = batch([without_pixels(row) for row in rows], pad_token_id, side)
    inputs: dict[str, Any] = {name: tensor.to(model.device) for name, tensor in bare.items()}
    shown = [look for look in looks if look is not None]
    return {**inputs, "mm_encoder_outputs": _joined(shown)} if shown else inputs


def without_pixels(row: Encoded) -> Encoded:
    """The row as it is needed where a look stands in for its pixels."""
    visual = {name: tensor for name, tensor in row.visual.items() if not name.startswith("pixel_")}
    return Encoded(row.sequence, row.labels, visual, row.visual_tokens)


def _groups(rows: Sequence[tuple[str, Encoded]], most_numbers: int) -> Iterator[list[tuple[str, Encoded]]]:
    """Rows that go through the tower together: alike in shape, and within `most_numbers` unless one alone has more."""
    for _, alike in groupby(sorted(rows, key=lambda item: item[1].visual_shape), key=lambda item: item[1].visual_shape):
        group: list[tuple[str, Encoded]] = []
        numbers = 0
        for name, row in alike:
            size = sum(tensor.numel() for tensor in row.visual.values())
            if group and numbers + size > most_numbers:
                yield group
                group, numbers = [], 0
            group.append((name, row))
            numbers += size
        yield group


def _computed(model: Any, rows: Sequence[Encoded]) -> list[Look]:
    """The looks of rows that are alike in shape."""
    names = rows[0].visual
    modality = "video" if any(name.endswith("_videos") for name in names) else "image"
    encode = getattr(model.base_model, f"get_{modality}_features")
    wanted = [name for name in inspect.signature(encode).parameters if name in names]
    with torch.inference_mode():
        outputs = encode(**{name: torch.cat([row.visual[name] for row in rows]).to(model.device) for name in wanted}, return_dict=True)
    sizes = [row.visual_tokens for row in rows]
    pooled = _cut(outputs.pooler_output, sizes)
    layers = [_cut(layer, sizes) for layer in getattr(outputs, "deepstack_features", None) or ()]
    whole = isinstance(outputs.pooler_output, Tensor)
    return [Look(modality, type(outputs), whole, part, tuple(layer[place] for layer in layers)) for place, part in enumerate(pooled)]


def _cut(values: Tensor | Sequence[Tensor], sizes: Sequence[int]) -> list[Tensor]:
    """One tensor (N, D) for each clip, that holds nothing else alive."""
    parts = [values] if isinstance(values, Tensor) else values
    together = torch.cat([part.reshape(-1, part.shape[-1]) for part in parts])
    return [part.clone() for part in torch.split(together, list(sizes))]


def _joined(looks: Sequence[Look]) -> dict[str, Any]:
    """The looks of a batch as one output of the family's class, in the form that it came in: a list, or one tensor (1, N, D)."""
    first = looks[0]
    pooled = torch.cat([look.pooled for look in looks])
    fields: dict[str, Any] = {"pooler_output": pooled[None] if first.whole else [pooled]}
    if first.deepstack:
        fields["deepstack_features"] = [[torch.cat(layers)] for layers in zip(*(look.deepstack for look in looks), strict=True)]
    return {first.modality: first.outputs(**fields)}
