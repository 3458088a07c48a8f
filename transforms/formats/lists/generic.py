"""Stories in the text of any other reader, newsletter or digest: no interface that is known, only repeated shapes.

Two kinds of evidence. First, stamps: the small lines that say where a story is
from and when ("The Verge / 3h"). Where they recur, each belongs to one story,
and how the lines lie round them tells where stories start. Second, without
stamps, a list or blocks with a headline over each text. What shows neither is
declined: it is prose, and one story perhaps, but not several.

Confidence is low throughout (0.4 to 0.8), and says how regular the text is.
An age ("3h") is kept as it stands and gives no date: nothing says since when.
"""

import collections
import itertools
import re
import statistics
from typing import NamedTuple

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.lists.blurbs import (
    Entry,
    Layout,
    clean,
    is_headline,
    is_prose,
    is_url,
    lay_out,
    link_first,
    links_shown,
    text_of,
)
from feedmill.transforms.formats.lists.days import dated, headings, ticker
from feedmill.transforms.formats.lists.mail import of_mail, without
from feedmill.transforms.formats.settings import Settings
from feedmill.transforms.rows.story import Removed, Span, Split, Story
from feedmill.transforms.text.bylines import byline
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.lines import Line, bullet, columns, ends_sentence, is_rule, numbered, read_lines
from feedmill.transforms.text.spans import tile
from feedmill.transforms.text.stamps import Stamp, read_stamp
from feedmill.transforms.text.urls import canonical_url

_BUTTON = 40  # columns of the longest button
_NAME = 60  # and of the longest name of a source
_NO_STAMP = Stamp("", None, (), (), "", None)
_SITE = re.compile(r"\s\(((?:[\w-]{1,63}\.){1,4}[a-z]{2,24})(?:/[^\s()]*)?\)$")
_FLOOR = 0.4  # below this confidence a text is declined


class Shape(NamedTuple):
    """How a text is cut: the lines of each story, and those of none."""

    stories: tuple[tuple[Line, ...], ...]
    outside: tuple[Line, ...]
    marks: tuple[tuple[int, int], ...]
    stamps: dict[int, Stamp]  # by the start of their line
    confidence: float


class _Parts(NamedTuple):
    """What the lines of one story are."""

    title: str | None
    body: str | None
    source: str | None
    authors: tuple[str, ...]
    url: str | None
    stamp: Stamp | None
    dropped: tuple[Line, ...]


def split_generic(doc: Document, name: str, settings: Settings) -> Split:
    """Returns the stories of a text that shows several, in its order.

    Raises:
        Rejected: NO_STORIES if the text shows no repeated shape.

    >>> from feedmill.transforms.text.decode import decode
    >>> from feedmill.transforms.rows.story import Snapshot
    >>> text = "Rates hold\\nReuters / 3h\\nNo change.\\nRain coming\\nBBC / 5h\\nWet.\\n"
    >>> got = split_generic(decode(Snapshot("a", text.encode())), "multi_story", Settings())
    >>> [(s.title, s.source_name, s.body, s.published_raw) for s in got.stories]
    [('Rates hold', 'Reuters', 'No change.', '3h'), ('Rain coming', 'BBC', 'Wet.', '5h')]
    """
    shape = find_shape(doc.text, settings.timezone)
    if shape is None:
        raise Rejected(Reason.NO_STORIES, "no shape that recurs: one story, or none")
    read = _read(shape)
    found: list[tuple[int, int, str, int | None]] = [(start, end, "markup", None) for start, end in shape.marks]
    found += [(line.start, line.end, "chrome", None) for line in shape.outside]
    for number, (lines, parts) in enumerate(zip(shape.stories, read, strict=True)):
        dropped = {line.start for line in parts.dropped}
        for line in lines:
            found.append((line.start, line.end, "chrome" if line.start in dropped else "story", number))
    found.sort(key=lambda part: part[:2])
    at = doc.byte_offsets([0, *(offset for start, end, *_ in found for offset in (start, end))])
    spans, removed = [Span(0, at[0], "markup")], []
    ranges: dict[int, tuple[int, int]] = {}
    for (start, end, kind, story), first, last in zip(found, at[1::2], at[2::2], strict=True):
        spans.append(Span(first, last, kind))
        if kind == "chrome":
            removed.append(Removed(first, last, kind, doc.text[start:end], story))
        elif story is not None:
            ranges[story] = (ranges.get(story, (first,))[0], last)
    stories = [_story(parts, ranges[n], shape.confidence) for n, parts in enumerate(read)]
    return Split(
        format=name,
        encoding=doc.encoding,
        replaced_chars=doc.replaced_chars,
        stories=tuple(stories),
        spans=tile(len(doc.data), spans, "space"),
        removed=tuple(removed),
    )


