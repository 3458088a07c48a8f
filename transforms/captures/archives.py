"""zip and tar, read once from front to back: no seeking, no directory kept in memory, no file ever written.

Reading a zip by its local headers, and not by the directory at its end, gives
the members of one that was cut off, and no member's bytes are read twice,
which is what zip bombs of overlapping members live on. Python's own `tarfile`
is not used for the same reason: of damage it either says nothing or reads no
further, it takes a header of any size into memory, and it raises what `int` raises.
"""

import calendar
import datetime
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from feedmill.transforms.captures.byte_streams import Reader, Stop, decompressed, limited
from feedmill.transforms.failures import Reason

_LONGEST_NAME = 1 << 16  # bytes, also of a pax header: a name longer than this is an attack
_BLOCK = 512


class Member(NamedTuple):
    """A file in an archive. `content` must be read, or given up, before the next member is asked for."""

    name: str
    mtime: int | None  # microseconds UTC; a zip that knows no zone is taken as UTC
    start: int  # where in the archive's bytes it begins, header included
    content: Reader
    refused: str | None = None  # why it cannot be read, though the archive goes on behind it


def is_tar(head: bytes) -> bool:
    """Whether the first block is a tar header: its checksum is right."""
    if len(head) < _BLOCK or not head[0]:
        return False
    stated = _octal(head[148:156])
    return stated is not None and stated in (
        sum(head[:148]) + 256 + sum(head[156:_BLOCK]),
        # some wrote the sum of signed bytes
        sum(b - (b & 128) * 2 for b in head[:148] + head[156:_BLOCK]) + 256,
    )


def _octal(field: bytes) -> int | None:
    """Return a number of a tar header: octal digits, or big-endian if the first bit is set (GNU), negative if the
    next is."""
    if field[:1] and field[0] & 0x80:
        return int.from_bytes(bytes((field[0] & 0x7F | (field[0] & 0x40) << 1,)) + field[1:], "big", signed=True)
    digits = field.strip(b" \x00")
    return int(digits, 8) if re.fullmatch(rb"[0-7]{1,24}", digits) else 0 if not digits else None


def _name(raw: bytes) -> str:
    return raw.split(b"\x00", 1)[0].decode("utf-8", "replace")


_YEAR_10000 = 253_402_300_800  # seconds: neither Python nor anybody's calendar goes further


def _micros(seconds: int | None) -> int | None:
    """Return microseconds of a time that a header states; None if there is no such time, and for 0, which states
    none."""
    return seconds * 1_000_000 if seconds and 0 < seconds < _YEAR_10000 else None


def tar_members(source: Reader, depth: int) -> Iterator[Member]:
    """Yield the files of a tar archive (ustar, pax, GNU); links, folders and devices hold nothing and are passed over.

    Raises:
        Stop: BAD_ARCHIVE where it is cut off or damaged.
    """

    def cut() -> Stop:
        return Stop(Reason.BAD_ARCHIVE, "the tar archive is cut off", depth)

    shared: dict[str, str] = {}
    own: dict[str, str] = {}
    start = source.position
    while True:
        header = source.take(_BLOCK)
        if not header:
            return  # the two blocks of zeros that should end an archive are often missing
        if len(header) < _BLOCK:
            raise cut()
        if not header.strip(b"\x00"):
            start = source.position
            continue  # the end, or the seam of archives that were joined
        size, kind = _octal(header[124:136]), header[156:157]
        if not is_tar(header) or size is None or not 0 <= size < 1 << 63:
            raise Stop(Reason.BAD_ARCHIVE, "a header of the tar archive is damaged", depth)
        if kind in b"LKxgX" and kind != b"\x00":
            if size > _LONGEST_NAME:
                raise Stop(Reason.BAD_ARCHIVE, f"a name or header of {size} bytes in the tar archive", depth)
            data = source.take(size)
            if len(data) < size or source.skip(-size % _BLOCK) < -size % _BLOCK:
                raise cut()
            if kind == b"L":
                own["path"] = _name(data)
            elif kind in b"xgX":
                (shared if kind == b"g" else own).update(_pax(data))
            continue
        facts = {**shared, **own}
        own = {}
        refused = None
        if "size" in facts:
            if re.fullmatch("[0-9]{1,18}", facts["size"]):
                size = int(facts["size"])
            else:  # what the plain header says is the best guess at where the next one is
                refused = f"a size that is no number in a header of the tar archive: {facts['size'][:20]!r}"
        prefix = _name(header[345:500]) if header[257:263] == b"ustar\x00" else ""
        name = facts.get("path") or "/".join(part for part in (prefix, _name(header[:100])) if part)
        mtime = _seconds(facts.get("mtime")) or _micros(_octal(header[136:148]))
        if kind in b"123456":
            size = 0  # what has no content may still state a size
        more = kind == b"S" and header[482]
        while more:  # the rest of an old sparse file's map
            block = source.take(_BLOCK)
            if len(block) < _BLOCK:
                raise cut()
            more = block[504]
        content = Reader(limited(source, size, cut))
        sparse = kind == b"S" or any(key.startswith("GNU.sparse") for key in facts)
        if kind in b"07S\x00" and not name.endswith("/"):
            if sparse:
                refused = "a sparse file in a tar archive"
            yield Member(name, mtime, start, content, refused)
        while content.some():
            pass
        if source.skip(-size % _BLOCK) < -size % _BLOCK:
            raise cut()
        start = source.position


