"""What is made to take long, each kind where it would: twice as much takes twice as long."""

import bz2
import contextlib
import gzip
import io
import struct
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from feedmill.pipelines.report import page as parts
from feedmill.transforms.captures.containers import unpack
from feedmill.transforms.captures.limits import Limits
from feedmill.transforms.failures import Rejected
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.formats.freshrss.chrome import looks_like_reader
from feedmill.transforms.formats.records import looks_like_records
from feedmill.transforms.rows.story import Snapshot
from feedmill.transforms.text.boilerplate import Text, recurring
from feedmill.transforms.text.dates import read_date
from feedmill.transforms.text.decode import decode
from feedmill.transforms.text.html import read_html
from feedmill.transforms.text.language.story import detect_story
from feedmill.transforms.text.urls import canonical_url

from tests.formats.test_feed import rss
from tests.linear.growth import growth


def split(text: str | bytes) -> None:
    with contextlib.suppress(Rejected):
        split_snapshot(Snapshot("a", text.encode() if isinstance(text, str) else text))


def taken_apart(data: bytes) -> None:
    for _ in unpack("a", io.BytesIO(data), None, Limits()):
        pass


def offsets(data: bytes) -> None:
    found = decode(Snapshot("a", data))
    found.byte_offsets(list(range(0, len(found.text), 9)))


def paragraphs(count: int) -> list[str]:
    return ['"' * 200 + "a", *(f"{n}" for n in range(count))]


