"""Pages of FreshRSS kept as HTML: saved by a browser, a crawler or an archiver.

Read through the page's structure. FreshRSS writes one element of class `flux`
an entry, in the normal view (a header line, and the article under it) and in
the reader view (the article alone); themes restyle these and do not rename
them. Every other name used here is as old as FreshRSS 1.20 or has its older
form beside it. The page's own text round the entries is chrome.
"""

import datetime
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

import lxml.etree
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.freshrss.chrome import (
    byline_pattern,
    chrome_language,
    instant,
    read_reader_date,
    table,
)
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Media, RemovedText, Span, Split, Story
from feedmill.transforms.text.boilerplate import Text, recurring
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.html import html_to_text, unescape
from feedmill.transforms.text.spans import tile
from feedmill.transforms.text.urls import canonical_url

Element: TypeAlias = lxml.etree._Element

_ATTRIBUTE = r"""\b{}\s{{0,9}}=\s{{0,9}}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
_CLASS = re.compile(_ATTRIBUTE.format("class"), re.IGNORECASE)
_ID = re.compile(_ATTRIBUTE.format("(?<!-)id"), re.IGNORECASE)
_ENTRY = re.compile(_ATTRIBUTE.format("data-entry"), re.IGNORECASE)
# tags are looked at up to this length; longer ones hold pictures in their addresses and are not an entry's
_MAX_TAG = 4000
_DIVS = re.compile(r"<div(?=[\s>])|</div(?=[\s>])|<!--|<(?:script|style|textarea)(?=[\s>])", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style|template|noscript|svg|title)(?=[\s>])", re.IGNORECASE)
_FEED_ID = re.compile(r"\bget=f_(\d+)|^f_(\d+)$")
_ENTRY_ID = re.compile(r"(?:flux_)?(\d{5,20})$")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.IGNORECASE)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

_LONG_TAG = re.compile(r"<[a-zA-Z][^>]{4000,}>?")
_PICTURED = re.compile("<(?:img|audio|video|source)[\\s>]", re.IGNORECASE)
_ENCLOSED = re.compile(r"""<p\s+class=["']?enclosure-content\b""")


# each paragraph that is not there word for word costs a look at the whole entry: after so many no more are looked for
_MISSED = 100


class _Feed(NamedTuple):
    name: str | None
    site: str | None


def split_freshrss_html(doc: Document, name: str, settings: Settings) -> Split:
    """Return the entries of a reader page, in page order.

    Dates carry their zone when the page has it (`<time datetime>`); else they
    are read in `settings.timezone`. A story's guid is the reader's own id of
    the entry, written as in its exports, so that page and export agree.

    Raises:
        Rejected: NOT_A_FEED if the page is not a reader's; NO_STORIES if it is
            and shows no entry.
    """
    text = doc.text
    bounds = list(_entries(text))
    if not bounds:
        if re.search(r"""<\w{1,20}[^>]{0,200}\bid\s{0,9}=\s{0,9}["']?stream\b""", text) and "FreshRSS" in text:
            raise Rejected(Reason.NO_STORIES, "a page of FreshRSS that shows no entry")
        raise Rejected(Reason.NOT_A_FEED, "a web page, and not a feed reader's")
    edges = [0, *(at for bound in bounds for at in bound[:2]), len(text)]
    around = list(zip(edges[::2], edges[1::2], strict=True))
    feeds, page_feed = _feeds(text[: bounds[0].start])
    base = _base(doc)
    found = [_read(text, entry, feeds, base, settings) for entry in bounds]
    unique = recurring([Text(s.source_name, s.title, paragraphs) for s, paragraphs in found])

    spans: list[tuple[int, int, str]] = []
    words: list[str] = []
    for start, end in around:
        for at, to, kind in _outside(text, start, end):
            spans.append((at, to, kind))
            if kind == "chrome":
                words.append(unescape(text[at:to]))
    stories: list[Story] = []
    cut: list[tuple[int, int, str, int]] = []
    for number, ((start, end, *_), (story, paragraphs)) in enumerate(zip(bounds, found, strict=True)):
        kept = [p for at, p in enumerate(paragraphs) if (number, at) not in unique]
        stories.append(story._replace(body="\n\n".join(kept) or None, byte_start=start, byte_end=end))
        at, missed = start, 0
        for place, paragraph in enumerate(paragraphs):
            if (number, place) in unique:
                where = _find(text, paragraph, at, end) if missed < _MISSED else None
                missed += where is None
                cut.append((*(where or (start, end)), paragraph, number))
                if where:
                    spans += [(at, where[0], "story"), (*where, "boilerplate")]
                    at = where[1]
        spans.append((at, end, "story"))
    return _place(doc, name, stories, spans, cut, _chrome_lang(text, words), page_feed)


