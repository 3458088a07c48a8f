"""Crawl corpora: each record a snapshot of its own, and what is no feed counted and not kept."""

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from feedmill.transforms.captures.containers import DeadInput, SkippedRecords, unpack
from feedmill.transforms.captures.crawl import is_document, may_be_kept
from feedmill.transforms.captures.limits import Limits
from feedmill.transforms.failures import Reason
from feedmill.transforms.rows.story import Snapshot
from hypothesis import given, settings
from hypothesis import strategies as st

RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><item><title>The river rose</title></item></channel></rss>'
PAGE = b"<!DOCTYPE html><html><body><p>The river rose overnight, and nobody wrote a feed about it.</p></body></html>"
READER = "Normal view\n\nToday — July 15, 2025\n✇The Pier\nCrane falls\nJuly 15, 2025 at 10:41\nA crane fell.\n✇Fish Daily\nAccord\nJuly 15, 2025 at 09:30\n"
ARTICLE = "The river rose overnight.\n\nOfficials said at 10:30 that nobody was hurt.\nMore rain is due.\n"
FETCHED = 1_752_576_063_000_000
READER_HTML = b'<html><main id="stream" class="normal"><div class="flux not_read"><p>x</p></div></main></html>'


def record(content, number, kind="response", http=b"", more=b"", block=None):
    if block is None:
        block = content
        if kind == "response":
            block = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n" + http + b"\r\n" + content
    media = b"application/http; msgtype=response" if kind in ("response", "request") else b"text/plain"
    head = b"WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%04d>\r\n" % (kind.encode(), number)
    head += b"WARC-Target-URI: https://a.example/%d\r\nWARC-Date: 2025-07-15T10:41:03Z\r\n" % number
    return head + b"Content-Type: %s\r\n%sContent-Length: %d\r\n\r\n" % (media, more, len(block)) + block + b"\r\n\r\n"


WARC = (
    b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 4\r\n\r\nabcd\r\n\r\n",
    record(b"GET / HTTP/1.1\r\n\r\n", 1, "request", block=b"GET / HTTP/1.1\r\n\r\n"),
    record(PAGE, 2),
    record(RSS, 3),
    record(b"x", 4, "metadata"),
    record(READER_HTML, 5),
    record(READER.encode(), 6, "conversion"),
    record(ARTICLE.encode(), 7, "conversion"),
    record(RSS, 8, "resource"),
)
KEPT = {"urn:uuid:0003": RSS, "urn:uuid:0005": READER_HTML, "urn:uuid:0006": READER.encode(), "urn:uuid:0008": RSS}


def snapshots(found):
    return {s.uri: s.data for s in found if isinstance(s, Snapshot)}


@pytest.mark.parametrize(
    "pack",
    [
        b"".join,
        lambda records: b"".join(map(gzip.compress, records)),
        lambda records: gzip.compress(b"".join(records)),
        lambda records: zstandard.compress(b"".join(records)),
        b"\r\n".join,
    ],
)
def test_records_of_a_warc(pack):
    found = list(unpack("w", pack(WARC), 7))
    assert snapshots(found) == {f"w#{name}": data for name, data in KEPT.items()}
    rss = next(s for s in found if isinstance(s, Snapshot))
    assert rss._replace(data=b"") == Snapshot(
        "w#urn:uuid:0003", b"", FETCHED, "warc", "https://a.example/3", "application/xml"
    )
    assert found[-1] == SkippedRecords("w", 2, len(PAGE) + len(ARTICLE.encode()))
    assert len(found) == len(KEPT) + 1


def test_headers_with_bare_line_feeds():
    bare = b"".join(
        head.replace(b"\r\n", b"\n") + b"\n\n" + rest for head, _, rest in (r.partition(b"\r\n\r\n") for r in WARC)
    )
    assert snapshots(unpack("w", bare)) == {f"w#{name}": data for name, data in KEPT.items()}


@pytest.mark.parametrize(
    ("http", "body"),
    [
        (b"Content-Encoding: gzip\r\n", gzip.compress(RSS, mtime=0)),
        (b"Content-Encoding: gzip\r\n", RSS),  # the crawler undid it
        (
            b"Transfer-Encoding: chunked\r\n",
            b"5\r\n" + RSS[:5] + b"\r\n%x;a=b\r\n" % (len(RSS) - 5) + RSS[5:] + b"\r\n0\r\n\r\n",
        ),
        (b"Transfer-Encoding: chunked\r\n", RSS),
    ],
)
def test_how_a_response_was_sent_is_undone(http, body):
    assert snapshots(unpack("w", record(body, 3, http=http))) == {"w#urn:uuid:0003": RSS}


