"""Stories as records in plain text: a table with a header (CSV, TSV), or lines with labels ("Title: …", "Link: …").

What columns mean is looked up in `formats/json/vocabulary.json`, and in the words of other languages for labels; a
story is then made as from an entry of JSON. Records with labels are read by `formats/labelled`.
A text is read so only if its header or labels name a title or a text and one
thing more that stories have, and most records bear that out.
"""

import csv
import itertools
import re
from collections.abc import Iterator

from feedmill.transforms.failures import Reason
from feedmill.transforms.formats.json.entries import entry_story
from feedmill.transforms.formats.json.scan import ValueSpan
from feedmill.transforms.formats.json.story import build, when
from feedmill.transforms.formats.json.vocabulary import LOOSE, by_evidence, evidence, fields, is_entry, plain
from feedmill.transforms.formats.labelled.labels import field_of
from feedmill.transforms.formats.labelled.split import looks_labelled, split_labelled
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Split, Story
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.lines import EDGE, columns

_COLUMN = {"date": "published", "author": "authors", "tags": "categories"}  # the names by which `vocabulary` knows them
_COLUMNS = frozenset(("title", "url", "published", "summary", "body", "source", "authors", "categories"))
_SAMPLE = 100_000  # characters that are looked at to tell what a text is
_ROWS = 20  # rows of a table, likewise
_MANY_KNOWN = 4  # columns of stories: what else is in the table does not matter
_EXCEL = re.compile(r"(?:sep=.\r?\n|#[^\r\n]{0,1000}\r?\n){1,50}")  # and comments over a table
_MAX_HEADER = 1000  # characters
_DELIMITERS = ",\t;|"
_TOLD = 0.9  # how sure a story is in a table without a header
_ROW_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_ADDRESS = re.compile(r"https?://\S+")

csv.field_size_limit(2**31 - 1)  # a field may hold a whole article: what bounds it is the size of a snapshot


def split_records(doc: Document, name: str, settings: Settings) -> Split:
    """Return the stories of a table or of labelled records, each at the bytes of its row or lines.

    A row with more cells than the header is `MALFORMED`, and costs only itself.

    >>> from feedmill.transforms.text.decode import decode
    >>> from feedmill.transforms.rows.story import Snapshot
    >>> data = b"title,link\\n\\"Rates held,\\nagain\\",https://a.example/1\\n"
    >>> [(s.title, s.url) for s in split_records(decode(Snapshot("a", data)), "records", Settings()).stories]
    [('Rates held, again', 'https://a.example/1')]
    """

    def story(entry: ValueSpan) -> Story | None:
        value = by_evidence(entry.value, means) if means else entry.value
        story = entry_story(value, doc.url, None, zone=settings.timezone)
        cut = story and entry.end >= last and text.count('"', entry.start, entry.end) % 2
        if story and cut:
            return story._replace(confidence=_CUT_SHORT)
        return story._replace(confidence=_TOLD) if story and (guessed or means) else story

    text = doc.text
    last = len(text.rstrip("\r\n"))
    means = _left_open(text)
    guessed = _told_columns(doc.text, len(doc.text) - len(doc.text.lstrip(EDGE))) is not None
    found = _table(doc.text)
    return split_labelled(doc, name, settings) if found is None else build(doc, name, found, story)


_CUT_SHORT = 0.5  # the confidence in a row that the end of the file cuts off


def _left_open(text: str) -> dict[str, str]:
    """Return what columns mean that no word tells, by what is in them: a date, an address, a text, if none else is."""
    table = _table(text[:_SAMPLE])
    rows = [row.value for row in itertools.islice(table or (), _ROWS) if row.value]
    known: set[str] = set().union(*map(fields, rows))
    if not rows or {"published", "url"} <= known or known & {"captured", "updated"}:
        return {}
    means = evidence(rows) or {}
    return {key: field for key, field in means.items() if field in ("published", "url") and field not in known}


def looks_like_records(text: str) -> bool:
    """Tell whether this is a table or labelled records of which most are stories.

    >>> looks_like_records("Title: Rates held\\nDate: 2026-03-04\\n\\nTitle: Rain fell all day\\nDate: 2026-03-05\\n")
    True
    >>> looks_like_records("title,salary,date\\nClerk,2000,2026-03-04\\n")
    False
    """
    sample = text[:_SAMPLE]
    table = _table(sample)
    if table is None:
        return looks_labelled(sample)
    found = list(itertools.islice(table, _ROWS))
    return 2 * sum(_is_told(entry.value) for entry in found) > len(found)


def _is_told(record: dict[str, str] | None) -> bool:
    """Tell whether this is a record whose values are a story's: a title or text of some words, and an address, date
    or text."""
    parts = fields(record or {})
    title, url = parts.get("title", ""), parts.get("url", "")
    text = parts.get("body") or parts.get("summary") or ""
    said = len(title.split()) > 1 or columns(title) >= 12 or len(text) >= 40
    at, _ = when(parts.get("published"))
    dated = at is not None and at.precision != "year"  # which books have, too
    return said and bool(_ADDRESS.match(url) or dated or (title and len(text) >= 40))


