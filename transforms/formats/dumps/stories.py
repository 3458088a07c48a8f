"""From a page's reading to its stories."""

import re
from typing import NamedTuple

from feedmill.transforms.formats.dumps.confidence import Sure
from feedmill.transforms.formats.dumps.decode import Reading, Record
from feedmill.transforms.formats.dumps.units import Page, Unit
from feedmill.transforms.formats.dumps.when import DATE, PARTIAL, TIME
from feedmill.transforms.rows.story import Story
from feedmill.transforms.text.dates import Instant, publication, read_date
from feedmill.transforms.text.lines import EDGE, Line, Wrap, columns, ends_sentence, join
from feedmill.transforms.text.urls import canonical_url

_AND = re.compile(r"\s*[,;、，،]\s*|\s+(?:and|und|et|y|e|i|en|og|och|ja|и|та|και|ve|dan|&|و)\s+")
_LEAD = re.compile(r"[\W_]*?(?=[\w\"'“”„«‘(\[])")
_TRAIL = re.compile(r"[\s:|·•]+$")
_LINKS = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_ESCAPED = re.compile(r"\\([-\\`*_{}\[\]()#+.!|<>~])")
_DAY = 86_400_000_000


class Run(NamedTuple):
    """Neighbouring units of one field on one line: `text == whole[start:end]`."""

    label: str
    start: int
    end: int
    line: int
    indent: int
    blank_before: int
    when: int


class Fields(NamedTuple):
    """What the text says of one story."""

    title: str | None
    source: str | None
    authors: tuple[str, ...]
    date: str | None  # as shown
    when: Instant | None
    summary: str | None
    body: str | None
    tags: tuple[str, ...]
    url: str | None


def odd_marks(reading: Reading, units: list[Unit]) -> frozenset[str]:
    """Returns the marks that lead so few of a page's titles that they are a title's own: "★ The spy who loved me"."""
    marks = [
        units[p.unit].mark for r in reading.records for p in r.pieces if p.label == "title" and units[p.unit].part == 0
    ]
    return frozenset(
        m for m in marks if m and m[0] not in "#*_`1" and marks.count(m) <= max(1, 0.1 * len(marks)) and len(marks) > 2
    )


def runs_of(record: Record, units: list[Unit], odd: frozenset[str] = frozenset()) -> list[Run]:
    """Returns the units of a story put together as far as they are one field."""
    runs: list[Run] = []
    last = -2
    for number, label in record.pieces:
        u = units[number]
        if (
            runs
            and number == last + 1
            and runs[-1].label == label
            and runs[-1].line == u.line
            and label not in ("date", "author", "tags", "link")
        ):
            runs[-1] = runs[-1]._replace(end=u.end)
        else:
            start = u.start - len(u.before) if label == "title" and u.part == 0 and u.mark in odd else u.start
            runs.append(Run(label, start, u.end, u.line, u.indent, u.blank_before, u.when))
        last = number
    return runs


def read_fields(
    record: Record,
    units: list[Unit],
    text: str,
    wrap: Wrap | None,
    day: Instant | None,
    zone: str,
    odd: frozenset[str] = frozenset(),
) -> Fields:
    """Returns the fields of a story; `day` is what the heading above it says."""
    runs = runs_of(record, units, odd)
    titles = _lines(runs, "title", text)
    title, again = _title(titles, wrap)
    sources = [clean(text[r.start : r.end]) for r in runs if r.label == "source"]
    authors: list[str] = []
    for r in runs:
        if r.label == "author":
            authors += [
                name
                for part in _AND.split(clean(text[r.start : r.end]))
                if (name := part.strip(EDGE)) and name not in authors
            ]
    dates = [r for r in runs if r.label == "date"]
    raw, when = _date(dates, text, day, zone)
    body_lines = _lines(runs, "body", text)
    teaser_lines = _lines(runs, "teaser", text)
    captions = _lines(runs, "caption", text)
    if again and not body_lines:  # a second headline that is none: the text begins so
        body_lines = again
    body = text_of(sorted([*body_lines, *captions]), wrap) or None
    summary = text_of(teaser_lines, wrap) or None
    links = [text[r.start : r.end].strip("<>()") for r in runs if r.label == "link"]
    url = next((link for link in links if link.lower().startswith(("http://", "https://", "www."))), None)
    tags = [
        part.strip(" #")
        for r in runs
        if r.label == "tags"
        for part in re.split(r"[,;|]|\s(?=#)", text[r.start : r.end])
    ]
    return Fields(
        title,
        next((s for s in sources if s), None),
        tuple(authors),
        raw,
        when,
        summary,
        body,
        tuple(dict.fromkeys(t for t in tags if t)),
        url,
    )


def clean(text: str) -> str:
    """Drops what marks a name and is not of it: icons before it, a colon behind it.

    >>> clean("✇ The Verge:"), clean("“Notes”")
    ('The Verge', '“Notes”')
    """
    lead = _LEAD.match(text)
    return _TRAIL.sub("", text[lead.end() if lead else 0 :]).strip(EDGE) or text.strip(EDGE)


def _lines(runs: list[Run], label: str, text: str) -> list[Line]:
    lines = ((r, _plain(text[r.start : r.end])) for r in runs if r.label == label)
    return [Line(r.start, r.end, shown, r.indent, r.blank_before) for r, shown in lines if shown]


