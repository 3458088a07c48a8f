"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 (and CDF): snapshots of feeds to stories.

    text ──slice──▶ entries ──▶ seen before? ──▶ Story
                       │             └─ no ─▶ well formed? lxml ─┬─▶ fields ─▶ Story
                       │                       damaged? feedparser ┘
                       └─ what is left ─▶ the feed's own title, link, language, namespaces: the context of its entries

Entries are cut out before anything is parsed, so damage in one cannot reach another, each knows its bytes, and one whose bytes and
context were read before need not be parsed again. What an element means is feedparser's reading, a few exceptions apart, which are
in `_Loose`; `tests/formats/test_feed.py` and `tests/eval/feed_suite.py` hold both readers to the same fields.

Which text is which. Beside a content (`content:encoded`, Atom `content`), the description is the `summary` and the content the
`body`: form `full`. A description alone is the `body` (`full`) if it has 800 characters or more and is not cut off; else it is the
`summary` (`teaser`). With neither, `headline`.
"""

import base64
import binascii
import functools
import hashlib
import html
import re
from typing import NamedTuple

from transforms.failures import Reason, Rejected
from transforms.formats import Settings
from transforms.rows import Media, Reject, Span, Split, Story
from transforms.text.dates import read_date
from transforms.text.decode import Document, repair_text
from transforms.text.html import plain_to_text, read_html, resolve
from transforms.text.spans import tile
from transforms.text.urls import canonical_url

_FULL = 800  # characters: a teaser has at most 500 in FreshRSS, 55 words in WordPress, 55 to 600 characters elsewhere
_CUT_OFF = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|\[&hellip;\]|(?:read|continue|see)\s+(?:more|reading)\W*)\s*$", re.I
)
_LARGEST_DAMAGED = 1 << 20  # characters of a damaged entry that are worth the slow reader
_CACHE_CHARS = 1 << 26  # of the entries that are remembered

# 1. Slicing

_MARKUP = re.compile(r"<(?:(!--)|(!\[CDATA\[)|(/?)((?:[\w.-]+:)?(?:item|entry))(?=[\s/>]))", re.I)
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|rdf|feed|channel)(?=[\s/>])[^>]*>", re.I)
_CHANNEL = re.compile(r"<(?:[\w.-]+:)?channel(?=[\s/>])[^>]*>", re.I)
_XMLNS = re.compile(r"""\bxmlns(?::([\w.-]+))?\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.I | re.S)
_CONTAINER = re.compile(r"<(/?)((?:[\w.-]+:)?(?:content|description|summary))(?=[\s/>])[^>]*?(/?)>", re.I)
_FEED_END = re.compile(r"</(?:[\w.-]+:)?(?:channel|rss|rdf|feed)\s*>", re.I)


class _Slices(NamedTuple):
    entries: list[tuple[int, int]]
    cut: int | None  # where an entry starts that is not all there


def _slice(text: str, prefixes: frozenset[str]) -> _Slices:
    """Finds the entries: elements named item or entry, of a namespace of feeds."""
    entries: list[tuple[int, int]] = []
    start, name, depth, at = -1, "", 0, 0
    no_end = set()  # of comments or CDATA sections: looked for once
    while found := _MARKUP.search(text, at):
        at = found.end()
        comment, cdata, closing, tag = found.groups()
        if comment or cdata:
            mark = "-->" if comment else "]]>"
            end = -1 if mark in no_end else text.find(mark, at)
            if end < 0:
                no_end.add(mark)
            else:
                at = end + 3
            continue
        prefix, _, local = tag.rpartition(":")
        if prefix not in prefixes or (start >= 0 and local.lower() != name):
            continue
        end = text.find(">", at) + 1
        if end == 0:
            break
        at = end
        if closing:
            if start >= 0:
                depth -= 1
                if depth == 0:
                    entries.append((start, end))
                    start = -1
        elif text[end - 2] == "/":
            if start < 0:
                entries.append((found.start(), end))
        elif start >= 0 and _within_content(text, start, found.start()):
            depth += 1
        else:
            if start >= 0:  # the one before was never closed
                entries.append((start, found.start()))
            start, name, depth = found.start(), local.lower(), 1
    if start >= 0 and (end_of_feed := _FEED_END.search(text, start)):
        entries.append((start, end_of_feed.start()))
        start = -1
    return _Slices(entries, start if start >= 0 else None)


def _within_content(text: str, start: int, end: int) -> bool:
    depth = 0
    for closing, _, empty in _CONTAINER.findall(text, start, end):
        depth += -1 if closing else 0 if empty else 1
    return depth > 0


# 2. Names of elements: "prefix:local" in feedparser's spelling of the known namespaces

_PLAIN = frozenset(
    (
        "http://backend.userland.com/rss",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://example.com/newformat#",
        "http://example.com/necho",
        "http://purl.org/echo/",
        "uri/of/echo/namespace#",
        "http://purl.org/pie/",
        "http://purl.org/atom/ns#",
        "http://www.w3.org/2005/atom",
        "http://purl.org/rss/1.0/modules/rss091#",
    )
)
_PREFIXES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/xml/1998/namespace": "xml",
}


