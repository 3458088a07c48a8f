"""Pages of FreshRSS that were kept as text: by a text extractor, or by a browser's clipboard.

How such a page is read. Its lines are first told apart by what the interface
itself writes (see `feedmill.transforms.formats.freshrss.chrome`): day separators, dates in the
page's language, feed names behind their mark, icons. A story then shows itself
in up to two ways, and which of them a page has depends on the settings of its
owner and on what the extractor dropped:

    row      [icons] [✇feed] title [teaser] [date] [↗️]        the line of the list
    article  title [✇feed] [byline] [date]  text  [footer]     the opened story

Rows and articles are anchors. What a page does as a rule (icons before its
rows, footers under its articles) decides what counts as one, so that a text
that quotes another page is not taken for more stories. A row's teaser is the
start of its article's text, which tells text from the next title. Where an
extractor left only a title between two paragraphs, titles are told from
subheadings by what they share with the text below and not with the text above.
"""

from __future__ import annotations

import bisect
import collections
import itertools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.freshrss import chrome
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Media, RemovedText, Span, Split, Story
from feedmill.transforms.text import boilerplate
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.spans import tile

# Kinds of line
_TEXT, _ICON, _SOURCE, _DATE, _BY, _FOOT, _DAY, _NAV, _TAGS = range(9)

