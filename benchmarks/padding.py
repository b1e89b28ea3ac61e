"""How much of a training is padding: batches in shuffled order, and the same rows with those of like length together.

    python benchmarks/padding.py [--write]

With the embedded checkpoint's processor. The rows are ordered by the estimate that training uses, and counted by what they really are once
encoded, frames included. Prints shares and their ratio, all from one run; `--write` puts them into docs/performance.md.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

import numpy as np

from videostar import checkpoints
from videostar.encoding import Encoder
from videostar.rows import dump, to_json
from videostar.seeds import rng_for
from videostar.training.dataset import ConversationFile
from videostar.training.lengths import Lengths
from videostar.training.ordering import Ordered, padding_share
from videostar.types import Conversation, FrameRecord, Message
from videostar.video.frames import Frames
from videostar.video.sampling import Sampling, plan

TINY = Path(__file__).parents[1] / "src" / "videostar" / "playground" / "tiny"
ROWS = 2000
SAMPLING = Sampling(fps=1.0, min_frames=4, max_frames=32, max_pixels=96 * 96)
WORDS = "the person then slowly turns around and lifts one arm above the head before the next jump".split()


def mixed(number: int, rng: random.Random) -> Conversation:
    """One of: a short direct answer, a reasoned one of 40 to 300 words, or auxiliary text without video; clips of 2 to 40 seconds."""
    words = rng.choice((3, 3, rng.randint(40, 300)))
    answer = " ".join(rng.choice(WORDS) for _ in range(words))
    seconds = round(min(40.0, 2 + rng.expovariate(1 / 8)), 1)
    video = "" if rng.random() < 0.15 else "clip.mp4"
    messages = (Message("user", "What is the person doing?"), Message("assistant", answer))
    return Conversation(str(number), str(number), "generated", "reasoned", video, 0.0, seconds, messages)


def real_length(encoder: Encoder, row: Conversation) -> int:
    """Tokens once encoded, with as many frames as the policy gives."""
    if not row.video:
        return encoder.conversation(row.messages, None).length
    count = plan(SAMPLING, row.end_seconds).num_frames
    times = tuple(float(index) for index in range(count))
    frames = Frames(np.zeros((count, 96, 96, 3), np.uint8), times, 1.0, FrameRecord("bench", times, ""))
    return encoder.conversation(row.messages, frames).length


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    processor = checkpoints.load_processor(str(TINY))
    encoder = Encoder(processor, {processor.tokenizer.eos_token_id})
    rng = rng_for("padding")
    rows = [mixed(number, rng) for number in range(ROWS)]
    real = {row.id: real_length(encoder, row) for row in rows}
    lengths = Lengths(encoder, SAMPLING)
    head = ["rows in a batch", "padding, shuffled", "padding, by length", "of the tokens computed before", "ordering takes"]
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_text("".join(dump(to_json(row)) for row in rows), encoding="utf-8")
        file = ConversationFile(path)
        for batch in (2, 4, 8, 16):
            shares = []
            for length in (None, lengths):
                started = time.process_time()
                ordered = Ordered(file, batch, 0, length)
                ids = [row.id for index in range(len(ordered)) if (row := ordered[index]) is not None]
                spent = time.process_time() - started
                shares.append(padding_share([real[id_] for id_ in ids], batch))
            before, after = shares
            kept = (1 - before) / (1 - after)
            lines.append([str(batch), f"{before:.1%}", f"{after:.1%}", f"{kept:.0%}", f"{1e6 * spent / ROWS:.0f} us a row"])
    about = (
        f"{ROWS:,} conversations of {min(real.values())} to {max(real.values())} tokens (mean {sum(real.values()) / ROWS:.0f}): "
        "short answers, explanations, texts without a video; clips of 2 to 40 s. Nothing is decoded to order them."
    )
    print(about, *(" | ".join(line) for line in [head, *lines]), sep="\n")
    if options.write:
        from sections import table, write_section

        write_section("benchmarks/padding.py", "Padding in training", f"{about}\n\n{table(head, lines)}")


if __name__ == "__main__":
    main()
