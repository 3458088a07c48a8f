"""What a run would read, found out without writing anything."""

from collections.abc import Sequence
from typing import NamedTuple

from transforms.files import FileInfo, Store
from transforms.formats.containers import Limits, Skipped
from transforms.inputs import batch_files, read_files
from transforms.rows import Snapshot
from transforms.warehouse.manifests import data_files, read_manifests
from transforms.warehouse.memory import is_known, known_captures


class Plan(NamedTuple):
    """Counts; sizes are in bytes."""

    runs: int  # that the warehouse holds
    files: int
    size: int  # of the files, as they are stored
    known: int  # snapshots that the warehouse has
    new: int  # snapshots that it has not; those that will be declined too
    new_size: int  # unpacked


def plan(store: Store, files: Sequence[FileInfo], limits: Limits) -> Plan:
    """Reads the inputs, because only their bytes tell what was ingested; parses nothing of them."""
    manifests = read_manifests(store)
    captures = known_captures(store, data_files(manifests, "snapshots"))
    known = new = new_size = 0
    for batch in batch_files(files, 100, 16 << 20):  # as many as may be read ahead
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
