"""What an entry takes from the feed around it."""

import re
from typing import Any, NamedTuple

from feedmill.transforms.formats.feed.damaged import own_entities, read_loosely, repaired
from feedmill.transforms.formats.feed.fields import element_name, parse, read_fields, scope, too_many_attributes
from feedmill.transforms.formats.feed.texts import authors_of, is_address, one_line
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.urls import canonical_url

ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|rdf|feed|channel)(?=[\s/>])[^<>]*>", re.I)
_CHANNEL = re.compile(r"<(?:[\w.-]+:)?channel(?=[\s/>])[^<>]*>", re.I)
# They are told to the reader of each entry that is read alone, and so are taken only as far as feeds have them
_MOST_NAMESPACES, _LONGEST_NAMESPACE = 64, 200
_LONGEST_SOURCE = 1000  # characters of what every story of a feed gets from it: a title, its authors
_XMLNS = re.compile(r"""\bxmlns(?::([\w.-]+))?\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_DOCTYPE_WITHIN = 1 << 16  # characters in which a document type is looked for
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>", re.I | re.S)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>\s*", re.I)


class Context(NamedTuple):
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


def read_namespaces(text: str) -> dict[str, str]:
    """Return what the start tags of the root and the channel declare."""
    found: dict[str, str] = {}
    root = ROOT.search(text, 0, 1 << 20)
    if root:
        channel = _CHANNEL.search(text, root.end(), root.end() + (1 << 16))
        for tag in (root.group(), channel.group() if channel else ""):
            for prefix, quoted, single in _XMLNS.findall(tag):
                if len(found) < _MOST_NAMESPACES and len(uri := quoted or single) <= _LONGEST_NAMESPACE:
                    found[prefix] = uri
    return found


def without_entries(text: str, entries: list[tuple[int, int]], cut: int | None) -> str:
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


def parse_rest(rest: str, entities: dict[str, str]) -> Any | None:
    """Return the root element of a feed without its entries; None if it is damaged by more than a few characters."""
    if too_many_attributes(rest.partition(">")[2]):
        return None
    root = parse(rest)
    return parse(repaired(rest, entities)) if root is None else root


def read_entities(text: str) -> dict[str, str]:
    """Return the names that a document type declares, and what they stand for."""
    head = text[:_DOCTYPE_WITHIN]
    doctype = _DOCTYPE.search(head) if "<!ENTITY" in head else None
    return own_entities(doctype[0]) if doctype else {}


def read_context(
    doc: Document,
    rest: str,
    root: Any | None,
    namespaces: dict[str, str],
    entities: dict[str, str],
    name: str,
    settings: Settings,
) -> Context:
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
    stated = feed.link if feed.link != feed.id or is_address(feed.link or "") else None  # an id is no site
    site = canonical_url(stated, own_base) if stated else None
    title = one_line(feed.title) if feed.title else None
    authors = authors_of(feed.people) if name == "atom" else ()
    return Context(
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
