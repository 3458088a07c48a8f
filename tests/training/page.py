"""Build a page of text whose truth is known, because each stretch is written together with its label.

A text layout writes through `Page`; an HTML layout wraps each stretch with `mark`, and `unmark` finds the stretches again
in what an extractor made of the HTML. Both end in `make_sample`, so that a sample means the same wherever it came from:

- fields are in reading order, never overlap, hold no outer white space and no line break (a stretch of several lines is
  several fields);
- stories are numbered from 0 in the order in which the page shows them, and each has a field at least;
- `stories` says what the text shows of each story, None for what it doesn't show.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

LABELS = ("title", "source", "author", "date", "teaser", "body", "caption", "tags", "link", "day", "chrome")
STORYLESS = ("day", "chrome")

_OPEN, _CLOSE_HEAD, _CLOSE, _ZERO = "\ue001", "\ue002", "\ue003", 0xE010
_MARKS = re.compile(r"\ue001([\ue010-\ue019\s]*)\ue002|\ue003|[\ue001\ue002\ue010-\ue019]")
_BREAKS = re.compile(r"[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_LINES = re.compile(r"[^\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]+")


class Field(NamedTuple):
    start: int  # characters from the page's start
    end: int  # behind the last character
    label: str  # one of LABELS
    story: int  # number of the story, -1 for chrome and days


class Sample(NamedTuple):
    layout: str
    family: str
    lang: str  # of the stories (the first one's, where a page mixes languages)
    chrome: str | None  # language of the interface, None where the page has none
    extractor: str | None  # None for text layouts
    text: str
    fields: tuple[Field, ...]
    stories: tuple[dict[str, Any], ...]  # title, source, published_at, authors, teaser, body


class Layout(NamedTuple):
    name: str
    family: str
    kind: str  # "text" or "html"
    weight: float
    between: tuple[int, int]  # fewest and most stories of a page
    langs: tuple[str, ...]  # languages of its stories, empty for all
    draw: Callable[..., Any]


LAYOUTS: dict[str, Layout] = {}


def layout(
    name: str,
    family: str,
    kind: str = "text",
    weight: float = 1.0,
    between: tuple[int, int] = (2, 30),
    langs: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a layout: a function of (rng, stories, ui, lang_ui).

    A text layout returns a `Page` (or a whole `Sample`); an HTML layout returns (html, marks). The name of a text layout
    is registered with `text_` before it: a program may have layouts of both kinds, in one family.
    """
    if kind not in ("text", "html"):
        raise ValueError(f"a layout is text or html, not {kind!r}")
    if kind == "text":
        name = "text_" + name

    def register(draw: Callable[..., Any]) -> Callable[..., Any]:
        if name in LAYOUTS:
            raise ValueError(f"layout {name!r} is registered twice")
        LAYOUTS[name] = Layout(name, family, kind, weight, between, langs, draw)
        return draw

    return register


class Page:
    """Collect the text of a page and the labels of its stretches."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.fields: list[Field] = []
        self.shown: dict[int, str | None] = {}  # story -> ISO date as far as the page tells it
        self.sources: dict[int, str] = {}  # story -> source named only in a heading above several stories
        self.chrome: str | None = None

    def put(self, text: str, label: str | None = None, story: int = -1) -> Page:
        """Write text; text without a label is chrome. White space around a stretch and line breaks in it are not of it."""
        if label is not None and label != "chrome" and text:
            self.fields.extend(pieces(text, label, story, self.size))
        self.parts.append(text)
        self.size += len(text)
        return self

    def nl(self, n: int = 1) -> Page:
        """End the line, and leave n - 1 blank ones."""
        return self.put("\n" * n)

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def sample(
        self,
        layout: str,
        family: str,
        lang: str,
        chrome: str | None = None,
        stories: Sequence[Any] = (),
        extractor: str | None = None,
    ) -> Sample:
        """Return the page as a sample; `stories` are the bank's, in the numbering used with `put`."""
        shown: dict[int, str | None] = {i: s.published.isoformat() for i, s in enumerate(stories)}
        shown |= self.shown
        return make_sample(layout, family, lang, chrome, extractor, self.text, self.fields, shown, self.sources)


