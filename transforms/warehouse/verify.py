"""Proof that a warehouse is whole: every file, every count, every duplicate's winner."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.files import Store
from transforms.rows import BYTE_KINDS
from transforms.tables import ITEMS_WITH_LANG, SCHEMAS
from transforms.warehouse.layout import STAGING, TABLES
from transforms.warehouse.ledger import Ledger
from transforms.warehouse.manifests import DataFile, Manifest, live_files, read_manifests
from transforms.warehouse.parquet import check_file
from transforms.warehouse.query import connect

# Each must find no row. The text says what a row found means.
_INVARIANTS = {
    "a story version has more than one row in items": """
        SELECT item_id || ' ' || hex(content_hash) FROM items GROUP BY item_id, content_hash HAVING count(*) > 1""",
    "a sighting is stored more than once": """
        SELECT sighting_id FROM sightings GROUP BY ALL HAVING count(*) > 1""",
    "an item has no sighting whose text it is": """
        SELECT i.item_id FROM items i ANTI JOIN (FROM sightings WHERE outcome <> 'duplicate') s
        ON s.sighting_id = i.sighting_id AND s.item_id = i.item_id AND s.content_hash = i.content_hash""",
    "a new or revised sighting has no row in items": """
        SELECT s.sighting_id FROM sightings s ANTI JOIN items i ON i.sighting_id = s.sighting_id
        WHERE s.outcome <> 'duplicate'""",
    "an item is new more than once, or never": """
        SELECT item_id FROM sightings GROUP BY item_id HAVING count(*) FILTER (outcome = 'new') <> 1""",
    "a duplicate names no winner, or one that is not the row of an item": """
        SELECT d.sighting_id FROM sightings d
        ANTI JOIN items i ON i.sighting_id = d.winner_sighting_id AND i.item_id = d.item_id
        WHERE d.outcome = 'duplicate'""",
    "a duplicate names no rule": """
        SELECT sighting_id FROM sightings WHERE outcome = 'duplicate' AND rule IS NULL""",
    "a snapshot's sightings do not add up to its counts": """
        SELECT n.snapshot_uri FROM snapshots n
        LEFT JOIN (SELECT snapshot_id, snapshot_uri, run_id, count(*) FILTER (outcome = 'new') AS new,
          count(*) FILTER (outcome = 'revision') AS revisions, count(*) FILTER (outcome = 'duplicate') AS duplicates
          FROM sightings GROUP BY ALL) s
        ON s.snapshot_id = n.snapshot_id AND s.snapshot_uri = n.snapshot_uri AND s.run_id = n.run_id
        WHERE (n.new, n.revisions, n.duplicates)
          IS DISTINCT FROM (coalesce(s.new, 0), coalesce(s.revisions, 0), coalesce(s.duplicates, 0))""",
    "a snapshot's bytes do not add up to its size": f"""
        SELECT snapshot_uri FROM snapshots WHERE size <> {" + ".join(f"bytes_{kind}" for kind in BYTE_KINDS)}""",
    "a snapshot's stories do not add up": """
        SELECT snapshot_uri FROM snapshots WHERE stories <> new + revisions + duplicates + dead""",
    "an item was merged into one that is not there": """
        SELECT m.id FROM merges m ANTI JOIN items i ON i.item_id = m.into_id WHERE m.kind = 'item'""",
    "items were merged in a circle": """
        SELECT id FROM merges ANTI JOIN merged_ids USING (kind, id)""",
}


def verify(store: Store) -> Iterator[str]:
    """Yields each thing that is wrong with a warehouse, in words; nothing if all is well.

    Reads every file. Raises UsageError if there is no warehouse.
    """
    session = connect(store)
    manifests = read_manifests(store)
    live = set(live_files(manifests))
    rows_of = {file.path: (file.table, file.rows) for manifest in manifests for file in manifest.files}
    broken = False
    for manifest in manifests:
        for problem in _files(store, [file for file in manifest.files if file in live]):
            broken = True
            yield f"run {manifest.run_id}: {problem}"
        for problem in _replaced(manifest, rows_of) if manifest.replaces else _books(manifest):
            yield f"run {manifest.run_id}: {problem}"
    listed = {file.path for file in live}
    for table in TABLES:
        for path in store.list(table):
            if path not in listed:
                yield f"{path}: no manifest lists this file, and DuckDB's ** would read it"
    if left := store.list(STAGING):
        yield f"{STAGING}: {len(left)} files of a run that did not finish; the next ingest clears them up"
    if broken:
        return  # the tables cannot be read whole, so nothing can be said of their rows
    for meaning, sql in _INVARIANTS.items():
        found = session.execute(sql).fetchmany(4)
        if found:
            yield f"{meaning}: {', '.join(str(row[0]) for row in found[:3])}{' ...' if len(found) > 3 else ''}"


def _files(store: Store, files: Sequence[DataFile]) -> Iterator[str]:
    for file in files:
        try:
            data = store.read(file.path)
            check_file(data, file.path, rows=file.rows, sha256=file.sha256)
        except FileNotFoundError:
            yield f"{file.path}: the file is missing"
            continue
        except (OSError, pa.ArrowInvalid) as error:
            yield str(error)
            continue
        found = pq.read_schema(pa.BufferReader(data))
        if not (found.equals(SCHEMAS[file.table]) or (file.table == "items" and found.equals(ITEMS_WITH_LANG))):
            yield f"{file.path}: its columns are not those of {file.table}"


def _rows(files: Iterable[tuple[str, int]]) -> Counter[str]:
    """Adds up rows by table."""
    rows: Counter[str] = Counter()
    for table, count in files:
        rows[table] += count
    return rows


def _replaced(manifest: Manifest, rows_of: Mapping[str, tuple[str, int]]) -> Iterator[str]:
    """A run that replaces files adds no row and loses none."""
    if unknown := [path for path in manifest.replaces if path not in rows_of]:
        yield f"it replaces {unknown[0]}, which no manifest lists"
        return
    before = _rows(rows_of[path] for path in manifest.replaces)
    after = _rows((file.table, file.rows) for file in manifest.files)
    for table in sorted(before | after):
        if before[table] != after[table]:
            yield f"{table}: {after[table]} rows in place of {before[table]}"


def _books(manifest: Manifest) -> Iterator[str]:
    rows = _rows((file.table, file.rows) for file in manifest.files)
    ledger = Ledger(**manifest.ledger)
    yield from ledger.imbalance()
    yield from ledger.disagreements(rows)
