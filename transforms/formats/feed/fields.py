"""What the elements of an entry mean: well-formed XML to fields, with lxml. feedparser's reading, for all it is worth
keeping.

Where two elements of an entry say the same, the rules are feedparser's: the first title, the last of the others, and
none that is nested deeper than another; a second description is the content.
"""

import base64
import binascii
import functools
import html
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from feedmill.transforms.text.html import resolve

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


MODULES = frozenset(_PREFIXES.values())  # prefixes that mean the same wherever they are met


def known_prefix(uri: str, given: str) -> str:
    uri = uri.strip().lower()
    if uri in _PLAIN or "backend.userland.com/rss" in uri:
        return ""
    return _PREFIXES.get(uri, given.lower())


@functools.lru_cache(maxsize=1024)
def _known_name(tag: str) -> str | None:
    """The name of an element, if its namespace is none or a known one."""
    if tag[0] != "{":
        return tag.lower()
    uri, _, local = tag[1:].partition("}")
    prefix = known_prefix(uri, "?")
    return None if prefix == "?" else f"{prefix}:{local.lower()}" if prefix else local.lower()


def element_name(element: Any) -> str:
    """The name of an lxml element in lower case, with the usual prefix of its namespace, or else with its own."""
    tag = element.tag
    name = _known_name(tag)
    if name is None:
        local = tag.rpartition("}")[2].lower()
        name = f"{element.prefix.lower()}:{local}" if element.prefix else local
    return name


class Text(NamedTuple):
    value: str
    type: str  # text/plain | text/html | application/xhtml+xml
    stated: bool  # the feed says so; else it is the default of the element
    base: str
    lang: str | None


class Fields:
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
        self.title: Text | None = None
        self.title_depth = -1
        self.summary: Text | None = None
        self.summary_depth = 99
        self.contents: list[Text] = []
        self.fallback: Text | None = None  # descriptions of itunes, dc, media: the text if there is no other
        self.media_title: Text | None = None
        self.link: str | None = None
        self.link_base = base
        self.original: str | None = None  # where the link leads to, if the feed counts its readers
        self.id: str | None = None
        self.id_is_link = False
        self.people: list[list[str | None]] = []  # [name, e-mail address]
        self.tags: dict[str, None] = {}  # in order
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
        self.people.append(list(read_person(text)))

    def tag(self, term: str | None) -> None:
        if term and (term := term.strip()):
            self.tags[term] = None


_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:\[[\d.]+\]|(?:[\w-]{1,63}\.)+[\w-]{1,63})(?:\?subject=\S+)?")


