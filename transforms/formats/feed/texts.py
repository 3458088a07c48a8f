"""Texts of a feed: out of what markup, and in how many layers of it, they are."""

import re

from feedmill.transforms.formats.feed.damaged import joined_surrogates
from feedmill.transforms.formats.feed.fields import Text
from feedmill.transforms.rows.story import Media
from feedmill.transforms.text.decode import repair_text
from feedmill.transforms.text.html import plain_to_text, read_html, unescape

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


def clean_text(text: Text, media: list[Media] | None = None, site: str = "") -> str:
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


def one_line(text: Text) -> str | None:
    return " ".join(clean_text(text).split()) or None


def authors_of(people: list[list[str | None]]) -> tuple[str, ...]:
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


def is_address(text: str) -> bool:
    """Whether an id can lead anywhere: "tag:a.example,2024:1" cannot."""
    return not re.match(r"(?:tag|urn|yt|oai|doi|uuid):", text, re.I)


def is_url(text: str | None) -> bool:
    return text is not None and re.match(r"\s*https?://", text, re.I) is not None
