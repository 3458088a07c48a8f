"""A feed that a browser shows, saved as the page that it was shown on.

Browsers make such pages of what they know no better view of: the source as text (`<html><body><pre>&lt;rss ...`), maybe
in colours, or, in Chrome, the feed itself in an element that is hidden behind its outline. What is read is the source;
every offset is then that of the page.
"""

import re
from array import array
from bisect import bisect_right
from typing import NamedTuple

from feedmill.transforms.formats.freshrss.chrome import is_reader_page
from feedmill.transforms.rows.story import Split
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.html import unescape
from feedmill.transforms.text.spans import tile

# a page that says nothing before the source
_TEXT = re.compile(
    r"\s*(?:<!DOCTYPE\s+html[^<>]*>\s*)?(?:<html[^<>]*>\s*)?(?>(?:<head\b.*?</head\s*>\s*)?)<(?:body|pre|div)\b[^<>]*>\s*"
    r"(?:<(?!script\b)[^<>]*>\s*)*+(?=&lt;(?:\?xml|rss|feed|rdf:RDF)(?:[\s<>]|&gt;)|\{\s*(?:\"|&quot;))",
    re.I | re.S,
)
_TAG_OR_REFERENCE = re.compile(r"<[^<>]*>|&(?:\w{2,8}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
# a page that has the feed itself in it
_PAGE = re.compile(r"\s*(?:<!DOCTYPE\s+html[^<>]*>\s*)?<html\b", re.I)
_ELEMENT = re.compile(r"<(?:body|div)\b[^<>]*>\s*(<(rss|feed|rdf:RDF)(?=\s[^<>]*(?:xmlns|version)))", re.I)


class SourcePage(NamedTuple):
    """The source that a page shows.

    Attributes:
        source: as if it had been saved itself, in UTF-8.
        inner, outer: where stretches of it start, in its text and in the page's; ascending.
    """

    source: Document
    inner: "array[int]"
    outer: "array[int]"


def find_shown(page: Document) -> SourcePage | None:
    """Return the source that a page is there to show; None if it is any other page, or none.

    >>> text = "<html><body><pre>&lt;rss>&lt;title>A &amp;amp; B&lt;/title></pre></body></html>"
    >>> find_shown(Document("a", text.encode(), text, "utf-8", 0)).source.text
    '<rss><title>A &amp; B</title>'
    """
    text = page.text
    parts: list[str] = []
    inner, outer = array("q"), array("q")
    size = 0

    def add(part: str, at: int) -> None:
        nonlocal size
        parts.append(part)
        inner.append(size)
        outer.append(at)
        size += len(part)

    if lead := _TEXT.match(text):
        at = lead.end()
        for token in _TAG_OR_REFERENCE.finditer(text, at):
            if at < token.start():
                add(text[at : token.start()], at)
            if token[0][0] == "&":
                add(unescape(token[0]), token.start())
            at = token.end()
        add(text[at:], at)
    elif _PAGE.match(text) and not is_reader_page(text) and (feed := _ELEMENT.search(text)):
        close = f"</{feed[2]}>"
        end = text.rfind(close, feed.end())
        add(text[feed.start(1) : end + len(close) if end >= 0 else len(text)], feed.start(1))
    else:
        return None
    inner.append(size)
    outer.append(outer[-1] + len(parts[-1]))
    source = "".join(parts)
    return SourcePage(Document(page.uri, source.encode(), source, "utf-8", 0, url=page.url), inner, outer)


def put_back(split: Split, shown: SourcePage, page: Document) -> Split:
    """Return what was split of the source, as it stands in the page. What lies around it is markup."""
    ranges = [(story.byte_start, story.byte_end) for story in split.stories]
    ranges += [(span.start, span.end) for span in split.spans]
    ranges += [(gone.start, gone.end) for gone in split.removed]
    ranges += [(no.start, no.end) for no in split.rejects]
    offsets = sorted({at for both in ranges for at in both})
    chars, char, before = [], 0, 0
    for at in offsets:
        char += len(shown.source.data[before:at].decode())
        run = bisect_right(shown.inner, char) - 1
        chars.append(shown.outer[run] + char - shown.inner[run])
        before = at
    there = dict(zip(offsets, page.byte_offsets(chars), strict=True))
    return split._replace(
        encoding=page.encoding,
        replaced_chars=page.replaced_chars,
        stories=tuple(
            story._replace(byte_start=there[story.byte_start], byte_end=there[story.byte_end])
            for story in split.stories
        ),
        spans=tile(
            len(page.data),
            (span._replace(start=there[span.start], end=there[span.end]) for span in split.spans),
            "markup",
        ),
        removed=tuple(gone._replace(start=there[gone.start], end=there[gone.end]) for gone in split.removed),
        rejects=tuple(no._replace(start=there[no.start], end=there[no.end]) for no in split.rejects),
    )
