"""Mailboxes, messages and digests: what is one, where its messages are, and their stories."""

import re
from array import array
from collections import Counter
from collections.abc import Iterator

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.mail.bodies import (
    PASTED,
    SURE,
    BodyContent,
    bare_story,
    blurred,
    find_pasted,
    is_digest,
    joined,
    nested,
    read_attached,
    read_body,
    read_pasted,
    shifted,
)
from feedmill.transforms.formats.mail.heads import STRONG, Head, HeadFields, find_head, read_says
from feedmill.transforms.formats.mail.parts import Part, content, find_parts
from feedmill.transforms.formats.records import looks_like_records
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Span, Split
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.html import html_to_text
from feedmill.transforms.text.spans import tile

_DEEPEST = 6  # messages in each other
# the line over a message in a mailbox; a month is named in it, and a time of day
_ENVELOPE = re.compile(r"From (?:\S+|\S+ at \S+|-)[ \t][^\r\n]{0,80}?\d\d:\d\d[^\r\n]{0,80}(?:\r\n|\n)")
_NEXT = re.compile(r"^From (?=[^\r\n]{1,300}\r?\n(?:>?From |[!-9;-~]{1,76}[ \t]*:))", re.MULTILINE)
_AFTER = re.compile(r"(?:\r?\n){0,3}(?=From |\Z)")
_BEFORE = "\ufeff\r\n\t "
_TWO_BYTES = re.compile(r"utf-(?:16|32)|cp037")


def sniff_mail(text: str) -> str | None:
    r"""Return the format of a text that starts as a mailbox, a message or a digest of a list; None if it does not.

    >>> sniff_mail("From a@b.example Mon Mar  3 10:12:00 2025\nFrom: a@b.example\nSubject: Rates held\n\nText\n")
    'mbox'
    >>> sniff_mail("Subject: Rates held\nFrom: a@b.example\n\nText\n"), sniff_mail("From: here\nto there\n")
    ('eml', None)
    """
    at = len(text) - len(text.lstrip(_BEFORE))
    envelope = _ENVELOPE.match(text, at)
    if envelope and find_head(text, envelope.end(), len(text), raw=False):
        return "mbox"
    head = _typed(text) or find_pasted(text)
    # without what programs alone write, these may be labels of another kind of record
    if head and (head.names() & STRONG or not looks_like_records(text)):
        return "eml"
    return "mail_digest" if is_digest(text) else None


def _typed(text: str) -> Head | None:
    """Return the head of a message that is one to programs, too."""
    return find_head(text, len(text) - len(text.lstrip(_BEFORE)), len(text), raw=False)


def split_mail(doc: Document, name: str, settings: Settings) -> Split:
    """Return the stories of a mailbox (mboxo, mboxrd, mboxcl), a message or a digest, each at its message's bytes.

    Raises:
        Rejected: NO_STORIES, if no message says anything; NOT_A_FEED for a web page saved as a message.
    """
    if name == "mail_digest":
        return _made(doc, name, read_body(doc, HeadFields(), settings, html=False))
    if name == "eml" and not _typed(doc.text) and (head := find_pasted(doc.text)):
        return _made(doc, name, read_pasted(doc, head, settings))
    if _TWO_BYTES.match(doc.encoding):  # heads and parts are looked for in bytes
        from feedmill.transforms.formats.feed.shown import SourcePage, put_back

        # lone halves of pairs are as many characters as what stands for them
        text = doc.text.encode("utf-8", "replace").decode()
        source = Document(doc.uri, text.encode(), text, "utf-8", 0, url=doc.url)
        return put_back(split_mail(source, name, settings), SourcePage(source, array("q", [0]), array("q", [0])), doc)
    raw = doc.data.decode("latin-1")
    start = doc.mark + len(raw[doc.mark :]) - len(raw[doc.mark :].lstrip("\r\n\t "))
    messages = _messages(raw, start, doc.encoding) if name == "mbox" else _in_a_row(raw, start, doc.encoding)
    return _made(doc, name, joined([_message(raw, *where, doc, settings) for where in messages]))


