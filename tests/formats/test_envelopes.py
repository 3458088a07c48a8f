"""What feeds are found in: each story at its own bytes, whatever is around it."""

import base64
import html
import json
import quopri

import pytest
from feedmill.transforms.failures import Rejected
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.rows.story import Snapshot
from hypothesis import given
from hypothesis import strategies as st

ITEMS = "".join(
    f"<item><title>Rye nº {n} “dear” 🍞</title><link>/{n}</link><description>Loaf &amp; crumb</description></item>"
    for n in range(3)
)
RSS = f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>The Loaf</title>{ITEMS}</channel></rss>'
TITLES = [f"Rye nº {n} “dear” 🍞" for n in range(3)]
ENTRIES = [
    {"id": t, "title": t, "url": f"https://loaf.example/{n}", "content_text": "Crumb."} for n, t in enumerate(TITLES)
]
FEED = json.dumps(
    {"version": "https://jsonfeed.org/version/1.1", "title": "The Loaf", "items": ENTRIES}, ensure_ascii=False
)


def split(data):
    data = data.encode() if isinstance(data, str) else data
    found = split_snapshot(Snapshot("a", data))
    at = 0
    for span in found.spans:
        assert span.start == at < span.end
        at = span.end
    assert at == len(data)
    return found


def chunked(data, size, end=b"\r\n"):
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x%s%s%s" % (len(part), end, part, end) for part in parts) + b"0" + end + end


HTTP = b"HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
MIME = b'From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n boundary="--x"\r\n\r\n----x\r\n'
ENVELOPES = {
    "HTTP": (HTTP + b"\r\n" + RSS.encode(), b"<item>"),
    "HTTP in chunks": (HTTP + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(RSS.encode(), 7), b"<"),
    "HTTP before JSON": (HTTP + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(FEED.encode(), 11), b"{"),
    "chunks alone": (chunked(RSS.encode(), 50, b"\n"), b"<"),
    "a byte literal": (repr(RSS.encode()).encode(), b"<item>"),
    "MIME, quoted": (
        MIME + b"Content-Type: text/xml\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        + quopri.encodestring(RSS.encode()) + b"\r\n----x--\r\n", b"<item>"),
    "MIME, base64": (
        MIME + b"Content-Type: application/rss+xml\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(RSS.encode()) + b"\r\n----x--\r\n", b""),
    "MIME of a page that shows a feed": (
        MIME + b"Content-Type: text/html\r\n\r\n<html><body><pre>" + html.escape(RSS).encode() + b"</pre></body></html>\r\n----x--\r\n",
        b"&lt;item"),
    "a guard": (")]}',\n" + FEED, b"{"),
    "Medium's guard": ("])}while(1);</x>" + FEED, b"{"),
    "a loop": ("while(1);" + FEED, b"{"),
    "a callback": (f"/**/ my.callback_1({FEED});", b"{"),
    "an assignment": (f"window.feeds['a'] = {FEED};\n", b"{"),
    "notices": ("<br />\n<b>Warning</b>:  x in <b>/a.php</b> on line <b>1</b><br />\n" + FEED, b"{"),
    "notices as text": ("PHP Notice:  Undefined index in /a.php on line 3\n" + FEED, b"{"),
    "events": ("".join(f"event: x\nid: {n}\ndata: {json.dumps(e)}\n\n" for n, e in enumerate(ENTRIES)), b"{"),
    "a string in JSON": (json.dumps({"contents": RSS, "status": {"http_code": 200}}), b"<item>"),
    "a JSON Feed in JSON": (json.dumps({"status": 200, "body": FEED}), b"{"),
    "a JSON string": (json.dumps(RSS), b"<item>"),
    "a record of a browser": (
        json.dumps({"log": {"creator": {"name": "x" * 3 * len(RSS)}, "entries": [
            {"request": {"url": "https://loaf.example/rss"}, "response": {"content": {"text": RSS}}}]}}), b"<item>"),
    "escaped as a whole": (html.escape(RSS), b"&lt;item"),
    "a string in XML": (f'<?xml version="1.0"?>\n<string xmlns="http://x.example/">{html.escape(RSS)}</string>', b"&lt;item"),
    "a section in XML": (f"<answer><body><![CDATA[{RSS}]]></body></answer>", b"<item>"),
    "HTTP around a callback": (HTTP + b"\r\ncb(" + FEED.encode() + b")", b"{"),
}  # fmt: skip


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_what_is_in_an_envelope_is_read_as_if_it_were_alone(envelope):
    data, start = ENVELOPES[envelope]
    data = data.encode() if isinstance(data, str) else data
    found = split(data)
    assert [s.title for s in found.stories] == TITLES
    assert found.rejects == ()
    assert found.envelope
    for story in found.stories:
        assert (
            data[story.byte_start : story.byte_end]
            .lstrip(b"\r\n0123456789abcdef" if "chunks" in envelope else b"")
            .startswith(start if "chunk" not in envelope and "JSON" not in envelope else b"")
        )


def test_what_is_in_none_says_so():
    assert split(RSS).envelope is split(FEED).envelope is None


def test_feeds_one_behind_the_other_keep_what_is_theirs():
    def feed(name):
        return RSS.replace("The Loaf</title>", f"{name}</title><link>https://{name}.example/</link>")

    found = split(feed("loaf") + "\n" + feed("crumb"))
    assert [(s.source_name, s.url) for s in found.stories] == [
        (name, f"https://{name}.example/{n}") for name in ("loaf", "crumb") for n in range(3)
    ]
    assert found.source_name is None
    cut = feed("loaf")
    found = split(cut[: cut.rindex("<item>") + 20] + feed("crumb"))
    assert [s.source_name for s in found.stories] == ["loaf"] * 2 + ["crumb"] * 3
    assert [r.reason for r in found.rejects] == ["truncated"]


def test_a_feed_that_a_text_quotes_is_no_second_one():
    quoted = f"<item><title>How to</title><description><![CDATA[<pre>{RSS}</pre>{RSS}]]></description></item>"
    assert [s.title for s in split(RSS.replace("<item>", quoted + "<item>", 1)).stories] == ["How to", *TITLES]


def test_strings_of_several_feeds_have_each_its_own_address():
    rows = [{"url": f"https://{name}.example/rss", "body": RSS} for name in ("loaf", "crumb")]
    found = split("\n".join(map(json.dumps, rows)))
    assert [s.url for s in found.stories] == [
        f"https://{name}.example/{n}" for name in ("loaf", "crumb") for n in range(3)
    ]


def test_an_entry_about_feeds_is_an_entry():
    [story] = split(
        json.dumps([{"title": "What a feed looks like", "url": "https://loaf.example/", "text": "See " + RSS}])
    ).stories
    assert story.title == "What a feed looks like"


@given(st.sampled_from(sorted(ENVELOPES)), st.integers(0, 3000), st.binary(max_size=3))
def test_any_damage_to_an_envelope_is_read_or_declined_and_tiled(envelope, at, junk):
    data, _ = ENVELOPES[envelope]
    data = data.encode() if isinstance(data, str) else data
    for damaged in (data[:at], data[:at] + junk + data[at + 1 :]):
        if damaged:
            try:
                split(damaged)
            except Rejected as rejected:
                assert rejected.detail
