"""Damaged entries: what can be undone without a guess is undone, the rest is read by feedparser."""

import functools
import html
import itertools
import re
from collections.abc import Mapping
from typing import Any

from feedmill.transforms.formats.feed.fields import TYPES, Fields, Text, is_base64, read_person
from feedmill.transforms.text.html import unescape

_REFERENCE = re.compile(
    r"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)|&(?!(?:lt|gt|amp|quot|apos);)(?:([a-zA-Z]\w*);|(#\d{1,9};|#[xX][0-9a-fA-F]{1,8};))?",
    re.S,
)
_CDATA_OPEN, _CDATA_CLOSE = "<![CDATA[", "]]>"
# not of a feed as a whole: what is taken into a section there may be all of it
_ELEMENT_WITH_CDATA = re.compile(
    r"<(?!(?:[\w.-]+:)?(?:rss|feed|rdf|channel)[\s>])([\w.-]+(?::[\w.-]+)?)(?:\s[^<>]*)?>\s*<!\[CDATA\[", re.IGNORECASE
)
# what is about something else, and full texts under other names: feedparser knows neither
_OF_OTHERS = re.compile(
    r"<(yandex:related|activity:(?:object|target|actor)|podcast:liveItem|gdacs:resources)\b.{0,4000}?</\1\s*>", re.S
)
_FULL_TEXT = re.compile(r"<(/?)(?:turbo:content|yandex:full-text)(?=[\s>])")
_IANA = "http://www.iana.org/assignments/relation/"
_SURROGATES = re.compile(
    r"&#(?:[xX]([dD][89aAbB][\da-fA-F]{2})|(5[56]\d{3}));&#(?:[xX]([dD][c-fC-F][\da-fA-F]{2})|(5[67]\d{3}));"
)
_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBER_REFERENCE = re.compile(r"&#(?:(\d+)|[xX]([\da-fA-F]+)|)(;?)")


def joined_surrogates(xml: str) -> str:
    """Return a character that was written as two references, to the halves that UTF-16 makes of it.

    >>> joined_surrogates("&#55357;&#56842; &#xD83D;&#xDE0A;") == "\U0001f60a \U0001f60a"
    True
    """
    return _SURROGATES.sub(_from_halves, xml) if "&#" in xml else xml


def _from_halves(match: re.Match[str]) -> str:
    high = int(match[1], 16) if match[1] else int(match[2])
    low = int(match[3], 16) if match[3] else int(match[4])
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return match.group()
    return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)


def mended_cdata(xml: str) -> str:
    """Close CDATA sections that end with their element and not before, and open those that stand in another.

    >>> mended_cdata("<d><![CDATA[a</d><e/>"), mended_cdata("<d><![CDATA[a <![CDATA[b]]> c]]></d>")
    ('<d><![CDATA[a]]></d><e/>', '<d><![CDATA[a b c]]></d>')
    """
    parts: list[str] = []
    at = 0
    while found := _ELEMENT_WITH_CDATA.search(xml, at):
        close = f"</{found[1]}"
        end = xml.find(close, found.end())
        if end < 0:
            break
        inner = xml[found.end() : end].rstrip()
        whole = inner.endswith(_CDATA_CLOSE)
        inner = inner[: -len(_CDATA_CLOSE)] if whole else inner
        if not whole or _CDATA_OPEN in inner:
            inner = inner.replace("]]]]><![CDATA[>", "]]&gt;").replace(_CDATA_OPEN, "").replace(_CDATA_CLOSE, "")
        parts += [xml[at : found.end()], inner, _CDATA_CLOSE]
        at = end
    return "".join(parts) + xml[at:]


def _valid_reference(match: re.Match[str]) -> str:
    """Drop references to no character, which would end feedparser's reading."""
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


def repaired(xml: str, entities: Mapping[str, str] = {}) -> str:
    """Named references of HTML, and those of the feed's own `entities`, become characters, a bare & an ampersand."""
    if _CDATA_OPEN in xml:
        xml = mended_cdata(xml)

    def reference(match: re.Match[str]) -> str:
        name, number = match.groups()
        if name and name in entities:
            return html.escape(entities[name], quote=False)
        if name:
            character = html.unescape(f"&{name};")
            return f"&amp;{name};" if character[0] == "&" else html.escape(character, quote=False)
        if number:
            return html.escape(html.unescape(f"&{number}"), quote=False)
        return match.group() if match.group() != "&" else "&amp;"

    return _INVALID.sub(
        _instead, _REFERENCE.sub(reference, _NUMBER_REFERENCE.sub(_valid_reference, joined_surrogates(xml)))
    )


_ENTITY = re.compile(r"""<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"([^"<%]{0,1000})"|'([^'<%]{0,1000})')\s*>""")
_MOST_ENTITIES = 256
_DEEPEST_ENTITY, _LONGEST_ENTITY = 3, 2000  # in each other; characters of what one stands for: none may explode


def own_entities(doctype: str) -> dict[str, str]:
    """Return what a document type declares names to stand for: texts, without markup and without files.

    >>> own_entities('<!DOCTYPE rss [<!ENTITY a "A &#8212; &b;"> <!ENTITY b "B">]>')
    {'a': 'A — B', 'b': 'B'}
    """
    found = {m[1]: m[2] or m[3] or "" for m in itertools.islice(_ENTITY.finditer(doctype), _MOST_ENTITIES)}

    @functools.cache  # each once at each depth, or a few names would stand for one another a billion times
    def expanded(name: str, depth: int) -> str:
        def one(match: re.Match[str]) -> str:
            inner = match[0][1:-1]
            if inner in found:
                return expanded(inner, depth - 1) if depth else ""
            return unescape(match[0])

        return re.sub(r"&#?\w+;", one, found[name])[:_LONGEST_ENTITY]

    return {name: expanded(name, _DEEPEST_ENTITY) for name in found}


