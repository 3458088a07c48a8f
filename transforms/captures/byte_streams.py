"""Bytes that arrive in pieces: reading ahead, taking apart, decompressing, never holding more than a piece.

Everything is a `Reader` over an iterator of pieces, so that a bomb is found
out after the first piece too many, and a damaged file gives what is before the damage.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from feedmill.transforms.failures import Reason

PIECE = 1 << 18  # bytes: what one step of reading or decompressing yields at most
_INPUT = 1 << 16  # bytes a decompressor is given at a time: what it does not use is put back
_FIRST_INPUT = 1 << 9  # of a stream: a file may be made of streams of twenty bytes
_LZMA_MEMORY = 1 << 28  # bytes that an xz file may ask for; `xz -9` asks for 65 MiB
_ZSTD_WINDOW = 1 << 27  # bytes; what `zstd --long` uses, and the most that zstd itself accepts unasked
# A block of zstd is at least 4 bytes and at most 128 KiB unpacked: so many bytes in are at most 32 MiB out.
_ZSTD_STEP = 1024


class Stop(Exception):
    """A layer of an archive cannot be read on. `depth` is that layer's; what is around it is not concerned."""

    def __init__(self, reason: Reason, detail: str, depth: int) -> None:
        super().__init__(reason, detail, depth)
        self.reason = reason
        self.detail = detail
        self.depth = depth


class Reader:
    """Reads an iterator of pieces: looking ahead, taking a number of bytes, giving back.

    >>> r = Reader(iter([b"ab", b"cdef"]))
    >>> r.peek(3), r.take(1), r.take(9), r.take(1), r.position
    (b'abc', b'a', b'bcdef', b'', 6)
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""
        self._at = 0  # what is before it in `_held` was taken
        self._stop: Exception | None = None
        self.position = 0  # bytes taken so far

    def _next(self) -> bytes:
        if self._stop:
            raise self._stop
        try:
            return next(self._pieces, b"")
        except Exception as error:  # kept: an iterator that failed once is at its end, and this is not
            self._stop = error
            raise

    def peek(self, size: int) -> bytes:
        """Return the next bytes, `size` of them unless the end is nearer, without taking them.

        Damage that lies ahead is not raised here but when its place is reached.
        """
        have = len(self._held) - self._at
        if have < size:
            parts = [self._held[self._at :]]
            try:
                while have < size and (piece := self._next()):
                    parts.append(piece)
                    have += len(piece)
            except Stop:
                pass  # kept: it is raised again by whoever takes what is behind these bytes
            self._held, self._at = b"".join(parts), 0
        return self._held[self._at : self._at + size]

    def some(self, most: int | None = None) -> bytes:
        """Take what is at hand, at least one byte and at most `most`; b"" at the end."""
        if self._at == len(self._held):
            self._held, self._at = self._next(), 0
        end = len(self._held) if most is None else min(len(self._held), self._at + most)
        piece = self._held[self._at : end]
        self._at = end
        self.position += len(piece)
        return piece

    def take(self, size: int) -> bytes:
        """Take `size` bytes, fewer only if the end comes first."""
        taken = self.peek(size)
        if len(taken) < size and self._stop:
            raise self._stop
        self._at += len(taken)
        self.position += len(taken)
        return taken

    def skip(self, size: int) -> int:
        """Pass over `size` bytes; return how many there were."""
        left = size
        while left:
            have = min(left, len(self._held) - self._at)
            if have:
                self._at += have
            else:
                self._held, self._at = self._next(), 0
                if not self._held:
                    break
            left -= have
        self.position += size - left
        return size - left

    def release_memory(self, data: bytes) -> None:
        """Put back what was taken last and too much."""
        if not data:
            return
        start = self._at - len(data)
        if start >= 0 and self._held.startswith(data, start):
            self._at = start  # it is still here
        else:
            self._held, self._at = data + self._held[self._at :], 0
        self.position -= len(data)


def pieces_of(data: bytes) -> Iterator[bytes]:
    """Yield the pieces of bytes that are already in memory."""
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE]


def limited(source: Reader, size: int, cut: Callable[[], Stop]) -> Iterator[bytes]:
    """Yield the next `size` bytes of `source` in pieces; raises `cut()` if it ends before."""
    while size:
        piece = source.some(size)
        if not piece:
            raise cut()
        size -= len(piece)
        yield piece


class Codec(Protocol):
    """What bz2 and lzma call a decompressor."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class Deflate:
    """zlib's decompressor with the manners of bz2's and lzma's."""

    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)
        self._more = False
        self._damage: zlib.error | None = None  # behind what was given out

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._more and not self._inner.unconsumed_tail and not self._damage

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        if self._damage:
            raise self._damage
        before = self._inner.copy()
        data = self._inner.unconsumed_tail + data
        try:
            out = self._inner.decompress(data, max_length)
        except zlib.error as damage:
            out = _up_to_damage(before, data, max_length)
            if not out:
                raise
            self._damage = damage
        self._more = len(out) == max_length
        return out


