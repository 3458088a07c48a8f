"""Dumps: a page or file of many stories, as text or as HTML, whatever made it, split by what repeats on it."""

import itertools
import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.dumps.confidence import Sure, how_sure
from feedmill.transforms.formats.dumps.decode import Reading, agreed, decode
from feedmill.transforms.formats.dumps.evidence import find_evidence
from feedmill.transforms.formats.dumps.labeller import label
from feedmill.transforms.formats.dumps.stories import Fields, read_page, story_of
from feedmill.transforms.formats.dumps.tree import Seen, placed, see, source_range
from feedmill.transforms.formats.dumps.units import Page, read_units
from feedmill.transforms.formats.freshrss.chrome import chrome_language
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import RemovedText, Span, Split
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.html import resolve
from feedmill.transforms.text.language.codes import Language
from feedmill.transforms.text.language.vote import detect_words
from feedmill.transforms.text.spans import tile

# Lines of a page that is read: each costs some 100 us, and no list of stories that people read has so many.
_MOST_LINES, _MOST_LINES_SEEN = 200_000, 20_000  # of a text; of a web page, most of which are no list


class Dump(NamedTuple):
    """A page, read but not yet cut: what a probe finds, and what is split without reading it again."""

    text: str  # as it is seen
    page: Page
    reading: Reading
    sure: tuple[Sure, ...]  # of each story
    seen: Seen | None  # the way back to the source of a page of HTML

    @property
    def confidence(self) -> float:
        """How sure the page is on the whole: the mean of its stories' bounds; 0 without a story."""
        return float(np.mean([s.bounds for s in self.sure])) if self.sure else 0.0


def read_dump(text: str, markup: bool = False) -> Dump:
    """Reads a page: finds its stories and how sure they are. `markup`: the text is HTML."""
    seen = see(text) if markup else None
    shown = seen.text if seen else text
    if shown.count("\n") > (_MOST_LINES_SEEN if markup else _MOST_LINES):
        return Dump(shown, Page([], [], None), Reading((), (), ()), (), seen)
    page = read_units(shown)
    if seen:
        page = page._replace(units=placed(page.units, seen))
    if not page.units:
        return Dump(shown, page, Reading((), (), ()), (), seen)
    scores = agreed(label(find_evidence(page)), page)
    reading = decode(scores, page.units)
    return Dump(shown, page, reading, how_sure(reading, page.units, scores), seen)


def titles_of(dump: Dump) -> list[str]:
    """Returns the titles that are read, as each story's own and as the stretches that it was put together of."""
    units = dump.page.units
    found = []
    for record in dump.reading.records:
        parts = [units[p.unit].text for p in record.pieces if p.label == "title"]
        found += [*parts, " ".join(parts)]
    return found


def split_dump(doc: Document, name: str, settings: Settings, dump: Dump | None = None) -> Split:
    """Returns the stories of a page that holds several, in its order; `dump` is what a probe has read of it.

    Raises:
        Rejected: NO_STORIES if nothing on it reads as a story.
    """
    dump = dump or read_dump(doc.text, markup=name.endswith("html"))
    if not dump.reading.records:
        raise Rejected(Reason.NO_STORIES, "no line of it reads as part of a story")
    parts = _parts(dump)
    if dump.seen:
        parts = [(*source_range(dump.seen, start, end), kind, story) for start, end, kind, story in parts]
    found = _apart(sorted(parts, key=lambda part: part[:2]))
    offsets = sorted({0, *(offset for start, end, *_ in found for offset in (start, end))})
    at = dict(zip(offsets, doc.byte_offsets(offsets), strict=True))
    spans, removed = [Span(0, at[0], "markup")], []
    where: dict[int, tuple[int, int]] = {}
    for start, end, kind, story in found:
        spans.append(Span(at[start], at[end], kind))
        if kind == "chrome":
            removed.append(RemovedText(at[start], at[end], kind, doc.text[start:end]))
        elif story is not None:
            where[story] = (where.get(story, (at[start],))[0], at[end])
    fields = read_page(dump.reading, dump.page, dump.text, settings.timezone)
    if dump.seen:
        fields = [f if f.url else f._replace(url=_link(dump, n, doc.url)) for n, f in enumerate(fields)]
    return Split(
        format=name,
        encoding=doc.encoding,
        replaced_chars=doc.replaced_chars,
        stories=tuple(story_of(f, where[n], dump.sure[n]) for n, f in enumerate(fields) if n in where),
        spans=tile(len(doc.data), spans, "markup" if dump.seen else "space"),
        removed=tuple(removed),
        chrome_lang=interface_language(dump.page, dump.reading),
    )


