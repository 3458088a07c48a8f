"""JSON to stories, of whatever kind: one list of entries or many, each with the feed around it.

A document may be a feed, an array or lines of entries, an answer of some API with its list at any depth, or several of
these, as pages that were joined and lines of whole feeds are. Each list is read by what it is: a JSON Feed, an export
of Google Reader's kind, or entries of no standard. A broken line or element costs itself.
"""

from collections.abc import Callable
from typing import Any

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.json import entries, greader, jsonfeed
from feedmill.transforms.formats.json.scan import Group, ValueSpan, completed, gather, is_greader, is_json_feed
from feedmill.transforms.formats.json.story import build, one_line
from feedmill.transforms.formats.json.vocabulary import epoch, fields, string, told_parts, when
from feedmill.transforms.formats.posts import CHATS, is_post, post_story
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Split, Story
from feedmill.transforms.text.decode import Document

_Reader = Callable[[dict[str, Any]], Story | None]


def split_json(doc: Document, name: str, settings: Settings) -> Split:
    """Split JSON: one story an entry, at its own bytes; `name` is jsonfeed, greader_json or json_entries.

    The snapshot's own capture time is the latest that an export, or any entry or the object around it, says that it was
    made or fetched at. Its source is the feed, if all entries come from one.

    Raises:
        Rejected: MALFORMED if there is no list of entries. An empty one is a feed without stories.
    """
    text = doc.text
    start = min(at for at in (text.find("{"), text.find("[")) if at >= 0)
    groups = gather(text, start)
    if name == "jsonfeed" and not any(group.heads for group in groups):
        raise Rejected(Reason.MALFORMED, "a JSON Feed without a list of items that can be read")
    readers: dict[int, _Reader] = {}
    found: list[ValueSpan] = []
    sources: dict[str | None, None] = {}
    sites: dict[str | None, None] = {}
    times: list[int] = []
    told = [group for group in groups if not _is_chat(group)]
    if groups and not told:
        raise Rejected(Reason.NOT_A_FEED, "an export of a chat between people: it holds no stories")
    for group in groups:
        if _is_chat(group):
            found += [one._replace(value=None, problem=(Reason.NOT_A_FEED, "of a chat")) for one in group.entries]
    for group in sorted(told, key=lambda g: g.entries[0].start if g.entries else 0):
        reader = _reader(group, name, doc.url)
        sources[_source(group, name)] = None
        sites[_site(group, name, doc.url)] = None
        times += _captured(group, name)
        for entry in group.entries:
            last = _cut_short(text, entry)
            readers[entry.start] = reader if last is entry else _unsure(reader)
            found.append(last)
    return build(
        doc,
        name,
        found,
        lambda entry: readers[entry.start](entry.value),
        source_name=next(iter(sources)) if len(sources) == 1 else None,
        captured_at=max(times, default=None),
    )._replace(feed_url=next(iter(sites)) if len(sites) == 1 else None)


_CUT_SHORT = 0.5  # the confidence in a story that the end of the text cuts off


def _cut_short(text: str, entry: ValueSpan) -> ValueSpan:
    """Return what is left of an entry that the end of the text cuts off, if that says what it is and where or when."""
    if entry.problem is None or entry.problem[0] is not Reason.TRUNCATED or not text.startswith("{", entry.start):
        return entry
    value = completed(text[entry.start : entry.end])
    told = told_parts(value)
    if value and ((len(told) > 2 and told & {"title", "body", "summary"}) or is_greader(value)):
        return entry._replace(value=value, problem=None)
    return entry


def _unsure(reader: _Reader) -> _Reader:
    def read(entry: dict[str, Any]) -> Story | None:
        story = reader(entry)
        return story._replace(confidence=min(story.confidence, _CUT_SHORT)) if story else None

    return read


def _is_chat(group: Group) -> bool:
    return (
        bool(group.heads) and group.heads[-1].get("type") in CHATS and any(is_post(f.value) for f in group.entries[:8])
    )


def _is_greader(group: Group, name: str) -> bool:
    return name == "greader_json" or any(is_greader(found.value) for found in group.entries[:8])


def _reader(group: Group, name: str, url: str | None) -> _Reader:
    if any(is_post(found.value) for found in group.entries[:8]):
        channel = _source(group, name)
        return lambda entry: post_story(entry, channel)
    if is_json_feed(group) or (name == "jsonfeed" and len(group.heads) == 1):
        return jsonfeed.story_reader(group, url)
    if _is_greader(group, name):
        return greader.story_reader(group, url)
    return entries.story_reader(group, url)


def _source(group: Group, name: str) -> str | None:
    if is_json_feed(group) or _is_greader(group, name):
        return one_line(string(group.heads[-1].get("title"))) if group.heads else None
    return entries.around(group.heads, None)[0]


def _site(group: Group, name: str, url: str | None) -> str | None:
    if is_json_feed(group):
        return jsonfeed.site(group, url)
    return None if _is_greader(group, name) else entries.around(group.heads, url)[1]


def _captured(group: Group, name: str) -> list[int]:
    """When a list says that it, or an entry of it, was made or fetched."""
    if is_json_feed(group):
        return []
    if _is_greader(group, name):
        made = epoch(group.heads[-1].get("updated")) if group.heads else None
        return [made] if made is not None else []
    values = []
    for head in group.heads:
        parts = fields(head)
        values.append(parts.get("captured") or parts.get("updated"))
    values += [fields(f.value).get("captured") for f in group.entries if isinstance(f.value, dict)]
    return [instant.at for value in values if value and (instant := when(value)[0])]
