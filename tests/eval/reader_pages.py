"""Floors for reader pages: `python -m tests.eval.reader_pages [--html] [--worst N] [PATTERN]`.

Scores two sets of pages by the same measures, and fails when one falls below its floor:

- the project's own pages, in every language and layout of `tests.formats.reader_pages` (text only; always there);
- the development data, pages of a real FreshRSS with the truth taken from its database (skipped, saying so, when absent).

A story counts as found when its title is the true one, case and blanks apart, and titles come in the page's order. The other figures
are taken over the found stories whose page shows the fact: source, date (to the minute), authors, body (0.95 similar, with or without
the paragraphs that recur), and over pages: the language of the interface.
"""

import argparse
import collections
import datetime as dt
import difflib
import json
import pathlib
import re
import sys
import unicodedata
from collections.abc import Iterator

from feedmill.transforms.failures import Rejected
from feedmill.transforms.formats import Settings
from feedmill.transforms.formats.freshrss import chrome
from feedmill.transforms.formats.freshrss.text import split_freshrss_text
from feedmill.transforms.rows.story import Snapshot, Split, Story
from feedmill.transforms.text.decode import decode

from tests.formats.reader_pages import LAYOUTS, STORIES, render

DATA = pathlib.Path(__file__).parents[2].parent / "shared/data/reader_pages"

# By who made the text. The dates of extracted reader views are counted as shown in the data, but are not on
# those pages (an extractor drops the line that has them), which is 36 of the 264: the floor is over the others.
FLOORS = {
    "clipboard": {"f1": 0.995, "source": 0.99, "date": 0.99, "authors": 0.98, "body": 0.97, "chrome": 0.99},
    "extractor": {"f1": 0.99, "source": 0.99, "date": 0.99, "authors": 0.98, "body": 0.93, "chrome": 0.99},
    "html": {"f1": 0.995, "source": 0.99, "date": 0.99, "authors": 0.98, "body": 0.97, "chrome": 0.99},
    "own": {"f1": 1.0, "source": 1.0, "date": 1.0, "authors": 1.0, "body": 1.0, "chrome": 0.99},
}
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")


def fold(text: str | None) -> str:
    return " ".join(unicodedata.normalize("NFKC", text or "").split()).casefold()


def similar(a: str | None, b: str | None) -> bool:
    """True if two texts have 95 in 100 of their words, or CJK characters, in common and in order."""
    x, y = _TOKEN.findall(fold(a)), _TOKEN.findall(fold(b))
    return x == y or difflib.SequenceMatcher(None, x, y, autojunk=False).ratio() >= 0.95


def minute(value: str | int | None) -> dt.datetime | None:
    if value is None:
        return None
    if isinstance(value, int):
        moment = dt.datetime.fromtimestamp(value / 1_000_000, dt.UTC)
    else:
        moment = dt.datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(dt.UTC)
    return moment.replace(second=0, microsecond=0)


def score(truth: dict, got: Split) -> collections.Counter:
    """Counts what is right on a page; `truth` has `ui_language` and `entries`."""
    entries = truth["entries"]
    tally: collections.Counter = collections.Counter(pages=1, truth=len(entries), got=len(got.stories), chrome_n=1)
    tally["chrome_ok"] += (got.chrome_lang or "")[:2] == truth["ui_language"][:2]
    matcher = difflib.SequenceMatcher(
        None, [fold(e["title"]) for e in entries], [fold(s.title) for s in got.stories], autojunk=False
    )
    for block in matcher.get_matching_blocks():
        for k in range(block.size):
            tally["found"] += 1
            tally.update(facts(entries[block.a + k], got.stories[block.b + k]))
    return tally


def facts(entry: dict, story: Story) -> Iterator[str]:
    """Names of the facts that an entry shows, with _n, and of those that its story has right, with _ok."""
    shown = entry["shown"]
    when = entry.get("datetime_attr") or entry.get("published")
    body = entry.get("content_text") or ""
    lean = body
    for block in entry.get("recurring", []):
        lean = lean.replace(block, " ")
    right = {
        "source": shown.get("source")
        and entry.get("feed_title")
        and fold(story.source_name) == fold(entry["feed_title"]),
        "date": shown.get("date") and when and minute(story.published_at) == minute(when),
        "authors": shown.get("authors") and [fold(a) for a in story.authors] == [fold(a) for a in entry["authors"]],
        "body": shown.get("body") and (similar(body, story.body) or similar(lean, story.body)),
    }
    has = {
        "source": entry.get("feed_title"),
        "date": when,
        "authors": entry.get("authors"),
        "body": len(fold(body)) >= 50,
    }
    for fact, ok in right.items():
        if shown.get(fact) and has[fact]:
            yield f"{fact}_n"
            if ok:
                yield f"{fact}_ok"


