"""Blurb files: short texts with nothing round them, one a line or set apart somehow.

How the blurbs are set apart is read from the whole file, never from one line:
a numbered or bulleted list, rules between them, blank lines between blocks,
hard-wrapped lines, or one blurb a line. A leading headline or byline is taken
as such only if most blurbs of the file have one, so that a sentence cut short
is never mistaken for a title. A dateline stays where it is, in the body.
"""

import collections
import itertools
import math
import re
import statistics
import unicodedata
from typing import NamedTuple

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.lists.days import ticker
from feedmill.transforms.formats.lists.mail import of_mail, without
from feedmill.transforms.formats.settings import Settings
from feedmill.transforms.rows.story import Removed, Span, Split, Story
from feedmill.transforms.text.bylines import byline
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.lines import (
    SENTENCE_END,
    Line,
    Wrap,
    bullet,
    columns,
    ends_sentence,
    is_rule,
    join,
    numbered,
    read_lines,
)
from feedmill.transforms.text.spans import tile
from feedmill.transforms.text.stamps import read_stamp
from feedmill.transforms.text.urls import canonical_url

_MAX_WRAP = 132  # columns: the widest that people and programs wrap text at
_MAX_HEADLINE = 200  # characters
# a headline may ask, exclaim or be cut, and ends with no other mark
_NO_HEADLINE = SENTENCE_END.difference("?!…？！؟‼⁇⁈⁉").union(",，،;；:：")
_LEAST, _MOST = 36, 110  # letters that half of a list's headlines have at least, and at most
_MANY = 8  # headlines that make a list by themselves
_MAX_LABEL = 60  # columns of a section's heading

_URL = re.compile(r"<?(https?://[^\s<>]+)>?")
_NEXT_SENTENCE = re.compile(r"[.!?…]\W{0,3}\s(\w)")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{3,300})(?<=\S)\1[\s:–—-]{0,4}")
_LINK = re.compile(r"\[([^\[\]]{3,300})\]\(<?(https?://[^\s()<>]+)>?\)")  # Markdown's
_HEADING = re.compile(r"#{1,6}\s+(?=\S)")


class Entry(NamedTuple):
    """One blurb: its lines, marks cut off, and where the mark was."""

    lines: tuple[Line, ...]
    mark: tuple[int, int] | None = None
    whole: bool = False  # a story with its headline and paragraphs, among blurbs that have none


class Layout(NamedTuple):
    """How a file sets its blurbs apart, and what that makes of it."""

    kind: str  # headings | numbered | bulleted | ruled | blocks | wrapped | lines
    entries: tuple[Entry, ...]
    outside: tuple[Line, ...]  # lines that belong to no blurb: a list's heading
    marks: tuple[tuple[int, int], ...]  # bullets, numbers and rules
    wrap: Wrap | None


def split_blurbs(doc: Document, name: str, settings: Settings) -> Split:
    """Returns the blurbs of a file, in order.

    Raises:
        Rejected: NO_STORIES if no line holds a letter or digit.

    >>> from feedmill.transforms.text.decode import decode
    >>> from feedmill.transforms.rows.story import Snapshot
    >>> got = split_blurbs(decode(Snapshot("a", b"* Rates held, again.\\n* Rain fell.\\n")), "blurbs", Settings())
    >>> [(s.form, s.title, s.body) for s in got.stories]
    [('blurb', None, 'Rates held, again.'), ('blurb', None, 'Rain fell.')]
    """
    lines = read_lines(doc.text)
    around = of_mail(lines)
    layout = lay_out(without(lines, around))
    layout = layout._replace(outside=(*layout.outside, *around))
    titled = _headed(layout)
    signed, bold = _signed(layout, titled), _bold(layout)
    linked, headlines = _linked(layout), are_headlines(layout)
    found: list[tuple[int, int, Entry | str]] = [(line.start, line.end, "chrome") for line in layout.outside]
    found += [(entry.lines[0].start, entry.lines[-1].end, entry) for entry in layout.entries]
    found += [(start, end, "markup") for start, end in layout.marks]
    found.sort(key=lambda part: (part[0], -part[1]))
    offsets = sorted({0, *(offset for start, end, _ in found for offset in (start, end))})
    byte = dict(zip(offsets, doc.byte_offsets(offsets), strict=True))
    spans = [Span(0, byte[0], "markup")]  # a byte order mark comes before the first character
    stories, removed = [], []
    open_until, open_kind = 0, "space"
    for start, end, what in found:
        first, last = byte[start], byte[end]
        if isinstance(what, Entry):
            story = _story(what, layout, titled, signed, bold, linked, first, last)
            open_until, open_kind = last, "story" if story else "markup"
            spans.append(Span(first, last, open_kind))
            if story and headlines and story.title is None:
                story = story._replace(form="headline", title=story.body, body=None)
            if story:
                stories.append(story)
            continue
        if first < open_until:  # a rule under a headline lies inside its story
            whole = spans.pop()
            spans += [Span(whole.start, first, open_kind), Span(first, last, what), Span(last, whole.end, open_kind)]
            continue
        spans.append(Span(first, last, what))
        if what == "chrome":
            removed.append(Removed(first, last, what, doc.text[start:end]))
    if not stories:
        raise Rejected(Reason.NO_STORIES, f"{len(layout.entries)} lines or blocks, none with text")
    return Split(
        format=name,
        encoding=doc.encoding,
        replaced_chars=doc.replaced_chars,
        stories=tuple(stories),
        spans=tile(len(doc.data), spans, "space"),
        removed=tuple(removed),
    )


