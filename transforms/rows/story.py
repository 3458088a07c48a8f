"""The rows that flow. The tables they end in are in `feedmill.transforms.warehouse.tables`.

Plain Python: no Beam, no Arrow, so that splitting a file starts quickly.
Instants are integer microseconds since the epoch, UTC, of the years 1 to 9999. Absent values are None
(or an empty tuple), never "". Byte offsets count the snapshot's original
bytes, before any decoding; ranges are half open.
"""

from typing import NamedTuple


class Snapshot(NamedTuple):
    """One captured file, or one member or record of an archive."""

    uri: str  # "path", "archive.zip#member", "crawl.warc.gz#<record id>"
    data: bytes
    captured_at: int | None = None
    captured_from: str | None = None  # one of CAPTURED_FROM
    url: str | None = None  # where it was captured from, if the archive says so
    content_type: str | None = None  # the HTTP header, if the archive kept it


class Media(NamedTuple):
    """A picture, enclosure or other file that a story carries."""

    url: str | None
    type: str | None = None  # MIME type
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None


class Story(NamedTuple):
    """One news item as seen once in a snapshot. Text is clean: no markup, chrome or boilerplate."""

    byte_start: int
    byte_end: int
    form: str  # full | teaser | headline | blurb
    title: str | None = None
    summary: str | None = None
    body: str | None = None  # paragraphs separated by a blank line
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    source_name: str | None = None
    source_url: str | None = None
    url: str | None = None  # canonical
    url_raw: str | None = None  # as the snapshot has it
    guid: str | None = None
    guid_trusted: bool = False
    published_at: int | None = None
    published_raw: str | None = None
    published_precision: str | None = None  # one of PRECISIONS
    published_zone: str | None = None  # one of ZONES
    updated_at: int | None = None
    lang_declared: str | None = None
    confidence: float = 1.0  # that this is one story, as it is told; the smaller of the two below where they are known
    feed_name: str | None = None  # the feed or export that carried it; `source_name` is who published it
    feed_url: str | None = None  # its site
    confidence_bounds: float | None = None  # of a dump: that this is one story, from its first to its last line
    confidence_fields: float | None = None  # of a dump: that title, source and text are what they say


class Span(NamedTuple):
    """A stretch of the snapshot. The spans of a snapshot tile it: no gap, no overlap."""

    start: int
    end: int
    kind: str  # story | chrome | boilerplate | markup | space | dead


class RemovedText(NamedTuple):
    """Text that was taken out of, or from around, the stories."""

    start: int
    end: int
    kind: str  # one of REMOVED_KINDS
    text: str
    story: int | None = None  # position of the story it was taken from


class DeadSpan(NamedTuple):
    """A part of a snapshot that was declined, while the rest was read."""

    start: int
    end: int
    reason: str  # a value of failures.Reason
    detail: str


class DeadLetter(NamedTuple):
    """What became of a file, a snapshot or a part of one that was declined."""

    uri: str  # as of `Snapshot`
    byte_start: int
    byte_end: int
    reason: str  # a value of failures.Reason
    detail: str


class Split(NamedTuple):
    """All that a snapshot holds."""

    format: str  # rss | atom | rdf | jsonfeed | greader_json | freshrss_html | freshrss_text | blurbs | ...
    encoding: str
    replaced_chars: int  # bytes that could not be decoded, each now U+FFFD
    stories: tuple[Story, ...]  # in page order
    spans: tuple[Span, ...]
    removed: tuple[RemovedText, ...] = ()
    rejects: tuple[DeadSpan, ...] = ()
    chrome_lang: str | None = None
    source_name: str | None = None
    captured_at: int | None = None  # what the content itself says (an export's own field)
    feed_url: str | None = None  # the site of what `source_name` names
    envelope: str | None = None  # what it was found in, in words; None if it was saved by itself


# What a datetime of Python holds; timestamps of Arrow hold more, and nobody could read them.
_FIRST_INSTANT, _LAST_INSTANT = -62_135_596_800_000_000, 253_402_300_799_999_999


def in_range(at: int | None) -> int | None:
    """Return an instant, or None if it is of no year from 1 to 9999: there is no such time.

    >>> in_range(1752575940000000), in_range(10**18), in_range(None)
    (1752575940000000, None, None)
    """
    return at if at is not None and _FIRST_INSTANT <= at <= _LAST_INSTANT else None


BYTE_KINDS = ("story", "chrome", "boilerplate", "markup", "space", "dead")
CAPTURED_FROM = ("warc", "path", "export", "mtime")
PRECISIONS = ("year", "month", "day", "minute", "second")
ZONES = ("explicit", "assumed")
REMOVED_KINDS = (
    "chrome",  # the reader's own words, around the stories
    "boilerplate",  # what recurs among one source's stories, or leads back to one
    "embed",  # another story's card, inside a story's text
    "alt",  # what stands for a picture
)
