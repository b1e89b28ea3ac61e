"""How long a conversation will be in tokens, told from its row and the config: no video is opened for it."""

from __future__ import annotations

import math

import numpy as np

from videostar.encoding import Encoder
from videostar.types import Conversation, FrameRecord, Message
from videostar.video.frames import Frames
from videostar.video.sampling import Sampling, plan

SENTENCE = "The person picks up the ball with both hands, turns around and throws it over the net."
PROBE_FRAMES = 4


class Lengths:
    """An estimate, good enough to put rows of like length together; the real length is known once a row is encoded.

    Text counts by characters, at the rate that this tokenizer has for an English sentence. A clip counts as the frames that the
    sampling policy gives it, all of them, each as large as `max_pixels` allows; one that goes to the end of its file, as the most frames.
    encoder: one without a limit.
    """

    def __init__(self, encoder: Encoder, sampling: Sampling) -> None:
        self._sampling = sampling
        nothing = encoder.nothing().length
        sentence = encoder.prompt((Message("user", SENTENCE),), None).length
        self._tokens_per_character = max(sentence - nothing, 1) / len(SENTENCE)
        self._tokens_per_frame = encoder.nothing(blank(sampling.max_pixels)).visual_tokens / PROBE_FRAMES

    def __call__(self, row: Conversation) -> int:
        """Tokens of a conversation, about."""
        characters = sum(len(message.content) for message in row.messages)
        return math.ceil(characters * self._tokens_per_character + self._frames(row) * self._tokens_per_frame)

    def _frames(self, row: Conversation) -> int:
        if not row.video:
            return 0
        seconds = None if row.end_seconds is None else row.end_seconds - row.start_seconds
        return plan(self._sampling, seconds).num_frames


def blank(max_pixels: int) -> Frames:
    """`PROBE_FRAMES` grey frames, square, as large as is allowed: what the checkpoint's own processor makes of them counts."""
    side = max(1, math.isqrt(max_pixels))
    times = tuple(float(second) for second in range(PROBE_FRAMES))
    pixels = np.full((PROBE_FRAMES, side, side, 3), 127, np.uint8)
    return Frames(pixels, times, 1.0, FrameRecord("blank", times, ""))
