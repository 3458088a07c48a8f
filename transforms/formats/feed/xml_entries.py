"""Stories in XML that is no feed: sitemaps of news, and the export of Tiny Tiny RSS.

An entry is an element, read by the names of its children as an object of JSON is; damage costs the entry it is in.
"""

import re
from typing import Any

from feedmill.transforms.failures import Reason
from feedmill.transforms.formats.feed.damaged import repaired
from feedmill.transforms.formats.feed.fields import parse, too_many_attributes
from feedmill.transforms.formats.json.entries import entry_story
from feedmill.transforms.formats.json.scan import ValueSpan
from feedmill.transforms.formats.json.story import build
from feedmill.transforms.formats.settings import Settings
from feedmill.transforms.rows.story import Split, Story
from feedmill.transforms.text.decode import Document

_XMLNS = re.compile(r"""\bxmlns:[\w.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
_MARKS = ("<news:news", "<article>")
_NAMES = {
    "loc": "url",
    "name": "source",
    "publication_date": "published",
    "keywords": "categories",
    "image:loc": "image",
}
_LARGEST = 1 << 22  # characters of an entry


def looks_like_entries(text: str, root: str) -> bool:
    """Whether XML with this root element holds stories: a sitemap does if it is one of news."""
    return (root == "urlset" and _MARKS[0] in text) or (root == "articles" and _MARKS[1] in text)


def split_xml_entries(doc: Document, name: str, settings: Settings) -> Split:
    """Split a sitemap of news, or an export of articles: one story an element, at its own bytes."""
    text = doc.text
    spaces = " ".join(dict.fromkeys(_XMLNS.findall(text[:8192])))
    found = []
    tag = "url" if _MARKS[0] in text else "article"
    start = text.find(f"<{tag}>")
    while start >= 0:
        following = text.find(f"<{tag}>", start + 1)
        close = text.find(f"</{tag}>", start, following if following >= 0 else len(text))
        end = close + len(tag) + 3 if close >= 0 else following if following >= 0 else len(text)
        value = _read(text[start:end], spaces)
        problem = None
        if value is None:
            cut = close < 0 and following < 0
            problem = (Reason.TRUNCATED if cut else Reason.MALFORMED, "an element that cannot be read")
        found.append(ValueSpan(start, end, value, problem))
        start = following

    def story(entry: ValueSpan) -> Story | None:
        return entry_story(entry.value, doc.url, None, zone=settings.timezone)

    return build(doc, name, found, story)


def _read(xml: str, spaces: str) -> dict[str, Any] | None:
    if len(xml) > _LARGEST or too_many_attributes(xml):
        return None
    root = parse(f"<r {spaces}>{xml}</r>")
    if root is None:
        root = parse(repaired(f"<r {spaces}>{xml}</r>"))
    if root is None or not len(root):
        return None
    parts: dict[str, Any] = {}
    for element in root[0].iter():
        if isinstance(element.tag, str) and not len(element):
            local = element.tag.rpartition("}")[2]
            key = "image" if local == "loc" and element.prefix == "image" else _NAMES.get(local, local)
            parts.setdefault(key, (element.text or "").strip())
    return parts