def _place(
    doc: Document,
    name: str,
    stories: list[Story],
    spans: list[tuple[int, int, str]],
    cut: list[tuple[int, int, str, int]],
    chrome_lang: str | None,
    source: str | None,
) -> Split:
    """Turn characters into bytes."""
    marks = sorted({0, *(at for s in spans for at in s[:2]), *(at for c in cut for at in c[:2])})
    byte = dict(zip(marks, doc.byte_offsets(marks), strict=True))
    placed = [Span(byte[start], byte[end], kind) for start, end, kind in spans]
    chrome = [
        RemovedText(byte[start], byte[end], kind, unescape(doc.text[start:end]).strip())
        for start, end, kind in spans
        if kind == "chrome"
    ]
    removed = [RemovedText(byte[start], byte[end], "boilerplate", text, story) for start, end, text, story in cut]
    return Split(
        format=name,
        encoding=doc.encoding,
        replaced_chars=doc.replaced_chars,
        stories=tuple(s._replace(byte_start=byte[s.byte_start], byte_end=byte[s.byte_end]) for s in stories),
        spans=tile(len(doc.data), placed, "markup"),
        removed=tuple(sorted(chrome + removed, key=lambda r: (r.start, r.end))),
        chrome_lang=chrome_lang,
        source_name=source,
    )


# Where the entries are


def _attribute(pattern: re.Pattern[str], tag: str) -> str:
    found = pattern.search(tag)
    return (found[1] or found[2] or found[3] or "") if found else ""


def _numbered(tag: str) -> bool:
    """Tell whether the tag has an entry's number; a page of volcanology has the class alone."""
    return any(_ENTRY_ID.match(_attribute(pattern, tag)) for pattern in (_ID, _ENTRY))


class _Bounds(NamedTuple):
    """Where an entry's element lies in the page, and in it what the article says."""

    start: int
    end: int
    body: int  # `start` and `end` of the inside of the article's text; both 0 if there is none
    body_end: int


def _entries(text: str) -> Iterator[_Bounds]:
    """Yield the bounds of each entry.

    Counts `div` elements in one pass. An entry that is never closed ends where
    the next starts, as it does in a page cut off or badly repaired.
    """
    start, depth, at = -1, 0, 0
    body, body_end, level = 0, 0, 0
    while found := _DIVS.search(text, at):
        at = found.end()
        token = found[0].lower()
        if token == "<!--":
            at = _after(text, "-->", at)
        elif token in ("<script", "<style", "<textarea"):
            at = _after(text, "</" + found[0][1:], at)
        elif token == "</div":
            depth -= 1
            if body and not body_end and depth == level:
                body_end = found.start()
            if start >= 0 and depth == 0:
                at = _after(text, ">", at)
                yield _Bounds(start, at, body, body_end)
                start = -1
        else:
            end = text.find(">", at, at + _MAX_TAG)
            tag = text[at:end] if end >= 0 else ""
            if "flux" in tag and "flux" in _attribute(_CLASS, tag).split() and _numbered(tag):
                if start >= 0:
                    yield _Bounds(start, found.start(), body, body and (body_end or found.start()))
                start, depth, body, body_end = found.start(), 0, 0, 0
            elif start >= 0 and not body and "text" in tag and "text" in _attribute(_CLASS, tag).split():
                body, level = end + 1, depth
            depth += 1
    if start >= 0:
        yield _Bounds(start, len(text), body, body and (body_end or len(text)))


def _after(text: str, mark: str, at: int) -> int:
    """Return the offset after the next `mark`; the end of the text if there is none."""
    found = text.find(mark, at)
    return found + len(mark) if found >= 0 else len(text)


