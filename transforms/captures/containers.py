"""Files to snapshots: what is compressed, archived or a crawl's is taken apart, told by its first bytes, never by name.

A compressed file is one snapshot under its own name; a member of an archive and
a record of a crawl is `file#member`, and a member of an archive in it
`file#member#member`. Nothing is written to disk and nothing is held in memory
but one snapshot; names of members are only ever names.
"""

import contextlib
import io
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from feedmill.transforms.captures import archives, crawl, sheets
from feedmill.transforms.captures.byte_streams import PIECE, Reader, Stop, all_streams, pieces_of
from feedmill.transforms.captures.capture_time import captured_at
from feedmill.transforms.captures.limits import Limits
from feedmill.transforms.failures import Reason, error_text, internal_error, is_machines
from feedmill.transforms.rows.story import Snapshot


class DeadInput(NamedTuple):
    """A file, member or record that gives no snapshot, or not a whole one.

    `start` and `end` are where it lies in the file that was unpacked: exact in a
    file that is not packed, else rounded out to what had been read; rows of
    Parquet lie nowhere (0 to 0). `data` is what was declined, if it is in no file.
    """

    uri: str
    reason: Reason
    detail: str
    start: int
    end: int
    data: bytes = b""


class SkippedRecords(NamedTuple):
    """Records of a crawl that are neither feeds nor a reader's pages: how many, and their content's bytes."""

    uri: str
    count: int  # type: ignore[assignment]  # a tuple has a method of this name, which nobody needs here
    bytes: int
    reason: Reason = Reason.NOT_A_FEED


_COMPRESSED = ((b"\x1f\x8b\x08", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"))
_NOT_READ = (
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"\x04\x22\x4d\x18", "an lz4 file"),
    (b"\x1f\x9d", "a file packed with compress (.Z)"),
    (b"LZIP", "an lzip file"),
    (b"MSCF", "a Windows cabinet"),
)
# first member of what is a zip archive only on the outside
_DOCUMENTS = frozenset(("[Content_Types].xml", "mimetype", "META-INF/", "META-INF/MANIFEST.MF", "AndroidManifest.xml"))
_LONGEST_NAME = 4096  # characters of a member's name: no file system has longer paths, and each of its rows repeats it
_HEAD = 512  # bytes that tell what a file is, but for JSON lines
_JSON_HEAD = 1 << 20  # bytes in which the first line of JSON lines must end


def kind_of(head: bytes) -> str | None:
    """Return what a file that starts with `head` is packed in, None if in nothing; `unread` is what feedmill does not
    unpack.

    >>> kind_of(b"\\x1f\\x8b\\x08\\x00"), kind_of(b"WARC/1.0\\r\\n"), kind_of(b"<rss>")
    ('gzip', 'warc', None)
    """
    for magic, name in _COMPRESSED:
        if head.startswith(magic):
            return None if name == "bzip2" and head[4:10] not in _BZIP2_BLOCKS else name
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06") or head[:8] in (b"PK\x07\x08PK\x03\x04", b"PK00PK\x03\x04"):
        return "zip"
    if head.startswith(b"WARC/"):
        return "warc"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"ARROW1\x00\x00"):
        return "arrow"
    if len(head) > 4 and head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50:
        return "zstd"  # a skippable frame
    if any(head.startswith(magic) for magic, _ in _NOT_READ):
        return "unread"
    return "tar" if archives.is_tar(head) else None


_ENTRIES = 16 << 20  # bytes of JSON lines that rows of a table are given as, in one snapshot
_MANY_BROKEN = 1_000  # records of a crawl that are refused one by one; more of them, in one file, are one row
_BZIP2_BLOCKS = (b"1AY&SY", b"\x17rE8P\x90")


