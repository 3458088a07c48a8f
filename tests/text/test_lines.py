"""Lines, marks and wraps."""

import itertools
import textwrap

import pytest
from feedmill.transforms.text.lines import Wrap, bullet, columns, ends_sentence, is_rule, join, numbered, read_lines
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.lists(st.text("abcdefg", min_size=1, max_size=9), min_size=1, max_size=60)


@given(st.text() | st.lists(st.sampled_from(["\n", "\r\n", "\x85", " ", "\ufeff", "a", "é", "雨"])).map("".join))
def test_a_line_is_where_it_says(text):
    at = 0
    for line in read_lines(text):
        assert text[line.start : line.end] == line.text
        assert line.text == line.text.strip()
        assert line.start >= at
        at = line.end


@given(WORDS, st.integers(12, 80))
def test_what_was_wrapped_is_joined_again(words, width):
    text = " ".join(words)
    lines = read_lines(textwrap.fill(text, width))
    wrap = Wrap(width, True)
    assert all(wrap.runs_on(a, b) for a, b in itertools.pairwise(lines))
    assert join([line.text for line in lines]) == text


@pytest.mark.parametrize(
    ("line", "number", "rest"),
    [
        ("1. Rain", 1, "Rain"),
        ("(12) Rain", 12, "Rain"),
        ("[3] Rain", 3, "Rain"),
        ("7、雨が降った", 7, "雨が降った"),
        ("٣. مطر", 3, "مطر"),
        ("#4 Rain", 4, "Rain"),
        ("2 - Rain", 2, "Rain"),
        ("❷ Rain", 2, "Rain"),
    ],
)
def test_numbers(line, number, rest):
    value, size = numbered(line) or (None, 0)
    assert (value, line[size:]) == (number, rest)


@pytest.mark.parametrize(
    "line", ["3.5 million", "12:30 Rain", "2026 was wet", "1.", "10-year plan", "1,000 boats", "½ cup"]
)
def test_no_numbers(line):
    assert numbered(line) is None


@pytest.mark.parametrize("line", ["-5 degrees", "*emphasis* here", "—", "Rain - wind", "→"])
def test_no_bullets(line):
    assert bullet(line) is None


def test_small_things():
    assert is_rule("= = =") and is_rule("―――") and not is_rule("--") and not is_rule("-- a --")
    assert [ends_sentence(s) for s in ("दिन अच्छा है।", "Why?»", "U.S", "end.)")] == [True, True, False, True]
    assert columns("a東b") == 4
