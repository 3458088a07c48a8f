"""A mail's head: where it is, and what its fields say (RFC 5322, 2047, 2919, and what programs add).

A head is looked for in a `str`. In a snapshot as bytes that is each byte as one character (Latin-1), so that an offset
in it is one in the bytes; `Head.get` undoes that.
"""

import email.errors
import email.header
import email.message
import email.parser
import email.utils
import re
from typing import NamedTuple

from feedmill.transforms.text.dates import Instant, read_date
from feedmill.transforms.text.urls import canonical_url

STRONG = frozenset(("message-id", "received", "mime-version", "return-path", "delivered-to"))  # no person types these
KNOWN = STRONG | {"from", "to", "subject", "date", "reply-to"}  # what tells a head
_LINE = re.compile(r"([^\r\n]*)(?:\r\n?|\n|\Z)")
_FIELD = re.compile(r"([!-9;-~]{1,76})[ \t]*:")
_ENVELOPE = re.compile(r">?From ")
_LONGEST_HEAD = 1 << 18  # characters: no head is longer
_LONGEST_FIELD = 8192  # characters of a field that are read
_BLANKS = re.compile(r"\s+")
_WORDS_APART = re.compile(r"(\?=)(?:\s+)(?==\?)")

# labels of a head as mail programs show it to people, in place of the names of RFC 5322
_SHOWN = {
    "from": "from von de da van från fra od от від από mittente 差出人 发件人 寄件者 보낸사람 من",
    "date": "date sent datum gesendet fecha enviado data inviato verzonden skickat dato wysłano дата отправлено "
    "надіслано ημερομηνία 日付 送信日時 日時 日期 发送时间 寄件日期 날짜 التاريخ",
    "subject": "subject betreff objet asunto assunto oggetto onderwerp ämne emne temat тема θέμα 件名 主题 主旨 "
    "제목 الموضوع",
    "to": "to an à para a aan till til do кому προς 宛先 收件人 收件者 받는사람 إلى",
    "cc": "cc kopie copie копия 抄送",
}
_NAME_OF = {word: name for name, words in _SHOWN.items() for word in words.split()}
_SHOWN_FIELD = re.compile(r"[ \t>*]{0,6}([^\W\d_][^\s:：*]{0,20})[ \t\xa0]?\*{0,2}[:：]\*{0,2}[ \t\xa0]*(\S.*)?")
_MONTH_FIRST = re.compile(
    r"(\w{3}) +(\w{3}) +(\d{1,2}) +(\d\d:\d\d(?::\d\d)?)(?: +([A-Z]{1,5}|[+-]\d{4}))? +(\d{4})(?: +([+-]\d{4}))?"
)
_ADDRESS = re.compile(r"<([^<>\s]+)>|(https?://[^\s<>]+)")
_VIA = re.compile(r"\s+via\s+.*$", re.IGNORECASE)
_LINKS = ("x-rss-url", "x-rss-link", "archived-at", "x-archived-at", "x-entry-url", "content-base", "content-location")
_FEEDS = ("x-rss-feed", "x-rss-url", "x-rss-id", "x-feed2imap-version", "content-base")
_BULK = ("list-id", "list-unsubscribe", "list-post", "x-mailman-version", "feedback-id", "x-campaign", "x-mailgun-sid")


class Head(NamedTuple):
    """A head: `start` to `end` of what it was looked for in, the blank line below it included."""

    start: int
    end: int
    message: email.message.Message
    raw: bool = True  # its characters are bytes
    encoding: str = "utf-8"  # of bytes above 127, if they are not UTF-8

    def get(self, name: str) -> str | None:
        """Return a field on one line, its encoded words decoded; None if it is not there or says nothing."""
        value = self.message.get(name)
        return self.decoded(str(value)) if value is not None else None

    def decoded(self, value: str) -> str | None:
        value = value[:_LONGEST_FIELD]
        if self.raw and not value.isascii():
            value = _text(value.encode("latin-1", "replace"), self.encoding)
        if "=?" in value:
            value = _words(_BLANKS.sub(" ", value))
        return _BLANKS.sub(" ", value.replace("\x00", "")).strip() or None

    def names(self) -> set[str]:
        return {name.lower() for name in self.message.keys()}  # noqa: SIM118 - it is no dict: iterating gives nothing


class HeadFields(NamedTuple):
    """What a head says of its message's story."""

    title: str | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    when: Instant | None = None
    guid: str | None = None
    url: str | None = None
    feed: bool = False  # a program sent it that turns feeds into mails


def find_head(
    text: str, at: int, end: int, *, raw: bool = True, encoding: str = "utf-8", least: int = 2
) -> Head | None:
    r"""Return the head that starts at `at`; None if what is there is none, or has fewer than `least` KNOWN fields.

    >>> text = "Subject: Rates\n held\nFrom: a@b.example\n\nText"
    >>> head = find_head(text, 0, len(text)); head.end, head.get("subject")
    (40, 'Rates held')
    >>> find_head("Note: this\nis: none\n\n", 0, 20) is None
    True
    """
    start = at
    names: list[str] = []
    lines: list[str] = []
    limit = min(end, at + _LONGEST_HEAD)
    while at < limit:
        line = _LINE.match(text, at, limit)
        assert line is not None  # it matches the empty string
        field = _FIELD.match(line[1])
        if not line[1].strip():
            at = line.end()
            break
        if field:
            names.append(field[1].lower())
            lines.append(line[1])
        elif lines and line[1][0] in " \t":
            lines.append(line[1])
        elif not _ENVELOPE.match(line[1]):
            return None
        at = line.end()
    if len(set(names) & KNOWN) < least:
        return None
    return Head(start, at, _parse(lines), raw, encoding)


