"""Files to snapshots, and what makes two captures one. Plain Python: no Beam."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import pyarrow as pa
from feedmill.transforms.captures.containers import DeadInput, SkippedRecords, unpack
from feedmill.transforms.captures.limits import Limits
from feedmill.transforms.failures import Reason, error_text, is_machines
from feedmill.transforms.local.rests import Rests
from feedmill.transforms.rows.packed_table import PackedTable
from feedmill.transforms.rows.story import Snapshot
from feedmill.transforms.storage.local import FileInfo, open_inputs

_T = TypeVar("_T")
_FILES = pa.schema(
    [
        pa.field("uri", pa.string()),
        pa.field("size", pa.int64()),
        pa.field("mtime", pa.int64()),
        pa.field("generation", pa.int64()),
    ]
)


def pack_files(files: Sequence[FileInfo]) -> PackedTable:
    """Return files as they travel. Their paths are alike, and a pipeline is submitted with all of them in it.

    >>> unpack_files(pack_files([FileInfo("a.xml", 6, None)]))
    [FileInfo(uri='a.xml', size=6, mtime=None, generation=None)]
    """
    return PackedTable(pa.Table.from_pylist([file._asdict() for file in files], _FILES))


def unpack_files(packed: PackedTable) -> list[FileInfo]:
    """Return what `pack_files` was given."""
    return [FileInfo(*row) for row in zip(*(column.to_pylist() for column in packed.table.columns), strict=True)]


class Inputs(NamedTuple):
    """Some of what was read, and the dead letters that another try has made good: their names, as `dead_key` has it."""

    found: tuple[Snapshot | DeadInput, ...]
    mended: tuple[str, ...] = ()


def read_snapshots(file: FileInfo, limits: Limits = Limits()) -> Iterator[Snapshot | DeadInput | SkippedRecords]:
    """Yield what a file holds: one snapshot, or those of an archive.

    A file that cannot be opened or read is a DeadInput(UNREADABLE); see `unpack` for what is refused else.
    """
    for _, found in read_files([file], limits):
        yield from found


def read_files(
    files: Sequence[FileInfo], limits: Limits = Limits(), *, fail_fast: bool = False
) -> Iterator[tuple[FileInfo, Iterator[Snapshot | DeadInput | SkippedRecords]]]:
    """Yield each file and what it holds, to be used up before the next one; see `read_snapshots` and `open_inputs`.

    Raises:
        Exception: what is no fault of a file, such as a full disk; with `fail_fast`, whatever `unpack` fails with.
    """
    for file, stream in open_inputs(files):
        if isinstance(stream, OSError):
            if is_machines(stream):
                raise stream
            yield file, iter([DeadInput(file.uri, Reason.UNREADABLE, error_text(stream), 0, 0)])
            continue
        with stream:
            yield file, unpack(file.uri, stream, file.mtime, limits, fail_fast=fail_fast)


# The files that a run of this process leaves to the next
RESTS: Rests[FileInfo, Snapshot | DeadInput | SkippedRecords] = Rests()


def read_on(
    files: Sequence[FileInfo], limits: Limits = Limits(), *, fail_fast: bool = False
) -> Iterator[tuple[FileInfo, Iterator[Snapshot | DeadInput | SkippedRecords], bool]]:
    """Yield each file, what it holds beyond what earlier runs read, and whether it is begun here; see `read_files`.

    What is not used up of a file, and what the run has no room for, is to be left in `RESTS` by the caller.
    """
    fresh = []
    for file in files:
        if rest := RESTS.rest_of(file):
            yield file, rest, False
        else:
            fresh.append(file)
    reading = read_files(fresh, limits, fail_fast=fail_fast)
    for file, found in reading:
        yield file, _kept_open(found, reading), True


def _kept_open(found: Iterator[_T], reading: object) -> Iterator[_T]:
    """Yield what a file holds; `reading`, which closes the file when it is let go, lives as long."""
    yield from found


def read_plain(files: Sequence[FileInfo]) -> list[Snapshot] | None:
    """Return the snapshots of files that are nothing but one snapshot each, as nearly all are; None if one is not."""
    snapshots = []
    for _, found in read_files(files):
        first = next(found, None)
        if not isinstance(first, Snapshot) or next(found, None) is not None:
            return None
        snapshots.append(first)
    return snapshots


# A date, perhaps with a time, in a path: what tells two captures of one feed apart.
_WHEN = re.compile(r"(?<!\d)(?:19|20)\d\d(?:[-_./]?\d\d){2}(?:[T_ -]?\d\d(?:[-_:.]?\d\d){0,2}Z?)?(?!\d)")

# Names of packed files, and how much feeds grow when they are unpacked, about.
_PACKED = (".gz", ".zst", ".bz2", ".xz", ".zip", ".tgz")
_UNPACKED = 6


# A batch is handed on at whichever comes first: small enough to hold in memory a few times over, large enough that the
# cost of an element is spread over many stories.
BATCH_SNAPSHOTS = 100
BATCH_BYTES = 16 * 1024 * 1024


def run_room(size: int) -> int | None:
    """How many bytes a run may read that is meant to have `size` (0 is no limit), with what `cut_runs` adds."""
    return size + size // 3 if size else None


def batch_files(
    files: Iterable[FileInfo], count: int = BATCH_SNAPSHOTS, size: int = BATCH_BYTES
) -> list[list[FileInfo]]:
    """Cut files into batches of at most `count` files and about `size` bytes.

    Captures of one feed come together, by their paths, whatever hour each is of:
    they share most of their entries, and a batch handles equal entries once. The
    largest batch comes first: no worker is left alone with it at the end.

    >>> files = [FileInfo(f"20250715T{hour}00Z/{feed}.xml", 6, 0) for hour in (10, 11) for feed in "ab"]
    >>> [[f.uri for f in batch] for batch in batch_files(files, 100, 12)]
    [['20250715T1000Z/a.xml', '20250715T1100Z/a.xml'], ['20250715T1000Z/b.xml', '20250715T1100Z/b.xml']]
    """
    in_order = sorted(files, key=lambda file: (_WHEN.sub("", file.uri), file.uri))
    batches = _cut(in_order, count, size, lambda file: file.size)
    return sorted(batches, key=lambda files: sum(file.size for file in files), reverse=True)


def cut_runs(files: Iterable[FileInfo], size: int) -> list[list[FileInfo]]:
    """Cut files, in the order given, into runs of about `size` bytes of what is in them; 0 is no limit.

    A rest of up to a third of that goes with the run before: it is not worth one of its own.

    >>> files = [FileInfo("a.xml", 6, 0), FileInfo("b.xml", 6, 0), FileInfo("c.xml.gz", 1, 0), FileInfo("d.xml", 2, 0)]
    >>> [[f.uri for f in run] for run in cut_runs(files, 12)]
    [['a.xml', 'b.xml'], ['c.xml.gz', 'd.xml']]
    >>> [[f.uri for f in run] for run in cut_runs(files, 6)]
    [['a.xml'], ['b.xml'], ['c.xml.gz', 'd.xml']]
    >>> len(cut_runs(files, 0)), cut_runs([], 0)
    (1, [])
    """

    def unpacked(file: FileInfo) -> int:
        return file.size * (_UNPACKED if file.uri.endswith(_PACKED) else 1)

    runs = _cut(files, None, size or sys.maxsize, unpacked)
    if len(runs) > 1 and 3 * sum(map(unpacked, runs[-1])) <= size:
        rest = runs.pop()
        runs[-1] += rest
    return runs


def _cut(
    files: Iterable[FileInfo], count: int | None, size: int, weight: Callable[[FileInfo], int]
) -> list[list[FileInfo]]:
    batches: list[list[FileInfo]] = []
    left = 0
    for file in files:
        if not batches or len(batches[-1]) == count or weight(file) > left:
            batches.append([])
            left = size
        batches[-1].append(file)
        left -= weight(file)
    return batches
