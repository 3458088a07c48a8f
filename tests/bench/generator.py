"""Snapshots of news feeds that nobody published, with the truth about them.

    python -m tests.bench.generator --entries 100000 --new_share 0.5 --output /tmp/news

The same arguments give the same bytes, on any machine. A corpus is some feeds, each saved every hour: an entry stays
while it is among the newest of its feed, so it is seen in several snapshots; some are edited on the way. Text is made
of common words of eight languages and of invented names, put together so that detectors of language and of
near-duplicates find what they find in news: words of a language, and next to no phrase that two stories share.
"""

import argparse
import datetime as dt
import itertools
import json
import pathlib
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import NamedTuple
from xml.sax.saxutils import escape as escape_xml

from tests.bench.words import WORDS

_START = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
_HOUR = dt.timedelta(hours=1)

# Feeds in life: how many entries they show, in which languages, and how much of each story. Rounded from what public
# lists of news feeds show; most carry teasers.
_WINDOWS = (10, 15, 20, 20, 20, 25, 30, 30, 50, 100)
_LANGUAGES = ("en",) * 8 + ("de", "de", "fr", "fr", "es", "es", "ru", "it", "pt", "zh")
_KINDS = ("titles",) * 3 + ("teaser",) * 13 + ("full",) * 4
_REVISED = 0.02  # of the entries shown again, how many were edited since
_WIRE = 0.03  # of the stories, how many are an agency's, taken over word for word

_PHRASES = 4096  # a language: so two texts of 100 phrases share two or three


class Truth(NamedTuple):
    """What a program that reads the corpus must find."""

    snapshots: int
    size: int  # bytes
    entries: int  # sightings
    items: int
    versions: int  # items and their revisions
    languages: dict[str, int]  # items of each


class _Speech:
    """Draws text of one language."""

    def __init__(self, language: str) -> None:
        draw = random.Random(f"speech {language}")
        light, heavy = (text.split() for text in WORDS[language])
        self.space = "" if language == "zh" else " "
        self.stop = "。" if language == "zh" else "."
        self.names = ["".join(draw.choices(_SYLLABLES, k=draw.randint(2, 3))).capitalize() for _ in range(1500)]
        phrases = []
        for _ in range(_PHRASES):
            words = [draw.choice(light), draw.choice(heavy), draw.choice(light), draw.choice(heavy)]
            words = words[: draw.randint(2, 4)]
            if draw.random() < 0.15:
                words.append(draw.choice(self.names))
            phrases.append(self.space.join(words))
        self.middle = phrases
        self.first = [phrase[0].upper() + phrase[1:] for phrase in phrases]

    def title(self, draw: random.Random) -> str:
        a, b, c = self._numbers(draw, 3)
        return self.space.join((self.first[a], self.middle[b], self.middle[c]))

    def sentences(self, draw: random.Random, count: int) -> list[str]:
        numbers = self._numbers(draw, 4 * count)
        parts = zip(*[iter(numbers)] * 4, strict=True)
        first, middle, space, stop = self.first, self.middle, self.space, self.stop
        return [space.join((first[a], middle[b], middle[c], middle[d])) + stop for a, b, c, d in parts]

    @staticmethod
    def _numbers(draw: random.Random, count: int) -> list[int]:
        bits = draw.getrandbits(12 * count)
        return [bits >> shift & (_PHRASES - 1) for shift in range(0, 12 * count, 12)]


_SYLLABLES = [a + b for a in ("b", "d", "f", "g", "h", "k", "l", "m", "n", "r", "s", "t", "v") for b in "aeiou"]


class _Story(NamedTuple):
    number: int
    title: str
    sentences: list[str]
    published: dt.datetime
    author: str
    tag: str


