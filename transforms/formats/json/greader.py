"""Google-Reader JSON: FreshRSS's exports, starred items of Google Takeout, the reader API's stream contents."""

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
    when,
)
from feedmill.transforms.rows.story import Story


def story_reader(group: Group, url: str | None) -> Callable[[dict[str, Any]], Story | None]:
    """Return what reads the items of an export; `url` is where it was captured from."""
    name = one_line(string(group.heads[-1].get("title"))) if group.heads else None

    def story(item: dict[str, Any]) -> Story | None:
        found = _story(item, url)
        return found._replace(feed_name=name) if found else None

    return story


def _story(item: dict[str, Any], base: str | None) -> Story | None:
    origin = item.get("origin")
    origin = origin if isinstance(origin, dict) else {}
    site = address(link(origin.get("htmlUrl")), base)
    url_raw = link(item.get("canonical")) or link(item.get("alternate"))
    url = address(url_raw, site or base)
    here = url or site or base
    title = one_line(string(item.get("title")))
    # `content` is the article and `summary` what the feed gave for one; FreshRSS writes either, with all it has
    content, summary_raw = _content(item.get("content")), _content(item.get("summary"))
    article = rich(content or summary_raw, here)
    body = article.text or None
    summary = (rich(summary_raw, here).text or None) if content else None
    if not (title or summary or body or url):
        return None
    return story_of(
        title=title,
        summary=summary,
        body=body,
        published=item.get("published"),
        updated=item.get("updated") if when(item.get("updated")) != when(item.get("published")) else None,
        authors=tuple(a for a in [one_line(string(item.get("author")))] if a),
        categories=_categories(item.get("categories")),
        media=all_media(article.media, media(item.get("enclosure") or [], here)),
        source_name=one_line(string(origin.get("title"))),
        source_url=site,
        url=url,
        url_raw=url_raw,
        guid=string(item.get("id")),
        lang_declared=None,
    )


def _content(value: Any) -> str | None:
    return string(value.get("content")) if isinstance(value, dict) else string(value)


def _categories(value: Any) -> tuple[str, ...]:
    """Return the publisher's categories: what the user or the reader filed the item under says nothing about the story.

    >>> _categories(["user/-/state/com.google/read", "user/-/label/News", "Culture", "Culture"])
    ('Culture',)
    """
    found = (one_line(string(v)) for v in value if not isinstance(v, list)) if isinstance(value, list) else ()
    return tuple(dict.fromkeys(c for c in found if c and not (c.startswith("user/") and _is_readers(c))))


def _is_readers(category: str) -> bool:
    return "/label/" in category or "/state/" in category
