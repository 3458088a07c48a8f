import random
from datetime import UTC, datetime

import pytest

from tests.training import bank

WHEN = datetime(2024, 3, 7, 16, 5, tzinfo=UTC)


def test_one_seed_gives_the_same_stories_and_dates() -> None:
    def run() -> str:
        rng = random.Random(5)
        return repr(
            [(bank.make_stories(rng, 6, lang), bank.format_date(rng, WHEN, lang)) for lang in ("en", "ar", "ja")]
        )

    assert run() == run()


@pytest.mark.parametrize("lang", bank.LANGS)
def test_stories_are_whole(lang: str) -> None:
    stories = bank.make_stories(random.Random(lang), 12, lang)
    assert len({story.title for story in stories}) == 12
    assert len({story.source for story in stories}) <= 8
    assert [story.published for story in stories] == sorted((story.published for story in stories), reverse=True)
    for story in stories:
        texts = [story.title, story.source, story.site, story.url, story.guid, story.section, story.teaser]
        texts += [story.caption, story.credit, *story.authors, *story.tags, *story.paragraphs]
        assert all(text == text.strip() and text for text in texts), story
        assert not any("{" in text or "}" in text or "  " in text or "\n" in text for text in texts), story
        assert 1 <= len(story.paragraphs) <= 12
        assert story.published.tzinfo is UTC and not story.published.second


@pytest.mark.parametrize("lang", ["en", "zh", "ar"])
def test_titles_and_sources_are_many(lang: str) -> None:
    rng = random.Random(1)
    stories = [story for _ in range(11) for story in bank.make_stories(rng, 50, lang, sources=20)]
    assert len({story.title for story in stories}) > 400
    assert len({story.source for story in stories}) > 100


def test_every_language_is_there() -> None:
    assert len(bank.LANGS) >= 34
    assert {"en", "sv", "ro", "ar", "ca", "zh", "he", "th"} <= set(bank.LANGS)
    with pytest.raises(KeyError):
        bank.make_stories(random.Random(0), 1, "xx")


@pytest.mark.parametrize("lang", bank.LANGS)
def test_the_interface_has_every_role(lang: str) -> None:
    words = bank.ui(lang)
    assert set(words) == set(bank.ROLES)
    assert all(choices and all(choices) for choices in words.values())
    for role in ("minutes_ago", "hours_ago", "days_ago", "min_read"):
        assert all("{n}" in choice for choice in words[role]), role


@pytest.mark.parametrize("lang", bank.LANGS)
def test_every_style_of_date_can_be_written(lang: str) -> None:
    rng = random.Random(2)
    for style in bank.STYLES:
        text, precision = bank.format_date(rng, WHEN, lang, style)
        assert text == text.strip() and text, style
        assert precision in ("second", "minute", "day", "month", "day_no_year", "time", "relative"), style


def test_dates_parse_back() -> None:
    rng = random.Random(3)
    for lang in bank.LANGS:
        text, precision = bank.format_date(rng, WHEN, lang, "iso")
        assert datetime.fromisoformat(text) == WHEN, text
        assert precision in ("minute", "second")
        assert bank.format_date(rng, WHEN, lang, "iso_date") == ("2024-03-07", "day")
        text, _ = bank.format_date(rng, WHEN, lang, "epoch")
        assert datetime.fromtimestamp(int(text), UTC) == WHEN


@pytest.mark.parametrize("lang", ["en", "fr", "zh", "ar", "th"])
def test_what_stands_between_paragraphs_is_added_to_them(lang: str) -> None:
    added = 0
    for seed in range(12):
        rng = random.Random(f"{seed}{lang}")
        stories = bank.make_stories(rng, 6, lang)
        furnished = bank.furnish(rng, stories)
        assert [s._replace(paragraphs=()) for s in furnished] == [s._replace(paragraphs=()) for s in stories]
        for before, after in zip(stories, furnished, strict=True):
            rest = iter(after.paragraphs)
            assert all(paragraph in rest for paragraph in before.paragraphs)  # each, in their order
            assert all(text == text.strip() and text and "\n" not in text for text in after.paragraphs)
            added += len(after.paragraphs) - len(before.paragraphs)
    assert added > 10
