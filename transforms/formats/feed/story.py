"""From the fields of an entry to its story.

Beside a content (`content:encoded`, Atom `content`), the description is the `summary` and the content the `body`: form
`full`. A description alone is the `body` (`full`) if it has 800 characters or more and is not cut off; else it is the
`summary` (`teaser`). With neither, `headline`. What ends them and only leads back to the story
(`feedmill.transforms.text.signposts`) is taken out, if its bytes can be pointed at.
"""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from feedmill.transforms.formats.feed.context import Context
from feedmill.transforms.formats.feed.fields import Fields, Text
from feedmill.transforms.formats.feed.texts import authors_of, clean_text, is_address, is_url, one_line
from feedmill.transforms.rows.story import Media, Story
from feedmill.transforms.text.dates import read_date
from feedmill.transforms.text.decode import repair_text
from feedmill.transforms.text.html import html_to_text, plain_to_text, resolve
from feedmill.transforms.text.signposts import find_bracketed, find_signpost, may_end_in_one
from feedmill.transforms.text.urls import canonical_url

_FULL = 800  # characters: a teaser has at most 500 in FreshRSS, 55 words in WordPress, 55 to 600 characters elsewhere
_CUT_OFF = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|\[&hellip;\]|(?:read|continue|see)\s+(?:more|reading)\W*)\s*$", re.I
)
_TEXT_TYPES = ("text/", "application/xhtml+xml", "application/xml", "html")
_MOST_SIGNPOSTS = 3  # in a text: "Continue reading", then what Yoast adds, then a line of comments
_PAGE = re.compile(r"https?://(?:www\.)?([^/?#]+)([^#]*?)/?(?:#(?:more|comments?|respond)\b.*)?", re.I | re.S)


class Cut(NamedTuple):
    """What was taken out of an entry."""

    start: int  # characters of the entry
    end: int
    text: str


class EntryReading(NamedTuple):
    """What an entry says."""

    story: Story
    cuts: tuple[Cut, ...] = ()
    unpublished: str | None = None  # why it is no story, though it can be read


def story_of(fields: Fields, context: Context, xml: str) -> EntryReading | None:
    """Return the story of an entry whose text is `xml`; None if it says nothing."""
    if not _says_anything(fields):
        return None
    media: list[Media] = []
    site = context.source_url or ""
    raw: str | None = (fields.link or "").strip()
    if not raw or (raw == (fields.id or "").strip() and not is_address(raw)):
        raw = fields.id if fields.id_is_link and is_url(fields.id) else fields.self_link or raw
    raw = raw or None
    raw = raw.replace("&amp;", "&") if raw else None
    base = fields.link_base or site
    url = canonical_url(fields.original.strip(), base) if fields.original else None
    url = url or (canonical_url(raw, base) if raw and (raw != fields.id or is_url(raw) or raw[0] == "/") else None)
    cuts: list[Cut] = []
    title = one_line(fields.title) if fields.title else None
    if title is None and fields.media_title:
        title = one_line(fields.media_title)
    told = [*fields.contents, fields.summary] if fields.summary else fields.contents
    own = _own_page(url, site) if any(may_end_in_one(text.value) for text in told) else None
    if own or any(find_bracketed(text.value) for text in told):
        fields.contents = [_without_signposts(content, title, own, xml, cuts) for content in fields.contents]
        fields.summary = _without_signposts(fields.summary, title, own, xml, cuts) if fields.summary else None
    body: str | None = None
    for content in fields.contents:
        if content.type.startswith(_TEXT_TYPES) and len(text := clean_text(content, media, site)) > len(body or ""):
            body = text
    short = (clean_text(fields.summary, media, site) or None) if fields.summary else None
    if short is None and body is None and fields.fallback:
        short = clean_text(fields.fallback, media, site) or None
    ends = ((short or "")[-40:], *(cut.text for cut in cuts))
    if body is None and short and len(short) >= _FULL and not any(map(_CUT_OFF.search, ends)):
        body, short = short, None
    elif short == body:
        short = None
    guid = (fields.id or "").strip() or None
    if guid and guid[0] == "/" and fields.id_is_link:
        guid = resolve(guid, base)
    published_raw = fields.published or fields.created or fields.updated
    published = read_date(published_raw, zone=context.zone) if published_raw else None
    updated = read_date(fields.updated, zone=context.zone) if fields.updated else None
    if published is None and updated is not None:  # a date that can be read says more than one that cannot
        published, published_raw = updated, fields.updated
    source = " ".join(plain_to_text(repair_text(fields.source_name)).split()) if fields.source_name else None
    own_site = context.source_url if source in (None, context.source_name) else None
    if short and same_words(short, title, source):
        short = None
    main = fields.contents[0] if fields.contents else fields.summary or fields.title
    lang = fields.spoken or (main.lang if main else fields.lang)
    story = Story(
        byte_start=0,
        byte_end=0,
        form="full" if body else "teaser" if short else "headline",
        title=title,
        summary=short,
        body=body,
        authors=authors_of(fields.people) or context.authors,
        categories=tuple(
            dict.fromkeys(c for t in fields.tags if (c := " ".join(plain_to_text(repair_text(t)).split())))
        ),
        media=_media(fields, media, base),
        source_name=source or context.source_name,
        source_url=canonical_url(fields.source_url.strip(), base) if fields.source_url else own_site,
        url=url,
        url_raw=raw,
        guid=guid,
        guid_trusted=guid is not None,
        published_at=published.at if published else None,
        published_raw=published_raw or None,
        published_precision=published.precision if published else None,
        published_zone=published.zone if published else None,
        updated_at=updated.at if updated else None,
        lang_declared=_language(lang),
        feed_name=context.source_name,
        feed_url=context.source_url,
    )
    return EntryReading(story, tuple(sorted(cuts)), fields.unpublished)


