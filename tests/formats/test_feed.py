"""Feeds: the cases, damage and its bounds, both readers side by side, then what holds for any bytes."""

import contextlib
import html
import json
import pathlib
import random

import pytest
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats import Settings
from feedmill.transforms.formats.feed import cache
from feedmill.transforms.formats.feed import damaged as feed_damaged
from feedmill.transforms.formats.feed import fields as feed_fields
from feedmill.transforms.formats.feed import split as feed_split
from feedmill.transforms.formats.feed.cache import ENTRIES
from feedmill.transforms.formats.feed.context import Context
from feedmill.transforms.formats.feed.split import split_feed
from feedmill.transforms.formats.feed.story import EntryReading, story_of
from feedmill.transforms.rows.story import Snapshot, Split, Story
from feedmill.transforms.text.decode import decode
from feedmill.transforms.text.spans import bytes_by_kind
from hypothesis import example, given, settings
from hypothesis import strategies as st

CASES = sorted((pathlib.Path(__file__).parent.parent / "cases" / "feed").glob("*.xml"))
FORMATS = {"atom": "atom", "rdf": "rdf"}


def split(data: bytes | str, name: str = "rss") -> Split:
    data = data.encode() if isinstance(data, str) else data
    return split_feed(decode(Snapshot("feed.xml", data)), name, Settings())


