"""Ask about a video, and ask back: python examples/ask_a_video.py VIDEO [RUN_OR_CHECKPOINT]"""

import sys

import videostar as vs


def main(video: str, model: str | None = None) -> None:
    """Two questions of which the second refers to the first; the answers come word by word."""
    with vs.load(model) as loaded:
        chat = loaded.chat(video)
        for question in ("What happens in the video?", "Why?"):
            print(f"> {question}")
            chat.ask(question, hear=lambda piece: print(piece, end="", flush=True))
            print()


if __name__ == "__main__":
    main(*sys.argv[1:3])