def _prefix(uri: str, given: str) -> str:
    uri = uri.strip().lower()
    if uri in _PLAIN or "backend.userland.com/rss" in uri:
        return ""
    return _PREFIXES.get(uri, given.lower())


@functools.lru_cache(maxsize=4096)
def _name(tag: str, given: str | None) -> str:
    """The name of an lxml element."""
    if tag[0] != "{":
        return tag.lower()
    uri, _, local = tag[1:].partition("}")
    prefix = _prefix(uri, given or "")
    return f"{prefix}:{local.lower()}" if prefix else local.lower()


# 3. What an entry says, before it is made clean


class _Text(NamedTuple):
    value: str
    type: str  # text/plain | text/html | application/xhtml+xml
    stated: bool  # the feed says so; else it is the default of the element
    base: str
    lang: str | None


class _Fields:
    """The fields of an entry or a feed, as feedparser names them; filled in document order."""

    __slots__ = (  # thousands are made a second
        *(
            "title",
            "title_depth",
            "summary",
            "summary_depth",
            "contents",
            "fallback",
            "media_title",
            "link",
            "link_base",
            "original",
        ),
        *(
            "id",
            "id_is_link",
            "people",
            "tags",
            "published",
            "updated",
            "created",
            "lang",
            "spoken",
            "base",
            "enclosures",
            "shown",
        ),
        "depths",
    )

    def __init__(self, base: str, lang: str | None) -> None:
        self.title: _Text | None = None
        self.title_depth = -1
        self.summary: _Text | None = None
        self.summary_depth = 99
        self.contents: list[_Text] = []
        self.fallback: _Text | None = None  # descriptions of itunes, dc, media: the text if there is no other
        self.media_title: _Text | None = None
        self.link: str | None = None
        self.link_base = base
        self.original: str | None = None  # where the link leads to, if the feed counts its readers
        self.id: str | None = None
        self.id_is_link = False
        self.people: list[list[str | None]] = []  # [name, e-mail address]
        self.tags: list[str] = []
        self.published: str | None = None
        self.updated: str | None = None
        self.created: str | None = None
        self.lang = lang
        self.spoken: str | None = None  # stated in an element
        self.base = base
        self.enclosures: list[tuple[str, str | None]] = []
        self.shown: list[list[str | None]] = []  # media of Media RSS and iTunes: [url, type, caption, credit]
        self.depths: dict[str, int] = {}

    def set(self, key: str, value: str, depth: int) -> None:
        """Of several values the last one counts, but never one nested deeper."""
        if depth <= self.depths.get(key, 99):
            self.depths[key] = depth
            setattr(self, key, value)

    def person(self, text: str) -> None:
        self.people.append(list(_person(text)))

    def tag(self, term: str | None) -> None:
        if term and (term := term.strip()) and term not in self.tags:
            self.tags.append(term)


_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:\[[\d.]+\]|(?:[\w-]{1,63}\.)+[\w-]{1,63})(?:\?subject=\S+)?")


def _person(text: str) -> tuple[str | None, str | None]:
    """Name and e-mail address: "me@x.org (Me)", "Me <me@x.org>", "Me".

    >>> _person("me@x.org (My Name)"), _person("My Name <me@x.org>"), _person("[My Name]")
    (('My Name', 'me@x.org'), ('My Name', 'me@x.org'), ('My Name', None))
    """
    text = text[:500].strip()
    email = None
    if "@" in text and (found := _EMAIL.search(text)):
        email = found.group()
        text = text.replace(email, "").replace("()", "").replace("<>", "").replace("&lt;&gt;", "").strip()
        text = text.removeprefix("mailto:").strip()
        text = text[1:] if text[:1] == "(" else text
        text = text[:-1] if text[-1:] == ")" else text
        email = email.partition("?subject=")[0]
    if text[:1] == "[" and text[-1:] == "]":
        text = text[1:-1]
    return text.strip() or None, email


_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "html": "text/html",
    "xhtml": "application/xhtml+xml",
    "": "text/plain",
}


def _is_base64(mode: str | None, kind: str) -> bool:
    return mode == "base64" or not (kind.startswith("text/") or kind.endswith(("+xml", "/xml")))


def _from_base64(value: str) -> str | None:
    try:
        return base64.b64decode(value.encode("ascii"), validate=False).decode("utf-8")
    except (UnicodeError, binascii.Error):
        return None


# 3a. Well-formed entries: the tree of lxml

_IS_TITLE = frozenset(("title", "dc:title"))
_IS_PERSON = frozenset(("author", "managingeditor", "dc:author", "dc:creator", "itunes:author"))
_FALLBACKS = {"dc:description": "text/html", "itunes:summary": "text/plain", "media:description": "text/plain"}
_DATES = {
    **dict.fromkeys(("published", "issued", "pubdate", "dcterms:issued"), "published"),
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"), "updated"),
    **dict.fromkeys(("created", "dcterms:created"), "created"),
}
_CONTENTS = {
    "content": "text/plain",
    "content:encoded": "text/html",
    "fullitem": "text/html",
    "body": "application/xhtml+xml",
    "xhtml:body": "application/xhtml+xml",
}
_IS_TAG = frozenset(("category", "dc:subject", "keywords", "itunes:category", "media:category"))
_TAG_LISTS = frozenset(("itunes:keywords", "media:keywords", "tags"))
_SKIPPED = frozenset(
    ("source", "image", "textinput", "contributor", "dc:contributor", "itunes:owner", "item", "entry", "items")
)
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_DEEPEST = 40  # of elements that mean nothing to feeds


