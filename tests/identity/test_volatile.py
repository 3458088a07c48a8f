"""What is volatile goes; what is said stays."""

import pytest
from feedmill.transforms.identity import fingerprint
from feedmill.transforms.identity.keys import normal
from feedmill.transforms.identity.volatile import without_volatile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.identity.helpers import outcomes, run, snapshots, story

TEXT = "Ministers agreed on Monday to lower the price of bread, after a long night of talks in the capital."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TEXT + " 1,204 views", TEXT + " 98,311 views"),
        (TEXT + "\n12 comments", TEXT + "\n15 comments"),
        (TEXT + "\nComments (3)", TEXT + "\nComments (14)"),
        (TEXT + "\nViews: 17 | Comments: 2", TEXT + "\nViews: 901 | Comments: 44"),
        ("Updated 3 hours ago\n" + TEXT, "Updated 2 days ago\n" + TEXT),
        (TEXT + "\nil y a 3 heures", TEXT + "\nil y a 12 heures"),
        (TEXT + "\nvor 3 Stunden", TEXT + "\nvor 2 Tagen"),
        (TEXT + "\n12 комментариев", TEXT + "\n13 комментариев"),
        (TEXT + "\n阅读 1203", TEXT + "\n阅读 4411"),
        (TEXT + "\n3小时前", TEXT + "\n5小时前"),
        (TEXT + " Write to &#100;esk@e.org.", TEXT + " Write to de&#115;k&#64;e.org."),
        (TEXT + " https://e.org/a?id=7&utm_source=rss", TEXT + " https://e.org/a?id=7&utm_source=mail&fbclid=x1"),
        (TEXT + " https://e.org/a?utm_source=rss", TEXT + " https://e.org/a"),
        (TEXT + "\u200b  More.", TEXT + "\u00a0More."),
    ],
)
def test_makes_no_revision(before, after):
    a, b = (story("Bread", text, guid="https://e.org/1") for text in (before, after))
    assert outcomes(run(snapshots([a], [b]))) == [("new", None), ("duplicate", "guid")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "The clip drew 1,204 views in a day, the station said.",
            "The clip drew 9,204 views in a day, the station said.",
        ),
        ("The bank fell 3 years ago, and nobody noticed it.", "The bank fell 4 years ago, and nobody noticed it."),
        ("The minister spoke.", "The Minister spoke."),
        ("See https://e.org/a?id=7", "See https://e.org/a?id=8"),
        (TEXT, TEXT[:-1] + "?"),
    ],
)
def test_makes_a_revision(before, after):
    a, b = (story("Bread", text, guid="https://e.org/1") for text in (before, after))
    assert outcomes(run(snapshots([a], [b]))) == [("new", None), ("revision", "guid")]


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_is_taken(text):
    once = without_volatile(text)
    assert len(once) <= len(text) or "&" in text
    form = normal(text)
    assert normal(text) == form and b" " not in form.exact
    fingerprint([story(text or None, text * 30 or None, guid=text or None, source=text or None, url=text or None)])


@pytest.mark.timeout(20)
@pytest.mark.parametrize("part", ["1,204 views ", "3 ", "&#1", "?utm_x=", "(12 ", "ago 3 hours ", "...", "12\n"])
def test_hostile_text_costs_linear_time(part):
    normal(part * 200_000)