def _story(parts: _Parts, where: tuple[int, int], confidence: float) -> Story:
    when = parts.stamp.when if parts.stamp else None
    return Story(
        byte_start=where[0],
        byte_end=where[1],
        form="headline" if parts.body is None else "teaser" if parts.title else "blurb",
        title=parts.title,
        body=parts.body,
        authors=parts.authors,
        source_name=parts.source,
        url=parts.url and canonical_url(parts.url),
        url_raw=parts.url,
        published_at=when.at if when else None,
        published_raw=(parts.stamp.raw or None) if parts.stamp else None,
        published_precision=when.precision if when else None,
        published_zone=when.zone if when else None,
        confidence=confidence if parts.title else round(confidence * 0.7, 2),
    )


_SAMPLE = 100_000  # characters that are looked at


def looks_like_multi_story(text: str) -> float:
    """Returns how likely a text is a list of stories from a reader or newsletter, 0 to 1; 0 for what would be declined.

    >>> looks_like_multi_story("Rates hold\\nReuters / 3h\\nNo change.\\nRain coming\\nBBC / 5h\\nWet.\\n") >= 0.5
    True
    >>> looks_like_multi_story("It rained. The river rose, and then it fell again.")
    0.0
    """
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: max(sample.rfind("\\n"), sample.rfind("\\r"))]
    shape = find_shape(sample, "UTC")
    return shape.confidence if shape else 0.0


# Where stories start and end


def find_shape(text: str, zone: str) -> Shape | None:
    """Returns how the text is cut, or None if it shows no several stories."""
    lines = read_lines(text)
    around = of_mail(lines)
    shape = _shape(without(lines, around), zone)
    return shape and shape._replace(outside=(*shape.outside, *around))


def _shape(lines: list[Line], zone: str) -> Shape | None:
    rules = tuple((line.start, line.end) for line in lines if is_rule(line.text))
    plain = [line for line in lines if not is_rule(line.text)]
    stamps = {line.start: stamp for line in plain if (stamp := read_stamp(_shown(line), zone))}
    stamps |= ticker(plain)
    days = headings(plain, stamps)
    stamps = dated(stamps, days, zone)
    inner = [line for line in plain if line.start not in days]
    if linked := _linked(inner, zone):
        stamps = linked
    elif titled := _by_column(inner, stamps):
        # a date above them all is that of the list
        stamps = {at: titled.get(at, stamp) for at, stamp in stamps.items() if stamp.parts or at > min(titled)}
    inline = [at for at, stamp in stamps.items() if stamp.rest]
    if len(inline) < 0.8 * len(stamps) or len({stamps[at].rest for at in inline}) <= 0.5 * len(inline):
        # where titles have lines of their own, or the same comes again, this is a name, or a text that ends with a date
        for at in inline:
            stamp = stamps.pop(at)
            if stamp.rest and _is_name(stamp.rest):
                stamps[at] = stamp._replace(rest=None, names=(stamp.rest.rstrip(",:"), *stamp.names))
    if len(stamps) >= 2:
        for cut in (_by_line, _by_mark, _by_block, _by_offset):
            if (groups := cut(inner, stamps)) and (shape := _weigh(groups, plain, stamps, rules)):
                return shape
    return _without_stamps(lines, plain)


