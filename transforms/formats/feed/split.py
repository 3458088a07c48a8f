"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 (and CDF): snapshots of feeds to stories.

    text ──slice──▶ entries ──▶ seen before? ──▶ Story
                       │             └─ no ─▶ well formed? lxml ─┬─▶ fields ─▶ Story
                       │                       damaged? feedparser ┘
                       └─ what is left ─▶ the feed's own title, link, language, namespaces: the context of its entries

Entries are cut out before anything is parsed, so damage in one cannot reach another, each knows its bytes, and one
whose bytes and context were read before need not be parsed again, nor looked through for its end. What an element
means is feedparser's reading, a few exceptions apart, which are in `_Loose`; `tests/formats/test_feed.py` and
`tests/eval/feed_suite.py` hold both readers to the same fields.

Which text is which. Beside a content (`content:encoded`, Atom `content`), the description is the `summary` and the
content the `body`: form `full`. A description alone is the `body` (`full`) if it has 800 characters or more and is not
cut off; else it is the `summary` (`teaser`). With neither, `headline`. What ends them and only leads back to the story
(`feedmill.transforms.text.signposts`) is taken out, if its bytes can be pointed at.
"""

import dataclasses
import hashlib
import html
import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.feed.damaged import joined_surrogates, own_entities, read_loosely, repaired
from feedmill.transforms.formats.feed.fields import (
    Fields,
    Text,
    element_name,
    known_prefix,
    parse,
    read_fields,
    scope,
    too_many_attributes,
)
from feedmill.transforms.formats.feed.slices import MOST_ENTRIES, slice_between, slice_feed, undeclared_prefixes
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import DeadSpan, Media, RemovedText, Span, Split, Story
from feedmill.transforms.text.dates import read_date
from feedmill.transforms.text.decode import Document, repair_text
from feedmill.transforms.text.html import html_to_text, plain_to_text, read_html, resolve, unescape
from feedmill.transforms.text.signposts import find_bracketed, find_signpost, may_end_in_one
from feedmill.transforms.text.urls import canonical_url

_FULL = 800  # characters: a teaser has at most 500 in FreshRSS, 55 words in WordPress, 55 to 600 characters elsewhere
_CUT_OFF = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|\[&hellip;\]|(?:read|continue|see)\s+(?:more|reading)\W*)\s*$", re.I
)
# Characters of an entry, and of the entries of a snapshot, that go to the slow reader of damaged ones: it takes up to
# 20 s for 1 M
_LARGEST_DAMAGED, _MOST_DAMAGED = 1 << 17, 1 << 22
_LARGEST_REPAIRED = 1 << 22  # characters of a damaged entry that are looked at at all
_MOST_TAGS = 1_000_000  # in an entry: its tree takes 100 bytes and more for each
_PARSED_TOGETHER = 1 << 20  # characters of entries
_MARK = '<_ xmlns=""/>'
_CACHE_CHARS = 1 << 24  # of the entries that are remembered: captures of a feed come together, or soon after another

_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|rdf|feed|channel)(?=[\s/>])[^<>]*>", re.I)
_CHANNEL = re.compile(r"<(?:[\w.-]+:)?channel(?=[\s/>])[^<>]*>", re.I)
# They are told to the reader of each entry that is read alone, and so are taken only as far as feeds have them
_MOST_NAMESPACES, _LONGEST_NAMESPACE = 64, 200
_LONGEST_SOURCE = 1000  # characters of what every story of a feed gets from it: a title, its authors
_XMLNS = re.compile(r"""\bxmlns(?::([\w.-]+))?\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_RSS = "http://backend.userland.com/rss"  # any name of what means RSS
_DOCTYPE_WITHIN = 1 << 16  # characters in which a document type is looked for
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>", re.I | re.S)
# 4. The context of the entries


class _Context(NamedTuple):
    """All that an entry takes from the feed around it. Entries with equal bytes in equal contexts are equal."""

    wrapper: str  # a start tag with the namespaces
    base: str
    lang: str | None
    source_name: str | None
    source_url: str | None
    authors: tuple[str, ...]
    zone: str | None
    encoding: str
    url: str | None
    entities: tuple[tuple[str, str], ...] = ()  # names that its document type declares, and what they stand for


