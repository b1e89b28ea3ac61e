"""Formats that bring their own questions or sentences: hand-made rows of the real shape, whole samples, and the traps of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.datasets.reading import lines, read

CHARADES = "id,actions,length\n3MSZA,,30.0\n"


def test_charades_sta_lines(tmp_path: Path) -> None:
    text = "3MSZA 24.3 30.4##person turn a light on.\nAMT7R 12.5 4.3##backwards\nnonsense\n-DASH 0.0 1.5##it's (a) test##1.\n"
    found = read(tmp_path, "charades-sta", {"charades_sta_train.txt": text, "Charades_v1.csv": CHARADES})
    assert found.labels("interval")[0] == {"kind": "interval", "windows": [[24.3, 30.0]]}
    assert found.account.mended == {"an end was cut to the video's length": 1}
    assert found.account.rows_dropped == {"the end is not after the start": 1, 'not "VIDEO START END##SENTENCE"': 1}
    assert found.account.cases["the end is not after the start"] == ["charades_sta_train.txt:2 (backwards: 12.5 to 4.3)"]
    assert found.rows["charades-sta--DASH-4-caption_at"]["label"] == {"kind": "text", "value": "it's (a) test##1."}
    assert found.account.splits == {"train": 4}


def test_activitynet_captions(tmp_path: Path) -> None:
    held = {
        "v_a": {"duration": 20, "timestamps": [[0, 8], [9, 21.5]], "sentences": ["One  thing. ", " Another."]},
        "v_b": {"duration": 20, "timestamps": [[0, 8]], "sentences": ["a", "b"]},
        "v_c": {"duration": 20, "timestamps": [], "sentences": []},
        "v_d": {"duration": 20, "timestamps": [[5, 5], [25, 30], [None, 3]], "sentences": ["a", "b", "c"]},
    }
    found = read(tmp_path, "activitynet-captions", {"val_1.json": json.dumps(held)})
    assert found.tasks == {"interval": 2, "when": 2, "caption_at": 2, "before": 1, "after": 1}
    assert found.labels("after") == [{"kind": "text", "value": "Another."}]
    assert '"One thing"' in found.of("after")[0]["question"]
    assert found.labels("interval")[1] == {"kind": "interval", "windows": [[9.0, 20.0]]}
    assert found.account.rows_dropped == {
        "sentences and timestamps differ in number": 1,
        "no label": 1,
        "the end is not after the start": 1,
    }
    assert found.account.splits == {"validation": 8}


def test_activitynet_qa_joins_questions_and_answers(tmp_path: Path) -> None:
    asked = [
        {"video_name": "-a", "question": "is it  dark", "question_id": "v_-a_1"},
        {"video_name": "b", "question": "how many people are there?", "question_id": "v_b_1"},
        {"video_name": "b", "question": "what is it", "question_id": "v_b_2"},
        {"video_name": "c", "question": "what is the color", "question_id": "v_c_1"},
    ]
    answers = [
        {"answer": "yes", "type": 3, "question_id": "v_-a_1"},
        {"answer": "two", "type": 7, "question_id": "v_b_1"},
        {"answer": "a cat", "type": 9, "question_id": "v_c_1"},
        {"answer": "lost", "type": 8, "question_id": "v_z_9"},
    ]
    found = read(tmp_path, "activitynet-qa", {"test_q.json": json.dumps(asked), "test_a.json": json.dumps(answers)})
    assert [(row["task"], row["question"], row["label"]) for row in found.rows.values()] == [
        ("yes_no", "Is it dark?", {"kind": "boolean", "value": True}),
        ("number", "How many people are there?", {"kind": "count", "value": 2}),
        ("other", "What is the color?", {"kind": "text", "value": "a cat"}),
    ]
    assert found.account.rows_in == 5
    assert found.account.rows_dropped == {"no answer": 1, "an answer without its question": 1}
    assert found.rows["activitynet-qa-v_-a_1"]["video"] == "v_-a.mp4"


NEXTQA = "video,frame_count,width,height,question,answer,qid,type,a0,a1,a2,a3,a4\n"


def test_nextqa_choices(tmp_path: Path) -> None:
    rows = "40,369,640,480,why did it,1,6,CW,a,b,c,d,e\n40,369,640,480,how,,7,CH,a,b,c,d,e\n40,369,640,480,how,5,8,TN,a,b,c,d,e\n"
    found = read(tmp_path, "nextqa", {"val.csv": NEXTQA + rows, "map.json": '{"40": "1164/40"}'})
    assert list(found.rows.values()) == [
        {
            "id": "nextqa-40-6",
            "video": "1164/40.mp4",
            "question": "Why did it?",
            "start_seconds": 0.0,
            "end_seconds": None,
            "task": "causal",
            "split": "validation",
            "source": "nextqa",
            "group": "40",
            "meta": {"type": "CW"},
            "label": {"kind": "choice", "options": ["a", "b", "c", "d", "e"], "answer": 1},
        }
    ]
    assert found.account.rows_dropped == {"no answer": 1, "the answer is none of the choices": 1}


def test_nextqa_open_ended_files_have_answers_in_words(tmp_path: Path) -> None:
    found = read(tmp_path, "nextqa", {"test.csv": "video,question,answer,qid,type\n40,what is it,a cat,1,DO\n"})
    assert found.labels("descriptive") == [{"kind": "text", "value": "a cat"}]


def test_tgif_files_are_tab_separated_though_called_csv(tmp_path: Path) -> None:
    head = "gif_name\tquestion\ta1\ta2\ta3\ta4\ta5\tanswer\tvid_id\tkey\n"
    action = head + "g1\tWhat, then ?\ta, b\tc\td\te\tf\t4\tACTION4\t26\ng2\tx ?\ta\tb\tc\td\te\t5\tACTION5\t1\n"
    count = "gif_name\tquestion\tanswer\tvid_id\tkey\ng3\tHow many times does he nod ?\t3\tCOUNT1\t1\ng4\tHow many ?\tsome\tCOUNT2\t1\n"
    found = read(tmp_path, "tgif-qa", {"Train_action.csv": action, "Test_count.csv": count})
    assert found.rows["tgif-qa-ACTION4"]["label"] == {"kind": "choice", "options": ["a, b", "c", "d", "e", "f"], "answer": 4}
    assert found.rows["tgif-qa-ACTION4"]["question"] == "What, then?"
    assert found.labels("repetition_count") == [{"kind": "count", "value": 3}]
    assert found.account.rows_dropped == {"the answer is none of the choices": 1, "no usable label": 1}
    assert found.account.splits == {"train": 1, "test": 1}


def test_tgif_frames(tmp_path: Path) -> None:
    head = "gif_name\tquestion\tanswer\ttype\tvid_id\tkey\tdescription\n"
    rows = "g1\thow many men ?\ttwo\t1\tFRAMEQA1\t1\tx\n"
    rows += "g1\twhat color ?\tred\t2\tFRAMEQA2\t1\tx\ng1\tpast the fiFRAMEQAlace ?\ttwo\t1\tFRAMEQA3\t1\tx\n"
    found = read(tmp_path, "tgif-qa", {"Train_frameqa.csv": head + rows})
    assert found.labels("number") == [{"kind": "count", "value": 2}]
    assert found.labels("color") == [{"kind": "text", "value": "red"}]
    assert found.account.rows_dropped == {"a damaged word in the question": 1}


def qv(**changes: Any) -> dict[str, Any]:
    row = {"qid": 1, "query": "She talks.", "duration": 150, "vid": "-Us_a_210.0_360.0", "relevant_windows": [[96, 150], [56, 76]]}
    return {**row, **changes}


def test_qvhighlights_windows(tmp_path: Path) -> None:
    rows = [
        qv(),
        qv(qid=2, relevant_windows=[[140, 160]]),
        qv(qid=3, relevant_windows=None),
        qv(qid=4, vid=""),
        qv(qid=5, relevant_windows=[]),
    ]
    found = read(tmp_path, "qvhighlights", {"highlight_val.json": lines(*rows)})
    assert found.labels("interval") == [
        {"kind": "interval", "windows": [[56.0, 76.0], [96.0, 150.0]]},
        {"kind": "interval", "windows": [[140.0, 150.0]]},
    ]
    assert [row["id"] for row in found.of("caption_at")] == ["qvhighlights-2-caption_at"], "what is true twice is not asked by one stretch"
    assert found.rows["qvhighlights-1-interval"]["group"] == "-Us_a"
    assert found.account.rows_dropped == {"no label": 2, "no video is named": 1}


EPIC = "narration_id,participant_id,video_id,start_timestamp,stop_timestamp,narration,verb,verb_class,noun,noun_class,all_nouns\n"


def test_epic_kitchens_times_and_neighbours(tmp_path: Path) -> None:
    rows = (
        "a_1,P01,a,00:01:10.50,00:01:12.00,put down plate,put-down,1,plate:dinner,2,\"['plate:dinner', 'baker']\"\n"
        "a_0,P01,a,00:01:08.00,00:01:10.00,take plate,take,0,plate,2,['plate']\n"
        "a_2,P01,a,00:01:13.00,00:01:14.00,wash,wash,0,plate,2,['plate']\n"
    )
    found = read(tmp_path, "epic-kitchens-100", {"EPIC_100_train.csv": EPIC + rows})
    action = found.rows["epic-kitchens-100-a_1-action"]
    assert (action["start_seconds"], action["end_seconds"], action["video"]) == (70.5, 72.0, "P01/videos/a.MP4")
    assert action["label"] == {"kind": "category", "value": "put down plate", "aliases": ["put down plate dinner"]}
    assert found.rows["epic-kitchens-100-a_1-verb"]["label"]["value"] == "put down"
    assert found.labels("objects") == [{"kind": "set", "value": ["plate dinner", "baker"]}]
    assert found.rows["epic-kitchens-100-a_1-before"]["label"] == {"kind": "category", "value": "take plate"}
    interval = found.rows["epic-kitchens-100-a_1-interval"]
    assert (interval["start_seconds"], interval["end_seconds"]) == (68.0, 74.0)
    assert interval["label"] == {"kind": "interval", "windows": [[2.5, 4.0]]}, "from the sample's start, not the file's"
    assert found.labels("order") == [{"kind": "sequence", "value": ["take plate", "put down plate", "wash"]}]


def test_epic_kitchens_bad_rows(tmp_path: Path) -> None:
    rows = (
        "a_0,P01,a,00:00:08.00,,take,take,0,plate,2,[]\n"
        "a_1,P01,a,00:00:08.00,00:00:07.00,take,take,0,plate,2,[]\n"
        "a_2,P01,a,00:00:08.00,00:00:09.00,,,,,,\n"
        "b_0,P01,b,00:00:01.00,00:00:02.00,take,take,0,plate,2,[]\n"
        "a_3,P01,a,00:00:18.00,00:00:19.00,take,take,0,plate,2,[]\n"
        ",P01,,00:00:18.00,00:00:19.00,take,take,0,plate,2,[]\n"
    )
    found = read(tmp_path, "epic-kitchens-100", {"EPIC_100_train.csv": EPIC + rows})
    assert found.account.rows_dropped == {
        "a time is missing": 1,
        "the end is not after the start": 1,
        "no label": 1,
        "the rows of its video do not stand together; sort the file": 1,
        "no video is named": 1,
    }
    assert {row["group"] for row in found.rows.values()} == {"b"}


def test_cholec80_phases(tmp_path: Path) -> None:
    frames = [(number, "Preparation") for number in range(1500)] + [(number, "CalotTriangleDissection") for number in range(1500, 5000)]
    text = "Frame\tPhase\n" + "".join(f"{number}\t{phase}\n" for number, phase in frames) + "x\tPreparation\n5001\t\n"
    found = read(tmp_path, "cholec80", {"video01-phase.txt": text})
    assert found.account.rows_in == 4, "two stretches and two bad lines"
    assert found.account.rows_dropped == {"no frame number, or one out of order": 1, "no phase": 1}
    assert found.labels("interval") == [{"kind": "interval", "windows": [[0.0, 60.0]]}, {"kind": "interval", "windows": [[60.0, 200.0]]}]
    clips = found.of("phase")
    assert [row["label"]["value"] for row in clips] == ["preparation", "calot triangle dissection"]
    assert all(row["end_seconds"] - row["start_seconds"] == 30.0 for row in clips)
    assert 60.0 <= clips[1]["start_seconds"] <= 170.0
    assert len(clips[0]["label"]["classes"]) == 7
    assert clips[0]["video"] == "video01.mp4"


META = "Needle_Passing_B001\t\tN\t8\t\t1\t1\t1\t2\t1\t2\nNeedle_Passing_C001\t\tX\tmany\t\t1\t2\t9\t3\t2\t2\nshort\n"


def test_jigsaws_skill_and_gestures(tmp_path: Path) -> None:
    gestures = "1 30 G1 \n31 90 G2\n91 120 G5 \n121 150 G99\nx y z\n"
    found = read(tmp_path, "jigsaws", {"meta_file_Needle_Passing.txt": META, "transcriptions/Needle_Passing_B001.txt": gestures})
    assert found.labels("skill") == [{"kind": "category", "value": "novice", "classes": ["novice", "intermediate", "expert"]}]
    assert found.labels("score") == [{"kind": "number", "value": 8.0, "minimum": 6.0, "maximum": 30.0}]
    assert len(found.of("grade")) == 11
    assert "quality of the final product" in found.rows["jigsaws-Needle_Passing_B001-grade-5"]["question"]
    assert found.labels("order")[0]["value"][0] == "reaching for needle with right hand"
    assert found.labels("interval")[1] == {"kind": "interval", "windows": [[1.033, 3.033]]}
    assert found.account.left_out == {
        "an unknown level of experience": 1,
        "a rating that is not from 1 to 5": 1,
        'not "first frame, last frame, gesture"': 2,
    }
    assert found.account.rows_dropped == {"not a trial with experience, total and six ratings": 1}
    assert {row["group"] for row in found.rows.values()} == {"surgeon B", "surgeon C"}