def _outside(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield the text between tags in text[start:end] as chrome, and its blanks as space; tags are left out."""
    at = start
    while at < end:
        opened = text.find("<", at, end)
        stop = end if opened < 0 else opened
        words = text[at:stop]
        if words:
            yield (at, stop, "space" if not words.strip() else "chrome")
        if opened < 0:
            return
        if text.startswith("<!--", opened):
            at = _after(text, "-->", opened)
        elif hidden := _HIDDEN.match(text, opened):
            at = _after(text, "</" + hidden[1], opened)
            at = _after(text, ">", at)
        else:
            at = _after(text, ">", opened)


def _find(text: str, paragraph: str, start: int, end: int) -> tuple[int, int] | None:
    """Where a paragraph of plain text lies in the page, if it is there word for word."""
    at = text.find(paragraph, start, end)
    return (at, at + len(paragraph)) if at >= 0 else None


# What the page says of itself


def _base(doc: Document) -> str:
    saved = _SAVED_FROM.search(doc.text, 0, 2000)
    return doc.url or (saved[1] if saved else "")


def _chrome_lang(text: str, words: Iterable[str]) -> str | None:
    """Return the interface's language: the page's own declaration if FreshRSS speaks it, else what its words are."""
    root = re.search(
        r"<html\b[^>]{0,1000}?\blang\s{0,9}=\s{0,9}[\"']?([A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?)", text[:20_000]
    )
    declared = root[1].lower() if root else ""
    if declared in table() or declared.partition("-")[0] in {lang.partition("-")[0] for lang in table()}:
        return declared
    return chrome_language(words)


def _feeds(head: str) -> tuple[dict[str, _Feed], str | None]:
    """Return the feeds that the page's sidebar lists, by number, and the name of the one feed that the page shows."""
    feeds: dict[str, _Feed] = {}
    if "<" not in head:
        return feeds, None
    page = _parse(head)
    for listed, item in _outermost(page, _listed):
        name = next((_words(e) for e in item.iter() if "title" in _classes(e)), None)
        site = next((e.get("data-fweb") for e in item.iter("a") if e.get("data-fweb")), None)
        feeds[listed] = _Feed(name, site)
    for link in page.iter("link"):
        number = _FEED_ID.search(link.get("href", "")) if "rss" in link.get("type", "") else None
        if number and number[1] in feeds:
            return feeds, feeds[number[1]].name
    return feeds, None


# One entry


def _parse(markup: str) -> Element:
    """Parse any string, however broken or deep."""
    parser = lxml.etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    # a tag so long holds a picture in its address, or is made to cost time
    return lxml.etree.fromstring(f"<html><body>{_LONG_TAG.sub('', markup)}</body></html>", parser)


def _classes(element: Element) -> list[str]:
    return (element.get("class") or "").split()


def _outermost(root: Element, names: Callable[[Element], Iterable[str]]) -> Iterator[tuple[str, Element]]:
    """Yield elements by the names that they have, in page order; none that stands in another of the same name.

    So what stands in those of one name is looked at once, however deep a page nests them.
    """
    inside: set[str] = set()
    until: dict[Element, list[str]] = {}  # the last element in one of a name
    for element in root.iter():
        for name in names(element):
            if name not in inside:
                yield name, element
                last = element
                while (child := next(last.iterchildren(reversed=True), None)) is not None:
                    last = child
                inside.add(name)
                until.setdefault(last, []).append(name)
        if until and (ended := until.pop(element, None)):
            inside.difference_update(ended)


def _listed(element: Element) -> tuple[str, ...]:
    """Return the number of the feed that an item of the sidebar is for."""
    number = _FEED_ID.search(element.get("id", "")) if element.tag == "li" else None
    return (number[2],) if number and number[2] else ()


# what of an entry is looked at, by class or tag
_FRAME = frozenset(
    [
        "flux_header",
        "website",
        "websiteName",
        "title",
        "go_website",
        "link",
        "author",
        "summary",
        "date",
        "time",
        "tags",
    ]
    + ["link-tag", "thumbnail"]
)


def _top(markup: str) -> str:
    """Cut off the buttons under the article, half of an entry's elements, unless they say what nothing above does."""
    above = markup.rfind("<ul", 0, max(0, markup.rfind("horizontal-list bottom")))
    if above < 0:
        return markup
    dated = markup.find("<time", 0, above) >= 0 or markup.find("<time", above) < 0
    tagged = markup.find("link-tag", 0, above) >= 0 or markup.find("search=%23", above) < 0
    return markup[:above] if dated and tagged else markup


def _looked_at(element: Element) -> Iterable[str]:
    classes = element.get("class")
    names = [name for name in dict.fromkeys(classes.split()) if name in _FRAME] if classes else []
    return [*names, "time"] if element.tag == "time" and "time" not in names else names


def _frame(root: Element) -> dict[str, list[Element]]:
    """Return the elements that are looked at, by class and by tag, in page order."""
    found: dict[str, list[Element]] = {}
    for name, element in _outermost(root, _looked_at):
        found.setdefault(name, []).append(element)
    return found


def _words(element: Element, without: frozenset[str] = frozenset()) -> str:
    """Return the text of an element on one line, leaving out what has one of the classes `without`."""
    if not without or len(element) == 0:
        return " ".join("".join(element.itertext()).split())
    parts: list[str] = []
    walk = lxml.etree.iterwalk(element, events=("start", "end"))
    for event, e in walk:
        if event == "start":
            if e is not element and not without.isdisjoint(_classes(e)):
                walk.skip_subtree()  # its own text goes; what follows it stays
            else:
                parts.append(e.text or "")
        elif e is not element:
            parts.append(e.tail or "")
    return " ".join("".join(parts).split())


_NOT_TITLE = frozenset(["author", "summary", "date", "website", "websiteName"])


def _read(
    text: str, bounds: _Bounds, feeds: dict[str, _Feed], base: str, settings: Settings
) -> tuple[Story, list[str]]:
    """Return an entry without its offsets and body, and the paragraphs of its body.

    The article is read apart from what stands round it, as any feed's is: it may
    have elements of any class and depth.
    """
    article = text[bounds.body : bounds.body_end]
    markup = text[bounds.start : bounds.body or bounds.end] + text[bounds.body_end or bounds.end : bounds.end]
    page = _parse(_top(markup))
    # a tag so broken that it reads otherwise here than there still leaves what is in the element
    entry = next((e for e in page.iter("div") if "flux" in _classes(e)), page)
    frame = _frame(entry)
    header = next(iter(frame.get("flux_header", ())), None)
    feed = feeds.get(entry.get("data-feed", ""), _Feed(None, None))

    summary = next((_words(e) for e in frame.get("summary", ())), "")
    authors = _authors(frame, header)
    source = _source(frame, header) or feed.name
    link = _link(frame)
    published, precision, zone, raw = _published(frame, settings)
    title = next((t for e in frame.get("title", [])[:8] if (t := _words(e, _NOT_TITLE))), None)
    paragraphs = [p for p in html_to_text(_without_players(article)).split("\n\n") if p]
    number = _ENTRY_ID.match(entry.get("id", "") or entry.get("data-entry", ""))
    story = Story(
        byte_start=0,
        byte_end=0,
        form="full" if paragraphs else "teaser" if summary else "headline",
        title=title,
        summary=summary or None,
        authors=authors,
        categories=_categories(frame),
        media=tuple(_media(frame, article)),
        source_name=source,
        source_url=feed.site,
        url=link and canonical_url(link, base),
        url_raw=link,
        # the form in which Google Reader's interface, and so FreshRSS's exports, write an entry's number
        guid=f"tag:google.com,2005:reader/item/{int(number[1]):016x}" if number else None,
        guid_trusted=number is not None,
        published_at=published,
        published_raw=raw,
        published_precision=precision,
        published_zone=zone,
    )
    return story, paragraphs


def _source(frame: dict[str, list[Element]], header: Element | None) -> str | None:
    for key in ("websiteName", "website"):
        for element in frame.get(key, ()):
            if name := _words(element):
                return name
    return (header is not None and header.get("data-website-name")) or None


def _link(frame: dict[str, list[Element]]) -> str | None:
    for key in ("go_website", "title", "link"):
        for element in frame.get(key, ()):
            anchors = [element] if element.tag == "a" else element.iter("a")
            for anchor in anchors:
                address = (anchor.get("href") or "").strip()
                if address and not address.startswith(("#", "./?", "?")):
                    return address
    return None


def _authors(frame: dict[str, list[Element]], header: Element | None) -> tuple[str, ...]:
    """Return the names of a byline: one a link where it links them, else as the line parts them."""
    for element in frame.get("author", ()):
        if names := [name for a in element.iter("a") if (name := _words(a))]:
            return tuple(dict.fromkeys(names))
    line = (header.get("data-article-authors") or "") if header is not None else ""
    if not line:
        line = next((_words(e) for e in frame.get("author", ())), "")
        line = byline_pattern().sub("", line, count=1) if byline_pattern().match(line) else line
    return tuple(dict.fromkeys(name for part in re.split(r"\s·\s|[;,、]\s?", line) if (name := part.strip(" ·"))))


def _published(
    frame: dict[str, list[Element]], settings: Settings
) -> tuple[int | None, str | None, str | None, str | None]:
    """Return instant, precision, where the zone comes from, and the date as shown."""
    times = frame.get("time", [])
    shown = next((t for e in [*times, *frame.get("date", ())] if (t := _words(e))), None)
    for element in times:
        stamp = (element.get("datetime") or "").strip().replace("Z", "+00:00")
        try:
            moment = datetime.datetime.fromisoformat(stamp)
        except ValueError:
            continue
        if moment.tzinfo is not None:
            at = (moment - _EPOCH) // datetime.timedelta(microseconds=1)
            return at, "second", "explicit", shown or element.get("datetime")
    date = read_reader_date(shown) if shown else None
    if date is None:
        return None, None, None, shown
    return instant(date, settings.timezone), date.precision, "assumed", shown


def _categories(frame: dict[str, list[Element]]) -> tuple[str, ...]:
    names = [_words(e) for e in frame.get("link-tag", ())]
    for menu in () if names else frame.get("tags", ()):
        names += [_words(a) for a in menu.iter("a") if "search=" in (a.get("href") or "")]
    return tuple(dict.fromkeys(name.lstrip("#") for name in names if name.strip("#")))


def _media(frame: dict[str, list[Element]], article: str) -> Iterator[Media]:
    """Return pictures, sound and films of the article, then its thumbnail in the header line; each address once."""
    seen: set[str] = set()
    page = _parse(article) if _PICTURED.search(article) else None
    captions = _captions(page) if page is not None else {}
    shown = page.iter("img", "audio", "video", "source") if page is not None else ()
    thumbs = (img for box in frame.get("thumbnail", ()) for img in box.iter("img"))
    for element in itertools.chain(shown, thumbs):
        # data-original: what FreshRSS loads when the reader scrolls there
        url = (element.get("data-original") or element.get("src") or "").strip()
        if not url or url.startswith("data:") or url in seen or "icon" in _classes(element):
            continue
        seen.add(url)
        said = captions.get(_figure(element), {})
        credit = said.get("enclosure-credits", "").removeprefix("©").strip()
        alt = (element.get("alt") or "").strip()
        yield Media(url, element.get("type"), alt or None, said.get("figcaption"), credit or None)


def _figure(element: Element) -> Element | None:
    """Return the figure that an element stands in."""
    return next((e for e in itertools.islice(element.iterancestors(), 6) if e.tag == "figure"), None)


def _captions(page: Element) -> dict[Element | None, dict[str, str]]:
    """Return the caption and the credit of each figure, by tag and by class: the first that says anything."""
    found: dict[Element | None, dict[str, str]] = {}
    for name, element in _outermost(page, _says_of_figure):
        figure = _figure(element)
        if figure is not None and (words := _words(element)):
            found.setdefault(figure, {}).setdefault(name, words)
    return found


def _says_of_figure(element: Element) -> tuple[str, ...]:
    caption = ("figcaption",) if element.tag == "figcaption" else ()
    return (*caption, "enclosure-credits") if "enclosure-credits" in _classes(element) else caption


def _without_players(article: str) -> str:
    """Leave out FreshRSS's own players and buttons for an entry's enclosures; what is said of them stays."""
    parts: list[str] = []
    at = 0
    while found := _ENCLOSED.search(article, at):
        parts.append(article[at : found.start()])
        at = _after(article, "</p>", found.end())
    parts.append(article[at:])
    return "".join(parts)