# How the file is laid out


def lay_out(lines: list[Line]) -> Layout:
    r"""Decides how blurbs are set apart, and cuts the file accordingly.

    >>> lay_out(read_lines("1. Rain\n2. Wind\n")).kind, lay_out(read_lines("Rain\n---\nWind\n")).kind
    ('numbered', 'ruled')
    >>> [len(e.lines) for e in lay_out(read_lines("Rain fell\nall day\n\nWind blew\nall night")).entries]
    [1, 1, 1, 1]
    """
    ruled_off = [is_rule(line.text) for line in lines]
    plain = [line for line, rule in zip(lines, ruled_off, strict=True) if not rule]
    rules = tuple((line.start, line.end) for line, rule in zip(lines, ruled_off, strict=True) if rule)
    wrap = find_wrap(plain)
    headings = {n: found.end() for n, line in enumerate(plain) if (found := _HEADING.match(line.text))}
    for kind, heads in (
        ("headings", headings),
        ("numbered", _number_heads(plain)),
        ("bulleted", _bullet_heads(plain)),
    ):
        if heads and _is_list(plain, heads, wrap):
            return _cut_list(kind, plain, heads, rules, wrap)
    if rules and (ruled := _cut_rules(lines, rules, wrap)):
        return ruled
    return _cut_blocks(_bridge_rules(lines), rules, wrap)


def find_wrap(lines: list[Line]) -> Wrap | None:
    """Returns how the file was wrapped, or None if its lines end where their authors ended them.

    A wrap leaves no room for the next line's first word, and breaks inside
    sentences: the next line starts with a small letter or, in a script that has
    none, the line does not end a sentence. Blurbs that are cut at one length
    fill their lines too, but start with a capital.
    """
    pairs = [(a, b) for a, b in itertools.pairwise(lines) if not b.blank_before and not _marked(b.text)]
    if not pairs or any(len(line.text) > _MAX_WRAP for line in lines):
        return None
    wraps = [Wrap(max(Wrap(0, wide).size(line) for line in lines), wide) for wide in (True, False)]
    if all(line.text.isascii() for line in lines):
        wraps.pop()
    best = max(wraps, key=lambda wrap: sum(wrap.runs_on(a, b) for a, b in pairs))
    full = [(a, b) for a, b in pairs if best.runs_on(a, b)]
    if not 30 <= best.width <= _MAX_WRAP or len(full) < 0.4 * len(pairs):
        return None
    cased = [b for _, b in full if b.text[0].lower() != b.text[0].upper()]
    # not in German, whose nouns have capitals, nor in scripts that have none
    later = [b.text[0] for a, b in full if not a.blank_before]
    best = best._replace(capitals=bool(cased) and sum(c.isupper() for c in later) <= 0.25 * len(later))
    if len(cased) >= 0.3 * len(full):
        return best if sum(b.text[0].islower() for b in cased) >= 0.3 * len(cased) else None
    return best if sum(ends_sentence(a.text) for a, _ in full) <= 0.3 * len(full) else None


def _marked(text: str) -> bool:
    return bool(numbered(text) or bullet(text))


def _number_heads(lines: list[Line]) -> dict[int, int]:
    """Index of each line that carries the next number of a list -> characters the number takes."""
    found = [(n, *lead) for n, line in enumerate(lines) if (lead := numbered(line.text))]
    heads: dict[int, int] = {}
    last: int | None = None
    for n, value, size in found:
        # up or down by one, started again in a new section, or all "1." as Markdown allows
        if last is None or value in (last + 1, last - 1, 1) or (value == last == 1):
            heads[n] = size
            last = value
    return heads if len(heads) >= 2 and len(heads) >= 0.7 * len(found) else {}