def _namespaces(text: str) -> dict[str, str]:
    """Return what the start tags of the root and the channel declare."""
    found: dict[str, str] = {}
    root = _ROOT.search(text, 0, 1 << 20)
    if root:
        channel = _CHANNEL.search(text, root.end(), root.end() + (1 << 16))
        for tag in (root.group(), channel.group() if channel else ""):
            for prefix, quoted, single in _XMLNS.findall(tag):
                if len(found) < _MOST_NAMESPACES and len(uri := quoted or single) <= _LONGEST_NAMESPACE:
                    found[prefix] = uri
    return found


def _tree(rest: str, entities: dict[str, str]) -> Any | None:
    """Return the root element of a feed without its entries; None if it is damaged by more than a few characters."""
    if too_many_attributes(rest.partition(">")[2]):
        return None
    root = parse(rest)
    return parse(repaired(rest, entities)) if root is None else root


def _entities(text: str) -> dict[str, str]:
    """Return the names that a document type declares, and what they stand for."""
    head = text[:_DOCTYPE_WITHIN]
    doctype = _DOCTYPE.search(head) if "<!ENTITY" in head else None
    return own_entities(doctype[0]) if doctype else {}


def _context(
    doc: Document,
    rest: str,
    root: Any | None,
    namespaces: dict[str, str],
    entities: dict[str, str],
    name: str,
    settings: Settings,
) -> _Context:
    """`root` is the tree of `rest`, if it has one."""
    base = doc.url or ""
    if root is not None:
        own_base, lang = scope(dict(root.items()), base, None)
        channel = root
        if element_name(root) not in ("feed", "channel"):
            channel = next((c for c in root if isinstance(c.tag, str) and element_name(c) == "channel"), root)
        feed = read_fields(channel, own_base, lang)
        own_base = feed.base
    else:
        own_base = base
        _, feed = read_loosely(rest[: 1 << 16], base, None)
    declared = "".join(f' xmlns{":" if p else ""}{p}="{uri}"' for p, uri in namespaces.items() if uri)
    stated = feed.link if feed.link != feed.id or _is_address(feed.link or "") else None  # an id is no site
    site = canonical_url(stated, own_base) if stated else None
    title = _line(feed.title) if feed.title else None
    authors = _authors(feed.people) if name == "atom" else ()
    return _Context(
        wrapper=f"<r{declared}>",
        base=own_base,
        lang=feed.spoken or feed.lang,
        source_name=title if len(title or "") <= _LONGEST_SOURCE else None,
        source_url=site if len(site or "") <= _LONGEST_SOURCE else None,
        authors=authors if sum(map(len, authors)) <= _LONGEST_SOURCE else (),
        zone=None if settings.timezone == "UTC" else settings.timezone,
        encoding=doc.encoding,
        url=doc.url,
        entities=tuple(entities.items()),
    )


# 5. Fields to stories

_HTML = """a abbr acronym address area article aside audio b big blockquote br button canvas caption center cite
    code col colgroup dd del details dfn dialog dir div dl dt em fieldset figcaption figure footer font form
    h1 h2 h3 h4 h5 h6 header hr i img input ins kbd label legend li link main map mark menu meta nav
    noscript o ol option p picture pre q s samp script section select small source span strike strong style
    sub summary sup svg table tbody td textarea tfoot th thead time title tr track tt u ul var video wbr
    iframe object embed html body head"""
_TAGS = frozenset(_HTML.split())
_TAG_NAME = re.compile(r"</?([a-zA-Z][\w:-]*)")
_MARKED_UP = re.compile(r"</\w+\s*>|<(?:br|img|hr|p|div)\b[^<>]*/?>|&(?:#\d+|#[xX][\da-fA-F]+|\w+);")


_ESCAPED_AGAIN = re.compile(r"\s*&lt;[a-zA-Z].*&gt;\s*\Z", re.S)


