"""What a publisher's software puts at the end of a text to lead back to it: "The post X appeared first on Y", "Read
more", "Continue reading →", "submitted by /u/x [link] [comments]".

Told by where it leads, the story's own page, and not by its words: these are in as many languages as such software
speaks, and every site may change them.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from feedmill.transforms.text.html import BLOCKS, unescape

_REACH = 1000  # characters from the end that are looked at
_LONGEST = 400  # characters that a paragraph of this kind says
_OWN_WORDS = 60  # of them outside of its links: "The post appeared first on ." is 28
_BEFORE = 25  # of them before the link to the story: "Сообщение", "submitted by  to"
_LINK_WORDS = 80  # characters of a link that ends a paragraph: "Continue reading “(a title)”"
_TOKEN = re.compile(r"<!--.*?(?:-->|\Z)|<(/?)([a-zA-Z][a-zA-Z0-9]*+)([^<>]*)>", re.S)
_REST_OF_TAG = re.compile(r"[^<>]*>")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_ENDED = re.compile(r"[.!?…。！？।\])»”\"']\s*$")  # a sentence, or one that is cut off
_ONWARD = re.compile(r"[→»›…>⟶]\s*$")
# says nothing of a story, and may be all that there is
_REDDIT = re.compile(r"submitted by\s+/?u/[\w-]+(?:\s+to\s+/?r/[\w-]+)?\s+\[link\]\s+\[comments\]")


# words that lead on and stand in brackets at the end of a text, in the languages that software of sites speaks
_ONWARD_WORDS = r"""
    more|read\ more|read\ on|full\ story|full\ article|continue|continue\ reading|mehr|mehr\ lesen|weiter
    |weiter\ ?lesen
    |(?:lire\ )?la\ suite|suite|lire\ plus|plus|en\ savoir\ plus|leer\ más|más|seguir\ leyendo|sigue\ leyendo
    |leggi\ tutto|leggi|continua|continua\ a\ leggere|altro|leia\ mais|ler\ mais|mais|continue\ lendo
    |lees\ meer|lees\ verder|meer|läs\ mer|läs\ hela|mer|les\ mer|læs\ mere|læs\ videre|mere|lue\ lisää|lisää
    |więcej|czytaj\ dalej|czytaj\ więcej|dalej|více|číst\ dál|celý\ článek|viac|čítať\ ďalej|tovább|bővebben
    |citește\ mai\ mult|mai\ mult|още|прочети|далее|подробнее|читать\ далее|читать|ещё|еще|далі|детальніше|читати\ далі
    |περισσότερα|διαβάστε\ περισσότερα|devamı|devamını\ oku|المزيد|اقرأ\ المزيد|بیشتر|ادامه\ مطلب|ادامه|עוד|המשך
    |और\ पढ़ें|selengkapnya|baca\ selengkapnya|xem\ thêm|อ่านต่อ
    |続き|続きを読む|全文|阅读全文|更多|阅读更多|閱讀全文|繼續閱讀
    |더\ ?보기|계속\ 읽기"""
_BRACKETED = re.compile(
    rf"""\s*[\[(（【]\s*(?:<a\s[^<>]*>)?\s*(?:{_ONWARD_WORDS})\s*
    (?:…|\.{{3}}|&hellip;|&\#8230;|→|»|&raquo;|&rarr;|>|&gt;)*\s*(?:</a>)?\s*[\])）】]\s*
    (?=(?:</?[a-zA-Z][^<>]{{0,40}}>\s*)*\Z)""",
    re.I | re.X,
)
_BRACKETS = frozenset("])）】")


class _Link(NamedTuple):
    start: int
    end: int
    is_own: bool
    words: str
    before: str  # the words of the paragraph outside of links so far


class _Paragraph:
    def __init__(self, is_whole: bool) -> None:
        self.is_whole = is_whole  # it starts where it seems to
        self.start = self.end = -1  # of what it says
        self.words = ""  # outside of links
        self.links: list[_Link] = []


def may_end_in_one(html: str) -> bool:
    """Whether a text ends near a link: few do, and only these need to be looked at."""
    return "</a" in html[-_REACH // 4 :]


def find_bracketed(html: str) -> tuple[int, int] | None:
    """Return where the bracket is that ends a text and says no more than that there is more; None if there is none.

    >>> text = "<p>It rains and … [mehr]</p>"
    >>> text[slice(*find_bracketed(text))], find_bracketed("It rains (more or less)"), find_bracketed("[mehr]")
    (' [mehr]', None, None)
    """
    end = html[-_LINK_WORDS:]
    if _BRACKETS.isdisjoint(end):
        return None
    found = _BRACKETED.search(html, max(0, len(html) - _REACH))
    if found is None or not _says_anything(html[: found.start()]):
        return None
    said = found[0].strip()
    # "Canal (plus)": a word in round brackets may be part of what is said, but for a link
    return None if said[0] == "(" and "<a" not in said and " " not in said else found.span()


def find_signpost(html: str, title: str | None, is_own: Callable[[str], bool]) -> tuple[int, int] | None:
    """Return where in a piece of HTML the words are that end it and lead to where it is from; None if there are none.

    They are the last paragraph, if it says little outside of its links; or a link that ends it, behind a whole
    sentence or one that is cut off. It is all that a short text says only if it links the title, or is Reddit's.

    Args:
        html: what a feed gives as a text.
        title: the story's.
        is_own: whether an address is that of the text's own page.

    >>> def find(html): return (at := find_signpost(html, "Rain", "/own".__eq__)) and html[slice(*at)]
    >>> find('<p>Rain.</p><p>The post <a href="/own">Rain</a> appeared first on <a href="/">Sky</a>.</p>')
    'The post <a href="/own">Rain</a> appeared first on <a href="/">Sky</a>.'
    >>> find('<p>It rains and [&hellip;] <a href="/own">Weiterlesen</a></p>'), find('<p>A <a href="/own">self</a>.</p>')
    ('<a href="/own">Weiterlesen</a>', None)
    """
    if not may_end_in_one(html):
        return None
    first = max(0, len(html) - _REACH)
    if first and (cut := _REST_OF_TAG.match(html, first)):
        first = cut.end()
    last = _last_paragraph(html, first, is_own)
    if not any(link.is_own for link in last.links):
        return None
    says = " ".join(unescape(_TOKEN.sub(" ", html[last.start : last.end])).split())
    own = next(link for link in last.links if link.is_own)
    if (
        last.is_whole
        and len(says) <= _LONGEST
        and len(last.words) <= _OWN_WORDS
        and len(own.before) <= _BEFORE
        and not _ENDED.search(own.before)
        and (first or own.words == title or _REDDIT.fullmatch(says) or _says_anything(html[: last.start]))
    ):
        return last.start, last.end
    link = last.links[-1]
    if (
        link.is_own
        and len(link.words) <= _LINK_WORDS
        and link.before
        and not re.search(r"\w", last.words[len(link.before) :])
        and (_ENDED.search(link.before) or _ONWARD.search(link.words))
    ):
        return link.start, link.end
    return None


def _says_anything(html: str) -> bool:
    return bool(unescape(_TOKEN.sub("", html)).strip())


def _last_paragraph(html: str, at: int, is_own: Callable[[str], bool]) -> _Paragraph:
    """Return the last paragraph from `at` on that says anything."""
    paragraph = last = _Paragraph(at == 0)
    opened: tuple[int, str] | None = None  # the start of a link, and its address
    words = ""  # of that link

    def say(start: int, end: int) -> None:
        nonlocal words
        text = " ".join(unescape(html[start:end]).split())
        if not text:
            return
        if paragraph.start < 0:
            paragraph.start = opened[0] if opened else start + len(html[start:end]) - len(html[start:end].lstrip())
        paragraph.end = start + len(html[start:end].rstrip())
        if opened:
            words = f"{words} {text}".strip()
        else:
            paragraph.words = f"{paragraph.words} {text}".strip()

    for token in _TOKEN.finditer(html, at):
        if at < token.start():
            say(at, token.start())
        at = token.end()
        name = (token[2] or "").lower()
        if name == "a" and not token[1]:
            href = _HREF.search(token[3])
            opened = (token.start(), unescape(href[1] or href[2] or href[3] or "")) if href else None
            words = ""
        elif name == "a" and opened:
            if words:
                link = _Link(opened[0], at, is_own(opened[1]), words, paragraph.words)
                paragraph.links.append(link)
                paragraph.end = at
            opened = None
        elif name in BLOCKS:
            if paragraph.start >= 0:
                last = paragraph
            paragraph = _Paragraph(True)
    say(at, len(html))
    return paragraph if paragraph.start >= 0 else last