def _by_column(lines: list[Line], stamps: dict[int, Stamp]) -> dict[int, Stamp]:
    """The stamps with their titles, where most lines are stamps with the same parts ("headline - source - date").

    One such line does not tell a short headline from a source's name; all together do: headlines are longer, and hardly
    one comes twice. {} if the lines are not made so.
    """
    counts = collections.Counter(len(stamp.parts) for stamp in stamps.values())
    size = counts.most_common(1)[0][0] if counts else 0
    table = [stamp.parts for stamp in stamps.values() if len(stamp.parts) == size]
    if size < 2 or len(table) < max(2, 0.7 * len(stamps)):
        return {}
    # with headlines on lines of their own, the parts are names: "Reuters - Ana Silva - 3 May 2024"
    below = [line for line in lines if line.start > min(stamps) and line.start not in stamps]
    if sum(is_headline(line.text) and not is_url(line.text) for line in below) > 0.3 * len(table):
        return {}
    sizes = [statistics.median(map(columns, column)) for column in zip(*table, strict=True)]
    longest, second = sorted(sizes, reverse=True)[:2]
    at = sizes.index(longest)
    if longest < 1.5 * second or len({parts[at] for parts in table}) < 0.8 * len(table):
        return {}
    found: dict[int, Stamp] = {}
    for line in lines:
        stamp = stamps.get(line.start)
        if stamp and len(stamp.parts) >= size:
            last = at + len(stamp.parts) - size  # a headline may hold a dash of its own
            title = _between(_shown(line), stamp.parts, at, last)
            if title:
                found[line.start] = stamp._replace(rest=title, names=stamp.parts[:at] + stamp.parts[last + 1 :])
    return found


def _linked(lines: list[Line], zone: str) -> dict[int, Stamp]:
    """The stamps of a list of Markdown links, some or all with a date or source behind them; {} if it is no such list.

    The link tells which part is the title, also of a line that has nothing else.
    """
    found: dict[int, Stamp] = {}
    for line in lines:
        if link := link_first(_unmarked(line.text)):
            title, rest = link
            stamp = read_stamp(rest, zone) if rest else _NO_STAMP
            if stamp and not stamp.rest:
                found[line.start] = stamp._replace(rest=title)
    told = sum(stamp.raw != "" for stamp in found.values())
    return found if told and len(found) >= 2 and len(found) >= 0.6 * len(lines) else {}


def _shown(line: Line) -> str:
    return links_shown(_unmarked(line.text))[0]


def _between(text: str, parts: tuple[str, ...], first: int, last: int) -> str:
    """The stretch of `text` from one of its parts to another; "" if they are not in it as they stand."""
    start = end = 0
    for n, part in enumerate(parts[: last + 1]):
        begin = text.find(part, end)
        if begin < 0:
            return ""
        start = begin if n == first else start
        end = begin + len(part)
    return text[start:end]


def _unmarked(text: str) -> str:
    lead = numbered(text) or bullet(text)
    return text[lead[1] :] if lead else text


def _by_line(lines: list[Line], stamps: dict[int, Stamp]) -> list[list[Line]]:
    """One line a story, with its stamp in it; lines that follow belong to it."""
    heads = [line for line in lines if line.start in stamps and stamps[line.start].rest]
    if len(heads) < 2 or len(heads) < 0.8 * len(stamps):
        return []
    groups: list[list[Line]] = []
    for line in lines:
        if line.start in stamps and stamps[line.start].rest:
            groups.append([line])
        elif groups:
            groups[-1].append(line)
    return groups


def _by_mark(lines: list[Line], stamps: dict[int, Stamp]) -> list[list[Line]]:
    """The items of a numbered or bulleted list, if nearly all have one stamp."""
    layout = lay_out(lines)
    if layout.kind not in ("numbered", "bulleted"):
        return []
    whole = {line.end: line for line in lines}  # with their marks
    groups = [[whole[line.end] for line in entry.lines] for entry in layout.entries]
    ones = sum(sum(line.start in stamps for line in group) == 1 for group in groups)
    return groups if ones >= 0.8 * len(groups) else []


def _by_block(lines: list[Line], stamps: dict[int, Stamp]) -> list[list[Line]]:
    """Blocks between blank lines, if nearly all have one stamp: the widest gaps that fit."""
    for gap in sorted({line.blank_before for line in lines if line.blank_before}, reverse=True)[-6:]:
        blocks: list[list[Line]] = []
        for line in lines:
            if blocks and line.blank_before < gap:
                blocks[-1].append(line)
            else:
                blocks.append([line])
        ones = [block for block in blocks if sum(line.start in stamps for line in block) == 1]
        # a heading, a date or a farewell may stand alone, a story in two blocks may not
        if len(ones) >= 2 and len(ones) >= 0.7 * len(blocks) and all(len(block) > 1 for block in ones):
            return [_without_heading(ones, stamps), *ones[1:]]
    return []


