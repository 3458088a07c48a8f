"""What a run would read, found out without writing anything."""

from collections.abc import Container, Sequence
from typing import NamedTuple

from feedmill.transforms.captures.containers import Limits, Skipped
from feedmill.transforms.captures.inputs import batch_files, read_files
from feedmill.transforms.rows.story import Snapshot
from feedmill.transforms.storage.local import FileInfo, Store
from feedmill.transforms.warehouse.manifests import live_files, read_manifests
from feedmill.transforms.warehouse.memory import capture_files, is_known, known_captures
from feedmill.transforms.warehouse.reprocess import read_records


class Plan(NamedTuple):
    """Counts; sizes are in bytes."""

    runs: int  # that the warehouse holds
    files: int
    size: int  # of the files, as they are stored
    known: int  # snapshots that the warehouse has
    new: int  # snapshots that it has not; those that will be declined too
    new_size: int  # unpacked


def plan(store: Store, files: Sequence[FileInfo], limits: Limits, *, redo: bool = False) -> Plan:
    """Reads the inputs, because only their bytes tell what was ingested; parses nothing of them.

    To `redo` means that bytes from the same place are known too if it is told otherwise now when they were captured.
    """
    manifests = read_manifests(store)
    live = live_files(manifests)
    captures: Container[str] = known_captures(store, capture_files(live))
    if redo:
        records = read_records(store, live)
        captures = {*records["key"].to_pylist(), *records["place"].to_pylist()}
    known = new = new_size = 0
    for batch in batch_files(files):  # as many as may be read ahead
        for _, held in read_files(batch, limits):
            for found in held:
                if isinstance(found, Skipped):
                    continue
                if is_known(found, captures):
                    known += 1
                    continue
                new += 1
                new_size += len(found.data) if isinstance(found, Snapshot) else 0
    return Plan(len(manifests), len(files), sum(file.size for file in files), known, new, new_size)
