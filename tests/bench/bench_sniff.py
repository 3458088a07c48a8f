"""How fast crawl records are told apart: `python -m tests.bench.bench_sniff`.

Prints, for each kind of corpus, the bytes of page content that one core tells
apart in a second (CPU time of reading, unpacking, parsing and asking). The
corpora are made here, from a seed: pages as long as the web's, a few with the
words and times of a feed reader in them, one in a thousand a feed. Exit status
1 if a corpus falls below the floor.
"""

import argparse
import gzip
import io
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from feedmill.transforms.captures.containers import SkippedRecords, unpack

FLOOR = 50e6  # bytes a second
_FEED = '<?xml version="1.0"?><rss version="2.0"><channel><item><title>T</title></item></channel></rss>'
_READER = "Normal view\n\nToday — July 15, 2025\n✇Pier\nA\nJuly 15, 2025 at 10:41\n✇Fish\nB\nJuly 15, 2025 at 09:30\n"


def texts(count: int, seed: int = 7) -> list[str]:
    """Texts as extractors leave them: a few paragraphs of some 3 kB, in several scripts."""
    rng = random.Random(seed)
    alphabets = ("etaoinshrdlucmfwypvbgkj", "оеаинтсрвлкмдпуя", "的一是不了人我在有他这中大来上", "eéàinrstuloç")
    lexicons = [["".join(rng.choices(a, k=rng.randint(1, 10))) for _ in range(4000)] for a in alphabets]
    found = []
    for number in range(count):
        words = lexicons[0] if rng.random() < 0.6 else rng.choice(lexicons)
        paragraphs = [" ".join(rng.choices(words, k=rng.randint(8, 120))) + "." for _ in range(rng.randint(1, 16))]
        if rng.random() < 0.03:  # comments with a time under each
            paragraphs = [f"{p}\nPosted on July {n + 1}, 2025 at 10:{n:02d}" for n, p in enumerate(paragraphs)]
        text = "\n".join(paragraphs)
        found.append({500: _FEED, 501: _READER}.get(number % 1000, text))
    return found


def pages(count: int, seed: int = 8) -> list[str]:
    """Pages of HTML: a head full of links and scripts, a menu, the text; some 20 kB."""
    rng = random.Random(seed)
    found = []
    for number, text in enumerate(texts(count, seed)):
        if text in (_FEED, _READER):
            found.append(_FEED)
            continue
        head = "".join(f'<link rel="preload" href="/static/{rng.random()}.css" as="style">' for _ in range(40))
        script = "<script>window.data=" + json.dumps([rng.random() for _ in range(400)]) + "</script>"
        menu = "".join(f'<li class="nav-item"><a href="/s/{n}">{rng.random()}</a></li>' for n in range(60))
        stream = '<p class="stream">le flux</p>' if number % 50 == 0 else ""
        body = "".join(f'<p class="c{n}">{line}</p>\n' for n, line in enumerate(text.split("\n")))
        found.append(
            f"<!DOCTYPE html><html><head>{head}{script}</head><body><ul>{menu}</ul>{stream}{body}{script}</body></html>"
        )
    return found


def warc(contents: Sequence[str], kind: str) -> list[bytes]:
    """The records of a WARC file (kind "response") or of a WET file ("conversion")."""
    records = []
    for number, content in enumerate(contents):
        block = content.encode()
        if kind == "response":
            block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nServer: x\r\n\r\n" + block
        media = "application/http; msgtype=response" if kind == "response" else "text/plain"
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://a.example/{number}\r\n"
            f"WARC-Date: 2025-07-15T10:41:03Z\r\nWARC-Record-ID: <urn:uuid:{number:08d}>\r\n"
            f"Content-Type: {media}\r\nContent-Length: {len(block)}\r\n\r\n"
        )
        records.append(head.encode() + block + b"\r\n\r\n")
    return records


def corpora(count: int) -> Iterator[tuple[str, bytes]]:
    plain, html = texts(count), pages(count // 5)
    rows = [
        {
            "text": t,
            "id": f"<urn:uuid:{n}>",
            "url": f"https://a.example/{n}",
            "date": "2025-07-15T10:41:03Z",
            "language": "en",
        }
        for n, t in enumerate(plain)
    ]
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    yield "WARC", b"".join(warc(html, "response"))
    yield "WARC.gz, a member a record", b"".join(gzip.compress(r, 6) for r in warc(html, "response"))
    yield "WET.gz", b"".join(gzip.compress(r, 6) for r in warc(plain, "conversion"))
    yield "JSON lines", lines
    yield "JSON lines.gz", gzip.compress(lines, 6)
    yield "JSON lines.zst", zstandard.compress(lines)
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, compression="zstd")
    yield "Parquet, text", out.getvalue()
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([{"html": p, "url": "https://a.example/", "date": "2025"} for p in html]), out)
    yield "Parquet, html", out.getvalue()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=20_000, help="texts to make; a fifth as many pages")
    count = parser.parse_args(argv).documents
    slow = False
    for number, (name, data) in enumerate(corpora(count)):
        if not number:
            list(unpack("warm", data[:200_000]))  # imports
        start = time.process_time()
        kept = size = records = 0
        for found in unpack("corpus", data):
            if isinstance(found, SkippedRecords):
                size, records = size + found.bytes, records + found.count
            else:
                kept += 1
        spent = time.process_time() - start
        slow |= size / spent < FLOOR
        print(
            f"{name:28} {records:7,} records, {kept:3} kept, {size / 1e6:6.1f} MB of content: {size / spent / 1e6:5.0f} MB/s"
        )
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