def _without_heading(blocks: list[list[Line]], stamps: dict[int, Stamp]) -> list[Line]:
    """The first block without the list's heading: what it has above its stamp more than any other, and apart."""
    first, *others = ([line.start in stamps for line in block].index(True) for block in blocks)
    more = first - max(others)
    return blocks[0][more:] if more > 0 and blocks[0][more].blank_before else blocks[0]


def _by_offset(lines: list[Line], stamps: dict[int, Stamp]) -> list[list[Line]]:
    """Stories that start a fixed number of lines before their stamp, or that end with it."""
    places = [n for n, line in enumerate(lines) if line.start in stamps]
    options = [(_regular(lines, places, before), [n - before for n in places]) for before in (1, 0, 2, 3)]
    options.append((_regular_ends(lines, places), [0, *(n + 1 for n in places[:-1])]))
    score, starts = max(options, key=lambda option: option[0])
    if score < 0.8:
        return []
    if starts[0] == 0 and len(starts) > 1 and lines[1].blank_before and _is_one_more(lines, starts):
        starts[0] = 1  # the name of the list
    bounds = [*starts, len(lines)]
    return [lines[start:end] for start, end in itertools.pairwise(bounds)]


def _is_one_more(lines: list[Line], starts: list[int]) -> bool:
    """True if the first story starts with two headlines, and no other does."""
    doubles = [all(is_headline(line.text) for line in lines[start : start + 2]) for start in starts]
    return doubles[0] and not any(doubles[1:])


def _regular(lines: list[Line], places: list[int], before: int) -> float:
    """How well stories fit that start `before` lines above their stamp: 0 if not at all, up to 1.2."""
    starts = [n - before for n in places]
    if starts[0] < 0 or any(start <= place for start, place in zip(starts[1:], places, strict=False)):
        return 0.0
    heads = sum(_opens(lines, start, before) for start in starts) / len(starts)
    apart = sum(lines[n].blank_before > 0 for n in starts[1:]) / len(starts)
    # nothing is left over at the top
    whole = 0.2 if starts[0] == 0 else 0.1 if starts[0] <= 3 else 0.0
    return heads * 0.8 + whole + 0.2 * apart


def _opens(lines: list[Line], start: int, before: int) -> bool:
    """True if a story may start here: with a headline, or a headline and a source's name in either order."""
    if before >= 2:
        first, second = lines[start].text, lines[start + 1].text
        return any(_is_name(a) and is_headline(b) and len(a) < len(b) for a, b in ((first, second), (second, first)))
    at = start + (before == 0)
    return at < len(lines) and is_headline(lines[at].text) and columns(lines[at].text) >= 8


def _regular_ends(lines: list[Line], places: list[int]) -> float:
    """How well stories fit that end with their stamp."""
    starts = [0, *(n + 1 for n in places[:-1])]
    if any(start >= place for start, place in zip(starts, places, strict=True)):
        return 0.0
    heads = sum(is_headline(lines[n].text) and columns(lines[n].text) >= 8 for n in starts) / len(starts)
    return heads * 0.8 + 0.2 * (places[-1] == len(lines) - 1)


def _weigh(
    groups: list[list[Line]], lines: list[Line], stamps: dict[int, Stamp], rules: tuple[tuple[int, int], ...]
) -> Shape | None:
    """Puts a cut into shape, with its confidence; None if it is not that of stories."""
    used = {line.start for group in groups for line in group}
    outside = tuple(line for line in lines if line.start not in used)
    left = sum(len(line.text) for line in outside) / sum(len(line.text) for line in lines)
    shape = Shape(tuple(map(tuple, groups)), outside, rules, stamps, 0.5)
    titles = [parts.title for parts in _read(shape)]
    told = sum(title is not None and _is_title(title) for title in titles) / len(titles)
    distinct = len(set(titles)) / len(titles)
    posts = _are_posts(shape)
    if left > 0.5 or (not posts and (told < 0.6 or distinct < 0.5)):
        return None
    named = sum(bool(s.names or s.lead) for s in stamps.values()) / len(stamps)
    sure = 0.4 + 0.2 * told + 0.1 * named + 0.1 * (len(groups) >= 4) - 0.3 * left
    return shape._replace(confidence=round(sure, 2)) if sure >= _FLOOR else None