def _bullet_heads(lines: list[Line]) -> dict[int, int]:
    """Index of each line with the file's outermost bullet -> characters the bullet takes."""
    found = [(n, *lead) for n, line in enumerate(lines) if (lead := bullet(line.text))]
    if not found:
        return {}
    # a nested list has deeper bullets: the commonest mark at the smallest indent is the outer one
    edge = min(lines[n].indent for n, *_ in found)
    # channels give each item its own emoji: they all count as one
    outer = [(n, "" if mark > "\u2300" else mark, size) for n, mark, size in found if lines[n].indent <= edge + 1]
    mark, count = collections.Counter(mark for _, mark, _ in outer).most_common(1)[0]
    return {n: size for n, m, size in outer if m == mark} if count > 1 else {}


def _is_list(lines: list[Line], heads: dict[int, int], wrap: Wrap | None) -> bool:
    """True if the list is what the file is made of, not a few lines inside prose."""
    edge = min(lines[n].indent for n in heads)
    before = after = 0
    seen = False
    for n, line in enumerate(lines):
        if n in heads:
            seen = True
        elif (seen and line.indent > edge) or (
            n and wrap and not line.blank_before and wrap.runs_on(lines[n - 1], line)
        ):
            continue
        elif seen:
            after += 1
        else:
            before += 1
    return len(heads) >= 2 and before <= 5 and after <= 3 * len(heads)


def _cut_list(
    kind: str, lines: list[Line], heads: dict[int, int], rules: tuple[tuple[int, int], ...], wrap: Wrap | None
) -> Layout:
    edge = min(lines[n].indent for n in heads)

    def stray(n: int) -> bool:
        line = lines[n]
        apart = n not in heads and line.blank_before > 0 and line.indent <= edge
        return apart and not ends_sentence(line.text) and columns(line.text[:_MAX_LABEL]) < _MAX_LABEL

    # A loose line is a section's heading and ends the item, unless most items have one: then it is part of them
    first = min(heads)
    loose = sum(stray(n) for n in range(first, len(lines))) >= 0.5 * len(heads)
    groups: list[list[Line]] = []
    marks: list[tuple[int, int]] = []
    outside: list[Line] = []
    closed = True
    for n, line in enumerate(lines):
        if n in heads:
            size = heads[n]
            marks.append((line.start, line.start + size))
            groups.append([line._replace(start=line.start + size, text=line.text[size:], indent=line.indent + size)])
            closed = False
        elif closed or (not loose and stray(n)):
            outside.append(line)
            closed = True
        else:
            groups[-1].append(line)
    whole = [_is_over_text(group[:3]) for group in groups]
    mixed = 2 * sum(whole) < len(whole)  # else all are alike, and read as such
    entries = tuple(
        Entry(tuple(group), mark, mixed and is_whole)
        for group, mark, is_whole in zip(groups, marks, whole, strict=True)
    )
    return Layout(kind, entries, tuple(outside), tuple(marks) + rules, wrap)


def _cut_rules(lines: list[Line], rules: tuple[tuple[int, int], ...], wrap: Wrap | None) -> Layout | None:
    """Cuts at rules, or returns None if the rules only mark sections or underline headings."""
    chunks: list[list[Line]] = [[]]
    underlines = 0
    for n, line in enumerate(lines):
        if is_rule(line.text):
            above = lines[n - 1] if n else None
            below = lines[n + 1] if n + 1 < len(lines) else None
            underlines += bool(
                above
                and below
                and not (line.blank_before or below.blank_before or is_rule(above.text) or is_rule(below.text))
                and (above.blank_before or n == 1)
                and len(above.text) <= _MAX_HEADLINE
                and not ends_sentence(above.text)
            )
            chunks.append([])
        else:
            chunks[-1].append(line)
    chunks = [chunk for chunk in chunks if chunk]
    if len(chunks) < 2 or (len(rules) > 1 and underlines >= 0.6 * len(rules)):
        return None
    if statistics.median(len(_blocks(chunk)) if wrap or _loose(chunk) else len(chunk) for chunk in chunks) > 4:
        return None
    # the file's own heading stands above the first rule: short, and not a sentence where the rest are
    title, *rest = ("".join(line.text for line in chunk) for chunk in chunks)
    closed = sum(map(ends_sentence, rest)) >= 0.8 * len(rest)
    outside: list[Line] = []
    if len(rest) > 1 and closed and not ends_sentence(title) and len(title) <= min(60, 0.4 * len(min(rest, key=len))):
        outside = chunks.pop(0)
    return Layout("ruled", tuple(Entry(tuple(chunk)) for chunk in chunks), tuple(outside), rules, wrap)