def _up_to_damage(inner: "zlib._Decompress", data: bytes, most: int) -> bytes:
    """Return what zlib makes of `data` before it fails, which it throws away when it does; no more than `most` bytes.

    Halves what it gives to zlib wherever that fails, so all of it is gone through about twice.
    """
    parts: list[bytes] = []
    size, at, step = 0, 0, len(data)
    while step and at < len(data) and size < most:
        before = inner.copy()
        try:
            part = inner.decompress(data[at : at + step], most - size)
        except zlib.error:
            inner, step = before, step // 2
            continue
        parts.append(part)
        size += len(part)
        at += step
    return b"".join(parts)


class _Zstd:
    """zstandard's decompressor, which knows no `max_length`: it is fed so little at a time that it needs none."""

    def __init__(self) -> None:
        import zstandard

        self._inner = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        self._waiting = b""

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._waiting

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data + self._waiting

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        data = self._waiting + data
        parts, have, at = [], 0, 0
        while at < len(data) and have < max_length and not self._inner.eof:
            part = self._inner.decompress(data[at : at + _ZSTD_STEP])
            at += _ZSTD_STEP
            if part:
                parts.append(part)
                have += len(part)
        self._waiting = data[at:]
        return b"".join(parts)


def codec(name: str) -> Codec:
    """Return a fresh decompressor: gzip, bzip2, xz, zstd, or deflate (no header, as in zip)."""
    if name == "gzip":
        return Deflate(31)
    if name == "deflate":
        return Deflate(-15)
    if name == "bzip2":
        return bz2.BZ2Decompressor()
    if name == "zstd":
        return _Zstd()
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_LZMA_MEMORY)


def _errors(name: str) -> tuple[type[Exception], ...]:
    """Return what the library raises when it is fed what is no stream of its kind."""
    if name == "zstd":
        import zstandard

        return (zstandard.ZstdError,)
    return (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


def decompressed(source: Reader, name: str, depth: int, spend: Callable[[int], None]) -> Iterator[bytes]:
    """Decompress one stream of `source`, leaving `source` right behind it.

    `spend` is told of each piece before it is yielded and may raise `Stop`.
    """
    inner, errors = codec(name), _errors(name)
    most = _FIRST_INPUT
    while not inner.eof:
        data = b""
        if inner.needs_input:
            data = source.some(most)
            most = min(2 * most, _INPUT)
            if not data:
                raise Stop(Reason.BAD_ARCHIVE, f"the {name} stream is cut off", depth)
        try:
            out = inner.decompress(data, PIECE)
        except errors as error:
            raise Stop(Reason.BAD_ARCHIVE, f"the {name} stream is damaged: {error}", depth) from error
        if out:
            spend(len(out))
            yield out
    source.release_memory(inner.unused_data)


def all_streams(source: Reader, name: str, depth: int, spend: Callable[[int], None]) -> Iterator[bytes]:
    """Decompress a whole file: streams of one kind one behind the other, perhaps padded with zeros."""
    magic = source.peek(2)
    while True:
        yield from decompressed(source, name, depth, spend)
        while source.peek(1) == b"\x00":
            padding = source.peek(_INPUT)
            source.skip(len(padding) - len(padding.lstrip(b"\x00")))
        following = source.peek(2)
        if not following:
            return
        # zstd's skippable frames start with another number
        if following != magic and name != "zstd":
            raise Stop(Reason.BAD_ARCHIVE, f"there is something else behind the {name} stream", depth)
