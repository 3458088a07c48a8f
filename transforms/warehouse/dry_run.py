"""What a run would read, found out without writing anything."""

import hashlib
from collections.abc import Container, Sequence
from typing import NamedTuple

from feedmill.transforms.captures.capture import capture_of
from feedmill.transforms.captures.containers import DeadInput, SkippedRecords
from feedmill.transforms.captures.inputs import batch_files, read_files
from feedmill.transforms.captures.limits import Limits
from feedmill.transforms.failures import Rejected, internal_error
from feedmill.transforms.formats import Settings, split_snapshot
from feedmill.transforms.rows.story import Snapshot
from feedmill.transforms.storage.local import FileInfo, Store
from feedmill.transforms.warehouse.manifests import live_files, read_manifests
from feedmill.transforms.warehouse.memory import capture_files, is_known, known_captures
from feedmill.transforms.warehouse.reprocess import read_records


class DryRun(NamedTuple):
    """Counts; sizes are in bytes."""

    runs: int  # that the warehouse holds
    files: int
    size: int  # of the files, as they are stored
    known: int  # snapshots that the warehouse has
    repeated: int  # snapshots that are the same capture as another one of the input
    new: int  # all other snapshots; those that will be declined too
    new_size: int  # unpacked
    not_feeds: int  # records of crawls that are no feed
    not_feeds_size: int  # unpacked


def dry_run(
    store: Store, files: Sequence[FileInfo], limits: Limits, settings: Settings = Settings(), *, redo: bool = False
) -> DryRun:
    """Read the inputs, because only their bytes tell what was ingested. The counts are those that the run will say.

    Parses only what is there twice: what is declined counts once for each place, anything else once.

    With `redo`, a snapshot is also known by its bytes and place, even if its capture time is found otherwise now.
    """
    manifests = read_manifests(store)
    live = live_files(manifests)
    captures: Container[str] = known_captures(store, capture_files(live))
    if redo:
        records = read_records(store, live)
        captures = {*records["key"].to_pylist(), *records["place"].to_pylist()}
    known = repeated = new = new_size = not_feeds = not_feeds_size = 0
    keys: set[bytes] = set()
    declined: dict[bytes, bool] = {}

    def is_new(found: Snapshot | DeadInput) -> bool:
        """Whether no capture before was the same one; of what was declined, none from the same place."""
        capture = capture_of(found if isinstance(found, Snapshot) else Snapshot(found.uri, found.data))
        own, sha = [_digest(capture.dead_key)], bytes.fromhex(capture.snapshot_id)
        if isinstance(found, Snapshot):
            own.append(_digest(capture.key))
            if own[1] in keys and sha not in declined:
                declined[sha] = _is_declined(found, settings)
        fresh = own[-1] not in keys or (declined.get(sha, False) and own[0] not in keys)
        keys.update(own)
        return fresh

    for batch in batch_files(files):  # as many as may be read ahead
        for _, held in read_files(batch, limits):
            for found in held:
                if isinstance(found, SkippedRecords):
                    not_feeds += found.count
                    not_feeds_size += found.bytes
                elif (had := is_known(found, captures)) and not redo:
                    known += 1
                elif not is_new(found):
                    repeated += 1
                elif had:
                    known += 1
                else:
                    new += 1
                    new_size += len(found.data) if isinstance(found, Snapshot) else found.end - found.start
    size = sum(file.size for file in files)
    return DryRun(len(manifests), len(files), size, known, repeated, new, new_size, not_feeds, not_feeds_size)


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()


def _is_declined(snapshot: Snapshot, settings: Settings) -> bool:
    try:
        split_snapshot(snapshot, settings)
    except Rejected:
        return True
    except Exception as error:  # noqa: BLE001 - the run makes a dead letter of it, too
        internal_error(error)
        return True
    return False