_TOGGLES = "🔲☑☐☆⭐★"  # read and favourite, before a row and under an article
_LINK = "↗"
_FOOT_ICONS = "🏷🔖♻⚐♺"
_NAV_ICONS = "🔃📰📖📜🗂🔍⬇⬆📑⏪⏩"
_MENU_ICONS = "🔃📰📖📜🗂🔍⬇⬆📑"  # of these, the ones at the top of a page
_CLOSE = "❌"
_ICONS = _TOGGLES + _LINK + _FOOT_ICONS + _NAV_ICONS + _CLOSE + "🔽🔼⚙➕✖📌☰"
_ICON_LINE = re.compile(f"^[{_ICONS}\\s\u00a0\ufe0e\ufe0f•]+$")
_PIECE = re.compile(f"[{_ICONS}\t\ufe0e\ufe0f]+")
_BULLET = re.compile(r"^•\s+")
_END_ROLES = frozenset({"more", "end", "new", "empty", "about", "login", "mark_read"})
_FOOT_ROLES = frozenset({"labels", "tags", "share"})
_BLANKS = (
    " \t\r\f\v\u00a0\u2007\u202f\u3000\u200b\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

_TEASER = 500  # characters of its text that FreshRSS shows in a row
_TEASER_WHOLE = 470  # a teaser shorter than this, ending where a line ends, is the whole text
_TITLE_LONGEST = 400
_ALT_LONGEST = 200
_LEAST_TEXT = 80
_MENU_LINES = 2000  # of the list of feeds beside a page
_ROW_LINES = 60  # a teaser of 500 characters rarely has more lines
_CREDIT = re.compile(r"^©\s*\S")
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔](?:[\"”“»’'」』)\]]*)$")
_IN_BRACKETS = re.compile(r"[(（\[].*[)）\]]$")
_NOT_TITLE_END = re.compile(r"[.。,;:，；：、][\"”“»’'」』)\]]*$")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[^\W\d_]{3,}|\d{2,}")
_SHORT_WORD = re.compile(r"\b[^\W\d_]{1,3}\b")
_TITLE_SCORE = 2.1  # from here on a line between paragraphs is a title; set on pages of the development data
_CELL = re.compile(r"[^\t]+")


class _Line(NamedTuple):
    start: int  # characters, of what is not blank
    end: int
    text: str  # without the bullet that an extractor puts before items of a list
    kind: int
    bullet: bool
    gap: bool  # a blank line, or the top of the page, is above
    indent: int


class _Head(NamedTuple):
    """An anchor: where a row or an article starts, and what its lines say."""

    row: bool
    first: int  # lines [first, body)
    body: int
    title: str | None
    source: str | None = None
    authors: tuple[str, ...] = ()
    date: chrome.ReaderDate | None = None
    teaser: str | None = None
    score: float = 1.0
    link: bool = False  # a row that ends with its link


class _Found(NamedTuple):
    """A story as lines."""

    head: _Head
    body: list[int]
    last: int
    tags: tuple[str, ...]
    alts: list[int]  # lines of the body that stand for pictures

    def moved(self, by: int) -> _Found:
        """Return the same story with its lines counted from further up."""
        if not by:
            return self
        head = self.head._replace(first=self.head.first + by, body=self.head.body + by)
        return _Found(head, [k + by for k in self.body], self.last + by, self.tags, [k + by for k in self.alts])


def split_freshrss_text(doc: Document, name: str, settings: Settings) -> Split:
    """Split a FreshRSS page kept as text into its stories, in page order.

    What the page does not show stays None. Dates are read in
    `settings.timezone` and marked as assumed. A story's confidence says how
    plainly the page showed that it is one.

    Raises:
        Rejected: NO_STORIES, there is only interface on the page.
    """
    lines: list[_Line] = []
    found: list[_Found] = []
    raw = doc.text.split("\n")
    starts = [0, *_page_starts(raw)]
    at = 0
    for first, last in itertools.pairwise([*starts, len(raw)]):
        page = _Page(raw[first:last], at)
        at += sum(map(len, raw[first:last])) + last - first
        found += [story.moved(len(lines)) for story in page.stories()]
        lines += page.lines
    if not found:
        raise Rejected(Reason.NO_STORIES, f"{len(lines)} lines of a reader's interface, no story")
    return _assemble(doc, name, settings, lines, found)


def _page_starts(raw: Sequence[str]) -> list[int]:
    """Return the lines, other than the first, where another page starts in the same file.

    A browser's copy starts with the reader's name above its menu, an
    extractor's with the name of the view above a day, a row or an article.
    """
    starts = []
    for i, whole in enumerate(raw):
        if i == 0 or len(whole) > 60 or not whole[:1].strip():
            continue
        text = _strip(whole)
        menu = text == "FreshRSS"
        if not menu and "view" not in chrome.chrome_roles(text):
            continue
        below = [t for t in map(_strip, raw[i + 1 : i + 8]) if t][:3]
        if menu:
            if any("search" in (said := chrome.chrome_roles(t)) or "manage" in said or t[0] in _ICONS for t in below):
                starts.append(i)
        elif below and raw[i - 1] != text and _starts_stream(below[0]):
            starts.append(i)
    return starts


def _starts_stream(text: str) -> bool:
    if text[0] in _LINK or chrome.SOURCE_MARK in text[:4]:
        return True
    separator = chrome.read_separator(text)
    return separator is not None and bool(separator.date or separator.rest or separator.role == "older")


# ---------------------------------------------------------------- lines


def _strip(text: str) -> str:
    text = text.strip()
    return text.strip(_BLANKS) if text and (text[0] in _BLANKS or text[-1] in _BLANKS) else text


def _squeeze(text: str) -> str:
    """Text without what rendering changes: blanks, case, width."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(text.split()).casefold()


class _Page:
    """The lines of a page, and its habits."""

    def __init__(self, raw: Sequence[str], at: int) -> None:
        """`at`: characters above the page in its file."""
        self.langs = _page_languages(chrome.chrome_language(raw))
        # some views put a blank after the mark of a feed; where others do not, a text may
        mark = chrome.SOURCE_MARK
        marked = [t[1:2] for t in (t.lstrip() for t in raw if mark in t) if t.startswith(mark)]
        self.spaced = len(marked) > 1 and all(c.isspace() for c in marked)
        self.lines = self._read(raw, at)
        self.parts: dict[int, tuple[str, str | None, chrome.ReaderDate | None]] = {}
        self.undated: set[int] = set()  # separators that are words alone, as a text may have them
        self._mark_days()
        self._mark_navigation()
        self._habits()

    # -- reading lines

    def _read(self, raw: Sequence[str], at: int) -> list[_Line]:
        lines: list[_Line] = []
        gap = True
        extracted = any(whole.startswith("  •") for whole in raw)
        for whole in raw:
            text = _strip(whole)
            if not text:
                at += len(whole) + 1
                gap = True
                continue
            lead = whole.index(text)
            start = at + lead
            bullet = _BULLET.match(text) if extracted and lead else None
            if "\t" in text and not bullet and self._is_table_row(text):
                for piece in _CELL.finditer(text):
                    cell = _strip(piece[0])
                    if cell:
                        begin = start + piece.start() + piece[0].index(cell)
                        lines.append(_Line(begin, begin + len(cell), cell, self._kind(cell), False, gap, lead))
                        gap = False
            else:
                content = text[bullet.end() :] if bullet else text
                kind = _ICON if text == "•" else self._kind(content)
                if (
                    content[0] == "#"
                    and lines
                    and (lines[-1].kind == _TAGS or "🔖" in lines[-1].text)
                    and _tags(content)
                ):
                    kind = _TAGS
                    lines[-1] = lines[-1]._replace(kind=_TAGS)  # the icon
                lines.append(_Line(start, start + len(text), content, kind, content is not text, gap, lead))
            at += len(whole) + 1
            gap = False
        return lines

    def _is_table_row(self, text: str) -> bool:
        """Tell whether a browser laid a row of the list out as a table: its cells are tabs apart."""
        cells = text.split("\t")
        first, last = _strip(cells[0]), _strip(cells[-1])
        if not (
            first[:1] == chrome.SOURCE_MARK or _ICON_LINE.match(first) or (_LINK in last and _ICON_LINE.match(last))
        ):
            return False
        return not _ICON_LINE.match(text) and not self._is_footer(text)

    def _kind(self, text: str) -> int:
        first = text[0]
        if first == chrome.SOURCE_MARK and len(text) > 1 and (self.spaced or not text[1].isspace()):
            return _SOURCE
        if first in _ICONS or text[-1] in _ICONS or text[-1] == "\ufe0f":
            if _ICON_LINE.match(text):
                return _NAV if any(c in _NAV_ICONS for c in text) else _ICON
            if len(text) < 400 and self._is_footer(text):
                return _FOOT
        if len(text) < 64 and chrome.read_reader_date(text, self.langs) is not None:
            return _DATE
        if len(text) < 300 and self._byline(text) is not None:
            return _BY
        return _TEXT

    def _is_footer(self, text: str) -> bool:
        """Tell whether a line is icons with nothing but the interface's words and a date between them."""
        if text[0] not in _TOGGLES + _FOOT_ICONS and _LINK not in text[-2:]:
            return False
        for piece in _PIECE.split(text):
            piece = _strip(piece)
            if not piece or _FOOT_ROLES & chrome.chrome_roles(piece).keys():
                continue
            if chrome.read_reader_date(piece, self.langs) is None:
                return False
        return True

    def _byline(self, text: str) -> str | None:
        """Return what follows the word for an author, if the line starts with it."""
        by = chrome.byline_pattern(self.langs).match(text)
        if by is None or by.end() == len(text):
            return None
        return text[by.end() :]

    # -- what is not stories

    def _mark(self, number: int, kind: int) -> None:
        self.lines[number] = self.lines[number]._replace(kind=kind)

    def _mark_navigation(self) -> None:
        """Mark the interface's own lines: around the icons of its menu, at the top and at the end."""
        lines = self.lines
        last = -1
        for i, line in enumerate(lines):
            if line.kind != _NAV or not any(c in _MENU_ICONS for c in line.text):
                continue
            # back from an icon of the menu to where the page starts: its name, another icon of the menu, or the
            # first line of the file; otherwise only over the interface's own words
            j = i - 1
            while j > last and i - j < _MENU_LINES and not self._of_a_story(j) and lines[j].text != "FreshRSS":
                j -= 1
            whole = j == last or lines[j].text == "FreshRSS"
            top = max(j, 0) if whole else i
            while not whole and top - 1 > last and (lines[top - 1].kind == _ICON or self._says(top - 1)):
                top -= 1
            for k in range(top, i):
                self._mark(k, _NAV)
            last = i
        for i, line in enumerate(lines):
            if line.kind == _NAV or line.bullet:
                continue
            said = self._says(i)
            if not said:
                continue
            title = "view" in said and line.gap and (i + 1 == len(lines) or lines[i + 1].gap)
            if title or i == 0 or lines[i - 1].kind == _NAV:
                self._mark(i, _NAV)
            elif {"end", "more", "empty"} & said.keys():
                # the foot of a page: a few lines, then icons, another page, or nothing
                stop = next((k for k in range(i + 1, min(i + 8, len(lines))) if lines[k].kind == _NAV), len(lines))
                if stop - i <= 6:
                    for k in range(i, stop):
                        self._mark(k, _NAV)
        for i in range(len(lines) - 1, -1, -1):
            icon = lines[i].kind == _ICON and _LINK not in lines[i].text and not self._toggles(i)
            if not icon and lines[i].kind != _NAV and not _END_ROLES & self._says(i).keys():
                break
            self._mark(i, _NAV)

    def _says(self, number: int) -> Mapping[str, tuple[str, ...]]:
        return chrome.chrome_roles(self.lines[number].text)

    def _of_a_story(self, number: int) -> bool:
        """Tell whether a menu has no such line."""
        line = self.lines[number]
        if line.kind in (_FOOT, _DATE, _BY, _DAY) or len(line.text) > 200:
            return True
        return line.text[-1].isdigit() and chrome.date_at_end(line.text, self.langs) is not None

    def _mark_days(self) -> None:
        """Mark day separators. What is glued to them, the stream's name, is the same on a whole page."""
        seen: dict[int, chrome.Separator] = {}
        for i, line in enumerate(self.lines):
            if line.kind not in (_TEXT, _DATE) or line.bullet or len(line.text) > 200:
                continue
            separator = chrome.read_separator(line.text, self.langs)
            if separator is None:
                continue
            if separator.date is None and (separator.role != "older" or len(separator.rest) > 100):
                continue
            if separator.rest[:1].islower() and not separator.date and not self._starts_row(i + 1):
                continue
            seen[i] = separator
        names = collections.Counter(s.rest for s in seen.values() if s.date is not None)
        usual = names.most_common(1)[0][0] if names else None
        for i, separator in seen.items():
            if separator.date is not None or usual is None or separator.rest == usual:
                self._mark(i, _DAY)
                if separator.date is None:
                    self.undated.add(i)

    def _starts_row(self, number: int) -> bool:
        if number >= len(self.lines):
            return False
        line = self.lines[number]
        return self._toggles(number) or (line.kind == _SOURCE and line.bullet)

    # -- habits

    def _habits(self) -> None:
        lines = self.lines
        sources = [i for i, line in enumerate(lines) if line.kind == _SOURCE and not self._subtitle(i)]
        with_icons = sum(1 for i in sources if i > 0 and self._toggles(i - 1))
        self.rows_have_icons = with_icons > 0 and with_icons * 2 >= len(sources)
        rows_in_list = sum(lines[i].bullet for i in sources)
        self.rows_have_bullets = rows_in_list > 0 and rows_in_list * 2 >= len(sources)
        self.feet = [i for i, line in enumerate(lines) if line.kind == _FOOT]
        articles = sum(1 for i, line in enumerate(lines) if line.kind == _SOURCE and self._subtitle(i))
        groups = sum(1 for i in self.feet if i == 0 or lines[i - 1].kind != _FOOT)
        self.has_feet = groups > 0 and groups * 2 >= articles
        self.next_foot = [len(lines)] * (len(lines) + 1)
        for i in range(len(lines) - 1, -1, -1):
            self.next_foot[i] = i if lines[i].kind == _FOOT else self.next_foot[i + 1]
        # how often each line occurs with the same line below it: the same story shown twice
        self.repeats: collections.Counter[tuple[str, str]] = collections.Counter(
            (a.text, b.text) for a, b in itertools.pairwise(lines) if a.kind == _TEXT and b.kind == _TEXT
        )

    def _toggles(self, number: int) -> bool:
        line = self.lines[number]
        return line.kind == _ICON and any(c in _TOGGLES for c in line.text)

    def _subtitle(self, number: int) -> bool:
        """Tell whether a source line stands under an article's title, not at the head of a row."""
        _, by, date = self._source_parts(number)
        if by or date:
            return True
        below = self.lines[number + 1] if number + 1 < len(self.lines) else None
        return (
            below is not None
            and below.kind in (_BY, _DATE)
            and number > 0
            and self.lines[number - 1].kind == _TEXT
            and not self.lines[number].bullet
        )

    def _source_parts(self, number: int) -> tuple[str, str | None, chrome.ReaderDate | None]:
        """Return parts of "✇Feed By:author date"; a feed's own name may hold such words too, so the last one counts."""
        if number in self.parts:
            return self.parts[number]
        rest = self.lines[number].text[1:]
        date = None
        ends = chrome.date_at_end(rest, self.langs)
        if ends is not None and ends[0] > 0 and rest[ends[0] - 1].isspace():
            date, rest = ends[1], rest[: ends[0]]
        by = None
        for match in chrome.byline_pattern(self.langs).finditer(rest):
            if match.start() > 0 and rest[match.start() - 1].isspace() and match.end() < len(rest.rstrip()):
                by = match
        name, author = (rest[: by.start()], _strip(rest[by.end() :])) if by is not None else (rest, None)
        self.parts[number] = _strip(name), author, date
        return self.parts[number]

    # -- anchors

    def _row(self, i: int) -> _Head | None:
        """Read a row that starts at line i."""
        lines, n = self.lines, len(self.lines)
        j, icons = i, False
        while j < n and j - i < 6 and lines[j].kind == _ICON and _LINK not in lines[j].text:
            icons = icons or self._toggles(j)
            j += 1
        if j == i and lines[i].kind == _ICON:
            return None
        source = None
        bullet = False
        if j < n and lines[j].kind == _SOURCE:
            name, by, date = self._source_parts(j)
            if by or date or (not icons and self._subtitle(j)):
                return None
            if self.rows_have_icons and not icons:
                return None
            if self.rows_have_bullets and not icons and not lines[j].bullet:
                return None
            source, bullet = name, lines[j].bullet
            j += 1
        elif not icons and not self._glued_row(j):
            return None
        if j >= n or lines[j].kind in (_DAY, _NAV, _ICON, _FOOT, _SOURCE) or (lines[j].gap and not icons and bullet):
            return None
        if lines[j].kind == _BY and not icons and not bullet:
            return None
        title: str | None = None
        date = None
        teaser = []
        authors: tuple[str, ...] = ()
        end = self._row_end(j)
        if lines[j].kind != _DATE:
            title = lines[j].text
            glued = chrome.date_at_end(title, self.langs) if not bullet else None
            if any(k.text == title for k in lines[j + 1 : j + 4]):
                glued = None  # the title of the article below
            if glued is not None and glued[0] > 0 and (end is None or (end == j + 1 and lines[end].kind != _DATE)):
                # a title may end with a date of its own; the page then shows the real one after it
                title, date = _strip(title[: glued[0]]), glued[1]
            j += 1
        if date is None:
            if end is not None and end >= j:
                teaser = [lines[k].text for k in range(j, end)]
                j = end
            else:
                while j < n and len(teaser) < 3 and lines[j].kind == _TEXT and not lines[j].gap and not lines[j].bullet:
                    if lines[j].text == title and j + 1 < n and lines[j + 1].kind in (_SOURCE, _BY):
                        break
                    teaser.append(lines[j].text)
                    j += 1
            if teaser:
                cut = chrome.date_at_end(teaser[-1], self.langs)
                if cut is not None and cut[0] > 0 and (j >= n or lines[j].kind != _DATE):
                    teaser[-1], date = _strip(teaser[-1][: cut[0]]), cut[1]
            if j < n and lines[j].kind == _BY:
                authors = _authors(self._byline(lines[j].text) or "")
                j += 1
            if j < n and date is None and lines[j].kind == _DATE and not (lines[j].gap and not icons):
                date = chrome.read_reader_date(lines[j].text, self.langs)
                j += 1
        link = j < n and lines[j].kind == _ICON and _LINK in lines[j].text
        if source is None and not (date or link):
            return None
        if link:
            j += 1
        return _Head(True, i, j, title, source, authors, date, " ".join(teaser) or None, link=link)

    def _glued_row(self, number: int) -> bool:
        """Tell whether this is "Title21 November 2026 at 19:11" above a link: all there is of a row with neither
        icons nor feed."""
        line = self.lines[number]
        if line.kind != _TEXT or number + 1 >= len(self.lines) or not line.text[-1].isalnum():
            return False
        below = self.lines[number + 1]
        return below.kind == _ICON and _LINK in below.text and chrome.date_at_end(line.text, self.langs) is not None

    def _row_end(self, title: int) -> int | None:
        """Return the line of the date or the link that ends the row whose title is given, or None.

        Only browsers keep that link; a teaser may then have several lines.
        """
        lines = self.lines
        for k in range(title, min(title + _ROW_LINES, len(lines))):
            kind = lines[k].kind
            if kind == _ICON:
                return k if k > title and _LINK in lines[k].text and not self._toggles(k) else None
            if kind == _DATE and k + 1 < len(lines) and lines[k + 1].kind == _ICON and _LINK in lines[k + 1].text:
                return k
            if kind in (_NAV, _DAY, _FOOT, _TAGS) or (kind == _SOURCE and k > title):
                return None
        return None

    def _article(self, i: int, row: _Head | None, closed: bool) -> _Head | None:
        """Read an article's head whose title is line i. `row` is the row just above; `closed`: no text is open."""
        lines, n = self.lines, len(self.lines)
        line = lines[i]
        if line.kind not in (_TEXT, _BY) or len(line.text) > _TITLE_LONGEST * 2:
            return None
        title = line.text
        same = row is not None and row.title is not None and _same_title(row.title, title)
        if line.kind == _BY and not same:
            return None
        j = i + 1
        source: str | None = None
        date: chrome.ReaderDate | None = None
        authors: tuple[str, ...] = ()
        sure = same
        if j < n and lines[j].kind == _SOURCE and not lines[j].bullet:
            name, by, date = self._source_parts(j)
            known = same and row is not None and row.source in (None, name)
            if by or date or known or (j + 1 < n and lines[j + 1].kind in (_BY, _DATE)):
                source, sure = name, True
                authors = _authors(by or "")
                j += 1
        if j < n and lines[j].kind == _BY and not authors:
            text = self._byline(lines[j].text) or ""
            ends = chrome.date_at_end(text, self.langs)
            if ends is not None and ends[0] > 0:
                text, date = text[: ends[0]], ends[1]
            if sure or date or (j + 1 < n and lines[j + 1].kind == _DATE):
                authors = _authors(text)
                j += 1
        if j < n and lines[j].kind == _DATE and date is None:
            date = chrome.read_reader_date(lines[j].text, self.langs)
            j += 1
        if not (sure or date or (closed and not chrome.chrome_roles(title))):
            return None
        return _Head(False, i, j, title, source, authors, date, None, 1.0 if sure else 0.9 if date else 0.6)

    # -- the reading

    def stories(self) -> list[_Found]:
        """Read the page from top to bottom."""
        return _Reader(self).read()


def _page_languages(lang: str | None) -> tuple[str, ...] | None:
    """Return languages of the table that a page in `lang` may use: "pt" stands for pt-br and pt-pt."""
    if lang is None:
        return None
    return tuple(known for known in chrome.table() if known == lang or known.startswith(lang + "-"))


_TAG = re.compile(r"(?:^|\s)#(?=\S)")


def _tags(text: str) -> tuple[str, ...]:
    """Return tags of a line that holds nothing else: "#One #Two words 🔽"."""
    if text[0] != "#":
        return ()
    return tuple(t for t in (_strip(_PIECE.sub("", part)) for part in _TAG.split(text)) if t)


_BETWEEN = _BLANKS + "·—–|"  # what may stand between a byline and the date after it


def _authors(text: str) -> tuple[str, ...]:
    """Return authors as the interface joins them, with a middle dot."""
    return tuple(a for a in (part.strip(_BETWEEN) for part in text.split(" · ")) if a)


def _same_title(row: str, article: str) -> bool:
    """Tell whether an article's title is that of its row, which may go on with its authors."""
    if row == article:
        return True
    a, b = _squeeze(row), _squeeze(article)
    return a == b or (row.startswith(article + " ") and len(article) > 3)


class _Reader:
    """Walks over a page's lines and keeps the story that is open."""

    def __init__(self, page: _Page) -> None:
        self.page = page
        self.found: list[_Found] = []
        self.started = False  # an anchor has been seen, or where a stream starts
        self._reset()

    def _reset(self) -> None:
        """Forget the open story."""
        self.head: _Head | None = None  # of the article, or of the row while there is no article
        self.row: _Head | None = None
        self.body: list[int] = []
        self.closed = True
        self.teaser = ""  # squeezed, with how much of it the text has used
        self.used = 0
        self.tags: tuple[str, ...] = ()
        self.locked = 0  # no line before this can start a story: the teaser shows that it is text
        self.alts: list[int] = []  # lines that stand for pictures
        self.about: set[str] = set()  # stems of the open story, as far as its line `about_to`
        self.short: set[str] = set()  # and its little words
        self.about_to = 0

    def read(self) -> list[_Found]:
        page, lines = self.page, self.page.lines
        dates = _plausible_dates(page)
        i, n = 0, len(lines)
        while i < n:
            line = lines[i]
            fenced = self.head is not None and not self.head.row and page.has_feet and self._fenced(i)
            if line.kind in (_DAY, _NAV) and not (fenced and i in page.undated):
                self._close()
                self.started = True
                i += 1
                continue
            if line.kind == _TAGS:
                if line.text[0] == "#":
                    self.tags += _tags(line.text)
                i += 1
                continue
            if line.kind == _FOOT:
                self._foot(i)
                i += 1
                continue
            if i < self.locked and not (line.kind == _ICON and page.rows_have_icons):
                self.body.append(i)
                i += 1
                continue
            if not fenced and (line.kind in (_ICON, _SOURCE) or (line.kind == _TEXT and page._glued_row(i))):
                head = page._row(i)
                if head is not None:
                    if self._waiting() is not None and not head.link and self._same_row(head):
                        self._open_article(head)  # an article whose feed stands above its title
                    else:
                        self._open_row(head)
                    i = head.body
                    continue
                if line.kind == _ICON:
                    if (_LINK in line.text or page._toggles(i)) and self.head is not self.row:
                        self.closed = True
                    i += 1
                    continue
            if not fenced and line.kind in (_TEXT, _BY, _SOURCE):
                head = self._article(i, dates)
                if head is not None:
                    self._open_article(head)
                    i = head.body
                    continue
            self._add(i)
            i += 1
        self._close()
        return self.found

    def _fenced(self, i: int) -> bool:
        """Tell whether line i lies between an article's head and its footer, so that all of it is text."""
        page = self.page
        if self.closed:
            return False
        return page.next_foot[i] < len(page.lines) and not (page.rows_have_icons and page._toggles(i))

    def _waiting(self) -> _Head | None:
        """Return the row just above, if nothing has come after it yet."""
        return self.row if self.row is not None and self.head is self.row and not self.body else None

    def _same_row(self, head: _Head) -> bool:
        row = self.row
        return row is not None and row.title == head.title and row.source in (None, head.source)

    def _foot(self, i: int) -> None:
        """Take a footer: the text is over; what the footer says may stand nowhere else."""
        page, head = self.page, self.head
        self.closed = self.started = True
        if head is None or head.row:
            return
        # byline and date may be set to stand under the text
        while self.body and page.lines[self.body[-1]].kind in (_BY, _DATE) and not page.lines[self.body[-1]].bullet:
            text = page.lines[self.body.pop()].text
            ends = chrome.date_at_end(text, page.langs)
            if ends is not None:
                head = head._replace(date=head.date or ends[1])
                text = text[: ends[0]]
            if text and not head.authors:
                head = head._replace(authors=_authors(page._byline(text) or ""))
        if head.date is None:
            ends = chrome.date_at_end(_strip(_PIECE.sub(" ", page.lines[i].text)), page.langs)
            if ends is not None:
                head = head._replace(date=ends[1])
        self.head = head

    def _article(self, i: int, dates: set[int]) -> _Head | None:
        page = self.page
        waiting = self._waiting()
        line = page.lines[i]
        if page.rows_have_icons and waiting is None and self.head is not None and not self.closed:
            return None  # here every article comes under its row
        if line.kind == _SOURCE:
            # the feed may be set to stand above the title
            name, by, date = page._source_parts(i)
            head = page._article(i + 1, waiting, False) if not (by or date) and i + 1 < len(page.lines) else None
            if head is None or head.source is not None:
                return None
            return head._replace(first=i, source=name)
        # above the first anchor: a page may have been cut in the middle of a text
        closed = self.closed and (self.head is None or not self.head.row)
        closed = closed and (self.started or _looks_like_title(page.lines, i))
        head = page._article(i, waiting, closed)
        if head is None:
            return self._bare(i)
        if waiting is not None and waiting.title is not None and _same_title(waiting.title, head.title or ""):
            return head
        if waiting is not None and waiting.teaser and self._in_teaser(waiting.teaser, page.lines[i].text):
            return None  # the row's text, whose title the extractor lost
        if head.source is None and head.date is not None and i not in dates:
            return None  # a date far from all around it: quoted
        if head.source is None and head.date is not None and self.body and not self.closed:
            above = page.lines[self.body[-1]]
            if above.text.endswith((":", "：")) and above.kind == _TEXT:
                return None
        return head

    @staticmethod
    def _in_teaser(teaser: str, text: str) -> bool:
        return _squeeze(teaser).startswith(_squeeze(text)[:80])

    def _bare(self, i: int) -> _Head | None:
        """Judge whether a line between paragraphs, with nothing of the interface around it, is the next title."""
        page, lines = self.page, self.page.lines
        line = lines[i]
        if self.head is None or page.rows_have_icons:
            return None
        if not self.body and self.head.row is False:
            return None
        if not _looks_like_title(lines, i):
            return None
        below = [lines[k].text for k in range(i + 1, min(i + 5, len(lines))) if lines[k].kind == _TEXT]
        text_below = " ".join(below[:2])
        stems = _stems(line.text)
        words = sum(not stem.isdecimal() for stem in stems)
        score = 1.5 if words >= 7 else 1.0 if words >= 5 else 0.0 if words >= 4 else -1.0
        # a title is about what comes below it and not about what stands above; a subheading is about both
        score += min(len(stems & _stems(text_below)), 3)
        seen = self._seen_stems()
        above = len(stems & seen)
        matter = _stems(" ".join(below[:3]))
        again = len(matter & seen) / max(1, len(matter))
        score += 1.0 if again < 0.08 else 0.5 if again < 0.13 else -1.0 if again > 0.2 else 0.0
        if page.repeats[(line.text, lines[i + 1].text)] > 1:
            score += 2.5
            above = min(above, 1)
        finished = self._finished()
        score += finished
        # the next story may well be about the same matter, once this one has come to its end
        score -= 0.7 * min(above, 1) + 1.5 * max(0, min(above, 2 if finished >= 3 else 3) - 1)
        if not self.head.teaser and len(self.body) <= 2:
            score += 1.2  # publishers of summaries have one or two paragraphs a story
        elif self.head.teaser and len(self.head.teaser) >= _TEASER_WHOLE:
            score -= 1.0  # a long article: the likelier to have subheadings
        if _script(line.text) == _script(text_below) and self._other_language(text_below):
            score += 2.0
        if _looks_like_title(lines, i + 1):
            score -= 1.0  # of two such lines the second is the likelier
        if score < _TITLE_SCORE:
            return None
        return _Head(False, i, i + 1, line.text, score=round(min(0.9, 0.4 + score / 20), 2))

    def _seen_stems(self) -> set[str]:
        """Return what the open story has been about, title and text."""
        lines = self.page.lines
        if not self.about and self.head is not None:
            self.about = _stems(f"{self.head.title or ''} {self.head.teaser or ''}")
        while self.about_to < len(self.body):
            text = lines[self.body[self.about_to]].text
            self.about |= _stems(text)
            self.short.update(w for w in _SHORT_WORD.findall(text.casefold()))
            self.about_to += 1
        return self.about

    def _other_language(self, text: str) -> bool:
        """Tell whether the little words of `text` are not those of the open story, so that it is another's."""
        above = self.page.lines[self.body[-1]].text if self.body else ""
        if above and _script(above) != _script(text):
            return True
        words = _SHORT_WORD.findall(text.casefold())
        if len(words) < 5 or len(self.short) < 12:
            return False
        # a text of the same language has 9 in 10 of its little words from those of a long story, 7 from a short one
        least = 0.65 if len(words) >= 8 and len(self.short) >= 30 else 0.45
        return sum(w in self.short for w in words) < least * len(words)

    def _finished(self) -> float:
        """How plainly the open story shows that it has come to its end."""
        lines = self.page.lines
        if self.head is None:
            return 0.0
        if not self.body:
            return 3.0 if self.head.row else 0.0
        whole = self.head.teaser is not None and len(self.head.teaser) < _TEASER_WHOLE and self.used >= len(self.teaser)
        if _CREDIT.match(lines[self.body[-1]].text):
            return 1.0  # what follows a picture's credit is its caption, if it has one
        if whole or (len(self.body) > 1 and _CREDIT.match(lines[self.body[-2]].text)):
            return 3.0
        return 0.0 if _SENTENCE_END.search(lines[self.body[-1]].text) else -0.5

    # -- the open story

    def _open_row(self, head: _Head) -> None:
        self._close()
        self.started = True
        self.head = self.row = head
        self.closed = False
        self.teaser, self.used = _squeeze(head.teaser or ""), 0
        self.locked = 0

    def _open_article(self, head: _Head) -> None:
        self.started = True
        row = self.row
        if (
            row is not None
            and self.head is row
            and not self.body
            and row.title is not None
            and _same_title(row.title, head.title or "")
        ):
            authors = head.authors or row.authors
            if not authors and head.title and row.title != head.title and row.title.startswith(head.title + " "):
                authors = _authors(row.title[len(head.title) :])
            self.head = head._replace(
                first=row.first,
                source=head.source or row.source,
                authors=authors,
                date=head.date or row.date,
                teaser=row.teaser,
                score=1.0,
            )
            self._lock(head.body)
        else:
            self._close()
            self.head, self.row = head, None
            self.teaser, self.used, self.locked = "", 0, 0
        self.closed = False

    def _lock(self, first: int) -> None:
        """Follow the teaser through the lines below: as far as it goes, they are this story's text."""
        lines = self.page.lines
        if not self.teaser:
            return
        missed: list[int] = []
        for k in range(first, len(lines)):
            line = lines[k]
            if line.kind in (_DAY, _NAV, _FOOT) or len(missed) > 4 or self.used >= len(self.teaser):
                break
            text = _squeeze(line.text)
            at = self.teaser.find(text[:40], self.used) if text else -1
            rest = self.teaser[at:] if at >= 0 else ""
            if at >= 0 and (rest.startswith(text) or text.startswith(rest)) and (len(text) > 3 or at == self.used):
                self.used = min(len(self.teaser), at + len(text))
                self.locked = k + 1
                # a short line that is not in the teaser, but before one that is, replaced a picture
                self.alts += [m for m in missed if len(lines[m].text) < _ALT_LONGEST and not lines[m].bullet]
                missed = []
            else:
                missed.append(k)

    def _add(self, i: int) -> None:
        """Take a line as text of the open story."""
        page = self.page
        line = page.lines[i]
        if self.head is None and (line.kind != _TEXT if self.started else chrome.chrome_roles(line.text)):
            return  # a row or a footer that was cut off, a menu
        if self.head is None:
            # text above the first anchor: the rest of a story whose title is not on the page
            self.head = _Head(False, i, i, None, score=0.3)
            self.closed = False
        elif self.closed and line.kind != _TEXT:
            return
        if self.head.title is None and not self.head.row and not self.body and line.kind in (_SOURCE, _BY, _DATE):
            name, by, date = page._source_parts(i) if line.kind == _SOURCE else (None, None, None)
            by = page._byline(line.text) if line.kind == _BY else by
            date = chrome.read_reader_date(line.text, page.langs) if line.kind == _DATE else date
            self.head = self.head._replace(
                body=i + 1,
                source=self.head.source or name,
                authors=self.head.authors or _authors(by or ""),
                date=self.head.date or date,
            )
            return
        if self.head.row and self.head.teaser and not self.body:
            self._lock(i)
        self.body.append(i)

    def _substantial(self) -> bool:
        """Tell whether there is enough text for a story that has neither a title nor a source."""
        return sum(len(self.page.lines[k].text) for k in self.body) >= _LEAST_TEXT

    def _close(self) -> None:
        head = self.head
        if head is not None and (head.title or head.row or self._substantial()):
            last = max([head.body - 1, *self.body[-1:]])
            self.found.append(_Found(head, self.body, last, self.tags, self.alts))
        self._reset()


def _looks_like_title(lines: Sequence[_Line], i: int) -> bool:
    line = lines[i]
    if line.kind != _TEXT or line.bullet or not line.gap or i + 1 >= len(lines):
        return False
    below = lines[i + 1]
    if below.kind != _TEXT or not below.gap or below.bullet:
        return False
    if not _WORD.search(below.text) or _CREDIT.match(below.text):
        return False
    if not 4 <= len(line.text) <= _TITLE_LONGEST or line.text[0].islower():
        return False
    if _CREDIT.match(line.text) or _IN_BRACKETS.match(line.text):
        return False
    longest = max(len(k.text) * (2 if _is_dense(k.text) else 1) for k in lines[i + 1 : i + 3] if k.kind == _TEXT)
    return longest >= 40 and not _NOT_TITLE_END.search(line.text)


def _is_dense(text: str) -> bool:
    """Tell whether a script needs few characters for a title."""
    return sum("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in text) * 2 > len(text)


def _stems(text: str) -> set[str]:
    """Return what words are about: their first letters, so that endings do not matter; pairs of CJK characters."""
    found: set[str] = set()
    for word in _WORD.findall(text.casefold()):
        if "\u3040" <= word[0] <= "\u9fff" or "\uac00" <= word[0] <= "\ud7af":
            found.update(word[k : k + 2] for k in range(len(word) - 1))
        elif len(word) >= 4:
            found.add(word[:5])
        elif word.isdecimal():
            found.add(word)
    return found


def _script(text: str) -> int:
    """Which of the blocks below most letters of a text's start are in."""
    count: collections.Counter[int] = collections.Counter(
        bisect.bisect_right(_BLOCKS, ord(char)) for char in text[:120] if char.isalpha()
    )
    return count.most_common(1)[0][0] if count else 0


# where Greek, Cyrillic, Armenian, Hebrew, Arabic, Indic, Thai and on, Latin additions, symbols, CJK, Hangul start
_BLOCKS = (0x370, 0x400, 0x530, 0x590, 0x600, 0x780, 0xE00, 0x1E00, 0x2000, 0x3040, 0xAC00)


_FAR = 45 * 24 * 3600  # seconds


def _plausible_dates(page: _Page) -> set[int]:
    """Return title lines whose date below fits the page.

    A page is sorted by time, more or less. A date that is far from the last one
    that fitted, when one of the next few is near that again, stands in a text.
    """
    found: list[tuple[int, int]] = []
    for i, line in enumerate(page.lines[:-1]):
        if line.kind == _DATE or (line.kind == _BY and page.lines[i + 1].kind == _DATE):
            continue
        for j in (i + 1, i + 2):
            if j < len(page.lines) and page.lines[j].kind == _DATE:
                date = chrome.read_reader_date(page.lines[j].text, page.langs)
                if date is not None:
                    found.append((i, chrome.instant(date, "UTC") // 1_000_000))
                break
            if j < len(page.lines) and page.lines[j].kind != _BY:
                break
    fits: set[int] = set()
    last: int | None = None
    for at, (i, moment) in enumerate(found):
        if last is not None and abs(moment - last) > _FAR:
            after = [m for _, m in found[at + 1 : at + 7]]
            if any(abs(m - last) < _FAR / 3 for m in after):
                continue
        fits.add(i)
        last = moment
    return fits


# ---------------------------------------------------------------- stories out of lines


def _paragraphs(lines: Sequence[_Line], numbers: Sequence[int]) -> list[list[int]]:
    """Group a story's lines into paragraphs, at blank lines."""
    groups: list[list[int]] = []
    before = None
    for k in numbers:
        if before is None or lines[k].gap or k != before + 1:
            groups.append([])
        groups[-1].append(k)
        before = k
    return groups


def _is_card(texts: list[str], title: str | None, source: str | None) -> bool:
    """Tell whether this is a link card that an article embeds: title, lead, then site and author glued together."""
    if len(texts) < 3:
        return False
    for text in texts[2:]:
        for name in (source, title):
            if not name or name not in text or text == name:
                continue
            at = text.index(name)
            before, after = text[:at], text[at + len(name) :]
            if (before and not before[-1].isspace()) or (after and after[0].isalnum()):
                return True
    return False


def _assemble(doc: Document, name: str, settings: Settings, lines: Sequence[_Line], found: Sequence[_Found]) -> Split:
    kinds: list[str] = ["chrome"] * len(lines)
    owner: list[int | None] = [None] * len(lines)
    bodies: list[list[list[int]]] = []
    for number, story in enumerate(found):
        for k in range(story.head.first, story.last + 1):
            owner[k] = number
            if lines[k].kind not in (_ICON, _FOOT, _NAV, _TAGS):
                kinds[k] = "story"
        groups = []
        alts = set(story.alts)
        # a line of a text that is the title again: its teaser would have it, unless it stands for a picture
        in_teaser = story.head.teaser is None or bool(
            story.head.title and _squeeze(story.head.title) in _squeeze(story.head.teaser)
        )
        titled = set(story.body) if in_teaser else set()
        for group in _paragraphs(lines, story.body):
            texts = [lines[k].text for k in group]
            if _is_card(texts, story.head.title, story.head.source):
                for k in group:
                    kinds[k] = "embed"
                continue
            kept = []
            for k in group:
                if k in alts or (lines[k].text == story.head.title and k not in titled):
                    kinds[k] = "alt"
                else:
                    kept.append(k)
            if kept:
                groups.append(kept)
        bodies.append(groups)
    articles = [
        boilerplate.Text(
            story.head.source,
            story.head.title,
            ["" if _CREDIT.match(lines[g[0]].text) else "\n".join(lines[k].text for k in g) for g in groups],
        )
        for story, groups in zip(found, bodies, strict=True)
    ]
    for number, at in boilerplate.recurring(articles):
        for k in bodies[number][at]:
            kinds[k] = "boilerplate"

    stories = []
    char_ends: list[int] = []
    for number, (story, groups) in enumerate(zip(found, bodies, strict=True)):
        paragraphs = ["\n".join(lines[k].text for k in g) for g in groups if kinds[g[0]] == "story"]
        body = "\n\n".join(paragraphs) or None
        mine = [k for k in range(story.head.first, story.last + 1) if owner[k] == number and kinds[k] != "chrome"]
        first, last = (mine[0], mine[-1]) if mine else (story.head.first, story.last)
        char_ends += [lines[first].start, lines[last].end]
        stories.append(
            Story(
                byte_start=0,
                byte_end=0,
                form="full" if body else "teaser" if story.head.teaser else "headline",
                title=story.head.title,
                summary=story.head.teaser,
                body=body,
                authors=story.head.authors,
                categories=tuple(dict.fromkeys(story.tags)),
                media=_media(lines, kinds, story.body),
                source_name=story.head.source,
                published_at=chrome.instant(story.head.date, settings.timezone) if story.head.date else None,
                published_raw=story.head.date.raw if story.head.date else None,
                published_precision=story.head.date.precision if story.head.date else None,
                published_zone="assumed" if story.head.date else None,
                confidence=round(story.head.score, 2),
            )
        )

    ranges = _ranges(lines, kinds, owner)
    chars = sorted({c for r in ranges for c in r[:2]} | set(char_ends))
    to_byte = dict(zip(chars, doc.byte_offsets(chars), strict=True))
    stories = [
        s._replace(byte_start=to_byte[char_ends[2 * k]], byte_end=to_byte[char_ends[2 * k + 1]])
        for k, s in enumerate(stories)
    ]
    as_span = {"embed": "boilerplate", "alt": "boilerplate"}
    spans = tile(
        len(doc.data), (Span(to_byte[a], to_byte[b], as_span.get(kind, kind)) for a, b, kind, _ in ranges), "space"
    )
    removed = tuple(
        RemovedText(to_byte[a], to_byte[b], kind, doc.text[a:b], which)
        for a, b, kind, which in ranges
        if kind != "story"
    )
    said = [line.text for k, line in enumerate(lines) if kinds[k] == "chrome" or line.kind in (_DATE, _BY, _SOURCE)]
    return Split(
        format=name,
        encoding=doc.encoding,
        replaced_chars=doc.replaced_chars,
        stories=tuple(stories),
        spans=spans,
        removed=removed,
        chrome_lang=chrome.chrome_language(said),
    )


def _media(lines: Sequence[_Line], kinds: Sequence[str], body: Sequence[int]) -> tuple[Media, ...]:
    """Return pictures that a text shows signs of: what stands for them, or their credit and the caption after it."""
    found = []
    for at, k in enumerate(body):
        text = lines[k].text
        if kinds[k] == "alt":
            found.append(Media(None, alt=text))
        elif kinds[k] == "story" and _CREDIT.match(text):
            below = lines[body[at + 1]] if at + 1 < len(body) else None
            caption = (
                below.text if below is not None and not _CREDIT.match(below.text) and below.kind == _TEXT else None
            )
            found.append(Media(None, caption=caption, credit=_strip(text[1:])))
    return tuple(dict.fromkeys(found))


def _ranges(
    lines: Sequence[_Line], kinds: Sequence[str], owner: Sequence[int | None]
) -> list[tuple[int, int, str, int | None]]:
    """Join neighbouring lines of one kind and story into ranges of characters; blanks between kinds stay out."""
    ranges: list[tuple[int, int, str, int | None]] = []
    for line, kind, which in zip(lines, kinds, owner, strict=True):
        if kind == "chrome":
            which = None
        if ranges and ranges[-1][2:] == (kind, which):
            ranges[-1] = (ranges[-1][0], line.end, kind, which)
        else:
            ranges.append((line.start, line.end, kind, which))
    return ranges