def pieces(text: str, label: str, story: int = -1, start: int = 0) -> list[Field]:
    """Return a field for each line of text that has one, without outer white space."""
    if label not in LABELS:
        raise ValueError(f"{label!r} is no label")
    if (story < 0) != (label in STORYLESS):
        raise ValueError(f"{label} with story {story}")
    found = []
    for line in _LINES.finditer(text):
        body = line.group()
        begin = line.start() + len(body) - len(body.lstrip())
        end = line.start() + len(body.rstrip())
        if begin < end:
            found.append(Field(start + begin, start + end, label, story))
    return found


def make_sample(
    layout: str,
    family: str,
    lang: str,
    chrome: str | None,
    extractor: str | None,
    text: str,
    fields: Iterable[Field],
    shown: dict[int, str | None] | Sequence[Any] = (),
    sources: Mapping[int, str] = MappingProxyType({}),
) -> Sample:
    """Return a sample with stories renumbered as the page shows them.

    `shown` gives the date of each story by its number in `fields`: ISO texts, or the bank's stories themselves.
    A story has a date where the page shows one beside it or in a heading above it. `sources` names the source of stories
    below a heading that names it once: the heading is a field of the first of them.
    """
    dates = (
        shown
        if isinstance(shown, dict)
        else {i: s if isinstance(s, str) or s is None else s.published.isoformat() for i, s in enumerate(shown)}
    )
    kept = sorted(f for f in fields if f.label != "chrome")
    order: dict[int, int] = {}
    dated: set[int] = set()
    day = False
    for f in kept:
        if f.label == "day":
            day = True
            continue
        if f.story not in order:
            order[f.story] = len(order)
            if day:
                dated.add(f.story)
        if f.label == "date":
            dated.add(f.story)
    back = {new: old for old, new in order.items()}
    renumbered = tuple(f._replace(story=order.get(f.story, -1)) for f in kept)
    whens = [dates.get(back[i]) if back[i] in dated else None for i in range(len(order))]
    known = truths(text, renumbered, whens)
    for new, story in enumerate(known):
        story["source"] = story["source"] or sources.get(back[new])
    return Sample(layout, family, lang, chrome, extractor, text, renumbered, known)


def truths(text: str, fields: Sequence[Field], dates: Sequence[str | None]) -> tuple[dict[str, Any], ...]:
    """Return what the text shows of each story; a title of several lines is joined by blanks, a body by line breaks."""
    found: list[dict[str, Any]] = [
        {"title": None, "source": None, "published_at": when, "authors": [], "teaser": None, "body": None}
        for when in dates
    ]
    last: dict[tuple[int, str], int] = {}
    for f in fields:
        if f.story < 0:
            continue
        story, value = found[f.story], text[f.start : f.end]
        key = (f.story, f.label)
        if f.label == "author":
            if value not in story["authors"]:
                story["authors"].append(value)
        elif f.label in ("teaser", "body"):
            joint = "\n" if _BREAKS.search(text, last.get(key, 0), f.start) else " "
            story[f.label] = value if story[f.label] is None else story[f.label] + joint + value
            last[key] = f.end
        elif f.label in ("title", "source"):
            if story[f.label] is None:
                story[f.label] = value
                last[key] = f.end
            elif key in last and text[last[key] : f.start].isspace() and not _again(story[f.label], value):
                story[f.label] += _joint(story[f.label], value) + value  # wrapped
                last[key] = f.end
            else:
                last.pop(key, None)  # shown again further down
    return tuple(found)


def _joint(before: str, after: str) -> str:
    """Return what stood between two lines before they were wrapped: nothing in scripts that use no blanks."""
    wide = [
        unicodedata.east_asian_width(c) == "W" and "HANGUL" not in unicodedata.name(c, "")
        for c in (before[-1], after[0])
    ]
    return "" if all(wide) else " "


def _again(known: str, value: str) -> bool:
    return known == value or known.startswith(value) or value.startswith(known)


