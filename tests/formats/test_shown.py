"""A feed that a browser shows, saved as a page: the same stories as in the feed itself, at their places in the page."""

import html
import json
import re

import pytest
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.rows.story import Snapshot, Split


def split(text: str, encoding: str = "utf-8") -> tuple[Split, bytes]:
    data = text.encode(encoding)
    return split_snapshot(Snapshot("saved.html", data)), data


def firefox(source: str) -> str:
    """What was served as text."""
    return (
        '<html><head><link rel="stylesheet" href="resource://content-accessible/plaintext.css"></head><body>'
        f"<pre>{html.escape(source, quote=False)}</pre></body></html>"
    )


def chrome_text(source: str) -> str:
    style = "word-wrap: break-word; white-space: pre-wrap;"
    return f'<html><head><meta name="color-scheme" content="light dark"></head><body><pre style="{style}">{html.escape(source)}</pre></body></html>'


def colours(source: str) -> str:
    """The source of a page, as Firefox shows it."""
    marked = re.sub(
        r"&lt;.*?&gt;", lambda tag: f'<span class="start-tag">{tag[0]}</span>', html.escape(source, quote=False)
    )
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>feed.xml</title></head><body id="viewsource">'
        f'<pre id="line1"><span></span>{marked}\n</pre></body></html>'
    )


def chrome_outline(source: str) -> str:
    declared, root = source[: source.index("<rss")], source[source.index("<rss") :].strip()
    folded = "".join(
        f'<div class="line"><span class="html-tag">{html.escape(line)}</span></div>' for line in [declared, root]
    )
    return (
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><style id="xml-viewer-style">div.header { color: black }</style></head>'
        f'<body><div id="webkit-xml-viewer-source-xml">{root}</div><div class="header"><span>This XML file does not appear '
        f'to have any style information associated with it.</span></div><div class="pretty-print">{folded}</div></body></html>'
    )


SOURCE = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Café &amp; Co</title><link>https://cafe.example/</link>
<item><title>Prices &lt;b&gt;rise&lt;/b&gt;</title><link>https://cafe.example/1?a=1&amp;b=2</link>
<description><![CDATA[<p>Coffee & tea.</p>]]></description></item>
<item><title>Größe</title><description>Small &amp;amp; large.</description></item>
</channel></rss>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("show", [firefox, chrome_text, colours, chrome_outline])
def test_a_shown_feed_is_read_as_the_feed_itself(show, encoding):
    alone, _ = split(SOURCE)
    if encoding == "cp1252":
        found, data = split(show(SOURCE).replace("<head>", '<head><meta charset="windows-1252">'), encoding)
    else:
        found, data = split(show(SOURCE), encoding)
    assert found.format == "rss" and found.source_name == "Café & Co" and not found.rejects
    nowhere = {"byte_start": 0, "byte_end": 0}
    assert [s._replace(**nowhere) for s in found.stories] == [s._replace(**nowhere) for s in alone.stories]
    assert [s.start for s in found.spans] == [0, *(s.end for s in found.spans[:-1])]
    assert found.spans[-1].end == len(data)
    for story, title in zip(found.stories, ("Prices", "Größe"), strict=True):
        shown = data[story.byte_start : story.byte_end].decode("utf-16-le" if encoding == "utf-16" else encoding)
        plain = html.unescape(re.sub("<[^<>]*>", "", shown)) if show is not chrome_outline else shown
        assert plain.startswith("<item>") and plain.endswith("</item>") and title in plain


def test_a_shown_json_feed():
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "items": [{"id": "1", "content_text": "a < b"}],
    }
    source = json.dumps(feed)
    for show in (firefox, chrome_text):
        page = show(source).replace("</body>", '<div class="json-formatter-container"></div></body>')
        found, data = split(page)
        assert (found.format, [s.body for s in found.stories]) == ("jsonfeed", ["a < b"])
        (story,) = found.stories
        assert json.loads(html.unescape(data[story.byte_start : story.byte_end].decode())) == feed["items"][0]


def test_a_shown_feed_that_is_cut_off():
    found, data = split(firefox(SOURCE)[:-120])
    assert [s.title for s in found.stories] == ["Prices rise"]
    assert [r.reason for r in found.rejects] == ["truncated"] and found.spans[-1].end == len(data)


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><h1>How to write RSS</h1><pre>&lt;rss>&lt;item>&lt;title>a&lt;/title>&lt;/item>&lt;/rss></pre></body></html>",
        "<html><body><p>An example: <rss><item><title>a</title></item></rss></p></body></html>",
        "<html><body><pre>&lt;html>&lt;p>a&lt;/p></pre></body></html>",
        "<html><body><div>{{ template }}</div></body></html>",
        "<html><body><div><feed></feed></div></body></html>",
    ],
)
def test_a_page_about_feeds_is_a_page(page):
    with pytest.raises(Rejected) as caught:
        split(page)
    assert caught.value.reason is Reason.NOT_A_FEED


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "part",
    [
        "<!--",
        "<head ",
        "</head>",
        "<div>",
        "<div> ",
        " ",
        "&lt;",
        "<rss",
        "<div><rss ",
        "<div><rss x=' ",
        "</rss>",
        "&",
        "<",
        "&lt;item>",
    ],
)
def test_hostile_pages_take_linear_time(part):
    for lead in ("<html><head>", "<html><body><pre>", "<html><body><pre>&lt;rss>", "<html><body><div><rss>"):
        try:
            split(lead + part * (200_000 // len(part)))
        except Rejected as rejected:
            assert rejected.detail