def _are_posts(shape: Shape) -> bool:
    """True for posts as a network shows them: who and when, and a text without a title below."""
    signed = sum(bool(shape.stamps[lines[0].start].names) for lines in shape.stories if lines[0].start in shape.stamps)
    texts = [text_of(list(lines[1:])) for lines in shape.stories]
    return signed == len(texts) >= 2 and sum(map(is_prose, texts)) >= 0.8 * len(texts)


def _is_name(text: str) -> bool:
    """True for a line that may be the name of a source."""
    return columns(text[: _NAME + 1]) <= _NAME and not ends_sentence(text)


def _is_title(text: str) -> bool:
    """True for two words and more, mostly letters."""
    letters = sum(c.isalpha() or c.isspace() for c in text)
    return letters >= 0.7 * len(text) and (len(text.split()) >= 2 or columns(text) >= 12)


def _without_stamps(lines: list[Line], plain: list[Line]) -> Shape | None:
    """A list, or blocks, each with a headline of its own."""
    layout: Layout = lay_out(lines)
    if layout.kind in ("lines", "blocks", "wrapped") and (groups := _by_button(plain)):
        layout = layout._replace(kind="buttons", entries=tuple(Entry(tuple(group)) for group in groups), outside=())
    groups = [list(entry.lines) for entry in layout.entries]
    if layout.kind in ("lines", "wrapped") or len(groups) < (2 if layout.kind != "blocks" else 3):
        return None
    shape = Shape(tuple(map(tuple, groups)), layout.outside, layout.marks, {}, 0.5)
    read = _read(shape)
    titles = [parts.title for parts in read if parts.title]
    bodies = [parts.body for parts in read if parts.body]
    if len(titles) < 0.8 * len(groups) or len(bodies) < 0.6 * len(groups) or len(set(titles)) < 0.7 * len(groups):
        return None
    closed = sum(map(ends_sentence, bodies)) >= 0.4 * len(bodies) or layout.kind == "buttons"
    if sum(map(_is_title, titles)) < 0.8 * len(titles) or not closed or sum(map(is_prose, bodies)) < 0.6 * len(bodies):
        return None
    # the questions of an interview stand over its answers
    if sum(title[-1] in "?？؟" for title in titles) >= 0.5 * len(titles):
        return None
    # headings over the chapters of one story have long texts under them, and neither addresses nor buttons
    size = statistics.median(map(len, bodies))
    left = sum(len(line.text) for line in layout.outside) / sum(len(line.text) for line in plain)
    linked = sum(bool(parts.url or parts.dropped) for parts in read) >= 0.5 * len(read)
    sure = {"numbered": 0.55, "bulleted": 0.5}.get(layout.kind, 0.4) + 0.1 * linked + 0.05 * (len(groups) >= 4)
    sure -= 0.2 * (size > 600) + 0.3 * left
    return shape._replace(confidence=round(sure, 2)) if sure >= _FLOOR else None


def _by_button(lines: list[Line]) -> list[list[Line]]:
    """Stories that all end with the same short line, as "Read more"; [] if the text has no such line."""
    counts = collections.Counter(line.text for line in lines if columns(line.text[: _BUTTON + 1]) <= _BUTTON)
    repeated = [(count, text) for text, count in counts.items() if count >= 2]
    if not repeated:
        return []
    # of several buttons under each story the last one ends it
    most = max(count for count, _ in repeated)
    last = {line.text: n for n, line in enumerate(lines)}
    button = max((text for count, text in repeated if count == most), key=lambda text: last[text])
    groups: list[list[Line]] = [[]]
    for line in lines:
        groups[-1].append(line)
        if line.text == button:
            groups.append([])
    groups = [group for group in groups if group and group[-1].text == button]
    used = sum(map(len, groups))
    return groups if all(len(group) > 2 for group in groups) and used >= 0.8 * len(lines) else []


# What the lines of a story are