def rss(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>T</title>{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>"


def only(item: str) -> Story:
    (story,) = split(rss(item)).stories
    return story


def told(found: Split) -> dict[str, object]:
    return json.loads(json.dumps({**found._asdict(), "stories": [story._asdict() for story in found.stories]}))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case(case):
    found = split(
        case.read_bytes(), FORMATS.get(case.stem[:4].rstrip("1"), "rdf" if case.stem.startswith("rdf") else "rss")
    )
    expected = json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    assert told(found) == expected


def assert_tiles(found: Split, data: bytes) -> None:
    assert [span.start for span in found.spans] == [0, *(span.end for span in found.spans[:-1])]
    assert found.spans[-1].end == len(data)
    assert sum(bytes_by_kind(found.spans).values()) == len(data)
    for story in found.stories:
        assert 0 <= story.byte_start < story.byte_end <= len(data)


# Spans


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-be", "cp1251", "koi8-r", "gb18030", "shift_jis", "iso2022_jp"]
)
def test_a_story_is_its_element_in_the_original_bytes(encoding):
    text = f"<?xml version='1.0' encoding='{encoding.removesuffix('-sig')}'?>" + rss(
        "<title>Один, два</title>", "<title>три</title>"
    )
    data = text.encode(encoding)
    found = split(data)
    assert [s.title for s in found.stories] == ["Один, два", "три"]
    bare = encoding.removesuffix("-sig") if encoding != "utf-16" else "utf-16-le"
    for story in found.stories:
        element = data[story.byte_start : story.byte_end].decode(bare)
        assert element == f"<item><title>{story.title}</title></item>"


def test_what_looks_like_an_entry_and_is_hidden_is_none():
    data = rss(
        "<title>a</title><description><![CDATA[<item><title>no</title></item>]]></description><!-- <item> -->",
        "<title>b</title>",
    )
    assert [s.title for s in split(data).stories] == ["a", "b"]


def test_gaps_of_blanks_are_space_and_the_rest_markup():
    found = split("<rss><channel><item><title>a</title></item>\n <item><title>b</title></item>\n</channel></rss>")
    assert [span.kind for span in found.spans] == ["markup", "story", "space", "story", "markup"]


# Damage


def test_the_cut_rest_of_a_feed_is_dead_and_the_rest_is_good():
    whole = rss("<title>a</title>", "<title>b</title><description>long enough to be cut</description>")
    data = whole[: whole.index("enough")].encode()
    found = split(data)
    assert [s.title for s in found.stories] == ["a"]
    (reject,) = found.rejects
    assert (reject.reason, data[reject.start : reject.start + 6], reject.end) == ("truncated", b"<item>", len(data))
    assert found.spans[-1].kind == "dead"


def test_one_bad_byte_costs_itself():
    data = (
        rss("<title>caf\u00e9 \u20ac X</title>", "<title>na\u00efve \u201cquote\u201d</title>")
        .encode()
        .replace(b"X", b"\xff")
    )
    found = split(data)
    assert [s.title for s in found.stories] == ["café € \ufffd", "naïve “quote”"]
    assert found.replaced_chars == 1


@pytest.mark.parametrize(
    "data",
    [
        "<rss><channel><title>Cut off",
        "<rss><channel><title>T</title><x:item xmlns:x='urn:x'><x:title>a</x:title></x:item></channel></rss>",
    ],
)
def test_a_feed_in_which_nothing_was_found_says_so(data):
    with pytest.raises(Rejected) as said:
        split(data)
    assert said.value.reason is Reason.NO_STORIES


def test_entries_whose_prefix_nobody_declares_are_entries():
    x = "<x:item><x:title>{}</x:title><x:link>http://a.example/{}</x:link></x:item>"
    data = (
        f"<rss><channel><title>T</title>{x.format(1, 1)}<item><title>2</title></item>{x.format(3, 3)}</channel></rss>"
    )
    found = split(data)
    assert [(s.title, s.url) for s in found.stories] == [
        ("1", "http://a.example/1"), ("2", None), ("3", "http://a.example/3"),
    ]  # fmt: skip
    assert found.source_name == "T"
    assert_tiles(found, data.encode())
    # within an entry it is part of that, and modules mean what they always mean
    data = f"<rss><channel><item><title>2</title>{x.format(1, 1)}</item><media:item/></channel></rss>"
    assert [s.title for s in split(data).stories] == ["2"]
    # one that is cut off is a dead letter, as any entry
    found = split("<x:feed><feed><x:entry><x:title>1</x:title></x:entry><x:entry><x:title>2")
    assert [s.title for s in found.stories] == ["1"]
    assert [r.reason for r in found.rejects] == ["truncated"]


def test_an_empty_feed_is_a_snapshot_and_garbage_is_not():
    assert split("<rss><channel><title>Quiet</title></channel></rss>").stories == ()
    assert split("<feed xmlns='http://www.w3.org/2005/Atom'/>", "atom").spans[0].kind == "markup"
    with pytest.raises(Rejected) as rejected:
        split("nothing of the kind")
    assert rejected.value.reason is Reason.MALFORMED


def test_damage_in_one_entry_stays_in_it():
    found = split(rss("<title>a</title>", "<title>b</x></title></y>", "<title>c</title>"))
    assert [s.title for s in found.stories][::2] == ["a", "c"]
    assert found.stories[1].title == "b"


# Nothing is expanded, fetched, or taken without a bound


def test_entities_are_not_expanded_and_files_not_read():
    bomb = "".join(f"<!ENTITY e{i} '{f'&e{i - 1};' * 10}'>" for i in range(1, 10))
    head = f"<!DOCTYPE rss [<!ENTITY e0 'ha'><!ENTITY f SYSTEM 'file:///etc/hostname'>{bomb}]>"
    story = split(head + rss("<title>x &e9; &f; y</title>")).stories[0]
    assert len(story.title or "") < 30


# Fields


def test_form_follows_the_text():
    long = "word " * 200
    assert only("<title>t</title>").form == "headline"
    assert only("<title>t</title><description>Short.</description>")[2:6] == ("teaser", "t", "Short.", None)
    assert only(f"<description>{long}</description>").form == "full"
    assert only(f"<description>{long} […]</description>").form == "teaser"
    assert only("<description>S.</description><fullitem>Full.</fullitem>")[2:6] == ("full", None, "S.", "Full.")


@pytest.mark.parametrize(
    "guids, trusted",
    [
        (["a", "b"], [True, True]),
        (["a", "a", "b"], [False, False, True]),
        (["", "b"], [False, True]),
        (["1", "2", "3"], [False] * 3),
        (["item-2", "item-1", "item-0"], [False] * 3),
        (["901", "902", "903"], [True] * 3),
    ],
)
def test_guids_that_tell_nothing_apart_are_not_trusted(guids, trusted):
    found = split(rss(*(f"<title>t{n}</title><guid>{guid}</guid>" for n, guid in enumerate(guids))))
    assert [s.guid_trusted for s in found.stories] == trusted


def test_where_a_counted_link_leads_is_the_url():
    item = "<link>http://feeds.example/~r/1</link><f:origLink xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>http://x.example/1</f:origLink>"
    assert only(item).url == "http://x.example/1"
    assert only(item).url_raw == "http://feeds.example/~r/1"


def test_relative_links_are_those_of_the_site():
    found = split(
        "<rss><channel><link>http://x.example/b/</link><item><link>../c?utm_medium=a</link></item></channel></rss>"
    )
    assert (found.stories[0].url, found.stories[0].url_raw) == ("http://x.example/c", "../c?utm_medium=a")


def test_an_entry_that_says_nothing_is_a_dead_letter():
    empty = [b"<item/>", b"<item><title/> </item>", b"<item><unknown>x</unknown></item>"]
    data = b"<rss><channel><item><author>Bo</author></item>" + b"".join(empty) + b"</channel></rss>"
    found = split(data)
    assert_tiles(found, data)
    assert [story.authors for story in found.stories] == [("Bo",)]
    assert [data[r.start : r.end] for r in found.rejects] == empty


def test_html_that_was_escaped_twice_is_html_and_a_text_about_tags_is_a_text():
    item = "<item><description>%s</description></item>"
    twice = "&amp;lt;p&amp;gt;Rain &amp;amp;amp; wind&amp;lt;/p&amp;gt;"
    about = "Write &amp;lt;p&amp;gt; and &amp;lt;/p&amp;gt;."
    got = split(f"<rss><channel>{item % twice}{item % about}</channel></rss>".encode())
    assert [story.summary for story in got.stories] == ["Rain & wind", "Write <p> and </p>."]


def test_dates_that_cannot_be_read_stay_as_they_are():
    story = only("<title>t</title><pubDate>last Tuesday</pubDate>")
    assert (story.published_at, story.published_raw, story.published_precision) == (None, "last Tuesday", None)


# Two readers, one truth


def both(item: str, attributes: str = "") -> tuple[EntryReading | None, EntryReading | None]:
    """The same entry as lxml and as feedparser read it."""
    context = Context("<r>", "http://base.example/", "en", "T", None, (), None, "utf-8", None)
    xml = f"<item{attributes}>{item}</item>"
    root = feed_fields.parse(f"<r>{xml}</r>")
    assert root is not None
    fast = feed_fields.read_fields(root[0], context.base, context.lang)
    slow, _ = feed_damaged.read_loosely(f"<rss><channel>{xml}", context.base, context.lang)
    assert slow is not None
    return story_of(fast, context, xml), story_of(slow, context, xml)


PARTS = [
    "<title>One</title>",
    "<title type='html'>Two &amp;amp; &lt;b&gt;bold&lt;/b&gt;</title>",
    "<link>http://x.example/a</link>",
    "<link href='b/c'/>",
    "<link rel='enclosure' href='d.mp3' type='audio/mpeg'/>",
    "<link rel='self' href='http://x.example/self'/>",
    "<guid>http://x.example/g</guid>",
    "<guid isPermaLink='false'>g-1</guid>",
    "<id>tag:x.example,2026:1</id>",
    "<description>Text &lt;p&gt;with&lt;/p&gt; &lt;img src='p.png' alt='P'/&gt;</description>",
    "<description><![CDATA[Other <br/> text]]></description>",
    "<summary>Sum</summary>",
    "<content type='xhtml'><div><p>X <b>h</b></p></div></content>",
    "<content type='html'>&lt;p&gt;Escaped&lt;/p&gt;</content>",
    "<author>me@x.example (Me Myself)</author>",
    "<author><name>Ann Other</name><email>ann@x.example</email></author>",
    "<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>",
    "<updated>2026-03-02T11:00:00Z</updated>",
    "<published>2026-03-01T11:00:00Z</published>",
    "<category>one</category>",
    "<category term='two' label='Two'/>",
    "<enclosure url='http://x.example/e.mp3' type='audio/mpeg'/>",
    "<unknown>thing</unknown>",
    "<source url='http://s.example/'>Elsewhere</source>",
    "<language>fr</language>",
    "<image><url>i.png</url><link>http://i.example/</link></image>",
]


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=7))
def test_both_readers_read_the_same(parts):
    fast, slow = both("".join(parts))
    assert fast == slow