def _loose(lines: list[Line]) -> bool:
    return any(line.blank_before for line in lines[1:])


def _bridge_rules(lines: list[Line]) -> list[Line]:
    """Drops rules; one between blocks counts as a blank line, one under a heading does not."""
    kept: list[Line] = []
    gap = 0
    for line in lines:
        if is_rule(line.text):
            gap += line.blank_before
            continue
        kept.append(line._replace(blank_before=line.blank_before + gap))
        gap = 0
    return kept


def _blocks(lines: list[Line], gap: int = 1) -> list[list[Line]]:
    """Groups of lines with fewer than `gap` blank lines inside."""
    blocks: list[list[Line]] = []
    for line in lines:
        if blocks and line.blank_before < gap:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _cut_blocks(lines: list[Line], marks: tuple[tuple[int, int], ...], wrap: Wrap | None) -> Layout:
    """Cuts at wide gaps, blank lines, ends of wrapped paragraphs or ends of lines, whichever the file uses."""
    blocks = _blocks(lines)
    if len(blocks) < 2:
        groups = [run for block in blocks for run in _runs(block, wrap)] if wrap else [[line] for line in lines]
        return Layout("wrapped" if wrap else "lines", _entries(groups), (), marks, wrap)
    wide = _blocks(lines, gap=2)
    if 2 < len(wide) < len(blocks) and len(blocks) <= 4 * len(wide):
        return Layout("blocks", _entries(wide), (), marks, wrap)
    if paired := _pairs(blocks):
        return Layout("blocks", _entries(paired), (), marks, wrap)
    headed = [_headline(block, wrap) > 0 for block in blocks]
    apart = set(_sections(blocks, headed))
    kept = [block for n, block in enumerate(blocks) if n not in apart]
    if wrap or sum(headed) >= 0.6 * len(kept):
        return Layout("blocks", _entries(kept), tuple(line for n in sorted(apart) for line in blocks[n]), marks, wrap)
    whole = _whole_stories(blocks)
    entries: list[Entry] = []
    at = 0
    while at < len(blocks):
        end = whole.get(at, at + 1)
        lines_here = tuple(itertools.chain.from_iterable(blocks[at:end]))
        entries += [Entry(lines_here, whole=True)] if at in whole else [Entry((line,)) for line in lines_here]
        at = end
    return Layout("lines", tuple(entries), (), marks, wrap)


def _sections(blocks: list[list[Line]], headed: list[bool]) -> list[int]:
    """Which blocks are no story, where stories have a headline over their text: the headings of sections, as "SPORTS",
    the name of the whole above them, a farewell below."""
    stories = [block for block, has_headline in zip(blocks, headed, strict=True) if has_headline]
    closed = sum(ends_sentence(block[-1].text) for block in stories)
    if len(stories) < 3 or closed < 0.8 * (len(stories) - 1):
        return []
    found = [n for n, block in enumerate(blocks[:-1]) if len(block) == 1]
    # if only some of the lines that stand alone are labels, they may all be headlines without a text
    if len(found) < 2 or not all(_is_label(blocks[n][0]) for n in found):
        return []
    if found[0] == 1 and not ends_sentence(blocks[0][-1].text):
        found.insert(0, 0)
    if len(blocks[-1]) == 1 and not ends_sentence(blocks[-1][0].text):
        found.append(len(blocks) - 1)
    return found


def _is_label(line: Line) -> bool:
    """True for the heading of a section: a word or two, or all in capitals."""
    if ends_sentence(line.text) or not any(map(str.isalpha, line.text)):
        return False
    size = columns(line.text[: _MAX_LABEL + 1])
    return size <= _MAX_LABEL if line.text.isupper() else size <= 20 and len(line.text.split()) <= 2


def _whole_stories(blocks: list[list[Line]]) -> dict[int, int]:
    """Stories in full among blurbs that stand line under line: the block of each headline -> the one after its text.

    Blank lines set such a story apart and part its paragraphs. Where they part the blurbs too they tell nothing.
    """
    found: dict[int, int] = {}
    n = 0
    while n < len(blocks):
        end = n + 1
        if _is_over_text([line for block in blocks[n : n + 3] for line in block]):
            while end < len(blocks) and _is_paragraph(blocks[end]):
                end += 1
        if end > n + 2:
            found[n] = end
            n = end
        else:
            n += 1
    inside = {n for first, end in found.items() for n in range(first, end)}
    packed = [len(block) > 1 for n, block in enumerate(blocks) if n not in inside]
    return found if packed and sum(packed) >= 0.5 * len(packed) else {}


def _is_paragraph(block: list[Line]) -> bool:
    return len(block) == 1 and ends_sentence(block[0].text)


