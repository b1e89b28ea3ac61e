"""MVBench: twenty tasks of multiple choice, one JSON array a task; the file's name is the task's.

    [{"video": "ZS9XR.mp4", "question": "What happened after the person took the food?",
      "candidates": ["Ate the medicine.", "Tidied up the blanket."], "answer": "Ate the medicine.", "start": 0.0, "end": 15.4}]

Videos lie in a folder for each source; a file is found by its name where that is unique. In five tasks `start` and `end` cut the video. The
videos of episodic_reasoning are published as folders of frames and are read only where somebody made videos of them.
https://huggingface.co/datasets/OpenGVLab/MVBench
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.files import files_of, json_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, text_of

FOLDERS = {
    "action_sequence": "star/Charades_v1_480",
    "action_prediction": "star/Charades_v1_480",
    "action_antonym": "ssv2_video",
    "fine_grained_action": "Moments_in_Time_Raw/videos",
    "unexpected_action": "FunQA_test/test",
    "object_existence": "clevrer/video_validation",
    "object_interaction": "star/Charades_v1_480",
    "object_shuffle": "perception/videos",
    "moving_direction": "clevrer/video_validation",
    "action_localization": "sta/sta_video",
    "scene_transition": "scene_qa/video",
    "action_count": "perception/videos",
    "moving_count": "clevrer/video_validation",
    "moving_attribute": "clevrer/video_validation",
    "state_change": "perception/videos",
    "fine_grained_pose": "nturgbd",
    "character_order": "perception/videos",
    "egocentric_navigation": "vlnqa",
    "episodic_reasoning": "tvqa/frames_fps3_hq",
    "counterfactual_inference": "clevrer/video_validation",
}
CUT = frozenset("action_sequence action_prediction object_interaction action_localization episodic_reasoning".split())


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """One question a row."""
    for path in files_of(paths, ".json"):
        for count, (place, row) in enumerate(json_rows(path)):
            item = _item(row, path.stem, count, options)
            yield Row(f"{path.name}:{place}", (item,), "test", "the benchmark, which is for testing only")


def _item(row: Any, of_file: str, count: int, options: Options) -> Item:
    if not isinstance(row, Mapping) or not text_of(row.get("video")):
        return Dropped("no video is named")
    task, candidates, answer = text_of(row.get("task")) or of_file, row.get("candidates"), row.get("answer")
    if not isinstance(candidates, list) or answer not in candidates:
        return Dropped("the answer is none of the candidates", str(answer))
    span = (0.0, None) if task not in CUT else (number(row.get("start")) or 0.0, number(row.get("end")))
    video = options.video("{folder}/{video}", {"folder": FOLDERS.get(task, task), "video": text_of(row["video"])})
    asked = text_of(row.get("question"))
    take = Take("mvbench", f"{task}-{count:04d}", video, options.seed, *span, group=video, meta={"asked": asked})
    return take.own(task, asked, {"kind": "choice", "options": [str(one) for one in candidates], "answer": candidates.index(answer)})


FORMAT = Format(
    title="MVBench",
    read=rows,
    files="the folder json, or some of its files, each named after its task",
    tasks=("by the name of the file",),
    settings={"video": 'path of a video; default "{folder}/{video}", by the folders of the sources'},
)
