"""Entries in JSON of no standard: the answers of services and the exports of programs, whatever they call their parts.

What the parts are called is looked up in `vocabulary.json`; where it knows none, it is told from what is in them.
"""

import re
from collections.abc import Callable
from typing import Any

from feedmill.transforms.formats.json.scan import Group
from feedmill.transforms.formats.json.story import (
    address,
    all_media,
    joined,
    link,
    media,
    one_line,
    people,
    rich,
    same_words,
    story_of,
    string,
    strings,
)
from feedmill.transforms.formats.json.vocabulary import HEADS, HOME_KEYS, by_evidence, fields, plain, when
from feedmill.transforms.rows.story import Story
from feedmill.transforms.text.html import Html

_NOTHING = Html("", ())
_GUESSED = 0.7  # the confidence in what was told by evidence alone


def story_reader(group: Group, url: str | None) -> Callable[[dict[str, Any]], Story | None]:
    """Return what reads the entries of a list; `url` is where it was captured from."""
    name, site = around(group.heads, url)
    means = group.means
    if means is None:
        return lambda entry: entry_story(entry, url, name, site=site)

    def guessed(entry: dict[str, Any]) -> Story | None:
        story = entry_story(by_evidence(entry, means), url, name, site=site)
        return story._replace(confidence=_GUESSED) if story else None

    return guessed


_FOLDER = re.compile("folder|container", re.I)


def around(heads: tuple[dict[str, Any], ...], url: str | None) -> tuple[str | None, str | None]:
    """Return the name and the site of the feed that objects around a list tell of, the nearest first."""
    for head in reversed(heads):
        if _FOLDER.search(str(head.get("type"))):  # of bookmarks
            continue
        told = [head, *(v for k, v in head.items() if isinstance(v, dict) and plain(k) in HEADS)]
        for one in told:
            parts = fields(one)
            name = one_line(string(parts.get("source")) or string(parts.get("title")))
            if name:
                return name, _site(parts, url)
    return None, None


def _site(parts: dict[str, Any], base: str | None) -> str | None:
    """Return the address of a source's site: as stated, or in the object that names the source."""
    holder = parts.get("source")
    found = link(parts.get("site"))
    if isinstance(holder, list):
        holder = next((one for one in holder if isinstance(one, dict)), None)
    if found is None and isinstance(holder, dict):
        found = next((link(holder[key]) for key in HOME_KEYS if link(holder.get(key))), None)
        if found is None and str(holder.get("id")).startswith(("http://", "https://")):
            found = str(holder["id"])
    if found is None and holder is None and parts.get("url"):
        found = link(parts["url"])  # of a head
    at = address(found, base)
    return at if at and "://" in at else None


_BLUESKY = re.compile(r"at://([\w:.%-]{1,200})/app\.bsky\.feed\.post/(\w{1,40})")


def _on_the_web(raw: str | None) -> str | None:
    found = _BLUESKY.fullmatch(raw or "")
    return f"https://bsky.app/profile/{found[1]}/post/{found[2]}" if found else raw


def _other_address(entry: dict[str, Any], parts: dict[str, Any]) -> str | None:
    """Return where an entry without an address is: as an object that stands for its text says, or as its id does."""
    if isinstance(parts.get("body"), dict) and (inner := link(parts["body"])):
        return inner
    guid = parts.get("guid")
    if isinstance(guid, dict) and isinstance(guid.get("videoId"), str):
        return f"https://www.youtube.com/watch?v={guid['videoId']}"
    doi = next((entry[key] for key in ("doi", "DOI") if isinstance(entry.get(key), str)), "")
    return f"https://doi.org/{doi}" if re.fullmatch(r"10\.\d{4,9}/\S{1,200}", doi) else None


_CLOCK = re.compile(r"\s*\d{1,2}:\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|[A-Z]{3,4}|[+-]\d\d:?\d\d)?\s*", re.I)
_CLOCK_KEYS = frozenset(("time", "timeofday", "pubtime", "publishtime", "publishedtime", "publicationtime"))


def _with_time(published: Any, entry: dict[str, Any]) -> Any:
    """Return the day of an entry with the time that it keeps beside it: "2026-03-04" and "10:30"."""
    if not isinstance(published, str) or len(published) > 20:
        return published
    clock = next((v for k, v in entry.items() if isinstance(v, str) and v and plain(k) in _CLOCK_KEYS), "")
    if clock == published or not _CLOCK.fullmatch(clock):
        return published
    day, _ = when(published)
    joined_up = f"{published.strip()} {clock.strip()}"
    return joined_up if day and day.precision == "day" and when(joined_up)[0] else published


def _labels(parts: dict[str, Any]) -> tuple[str, ...]:
    """Return the categories of an entry; `labels` are words with blanks between them."""
    labels = parts.get("labels")
    return strings(labels.split() if isinstance(labels, str) else labels or parts.get("categories", ()))


def entry_story(
    entry: dict[str, Any], base: str | None, source: str | None, *, zone: str | None = None, site: str | None = None
) -> Story | None:
    """Return the story in an object with keys of the vocabulary; None if it has neither title nor text.

    Args:
        base: the address that others are relative to.
        source, site: the name and the address of what the object is from, where it states none itself.
        zone: the IANA zone of dates that state none; UTC if None.
    """
    parts = fields(entry)
    base = site or base
    url_raw = link(parts.get("url")) or _other_address(entry, parts)
    url = address(_on_the_web(url_raw), base)
    here = url or base
    title = one_line(string(parts.get("title")))
    article = rich(joined(parts["body"]), here) if "body" in parts else _NOTHING
    body = article.text or None
    summary = (rich(joined(parts["summary"]), here).text or None) if "summary" in parts else None
    if summary and (summary == body or same_words(summary, title)):
        summary = None
    if not (title or summary or body):
        return None
    holder = parts.get("source")
    name = one_line(string(holder))
    if name and name.startswith(("http://", "https://")) and " " not in name:  # an address is no name
        name, own = None, name
        url_raw, url = (url_raw, url) if url else (own, address(own, base))
    own_site = _site({**parts, "url": None}, base) if "site" in parts or isinstance(holder, (dict, list)) else None
    pictures = media(parts["image"], here) if "image" in parts else ()
    files = media(parts["media"], here) if "media" in parts else ()
    return story_of(
        title=title,
        summary=summary,
        body=body,
        published=_with_time(parts.get("published"), entry),
        updated=parts.get("updated"),
        zone=zone,
        authors=people(parts["authors"]) if "authors" in parts else (),
        categories=tuple(dict.fromkeys(c for c in map(one_line, _labels(parts)) if c)),
        media=all_media(pictures, article.media, files),
        source_name=name or source,
        source_url=own_site or (site if name in (None, source) else None),
        url=url,
        url_raw=url_raw,
        guid=string(parts.get("guid")),
        lang_declared=string(parts.get("language")),
        feed_name=source,
        feed_url=site,
    )