# What holds for any bytes

MARKUP = st.lists(
    st.sampled_from(
        [
            *PARTS,
            "<item>",
            "</item>",
            "<entry>",
            "</entry>",
            "<rss>",
            "</rss>",
            "<channel>",
            "</channel>",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
        ]
        + [
            "<",
            ">",
            "&",
            "&amp;",
            "&#",
            "&#xD800;",
            "&#0;",
            "&nbsp;",
            "é",
            "\x00",
            "\ud7ff",
            "😀",
            " ",
            "text",
            "</",
            "<?",
            "?>",
            "<!DOCTYPE",
            "[",
        ]
    ),
    max_size=30,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(
    MARKUP | st.text(max_size=60),
    st.sampled_from(["utf-8", "utf-16", "latin-1", "gb18030"]),
    st.sampled_from(["rss", "atom", "rdf"]),
)
def test_any_markup_is_read_or_declined_and_tiled(text, encoding, name):
    data = ("<rss><channel>" + text).encode(encoding, "replace")
    with contextlib.suppress(Rejected):
        assert_tiles(split(data, name), data)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_any_damage_to_a_feed_is_read_or_declined_and_tiled(seed):
    rng = random.Random(seed)
    data = bytearray(CASES[seed % len(CASES)].read_bytes())
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(data))
        change = rng.randrange(4)
        if change == 0:
            data[at] = rng.randrange(256)
        elif change == 1:
            del data[at : at + rng.randint(1, 40)]
        elif change == 2:
            data[at:at] = data[at - rng.randint(0, min(at, 60)) : at]
        else:
            del data[at:]
        if not data:
            return
    with contextlib.suppress(Rejected):
        assert_tiles(split(bytes(data)), bytes(data))


