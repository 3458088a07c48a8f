"""Feeds in which others speak too, exports in the clothes of feeds, and damage to sections and references."""

import pytest
from feedmill.transforms.failures import Rejected
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.rows.story import Snapshot


def split(text, **options):
    data = text.encode()
    found = split_snapshot(Snapshot("a.xml", data, **options))
    at = 0
    for span in found.spans:
        assert span.start == at < span.end
        at = span.end
    assert at == len(data)
    return found


def rss(items, head="", attributes="", before=""):
    return (
        f'{before}<rss version="2.0"{attributes}><channel><title>The Loaf</title><link>https://loaf.example/</link>{head}'
        f"{items}</channel></rss>"
    )


def item(inner, title="Bread prices rise", link="https://loaf.example/1"):
    return f"<item><title>{title}</title><link>{link}</link>{inner}</item>"


def only(text):
    [story] = split(text).stories
    return story


def test_an_entry_that_names_its_source_is_from_there():
    first, second, third = split(
        rss(
            item('<source url="https://crumb.example/">The Crumb</source>')
            + item("<dc:publisher>Rye Press</dc:publisher>")
            + item(""),
            attributes=' xmlns:dc="http://purl.org/dc/elements/1.1/"',
        )
    ).stories
    assert (first.source_name, first.source_url) == ("The Crumb", "https://crumb.example/")
    assert (second.source_name, second.source_url) == ("Rye Press", None)
    assert (third.source_name, third.source_url) == ("The Loaf", "https://loaf.example/")


def test_an_entry_of_a_planet_is_from_the_feed_it_was_taken_from():
    source = (
        '<source><id>urn:x</id><title type="html">Rye &amp;amp; Co</title><link href="https://rye.example/"/></source>'
    )
    story = only(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Planet</title><entry><title>T</title>{source}</entry></feed>'
    )
    assert (story.source_name, story.source_url) == ("Rye & Co", "https://rye.example/")


@pytest.mark.parametrize(
    "nested",
    [
        '<y:related xmlns:y="http://news.yandex.ru"><link url="https://loaf.example/88">Other</link></y:related>',
        '<a:object xmlns:a="http://activitystrea.ms/spec/1.0/"><id>9</id><title>Other</title><link href="https://x.example/"/></a:object>',
        '<z:box xmlns:z="https://z.example/"><z:in><pubDate>Mon, 02 Mar 2020 10:00:00 GMT</pubDate><title>Other</title></z:in></z:box>',
    ],
)
def test_nested_elements_do_not_speak_for_the_entry(nested):
    story = only(rss(item(nested + "<description>Short.</description>")))
    assert (story.title, story.url, story.published_at) == ("Bread prices rise", "https://loaf.example/1", None)


def test_a_live_stream_of_the_channel_is_not_the_channel():
    live = '<p:liveItem status="live"><title>Live</title><link>https://stream.example/</link></p:liveItem>'
    story = only(rss(item(""), head=live, attributes=' xmlns:p="https://podcastindex.org/namespace/1.0"'))
    assert (story.source_name, story.source_url) == ("The Loaf", "https://loaf.example/")


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="text/html; charset=utf-8" href="/1"/>',
        '<link rel="alternate" type="text" href="/1"/>',
        '<link rel="http://www.iana.org/assignments/relation/alternate" href="/1"/>',
        '<link rel="self" href="/1"/>',
        '<link href="/1"/><link rel="enclosure" type="image/png">https://img.example/1.png</link>',
    ],
)
def test_links_of_many_spellings(link):
    story = only(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://loaf.example/"><title>T</title><id>tag:loaf.example,2026:x</id>'
        f"<entry><title>One</title><id>tag:loaf.example,2026:1</id>{link}</entry></feed>"
    )
    assert (story.url, story.source_url) == ("https://loaf.example/1", None)


def test_full_texts_under_other_names():
    spaces = ' xmlns:turbo="http://turbo.yandex.ru" xmlns:yandex="http://news.yandex.ru"'
    found = split(
        rss(
            item("<turbo:content><![CDATA[<p>All of it.</p>]]></turbo:content>")
            + item("<yandex:full-text>All of it.</yandex:full-text>"),
            attributes=spaces,
        )
    )
    assert [s.body for s in found.stories] == ["All of it.", "All of it."]


