"""Lists as programs in a terminal show them, a story a line, in columns: newsboat's articles, elfeed's search."""

import collections
import re
from typing import NamedTuple

from feedmill.transforms.formats.dumps.when import AGE, DATE, PARTIAL, find_whens
from feedmill.transforms.formats.json.scan import ValueSpan
from feedmill.transforms.formats.json.story import build, with_chrome
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Split, Story
from feedmill.transforms.text.dates import publication, read_date
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.language.vote import detect_words
from feedmill.transforms.text.lines import Line, read_lines

_MOST = 0.8  # share of the lines that must be of the list
_LEAST = 2  # lines of a list
_SAMPLE = 400  # lines that are looked at to tell what a text is
# "   12 N  Mar 03  1.4K |The Quay         | Rates held"
_NEWSBOAT = re.compile(
    r"\d{1,6}\s{1,8}(?P<date>\S.{3,24}?)\s{1,8}"
    r"(?:(?P<size>\d{1,6}(?:[.,]\d)?[KMGB]?)\s{1,8})?(?:\|(?P<feed>[^|]{1,80})\|\s{0,4})?(?P<title>\S.*)"
)
_FLAGS = re.compile(r"^(\d{1,6}\s{1,8})[A-Za-z!*+~]{1,4}\s+")
_NAMED = re.compile(r"['‘“\"«„]\s?([^'’”\"»“]{1,120}?)\s?['’”\"»“]")
_PROGRAM = re.compile(r"(?:newsboat|newsbeuter)\b", re.IGNORECASE)
# "2025-03-03 Rates held                    The Quay   (unread,news)"
_ELFEED = re.compile(r"(?P<date>\d{4}-\d\d-\d\d)\s(?P<rest>\S.*?)\s+\((?P<tags>[^()]{1,200})\)")
_GAP = re.compile(r"\S(\s{2,})(?=\S)")


class Entry(NamedTuple):
    """A line of a list."""

    line: Line
    title: str
    source: str | None
    date: str
    tags: tuple[str, ...]


def looks_listed(text: str) -> bool:
    """Whether a text is such a list.

    >>> looks_listed("Newsboat 2.3\\n 1 N  Mar 03  1K |The Quay| Rates held\\n 2    Mar 02  2K |Sea| Rain\\n")
    True
    """
    lines = read_lines(text[:100_000])[:_SAMPLE]
    return bool(_entries(lines))


def split_listed(doc: Document, name: str, settings: Settings) -> Split:
    """Return the stories of such a list, each at its line; what is no entry is the program's own."""
    lines = read_lines(doc.text)
    entries = _entries(lines)
    of = {entry.line.start: entry for entry in entries}
    others = [line for line in lines if line.start not in of]
    named = [found[1] for line in others[:3] if _PROGRAM.match(line.text) and (found := _NAMED.search(line.text))]
    # a list of one feed names it above, and not in each line
    source = named[0] if named and not any(entry.source for entry in entries) else None

    def story(found: ValueSpan) -> Story | None:
        entry = of[found.start]
        at = read_date(entry.date, zone=settings.timezone)
        return Story(
            0,
            0,
            form="headline",
            title=entry.title,
            categories=entry.tags,
            source_name=entry.source or source,
            published_raw=entry.date,
            **publication(at),
            confidence=0.95,
            confidence_bounds=0.98,
            confidence_fields=0.95,
        )

    split = build(doc, name, [ValueSpan(e.line.start, e.line.end, {}) for e in entries], story, source_name=source)
    words = ". ".join(
        re.findall(r"[^\W\d_][^\W\d_ ]+(?: [^\W\d_]+)*", _NAMED.sub(" ", " ".join(n.text for n in others)))
    )
    spoken = detect_words(words)
    return with_chrome(split, doc, [(line.start, line.end) for line in others])._replace(
        chrome_lang=spoken.lang if spoken else None
    )


def _entries(lines: list[Line]) -> list[Entry]:
    for read in (_newsboat, _elfeed):
        entries = read(lines)
        if len(entries) >= _LEAST and len(entries) >= _MOST * (len(lines) - 3):
            return entries
    return []


def _newsboat(lines: list[Line]) -> list[Entry]:
    found = []
    for line in lines:
        # flags stand between number and date: "N", "D!"; a month's name may look like some
        for text in (line.text, _FLAGS.sub(r"\1", line.text)) if len(line.text) < 1000 else ():
            match = _NEWSBOAT.fullmatch(text)
            if match and _is_date(match["date"]):
                found.append((line, match))
                break
    entries = [Entry(n, m["title"], (m["feed"] or "").strip() or None, m["date"], ()) for n, m in found]
    # sizes or feeds make it newsboat's, or its name; dates below numbers are many a list
    sized = sum(bool(match["size"] or match["feed"]) for _, match in found)
    program = any(_PROGRAM.match(line.text) for line in lines[:3])
    return entries if program or sized >= _MOST * len(found) > 0 else []


def _is_date(text: str) -> bool:
    whens = find_whens(text)
    return len(whens) == 1 and whens[0].kind in (DATE, PARTIAL, AGE) and whens[0].end - whens[0].start >= len(text) - 1


def _elfeed(lines: list[Line]) -> list[Entry]:
    found = [(line, match) for line in lines if len(line.text) < 1000 and (match := _ELFEED.fullmatch(line.text))]
    columns: collections.Counter[int] = collections.Counter()
    for _, match in found:
        gaps = list(_GAP.finditer(match["rest"]))
        if gaps:
            columns[match.start("rest") + gaps[-1].end()] += 1
    if not columns:
        return []
    column, count = max(columns.items(), key=lambda item: (item[1], -item[0]))
    if count < _MOST * len(found) / 2:
        return []
    entries = []
    for line, match in found:
        title, source = line.text[match.start("rest") : column].strip(), line.text[column : match.end("rest")].strip()
        if title and source:
            tags = tuple(tag.strip() for tag in match["tags"].split(",") if tag.strip() not in ("", "unread"))
            entries.append(Entry(line, title, source, match["date"], tags))
    return entries


# "[03.03.25, 10:12:33] Ana: Good morning", "3/3/25, 10:12 AM - Ana: Good morning"
_CHAT = re.compile(
    r"^\W{0,3}\[?\d{1,4}[./-]\d{1,2}[./-]\d{2,4},?\s\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[apAP]\.?[mM]\.?)?\]?\s"
    r"(?:-\s)?[^:\n]{1,60}:\s",
    re.MULTILINE,
)


def is_chat(text: str) -> bool:
    """Whether a text is a chat between people, as WhatsApp and its like export it."""
    sample = text[:20_000]
    found = len(_CHAT.findall(sample))
    return found >= 3 and _CHAT.match(sample.lstrip()) is not None and 3 * found >= sum(map(bool, sample.split("\n")))
