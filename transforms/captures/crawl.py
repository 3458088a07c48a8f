"""Crawl corpora: WARC and WET records, and documents as JSON lines or Parquet rows.

Each record is a snapshot of its own, `file#record`: the WARC-Record-ID, or the
number of the line or row, from 1. Nearly all of them are pages of the web that
are neither feeds nor a feed reader's; they are told apart by a few searches for
words, and counted. What passes is looked at as any snapshot is. Kept are feeds
and reader pages alone: in a crawl nearly every text looks like a list of stories.

JSON lines and rows of Parquet are documents, and not entries, if each of the
first has an address and either a whole page in `html`, or a text and what tells
of a crawl: the names that corpora use (C4, DCLM, FineWeb, OSCAR, RedPajama) for
its record, its dump, its date. What has a title, an author or a time at which it
was written is an entry: news sets and posts are read as they are in an array.
"""

import datetime
import itertools
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from feedmill.transforms.captures.byte_streams import Deflate, Reader, Stop, limited
from feedmill.transforms.captures.parquet_sizes import Sizes, row_group_sizes
from feedmill.transforms.failures import Reason, Rejected, internal_error
from feedmill.transforms.formats.freshrss.chrome import SOURCE_MARK, looks_like_reader
from feedmill.transforms.formats.json.scan import mend_surrogates
from feedmill.transforms.formats.json.vocabulary import OF_CRAWLS, OF_ENTRIES, is_entry, plain
from feedmill.transforms.rows.story import Snapshot, in_range

KEPT = frozenset(("rss", "atom", "rdf", "jsonfeed", "greader_json", "freshrss_html", "freshrss_text"))


class Page(NamedTuple):
    """A record that holds a page."""

    name: str
    content: bytes | str
    url: str | None
    at: str | int | float | datetime.datetime | None  # when it was fetched, as the record says it
    content_type: str | None = None


class Broken(NamedTuple):
    """A record that cannot be read, though the file goes on behind it. It lies at `start` to `end` of what is read."""

    name: str
    reason: Reason
    detail: str
    start: int
    end: int
    error: Exception | None = None  # what feedmill failed with, if it did


def broken_by(error: Exception, name: str, start: int, end: int) -> Broken:
    """Return what becomes of a record at which feedmill failed.

    Raises:
        Exception: the error, if it is no fault of the record.
    """
    no = internal_error(error)
    return Broken(name, no.reason, no.detail, start, end, error)


# --- telling feeds and reader pages from the rest -------------------------------------------------

_HEAD = 4096  # bytes in which a feed says what it is, with room for what servers write in front
_FEED = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,20}:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_FEED_TEXT = re.compile(_FEED.pattern.decode(), re.IGNORECASE)
_JSON_FEED = re.compile(rb"jsonfeed\.org|google\.com,2005:reader|\"(?:items|crawlTimeMsec)\"")
# what readers print at the end of a line, and few others do twice
_TIME_ENDS_LINE = re.compile(r":\d\d(?: ?[AaPp]\.?[Mm]\.?)?[^\S\n]*(?:\n|$)")


def may_be_kept(content: bytes | str) -> bool:
    """Return the cheap question: False for what is certainly neither a feed nor a reader's page. Over 500 MB/s.

    Bytes are asked for markup and JSON alone: what is plain text is given as such.

    >>> may_be_kept("It rained at 10:30 and nobody came."), may_be_kept(b"<?xml version='1.0'?><rss>")
    (False, True)
    """
    if isinstance(content, str):
        head = content[:_HEAD]
        if "<" in head and _FEED_TEXT.search(head):
            return True
        if head.lstrip()[:1] == "{":
            return bool(_JSON_FEED.search(head.encode("utf-8", "replace")))
        return SOURCE_MARK in content or ("flux" in content and "stream" in content) or _has_two(content)
    start = content[:_HEAD]
    if _FEED.search(start) or b"\x00" in start[:64] or start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    if start.lstrip()[:1] == b"{":
        return bool(_JSON_FEED.search(start))
    return b"flux" in content and b"stream" in content


