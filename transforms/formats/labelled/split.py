"""Text to labelled records, and records to stories.

lines ─┬─ marks between records ("3 of 20 DOCUMENTS", "End of Document") ──┐
       ├─ rules ────────────────────────────────────────────────────────────┼─▶ stretches ──▶ fields ──▶ stories
       └─ else a label that comes again ────────────────────────────────────┘

What a record says without a label (its title over the author, the newspaper between date and language) is told by the
order in which the records of a page say it, not by the name of the program. Everything is linear.
"""

import collections
import itertools
import re
from collections.abc import Iterable
from typing import NamedTuple

from feedmill.transforms.formats.dumps.units import page_wrap
from feedmill.transforms.formats.json.scan import ValueSpan
from feedmill.transforms.formats.json.story import address, build, form_of, people, with_chrome
from feedmill.transforms.formats.json.vocabulary import LOOSE, fields, plain
from feedmill.transforms.formats.labelled.labels import (
    CODES,
    Mark,
    by_of,
    codes_of,
    date_in,
    field_of,
    holder_of,
    is_missing,
    is_name,
    kind_of,
    language_of,
    mark_of,
    more_labels,
    number_of,
    read_label,
)
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Split, Story
from feedmill.transforms.text.dates import Instant, fold, publication, read_date
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.lines import Line, Wrap, columns, ends_sentence, is_rule, join, read_lines

_ONCE = frozenset(("title", "source", "imprint", "date", "words", "body", "lead"))  # fields that a record has once
_TEXTS = frozenset(("body", "lead", "summary"))
_OF_VOCABULARY = {"published": "date", "authors": "author", "categories": "tags", "updated": "loaded", "guid": "id"}
_LEAST_MARKS = 0.5  # of the records that labels tell of, so many must have a mark for marks to part them
_LIKE_OTHERS = 0.4  # share of what most records have that a stretch must have to be one, too
_NO_SIGNS = frozenset(("(free)", "(rule)", "(page)", "(start)", "(end)"))
_WIDE = 55  # columns of a line that may have been wrapped
_OWN = 2  # what a character of a record's own weighs, where those of all records below a sign weigh one each
_HEADLINE = 250  # characters of a title


class Row(NamedTuple):
    """A line and what it is: "label", "start", "end", or what `kind_of` says."""

    line: Line
    kind: str
    mark: Mark | None = None


class Record(NamedTuple):
    """What a record says, as it is written; "" for what it does not say."""

    start: int  # in characters
    end: int
    title: str
    source: str
    authors: tuple[str, ...]
    dates: tuple[str, ...]  # the likeliest first
    summary: str
    body: str
    url: str
    guid: str
    tags: tuple[str, ...]
    bounds: float
    sure: float  # of its fields


class Page(NamedTuple):
    """The records of a text, and what of it is none."""

    records: list[Record]
    others: list[tuple[int, int]]  # covers, lists of contents, notes at the end; in characters
    lang: str | None  # of the labels
    marked: bool  # whether something else than labels parts the records
    day_first: bool | None = None  # of its dates in numbers: 28/02/2025; None if none tells


def split_labelled(doc: Document, name: str, settings: Settings) -> Split:
    """Return the stories of labelled records, each at the bytes of its lines."""
    page = read_page(doc.text)
    records = {record.start: record for record in page.records}

    def story(entry: ValueSpan) -> Story | None:
        return _story(records[entry.start], doc.url, settings.timezone, page.day_first)

    split = build(doc, name, [ValueSpan(r.start, r.end, {"title": r.title}) for r in page.records], story)
    sources = {story.source_name for story in split.stories}
    return with_chrome(split, doc, page.others)._replace(
        chrome_lang=page.lang if page.marked else None,
        source_name=sources.pop() if len(sources) == 1 else None,
    )


def looks_labelled(text: str) -> bool:
    """Tell whether these are labelled records of which most are stories.

    >>> looks_labelled("Title: Rates held\\nDate: 2026-03-04\\n\\nTitle: Rain fell all day\\nDate: 2026-03-05\\n")
    True
    """
    page = read_page(text)
    found = page.records
    if not found or 2 * sum(_is_told(record) for record in found) <= len(found):
        return False
    # one record without a mark says little, and long before the first is a text of another kind
    return page.marked or (len(found) > 1 and 3 * found[0].start <= len(text))


def _is_told(record: Record) -> bool:
    """Tell whether this is a record whose values are a story's: a title or text of some words, and an address, date
    or text."""
    text = record.body or record.summary
    said = len(record.title.split()) > 1 or columns(record.title) >= 12 or len(text) >= 40
    dated = any((at := read_date(raw)) is not None and at.precision != "year" for raw in record.dates)
    linked = re.match(r"https?://\S", record.url) is not None
    return said and bool(linked or dated or (record.title and len(text) >= 40))


# Rows