class _Feed:
    """A feed as its publisher keeps it: the newest entries, newest first."""

    def __init__(self, number: int, language: str, kind: str, window: int, speech: _Speech) -> None:
        self.slug = f"{language}-paper-{number:04}"
        self.name = f"{speech.names[number % len(speech.names)]} {number}"
        self.site = f"https://{self.slug}.example"
        self.language = language
        self.kind = kind
        self.window = window
        self.speech = speech
        self.atom = number % 5 == 4
        self.guids = ("link", "number", "link", "tag")[number // 2 % 4] if number % 9 else "none"
        self.stamped = number % 3 != 0  # says when it was built, so no two snapshots are equal
        self.draw = random.Random(f"{number} {language} {kind}")
        self.stories: list[_Story] = []
        self.rendered: list[str] = []

    def publish(self, number: int, at: dt.datetime, wire: list[str] | None) -> list[str]:
        """Adds a story; returns its sentences."""
        draw = self.draw
        if wire is None:
            count = 0 if self.kind == "titles" else draw.choice((1, 2, 2, 3, 4))
            if self.kind == "full":
                count = min(60, 4 + int(draw.expovariate(1 / 12)))
            wire = self.speech.sentences(draw, count)
        author = self.speech.first[draw.getrandbits(8)].split(" ")[-1]
        tag = self.speech.middle[draw.getrandbits(5)].split(" ")[-1]
        story = _Story(number, self.speech.title(draw), wire, at, author, tag)
        self.stories.insert(0, story)
        self.rendered.insert(0, self._render(story))
        del self.stories[self.window :], self.rendered[self.window :]
        return wire

    def revise(self, at: int) -> None:
        """Edits the story at a place, where it shows: another title, or another sentence."""
        story = self.stories[at]
        sentences = list(story.sentences)
        title = story.title
        if not sentences or self.draw.random() < 0.3:
            title = self.speech.title(self.draw)
        else:
            place = self.draw.randrange(len(sentences)) if self.kind == "full" else 0
            sentences[place] = self.speech.sentences(self.draw, 1)[0]
        self.stories[at] = story._replace(title=title, sentences=sentences)
        self.rendered[at] = self._render(self.stories[at])

    def snapshot(self, now: dt.datetime) -> bytes:
        built = now - dt.timedelta(seconds=97)
        if self.atom:
            stamp = f"<updated>{built if self.stamped else _START:%Y-%m-%dT%H:%M:%SZ}</updated>"
            head = (
                '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
                f'xml:lang="{self.language}">\n<title>{self.name}</title>\n<id>{self.site}/</id>\n'
                f'<link href="{self.site}/"/>\n<link rel="self" href="{self.site}/atom.xml"/>\n{stamp}\n'
            )
            return "".join((head, *self.rendered, "</feed>\n")).encode()
        stamp = f"<lastBuildDate>{built:%a, %d %b %Y %H:%M:%S GMT}</lastBuildDate>" if self.stamped else ""
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:media="http://search.yahoo.com/mrss/">\n<channel>\n'
            f"<title>{self.name}</title>\n<link>{self.site}/</link>\n<description>{self.name}</description>\n"
            f"<language>{self.language}</language>\n{stamp}\n"
        )
        return "".join((head, *self.rendered, "</channel>\n</rss>\n")).encode()

    def _render(self, story: _Story) -> str:
        slug = f"{story.published:%Y/%m/%d}/{self.kind}-{story.number:08}-{story.tag.lower()}"
        url = escape_xml(f"{self.site}/{slug}")
        plain = self.speech.space.join(story.sentences)
        teaser = escape_xml(plain[:300].rsplit(" ", 1)[0] + " …" if len(plain) > 300 else plain)
        full = ""
        if self.kind == "full":
            paragraphs = [story.sentences[at : at + 3] for at in range(0, len(story.sentences), 3)]
            full = "".join(f"<p>{escape(self.speech.space.join(p))}</p>\n" for p in paragraphs)
            if story.number % 4 == 0:
                full = f'<p><img src="{self.site}/img/{story.number}.jpg" alt="{story.tag}"/></p>\n' + full
        if self.atom:
            body = f'<content type="html"><![CDATA[{full}]]></content>' if full else ""
            brief = f"<summary>{teaser}</summary>" if teaser and not full else ""
            when = f"{story.published:%Y-%m-%dT%H:%M:%SZ}"
            return (
                f"<entry><title>{escape_xml(story.title)}</title>\n"
                f"<id>tag:{self.slug}.example,2025:{story.number}</id>\n"
                f'<link href="{url}"/>\n<published>{when}</published><updated>{when}</updated>\n'
                f"<author><name>{story.author}</name></author>\n{brief}{body}</entry>\n"
            )
        guid = {
            "link": f'<guid isPermaLink="true">{url}</guid>\n',
            "number": f'<guid isPermaLink="false">{story.number}</guid>\n',
            "tag": f'<guid isPermaLink="false">tag:{self.slug}.example,2025:{story.number}</guid>\n',
            "none": "",
        }[self.guids]
        brief = f"<description><![CDATA[{teaser}]]></description>\n" if teaser else "<description></description>\n"
        media = (
            f'<media:content url="{self.site}/img/{story.number}.jpg" medium="image" type="image/jpeg"/>\n'
            if story.number % 3 == 0
            else ""
        )
        body = f"<content:encoded><![CDATA[{full}]]></content:encoded>\n" if full else ""
        return (
            f"<item>\n<title>{escape_xml(story.title)}</title>\n<link>{url}</link>\n{brief}"
            f"<dc:creator>{story.author}</dc:creator>\n<category>{escape_xml(story.tag)}</category>\n"
            f"<pubDate>{story.published:%a, %d %b %Y %H:%M:%S +0000}</pubDate>\n{guid}{media}{body}</item>\n"
        )