def _field(label: str) -> str:
    """Return the name by which `vocabulary.fields` knows a label: its own, or that of the field it is a word for."""
    known = field_of(label)
    known = _COLUMN.get(known or "", known)
    if known in _COLUMNS:
        return str(known)
    return f"other{label}" if plain(label) in LOOSE else label


def _is_known(label: str) -> bool:
    return bool(fields({_field(label): "x"}))


# Tables


def _table(text: str) -> Iterator[ValueSpan] | None:
    """Return the rows of a table, each an object with the columns' names; None if the first line is no header of
    stories."""
    start = len(text) - len(text.lstrip(EDGE))
    if told := _EXCEL.match(text, start):  # which delimiter Excel is to use
        start = told.end()
    header = text[start : start + _MAX_HEADER].splitlines()[:1]
    for delimiter in _DELIMITERS:
        names = [_field(name.strip(EDGE)) for name in next(csv.reader(header, delimiter=delimiter), [])]
        known = sum(_is_known(name) for name in names)
        if len(names) > 1 and (2 * known >= len(names) or known >= _MANY_KNOWN) and is_entry(dict.fromkeys(names, "x")):
            return _rows(text, names, delimiter, start)
    columns_told = _told_columns(text, start)
    if columns_told is not None:
        return _rows(text, columns_told, "\t", start, header=False)
    return None


_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)")
_PAGE_TITLE = re.compile(r"<PAGE_TITLE>(.*?)</PAGE_TITLE>", re.DOTALL)


def _told_columns(text: str, start: int) -> list[str] | None:
    r"""Return what the columns of a table without a header mean, told by what is in them, as in GDELT's lists; else
    None.

    >>> row = "20250303101200\thttps://a.example/{}\t{} held again by the bank\ta.example\n"
    >>> _told_columns(row.format(1, "Rates") + row.format(2, "Rents"), 0)
    ['published', 'url', 'title', 'other3']
    """
    rows = [line.split("\t") for line in text[start : start + _SAMPLE].splitlines()[:_ROWS] if line.strip()]
    width = len(rows[0]) if rows else 0
    if len(rows) < 2 or width < 3 or any(len(row) != width for row in rows[:-1]):
        return None
    values = [{f"c{n}": _spelled(cell) for n, cell in enumerate(row)} for row in rows if len(row) == width]
    paged = [n for n in range(width) if any("<PAGE_TITLE>" in row[n] for row in rows if len(row) == width)]
    if paged:  # of all that is in such a row these alone are the story's
        values = [
            {key: v for key, v in value.items() if _ADDRESS.match(v) or v[4:5] == "-" or key == f"c{paged[0]}"}
            for value in values
        ]
        for value in values:
            value[f"c{paged[0]}"] = _page_title(value.get(f"c{paged[0]}", ""))
    means = evidence(values)
    if means is None or not {"title", "url", "published"} <= set(means.values()):
        return None
    return [means.get(f"c{n}", f"other{n}") for n in range(width)]


def _spelled(cell: str) -> str:
    """Return a cell, with a stamp of digits as the date it is."""
    return _STAMP.sub(r"\1-\2-\3 \4:\5:\6", cell) if _STAMP.fullmatch(cell.strip()) else cell


def _page_title(cell: str) -> str:
    found = _PAGE_TITLE.search(cell)
    return found[1].strip() if found else "" if "<PAGE_" in cell else cell


def _rows(text: str, names: list[str], delimiter: str, start: int, *, header: bool = True) -> Iterator[ValueSpan]:
    """Yield the rows below the header, which starts at `start`; without one, those from there on."""
    at = start

    def lines(first: int) -> Iterator[str]:
        nonlocal at
        for found in _ROW_LINE.finditer(text, first):
            at = found.end()
            yield found[0]

    rows = csv.reader(lines(start), delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if header else csv.QUOTE_NONE)
    head = next(rows) if header else None
    while True:
        begin = at
        row = next(rows, None)
        if row is None:
            return
        if header and at == len(text) and text.count('"', begin) % 2:
            # a quote that is never closed, and no other follows: without it nothing is hidden
            rows = csv.reader(lines(begin), delimiter=delimiter, quoting=csv.QUOTE_NONE)
            row = next(rows)
            if at == len(text):  # it is the last row, and cut off
                row = [cell[1:] if cell.startswith('"') and cell.count('"') % 2 else cell for cell in row]
        if row == head:  # files that were joined
            continue
        if any(cell.strip() for cell in row):
            end = begin + len(text[begin:at].rstrip("\r\n"))
            if any(row[len(names) :]):
                yield ValueSpan(
                    begin, end, None, (Reason.MALFORMED, f"{len(row)} cells below a header of {len(names)}")
                )
            else:
                cells = dict(zip(names, row if header else map(_spelled, row), strict=False))
                yield ValueSpan(begin, end, cells | ({} if header else {"title": _page_title(cells.get("title", ""))}))