@functools.cache
def _xml():  # type: ignore[no-untyped-def]
    from lxml import etree

    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False}
    parser = etree.XMLParser(**options, remove_comments=True, remove_pis=True, huge_tree=True, encoding="utf-8")
    return etree, parser


def _tree(xml: str):  # type: ignore[no-untyped-def]
    """The root element, or None if `xml` is damaged."""
    etree, parser = _xml()
    try:
        return etree.fromstring(xml.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _read_element(element, base: str, lang: str | None) -> _Fields:  # type: ignore[no-untyped-def]
    attributes = element.attrib
    if attributes:
        base, lang = _scope(attributes, base, lang)
    fields = _Fields(base, lang)
    if attributes:
        if about := attributes.get(_RDF_ABOUT):
            fields.id = about
        fields.link = _any_case(attributes, "href") or None  # CDF
        fields.updated = _any_case(attributes, "lastmod") or None
    _read_children(element, fields, base, lang, 1)
    if fields.link is None and fields.id and fields.id_is_link:
        fields.link = fields.id
    return fields


def _scope(attributes, base: str, lang: str | None) -> tuple[str, str | None]:  # type: ignore[no-untyped-def]
    stated = attributes.get(_XML_BASE) or attributes.get("base")
    if stated:
        base = resolve(stated, base) or base
    stated = attributes.get(_XML_LANG, attributes.get("lang"))
    return base, lang if stated is None else stated or None


def _own_text(element) -> str:  # type: ignore[no-untyped-def]
    text = element.text or ""
    if len(element):
        text += "".join(child.tail or "" for child in element)
    return text.strip()


def _text(element, default: str, base: str, lang: str | None) -> _Text | None:  # type: ignore[no-untyped-def]
    attributes = element.attrib
    stated = attributes.get("type") if attributes else None
    kind = (stated if stated is not None else default).lower()
    kind = _TYPES.get(kind, kind)
    mode = attributes.get("mode") if attributes else None
    if len(element):
        return _Text(_inner(element), "application/xhtml+xml", True, base, lang)
    value = (element.text or "").strip()
    if _is_base64(mode, kind):
        decoded = _from_base64(value)
        if decoded is None:
            return None if stated is not None and mode is None else _Text(value, kind, stated is not None, base, lang)
        value, kind = decoded, kind if kind.startswith("text/") else "text/html"
    if kind == "application/xhtml+xml" or kind.endswith(("+xml", "/xml")):
        value = html.escape(value, quote=False)
    return _Text(value, kind, stated is not None, base, lang)


_NAMES_WITH_PREFIX = re.compile(r"(</?)[\w.-]+:(?=[a-zA-Z])")
_EMPTY_ELEMENT = re.compile(r"<((?!br\b|hr\b|img\b)[a-zA-Z][\w.-]*)((?:\s[^<>]*)?)/>")


def _inner(element) -> str:  # type: ignore[no-untyped-def]
    etree, _ = _xml()
    parts = [html.escape(element.text or "", quote=False)]
    parts += [etree.tostring(child, encoding="unicode") for child in element]
    inner = _NAMES_WITH_PREFIX.sub(r"\1", "".join(parts))
    return _EMPTY_ELEMENT.sub(r"<\1\2></\1>", inner)  # in HTML, <p/> and <script/> open an element


def _read_children(parent, fields: _Fields, base: str, lang: str | None, depth: int) -> None:  # type: ignore[no-untyped-def]
    for element in parent:
        tag = element.tag
        if not isinstance(tag, str):  # an entity that is not resolved
            continue
        name = _name(tag, element.prefix)
        own_base, own_lang = _scope(element.attrib, base, lang) if element.attrib else (base, lang)
        if name in _IS_TITLE:
            if (
                not -1 < fields.title_depth <= depth
                and (text := _text(element, "text/plain", own_base, own_lang))
                and text.value
            ):
                fields.title, fields.title_depth = text, depth
        elif name == "link":
            _read_link(element, fields, own_base)
        elif name in _DATES:
            fields.set(_DATES[name], _own_text(element), depth)
        elif name in ("guid", "id"):
            fields.id_is_link = (_any_case(element.attrib, "ispermalink") or "true") == "true"
            fields.set("id", _own_text(element), depth)
        elif name in ("description", "abstract"):
            _read_summary(
                element, "text/plain" if name == "abstract" else "text/html", fields, own_base, own_lang, depth
            )
        elif name == "summary":
            _read_summary(element, "text/plain", fields, own_base, own_lang, depth)
        elif name in _CONTENTS:
            if text := _text(element, _CONTENTS[name], own_base, own_lang):
                fields.contents.append(text)
        elif name in _IS_PERSON:
            _read_person(element, fields)
        elif name in _IS_TAG:
            _read_tag(element, fields)
        elif name in _TAG_LISTS:
            for term in _own_text(element).split(","):
                fields.tag(term)
        elif name == "enclosure":
            url = element.get("url") or element.get("uri") or element.get("href")
            if url:
                fields.enclosures.append((url, element.get("type")))
        elif name in ("language", "dc:language"):
            if language := _own_text(element):
                fields.spoken = lang = language
        elif name == "feedburner:origlink" or name.endswith(":origlink"):
            fields.original = _own_text(element) or None
        elif name in _FALLBACKS:
            text = _text(element, _FALLBACKS[name], own_base, own_lang)
            if text and text.value:
                fields.fallback = fields.fallback or text
                if name == "media:description" and fields.shown and not fields.shown[-1][2]:
                    fields.shown[-1][2] = text.value
        elif name == "media:title":
            if text := _text(element, "text/plain", own_base, own_lang):
                fields.media_title = fields.media_title or text
        elif name == "media:credit":
            if fields.shown and not fields.shown[-1][3]:
                fields.shown[-1][3] = _own_text(element) or None
        elif name in ("media:content", "media:thumbnail", "itunes:image"):
            url = (
                element.get("url") or element.get("href") or (_own_text(element) if name == "media:thumbnail" else None)
            )
            if url:
                fields.shown.append([url, element.get("type"), None, None])
            _read_children(element, fields, own_base, own_lang, depth + 1)
        elif name in _SKIPPED:
            continue
        elif len(element) and depth < _DEEPEST:
            _read_children(element, fields, own_base, own_lang, depth + 1)


def _any_case(attributes, name: str) -> str | None:  # type: ignore[no-untyped-def]
    return next((value for key, value in attributes.items() if key.lower() == name), None)


def _read_link(element, fields: _Fields, base: str) -> None:  # type: ignore[no-untyped-def]
    url = element.get("url") or element.get("uri") or element.get("href")
    if url:
        rel = (element.get("rel") or "alternate").lower()
        kind = (element.get("type") or "text/html").lower()
        if rel == "alternate" and _TYPES.get(kind, kind) in ("text/html", "application/xhtml+xml"):
            fields.link, fields.link_base = url, base
        elif rel == "enclosure":
            fields.enclosures.append((url, element.get("type")))
    elif url is None:
        fields.link, fields.link_base = _own_text(element), base
        if (element.get("rel") or "").lower() == "enclosure":
            fields.enclosures.append((fields.link, element.get("type")))


def _read_summary(element, default: str, fields: _Fields, base: str, lang: str | None, depth: int) -> None:  # type: ignore[no-untyped-def]
    text = _text(element, default, base, lang)
    if text is None:
        return
    if fields.summary is not None and not fields.contents:
        fields.contents.append(text)
    elif depth <= fields.summary_depth:
        fields.summary, fields.summary_depth = text, depth


def _read_person(element, fields: _Fields) -> None:  # type: ignore[no-untyped-def]
    parts = {_name(child.tag, child.prefix): _own_text(child) for child in element if isinstance(child.tag, str)}
    name, email = parts.get("name") or parts.get("itunes:name"), parts.get("email") or parts.get("itunes:email")
    if name or email:
        fields.people.append([name or None, email or None])
    else:
        fields.person(_own_text(element))


def _read_tag(element, fields: _Fields) -> None:  # type: ignore[no-untyped-def]
    fields.tag(element.get("term") or _own_text(element) or element.get("text") or element.get("label"))
    for child in element:  # iTunes nests its categories
        if isinstance(child.tag, str) and _name(child.tag, child.prefix) in _IS_TAG:
            _read_tag(child, fields)


# 3b. Damaged entries: feedparser's reader for them, which looks for known tags and nothing else


@functools.cache
def _feedparser(kind: str):  # type: ignore[no-untyped-def]
    """feedparser's reader for damaged feeds ("Loose"), or, for tests, that for others ("Strict")."""
    import feedparser.api

    class Reader(getattr(feedparser.api, f"{kind}FeedParser")):  # type: ignore[misc]
        """feedparser's own, without its network, clean-up and dates; and with the texts of Media RSS, iTunes and Dublin Core as what
        they are: captions, or a text where there is no other."""

        resolve_relative_uris = False
        sanitize_html = False

        def resolve_uri(self, uri):  # type: ignore[no-untyped-def]
            return uri

        def _sync_author_detail(self, key="author"):  # type: ignore[no-untyped-def]
            context = self._get_context()
            detail = context.get(f"{key}s", [{}])[-1]
            if not detail and context.get(key):
                detail["name"], detail["email"] = _person(context[key])

        def _start_item(self, attrs_d):  # type: ignore[no-untyped-def]
            super()._start_item(attrs_d)
            self.entries[-1].update(base_=self.baseuri, lang_=self.lang, fallbacks_=[], shown_=[])

        _start_entry = _start_item

        def _start_link(self, attrs_d):  # type: ignore[no-untyped-def]
            context = self._get_context()
            before = context.get("link")
            stated = "type" in attrs_d
            super()._start_link(attrs_d)
            if not stated and attrs_d.get("rel") == "enclosure" and context.get("links"):
                context["links"][-1].pop("type", None)
            if "href" not in attrs_d or context.get("link") != before:
                context["link_base_"] = self.baseuri

        def _end_guid(self):  # type: ignore[no-untyped-def]
            super()._end_guid()
            self._get_context()["id_is_link_"] = bool(self.guidislink)

        _end_id = _end_guid

        def push_content(self, tag, attrs_d, default_content_type, expecting_text):  # type: ignore[no-untyped-def]
            super().push_content(tag, attrs_d, default_content_type, expecting_text)
            self.contentparams["stated_"] = "type" in attrs_d

        def _start_fallback(self, attrs_d, default="text/html"):  # type: ignore[no-untyped-def]
            self.push_content("fallback_", attrs_d, default, 1)

        def _end_fallback(self, caption=False):  # type: ignore[no-untyped-def]
            params = dict(self.contentparams)
            value = self.pop_content("fallback_")
            if value and self.inentry and not self.insource:
                entry = self.entries[-1]
                entry["fallbacks_"].append({**params, "value": value})
                if caption and entry["shown_"] and not entry["shown_"][-1][2]:
                    entry["shown_"][-1][2] = value

        _start_dc_description = _start_fallback
        _end_dc_description = _end_fallback

        def _start_itunes_summary(self, attrs_d):  # type: ignore[no-untyped-def]
            self._start_fallback(attrs_d, "text/plain")

        _end_itunes_summary = _end_fallback
        _start_media_description = _start_itunes_summary

        def _end_media_description(self):  # type: ignore[no-untyped-def]
            self._end_fallback(caption=True)

        def _start_media_title(self, attrs_d):  # type: ignore[no-untyped-def]
            self.push_content("media_title_", attrs_d, "text/plain", 1)

        def _end_media_title(self):  # type: ignore[no-untyped-def]
            self.pop_content("media_title_")

        def _show(self, attrs_d):  # type: ignore[no-untyped-def]
            url = attrs_d.get("url") or attrs_d.get("href")
            if url and self.inentry and not self.insource:
                self.entries[-1]["shown_"].append([url, attrs_d.get("type"), None, None])

        def _start_media_content(self, attrs_d):  # type: ignore[no-untyped-def]
            self._show(attrs_d)

        def _start_media_thumbnail(self, attrs_d):  # type: ignore[no-untyped-def]
            self.push("thumbnail_", 1)
            self._show(attrs_d)

        def _end_media_thumbnail(self):  # type: ignore[no-untyped-def]
            self._show({"url": self.pop("thumbnail_")})

        def _start_itunes_image(self, attrs_d):  # type: ignore[no-untyped-def]
            self.push("itunes_image", 0)
            self._show(attrs_d)

        def _start_media_credit(self, attrs_d):  # type: ignore[no-untyped-def]
            self.push("credit_", 1)

        def _end_media_credit(self):  # type: ignore[no-untyped-def]
            credit = self.pop("credit_")
            if credit and self.inentry and self.entries[-1]["shown_"] and not self.entries[-1]["shown_"][-1][3]:
                self.entries[-1]["shown_"][-1][3] = credit

    return Reader


def _read_loosely(xml: str, base: str, lang: str | None) -> tuple[_Fields | None, _Fields]:
    """The first entry, if there is one, and the feed."""
    reader = _feedparser("Loose")(base, lang, "utf-8", {})
    reader.feed(_NUMBER_REFERENCE.sub(_valid_reference, xml))
    entry = _from_feedparser(reader.entries[0], base, lang) if reader.entries else None
    feed = _from_feedparser(reader.feeddata, base, lang)
    return entry, feed


def _from_feedparser(found, base: str, lang: str | None) -> _Fields:  # type: ignore[no-untyped-def]
    get = functools.partial(dict.get, found)  # without feedparser's aliases
    fields = _Fields(get("base_") or base, get("lang_") or lang)

    def text(key: str) -> _Text | None:
        detail = get(f"{key}_detail")
        return _from_detail(detail) if detail and detail.get("value") else None

    fields.title, fields.summary = text("title"), text("summary")
    fields.contents = [_from_detail(detail) for detail in get("content") or ()]
    fields.fallback = next((_from_detail(detail) for detail in get("fallbacks_") or ()), None)
    fields.media_title = text("media_title_")
    fields.link, fields.link_base = get("link"), get("link_base_") or fields.base
    fields.original = get("feedburner_origlink") or get("pheedo_origlink")
    fields.id, fields.id_is_link = get("id"), bool(get("id")) and get("id_is_link_", False)
    fields.published, fields.updated, fields.created = get("published"), get("updated"), get("created")
    fields.spoken = get("language")
    for author in get("authors") or ():
        if author.get("name") or author.get("email"):
            fields.people.append([author.get("name"), author.get("email")])
    for tag in get("tags") or ():
        fields.tag(tag.get("term") or tag.get("label"))
    for link in get("links") or ():
        if link.get("rel") == "enclosure" and link.get("href"):
            fields.enclosures.append((link["href"], link.get("type")))
    fields.shown = get("shown_") or []
    return fields


def _from_detail(detail) -> _Text:  # type: ignore[no-untyped-def]
    kind = detail.get("type") or "text/plain"
    if _is_base64(None, kind := _TYPES.get(kind, kind)) and re.search(r"[<\s]", detail["value"]):
        kind = "text/html"  # it was decoded
    return _Text(detail["value"], kind, detail.get("stated_", False), detail.get("base") or "", detail.get("language"))


# 3c. Damage that can be undone without a guess: references, and characters XML does not allow

_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|&(?!(?:lt|gt|amp|quot|apos);)(?:([a-zA-Z]\w*);|(#\d{1,9};|#[xX][0-9a-fA-F]{1,8};))?",
    re.S,
)
_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBER_REFERENCE = re.compile(r"&#(?:(\d+)|[xX]([\da-fA-F]+)|)(;?)")


def _valid_reference(match: re.Match[str]) -> str:
    """References to no character would end feedparser's reading."""
    decimal, hexadecimal, _ = match.groups()
    if not (decimal or hexadecimal):
        return "&amp;#"
    digits = (decimal or hexadecimal).lstrip("0")[:8]
    code = int(digits or "0", 10 if decimal else 16)
    if 31 < code < 0xD800 or 0xDFFF < code < 0x110000 or code in (9, 10, 13):
        return match.group()
    return _INVALID.sub(_instead, chr(code)) if code < 32 else "\ufffd"


def _instead(match: re.Match[str]) -> str:
    return " " if match.group() in "\x0b\x0c\x1c\x1d\x1e\x1f" else ""


def _repaired(xml: str) -> str:
    """Named references of HTML become characters, a bare & an ampersand."""

    def reference(match: re.Match[str]) -> str:
        name, number = match.groups()
        if name:
            character = html.unescape(f"&{name};")
            return f"&amp;{name};" if character[0] == "&" else html.escape(character, quote=False)
        if number:
            return html.escape(html.unescape(f"&{number}"), quote=False)
        return match.group() if match.group() != "&" else "&amp;"

    return _INVALID.sub(_instead, _REFERENCE.sub(reference, _NUMBER_REFERENCE.sub(_valid_reference, xml)))


# 4. The context of the entries


class _Context(NamedTuple):
    """All that an entry takes from the feed around it. Entries with equal bytes in equal contexts are equal."""

    wrapper: str  # a start tag with the namespaces
    base: str
    lang: str | None
    atom: bool
    source_name: str | None
    source_url: str | None
    authors: tuple[str, ...]
    zone: str | None
    encoding: str
    url: str | None


def _namespaces(text: str) -> dict[str, str]:
    """What the start tags of the root and the channel declare."""
    found: dict[str, str] = {}
    root = _ROOT.search(text, 0, 1 << 20)
    if root:
        channel = _CHANNEL.search(text, root.end(), root.end() + (1 << 16))
        for tag in (root.group(), channel.group() if channel else ""):
            for prefix, quoted, single in _XMLNS.findall(tag):
                found[prefix] = quoted or single
    return found


def _context(doc: Document, rest: str, namespaces: dict[str, str], name: str, settings: Settings) -> _Context:
    base = doc.url or ""
    root = _tree(rest)
    if root is None:
        root = _tree(_repaired(rest))
    if root is not None:
        own_base, lang = _scope(root.attrib, base, None)
        channel = root
        if _name(root.tag, root.prefix) not in ("feed", "channel"):
            channel = next((c for c in root if isinstance(c.tag, str) and _name(c.tag, c.prefix) == "channel"), root)
        feed = _read_element(channel, own_base, lang)
        own_base = feed.base
    else:
        own_base = base
        _, feed = _read_loosely(rest[:_LARGEST_DAMAGED], base, None)
    declared = "".join(f' xmlns{":" if p else ""}{p}="{uri}"' for p, uri in namespaces.items() if uri)
    site = canonical_url(feed.link or "", own_base) if feed.link else None
    title = _line(feed.title) if feed.title else None
    return _Context(
        wrapper=f"<r{declared}>",
        base=own_base,
        lang=feed.spoken or feed.lang,
        atom=name == "atom",
        source_name=title,
        source_url=site,
        authors=_authors(feed.people) if name == "atom" else (),
        zone=None if settings.timezone == "UTC" else settings.timezone,
        encoding=doc.encoding,
        url=doc.url,
    )


# 5. Fields to stories

_TAGS = frozenset(
    (
        "a abbr acronym address area article aside audio b big blockquote br button canvas caption center cite code col colgroup dd del"
        " details dfn dialog dir div dl dt em fieldset figcaption figure footer font form h1 h2 h3 h4 h5 h6 header hr i img input ins kbd"
        " label legend li link main map mark menu meta nav noscript o ol option p picture pre q s samp script section select small source"
        " span strike strong style sub summary sup svg table tbody td textarea tfoot th thead time title tr track tt u ul var video wbr"
        " iframe object embed html body head"
    ).split()
)
_TAG_NAME = re.compile(r"</?([a-zA-Z][\w:-]*)")
_MARKED_UP = re.compile(r"</\w+\s*>|<(?:br|img|hr|p|div)\b[^<>]*/?>|&(?:#\d+|#[xX][\da-fA-F]+|\w+);")


def _looks_like_html(value: str) -> bool:
    """Plain text, by its type, that is not: it has a reference or a tag, and no tag that HTML does not know (as in feedparser)."""
    return bool(_MARKED_UP.search(value)) and all(tag.lower() in _TAGS for tag in _TAG_NAME.findall(value))


def _clean(text: _Text, media: list[Media] | None = None) -> str:
    value = repair_text(text.value)
    if "<" not in value or (text.type == "text/plain" and (text.stated or not _looks_like_html(value))):
        return plain_to_text(value)
    read = read_html(value, text.base)
    if media is not None:
        media.extend(read.media)
    return read.text


def _line(text: _Text) -> str | None:
    return " ".join(_clean(text).split()) or None


def _authors(people: list[list[str | None]]) -> tuple[str, ...]:
    names = (" ".join(plain_to_text(repair_text(name or email or "")).split()) for name, email in people)
    return tuple(dict.fromkeys(name for name in names if name))


_TEXT_TYPES = ("text/", "application/xhtml+xml", "application/xml", "html")


def _story(fields: _Fields, context: _Context) -> Story:
    media: list[Media] = []
    bodies = [t for c in fields.contents if c.type.startswith(_TEXT_TYPES) and (t := _clean(c, media))]
    body = max(bodies, key=len, default=None)
    short = (_clean(fields.summary, media) or None) if fields.summary else None
    if short is None and body is None and fields.fallback:
        short = _clean(fields.fallback, media) or None
    if body is None and short and len(short) >= _FULL and not _CUT_OFF.search(short[-40:]):
        body, short = short, None
    elif short == body:
        short = None
    title = _line(fields.title) if fields.title else None
    if title is None and fields.media_title:
        title = _line(fields.media_title)
    raw = (fields.link or "").strip() or (fields.id if fields.id_is_link and _is_url(fields.id) else None) or None
    raw = raw.replace("&amp;", "&") if raw else None
    base = fields.link_base or context.source_url or ""
    url = canonical_url(fields.original.strip(), base) if fields.original else None
    url = url or (canonical_url(raw, base) if raw and (raw != fields.id or _is_url(raw) or raw[0] == "/") else None)
    guid = (fields.id or "").strip() or None
    if guid and guid[0] == "/" and fields.id_is_link:
        guid = resolve(guid, base)
    published_raw = next((d for d in (fields.published, fields.created, fields.updated) if d and d.strip()), None)
    published = read_date(published_raw, zone=context.zone) if published_raw else None
    updated = read_date(fields.updated, zone=context.zone) if fields.updated else None
    text = next((t for t in (*fields.contents, fields.summary, fields.title) if t), None)
    lang = fields.spoken or (text.lang if text else fields.lang)
    return Story(
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
        media=_media(fields, media),
        source_name=context.source_name,
        source_url=context.source_url,
        url=url,
        url_raw=raw,
        guid=guid,
        guid_trusted=guid is not None,
        published_at=published.at if published else None,
        published_raw=published_raw.strip() if published_raw else None,
        published_precision=published.precision if published else None,
        published_zone=published.zone if published else None,
        updated_at=updated.at if updated else None,
        lang_declared=_language(lang),
    )


def _is_url(text: str | None) -> bool:
    return text is not None and re.match(r"\s*https?://", text, re.I) is not None


def _language(declared: str | None) -> str | None:
    declared = (declared or "").strip().replace("_", "-")
    return declared if 2 <= len(declared) <= 35 else None


def _media(fields: _Fields, shown: list[Media]) -> tuple[Media, ...]:
    found: dict[str, Media] = {}
    base = fields.link_base
    for url, kind in fields.enclosures:
        if url and (absolute := resolve(url, base)):
            found.setdefault(absolute, Media(absolute, kind or None))
    for url_, kind_, caption, credit in fields.shown:
        if absolute := resolve(url_ or "", base):
            text = " ".join(_clean(_Text(caption, "text/plain", False, base, None)).split()) if caption else None
            found.setdefault(absolute, Media(absolute, kind_ or None, None, text or None, credit))
    for item in shown:
        if item.url:
            found.setdefault(item.url, item)
    return tuple(found.values())


# 6. Remembering

_remembered: dict[bytes, Story] = {}
_remembered_chars = 0


def _forget() -> None:
    """Empties the memory of entries; what is read does not depend on it."""
    global _remembered_chars
    _remembered.clear()
    _remembered_chars = 0


def _remember(key: bytes, story: Story, size: int) -> None:
    global _remembered_chars
    if _remembered_chars + size > _CACHE_CHARS:
        _forget()
    _remembered[key] = story
    _remembered_chars += size


def _read_entry(xml: str, context: _Context) -> Story | None:
    """The story in the text of an element; None if nothing can be read."""
    wrapped = f"{context.wrapper}{xml}</r>"
    root = _tree(wrapped)
    if root is None:
        root = _tree(_repaired(wrapped))
    if root is not None and len(root):
        return _story(_read_element(root[0], context.base, context.lang), context)
    if len(xml) > _LARGEST_DAMAGED:
        return None
    entry, _ = _read_loosely(f"<rss>{context.wrapper.replace('<r', '<channel', 1)}{xml}", context.base, context.lang)
    return _story(entry, context) if entry else None


# 7. The whole snapshot


def split_feed(doc: Document, name: str, settings: Settings) -> Split:
    """Returns the stories of a feed; `name` is rss, atom or rdf.

    A feed without entries is a snapshot like any other: no stories, and no refusal. An entry that the end of the file cuts off is
    a reject (TRUNCATED), one that no reader makes sense of too (MALFORMED); their bytes are dead.

    Raises:
        Rejected: MALFORMED, if there is neither a feed nor an entry in it.

    >>> from transforms.rows import Snapshot
    >>> from transforms.text.decode import decode
    >>> data = b"<rss><channel><title>T</title><item><title>Rain</title><description>Wet.</description></item><item><ti"
    >>> split = split_feed(decode(Snapshot("a", data)), "rss", Settings())
    >>> [(s.title, s.summary, s.form) for s in split.stories], [(r.start, r.reason) for r in split.rejects]
    ([('Rain', 'Wet.', 'teaser')], [(93, 'truncated')])
    """
    text = doc.text
    namespaces = _namespaces(text)
    prefixes = frozenset({"", *(p for p, uri in namespaces.items() if _prefix(uri, p) == "")})
    entries, cut = _slice(text, prefixes)
    if not entries and cut is None and not _ROOT.search(text):
        raise Rejected(Reason.MALFORMED, "no element of a feed in it")
    context = _context(doc, _rest(text, entries, cut), namespaces, name, settings)
    ends = [at for entry in entries for at in entry]
    offsets = doc.byte_offsets([*ends, cut if cut is not None else len(text)])
    seal = hashlib.blake2b(repr(context).encode("utf-8", "backslashreplace"), digest_size=32).digest()

    stories: list[Story] = []
    spans: list[Span] = []
    rejects: list[Reject] = []
    at_char = at_byte = 0
    for n, (start, end) in enumerate(entries):
        byte_start, byte_end = offsets[2 * n], offsets[2 * n + 1]
        key = hashlib.blake2b(doc.data[byte_start:byte_end], digest_size=16, key=seal).digest()
        story = _remembered.get(key)
        if story is None:
            story = _read_entry(text[start:end], context)
            if story is not None:
                _remember(key, story, end - start)
        if n and text[at_char:start].isspace():
            spans.append(Span(at_byte, byte_start, "space"))
        if story is None:
            rejects.append(
                Reject(byte_start, byte_end, Reason.MALFORMED.value, f"{end - start} characters that are no entry")
            )
            spans.append(Span(byte_start, byte_end, "dead"))
        else:
            stories.append(Story(byte_start, byte_end, *story[2:]))
            spans.append(Span(byte_start, byte_end, "story"))
        at_char, at_byte = end, byte_end
    if cut is not None:
        detail = f"entry {len(entries) + 1} is cut off by the end of the file"
        rejects.append(Reject(offsets[-1], len(doc.data), Reason.TRUNCATED.value, detail))
        spans.append(Span(offsets[-1], len(doc.data), "dead"))
    return Split(
        format=name,
        encoding=doc.encoding,
        replaced_chars=doc.replaced_chars,
        stories=tuple(_with_trust(stories)),
        spans=tile(len(doc.data), spans, "markup"),
        rejects=tuple(rejects),
        source_name=context.source_name,
    )


_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>\s*", re.I)


def _rest(text: str, entries: list[tuple[int, int]], cut: int | None) -> str:
    """The feed without its entries, its XML declaration and its DOCTYPE, none of whose entities count."""
    parts, at = [], 0
    for start, end in entries:
        parts.append(text[at:start])
        at = end
    parts.append(text[at : len(text) if cut is None else cut])
    rest = "".join(parts)
    rest = rest[found.end() :] if (found := _XML_DECLARATION.match(rest)) else rest
    return _DOCTYPE.sub("", rest, count=1) if "<!DOCTYPE" in rest or "<!doctype" in rest else rest


_COUNTER = re.compile(r"(\D*)(\d{1,4})(\D*)")


def _with_trust(stories: list[Story]) -> list[Story]:
    """Takes the trust from guids that tell nothing apart: repeated in the snapshot, or the entry's number in it."""
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
    """The guids are 0, 1, 2, ... or 1, 2, 3, ..., up or down, maybe with the same words around them."""
    first = _COUNTER.fullmatch(stories[0].guid or "") if stories else None
    if not first or int(first[2]) not in (0, 1, len(stories), len(stories) - 1):
        return False
    found = [_COUNTER.fullmatch(story.guid or "") for story in stories]
    if any(f is None or (f[1], f[3]) != (first[1], first[3]) for f in found):
        return False
    numbers = [int(f[2]) for f in found if f]
    up = list(range(numbers[0], numbers[0] + len(numbers)))
    down = list(range(numbers[0], numbers[0] - len(numbers), -1))
    return (numbers == up and numbers[0] in (0, 1)) or (numbers == down and numbers[-1] in (0, 1))
