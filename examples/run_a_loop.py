"""Run the loop on a table of labelled videos: python examples/run_a_loop.py TABLE.jsonl RUN [KEY=VALUE]...

Such as `python examples/run_a_loop.py train.jsonl runs/mine model.model_name_or_path=Qwen/Qwen2.5-VL-7B-Instruct cycles=2`.
"""

import sys

import videostar as vs


def main(table: str, run: str, *overrides: str) -> None:
    """One line for each cycle: how many of its samples were kept."""
    config = {"run": run, "data": {"train": table}, "model": {"model_name_or_path": "Qwen/Qwen2.5-VL-7B-Instruct"}}
    for result in vs.run(config, overrides):
        kept = f"{result.ledger.kept} of {result.ledger.samples_in} samples kept" if result.ledger else "as it was"
        print(f"{result.name}: {kept}, checkpoint {result.checkpoint}")


if __name__ == "__main__":
    main(*sys.argv[1:])
