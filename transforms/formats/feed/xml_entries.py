"""Stories in XML that is no feed: sitemaps of news, alerts (CAP), and exports and answers of no standard.

An entry is an element, read by the names of its children and attributes as an object of JSON is; which elements are
entries is told by what is in them. Damage costs the entry it is in.
"""

import re
from collections.abc import Iterator
from typing import Any

from feedmill.transforms.failures import Reason
from feedmill.transforms.formats.feed.damaged import repaired
from feedmill.transforms.formats.feed.fields import parse, too_many_attributes
from feedmill.transforms.formats.json.entries import entry_story
from feedmill.transforms.formats.json.scan import ValueSpan
from feedmill.transforms.formats.json.story import build
from feedmill.transforms.formats.json.vocabulary import FIELDS, is_plain_entry, plain, told_parts
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Split, Story
from feedmill.transforms.text.decode import Document

_XMLNS = re.compile(r"""\bxmlns(?::[\w.-]+)?\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
_NEWS = "<news:news"
_CAP = re.compile(r"<(?:[\w.-]+:)?alert\b[^<>]{0,2000}\burn:oasis:names:tc:emergency:cap:")
_OF_ALERT = re.compile(r"<(?:[\w.-]+:)?(identifier|sender|sent|status|msgType)\s*>\s*([^<>]{1,1000}?)\s*</")
_NAMES = {
    "loc": "url",
    "name": "source",
    "publication_date": "published",
    "keywords": "categories",
    "image:loc": "image",
}
_LARGEST = 1 << 22  # characters of an entry
_SAMPLE = 1 << 18  # characters from which it is told what the entries are
_SAMPLED = 8  # elements of a name that are looked at
_MOST_NAMES = 200
_MANY_PARTS = 4  # of an entry: with so many, its texts may be a word or two
_DEEPEST = 8
_TEXTS = frozenset(name for field in ("body", "summary") for name in FIELDS[field].split())
_OF_SUBSCRIPTION = frozenset(("xmlurl",))


def looks_like_entries(text: str) -> bool:
    """Whether XML that is no feed holds stories.

    >>> one = "<row><title>Rain in the north</title><link>https://a.example/1</link><date>2026-03-04</date></row>"
    >>> looks_like_entries(f"<rows>{one}</rows>"), looks_like_entries("<opml><outline xmlUrl='x' text='a'/></opml>")
    (True, False)
    """
    return _NEWS in text or _CAP.search(text, 0, _SAMPLE) is not None or _entry_name(text) is not None


def split_xml_entries(doc: Document, name: str, settings: Settings) -> Split:
    """Split such XML: one story an element, at its own bytes; of an alert, one for each language or part of it."""
    text = doc.text
    if _NEWS in text:
        found = list(_elements(text, "url", _sitemap_entry))
    elif _CAP.search(text, 0, _SAMPLE):
        found = list(_alerts(text))
    else:
        found = list(_elements(text, _entry_name(text) or "", _value_of_entry))

    def story(entry: ValueSpan) -> Story | None:
        return entry_story(entry.value, doc.url, None, zone=settings.timezone)

    return build(doc, name, found, story)


def _entry_name(text: str) -> str | None:
    """Return the name of the elements that are entries: of those whose first ones are, most of them, the outermost."""
    root = _recovered(text[:_SAMPLE])
    if root is None:
        return None
    seen: dict[str, list[bool]] = {}
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        name = _local(element)
        asked = seen.setdefault(name, [])
        if len(seen) > _MOST_NAMES:
            break
        if len(asked) < _SAMPLED:
            asked.append(_is_entry(element, name))
    # in the order in which they were met, so that what holds others comes before them
    return next((name for name, asked in seen.items() if any(asked) and 2 * sum(asked) >= len(asked)), None)


def _is_entry(element: Any, name: str) -> bool:
    value = _value(element, 0, name == "outline")
    if not isinstance(value, dict) or _OF_SUBSCRIPTION & {plain(key) for key in value}:
        return False
    return is_plain_entry(value) or len(told_parts(value)) >= _MANY_PARTS


def _recovered(xml: str) -> Any:
    from lxml import etree

    if too_many_attributes(xml):
        return None
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(xml.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _local(element: Any) -> str:
    return str(element.tag.rpartition("}")[2])


def _value(element: Any, depth: int, alone: bool = False) -> Any:
    """Return an element as a value of JSON: its text, or an object of its attributes and children; a text with markup
    in it is that markup. `alone`: without its children, which are elements like itself."""
    text = (element.text or "").strip()
    if not len(element) and not element.attrib:
        return text
    name = plain(_local(element))
    if len(element) and depth and name in _TEXTS and not element.attrib and text:
        return _markup(element)
    made: dict[str, Any] = {key.rpartition("}")[2]: value for key, value in element.items()}
    if len(element) and depth and name in _TEXTS and all(_local(c) in ("p", "div", "br") for c in element):
        return _markup(element)
    for child in element if not alone and depth < _DEEPEST else ():
        if isinstance(child.tag, str):
            key, value = _local(child), _value(child, depth + 1)
            if key in made:
                before = made[key]
                made[key] = [*before, value] if isinstance(before, list) else [before, value]
            else:
                made[key] = value
    if text:
        made.setdefault("#text", text)
    if alone and "title" not in made and "text" in made:
        made["title"] = made.pop("text")
    return made


def _markup(element: Any) -> str:
    from lxml import etree

    return (element.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in element)


def _elements(text: str, name: str, read: Any) -> Iterator[ValueSpan]:
    """Yield the elements of a name, each from its start tag to its end tag, or to where the next one starts."""
    spaces = " ".join(dict.fromkeys(_XMLNS.findall(text[:8192])))
    start = re.compile(rf"<(?:[\w.-]+:)?{re.escape(name)}(?=[\s/>])(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+>")
    close = re.compile(rf"</(?:[\w.-]+:)?{re.escape(name)}\s*>")
    tag = start.search(text)
    while tag:
        following = start.search(text, tag.end())
        limit = following.start() if following else len(text)
        end = tag.end()
        cut = False
        if name != "outline" and not tag[0].endswith("/>"):
            closed = close.search(text, end, limit)
            cut = closed is None and following is None
            end = closed.end() if closed else limit
        xml = text[tag.start() : end]
        if name == "outline" and not xml.endswith("/>"):
            xml = f"{xml[:-1]}/>"
        value = read(xml, spaces)
        end = tag.start() + len(text[tag.start() : end].rstrip())
        if name == "outline" and (
            not isinstance(value, dict) or not is_plain_entry(value) or _OF_SUBSCRIPTION & set(map(plain, value))
        ):
            tag = following  # a heading, or a subscription
            continue
        problem = None
        if value is None:
            problem = (Reason.TRUNCATED if cut else Reason.MALFORMED, "an element that cannot be read")
        yield ValueSpan(tag.start(), end, value, problem)
        tag = following


def _read(xml: str, spaces: str) -> Any:
    if len(xml) > _LARGEST or too_many_attributes(xml):
        return None
    root = parse(f"<r {spaces}>{xml}</r>")
    if root is None:
        root = parse(repaired(f"<r {spaces}>{xml}</r>"))
    return root[0] if root is not None and len(root) else None


def _value_of_entry(xml: str, spaces: str) -> dict[str, Any] | None:
    element = _read(xml, spaces)
    value = None if element is None else _value(element, 0, _local(element) == "outline")
    return value if isinstance(value, dict) else None


def _sitemap_entry(xml: str, spaces: str) -> dict[str, Any] | None:
    element = _read(xml, spaces)
    if element is None:
        return None
    parts: dict[str, Any] = {}
    for child in element.iter():
        if isinstance(child.tag, str) and not len(child):
            local = _local(child)
            key = "image" if local == "loc" and child.prefix == "image" else _NAMES.get(local, local)
            parts.setdefault(key, (child.text or "").strip())
    return parts


def _alerts(text: str) -> Iterator[ValueSpan]:
    """Yield what alerts say: each `info`, with what the alert around it says of all."""
    for alert in _elements(text, "alert", lambda xml, spaces: {"xml": xml}):
        xml = alert.value["xml"] if alert.value else ""
        head = dict(reversed(_OF_ALERT.findall(xml.partition("info>")[0])))
        told = False
        for info in _elements(xml, "info", _value_of_entry):
            told = True
            value = info.value
            if value is not None:
                value = _info(value, head)
            yield info._replace(start=alert.start + info.start, end=alert.start + info.end, value=value)
        if not told:
            why = f"an alert that says nothing ({head.get('msgType', 'no type')})"
            yield ValueSpan(alert.start, alert.end, None, (Reason.NOT_A_FEED, why))


def _info(value: dict[str, Any], head: dict[str, str]) -> dict[str, Any]:
    said = [one for key in ("description", "instruction") if isinstance(one := value.get(key), str) and one]
    kinds = [value.get("category"), value.get("event")]
    flat = [one for kind in kinds for one in (kind if isinstance(kind, list) else [kind]) if isinstance(one, str)]
    return {
        "title": value.get("headline") or value.get("event"),
        "body": "\n\n".join(said),
        "url": value.get("web"),
        "published": head.get("sent") or value.get("effective"),
        "source": value.get("senderName") or head.get("sender"),
        "guid": head.get("identifier"),
        "categories": flat,
        "language": value.get("language"),
    }
