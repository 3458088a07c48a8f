"""A mail's text to stories: one, or those of what is in it: a list's digest, a forwarded mail, a newsletter's stories.

text ─┬─ sections with heads of their own ──▶ each a mail
      ├─ a mark, and a head as programs show it ──▶ the forwarded mail
      ├─ a page or list of stories, for sure ──▶ its stories
      └─ else ──▶ one story
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from feedmill.transforms.failures import Rejected
from feedmill.transforms.formats.json.story import form_of
from feedmill.transforms.formats.mail.heads import Head, HeadFields, find_head, find_shown_head, read_says
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Media, RemovedText, Span, Story
from feedmill.transforms.text.dates import publication
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.html import read_html
from feedmill.transforms.text.lines import EDGE, Wrap, bullet, columns, is_rule, join, numbered, read_lines
from feedmill.transforms.text.urls import canonical_url

SURE = 0.75  # how sure the stories of a mail's text must be for it to be no text of its own,
LEAST = 3  # and how many of them must have a title
PASTED = 0.35  # how sure where a person may have typed the head: as those of any text
_DEEPEST = 6  # mails in each other
# formats that are read by a grammar, and that mails have in them: what an archive or a reader sent
_GRAMMARS = frozenset(("records", "telegram_html", "terminal_list"))

_SEPARATOR = re.compile(
    r"^(-{8,}|={8,}|_{8,}|\*{8,}|~{8,})[ \t]*\r?\n(?:[ \t]*\r?\n){0,3}(?=[!-9;-~]{1,76}[ \t]*:)", re.MULTILINE
)
_END_OF_DIGEST = re.compile(r"^End of .{1,120}Digest", re.MULTILINE)
_FORWARDED = re.compile(
    r"^[ \t>]{0,6}(?:-{2,}[ \t]*[^\W\d_][^\r\n]{2,60}?[ \t]*-{2,}"
    r"|(?:Begin forwarded message|Anfang der weitergeleiteten Nachricht|Début du message (?:réexpédié|transféré)"
    r"|Inicio del mensaje reenviado|Início da mensagem reencaminhada|Inizio messaggio inoltrato"
    r"|Begin doorgestuurd bericht|Начало переадресованного сообщения|転送されたメッセージ"
    r"|下面是被转发的邮件)\s?[:：])[ \t]*\r?\n",
    re.MULTILINE,
)
_REPLY = re.compile(
    r"\s*(?:re|aw|sv|vs|antw|odp|rif|res|ynt|ref|回复|答复|回覆|отв)\s?(?:\[\d+\])?\s?[:：]", re.IGNORECASE
)
_NOTE = 80  # letters over a forwarded mail that are yet no story
_SCRUBBED = re.compile(
    r"^-{14} next part -{14}\r?\n"
    r"(?:(?:An? [^\r\n]{1,80}was scrubbed|Name: |Type: |Size: |Desc: |URL: |Url ?: )[^\r\n]*(?:\r?\n|\Z)){1,8}",
    re.MULTILINE,
)
_SIGNATURE = re.compile(r"^-- ?\r?\n", re.MULTILINE)
_LIST_FOOT = re.compile(r"^_{30,}\r?\n(?=[^_])", re.MULTILINE)
_FOOT_LINES = 20
_LINK_LINE = re.compile(r"(?:[^\W\d_][\w ]{0,20}[:：]\s*)?<?(https?://[^\s<>]+)>?\s*\Z")
_ESCAPED = re.compile(r"^>(?=>*From )", re.MULTILINE)
_QUOTE = re.compile(r"(?:>[ \t]?)+")


class BodyContent(NamedTuple):
    """What is in a text, in bytes of it; what no span names is white space or markup."""

    stories: tuple[Story, ...] = ()
    spans: tuple[Span, ...] = ()
    removed: tuple[RemovedText, ...] = ()
    chrome_lang: str | None = None


class Piece(NamedTuple):
    """A stretch of a text that was read: what it is by itself, and where it starts there (in characters)."""

    at: int
    doc: Document
    found: BodyContent


def read_body(
    doc: Document,
    says: HeadFields,
    settings: Settings,
    *,
    html: bool,
    floor: float = SURE,
    flowed: str | None = None,
    depth: int = 0,
) -> BodyContent:
    """Return the stories of a mail's text. `floor`: how sure those of a newsletter must be for them to count."""
    found, doubt = nested(doc, says, settings, html=html, floor=floor)
    if found:
        return found
    if html:
        return _doubted(_page(doc, says, settings, depth), doubt)
    if depth < _DEEPEST:
        found = _digest(doc, says, settings, depth) or _forwarded(doc, says, settings, floor, depth)
        if found:
            return found
    return _doubted(_story(doc, says, flowed), doubt)