def _parts(dump: Dump) -> list[tuple[int, int, str, int | None]]:
    """Returns what each stretch of the text is, and of which story; white space is left out."""
    units, text = dump.page.units, dump.text
    owner = {piece.unit: n for n, record in enumerate(dump.reading.records) for piece in record.pieces}
    found: list[tuple[int, int, str, int | None]] = []
    for i, unit in enumerate(units):
        mine = owner.get(i)
        found.append((unit.start, unit.end, "chrome" if mine is None else "story", mine))
    if dump.seen:
        return found
    found += [(start, end, "markup", None) for start, end in dump.page.rules]
    for i, unit in enumerate(units):
        following = units[i + 1] if i + 1 < len(units) else None
        if following is not None and following.start > unit.end:
            mine = owner.get(i)
            same = mine is not None and owner.get(i + 1) == mine and following.line == unit.line
            found += [(unit.end, following.start, "story", mine)] if same else _between(text, unit.end, following.start)
    return found + _between(text, 0, units[0].start) + _between(text, units[-1].end, len(text))


def _link(dump: Dump, story: int, base: str | None) -> str | None:
    """Returns where a story's title leads, or else its first link."""
    pieces = sorted(dump.reading.records[story].pieces, key=lambda p: p.label != "title")
    for piece in pieces:
        found = dump.seen.at(dump.page.units[piece.unit].start) if dump.seen else None
        if found and found.href and piece.label in ("title", "teaser", "body", "date", "link"):
            address = resolve(found.href, base) if base else found.href
            if address and address.startswith(("http://", "https://")):
                return address
    return None


def interface_language(page: Page, reading: Reading) -> str | None:
    """Return the language of what is of no story: the reader's own words; None where there are too few.

    What the readers that are listed say counts by the list. Else the words are told as any text is; see `spoken`.
    """
    names = {
        page.units[i].text.casefold() for r in reading.records for i, label in r.pieces if label in ("source", "author")
    }
    labelled = list(zip(page.units, reading.labels, strict=True))
    outside = [u for u, name in labelled if name in ("chrome", "day")]
    listed = chrome_language(u.text for u in (*outside, *(u for u, name in labelled if name == "date")))
    lines = [u.text for u in outside if u.when == 0 and len(u.text) < 200 and u.text.casefold() not in names]
    found = spoken(lines, page, reading)
    return found.lang if found and (listed is None or (found.confidence or 0) > 0.6) else listed


def spoken(lines: Iterable[str], page: Page, reading: Reading) -> Language | None:
    """Return the language of an interface: of its lines, each once, without numbers and addresses, and of the months
    and words in the dates of the page's stories, which are its own, too. None where there are too few words."""
    dates = (u.text for u, name in zip(page.units, reading.labels, strict=True) if name == "date" and u.when)
    said: dict[str, str] = {}
    for line in itertools.chain(lines, dates):
        words = " ".join(_NO_WORD.sub(" ", line).split())
        if sum(map(str.isalpha, words)) >= 3:
            said.setdefault(words.casefold(), words)
    return detect_words(". ".join(said.values()))


_NO_WORD = re.compile(r"https?://\S+|[\w.-]+@[\w.-]+|\S*\d\S*|[^\w\s'’-]+")


def _between(text: str, start: int, end: int) -> list[tuple[int, int, str, int | None]]:
    """What stands between units: marks, but for white space."""
    gap = text[start:end]
    left = start + len(gap) - len(gap.lstrip())
    right = start + len(gap.rstrip())
    return [(left, right, "markup", None)] if left < right else []


def _apart(found: list[tuple[int, int, str, int | None]]) -> list[tuple[int, int, str, int | None]]:
    """Cuts what runs over what comes behind it: a rule within a gap."""
    out: list[tuple[int, int, str, int | None]] = []
    at = 0
    for start, end, kind, story in found:
        start = max(start, at)
        if start < end:
            out.append((start, end, kind, story))
            at = end
    return out


__all__ = ["Dump", "Fields", "interface_language", "read_dump", "split_dump", "spoken", "titles_of"]
