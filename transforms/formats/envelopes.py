"""What feeds are found in: the answer of a server with its headers, a string of another document, the page of a tool.

An envelope is opened, and what is in it is read as if it had been saved by itself; every offset of it is then that of
the document around it, and what is around it is markup. There may be several feeds in one document: each is read with
its own title, address and entries.

Told by their first characters, so that other documents cost next to nothing:

- bytes: HTTP headers and chunk sizes; a byte literal of Python; MIME (MHTML, a mail);
- text: what guards or calls JSON (`)]}'`, `callback(…)`, `x = …`, notices of PHP, server-sent events), feeds as strings
  in JSON (HAR too), a feed that was escaped as a whole or stands in an element, feeds that were appended.
"""

import base64
import binascii
import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.feed.shown import find_shown, put_back
from feedmill.transforms.rows.story import DeadSpan, RemovedText, Snapshot, Span, Split
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.html import unescape
from feedmill.transforms.text.spans import tile

DEEPEST = 4  # envelopes in envelopes


class Part(NamedTuple):
    """What was in an envelope, as if saved by itself.

    Attributes:
        content: bytes, or text.
        inner, outer: where stretches of it start, in it and in what is around it (both in bytes, or in characters);
            ascending, the last being its end.
        url: where it was captured from, if what is around it says so.
    """

    content: bytes | str
    inner: "array[int]"
    outer: "array[int]"
    url: str | None = None


class Envelope(NamedTuple):
    kind: str  # in words, for people
    parts: list[Part]
    whichever: bool = False  # one of the parts is enough: a mail says the same in two ways


class _Runs:
    """A part that grows."""

    def __init__(self, empty: bytes | str) -> None:
        self._pieces: list = []
        self._empty = empty
        self._inner, self._outer = array("q"), array("q")
        self._size = self._end = 0

    def add(self, piece: bytes | str, at: int, end: int) -> None:
        """Add what stands at `at` to `end`, or what that stands for."""
        if piece:
            self._pieces.append(piece)
            self._inner.append(self._size)
            self._outer.append(at)
            self._size += len(piece)
            self._end = end

    def part(self, url: str | None = None) -> Part:
        self._inner.append(self._size)
        self._outer.append(self._end)
        return Part(self._empty.join(self._pieces), self._inner, self._outer, url)


def _slice(text: str, start: int, end: int) -> Part:
    return Part(text[start:end], array("q", (0, end - start)), array("q", (start, end)))


# Bytes

