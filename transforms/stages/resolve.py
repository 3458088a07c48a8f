"""A whole run's stories, resolved: which snapshots count, which sightings are one item. Plain Python: no Beam."""

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from feedmill.transforms.identity import left_over, resolve, settle
from feedmill.transforms.identity.resolve import MERGE_SCHEMA, STORY_MERGE_SCHEMA, Resolution
from feedmill.transforms.rows.packed_table import PackedTable, repeated
from feedmill.transforms.stages.split import Assignment, BatchFingerprints
from feedmill.transforms.text.ids import stable_id
from feedmill.transforms.warehouse.parquet import Place
from feedmill.transforms.warehouse.reprocess import PriorRecords, Redo, Rewrite, row_keys
from feedmill.transforms.warehouse.tables import MERGES


class RunResolution(NamedTuple):
    """What was decided for a run."""

    run_id: str
    assignments: list[tuple[str, Assignment]]  # by batch id
    parts: tuple[tuple[Place, PackedTable], ...]  # of the tables that belong to the run as a whole
    merged: int  # items and clusters of the warehouse that proved to be one
    skipped: int  # snapshots that the run holds already, from elsewhere
    redone: int  # snapshots of the warehouse that these replace
    mended: int  # dead letters of it that another try has made good, or declined in other words
    rewrites: tuple[Rewrite, ...]  # files without what they replace


def name_run(base: str, options: Mapping[str, str]) -> str:
    """Names what a run is compared with, and how."""
    return " ".join([base, *(f"{key}={options[key]}" for key in sorted(options))])


def admit(
    snapshots: pa.Table, taken: Container[str] = (), places: Collection[str] = (), mended: Container[str] = ()
) -> np.ndarray:
    """Tell which snapshots are taken in: of each capture one, the earliest, then by uri; of those `taken` none but
    those that take the place of a dead letter, `mended`.

    One that was in the warehouse from the same place, of those that are redone, goes before its copies.

    >>> table = pa.table({"capture_key": ["a", "a", "b"], "captured_at": [9, 5, 7], "snapshot_uri": ["x", "y", "z"]})
    >>> admit(table).tolist()
    [False, True, True]
    """
    rows = snapshots.append_column("row", pa.array(np.arange(snapshots.num_rows)))
    copies = pa.array(np.zeros(snapshots.num_rows, bool))
    if places:
        copies = pc.invert(pc.is_in(row_keys("snapshots", snapshots), value_set=pa.array(sorted(places), pa.string())))
    rows = rows.append_column("copy", copies)
    ordered = rows.sort_by([(name, "ascending") for name in ("capture_key", "copy", "captured_at", "snapshot_uri")])
    keys = ordered["capture_key"].combine_chunks()
    first = np.ones(len(keys), bool)
    first[1:] = pc.not_equal(keys[1:], keys[:-1]).to_numpy(zero_copy_only=False)
    admitted = np.zeros(len(keys), bool)
    admitted[ordered["row"].to_numpy()[first]] = True
    if taken:
        admitted &= np.array([key not in taken or key in mended for key in snapshots["capture_key"].to_pylist()], bool)
    return admitted


