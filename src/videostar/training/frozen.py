"""What a vision tower that does not learn made of the clips, kept from epoch to epoch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from videostar.encoding import Encoded
from videostar.looks import Looks, can_look, with_looks, without_pixels

MOST_ROWS = 10_000


class FrozenLooks:
    """Batches with looks in place of pixels.

    Each clip is looked at once, by itself: so a training that is resumed sees the same to the bit. Of a clip whose look is kept, the rows'
    tokens are kept too.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self.looks = Looks(alone=True)
        self._rows: OrderedDict[tuple[str, str], Encoded] = OrderedDict()

    def encoded(self, row_id: str, name: str, encode: Callable[[], Encoded]) -> Encoded:
        """What `encode` gives for a row about the frames of that name; without its pixels where the look of the frames is kept."""
        key = (row_id, name)
        if name in self.looks and key in self._rows:
            self._rows.move_to_end(key)
            return self._rows[key]
        encoded = encode()
        self._rows[key] = without_pixels(encoded)
        if len(self._rows) > MOST_ROWS:
            self._rows.popitem(last=False)
        return encoded

    def __call__(self, rows: Sequence[tuple[str, Encoded]], pad_token_id: int) -> dict[str, Any]:
        """A right-padded batch of rows of (name of the frames or "", encoded)."""
        was_training = self._model.training
        self._model.eval()  # a look is kept, so nothing of it may be left to chance
        try:
            looks = self.looks.of(self._model, rows)
        finally:
            self._model.train(was_training)
        return with_looks(self._model, [row for _, row in rows], looks, pad_token_id, "right")


def frozen_looks(model: Any) -> FrozenLooks | None:
    """For a training in one process; None where anything between pixels and text model learns, and for a model that takes pixels only.

    In some families (SmolVLM, LLaVA) the layers that lead from the tower to the text model stand outside of the tower, and learn.
    """
    return FrozenLooks(model) if can_look(model) and _text_alone_learns(model) else None


def _text_alone_learns(model: Any) -> bool:
    parts = (model.get_decoder(), model.get_input_embeddings(), model.get_output_embeddings())
    of_text = {id(weight) for part in parts if part is not None for weight in part.parameters()}
    return all(id(weight) in of_text for weight in model.parameters() if weight.requires_grad)
