"""Assess clips by a rubric and rank them: python examples/assess_clips.py RUBRIC VIDEO... (RUBRIC: diving, lab, osats or a YAML file)"""

import sys

import videostar as vs


def main(rubric: str, *videos: str) -> None:
    """One line for each clip, the best first, with what to improve below it."""
    with vs.load() as model:
        found = [model.assess(video, rubric, reasons=False) for video in videos]
    for item in sorted(found, key=lambda item: -item.overall.value if item.overall else 0.0):
        score = f"{item.overall.value:.1f} ({item.overall.low:.1f} to {item.overall.high:.1f})" if item.overall else "no score"
        print(f"{item.video}: {score}")
        for line in item.improve:
            print(f"  {line}")


if __name__ == "__main__":
    main(*sys.argv[1:])
