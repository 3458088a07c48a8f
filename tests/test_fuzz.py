"""Whatever bytes come in: rows come out that account for every byte, or a `Rejected`; never another exception.

A fixed budget of examples, always the same ones, so that a run is a fact about
the code and not about the day. `FEEDMILL_FUZZ=20 pytest tests/test_fuzz.py`
looks twenty times as far, with other examples each time.
"""

import gzip
import html
import io
import json
import os
import zipfile

import pytest
from feedmill.transforms.captures.containers import DeadInput, SkippedRecords, unpack
from feedmill.transforms.captures.limits import Limits
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats import FORMATS, split_snapshot
from feedmill.transforms.rows.story import BYTE_KINDS, PRECISIONS, REMOVED_KINDS, ZONES, Snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import CASES

MORE = int(os.environ.get("FEEDMILL_FUZZ", "0"))
LIMITS = Limits(bytes_out=4_000_000, member_bytes=1_000_000, members=50, nesting=3)


def budget(examples):
    return settings(
        max_examples=examples * max(1, MORE),
        derandomize=not MORE,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title>
<link>https://a.example/</link><item><title>The river &amp; the town</title><link>/1?utm_source=x</link>
<guid isPermaLink="false">1</guid><pubDate>Tue, 15 Jul 2025 10:41:03 CEST</pubDate><dc:creator>Ana</dc:creator>
<description><![CDATA[<p>Rain<img src="a.png">]]></description><media:content url="b.jpg"/></item>
<item><title>Кран упал</title><content:encoded>&lt;p&gt;x</content:encoded></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>T</title><entry><id>u:1</id><title type="html">a &lt;b&gt;</title>
<updated>2025-07-15T10:41:03Z</updated><link href="x"/><content type="xhtml"><div>x</div></content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/>
<item rdf:about="u"><title>t</title><link>u</link></item></rdf:RDF>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "1", "content_html": "<p>x", "date_published": "2025-07-15"}, {"id": "2", "title": "é"}],
    }
)
GREADER = '{"items":[{"id":"tag:google.com,2005:reader/item/1","title":"t","published":1752576063,"summary":{"content":"<p>x"}}]}'
LINES = '{"title": "t", "url": "https://a.example/1"}\n{"title": "u", "date": "15 juillet 2025"}\n'
READER = "Normal view\n\nToday — July 15, 2025\n✇The Pier\nCrane falls\nJuly 15, 2025 at 10:41\nA crane fell.\n\n✇Fish\nAccord\n09:30\n"
PAGE = (CASES / "freshrss_html" / "reader_view.html").read_text()
BLURBS = "The river rose overnight by two metres, officials said.\nMinisters will meet on Friday to talk about bread.\n"


DIGEST = (CASES / "dumps" / "date_last_spanish.txt").read_text()


def _zipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", RSS)
        archive.writestr("b.gz", gzip.compress(ATOM.encode(), mtime=0))
    return out.getvalue()


TABLE = (CASES / "records" / "table_with_lines_in_cells.csv").read_text()
LABELS = (CASES / "records" / "labels_french.txt").read_text()
BOX, LETTER, LIST_DIGEST = (
    (CASES / "mail" / name).read_bytes().decode("latin-1")
    for name in ("box_of_several_charsets.mbox", "newsletter_of_one_story.eml", "digest_as_of_old.txt")
)
SHOWN = f"<html><head></head><body><pre>{html.escape(RSS)}</pre></body></html>"

STORIES = [
    (
        "Council votes to reopen the old tram line",
        "Northern Ledger",
        "The council voted 31 to 14 to rebuild the line that closed in 1967.",
    ),
    (
        "Seed bank finds wheat thought lost",
        "Field and Furrow",
        "Botanists sorting a cellar have found viable grains of a red winter wheat.",
    ),
    (
        "Ferry company fined over missed sailings",
        "Island Post",
        "A court has fined the company for cancelling forty sailings last winter.",
    ),
    (
        "Glassworks museum returns forty drawings",
        "Lens Weekly",
        "The museum will hand the drawings back to the heirs of their maker in May.",
    ),
    (
        "Teachers and ministry agree on classes",
        "The Daily Quay",
        "Classes will have no more than twenty pupils from the autumn of next year.",
    ),
    (
        "Astronomers map rings around a young star",
        "Lens Weekly",
        "A team has drawn the shape of the dust around a star forty light years away.",
    ),
]
LISTED = (
    "<html><body><nav><a href='/'>Home</a> <a href='/about'>About</a></nav><main>"
    + "".join(
        f"<article class='post'><h2><a href='https://a.example/{n}'>{title}</a></h2><div class='meta'><span class='source'>"
        f"{source}</span> <time>{n + 1} March 2026, 10:1{n}</time></div><p>{text}</p></article>"
        for n, (title, source, text) in enumerate(STORIES)
    )
    + "</main><footer>Contact</footer></body></html>"
)
NEWS_MAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>
<loc>https://a.example/1</loc><news:news><news:publication><news:name>Quay</news:name><news:language>en</news:language>
</news:publication><news:publication_date>2026-03-03</news:publication_date><news:title>Rates held</news:title></news:news></url></urlset>"""
MARKED = """<html><head><script type="application/ld+json">{"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item":
{"@type": "NewsArticle", "headline": "Rates held", "url": "https://a.example/1", "datePublished": "2026-03-03"}}]}</script></head><body>
<div class="h-entry"><a class="u-url p-name" href="/1">Rates held</a><time class="dt-published" datetime="2026-03-03">x</time></div>
<li class="hentry" itemscope itemtype="https://schema.org/Article"><b itemprop="headline">Rain</b></li></body></html>"""
BOOKMARKS = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<DL><p><DT><A HREF="https://a.example/1" ADD_DATE="1" TAGS="a,b">Rates held</A><DD>Note<DT><A HREF="x">y</A></DL>"""
ALERT = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier><sent>2026-03-03T10:00:00Z</sent><info>
<headline>Storm</headline><description>Wind</description></info><info><event>Sturm</event></info></alert>"""

CHANNEL = """<html><body><div class="page_header"><div class="text bold">Kai</div></div><div class="page_body chat_page">
<div class="history"><div class="message default clearfix" id="message2"><div class="body">
<div class="pull_right date details" title="03.03.2025 11:12:00 UTC+01:00">11:12</div><div class="from_name">Kai</div>
<div class="text"><strong>Grain ferry runs again</strong><br><br>The ferry to Tern left.</div></div></div></div></div></body></html>"""
TERMINAL = """Newsboat 2.21 - Articles in feed 'Kai' (2 unread, 3 total)
    1 N  Mar 03  0.4K |The Quay    | Grain ferry runs again
    2    Mar 02  1.3K |Sea         | Rye is dear this year
   10 N  Feb 28   12K |The Quay    | Bell of the Halcyon found
