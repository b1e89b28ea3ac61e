"""`transformers serve` with what it lacks beside a CPU-only torch: `python -m videostar.models.serve_on_cpu CHECKPOINT --port 8000`.

Takes the words of `transformers serve`. Three things differ from the stock command: torchvision is made importable, videos are read
through PyAV and images through Pillow instead of torchcodec and torchvision (whose wheels are linked against CUDA), and no sound is looked
for in videos. Clients name files of this
machine, so it listens on the loopback unless `--host` says otherwise.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from videostar import torchvision_on_cpu
from videostar.errors import MissingExtraError, UserError

INSTALL = 'pip install "videostar[serving]"'


def main() -> None:
    """Serve until stopped."""
    os.environ.setdefault("HF_HUB_DISABLE_UPDATE_CHECK", "1")  # a server that starts for every checkpoint asks no package index
    torchvision_on_cpu.make_importable()
    from transformers.cli.transformers import main as transformers_main
    from transformers.utils.import_utils import is_serve_available

    if not is_serve_available():
        raise MissingExtraError(f"`transformers serve` needs packages that are not installed: {INSTALL}")
    _read_videos_through_pyav()
    _read_images_through_pillow()
    _leave_sound_out()
    sys.argv[:1] = ["transformers", "serve"]
    if "--host" not in sys.argv:
        sys.argv += ["--host", "127.0.0.1"]
    transformers_main()


def _read_videos_through_pyav() -> None:
    from transformers.video_processing_utils import BaseVideoProcessor
    from transformers.video_utils import load_video

    def fetched(self: Any, videos: Any, sample_indices_fn: Callable[..., Any] | None = None) -> Any:
        """A path gives (frames, metadata); a list gives both as lists, nested as it is."""
        if isinstance(videos, list):
            return list(zip(*[fetched(self, one, sample_indices_fn) for one in videos], strict=True))
        return load_video(videos, backend="pyav", sample_indices_fn=sample_indices_fn)

    BaseVideoProcessor.fetch_videos = fetched


def _read_images_through_pillow() -> None:
    from transformers import image_processing_backends
    from transformers.image_utils import load_image

    image_processing_backends.load_image_as_tensor = load_image


def _leave_sound_out() -> None:
    from transformers.processing_utils import ProcessorMixin

    stock = ProcessorMixin.apply_chat_template

    def silent(self: Any, conversation: Any, *args: Any, **kwargs: Any) -> Any:
        return stock(self, conversation, *args, **{**kwargs, "load_audio_from_video": False})

    ProcessorMixin.apply_chat_template = silent


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