def test_a_damaged_record_costs_itself():
    data = (
        WARC[3]
        + b"garbage\r\nand more\r\n"
        + WARC[8]
        + WARC[2].replace(b"Content-Length: ", b"Content-Length: -")
        + WARC[5]
    )
    found = list(unpack("w", data))
    assert list(snapshots(found)) == ["w#urn:uuid:0003", "w#urn:uuid:0008", "w#urn:uuid:0005"]
    refused = [r for r in found if isinstance(r, DeadInput)]
    assert [r.reason for r in refused] == [Reason.BAD_ARCHIVE] * 2
    assert data[refused[0].start : refused[0].end] == b"garbage\r\nand more\r\n"


def test_a_warc_that_is_cut_off_gives_what_is_there():
    found = list(unpack("w", (WARC[8] + WARC[3])[:-40]))
    assert list(snapshots(found)) == ["w#urn:uuid:0008", "w#urn:uuid:0003"]
    assert [r.reason for r in found if isinstance(r, DeadInput)] == [Reason.BAD_ARCHIVE]


def test_a_record_that_unpacks_to_gigabytes_is_no_feed():
    bomb = record(gzip.compress(bytes(30_000_000)), 1, http=b"Content-Encoding: gzip\r\n")
    found = list(unpack("w", bomb + WARC[8], None, Limits(member_bytes=1_000_000)))
    assert list(snapshots(found)) == ["w#urn:uuid:0008"]
    big = record(bytes(2_000_000), 1)
    found = list(unpack("w", big + WARC[8], None, Limits(member_bytes=1_000_000)))
    assert list(snapshots(found)) == ["w#urn:uuid:0008"]
    assert found[-1].count == 1


# a row as each of the common corpora has it, around one text
SHAPES = {
    "c4": lambda text: {"text": text, "timestamp": "2025-07-15T10:41:03Z", "url": "https://a.example/1"},
    "fineweb": lambda text: {
        "text": text, "id": "<urn:uuid:1>", "dump": "CC-MAIN-2025-30", "url": "https://a.example/1",
        "date": "2025-07-15T10:41:03Z", "file_path": "s3://x", "language": "en", "token_count": 9,
    },
    "dclm": lambda text: {
        "text": text, "url": "https://a.example/1", "warcinfo": "robots: classic", "previous_word_count": 9,
        "metadata": {"WARC-Date": "2025-07-15T10:41:03Z", "WARC-Type": "response", "WARC-Record-ID": "<urn:uuid:1>"},
    },
    "oscar": lambda text: {
        "content": text, "metadata": {"identification": {"label": "en"}},
        "warc_headers": {"warc-date": "2025-07-15T10:41:03Z", "warc-target-uri": "https://a.example/1"},
    },
    "redpajama": lambda text: {"raw_content": text, "url": "https://a.example/1", "date_download": "2025-07-15T10:41:03Z"},
    "html": lambda text: {"html": text, "url": "https://a.example/1", "warc_date": "2025-07-15T10:41:03Z", "title": "t"},
}  # fmt: skip
TEXTS = [ARTICLE, READER, ARTICLE * 3, RSS.decode(), ARTICLE]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "jsonl.zst", "parquet", "parquet in a zip"])
def test_documents_of_a_corpus(shape, kind):
    rows = [SHAPES[shape](text) for text in TEXTS]
    data = "\n".join(json.dumps(row) for row in rows).encode() + b"\n"
    if kind.startswith("parquet"):
        out = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows), out)
        data = out.getvalue()
    elif kind != "jsonl":
        data = gzip.compress(data) if kind.endswith("gz") else zstandard.compress(data)
    for source in (data, io.BytesIO(data)):
        first, second, skipped = unpack("c", source, 7)
        assert first == Snapshot("c#2", READER.encode(), FETCHED, "warc", "https://a.example/1")
        assert second == Snapshot("c#4", RSS, FETCHED, "warc", "https://a.example/1")
        assert skipped == SkippedRecords("c", 3, 5 * len(ARTICLE.encode()))


def test_a_broken_line_costs_itself():
    rows = [json.dumps(SHAPES["c4"](text)) for text in TEXTS]
    rows[2] = rows[2][:-5]
    *found, skipped = unpack("c", "\r\n".join(rows).encode(), 7)
    assert [(f.uri, type(f)) for f in found] == [("c#2", Snapshot), ("c#3", DeadInput), ("c#4", Snapshot)]
    assert found[1].reason is Reason.MALFORMED
    assert "\r\n".join(rows)[found[1].start : found[1].end].rstrip() == rows[2]
    assert skipped.count == 2


def test_very_many_broken_lines_are_refused_together():
    data = json.dumps(SHAPES["c4"](ARTICLE)).encode() + b"\n" + b"{broken\n" * 1_500
    *found, skipped = unpack("c", data)
    assert len(found) == 1_001
    assert found[-1].detail == "500 more broken records"
    assert data[found[-1].start : found[-1].end] == (b"{broken\n" * 500)[:-1]
    assert skipped.count == 1


