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

from feedmill.transforms.text.html import resolve, unescape

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
    "http://wordpress.org/export/1.0/excerpt/": "excerpt",
    "http://wordpress.org/export/1.1/excerpt/": "excerpt",
    "http://wordpress.org/export/1.2/excerpt/": "excerpt",
    "http://wordpress.org/export/1.0/": "wp",
    "http://wordpress.org/export/1.1/": "wp",
    "http://wordpress.org/export/1.2/": "wp",
    "http://schemas.google.com/blogger/2018": "blogger",
    "http://www.w3.org/2007/app": "app",
    "http://purl.org/atom/app#": "app",
    "http://news.yandex.ru": "yandex",
    "http://turbo.yandex.ru": "turbo",
    "https://podcastindex.org/namespace/1.0": "podcast",
    "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/xml/1998/namespace": "xml",
}


MODULES = frozenset(_PREFIXES.values())  # prefixes that mean the same wherever they are met


def _plainly(uri: str) -> str:
    """Return a namespace as it is compared: many write https for http, or leave out the slash at its end."""
    uri = uri.strip().lower()
    return (f"http{uri[5:]}" if uri.startswith("https:") else uri).rstrip("/")


_PLAIN_URIS = frozenset(map(_plainly, _PLAIN))
_PREFIX_OF = {_plainly(uri): prefix for uri, prefix in _PREFIXES.items()}


def known_prefix(uri: str, given: str) -> str:
    uri = _plainly(uri)
    if uri in _PLAIN_URIS or "backend.userland.com/rss" in uri:
        return ""
    return _PREFIX_OF.get(uri, given.lower())


@functools.lru_cache(maxsize=1024)
def _known_name(tag: str) -> str | None:
    """Return the name of an element, if its namespace is none or a known one."""
    if tag[0] != "{":
        return tag.lower()
    uri, _, local = tag[1:].partition("}")
    prefix = known_prefix(uri, "?")
    return None if prefix == "?" else f"{prefix}:{local.lower()}" if prefix else local.lower()


