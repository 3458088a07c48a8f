"""What a snapshot is, told from its content alone: never from its name or declared type.

The first thing in the text that is not junk decides, so most snapshots are told
by their first few hundred characters:

- `{` or `[`: JSON; the keys at its top decide which kind.
- a tag: the name of the root element decides. Comments, declarations and text
  in front of it (a byte order mark, an HTTP header, a PHP warning) do not count.
- neither: plain text; whether it is a reader's page, a table or a list is
  asked of the modules that split them.

Everything here is linear in the size of the text.
"""

import collections
import re
from typing import TYPE_CHECKING

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.freshrss.chrome import chrome_roles, is_reader_page, looks_like_reader
from feedmill.transforms.formats.freshrss.text import split_freshrss_text
from feedmill.transforms.formats.json.scan import sniff_json
from feedmill.transforms.formats.mail.split import sniff_mail
from feedmill.transforms.formats.posts import looks_like_posts
from feedmill.transforms.formats.records import looks_like_records
from feedmill.transforms.formats.registry import Candidate
from feedmill.transforms.formats.terminal import is_chat, looks_listed
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Split
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.lines import ends_sentence

if TYPE_CHECKING:  # what reads dumps needs numpy, which takes a tenth of a second to import
    from feedmill.transforms.formats.dumps.split import Dump

