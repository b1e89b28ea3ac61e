"""What a model's vision tower made of clips: computed clip by clip, kept for the next questions about the same frames.

transformers' `generate` takes such outputs in place of pixels (`mm_encoder_outputs`), for every family alike, and only their order
matters. So clips of any size and number of frames share a batch, a row never hangs on its neighbours, and the tower's peak memory is
that of one clip.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from videostar.encoding import Encoded, batch

LIMIT_BYTES = 512 << 20


@dataclass(frozen=True, slots=True)
class Look:
    """What the tower made of one clip, as the text model takes it.

    modality: "video" or "image". outputs: the family's own output class. whole: whether `pooled` came as one tensor.
    pooled: tensors (N, D), one row for each visual token. deepstack: of each tapped layer the like; () for most families.
    """

    modality: str
    outputs: type[Any]
    whole: bool
    pooled: tuple[Tensor, ...]
    deepstack: tuple[tuple[Tensor, ...], ...]

    @property
    def held_bytes(self) -> int:
        """What it takes to keep."""
        return sum(tensor.nbytes for part in (self.pooled, *self.deepstack) for tensor in part)


class Looks:
    """The last looks of one model, at most `limit_bytes` of them, beside the model's weights."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._held_bytes = 0
        self._kept: OrderedDict[str, Look] = OrderedDict()

    def inputs(self, model: Any, rows: Sequence[tuple[str, Encoded]], pad_token_id: int) -> dict[str, Any]:
        """What `model.generate` takes for rows of (name of the frames or "", encoded): left-padded, with looks in place of pixels.

        A name stands for frames as this model's processor hands them over; "" is never kept.
        """
        bare = [Encoded(row.sequence, row.labels, _without_pixels(row.visual), row.visual_tokens) for _, row in rows]
        inputs: dict[str, Any] = {name: tensor.to(model.device) for name, tensor in batch(bare, pad_token_id, "left").items()}
        now: dict[str, Look] = {}
        looks = [self._look(model, name, row.visual, now) for name, row in rows if row.visual]
        return {**inputs, "mm_encoder_outputs": _joined(looks)} if looks else inputs

    def clear(self) -> None:
        """Forget all, so that their memory can be used."""
        self._kept.clear()
        self._held_bytes = 0

    def _look(self, model: Any, name: str, visual: dict[str, Tensor], now: dict[str, Look]) -> Look:
        """`now`: the looks of this batch, shared whatever the limit is."""
        found = now.get(name) or self._kept.get(name) or _computed(model, visual)
        if name:
            now[name] = found
            self._keep(name, found)
        return found

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


def _computed(model: Any, visual: dict[str, Tensor]) -> Look:
    modality = "video" if any(name.endswith("_videos") for name in visual) else "image"
    encode = getattr(model.base_model, f"get_{modality}_features")
    wanted = inspect.signature(encode).parameters
    given = {name: tensor.to(model.device) for name, tensor in visual.items() if name in wanted}
    with torch.inference_mode():
        outputs = encode(**given, return_dict=True)
    pooled = outputs.pooler_output
    deepstack = getattr(outputs, "deepstack_features", None) or ()
    return Look(modality, type(outputs), isinstance(pooled, Tensor), _flat(pooled), tuple(_flat(layer) for layer in deepstack))


def _flat(values: Tensor | Sequence[Tensor]) -> tuple[Tensor, ...]:
    """As tensors (N, D) that hold nothing else alive."""
    parts = [values] if isinstance(values, Tensor) else values
    return tuple(part.reshape(-1, part.shape[-1]).clone() for part in parts)


def _joined(looks: Sequence[Look]) -> dict[str, Any]:
    """The looks of a batch as one output of the family's class, in the form that it came in: a list, or one tensor (1, N, D)."""
    first = looks[0]
    parts = [part for look in looks for part in look.pooled]
    fields: dict[str, Any] = {"pooler_output": torch.cat(parts)[None] if first.whole else parts}
    if first.deepstack:
        fields["deepstack_features"] = [
            [part for layer in layers for part in layer] for layers in zip(*(look.deepstack for look in looks), strict=True)
        ]
    return {first.modality: first.outputs(**fields)}


def _without_pixels(visual: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in visual.items() if not name.startswith("pixel_")}