def test_a_podcast_has_its_title_subtitle_and_files():
    spaces = (
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:p="https://podcastindex.org/namespace/1.0"'
    )
    files = '<p:transcript url="https://c.example/1.srt" type="application/srt"/><p:chapters url="https://c.example/1.json"/>'
    text = f"<item><itunes:title>Rye</itunes:title><itunes:subtitle>Of rye and men.</itunes:subtitle>{files}</item>"
    story = only(rss(text, attributes=spaces))
    assert (story.title, story.summary) == ("Rye", "Of rye and men.")
    assert [m.url for m in story.media] == ["https://c.example/1.srt", "https://c.example/1.json"]


def test_of_an_export_only_what_was_published_is_a_story():
    spaces = ' xmlns:wp="http://wordpress.org/export/1.2/" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"'
    kinds = [
        ("post", "publish"),
        ("post", "draft"),
        ("page", "publish"),
        ("attachment", "inherit"),
        ("report", "publish"),
    ]
    items = "".join(
        item(
            "<description></description><excerpt:encoded><![CDATA[In short.]]></excerpt:encoded>"
            f"<wp:post_type>{kind}</wp:post_type><wp:status><![CDATA[{status}]]></wp:status>"
            "<wp:comment><wp:comment_author>Zed</wp:comment_author></wp:comment>",
            title=f"{kind} {status}",
        )
        for kind, status in kinds
    )
    found = split(rss(items, attributes=spaces))
    assert [(s.title, s.summary) for s in found.stories] == [
        ("post publish", "In short."),
        ("report publish", "In short."),
    ]
    assert [r.reason for r in found.rejects] == ["not_a_feed"] * 3
    assert "draft" in found.rejects[0].detail