def _looks_like_html(value: str) -> bool:
    """Plain text, by its type, that is not: it has a reference or a tag, and no tag that HTML does not know (as in
    feedparser)."""
    return bool(_MARKED_UP.search(value)) and all(tag.lower() in _TAGS for tag in _TAG_NAME.findall(value))


_CDATA = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.S)


def _clean(text: Text, media: list[Media] | None = None, site: str = "") -> str:
    value = joined_surrogates(text.value)
    if "<![CDATA[" in value and (wrapped := _CDATA.fullmatch(value)):  # a section that was escaped as if it were text
        text = text._replace(value=wrapped[1], type="text/html" if text.type == "text/plain" else text.type)
        value = text.value
    if value.isascii():
        if "<" not in value and "&" not in value and "\n" not in value:
            return " ".join(value.split())
    else:
        value = repair_text(value)
    stated_plain = text.type == "text/plain" and text.stated
    # a text about tags does not start and end with them, but a title may
    if media is not None and not stated_plain and "<" not in value and _ESCAPED_AGAIN.match(value):
        once = unescape(value)
        value = once if _looks_like_html(once) else value
    if "<" not in value or stated_plain or (text.type == "text/plain" and not _looks_like_html(value)):
        return plain_to_text(value)
    read = read_html(value, text.base or site)
    if media is not None:
        media.extend(read.media)
    return read.text


def _line(text: Text) -> str | None:
    return " ".join(_clean(text).split()) or None


def _authors(people: list[list[str | None]]) -> tuple[str, ...]:
    if not people:
        return ()
    names = (" ".join(plain_to_text(repair_text(name or email or "")).split()) for name, email in people)
    return tuple(dict.fromkeys(name for one in names if one for name in several(one)))


_FULL_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){1,4}")
_ROLE = re.compile(
    r"\b(?:editor|reporter|correspondent|staff|writer|contributor|news|press|desk|agency|phd|md|jr|sr|university|redaktion)\b",
    re.I,
)


def several(text: str) -> list[str]:
    """Return the people that one string names, if each part of it is plainly a full name.

    >>> several("Ann Sand, Bo Reef, Cy Buoy"), several("Sand, Ann"), several("Ann Sand, Quay Editor")
    (['Ann Sand', 'Bo Reef', 'Cy Buoy'], ['Sand, Ann'], ['Ann Sand, Quay Editor'])
    """
    mark = ";" if ";" in text else ","
    parts = [part.strip() for part in re.split(rf"{mark}\s*(?:and\s)?|\s(?:and|&)\s", text)]
    parts = [part for part in parts if part]
    whole = all(_FULL_NAME.fullmatch(part) and not _ROLE.search(part) for part in parts)
    return parts if len(parts) > 1 and (whole or (mark == ";" and all("@" not in p for p in parts))) else [text]


_TEXT_TYPES = ("text/", "application/xhtml+xml", "application/xml", "html")


class _Cut(NamedTuple):
    """What was taken out of an entry."""

    start: int  # characters of the entry
    end: int
    text: str


class _Read(NamedTuple):
    """What an entry says."""

    story: Story
    cuts: tuple[_Cut, ...] = ()
    unpublished: str | None = None  # why it is no story, though it can be read