def _plain(text: str) -> str:
    """Takes the marks of Markdown out of a line: links show their words, escapes what they stand for."""
    if "](" in text:
        text = _LINKS.sub(r"\1", text)
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def _title(lines: list[Line], wrap: Wrap | None) -> tuple[str | None, list[Line]]:
    """Returns the title, of one line or of several that were wrapped, and what else was called one.

    A line that the story shows twice is its title, whatever stands beside it.
    """
    groups: list[list[Line]] = []
    for line in lines:
        if (
            groups
            and not line.blank_before
            and _wrapped(groups[-1][-1], line, wrap)
            and not _same(line.text, groups[-1][0].text)
        ):
            groups[-1].append(line)
        else:
            groups.append([line])
    titles = [join([line.text for line in group]) for group in groups]
    if not titles:
        return None, []
    shown = [sum(_same(title, other) for other in titles) for title in titles]
    at = shown.index(max(shown)) if max(shown) > 1 else 0
    title = max(
        (t for n, t in enumerate(titles) if n == at or _same(t, titles[at])),
        key=lambda t: (not t.endswith(("…", "...")), len(t)),
    )
    again = [line for group, other in zip(groups, titles, strict=True) for line in group if not _same(other, title)]
    return title.strip(EDGE + "*_#") or None, again


def _wrapped(line: Line, following: Line, wrap: Wrap | None) -> bool:
    return wrap is not None and wrap.runs_on(line, following)


def _same(a: str, b: str) -> bool:
    a, b = (re.sub(r"\W+", "", x).casefold() for x in (a, b))
    return bool(a) and bool(b) and (a.startswith(b) or b.startswith(a))


def _date(runs: list[Run], text: str, day: Instant | None, zone: str) -> tuple[str | None, Instant | None]:
    """Returns the first date that can be read, and how it is written; a time of day is of the heading's day."""
    for kinds in ((DATE, 0), (PARTIAL, TIME, 0)):
        for n, r in enumerate(runs):
            if r.when not in kinds:
                continue
            raw = text[r.start : r.end].replace("\\", "").strip("()[] ")
            when = read_date(raw, zone=zone)
            if when is None and n + 1 < len(runs):  # "3 March 2025" and "10:12", parted by a mark
                both = f"{raw} {text[runs[n + 1].start : runs[n + 1].end]}"
                when = read_date(both, zone=zone)
            elif when is not None and when.precision == "day" and n + 1 < len(runs) and runs[n + 1].when == TIME:
                when = read_date(f"{raw} {text[runs[n + 1].start : runs[n + 1].end]}", zone=zone) or when
            if when is None and day is not None and r.when == TIME:
                when = _at(day, raw, zone)
            if when is not None:
                return raw, when
    shown = text[runs[0].start : runs[0].end].strip("()[] ") if runs else None
    if day is not None:
        return shown, day
    return shown, None


def _at(day: Instant, clock: str, zone: str) -> Instant | None:
    import datetime

    date = datetime.date.fromordinal(day.at // _DAY + datetime.date(1970, 1, 1).toordinal())
    return read_date(f"{date.isoformat()} {clock.replace('h', ':')}", zone=zone)


def text_of(lines: list[Line], wrap: Wrap | None) -> str:
    """Returns the text of lines: paragraphs with a blank line between, lines that were wrapped joined."""
    paragraphs: list[list[str]] = []
    for n, line in enumerate(lines):
        if n and not line.blank_before and _runs_on(lines[n - 1], line, wrap):
            paragraphs[-1].append(line.text)
        else:
            paragraphs.append([line.text])
    return "\n\n".join(join(paragraph) for paragraph in paragraphs)


def _runs_on(line: Line, following: Line, wrap: Wrap | None) -> bool:
    if wrap is not None:
        return wrap.runs_on(line, following) or not ends_sentence(line.text)
    return not ends_sentence(line.text) and following.text[0].islower() and columns(line.text) > 30


def story_of(fields: Fields, where: tuple[int, int], sure: Sure) -> Story:
    """Returns a story of what was read; `where` in bytes."""
    text = fields.body or fields.summary
    body, summary = (fields.body, fields.summary) if fields.body else (fields.summary, None)
    form = (
        "headline"
        if not text
        else "blurb"
        if not fields.title
        else "full"
        if fields.body and fields.summary
        else "teaser"
    )
    url = fields.url and (f"http://{fields.url}" if fields.url.lower().startswith("www.") else fields.url)
    return Story(
        byte_start=where[0],
        byte_end=where[1],
        form=form,
        title=fields.title,
        summary=summary,
        body=body,
        authors=fields.authors,
        categories=fields.tags,
        source_name=fields.source,
        url=url and canonical_url(url),
        url_raw=fields.url,
        published_raw=fields.date,
        **publication(fields.when),
        confidence=min(sure),
        confidence_bounds=sure.bounds,
        confidence_fields=sure.fields,
    )


def read_page(reading: Reading, page: Page, text: str, zone: str) -> list[Fields]:
    """Returns the fields of each story of a page, in its order. A day's heading dates what stands below it."""
    wrap = page.wrap
    odd = odd_marks(reading, page.units)
    found = []
    days = iter(sorted(reading.days))
    day: Instant | None = None
    upcoming = next(days, None)
    for record in reading.records:
        while upcoming is not None and upcoming < record.pieces[0].unit:
            day = read_date(page.units[upcoming].text, zone=zone) or day
            upcoming = next(days, None)
        found.append(read_fields(record, page.units, text, wrap, day, zone, odd))
    return found