_STATUS = re.compile(rb"\s*HTTP/\d(?:\.\d)? \d{3}\b[^\r\n]{0,200}\r?\n")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")
_BARE_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,8}\r?\n\s*[<{\[]")
_LITERAL = re.compile(rb"\s*b(?P<quote>['\"])(?=\s*(?:\\[nrt])*[<{\[])")
_LITERAL_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|(\r?\n|.))", re.S)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}
_LONGEST_HEADER = 1 << 16


def open_bytes(data: bytes) -> Envelope | None:
    """Open an envelope that is told before the text is decoded.

    >>> head = b"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n"
    >>> open_bytes(head + b"3\\r\\n<rs\\r\\n2\\r\\ns>\\r\\n0\\r\\n\\r\\n").parts[0].content
    b'<rss>'
    >>> open_bytes(b"b'<a>\\\\xc3\\\\xa9</a>'").parts[0].content.decode()
    '<a>é</a>'
    """
    if _STATUS.match(data):
        return _http(data)
    if _BARE_CHUNK.match(data) and (chunks := _chunks(data, 0)):
        return Envelope("chunks of an HTTP answer", [chunks])
    if (literal := _LITERAL.match(data)) and data.rstrip().endswith(literal["quote"]):
        return Envelope("a byte literal of Python", [_from_literal(data, literal.end(), len(data.rstrip()) - 1)])
    return _mime(data)


def _http(data: bytes) -> Envelope | None:
    at, header = 0, b""
    while status := _STATUS.match(data, at):  # of a redirect there are several
        end = _HEADER_END.search(data, status.end() - 2, status.end() + _LONGEST_HEADER)
        if end is None:
            return None
        header, at = data[status.end() : end.start()].lower(), end.end()
    if re.search(rb"^transfer-encoding:[ \t]*chunked", header, re.M) and (chunks := _chunks(data, at)):
        return Envelope("an HTTP answer in chunks", [chunks])
    if not data[at:].strip():
        return None
    return Envelope("an HTTP answer", [Part(data[at:], array("q", (0, len(data) - at)), array("q", (at, len(data))))])


def _chunks(data: bytes, at: int) -> Part | None:
    """Return the chunks from `at` on, the last maybe cut off; None if there are none."""
    runs = _Runs(b"")
    count = 0
    while chunk := _CHUNK.match(data, at):
        size = int(chunk[1], 16)
        if size == 0:
            return runs.part() if count else None
        end = chunk.end() + size
        if end < len(data) and data[end : end + 1] not in (b"\r", b"\n"):
            return None
        runs.add(data[chunk.end() : end], chunk.end(), min(end, len(data)))
        count += 1
        at = end + (2 if data.startswith(b"\r\n", end) else 1)
    return runs.part() if count and at >= len(data) else None


def _from_literal(data: bytes, start: int, end: int) -> Part:
    runs = _Runs(b"")
    at = start
    for escape in _LITERAL_ESCAPE.finditer(data, start, end):
        runs.add(data[at : escape.start()], at, escape.start())
        code, octal, letter = escape.groups()
        if code or octal:
            meant = bytes([int(code, 16) if code else int(octal, 8) & 255])
        else:
            meant = b"" if letter in (b"\n", b"\r\n") else _LETTERS.get(letter, letter)
        runs.add(meant, escape.start(), escape.end())
        at = escape.end()
    runs.add(data[at:end], at, end)
    return runs.part()


_MAIL_HEADER = re.compile(rb"(?:[A-Za-z][\w-]{1,40}:[^\n]*\n(?:[ \t]+[^\n]*\n)*){2,200}(?=\r?\n)")
_MIME_HEADER = re.compile(rb"^(?:MIME-Version|Content-Type|Content-Transfer-Encoding)\s*:", re.I | re.M)
_BOUNDARY = re.compile(rb"boundary\s*=\s*(?:\"([^\"\r\n]{1,100})\"|([^\s;\"]{1,100}))", re.I)
_MAILBOX = re.compile(rb"From \S+[^\n]{0,100}\d{4}\r?\n(?:>?[A-Za-z][\w-]{1,40}:)")
_QUOTED = re.compile(rb"=(?:([0-9A-Fa-f]{2})|[ \t]*\r?\n)")
_READABLE = re.compile(rb"text/|xml|json", re.I)
_MOST_PARTS = 200


def _mime(data: bytes) -> Envelope | None:
    """Open what holds a feed or a saved page; mails and mailboxes as such are read by `formats/mail`."""
    if _MAILBOX.match(data):
        return None
    head = _MAIL_HEADER.match(data, 0, _LONGEST_HEADER) if data[:1].isalpha() and b":" in data[:60] else None
    if head is None or not _MIME_HEADER.search(head[0]):
        return None
    parts = sorted(_mime_parts(data, 0, len(data), 0), key=lambda found: found[0])
    if not parts or (parts[0][0] and b"multipart/related" not in head[0].lower()):
        return None
    return Envelope("MIME, a mail or a web archive", [part for _, part in parts], whichever=True)


def _mime_parts(data: bytes, start: int, end: int, depth: int) -> Iterator[tuple[int, Part]]:
    """Yield the readable parts of the MIME entity at `start` to `end`: (0 if it may be a feed, 1 text, 2 HTML; the
    part)."""
    blank = _HEADER_END.search(data, start, end)
    if blank is None or depth > DEEPEST:
        return
    header, body = data[start : blank.start()], blank.end()
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", header)
    fields = {
        name.strip().lower(): value.strip().lower()
        for name, _, value in (line.partition(b":") for line in unfolded.splitlines())
    }
    kind = fields.get(b"content-type", b"text/plain")
    if kind.startswith(b"multipart/") and (found := _BOUNDARY.search(unfolded)):
        mark = b"--" + (found[1] or found[2])
        places = [at.start() for at in re.finditer(rb"(?:^|(?<=\n))" + re.escape(mark), data[body:end])][:_MOST_PARTS]
        for one, following in zip(places, [*places[1:], end - body][: len(places)], strict=True):
            line = data.find(b"\n", body + one, end) + 1
            if line:
                yield from _mime_parts(data, line, body + following, depth + 1)
        return
    if not _READABLE.search(kind):
        return
    way = fields.get(b"content-transfer-encoding", b"")
    order = 1 if kind.startswith(b"text/plain") else 2 if b"html" in kind else 0
    if way == b"base64":
        yield order, _from_base64(data, body, end)
    elif way == b"quoted-printable":
        yield order, _from_quoted(data, body, end)
    else:
        yield order, Part(data[body:end], array("q", (0, end - body)), array("q", (body, end)))


def _from_base64(data: bytes, start: int, end: int) -> Part:
    runs = _Runs(b"")
    for line in re.finditer(rb"[A-Za-z0-9+/=]+", data[start:end]):
        text = line[0]
        for at in range(0, len(text), 4):  # four letters for three bytes
            try:
                meant = base64.b64decode(text[at : at + 4] + b"=" * (-len(text[at : at + 4]) % 4))
            except binascii.Error:
                continue
            runs.add(meant, start + line.start() + at, start + line.start() + min(at + 4, len(text)))
    return runs.part()


def _from_quoted(data: bytes, start: int, end: int) -> Part:
    runs = _Runs(b"")
    at = start
    for escape in _QUOTED.finditer(data, start, end):
        runs.add(data[at : escape.start()], at, escape.start())
        runs.add(bytes([int(escape[1], 16)]) if escape[1] else b"", escape.start(), escape.end())
        at = escape.end()
    runs.add(data[at:end], at, end)
    return runs.part()


# Text

_JSON_START = r"(?=\{\s*[\"}]|\[\s*[\[{\"])"
_GUARD = re.compile(
    r"\s*(?:\)\]\}'?,?|\]\)\}while\(1\);</x>|while\s*\(1\);?|for\s*\(;;\);?|throw 1;[^\n]{0,40}|&&&START&&&"
    rf"|/\*[^*]{{0,200}}\*/|//[^\n]{{0,200}}\n)\s*(?:/\*[^*]{{0,200}}\*/\s*)?{_JSON_START}"
)
_CALL = re.compile(
    r"\s*(?:/\*[^*]{0,200}\*/\s*)?(?:export\s+)?(?:(?:var|let|const)\s+)?(?:typeof\s+[\w$.]+\s*===\s*'function'\s*&&\s*)?"
    rf"(?:[A-Za-z_$][\w$.]{{0,100}}(?:\[[^\]\n]{{1,40}}\])?\s*(?:\(|=)|export\s+default)\s*{_JSON_START}"
)
_NOTICE = re.compile(
    r"\s*(?:<br\s*/?>\s*)?(?:<b>)?(?:PHP )?"
    r"(?:Warning|Notice|Deprecated|Strict Standards|Fatal error|Parse error)(?:</b>)?\s*:"
)
_AFTER_NOTICE = re.compile(rf"(?:^|<br\s*/?>|>)[ \t]*{_JSON_START}", re.M)
_EVENTS = re.compile(r"(?:[ \t]*(?:(?:event|id|retry)?:[^\n]*)?\r?\n){0,50}data:[ \t]*[\[{]")
_EVENT_DATA = re.compile(r"^data:[ \t]?([^\n]*(?:\n|\Z))", re.M)
_JUNK = 65_536  # characters of notices
_ROOT_NAMES = "rss|feed|rdf:RDF"
_OPEN = r"(?:<|\\u003[cC])"
_BASE64_STRING = re.compile(r'"(?=(?:PD94bWwg|PHJzc|PGZlZW|PHJkZj|PCFET0|77u/P|eyJ|ewog|ew0K)[A-Za-z0-9+/=\\]{24})')
_BASE64_LETTER = re.compile(r"\\[^/]|[A-Za-z0-9+/]")
# base64 of "<?xml ", "<rss", "<feed", "<rdf:", "<!DO", "{" and of a byte order mark before a tag
_FEED_STRING = re.compile(
    rf'"(?=(?:\\[nrt]|\s|\ufeff|\\ufeff)*(?:{_OPEN}(?:\?xml|{_ROOT_NAMES}|!--|!DOCTYPE)|\{{(?:\\[nrt]|\s)*\\"))'
)
_LISTS_IN_JSON = "items|articles|entries|stories|posts|results|docs|documents|statuses|news"
_FEED_IN_STRING = re.compile(
    rf"{_OPEN}(?:\w+:)?(?:rss|feed|rdf|channel)(?=[\s>\\])|jsonfeed\.org|\\\"(?:{_LISTS_IN_JSON})\\\"\s*:\s*\[", re.I
)
_STRING = re.compile(r'(?:[^"\\]|\\.)*+', re.S)
_ESCAPE = re.compile(r"(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.)", re.S)
_JSON_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_ADDRESS = re.compile(r'"(?:url|feed_?url|xml_?url|uri|href|link|request_?url)"\s*:\s*"(https?:[^"\s]{1,2000})"', re.I)
_HAR = re.compile(r'\s*\{\s*"log"\s*:\s*\{')
_ESCAPED = re.compile(rf"\s*(?=&lt;(?:\?xml|{_ROOT_NAMES})(?:[\s<>]|&gt;))", re.I)
_REFERENCE = re.compile(r"&(?:\w{2,8}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_HELD = re.compile(rf">\s*(?:(?=&lt;(?:\?xml|{_ROOT_NAMES}))|<!\[CDATA\[\s*(?=<(?:\?xml|{_ROOT_NAMES})[\s>]))", re.I)
_OWN_ROOT = re.compile(
    r"\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*)*<(?:[\w.-]+:)?(?:rss|feed|rdf|channel|item|entry|html|body|opml|urlset|!doctype)",
    re.I | re.S,
)
_MOST_FEEDS = 100_000


def open_text(doc: Document) -> Envelope | None:
    """Open an envelope that is told from the text.

    >>> def of(text): return open_text(Document("a", text.encode(), text, "utf-8", 0))
    >>> of('cb({"items": []});').parts[0].content, of('{"contents": "<rss>\\\\u00e9<\\\\/rss>"}').parts[0].content
    ('{"items": []});', '<rss>é</rss>')
    >>> [p.content for p in of("<rss><a/></rss><rss><b/></rss>").parts], of("<rss><a/></rss>")
    (['<rss><a/></rss>', '<rss><b/></rss>'], None)
    """
    text = doc.text
    first = text[:64].lstrip("\ufeff \t\r\n")[:1]
    if first == "<":
        if notice := _NOTICE.match(text):
            found = _AFTER_NOTICE.search(text, notice.end(), _JUNK)
            return Envelope("notices of PHP", [_slice(text, found.end(), len(text))]) if found else None
        return _held(text) or _appended(text) or _channels(text)
    if first in ("{", "[", '"'):
        return _strings(text)
    if first == "&":
        lead = _ESCAPED.match(text)
        return Envelope("a feed escaped as a whole", [_unescaped(text, lead.end(), len(text))]) if lead else None
    if found := _GUARD.match(text):
        return Envelope("a guard against scripts", [_slice(text, found.end(), len(text))])
    if found := _CALL.match(text):
        return Envelope("a callback or assignment", [_slice(text, found.end(), len(text))])
    if (notice := _NOTICE.match(text)) and (found := _AFTER_NOTICE.search(text, notice.end(), _JUNK)):
        return Envelope("notices of PHP", [_slice(text, found.end(), len(text))])
    if _EVENTS.match(text):
        runs = _Runs("")
        for line in _EVENT_DATA.finditer(text):
            runs.add(line[1], line.start(1), line.end(1))
        return Envelope("server-sent events", [runs.part()])
    return None


def _strings(text: str) -> Envelope | None:
    """Return feeds that are strings of a JSON document, if they are most of it, or it is a browser's record of
    answers."""
    parts: list[Part] = []
    size = before = at = 0
    while len(parts) < _MOST_FEEDS and (found := _FEED_STRING.search(text, at)):
        start = found.end()
        end = _STRING.match(text, start).end()  # type: ignore[union-attr]  # it matches nothing too
        at = end + 1
        if not _FEED_IN_STRING.search(text, start, min(end, start + _JUNK)):
            continue
        size += end - start
        addresses = _ADDRESS.findall(text, before, start)  # the nearest is that of the object it is in
        parts.append(_from_string(text, start, end, addresses[-1].replace("\\/", "/") if addresses else None))
        before = end
    at = 0
    while len(parts) < _MOST_FEEDS and (found := _BASE64_STRING.search(text, at)):
        start = found.end()
        at = text.find('"', start)
        end = at if at >= 0 else len(text)
        part = _from_base64_string(text, start, end)
        assert isinstance(part.content, bytes)
        if _FEED_IN_BYTES.search(part.content, 0, _JUNK):
            size += end - start
            addresses = _ADDRESS.findall(text, max(0, start - _JUNK), start)
            parts.append(part._replace(url=addresses[-1].replace("\\/", "/") if addresses else None))
        if at < 0:
            break
    if not parts or not (2 * size > len(text) or _HAR.match(text)):
        return None
    parts.sort(key=lambda part: part.outer[0])
    return Envelope("a string in JSON" if len(parts) == 1 else f"{len(parts)} strings in JSON", parts)


_FEED_IN_BYTES = re.compile(
    rb"<(?:\w+:)?(?:rss|feed|rdf|channel)(?=[\s>])|jsonfeed\.org|\"(?:%s)\"\s*:\s*\[" % _LISTS_IN_JSON.encode(), re.I
)


def _from_base64_string(text: str, start: int, end: int) -> Part:
    """Return the bytes that a string of letters stands for, four letters for three; an escaped slash is one letter."""
    runs = _Runs(b"")
    letters, first = "", start
    for one in _BASE64_LETTER.finditer(text, start, end):
        if one[0][0] == "\\":
            continue
        first = first if letters else one.start()
        letters += one[0]
        if len(letters) == 4:
            runs.add(base64.b64decode(letters), first, one.end())
            letters = ""
    if len(letters) > 1:
        runs.add(base64.b64decode(letters + "=" * (4 - len(letters))), first, end)
    return runs.part()


def _from_string(text: str, start: int, end: int, url: str | None) -> Part:
    runs = _Runs("")
    at = start
    for escape in _ESCAPE.finditer(text, start, end):
        runs.add(text[at : escape.start()], at, escape.start())
        token = escape[0]
        if len(token) == 12:
            high, low = int(token[2:6], 16), int(token[8:], 16)
            meant = chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
        elif len(token) == 6:
            code = int(token[2:], 16)
            meant = "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
        else:
            meant = _JSON_LETTERS.get(token[1], token[1])
        runs.add(meant, escape.start(), escape.end())
        at = escape.end()
    runs.add(text[at:end], at, end)
    return runs.part(url)


def _unescaped(text: str, start: int, end: int) -> Part:
    runs = _Runs("")
    at = start
    for reference in _REFERENCE.finditer(text, start, end):
        runs.add(text[at : reference.start()], at, reference.start())
        runs.add(unescape(reference[0]), reference.start(), reference.end())
        at = reference.end()
    runs.add(text[at:end], at, end)
    return runs.part()


def _held(text: str) -> Envelope | None:
    """Return a feed that is the text of an element: escaped, or in a CDATA section."""
    if _OWN_ROOT.match(text):
        return None
    found = _HELD.search(text)
    if found is None:
        return None
    start = found.end()
    if text[start] == "&":
        end = text.find("<", start)
        return Envelope("a string in XML", [_unescaped(text, start, end if end >= 0 else len(text))])
    end = text.rfind("]]>", start)
    return Envelope("a string in XML", [_slice(text, start, end if end >= 0 else len(text))])


_TOKEN = re.compile(
    rf"<!\[CDATA\[|<!--|</(?:{_ROOT_NAMES})\s*>|(?:<\?xml\s[^<>]*\?>\s*)?(?:<!DOCTYPE[^<>]*>\s*)?<(?:{_ROOT_NAMES})(?=[\s>])"
)
_ANOTHER = re.compile(rf"<(?:{_ROOT_NAMES})(?=[\s>])")


def _appended(text: str) -> Envelope | None:
    """Return feeds that stand one behind the other: where a root starts after another ended, or with a declaration of
    its own."""
    first = _ANOTHER.search(text)
    if first is None or _ANOTHER.search(text, first.end()) is None:
        return None
    starts: list[int] = []
    open_root = False
    at = 0
    while len(starts) < _MOST_FEEDS and (token := _TOKEN.search(text, at)):
        at = token.end()
        if token[0] in ("<![CDATA[", "<!--"):
            end = text.find("]]>" if token[0][2] == "[" else "-->", at)
            at = end + 3 if end >= 0 else at
        elif token[0].startswith("</"):
            open_root = False
        else:
            if not open_root or token[0].startswith("<?"):
                starts.append(token.start())
            open_root = True
    if len(starts) < 2:
        return None
    starts[0] = 0
    parts = [_slice(text, a, b) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    return Envelope(f"{len(parts)} feeds one behind the other", parts)


_CHANNEL = re.compile(r"<!\[CDATA\[|<!--|<(/?)channel(?=[\s>])", re.I)
_RSS = re.compile(r"<rss(?=[\s>])[^<>]*>", re.I)


def _channels(text: str) -> Envelope | None:
    """Several channels in one RSS: each is a feed of its own, in the same root element."""
    root = _RSS.search(text, 0, _JUNK)
    first = text.find("<channel", root.end()) if root else -1
    if root is None or first < 0 or text.find("<channel", first + 1) < 0:
        return None
    starts: list[int] = []
    depth = at = 0
    while len(starts) < _MOST_FEEDS and (token := _CHANNEL.search(text, at)):
        at = token.end()
        if token[1] is None:
            end = text.find("]]>" if token[0][2] == "[" else "-->", at)
            at = end + 3 if end >= 0 else at
        elif token[1]:
            depth = max(0, depth - 1)
        else:
            if depth == 0:
                starts.append(token.start())
            depth += 1
    if len(starts) < 2:
        return None
    parts = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        runs = _Runs("")
        runs.add(root[0], root.start(), root.end())  # for what it declares
        runs.add(text[start:end], start, end)
        parts.append(runs.part())
    return Envelope(f"{len(parts)} channels in one feed", parts)


# Putting back

_LISTS = frozenset(("blurbs", "multi_story", "records"))  # a mail has a foot, and much else, that is no story


def split_enveloped(
    snapshot: Snapshot, split_text: Callable[[Document], Split], decode: Callable[[Snapshot], Document], depth: int = 0
) -> Split:
    """Return what is in a snapshot, in however many envelopes; `split_text` splits what is in none.

    Raises:
        Rejected: nothing in it can be read.
    """
    opened = open_bytes(snapshot.data) if depth < DEEPEST else None
    if opened is None:
        return _split_text(decode(snapshot), split_text, decode, depth)

    def split(part: Part) -> Split:
        assert isinstance(part.content, bytes)
        if not part.content.strip():
            raise Rejected(Reason.EMPTY, "an envelope with nothing in it")
        inner = Snapshot(snapshot.uri, part.content, url=part.url or snapshot.url, content_type=None)
        found = split_enveloped(inner, split_text, decode, depth + 1)
        if opened.whichever and found.format in _LISTS:
            raise Rejected(Reason.NOT_A_FEED, "a mail, and no feed: save its text by itself if it is a list of stories")
        return found

    def there(part: Part, offsets: list[int]) -> list[int]:
        return [_outer(part, at) for at in offsets]

    return _merged(opened, len(snapshot.data), split, there)


def _split_text(
    doc: Document, split_text: Callable[[Document], Split], decode: Callable[[Snapshot], Document], depth: int
) -> Split:
    if shown := find_shown(doc):
        source = shown.source
        within = _split_text(source, split_text, decode, depth + 1) if depth < DEEPEST else split_text(source)
        return put_back(within, shown, doc)._replace(envelope=_beside("a page that shows a feed", within))
    opened = open_text(doc) if depth < DEEPEST else None
    if opened is None:
        return split_text(doc)

    def split(part: Part) -> Split:
        url = part.url or doc.url
        if isinstance(part.content, bytes):
            return split_enveloped(Snapshot(doc.uri, part.content, url=url), split_text, decode, depth + 1)
        inner = Document(doc.uri, part.content.encode(), part.content, "utf-8", 0, url=url)
        return _split_text(inner, split_text, decode, depth + 1)

    def there(part: Part, offsets: list[int]) -> list[int]:
        if isinstance(part.content, bytes):
            return doc.byte_offsets([_outer(part, at) for at in offsets])
        data = part.content.encode()
        chars, char, before = [], 0, 0
        for at in offsets:
            char += len(data[before:at].decode())
            chars.append(_outer(part, char))
            before = at
        return doc.byte_offsets(chars)

    found = _merged(opened, len(doc.data), split, there)
    return found._replace(encoding=doc.encoding, replaced_chars=doc.replaced_chars)


def _outer(part: Part, at: int) -> int:
    run = bisect_right(part.inner, at) - 1
    return min(
        part.outer[run] + at - part.inner[run], part.outer[-1] if run + 1 >= len(part.outer) else part.outer[run + 1]
    )


def _beside(kind: str, split: Split) -> str:
    return f"{kind}, in it {split.envelope}" if split.envelope else kind


def _merged(
    opened: Envelope, size: int, split: Callable[[Part], Split], there: Callable[[Part, list[int]], list[int]]
) -> Split:
    """Put what is in the parts of an envelope back to where it stands, in one `Split`.

    A part that cannot be read is a reject, if another can.

    Raises:
        Rejected: none of them can be read.
    """
    found: list[tuple[Part, Split]] = []
    rejects: list[DeadSpan] = []
    refused: Rejected | None = None
    for part in opened.parts:
        try:
            found.append((part, split(part)))
        except Rejected as rejected:
            refused = refused or rejected
            if not opened.whichever:
                data = part.content.encode() if isinstance(part.content, str) else part.content
                start, end = there(part, [0, len(data)])
                rejects.append(DeadSpan(start, end, rejected.reason.value, rejected.detail))
        if opened.whichever and found:
            break
    if not found:
        if refused is None:
            raise Rejected(Reason.EMPTY, f"{opened.kind} with nothing in it")
        reason = Reason.NOT_A_FEED if opened.whichever else refused.reason
        raise Rejected(reason, f"in {opened.kind}: {refused.detail}")
    spans = [Span(no.start, no.end, "dead") for no in rejects]
    placed = [_placed(one, part, there) for part, one in found]
    # what is markup in a part may not lie in one piece here, and the rest is markup anyway
    spans += [span for one in placed for span in one.spans if span.kind != "markup"]
    names = {one.source_name for one in placed}
    times = [one.captured_at for one in placed if one.captured_at is not None]
    return placed[0]._replace(
        stories=tuple(story for one in placed for story in one.stories),
        spans=tile(size, (span for span in spans if span.start < span.end), "markup"),
        removed=tuple(_removed(placed)),
        rejects=tuple(sorted([*rejects, *(no for one in placed for no in one.rejects)])),
        source_name=placed[0].source_name if len(names) == 1 else None,
        feed_url=placed[0].feed_url if len({one.feed_url for one in placed}) == 1 else None,
        captured_at=max(times, default=None),
        replaced_chars=sum(one.replaced_chars for one in placed),
        envelope=_beside(opened.kind, found[0][1]),
    )


def _removed(placed: Iterable[Split]) -> Iterator[RemovedText]:
    """Yield what was taken out of each, with the positions that its stories have among those of all."""
    before = 0
    for one in placed:
        for gone in one.removed:
            yield gone if gone.story is None else gone._replace(story=gone.story + before)
        before += len(one.stories)


def _placed(split: Split, part: Part, there: Callable[[Part, list[int]], list[int]]) -> Split:
    ranges = [(story.byte_start, story.byte_end) for story in split.stories]
    ranges += [(span.start, span.end) for span in split.spans]
    ranges += [(gone.start, gone.end) for gone in split.removed]
    ranges += [(no.start, no.end) for no in split.rejects]
    offsets = sorted({at for both in ranges for at in both})
    at = dict(zip(offsets, there(part, offsets), strict=True))
    return split._replace(
        stories=tuple(s._replace(byte_start=at[s.byte_start], byte_end=at[s.byte_end]) for s in split.stories),
        spans=tuple(span._replace(start=at[span.start], end=at[span.end]) for span in split.spans),
        removed=tuple(gone._replace(start=at[gone.start], end=at[gone.end]) for gone in split.removed),
        rejects=tuple(no._replace(start=at[no.start], end=at[no.end]) for no in split.rejects),
    )