def _is_over_text(lines: list[Line]) -> bool:
    """True for a headline with two paragraphs under it, blank lines between, that are longer than it."""
    if len(lines) != 3 or not is_headline(lines[0].text) or is_url(lines[0].text):
        return False
    return all(line.blank_before and is_prose(line.text) and len(line.text) > len(lines[0].text) for line in lines[1:])


def _entries(groups: list[list[Line]]) -> tuple[Entry, ...]:
    return tuple(Entry(tuple(group)) for group in groups)


def _pairs(blocks: list[list[Line]]) -> list[list[Line]]:
    """Headline and text as blocks of their own, by turns: joins each pair; [] if the file is not made so."""
    if len(blocks) < 4 or len(blocks) % 2:
        return []
    pairs = list(zip(blocks[::2], blocks[1::2], strict=True))
    sizes = [(sum(len(line.text) for line in a), sum(len(line.text) for line in b)) for a, b in pairs]
    shorter = sum(a < b for a, b in sizes)
    share = sum(a for a, _ in sizes) / sum(b for _, b in sizes)
    closed = sum(ends_sentence(b[-1].text) for _, b in pairs)
    # blurbs cut in mid sentence look like headlines: then only a clear difference in length tells
    limit = 0.7 if closed >= 0.6 * len(pairs) else 0.5 if len(pairs) > 3 and shorter >= 0.9 * len(pairs) else 0.35
    if shorter < 0.8 * len(pairs) or share > limit:
        return []
    fits = sum(is_headline(join([line.text for line in a])) for a, _ in pairs)
    return [a + b for a, b in pairs] if fits >= 0.8 * len(pairs) else []


def _runs(lines: list[Line], wrap: Wrap) -> list[list[Line]]:
    """Wrapped paragraphs with no blank line between: each ends where the next word would have had room."""
    starts = [0, *(n for n in range(1, len(lines)) if not wrap.runs_on(lines[n - 1], lines[n]))]
    # A last line may be full by chance. Where hardly a blurb has two sentences, the end of one ends the blurb
    inside = sum(found[1].lower() != found[1] for line in lines for found in _NEXT_SENTENCE.finditer(line.text))
    if inside <= 0.3 * len(starts):
        full = {n for n in range(1, len(lines)) if ends_sentence(lines[n - 1].text) and not lines[n].text[0].islower()}
        starts = sorted(full.union(starts))
    heads = set(starts)
    # with a hanging or first-line indent, the indent tells as much, and tells it of lines that are full by chance
    own = collections.Counter(lines[n].indent for n in starts).most_common(1)[0][0]
    rest = [line.indent for n, line in enumerate(lines) if n not in heads]
    if rest and collections.Counter(rest).most_common(1)[0][0] != own:
        heads = {n for n, line in enumerate(lines) if line.indent == own} | {0}
    groups: list[list[Line]] = []
    for n, line in enumerate(lines):
        if n in heads:
            groups.append([])
        groups[-1].append(line)
    return groups


# What a blurb says of itself


def _dateline(text: str) -> bool:
    """True for a dateline that stands alone: "KYIV, Ukraine (AP) —", "LONDON, March 3"."""
    if text[-1] in "-–—―":
        return True
    place = re.split(r"[,(]", text, maxsplit=1)
    return len(place) == 2 and place[0].isupper() and not place[1].isupper()


def is_headline(text: str) -> bool:
    """True for a line that may be a headline: short, and neither a sentence nor a dateline."""
    return 3 <= len(text) <= _MAX_HEADLINE and text[-1] not in _NO_HEADLINE and not _dateline(text)


def _headline(lines: list[Line] | tuple[Line, ...], wrap: Wrap | None) -> int:
    """How many lines at the start may be a headline over the others; 0 if none."""
    size = _first_break(lines, wrap) if wrap else 1
    if not 0 < size < len(lines):
        return 0
    title = join([line.text for line in lines[:size]])
    below = sum(len(line.text) for line in lines[size:])
    return size if is_headline(title) and not is_url(title) and below >= min(60, len(title)) else 0


def _first_break(lines: list[Line] | tuple[Line, ...], wrap: Wrap) -> int:
    """How many wrapped lines there are before the author's own first break; 0 if there is none in four.

    That is a break where the next word had room. A headline may fill its line by
    chance; then all there is to see is that what follows starts with a capital.
    """
    near = range(1, min(4, len(lines)))
    for n in near:
        if lines[n].blank_before or not wrap.runs_on(lines[n - 1], lines[n]):
            return n
    return 1 if near and wrap.capitals and lines[1].text[0].isupper() else 0