def _read(shape: Shape) -> list[_Parts]:
    """Tells title, source, author, text and buttons apart, by how they lie in all stories together."""
    buttons = _buttons(shape)
    rows: list[list[Line]] = []
    for lines in shape.stories:
        rows.append([line for line in lines if line.start not in buttons and line.start not in shape.stamps])
    column = _source_column(shape, rows)
    leads = collections.Counter(stamp.lead for stamp in shape.stamps.values() if stamp.lead)
    # the same words before every date are a label: "Published on"
    labels = {lead for lead, count in leads.items() if count > 1 and count >= 0.5 * len(shape.stamps)}
    parts = [_parts(shape, lines, row, column, labels, buttons) for lines, row in zip(shape.stories, rows, strict=True)]
    # "Rates held (bank.example)", as where readers post links
    sites = [_SITE.search(part.title) if part.title else None for part in parts]
    if 2 * sum(map(bool, sites)) <= len(parts):
        return parts
    return [
        part._replace(title=part.title[: site.start()], source=part.source or site[1]) if part.title and site else part
        for part, site in zip(parts, sites, strict=True)
    ]


def _buttons(shape: Shape) -> set[int]:
    """Lines that most stories have word for word after their first: "Read more". Not their sources."""
    places = collections.defaultdict(list)
    for lines in shape.stories:
        # above its stamp a story has its title and its source
        stamp = next((line.start for line in lines if line.start in shape.stamps), -1)
        for line in {line.text: line for line in lines[1:] if line.start > stamp}.values():
            if columns(line.text[: _BUTTON + 1]) <= _BUTTON:
                places[line.text.casefold()].append(line)
    least = max(2, 0.5 * len(shape.stories))
    found: set[int] = set()
    for where in places.values():
        if len(where) >= least and not byline(where[0].text):
            found |= {line.start for line in where}
    return found


def _source_column(shape: Shape, rows: list[list[Line]]) -> int | None:
    """Which line of each story names its source, when stamps do not: 0, 1 or None."""
    if not shape.stamps or sum(bool(s.names) for s in shape.stamps.values()) > 0.5 * len(shape.stamps):
        return None
    two = []
    for lines, row in zip(shape.stories, rows, strict=True):
        stamp = next((line.start for line in lines if line.start in shape.stamps), None)
        above = [line for line in row if stamp is not None and line.start < stamp] or row
        if len(above) >= 2:
            two.append((above[0].text, above[1].text))
    if len(two) < 2 or len(two) < 0.7 * len(rows):
        return None
    best = None
    for column in (0, 1):
        names = [pair[column] for pair in two]
        others = [pair[1 - column] for pair in two]
        short = sum(_is_name(name) for name in names) >= 0.8 * len(names)
        if short and statistics.median(map(len, names)) < 0.7 * statistics.median(map(len, others)):
            best = column
    return best


def _parts(
    shape: Shape, lines: tuple[Line, ...], row: list[Line], column: int | None, labels: set[str], buttons: set[int]
) -> _Parts:
    row = list(row)
    stamp = next((shape.stamps[line.start] for line in lines if line.start in shape.stamps), None)
    source: str | None = None
    authors: tuple[str, ...] = ()
    if stamp:
        authors = stamp.authors
        source = next((name for name in (*stamp.names, stamp.lead) if name and name not in labels), None)
    if column is not None and len(row) > column + (column == 0) and _is_name(row[column].text):
        source = source or row.pop(column).text
    title = stamp.rest if stamp and stamp.rest and is_headline(stamp.rest) else None
    rest: list[Line] = []
    if stamp and stamp.rest and title is None:
        rest.append(Line(0, 0, stamp.rest, 0, 0))
    url: str | None = None
    for line in row:
        if link := is_url(line.text):
            url = url or link
        elif title is None and not rest and (len(row) > 1 or stamp) and is_headline(line.text):
            title = _unmarked(line.text)
        elif not authors and len(rest) < 1 and (names := byline(line.text)):
            authors = names
        else:
            rest.append(line)
    said = set(row)
    linked = [
        link for line in lines if (line in said or line.start in shape.stamps) and (link := links_shown(line.text)[1])
    ]
    if title and linked:
        title, url = links_shown(title)[0], url or linked[0]
    body = text_of(rest) or None
    dropped = tuple(line for line in lines if line.start in buttons)
    return _Parts(clean(_unmarked(title)) if title else None, body, source, authors, url, stamp, dropped)