def _story(fields: Fields, context: _Context, xml: str) -> _Read | None:
    """Return the story of an entry whose text is `xml`; None if it says nothing."""
    if not _says_anything(fields):
        return None
    media: list[Media] = []
    site = context.source_url or ""
    raw: str | None = (fields.link or "").strip()
    if not raw or (raw == (fields.id or "").strip() and not _is_address(raw)):
        raw = fields.id if fields.id_is_link and _is_url(fields.id) else fields.self_link or raw
    raw = raw or None
    raw = raw.replace("&amp;", "&") if raw else None
    base = fields.link_base or site
    url = canonical_url(fields.original.strip(), base) if fields.original else None
    url = url or (canonical_url(raw, base) if raw and (raw != fields.id or _is_url(raw) or raw[0] == "/") else None)
    cuts: list[_Cut] = []
    title = _line(fields.title) if fields.title else None
    if title is None and fields.media_title:
        title = _line(fields.media_title)
    told = [*fields.contents, fields.summary] if fields.summary else fields.contents
    own = _own_page(url, site) if any(may_end_in_one(text.value) for text in told) else None
    if own or any(find_bracketed(text.value) for text in told):
        fields.contents = [_without_signposts(content, title, own, xml, cuts) for content in fields.contents]
        fields.summary = _without_signposts(fields.summary, title, own, xml, cuts) if fields.summary else None
    body: str | None = None
    for content in fields.contents:
        if content.type.startswith(_TEXT_TYPES) and len(text := _clean(content, media, site)) > len(body or ""):
            body = text
    short = (_clean(fields.summary, media, site) or None) if fields.summary else None
    if short is None and body is None and fields.fallback:
        short = _clean(fields.fallback, media, site) or None
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
        authors=_authors(fields.people) or context.authors,
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
    return _Read(story, tuple(sorted(cuts)), fields.unpublished)


_MOST_SIGNPOSTS = 3  # in a text: "Continue reading", then what Yoast adds, then a line of comments
_PAGE = re.compile(r"https?://(?:www\.)?([^/?#]+)([^#]*?)/?(?:#(?:more|comments?|respond)\b.*)?", re.I | re.S)


def _page(url: str | None) -> tuple[str, str] | None:
    """Host and path of a page, None if it is none, or only a place on one."""
    found = _PAGE.fullmatch(url or "")
    return (found[1].lower(), found[2]) if found else None


def _own_page(url: str | None, site: str) -> tuple[str, str] | None:
    """Return the page of a story, if it is one of the site's, but not its first."""
    own, home = _page(url), _page(site)
    return own if own and home and own != home and own[0] == home[0] else None


def _without_signposts(text: Text, title: str | None, own: tuple[str, str] | None, xml: str, cuts: list[_Cut]) -> Text:
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
        cuts.append(_Cut(*place, html_to_text(piece)))
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


def _is_address(text: str) -> bool:
    """Whether an id can lead anywhere: "tag:a.example,2024:1" cannot."""
    return not re.match(r"(?:tag|urn|yt|oai|doi|uuid):", text, re.I)


def _is_url(text: str | None) -> bool:
    return text is not None and re.match(r"\s*https?://", text, re.I) is not None


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
            text = " ".join(_clean(Text(caption, "text/plain", False, base, None)).split()) if caption else None
            found.setdefault(absolute, Media(absolute, kind_ or None, None, text or None, credit))
    for item in shown:
        if item.url:
            found.setdefault(item.url, item)
    return tuple(found.values())


# 6. Remembering

# what the slow reader was given; a Story without its offsets, () for what is none, or why it is no story; and what was
# taken out of it
_Known = tuple[int, tuple[object, ...], tuple[_Cut, ...]]
_remembered: dict[bytes, _Known] = {}
_remembered_chars = 0


@dataclasses.dataclass(slots=True, eq=False)
class _Whole:
    """An entry that ended by its own end tag, and what it is remembered by in its context.

    Attributes:
        size: how many bytes its text is encoded in; None if some of its bytes were none of a text.
        then: the entry that came after it the last time, and what was between them: most captures of a feed have the
            entries of the one before, one behind the other.
    """

    text: str
    seal: bytes
    key: bytes
    size: int | None
    then: tuple[str, "_Whole"] | None = None


# By the prefixes of a feed's entries: whole entries by how they start.
_whole: dict[frozenset[str], dict[str, _Whole]] = {}
_START = 160  # characters: enough to get past what all entries of a feed start with


def _forget() -> None:
    """Empty the memory of entries; what is read does not depend on it."""
    global _remembered_chars
    _remembered.clear()
    for whole in _whole.values():
        for one in whole.values():
            one.then = None  # they may stand in a circle
    _whole.clear()
    _remembered_chars = 0