def _has_two(text: str) -> bool:
    first = _TIME_ENDS_LINE.search(text)
    return bool(first and _TIME_ENDS_LINE.search(text, first.end())) or _has_stamps(text)


# a short line with a year, a time or an age in it, as lists of stories have one for each
_STAMP = re.compile(r"(?:^|\n)[^\n\d]{0,60}\b\d{1,4}(?:[-./:h]\d{1,2}|[^\S\n]?[^\W\d_]{1,12})[^\n]{0,40}(?=\n|$)")
_LEAST_STAMPS = 3


def _has_stamps(text: str) -> bool:
    return sum(1 for _ in itertools.islice(_STAMP.finditer(text), _LEAST_STAMPS)) == _LEAST_STAMPS


def keep(page: Page, uri: str) -> Snapshot | None:
    """Return the record as a snapshot if it is a feed or a reader's page, or None."""
    from feedmill.transforms.formats.sniff import sniff
    from feedmill.transforms.text.decode import decode

    content = page.content
    if isinstance(content, bytes) and _is_text(content[:512]):
        content = content.decode("utf-8", "replace")  # text, as extractors write it
    if not may_be_kept(content):
        return None
    data = page.content.encode("utf-8", "replace") if isinstance(page.content, str) else page.content
    snapshot = _snapshot(page, uri, data)
    if isinstance(content, str) and "<" not in content[:512] and content.lstrip()[:1] != "{":
        return snapshot if looks_like_reader(content) >= 0.5 or _is_list(content) else None
    try:
        return snapshot if sniff(decode(snapshot)) in KEPT else None
    except Rejected:
        return None


def _is_list(content: str) -> bool:
    """Whether a page's text is for sure a list of stories: any reader's, planet's or digest's."""
    from feedmill.transforms.formats.dumps.split import read_dump
    from feedmill.transforms.formats.sniff import PAGE_FLOOR, is_sure

    dump = read_dump(content)
    return len(dump.sure) >= _LEAST_STAMPS and is_sure(dump, PAGE_FLOOR)


def _is_text(start: bytes) -> bool:
    """Whether no markup, no JSON and no encoding of two bytes a letter begins like this."""
    return b"<" not in start and b"{" not in start and b"\x00" not in start


def _snapshot(page: Page, uri: str, data: bytes) -> Snapshot:
    at = _instant(page.at)
    return Snapshot(f"{uri}#{page.name}", data, at, None if at is None else "warc", page.url, page.content_type)