def generate(
    entries: int, new_share: float, seed: int = 1, hours_apart: int = 1, feeds: int | None = None
) -> Iterator[tuple[str, bytes] | Truth]:
    """Yields (path, bytes) of each snapshot, in order of its capture, and at the end the Truth.

    Args:
        entries: how many sightings at least; the last snapshot ends it.
        new_share: what share of the entries is seen for the first time, about.
        seed: another one gives other feeds and texts.
        hours_apart: between two snapshots of a feed.
        feeds: how many; unless given, so many that each has a fair number of snapshots.
    """
    draw = random.Random(seed)
    speeches = {language: _Speech(language) for language in sorted(WORDS)}
    mean = sum(_WINDOWS) / len(_WINDOWS)
    # enough snapshots of each feed that its first, all new, does not count for much
    count = feeds or max(1, round(min(entries**0.5 / 3, entries * new_share / (2 * mean))))
    ticks = max(2, round(entries / mean / count))
    rate = max(0.0, (new_share * ticks - 1) / (ticks - 1))
    published = []
    for number in range(count):
        language, kind, window = draw.choice(_LANGUAGES), draw.choice(_KINDS), draw.choice(_WINDOWS)
        published.append(_Feed(seed * 10_000 + number, language, kind, window, speeches[language]))

    numbers = itertools.count(seed * 10_000_000)
    shown = size = snapshots = items = revisions = 0
    languages: dict[str, int] = dict.fromkeys(sorted(WORDS), 0)
    agency: dict[tuple[str, str], list[str]] = {}
    for tick in itertools.count():
        now = _START + tick * hours_apart * _HOUR
        for feed in published:
            expected = feed.window if tick == 0 else feed.window * rate
            fresh = int(expected) + (draw.random() < expected % 1)
            old = min(len(feed.stories), feed.window - fresh)
            if old > 0:
                expected = old * _REVISED
                edited = draw.sample(range(old), min(old, int(expected) + (draw.random() < expected % 1)))
                for at in edited:
                    feed.revise(at)
                revisions += len(edited)
            for nth in range(fresh):
                wire = agency.get((feed.language, feed.kind)) if draw.random() < _WIRE else None
                # what a feed shows when it is first looked at is days old
                apart = _HOUR * hours_apart / (fresh + 1) if tick else 2 * _HOUR
                when = (now - apart * (fresh - nth)).replace(microsecond=0)
                agency[feed.language, feed.kind] = feed.publish(next(numbers), when, wire)
            items += fresh
            languages[feed.language] += fresh
            data = feed.snapshot(now)
            snapshots += 1
            size += len(data)
            shown += len(feed.stories)
            yield f"{now:%Y-%m-%d}/{now:%Y%m%dT%H%M%SZ}/{feed.slug}.xml", data
            if shown >= entries:
                yield Truth(snapshots, size, shown, items, items + revisions, languages)
                return


def write(
    folder: pathlib.Path,
    snapshots: Iterator[tuple[str, bytes] | Truth],
    progress: Callable[[int], None] = lambda entries: None,
) -> Truth:
    """Writes a corpus below `folder`, and beside it `truth.json`, once all is there. Returns the truth."""
    for found in snapshots:
        if isinstance(found, Truth):
            (folder / "truth.json").write_text(json.dumps(found._asdict(), indent=1) + "\n")
            return found
        path, data = found
        target = folder / "snapshots" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        progress(len(data))
    raise ValueError("the corpus has no end")


def read_truth(folder: pathlib.Path) -> Truth:
    """Returns the truth about a corpus that `write` finished.

    Raises:
        FileNotFoundError: it did not.
    """
    return Truth(**json.loads((folder / "truth.json").read_text()))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.generator", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--entries", type=int, default=100_000, help="how many, over all snapshots (default: %(default)s)"
    )
    parser.add_argument("--new_share", type=float, default=0.5, help="seen for the first time (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another one gives other feeds (default: %(default)s)")
    parser.add_argument("--hours_apart", type=int, default=1, help="between snapshots of a feed (default: %(default)s)")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="a folder")
    flags = parser.parse_args(argv)
    truth = write(flags.output, generate(flags.entries, flags.new_share, flags.seed, flags.hours_apart))
    print(json.dumps(truth._asdict()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