def _remember(key: bytes, known: _Known, size: int) -> None:
    global _remembered_chars
    if _remembered_chars + size > _CACHE_CHARS:
        _forget()
    _remembered[key] = known
    _remembered_chars += size


def _read_together(entries: list[str], context: _Context) -> list[_Read | None]:
    """Return the stories in the texts of well-formed elements, None for what must be read alone; see `_read_entry`.

    To parse them at once takes a third of the time. Between any two of them stands an element of ours: only if each is
    whole by itself do theirs and ours alternate.
    """
    stories: list[_Read | None] = []
    at = 0
    while at < len(entries):
        end, size = at, 0
        while end < len(entries) and (end == at or size + len(entries[end]) <= _PARSED_TOGETHER):
            size += len(entries[end])
            end += 1
        stories += _read_some(entries[at:end], context)
        at = end
    return stories


def _read_some(entries: list[str], context: _Context) -> list[_Read | None]:
    apart: list[_Read | None] = [None] * len(entries)
    xml = _MARK.join(entries)
    if too_many_attributes(xml) or len(xml) > _LARGEST_REPAIRED:
        return apart
    root = parse(f"{context.wrapper}{xml}{_MARK}</r>")
    if root is None or len(root) != 2 * len(entries) or any(mark.tag != "_" for mark in root[1::2]):
        return apart
    return [
        _story(read_fields(entry, context.base, context.lang), context, xml)
        for entry, xml in zip(root[::2], entries, strict=True)
    ]


def _read_entry(xml: str, context: _Context, budget: int) -> tuple[_Read | None, int]:
    """Return the story in the text of an element, None if nothing can be read; and how many characters only the slow
    reader can read, which is asked if they are within `budget`."""
    if too_many_attributes(xml) or (len(xml) > _MOST_TAGS and xml.count("<") > _MOST_TAGS):
        return None, 0
    wrapped = f"{context.wrapper}{xml}</r>"
    root = parse(wrapped)
    if root is None:
        if len(xml) > _LARGEST_REPAIRED:
            return None, 0
        root = parse(repaired(wrapped, dict(context.entities)))
    if root is not None and len(root):
        return _story(read_fields(root[0], context.base, context.lang), context, xml), 0
    if len(xml) > _LARGEST_DAMAGED:
        return None, 0
    if len(xml) > budget:
        return None, len(xml)
    entry, _ = read_loosely(f"<rss>{context.wrapper.replace('<r', '<channel', 1)}{xml}", context.base, context.lang)
    return (_story(entry, context, xml) if entry else None), len(xml)


_CUT_TAG = re.compile(r"<!\[CDATA\[|<!--|<(/?)([A-Za-z_][\w.:-]*)(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?(/?)>")
_MOST_OPEN = 20  # elements in which an entry may be cut
_CUT_SHORT = 0.5  # the confidence in a story whose text the end of the file cuts off


def _read_cut(xml: str, context: _Context, budget: int) -> tuple[_Read | None, int]:
    """Read the story of an entry that the end of the file cuts off, if that is in its text or behind it.

    Its title, and its link or id, must be whole.
    """
    at, sections = 0, 0
    stack: list[str] = []
    first: dict[str, int] = {}  # where in it a name stands first
    told: set[str] = set()
    while tag := _CUT_TAG.search(xml, at):
        at = tag.end()
        if tag[2] is None:
            section = tag[0] == "<![CDATA["
            end = xml.find("]]>" if section else "-->", at)
            if end < 0:
                sections = int(section)
                break
            at = end + 3
        elif tag[1]:
            for depth in reversed(range(first.get(tag[2], len(stack)), len(stack))):
                closed = stack.pop()
                if first[closed] == depth:
                    del first[closed]
            if len(stack) == 1:
                told.add(tag[2].rpartition(":")[2].lower())
        elif tag[3]:
            told.add(tag[2].rpartition(":")[2].lower())
        else:
            first.setdefault(tag[2], len(stack))
            stack.append(tag[2])
    name = stack[-1].rpartition(":")[2].lower() if stack else ""
    if not ("title" in told and told & {"link", "guid", "id"} and 0 < len(stack) <= _MOST_OPEN):
        return None, 0
    if len(stack) > 1 and not any(one.rpartition(":")[2].lower() in _TEXT_ELEMENTS for one in stack[1:]):
        return None, 0  # it is cut in a date, or a name
    rest = xml
    if not sections and (opened := xml.rfind("<", at)) >= 0:
        rest = xml[:opened]
    rest = re.sub(r"&[#\w]{0,10}\Z", "", rest.removesuffix("]").removesuffix("]"))
    rest += "]]>" * sections + "".join(f"</{one}>" for one in reversed(stack))
    read, slow = _read_entry(rest, context, budget)
    if read is None or read.unpublished or not read.story.title:
        return None, slow
    story = read.story._replace(confidence=_CUT_SHORT)
    if name and len(stack) > 1 and story.form == "full" and story.summary is None:
        story = story._replace(form="teaser", summary=story.body, body=None)
    return read._replace(story=story, cuts=()), slow


