"""Saved reader pages: the cases, then what holds for any page."""

import json
import pathlib
from collections import Counter

import pytest
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats import Settings
from feedmill.transforms.formats.freshrss import html
from feedmill.transforms.formats.freshrss.html import split_freshrss_html
from feedmill.transforms.rows.story import Snapshot, Split, Story
from feedmill.transforms.text.decode import decode
from hypothesis import given, settings
from hypothesis import strategies as st

CASES = sorted((pathlib.Path(__file__).parent.parent / "cases" / "freshrss_html").glob("*.html"))
BLANK = Story(0, 0, "")


def split(data: bytes | str, **kwargs: str) -> Split:
    data = data.encode() if isinstance(data, str) else data
    return split_freshrss_html(decode(Snapshot("page.html", data)), "freshrss_html", Settings(**kwargs))


def entry(number: int, title: str, text: str, source: str = "Quay") -> str:
    return (
        f'<div class="flux" id="flux_17000000000000{number:02d}"><ul class="flux_header"><li class="item website">'
        f'<span class="websiteName">{source}</span></li><li class="item"><a class="title" href="https://a.example/{number}">'
        f'{title}</a></li></ul><article class="flux_content"><div class="text">{text}</div></article></div>'
    )


def page(*entries: str) -> str:
    return f'<html lang="en"><body><main id="stream">{"".join(entries)}</main></body></html>'


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_case(case):
    """To report a page that is read wrongly, add it and what it should give to tests/cases/freshrss_html."""
    expected = json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    got = split(case.read_bytes())
    assert (got.chrome_lang, got.source_name) == (expected["chrome_lang"], expected["source_name"])
    rows = []
    for story in got.stories:
        row = {
            k: v
            for k, v in story._asdict().items()
            if v != getattr(BLANK, k) and k not in ("byte_start", "byte_end", "url")
        }
        rows.append(json.loads(json.dumps(row)))
    assert rows == expected["stories"]


def test_a_story_is_the_bytes_of_its_element():
    first, second = entry(1, "Über", "<div><p>Ein Satz.</p></div>"), entry(2, "Ö", "<p>Zwei.</p>")
    data = ("\ufeff" + page(first, "<div class=day>Today</div>", second)).encode()
    got = split(data)
    assert [data[s.byte_start : s.byte_end].decode() for s in got.stories] == [first, second]
    assert [(data[r.start : r.end].decode(), r.kind) for r in got.removed] == [("Today", "chrome")]


def test_what_a_source_repeats_is_boilerplate_and_lies_where_it_says():
    plea = "Become a patron and help us go on."
    data = page(*(entry(n, f"T{n}", f"<p>Text number {n}.</p><p>{plea}</p>") for n in (1, 2, 3))).encode()
    got = split(data)
    assert [s.body for s in got.stories] == [f"Text number {n}." for n in (1, 2, 3)]
    assert [(data[r.start : r.end].decode(), r.text, r.kind, r.story) for r in got.removed] == [
        (plea, plea, "boilerplate", n) for n in (0, 1, 2)
    ]


def test_a_date_without_a_zone_is_read_in_the_zone_given():
    text = page(entry(1, "T", "x")).replace("</ul>", '<li class="item date">15 July 2025 at 10:39</li></ul>')
    (story,) = split(text, timezone="Europe/Paris").stories
    assert (story.published_at, story.published_zone, story.published_precision) == (
        1752568740000000,
        "assumed",
        "minute",
    )


@pytest.mark.parametrize(
    "tag",
    [
        '<div x=\'" class="flux" id="flux_12345"\'>',
        '<div data-entry="1700000000000001" class="not_read flux" data-x="' + "y" * 3900 + '">',
        "<DIV CLASS=flux ID=flux_1700000000000001>",
    ],
    ids=["attribute in attribute", "long", "capitals"],
)
def test_an_entry_whose_tag_is_odd_keeps_what_is_in_it(tag):
    (story,) = split(
        f'{tag}<a class="title" href="https://a.example/1">Rain</a><div class="text">It fell.</div></div>'
    ).stories
    assert (story.title, story.body, story.url) == ("Rain", "It fell.", "https://a.example/1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<html><body><p>A page.</p></body></html>", Reason.NOT_A_FEED),
        ('<div class="flux">Lava</div>', Reason.NOT_A_FEED),
        ('<title>FreshRSS</title><main id="stream">No articles</main>', Reason.NO_STORIES),
    ],
)
def test_declines_what_holds_no_story(text, reason):
    with pytest.raises(Rejected) as caught:
        split(text)
    assert caught.value.reason is reason


PIECES = st.sampled_from(
    [
        '<div class="flux" id="flux_1700000000000001">',
        '<div class="text">',
        '<a class="title" href="u">',
        "<br>",
        "<pre>",
    ]
    + [
        "<div>",
        "</div>",
        "</a>",
        "<p>",
        "</p>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "é",
        " word ",
        "&amp;",
        "<",
        '"',
    ]
    + [
        '<ul class="horizontal-list bottom">',
        "<time datetime=2020-01-01T00:00:00Z>",
        "</time>",
        '<span class="author">',
    ]
    + [
        '<li id="f_1">',
        "<img src=x class=icon>",
        '<figure><img src="y"><figcaption>',
        "\x0b",
        "\u202e",
        "<table><td>",
        ">",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join))
def test_any_page_is_tiled_or_declined(text):
    data = text.encode("utf-8", "replace")
    try:
        got = split(data)
    except Rejected:
        return
    at = 0
    for span in got.spans:
        assert (span.start, span.end > at) == (at, True)
        at = span.end
    assert at == len(data)
    for story in got.stories:
        assert 0 <= story.byte_start < story.byte_end <= len(data)
        assert b"flux" in data[story.byte_start : story.byte_end]
    for removed in got.removed:
        assert 0 <= removed.start < removed.end <= len(data)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "middle",
    [
        "<div>" * 100_000,
        "<div " * 100_000,
        "<!--" * 100_000,
        "<b>" * 100_000,
        "x" * 10_000_000,
        '<div class="' * 100_000,
    ],
    ids=["nested", "unclosed tags", "comments", "inline", "one line", "quotes"],
)
def test_a_hostile_page_takes_no_long_time(middle):
    got = split(page(entry(1, "T", middle), entry(2, "U", "end")))
    assert got.stories[0].title == "T"


def test_a_caption_is_of_the_figure_it_stands_in():
    pictures = (
        '<figure><img src="https://a.example/1.png"><figcaption>One</figcaption></figure>'
        '<figure><img src="https://a.example/2.png"><figcaption></figcaption><figcaption>Two</figcaption>'
        '<p class="enclosure-credits">© Ana</p></figure><img src="https://a.example/3.png">'
    )
    media = split(page(entry(1, "T", f"<p>Text.</p>{pictures}"))).stories[0].media
    assert [(m.caption, m.credit) for m in media] == [("One", None), ("Two", "Ana"), (None, None)]


def test_what_stands_in_its_like_is_looked_at_once():
    """Counted: elements that nest in others of their class cost their number, not its square."""
    looked = Counter()

    def names(element):
        looked[element] += 1
        return element.get("class").split() if element.get("class") else ()

    depth = 500
    root = html._parse('<div class="a b">' * depth + "x" + "</div>" * depth + '<p class="a">y</p>')
    found = [(name, element.tag) for name, element in html._outermost(root, names)]
    assert found == [("a", "div"), ("b", "div"), ("a", "p")]
    assert set(looked.values()) == {1}