def element_name(element: Any) -> str:
    """Return the name of an lxml element in lower case, with the usual prefix of its namespace, or else with its
    own."""
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
        *("source_name", "source_url", "self_link", "unpublished"),
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
        self.source_name: str | None = None  # who published the entry, if it says so
        self.source_url: str | None = None
        self.self_link: str | None = None
        self.unpublished: str | None = None  # what an export holds besides the stories that were published
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
    """Return the root element, or None if `xml` is damaged. Nothing is expanded or fetched."""
    etree, parser = _lxml()
    try:
        return etree.fromstring(xml.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def read_fields(element: Any, base: str, lang: str | None) -> Fields:
    """Return the fields of an entry or of a feed, `base` and `lang` being those around it."""
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
    """Return base and language inside an element with such attributes."""
    stated = attributes.get(_XML_BASE) or attributes.get("base")
    if stated and len(stated) <= _LONGEST_BASE:
        base = resolve(stated, base) or base
    stated = attributes.get(_XML_LANG, attributes.get("lang"))
    return base, lang if stated is None else stated or None


def _read_children(parent: Any, fields: Fields, base: str, lang: str | None, depth: int, nested: bool = False) -> None:
    """`nested`: inside an element of another vocabulary, whose titles, links and dates are those of what it is about:
    a related story, an activity, a live stream. Only media are shown wherever they stand."""
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
        elif nested and not name.startswith("media:"):
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
    return text.replace("\ufeff", "").strip()


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
    """Return the markup inside an element, as HTML."""
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
        rel = attributes.get("rel", "alternate").lower().strip().removeprefix(_IANA)
        kind = attributes.get("type", "text/html").lower().partition(";")[0].strip()
        if rel == "alternate" and (kind == "text" or TYPES.get(kind, kind) in ("text/html", "application/xhtml+xml")):
            fields.link, fields.link_base = url, base
        elif rel == "enclosure":
            fields.enclosures.append((url, attributes.get("type")))
        elif rel == "self" and fields.self_link is None:
            fields.self_link = url
    elif url is None:
        value = _own_text(element)
        if attributes.get("rel", "").lower() == "enclosure":
            fields.enclosures.append((value, attributes.get("type")))
        else:
            fields.link, fields.link_base = value, base


_IANA = "http://www.iana.org/assignments/relation/"


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


def _read_excerpt(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    """WordPress's exports have it beside an empty description."""
    text = _text(element, attributes, "text/html", base, lang)
    if text and text.value and (fields.summary is None or not fields.summary.value):
        fields.summary, fields.summary_depth = text, depth


_CONTENTS = {
    "content": "text/plain",
    "content:encoded": "text/html",
    "fullitem": "text/html",
    "turbo:content": "text/html",
    "yandex:full-text": "text/html",
    "body": "application/xhtml+xml",
    "xhtml:body": "application/xhtml+xml",
}


def _read_content(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    if text := _text(element, attributes, _CONTENTS[name], base, lang):
        fields.contents.append(text)


_FALLBACKS = {
    "dc:description": "text/html",
    "itunes:summary": "text/plain",
    "itunes:subtitle": "text/plain",
    "media:description": "text/plain",
}


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
    if attributes.get("scheme") == _KIND_SCHEME:  # Blogger's exports
        kind = attributes.get("term", "").rpartition("#")[2]
        if kind in _NO_STORIES:
            fields.unpublished = f"of an export: {kind}, which is no story"
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
    # groups of media, and containers that mean nothing themselves, hold what is the entry's own
    _read_children(element, fields, base, lang, depth + 1, ":" in name and name != "media:group")


def _read_source(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    """Who published it: a name, maybe with an address (RSS), or the feed's own title and link (Atom)."""
    if depth > 1:
        return
    if not len(element):
        fields.source_name = _own_text(element) or fields.source_name
        fields.source_url = attributes.get("url") or fields.source_url
        return
    own = Fields(base, lang)
    _read_children(element, own, base, lang, 1)
    if own.title:
        fields.source_name = own.title.value if own.title.type == "text/plain" else _untagged(own.title.value)
    fields.source_url = own.link or own.id or fields.source_url


_ANY_TAG = re.compile(r"<[^<>]*>")


def _untagged(value: str) -> str:
    return unescape(_ANY_TAG.sub("", value))


def _read_publisher(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    if depth == 1 and not fields.source_name:
        fields.source_name = _own_text(element) or None


def _read_status(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    """Note what WordPress and Blogger say that an entry of an export is, and whether it was published."""
    value = _own_text(element).lower()
    if name in ("wp:post_type", "blogger:type"):
        if value in _NO_STORIES:
            fields.unpublished = f"of an export: {value}, which is no story"
    elif value not in ("publish", "live", ""):
        fields.unpublished = fields.unpublished or f"of an export: not published ({value[:40]})"


def _read_control(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    if any(isinstance(c.tag, str) and c.tag.endswith("}draft") and (c.text or "").strip() == "yes" for c in element):
        fields.unpublished = "of an export: a draft"


# kinds of entries in exports that were never stories
_NO_STORY_KINDS = """
    page attachment nav_menu_item revision custom_css customize_changeset oembed_cache user_request wp_block
    wp_template wp_template_part wp_global_styles wp_navigation wp_font_family wp_font_face comment settings template
    product shop_order elementor_library feedback"""
_NO_STORIES = frozenset(_NO_STORY_KINDS.split())
_KIND_SCHEME = "http://schemas.google.com/g/2005#kind"


def _skip(
    element: Any, attributes: _Attributes, fields: Fields, base: str, lang: str | None, depth: int, name: str
) -> None:
    """Skip what these hold: it is about something else."""


_READERS: dict[str, _Reader] = {
    **dict.fromkeys(("title", "dc:title"), _read_title),
    "link": _read_link,
    **dict.fromkeys(_DATES, _read_date),
    **dict.fromkeys(("guid", "id"), _read_id),
    **dict.fromkeys(("description", "summary", "abstract"), _read_summary),
    "excerpt:encoded": _read_excerpt,
    **dict.fromkeys(_CONTENTS, _read_content),
    **dict.fromkeys(_FALLBACKS, _read_fallback),
    **dict.fromkeys(("author", "managingeditor", "dc:author", "dc:creator", "itunes:author"), _read_author),
    **dict.fromkeys(_CATEGORIES, _read_category),
    **dict.fromkeys(("itunes:keywords", "media:keywords", "tags"), _read_keywords),
    "enclosure": _read_enclosure,
    **dict.fromkeys(("language", "dc:language"), _read_language),
    **dict.fromkeys(("media:title", "itunes:title"), _read_media_title),
    "media:credit": _read_credit,
    **dict.fromkeys(("media:content", "media:thumbnail", "itunes:image"), _read_media),
    "source": _read_source,
    "dc:publisher": _read_publisher,
    **dict.fromkeys(("wp:post_type", "wp:status", "blogger:type", "blogger:status"), _read_status),
    "app:control": _read_control,
    **dict.fromkeys(("podcast:transcript", "podcast:chapters"), _read_enclosure),
    **dict.fromkeys(("image", "textinput", "contributor", "dc:contributor", "itunes:owner"), _skip),
    **dict.fromkeys(("item", "entry", "items"), _skip),
}