def _made(doc: Document, name: str, found: BodyContent) -> Split:
    if not found.stories:
        raise Rejected(Reason.NO_STORIES, "mail without a subject and without text")
    holders = Counter(story.guid for story in found.stories)
    stories = tuple(
        story._replace(guid_trusted=False) if story.guid and holders[story.guid] > 1 else story
        for story in found.stories
    )
    sources = {story.source_name for story in stories}
    return Split(
        format=name,
        encoding=doc.encoding,
        replaced_chars=doc.replaced_chars,
        stories=stories,
        spans=tile(len(doc.data), _apart(found.spans), "markup"),
        removed=found.removed,
        chrome_lang=found.chrome_lang,
        source_name=sources.pop() if len(sources) == 1 else None,
    )


def _apart(spans: tuple[Span, ...]) -> list[Span]:
    """Cut what runs into what stands behind it: two forms of one text may share the line between them."""
    out: list[Span] = []
    at = 0
    for span in sorted(spans):
        if span.end > max(at, span.start):
            out.append(Span(max(at, span.start), span.end, span.kind))
            at = span.end
    return out


def _messages(raw: str, start: int, encoding: str) -> Iterator[tuple[int, int, int]]:
    """Where the messages of a mailbox are: the line over each, its head, its end."""
    marks = (mark.start() for mark in _NEXT.finditer(raw, start))
    at = next(marks, None)
    while at is not None:
        line = raw.index("\n", at) + 1
        head = find_head(raw, line, len(raw), least=0, encoding=encoding)
        least = _told_end(raw, head) if head else line
        end = None
        for mark in marks:
            if mark >= least and _begins(raw, mark, encoding):
                end = mark
                break
        yield at, line, len(raw) if end is None else end
        at = end


def _in_a_row(raw: str, start: int, encoding: str) -> list[tuple[int, int, int]]:
    """Return the same of messages that were joined with nothing over each: below a blank line stands a head that begins
    as the first does, with an id of its own. A message of parts is one, whatever is in it."""
    head = find_head(raw, start, len(raw), encoding=encoding)
    if (
        head is None
        or not head.get("message-id")
        or re.match(r"multipart|message", head.get("content-type") or "", re.I)
    ):
        return [(start, start, len(raw))]
    first = re.match(r"[!-9;-~]{1,76}(?=[ \t]*:)", raw[head.start :])
    ids, starts = {head.get("message-id")}, [start]
    for found in re.finditer(rf"(?<=\n)\r?\n(?={re.escape(first[0])}[ \t]*:)", raw) if first else ():
        if found.start() < head.end - 2:
            continue
        other = find_head(raw, found.end(), len(raw), least=3, encoding=encoding)
        if other and (own := other.get("message-id")) and own not in ids:
            ids.add(own)
            starts.append(found.end())
    return [(at, at, end) for at, end in zip(starts, [*starts[1:], len(raw)], strict=True)]


def _begins(raw: str, at: int, encoding: str) -> bool:
    """Whether a line that starts with "From " is that over a message, and no sentence of the one before."""
    if _ENVELOPE.match(raw, at) or raw.startswith("From - ", at):
        return True
    above = raw[max(0, at - 4) : at].replace("\r", "")
    return above.endswith("\n\n") and find_head(raw, raw.index("\n", at) + 1, len(raw), encoding=encoding) is not None


def _told_end(raw: str, head: Head) -> int:
    """Return the least place where a message can end: where its head says so, if what follows there bears it out."""
    length = head.get("content-length") or ""
    if length.isascii() and length.isdigit() and len(length) < 12:
        end = head.end + int(length)
        if end <= len(raw) and (found := _AFTER.match(raw, end)):
            return found.end()
    return head.end