def test_what_was_seen_before_changes_nothing():
    snapshots = [path.read_bytes() for path in CASES] * 2
    random.Random(7).shuffle(snapshots)
    warm = [split(data) for data in snapshots]
    cold = []
    for data in snapshots:
        ENTRIES.forget()
        cold.append(split(data))
    assert warm == cold


PARTS = [
    "<item><title>a</title></item>",
    "<item><title>b</title><description>B &amp; <![CDATA[<p>b</p>]]></description></item>",
    "<item><description><item>in</item></description></item>",
    "<item><title>c</title><!-- </item> --></item>",
    "<item>",
    "</item>",
    "<item/>",
    "<entry>",
    "</entry>",
    "<content>",
    "</content>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "</channel>",
    "x",
    "\n",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=12), min_size=2, max_size=4))
@example([["<item>", "<!--", "</item>"], ["<item>", "<!--", "</item>", "-->", "</item>"]])
@example([["<item>", "x"], ["<item>", "x", "</item>"]])
@example([[PARTS[1]], [PARTS[0], "<!--", PARTS[1]], [PARTS[0], "<!--", PARTS[1], "-->"]])
@example([[PARTS[0], "\n", PARTS[1]], [PARTS[1], PARTS[0], "\n", PARTS[1], PARTS[0]], [PARTS[0], PARTS[0], PARTS[1]]])
def test_what_was_cut_out_before_changes_nothing_whatever_stands_around_it(feeds):
    def splits(forget):
        for parts in feeds:
            if forget:
                ENTRIES.forget()
            try:
                yield split(f"<rss><channel>{''.join(parts)}".encode())
            except Rejected as rejected:
                yield rejected.reason

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cache, "_START", 12)  # so that these short entries are met again
        ENTRIES.forget()
        assert list(splits(forget=False)) == list(splits(forget=True))