def unpack(
    uri: str, data: bytes | BinaryIO, mtime: int | None = None, limits: Limits = Limits(), *, fail_fast: bool = False
) -> Iterator[Snapshot | DeadInput | SkippedRecords]:
    """Yield what a file holds, in its order: one snapshot, or one for each member or record.

    `data` is its bytes or a binary stream (a seekable one if it may be Parquet);
    `mtime` its time, in microseconds UTC. A damaged or cut-off archive yields what
    could be read, the last member in part, and then a DeadInput(BAD_ARCHIVE). What
    exceeds a limit is a DeadInput(BOMB), or TOO_LARGE if nothing was unpacked.
    Records of a crawl that are no feeds are counted in one SkippedRecords a file.
    A read that fails ends the file with a DeadInput(UNREADABLE). Where feedmill itself
    fails, the member or record is a DeadInput(INTERNAL_ERROR), or the rest of the file,
    if it cannot be read on behind it; with `fail_fast`, the error is raised.

    >>> import gzip
    >>> list(unpack("a.gz", gzip.compress(b"<rss/>", mtime=0), 7))
    [Snapshot(uri='a.gz', data=b'<rss/>', captured_at=7, captured_from='mtime', url=None, content_type=None)]
    """
    if isinstance(data, bytes) and len(data) <= limits.member_bytes and _is_plain(data):
        yield Snapshot(uri, data, *captured_at(uri, mtime))  # nearly all files are this
        return
    file = None
    try:
        file = _File(data)
        yield from _Walk(file, limits, fail_fast).layer(uri, file.reader, mtime, 0)
    except Stop as stop:
        yield DeadInput(uri, stop.reason, stop.detail, 0, file.end() if file else 0)
    except Exception as error:
        if fail_fast:
            raise
        no = internal_error(error)
        yield DeadInput(uri, no.reason, no.detail, 0, file.end() if file else 0)


def _is_plain(data: bytes) -> bool:
    head = data[:_HEAD]
    return kind_of(head) is None and not (_is_object(head) and crawl.is_jsonl_corpus(data[:_JSON_HEAD]))