def test_of_a_blogger_export_comments_and_settings_are_no_stories():
    def entry(kind, more=""):
        scheme = "http://schemas.google.com/g/2005#kind"
        term = f"http://schemas.google.com/blogger/2008/kind#{kind}"
        return f"<entry><title>{kind}</title><category scheme='{scheme}' term='{term}'/><category term='rye'/>{more}</entry>"

    draft = "<app:control xmlns:app='http://www.w3.org/2007/app'><app:draft>yes</app:draft></app:control>"
    entries = entry("post") + entry("comment") + entry("settings") + entry("post", draft)
    found = split(f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>{entries}</feed>")
    assert [(s.title, s.categories) for s in found.stories] == [("post", ("rye",))]
    assert len(found.rejects) == 3


def test_a_section_that_is_never_closed_costs_no_other_entry():
    inner = [f"<description><![CDATA[Text {n}.{'' if n == 1 else ']]>'}</description>" for n in range(4)]
    found = split(rss("".join(item(one, link=f"https://loaf.example/{n}") for n, one in enumerate(inner))))
    assert [s.summary for s in found.stories] == ["Text 0.", "Text 1.", "Text 2.", "Text 3."]
    assert found.rejects == ()


def test_a_section_that_quotes_a_feed_hides_it():
    quoted = "<item><title>In</title></item><item><d><![CDATA[x]]]]><![CDATA[></d></item>"
    found = split(rss(item(f"<description><![CDATA[See: {quoted}]]></description>") + item("")))
    assert len(found.stories) == 2


@pytest.mark.parametrize(
    ("description", "text"),
    [
        ("<![CDATA[One <![CDATA[two]]> three]]>", "One two three"),
        ("&lt;![CDATA[One two]]&gt;", "One two"),
        ("Up &#55357;&#56832; &#xD83D;&#xDE00;", "Up \U0001f600 \U0001f600"),
        ("&paper;: &mdash; &dash;", "The Loaf & Son: — –"),
    ],
)
def test_sections_and_references_that_are_written_wrongly(description, text):
    doctype = '<!DOCTYPE rss [<!ENTITY paper "The Loaf &#38; Son"><!ENTITY dash "&#8211;"><!ENTITY a "&a;&a;">]>'
    assert only(rss(item(f"<description>{description}</description>"), before=doctype)).summary == text


def test_marks_of_byte_order_inside_fields_are_nothing():
    story = only(
        rss(
            "<item><title>\ufeffRye</title><link>\ufeffhttps://loaf.example/1</link><pubDate>\ufeff2026-03-04</pubDate></item>"
        )
    )
    assert (story.title, story.url, story.published_raw) == ("Rye", "https://loaf.example/1", "2026-03-04")


def test_namespaces_with_https_and_other_prefixes():
    spaces = ' xmlns:c="https://purl.org/rss/1.0/modules/content/" xmlns:d="https://purl.org/dc/elements/1.1"'
    story = only(rss(item("<d:creator>Ann</d:creator><c:encoded>All of it.</c:encoded>"), attributes=spaces))
    assert (story.authors, story.body) == (("Ann",), "All of it.")


def test_a_description_that_repeats_the_title_is_none():
    story = only(
        rss(
            item(
                '<description>Bread prices rise -- The Crumb</description><source url="https://c.example/">The Crumb</source>'
            )
        )
    )
    assert (story.summary, story.form) == (None, "headline")


def test_several_people_in_one_string():
    spaces = ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    story = only(rss(item("<dc:creator>Ann Miller, Bo Oven and Cy Rye</dc:creator>"), attributes=spaces))
    assert story.authors == ("Ann Miller", "Bo Oven", "Cy Rye")


def test_a_date_that_cannot_be_read_gives_way_to_one_that_can():
    story = only(rss(item("<pubDate>soon</pubDate><updated>2026-03-04T10:00:00Z</updated>")))
    assert story.published_raw == "2026-03-04T10:00:00Z"


def test_a_sitemap_of_news_holds_stories_and_any_other_none():
    news = (
        "<url><loc>https://loaf.example/1</loc><news:news><news:publication><news:name>The Loaf</news:name><news:language>en"
        "</news:language></news:publication><news:publication_date>2026-03-04</news:publication_date><news:title>Bread &amp; rye"
        "</news:title><news:keywords>bread, rye</news:keywords></news:news></url>"
    )
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    [story] = split(f"<?xml version='1.0'?><urlset {spaces}>{news}</urlset>").stories
    assert (story.title, story.url, story.source_name) == ("Bread & rye", "https://loaf.example/1", "The Loaf")
    assert (story.published_raw, story.lang_declared, story.categories) == ("2026-03-04", "en", ("bread", "rye"))
    with pytest.raises(Rejected):
        split(f"<urlset {spaces}><url><loc>https://loaf.example/1</loc></url></urlset>")


def test_an_export_of_articles():
    article = (
        "<article><guid><![CDATA[g]]></guid><title><![CDATA[Rye]]></title><content><![CDATA[<p>All.</p>]]></content>"
        "<marked>1</marked><published>0</published><link><![CDATA[https://loaf.example/1]]></link><tag_cache>rye</tag_cache>"
        "<feed_title><![CDATA[The Loaf]]></feed_title><updated><![CDATA[2026-03-04 10:00:00]]></updated></article>"
    )
    found = split(f'<?xml version="1.0"?><articles schema-version="138">{article}\n{article}</articles>')
    assert [(s.title, s.body, s.source_name, s.published_raw) for s in found.stories] == [
        ("Rye", "All.", "The Loaf", "2026-03-04 10:00:00")
    ] * 2


def test_tables_as_excel_and_newsletters_export_them():
    found = split("sep=;\nTitle;Link;Date\nBread prices rise;https://loaf.example/1;04.03.2026\n")
    assert [s.title for s in found.stories] == ["Bread prices rise"]
    head = "post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,podcast_url"
    found = split(f"{head}\n1.rye,2026-03-04T10:00:00Z,true,,,newsletter,everyone,Bread prices rise,And rye,\n")
    assert [(s.title, s.summary) for s in found.stories] == [("Bread prices rise", "And rye")]