_FEEDS = {
    "rss": "rss",
    "feed": "atom",
    "rdf": "rdf",
    # roots that are missing or came before there was a standard: the parsers read them all the same
    "channel": "rss",
    "item": "rss",
    "entry": "atom",
}
# elements that start a page, or a piece of one
_HTML_NAMES = (
    "html head body title meta link base style script noscript main article section header footer nav aside "
    "div span p br hr a b i u em strong font center h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table tbody tr td th form "
    "img iframe frameset object embed input button label picture figure video audio blockquote pre code svg"
)
_HTML = frozenset(_HTML_NAMES.split())
_NAMED = {
    "opml": "an OPML list of subscriptions: it names feeds and holds no stories; give the feeds themselves",
    "outline": "a piece of an OPML list of subscriptions: it names feeds and holds no stories",
    "urlset": "a sitemap: it lists pages and holds no stories",
    "sitemapindex": "a list of sitemaps: it holds no stories",
    "svg": "a picture (SVG)",
    "error": "a storage server's error message, saved in place of the file",
}
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z][A-Za-z0-9_-]*)(?=[\s/>])")
# what may follow junk: nothing but a feed, a page or an XML declaration starts like this
_START = re.compile(
    r"<\?xml\s|<!DOCTYPE\s|<(?:[A-Za-z_][\w.-]*:)?(?:rss|feed|rdf|opml|html)(?=[\s>])",
    re.IGNORECASE,
)
_JUNK = 65_536  # characters in front of a feed that are still called junk
_MOST_TAGS = 50_000  # comments, declarations and stray brackets in front of a root
_MAGIC = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF"),
    (b"OggS", "an Ogg recording"),
    (b"ID3", "an MP3 recording"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
)
# a page, unless its root element says otherwise: there are feeds under this type
_HTML_TYPE = re.compile(r"<!DOCTYPE\s+html\b", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAMPLE = 8192  # characters looked at for control characters


def sniff(doc: Document) -> str:
    """Return the format of a decoded snapshot: a key of `feedmill.transforms.formats.FORMATS`; see `probe`.

    >>> def of(text): return sniff(Document("a", text.encode(), text, "utf-8", 0))
    >>> of("<!-- saved --><rdf:RDF xmlns:rdf='x'>"), of('<feed xmlns="http://www.w3.org/2005/Atom">')
    ('rdf', 'atom')
    >>> of("Warning: date() in /var/www/a.php on line 3\\n<?xml version='1.0'?><rss version='2.0'>")
    'rss'
    >>> of("<html><body>404 <b>not found</b></body></html>")
    Traceback (most recent call last):
    feedmill.transforms.failures.Rejected: not_a_feed: a web page that shows no list of stories
    """
    return probe(doc, Settings()).format


def probe(doc: Document, settings: Settings) -> Candidate:
    """Return what a decoded snapshot is, with what was read to find that out, so that it is not read twice.

    Raises:
        Rejected: NOT_A_FEED for what is known to hold no stories (a web page that is
            no reader's, an OPML list, a sitemap); BINARY for what is no text;
            EMPTY for white space; UNKNOWN_FORMAT otherwise.
    """
    text = doc.text
    at = _first(text, 0)
    if at == len(text):
        raise Rejected(Reason.EMPTY, f"{len(doc.data)} bytes, no text")
    if text[at] == "<":
        return _markup(doc, at, settings)
    if text[at] in "{[":
        name = sniff_json(text, at)
        if name is not None:
            return Candidate(name)
    name = sniff_mail(text)
    if name is not None:
        return Candidate(name)
    start = _START.search(text, at, at + _JUNK)
    if start:
        name = _root(text, start.start())
        if name in _FEEDS or name == "html" or name in _NAMED:
            return _markup(doc, start.start(), settings)
    _refuse_binary(doc)
    return _plain(doc, settings)


def probe_part(doc: Document, settings: Settings, *, html: bool) -> Candidate | None:
    """Return what a text is that is part of another, such as that of a mail; None if it is nothing that is known."""
    at = doc.text.find("<") if html else 0
    try:
        return _markup(doc, at, settings) if html and at >= 0 else _plain(doc, settings)
    except Rejected:
        return None


def _first(text: str, at: int) -> int:
    """Return the first character from `at` on that is neither white space, a byte order mark nor a stray NUL."""
    match = _BLANK.match(text, at)
    return match.end() if match else at


_BLANK = re.compile("[\\s\ufeff\u200b\x00]*")


class _Finder:
    """`text.find` for positions that only grow: what was found, or is not there, is not searched for again.

    Without it a text of a million `<!--` that never end would be read a million times.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[str, int] = {}

    def find(self, what: str, at: int) -> int:
        known = self._known.get(what)
        if known is None or 0 <= known < at:
            known = self._known[what] = self._text.find(what, at)
        return known

    def starts(self, what: str, at: int) -> bool:
        return self._text.startswith(what, at)


def _root(text: str, at: int) -> str | None:
    """Return the local name, in lower case, of the first element from `at` on; None if there is none."""
    finder = _Finder(text)
    for _ in range(_MOST_TAGS):
        at = text.find("<", at)
        if at < 0:
            return None
        if text.startswith("<!--", at):
            end = finder.find("-->", at + 4)
        elif text.startswith("<?", at):
            end = finder.find(">", at)  # not "?>": a declaration closed badly must not hide the feed
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            end = _doctype_end(finder, at)
        else:
            match = _ROOT.match(text, at)
            if match:
                return match[1].lower()
            end = at
        # what never ends hides nothing: its inside is looked at
        at = end + 1 if end >= 0 else at + 2
    return None


def _doctype_end(finder: _Finder, at: int) -> int:
    """Where the document type ends, past its internal subset if it has one."""
    end = finder.find(">", at)
    subset = finder.find("[", at)
    if not 0 <= subset < end:
        return end
    close = finder.find("]>", subset)
    # "]]>" is the end of a CDATA section, far past any subset
    return close + 1 if close >= 0 and not finder.starts("]]>", close - 1) else end


def _markup(doc: Document, at: int, settings: Settings) -> Candidate:
    text = doc.text
    name = _root(text, at)
    if name not in _FEEDS and _HTML_TYPE.match(text, at):
        name = "html"
    if name is None:
        _refuse_binary(doc)
        if text.startswith(("<?xml", "<!--"), at):
            raise Rejected(Reason.UNKNOWN_FORMAT, "XML without any element")
        return _plain(doc, settings)
    if name in _FEEDS:
        return Candidate(_FEEDS[name])
    if name not in _HTML and name not in ("svg", "sitemapindex"):
        start = _START.search(text, at + 1, at + _JUNK)  # a feed in an envelope: <soap:Body><rss>
        root = _root(text, start.start()) if start else None
        if root in _FEEDS:
            return Candidate(_FEEDS[root])
        if "</" in text or "/>" in text:
            from feedmill.transforms.formats.feed.xml_entries import looks_like_entries

            if looks_like_entries(text[at:]):
                return Candidate("xml_entries")
    if name in _NAMED:
        raise Rejected(Reason.NOT_A_FEED, _NAMED[name])
    if name in _HTML:
        if name != "html":
            # a server's warning, in HTML, in front of the feed
            start = _START.search(text, at, at + _JUNK)
            root = _root(text, start.start()) if start else None
            if root in _FEEDS:
                return Candidate(_FEEDS[root])
        if is_reader_page(text):
            return Candidate("freshrss_html")
        if looks_like_posts(text):
            return Candidate("telegram_html")
        from feedmill.transforms.formats.dumps.split import read_dump
        from feedmill.transforms.formats.marked_html import read_marked, states_one

        marked = read_marked(doc, settings)
        if marked and states_one(marked):
            return Candidate("marked_html", marked)
        dump = read_dump(text, markup=True)
        # a page may mark a few of its stories, and show more
        if is_sure(dump, PAGE_FLOOR) and not (marked and len(marked.stories) >= _MARKED * len(dump.reading.records)):
            return Candidate("page_html", dump)
        if marked:
            return Candidate("marked_html", marked)
        raise Rejected(Reason.NOT_A_FEED, "a web page that shows no list of stories")
    if "</" not in text and "/>" not in text:
        return _plain(doc, settings)  # a text that happens to begin with a word in angle brackets
    raise Rejected(Reason.UNKNOWN_FORMAT, f"XML whose first element is <{name[:40]}>: no kind of feed that is known")


def _refuse_binary(doc: Document) -> None:
    head = doc.data[:16]
    for magic, what in _MAGIC:
        if head.startswith(magic):
            raise Rejected(Reason.BINARY, what)
    sample = doc.text[:_SAMPLE]
    controls = len(_CONTROLS.findall(sample)) + sample.count("\ufffd")
    if controls > 8 and controls > len(sample) // 20:
        raise Rejected(Reason.BINARY, f"{controls} of the first {len(sample)} characters are no text")


FLOOR = 0.3  # how sure a text's stories must be, on the whole, for it to be read as a dump
PAGE_FLOOR = 0.7  # the same of a web page, most of which show no list of stories
_MARKED = 0.7  # share of the stories that a page shows for which it is enough if it marks them
_ALONE = 0.6  # and of a text with a single story


def is_sure(dump: "Dump", floor: float) -> bool:
    """Whether what was read of a page is to be believed: sure enough on the whole, and more than one story, or one that
    says from where or when it is."""
    if dump.confidence < floor:
        return False
    if len(dump.reading.records) > 1:
        return True
    labels = {piece.label for record in dump.reading.records for piece in record.pieces}
    return dump.confidence >= max(floor, _ALONE) and "title" in labels and bool(labels & {"date", "source"})


def _plain(doc: Document, settings: Settings) -> Candidate:
    text = doc.text
    reader = looks_like_reader(text) >= 0.5
    if not reader and looks_like_records(text):
        return Candidate("records")
    if looks_listed(text):
        return Candidate("terminal_list")
    if is_chat(text):
        raise Rejected(Reason.NOT_A_FEED, "an export of a chat between people: it holds no stories")
    from feedmill.transforms.formats.dumps.split import read_dump

    dump = read_dump(text)
    if reader and (split := _as_reader_page(doc, settings, dump)):
        return Candidate("freshrss_text", split)
    if is_sure(dump, FLOOR):
        titled = sum(any(piece.label == "title" for piece in record.pieces) for record in dump.reading.records)
        blurbs = 2 * titled < len(dump.reading.records)
        return Candidate("freshrss_text" if reader else "blurbs" if blurbs else "multi_story", dump)
    raise Rejected(
        Reason.UNKNOWN_FORMAT,
        "plain text that is no feed and in which no list of stories was found for sure "
        f"({count_of(len(dump.sure))}, {dump.confidence:.0%} sure); it starts with {' '.join(text[:80].split())!r}",
    )


def count_of(stories: int) -> str:
    return f"{stories} {'story' if stories == 1 else 'stories'} at best"


_ODD = 0.1  # share of a page's titles that are none, from which it is not read right: of pages read right 0 to 8 %


def _as_reader_page(doc: Document, settings: Settings, dump: "Dump") -> Split | None:
    """Return a page of FreshRSS read by its own marks; None if what that gives for titles is often none, or if what
    repeats on the page makes other titles and is surer of them. Of a title that only the marks tell, the story is less
    sure.

    That is so where other programs made the page to text than the rules know: interface words, a feed's name again and
    again, whole sentences and list marks stand where titles should.
    """
    try:
        split = split_freshrss_text(doc, "freshrss_text", settings)
    except Rejected:
        return None
    titles = [story.title or "" for story in split.stories]
    folded = collections.Counter(title.casefold() for title in titles)
    odd = sum(
        not title
        or folded[title.casefold()] > 2
        or bool(chrome_roles(title))
        or (len(title) > 90 and ends_sentence(title))
        or _LIST_MARK.match(title) is not None
        for title in titles
    )
    from feedmill.transforms.formats.dumps.split import spoken, titles_of

    shown = {_squeeze(title) for title in titles_of(dump)}
    same = [_squeeze(title) in shown for title in titles]
    if not titles or (odd > 1 and odd > _ODD * len(titles)):
        return None
    if any(sum(same) < share * len(titles) and dump.confidence >= least for share, least in _SAME):
        return None
    stories = tuple(
        story if agrees else story._replace(confidence=min(story.confidence, _UNSURE))
        for story, agrees in zip(split.stories, same, strict=True)
    )
    chrome = [gone.text for gone in split.removed if gone.kind == "chrome"]
    if split.chrome_lang is None and (found := spoken(chrome, dump.page, dump.reading)):
        split = split._replace(chrome_lang=found.lang)
    return split._replace(stories=stories)


def _squeeze(title: str) -> str:
    return "".join(filter(str.isalnum, title)).casefold()


# Share of a page's titles that the labeller too must call titles, where it is at least so sure of the page: on pages of
# a real FreshRSS, through browsers and ten extractors, no others gave more right titles.
_SAME = ((0.2, 0.6), (0.5, 0.9))
_UNSURE = 0.6  # the most that is said of a story whose title two ways of reading see differently
_LIST_MARK = re.compile(r"[*•#\[(|]|!\[|\d+\.\s")
