"""HTML to text as a person sees it, with the way back: where each stretch stands in the source, and on which path.

A block is a line, a cell a part of one. What is not seen (scripts, styles, hidden elements) is left out. The path of a
stretch, its nearest elements with their classes, is what a page repeats for each record, so it takes the place that
indents and marks have in a text.
"""

import bisect
import html
import re
from typing import NamedTuple

from feedmill.transforms.formats.dumps.units import Unit

_UNSEEN = frozenset(("script style template noscript svg math head title iframe object select textarea").split())
_VOID = frozenset(("area base br col embed hr img input link meta param source track wbr").split())
_INLINE = frozenset(
    (
        "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt ruby s "
        "samp small span strike strong sub sup time tt u var wbr input button"
    ).split()
)
_CELLS = frozenset(("td", "th"))
_DEEP = 400  # elements within one another; deeper ones are read as text of the last
_NEAR = 3  # elements of a path


class Stretch(NamedTuple):
    """A stretch of the text that stands in one piece in the source."""

    start: int  # in the text
    end: int
    source: int  # in the source, its first character
    source_end: int
    place: int  # number of its path
    href: str | None


class Seen(NamedTuple):
    """What is seen of a page."""

    text: str
    stretches: tuple[Stretch, ...]

    def at(self, start: int) -> Stretch | None:
        """Returns the stretch that holds a character of the text."""
        n = bisect.bisect_right(self.stretches, start, key=lambda s: s.start) - 1
        return self.stretches[n] if n >= 0 and self.stretches[n].end > start else None


# A tag, a comment's start, a declaration, or a reference to a character. Each part is bounded and gives nothing back:
# tags that never end take linear time, where the standard library's parser takes the square.
_TOKEN = re.compile(
    r"<(?:(?P<comment>!--)|(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9:-]{0,40})"
    r"(?P<given>(?:[^<>\"']{1,400}+|\"[^\"<]{0,8000}+\"|'[^'<]{0,8000}+'){0,200}+)>|[!?][^<>]{0,2000}+>)"
    r"|&(?:#[xX]?[0-9a-fA-F]{1,7}|[a-zA-Z]\w{1,31});?"
)
_GIVEN = re.compile(
    r"(class|href|hidden|style|aria-hidden)(?:\s{0,4}=\s{0,4}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?", re.IGNORECASE
)
_RAW = frozenset("script style textarea title".split())  # what is in them is no markup


class _Reader:
    """Collects what is seen, in one pass over a page."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.stretches: list[Stretch] = []
        self.paths: dict[tuple[str, ...], int] = {}
        self._open: list[tuple[str, str]] = []
        self._unseen = 0  # elements that are open and hidden, or within one that is
        self._hrefs: list[tuple[int, str]] = []
        self._gap = ""  # what is due before the next text

    def read(self, source: str) -> None:
        at, lowered = 0, source.lower()
        missing: set[str] = set()  # ends that the page has no more of
        while found := _TOKEN.search(source, at):
            self._text(source[at : found.start()], at)
            at = found.end()
            tag = (found["tag"] or "").lower()
            if found["comment"] or (tag in _RAW and not found["close"]):
                mark = "-->" if found["comment"] else f"</{tag}"
                end = -1 if mark in missing else lowered.find(mark, at)
                if end < 0:
                    missing.add(mark)
                else:
                    at = end + (len(mark) if found["comment"] else 0)
            elif tag and found["close"]:
                self._ends(tag)
            elif tag:
                self._starts(tag, found["given"])
            elif found[0][0] == "&":
                self._text(html.unescape(found[0]), found.start(), found[0])
        self._text(source[at:], at)

    def _starts(self, tag: str, attributes: str) -> None:
        self._due(_gap(tag))
        if tag in _VOID or len(self._open) >= _DEEP:
            return
        given = {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in _GIVEN.finditer(attributes)}
        names = " ".join(sorted(given.get("class", "").split())[:4])
        style = given.get("style", "").replace(" ", "").lower()
        hidden = "hidden" in given or given.get("aria-hidden") == "true" or "display:none" in style
        if self._unseen or tag in _UNSEEN or hidden:
            self._unseen += 1
        self._open.append((tag, names))
        if tag == "a" and given.get("href"):
            self._hrefs.append((len(self._open), given["href"]))
        if attributes.endswith("/") and tag not in _INLINE:
            self._ends(tag)

    def _ends(self, tag: str) -> None:
        lowest = max(-1, len(self._open) - 60)
        depth = next((n for n in range(len(self._open) - 1, lowest, -1) if self._open[n][0] == tag), -1)
        if depth < 0:
            return
        while len(self._open) > depth:
            self._open.pop()
            self._unseen -= self._unseen > 0
        while self._hrefs and self._hrefs[-1][0] > len(self._open):
            self._hrefs.pop()
        self._due(_gap(tag))

    def _due(self, gap: str) -> None:
        if _GAPS.index(gap) > _GAPS.index(self._gap):
            self._gap = gap

    def _text(self, shown: str, at: int, source: str | None = None) -> None:
        """Takes in a text; `source` is how it is written, where that is otherwise than it is shown."""
        if not shown or self._unseen:
            return
        words = shown.split()
        if not words:
            self._due(" ")
            return
        if shown[0].isspace():
            self._due(" ")
        if self.parts and self._gap:
            self.parts.append(self._gap)
            self.size += len(self._gap)
        self._gap = ""
        text = " ".join(words)
        left = len(shown) - len(shown.lstrip()) if source is None else 0
        right = len(shown.rstrip()) if source is None else len(source)
        path = tuple(f"{tag}.{names}" for tag, names in self._open[-_NEAR:])
        place = self.paths.setdefault(path, len(self.paths) + 1)
        href = self._hrefs[-1][1] if self._hrefs else None
        end = self.size + len(text)
        self.stretches.append(Stretch(self.size, end, at + left, at + right, place, href))
        self.parts.append(text)
        self.size = end
        if shown[-1].isspace():
            self._due(" ")


_GAPS = ("", " ", "\t", "\n", "\n\n")
_APART = frozenset("p h1 h2 h3 h4 h5 h6 article section table ul ol dl hr blockquote".split())


def _gap(tag: str) -> str:
    """What parts an element from what stands before and behind it."""
    if tag in _APART:
        return "\n\n"
    return "\t" if tag in _CELLS else "" if tag in _INLINE else "\n"


def see(source: str) -> Seen:
    """Returns what a person sees of an HTML page.

    >>> seen = see("<ul><li><a href='/1'>Rates &amp; rents</a> <b>BBC</b><li>Rain</ul>")
    >>> seen.text, [(s.source, s.href) for s in seen.stretches][:1]
    ('Rates & rents BBC\\nRain', [(21, '/1')])
    """
    reader = _Reader()
    reader.read(source)
    return Seen("".join(reader.parts), tuple(reader.stretches))


def placed(units: list[Unit], seen: Seen) -> list[Unit]:
    """Returns the units of a page's text, each with the path that it stands on."""
    return [u._replace(place=found.place if (found := seen.at(u.start)) else 0) for u in units]


def source_range(seen: Seen, start: int, end: int) -> tuple[int, int]:
    """Returns where a stretch of the text stands in the source: from its first to behind its last character."""
    first = seen.at(start)
    last = seen.at(end - 1)
    if first is None or last is None:
        raise ValueError(f"[{start}, {end}) is no text")
    inner = first.source + (start - first.start if first.end - first.start == first.source_end - first.source else 0)
    outer = last.source_end - (last.end - end if last.end - last.start == last.source_end - last.source else 0)
    return inner, max(outer, inner)