def _pax(data: bytes) -> dict[str, str]:
    """Return what matters here in a pax header, "LENGTH KEY=VALUE\\n" each; what is damaged is left out."""
    found, at = {}, 0
    while at < len(data):
        space = data.find(b" ", at, at + 8)
        if space < 0 or not data[at:space].isdigit():
            break
        end = at + int(data[at:space])
        key, _, value = data[space + 1 : end - 1].partition(b"=")
        if key in (b"path", b"size", b"mtime") or key.startswith(b"GNU.sparse.name"):
            found[key.decode("utf-8", "replace")] = _name(value)
        if end <= at:
            break
        at = end
    return found


def _seconds(text: str | None) -> int | None:
    """Return microseconds from the decimal seconds of a pax header."""
    if not text or not re.fullmatch(r"[0-9]{1,11}(?:\.[0-9]{1,30})?", text):
        return None
    whole, _, part = text.partition(".")
    return int(whole) * 1_000_000 + int(part.ljust(6, "0")[:6])


_LOCAL = struct.Struct("<4x5H3L2H")
_STORED = 0
# zip's number of a method -> our codec
_METHODS = {8: "deflate", 12: "bzip2", 93: "zstd", 95: "xz"}
_ENCRYPTED, _STREAMED, _UTF8 = 1, 8, 1 << 11
_UNKNOWN = 0xFFFFFFFF


# What may be in a zip behind its members, which it only repeats: fixed bytes of each kind of record, and the shape and
# place of the numbers in them that say how much more it has.
_DIRECTORY = {
    b"PK\x01\x02": (46, "<28xHHH"),  # a member: its name, extras and comment
    b"PK\x05\x05": (6, "<4xH"),  # a signature
    b"PK\x06\x06": (12, "<4xQ"),  # the end, of 64 bits
    b"PK\x06\x07": (20, "<"),  # where that is
    b"PK\x06\x08": (8, "<4xL"),  # extra data
    b"PK\x05\x06": (22, "<20xH"),  # the end: a comment
}
_END = b"PK\x05\x06"


def _behind_directory(source: Reader, cut: Callable[[], Stop]) -> bool:
    """Pass over the directory of a zip archive; return whether another archive follows.

    Raises:
        Stop: BAD_ARCHIVE where it is cut off, or where something else follows.
    """
    signature = b""
    while signature != _END:
        signature = source.peek(4)
        if signature not in _DIRECTORY:
            raise cut()
        size, shape = _DIRECTORY[signature]
        record = source.take(size)
        if len(record) < size:
            raise cut()
        more = sum(struct.unpack_from(shape, record))
        if source.skip(more) < more:
            raise cut()
    while source.peek(1) == b"\x00":
        padding = source.peek(_BLOCK)
        source.skip(len(padding) - len(padding.lstrip(b"\x00")))
    following = source.peek(4)
    if following and following not in (b"PK\x03\x04", _END):
        raise Stop(Reason.BAD_ARCHIVE, "there is something else behind the zip archive", cut().depth)
    return bool(following)