def _headed(layout: Layout) -> bool:
    entries = layout.entries
    return len(entries) > 1 and sum(_headline(e.lines, layout.wrap) > 0 for e in entries) >= 0.6 * len(entries)


def are_headlines(layout: Layout) -> bool:
    """True if each blurb is a headline alone: one line that starts and ends as they do, of their usual length.

    Blurbs cut at one length have that length; names, menus and most verse are shorter, stanzas have gaps between them,
    verse and prose go on from line to line, and lists of contents end with numbers.
    """
    heads = [entry.lines[0] for entry in layout.entries if len(entry.lines) == 1]
    if layout.kind not in ("lines", "blocks", "numbered", "bulleted") or len(heads) < max(5, len(layout.entries)):
        return False
    texts = [line.text for line in heads]
    # a wide character says as much as three letters
    sizes = [2 * columns(text[:_MAX_HEADLINE]) - len(text[:_MAX_HEADLINE]) for text in texts]
    median = statistics.median(sizes)
    apart = sum(line.blank_before > 0 for line in heads[1:]) / (len(heads) - 1)
    return (
        _LEAST <= median <= _MOST
        and max(sizes) >= 1.2 * median
        and not 0.1 < apart < 0.8
        and sum(map(_is_headline_alone, texts)) >= 0.85 * len(texts)
        and sum(_first_lower(text) in _GOES_ON for text in texts) <= 0.1 * len(texts)
        and sum(text[-1].isdigit() for text in texts) <= 0.5 * len(texts)
        and len(set(texts)) >= 0.7 * len(texts)
    )


def _is_headline_alone(text: str) -> bool:
    first = next((c for c in text if c.isalnum()), "a")
    if first.islower() or text[0] in "%*/;=<>|\\~^_+&" or "\t" in text or "   " in text:
        return False
    words = len(text.split()) >= 3 or not text.isascii()
    return words and is_headline(text) and _share_of_letters(text) >= 0.75 and not _NEXT_SENTENCE.search(text)


def _bold(layout: Layout) -> bool:
    """True if most blurbs start with words in Markdown's bold."""
    return 2 * sum(bool(_EMPHASIS.match(entry.lines[0].text)) for entry in layout.entries) > len(layout.entries)


def _linked(layout: Layout) -> bool:
    """True if most blurbs start with a link as Markdown writes it: what it shows is a title."""
    return 2 * sum(bool(_LINK.match(entry.lines[0].text)) for entry in layout.entries) > len(layout.entries)


def links_shown(text: str) -> tuple[str, str | None]:
    """Returns a line with its Markdown links as what they show, and where the first of them leads.

    >>> links_shown("[Rates held](https://a.example/b) - BBC"), links_shown("Rates held")
    (('Rates held - BBC', 'https://a.example/b'), ('Rates held', None))
    """
    found = _LINK.search(text) if "](" in text else None
    return (_LINK.sub(r"\1", text), found[2]) if found else (text, None)


def link_first(text: str) -> tuple[str, str] | None:
    """Returns what a line's Markdown link shows and what stands behind it, if the line starts with one; or None.

    >>> link_first("[Rates held](https://a.example/b) - BBC"), link_first("see [this](https://a.example/b)")
    (('Rates held', 'BBC'), None)
    """
    found = _LINK.match(text)
    return (found[1], text[found.end() :].strip(" :,–—-")) if found else None


def is_url(text: str) -> str | None:
    """Returns the address that a line is and nothing else, or None.

    >>> is_url("<https://a.example/b>"), is_url("see https://a.example")
    ('https://a.example/b', None)
    """
    found = _URL.fullmatch(text)
    return found[1] if found else None


def _signed(layout: Layout, titled: bool) -> bool:
    """True if bylines are the file's habit; one alone may be the start of a sentence."""
    below = [e.lines[_headline(e.lines, layout.wrap) if titled else 0 :] for e in layout.entries]
    below = [lines for lines in below if len(lines) > 1]
    return bool(below) and sum(bool(byline(lines[0].text)) for lines in below) >= 0.3 * len(below)


