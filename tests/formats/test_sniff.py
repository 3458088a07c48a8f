"""What a snapshot is told to be, by its content."""

import pytest
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats import FORMATS
from feedmill.transforms.formats.freshrss.chrome import is_reader_page
from feedmill.transforms.formats.sniff import sniff
from feedmill.transforms.rows.story import Snapshot
from feedmill.transforms.text.decode import decode
from hypothesis import given, settings
from hypothesis import strategies as st

RSS = '<rss version="2.0"><channel><title>T</title><item><title>The river rose</title></item></channel></rss>'
PAGE = '<main id="stream" class="normal"><div class="flux not_read" id="flux_1"><p>x</p></div></main>'


def sniffed(content):
    return sniff(decode(Snapshot("a.html", content.encode() if isinstance(content, str) else content)))


LIST = "".join(
    f"{title}\n{source} / {n + 2}h\n{text}\n\n"
    for n, (title, source, text) in enumerate(
        (
            ("Council votes to reopen the old tram line", "Reuters", "The council voted 31 to 14 to rebuild it."),
            ("Seed bank finds wheat thought lost", "BBC", "Botanists sorting a cellar have found viable grains."),
            ("Ferry company fined over missed sailings", "Island Post", "A court has fined the company for forty."),
            ("Glassworks museum returns forty drawings", "BBC", "It will hand them back to the heirs in May."),
            ("Teachers and ministry agree on classes", "Reuters", "No class will have more than twenty pupils."),
        )
    )
)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (RSS, "rss"),
        (RSS.upper(), "rss"),
        ("\ufeff \r\n\t" + RSS, "rss"),
        ('<?xml version="1.0"?><?xml-stylesheet href="a.css"?><!-- <feed> -->' + RSS, "rss"),
        ('<?xml version="1.0">' + RSS, "rss"),  # a declaration closed badly
        ('<!DOCTYPE rss [<!ENTITY a "<html>">]>' + RSS, "rss"),
        ('<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x.example/rss.dtd">' + RSS, "rss"),
        ("<!DOCTYPE html>" + RSS, "rss"),
        ("<!-- never closed " + RSS, "rss"),
        ("Warning: foo() in /var/www/feed.php on line 3\n" + RSS, "rss"),
        ("<br />\n<b>Warning</b>: foo() in <b>feed.php</b><br />\n<?xml version='1.0'?>" + RSS, "rss"),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + RSS, "rss"),
        ("<channel><item><title>x</title></item></channel>", "rss"),
        ("<item><title>x</title></item>", "rss"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>', "atom"),
        ('<atom:feed xmlns:atom="http://www.w3.org/2005/Atom"/>', "atom"),
        ('<soap:Envelope xmlns:soap="s"><soap:Body>' + RSS + "</soap:Body></soap:Envelope>", "rss"),
        ('<rdf:RDF xmlns:rdf="r"><item/></rdf:RDF>', "rdf"),
        ('<RDF xmlns="r"><item/></RDF>', "rdf"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "jsonfeed"),
        ('{"id": "user/1/state/com.google/starred", "items": []}', "greader_json"),
        ('{"items": [{"id": "tag:google.com,2005:reader/item/1", "title": "t"}]}', "greader_json"),
        ('{"items": [{"title": "t", "alternate": [], "origin": {"title": "s"}}]}', "greader_json"),
        ('[{"title": "t", "url": "https://a.example/"}]', "json_entries"),
        ('{"title": "t", "url": "u"}\n{"title": "t", "url": "u"}', "json_entries"),
        ('{"data": [{"headline": "t", "link": "u"}]}', "json_entries"),
        ("<!DOCTYPE html><html><body>" + PAGE, "freshrss_html"),
        (PAGE, "freshrss_html"),
        (LIST, "multi_story"),
        ("Normal view\n\nToday — July 15, 2025\n✇The Pier\nCrane falls\nJuly 15, 2025 at 10:41\n", "freshrss_text"),
        (RSS.encode("utf-16"), "rss"),
        (RSS.encode("utf-32"), "rss"),
    ],
)
def test_told_by_content(content, name):
    assert sniffed(content) == name
    assert name in FORMATS


@pytest.mark.parametrize(
    ("content", "reason", "says"),
    [
        ("<html><body><p>no feed</p></body></html>", Reason.NOT_A_FEED, "web page"),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html xmlns="h"><p/></html>', Reason.NOT_A_FEED, "web page"),
        ("<p>a fragment</p>", Reason.NOT_A_FEED, "web page"),
        ("<html><pre>&lt;rss></pre><script>'<rss>'</script></html>", Reason.NOT_A_FEED, "web page"),
        ('<opml version="2.0"><body><outline xmlUrl="u"/></body></opml>', Reason.NOT_A_FEED, "OPML"),
        ('<urlset xmlns="s"><url><loc>u</loc></url></urlset>', Reason.NOT_A_FEED, "sitemap"),
        ('<x:recipe xmlns:x="x"><y/></x:recipe>', Reason.UNKNOWN_FORMAT, "recipe"),
        ('{"name": "b", "version": "1"}', Reason.UNKNOWN_FORMAT, "JSON"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), Reason.BINARY, ""),
        (bytes(range(256)) * 8, Reason.BINARY, ""),
        ("x = 1\n", Reason.UNKNOWN_FORMAT, "plain text"),
    ],
)
def test_declined_with_a_reason(content, reason, says):
    with pytest.raises(Rejected) as caught:
        sniffed(content)
    assert caught.value.reason is reason
    assert says in caught.value.detail


def test_a_text_that_starts_with_a_bracket_is_a_text():
    lines = "[Update] The river rose overnight by two metres, officials said.\n{Sic} Ministers will meet on Friday to talk of bread."
    assert sniffed(lines) == sniffed(lines.replace("[Update]", "<update>")) == "blurbs"


def test_a_page_of_another_kind_is_no_reader_page():
    assert is_reader_page(f"<html>{PAGE}</html>")
    assert is_reader_page(PAGE.replace('"', "'")) and is_reader_page(PAGE.replace('"', ""))
    assert not is_reader_page("<html><p>the flux of a stream</p></html>")
    assert not is_reader_page('<div id="stream"></div><p class="influx">')


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "part",
    [
        "<!--",
        "<!DOCTYPE [",
        "<!DOCTYPE",
        "<?",
        "<!DOCTYPE x[>",
        "<",
        "<a",
        "</",
        "<a:",
        "]>",
        '<a id="stream',
        'class="a ',
    ],
)
def test_hostile_markup_takes_linear_time(part):
    for content in (part * (3_000_000 // len(part)), "<html>flux stream" + part * (3_000_000 // len(part))):
        try:
            sniffed(content)
        except Rejected as rejected:
            assert rejected.detail


_PIECES = st.sampled_from(
    [
        "<rss",
        "<feed>",
        "<!--",
        "-->",
        "<?xml",
        "?>",
        "<!DOCTYPE",
        "[",
        "]>",
        ">",
        "{",
        '"items":',
        "\ufeff",
        "\x00",
        "<html",
        "a b",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=5), max_size=12).map("".join))
def test_any_text_is_of_a_known_format_or_declined(text):
    try:
        assert sniffed(text or " ") in FORMATS
    except Rejected as rejected:
        assert rejected.reason in (Reason.NOT_A_FEED, Reason.UNKNOWN_FORMAT, Reason.BINARY, Reason.EMPTY)
