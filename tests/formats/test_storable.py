"""What no table and no terminal can hold goes, whichever field of a story it is in."""

import pytest
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.formats.storable import storable
from feedmill.transforms.rows.story import Snapshot, Span, Split, Story

from tests.formats.test_feed import rss

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


LONG = "b" * 40_000
PICTURES = "".join(f"<img src=https://a.example/{n}.png>" for n in range(1_000))
ENTRIES = "".join(f"<item><title>Story {n}</title><link>c{n}</link></item>" for n in range(1_000))


def test_one_text_said_of_everything_is_a_bomb():
    item = f"<description><![CDATA[<figure>{PICTURES}<figcaption>{LONG}</figcaption></figure>]]></description>"
    with pytest.raises(Rejected) as no:
        split_snapshot(Snapshot("a", rss(item).encode()))
    assert no.value.reason is Reason.BOMB


def test_a_long_base_is_joined_to_no_link():
    data = f'<rss xml:base="https://a.example/{LONG}/"><channel><title>T</title>{ENTRIES}</channel></rss>'.encode()
    assert sum(len(story.url or "") for story in split_snapshot(Snapshot("a", data)).stories) < len(data)


def test_a_long_name_of_a_feed_is_said_once():
    data = f"<rss><channel><title>{LONG}</title>{ENTRIES}</channel></rss>".encode()
    assert len(split_snapshot(Snapshot("a", data)).stories) == 1_000


HALF = r"Rain \ud83d"  # of an emoji: JSON can say it, UTF-8 cannot


@pytest.mark.parametrize(
    "data",
    [
        f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "{HALF}", "title": "{HALF}", "content_text": "x"}}]}}',
        f'[{{"title": "{HALF}", "url": "https://a.example/", "author": "{HALF}"}}]',
        f'{{"title": "{HALF}", "url": "https://a.example/{HALF}"}}\n{{"title": "Wind", "url": "https://a.example/2"}}\n',
        f'{{"items": [{{"id": "tag:google.com,2005:reader/item/1", "title": "{HALF}", "summary": {{"content": "<p>{HALF}"}}}}]}}',
    ],
    ids=["feed", "array", "lines", "reader"],
)  # fmt: skip
def test_half_of_an_emoji_in_json_is_told_and_counted(data):
    found = split_snapshot(Snapshot("a", data.encode()))
    assert found.stories[0].title == "Rain \ufffd"
    assert found.replaced_chars == 2
    assert "\\ud83d" not in ascii(found)
