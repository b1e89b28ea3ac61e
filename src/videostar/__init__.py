"""Turn any labelled video collection into a video-language model that explains its answers."""

__version__ = "0.1.0"