def read_page(text: str) -> Page:
    """Return the records of a text; none if it has too few labels and marks."""
    lines = read_lines(text)
    rows = _rows(lines)
    if rows is None:
        return Page([], [], None, False)
    wrap = page_wrap([row.line for row in rows if row.kind == "free"])
    stretches, how = _cut(rows)
    if not stretches:
        return Page([], [], None, False)
    rows = _without_refrains(rows, stretches)
    return _read(rows, stretches, how, wrap)


def _rows(lines: list[Line]) -> list[Row] | None:
    """Return what each line is; None for a text in which too few have labels or are marks."""
    codes = codes_of(lines)
    marks = [mark_of(line.text) for line in lines]
    found = [None if mark else read_label(line.text, codes) for line, mark in zip(lines, marks, strict=True)]
    lang = language_of({one.label for one in found if one})
    labels = [_known(one, lang) for one in found]
    counts = collections.Counter(one.label for one in labels if one)
    most = max((counts[one.label] for one in labels if one and one.field not in ("other", None)), default=0)
    if not any(marks) and (most < 1 or sum(one.field not in ("other", None) for one in labels if one) < 3):
        return None
    rows = []
    for line, mark, label in zip(lines, marks, labels, strict=True):
        if mark:
            rows.append(Row(line, mark))
        elif label and (label.field is not None or 2 * counts[label.label] > most > 1):
            # a label that is not known counts as one if it comes with most records: "Views: 12"
            rows.append(Row(line, "label", label))
        else:
            rows.append(Row(line, kind_of(line)))
    return rows


def _known(mark: Mark | None, lang: str | None) -> Mark | None:
    """Return a label with its field: in the page's language, or else by the vocabulary of JSON."""
    if mark is None or _coded(mark):
        return mark
    if mark.field is not None or plain(mark.label) in LOOSE:
        return mark._replace(field=field_of(mark.label, lang) or mark.field)
    field = next(iter(fields({mark.label: "x"})), None)
    return mark._replace(field=_OF_VOCABULARY.get(field, field)) if field else mark


# Records


def _cut(rows: list[Row]) -> tuple[list[tuple[int, int]], str]:
    """Return the stretches of rows that may be records, first and last + 1, and what parts them."""
    counts: collections.Counter[str] = collections.Counter(
        row.mark.label for row in rows if row.mark and row.mark.field in _ONCE
    )
    most = max(counts.values(), default=0)
    starts = [n for n, row in enumerate(rows) if row.kind == "start"]
    ends = [n for n, row in enumerate(rows) if row.kind == "end" or _is_last(row)]
    if starts and len(starts) >= _LEAST_MARKS * most and _rise(rows, starts):
        found = [(a + 1, b) for a, b in zip(starts, [*starts[1:], len(rows)], strict=True)]
        return _parted(rows, found), "starts"
    if ends and len(ends) >= _LEAST_MARKS * most:
        firsts = [0, *(n + 1 for n in ends)]
        return _parted(rows, [(a, b) for a, b in zip(firsts, [*firsts[1:], len(rows)], strict=True) if a < b]), "ends"
    ruled = _ruled(rows, most)
    if ruled:
        return ruled, "rules"
    return _cycles(rows), "labels"