def _doubted(found: BodyContent, doubt: float) -> BodyContent:
    """Lower how sure the story of a text is that may well be several."""
    if not doubt or len(found.stories) != 1:
        return found
    return found._replace(stories=(found.stories[0]._replace(confidence=round(1 - doubt, 2)),))


def nested(
    doc: Document, says: HeadFields, settings: Settings, *, html: bool, floor: float = SURE
) -> tuple[BodyContent | None, float]:
    """Return the stories of a text that is a dump of its own for sure: a newsletter, a reader's page; else None.

    With it comes how likely it is one after all, if that was not sure enough: 0 to 1.
    """
    from feedmill.transforms.formats.dumps.split import Dump
    from feedmill.transforms.formats.registry import probe_part, split_candidate

    if not html and (len(find_sections(doc.text)) > 1 or _FORWARDED.search(doc.text)):
        return None, 0.0  # mails in it come first: each may be such a dump
    candidate = probe_part(doc, settings, html=html)
    if candidate is None:
        return None, 0.0
    if isinstance(candidate.plan, Dump):
        titled = sum(any(p.label == "title" for p in r.pieces) for r in candidate.plan.reading.records)
        if candidate.format.startswith("freshrss"):  # by its words, it is a reader's page
            floor = PASTED
        least = LEAST if floor >= SURE else 1
        sure = candidate.plan.confidence
        if titled < least or 2 * titled < len(candidate.plan.reading.records):
            return None, 0.0
        if sure < floor:
            return None, sure
    elif candidate.format not in _GRAMMARS and not candidate.format.startswith("freshrss"):
        return None, 0.0
    try:
        split = split_candidate(candidate, doc, settings)
    except Rejected:
        return None, 0.0
    stories = split.stories
    if candidate.format in _GRAMMARS and not _is_sure(stories, LEAST if floor >= SURE else 2, floor):
        return None, 0.0
    if says.source and 2 * sum(story.source_name is not None for story in stories) < len(stories):
        stories = tuple(story._replace(source_name=story.source_name or says.source) for story in stories)
    return BodyContent(stories, split.spans, split.removed, split.chrome_lang), 0.0


def _is_sure(stories: tuple[Story, ...], least: int, floor: float) -> bool:
    """Whether what a grammar found in a mail is a dump, and no letter that looks like one record of it."""
    titled = sum(story.title is not None for story in stories)
    return titled >= least and 2 * titled > len(stories) and sum(s.confidence for s in stories) >= floor * len(stories)


def read_attached(doc: Document, says: HeadFields, settings: Settings) -> BodyContent | None:
    """Return the stories of an attached text that is a dump of its own for sure: a page, an archive's export.

    What else is attached is none of the mail's stories.
    """
    html = doc.text.lstrip(EDGE)[:1] == "<"
    found, _ = nested(doc, says._replace(source=None), settings, html=html)
    return found