@functools.cache
def feedparser_reader(kind: str):  # type: ignore[no-untyped-def]
    """feedparser's reader for damaged feeds ("Loose"), or, for tests, that for others ("Strict")."""
    import feedparser.api

    class Reader(getattr(feedparser.api, f"{kind}FeedParser")):  # type: ignore[misc]
        """feedparser's own, without its network, clean-up and dates; and with the texts of Media RSS, iTunes and Dublin
        Core as what they are: captions, or a text where there is no other."""

        resolve_relative_uris = False
        sanitize_html = False

        def resolve_uri(self, uri):  # type: ignore[no-untyped-def]
            return uri

        def _sync_author_detail(self, key="author"):  # type: ignore[no-untyped-def]
            context = self._get_context()
            detail = context.get(f"{key}s", [{}])[-1]
            if not detail and context.get(key):
                detail["name"], detail["email"] = read_person(context[key])

        def _start_item(self, attrs_d):  # type: ignore[no-untyped-def]
            super()._start_item(attrs_d)
            self.entries[-1].update(base_=self.baseuri, lang_=self.lang, fallbacks_=[], shown_=[])

        _start_entry = _start_item

        def _start_source(self, attrs_d):  # type: ignore[no-untyped-def]
            self.outer_title_depth = self.title_depth  # a title after it must not replace the one before
            super()._start_source(attrs_d)

        def _end_source(self):  # type: ignore[no-untyped-def]
            super()._end_source()
            self.title_depth = getattr(self, "outer_title_depth", -1)

        def _start_image(self, attrs_d):  # type: ignore[no-untyped-def]
            depth = self.title_depth
            super()._start_image(attrs_d)
            self.title_depth = depth

        def _start_title(self, attrs_d):  # type: ignore[no-untyped-def]
            if self.inentry and self.inimage:
                self.push("image_title_", 0)
            else:
                super()._start_title(attrs_d)

        def _end_title(self):  # type: ignore[no-untyped-def]
            if self.elementstack and self.elementstack[-1][0] == "image_title_":
                self.pop("image_title_")
            else:
                super()._end_title()

        _start_dc_title, _end_dc_title = _start_title, _end_title

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


# What feedparser raises on input it was not made for, such as an unknown element with the name of one of its lists.
_FAULTS = (AttributeError, AssertionError, IndexError, KeyError, TypeError, ValueError)


def read_loosely(xml: str, base: str, lang: str | None) -> tuple[Fields | None, Fields]:
    """Return the first entry, None if there is none or feedparser cannot read it, and the feed."""
    reader = feedparser_reader("Loose")(base, lang, "utf-8", {})
    xml = _FULL_TEXT.sub(r"<\1content:encoded", _OF_OTHERS.sub("", xml)).replace(_IANA, "")
    try:
        reader.feed(_NUMBER_REFERENCE.sub(_valid_reference, joined_surrogates(xml)))
    except _FAULTS:
        return None, Fields(base, lang)
    entry = from_feedparser(reader.entries[0], base, lang) if reader.entries else None
    return entry, from_feedparser(reader.feeddata, base, lang)


def from_feedparser(found: dict[str, Any], base: str, lang: str | None) -> Fields:
    """Return the fields in an entry or feed of feedparser. Elements it does not know are in there too: what has not
    the right type is one."""

    def string(key: str) -> str | None:
        value = dict.get(found, key)  # without feedparser's aliases
        return value if isinstance(value, str) else None

    def dicts(key: str) -> list[dict[str, Any]]:
        values = dict.get(found, key)
        return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []

    def text(key: str) -> Text | None:
        detail = dict.get(found, f"{key}_detail")
        return _from_detail(detail) if isinstance(detail, dict) and detail.get("value") else None

    fields = Fields(string("base_") or base, string("lang_") or lang)
    fields.title, fields.summary, fields.media_title = text("title"), text("summary"), text("media_title_")
    fields.contents = [_from_detail(detail) for detail in dicts("content")]
    fields.fallback = next((_from_detail(detail) for detail in dicts("fallbacks_")), None)
    fields.link, fields.link_base = string("link"), string("link_base_") or fields.base
    fields.original = string("feedburner_origlink") or string("pheedo_origlink")
    fields.id, fields.id_is_link = string("id"), dict.get(found, "id_is_link_") is True
    fields.published, fields.updated, fields.created = string("published"), string("updated"), string("created")
    fields.spoken = string("language")
    for author in dicts("authors"):
        if author.get("name") or author.get("email"):
            fields.people.append([author.get("name"), author.get("email")])
    for tag in dicts("tags"):
        fields.tag(tag.get("term") or tag.get("label"))
    for link in dicts("links"):
        if link.get("rel") == "enclosure" and link.get("href"):
            fields.enclosures.append((link["href"], link.get("type")))
        if link.get("rel") == "self" and link.get("href") and fields.self_link is None:
            fields.self_link = link["href"]
    fields.shown = dict.get(found, "shown_") or []
    source = dict.get(found, "source")
    if isinstance(source, dict):
        name, at = dict.get(source, "title"), dict.get(source, "href") or dict.get(source, "link")
        fields.source_name = name if isinstance(name, str) else None
        fields.source_url = at if isinstance(at, str) else None
    return fields


def _from_detail(detail: dict[str, Any]) -> Text:
    kind = detail.get("type") or "text/plain"
    if is_base64(None, kind := TYPES.get(kind, kind)) and re.search(r"[<\s]", detail["value"]):
        kind = "text/html"  # it was decoded
    return Text(detail["value"], kind, detail.get("stated_", False), detail.get("base") or "", detail.get("language"))
