"""Cutting a feed into its entries, before anything is parsed: damage in one entry cannot reach another."""

import functools
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from feedmill.transforms.formats.feed.fields import MODULES

MOST_ENTRIES = 250_000  # in one snapshot; the largest exports of readers have a hundred thousand

_CONTAINER = re.compile(r"<(/?)((?:[\w.-]+:)?(?:content|description|summary))(?=[\s/>])[^<>]*?(/?)>", re.I)
_NEXT_ENTRY = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>\s*<(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])", re.I)
_FEED_END = re.compile(r"</(?:[\w.-]+:)?(?:channel|rss|rdf|feed)\s*>", re.I)


@functools.lru_cache(maxsize=256)
def _markup(prefixes: frozenset[str]) -> re.Pattern[str]:
    """Return what may start or end an entry, or hides what looks like it. Case is spelled out: ignoring it is five
    times slower."""
    named = "".join(f"|{re.escape(prefix)}:" for prefix in sorted(prefixes) if prefix)
    names = "item|entry|ITEM|ENTRY|Item|Entry"
    return re.compile(rf"<(?:(!--)|(!\[CDATA\[)|(/?)(?:{named[1:]})?({names})(?=[\s/>]))")


class Slices(NamedTuple):
    entries: list[tuple[int, int]]
    cut: int | None  # where an entry starts that is not all there
    whole: set[int]  # starts of entries that end by their own end tag: the same text is an entry wherever one may start


def slice_feed(
    text: str, prefixes: frozenset[str], known: Callable[[int], list[tuple[int, int]]] = lambda start: []
) -> Slices:
    """Find the entries: elements named item or entry, with one of `prefixes` ("" is none).

    Comments and CDATA sections hide what they hold. An entry whose end tag is missing ends where the next starts, or
    the feed ends.

    Args:
        known: where an entry starts, says that it and those behind it, as many as it knows, are entries: their texts
            were whole entries before, with the same prefixes, and what is between them stood there then. It only saves
            the time to find that out again.

    >>> text = "<rss><item>a</item><!-- <item> --><item>b <item>c</item><item>d"
    >>> slices = slice_feed(text, frozenset({""}))
    >>> [text[a:b] for a, b in slices.entries], text[slices.cut:]
    (['<item>a</item>', '<item>b ', '<item>c</item>'], '<item>d')
    """
    entries: list[tuple[int, int]] = []
    start, name, depth, at = -1, "", 0, 0
    no_end = set()  # of comments or CDATA sections: looked for once
    whole = set()
    contents = content_at = 0  # elements open in this entry that may hold markup of any kind, up to where that is known

    def inside(end: int) -> bool:
        nonlocal contents, content_at
        for closing, _, empty in _CONTAINER.findall(text, content_at, end):
            contents += -1 if closing else 0 if empty else 1
        content_at = end
        return contents > 0

    open_section = False

    def swallows(inner: int, end: int) -> bool:
        """Whether a CDATA section was never closed, and takes its end from one in a later entry: between its start and
        that end an entry ends, another starts, and opens a section."""
        later = text.find("<![CDATA[", inner, end)
        if later < 0 or text.startswith("]]", end - 2):  # "]]]]>" is how a section is written inside another
            return False
        return bool(_NEXT_ENTRY.search(text, inner, later))

    search = _markup(prefixes).search
    while found := search(text, at):
        at = found.end()
        comment, cdata, closing, local = found.groups()
        if comment or cdata:
            mark = "-->" if comment else "]]>"
            end = -1 if mark in no_end else text.find(mark, at)
            if cdata and start >= 0 and end >= 0 and swallows(at, end):
                open_section = True  # its end is that of another's: it ends with its element, and hides nothing
            elif end < 0:
                no_end.add(mark)
            else:
                at = end + 3
            continue
        if start >= 0 and local != name:
            continue
        end = text.find(">", at) + 1
        if end == 0:
            break
        at = end
        if closing:
            if start >= 0:
                depth -= 1
                if depth == 0:
                    entries.append((start, end))
                    if not no_end and not open_section:  # else it hangs on what comes after it
                        whole.add(start)
                    open_section = False
                    start = -1
                    if len(entries) == MOST_ENTRIES:
                        break
        elif text[end - 2] == "/":
            if start < 0:
                entries.append((found.start(), end))
                if len(entries) == MOST_ENTRIES:
                    break
        elif start >= 0 and inside(found.start()):
            depth += 1
        elif start < 0 and (run := known(found.start())):
            entries += run
            at = run[-1][1]
            if len(entries) >= MOST_ENTRIES:
                break
        else:
            if start >= 0:  # the one before was never closed
                entries.append((start, found.start()))
                if len(entries) == MOST_ENTRIES:
                    break
            start, name, depth = found.start(), local, 1
            contents, content_at = 0, end
    if len(entries) >= MOST_ENTRIES:
        return Slices(entries[:MOST_ENTRIES], None, whole)
    if start >= 0 and (end_of_feed := _FEED_END.search(text, start)):
        entries.append((start, end_of_feed.start()))
        start = -1
    return Slices(entries, start if start >= 0 else None, whole)


_MOST_PREFIXES = 8  # a feed has one: each is asked of every tag
_MARKS = (":item", ":entry", ":Item", ":Entry", ":ITEM", ":ENTRY")
_DECLARED = re.compile(r"\bxmlns:([\w.-]+)")
_PREFIXED = re.compile(r"<([\w.-]+):(?:item|entry)(?=[\s/>])", re.I)


def undeclared_prefixes(text: str, namespaces: Mapping[str, str]) -> frozenset[str]:
    """Return the prefixes of elements named item or entry that mean nothing, as nobody says what.

    Args:
        namespaces: what is declared, by prefix.

    >>> sorted(undeclared_prefixes("<x:item/><y:entry/><media:item/>", {"y": "urn:y"}))
    ['x']
    """
    if not any(mark in text for mark in _MARKS):  # as nearly always
        return frozenset()
    known = {*namespaces, *_DECLARED.findall(text)}
    found = {prefix for prefix in _PREFIXED.findall(text) if prefix not in known and prefix.lower() not in MODULES}
    return frozenset(found) if len(found) <= _MOST_PREFIXES else frozenset()


def slice_between(
    text: str, entries: list[tuple[int, int]], cut: int | None, prefixes: frozenset[str]
) -> tuple[list[tuple[int, int]], int | None]:
    """Add the entries with other prefixes that lie outside of those found; see `slice_feed`."""
    pattern = _markup(prefixes)
    found: list[tuple[int, int]] = []
    at = 0
    for start, end in [*entries, (len(text) if cut is None else cut, -1)]:
        if any(match[4] for match in pattern.finditer(text, at, start)):
            slices = slice_feed(text[at:start], prefixes)
            found += [(at + one, at + other) for one, other in slices.entries]
            if slices.cut is not None and end >= 0:
                found.append((at + slices.cut, start))
            elif slices.cut is not None and cut is None:
                cut = at + slices.cut
        if end >= 0:
            found.append((start, end))
            at = end
    return found[:MOST_ENTRIES], cut
