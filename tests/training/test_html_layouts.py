"""Hold the HTML layouts to their word: every field comes back from the text exactly as it was written."""

import random

import pytest

from tests.training import extract, html
from tests.training.bank import make_stories, ui
from tests.training.page import LAYOUTS, faults

assert html.__all__
PAGES = sorted(name for name, chosen in LAYOUTS.items() if chosen.kind == "html")


def drawn(name: str, seed: int = 3) -> tuple[str, list[tuple[str, int]], list[object]]:
    chosen = LAYOUTS[name]
    rng = random.Random(f"{name}/{seed}")
    stories = make_stories(rng, max(chosen.between[0], 3), rng.choice(("en", "de", "ru", "zh")))
    page, marks = chosen.draw(rng, stories, ui("fr"), "fr")
    return page, marks, stories


def test_there_are_many_families() -> None:
    assert len({LAYOUTS[name].family for name in PAGES}) >= 35


@pytest.mark.parametrize("name", PAGES)
def test_fields_come_back_by_every_way_of_our_own(name: str) -> None:
    page, marks, stories = drawn(name)
    told = {}
    for number, text in extract._STRETCH.findall(extract.strip_tags(page, "")):
        told.setdefault(marks[int("".join(str(ord(c) - 0xE010) for c in number))], []).append("".join(text.split()))
    for way in extract.OWN:
        sample = extract.sample_of(name, LAYOUTS[name].family, "en", "fr", way, page, marks, stories)
        if sample is None:
            pytest.fail(f"{way}: nothing left, or stories mixed up")
        assert faults(sample) == []
        if name != "no_story":
            assert sample.stories and any(s["title"] or s["body"] for s in sample.stories)
        text, fields = extract.extract(page, marks, way)
        for label, story in {(f.label, f.story) for f in fields}:
            found = "".join(
                "".join(text[f.start : f.end].split()) for f in fields if (f.label, f.story) == (label, story)
            )
            known = told[label, story]
            assert found == "".join(known) or all(
                found.count(k) <= known.count(k) or k in found for k in known if k in found
            )
            assert "".join(sorted(found)) == "".join(sorted("".join(known))) or len(found) < len("".join(known))


def test_a_page_is_the_same_for_the_same_seed() -> None:
    for name in PAGES:
        assert drawn(name) == drawn(name)


def test_marks_are_carried_to_text_made_without_them() -> None:
    marks = [("title", 0), ("body", 0)]
    marked = "* \ue001\ue010\ue002Two boats\n  sink\ue003 \ue001\ue011\ue002All\nare safe.\ue003 more"
    clean = "* Two boats sink All are\nsafe. more"
    text, fields = extract.carry(marked, marks, clean)
    assert text == clean
    assert [(f.label, text[f.start : f.end]) for f in fields] == [
        ("title", "Two boats sink"),
        ("body", "All are"),
        ("body", "safe."),
    ]


def test_columns_written_into_one_another_are_told() -> None:
    page = "<td>\ue001\ue010\ue002one two\ue003</td><td>x</td>"
    assert extract.mixed_up(page, "\ue001\ue010\ue002one x two\ue003", False)
    assert not extract.mixed_up(page, "\ue001\ue010\ue002one\n two\ue003 x", False)


def test_a_story_of_which_neither_title_nor_text_is_left_is_none() -> None:
    marks = [("title", 0), ("source", 0), ("source", 1)]
    page = "<p>\ue001\ue010\ue002Rain\ue003 \ue001\ue011\ue002Post\ue003</p><p>\ue001\ue012\ue002Times\ue003</p>"
    stories = make_stories(random.Random(1), 2, "en")
    sample = extract.sample_of("x", "x", "en", None, "wet", page, marks, stories)
    assert sample is not None
    assert [s["title"] for s in sample.stories] == ["Rain"]
    assert sample.text == "Rain Post\nTimes\n"


def test_browsers_leave_out_what_style_hides() -> None:
    page = '<main class="hide_posts"><div class="flux"><ul><li>Row</li></ul><article class="flux_content">Text</article></div></main>'
    assert "Text" not in extract.lay_out(page, extract.Look())
    assert "Text" in extract.lay_out(page, extract.Look(hides=False))
