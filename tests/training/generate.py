"""Generate pages of the training corpus: `python -m tests.training.generate --pages N --seed S --out FILE.jsonl.zst`.

Each page is drawn from its own random numbers, seeded by the run's seed and the page's number: the same seed gives the
same bytes, and a shorter run gives the beginning of a longer one. A line is a JSON object with the fields of `Sample`.
"""

from __future__ import annotations

import argparse
import collections
import importlib
import json
import pkgutil
import random
import sys
from collections.abc import Iterator

import zstandard

from tests.training import texts
from tests.training.bank import LANGS, BankStory, furnish, make_stories, ui
from tests.training.damage import damage
from tests.training.negatives import NEGATIVE, negative
from tests.training.page import LAYOUTS, Layout, Sample, render
from tests.training.render import STORED, samples_of, stored

COMMON = ("en", "fr", "de", "es", "ru", "it", "pt", "zh", "ar", "ja")  # more often than the rest
NEGATIVES = 0.15  # share of text pages without stories or with one
DAMAGED = 0.35  # share of pages with damage
HTML = 0.4  # share of pages that are HTML as an extractor reads it


def load() -> list[Layout]:
    """Register the text layouts; return them by name."""
    for module in pkgutil.iter_modules(texts.__path__):
        importlib.import_module(f"{texts.__name__}.{module.name}")
    return [x for _, x in sorted(LAYOUTS.items()) if x.kind == "text"]


def count(rng: random.Random, low: int, high: int) -> int:
    """Return a number of stories: small pages are more frequent than large ones, one in 60 is far larger, one in 50 has one."""
    if rng.random() < 0.02:
        return 1
    if high > 20 and rng.random() < 1 / 60:
        return rng.randint(high, 100)
    return min(high, low + int((high - low + 1) * rng.random() ** 1.7))


def longer(rng: random.Random, stories: list[BankStory]) -> list[BankStory]:
    """Return the stories with the paragraphs of others added to some: long reads."""
    spare = [s.paragraphs for s in make_stories(rng, 3 * len(stories), stories[0].lang)]
    at = 0
    found = []
    for s in stories:
        more = rng.choice([0, 1, 2, 3, 3])
        found.append(s._replace(paragraphs=sum(spare[at : at + more], s.paragraphs)))
        at += more
    return found


def page(rng: random.Random, chosen: Layout, most: int = 0) -> Sample:
    """Return a page of a text layout, of `most` stories at most if that is given."""
    langs = chosen.langs or LANGS
    lang = rng.choice([x for x in COMMON if x in langs] or langs) if rng.random() < 0.5 else rng.choice(langs)
    lang_ui = lang if rng.random() < 0.6 else rng.choice(LANGS) if rng.random() < 0.6 else "en"
    n = count(rng, *chosen.between)
    n = max(min(2, n), rng.randint(2, most)) if most else n
    stories = make_stories(rng, n, lang, sources=rng.choice([1, 2, 4, 8, 8, 12]))
    if n <= 14 and rng.random() < 0.2:
        stories = longer(rng, stories)
    if n > 4 and rng.random() < 0.08:
        other = make_stories(rng, n // 2, rng.choice(LANGS))
        stories = sorted([*stories[: n - n // 2], *other], key=lambda s: s.published, reverse=True)
    stories = furnish(rng, stories)
    if rng.random() < 0.06:  # what two feeds carry, or one feed twice
        stories = [copy for s in stories for copy in ([s, s] if rng.random() < 0.3 else [s])][: max(len(stories), 2)]
    return render(chosen, rng, stories, ui(lang_ui), lang_ui)


def rendered(seed: int) -> Iterator[Sample]:
    """Yield HTML pages as extractors read them, without end: the stored ones in an order of the seed's, again and again.

    They are stored since what is installed here decides what an extractor makes of a page; with none stored, they are
    rendered now.
    """
    if STORED.exists():
        known = list(stored())
        while True:
            random.Random(f"rendered {seed}").shuffle(known)
            yield from known
    number = 0
    while True:
        yield from samples_of(number, seed)
        number += 1


def samples(
    pages: int, seed: int, html: float = HTML, only: str = "", damaged: float = DAMAGED, most: int = 0
) -> Iterator[Sample]:
    """Yield the pages of a run, in order; `html` is the share of pages that are HTML read by an extractor.

    With `only`, pages of the text layouts alone that have it in their name or family, and nothing else.
    """
    layouts = [layout for layout in load() if only in f"{layout.family} {layout.name}"]
    html, negatives = (0.0, 0.0) if only else (html, NEGATIVES)
    weights = [x.weight for x in layouts]
    kinds = sorted(NEGATIVE)
    of_html = rendered(seed)
    for number in range(pages):
        rng = random.Random(f"{seed}:{number}")
        if rng.random() < html:
            sample = next(of_html)
        elif rng.random() < negatives:
            sample = negative(rng, rng.choice(kinds))
        else:
            sample = page(rng, rng.choices(layouts, weights)[0], most)
        yield damage(rng, sample) if rng.random() < damaged else sample


def main(argv: list[str] | None = None) -> int:
    """Write the pages of a run to a file of compressed JSON lines, and the count of each family to standard error."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--html", type=float, default=HTML, help="share of HTML pages read by an extractor")
    parser.add_argument("--most", type=int, default=0, help="stories of a page at most")
    parser.add_argument("--damaged", type=float, default=DAMAGED, help="share of pages with damage")
    parser.add_argument("--only", default="", help="text layouts alone whose name or family holds this")
    parser.add_argument("--out", required=True)
    args = parser.parse_args(argv)
    families: collections.Counter[str] = collections.Counter()
    stories = 0
    writer = zstandard.ZstdCompressor(level=6)
    with open(args.out, "wb") as file, writer.stream_writer(file) as out:
        for sample in samples(args.pages, args.seed, args.html, args.only, args.damaged, args.most):
            families[sample.family] += 1
            stories += len(sample.stories)
            out.write(json.dumps(sample._asdict(), ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
    for family, number in sorted(families.items()):
        print(f"{number:7} {family}", file=sys.stderr)
    print(f"{sum(families.values()):7} pages, {stories} stories, {len(families)} families", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
