"""What the warehouse knows: the captures it has, and the fingerprints of their texts. Plain Python: no Beam."""

import hashlib
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.files import Store
from transforms.formats.captured import resolve_captured
from transforms.formats.containers import Refused
from transforms.identity import KNOWN_SCHEMA, match, wanted
from transforms.inputs import capture_key, dead_key
from transforms.rows import Snapshot
from transforms.tables import MERGES


def known_texts(store: Store, fingerprint_files: Sequence[str], nodes: pa.Table) -> pa.Table:
    """Returns what the warehouse knows of texts that `nodes` may be the same as, reading none of the texts.

    Args:
        store: the warehouse.
        fingerprint_files: its committed files of the table `fingerprints`.
        nodes: fingerprints, as `identity.NODE_SCHEMA`.
    """
    keys = wanted(nodes)
    found = [KNOWN_SCHEMA.empty_table()]
    for name in fingerprint_files:
        with store.open(name) as file:
            rows = pq.ParquetFile(file).read(KNOWN_SCHEMA.names)
        found.append(match(rows.cast(KNOWN_SCHEMA), keys))
    return pa.concat_tables(found)


def known_merges(store: Store, merge_files: Sequence[str]) -> pa.Table:
    """Returns the items and clusters that earlier runs proved to be one."""
    tables = [MERGES.empty_table()]
    for name in merge_files:
        with store.open(name) as file:
            tables.append(pq.ParquetFile(file).read().cast(MERGES))
    return pa.concat_tables(tables)


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
        capture_key(snapshot_id, *resolve_captured(found, None)) in known or dead_key(snapshot_id, found.uri) in known
    )
