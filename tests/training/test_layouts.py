"""Hold the text layouts, the negatives and the damages of the training corpus to their contract."""

from __future__ import annotations

import random

import pytest

from tests.training.bank import make_stories, ui
from tests.training.damage import DAMAGES, damage
from tests.training.generate import load, page, samples
from tests.training.negatives import NEGATIVE, negative
from tests.training.page import Page, faults, make_sample, mark, render, unmark

TEXTS = load()


def test_every_layout_keeps_all_stories_and_right_fields():
    """Render a page of each: fields in order, tight and apart, titles as the fields show them, no story lost."""
    for chosen in TEXTS:
        rng = random.Random(chosen.name)
        low, high = chosen.between
        stories = make_stories(rng, min(high, max(low, 4)), rng.choice(["en", "de", "zh", "ar"]), 3)
        sample = render(chosen, rng, list(stories), ui("fr"), "fr")
        assert faults(sample) == [], chosen.name
        assert len(sample.stories) == len(stories), chosen.name
        for number, story in enumerate(sample.stories):
            titles = [sample.text[f.start : f.end] for f in sample.fields if f.label == "title" and f.story == number]
            assert (story["title"] is None) == (not titles), chosen.name
            if titles:
                assert story["title"].startswith(titles[0]), chosen.name


def test_the_same_seed_gives_the_same_page():
    for chosen in TEXTS[::9]:
        assert page(random.Random(5), chosen) == page(random.Random(5), chosen)


def test_a_shorter_run_is_the_beginning_of_a_longer_one():
    assert list(samples(12, 4, html=0)) == list(samples(20, 4, html=0))[:12]


def test_negatives_have_one_story_or_none():
    counts = set()
    for name in sorted(NEGATIVE):
        sample = negative(random.Random(name), name)
        assert faults(sample) == [], name
        assert sample.text.strip(), name
        counts.add(len(sample.stories))
    assert counts == {0, 1}


@pytest.mark.parametrize("name", sorted(DAMAGES))
def test_damage_keeps_fields_right(name):
    """Damage pages of three layouts: fields stay in order and tight, and never hold more than they did."""
    for number, chosen in enumerate(TEXTS[len(name) :: 90]):
        rng = random.Random(f"{name}{number}")
        sample = render(chosen, rng, make_stories(rng, 6, "en", 3), ui("en"), "en")
        damaged = DAMAGES[name][1](rng, sample)
        assert faults(damaged) == [], chosen.name
        assert len(damaged.stories) <= 2 * len(sample.stories)


def test_damages_move_fields_with_their_text():
    sample = _small()
    rng = random.Random(1)
    quoted = DAMAGES["quoted"][1](rng, sample)
    assert [s["title"] for s in quoted.stories] == ["One title", "Another"]
    assert [s["title"] for s in DAMAGES["twice"][1](rng, sample).stories] == ["One title", "Another"] * 2
    assert DAMAGES["crlf"][1](rng, sample).text.count("\r\n") == sample.text.count("\n")
    assert DAMAGES["ascii_marks"][1](rng, sample).stories[0]["body"] == "He said 'no'."
    assert damage(random.Random(3), sample) == damage(random.Random(3), sample)


def test_marks_survive_and_are_found_again():
    marks: list[tuple[str, int]] = []
    teaser = mark("teaser", 0, "a " + mark("link", 0, "http://x.example", marks) + " b", marks)
    text = (
        mark("title", 0, "Two\n lines", marks)
        + " | "
        + teaser
        + "\n"
        + mark("title", 1, "no end", marks)[:-1]
        + "\nmore"
    )
    clean, fields = unmark(text, marks)
    assert clean == "Two\n lines | a http://x.example b\nno end\nmore"
    sample = make_sample("x", "x", "en", None, None, clean, fields)
    assert faults(sample) == []
    assert [s["title"] for s in sample.stories] == ["Two lines", "no end"]
    assert sample.stories[0]["teaser"] == "a b"


def _small():
    built = Page().put("Menu\n\n").put("One title", "title", 0).nl().put("He said ‘no’.", "body", 0).nl(2)
    return built.put("Another", "title", 1).nl().put("Yes.", "body", 1).nl().sample("x", "x", "en")
