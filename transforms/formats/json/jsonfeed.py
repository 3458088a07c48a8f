"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""

from collections.abc import Callable
from typing import Any

from feedmill.transforms.formats.json.scan import Group
from feedmill.transforms.formats.json.story import (
    address,
    all_media,
    link,
    media,
    one_line,
    rich,
    story_of,
    string,
)
from feedmill.transforms.rows.story import Story
from feedmill.transforms.text.html import plain_to_text, read_html


def story_reader(group: Group, url: str | None) -> Callable[[dict[str, Any]], Story | None]:
    """Return what reads the items of a JSON Feed; `url` is where it was captured from."""
    head = group.heads[-1]
    own = address(_text(head.get("feed_url")), url) or url
    home = site(group, url)
    base = home or own
    title = one_line(_text(head.get("title")))
    return lambda item: _story(item, base, title, home, head)


def site(group: Group, url: str | None) -> str | None:
    """Return the address of the site that a feed is of."""
    head = group.heads[-1]
    return address(_text(head.get("home_page_url")), address(_text(head.get("feed_url")), url) or url)


def _text(value: Any) -> str | None:
    """Return a string; the specification knows no other text, and a number or an object in its place says nothing."""
    return value.strip() or None if isinstance(value, str) else None


def _story(
    item: dict[str, Any], base: str | None, source: str | None, home: str | None, head: dict[str, Any]
) -> Story | None:
    # a link post's `url` is the publisher's own page about it; `external_url` is what it is about
    page = _text(item.get("url"))
    url_raw = page or _text(item.get("external_url"))
    url = address(url_raw, base)
    here = (page and url) or base
    title = one_line(_text(item.get("title")))
    summary = rich(_text(item.get("summary")), here).text or None
    html = read_html(_text(item.get("content_html")) or "", here or "")
    body = html.text or plain_to_text(_text(item.get("content_text")) or "") or None
    guid = string(item.get("id"))
    if not (title or summary or body or url or guid):
        return None
    pictures = media([v for v in (item.get("image"), item.get("banner_image")) if isinstance(v, str)], here)
    files = media([v for v in _list(item.get("attachments")) if isinstance(v, dict) and _text(v.get("url"))], here)
    return story_of(
        title=title,
        summary=summary,
        body=body,
        published=_text(item.get("date_published")),
        updated=_text(item.get("date_modified")),
        authors=_authors(item) or _authors(head),
        categories=tuple(dict.fromkeys(t for t in map(_text, _list(item.get("tags"))) if t)),
        media=all_media(pictures, html.media, files),
        source_name=source,
        source_url=home,
        url=url,
        url_raw=url_raw,
        guid=guid,
        lang_declared=_text(item.get("language")) or _text(head.get("language")),
        feed_name=source,
        feed_url=home,
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    """Names, else what the author's address says; `author` is version 1.0's, `authors` 1.1's."""
    found = []
    for author in _list(holder.get("authors")) or [holder.get("author")]:
        if isinstance(author, dict):
            name = _text(author.get("name")) or (link(author) or "").removeprefix("mailto:")
            found.append(one_line(name))
        elif isinstance(author, str):
            found.append(one_line(author))
    return tuple(dict.fromkeys(f for f in found if f))