def _instant(at: str | int | float | datetime.datetime | None) -> int | None:
    """Return microseconds of what a record says about when it was fetched."""
    from feedmill.transforms.formats.json.story import when

    if isinstance(at, datetime.datetime):
        if at.tzinfo is None:
            at = at.replace(tzinfo=datetime.UTC)
        return in_range((at - _EPOCH) // datetime.timedelta(microseconds=1))
    found, _ = when(at)
    return in_range(found.at) if found else None


_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


# --- WARC -----------------------------------------------------------------------------------------

_LONGEST_HEADER = 1 << 16
_LENGTH = re.compile(r"[0-9]{1,18}")
_NEXT_RECORD = re.compile(rb"\n(?=WARC/\d\.\d\s)")
_WITH_CONTENT = frozenset(("response", "resource", "conversion"))


def warc_pages(source: Reader, depth: int, most: int) -> Iterator[Page | Broken | int]:
    """Yield the pages of a WARC, WET or WAT file, and for one of over `most` bytes, which is not read, its size.

    Requests, metadata and revisits hold no page and are passed over. A damaged
    record costs itself: reading goes on at the next that starts on a line of its own.

    Raises:
        Stop: BAD_ARCHIVE where the file is cut off.
    """

    def cut() -> Stop:
        return Stop(Reason.BAD_ARCHIVE, "the last record is cut off", depth)

    number = 0
    while True:
        _skip_blank_lines(source)
        ahead = source.peek(_HEAD)
        if not ahead:
            return
        number += 1
        if following := _NEXT_RECORD.search(ahead):
            ahead = ahead[: following.end()]  # a header ends before the next one starts
        end = _header_end(ahead)
        if not end and len(ahead) == _HEAD:
            ahead = source.peek(_LONGEST_HEADER)
            end = _header_end(ahead)
        fields = _fields(ahead[:end])
        length = fields.get("content-length", "")
        if not ahead.startswith(b"WARC/") or not end or not (_LENGTH.fullmatch(length)):
            start = source.position
            goes_on = _resynchronise(source)
            yield Broken(str(number), Reason.BAD_ARCHIVE, "not a WARC record, or damaged", start, source.position)
            if not goes_on:
                return
            continue
        source.skip(end)
        size = int(length)
        if fields.get("warc-type") not in _WITH_CONTENT:
            if source.skip(size) < size:
                raise cut()
            continue
        if size > most:
            yield size
            if source.skip(size) < size:
                raise cut()
            continue
        parts: list[bytes] = []
        stopped: Stop | None = None
        try:
            parts.extend(limited(source, size, cut))
        except Stop as stop:
            stopped = stop
        page: Page | Broken | None
        try:
            page = _page(fields, b"".join(parts), str(number), most)
        except Exception as error:  # noqa: BLE001 - it is told by what is yielded
            page = broken_by(error, str(number), source.position - size, source.position)
        if page is not None:
            yield page
        if stopped:
            raise stopped


def _header_end(data: bytes) -> int:
    """Where a header and the blank line behind it end; 0 if that is not in sight."""
    at = data.find(b"\r\n\r\n", 0, _LONGEST_HEADER)
    bare = data.find(b"\n\n", 0, at if at >= 0 else _LONGEST_HEADER)  # as some tools write them
    return bare + 2 if bare >= 0 else at + 4 if at >= 0 else 0


def _skip_blank_lines(source: Reader) -> None:
    while (ahead := source.peek(4)) and ahead[:1] in b"\r\n":
        source.skip(len(ahead) - len(ahead.lstrip(b"\r\n")))


def _resynchronise(source: Reader) -> bool:
    """Go to the next line that starts a record; False if there is none."""
    size = _HEAD
    while len(ahead := source.peek(size)) > 16:
        found = _NEXT_RECORD.search(ahead)
        if found:
            source.skip(found.end())
            return True
        source.skip(len(ahead) - 16)  # the line may begin here
        size = _LONGEST_HEADER
    source.skip(len(ahead))
    return False


_FIELD = re.compile(
    rb"^(warc-type|warc-record-id|warc-target-uri|warc-date|content-type|content-length|content-encoding|transfer-encoding)"
    rb"[ \t]*:[ \t]*([^\r\n]*)",
    re.IGNORECASE | re.MULTILINE,
)


def _fields(header: bytes) -> dict[str, str]:
    """Return the header fields that matter here, names in lower case."""
    return {name.lower().decode(): value.decode("utf-8", "replace").rstrip() for name, value in _FIELD.findall(header)}


def _page(fields: Mapping[str, str], block: bytes, number: str, most: int) -> Page | None:
    content, content_type = block, fields.get("content-type")
    if content_type and content_type.startswith("application/http"):
        end = _header_end(block)
        if not end:
            return None
        http = _fields(block[:end])
        content_type = http.get("content-type")
        content = _decoded(block[end:], http, most)
    name = fields.get("warc-record-id", "").strip("<>") or number
    return Page(
        name, content, fields.get("warc-target-uri", "").strip("<>") or None, fields.get("warc-date"), content_type
    )


def _decoded(body: bytes, http: Mapping[str, str], most: int) -> bytes:
    """Return a response's body without the encodings it was sent in. Crawlers often undo them and leave the header."""
    if http.get("transfer-encoding", "").lower() == "chunked":
        body = _unchunked(body)
    encoding = http.get("content-encoding", "").lower()
    if "gzip" in encoding and body.startswith(b"\x1f\x8b"):
        return _inflated(body, 31, most)
    if "deflate" in encoding and body[:1] == b"\x78":
        return _inflated(body, 15, most)
    return body


def _inflated(body: bytes, wbits: int, most: int) -> bytes:
    """Return what can be unpacked of a body, up to one byte more than allowed."""
    codec = Deflate(wbits)
    try:
        return codec.decompress(body, most + 1)
    except zlib.error:
        return body


_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;[^\r\n]{0,200})?\r?\n")