def _story(
    entry: Entry, layout: Layout, titled: bool, signed: bool, bold: bool, linked: bool, first: int, last: int
) -> Story | None:
    lines = list(entry.lines)
    title: str | None = None
    authors: tuple[str, ...] = ()
    url: str | None = None
    if (titled or entry.whole) and (size := _headline(lines, layout.wrap)):
        title = clean(join([line.text for line in lines[:size]]))
        del lines[:size]
    if signed and len(lines) > 1 and (authors := byline(lines[0].text)):
        lines.pop(0)
    if len(lines) > 1 and (url := is_url(lines[-1].text)):
        lines.pop()
    if title is None and linked and (lead := _LINK.match(lines[0].text)):
        title, url = clean(lead[1]), lead[2]
        lines[0] = lines[0]._replace(text=lines[0].text[lead.end() :].lstrip(" :–—-"))
    if title is None and bold and (lead := _EMPHASIS.match(lines[0].text)):
        below = lines[0].text[lead.end() :]
        if below or len(lines) > 1:
            title = clean(lead[2]).rstrip(":.")
            lines[0] = lines[0]._replace(text=below)
    body = text_of([line for line in lines if line.text], layout.wrap)
    if not any(c.isalnum() for c in (title or "") + body):
        return None
    return Story(
        byte_start=first,
        byte_end=last,
        form="full" if entry.whole else "blurb" if title is None else "teaser" if body else "headline",
        title=title,
        body=body or None,
        authors=authors,
        url=url and canonical_url(url),
        url_raw=url,
        confidence=_confidence(entry, layout, body),
    )


def clean(text: str) -> str:
    """Drops the marks of Markdown that lead or wrap a whole line.

    >>> clean("## **Rates held**"), clean("__init__ *is* kept")
    ('Rates held', '__init__ *is* kept')
    """
    text = _HEADING.sub("", text, count=1)
    return whole[2] if (whole := _EMPHASIS.fullmatch(text)) else text


def text_of(lines: list[Line], wrap: Wrap | None = None) -> str:
    """Returns the text of lines: paragraphs with a blank line between, lines that were wrapped joined."""
    paragraphs: list[list[str]] = []
    for n, line in enumerate(lines):
        # a line that was not wrapped and closes its sentence is a paragraph
        if n and not line.blank_before and (wrap or not ends_sentence(lines[n - 1].text)):
            paragraphs[-1].append(line.text)
        else:
            paragraphs.append([line.text])
    return "\n\n".join(join(paragraph) for paragraph in paragraphs)


def _confidence(entry: Entry, layout: Layout, body: str) -> float:
    """How sure the bounds are: by what sets blurbs apart, less for a text too short or too long to be one."""
    sure = {
        "headings": 0.85,
        "numbered": 0.95,
        "bulleted": 0.95,
        "ruled": 0.95,
        "blocks": 0.85,
        "lines": 0.85,
        "wrapped": 0.6,
    }
    size = columns(body[:2001])
    return round(sure[layout.kind] * (1.0 if 30 <= size <= 2000 else 0.7), 2)


# Whether a file is one of blurbs

_SAMPLE = 100_000  # characters that are looked at
_WORD = re.compile(r"[^\W\d_]+")
_QUOTE = frozenset("\"“”«»„‘’'—–―「『")
# Words that open a paragraph which goes on from the one before it: "he", "she", "they", "but", "however", "also"
_GOES_ON = frozenset(
    re.split(
        r"\s+",
        "he she they but and however also meanwhile his her their still yet so then moreover furthermore instead "
        "il elle ils elles mais et cependant toutefois pourtant ainsi enfin puis or er sie aber und doch dabei auch "
        "dann jedoch zudem außerdem él ella ellos pero también además ello lui lei essi ma però inoltre anche ele ela "
        "eles mas também он она они но однако также при він вона вони але також hij zij maar ook echter ona oni ale "
        "jednak han hun men onu ama dia mereka namun",
    )
)
# what programs write and prose does not: braces, operators, calls, joined_names
_CODE = re.compile(r"[{}\\<>=|]|\w\(|\w_\w|;$|::", re.MULTILINE)


