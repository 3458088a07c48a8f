"""What no table and no terminal can hold goes, whichever field of a story it is in."""

import pytest
from feedmill.transforms.formats.storable import storable
from feedmill.transforms.rows.story import Span, Split, Story

TEXTS = [
    name for name, kind in Story.__annotations__.items() if kind in (str | None, str) and not name.endswith("zone")
]
CODES = {"form", "published_precision"}  # words of feedmill's own


@pytest.mark.parametrize("field", [name for name in TEXTS if name not in CODES])
def test_every_text_of_a_story_can_be_written_and_shown(field):
    story = Story(0, 1, "full", title="Rain", url="https://a.example/")._replace(**{field: "a\x00b\x1b[2J \ud83d"})
    found = storable(Split("rss", "utf-8", 0, stories=(story,), spans=(Span(0, 1, "story"),)))
    value = getattr(found.stories[0], field)
    assert value.encode().isascii() is False and value.replace("\ufffd", "").isprintable(), value
    assert found.replaced_chars == 1


def test_what_a_feed_says_of_itself_can_be_written_and_shown():
    found = storable(
        Split("rss", "utf-8", 0, stories=(), spans=(), source_name="a\x1bb", feed_url="https://a.example/\x00")
    )
    assert (found.source_name, found.feed_url) == ("ab", "https://a.example/")
