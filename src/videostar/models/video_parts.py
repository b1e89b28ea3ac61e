"""How the frames of a clip travel to a server: content parts of the chat protocol, by name.

Our sampling policy has chosen the frames already, and training sees the same ones (R6), so what travels is those frames and nothing
else, without loss except where the name says so. An MP4 has them at a constant rate: the i-th is told to be at i / fps seconds.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from PIL import Image

from videostar.video.frames import Frames
from videostar.video.write import exact_mp4

Parts: TypeAlias = list[dict[str, Any]]
JPEG_QUALITY = 95


def parts(name: str, frames: Frames, folder: Path) -> Parts:
    """The parts of one clip. folder: for those that go as a file, which must stay until the answer is there."""
    return FORMS[name](frames, folder)


def _images(frames: Frames, _: Path) -> Parts:
    return [_image_part(_still(pixels, "PNG"), "png") for pixels in frames.pixels]


def _images_jpeg(frames: Frames, _: Path) -> Parts:
    return [_image_part(_still(pixels, "JPEG", quality=JPEG_QUALITY, subsampling=0), "jpeg") for pixels in frames.pixels]


def _video_url_data(frames: Frames, _: Path) -> Parts:
    return [_video_part(_data_url("video/mp4", exact_mp4(frames.pixels, _rate(frames))))]


def _video_path(frames: Frames, folder: Path) -> Parts:
    return [_video_part(str(_file(frames, folder)))]


def _video_file_url(frames: Frames, folder: Path) -> Parts:
    return [_video_part(_file(frames, folder).as_uri())]


def _file(frames: Frames, folder: Path) -> Path:
    path = folder.resolve() / "clip.mp4"
    path.write_bytes(exact_mp4(frames.pixels, _rate(frames)))
    return path


def _rate(frames: Frames) -> float:
    return frames.fps if frames.fps > 0 else 1.0


def _still(pixels: Any, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form, **options)
    return file.getvalue()


def _image_part(image: bytes, kind: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": _data_url(f"image/{kind}", image)}}


def _video_part(url: str) -> dict[str, Any]:
    return {"type": "video_url", "video_url": {"url": url}}


def _data_url(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


FORMS: Mapping[str, Callable[[Frames, Path], Parts]] = {
    "video_url_data": _video_url_data,  # an MP4 inside the request: vLLM, SGLang
    "video_path": _video_path,  # the plain path of an MP4 that the server reads: transformers serve, SGLang
    "video_file_url": _video_file_url,  # the same as file://: vLLM with --allowed-local-media-path
    "images": _images,  # one PNG a frame: whatever takes several images; the model sees stills
    "images_jpeg": _images_jpeg,  # one JPEG a frame, with a little loss: hosted APIs that limit a request's size
}
