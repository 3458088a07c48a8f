"""Taking redone snapshots out of a warehouse: which they are, what they had a part in, and the files without them.

Rows are found by the columns that name them. Only files that hold a row that goes or changes are read whole, and
written anew with the rest of their rows; the run's manifest replaces them, by the protocol of `manifests`. So what was
there goes by the same write that brings what comes instead. Plain Python: no Beam.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from feedmill.transforms.captures.capture import capture_key, dead_key
from feedmill.transforms.identity import PAST_SCHEMA, Edits, History, Settlement, involved, stories_gone
from feedmill.transforms.rows.packed_table import PackedTable
from feedmill.transforms.storage.local import Store, for_each
from feedmill.transforms.warehouse.layout import date_part, partition_path
from feedmill.transforms.warehouse.ledger import Ledger, books
from feedmill.transforms.warehouse.manifests import DataFile, paths_of
from feedmill.transforms.warehouse.memory import stories_without, texts_of
from feedmill.transforms.warehouse.parquet import encode, stage
from feedmill.transforms.warehouse.tables import SNAPSHOTS, fitted, schema_of

# What names a row of each table. Parts are put together as `inputs.dead_key` does.
_KEYS = {
    "items": ("sighting_id",),
    "sightings": ("sighting_id",),
    "snapshots": ("snapshot_id", "snapshot_uri"),
    "removed": ("snapshot_id", "snapshot_uri"),
    "dead_letter": ("snapshot_id", "snapshot_uri"),
    "fingerprints": ("node_id",),
    "merges": ("kind", "id"),
}
_COUNTS = ("new", "revisions", "duplicates")
_RECORD = ("snapshot_id", "snapshot_uri", "format", "captured_at", "captured_from", *_COUNTS, "run_id")
_NO_EDIT = pa.table({"key": pa.array([], pa.string())})


class Rewrite(NamedTuple):
    """A file that is to be written anew."""

    path: str
    table: str
    number: int  # tells the run's files of one folder apart; that of new rows is 0
    gone: PackedTable  # keys of the rows that go
    changed: PackedTable  # as `identity.Edits` has it


class Rewritten(NamedTuple):
    """What came of it."""

    before: DataFile  # what it replaces: of it only path, table and rows are told
    after: DataFile | None  # None if no row is left
    withdrawn: Ledger  # the books of the snapshots in it, less what they are now


class PriorRecords(NamedTuple):
    """What the warehouse has of a run's snapshots.

    Attributes:
        records: their rows of `snapshots`, and those of all others; see `read_records`.
        places: names of those that are redone: their bytes and where they came from.
        taken: captures that an earlier run of the same command has taken in.
    """

    records: pa.Table
    places: frozenset[str]
    taken: frozenset[str]


def row_keys(table: str, rows: pa.Table) -> pa.Array:
    """Return what names each row of a table."""
    columns = [rows[name].combine_chunks() for name in _KEYS[table]]
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, "@")


def read_records(store: Store, files: Iterable[DataFile]) -> pa.Table:
    """Return what a warehouse says of its snapshots, each with its `place` and, as `key`, what names its capture."""
    tables = for_each(store, lambda name: _read(store, name, _RECORD), paths_of(files, "snapshots"))
    rows = pa.concat_tables([pa.schema([SNAPSHOTS.field(name) for name in _RECORD]).empty_table(), *tables])
    at = rows["captured_at"].cast(pa.int64())
    told = zip(*(c.to_pylist() for c in (rows["snapshot_id"], at, rows["captured_from"])), strict=True)
    rows = rows.append_column("place", row_keys("snapshots", rows))
    keys = pa.array([capture_key(*capture) for capture in told], pa.string())
    return rows.append_column("key", pc.if_else(pc.is_null(rows["format"]), rows["place"], keys))


class Redo:
    """Take out of a warehouse what it has of a run's snapshots.

    Args:
        store: the warehouse.
        files: its files.
        done: earlier runs of the same command. What they took in is not redone.
    """

    def __init__(self, store: Store, files: Sequence[DataFile], done: Collection[str]) -> None:
        self._store = store
        self._files = files
        self._done = done

    def find(self, snapshots: pa.Table, mended: Collection[str] = ()) -> PriorRecords:
        """Find a run's snapshots in the warehouse: the same capture, or the same bytes from the same place.

        So a snapshot is found too if what is read now was declined before, or the other way round, or if it is told
        otherwise now when it was captured.

        Args:
            snapshots: what was read: capture_key, snapshot_id, snapshot_uri, captured_at, captured_from.
            mended: places of dead letters whose files could be read now, as other bytes.
        """
        records = read_records(self._store, self._files)
        read = snapshots.set_column(
            snapshots.column_names.index("captured_at"), "captured_at", snapshots["captured_at"].cast(pa.int64())
        ).to_pylist()
        names = [
            {row["capture_key"], capture_key(row["snapshot_id"], row["captured_at"], row["captured_from"]), place}
            for row, place in zip(read, row_keys("snapshots", snapshots).to_pylist(), strict=True)
        ]
        wanted = pa.array(sorted(set(mended).union(*names)), pa.string())
        found = records.filter(
            pc.or_(pc.is_in(records["key"], value_set=wanted), pc.is_in(records["place"], value_set=wanted))
        )
        earlier = pc.is_in(found["run_id"], value_set=pa.array(sorted(self._done), pa.string()))
        done_names = {name for column in ("key", "place") for name in found.filter(earlier)[column].to_pylist()}
        return PriorRecords(
            records,
            frozenset(found.filter(pc.invert(earlier))["place"].to_pylist()),
            frozenset(row["capture_key"] for row, own in zip(read, names, strict=True) if own & done_names),
        )

    def past(
        self, again: PriorRecords, known_items: Iterable[str], merges: pa.Table, story_merges: pa.Table
    ) -> History:
        """Read what there is of the items that redone snapshots were part of, or may be part of now.

        Args:
            again: what is redone.
            known_items: items whose texts the redone ones may be the same as.
            merges, story_merges: all, as MERGE_SCHEMA and STORY_MERGE_SCHEMA.
        """
        paths = paths_of(self._files, "sightings")
        redone = pa.array(sorted(again.places), pa.string())
        months = {
            partition_path("sightings", {"captured_month": date_part(at, "month")})
            for at in again.records.filter(pc.is_in(again.records["place"], value_set=redone))["captured_at"]
            .cast(pa.int64())
            .to_pylist()
        }

        def items_of(path: str) -> list[str]:
            rows = _read(self._store, path, ("snapshot_id", "snapshot_uri", "item_id"))
            return rows.filter(pc.is_in(row_keys("snapshots", rows), value_set=redone))["item_id"].to_pylist()

        own = for_each(self._store, items_of, [path for path in paths if path.rpartition("/")[0] in months])
        items = pa.array(
            sorted(involved([*known_items, *(item for some in own for item in some)], merges)), pa.string()
        )
        names = [name for name in PAST_SCHEMA.names if name != "redone"]

        def sightings_of(path: str) -> pa.Table:
            mine = pc.is_in(_read(self._store, path, ("item_id",))["item_id"], value_set=items)
            if not pc.any(mine).as_py():
                return PAST_SCHEMA.empty_table()
            rows = _read(self._store, path, names).filter(mine)
            return rows.append_column("redone", pc.is_in(row_keys("snapshots", rows), value_set=redone)).cast(
                PAST_SCHEMA
            )

        sightings = pa.concat_tables([PAST_SCHEMA.empty_table(), *for_each(self._store, sightings_of, paths)])
        return History(
            sightings, texts_of(self._store, paths_of(self._files, "fingerprints"), items), merges, story_merges
        )

    def rewrites(self, again: PriorRecords, past: History, settled: Settlement) -> list[Rewrite]:
        """Return the files that hold what goes or changes, and what of it each holds."""
        places = sorted(again.places)
        taken_out = Edits(places, _NO_EDIT)
        merges = [f"item@{item}" for item in settled.edits["merges"].gone]
        if len(past.story_merges):
            gone = pa.array(settled.edits["fingerprints"].gone, pa.binary(16))
            left = stories_without(self._store, paths_of(self._files, "fingerprints"), gone)
            left |= set(settled.resolution.memory["story_id"].to_pylist())
            merges += [f"story@{story}" for story in stories_gone(past.story_merges, left)]
        edits = {
            **settled.edits,
            "snapshots": Edits(places, _recounted(again.records, settled)),
            "removed": taken_out,
            "dead_letter": taken_out,
            "merges": Edits(merges, _NO_EDIT),
        }
        return _touched(self._store, self._files, edits)


def withdraw(store: Store, files: Sequence[DataFile], places: Collection[str]) -> list[Rewrite]:
    """Return the files that hold what a warehouse has of dead letters, which gave nothing else, to be without it."""
    taken_out = Edits(sorted(places), _NO_EDIT)
    return _touched(store, files, {"snapshots": taken_out, "dead_letter": taken_out})


def _touched(store: Store, files: Sequence[DataFile], edits: Mapping[str, Edits]) -> list[Rewrite]:
    """Return the files that hold rows that go or change, by table, and what of them each holds."""
    used: Counter[str] = Counter()
    found = []
    for table, (gone, changed) in edits.items():
        keys = pa.array(gone, changed["key"].type)
        touched = pa.concat_arrays([keys, changed["key"].combine_chunks()])
        if not len(touched):
            continue

        def keys_of(path: str, table: str = table, touched: pa.Array = touched) -> pa.Array:
            own = row_keys(table, _read(store, path, _KEYS[table]))
            return own.filter(pc.is_in(own, value_set=touched))

        paths = paths_of(files, table)
        for path, own in zip(paths, for_each(store, keys_of, paths), strict=True):
            if len(own):
                folder = path.rpartition("/")[0]
                used[folder] += 1
                here = [pa.table({"key": keys}), changed]
                gone_here, changed_here = (t.filter(pc.is_in(t["key"], value_set=own)) for t in here)
                found.append(Rewrite(path, table, used[folder], PackedTable(gone_here), PackedTable(changed_here)))
    return found


def _recounted(records: pa.Table, settled: Settlement) -> pa.Table:
    """Return the counts of remaining snapshots of which some sightings are something else now."""
    more = {dead_key(*place): change for place, change in settled.recounts.items()}
    rows = records.filter(pc.is_in(records["place"], value_set=pa.array(list(more), pa.string())))
    changes = [more[place] for place in rows["place"].to_pylist()]
    columns = {
        name: pc.add(rows[name], pa.array([change[at] for change in changes], pa.int64()))
        for at, name in enumerate(_COUNTS)
    }
    return pa.table({"key": rows["place"], **columns})


def rewrite(store: Store, run_id: str, file: Rewrite) -> Rewritten:
    """Stage a file anew, without the rows that go, and with what changes."""
    before = _read(store, file.path, None)
    after = edited(file.table, before, Edits(file.gone.table["key"], file.changed.table))
    old = DataFile(file.path, file.table, before.num_rows, 0, "")
    withdrawn = books(before) - books(after) if file.table == "snapshots" else Ledger()
    if not after.num_rows:
        return Rewritten(old, None, withdrawn)
    folder = file.path.rpartition("/")[0]
    encoded = encode(file.table, [after], run_id)
    return Rewritten(old, stage(store, file.table, folder, encoded, run_id, file.number), withdrawn)


def edited(table: str, rows: pa.Table, edits: Edits) -> pa.Table:
    """Return rows of a table without those that go, and with what changes in the others.

    >>> rows = pa.table({"sighting_id": ["a", "b"], "item_id": ["x", "x"]})
    >>> edited("sightings", rows, Edits(["a"], pa.table({"key": ["b"], "item_id": ["y"]}))).to_pylist()
    [{'sighting_id': 'b', 'item_id': 'y'}]
    """
    key = row_keys(table, rows)
    gone = edits.gone if isinstance(edits.gone, pa.ChunkedArray) else pa.array(edits.gone, key.type)
    stays = pc.invert(pc.is_in(key, value_set=pa.array(gone, key.type)))
    rows, key = rows.filter(stays), key.filter(stays)
    at = pc.index_in(key, value_set=edits.changed["key"].combine_chunks())
    for name in edits.changed.column_names[1:]:
        place = rows.column_names.index(name)
        column = pc.if_else(pc.is_valid(at), edits.changed[name].take(at), rows[name])
        rows = rows.set_column(place, rows.schema.field(name), column)
    return rows


def _read(store: Store, path: str, columns: Sequence[str] | None) -> pa.Table:
    """Read some columns, or all that the table has now."""
    with store.open(path) as file:
        rows = pq.ParquetFile(file).read(columns)
    table = path.partition("/")[0]
    schema = schema_of(table, lang=table == "items" and "lang" in rows.column_names)
    return fitted(rows, schema if columns is None else pa.schema([schema.field(name) for name in columns]))