def resolve_run(
    batches: Sequence[BatchFingerprints],
    *,
    run_name: str,
    known: Callable[[pa.Table], pa.Table],
    merges: pa.Table,
    taken: Container[str] = (),
    redo: Redo | None = None,
    withdraw: Callable[[Collection[str]], list[Rewrite]] = lambda places: [],
) -> RunResolution:
    """Resolve all the stories of a run.

    Args:
        batches: what each batch is compared by, in any order.
        run_name: with the captures that are taken in, names the run.
        known: returns the warehouse's items that fingerprints may be the same as.
        merges: the items that earlier runs proved to be one.
        taken: captures that are in the warehouse, where batches may hold such.
        redo: takes out of the warehouse what it has of these snapshots; without it, it is taken for granted that
            it has none of them, but for `taken`.
        withdraw: returns the files of the warehouse that hold dead letters which batches have made good.
    """
    ordered = sorted(batches, key=lambda batch: batch.batch_id)
    snapshots, stories, sightings = _joined(ordered)
    mended = sorted({name for batch in ordered for name in batch.mended})
    again = redo.find(snapshots, mended) if redo else None
    admitted = admit(snapshots, again.taken, again.places) if again else admit(snapshots, taken, mended=mended)
    keys = sorted(snapshots["capture_key"].filter(pa.array(admitted)).to_pylist())
    run_id = stable_id("run-1", run_name, *keys, *mended)

    sightings = sightings.take(np.flatnonzero(admitted[sightings["snapshot"].to_numpy()]))
    asked = pa.table(
        {
            "node": sightings["story"].cast(pa.int64()),
            "sighting_id": sightings["sighting_id"],
            "captured_at": snapshots["captured_at"].take(sightings["snapshot"]),
            "snapshot_id": repeated(snapshots["snapshot_id"], sightings["snapshot"]),
            "snapshot_uri": snapshots["snapshot_uri"].take(sightings["snapshot"]),
            "position": sightings["position"],
        }
    )
    item_merges, story_merges = (
        _of_kind(merges, *kind) for kind in (("item", MERGE_SCHEMA), ("story", STORY_MERGE_SCHEMA))
    )
    rewrites: list[Rewrite] = []
    if redo and again and again.places:
        resolution, rewrites = _resolve_again(redo, again, stories, asked, known(stories), item_merges, story_merges)
    else:
        resolution = resolve(stories, asked, known(stories), item_merges, story_merges)
        rewrites = withdraw(mended) if mended else []
    decided = resolution.sightings.append_column("row", sightings["row"])

    assignments = []
    of_sighting = sightings["batch"].to_numpy()
    of_snapshot = snapshots["batch"].to_numpy()
    for number, batch in enumerate(ordered):
        here = pa.table({"admitted": admitted[of_snapshot == number]})
        rows = decided.take(np.flatnonzero(of_sighting == number))
        assignments.append((batch.batch_id, Assignment(run_id, PackedTable(here), PackedTable(rows))))
    found = [("item", *row) for row in _tuples(resolution.merges)]
    found += [("story", *row, None) for row in _tuples(resolution.story_merges)]
    merged = pa.Table.from_pylist([dict(zip(MERGES.names, row, strict=False)) for row in found], _without_run(MERGES))
    memory = resolution.memory
    parts = tuple(
        ((run_id, name, name), PackedTable(table.append_column("run_id", pa.repeat(pa.scalar(run_id), table.num_rows))))
        for name, table in (("fingerprints", memory), ("merges", merged))
    )
    skipped = int(len(admitted) - admitted.sum())
    return RunResolution(
        run_id,
        assignments,
        parts,
        merged.num_rows,
        skipped,
        len(again.places) if again else 0,
        len(mended) if rewrites else 0,
        tuple(rewrites),
    )


def _resolve_again(
    redo: Redo,
    again: PriorRecords,
    stories: pa.Table,
    asked: pa.Table,
    known: pa.Table,
    merges: pa.Table,
    story_merges: pa.Table,
) -> tuple[Resolution, list[Rewrite]]:
    """Resolve sightings of which the warehouse has some already, against what is left without these."""
    past = redo.past(again, known["item_id"].to_pylist(), merges, story_merges)
    left = left_over(past)
    resolution = resolve(stories, asked, pa.concat_tables([left.known, left.tombstones]), merges, story_merges)
    settled = settle(past, left, stories, asked, resolution)
    return settled.resolution, redo.rewrites(again, past, settled)


def _tuples(table: pa.Table) -> list[tuple]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _without_run(schema: pa.Schema) -> pa.Schema:
    return schema.remove(schema.get_field_index("run_id"))


def _of_kind(merges: pa.Table, kind: str, schema: pa.Schema) -> pa.Table:
    """Return the merges of items, with their rule, or of clusters, which have none."""
    found = merges.filter(pc.equal(merges["kind"], kind)).select(["id", "into_id", "rule"][: len(schema)])
    return found.rename_columns(schema.names).cast(schema)


def _joined(batches: Sequence[BatchFingerprints]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Put the batches' tables under each other, and turn row numbers of a batch into row numbers of all."""
    tables: tuple[list[pa.Table], list[pa.Table], list[pa.Table]] = ([], [], [])
    snapshots_before = stories_before = 0
    for number, batch in enumerate(batches):
        snapshots, stories, sightings = batch.snapshots.table, batch.stories.table, batch.sightings.table
        tables[0].append(snapshots.append_column("batch", pa.repeat(pa.scalar(number), snapshots.num_rows)))
        tables[1].append(stories)
        tables[2].append(
            pa.table(
                {
                    "batch": pa.repeat(pa.scalar(number), sightings.num_rows),
                    "row": pa.array(np.arange(sightings.num_rows)),
                    "snapshot": pc.add(sightings["snapshot"], snapshots_before),
                    "story": pc.add(sightings["story"], stories_before),
                    "sighting_id": sightings["sighting_id"],
                    "position": sightings["position"],
                }
            )
        )
        snapshots_before += snapshots.num_rows
        stories_before += stories.num_rows
    snapshots, stories, sightings = (pa.concat_tables(table) for table in tables)
    return snapshots, stories, sightings