def _page(doc: Document, says: HeadFields, settings: Settings, depth: int) -> BodyContent:
    """Return a mail of HTML that is a story, or has a forwarded mail in it; it has one place, as a whole."""
    page = read_html(doc.text, doc.url or "")
    plain = Document(doc.uri, page.text.encode("utf-8", "replace"), page.text, "utf-8", 0)
    found = _forwarded(plain, says, settings, SURE, depth) if depth < _DEEPEST and page.text else None
    if not found:
        lines = page.text.split("\n")
        while says.feed and len(lines) > 1 and (not lines[-1] or _LINK_LINE.match(lines[-1])):
            if lines[-1] and not says.url:
                says = says._replace(url=_LINK_LINE.sub(r"\1", lines[-1]))
            lines.pop()
        found = BodyContent(_made(says, "\n".join(lines), page.media))
    return blurred(found, 0, len(doc.data))


def blurred(found: BodyContent, start: int, end: int) -> BodyContent:
    """Return what was found in a text that does not stand in the bytes as it is: all of it is somewhere in there."""
    stories = tuple(story._replace(byte_start=start, byte_end=end) for story in found.stories)
    spans = (Span(start, end, "story" if stories else "markup"),) if start < end else ()
    removed = tuple(gone._replace(start=start, end=end) for gone in found.removed)
    return BodyContent(stories, spans, removed, found.chrome_lang)


def shifted(found: BodyContent, by: int, first: int = 0) -> BodyContent:
    """Return what was found in a stretch that starts `by` bytes further on, and behind `first` stories."""
    return BodyContent(
        tuple(s._replace(byte_start=s.byte_start + by, byte_end=s.byte_end + by) for s in found.stories),
        tuple(Span(span.start + by, span.end + by, span.kind) for span in found.spans),
        tuple(
            g._replace(start=g.start + by, end=g.end + by, story=None if g.story is None else g.story + first)
            for g in found.removed
        ),
        found.chrome_lang,
    )


def joined(pieces: list[BodyContent]) -> BodyContent:
    """Return pieces, each in bytes of the whole already, as one."""
    stories: list[Story] = []
    removed: list[RemovedText] = []
    for piece in pieces:
        removed += shifted(piece, 0, len(stories)).removed
        stories += piece.stories
    spans = sorted(span for piece in pieces for span in piece.spans)
    langs = [piece.chrome_lang for piece in pieces if piece.chrome_lang]
    return BodyContent(tuple(stories), tuple(spans), tuple(removed), max(langs, key=langs.count) if langs else None)


# What stands in a text


class Section(NamedTuple):
    """A mail in a digest: the line over it, its head, and where its text ends."""

    start: int
    head: Head
    end: int
    mark: str


def find_sections(text: str) -> list[Section]:
    """Return the mails of a digest (RFC 1153, and what is like it): each below a rule, with a head of its own."""
    found: list[Section] = []
    at = 0
    for rule in _SEPARATOR.finditer(text):
        if rule.start() < at:
            continue
        head = find_head(text, rule.end(), len(text), raw=False)
        if head and {"from", "subject"} & head.names():
            if found:
                found[-1] = found[-1]._replace(end=rule.start())
            found.append(Section(rule.start(), head, len(text), rule[1]))
            at = head.end
    if found:
        found[-1] = found[-1]._replace(end=_foot_of_digest(text, found))
    return found


def is_digest(text: str) -> bool:
    """Whether a text is a digest: of two mails or more, or of one and the line that ends it."""
    found = find_sections(text)
    return len(found) > 1 or (len(found) == 1 and _END_OF_DIGEST.search(text, found[0].head.end) is not None)


def _foot_of_digest(text: str, found: list[Section]) -> int:
    """Where the foot of a digest starts: a rule like those over its mails, near the end, with no mail below it."""
    last = found[-1]
    mark = max(section.mark for section in found if section.mark[0] == last.mark[0]) if len(found) < 2 else last.mark
    rule = re.compile(rf"^(?:{re.escape(mark)}|-{{30}})[ \t]*\r?\n", re.MULTILINE)
    for line in rule.finditer(text, last.head.end):
        rest = text[line.end() :]
        if len(rest) < 10_000 and sum(bool(row.strip()) for row in rest.splitlines()) <= _FOOT_LINES:
            return line.start()
    return len(text)