def figures(tally: collections.Counter) -> dict[str, float]:
    """Shares of what is right; a fact that no page shows is not among them."""
    out = {"f1": 2 * tally["found"] / max(1, tally["truth"] + tally["got"])}
    for fact in ("source", "date", "authors", "body", "chrome"):
        if tally[f"{fact}_n"]:
            out[fact] = tally[f"{fact}_ok"] / tally[f"{fact}_n"]
    return out


def line(name: str, tally: collections.Counter) -> str:
    cells = " ".join(f"{fact}={value:.4f}" for fact, value in figures(tally).items())
    return f"{name:44s} pages={tally['pages']:4d} stories={tally['truth']:6d} {cells}"


def own_pages() -> Iterator[tuple[str, dict, Split]]:
    for name, layout in LAYOUTS.items():
        for lang in chrome.table():
            extractor, opened = layout.tool == "extractor", layout.opened == "all"
            shown = {
                "source": layout.row_source and (not extractor or layout.teaser),
                "date": not extractor,
                "authors": opened and not extractor,
                "body": opened,
            }
            entries = [
                {
                    "title": told.title,
                    "feed_title": told.source,
                    "authors": list(told.authors),
                    "published": dt.datetime(*told.when, tzinfo=dt.UTC).isoformat(),
                    "content_text": " ".join(told.paragraphs),
                    "shown": shown,
                }
                for told in STORIES
            ]
            # the Greek interface is in English, word for word
            truth = {"ui_language": "en" if lang == "el" else lang, "entries": entries}
            snapshot = Snapshot(f"{name}.{lang}", render(lang, layout).encode())
            yield f"{name}.{lang}", truth, split_freshrss_text(decode(snapshot), "freshrss_text", Settings())


def real_pages(html: bool, pattern: str) -> Iterator[tuple[str, dict, Split]]:
    for path in sorted((DATA / ("html_truth" if html else "truth")).glob(f"{pattern}.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        page = DATA / ("html" if html else "dumps") / f"{path.stem}.{'html' if html else 'txt'}"
        doc, settings = decode(Snapshot(str(page), page.read_bytes())), Settings(timezone=truth["timezone"])
        if html:
            from feedmill.transforms.formats.freshrss.html import split_freshrss_html

            yield path.stem, truth, split_freshrss_html(doc, "freshrss_html", settings)
            continue
        if "reader_resiliparse" in path.stem:
            for entry in truth["entries"]:
                entry["shown"]["date"] &= entry["date_displayed"] in doc.text
        yield path.stem, truth, split_freshrss_text(doc, "freshrss_text", settings)


def main(argv: list[str] | None = None) -> int:
    """Prints the figures; returns 1 if one is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pattern", nargs="?", default="*", help="names of pages in the development data")
    parser.add_argument("--html", action="store_true", help="saved pages instead of text")
    parser.add_argument("--worst", type=int, default=0, help="also list the N pages with the lowest story F1")
    args = parser.parse_args(argv)
    groups: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    pages = []
    sources: list[Iterator[tuple[str, dict, Split]]] = [] if args.html else [own_pages()]
    if DATA.is_dir():
        sources.append(real_pages(args.html, args.pattern))
    else:
        print(
            f"reader pages: the development data is not at {DATA}; only the project's own pages are scored",
            file=sys.stderr,
        )
    for number, source in enumerate(sources):
        try:
            for name, truth, got in source:
                own = number == 0 and not args.html
                group = "own" if own else "html" if args.html else "extractor" if "resiliparse" in name else "clipboard"
                tally = score(truth, got)
                pages.append((name, tally))
                groups[group].update(tally)
        except Rejected as rejected:
            print(f"a page was declined: {rejected}", file=sys.stderr)
            return 1
    low = []
    for group, tally in sorted(groups.items()):
        print(line(group, tally))
        for fact, value in figures(tally).items():
            if value < FLOORS[group][fact]:
                low.append(f"{group} {fact}: {value:.4f} is below its floor of {FLOORS[group][fact]}")
    for name, tally in sorted(pages, key=lambda page: (figures(page[1])["f1"], page[0]))[: args.worst]:
        print(line(f"  {name}", tally))
    print("\n".join(low) or "all figures hold their floors")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