HTML: dict[str, Callable[[int], str]] = {
    "deep": lambda n: "<div>" * n + "x",
    "attributes": lambda n: "<p " + " ".join(f"a{i}=1" for i in range(n)) + ">x",
    "glued attributes": lambda n: "<p " + "/".join(f"a{i}" for i in range(n)) + ">x",
    "open tags": lambda n: "<a href='" * n,
    "open comments": lambda n: "<!--" * n,
    "angles": lambda n: "<" * n,
    "a long name": lambda n: "<" + "a" * n,
    "references": lambda n: "&amp;" * n + "<b>",
    "pictures": lambda n: "".join(f"<img src={i}.png>" for i in range(n // 8)),
    "captions": lambda n: "<figure>" + "<img src=a.png>" * (n // 40) + "<figcaption>a</figcaption>" * (n // 400),
}
FEEDS: dict[str, Callable[[int], str | bytes]] = {
    **{f"html: {name}": lambda n, make=make: rss(f"<description><![CDATA[{make(n)}]]></description>") for name, make in HTML.items()},
    "nested": lambda n: rss("<a>" * n),
    "nested and cut off": lambda n: "<feed><entry><id>1</id><title>a</title>" + "<source><title>s</title>" * n,
    "nested in text": lambda n: rss(f"<description>{'&lt;b&gt;' * n}</description>"),
    "attributes of the entry": lambda n: "<rss><item " + " ".join(f'a{i}="1"' for i in range(n)) + "></item></rss>",
    "open comments": lambda n: "<rss>" + "<!--" * n,
    "open sections": lambda n: "<rss>" + "<![CDATA[" * n,
    "open roots": lambda n: "<rss " * n,
    "doctypes": lambda n: "<!DOCTYPE a [" * n + "<rss></rss>",
    "contents": lambda n: "<feed>" + "<entry><content>" * (n // 4),
    "ampersands": lambda n: rss("<title>" + "&" * n + "</title>"),
    "categories": lambda n: rss("".join(f"<category>{i}</category>" for i in range(n // 8))),
    "author": lambda n: rss(f"<author>{'a@' * n}</author><b>"),
    "replaced": lambda n: b"<rss><item><title>\xc3\xa9\xe2\x82\xac</title></item>" * (n // 32) + b"\xff",
    "namespaces": lambda n: "<rss " + " ".join(f'xmlns:a{i}="urn:{i}"' for i in range(n // 8)) + "><item>&b;</item>" * (n // 80),
    "a long base": lambda n: f'<rss xml:base="http://a/{"b" * n}"><channel>' + "<item><link>c</link></item>" * (n // 80),
    "a long title": lambda n: f"<rss><channel><title>{'b' * n}</title>" + "<item><link>c</link></item>" * (n // 80),
    "prefixes": lambda n: "<rss>" + "".join(f"<a{i}:item/>" for i in range(n // 8)),
    "one odd byte": lambda n: b"<rss><item>\xe9 " + b"a" * n,
    "odd bytes": lambda n: b"<rss><item>" + b"a\xe9\xfe" * n,
}  # fmt: skip
PAGES: dict[str, Callable[[int], str]] = {
    "dates": lambda n: "15 July 2025 at 10:39\n" * (n // 16),
    "titles and dates": lambda n: "".join(f"Title {i}\n\n15 July 2025 at 10:39\n\n" for i in range(n // 24)),
    "feeds": lambda n: "✇a\n" * (n // 8),
    "icons": lambda n: "🔲\n" * (n // 8),
    "menus": lambda n: "🔃\nword\n" * (n // 16),
    "one text": lambda n: "🔲\n☆\n✇a\ntitle\n" + "x y\n" * (n // 8),
    "bullets": lambda n: "  " + "• " * n,
    "deep bullets": lambda n: "".join("  " * min(i, 300) + "• item\n" for i in range(n // 80)),
    "one line": lambda n: "word " * n,
    "headlines": lambda n: "".join(f"Some Headline {i} Here\n\nA text about thing {i}.\n\n" for i in range(n // 64)),
    "rows without end": lambda n: "".join(f"🔲\n☆\n✇a\nt{i}\nteaser\n" for i in range(n // 64)),
    "bylines": lambda n: "✇a" + " By: x" * (n // 8),
    "open quotes": lambda n: "title,link\n" + '"\n' * n,
    "rows": lambda n: "title,link\n" + "a,b\n" * (n // 4),
    "one cell": lambda n: "title,link\n" + "a" * n,
    "labels": lambda n: "Title: a\n" * (n // 8),
    "labels apart": lambda n: "Title: a\n\n" * (n // 8),
    "a text below labels": lambda n: "Title: a\nDate: 2025-01-01\n\nTitle: b\nDate: 2025-01-01\n\n" + "a b c.\n" * n,
    "brackets": lambda n: "[" * n,
    "objects": lambda n: '[{"a":} ' + " " * n,
}


def _entry(text: str, header: str = "") -> str:
    return f'<div class="flux" id="flux_1700000000000001"><ul class="flux_header">{header}</ul><div class="text">{text}</div></div>'


def _nested(tag: str, of: str) -> Callable[[int], str]:
    return lambda n: _entry("x", f"<{tag} class='{of}'>" * (n // 16))


READER: dict[str, Callable[[int], str]] = {
    **{f"nested {of}": _nested("div", of) for of in ("title", "author", "website", "link-tag", "tags", "thumbnail", "date")},
    "nested times": _nested("time", "x"),
    "nested bylines in a title": lambda n: _entry("x", "<div class=title>" + "<div class=author>" * (n // 16)),
    "nested figures": lambda n: _entry("<figure><img src=a.png><figcaption>" * (n // 32)),
    "one figure": lambda n: _entry("<figure>" + "".join(f"<img src={i}.png>" for i in range(n // 16)) + "<figcaption>" * (n // 16)),
    "nested feeds": lambda n: "".join(f"<ul><li id=f_{i}><a class=title>" for i in range(n // 32)) + _entry("x"),
    "what is repeated and spelled otherwise": lambda n: "".join(
        _entry("".join(f"<p>Rain &amp; wind {i}</p>" for i in range(n // 96))) for _ in range(3)
    ),
}  # fmt: skip


def _parquet(n: int) -> bytes:
    rows = pa.table({"text": [str(i) for i in range(n)], "url": ["https://a.example/"] * n})
    out = io.BytesIO()
    pq.write_table(rows, out, row_group_size=64, data_page_size=64)
    return out.getvalue()


_MEMBER = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 8, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
FILES: dict[str, Callable[[int], bytes]] = {
    "streams of gzip": lambda n: gzip.compress(b"", mtime=0) * (n // 16),
    "streams of bzip2": lambda n: bz2.compress(b"") * (n // 16),
    "streams of zstd": lambda n: zstandard.compress(b"") * (n // 16),
    "broken records": lambda n: b"WARC/1.0\n" * (n // 8),
    "open records": lambda n: b"WARC/1.0\nContent-Length: 0\n" * (n // 8),
    "marks of zip": lambda n: _MEMBER + b"PK\x07\x08" * n,
    "members of zip": lambda n: (_MEMBER[:6] + b"\0\0" + _MEMBER[8:]) * (n // 32),
    "rows of Parquet": lambda n: _parquet(n // 16),
}
OTHERS: dict[str, tuple[Callable[[int], object], Callable[[object], object]]] = {
    "offsets": (lambda n: ("é€x" * n + "X").encode().replace(b"X", b"\xff"), offsets),
    "a reader's dates": (lambda n: "15 July 2025 at 10:39\n" * n, looks_like_reader),
    "a reader's words": (lambda n: "Today — " * n, looks_like_reader),
    "a table of short lines": (lambda n: "Rates held\n" * n, looks_like_records),
    "what changed": (lambda n: ("a b " * n, "b a " * n + "c"), lambda texts: parts.before_after("body", *texts)),
    "tracking": (lambda n: "http://x/?" + "utm_a=1&" * min(n, 1500), canonical_url),
    "a host": (lambda n: "http://" + "a." * min(n, 6000), canonical_url),
    "redirected": (lambda n: "http://google.com/url?" + "url=" * min(n, 3000), canonical_url),
    "percents": (lambda n: "http://x/" + "%" * min(n, 9000), canonical_url),
    "a date": (lambda n: "5 5 5 jan" * min(n, 22), read_date),
    "a date of no blanks": (lambda n: "มีนา" * min(n, 50), read_date),
    "a language of words": (lambda n: "the river rose overnight " * n, lambda text: detect_story("a", text, None)),
    "a language of marks": (lambda n: "“«x@y.z " * n, lambda text: detect_story("a", text, None)),
    "paragraphs that recur": (
        lambda n: [Text("a", f"{i}", paragraphs(n // 64)) for i in range(6)],
        lambda stories: recurring(stories),  # type: ignore[arg-type]
    ),
    **{f"html: {name}": (make, lambda text: read_html(text, "http://a/")) for name, make in HTML.items()},
}  # fmt: skip
ALL: dict[str, tuple[Callable[[int], object], Callable[[object], object]]] = {
    **{f"feed: {name}": (make, split) for name, make in FEEDS.items()},
    **{f"page: {name}": (make, split) for name, make in PAGES.items()},
    **{f"reader: {name}": (make, split) for name, make in READER.items()},
    **{f"file: {name}": (make, taken_apart) for name, make in FILES.items()},
    **OTHERS,
}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", ALL)
def test_hostile(name):
    make, call = ALL[name]

    def work(size):
        given = make(size)
        return lambda: call(given)

    assert growth(work, 8_000) is None
