"""Draw HTML pages, read them by many ways, and store what came out, so that training needs no extractor.

`python -m tests.training.render --pages N --seed S --out FILE.jsonl.zst` writes a sample a line, as `Sample._asdict()`,
and beside it, where `--html` names a file, pages as HTML with their marks. Libraries and programs that are not installed
are passed over, so the bytes are the same only where the same ones stand. Every page is drawn from its own number.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import functools
import io
import json
import pathlib
import random
import sys
from collections.abc import Iterator
from typing import Any

import zstandard

from . import html as _html  # noqa: F401  (registers the layouts)
from .bank import LANGS, furnish, make_stories, ui
from .extract import WAYS, available, sample_of, speaks
from .page import LAYOUTS, Field, Layout, Sample

STORED = pathlib.Path(__file__).parent / "rendered.jsonl.zst"
STORED_HTML = (
    pathlib.Path(__file__).parent / "rendered_html.jsonl.zst"
)  # dicts: html, marks (label, story) by number, shown
LONGEST = 60_000  # characters of a stored sample: learning needs many pages, not long ones


def draw(chosen: Layout, rng: random.Random, most: int = 0) -> tuple[str, str, str, Any, list[Any]]:
    """Draw a page: language of its stories and of its interface, HTML, marks, stories."""
    lang = (
        rng.choice(chosen.langs or LANGS)
        if rng.random() < 0.6
        else rng.choice([x for x in LANGS if x in ("en", "de", "fr", "es", "ru", "zh", "it")])
    )
    own = rng.random() < 0.45
    chrome = (
        lang
        if own
        else rng.choice([x for x in LANGS if x in ("en", "de", "fr", "en")] if rng.random() < 0.5 else LANGS)
    )
    low, high = chosen.between
    count = min(high, max(low, int(rng.lognormvariate(2.1, 0.7))))
    if high >= 30 and not most and rng.random() < 0.02:
        count = rng.randint(50, 120)
    stories = make_stories(rng, min(count, most or count), lang, rng.choice((1, 2, 3, 6, 8, 12, 20)))
    if rng.random() < 0.12:  # a page in two languages
        others = make_stories(rng, max(1, len(stories) // 2), rng.choice(LANGS), 3)
        stories = sorted(
            stories[: max(low, len(stories) - len(others))] + others, key=lambda s: s.published, reverse=True
        )[: max(low, count)]
    stories = furnish(rng, stories)
    page, marks = chosen.draw(rng, stories, ui(chrome), chrome)
    return lang, chrome, page, marks, stories


def lean(sample: Sample) -> Sample:
    """Cut a long sample behind a story, so that it holds whole stories only."""
    if len(sample.text) <= LONGEST:
        return sample
    firsts: dict[int, int] = {}
    for f in sample.fields:
        firsts.setdefault(f.story, f.start)
    ends = [start for story, start in firsts.items() if story > 0 and start <= LONGEST]
    if not ends:
        return sample
    cut = max(ends)
    last = next(s for s, start in firsts.items() if start == cut)
    fields = tuple(f for f in sample.fields if f.end <= cut and f.story < last)
    return sample._replace(text=sample.text[:cut], fields=fields, stories=sample.stories[:last])


def samples_of(number: int, seed: int) -> list[Sample]:
    """Draw page `number` and read it by some ways."""
    rng = random.Random(f"{seed}/{number}")
    layouts = [x for x in LAYOUTS.values() if x.kind == "html"]
    chosen = rng.choices(layouts, [x.weight for x in layouts])[0]
    lang, chrome, page, marks, stories = draw(chosen, rng)
    ways = [w for w in WAYS if available(w)]
    first = rng.choices(ways, [WAYS[w].weight for w in ways])[0]
    second = rng.choice([w for w in ways if WAYS[w].family != WAYS[first].family])
    found = []
    for way in (first, second) if rng.random() < 0.25 else (first,):
        sample = sample_of(chosen.name, chosen.family, lang, chrome, way, page, marks, stories)
        if sample is not None and (sample.stories or chosen.family == "no_story"):
            found.append(lean(sample))
    return found


def html_of(number: int, seed: int) -> dict[str, Any]:
    """Draw a page to be kept as HTML, with its marks and what its dates tell."""
    rng = random.Random(f"html/{seed}/{number}")
    layouts = [x for x in LAYOUTS.values() if x.kind == "html"]
    chosen = rng.choices(layouts, [x.weight for x in layouts])[0]
    lang, told, page, marks, stories = draw(chosen, rng, 20)
    chrome = told if speaks(page, (), marks.words) else None
    shown = {i: marks.shown.get(i) or s.published.date().isoformat() for i, s in enumerate(stories)}
    return {
        "layout": chosen.name,
        "family": chosen.family,
        "lang": lang,
        "chrome": chrome,
        "html": page,
        "marks": list(marks),
        "shown": shown,
    }


def stored(path: pathlib.Path = STORED) -> Iterator[Sample]:
    """Read the stored samples."""
    with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as data:
        for line in io.TextIOWrapper(data, encoding="utf-8"):
            row = json.loads(line)
            row |= {"fields": tuple(Field(*f) for f in row["fields"]), "stories": tuple(row["stories"])}
            yield Sample(**row)


def write(path: pathlib.Path, rows: list[dict[str, Any]]) -> int:
    """Store rows as lines of JSON; give the size in bytes."""
    text = io.StringIO()
    for row in rows:
        json.dump(row, text, ensure_ascii=False, separators=(",", ":"))
        text.write("\n")
    data = zstandard.ZstdCompressor(level=19).compress(text.getvalue().encode("utf-8", "surrogatepass"))
    path.write_bytes(data)
    return len(data)


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes; the bytes are the same for any number")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--html", type=pathlib.Path)
    parser.add_argument("--html-pages", type=int, default=600)
    args = parser.parse_args(argv)
    missing = [w for w in WAYS if not available(w)]
    if missing:
        print(f"not installed, so left out: {', '.join(missing)}", file=sys.stderr)
    rows, counts, ways = [], collections.Counter[str](), collections.Counter[str]()
    number = 0
    with concurrent.futures.ProcessPoolExecutor(args.jobs) as pool:
        while len(rows) < args.pages:
            some = range(number, number + 200)
            for samples in pool.map(functools.partial(samples_of, seed=args.seed), some, chunksize=20):
                number += 1
                for sample in samples if len(rows) < args.pages else ():
                    rows.append(sample._asdict())
                    counts[sample.family] += 1
                    ways[str(sample.extractor)] += 1
    size = write(args.out, rows[: args.pages])
    print(f"{len(rows[: args.pages])} samples of {number} pages, {size / 1e6:.1f} MB")
    if args.html:
        pages = [html_of(k, args.seed) for k in range(args.html_pages)]
        print(f"{len(pages)} pages as HTML, {write(args.html, pages) / 1e6:.1f} MB")
    for name, count in (*counts.most_common(), *ways.most_common()):
        print(f"{count:6d} {name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