def find_shown_head(text: str, at: int, end: int) -> Head | None:
    r"""Return the head of a mail as a program shows it to people, in their language, that starts at `at`.

    >>> text = "Von: Hafenblatt\nGesendet: Dienstag, 3. März 2026\nBetreff: Heute\n\nText"
    >>> find_shown_head(text, 0, len(text)).get("subject")
    'Heute'
    """
    start = at
    lines: list[str] = []
    names: set[str] = set()
    while at < end and len(lines) < 30:
        line = _LINE.match(text, at, min(end, at + _LONGEST_FIELD))
        assert line is not None
        shown = line[1].strip(" \t\xa0>")
        if not shown:
            at = line.end()
            if lines:
                break
            continue
        field = _SHOWN_FIELD.match(line[1])
        name = _NAME_OF.get(field[1].casefold()) if field else None
        if field and name:
            names.add(name)
            lines.append(f"{name}: {(field[2] or '').strip(' *')}")
        elif lines and (line[1][0] in " \t" or not names >= {"from", "subject"}):
            lines.append(f" {shown}")
        elif lines:
            break
        else:
            return None
        at = line.end()
    if not names >= {"from", "subject"} and not names >= {"from", "date"} and not names >= {"subject", "date"}:
        return None
    return Head(start, at, _parse(lines), raw=False)


def _parse(lines: list[str]) -> email.message.Message:
    # no line of these ends a head: the parser must not see one in odd characters inside a field
    text = "\n".join(re.sub(r"[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", " ", line) for line in lines)
    return email.parser.HeaderParser().parsestr(text + "\n\n")


def _text(data: bytes, encoding: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return decoded(data, encoding)


def decoded(data: bytes, charset: str | None) -> str:
    """Return bytes as text by the charset a mail names, as browsers understand its name; else as UTF-8 or cp1252."""
    from feedmill.transforms.text.decode import codec_of

    for codec in filter(None, (codec_of(charset) if charset else None, "utf-8")):
        try:
            return data.decode(codec)
        except (UnicodeDecodeError, ValueError):
            continue
    codec = (codec_of(charset) if charset else None) or "cp1252"
    return data.decode(codec, "replace")


def _words(value: str) -> str:
    """Decode encoded words. A character may be cut by two words of one charset: their bytes are joined first."""
    value = _WORDS_APART.sub(r"\1 ", value)
    try:
        found = email.header.decode_header(value)
    except (email.errors.HeaderParseError, ValueError):
        return value
    out = []
    for part, charset in found:
        out.append(part if isinstance(part, str) else decoded(part, charset or "utf-8"))
    return "".join(out)


def read_says(head: Head, zone: str, envelope: str = "") -> HeadFields:
    """Return what a head says; `envelope` is the line over it in a mailbox, `zone` that of dates that state none."""
    names = head.names()
    feed = bool(names & set(_FEEDS)) or "rss2email" in (head.get("user-agent") or head.get("x-mailer") or "").lower()
    name = _name(head.get("from"))
    source, authors = None, (name,) if name else ()
    if feed and name:
        source, _, author = name.partition(": ") if name.count(": ") == 1 else (name, "", "")
        authors = (author,) if author else ()
    elif names & set(_BULK) or (head.get("precedence") or "").lower() in ("list", "bulk"):
        source = _list_name(head)
        if source and name and _VIA.search(name):
            authors = (_VIA.sub("", name),)
        elif not source or source == name or "list-post" not in names:
            source, authors = source if "list-post" in names else name or source, ()
    raw, when = _date(head, zone, envelope)
    guid = _ADDRESS.search(head.get("message-id") or "")
    return HeadFields(
        title=head.get("subject"),
        source=source,
        authors=authors,
        date=raw,
        when=when,
        guid=guid[1] if guid else None,
        url=next((url for name in _LINKS if (url := _link(head.get(name)))), None),
        feed=feed,
    )


_NESTED = 50  # comments and groups in one field: Python's parser goes a call deeper for each, and ends at some


def _name(sender: str | None) -> str | None:
    """Return the name in a field such as From; None if there is but an address."""
    if not sender:
        return None
    nested = sender.count("(") + sender.count(":") > _NESTED
    name = "" if nested else email.utils.parseaddr(sender)[0]
    if not name and "<" in sender:  # a name with marks that ought to be quoted
        name = sender.partition("<")[0]
    if not name and "@" not in sender and " at " not in sender:  # as a program shows it
        name = sender
    name = _BLANKS.sub(" ", name).strip(" \"'")
    return name if name and "@" not in name else None


def _list_name(head: Head) -> str | None:
    """Return what a list calls itself: the words before its id, or the first part of the id if that is a word."""
    words, _, rest = (head.get("list-id") or "").partition("<")
    name = words.strip(" \"'")
    if name and "." not in name:
        return name
    first = rest.partition(".")[0].strip(" >")
    return first if first and first != "feed" and not re.search(r"\d{3}", first) else None


def _date(head: Head, zone: str, envelope: str) -> tuple[str | None, Instant | None]:
    received = head.get("received")
    for raw in (head.get("date"), head.get("delivery-date"), received and received.rpartition(";")[2].strip()):
        if raw and (when := read_date(raw, zone=zone)):
            return raw, when
    if found := _MONTH_FIRST.search(envelope):
        day, month, number, clock, before, year, behind = found.groups()
        when = read_date(f"{day}, {number} {month} {year} {clock} {behind or before or ''}".strip(), zone=zone)
        if when:
            return found[0], when
    return head.get("date"), None


def _link(value: str | None) -> str | None:
    found = _ADDRESS.search(value or "")
    url = (found[1] or found[2]) if found else None
    return url if url and url.startswith(("http://", "https://")) and canonical_url(url) else None