def zip_members(source: Reader, depth: int, spend: Callable[[int], None]) -> Iterator[Member]:
    """Yield the files of a zip archive, in the order in which they lie in it.

    Raises:
        Stop: BAD_ARCHIVE where it is cut off or damaged.
    """

    def cut() -> Stop:
        return Stop(Reason.BAD_ARCHIVE, "the zip archive is cut off", depth)

    if source.peek(8)[:4] in (b"PK\x07\x08", b"PK00"):  # a mark of archives in several parts
        source.skip(4)
    while True:
        start = source.position
        signature = source.peek(4)
        if signature in _DIRECTORY:
            if _behind_directory(source, cut):
                continue  # archives were joined
            return
        if signature != b"PK\x03\x04":
            raise cut() if len(signature) < 4 else Stop(Reason.BAD_ARCHIVE, "the zip archive is damaged", depth)
        header = source.take(_LOCAL.size)
        if len(header) < _LOCAL.size:
            raise cut()
        _, flags, method, time, date, crc, packed, size, name_size, extra_size = _LOCAL.unpack(header)
        raw_name, extra = source.take(name_size), source.take(extra_size)
        if len(raw_name) < name_size or len(extra) < extra_size:
            raise cut()
        name = _zip_name(raw_name, flags)
        extras = _extras(extra)
        if 1 in extras and _UNKNOWN in (packed, size):  # zip64: the sizes that did not fit, in this order
            long = iter(struct.unpack(f"<{len(extras[1]) // 8}Q", extras[1][: len(extras[1]) // 8 * 8]))
            size = next(long, size) if size == _UNKNOWN else size
            packed = next(long, packed) if packed == _UNKNOWN else packed
        mtime = _unix_time(extras.get(0x5455)) or _dos_time(date, time)
        streamed = bool(flags & _STREAMED)
        if streamed and name.endswith("/") and source.peek(4) in (b"PK\x03\x04", b"PK\x01\x02"):
            streamed = False  # a folder: some leave the descriptor out

        refused = None
        if flags & _ENCRYPTED:
            refused = "encrypted"
        elif method != _STORED and method not in _METHODS:
            refused = f"packed with method {method} of zip, which is not read"
        if refused:
            yield Member(name, mtime, start, Reader(iter(())), refused)
            if streamed and not packed:
                raise Stop(Reason.BAD_ARCHIVE, f"what is behind {name!r} cannot be found", depth)
            if source.skip(packed) < packed:
                raise cut()
            if streamed and source.peek(4) == b"PK\x07\x08":
                source.skip(16)
                source.skip(8 if source.peek(2) != b"PK" else 0)
            continue
        packed_bytes = Reader(iter(())) if streamed else Reader(limited(source, packed, cut))
        if streamed:
            content = Reader(_streamed(source, method, depth, spend))
        else:
            content = Reader(_checked(packed_bytes, method, crc, depth + 1, spend))
        if not name.endswith("/"):
            yield Member(name, mtime, start, content)
        try:
            while content.some():
                pass
        except Stop as stop:
            if stop.depth <= depth:
                raise
        while packed_bytes.some():
            pass


def _checked(packed: Reader, method: int, crc: int, depth: int, spend: Callable[[int], None]) -> Iterator[bytes]:
    """Yield a member's content, its checksum compared at the end."""
    found = 0
    for piece in _unpacked(packed, method, depth, spend):
        found = zlib.crc32(piece, found)
        yield piece
    if found != crc:
        raise Stop(Reason.BAD_ARCHIVE, "the content is damaged: its checksum is wrong", depth)


def _unpacked(packed: Reader, method: int, depth: int, spend: Callable[[int], None]) -> Iterator[bytes]:
    if method == _STORED:
        while piece := packed.some():
            yield piece
    else:
        yield from decompressed(packed, _METHODS[method], depth, spend)


def _streamed(source: Reader, method: int, depth: int, spend: Callable[[int], None]) -> Iterator[bytes]:
    """Yield the content of a member whose size and checksum stand behind it. Its end is where the codec says so."""
    start, size, crc = source.position, 0, 0
    if method == _STORED:
        pieces = _up_to_descriptor(source, depth)
    else:
        pieces = decompressed(source, _METHODS[method], depth, spend)
    for piece in pieces:
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        yield piece
    packed = source.position - start
    if source.peek(4) == b"PK\x07\x08":
        source.skip(4)
    for shape in ("<LLL", "<LQQ"):
        length = struct.calcsize(shape)
        stated = source.peek(length)
        if len(stated) == length and struct.unpack(shape, stated)[1:] == (packed, size):
            source.skip(length)
            if struct.unpack(shape, stated)[0] != crc:
                raise Stop(Reason.BAD_ARCHIVE, "the content is damaged: its checksum is wrong", depth + 1)
            return
    raise Stop(Reason.BAD_ARCHIVE, "the zip archive is damaged behind a member of unstated size", depth)


def _up_to_descriptor(source: Reader, depth: int) -> Iterator[bytes]:
    """Content that is not packed and whose size stands behind it: up to a mark that states just the size so far."""
    passed = 0
    while True:
        ahead = source.peek(1 << 16)
        is_last = len(ahead) < 1 << 16
        at = ahead.find(b"PK\x07\x08")
        while at >= 0 and (is_last or at < len(ahead) - 24):
            if struct.unpack("<L", ahead[at + 8 : at + 12].ljust(4, b"\x00"))[0] == passed + at:
                if at:
                    yield source.take(at)
                return
            at = ahead.find(b"PK\x07\x08", at + 1)
        if is_last:
            raise Stop(Reason.BAD_ARCHIVE, "the zip archive is cut off", depth)
        at = len(ahead) - 24  # the mark may begin at the very end
        passed += at
        yield source.take(at)


def _zip_name(raw: bytes, flags: int) -> str:
    """Return a member's name: UTF-8 if it says so or can be read so (many forget to say), else what DOS used."""
    if flags & _UTF8:
        return raw.decode("utf-8", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _extras(data: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        found[kind] = data[at + 4 : at + 4 + size]
        at += 4 + size
    return found


def _unix_time(extra: bytes | None) -> int | None:
    """Return the time of last change in an "extended timestamp", microseconds UTC."""
    if not extra or len(extra) < 5 or not extra[0] & 1:
        return None
    return int.from_bytes(extra[1:5], "little") * 1_000_000


def _dos_time(date: int, time: int) -> int | None:
    """Return microseconds from DOS's date and time, taken as UTC; None if there is no such date."""
    year, month, day = 1980 + (date >> 9), date >> 5 & 15, date & 31
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    if (year, month, day) == (1980, 1, 1):
        return None  # what programs write that know no date
    hour, minute, second = time >> 11, time >> 5 & 63, (time & 31) * 2
    if hour > 23 or minute > 59 or second > 59:
        return None
    at = datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.UTC)
    return calendar.timegm(at.timetuple()) * 1_000_000