def looks_like_blurbs(text: str) -> float:
    """Returns how likely a text is a file of blurbs, 0 to 1: 0.5 and more is yes, and less is told as 0.

    Two questions. Are its parts prose, and not code, logs, tables or verse? And
    do they stand alone, or does one go on from the other? A story's paragraphs
    vary in length, some are very short, some start with a quotation or with a
    word such as "he" or "but", and neighbours share words; blurbs are of
    comparable length, and some break off in mid sentence. The weights were set
    by hand on 24 articles against 212 sets of teasers and sentences in 57
    languages, where they tell 98 % and 96 % right.

    >>> looks_like_blurbs("The river rose overnight by two metres, officials said.\\n"
    ...                   "Ministers will meet on Friday to discuss the price of bread.") > 0.5
    True
    >>> looks_like_blurbs("import os\\nimport sys\\n\\nprint(os.getcwd())\\n")
    0.0
    """
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r"))]
    lines = read_lines(sample)
    layout = lay_out(without(lines, of_mail(lines)))
    parts = [join([line.text for line in entry.lines]) for entry in layout.entries if not entry.whole]
    # a list's heading has few lines; sections have one each, and a title and a farewell round them
    if len(parts) < 2 or len(layout.outside) > len(parts) * (2 if layout.kind == "blocks" else 1):
        return 0.0
    if _told_apart(layout):
        return 0.0
    if layout.kind in ("numbered", "bulleted") and _linked(layout):
        behind = [link[1] for entry in layout.entries if (link := link_first(entry.lines[0].text))]
        # with dates it is a list of another kind, if that reads it
        return 0.55 if any(map(read_stamp, behind)) else 0.9
    if len(parts) >= _MANY and are_headlines(layout):
        return 0.6
    marked = layout.kind in ("numbered", "bulleted", "ruled")
    share = sum(map(is_prose, parts)) / len(parts)
    if share < (0.7 if marked else 0.8):
        return 0.0
    alone = _stand_alone(parts, short=25 if marked else 45)
    if marked:  # what is set apart by a mark stands alone by its author's word
        alone = 1.5 + alone / 2
    sure = round(share / (1 + math.exp(-alone)), 4)
    return sure if sure >= 0.5 else 0.0


def _told_apart(layout: Layout) -> bool:
    """True for a list of another kind: most parts have a line with a date, age or time, or end with the same
    button."""
    count = len(layout.entries)
    dated = sum(any(read_stamp(line.text) for line in entry.lines) for entry in layout.entries)
    ends = collections.Counter(entry.lines[-1].text for entry in layout.entries if len(entry.lines) > 1)
    if ticker([line for entry in layout.entries for line in entry.lines]):
        return True
    return 2 * dated >= count or (len(ends) > 0 and ends.most_common(1)[0][1] >= max(2, 0.5 * count))


def is_prose(part: str) -> bool:
    """True for a sentence or a few: mostly letters, several words, nothing that programs write."""
    if not 20 <= columns(part[:2001]) <= 2000 or part[-1] in "{};\\" or part.startswith(("//", "/*")):
        return False
    if sum(1 for _ in itertools.islice(_CODE.finditer(part), 3)) == 3:
        return False
    if _share_of_letters(part) < 0.8:
        return False
    words = _WORD.findall(part)
    return len(words) >= 5 or columns("".join(words)) >= 1.5 * len(part)


def _share_of_letters(text: str) -> float:
    """Of letters with what is written above and below them, and the spaces between words.

    >>> _share_of_letters("Prix : 5")
    0.75
    """
    return sum(c.isalpha() or unicodedata.category(c) in ("Mn", "Mc", "Zs") for c in text) / len(text)


def _stand_alone(parts: list[str], short: int) -> float:
    """Log-odds that `parts` are stories of their own, and not the paragraphs of one."""
    count = len(parts)
    sizes = [columns(part) for part in parts]
    mean = sum(sizes) / count
    spread = math.sqrt(sum((size - mean) ** 2 for size in sizes) / count) / mean
    sets = [_stems(part) for part in parts]
    seen = collections.Counter(itertools.chain.from_iterable(sets))
    # what all parts share is their subject or their language's small words, and tells nothing
    rare = [{stem for stem in stems if seen[stem] <= max(2, count // 4)} for stems in sets]
    linked = _overlap(rare, 1) - _overlap(rare, 3)
    title = not ends_sentence(parts[0]) and sizes[0] < 0.6 * statistics.median(sizes)
    return (
        2.6
        - min(2.5, 5 * max(0.0, spread - 0.3))
        - 10 * sum(size < short for size in sizes) / count
        - 8 * sum(part[0] in _QUOTE for part in parts) / count
        - 10 * sum(_first_lower(part) in _GOES_ON for part in parts) / count
        - 1.5 * title
        - min(2.0, 12 * max(0.0, linked))
        + 2 * sum(not ends_sentence(part) for part in parts) / count
    )


def _first_lower(part: str) -> str:
    found = _WORD.search(part, 0, 30)
    return found[0].lower() if found else ""


def _stems(part: str) -> set[str]:
    words = [word for word in _WORD.findall(part.lower()) if len(word) >= 4]
    if len(words) < 3:  # a script without spaces
        letters = "".join(words)
        words = [letters[n : n + 2] for n in range(len(letters) - 1)]
    return {word[:6] for word in words}


def _overlap(sets: list[set[str]], distance: int) -> float:
    """Mean share of words that parts `distance` apart have in common; 0 if there are none."""
    pairs = list(zip(sets, sets[distance:], strict=False))
    return statistics.fmean(len(a & b) / (min(len(a), len(b)) or 1) for a, b in pairs) if pairs else 0.0