"""

SAMPLES = [
    RSS,
    ATOM,
    RDF,
    JSON_FEED,
    GREADER,
    LINES,
    READER,
    PAGE,
    BLURBS,
    DIGEST,
    TABLE,
    LABELS,
    SHOWN,
    LISTED,
    NEWS_MAP,
    MARKED,
    BOOKMARKS,
    ALERT,
    CHANNEL,
    TERMINAL,
    BOX,
    LETTER,
    LIST_DIGEST,
]
SEEDS = [text.encode() for text in SAMPLES]
PACKED = [
    gzip.compress(RSS.encode(), mtime=0),
    _zipped(),
    b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 9\r\n\r\n<rss>a\r\n\r\n\r\n",
]
SNIPPETS = [
    "<item>", "</item>", "<title>", "</channel>", "<![CDATA[", "]]>", "&amp;", "&#0;", "&#x110000;", "&unknown;", "<!--", "-->",
    "<?xml", "?>", '<!DOCTYPE a [<!ENTITY b "&b;&b;">]>', "<entry>", "<link href='", "\x00", "\x85", "\u2028", "\ud83d".encode("utf-16", "surrogatepass").decode("latin-1"),
    "{", "}", "[", "]", '"', "\\u", "\\ud800", ",", ":", "9" * 400, "\n", "\r", "\t•\t", "✇", "10:41", "Yesterday", "%%", "http://[",
    "//", "\xff", "\ufeff", "🐟", "‮", "<div class='flux'>", "</div>", "\n\n\n",
]  # fmt: skip

_EDIT = st.tuples(
    st.integers(0, 1200),
    st.integers(0, 40),
    st.sampled_from(SNIPPETS).map(lambda s: s.encode("utf-8", "replace")) | st.binary(max_size=4),
)


@st.composite
def damaged(draw, seeds):
    """A valid input with a few stretches replaced, repeated or cut off, perhaps in another encoding."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for at, length, patch in draw(st.lists(_EDIT, max_size=5)):
        at %= len(data) + 1
        data[at : at + length] = patch
    if draw(st.integers(0, 3)) == 0 and data:
        data = data[: draw(st.integers(0, len(data)))]
    if draw(st.integers(0, 5)) == 0:
        text = bytes(data).decode("utf-8", "replace")
        return text.encode(
            draw(st.sampled_from(["utf-16", "utf-16-be", "utf-32", "cp1252", "shift_jis", "koi8-r"])), "replace"
        )
    return bytes(data)


def test_there_is_a_sample_of_every_format():
    assert {split_snapshot(Snapshot("a", seed)).format for seed in SEEDS} == set(FORMATS)


def check(data):
    """Splits; what comes out must account for every byte."""
    try:
        found = split_snapshot(Snapshot("a", data))
    except Rejected as rejected:
        assert isinstance(rejected.reason, Reason) and rejected.detail
        return
    assert found.format in FORMATS
    at = 0
    for span in found.spans:
        assert span.start == at < span.end and span.kind in BYTE_KINDS
        at = span.end
    assert at == len(data)
    assert all(gone.kind in REMOVED_KINDS for gone in found.removed)
    assert found.replaced_chars >= 0
    for part in (*((s.byte_start, s.byte_end) for s in found.stories), *((r.start, r.end) for r in found.rejects)):
        assert 0 <= part[0] <= part[1] <= len(data)
    for story in found.stories:
        assert "" not in (story.title, story.summary, story.body, story.url, story.guid, story.source_name)
        assert story.form in ("full", "teaser", "headline", "blurb")
        assert story.published_precision in (None, *PRECISIONS) and story.published_zone in (None, *ZONES)
        for text in (story.title, story.summary, story.body, story.source_name, *story.authors, *story.categories):
            if text is not None:
                assert text.encode("utf-8")  # what no file can hold, no story holds


@pytest.mark.timeout(100)
@budget(400)
@given(damaged(SEEDS))
def test_damaged_snapshots(data):
    check(data)


@pytest.mark.timeout(100)
@budget(150)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda t: t.encode("utf-8", "replace")))
def test_random_bytes_and_texts(data):
    check(data)


@pytest.mark.timeout(100)
@budget(150)
@given(damaged(PACKED))
def test_damaged_archives(data):
    for found in unpack("a", data, 7, LIMITS):
        assert isinstance(found, (Snapshot, DeadInput, SkippedRecords))
        if isinstance(found, Snapshot):
            check(found.data)