def _digest(doc: Document, says: HeadFields, settings: Settings, depth: int) -> BodyContent | None:
    if not is_digest(doc.text):
        return None
    sections = find_sections(doc.text)
    pieces: list[Piece] = []
    gone: list[tuple[int, int]] = []
    text = doc.text
    first = sections[0].start
    above = " ".join(text[:first].split()).casefold()
    subjects = [" ".join(title.split()).casefold() for s in sections if (title := s.head.get("subject"))]
    listed = sum(_bare(subject) in above for subject in subjects)
    if above and says.title and not listed and "digest" not in f"{above} {says.title}".casefold():
        pieces.append(_inner(doc, 0, first, says, None, settings, depth))  # no table of contents: the first mail's text
    elif above:
        gone.append((0, first))
    for section in sections:
        theirs = read_says(section.head, settings.timezone)
        if says.source and not theirs.source:
            theirs = theirs._replace(source=says.source)
        pieces.append(_inner(doc, section.head.end, section.end, theirs, section.head.start, settings, depth))
    if sections[-1].end < len(text):
        gone.append((sections[-1].end, len(text)))
    return _placed(doc, pieces, gone, "chrome")


def _bare(subject: str) -> str:
    """Return a subject without the list's name, which the table of contents may leave out."""
    return re.sub(r"^(?:re: )?\[[^\]]{1,40}\] ", "", subject)[:40]


def _forwarded(doc: Document, says: HeadFields, settings: Settings, floor: float, depth: int) -> BodyContent | None:
    text = doc.text
    for mark in _FORWARDED.finditer(text):
        head = find_shown_head(text, mark.end(), len(text))
        if head is None:
            continue
        note = text[: mark.start()]
        if _REPLY.match(says.title or "") and note.strip():
            return None  # an answer, with what it answers below
        pieces, gone = [], []
        if sum(map(str.isalnum, note)) > _NOTE:
            pieces.append(_inner(doc, 0, mark.start(), says, None, settings, _DEEPEST))
        elif note.strip():
            gone.append((0, mark.start()))
        theirs = read_says(head, settings.timezone)
        theirs = theirs._replace(source=says.source if says.feed else theirs.source)
        pieces.append(_inner(doc, head.end, len(text), theirs, head.start, settings, depth, floor))
        return _placed(doc, pieces, gone, "chrome")
    return None


def find_pasted(text: str) -> Head | None:
    r"""Return the head of a text that was copied from a mail program, with or without the mark of a forwarded mail.

    >>> find_pasted("-------- Forwarded Message --------\nSubject: page\nFrom: me@a.example\n\nText").get("subject")
    'page'
    """
    at = len(text) - len(text.lstrip(EDGE))
    mark = _FORWARDED.match(text, at)
    head = find_shown_head(text, mark.end() if mark else at, len(text))
    return head if head and (mark or {"from", "subject"} <= head.names()) else None


def read_pasted(doc: Document, head: Head, settings: Settings) -> BodyContent:
    """Return the stories of a text with such a head."""
    says = read_says(head, settings.timezone)
    return _placed(doc, [_inner(doc, head.end, len(doc.text), says, head.start, settings, 0, PASTED)], [], "chrome")


def _inner(
    doc: Document,
    start: int,
    end: int,
    says: HeadFields,
    head: int | None,
    settings: Settings,
    depth: int,
    floor: float = SURE,
) -> Piece:
    """Read `text[start:end]` as a mail's text; its story starts with its head, at `head`."""
    text = doc.text[start:end]
    data = text.encode("utf-8", "surrogatepass")
    own = Document(doc.uri, data, text, "utf-8", 0, url=doc.url)
    found = read_body(own, says, settings, html=False, floor=floor, depth=depth + 1)
    # in characters, so that they can be placed in the whole
    return Piece(start, own, _with_head(found, own, start, head))


