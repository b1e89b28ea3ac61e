"""Golden: rows of the real files, beside the checkout. Samples by task are counted, and a sample of each format is spelled out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.datasets.reading import read_paths, real_files

GOLDEN: dict[str, tuple[tuple[str, ...], tuple[str, ...], dict[str, int]]] = {
    "activitynet-captions": (("activitynet_captions.json",), (), {"after": 3, "before": 3, "caption_at": 5, "interval": 22, "when": 22}),
    "activitynet-qa": (("activitynet_qa_q.json", "activitynet_qa_a.json"), (), {"yes_no": 12}),
    "charades": (("charades_v1.csv",), (), {"caption": 12, "objects": 12, "scene": 12}),
    "charades-sta": (("charades_sta.txt",), (), {"caption_at": 20, "interval": 20}),
    "cholec80": (
        ("cholec80_video-phase_head.txt",),
        (),
        {"action_at": 2, "after": 1, "before": 1, "interval": 2, "order": 1, "phase": 2, "when": 2},
    ),
    "epic-kitchens-100": (
        ("epic_kitchens_100_validation.csv",),
        (),
        {"action": 12, "after": 6, "before": 6, "interval": 4, "noun": 12, "order": 4, "verb": 12},
    ),
    "finediving": (
        ("finediving_fine_grained.pkl", "finediving_sub_action_types.pkl"),
        ("fps=25",),
        {
            "action_at": 44,
            "after": 26,
            "before": 26,
            "difficulty": 12,
            "how_many": 6,
            "how_many_steps": 12,
            "interval": 41,
            "order": 12,
            "score": 12,
            "when": 38,
        },
    ),
    "kinetics": (("kinetics_400_val.csv",), (), {"action": 20}),
    "mtl-aqa": (
        ("mtl_aqa_annotations.pkl",),
        ("fps=25",),
        {"armstand": 8, "difficulty": 8, "position": 8, "rotation": 8, "score": 8, "somersaults": 8, "twists": 8},
    ),
    "mvbench": (("mvbench_row_with_answer.json",), (), {"action_sequence": 1}),
    "nextqa": (("nextqa_val.csv",), (), {"causal": 13, "descriptive": 1, "temporal": 6}),
    "qvhighlights": (("qvhighlights_val.jsonl",), (), {"caption_at": 8, "interval": 10}),
    "something-something-v2": (("ssv2_train_rows.json",), (), {"action": 12, "caption": 12, "objects": 12}),
    "star": (("star_val_row.json", "star_action_classes.txt", "star_object_classes.txt"), (), {"interaction": 1}),
    "tempcompass": (
        ("tempcompass_multi-choice.json", "tempcompass_yes_no.json", "tempcompass_caption_matching.json", "tempcompass_captioning.json"),
        (),
        {"caption_matching": 15, "captioning": 20, "multi-choice": 18, "yes_no": 27},
    ),
    "tgif-qa": (
        ("tgif_action.csv", "tgif_count.csv", "tgif_frameqa.csv", "tgif_transition.csv"),
        (),
        {"color": 3, "location": 1, "number": 3, "object": 4, "repeated_action": 12, "repetition_count": 12, "transition": 12},
    ),
}
SPELLED: dict[str, dict[str, Any]] = {
    "activitynet-captions": {
        "id": "activitynet-captions-v_bXdq2zI1Ms0-interval-1",
        "video": "v_bXdq2zI1Ms0.mp4",
        "label": {"kind": "interval", "windows": [[10.6, 39.84]]},
    },
    "activitynet-qa": {
        "id": "activitynet-qa-v_7X3wPRKuAsU_3",
        "video": "v_7X3wPRKuAsU.mp4",
        "question": "Is the athlete wearing long sleeve?",
        "label": {"kind": "boolean", "value": False},
        "group": "7X3wPRKuAsU",
    },
    "charades-sta": {
        "id": "charades-sta-3MSZA-1-interval",
        "video": "3MSZA.mp4",
        "label": {"kind": "interval", "windows": [[24.3, 30.4]]},
    },
    "epic-kitchens-100": {
        "id": "epic-kitchens-100-P01_11_100-action",
        "video": "P01/videos/P01_11.MP4",
        "start_seconds": 327.28,
        "end_seconds": 331.97,
        "split": "validation",
        "group": "P01_11",
        "label": {"kind": "category", "value": "wash cloth"},
    },
    "finediving": {
        "id": "finediving-01-3-order",
        "label": {"kind": "sequence", "value": ["back", "1.5 twists", "2.5 somersaults pike", "entry"]},
    },
    "kinetics": {
        "id": "kinetics-6_4kjPiQr7w-191-action",
        "video": "6_4kjPiQr7w_000191_000201.mp4",
        "split": "validation",
        "label": {"kind": "category", "value": "abseiling"},
    },
    "mtl-aqa": {
        "id": "mtl-aqa-1-1-somersaults",
        "video": "01.mp4",
        "start_seconds": 295.08,
        "end_seconds": 298.52,
        "label": {"kind": "number", "value": 3.5, "minimum": 0.0, "maximum": 5.0},
    },
    "mvbench": {
        "id": "mvbench-action_sequence-0000",
        "video": "star/Charades_v1_480/ZS9XR.mp4",
        "question": "What happened after the person took the food?",
        "label": {
            "kind": "choice",
            "options": ["Ate the medicine.", "Tidied up the blanket.", "Put down the cup/glass/bottle.", "Took the box."],
            "answer": 0,
        },
    },
    "nextqa": {
        "id": "nextqa-4010069381-6",
        "question": "How do the two man play the instrument?",
        "label": {
            "kind": "choice",
            "options": ["roll the handle", "tap their feet", "strum the string", "hit with sticks", "pat with hand"],
            "answer": 0,
        },
    },
    "qvhighlights": {
        "id": "qvhighlights-5342-interval",
        "video": "NUsG9BgSes0_360.0_510.0.mp4",
        "group": "NUsG9BgSes0",
        "label": {"kind": "interval", "windows": [[56.0, 76.0], [96.0, 150.0]]},
    },
    "something-something-v2": {
        "id": "ssv2-2-objects",
        "video": "2.webm",
        "split": "train",
        "label": {"kind": "set", "value": ["a pillow"]},
    },
    "star": {"id": "star-6H78U-Interaction_T1_13", "start_seconds": 11.1, "end_seconds": 19.6, "split": "validation"},
    "tempcompass": {
        "id": "tempcompass-1034419625-action-0-captioning",
        "video": "1034419625.mp4",
        "label": {
            "kind": "choice",
            "options": [
                "subject: man, action: dribbling a basketball",
                "subject: man, action: dunking a basketball",
                "subject: man, action: passing a basketball",
            ],
            "answer": 1,
        },
    },
    "tgif-qa": {
        "id": "tgif-qa-TRANS24",
        "video": "tumblr_n9y2jhq01L1rts5xfo1_250.gif",
        "question": "What does the man do after sing passionately?",
        "label": {
            "kind": "choice",
            "options": ["point to the camera", "dance in black", "lick out tongue", "drift into turn", "flicker"],
            "answer": 0,
        },
    },
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_real_rows_give_these_samples(tmp_path: Path, name: str) -> None:
    files, settings, tasks = GOLDEN[name]
    found = read_paths(tmp_path, name, real_files(*files), *settings)
    assert dict(sorted(found.tasks.items())) == tasks
    spelled = SPELLED.get(name, {})
    if spelled:
        row = found.rows[spelled["id"]]
        assert {key: row[key] for key in spelled} == spelled


def test_damaged_words_of_the_real_questions_are_dropped(tmp_path: Path) -> None:
    found = read_paths(tmp_path, "tgif-qa", real_files("tgif_frameqa.csv"))
    assert found.account.rows_dropped == {"a damaged word in the question": 1}
    assert found.labels("number") == [{"kind": "count", "value": 2}] * 3


def test_the_real_split_of_dives_is_followed(tmp_path: Path) -> None:
    files = ("finediving_fine_grained.pkl", "finediving_sub_action_types.pkl", "finediving_train_split.pkl")
    found = read_paths(tmp_path, "finediving", real_files(*files))
    assert found.account.rows_dropped == {"in none of the split files": 4}
    assert set(found.account.splits) == {"train"}


def test_real_charades_actions_past_the_end_are_cut(tmp_path: Path) -> None:
    classes = tmp_path / "classes.txt"
    classes.write_text("".join(f"c{number:03d} action {number}\n" for number in range(157)))
    found = read_paths(tmp_path, "charades", (*real_files("charades_v1.csv"), str(classes)))
    assert found.account.mended["an end was cut to the video's length"] > 20
    assert found.account.rows_dropped == {}
    assert all(window[1] <= 47.5 for label in found.labels("interval") for window in label["windows"])
