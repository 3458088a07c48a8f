"""Files to snapshots, and which of them the warehouse has already. Plain Python: no Beam."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.batch import capture_key, dead_key
from transforms.failures import Reason
from transforms.files import FileInfo, Store
from transforms.formats.captured import resolve_captured
from transforms.formats.containers import Limits, Refused, Skipped, unpack
from transforms.rows import Snapshot


def read_snapshots(file: FileInfo, limits: Limits = Limits()) -> Iterator[Snapshot | Refused | Skipped]:
    """Yields what a file holds: one snapshot, or those of an archive.

    A file that cannot be opened or read is a Refused(UNREADABLE).
    """
    try:
        stream = open(file.uri, "rb")  # noqa: SIM115 - closed below, after the last snapshot
    except OSError as error:
        yield Refused(file.uri, Reason.UNREADABLE, f"{type(error).__name__}: {error.strerror}", 0, 0)
        return
    with stream:
        yield from unpack(file.uri, stream, file.mtime, limits)


def batch_files(files: Iterable[FileInfo], count: int, size: int) -> list[list[FileInfo]]:
    """Cuts files into runs of at most `count` files and about `size` bytes, in order.

    >>> files = [FileInfo("a", 6, 0), FileInfo("b", 6, 0), FileInfo("c", 1, 0)]
    >>> [[f.uri for f in batch] for batch in batch_files(files, 100, 10)]
    [['a'], ['b', 'c']]
    """
    batches: list[list[FileInfo]] = []
    left = 0
    for file in files:
        if not batches or len(batches[-1]) == count or file.size > left:
            batches.append([])
            left = size
        batches[-1].append(file)
        left -= file.size
    return batches


def known_captures(store: Store, snapshot_files: Sequence[str]) -> frozenset[str]:
    """Returns the keys of all captures in the warehouse; see `is_known`."""
    known = set()
    for name in snapshot_files:
        with store.open(name) as file:
            columns = ["snapshot_id", "snapshot_uri", "format", "captured_at", "captured_from"]
            rows = pq.ParquetFile(file).read(columns)
        rows = rows.set_column(3, "captured_at", rows["captured_at"].cast(pa.int64()))
        for snapshot_id, uri, form, at, origin in zip(*(c.to_pylist() for c in rows.columns), strict=True):
            known.add(dead_key(snapshot_id, uri) if form is None else capture_key(snapshot_id, at, origin))
    return frozenset(known)


def is_known(found: Snapshot | Refused, known: frozenset[str]) -> bool:
    """Tells whether the warehouse holds this capture, read or declined."""
    if isinstance(found, Refused):
        found = Snapshot(found.uri, b"")
    snapshot_id = hashlib.sha256(found.data).hexdigest()
    return (
        capture_key(snapshot_id, *resolve_captured(found, None)) in known
        or dead_key(snapshot_id, found.uri) in known
    )
