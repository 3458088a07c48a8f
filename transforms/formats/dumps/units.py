"""Text to units: a unit is a line, or a part of a line that may be a field of its own.

"Rates held - Reuters - 3 May 2025" is three units, and so is a row whose cells are parted by tabs. A cut too many
does no harm, as neighbours that turn out to be one field are put together again, with what stood between them; a cut
too few mixes two fields for good. So lines are cut wherever readers and mails put something between fields.
"""

import re
from typing import NamedTuple

from feedmill.transforms.formats.dumps.when import When, find_whens
from feedmill.transforms.text.lines import EDGE, Line, Wrap, bullet, columns, is_rule, numbered, read_lines

_LONGEST = 400  # characters of a line that is cut anywhere; a longer one is prose, and is cut near its ends alone
_END = 160
_MOST = 24  # parts of a line

# What stands between fields. A dash, slash or dot needs blanks round it: "Rhein-Zeitung", "AC/DC"
_BETWEEN = re.compile(
    r"\t+|\s{3,}|\s*[|•·‧●∙│¦]\s*|\s+(?:[-–—―‐/›»→‹«]+|::|--)\s+|(?<=\S)\s+[✦★☆✓♻🏷]\ufe0f?\s*|\s*\u00a0\s*\u00a0\s*"
)
_LABEL = re.compile(r"([^\W\d_](?:[\w .’'/-]{0,28})?)\s?[:：]\s*(?=\S)")
_TAIL = re.compile(r"\s*[(\[（【]([^()\[\]（）【】]{2,80})[)\]）】]$")
_HEAD = re.compile(r"[(\[（【]([^()\[\]（）【】]{2,60})[)\]）】]\s*")
_BY = re.compile(
    r"(?:(?<=^)|(?<=[\s,;(]))(?:by|von|par|por|di|da|door|av|af|przez|od|de|από|автор|от|yazan|oleh|autor|作者|記者|记者|文|بقلم|كتب|מאת)"
    r"(?:\s*[:：]\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
_URL = re.compile(r"<?(?:https?://|www\.)[^\s<>\"]{3,}>?", re.IGNORECASE)
# Links of Markdown, whole or cut by a wrap: "[Rates held](https://a.example/1 "title")"; footnotes: "held [3]"
_OPENS = re.compile(r"!?\[(?!\s?\d{1,3}\])(?=[^\]\[]{0,400}(?:\]\(|$))")
_CLOSES = re.compile(
    r"\]\(\s{0,4}<?([^()\s<>]{0,2000}(?:\([^()\s]{0,200}\)[^()\s<>]{0,200}){0,4})>?(?:\s+\"[^\"\n]*\"?)?\s*\)?"
)
_NOTE = re.compile(r"(?<=\S)\s?\[\d{1,3}\](?!\()")
_QUOTATION = ("«", "»")
_QUOTES = re.compile(r"(?:[>|]\s?){1,6}")
_MARKDOWN = re.compile(r"#{1,6}\s+|\*{1,3}(?=\S)|__(?=\S)|`")


class Unit(NamedTuple):
    """A stretch of text that is one field, a part of one, or none: `text == whole[start:end]`."""

    start: int
    end: int
    text: str
    line: int  # number of the line, from 0
    part: int  # which of the line's units, from 0
    parts: int  # how many the line has
    indent: int  # characters before the line's first
    blank_before: int  # blank lines above the unit's line
    mark: str  # what leads its line: a bullet, "1" for a number, "" for none
    quote: int  # ">" before it
    before: str  # what parts it from the unit before it on its line
    after: str
    when: int  # the kind of date that it is; 0 for none
    place: int = 0  # of a page that has a tree: which of its paths the unit stands on


class Page(NamedTuple):
    """All units of a text, and the lines that are rules."""

    units: list[Unit]
    rules: list[tuple[int, int]]
    wrap: Wrap | None  # how wide it was wrapped, if it was


def read_units(text: str) -> Page:
    r"""Returns the units of a text in order.

    >>> [u.text for u in read_units("1. Rates held - 3 May 2025 (Reuters)\nby Ana Ruiz | 3 comments\n").units]
    ['Rates held', '3 May 2025', 'Reuters', 'Ana Ruiz', '3 comments']
    """
    units: list[Unit] = []
    rules: list[tuple[int, int]] = []
    number = 0
    above = 0
    lines = read_lines(text)
    for line in lines:
        if is_rule(line.text):
            rules.append((line.start, line.end))
            above = max(above, line.blank_before) + 10  # a rule parts more than any gap
            continue
        units += _cut(line, number, above + line.blank_before)
        above = 0
        number += 1
    return Page(units, rules, page_wrap(lines))


def page_wrap(lines: list[Line]) -> Wrap | None:
    """Returns how wide a page was wrapped, if it was: many long lines end within a word's length of one width.

    It bears lines that could not be wrapped, such as addresses, and pages of which parts were not.
    """
    sizes = [columns(line.text) + line.indent for line in lines if " " in line.text and "://" not in line.text]
    long = [size for size in sizes if 30 <= size <= 132]
    if len(long) < 4 or len(long) < 0.7 * sum(size >= 30 for size in sizes):
        return None
    width = sorted(long)[-1 - len(long) // 50]
    near = sum(width - 12 <= size <= width for size in long)
    return Wrap(width, True) if near >= max(3, 0.25 * len(long)) else None


def _cut(line: Line, number: int, blank: int) -> list[Unit]:
    text = line.text
    at, quote, mark = 0, 0, ""
    if text[0] in ">|" and (found := _QUOTES.match(text)) and found.end() < len(text):
        at, quote = found.end(), found[0].count(">")
    whens = find_whens(text)
    for _ in range(2):  # a list's mark, and Markdown's before or behind it
        rest = text[at:]
        if (lead := numbered(rest)) and not any(w.start < at + lead[1] for w in whens):  # "21. November" is no list
            at, mark = at + lead[1], mark or "1"
        elif pointed := bullet(rest):
            at, mark = at + pointed[1], mark or pointed[0]
        elif (found := _MARKDOWN.match(rest)) and found.end() < len(rest):
            at, mark = at + found.end(), mark or found[0].strip()
    spans = _parts(text, at, whens)
    made = []
    for n, (start, end, when) in enumerate(spans):
        before = text[spans[n - 1][1] : start] if n else text[:start]
        after = text[end : spans[n + 1][0]] if n + 1 < len(spans) else text[end:]
        made.append(
            Unit(
                line.start + start,
                line.start + end,
                text[start:end],
                number,
                n,
                len(spans),
                line.indent,
                blank if n == 0 else 0,
                mark,
                quote,
                before,
                after,
                when,
            )
        )
    return made


def _parts(text: str, at: int, whens: list[When]) -> list[tuple[int, int, int]]:
    """Returns start, end and kind of date of each part of a line, from `at` on."""
    whens = [w for w in whens if w.start >= at]
    cuts: list[tuple[int, int]] = [(w.start, w.start) for w in whens] + [(w.end, w.end) for w in whens]
    size = len(text)
    windows = [(at, size)]
    if size - at > _LONGEST:  # prose: fields stand before and behind it
        windows = [(at, at + _END), (size - _END, size)]
    for first, last in windows:
        quoted = "«" in text  # then "»" with blanks is no arrow of a path, but closes what French quotes
        cuts += [m.span() for m in _BETWEEN.finditer(text, first, last) if not (quoted and m[0].strip() in _QUOTATION)]
        if "[" in text or "](" in text:
            cuts += [m.span() for m in _OPENS.finditer(text, first, last)]
            cuts += [m.span() for m in _NOTE.finditer(text, first, last)]
            for link in _CLOSES.finditer(text, first, last):
                cuts += [(link.start(), link.start(1)), (link.end(1), link.end())]
        for link in _URL.finditer(text, first, last):
            cuts += [(link.start(), link.start()), (link.end(), link.end())]
    if found := _LABEL.match(text, at):
        cuts.append((found.end(1), found.end()))
    if found := _HEAD.match(text, at):
        cuts += [(at, at + 1), (found.end(1), found.end())]
    if (found := _TAIL.search(text, max(at, size - 90))) and found.start() > at:
        cuts += [(found.start(), found.start(1)), (found.end(1), size)]
    if (
        len(windows) == 1
        and (found := _BY.search(text, at))
        and (found.start() == at or len(cuts) > 1 or size - at < 60)
    ):
        cuts.append(found.span())
    inside = {n for w in whens for n in range(w.start + 1, w.end)}
    bounds = sorted(c for c in cuts if not (c[0] in inside or c[1] in inside))
    spans: list[tuple[int, int, int]] = []
    kinds = {w.start: w for w in whens}
    start = at
    for first, last in [*bounds[: 2 * _MOST], (size, size)]:
        if first < start:
            start = max(start, last)
            continue
        _add(spans, text, start, first, kinds)
        start = last
    if not spans:
        spans.append((at, size, 0))
    return spans


_EDGES = EDGE + ",;"


def _add(spans: list[tuple[int, int, int]], text: str, start: int, end: int, kinds: dict[int, When]) -> None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip(_EDGES))
    start, end = start + left, start + len(piece.rstrip(_EDGES))
    if start >= end:
        return
    when = kinds.get(start)
    if not any(c.isalnum() for c in text[start:end]) and spans and not when:
        return  # punctuation alone stands between two units
    spans.append((start, end, when.kind if when and when.end >= end - 2 else 0))
