"""Numbers and foreign text as people read them."""

import pytest

from videostar import shown
from videostar.types import Estimate


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0s"),
        (0.44, "0.4s"),
        (9.94, "9.9s"),
        (9.96, "10s"),
        (59.4, "59s"),
        (59.6, "1m00s"),
        (185, "3m05s"),
        (7800, "2h10m"),
        (273_600, "3d04h"),
        (-1, "-"),
        (float("inf"), "-"),
        (float("nan"), "-"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert shown.duration(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (2**40, "1.0 TiB"), (2**60, "1048576.0 TiB")]
)
def test_sizes(number: int, words: str) -> None:
    assert shown.size(number) == words


def test_nothing_measured_is_a_dash() -> None:
    assert shown.interval(None) == shown.interval(Estimate(0, 0, 0, 0)) == "-"
    assert shown.interval(Estimate(0.5, 0.25, 1.0, 8)) == "50.0 [25.0, 100.0]"


def test_ordinary_text_of_any_language_is_left_alone() -> None:
    for text in ("plain", "two\nlines\twith a tab", "año, 日本語, हिन्दी", "क्\u200dष", "no\u00a0break", "👩\u200d🔬"):
        assert shown.visible(text) == text


def test_what_steers_or_cannot_be_encoded_is_written_out() -> None:
    assert shown.visible("a\x00b\x1b[2J\r\u202e\ud800\u2066") == "a\\x00b\\x1b[2J\\r\\u202e\\ud800\\u2066"
    assert shown.visible("\ud83d\ude00 \udcff").encode("utf-8")


def test_one_line_is_short_and_on_one_line() -> None:
    assert shown.one_line("a\nb\t c", 10) == "a b c"
    assert shown.one_line("x" * 50, 10) == "xxxxxxx..."