_TEXT_ELEMENTS = frozenset(
    ("description", "summary", "encoded", "content", "body", "full-text", "fullitem", "abstract")
)


# 7. The whole snapshot


def split_feed(doc: Document, name: str, settings: Settings) -> Split:
    """Return the stories of a feed; `name` is rss, atom or rdf.

    A feed without entries is a snapshot like any other, no stories and no refusal, if it is whole: well-formed, and
    with no element called item or entry. An entry that the end of the file cuts off is a reject (TRUNCATED), and one
    that no reader makes sense of too (MALFORMED); their bytes are dead. One that is cut in its text alone is a story,
    with a confidence of a half.

    Raises:
        Rejected: MALFORMED, if there is neither a feed nor an entry in it; NO_STORIES, if there is a feed, damaged or
            with entries of another kind, and no entry.

    >>> from feedmill.transforms.rows.story import Snapshot
    >>> from feedmill.transforms.text.decode import decode
    >>> data = b"<rss><channel><title>T</title><item><title>Rain</title><description>Wet.</description></item><item><ti"
    >>> split = split_feed(decode(Snapshot("a", data)), "rss", Settings())
    >>> [(s.title, s.summary, s.form) for s in split.stories], [(r.start, r.reason) for r in split.rejects]
    ([('Rain', 'Wet.', 'teaser')], [(93, 'truncated')])
    """
    text = doc.text
    namespaces = _namespaces(text)
    prefixes = frozenset({"", *(p for p, uri in namespaces.items() if known_prefix(uri, p) == "")})
    met: dict[int, _Whole] = {}

    def met_before(at: int) -> list[tuple[int, int]]:
        run = []
        one = _whole.get(prefixes, {}).get(text[at : at + _START])
        while one is not None and text.startswith(one.text, at):
            met[at] = one
            run.append((at, at + len(one.text)))
            at += len(one.text)
            if one.then is None or not text.startswith(one.then[0], at):
                break
            at += len(one.then[0])
            one = one.then[1]
        return run

    entries, cut, whole = slice_feed(text, prefixes, met_before)
    undeclared = undeclared_prefixes(text, namespaces)
    if undeclared:
        entries, cut = slice_between(text, entries, cut, undeclared)
        namespaces |= dict.fromkeys(undeclared, _RSS)
    if not entries and cut is None and not _ROOT.search(text):
        raise Rejected(Reason.MALFORMED, "no element of a feed in it")
    rest = _rest(text, entries, cut)[:_LARGEST_REPAIRED]
    if undeclared:
        rest = re.sub(rf"(</?)(?:{'|'.join(map(re.escape, sorted(undeclared)))}):", r"\1", rest)
    entities = _entities(text)
    root = _tree(rest, entities)
    if not entries and cut is None and (why := _why_empty(root)):
        raise Rejected(Reason.NO_STORIES, f"a feed in which no entry was found: {why}")
    context = _context(doc, rest, root, namespaces, entities, name, settings)
    ends = [at for entry in entries for at in entry]
    seal = hashlib.blake2b(repr(context).encode("utf-8", "backslashreplace"), digest_size=32).digest()
    sizes = {start: one.size for start, one in met.items() if one.seal == seal and one.size is not None}
    offsets = doc.byte_offsets([*ends, cut if cut is not None else len(text)], sizes)

    stories: list[Story] = []
    spans: list[Span] = []
    rejects: list[DeadSpan] = []
    removed: list[RemovedText] = []
    at = at_char = 0
    budget = _MOST_DAMAGED
    new = tuple.__new__  # a third of the time of Story(...)

    def span(start: int, end: int, kind: str) -> None:
        if start < end:
            if spans and spans[-1][2] == kind:
                start = spans.pop()[0]
            spans.append(new(Span, (start, end, kind)))

    keys = []
    for n, (start, _) in enumerate(entries):
        one = met.get(start)
        if one is None or one.seal != seal:
            entry = doc.data[offsets[2 * n] : offsets[2 * n + 1]]
            keys.append(hashlib.blake2b(entry, digest_size=16, key=seal).digest())
        else:
            keys.append(one.key)
    fresh = {key: n for n, key in enumerate(keys) if key not in _remembered}
    read = dict(zip(fresh, _read_together([text[slice(*entries[n])] for n in fresh.values()], context), strict=True))
    found: list[tuple[tuple[object, ...], tuple[_Cut, ...]]] = []
    for n, (start, end) in enumerate(entries):
        key = keys[n]
        known = _remembered.get(key)
        if known is None:
            one_read, slow = read.get(key), 0
            if one_read is None:
                one_read, slow = _read_entry(text[start:end], context, budget)
            if one_read is None:
                known = (slow, (), ())
            elif one_read.unpublished:
                known = (slow, (one_read.unpublished,), ())
            else:
                known = (slow, one_read.story[2:], one_read.cuts)
            if slow <= budget:
                _remember(key, known, end - start)
                if start in whole:
                    size = offsets[2 * n + 1] - offsets[2 * n] if doc.exact else None
                    met[start] = one = _Whole(text[start:end], seal, key, size)
                    _whole.setdefault(prefixes, {})[text[start : start + _START]] = one
        if known[0] > budget:  # whether it was read before or not: what comes out must not depend on it
            found.append(((), ()))
        else:
            budget -= known[0]
            found.append(known[1:])
    cuts = [start + at for (start, _), (_, own) in zip(entries, found, strict=True) for cut in own for at in cut[:2]]
    cut_bytes = iter(doc.byte_offsets(cuts) if cuts else [])
    for n, ((start, end), (facts, own)) in enumerate(zip(entries, found, strict=True)):
        byte_start, byte_end = offsets[2 * n], offsets[2 * n + 1]
        span(at, byte_start, "space" if n and text[at_char:start].isspace() else "markup")
        if len(facts) == 1:
            rejects.append(DeadSpan(byte_start, byte_end, Reason.NOT_A_FEED.value, str(facts[0])))
            span(byte_start, byte_end, "dead")
        elif facts:
            at = byte_start
            for _, _, words in own:
                cut_start, cut_end = next(cut_bytes), next(cut_bytes)
                removed.append(RemovedText(cut_start, cut_end, "boilerplate", words, len(stories)))
                span(at, cut_start, "story")
                span(cut_start, cut_end, "boilerplate")
                at = cut_end
            stories.append(new(Story, (byte_start, byte_end, *facts)))
            span(at, byte_end, "story")
        else:
            rejects.append(
                DeadSpan(byte_start, byte_end, Reason.MALFORMED.value, f"{end - start} characters that are no entry")
            )
            span(byte_start, byte_end, "dead")
        at, at_char = byte_end, end
    last, _ = _read_cut(text[cut:], context, budget) if cut is not None else (None, 0)
    if last:
        span(at, offsets[-1], "markup")
        at = len(doc.data)
        stories.append(last.story._replace(byte_start=offsets[-1], byte_end=at))
        span(offsets[-1], at, "story")
    elif cut is not None:
        span(at, offsets[-1], "markup")
        at = len(doc.data)
        rejects.append(
            DeadSpan(offsets[-1], at, Reason.TRUNCATED.value, f"the file ends inside entry {len(entries) + 1}")
        )
        span(offsets[-1], at, "dead")
    elif len(entries) == MOST_ENTRIES:
        rejects.append(DeadSpan(at, len(doc.data), Reason.TOO_LARGE.value, f"more than {MOST_ENTRIES} entries"))
        span(at, len(doc.data), "dead")
        at = len(doc.data)
    span(at, len(doc.data), "markup")
    _link(text, entries, met)
    return Split(
        format=name,
        encoding=doc.encoding,
        replaced_chars=doc.replaced_chars,
        stories=tuple(_with_trust(stories)),
        spans=tuple(spans),
        removed=tuple(removed),
        rejects=tuple(rejects),
        source_name=context.source_name,
        feed_url=context.source_url,
    )


