"""Entries in JSON of no standard: one object a line, an array of them, or an array inside an answer of some API.

What the parts are called is looked up in `json_scan.FIELDS`.
"""

from typing import Any

from feedmill.transforms.formats import Settings
from feedmill.transforms.formats.json.scan import elements, fields, is_lines, lines, listing
from feedmill.transforms.formats.json.story import (
    address,
    all_media,
    build,
    link,
    media,
    one_line,
    rich,
    story_of,
    string,
    strings,
    when,
)
from feedmill.transforms.rows.story import Split, Story
from feedmill.transforms.text.decode import Document


def split_json_entries(doc: Document, name: str, settings: Settings) -> Split:
    """Splits JSON lines, an array, or an object that holds an array: one story an object, at its own bytes.

    A broken line or element costs itself. The snapshot's own capture time is the
    latest that any entry, or the object around them, says it was fetched at.
    """
    text = doc.text
    start = min(at for at in (text.find("{"), text.find("[")) if at >= 0)
    around = None
    if text[start] == "[":
        found = list(elements(text, start + 1))
    elif is_lines(text, start):
        found = list(lines(text, start))
    else:
        around = listing(text, start)
        found = around.entries if around else list(elements(text, start))
    head = fields(around.head) if around else {}
    source = one_line(string(head.get("source")) or string(head.get("title")))

    times = [head.get("captured") or head.get("updated")]
    times += [fields(f.value).get("captured") for f in found if isinstance(f.value, dict)]
    captured = [instant.at for value in times if value and (instant := when(value)[0])]
    return build(
        doc,
        name,
        found,
        lambda entry: entry_story(entry, doc.url, source),
        source_name=source,
        captured_at=max(captured, default=None),
    )


def entry_story(
    entry: dict[str, Any], base: str | None, source: str | None, *, zone: str | None = None
) -> Story | None:
    """The story in an object with keys of `json_scan.FIELDS`; None if it has neither title nor text.

    Args:
        base: the address that others are relative to.
        source: the source's name, where the object has none.
        zone: the IANA zone of dates that state none; UTC if None.
    """
    parts = fields(entry)
    url_raw = link(parts.get("url"))
    url = address(url_raw, base)
    here = url or base
    title = one_line(string(parts.get("title")))
    summary = rich(string(parts.get("summary")), here).text or None
    article = rich(string(parts.get("body")), here)
    body = article.text or None
    if not (title or summary or body):
        return None
    holder = parts.get("source")
    site = link(holder) if isinstance(holder, dict) else link(parts.get("site"))
    pictures = media(parts.get("image") or [], here)
    files = media(parts.get("media") or [], here)
    return story_of(
        title=title,
        summary=summary,
        body=body,
        published=parts.get("published"),
        updated=parts.get("updated"),
        zone=zone,
        authors=tuple(dict.fromkeys(a for a in map(one_line, strings(parts.get("authors"))) if a)),
        categories=tuple(dict.fromkeys(c for c in map(one_line, strings(parts.get("categories"))) if c)),
        media=all_media(pictures, article.media, files),
        source_name=one_line(string(holder)) or source,
        source_url=address(site, base),
        url=url,
        url_raw=url_raw,
        guid=string(parts.get("guid")),
        lang_declared=string(parts.get("language")),
    )