def read_person(text: str) -> tuple[str | None, str | None]:
    """Name and e-mail address: "me@x.org (Me)", "Me <me@x.org>", "Me".

    >>> read_person("me@x.org (My Name)"), read_person("My Name <me@x.org>"), read_person("[My Name]")
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


TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "html": "text/html",
    "xhtml": "application/xhtml+xml",
    "": "text/plain",
}


def is_base64(mode: str | None, kind: str) -> bool:
    return mode == "base64" or not (kind.startswith("text/") or kind.endswith(("+xml", "/xml")))


def _from_base64(value: str) -> str | None:
    try:
        return base64.b64decode(value.encode("ascii"), validate=False).decode("utf-8")
    except (UnicodeError, binascii.Error):
        return None


# Reading the tree of lxml

_DATES = {
    **dict.fromkeys(("published", "issued", "pubdate", "dcterms:issued"), "published"),
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"), "updated"),
    **dict.fromkeys(("created", "dcterms:created"), "created"),
}
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_LONGEST_BASE = 2000  # characters; every address of every entry is put behind it
_DEEPEST = 40  # of elements that mean nothing to feeds

_Attributes = Mapping[str, str]
_NONE: _Attributes = {}


@functools.cache
def _lxml() -> tuple[Any, Any]:
    from lxml import etree

    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False}
    parser = etree.XMLParser(**options, remove_comments=True, remove_pis=True, huge_tree=True, encoding="utf-8")
    return etree, parser


_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{2000,}")
_LONG_TAG_BUT_IN_CDATA = re.compile(rf"<!\[CDATA\[(?:.*?\]\]>|.*)|{_LONG_TAG.pattern}", re.S)
_MOST_ATTRIBUTES = 200  # lxml takes time by the square of their number


def too_many_attributes(xml: str) -> bool:
    """There is a tag that can only be there to stop its readers."""
    return _LONG_TAG.search(xml) is not None and any(
        tag[1] != "!" and tag.count("=") > _MOST_ATTRIBUTES for tag in _LONG_TAG_BUT_IN_CDATA.findall(xml)
    )


def parse(xml: str) -> Any | None:
    """Returns the root element, or None if `xml` is damaged. Nothing is expanded or fetched."""
    etree, parser = _lxml()
    try:
        return etree.fromstring(xml.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def read_fields(element: Any, base: str, lang: str | None) -> Fields:
    """Returns the fields of an entry or of a feed, `base` and `lang` being those around it."""
    items = element.items()
    if not items:
        fields = Fields(base, lang)
    else:
        attributes = dict(items)
        base, lang = scope(attributes, base, lang)
        fields = Fields(base, lang)
        fields.id = attributes.get(_RDF_ABOUT) or None
        fields.link = _any_case(attributes, "href") or None  # CDF
        fields.updated = _any_case(attributes, "lastmod") or None
    _read_children(element, fields, base, lang, 1)
    return fields


def scope(attributes: _Attributes, base: str, lang: str | None) -> tuple[str, str | None]:
    """Returns base and language inside an element with such attributes."""
    stated = attributes.get(_XML_BASE) or attributes.get("base")
    if stated and len(stated) <= _LONGEST_BASE:
        base = resolve(stated, base) or base
    stated = attributes.get(_XML_LANG, attributes.get("lang"))
    return base, lang if stated is None else stated or None


def _read_children(parent: Any, fields: Fields, base: str, lang: str | None, depth: int) -> None:
    for element in parent:
        tag = element.tag
        if not isinstance(tag, str):  # a reference to an entity, which stays unresolved
            continue
        name = _known_name(tag) or element_name(element)
        read = _READERS.get(name)
        if read is None:
            if name.endswith(":origlink"):
                read = _read_original
            elif len(element) and depth < _DEEPEST:
                read = _read_inside
            else:
                continue
        items = element.items()
        if not items:
            read(element, _NONE, fields, base, lang, depth, name)
        else:
            attributes = dict(items)
            inner_base, inner_lang = scope(attributes, base, lang)
            read(element, attributes, fields, inner_base, inner_lang, depth, name)


def _own_text(element: Any) -> str:
    text = element.text or ""
    if len(element):
        text += "".join(child.tail or "" for child in element)
    return text.strip()


def _text(element: Any, attributes: _Attributes, default: str, base: str, lang: str | None) -> Text | None:
    if not attributes and not len(element) and default != "application/xhtml+xml":
        return Text((element.text or "").strip(), default, False, base, lang)
    stated = attributes.get("type")
    kind = (stated if stated is not None else default).lower()
    kind = TYPES.get(kind, kind)
    mode = attributes.get("mode")
    value = element.text or ""
    if len(element):
        only = element[0]
        if len(element) > 1 or len(only) or element_name(only) not in ("div", "xhtml:div") or kind.endswith("xml"):
            return Text(_inner(element), "application/xhtml+xml", True, base, lang)
        value += (only.text or "") + (only.tail or "")  # escaped HTML in a needless element, as old TypePad has it
    value = value.strip()
    if is_base64(mode, kind):
        decoded = _from_base64(value)
        if decoded is None:
            return None if stated is not None and mode is None else Text(value, kind, stated is not None, base, lang)
        value, kind = decoded, kind if kind.startswith("text/") else "text/html"
    if kind.endswith(("+xml", "/xml")):
        value = html.escape(value, quote=False)
    return Text(value, kind, stated is not None, base, lang)


_NAMES_WITH_PREFIX = re.compile(r"(</?)[\w.-]+:(?=[a-zA-Z])")
_EMPTY_ELEMENT = re.compile(r"<((?!br\b|hr\b|img\b)[a-zA-Z][\w.-]*)((?:\s[^<>]*)?)/>")


def _inner(element: Any) -> str:
    """The markup inside an element, as HTML."""
    etree, _ = _lxml()
    parts = [html.escape(element.text or "", quote=False)]
    parts += [etree.tostring(child, encoding="unicode") for child in element]
    inner = _NAMES_WITH_PREFIX.sub(r"\1", "".join(parts))
    return _EMPTY_ELEMENT.sub(r"<\1\2></\1>", inner)  # in HTML, <p/> and <script/> open an element


def _any_case(attributes: _Attributes, name: str) -> str | None:
    return next((value for key, value in attributes.items() if key.lower() == name), None)


# One reader for each element: (element, its attributes, fields to fill, base, language, depth, name)
_Reader = Callable[[Any, _Attributes, Fields, str, "str | None", int, str], None]


def _read_title(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    if (
        not -1 < fields.title_depth <= depth
        and (text := _text(element, attributes, "text/plain", base, lang))
        and text.value
    ):
        fields.title, fields.title_depth = text, depth


def _read_link(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    url = attributes.get("url") or attributes.get("uri") or attributes.get("href")
    if url:
        rel = attributes.get("rel", "alternate").lower()
        kind = attributes.get("type", "text/html").lower()
        if rel == "alternate" and TYPES.get(kind, kind) in ("text/html", "application/xhtml+xml"):
            fields.link, fields.link_base = url, base
        elif rel == "enclosure":
            fields.enclosures.append((url, attributes.get("type")))
    elif url is None:
        fields.link, fields.link_base = _own_text(element), base
        if attributes.get("rel", "").lower() == "enclosure":
            fields.enclosures.append((fields.link, attributes.get("type")))


def _read_date(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    fields.set(_DATES[name], _own_text(element), depth)


def _read_id(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    fields.id_is_link = not attributes or (_any_case(attributes, "ispermalink") or "true") == "true"
    value = _own_text(element)
    fields.set("id", value, depth)
    if fields.id_is_link and fields.link is None:
        fields.link = value


def _read_summary(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    text = _text(element, attributes, "text/html" if name == "description" else "text/plain", base, lang)
    if text is None:
        return
    if fields.summary is not None and not fields.contents:
        fields.contents.append(text)
    elif depth <= fields.summary_depth:
        fields.summary, fields.summary_depth = text, depth


_CONTENTS = {
    "content": "text/plain",
    "content:encoded": "text/html",
    "fullitem": "text/html",
    "body": "application/xhtml+xml",
    "xhtml:body": "application/xhtml+xml",
}


def _read_content(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    if text := _text(element, attributes, _CONTENTS[name], base, lang):
        fields.contents.append(text)


_FALLBACKS = {"dc:description": "text/html", "itunes:summary": "text/plain", "media:description": "text/plain"}


def _read_fallback(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    text = _text(element, attributes, _FALLBACKS[name], base, lang)
    if text and text.value:
        fields.fallback = fields.fallback or text
        if name == "media:description" and fields.shown and not fields.shown[-1][2]:
            fields.shown[-1][2] = text.value


def _read_author(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    parts = {element_name(child): _own_text(child) for child in element if isinstance(child.tag, str)}
    full_name, email = parts.get("name") or parts.get("itunes:name"), parts.get("email") or parts.get("itunes:email")
    if full_name or email:
        fields.people.append([full_name or None, email or None])
    else:
        fields.person(_own_text(element))


_CATEGORIES = frozenset(("category", "dc:subject", "keywords", "itunes:category", "media:category"))


def _read_category(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    if not attributes and not len(element):
        fields.tag(element.text)
        return
    fields.tag(attributes.get("term") or _own_text(element) or attributes.get("text") or attributes.get("label"))
    for child in element:  # iTunes nests its categories
        if isinstance(child.tag, str) and (inner := element_name(child)) in _CATEGORIES and depth < _DEEPEST:
            _read_category(child, dict(child.items()), fields, base, lang, depth + 1, inner)


def _read_keywords(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    for term in _own_text(element).split(","):
        fields.tag(term)


def _read_enclosure(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    url = attributes.get("url") or attributes.get("uri") or attributes.get("href")
    if url:
        fields.enclosures.append((url, attributes.get("type")))


def _read_language(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    fields.spoken = _own_text(element) or fields.spoken


def _read_original(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    fields.original = _own_text(element) or None


def _read_media_title(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    if text := _text(element, attributes, "text/plain", base, lang):
        fields.media_title = fields.media_title or text


def _read_credit(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    if fields.shown and not fields.shown[-1][3]:
        fields.shown[-1][3] = _own_text(element) or None


def _read_media(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    url = attributes.get("url") or attributes.get("href") or (_own_text(element) if name == "media:thumbnail" else None)
    if url:
        fields.shown.append([url, attributes.get("type"), None, None])
    if depth < _DEEPEST:
        _read_children(element, fields, base, lang, depth + 1)


def _read_inside(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    _read_children(element, fields, base, lang, depth + 1)


def _skip(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    """What these hold is about something else."""


_READERS: dict[str, _Reader] = {
    **dict.fromkeys(("title", "dc:title"), _read_title),
    "link": _read_link,
    **dict.fromkeys(_DATES, _read_date),
    **dict.fromkeys(("guid", "id"), _read_id),
    **dict.fromkeys(("description", "summary", "abstract"), _read_summary),
    **dict.fromkeys(_CONTENTS, _read_content),
    **dict.fromkeys(_FALLBACKS, _read_fallback),
    **dict.fromkeys(("author", "managingeditor", "dc:author", "dc:creator", "itunes:author"), _read_author),
    **dict.fromkeys(_CATEGORIES, _read_category),
    **dict.fromkeys(("itunes:keywords", "media:keywords", "tags"), _read_keywords),
    "enclosure": _read_enclosure,
    **dict.fromkeys(("language", "dc:language"), _read_language),
    "media:title": _read_media_title,
    "media:credit": _read_credit,
    **dict.fromkeys(("media:content", "media:thumbnail", "itunes:image"), _read_media),
    **dict.fromkeys(("source", "image", "textinput", "contributor", "dc:contributor", "itunes:owner"), _skip),
    **dict.fromkeys(("item", "entry", "items"), _skip),
}