def _why_empty(root: Any | None) -> str | None:
    """Return what speaks against a feed without entries being just that; None if nothing does."""
    if root is None:
        return "it is not well-formed XML"
    names = (element.tag for element in root.iter() if isinstance(element.tag, str))
    hidden = next((tag for tag in names if tag.rpartition("}")[2].lower() in ("item", "entry")), None)
    return f"its entries are {hidden[:100]}, which is no feed's" if hidden else None


def _link(text: str, entries: list[tuple[int, int]], met: dict[int, _Whole]) -> None:
    """Remember which entry came after which."""
    for (start, end), (next_start, _) in itertools.pairwise(entries):
        one, after = met.get(start), met.get(next_start)
        if one and after and (one.then is None or one.then[1] is not after):
            between = text[end:next_start]
            if "<!" not in between:  # a comment may end elsewhere the next time
                one.then = (between, after)


_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>\s*", re.I)


def _rest(text: str, entries: list[tuple[int, int]], cut: int | None) -> str:
    """Return the feed without its entries, its XML declaration and its DOCTYPE, none of whose entities count."""
    parts, at = [], 0
    for start, end in entries:
        parts.append(text[at:start])
        at = end
    parts.append(text[at : len(text) if cut is None else cut])
    rest = "".join(parts)
    rest = rest[found.end() :] if (found := _XML_DECLARATION.match(rest)) else rest
    start = max(rest.find("<!DOCTYPE"), rest.find("<!doctype"))
    if start >= 0 and (doctype := _DOCTYPE.match(rest, start)):
        rest = rest[:start] + rest[doctype.end() :]
    return rest


