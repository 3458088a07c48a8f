"""Bytes to text, with a way back from characters to bytes.

What is believed, in this order: a byte order mark; the zero bytes of UTF-16 and UTF-32; the bytes being UTF-8, which no
other encoding's text is by chance; the XML declaration; the HTTP header; detection. A byte that fits nowhere becomes
U+FFFD and is counted; it never costs more than itself.
"""

import codecs
import contextlib
import itertools
import re
from collections.abc import Mapping
from typing import NamedTuple

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.rows.story import Snapshot

_BOMS = (  # UTF-32 first: its little endian mark starts with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FIRST_BYTES = (  # of a document that starts with "<" or "<?" and has no mark (XML 1.0, appendix F)
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),  # "<?xm" in EBCDIC
)
_MAGIC = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF-",
    b"ID3",
    b"OggS",
    b"RIFF",
    b"\x7fELF",
    b"PAR1",
    b"SQLite format 3\0",
)

# What a label means in practice: supersets, as browsers read them (https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "utf-16": "utf-8",  # a label of two-byte code on text that is not: already told by the zero bytes
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
    "utf-32": "utf-8",
    "utf-32-le": "utf-8",
    "utf-32-be": "utf-8",
}
_LABELS = {
    "x-sjis": "shift_jis",
    "ks_c_5601-1987": "cp949",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "unicode-1-1-utf-8": "utf-8",
}
_MULTIBYTE = frozenset(
    {"gb18030", "cp949", "cp932", "big5hkscs", "big5", "euc_jp", "johab", "euc_jis_2004", "shift_jis_2004"}
)
_DETECTED = (  # what the web is written in, beside UTF-8: the encodings of browsers
    *(
        "cp1252",
        "gb18030",
        "big5hkscs",
        "cp949",
        "cp932",
        "euc_jp",
        "cp1251",
        "koi8_r",
        "koi8_u",
        "iso8859_5",
        "cp1250",
        "iso8859_2",
    ),
    *("cp1253", "iso8859_7", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
)
_SEVEN_BIT = re.compile(r"iso2022|hz")
_TEXT_CODECS = re.compile(r"utf|cp\d|iso|koi|mac|gb|big5|euc|shift|johab|hz|tis|ptcp|kz1048|ascii|latin")

_XML_LABEL = re.compile(rb"""^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']\s*([\w.:-]{1,40})""", re.I)
_META_LABEL = re.compile(rb"""<meta\b[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
_HTTP_LABEL = re.compile(r"""\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
_CONTROLS = bytes(sorted(set(range(32)) - set(b"\t\n\r\f\x1b\x08")))
_SAMPLE = 1 << 16  # bytes looked at to tell text from binary, and one encoding from another


_NOTHING: Mapping[int, int] = {}


class Document(NamedTuple):
    """A decoded snapshot."""

    uri: str
    data: bytes
    text: str
    encoding: str  # the name of a Python codec; without a byte order mark, which `text` does not hold
    replaced_chars: int
    content_type: str | None = None
    url: str | None = None
    exact: bool = True  # text.encode(encoding) gives the bytes again
    mark: int = 0  # bytes of the byte order mark

    def byte_offsets(self, chars: list[int], sizes: Mapping[int, int] = _NOTHING) -> list[int]:
        """Return the byte offset of each character offset in `chars` (ascending).

        `sizes` may tell how many bytes there are from an offset to the next larger one in `chars`; it saves time.

        Right for every encoding and for text with replaced bytes. Where one byte sequence gave several characters,
        an offset between them is that of the sequence's end.

        >>> decode(Snapshot("a", "é€x".encode())).byte_offsets([0, 1, 2, 3])
        [0, 2, 5, 6]
        >>> decode(Snapshot("a", b"\\xc3\\xa9\\xff\\xe2\\x82\\xacx \\xc3\\xa9")).byte_offsets([0, 1, 2, 3])
        [0, 2, 3, 6]
        """
        if len(self.text) + self.mark == len(self.data):  # a byte a character
            return [char + self.mark for char in chars]
        if not self.exact:
            return self._searched_offsets(chars)
        offsets, at_char, at_byte = [], 0, self.mark
        for char in chars:
            if char > at_char:
                size = sizes.get(at_char)
                at_byte += len(self.text[at_char:char].encode(self.encoding)) if size is None else size
                at_char = char
            offsets.append(at_byte)
        return offsets

    def _searched_offsets(self, chars: list[int]) -> list[int]:
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        offsets: list[int] = []
        at_char, at_byte, size = 0, self.mark, len(self.data)
        for char in chars:
            step = size
            while at_char < char and at_byte < size:
                # a character has a byte or more, so this many bytes are rarely too many
                step = min(max(char - at_char, 1), step)
                state = decoder.getstate()
                end = min(at_byte + step, size)
                got = len(decoder.decode(self.data[at_byte:end], end == size))
                if at_char + got > char and step > 1:  # one sequence gave several characters
                    decoder.setstate(state)
                    step //= 2
                    continue
                at_char += got
                at_byte = end
                step = size
            begun = len(decoder.getstate()[0])  # bytes of the next character, already taken in
            offsets.append(at_byte - begun if char else self.mark)
        return offsets


def decode(snapshot: Snapshot) -> Document:
    """Decode a snapshot.

    Raises:
        Rejected: BINARY, if it is text in no encoding.

    >>> decode(Snapshot("a", b'<?xml version="1.0" encoding="koi8-r"?><a>\\xc4\\xc1</a>')).text[-7:]
    '>да</a>'
    """
    data = snapshot.data
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return _document(snapshot, codec, len(mark))
    encoding, utf8 = _two_byte_code(data), None
    if encoding is None:
        _refuse_binary(data)
        with contextlib.suppress(UnicodeDecodeError):
            utf8 = data.decode("utf-8")
        encoding = _choose(snapshot, utf8)
    return _document(snapshot, encoding, 0, utf8 if encoding == "utf-8" else None)


def _document(snapshot: Snapshot, encoding: str, mark: int, read: str | None = None) -> Document:
    """`read` is the whole text, if it is known already."""
    data = snapshot.data[mark:] if mark else snapshot.data
    replaced = 0
    try:
        text = data.decode(encoding) if read is None else read
        # UTF-8 always encodes back; the others hold escapes and second spellings of one character
        exact = encoding == "utf-8" or _encodes_back(text, encoding, data)
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        replaced = text.count("\ufffd") - data.decode(encoding, "ignore").count("\ufffd")
        exact = False
    return Document(
        snapshot.uri, snapshot.data, text, encoding, replaced, snapshot.content_type, snapshot.url, exact, mark
    )


def _encodes_back(text: str, encoding: str, data: bytes) -> bool:
    try:
        return encoding not in _MULTIBYTE and not _SEVEN_BIT.match(encoding) and text.encode(encoding) == data
    except UnicodeEncodeError:
        return False


def _two_byte_code(data: bytes) -> str | None:
    head = data[:64].lstrip(b"\t\n\r ") if data[:1] in b"\t\n\r " else data[:64]
    for first, codec in _FIRST_BYTES:
        if head.startswith(first):
            return codec
    sample = data[:1024]
    if len(sample) >= 8 and b"\0" in sample:
        half = len(sample) // 2
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > 0.4 * half and even < 0.05 * half:
            return "utf-16-le"
        if even > 0.4 * half and odd < 0.05 * half:
            return "utf-16-be"
    return None


def _refuse_binary(data: bytes) -> None:
    if data.startswith(b"SQLite format 3\0"):
        raise Rejected(
            Reason.BINARY, "an SQLite database, maybe a reader's: export its articles from the program, as JSON or CSV"
        )
    if data.startswith(_MAGIC):
        raise Rejected(Reason.BINARY, f"starts with {data[:4]!r}")
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > 0.05 * len(sample):
        raise Rejected(Reason.BINARY, f"{controls} control bytes in the first {len(sample)}")


def _choose(snapshot: Snapshot, utf8: str | None) -> str:
    """`utf8` is what the bytes are if they are UTF-8."""
    data = snapshot.data
    labels = _labels(snapshot)
    if utf8 is None:
        return _choose_legacy(data, labels)
    if utf8.isascii():
        stated = next((label for label in labels if _SEVEN_BIT.match(label)), None)
        return stated or _escaped(data) or "utf-8"
    # A few Chinese characters can be two-byte UTF-8 by chance; only then does a label decide.
    for label in labels:
        if label in _MULTIBYTE and max(utf8) < "\u0800" and _bad(data, label) == 0:
            return label
    return "utf-8"


_ESCAPES = ((re.compile(rb"\x1b\$[@B]"), "iso2022_jp"), (re.compile(rb"\x1b\$\)C"), "iso2022_kr"))


def _escaped(data: bytes) -> str | None:
    """Return the code of seven bits whose escapes are in it, if all of it can be read so. No other text has them."""
    if b"\x1b$" not in data:
        return None
    return next((codec for mark, codec in _ESCAPES if mark.search(data) and _bad(data, codec) == 0), None)


# What is left of UTF-8 that was cut within characters, or made of UTF-16 by halves (CESU-8); and what is none of it.
_HIGH = re.compile(rb"[\x80-\xff]+")
_OF_UTF8 = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{1,2}|[\xf0-\xf4][\x80-\xbf]{1,3}"  # whole, or without an end
)
_JUDGED = 10_000  # runs of high bytes that are looked at


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether what is no UTF-8 is what a cut leaves of it: most high bytes are of its sequences, and few are not."""
    whole = other = 0
    for run in itertools.islice(_HIGH.finditer(data), _JUDGED):
        rest, count = _OF_UTF8.subn(b"", run[0])
        whole += count
        other += len(rest)
    return whole > 0 and 4 * other <= whole


def _choose_legacy(data: bytes, labels: list[str]) -> str:
    """Return the encoding of bytes that are not all UTF-8."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text)))
    if good >= 2 and bad * 2 <= good:  # damaged UTF-8: other encodings do not give whole sequences by chance
        return "utf-8"
    if labels[:1] == ["utf-8"] and _is_damaged_utf8(data):  # what is stated goes before any guess
        return "utf-8"
    for label in labels:
        if label != "utf-8" and _bad(data, label) <= (0.02 * len(data) if label in _MULTIBYTE else 0):
            return label
    if labels[:1] == ["utf-8"] and good >= bad:
        return "utf-8"
    return _detect(data)


def _labels(snapshot: Snapshot) -> list[str]:
    """Return the codecs that the document and the archive name, most trusted first."""
    head = snapshot.data[:1024]
    found = [m.group(1).decode("ascii", "replace") for m in (_XML_LABEL.match(head), _META_LABEL.search(head)) if m]
    if snapshot.content_type:
        found += _HTTP_LABEL.findall(snapshot.content_type)
    return [codec for codec in map(codec_of, found) if codec]


def codec_of(label: str) -> str | None:
    """Return the Python codec that a charset's name means in practice; None if it is no name of one for text."""
    label = _LABELS.get(label.lower(), label.lower())
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    name = _MEANT.get(name, name)
    # not the codecs that are no text (zip, base64, rot13, ...), nor UTF-7, with which markup can be hidden
    return name if _TEXT_CODECS.match(name) and name != "utf-7" else None


def _bad(data: bytes, codec: str) -> int:
    """How many characters of `data` could not be read."""
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return data.decode(codec, "replace").count("\ufffd")
    return 0


# A word with bytes above 127, in the group, and what follows it; or a run of ASCII, which is passed over whole: else it
# would be gone through from each of its bytes.
_FOREIGN = re.compile(
    rb"""((?:[^\s<>&"'=/;\x80-\xff]*+[\x80-\xff])++)[^<>&"'=/;\r\n]{0,200}|[^\s<>&"'=/;\x80-\xff]++"""
)


def _detect(data: bytes) -> str:
    """Return the encoding that makes most sense of the words with bytes above 127."""
    sample = b" ".join(found[0] for found in _FOREIGN.finditer(data, 0, 1 << 20) if found[1])[:8192]
    high = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    if high >= 6:
        import charset_normalizer

        best = charset_normalizer.from_bytes(sample, cp_isolation=list(_DETECTED), preemptive_behaviour=False).best()
        if best is not None and (codec := codec_of(best.encoding)) and codec != "utf-8" and _bad(sample, codec) == 0:
            return codec
    return "cp1252"


_LATIN1_PAIR = re.compile("[\xc2-\xf4][\x80-\xbf\u0152-\u2122]")
_CERTAIN = re.compile(  # UTF-8 read as Latin-1, at least one of its bytes a control character that no text has
    "(?=[\xc2-\xf4][\x80-\xbf]{0,2}[\x80-\x9f])(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
)
_C1 = re.compile("[\x80-\x9f]")


def repair_text(text: str) -> str:
    """Undo UTF-8 that was read as Latin-1 or Windows-1252 and encoded again, when that is certain.

    Certain is: all characters above 127 of `text` together make valid UTF-8 again; or a sequence holds a C1 control
    character. C1 controls that remain are what Windows-1252 means by them.

    >>> repair_text("Claude\\xe2\\x80\\x99s café"), repair_text("donâ€™t"), repair_text("Ã la carte, Ângela")
    ('Claude’s café', 'don’t', 'Ã la carte, Ângela')
    """
    if text.isascii() or not (_LATIN1_PAIR.search(text) or _C1.search(text)):
        return text
    for codec in ("latin-1", "cp1252"):
        try:
            return _from_c1(text.encode(codec).decode("utf-8"))
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return _from_c1(_CERTAIN.sub(_decoded, text))


def _decoded(match: re.Match[str]) -> str:
    try:
        return match.group().encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return match.group()


def _from_c1(text: str) -> str:
    return _C1.sub(lambda m: m.group().encode("latin-1").decode("cp1252", "replace"), text)