def _with_head(found: BodyContent, own: Document, start: int, head: int | None) -> BodyContent:
    offsets = sorted(_edges(found))
    chars = dict(zip(offsets, _characters(own.data, offsets), strict=True))
    only = len(found.stories) == 1 and head is not None
    return BodyContent(
        tuple(
            s._replace(
                byte_start=head if only and head is not None else start + chars[s.byte_start],
                byte_end=start + chars[s.byte_end],
            )
            for s in found.stories
        ),
        tuple(Span(start + chars[s.start], start + chars[s.end], s.kind) for s in found.spans),
        tuple(g._replace(start=start + chars[g.start], end=start + chars[g.end]) for g in found.removed),
        found.chrome_lang,
    )


def _characters(data: bytes, offsets: list[int]) -> Iterator[int]:
    at = char = 0
    for offset in offsets:
        char += len(data[at:offset].decode("utf-8", "surrogatepass"))
        at = offset
        yield char


def _edges(found: BodyContent) -> set[int]:
    """All places that are named in what was found."""
    edges = {at for span in found.spans for at in (span.start, span.end)}
    edges |= {at for gone in found.removed for at in (gone.start, gone.end)}
    return edges | {at for story in found.stories for at in (story.byte_start, story.byte_end)}


def _placed(doc: Document, pieces: list[Piece], gone: list[tuple[int, int]], kind: str) -> BodyContent:
    """Return pieces, whose places are in characters of the text, in bytes of it."""
    whole = joined([piece.found for piece in pieces])
    offsets = sorted(_edges(whole) | {at for both in gone for at in both})
    there = dict(zip(offsets, doc.byte_offsets(offsets), strict=True))
    spans = [Span(there[s.start], there[s.end], s.kind) for s in whole.spans]
    spans += [Span(there[start], there[end], kind) for start, end in gone]
    removed = [g._replace(start=there[g.start], end=there[g.end]) for g in whole.removed]
    removed += [RemovedText(there[start], there[end], kind, doc.text[start:end].strip()) for start, end in gone]
    stories = tuple(s._replace(byte_start=there[s.byte_start], byte_end=there[s.byte_end]) for s in whole.stories)
    return BodyContent(stories, tuple(sorted(spans)), tuple(removed), whole.chrome_lang)


# One story


def _story(doc: Document, says: HeadFields, flowed: str | None) -> BodyContent:
    text = doc.text
    gone = [found.span() for found in _SCRUBBED.finditer(text)]
    foot = _foot(text)
    if says.feed:
        foot, url = _links_at_the_end(text, foot)
        says = says if says.url or not url else says._replace(url=url)
    gone = [(start, end) for start, end in gone if end <= foot]
    if text[foot:].strip():
        gone.append((foot, len(text)))
    kept, at = [], 0
    for start, end in (*gone, (len(text), len(text))):
        kept.append((at, start))
        at = end
    stories = _made(says, paragraphs("\n".join(text[start:end] for start, end in kept), flowed), ())
    offsets = sorted({at for both in (*gone, *kept) for at in both})
    there = dict(zip(offsets, doc.byte_offsets(offsets), strict=True))
    body = [Span(there[a], there[b], "story" if stories else "markup") for a, b in kept if text[a:b].strip()]
    spans = body + [Span(there[a], there[b], "boilerplate") for a, b in gone]
    end = body[-1].end if body else there[kept[0][0]]
    return BodyContent(
        tuple(story._replace(byte_start=0, byte_end=end) for story in stories),
        tuple(sorted(spans)),
        tuple(
            RemovedText(there[a], there[b], "boilerplate", text[a:b].strip(), 0 if stories else None) for a, b in gone
        ),
    )