def _message(
    raw: str, start: int, line: int, end: int, doc: Document, settings: Settings, depth: int = 0
) -> BodyContent:
    """Return the stories of the message at `start`, whose head is at `line`; in bytes of the snapshot."""
    head = find_head(raw, line, end, least=0, encoding=doc.encoding)
    if head is None:  # no head that can be read: all of it is text
        head = find_head("\n", 0, 1, least=0)
        assert head is not None
        head = head._replace(start=line, end=line)
    says = read_says(head, settings.timezone, raw[start:line])
    floor = SURE if head.names() & STRONG else PASTED
    pieces: list[BodyContent] = []
    for forms in find_parts(raw, head, end):
        if forms[0].kind == "message":
            pieces += [_attached(raw, part, doc, settings, depth) for part in forms if depth < _DEEPEST]
            continue
        saved = "snapshot-content-location" in head.names()
        if forms[0].kind == "attached":
            attached = _dump(raw, forms[0], says, doc, settings)
            pieces += [attached] if attached else []
            continue
        found, part = _text(raw, forms, says, doc, settings, floor, depth, saved)
        if found is None or part is None:
            continue
        found = blurred(found, part.start, part.end) if part.transfer else shifted(found, part.start)
        # other forms of what was read are the same story again
        others = [Span(p.start, p.end, "story") for p in forms if p != part and p.start < p.end and found.stories]
        pieces.append(found._replace(spans=tuple(sorted((*found.spans, *others)))))
        # what follows in the message has no title of its own
        says = says._replace(title=None, guid=None, url=None)
    if not pieces and says.title:
        pieces = [bare_story(says, head.start, head.end)]
    found = joined(pieces)
    if pieces and len(pieces[0].stories) == 1:  # a letter begins with its head, whatever is attached to it
        letter = found.stories[0]._replace(byte_start=head.start)
        found = found._replace(stories=(letter, *found.stories[1:]))
    return found


def _attached(raw: str, part: Part, doc: Document, settings: Settings, depth: int) -> BodyContent:
    if part.transfer is None:
        return _message(raw, part.start, part.start, part.end, doc, settings, depth + 1)
    inner = content(raw, part._replace(charset=None), doc.uri)
    if inner is None:
        return BodyContent()
    own = inner.data.decode("latin-1")
    return blurred(_message(own, 0, 0, len(own), inner, settings, depth + 1), part.start, part.end)


def _dump(raw: str, part: Part, says: HeadFields, doc: Document, settings: Settings) -> BodyContent | None:
    """Return the stories of an attached dump, in bytes of the snapshot."""
    read = content(raw, part, doc.uri)
    found = read_attached(read, says, settings) if read else None
    if found is None:
        return None
    return blurred(found, part.start, part.end) if part.transfer else shifted(found, part.start)


def _text(
    raw: str,
    forms: list[Part],
    says: HeadFields,
    doc: Document,
    settings: Settings,
    floor: float,
    depth: int,
    saved: bool,
) -> tuple[BodyContent | None, Part | None]:
    """Read the form of a text that says most: a page with stories, else plain text, else a page.

    `saved`: it is a web page that a browser saved as a message.
    """
    texts = [(part, read) for part in forms if (read := content(raw, part, doc.uri)) is not None]
    pages = [(part, read) for part, read in texts if part.kind == "html"]
    plain = [(part, read) for part, read in texts if part.kind == "plain"]
    for part, read in pages if plain or saved else ():
        found, _ = nested(read, says, settings, html=True, floor=SURE)
        if found:
            return found, part
    if saved and pages:
        raise Rejected(Reason.NOT_A_FEED, "a web page, saved as a message, that shows no list of stories")
    if plain and pages and 2 * _letters(plain[0][1].text) < _letters(html_to_text(pages[0][1].text)):
        plain = []  # "Your program cannot show this mail"
    for part, read in plain or pages:
        html = part.kind == "html"
        return read_body(read, says, settings, html=html, floor=floor, flowed=part.flowed, depth=depth), part
    return None, None


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