def mark(label: str, story: int, text: str, marks: list[tuple[str, int]]) -> str:
    """Return text between private-use characters that survive an extractor; note its label in `marks`."""
    number = "".join(chr(_ZERO + int(d)) for d in str(len(marks)))
    marks.append((label, story))
    return f"{_OPEN}{number}{_CLOSE_HEAD}{text}{_CLOSE}"


def unmark(text: str, marks: Sequence[tuple[str, int]]) -> tuple[str, tuple[Field, ...]]:
    """Return the text without its marks, and its fields; within a stretch within a stretch the inner label holds.

    A stretch whose end was lost ends with its line. An end without a beginning is dropped.
    """
    out: list[str] = []
    size = 0
    segments: list[tuple[int, int, int]] = []  # start, end, mark
    stack: list[tuple[int, int, bool]] = []  # mark, start of its open segment, whether anything stands within
    at = 0

    def close(mark_: int, begin: int, end: int) -> None:
        if begin < end:
            segments.append((begin, end, mark_))

    for hit in _MARKS.finditer(text):
        piece = text[at : hit.start()]
        out.append(piece)
        size += len(piece)
        at = hit.end()
        token = hit.group()
        if token == _CLOSE:
            if stack:
                number, begin, _ = stack.pop()
                close(number, begin, size)
                if stack:
                    stack[-1] = (stack[-1][0], size, True)
        elif token[0] == _OPEN and len(token) > 1:
            digits = "".join(str(ord(c) - _ZERO) for c in hit.group(1) if not c.isspace())
            if not digits or int(digits) >= len(marks):
                continue
            if stack:
                number, begin, _ = stack[-1]
                close(number, begin, size)
                stack[-1] = (number, size, True)
            stack.append((int(digits), size, False))
    out.append(text[at:])
    clean = "".join(out)
    for number, begin, _ in stack:
        line = _LINES.match(clean, begin)
        if line:
            later = [s for s, _, _ in segments if s >= begin]
            close(number, begin, min([line.end(), *later]))
    found: list[Field] = []
    for begin, end, number in sorted(segments):
        label, story = marks[number]
        if label == "chrome":
            continue
        if found and begin < found[-1].end:
            begin = found[-1].end
        found.extend(pieces(clean[begin:end], label, story, begin))
    return clean, tuple(found)


def faults(sample: Sample) -> list[str]:
    """Return what is wrong with a sample, in words: ranges, order, white space, stories that interleave, truths."""
    wrong = []
    text, end, seen, current = sample.text, 0, -1, -1
    for f in sample.fields:
        value = text[f.start : f.end]
        if f.label not in LABELS or f.label == "chrome":
            wrong.append(f"label {f.label!r}")
        if not end <= f.start < f.end <= len(text):
            wrong.append(f"range {f} after {end}")
        end = f.end
        if value != value.strip() or "\n" in value or "\r" in value:
            wrong.append(f"white space around or in {value!r}")
        if f.label in STORYLESS:
            if f.story != -1:
                wrong.append(f"{f} has a story")
            continue
        if f.story != current:
            if f.story != seen + 1:
                wrong.append(f"story {f.story} after {current}: stories interleave")
            seen = max(seen, f.story)
            current = f.story
    if seen + 1 != len(sample.stories):
        wrong.append(f"{seen + 1} stories have fields, {len(sample.stories)} have truths")
    else:
        shown = truths(text, sample.fields, [s["published_at"] for s in sample.stories])
        above = None
        for told, story in zip(sample.stories, shown, strict=True):
            above = story["source"] or above
            if story["source"] is None and told["source"] == above:
                story["source"] = above  # named in a heading
            if story != told:
                wrong.append(f"truth {told} is not what the fields show: {story}")
    if re.search("[\ue001-\ue019]", text):
        wrong.append("marks left in the text")
    return wrong


def render(chosen: Layout, rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Sample:
    """Return the sample of a text layout."""
    drawn = chosen.draw(rng, stories, ui, lang_ui)
    if isinstance(drawn, Sample):
        return drawn._replace(layout=chosen.name, family=chosen.family)
    lang = stories[0].lang if stories else "en"
    return drawn.sample(chosen.name, chosen.family, lang, drawn.chrome, stories)
