"""How long a prompt is as training will show it: what a server's own count is compared with (R6)."""

from __future__ import annotations

from videostar import checkpoints
from videostar.config import ModelConfig
from videostar.encoding import Encoder
from videostar.ports import Request


class TrainedPrompt:
    """Of one local checkpoint, whose processor is loaded when first needed; its weights are not."""

    def __init__(self, checkpoint: str, config: ModelConfig) -> None:
        self._checkpoint = checkpoint
        self._config = config
        self._encoder: Encoder | None = None

    def tokens(self, request: Request) -> int:
        """Visual tokens included. Raises `CheckpointError` as the encoder does."""
        if self._encoder is None:
            self._encoder = Encoder(checkpoints.load_processor(self._checkpoint, self._config.trust_remote_code), ())
        return self._encoder.prompt(request.messages, request.frames).length