def _made(says: HeadFields, body: str, media: tuple[Media, ...]) -> tuple[Story, ...]:
    if not (says.title or body):
        return ()
    return (
        Story(
            0,
            0,
            form=form_of(says.title, None, body or None) if says.title else "blurb",
            title=says.title,
            body=body or None,
            authors=says.authors,
            media=media,
            source_name=says.source,
            url=canonical_url(says.url) if says.url else None,
            url_raw=says.url,
            guid=says.guid,
            guid_trusted=says.guid is not None,
            published_raw=says.date,
            **publication(says.when),
        ),
    )


def bare_story(says: HeadFields, start: int, end: int) -> BodyContent:
    """Return the story of a message without text: what its head says, at its head."""
    stories = tuple(story._replace(byte_start=start, byte_end=end) for story in _made(says, "", ()))
    return BodyContent(stories, (Span(start, end, "story"),) if stories else ())


def _foot(text: str) -> int:
    """Where a signature or a list's foot starts: at most _FOOT_LINES, and not all that there is."""
    foot = len(text)
    for rule in (_LIST_FOOT, _SIGNATURE):
        for mark in rule.finditer(text, max(0, len(text) - 10_000)):
            rest = text[mark.end() : foot]
            lines = [line for line in rest.splitlines() if line.strip()]
            leads = rule is _SIGNATURE or "://" in rest or "@" in rest
            if lines and len(lines) <= _FOOT_LINES and leads and text[: mark.start()].strip():
                foot = mark.start()
                break
    return foot


def _links_at_the_end(text: str, end: int) -> tuple[int, str | None]:
    """Where the addresses start with which a feed's story ends in a mail, and the first of them."""
    url = None
    for _ in range(4):
        left = text[:end].rstrip()
        start = left.rfind("\n") + 1
        found = _LINK_LINE.match(left[start:])
        if not found or not left[:start].strip():
            break
        end, url = start, found[1]
    return end, url


def paragraphs(text: str, flowed: str | None = None) -> str:
    r"""Return a mail's text with its lines joined as they were before they were wrapped.

    >>> paragraphs("The river rose by two metres overnight, and\nthe bridges at Lindenfeld were closed.\n\n- a\n- b\n")
    'The river rose by two metres overnight, and the bridges at Lindenfeld were closed.\n\n- a\n- b'
    """
    text = _ESCAPED.sub("", text.replace("\x00", ""))
    if flowed:
        text = _unflow(text, flowed == "yes")
    lines = read_lines(text)
    sizes = [columns(line.text) for line in lines if " " in line.text and "://" not in line.text]
    longest = max(sizes, default=0)
    wrap = Wrap(longest, True) if 40 <= longest <= 100 and not flowed else None
    out: list[str] = []
    row: list[str] = []

    def close(gap: str) -> None:
        if row:
            out.append(join(row))
            out.append(gap)
            row.clear()

    for n, line in enumerate(lines):
        mark = _quote(line.text)
        words = line.text[len(mark) :] if mark else line.text
        before = lines[n - 1] if n else None
        if before is not None:
            same = not line.blank_before and mark.split() == _quote(before.text).split()
            begins = bullet(words) or numbered(words) or is_rule(line.text) or is_rule(before.text)
            if not (same and wrap and not begins and words and wrap.runs_on(before, line)):
                close("\n\n" if line.blank_before else "\n")
        row.append(words if mark and row else line.text)
    close("")
    return "".join(out).strip()


def _quote(text: str) -> str:
    found = _QUOTE.match(text)
    return found[0] if found else ""


def _unflow(text: str, delsp: bool) -> str:
    """Join the lines of a flowed text (RFC 3676)."""
    out: list[str] = []
    soft = False
    for line in text.splitlines():
        line = line[1:] if line.startswith(" ") else line
        if soft and not line.startswith(">"):
            out[-1] += line
        else:
            out.append(line)
        soft = line.endswith(" ") and line != "-- "
        if soft and delsp:
            out[-1] = out[-1][:-1]
    return "\n".join(out)
