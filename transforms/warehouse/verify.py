"""Proof that a warehouse is whole: every file, every count, every duplicate's winner."""

import itertools
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq
from feedmill.transforms.failures import UsageError
from feedmill.transforms.identity import verify_classes
from feedmill.transforms.rows.story import BYTE_KINDS
from feedmill.transforms.storage.local import LocalStore, Store
from feedmill.transforms.warehouse.layout import STAGING, TABLES
from feedmill.transforms.warehouse.ledger import Ledger
from feedmill.transforms.warehouse.manifests import (
    DamagedWarehouse,
    DataFile,
    Manifest,
    live_files,
    read_manifests,
    rows_added,
    unfinished_commit,
)
from feedmill.transforms.warehouse.parquet import check_file
from feedmill.transforms.warehouse.query import connect
from feedmill.transforms.warehouse.tables import has_columns_of
from feedmill.transforms.warehouse.views import views_sql

# Each must find no row. The text says what a row found means.
_INVARIANTS = {
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
    """Yield each thing that is wrong with a warehouse, in words; nothing if all is well.

    Reads every file. Raises UsageError if there is no warehouse.
    """
    broken = False
    for link in store.links_out() if isinstance(store, LocalStore) else ():
        broken = True
        yield f"{_shown(link)}: this link leads out of the warehouse, and is never followed"
    if broken:
        return  # what lies behind them is not to be read
    try:
        manifests = read_manifests(store)
        unfinished_commit(store)
    except DamagedWarehouse as damaged:
        yield str(damaged)
        return
    if not manifests:
        raise UsageError(f"{store.root}: no warehouse is here (no manifests); feedmill ingest makes one")
    live = set(live_files(manifests))
    file_at = {file.path: file for manifest in manifests for file in (*manifest.files, *manifest.kept)}
    yield from _views(store)
    for manifest in manifests:
        for problem in _files(store, [file for file in (*manifest.files, *manifest.kept) if file in live]):
            broken = True
            yield f"run {manifest.run_id}: {problem}"
        for problem in _books(manifest, file_at):
            yield f"run {manifest.run_id}: {problem}"
    listed = {file.path for file in live}
    for table in TABLES:
        for path in store.list(table):
            if path not in listed:
                yield f"{_shown(path)}: no manifest lists this file, and DuckDB's ** would read it"
    if left := store.list(STAGING):
        yield f"{STAGING}: {len(left)} files of a run that did not finish; the next ingest clears them up"
    if broken:
        return  # the tables cannot be read whole, so nothing can be said of their rows
    session = connect(store)
    items = session.sql("SELECT item_id, content_hash, sighting_id FROM items").to_arrow_table()
    sightings = session.sql(
        "SELECT sighting_id, item_id, content_hash, outcome, rule, winner_sighting_id FROM sightings"
    ).to_arrow_table()
    merges = session.sql(
        "SELECT id AS item_id, into_id AS into_item_id FROM merges WHERE kind = 'item'"
    ).to_arrow_table()
    yield from verify_classes(items, sightings, merges)
    for meaning, sql in _INVARIANTS.items():
        found = session.execute(sql).fetchmany(4)
        if found:
            yield f"{meaning}: {', '.join(str(row[0]) for row in found[:3])}{' ...' if len(found) > 3 else ''}"


def _shown(path: str) -> str:
    return path if path.isprintable() else repr(path)


def _views(store: Store) -> Iterator[str]:
    """Hold `views.sql`, which others may run, against what feedmill writes."""
    again = "feedmill never runs it, DuckDB might; the next ingest or compact writes it anew"
    try:
        found = store.read("views.sql").decode("utf-8", "replace").split("\n")
    except FileNotFoundError:
        yield f"views.sql: the file is missing; {again}"
        return
    wanted = views_sql().split("\n")
    for number, (line, own) in enumerate(itertools.zip_longest(found, wanted), 1):
        if line != own:
            told = "ends too early" if line is None else f"is {line[:100]!r}"
            yield f"views.sql: line {number} {told}, which is not what this feedmill writes; {again}"
            return


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
        if not has_columns_of(file.table, file.minor, pq.read_schema(pa.BufferReader(data))):
            yield f"{file.path}: its columns are not those of {file.table}"


def _books(manifest: Manifest, file_at: Mapping[str, DataFile]) -> Iterator[str]:
    """Yield a run's files have the rows that its books tell: so many more, or fewer, than the files that they
    replace."""
    replaces = () if manifest.folds else manifest.replaces  # what a manifest folds is no more listed
    if unknown := [path for path in replaces if path not in file_at]:
        yield f"it replaces {unknown[0]}, which no manifest lists"
        return
    rows = rows_added((*manifest.files, *manifest.kept), [file_at[path] for path in replaces])
    ledger, withdrawn = Ledger(**manifest.ledger), Ledger(**manifest.withdrawn)
    yield from ledger.imbalance()
    yield from withdrawn.imbalance()
    yield from (ledger - withdrawn).disagreements(rows)
    if replaces and not manifest.withdrawn:
        yield from (f"{table}: {rows[table]:+} rows, though it only replaces" for table in sorted(rows) if rows[table])
