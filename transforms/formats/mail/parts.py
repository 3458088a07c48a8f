"""The parts of a message (MIME): which hold its text, where they are, and what they say when decoded."""

import base64
import quopri
import re
from typing import NamedTuple

from feedmill.transforms.failures import Rejected
from feedmill.transforms.formats.mail.heads import Head, find_head
from feedmill.transforms.rows.story import Snapshot
from feedmill.transforms.text.decode import Document, decode

_DEEPEST = 16  # multiparts in each other
_MOST = 2000  # parts of one multipart that are looked at: a digest of a busy month has hundreds
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_TYPES = {"text/plain": "plain", "text/markdown": "plain", "text/html": "html", "application/xhtml+xml": "html"}

# what may be attached and be a dump of its own; a message with a feed is that feed's envelope
_ATTACHED = frozenset((*_TYPES, "text/csv", "text/tab-separated-values", "application/octet-stream"))


class Part(NamedTuple):
    """A leaf: `raw[start:end]` is its content, as it was sent."""

    kind: str  # plain | html | message | attached
    start: int
    end: int
    transfer: str | None  # quoted-printable | base64; None if the content stands there as it is
    charset: str | None
    flowed: str | None = None  # "yes" if DelSp is (RFC 3676), else "no"; None if the text is not flowed
    base: str | None = None  # what its links are relative to


def find_parts(raw: str, head: Head, end: int, *, message: bool = False, depth: int = 0) -> list[list[Part]]:
    """Return the texts, messages and attached texts of a message in order, each with the forms it comes in.

    `message`: what says nothing of its type is a message, as in a digest.
    """
    told = head.message.get("content-type")
    kind = head.message.get_content_type() if told else "message/rfc822" if message else "text/plain"
    transfer = (head.get("content-transfer-encoding") or "").lower()
    if head.message.get_content_disposition() == "attachment":
        known = transfer if transfer in ("quoted-printable", "base64") else None
        part = Part("attached", head.end, end, known, head.message.get_content_charset())
        return [[part]] if kind in _ATTACHED and head.end < end else []
    if kind.startswith("multipart/") and depth < _DEEPEST:
        boundary = head.message.get_boundary()
        inner = _cut(raw, boundary, head.end, end) if boundary else []
        found: list[list[Part]] = []
        for start, stop in inner:
            own = find_head(raw, start, stop, least=0, encoding=head.encoding) or Head(start, start, _NOTHING)
            found += find_parts(raw, own, stop, message=kind == "multipart/digest", depth=depth + 1)
        if kind == "multipart/alternative":
            leaves = [part for forms in found for part in forms]
            texts = [part for part in leaves if part.kind in ("plain", "html")]
            return [texts] if texts else [[part] for part in leaves]
        if inner:
            return found
        kind = "text/plain"
    name = "message" if kind in ("message/rfc822", "message/global", "message/news") else _TYPES.get(kind)
    if name is None:
        return []
    flowed = None
    if str(head.message.get_param("format") or "").lower() == "flowed":
        flowed = "yes" if str(head.message.get_param("delsp") or "").lower() == "yes" else "no"
    base = head.get("content-location") or head.get("content-base")
    known = transfer if transfer in ("quoted-printable", "base64") else None
    return [[Part(name, head.end, end, known, head.message.get_content_charset(), flowed, base)]]


def _cut(raw: str, boundary: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the parts between lines of a boundary are; what stands before the first and behind the last is none."""
    line = re.compile(rf"^--{re.escape(boundary)}(--)?[ \t]*(?:\r\n|\n|\Z)", re.MULTILINE)
    found: list[tuple[int, int]] = []
    opened = None
    for mark in line.finditer(raw, start, end):
        if opened is not None:
            found.append((opened, _before_break(raw, opened, mark.start())))
        opened = None if mark[1] else mark.end()
        if mark[1] or len(found) >= _MOST:
            break
    if opened is not None:
        found.append((opened, end))
    return found


def _before_break(raw: str, start: int, end: int) -> int:
    """Return the line break before a boundary belongs to it."""
    if end > start and raw[end - 1] == "\n":
        end -= 1
    return end - 1 if end > start and raw[end - 1] == "\r" else end


def content(raw: str, part: Part, uri: str) -> Document | None:
    """Return the text of a part, with the way back to its bytes; None if it is text in no encoding."""
    data = raw[part.start : part.end].encode("latin-1")
    if part.transfer == "quoted-printable":
        data = quopri.decodestring(data)
    elif part.transfer == "base64":
        data = unbase64(data)
    kind = "plain" if part.kind == "attached" else part.kind
    sent = f'text/{kind}; charset="{part.charset}"' if part.charset else None
    try:
        return decode(Snapshot(uri, data, url=part.base, content_type=sent)) if data.strip() else None
    except Rejected:
        return None


def unbase64(data: bytes) -> bytes:
    """Decode base64 whatever stands between its letters; what is cut off at the end costs no more than itself."""
    letters = _NO_BASE64.sub(b"", data.partition(b"=")[0])
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))


def _nothing() -> Head:
    found = find_head("\n", 0, 1, least=0)
    assert found is not None
    return found


_NOTHING = _nothing().message
