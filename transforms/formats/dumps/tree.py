"""HTML to text as a person sees it, with the way back: where each stretch stands in the source, and on which path.

A block is a line, a cell a part of one. What is not seen (scripts, styles, hidden elements) is left out. The path of a
stretch, its nearest elements with their classes, is what a page repeats for each record, so it takes the place that
indents and marks have in a text.
"""

import bisect
import html
from html.parser import HTMLParser
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


class _Reader(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self._starts = [0]
        at = source.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = source.find("\n", at + 1)
        self.parts: list[str] = []
        self.size = 0
        self.stretches: list[Stretch] = []
        self.paths: dict[tuple[str, ...], int] = {}
        self._open: list[tuple[str, str]] = []
        self._unseen = 0
        self._hrefs: list[tuple[int, str]] = []
        self._gap = ""  # what is due before the next text

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self._due("\t" if tag in _CELLS else "\n")
        if tag == "br":
            self._due("\n")
        if tag in ("p", "h1", "h2", "h3", "h4", "article", "section", "table", "ul", "ol", "hr"):
            self._due("\n\n")
        given = dict(attrs)
        if tag == "img":
            return
        if tag in _VOID or len(self._open) >= _DEEP:
            return
        names = " ".join(sorted((given.get("class") or "").split())[:4])
        hidden = (
            "hidden" in given
            or (given.get("aria-hidden") or "") == "true"
            or "display:none" in (given.get("style") or "").replace(" ", "")
        )
        if self._unseen or tag in _UNSEEN or hidden:
            self._unseen += 1
        self._open.append((tag, names))
        if tag == "a" and given.get("href"):
            self._hrefs.append((len(self._open), given["href"] or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        depth = next(
            (n for n in range(len(self._open) - 1, max(-1, len(self._open) - 60), -1) if self._open[n][0] == tag), -1
        )
        if depth < 0:
            return
        while len(self._open) > depth:
            self._open.pop()
            if self._unseen:
                self._unseen -= 1
        while self._hrefs and self._hrefs[-1][0] > len(self._open):
            self._hrefs.pop()
        if tag not in _INLINE:
            self._due(
                "\t"
                if tag in _CELLS
                else "\n\n"
                if tag in ("p", "h1", "h2", "h3", "h4", "article", "section", "table", "ul", "ol")
                else "\n"
            )

    def _due(self, gap: str) -> None:
        order = ("", " ", "\t", "\n", "\n\n")
        if order.index(gap) > order.index(self._gap):
            self._gap = gap

    def handle_data(self, data: str) -> None:
        self._text(data, data, self._offset())

    def handle_entityref(self, name: str) -> None:
        source = f"&{name};"
        self._text(html.unescape(source), source, self._offset())

    def handle_charref(self, name: str) -> None:
        source = f"&#{name};"
        self._text(html.unescape(source), source, self._offset())

    def _text(self, shown: str, source: str, at: int) -> None:
        if self._unseen:
            return
        plain = len(shown) == len(source)
        words = shown.split()
        if not words:
            if shown:
                self._due(" ")
            return
        if shown[0].isspace():
            self._due(" ")
        if self.parts and self._gap:
            self.parts.append(self._gap)
            self.size += len(self._gap)
        self._gap = ""
        text = " ".join(words)
        left = len(shown) - len(shown.lstrip()) if plain else 0
        right = len(source) - (len(shown) - len(shown.rstrip()) if plain else 0)
        path = tuple(f"{tag}.{names}" for tag, names in self._open[-_NEAR:])
        place = self.paths.setdefault(path, len(self.paths) + 1)
        href = self._hrefs[-1][1] if self._hrefs else None
        last = self.stretches[-1] if self.stretches else None
        end = self.size + len(text)
        if (
            last
            and last.end == self.size
            and last.place == place
            and last.href == href
            and last.source_end == at + left
        ):
            self.stretches[-1] = last._replace(end=end, source_end=at + right)
        else:
            self.stretches.append(Stretch(self.size, end, at + left, at + right, place, href))
        self.parts.append(text)
        self.size = end
        if shown[-1].isspace():
            self._due(" ")


def see(source: str) -> Seen:
    """Returns what a person sees of an HTML page.

    >>> seen = see("<ul><li><a href='/1'>Rates &amp; rents</a> <b>BBC</b><li>Rain</ul>")
    >>> seen.text, [(s.source, s.href) for s in seen.stretches][:1]
    ('Rates & rents BBC\\nRain', [(21, '/1')])
    """
    reader = _Reader(source)
    reader.feed(source)
    reader.close()
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
