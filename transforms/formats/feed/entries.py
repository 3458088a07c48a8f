"""The text of an entry to its story: well formed by lxml, damaged by feedparser, within bounds of time."""

import re

from feedmill.transforms.formats.feed.context import Context
from feedmill.transforms.formats.feed.damaged import read_loosely, repaired
from feedmill.transforms.formats.feed.fields import parse, read_fields, too_many_attributes
from feedmill.transforms.formats.feed.story import EntryReading, story_of

# Characters of an entry, and of the entries of a snapshot, that go to the slow reader of damaged ones: it takes up to
# 20 s for 1 M
_LARGEST_DAMAGED, MOST_DAMAGED = 1 << 17, 1 << 22
LARGEST_REPAIRED = 1 << 22  # characters of a damaged entry that are looked at at all
_MOST_TAGS = 1_000_000  # in an entry: its tree takes 100 bytes and more for each
_PARSED_TOGETHER = 1 << 20  # characters of entries
_MARK = '<_ xmlns=""/>'
_CUT_TAG = re.compile(r"<!\[CDATA\[|<!--|<(/?)([A-Za-z_][\w.:-]*)(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?(/?)>")
_MOST_OPEN = 20  # elements in which an entry may be cut
_CUT_SHORT = 0.5  # the confidence in a story whose text the end of the file cuts off
_TEXT_ELEMENTS = frozenset(
    ("description", "summary", "encoded", "content", "body", "full-text", "fullitem", "abstract")
)


def read_together(entries: list[str], context: Context) -> list[EntryReading | None]:
    """Return the stories in the texts of well-formed elements, None for what must be read alone; see `read_entry`.

    To parse them at once takes a third of the time. Between any two of them stands an element of ours: only if each is
    whole by itself do theirs and ours alternate.
    """
    stories: list[EntryReading | None] = []
    at = 0
    while at < len(entries):
        end, size = at, 0
        while end < len(entries) and (end == at or size + len(entries[end]) <= _PARSED_TOGETHER):
            size += len(entries[end])
            end += 1
        stories += _read_some(entries[at:end], context)
        at = end
    return stories


def _read_some(entries: list[str], context: Context) -> list[EntryReading | None]:
    apart: list[EntryReading | None] = [None] * len(entries)
    xml = _MARK.join(entries)
    if too_many_attributes(xml) or len(xml) > LARGEST_REPAIRED:
        return apart
    root = parse(f"{context.wrapper}{xml}{_MARK}</r>")
    if root is None or len(root) != 2 * len(entries) or any(mark.tag != "_" for mark in root[1::2]):
        return apart
    return [
        story_of(read_fields(entry, context.base, context.lang), context, xml)
        for entry, xml in zip(root[::2], entries, strict=True)
    ]


def read_entry(xml: str, context: Context, budget: int) -> tuple[EntryReading | None, int]:
    """Return the story in the text of an element, None if nothing can be read; and how many characters only the slow
    reader can read, which is asked if they are within `budget`."""
    if too_many_attributes(xml) or (len(xml) > _MOST_TAGS and xml.count("<") > _MOST_TAGS):
        return None, 0
    wrapped = f"{context.wrapper}{xml}</r>"
    root = parse(wrapped)
    if root is None:
        if len(xml) > LARGEST_REPAIRED:
            return None, 0
        root = parse(repaired(wrapped, dict(context.entities)))
    if root is not None and len(root):
        return story_of(read_fields(root[0], context.base, context.lang), context, xml), 0
    if len(xml) > _LARGEST_DAMAGED:
        return None, 0
    if len(xml) > budget:
        return None, len(xml)
    entry, _ = read_loosely(f"<rss>{context.wrapper.replace('<r', '<channel', 1)}{xml}", context.base, context.lang)
    return (story_of(entry, context, xml) if entry else None), len(xml)


def read_cut_entry(xml: str, context: Context, budget: int) -> tuple[EntryReading | None, int]:
    """Read the story of an entry that the end of the file cuts off, if that is in its text or behind it.

    Its title, and its link or id, must be whole.
    """
    at, sections = 0, 0
    stack: list[str] = []
    first: dict[str, int] = {}  # where in it a name stands first
    told: set[str] = set()
    while tag := _CUT_TAG.search(xml, at):
        at = tag.end()
        if tag[2] is None:
            section = tag[0] == "<![CDATA["
            end = xml.find("]]>" if section else "-->", at)
            if end < 0:
                sections = int(section)
                break
            at = end + 3
        elif tag[1]:
            for depth in reversed(range(first.get(tag[2], len(stack)), len(stack))):
                closed = stack.pop()
                if first[closed] == depth:
                    del first[closed]
            if len(stack) == 1:
                told.add(tag[2].rpartition(":")[2].lower())
        elif tag[3]:
            told.add(tag[2].rpartition(":")[2].lower())
        else:
            first.setdefault(tag[2], len(stack))
            stack.append(tag[2])
    name = stack[-1].rpartition(":")[2].lower() if stack else ""
    if not ("title" in told and told & {"link", "guid", "id"} and 0 < len(stack) <= _MOST_OPEN):
        return None, 0
    if len(stack) > 1 and not any(one.rpartition(":")[2].lower() in _TEXT_ELEMENTS for one in stack[1:]):
        return None, 0  # it is cut in a date, or a name
    rest = xml
    if not sections and (opened := xml.rfind("<", at)) >= 0:
        rest = xml[:opened]
    rest = re.sub(r"&[#\w]{0,10}\Z", "", rest.removesuffix("]").removesuffix("]"))
    rest += "]]>" * sections + "".join(f"</{one}>" for one in reversed(stack))
    read, slow = read_entry(rest, context, budget)
    if read is None or read.unpublished or not read.story.title:
        return None, slow
    story = read.story._replace(confidence=_CUT_SHORT)
    if name and len(stack) > 1 and story.form == "full" and story.summary is None:
        story = story._replace(form="teaser", summary=story.body, body=None)
    return read._replace(story=story, cuts=()), slow
