"""URLs: what identifies a page, and nothing else."""

import pytest
from feedmill.transforms.text.urls import canonical_url
from hypothesis import example, given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "url",
    [
        "http://x.example/a?b=2&a=1&b=1#top",
        "https://x.example/?q=a+b%20c%2Fd&&e",
        "https://x.example/a;p=1?source=apnews&ref=home",
        "https://x.example/%7euser/A/../b",
        "https://user:Pass@x.example:8443/",
        "https://x.example/?utm=1&myutm_source=2",
        "https://x.example/#comment-5",
        "tag:x.example,2026:a B",
        "urn:uuid:1-2",
        "mailto:me@x.example",
    ],
)
def test_an_untouched_url_stays_byte_for_byte(url):
    assert canonical_url(url) == url


@pytest.mark.parametrize(
    "raw, expected",
    [
        ("https://x.example/a?utm_source=rss&id=3&utm_medium=feed", "https://x.example/a?id=3"),
        ("https://x.example/a?fbclid=1", "https://x.example/a"),
        ("https://x.example/a?from=rss&id=3#xtor=RSS-1", "https://x.example/a?id=3"),
        ("https://x.example/a?a=1&amp;utm_campaign=2&amp;b=3", "https://x.example/a?a=1&amp;b=3"),
        ("HTTPS://WWW.X.Example:443/A", "https://www.x.example/A"),
        ("http://x.example:80", "http://x.example"),
        ("//x.example/a", "https://x.example/a"),
        (" http://x.example/a\n", "http://x.example/a"),
        ("http://x.example/ä b", "http://x.example/%C3%A4%20b"),
        (
            "https://www.google.com/url?sa=t&url=https%3A%2F%2Fx.example%2Fa%3Futm_source%3Dg%26id%3D1",
            "https://x.example/a?id=1",
        ),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fx.example%2F&h=A", "https://x.example/"),
        ("https://www.google.com/amp/s/x.example/a.amp", "https://x.example/a.amp"),
        ("https://x-example.cdn.ampproject.org/c/s/x.example/a", "https://x.example/a"),
        ("http://rss.feedsportal.com/c/1/f/2/s/3/l/0Lx0Bexample0Ca0Db0F1/story01.htm", "http://x.example/a?b=1"),
        ("https://news.google.com/rss/articles/CBMiEWh0dHA6Ly94LmV4YW1wbGUv0gEA", "http://x.example/"),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
    ],
)
def test_canonical(raw, expected):
    assert canonical_url(raw) == expected


@pytest.mark.parametrize("raw", ["", "  ", "javascript:alert(1)", "data:text/html,x", " JavaScript:x"])
def test_none(raw):
    assert canonical_url(raw) is None


def test_relative_urls_need_a_base():
    assert canonical_url("../a?utm_source=x", "https://x.example/b/c/") == "https://x.example/b/a"
    assert canonical_url("a/b") == "a/b"


PARTS = [
    "http://",
    "https://",
    "HTTP://",
    "x.example",
    "X.Example",
    ":80",
    ":443",
    ":99999",
    "[::1",
    "/a",
    "/../",
    "?",
    "&",
    "utm_source=",
    "=",
    "é",
]
PARTS += [
    "#",
    "%",
    "%zz",
    "xtor=1",
    " ",
    "\t",
    "google.com/url?url=",
    "@",
    "//",
    "javascript:",
    "feedsportal.com/c/l/0L",
    "/story01.htm",
    "\u2028",
]


@example("https://\u2028:443", "")
@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PARTS), max_size=12).map("".join) | st.text(max_size=40),
    st.sampled_from(["", "http://b.example/c"]),
)
def test_any_text_gives_a_url_that_stays(raw, base):
    url = canonical_url(raw, base)
    assert url is None or (url and canonical_url(url) == url)
