"""What the warehouse knows: the captures it has, and the fingerprints of their texts. Plain Python: no Beam."""

import hashlib
import itertools
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from feedmill.transforms.captures.capture import capture_key, capture_of, dead_key
from feedmill.transforms.captures.containers import DeadInput
from feedmill.transforms.failures import RETRIED, is_tried_again
from feedmill.transforms.identity import KNOWN_SCHEMA, match, wanted
from feedmill.transforms.rows.story import Snapshot
from feedmill.transforms.storage.local import Store
from feedmill.transforms.warehouse.column_cache import MappedTables, PieceCache
from feedmill.transforms.warehouse.manifests import DataFile, Manifest, live_files, paths_of, read_manifests
from feedmill.transforms.warehouse.tables import MERGES, fitted


def known_texts(store: Store, fingerprint_files: Sequence[str], nodes: pa.Table) -> pa.Table:
    """Return what the warehouse knows of texts that `nodes` may be the same as, reading none of the texts.

    Args:
        store: the warehouse.
        fingerprint_files: its committed files of the table `fingerprints`.
        nodes: fingerprints, as `identity.NODE_SCHEMA`.
    """
    if not fingerprint_files:
        return KNOWN_SCHEMA.empty_table()
    keys = wanted(nodes)
    known = _known(store, fingerprint_files)
    found = [KNOWN_SCHEMA.empty_table()]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while parts := list(itertools.islice(known, _AT_ONCE)):
            found += pool.map(match, parts, itertools.repeat(keys))
    return pa.concat_tables(found)


_AT_ONCE = 2  # parts that are looked through, and are in memory: numpy works on both, in half the time


def texts_of(store: Store, fingerprint_files: Sequence[str], items: pa.Array) -> pa.Table:
    """Return all that the warehouse knows of the texts of some items."""
    found = [rows.filter(pc.is_in(rows["item_id"], value_set=items)) for rows in _known(store, fingerprint_files)]
    return pa.concat_tables([KNOWN_SCHEMA.empty_table(), *found])


def stories_without(store: Store, fingerprint_files: Sequence[str], gone: pa.Array) -> set[str]:
    """Return the clusters of all texts that the warehouse knows, but for some."""
    found: set[str] = set()
    for rows in _known(store, fingerprint_files):
        stay = rows["story_id"].filter(pc.invert(pc.is_in(rows["node_id"], value_set=gone)))
        found.update(pc.unique(stay).to_pylist())
    return found


def _known(store: Store, fingerprint_files: Sequence[str]) -> Iterator[pa.Table]:
    for texts in _TEXTS.pieces(store, fingerprint_files):
        yield from texts.parts()


def known_merges(store: Store, merge_files: Sequence[str]) -> pa.Table:
    """Return the items and clusters that earlier runs proved to be one."""
    return pa.concat_tables([MERGES.empty_table(), *_MERGED.pieces(store, merge_files)])


class Captures:
    """The keys of captures, 16 bytes each, to be asked whether they hold one.

    Attributes:
        letters: the dead letters that are tried again, reason and detail of each by its `dead_key`.

    >>> captures = Captures([_digests(["a", "b"]), _digests(["c"])])
    >>> "b" in captures, "c" in captures, "d" in captures
    (True, True, False)
    """

    def __init__(
        self, sorted_digests: Iterable[np.ndarray], letters: Mapping[str, tuple[str, str]] = MappingProxyType({})
    ) -> None:
        self._sorted = [digests for digests in sorted_digests if digests.size]
        self.letters = letters

    def __len__(self) -> int:
        return sum(map(len, self._sorted))

    def __contains__(self, key: object) -> bool:
        digest = _digests([str(key)])
        return any(
            digests[min(np.searchsorted(digests, digest[0]), digests.size - 1)] == digest[0] for digests in self._sorted
        )


def capture_files(files: Iterable[DataFile]) -> list[str]:
    """Return the paths of those of a warehouse's files that tell which captures it has."""
    files = list(files)
    return [path for table in ("snapshots", "dead_letter") for path in paths_of(files, table)]


def known_captures(store: Store, files: Sequence[str] | None = None, *, redo: bool = False) -> Captures:
    """Return the keys of all captures in the warehouse; see `is_known`.

    Args:
        store: the warehouse.
        files: its `capture_files`, as one has just seen them.
        redo: nothing counts as known, and all dead letters of which another try may go better are tried again.
    """
    names = capture_files(live_files(read_manifests(store))) if files is None else files
    try:
        letters = {
            name: (reason, detail)
            for piece in _LETTERS.pieces(store, [name for name in names if name.startswith("dead_letter/")])
            for name, reason, detail in zip(*(column.to_pylist() for column in piece.columns), strict=True)
            if redo or is_tried_again(reason, detail)
        }
        if redo:
            return Captures([], letters)
        return Captures(_CAPTURED.pieces(store, [name for name in names if name.startswith("snapshots/")]), letters)
    except FileNotFoundError:
        now = capture_files(live_files(read_manifests(store)))
        if now == list(names):
            raise
        return known_captures(store, now, redo=redo)  # others compacted the warehouse meanwhile


def captures_since(store: Store, snapshot_files: Sequence[str]) -> Captures:
    """Return the keys of the captures in some of the warehouse's files of `snapshots`: those that are new."""
    return Captures(_SINCE.pieces(store, snapshot_files))


