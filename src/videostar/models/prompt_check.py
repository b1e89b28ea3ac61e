"""Whether a server really saw the video it was sent. Some drop what they do not know and answer all the same.

The server's own count of prompt tokens tells. For each size of clip it is compared once with the count of the same question without
the video; from then on a prompt must be longer than its clip alone. Where the checkpoint is at hand, the count is also compared with
that of the prompt that training will show (R6): a server that samples frames again or resizes them otherwise is found out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from videostar.errors import ServerError
from videostar.ports import Request

FRAMES_PER_TOKEN = 4
"""No model sees a clip in less than one token for so many frames."""
CLOSE_SHARE, CLOSE_TOKENS = 0.05, 8
"""How far the two counts may lie apart: templates write the time of a frame with one digit more or less."""
MOST_SHAPES = 16


class PromptCheck:
    """text_tokens: the server's count of a request without its video. trained: the count of what training shows; None where unknown."""

    def __init__(self, text_tokens: Callable[[Request], int], trained: Callable[[Request], int] | None) -> None:
        self._text_tokens = text_tokens
        self._trained = trained
        self._lock = threading.Lock()
        self._visual: dict[tuple[int, ...], int] = {}

    def problem(self, request: Request, prompt_tokens: int) -> str:
        """What is wrong with an answer whose prompt came to so many tokens, or "". Raises `ServerError` for a systematic fault."""
        if request.frames is None:
            return ""
        shape = request.frames.pixels.shape
        with self._lock:  # the first clip of a size is counted once, while others of it wait
            known = self._visual.get(shape)
            if known is not None and prompt_tokens - known >= _fewest(request):
                return ""
            visual = prompt_tokens - self._text_tokens(request)
            if visual < max(1, shape[0] // FRAMES_PER_TOKEN):
                return f"the prompt has {prompt_tokens} tokens with the video and {prompt_tokens - visual} without"
            if known is None and self._trained is not None and len(self._visual) < MOST_SHAPES:
                _compare(request, prompt_tokens, self._trained(request))
            self._visual[shape] = visual
        return ""


def _compare(request: Request, prompt_tokens: int, trained: int) -> None:
    if abs(prompt_tokens - trained) > max(CLOSE_TOKENS, CLOSE_SHARE * trained):
        raise ServerError(
            f"the server reads sample {request.sample_id} as {prompt_tokens} tokens where training will show {trained}: it samples or "
            "resizes the frames otherwise, or takes them in another form. docs/servers.md says how each server is started so that it "
            "leaves them alone; `server.check_video: seen` accepts the difference"
        )


def _fewest(request: Request) -> int:
    """Fewer tokens than words no text has."""
    return sum(len(message.content.split()) for message in request.messages)