def test_bytes_are_counted_anew_where_the_same_text_was_damaged():
    damaged = "<rss><channel><item><title>a?</title></item>éééé</channel></rss>".encode().replace(b"?", b"\xff")
    whole = damaged.replace(b"\xff", "\ufffd".encode())
    ENTRIES.forget()
    expected = split(whole), split(damaged)
    for snapshots in (whole, damaged), (damaged, whole):
        ENTRIES.forget()
        assert {data: split(data) for data in snapshots} == dict(zip((whole, damaged), expected, strict=True))


def test_an_entry_seen_before_is_not_parsed_again(monkeypatch):
    data = rss("<title>a</title>", "<title>b</title>")
    first = split(data)
    monkeypatch.setattr(feed_split, "read_entry", lambda *_: pytest.fail("parsed again"))
    assert split(data) == first
    later = split(data.replace("<item>", "\n<item>"))
    assert [s[2:] for s in later.stories] == [s[2:] for s in first.stories]


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(cache, "_CACHE_CHARS", 2_000)
    for n in range(200):
        split(rss(f"<title>{n}</title>"))
    assert len(ENTRIES.known) < 100


# What leads back to the story


FOOTER = '<p>L’article <a href="http://e.example/rain/">Rain’s back</a> est apparu en premier sur <a href="http://e.example">É</a>.</p>'
RAIN = "<title>Rain’s back</title><link>https://e.example/rain/</link>"


def site(*items: str) -> str:
    return rss(*items).replace("<title>T</title>", "<title>É</title><link>https://e.example/</link>")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("how", ["<![CDATA[{}]]>", "escaped", "quoted"])
def test_what_leads_back_to_the_story_is_removed_and_pointed_at(encoding, how):
    def put(text: str) -> str:
        return how.format(text) if "{" in how else html.escape(text, quote=how == "quoted")

    item = f"{RAIN}<description>{put('<p>It rains […]</p>' + FOOTER)}</description>" + (
        f"<content:encoded>{put('<p>It rains.</p><p>And rains.</p>' + FOOTER)}</content:encoded>"
    )
    plain = "<title>No footer</title><description>Dry.</description>"
    data = f"<?xml version='1.0' encoding='{encoding}'?>{site(plain, item, plain, item)}".encode(encoding)
    for found in (split(data), split(data)):  # the second time from memory
        assert_tiles(found, data)
        assert [(s.summary, s.body) for s in found.stories[1::2]] == [("It rains […]", "It rains.\n\nAnd rains.")] * 2
        assert [(r.kind, r.story) for r in found.removed] == [("boilerplate", n) for n in (1, 1, 3, 3)]
        for gone in found.removed:
            assert gone.text == "L’article Rain’s back est apparu en premier sur É."
            shown = data[gone.start : gone.end].decode("utf-16-le" if encoding == "utf-16" else encoding)
            assert shown.startswith("L’article") and shown.endswith(".")
            assert found.stories[gone.story].byte_start < gone.start < gone.end < found.stories[gone.story].byte_end
        assert bytes_by_kind(found.spans)["boilerplate"] == sum(gone.end - gone.start for gone in found.removed)


def test_what_cannot_be_pointed_at_stays():
    odd = html.escape(FOOTER).replace("L’article", "L&#x2019;article")
    found = split(site(f"{RAIN}<description>It rains.{odd}</description>"))
    assert found.removed == () and "est apparu" in found.stories[0].summary


def test_a_link_to_another_site_is_the_story():
    linked = RAIN.replace("https://e.example", "https://other.example")
    found = split(site(f"{linked}<description><![CDATA[<p>It rains.</p>{FOOTER}]]></description>"))
    assert found.removed == () and "est apparu" in found.stories[0].summary


def test_a_long_description_that_says_to_read_on_is_a_teaser():
    more = '<a href="https://e.example/rain/">Read more</a>'
    long = "It rains and rains. " * 60
    (story,) = split(site(f"{RAIN}<description><![CDATA[<p>{long} {more}</p>]]></description>")).stories
    assert (story.form, story.summary) == ("teaser", long.strip())