def _parted(rows: list[Row], stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the stretches, cut where a title's label comes again: the mark above it is lost."""
    found = []
    for first, last in stretches:
        at, seen = first, ""
        for n in range(first, last):
            if _is_title(rows[n]):
                if seen == _label(rows[n]):
                    found.append((at, n))
                    at = n
                seen = seen or _label(rows[n])
        found.append((at, last))
    return found


def _is_last(row: Row) -> bool:
    """Whether a label's value is a mark that ends a record: "AN  Document DQUAY00020250303el3300001"."""
    return row.mark is not None and row.mark.field == "id" and mark_of(row.mark.rest) == "end"


def _rise(rows: list[Row], starts: list[int]) -> bool:
    numbers = [number_of(rows[n].line.text) or 0 for n in starts]
    return 2 * sum(a < b for a, b in itertools.pairwise(numbers)) >= len(numbers) - 1


def _ruled(rows: list[Row], most: int) -> list[tuple[int, int]]:
    """Return the stretches between rules, if they are the records: most have labels, and none twice."""
    cuts = [n for n, row in enumerate(rows) if row.kind == "rule"]
    if not cuts:
        return []
    firsts = [0, *(n + 1 for n in cuts)]
    found, whole = [], 0
    for first, last in zip(firsts, [*cuts, len(rows)], strict=True):
        own = [row.mark.label for row in rows[first:last] if row.mark and row.mark.field in _ONCE]
        if own:
            found.append((first, last))
            whole += len(own) == len(set(own))
    return found if len(found) > 1 and whole >= 0.8 * len(found) and len(found) >= 0.8 * most else []


def _cycles(rows: list[Row]) -> list[tuple[int, int]]:
    """Return the records of rows among which labels come again and again.

    A record ends where one of its labels comes again: at the line itself, or at the blank line or rule above it.
    """
    labelled = [n for n, row in enumerate(rows) if row.mark]
    if not labelled:
        return []
    first = rows[labelled[0]].mark
    coded = first is not None and _coded(first)
    starts: list[int] = []
    seen: set[str] = set()
    for first_of, last in _blocks(rows):
        here = [n for n in range(first_of, last) if rows[n].mark]
        if here and (not starts or (not coded and any(_label(rows[n]) in seen for n in here))):
            starts.append(here[0])  # what stands above the first label is a heading
            seen = set()
        for n in here:
            name = _label(rows[n])
            again = name in seen and (not coded or name == _label(rows[starts[0]]) or _is_title(rows[n]))
            if again and n != starts[-1]:
                starts.append(n)
                seen = set()
            seen.add(name)
    starts = _with_titles(rows, starts)
    return list(zip(starts, [*starts[1:], len(rows)], strict=True))


def _is_title(row: Row) -> bool:
    return row.mark is not None and row.mark.field == "title"


def _coded(mark: Mark) -> bool:
    return mark.label.split()[0] in CODES and " " in mark.label


def _label(row: Row) -> str:
    return row.mark.label if row.mark else ""


def _blocks(rows: list[Row]) -> Iterable[tuple[int, int]]:
    """Where rows stand together, between blank lines and rules."""
    at = 0
    for n, row in enumerate(rows):
        if n > at and (row.line.blank_before or row.kind == "rule"):
            yield at, n
            at = n
    if at < len(rows):
        yield at, len(rows)


def _with_titles(rows: list[Row], starts: list[int]) -> list[int]:
    """Begin each record at the headline above its first label, where records have one there and none with a label."""
    titled = sum(row.mark is not None and row.mark.field == "title" for row in rows)
    if len(starts) < 2 or 2 * titled >= len(starts):
        return starts
    moved = []
    for k, start in enumerate(starts):
        floor = starts[k - 1] + 1 if k else 0
        first = start
        while first > floor and start - first < 3 and rows[first - 1].kind == "free":
            first -= 1
            if rows[first].line.blank_before:
                break
        text = " ".join(row.line.text for row in rows[first:start])
        apart = first == 0 or rows[first].line.blank_before or rows[first - 1].kind == "rule"
        moved.append(first if first < start and apart and len(text) < _HEADLINE and not ends_sentence(text) else start)
    could = len(starts) - (starts[0] == 0)  # above the first line of a text there is nothing
    return moved if sum(a != b for a, b in zip(moved, starts, strict=True)) >= 0.7 * could else starts


def _without_refrains(rows: list[Row], stretches: list[tuple[int, int]]) -> list[Row]:
    """Take out of texts what most of them end with: "View full article"."""
    lasts = []
    for first, last in stretches:
        free = [n for n in range(first, last) if rows[n].kind == "free" and columns(rows[n].line.text) < _WIDE]
        if free and free[-1] > first + 1:
            lasts.append(free[-1])
    counts = collections.Counter(rows[n].line.text for n in lasts)
    refrains = {text for text, count in counts.items() if count > max(2, len(stretches) // 2)}
    out = list(rows)
    for n in lasts if refrains else ():
        if rows[n].line.text in refrains:
            out[n] = rows[n]._replace(kind="page")
    return out


# Fields


class _Parts(NamedTuple):
    """A stretch of rows, sorted: which are values of labels, and which stand alone."""

    first: int
    last: int
    values: list[tuple[Mark, list[int]]]  # labels, and the rows below that go on with their values
    taken: frozenset[int]  # rows that are labels or go on with one
    begin: int | None  # where the text begins; None if it has a label, or there is none
    end: int


def _signs(rows: Iterable[Row]) -> set[str]:
    """Return what tells that a stretch is a record of this page."""
    return {row.mark.label if row.mark else f"({row.kind})" for row in rows} - _NO_SIGNS


def _read(rows: list[Row], stretches: list[tuple[int, int]], how: str, wrap: Wrap | None) -> Page:
    signs = [_signs(rows[a:b]) for a, b in stretches]
    counts = collections.Counter(sign for own in signs for sign in own)
    usual = {sign for sign, count in counts.items() if 2 * count >= len(stretches)}
    marked = how in ("starts", "ends")
    if marked and (len(usual) < 2 or (not usual & {"(date)", "(copyright)", "(words)"} and not _fields(rows, usual))):
        return Page([], [], None, False)
    alike = [
        (a, b)
        for (a, b), own in zip(stretches, signs, strict=True)
        if how == "labels" or len(own & usual) >= _LIKE_OTHERS * len(usual)
    ]
    # a label ends a text if it does so elsewhere: in one text alone it is a word of the text
    least = max(min(2, len(alike)), len(alike) / 3)
    sure = {sign for sign, count in counts.items() if count >= least}
    if marked:
        sure |= _written_alike(rows, alike, sure)
    keys = _where_texts_begin(rows, alike, sure, wrap)
    parts = [_parts(rows, a, b, sure, keys, wrap) for a, b in alike]
    heads = [_head(rows, part, wrap) for part in parts]
    if how == "ends" and parts:  # above the first record there may be a cover
        parts[0], heads[0] = _uncovered(rows, parts[0], heads, wrap)
    heads = _without_editions(heads)
    orders = collections.Counter(_order(head) for head in heads)
    order, agree = max(orders.items(), key=lambda item: (item[1], item[0])) if orders else ("", 0)
    repeated = collections.Counter(group for head in heads for group in head.above[:1])
    if order == "source date title" and not any(head.said for head in heads):
        below = collections.Counter(group for head in heads for group in head.below[:1])
        if len(repeated) > len(below):  # what comes again is the newspaper
            order = "title date source"
    if _titles_in_texts(rows, parts, heads, wrap):
        order, agree = "source date, title", len(heads)
    titles: list[str] = []
    records = []
    for part, head in zip(parts, heads, strict=True):
        record = _record(rows, part, head, order, agree / max(1, len(heads)), wrap)
        last = rows[part.last - 1]
        ended = how != "ends" or last.kind == "end" or _is_last(last)
        twice = how != "labels" and _twice(rows, part)
        bounds = 0.5 if twice else 0.8 if not ended else 0.97 if marked else 0.95
        records.append(record._replace(bounds=bounds))
        titles.append(fold(record.title))
    texts = sum(bool(r.body) for r in records)
    if texts >= 0.7 * len(records):  # what has no text among those that do may have lost more
        records = [r if r.body else r._replace(sure=min(r.sure, 0.6)) for r in records]
    many = collections.Counter(titles)
    records = [
        r._replace(sure=min(r.sure, 0.5)) if title and many[title] > max(2, 0.2 * len(records)) else r
        for r, title in zip(records, titles, strict=True)
    ]
    records = [r for r in records if r.title or r.body or r.summary]
    if marked and 2 * sum(bool(r.title) for r in records) < len(records):
        records = []
    lang = language_of({_label(row) for row in rows if row.mark})
    return Page(records, _between(rows, records), lang, marked, _day_first(records))


_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")


def _day_first(records: list[Record]) -> bool | None:
    """Return whether dates in numbers begin with the day, told by those that can be read in one way alone."""
    found = [match for record in records for raw in record.dates[:1] if (match := _NUMBERS.match(raw))]
    first, second = (any(int(match[n]) > 12 for match in found) for n in (1, 3))
    return first if first != second else None


def _plain_date(raw: str, day_first: bool | None) -> str:
    """Return a date in numbers as it is read everywhere, on a page that tells how."""
    found = _NUMBERS.match(raw)
    if found is None or day_first is None:
        return raw
    day, month = (found[1], found[3]) if day_first else (found[3], found[1])
    return f"{found[4]}-{int(month):02d}-{int(day):02d}{raw[found.end() :]}"


def _fields(rows: list[Row], usual: set[str]) -> bool:
    known = {row.mark.field for row in rows if row.mark and row.mark.label in usual}
    return len(known & {"title", "source", "imprint", "date", "author", "body", "summary", "words", "loaded"}) > 1


def _between(rows: list[Row], records: list[Record]) -> list[tuple[int, int]]:
    """Where text stands that is of no record: covers, contents, notes at the end."""
    found: list[tuple[int, int]] = []
    k = 0
    for row in rows:
        while k < len(records) and records[k].end <= row.line.start:
            k += 1
        if k < len(records) and records[k].start <= row.line.start:
            continue
        if row.kind in ("rule", "start", "end"):
            continue
        same = found and (k == 0 or records[k - 1].end <= found[-1][0])
        if same:
            found[-1] = (found[-1][0], row.line.end)
        else:
            found.append((row.line.start, row.line.end))
    return found


def _twice(rows: list[Row], part: _Parts) -> bool:
    """Whether a stretch has twice what a record has once: a mark between two records is lost."""
    own = [mark.label for mark, _ in part.values if mark.field in ("title", "words", "body", "imprint", "date")]
    own += [
        row.kind
        for n, row in enumerate(rows[part.first : part.end], part.first)
        if row.kind == "words" and n not in part.taken
    ]
    return len(own) > len(set(own))


def _written_alike(rows: list[Row], stretches: list[tuple[int, int]], sure: set[str]) -> set[str]:
    """Return the labels that few records have, and that are written as no text writes: alone on a line of their own
    ("Graphic", "Classification"), or in capitals where the labels of all records are ("GRAPHIC: …")."""
    known = [row for first, last in stretches for row in rows[first:last] if row.mark and row.mark.field]
    usual = [row for row in known if _label(row) in sure]
    capitals = 5 * sum(_in_capitals(row) for row in usual) >= 4 * len(usual) > 0
    alone = {_label(row) for row in known if not set(":：\t") & set(row.line.text) and row.line.blank_before}
    return alone | {_label(row) for row in known if capitals and _in_capitals(row)}


def _in_capitals(row: Row) -> bool:
    name = re.split("[:：\t]", row.line.text, maxsplit=1)[0]
    return name.isupper() and len(name) > 2


def _where_texts_begin(
    rows: list[Row], stretches: list[tuple[int, int]], sure: set[str], wrap: Wrap | None
) -> dict[str, int]:
    """Return below which signs lines without a label stand, and how many characters: the text is below the most."""
    sizes: collections.Counter[str] = collections.Counter()
    for first, last in stretches:
        _, taken = _values(rows, first, last, sure, wrap)
        key = ""
        for n in range(first, last):
            row = rows[n]
            if row.mark and n in taken:
                key = row.mark.label
            elif n not in taken and row.kind == "free":
                if key:
                    sizes[key] += len(row.line.text)
            elif n not in taken and row.kind not in ("rule", "page"):
                key = row.kind
    return dict(sizes)


def _values(
    rows: list[Row], first: int, last: int, sure: set[str], wrap: Wrap | None
) -> tuple[list[tuple[Mark, list[int]]], frozenset[int]]:
    """Return the labels of a stretch with the rows that go on with their values, and all these rows."""
    values: list[tuple[Mark, list[int]]] = []
    taken: set[int] = set()
    mark: Mark | None = None
    own: list[int] = []
    at = first
    for n in range(first, last):
        row = rows[n]
        if row.mark and (mark is None or mark.field not in _TEXTS or row.mark.label in sure):
            mark, own, at = row.mark, [], n
            values.append((mark, own))
            taken.add(n)
        elif mark and row.kind not in ("rule", "page", "start", "end") and _goes_on(rows, at, own, n, mark, wrap):
            own.append(n)
            taken.add(n)
        else:
            mark = None if mark and mark.field not in _TEXTS else mark
    return values, frozenset(taken)


def _goes_on(rows: list[Row], at: int, own: list[int], n: int, mark: Mark, wrap: Wrap | None) -> bool:
    """Whether a row without a label goes on with the value of the one above it, whose row is `at`."""
    row = rows[n]
    if mark.field in _TEXTS:
        return row.kind != "copyright" or mark.field == "summary" or not own
    above = rows[own[-1] if own else at].line
    if not mark.rest and not own:
        return row.line.blank_before <= int(_coded(mark)) and row.kind != "copyright"
    if row.line.blank_before:
        return False
    if row.line.indent > rows[at].line.indent + 1:
        return True
    if row.kind != "free":
        return False
    if wrap is not None and columns(above.text) + above.indent >= _WIDE:
        return wrap.runs_on(above, row.line)
    return above.text.endswith((";", ",")) and columns(above.text) >= _WIDE


def _parts(rows: list[Row], first: int, last: int, sure: set[str], keys: dict[str, int], wrap: Wrap | None) -> _Parts:
    values, taken = _values(rows, first, last, sure, wrap)
    begin = None
    if not any(mark.field in ("body", "lead") and (own or mark.rest) for mark, own in values):
        begin = _begin(rows, first, last, taken, keys)
    end = last
    if begin is not None:
        for n in range(begin, last):
            if rows[n].kind in ("copyright", "start", "end") or (
                rows[n].mark and n in taken and _label(rows[n]) in sure
            ):
                end = n
                break
        taken = frozenset(n for n in taken if not begin <= n < end)
        inside = {id(mark) for n in range(begin, end) if (mark := rows[n].mark)}
        values = [(mark, own) for mark, own in values if id(mark) not in inside]
    return _Parts(first, last, values, taken, begin, end)


def _begin(rows: list[Row], first: int, last: int, taken: frozenset[int], keys: dict[str, int]) -> int | None:
    """Return the row at which the text of a record begins: below the sign that texts stand below on this page."""
    runs: list[tuple[str, int, int]] = []  # the sign above, the first row, characters
    key, open_ = "", False
    for n in range(first, last):
        row = rows[n]
        if n in taken:
            key, open_ = (row.mark.label if row.mark else key), False
        elif row.kind in ("rule", "page"):
            continue
        elif row.kind != "free":
            key, open_ = row.kind, False
        elif open_:
            runs[-1] = (key, runs[-1][1], runs[-1][2] + len(row.line.text))
        else:
            runs.append((key, n, len(row.line.text)))
            open_ = True
    told = [run for run in runs if run[0]]
    if not told:
        return None
    # a headline is short, and stands above a text
    best = max(told, key=lambda run: (keys.get(run[0], 0) * min(1.0, run[2] / 60) + _OWN * run[2], run[2]))
    if best[2] < 60 and best[0] != max(keys, key=lambda k: (keys[k], k)):
        return None
    return best[1]


class _Head(NamedTuple):
    """What stands over a record's text without a label: groups of lines, those above its date and those below."""

    above: tuple[str, ...]
    below: tuple[str, ...]
    date: str
    clock: str
    by: str
    holder: str
    counted: bool  # the number of words stands above the date
    said: bool  # a group is whom the note of copyright names
    rows: tuple[int, ...]  # first row of each group above


def _head(rows: list[Row], part: _Parts, wrap: Wrap | None, since: int | None = None, last_date: bool = False) -> _Head:
    first = part.first if since is None else since
    stop = part.begin
    if stop is None:
        text = [n for n in range(first, part.last) if (mark := rows[n].mark) and mark.field in ("body", "lead")]
        stop = min(text, default=part.last)
    loose = [
        n for n in range(first, stop) if n not in part.taken and rows[n].kind not in ("rule", "page", "start", "end")
    ]
    dates = [n for n in loose if rows[n].kind == "date"]
    dated = (dates[-1] if last_date else dates[0]) if dates else None
    by = next((n for n in loose if rows[n].kind == "by"), None)
    counted = next((n for n in loose if rows[n].kind == "words"), None)
    groups: list[list[int]] = []
    for n in loose:
        if rows[n].kind != "free" and not (rows[n].kind == "code" and dated is None):
            continue
        before = groups[-1][-1] if groups else -2
        if before == n - 1 and not rows[n].line.blank_before and _wrapped(rows[before].line, rows[n].line, wrap):
            groups[-1].append(n)
        else:
            groups.append([n])
    said = [(group[0], join([rows[n].line.text for n in group])) for group in groups]
    tail = [n for n in range(first, part.last) if n not in part.taken and rows[n].kind == "copyright"]
    holders = [who for n in tail if (who := holder_of(rows[n].line.text))]
    holder = holders[0] if holders else ""
    above = [(n, text) for n, text in said if dated is None or n < dated]
    if by is not None and dated is not None and by < dated:  # between byline and number of words: an agency
        above = [(n, text) for n, text in above if n < by] or above
    below = [text for n, text in said if dated is not None and n > dated]
    match = any(_names(holder, text) for _, text in said) if holder else False
    return _Head(
        tuple(text for _, text in above),
        tuple(below),
        rows[dated].line.text if dated is not None else "",
        next((rows[n].line.text for n in loose if rows[n].kind == "clock"), ""),
        rows[by].line.text if by is not None else "",
        holder,
        counted is not None and dated is not None and counted < dated,
        match,
        tuple(n for n, _ in above),
    )


def _wrapped(line: Line, following: Line, wrap: Wrap | None) -> bool:
    """Whether two lines of a head are one that was wrapped."""
    if wrap is not None and columns(line.text) >= min(_WIDE, 0.7 * wrap.width):
        return wrap.runs_on(line, following)
    return columns(line.text) >= _WIDE and following.text[0].islower()


def _names(holder: str, text: str) -> bool:
    """Whether a note of copyright and a line name the same: "The Daily Quay Ltd", "The Daily Quay (Northport)"."""
    one, other = fold(holder), fold(re.sub(r"\s*[(\[].*", "", text))
    return bool(one and other) and (one.startswith(other) or other.startswith(one))


_EDITION = re.compile(r"\b(?:edition|ausgabe|édition|edición|edição|edizione|editie|upplaga)\b", re.IGNORECASE)


def _is_edition(text: str) -> bool:
    return len(text.split()) <= 5 and _EDITION.search(text) is not None


def _without_editions(heads: list[_Head]) -> list[_Head]:
    """Take out the line between date and title that names an edition: most records say the same there."""
    counts = collections.Counter(head.below[0] for head in heads if head.below)
    out = []
    for head in heads:
        first = head.below[0] if head.below else ""
        again = counts[first] > max(2, len(heads) // 2) and len(head.below) > 1
        edition = _is_edition(first) or (again and len(first.split()) <= 5)
        # where the title stands above the date, what comes again below it is the newspaper
        out.append(head._replace(below=head.below[1:]) if edition and not head.counted else head)
    return out


def _uncovered(rows: list[Row], part: _Parts, heads: list[_Head], wrap: Wrap | None) -> tuple[_Parts, _Head]:
    """Return the first record without the cover that may stand above it: it has as many lines there as others have."""
    head = _head(rows, part, wrap, last_date=True)
    sizes = sorted(len(other.above) for other in heads[1:])
    most = sizes[len(sizes) // 2] if sizes else 2 if not (head.below or head.counted) else 1
    if len(head.above) <= most:
        return part, head
    first = head.rows[-most] if most else head.rows[-1]
    cover = {id(rows[n].mark) for n in range(part.first, first)}
    values = [(mark, own) for mark, own in part.values if id(mark) not in cover]
    part = part._replace(first=first, values=values)
    return part, _head(rows, part, wrap)


def _order(head: _Head) -> str:
    """Return in which order a record says title, newspaper and date without labels."""
    if head.counted:
        return "title date source" if head.below else "title date"
    if not head.date:
        return "title" if head.above else ""
    if head.above and head.below:
        if head.holder and _names(head.holder, head.below[0]):
            return "title date source"
        return "source date title"
    if head.above:
        return "title source date" if len(head.above) > 1 else "title date"
    return "date title" if head.below else "date"


def _titles_in_texts(rows: list[Row], parts: list[_Parts], heads: list[_Head], wrap: Wrap | None) -> bool:
    """Whether most records name a newspaper over the date, and their texts begin with a headline."""
    count = 0
    for part, head in zip(parts, heads, strict=True):
        if part.begin is None or len(head.above) != 1 or head.below or head.counted or not head.date:
            continue
        title, text, _ = _first_line([row.line for row in rows[part.begin : part.end] if row.kind == "free"], wrap)
        named = head.said or len(head.above[0].split()) <= 4 < len(title.split())
        count += bool(title and text and named and not ends_sentence(title))
    return 2 * count >= len(heads) > 0


def _positional(head: _Head, order: str) -> tuple[str, str, str]:
    """Return title, newspaper and author by their places."""
    above, below = list(head.above), list(head.below)
    author = ""
    if order == "source date, title":
        return "", above[-1] if above else "", ""
    if order == "source date title" and below:
        return below[0], above[-1] if above else "", ""
    if order == "title source date" and len(above) > 1:
        return _headline(above[:-1])[0], above[-1], ""
    if order == "title date source":
        title, author = _headline(above)
        return title, below[0] if below else "", author
    if order in ("title", "title date"):
        if not head.date:
            return (above[0] if above else ""), "", ""
        title, author = _headline(above)
        return title, "", author
    if order == "date title":
        return (below[0] if below else ""), "", ""
    own = _order(head)
    return _positional(head, own) if own != order and own else ("", "", "")


def _headline(groups: list[str]) -> tuple[str, str]:
    """Return which line over a byline is the title, and an author: a section may stand above it, a name below."""
    author = ""
    if len(groups) > 1 and is_name(groups[-1]) and len(groups[-2].split()) > 3:
        *groups, author = groups
    if not groups:
        return "", author
    return groups[-1] if len(groups) == 1 or len(groups[-1].split()) > 2 else max(groups, key=len), author


def _record(rows: list[Row], part: _Parts, head: _Head, order: str, agree: float, wrap: Wrap | None) -> Record:
    said: dict[str, list[str]] = {}
    values = [(one, own if n == 0 else []) for mark, own in part.values for n, one in enumerate(_several(mark))]
    for mark, own in values:
        if mark.field is None:
            continue
        if mark.field in _TEXTS:
            value = _paragraphs(mark.rest, [rows[n].line for n in own], wrap)
        else:
            value = join([text for text in (mark.rest.strip(), *(rows[n].line.text for n in own)) if text])
        value = value.strip().strip("*").strip()
        if value and not is_missing(value):
            said.setdefault(mark.field, []).append(value)
    body = "\n\n".join([*said.get("lead", ()), *said.get("body", ())])
    used = list(range(part.begin, part.end)) if part.begin is not None else []
    inner = [rows[n].line for n in used if rows[n].kind not in ("rule", "page")]
    title = said.get("title", [""])[0]
    source = _source(said)
    author = "; ".join(said.get("author", ())) or head.by
    sure = 0.97
    if not title:
        title, named, signed = _positional(head, order)
        # a newspaper that has a label has no line of its own
        source, author = source or named, author or signed
        sure = 0.95 if agree >= 0.8 else 0.8
        if not title and inner and not body:
            title, inner, signed = _first_line(inner, wrap)
            author, sure = author or signed, 0.9 if order == "source date, title" else 0.8
    elif not source and head.date:
        near = [*head.above[-1:], *head.below[:1]]
        source = next(
            (text for text in (*head.above, *head.below) if _names(head.holder, text)), near[0] if near else ""
        )
    body = body or _paragraphs("", inner, wrap)
    if is_missing(title):
        title = ""
    summary = "\n\n".join(said.get("summary", ()))
    if summary and (body.startswith(summary[:200]) or fold(summary) == fold(title)):
        summary = ""
    dates = _dates(said, head)
    if not title or (not said.get("title") and _is_no_headline(title, source, head.holder)):
        sure = min(sure, 0.5)
    elif (len(title) > 120 and ends_sentence(title)) or len(title) > _HEADLINE or title == source or _is_edition(title):
        sure = min(sure, 0.6)
    elif not (body or summary or dates or said.get("url")):
        sure = min(sure, 0.7)
    covered = [n for n in range(part.first, part.last) if rows[n].kind not in ("rule", "start", "end")]
    covered = covered or list(range(part.first, part.last))
    return Record(
        rows[covered[0]].line.start,
        rows[covered[-1]].line.end,
        " ".join(title.split()),
        " ".join(source.split()),
        tuple(name for name in people(by_of(author)) if not is_missing(name)),
        tuple(dates),
        summary,
        body,
        next((value for value in said.get("url", ()) if "://" in value or value.startswith("www.")), ""),
        said.get("id", [""])[0],
        _tags(said.get("tags", ())),
        0.0,
        sure,
    )


def _is_no_headline(title: str, source: str, holder: str) -> bool:
    """Whether what stands where a title should is something else: a name, an address, a sentence, a newspaper."""
    if "://" in title or (" " not in title.strip() and len(title) < 12):
        return True
    if _names(holder, title) or fold(title) == fold(source):
        return True
    return (is_name(title) and len(title.split()) < 4) or (
        ends_sentence(title) and len(title) > 60 and title[-1] != "?"
    )


def _several(mark: Mark) -> list[Mark]:
    """Return the labels of a line that has several: "Source: The Quay | Author: Ana Silva"."""
    first, *others = more_labels(mark.rest) if mark.field not in _TEXTS else [mark.rest]
    found = [one for other in others if (one := read_label(other))]
    return [mark._replace(rest=first), *found] if others else [mark]


def _first_line(lines: list[Line], wrap: Wrap | None) -> tuple[str, list[Line], str]:
    """Return the headline with which a text begins, the text without it, and a name below it."""
    size = 1
    while size < len(lines) and not lines[size].blank_before and _wrapped(lines[size - 1], lines[size], wrap):
        size += 1
    title = join([line.text for line in lines[:size]])
    if size >= len(lines) or len(title) > _HEADLINE or (ends_sentence(title) and len(title) > 100):
        return "", lines, ""
    author = ""
    if size + 1 < len(lines) and (is_name(lines[size].text) or kind_of(lines[size]) == "by"):
        author, size = lines[size].text, size + 1
    return title, lines[size:], author


def _source(said: dict[str, list[str]]) -> str:
    for value in (*said.get("source", ()), *said.get("imprint", ())):
        raw = date_in(value)
        if raw:
            value = _UP_TO.sub("", value[: value.index(raw)].rstrip(" ,.;:(|–—-["))
        value = _BEHIND.split(value)[0].strip(" ,.;:(")
        if "@" not in value and value and not is_missing(value) and value[0] not in "0123456789":
            return value
    return ""


_BEHIND = re.compile(r"\s?;\s|\s;\s?|\s\[|\s\|\s|\s?\((?:vol|issue|no|bd|jg|nr)\b", re.IGNORECASE)
_UP_TO = re.compile(r"\s(?:vom|v\.|of|du|del|van|from|on|am|de)$", re.IGNORECASE)


def _dates(said: dict[str, list[str]], head: _Head) -> list[str]:
    """Return what may be the date, as written, with the time of day that stands apart from it; the likeliest first."""
    clock = next(iter(said.get("time", ())), "") or head.clock
    values = [*said.get("date", ())]
    values += [raw for value in (*said.get("imprint", ()), *said.get("source", ())) if (raw := date_in(value))]
    values += [head.date] if head.date else []
    found: list[str] = []
    years: list[str] = []
    for value in values:
        raw = value if read_date(value) else date_in(value) or value.strip(" /.,")
        at = read_date(raw)
        if at is None:
            years.append(raw)
        elif at.precision in ("year", "month"):
            years.insert(0, raw)
        else:
            found.append(f"{raw} {clock}" if clock and at.precision == "day" and read_date(f"{raw} {clock}") else raw)
    return [*found, *years, *said.get("loaded", ())]


def _tags(values: Iterable[str]) -> tuple[str, ...]:
    parts = (part for value in values for part in re.split(r"[;|\n]|,\s(?![^()]*\))", value))
    tags = (re.sub(r"\s*\(\d{1,3}\s?%\)", "", part).strip(" #.,") for part in parts)
    return tuple(dict.fromkeys(tag for tag in tags if tag and not is_missing(tag)))


def _paragraphs(first: str, lines: list[Line], wrap: Wrap | None) -> str:
    """Return a text, its lines joined where they were wrapped."""
    paragraphs: list[list[str]] = [[first.strip()]] if first.strip() else []
    for n, line in enumerate(lines):
        before = lines[n - 1] if n else None
        text = line.text
        if not paragraphs or line.blank_before or is_rule(text):
            paragraphs.append([text])
        elif (
            before is None
            or (wrap is not None and wrap.runs_on(before, line))
            or (not ends_sentence(before.text) and (text[0].islower() or columns(before.text) >= _WIDE))
        ):
            paragraphs[-1].append(text)
        else:
            paragraphs.append([text])
    return "\n\n".join(join(paragraph) for paragraph in paragraphs if not is_rule(paragraph[0]))


def _story(record: Record, base: str | None, zone: str, day_first: bool | None) -> Story | None:
    title = record.title or None
    body, summary = record.body or None, record.summary or None
    raw = record.dates[0] if record.dates else None
    when: Instant | None = None
    for value in record.dates:
        when = read_date(value, zone=zone) or read_date(_plain_date(value, day_first), zone=zone)
        if when:
            raw = value
            break
    url_raw = record.url or None
    bounds, sure = record.bounds, record.sure
    if raw and when is None:
        sure = round(sure * 0.95, 2)
    return Story(
        0,
        0,
        form=form_of(title, summary, body) if title else "blurb",
        title=title,
        summary=summary,
        body=body,
        authors=record.authors,
        categories=record.tags,
        source_name=record.source or None,
        url=address(url_raw, base),
        url_raw=url_raw,
        guid=record.guid or None,
        published_raw=raw,
        **publication(when),
        confidence=min(bounds, sure),
        confidence_bounds=bounds,
        confidence_fields=sure,
    )


__all__ = ["field_of", "looks_labelled", "read_page", "split_labelled"]