def _unchunked(body: bytes) -> bytes:
    """Return the body of a chunked response; as it is if it is not chunked."""
    parts: list[bytes] = []
    at = 0
    while chunk := _CHUNK.match(body, at):
        size = int(chunk[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        at += 2 if body.startswith(b"\r\n", at) else 1
    return b"".join(parts) if parts and at >= len(body) else body


# --- documents in JSON lines and Parquet ----------------------------------------------------------

_HTML_KEYS = ("html", "raw_html", "html_content", "page_html")
_TEXT_KEYS = ("text", "raw_content", "extracted_text", "plain_text")
_URL_KEYS = ("url", "warc_target_uri", "target_uri", "source_url", "uri", "WARC-Target-URI")
_DATE_KEYS = (
    "warc_date", "WARC-Date", "warc-date", "crawl_date", "fetch_time", "date_download", "timestamp", "date",
)  # fmt: skip
# objects in which a corpus keeps the record's own header
_HEADERS = ("metadata", "warc_headers", "warcinfo", "meta")
COLUMNS = frozenset((*_HTML_KEYS, *_TEXT_KEYS, *_URL_KEYS, *_DATE_KEYS, *_HEADERS, "content"))
_PAGE_START = re.compile(r"<!doctype|<html|<head|<body", re.IGNORECASE)
_C4 = {"text", "timestamp", "url"}
_LONG = 400  # characters: a text that has no more to show for itself, but so much or lines, is a page's


_TITLES = frozenset(("title", "headline"))


def is_document(record: Any) -> bool:
    """Whether a JSON object, or a row's columns, is a document of a corpus, and not an entry of a feed.

    >>> is_document({"text": "...", "url": "https://a.example/", "dump": "CC-MAIN-2013-20"})
    True
    >>> is_document({"text": "Rain.", "url": "https://a.example/", "created_at": "2013-05-18T05:48:54Z"})
    False
    >>> is_document({"title": "T", "text": "...", "url": "https://a.example/", "date": "2013-05-18"})
    False
    >>> is_document({"text": "...", "meta": {"title": "T", "url": "https://a.example/", "date": "2013-05-18"}})
    False
    """
    if not isinstance(record, Mapping) or _url(record) is None:
        return False
    names = {plain(key) for key in record}
    inner = {plain(key) for head in _HEADERS if isinstance(one := record.get(head), Mapping) for key in one}
    crawled = not (names | inner).isdisjoint(OF_CRAWLS)
    told = not crawled and not (names | (inner & _TITLES)).isdisjoint(OF_ENTRIES)
    for key in _HTML_KEYS:
        html = record.get(key)
        if isinstance(html, str) and (not told or _PAGE_START.search(html[:_HEAD])):
            return True
    headed = any(isinstance(record.get(key), Mapping) for key in _HEADERS)
    text = next((value for key in _TEXT_KEYS if isinstance(value := record.get(key), str)), None)
    if text is None:
        return headed and not told and isinstance(record.get("content"), str)
    if told:
        return False
    return headed or crawled or names == _C4 or len(text) >= _LONG or "\n" in text.strip()


def _url(record: Mapping[str, Any]) -> str | None:
    return _lookup(record, _URL_KEYS)


def _lookup(record: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    """Return the first of `keys` that the record, or the header it keeps, has."""
    for key in keys:
        if found := record.get(key):
            return found
    for holder in _HEADERS:
        inner = record.get(holder)
        if isinstance(inner, Mapping):
            for key in keys:
                if found := inner.get(key) or inner.get(key.lower()):
                    return found
    return None


def page_of(record: Mapping[str, Any], name: str) -> Page | None:
    """Return the page in a document; its `html` rather than its text, as it says more, but what may be a feed before
    either.

    None if it holds none.
    """
    values = (record.get(key) for key in (*_HTML_KEYS, *_TEXT_KEYS, "content"))
    found = [value for value in values if isinstance(value, str) and value]
    if not found:
        return None
    content = next(filter(may_be_kept, found), found[0]) if len(found) > 1 else found[0]
    url, at = _lookup(record, _URL_KEYS), _lookup(record, _DATE_KEYS)
    if not isinstance(at, str | int | float | datetime.datetime):
        at = None
    return Page(name, content, url if isinstance(url, str) else None, at)


_LINES_SNIFFED = 4


def is_jsonl_corpus(head: bytes) -> bool:
    """Whether a file that starts with `head` is JSON lines of documents: all of the first complete lines are."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return False
    import orjson

    seen = 0
    for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[: _LINES_SNIFFED + 1]:
        if not line.strip():
            continue
        try:
            if not is_document(_loads(line)):
                return False
        except orjson.JSONDecodeError:
            break  # the last, which `head` cuts off; or what is no JSON
        seen += 1
    return seen > 0


def jsonl_pages(source: Reader, depth: int, most: int) -> Iterator[Page | Broken | int]:
    """Yield the documents of JSON lines; for a line of over `most` bytes, which is not read, its size.

    Raises:
        Stop: whatever stops the reading of the file.
    """
    import orjson

    if source.peek(3) == b"\xef\xbb\xbf":
        source.skip(3)
    end = source.position
    for number, line in enumerate(_lines(source, most), 1):
        start = end
        end += (line if isinstance(line, int) else len(line)) + 1
        if isinstance(line, int):
            yield line
        elif line.strip():
            try:
                record = _loads(line)
            except orjson.JSONDecodeError as error:
                yield Broken(str(number), Reason.MALFORMED, f"not JSON: {error.msg}", start, start + len(line))
                continue
            page: Page | Broken | None = None
            try:
                page = page_of(record, str(number)) if isinstance(record, dict) else None
            except Exception as error:  # noqa: BLE001 - it is told by what is yielded
                page = broken_by(error, str(number), start, start + len(line))
            yield page or Broken(str(number), Reason.MALFORMED, "neither text nor HTML", start, start + len(line))


def _loads(line: bytes) -> Any:
    """Read JSON; half of a pair of \\u escapes, as cut emoji leave it, is U+FFFD.

    Raises:
        orjson.JSONDecodeError: it is none. What is no UTF-8 in it is read as U+FFFD.
    """
    import orjson

    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        text, halves = mend_surrogates(line.decode("utf-8", "replace"))
        if not halves and "\ufffd" not in text:
            raise
        return orjson.loads(text)


def _lines(source: Reader, most: int) -> Iterator[bytes | int]:
    """Yield the lines of a stream without their ends; the size of those that are longer than `most` bytes."""
    waiting: list[bytes] = []
    size = 0
    while piece := source.some():
        *lines, rest = piece.split(b"\n")
        for line in lines:
            if size:
                size += len(line)
                yield size if size > most else b"".join([*waiting, line])
                waiting, size = [], 0
            else:
                yield line if len(line) <= most else len(line)
        if rest:
            size += len(rest)
            waiting.append(rest)
            if size > most:
                waiting.clear()
    if size:
        yield size if size > most else b"".join(waiting)


def parquet_pages(file: Any, depth: int, spend: Any) -> Iterator[Page | Broken | int]:
    """Yield the documents of a Parquet file (a seekable binary file).

    Each row group's pages are asked for their sizes before they are read; columns in which a row has several values,
    of which none is needed, are not read.

    Raises:
        Stop: BAD_ARCHIVE if it cannot be read; UNKNOWN_FORMAT if its columns are not a corpus's; BOMB if its pages are
            too large, or whatever `spend` raises.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(file)
        _refuse_joined(file, table.metadata, depth)
        names = [name for name in table.schema_arrow.names if name in COLUMNS]
        if not (set(names) & {*_HTML_KEYS, *_TEXT_KEYS, "content"}):
            detail = f"Parquet without a column of text or HTML; it has {table.schema_arrow.names[:8]}"
            raise Stop(Reason.UNKNOWN_FORMAT, detail, depth)
        number = 0
        leaves = [table.schema.column(n) for n in range(len(table.schema))]
        wanted = [
            n for n, leaf in enumerate(leaves) if leaf.path.partition(".")[0] in names and not leaf.max_repetition_level
        ]
        for group in range(table.num_row_groups):
            sizes = _measured(file, table, group, wanted, depth)
            spend(sizes.total)
            rows = _fewer(_ROWS, sizes)
            size = 0
            columns = [leaves[n].path for n in wanted]
            for batch in table.iter_batches(batch_size=rows, row_groups=[group], columns=columns, use_threads=False):
                for record in _records(batch):
                    here = sum(len(value) for value in record.values() if isinstance(value, str))
                    size += here
                    if size > sizes.total:  # what multiplies
                        spend(min(here, size - sizes.total))
                    number += 1
                    page: Page | Broken | None
                    try:
                        page = page_of(record, str(number))
                    except Exception as error:  # noqa: BLE001 - it is told by what is yielded
                        page = broken_by(error, str(number), 0, 0)
                    yield page or Broken(str(number), Reason.MALFORMED, "a row without text or HTML", 0, 0)
    except (pa.ArrowException, OSError) as error:
        raise Stop(Reason.BAD_ARCHIVE, f"the Parquet file cannot be read: {error}", depth) from error


def _records(batch: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of a batch. What is no UTF-8 in a text is U+FFFD; a time that Python does not hold is none."""
    try:
        yield from batch.to_pylist()
        return
    except (ValueError, OverflowError):  # UnicodeDecodeError is one
        pass
    for row in range(batch.num_rows):
        yield {name: _value(column[row]) for name, column in zip(batch.schema.names, batch.columns, strict=True)}


def _value(cell: Any) -> Any:
    try:
        return cell.as_py()
    except (ValueError, OverflowError):
        return cell.as_buffer().to_pybytes().decode("utf-8", "replace") if hasattr(cell, "as_buffer") else None


def _measured(file: Any, table: Any, group: int, wanted: list[int], depth: int) -> Sizes:
    """Return what some columns of a row group unpack to.

    Raises:
        Stop: BAD_ARCHIVE if that cannot be read; BOMB if it is too much.
    """
    try:
        sizes = row_group_sizes(file, table.metadata.row_group(group), wanted)
    except ValueError as error:
        raise Stop(Reason.BAD_ARCHIVE, f"the Parquet file cannot be read: {error}", depth) from error
    if sizes.held > _HELD:
        raise Stop(Reason.BOMB, f"Parquet whose pages unpack to {sizes.held} bytes at once", depth)
    return sizes


def _fewer(rows: int, sizes: Sizes) -> int:
    """How many rows to read at a time, at most so many, and as few as long values ask for."""
    return max(1, min(rows, _HELD // 4 // max(1, sizes.longest)))


def holds_entries(file: Any, kind: str, depth: int) -> bool:
    """Whether the first rows of a table (`parquet` or `arrow`) are entries, and not documents; False if unreadable.

    Raises:
        Stop: BOMB if even the columns of single values unpack to too much.
    """
    import pyarrow as pa

    try:
        rows = next(_batches(file, kind, _LINES_SNIFFED, depth, single=True), None)
    except (pa.ArrowException, OSError):
        return False  # who reads it will say why
    finally:
        file.seek(0)
    rows = rows[:_LINES_SNIFFED] if rows else []
    return bool(rows) and not all(map(is_document, rows)) and 2 * sum(map(is_entry, rows)) >= len(rows)


def entry_rows(file: Any, kind: str, depth: int, spend: Any, most: int) -> Iterator[tuple[int, bytes]]:
    """Yield the rows of a table of entries as JSON lines, which say all that the table does: (number of the first row,
    lines), of at most `most` bytes but for a row that is larger by itself.

    Raises:
        Stop: BAD_ARCHIVE if it cannot be read; BOMB if its pages are too large, or whatever `spend` raises.
    """
    import orjson
    import pyarrow as pa

    lines: list[bytes] = []
    first = number = 1
    size = 0
    try:
        for rows in _batches(file, kind, _ROWS, depth):
            for row in rows:
                line = orjson.dumps(row, default=_plainly, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)
                spend(len(line))
                if lines and size + len(line) > most:
                    yield first, b"".join(lines)
                    lines, size, first = [], 0, number
                lines.append(line)
                size += len(line)
                number += 1
    except (pa.ArrowException, OSError) as error:
        raise Stop(Reason.BAD_ARCHIVE, f"the table cannot be read: {error}", depth) from error
    if lines:
        yield first, b"".join(lines)


def _batches(file: Any, kind: str, rows: int, depth: int, *, single: bool = False) -> Iterator[list[dict[str, Any]]]:
    """Yield rows, some at a time; of Parquet, if `single`, without columns in which a row has several values."""
    import pyarrow as pa

    if kind == "arrow":
        reader = pa.ipc.open_file(file)
        batches: Iterator[Any] = (reader.get_batch(n) for n in range(reader.num_record_batches))
    else:
        batches = _parquet_batches(file, rows, depth, single)
    for batch in batches:
        if twice := [name for name in batch.schema.names if batch.schema.names.count(name) > 1]:
            raise Stop(Reason.MALFORMED, f"several columns are called {twice[0]!r}", depth)
        for at in range(0, batch.num_rows, rows):
            yield list(_records(batch.slice(at, rows)))


def _parquet_batches(file: Any, rows: int, depth: int, single: bool) -> Iterator[Any]:
    import pyarrow.parquet as pq

    table = pq.ParquetFile(file)
    _refuse_joined(file, table.metadata, depth)
    leaves = [table.schema.column(n) for n in range(len(table.schema))]
    wanted = [n for n, leaf in enumerate(leaves) if not (single and leaf.max_repetition_level)]
    columns = [leaves[n].path for n in wanted] if single else None
    for group in range(table.num_row_groups):
        size = _fewer(rows, _measured(file, table, group, wanted, depth))
        yield from table.iter_batches(batch_size=size, row_groups=[group], columns=columns, use_threads=False)


def _plainly(value: Any) -> Any:
    """Return what JSON has no word for: bytes as the text they are, a decimal or an interval as it is written."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


_ROWS = 256  # read at a time: enough to be quick, few enough that long documents fit in memory
_HELD = 256 << 20  # bytes of the columns' largest pages together; writers make pages of 1 MiB, DuckDB of up to 100 MB


def _refuse_joined(file: Any, metadata: Any, depth: int) -> None:
    """Refuse a file in which several are joined.

    Raises:
        Stop: another Parquet file stands before this one: a reader finds the last footer, and reads other bytes.
    """
    end = 4
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for number in range(row_group.num_columns):
            column = row_group.column(number)
            starts = [at for at in (column.dictionary_page_offset, column.data_page_offset) if at]
            end = max(end, min(starts, default=4) + column.total_compressed_size)
    footer = file.seek(0, 2) - 8 - metadata.serialized_size
    file.seek(max(0, min(end, footer) - 8))
    if b"PAR1PAR1" in file.read(min(_LONGEST_GAP, max(0, footer - end) + 8)):
        raise Stop(Reason.BAD_ARCHIVE, "several Parquet files, one behind the other: take them apart first", depth)


_LONGEST_GAP = 64 << 20  # bytes between the columns and the footer, where indexes stand