_COUNTER = re.compile(r"(\D*)(\d{1,4})(\D*)")


def _with_trust(stories: list[Story]) -> list[Story]:
    """Take the trust from guids that tell nothing apart: repeated in the snapshot, or the entry's number in it."""
    seen: dict[str, int] = {}
    for story in stories:
        if story.guid is not None:
            seen[story.guid] = seen.get(story.guid, 0) + 1
    if len(seen) == len(stories) and not _numbered(stories):
        return stories
    counted = _numbered(stories)
    return [
        story._replace(guid_trusted=False) if story.guid is not None and (counted or seen[story.guid] > 1) else story
        for story in stories
    ]


def _numbered(stories: list[Story]) -> bool:
    """Return the guids are 0, 1, 2, ... or 1, 2, 3, ..., up or down, maybe with the same words around them."""
    first = _COUNTER.fullmatch(stories[0].guid or "") if stories else None
    if not first or "://" in first.string or int(first[2]) not in (0, 1, len(stories), len(stories) - 1):
        return False
    found = [_COUNTER.fullmatch(story.guid or "") for story in stories]
    if any(f is None or (f[1], f[3]) != (first[1], first[3]) for f in found):
        return False
    numbers = [int(f[2]) for f in found if f]
    up = list(range(numbers[0], numbers[0] + len(numbers)))
    down = list(range(numbers[0], numbers[0] - len(numbers), -1))
    return (numbers == up and numbers[0] in (0, 1)) or (numbers == down and numbers[-1] in (0, 1))