def _page(url: str | None) -> tuple[str, str] | None:
    """Host and path of a page, None if it is none, or only a place on one."""
    found = _PAGE.fullmatch(url or "")
    return (found[1].lower(), found[2]) if found else None


def _own_page(url: str | None, site: str) -> tuple[str, str] | None:
    """Return the page of a story, if it is one of the site's, but not its first."""
    own, home = _page(url), _page(site)
    return own if own and home and own != home and own[0] == home[0] else None


def _without_signposts(text: Text, title: str | None, own: tuple[str, str] | None, xml: str, cuts: list[Cut]) -> Text:
    """Take out of a text what ends it and leads to the story's page, and add to `cuts` where that stands in `xml`.

    What stands there in another spelling than the usual ones stays in the text: nothing is removed that cannot be
    pointed at.
    """

    def is_own(address: str) -> bool:
        return _page(canonical_url(address, text.base)) == own

    for _ in range(_MOST_SIGNPOSTS):
        found = find_bracketed(text.value) or (find_signpost(text.value, title, is_own) if own else None)
        if found is None:
            break
        piece = text.value[slice(*found)]
        plain = html.escape(piece, quote=False)
        quoted = plain.replace('"', "&quot;")
        spellings = (piece, plain, quoted, quoted.replace("'", "&#39;"), quoted.replace("'", "&apos;"))
        places = (place for way in spellings for place in _places(way, xml))
        place = next((p for p in places if all(p[1] <= cut.start or cut.end <= p[0] for cut in cuts)), None)
        if place is None:
            break
        cuts.append(Cut(*place, html_to_text(piece)))
        text = text._replace(value=text.value[: found[0]] + text.value[found[1] :])
    return text


def _places(piece: str, xml: str) -> Iterator[tuple[int, int]]:
    at = xml.rfind(piece)
    while at >= 0:
        yield at, at + len(piece)
        at = xml.rfind(piece, 0, at)


def _says_anything(fields: Fields) -> bool:
    """Tell whether this is an entry: False for `<item/>`, for one with no element that is known, or none with
    anything in it, and for one of nothing but categories, under which others stand too."""
    texts = (fields.title, fields.summary, fields.fallback, fields.media_title)
    dates = (fields.published, fields.updated, fields.created)
    others = (
        fields.contents,
        fields.link,
        fields.original,
        fields.id,
        fields.people,
        fields.enclosures,
        fields.shown,
    )
    return any(text.value for text in texts if text) or any(dates) or any(others)


def same_words(text: str, title: str | None, source: str | None) -> bool:
    """Whether a text says no more than the title does, maybe with the name of the source."""
    if not title:
        return False
    said, told = _letters(text), _letters(title)
    return said in (told, told + _letters(source or ""))


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _language(declared: str | None) -> str | None:
    declared = (declared or "").strip().replace("_", "-")
    return declared if 2 <= len(declared) <= 35 else None


def _media(fields: Fields, shown: list[Media], base: str) -> tuple[Media, ...]:
    if not (shown or fields.enclosures or fields.shown):
        return ()
    found: dict[str, Media] = {}
    for url, kind in fields.enclosures:
        if url and (absolute := resolve(url, base)):
            found.setdefault(absolute, Media(absolute, kind or None))
    for url_, kind_, caption, credit in fields.shown:
        if absolute := resolve(url_ or "", base):
            text = " ".join(clean_text(Text(caption, "text/plain", False, base, None)).split()) if caption else None
            found.setdefault(absolute, Media(absolute, kind_ or None, None, text or None, credit))
    for item in shown:
        if item.url:
            found.setdefault(item.url, item)
    return tuple(found.values())