def keep_compacted(store: Store, manifest: Manifest) -> None:
    """Spare this process to read what it knows: `manifest` has only brought files together."""
    kinds = (("fingerprints", _TEXTS), ("merges", _MERGED), ("snapshots", _CAPTURED), ("dead_letter", _LETTERS))
    for table, held in kinds:
        old = [path for path in manifest.replaces if path.startswith(f"{table}/")]
        held.replaced(store, old, [file.path for file in manifest.files if file.table == table])


def _read_texts(store: Store, name: str) -> MappedTables:
    with store.open(name) as file:
        return MappedTables(
            KNOWN_SCHEMA, [fitted(pq.ParquetFile(file).read(KNOWN_SCHEMA.names), KNOWN_SCHEMA).cast(KNOWN_SCHEMA)]
        )


def _join_texts(texts: Sequence[MappedTables]) -> MappedTables:
    return MappedTables(KNOWN_SCHEMA, (part for some in texts for part in some.parts()))


def _read_merges(store: Store, name: str) -> pa.Table:
    with store.open(name) as file:
        return fitted(pq.ParquetFile(file).read(), MERGES).cast(MERGES)


def _read_captures(store: Store, name: str) -> np.ndarray:
    with store.open(name) as file:
        columns = ["snapshot_id", "snapshot_uri", "format", "captured_at", "captured_from"]
        rows = pq.ParquetFile(file).read(columns)
    rows = rows.set_column(3, "captured_at", rows["captured_at"].cast(pa.int64()))
    return _digests(
        dead_key(snapshot_id, uri) if form is None else capture_key(snapshot_id, at, origin)
        for snapshot_id, uri, form, at, origin in zip(*(c.to_pylist() for c in rows.columns), strict=True)
    )


def _read_letters(store: Store, name: str) -> pa.Table:
    """Return the dead letters of which another try may go better: name, reason, detail."""
    with store.open(name) as file:
        rows = pq.ParquetFile(file).read(["snapshot_id", "snapshot_uri", "reason", "detail"])
    rows = rows.filter(pc.is_in(rows["reason"].cast(pa.string()), value_set=pa.array(sorted(RETRIED))))
    names = map(dead_key, rows["snapshot_id"].to_pylist(), rows["snapshot_uri"].to_pylist())
    told = {column: rows[column].cast(pa.string()).combine_chunks() for column in ("reason", "detail")}
    return pa.table({"name": pa.array(list(names), pa.string()), **told})


def _digests(keys: Iterable[str]) -> np.ndarray:
    digests = b"".join(hashlib.blake2b(key.encode(), digest_size=16).digest() for key in keys)
    return np.sort(np.frombuffer(digests, "V16").view("S16"))


def _joined(tables: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables).combine_chunks()


_TEXTS = PieceCache(_read_texts, _join_texts, lambda texts: texts.nbytes)
_MERGED = PieceCache(_read_merges, _joined, lambda table: table.nbytes)
_LETTERS = PieceCache(_read_letters, _joined, lambda table: table.nbytes)
_CAPTURED, _SINCE = (
    PieceCache(_read_captures, lambda parts: np.sort(np.concatenate(parts)), lambda digests: digests.nbytes)
    for _ in range(2)
)


def is_known(found: Snapshot | DeadInput, known: Container[str]) -> bool:
    """Tell whether the warehouse holds this capture, read or declined.

    What was declined and is tried again is not known, unless it is declined once more in the same words.
    """
    if not known:
        return False
    capture = capture_of(Snapshot(found.uri, found.data) if isinstance(found, DeadInput) else found)
    letter = known.letters.get(capture.dead_key) if isinstance(known, Captures) else None
    if letter is not None:
        return letter == _told(found)
    return capture.key in known or capture.dead_key in known


def _name(found: Snapshot | DeadInput) -> str:
    return capture_of(Snapshot(found.uri, found.data)).dead_key


def _told(found: Snapshot | DeadInput) -> tuple[str, str] | None:
    return (found.reason.value, found.detail) if isinstance(found, DeadInput) else None


class Retries:
    """What became of dead letters of which a file is tried again.

    Args:
        known: what the warehouse knows.
    """

    def __init__(self, known: Captures) -> None:
        self._letters = known.letters
        self._same: set[str] = set()
        self._mended: set[str] = set()

    def see(self, found: Snapshot | DeadInput) -> None:
        """Take note of what was found in a file, known or not."""
        if not self._letters:
            return
        name = _name(found)
        if name in self._letters and self._letters[name] == _told(found):
            self._same.add(name)
        else:
            self._note(name, _unread(found.uri))

    def end(self, uri: str) -> None:
        """Take note that a file was read, as far as it can be."""
        if self._letters:
            self._note(_unread(uri))

    def _note(self, *names: str) -> None:
        self._mended.update(name for name in names if name in self._letters)

    def mended(self) -> tuple[str, ...]:
        """Return the names of the dead letters that what was found takes the place of, and forgets them."""
        names = tuple(sorted(self._mended - self._same))
        self._mended.clear()
        return names


def _unread(uri: str) -> str:
    """Names the dead letter of a file, or a part of an archive, of which not a byte is kept."""
    return dead_key(hashlib.sha256(b"").hexdigest(), uri)
