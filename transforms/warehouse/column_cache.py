"""What this process has read of a warehouse's small columns, so that it reads each file once. Plain Python: no Beam.

A committed file never changes and its name is never used again (it has the run's id in it), so a process that comes
back, as a stream does every other second, needs only the files that are new. Pieces are put together as they come, to
pieces of ever doubling size: whoever looks through them all has few to look through, however many the files are. What
takes long to look through stays a piece.
"""

import mmap
import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

import pyarrow as pa
from feedmill.transforms.storage.local import Store

T = TypeVar("T")

# Bytes that are held of a kind of file in a warehouse. A fingerprint takes 600, a capture 16: so this is 1.7 million
# distinct texts. Files beyond it are read each time.
MAX_BYTES = 1024 * 1024 * 1024
_PART_ROWS = 1 << 16
_LARGE = 16 * 1024 * 1024  # bytes of a piece: to write them again takes longer than it ever saves


class MappedTables:
    """Tables in a temporary file, under each other, mapped into memory a part at a time.

    The file has no name in any folder, so the system frees it as this process ends, however it ends.

    >>> one, other = (pa.table({"a": pa.array(rows)}) for rows in ([1, 2], [3]))
    >>> [part["a"].to_pylist() for part in MappedTables(one.schema, [one, other]).parts()]
    [[1, 2, 3]]
    """

    def __init__(self, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
        self.nbytes = self._parts = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it goes when this object does
        with pa.ipc.new_file(self._file, schema) as writer:
            for part in _gathered(tables):
                writer.write_table(part)
                self.nbytes += part.nbytes
                self._parts += 1
        self._file.flush()

    def parts(self) -> Iterator[pa.Table]:
        """Yield some of the rows after others. What was looked at of a part is in memory for as long as it is used."""
        for number in range(self._parts):
            mapped = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)  # anew: what was looked at goes
            batch = pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped))).get_batch(number)
            yield pa.Table.from_batches([batch])


def _gathered(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the same rows in tables of as many as a part should have, or somewhat more."""
    some: list[pa.Table] = []
    for table in tables:
        some.append(table)
        if sum(map(len, some)) >= _PART_ROWS:
            yield pa.concat_tables(some).combine_chunks()
            some = []
    if sum(map(len, some)):
        yield pa.concat_tables(some).combine_chunks()


class PieceCache(Generic[T]):
    """The pieces read from one kind of file, over all the warehouses that this process looks at.

    Args:
        read: reads a file.
        join: puts pieces together.
        size: bytes of a piece.
    """

    def __init__(
        self, read: Callable[[Store, str], T], join: Callable[[Sequence[T]], T], size: Callable[[T], int]
    ) -> None:
        self._read = read
        self._join = join
        self._size = size
        self._of: dict[str, tuple[set[str], list[T]]] = {}
        self._lock = threading.Lock()

    def replaced(self, store: Store, old: Collection[str], new: Collection[str]) -> None:
        """Say that the rows of the files `old` are those of the files `new`, so that these need not be read."""
        with self._lock:
            files, _ = self._of.get(store.root, (set(), []))
            if files.issuperset(old):
                files.difference_update(old)
                files.update(new)

    def pieces(self, store: Store, names: Iterable[str]) -> Iterator[T]:
        """Yield pieces that together are what the files `names` hold, each file once, in any order."""
        wanted = set(names)
        with self._lock:
            files, pieces = self._of.pop(store.root, (set(), []))
            if not files <= wanted:  # files were folded into others, or it is another warehouse of the same name
                files, pieces = set(), []
            beyond = []
            left = MAX_BYTES - sum(map(self._size, pieces))
            for name in sorted(wanted - files):
                piece = self._read(store, name)
                left -= self._size(piece)
                if left < 0:
                    beyond = sorted(wanted - files)
                    break
                files.add(name)
                pieces.append(piece)
                while len(pieces) > 1 and self._size(pieces[-2]) < min(2 * self._size(pieces[-1]), _LARGE):
                    pieces[-2:] = [self._join(pieces[-2:])]
            self._of = {store.root: (files, pieces)}  # of the last warehouse only: a process serves one
            found = list(pieces)
        yield from found
        for name in beyond:
            yield self._read(store, name)
