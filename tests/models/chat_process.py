"""A chat server as a process of its own: `python chat_process.py PORT [--silent] [--deaf] [--dies-at N FILE]`.

Its answers name the seed they were drawn with, so that any two runs can be compared. --silent: never answers; --deaf: ignores SIGTERM;
--dies-at: ends itself by SIGKILL at the N-th question about a video, unless FILE says that it has done so before.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from tests.models.loopback import Handler, Server, prompt_frames


def main() -> None:
    words = sys.argv[1:]
    print("a chat server is starting", flush=True)
    if "--deaf" in words:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if "--silent" in words:
        time.sleep(120)
    server = Server(int(words[0]))
    server.pages["/health"] = b"{}"
    asked: list[int] = []

    def reaction(handler: Handler, _: int) -> None:
        if prompt_frames(handler.body) and "What happens?" not in json.dumps(handler.body):
            with server.lock:
                asked.append(1)
                if "--dies-at" in words:
                    _die(len(asked), int(words[words.index("--dies-at") + 1]), Path(words[words.index("--dies-at") + 2]))
        handler.chat(f"This is yoga, seen with seed {handler.body['seed']}.")

    server.reaction = reaction
    server.serve_forever()


def _die(number: int, last: int, mark: Path) -> None:
    if number == last and not mark.exists():
        mark.touch()
        print("about to be killed", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