def _is_object(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


class _File:
    """The file itself, below all layers."""

    def __init__(self, data: bytes | BinaryIO) -> None:
        self.stream: BinaryIO | None = None if isinstance(data, bytes) else data
        self.data = data if isinstance(data, bytes) else b""
        self.size: int | None = None
        if self.stream is None:
            self.size = len(self.data)
        elif self.stream.seekable():
            with _reading():
                at = self.stream.tell()
                self.size = self.stream.seek(0, io.SEEK_END) - at
                self.stream.seek(at)
        self.reader = Reader(self._pieces() if self.stream else pieces_of(self.data))

    def _pieces(self) -> Iterator[bytes]:
        while True:
            with _reading():
                piece = self.stream.read(PIECE) if self.stream else b""
            if not piece:
                return
            yield piece

    def seekable(self) -> BinaryIO | None:
        """Return the file at its start, for a format that is read from its end."""
        if self.stream is None:
            return io.BytesIO(self.data)
        if not self.stream.seekable():
            return None
        self.stream.seek(0)
        return _WatchedFile(self.stream)  # type: ignore[return-value]  # all that readers of Parquet ask of a file

    def end(self) -> int:
        return self.size if self.size is not None else self.reader.position


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """Around a read of the file itself: what fails there says nothing of what is in it."""
    try:
        yield
    except OSError as error:
        if is_machines(error):
            raise
        raise Stop(Reason.UNREADABLE, error_text(error), 0) from error


class _WatchedFile(io.RawIOBase):
    """A seekable file whose reads end as `_reading` has it, and not as what a library makes of an OSError."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with _reading():
            return self._file.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        with _reading():
            return self._file.read(size)


class _Walk:
    """One file being unpacked, with what it has cost so far."""

    def __init__(self, file: _File, limits: Limits, fail_fast: bool) -> None:
        self._file = file
        self._limits = limits
        self._fail_fast = fail_fast
        self._out = 0
        self._members = 0

    def _spend(self, size: int) -> None:
        self._out += size
        limits = self._limits
        if self._out > limits.bytes_out:
            raise Stop(Reason.BOMB, f"unpacks to more than {limits.bytes_out} bytes", 0)
        if self._out > max(limits.ratio_from, limits.ratio * self._file.end()):
            detail = f"unpacks to more than {limits.ratio} times its size, and more than {limits.ratio_from} bytes"
            raise Stop(Reason.BOMB, detail, 0)

    def layer(
        self, uri: str, source: Reader, mtime: int | None, depth: int
    ) -> Iterator[Snapshot | DeadInput | SkippedRecords]:
        """Yield what is in `source`: something, if only that nothing is in it.

        Raises:
            Stop: of `depth` or less, where it cannot be read on.
        """
        start = self._file.reader.position if depth else 0
        found = None
        for found in self._inside(uri, source, mtime, depth):
            yield found
        if found is None:
            end = self._file.reader.position if depth else self._file.end()
            yield DeadInput(uri, Reason.EMPTY, "nothing is in it", start, end)

    def _inside(
        self, uri: str, source: Reader, mtime: int | None, depth: int
    ) -> Iterator[Snapshot | DeadInput | SkippedRecords]:
        head = source.peek(_HEAD)
        kind = kind_of(head)
        if kind is None:
            if _is_object(head) and crawl.is_jsonl_corpus(source.peek(_JSON_HEAD)):
                yield from self._crawl(uri, crawl.jsonl_pages(source, depth, self._limits.member_bytes), mtime, depth)
            else:
                yield from self._leaf(uri, source, mtime, depth)
            return
        if kind == "unread":
            what = next(what for magic, what in _NOT_READ if head.startswith(magic))
            raise Stop(Reason.BAD_ARCHIVE, f"{what}, which is not read: unpack it first", depth)
        if depth >= self._limits.nesting:
            raise Stop(Reason.BOMB, f"archives in archives, more than {self._limits.nesting} deep", depth)
        if kind == "warc":
            yield from self._crawl(uri, crawl.warc_pages(source, depth, self._limits.member_bytes), mtime, depth)
        elif kind in ("parquet", "arrow"):
            file = self._seekable(source, depth)
            if kind == "arrow" or crawl.holds_entries(file, kind, depth):
                yield from self._entries(uri, crawl.entry_rows(file, kind, depth, self._spend, _ENTRIES), mtime)
            else:
                yield from self._crawl(uri, crawl.parquet_pages(file, depth, self._spend), mtime, depth)
        elif kind == "zip" and sheets.may_be_workbook(head):
            yield from self._workbook(uri, source, mtime, depth)
        elif kind == "zip":
            yield from self._archive(uri, archives.zip_members(source, depth, self._spend), mtime, depth)
        elif kind == "tar":
            yield from self._archive(uri, archives.tar_members(source, depth), mtime, depth)
        else:
            if kind == "gzip" and len(head) > 8 and (seconds := struct.unpack_from("<L", head, 4)[0]):
                mtime = seconds * 1_000_000  # of the file that was packed
            inner = Reader(all_streams(source, kind, depth, self._spend))
            yield from self.layer(uri, inner, mtime, depth + 1)

    def _leaf(self, uri: str, source: Reader, mtime: int | None, depth: int) -> Iterator[Snapshot]:
        """One snapshot, in part if its source stops before its end, and not at all if it is too large."""
        most = self._limits.member_bytes
        pieces: list[bytes] = []
        size = 0
        stopped: Stop | None = None
        try:
            while piece := source.some():
                size += len(piece)
                if size > most:
                    reason = Reason.BOMB if depth else Reason.TOO_LARGE
                    raise Stop(reason, f"more than {most} bytes", depth)
                pieces.append(piece)
        except Stop as stop:
            stopped = stop
        if stopped is None or (stopped.reason is Reason.BAD_ARCHIVE and pieces):
            yield Snapshot(uri, b"".join(pieces), *captured_at(uri, mtime))
        if stopped:
            raise stopped

    def _archive(
        self, uri: str, members: Iterator[archives.Member], mtime: int | None, depth: int
    ) -> Iterator[Snapshot | DeadInput | SkippedRecords]:
        seen: dict[str, int] = {}
        for member in members:
            self._members += 1
            if self._members > self._limits.members:
                raise Stop(Reason.BOMB, f"more than {self._limits.members} files in archives", 0)
            if not seen and member.name in _DOCUMENTS:
                detail = "an office document, e-book or program: a zip archive on the outside only"
                raise Stop(Reason.BINARY, detail, depth)
            start = member.start if depth == 0 else self._file.reader.position
            refused, shown = member.refused, member.name
            if len(shown) > _LONGEST_NAME:
                refused, shown = f"a name of {len(shown)} characters", f"{shown[:200]}…"
            name = f"{uri}#{_unlike(shown, seen)}"
            if refused:
                yield DeadInput(name, Reason.BAD_ARCHIVE, refused, start, self._file.reader.position)
                continue
            try:
                yield from self.layer(name, member.content, member.mtime or mtime, depth + 1)
            except Stop as stop:
                if stop.depth <= depth:
                    raise
                yield DeadInput(name, stop.reason, stop.detail, start, self._file.reader.position)
            except Exception as error:
                if self._fail_fast:
                    raise
                no = internal_error(error)
                yield DeadInput(name, no.reason, no.detail, start, self._file.reader.position)

    def _crawl(
        self, uri: str, pages: Iterator[crawl.Page | crawl.Broken | int], mtime: int | None, depth: int
    ) -> Iterator[Snapshot | DeadInput | SkippedRecords]:
        count = size = broken = 0
        more: DeadInput | None = None
        stopped: Exception | None = None
        at = self._file.reader.position
        try:
            for page in pages:
                found = self._kept(page, uri, at) if isinstance(page, crawl.Page) else page
                if isinstance(found, crawl.Broken):
                    if found.error and self._fail_fast:
                        raise found.error
                    start, end = (at, self._file.reader.position) if depth else (found.start, found.end)
                    broken += 1
                    if broken <= _MANY_BROKEN:
                        yield DeadInput(f"{uri}#{found.name}", found.reason, found.detail, start, end)
                    else:
                        detail = f"{broken - _MANY_BROKEN} more broken records"
                        more = DeadInput(uri, found.reason, detail, more.start if more else start, end)
                elif isinstance(found, int):
                    count, size = count + 1, size + found
                elif found.captured_at is None:
                    when, by = captured_at(uri, mtime)
                    yield found._replace(captured_at=when, captured_from=by)
                else:
                    yield found
                at = self._file.reader.position
        except Exception as error:  # noqa: BLE001 - raised below, once what was counted is told
            stopped = error
        if more:
            yield more
        if count:
            yield SkippedRecords(uri, count, size)
        if stopped:
            raise stopped

    def _kept(self, page: crawl.Page, uri: str, start: int) -> Snapshot | crawl.Broken | int:
        """Return a record as a snapshot; the size of one that is neither a feed nor a reader's page."""
        try:
            return crawl.keep(page, uri) or _size(page.content)
        except Exception as error:  # noqa: BLE001 - it is told by what is returned
            return crawl.broken_by(error, page.name, start, self._file.reader.position)

    def _entries(self, uri: str, parts: Iterator[tuple[int, bytes]], mtime: int | None) -> Iterator[Snapshot]:
        """Yield a table of entries is a snapshot of JSON lines; a large one is several, named by their first rows."""
        when, by = captured_at(uri, mtime)
        for first, lines in parts:
            yield Snapshot(uri if first == 1 else f"{uri}#{first}", lines, when, by)

    def _workbook(self, uri: str, source: Reader, mtime: int | None, depth: int) -> Iterator[Snapshot]:
        """Each sheet of a workbook is a snapshot: the table that it would be saved as, as CSV."""
        when, by = captured_at(uri, mtime)
        tables = list(sheets.tables(self._seekable(source, depth), depth, self._spend))
        for name, table in tables:
            yield Snapshot(uri if len(tables) == 1 else f"{uri}#{name[:_LONGEST_NAME]}", table, when, by)

    def _seekable(self, source: Reader, depth: int) -> BinaryIO:
        """Return a file that is read from its end."""
        file = self._file.seekable() if depth == 0 else None
        if file is None:  # a packed one has to be held whole
            most = self._limits.member_bytes
            data = source.take(most + 1)
            if len(data) > most:
                detail = f"a table of more than {most} bytes in an archive: unpack it first"
                raise Stop(Reason.BOMB if depth else Reason.TOO_LARGE, detail, depth)
            file = io.BytesIO(data)
        return file


def _unlike(name: str, seen: dict[str, int]) -> str:
    """Return the name, or with a number behind it if it is in `seen` already: an archive may hold a name twice. Adds
    it there.

    >>> seen = {}
    >>> [_unlike(name, seen) for name in ("a", "a;2", "a", "a")]
    ['a', 'a;2', 'a;3', 'a;4']
    """
    count = seen.get(name, 0) + 1
    unlike = name
    while count > 1 and (unlike := f"{name};{count}") in seen:
        count += 1
    seen[name] = count
    seen.setdefault(unlike, 1)
    return unlike


def _size(content: bytes | str) -> int:
    """Return bytes of a page's content, as UTF-8."""
    if isinstance(content, bytes):
        return len(content)
    return len(content) if content.isascii() else len(content.encode("utf-8", "replace"))