def test_a_line_that_is_too_long_is_counted():
    rows = [json.dumps(SHAPES["c4"](text)) for text in (ARTICLE, "x" * 2_000_000, READER)]
    data = "\n".join(rows).encode()
    first, skipped = unpack("c", data, 7, Limits(member_bytes=1_000_000))
    assert first.uri == "c#3"
    assert skipped == SkippedRecords("c", 2, len(ARTICLE.encode()) + len(rows[1]))


def test_entries_are_no_documents():
    for entry in (
        {"title": "t", "url": "u", "text": "x", "date": "2025"},
        {"title": "t", "link": "u"},
        {"text": "x"},
        {"url": "u", "content": "x"},
        ["text"],
        "text",
    ):
        assert not is_document(entry)
    data = b'{"title": "t", "url": "https://a.example/", "text": "x"}\n' * 3
    assert list(unpack("e", data)) == [Snapshot("e", data)]


def test_parquet_of_another_kind_is_refused():
    out = io.BytesIO()
    pq.write_table(pa.table({"a": [1], "b": [2]}), out)
    [refused] = unpack("p", out.getvalue())
    assert refused.reason is Reason.UNKNOWN_FORMAT
    [refused] = unpack("p", out.getvalue()[:-20])
    assert refused.reason is Reason.BAD_ARCHIVE


def test_a_table_without_rows_or_with_two_columns_of_a_name_says_so():
    for table, reason in (
        (pa.table({"text": pa.array([], pa.string())}), Reason.EMPTY),
        (pa.table([["a feed"], ["another"]], names=["text", "text"]), Reason.MALFORMED),
        (pa.table([["a"], ["b"], ["c"]], names=["title", "url", "url"]), Reason.MALFORMED),
    ):
        out = io.BytesIO()
        pq.write_table(table, out)
        [refused] = unpack("p", out.getvalue())
        assert refused.reason is reason


def test_without_a_date_of_its_own_a_record_has_the_files():
    data = json.dumps({"url": "https://a.example/1", "text": READER}).encode() + b"\n"
    [found] = unpack("20250715.jsonl", data, 7)
    assert (found.captured_at, found.captured_from) == (1_752_537_600_000_000, "path")


def test_the_cheap_question_passes_what_is_kept():
    for content in (
        RSS,
        READER_HTML,
        b"\n\n <feed xmlns='x'>",
        b'{"version": "https://jsonfeed.org/version/1"',
    ):
        assert may_be_kept(content)
        assert may_be_kept(content.decode())
    assert may_be_kept(READER)
    assert may_be_kept(RSS.decode().encode("utf-16"))
    assert not may_be_kept(PAGE)
    assert not may_be_kept(ARTICLE)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(WARC), max_size=5).map(b"".join),
    st.lists(st.tuples(st.integers(0, 900), st.binary(max_size=5))),
)
def test_any_damage_ends_in_rows(data, edits):
    data = bytearray(data)
    for at, patch in edits:
        data[at : at + len(patch)] = patch
    data = b"WARC/1.0\r\n" + bytes(data)
    for found in unpack("w", data):
        assert isinstance(found, (Snapshot, DeadInput, SkippedRecords))


def corpus(**options):
    """Parquet of 40 pages of 1 MB each, which is packed to next to nothing."""
    rows = pa.table({"text": pa.array(["a" * (1 << 20)] * 40), "url": ["https://a.example/"] * 40})
    out = io.BytesIO()
    pq.write_table(rows, out, compression="zstd", **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "options",
    [
        {"use_dictionary": False},
        {"use_dictionary": True},
        {"use_dictionary": False, "column_encoding": {"text": "DELTA_BYTE_ARRAY", "url": "PLAIN"}},
    ],
    ids=["plain", "dictionary", "the same start"],
)
def test_parquet_is_held_to_what_it_unpacks_to(options):
    *_, last = unpack("p", corpus(**options), None, Limits(ratio_from=20 << 20))
    assert (last.uri, last.reason) == ("p", Reason.BOMB)


def test_a_dictionary_that_stays_one_in_memory_is_counted_by_what_it_says():
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 40, pa.int32()), pa.array(["a" * (1 << 20)]))
    out = io.BytesIO()
    pq.write_table(pa.table({"text": words, "url": ["https://a.example/"] * 40}), out, compression="zstd")
    *_, last = unpack("p", out.getvalue(), None, Limits(ratio_from=20 << 20))
    assert last.reason is Reason.BOMB


def test_parquet_files_that_were_joined_are_refused():
    one = corpus()
    [refused] = unpack("p", one + one)
    assert refused.reason is Reason.BAD_ARCHIVE and "one behind the other" in refused.detail
