"""Floor for feeds: `python -m tests.eval.feed_suite` reads the development data with `split_feed`.

Checks that every feed there is read or declined with a reason and that its spans tile it, and scores the expectations of feedparser's
own tests that concern a field feedmill keeps. Each miss has its reason in `feed_suite_misses.txt`; a miss without one fails.
"""

import ast
import collections
import datetime
import json
import re
import sys
from pathlib import Path

from transforms.failures import Rejected
from transforms.formats import Settings
from transforms.formats.feed import split_feed
from transforms.rows import Snapshot, Split
from transforms.text.decode import decode
from transforms.text.html import html_to_text, plain_to_text

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared/data"
MISSES = Path(__file__).with_name("feed_suite_misses.txt")
FLOOR = 0.99
SERVER = "http://127.0.0.1:8097/"  # where the suite pretends that its files come from

_TERM = re.compile(r"""(entries\[(\d+)\]|feed)(.*)""")
_KEYS = re.compile(r"""\[['"](\w+)['"]\]|\[(\d+)\]|\.(?:get\(['"](\w+)['"]\)|(\w+))""")


def read(path: Path) -> Split:
    data = path.read_bytes()
    # the suite's own server headers are in a comment at the top of the file
    headers = dict(re.findall(r"^(?:Header:\s+)?\s*([\w-]+):\s+(\S.*?)\s*$", data[:2000].replace(b"\0", b"").decode("latin-1"), re.M))
    headers = {key.lower(): value for key, value in headers.items()}
    doc = decode(Snapshot(str(path), data, url=headers.get("content-location", SERVER), content_type=headers.get("content-type")))
    root = re.search(r"<(?:\w+:)?(rss|rdf|feed|channel)\b", doc.text, re.I)
    name = {"feed": "atom", "rdf": "rdf"}.get(root[1].lower() if root else "", "rss")
    split = split_feed(doc, name, Settings())
    assert [s.end for s in split.spans] == [s.start for s in split.spans[1:]] + [len(data)], path
    for story in split.stories:
        assert 0 <= story.byte_start < story.byte_end <= len(data), path
    return split


def observed(split: Split, term: str) -> list[object] | None:
    """The values of ours that may stand for `term` of feedparser; None if feedmill does not keep it."""
    found = _TERM.fullmatch(term)
    if not found:
        return None
    keys = tuple(a or b or c or d for a, b, c, d in _KEYS.findall(found[3]))
    keys = tuple("*" if key.isdigit() else key for key in keys)
    position = next((int(b) for _, b, _, _ in _KEYS.findall(found[3]) if b), 0)
    if found[1] == "feed":
        first = split.stories[0] if split.stories else None
        if keys in (("title",), ("title_detail", "value")):
            return [split.source_name]
        if keys == ("link",) and first:
            return [first.source_url]
        if keys == ("language",) and first:
            return [first.lang_declared]
        return None
    if int(found[2]) >= len(split.stories):
        return [] if keys[:1] in (("title",), ("link",), ("id",), ("summary",), ("description",), ("content",)) else None
    story = split.stories[int(found[2])]
    if keys in (("title",), ("title_detail", "value")):
        return [story.title]
    if keys == ("link",):
        return [story.url_raw, story.url]
    if keys in (("id",), ("guid",)):
        return [story.guid]
    if keys in (("summary",), ("description",), ("summary_detail", "value"), ("content", "*", "value")):
        return [story.summary, story.body]
    if keys in (("content", "*", "language"), ("title_detail", "language"), ("summary_detail", "language"), ("language",)):
        return [story.lang_declared]
    if keys in (("author",), ("author_detail", "name")):
        return [*story.authors, ", ".join(story.authors)]
    if keys == ("authors", "*", "name"):
        return [story.authors[position] if position < len(story.authors) else None]
    if keys == ("tags", "*", "term") or keys == ("category",):
        return [story.categories[position] if position < len(story.categories) else None]
    if keys in (("enclosures", "*", "url"), ("enclosures", "*", "href"), ("media_thumbnail", "*", "url"), ("media_content", "*", "url")):
        return [m.url for m in story.media]
    if keys == ("enclosures", "*", "type"):
        return [m.type for m in story.media]
    if keys in (("published_parsed",), ("created_parsed",)):
        return [story.published_at]
    if keys == ("updated_parsed",):
        return [story.updated_at]
    if keys in (("published",), ("issued",), ("created",)):
        return [story.published_raw]
    return None


def same(key: str, expected: object, ours: object) -> bool:
    if "_parsed" in key:
        moment = datetime.datetime(*ast.literal_eval(str(expected))[:6], tzinfo=datetime.timezone.utc)
        return ours == int(moment.timestamp()) * 1_000_000
    text = str(expected)
    if ours is None:
        return expected is None or not html_to_text(text)
    if "author" in key:
        text = re.sub(r"\s*\(\S+@\S+\)$", "", text)
    forms = {text, text.strip(), html_to_text(text), plain_to_text(text)}
    forms |= {" ".join(form.split()) for form in forms} | {html_to_text(form) for form in forms}
    return str(ours) in forms or " ".join(str(ours).split()) in forms


def main() -> int:
    if not DATA.is_dir():
        print(f"skipped: no development data at {DATA}")
        return 0
    counts: collections.Counter[str] = collections.Counter()
    for folder in ("feedparser_suite", "feeds_misc", "feeds_over_time"):
        for path in sorted((DATA / folder).rglob("*")):
            if path.is_file() and path.suffix in (".xml", ".rss", ".atom", ".rdf"):
                try:
                    split = read(path)
                    counts[f"{folder}: read"] += 1
                    counts[f"{folder}: stories"] += len(split.stories)
                    counts[f"{folder}: rejected entries"] += len(split.rejects)
                except Rejected as rejected:
                    counts[f"{folder}: {rejected.reason}"] += 1
    explained = dict(line.split("\t", 1) for line in MISSES.read_text().splitlines() if "\t" in line) if MISSES.exists() else {}
    kept = missed = 0
    unexplained = []
    for line in (DATA / "feedparser_suite/EXPECT_INDEX.jsonl").read_text().splitlines():
        case = json.loads(line)
        try:
            split = read(DATA / "feedparser_suite" / case["file"])
        except Rejected:
            split = None
        for term, op, expected in case["terms"]:
            if op != "Eq" or (expected is None and "language" not in term):  # not a literal in the index
                continue
            if split is None:
                if _TERM.fullmatch(term):
                    kept, missed = kept + 1, missed + 1
                    unexplained.append((case["file"], term, expected, "rejected"))
                continue
            ours = observed(split, term)
            if ours is None:
                continue
            kept += 1
            if not any(same(term, expected, value) for value in ours):
                missed += 1
                if f"{case['file']} {term}" not in explained:
                    unexplained.append((case["file"], term, expected, ours))
    for name, count in sorted(counts.items()):
        print(f"{name:48} {count:6}")
    score = 1 - missed / kept
    print(f"expectations on kept fields: {kept - missed} of {kept} = {score:.2%}; {len(unexplained)} misses without a reason")
    for file, term, expected, ours in unexplained:
        print(f"  {file} {term}\n    expected {expected!r}\n    ours     {ours!r}")
    return 1 if unexplained or score < FLOOR else 0


if __name__ == "__main__":
    sys.exit(main())
