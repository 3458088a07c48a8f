"""Sightings that are made again, and what becomes of those that leaned on them: what is left without them.

    past ──left_over──▶ known ──resolve──▶ resolution ──settle──▶ what the redone sightings are,
      └──────────────────────────────────────────────────▲        and what changes for the others

Redone snapshots are resolved against what is left without them, like any others. Then:

- A redone sighting that shows the text that it showed, and is of the item that it was of, is what it was: it has the
  row that it had, or loses to the winner that it lost to, if that still stands. So where nothing changed, nothing does.
- A row whose sighting does not show its text any more, or left the item, goes to another redone sighting that shows
  it; else to the earliest of the remaining sightings that lost to it; else nobody is left who saw it, and it goes.
- A remaining sighting that gets a row gets it as it is, because nothing else is kept of what it said: its date, authors
  and the like are as the redone sighting had them. If all that lost to the row were teasers or near copies of its
  text, it keeps that text, under the content hash of the one that gets it.
- What remains keeps its ids, and what proved to be one item stays one.
- An item that remains has its survivor again if that still has a row of it; else another of its rows is the `new` one.
- An item that remains keeps its name to itself. If no sighting says any more what it is named for, that stays in the
  memory by itself (a *tombstone*): else the next story that says it would be another item of the same name.

This module says what there was and what is left; `decide.py` what the sightings are then; `settle.py` what changes for
that in the tables.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from feedmill.transforms.identity.keys import NODE_SCHEMA, TOMBSTONE
from feedmill.transforms.identity.match_rules import columns_of, item_keys
from feedmill.transforms.identity.resolve import (
    KNOWN_SCHEMA,
    OUTCOME_SCHEMA,
    SIGHTING_SCHEMA,
    Resolution,
    item_ids,
    merged_into,
)

SEEN_SCHEMA = pa.schema(
    [
        *(SIGHTING_SCHEMA.field(name) for name in ("sighting_id", "captured_at", "snapshot_id", "position")),
        pa.field("snapshot_uri", pa.string(), nullable=False),
        *(OUTCOME_SCHEMA.field(name) for name in OUTCOME_SCHEMA.names if name != "story_id"),
        NODE_SCHEMA.field("node_id"),
    ]
)
# What the warehouse says of a sighting, and whether it is one of those that are redone.
PAST_SCHEMA = SEEN_SCHEMA.append(pa.field("redone", pa.bool_(), nullable=False))

HAD = "had "  # before a redone sighting's id, where a row is meant that it had before


class History(NamedTuple):
    """What the warehouse holds of some items: all that redone sightings are of, or may be of now; see `involved`."""

    sightings: pa.Table  # PAST_SCHEMA
    known: pa.Table  # KNOWN_SCHEMA
    merges: pa.Table  # MERGE_SCHEMA: all of the warehouse
    story_merges: pa.Table  # STORY_MERGE_SCHEMA: all of the warehouse


class Remainder(NamedTuple):
    """What is left of that without the redone sightings. All as KNOWN_SCHEMA."""

    known: pa.Table
    tombstones: pa.Table  # what names an item that remains, where no remaining sighting says it
    spare: pa.Table  # what names an item of which nothing remains; it is not to be compared with


class Edits(NamedTuple):
    """What changes in a table of the warehouse, by the key of its rows."""

    gone: Sequence[Any]  # keys of rows that go
    changed: pa.Table  # `key`, then columns that say something else now, each with what it says


class Settlement(NamedTuple):
    """What `settle` decides.

    Attributes:
        resolution: of the redone sightings, as of `resolve`.
        edits: by table. Keys are sighting ids, of `items` those of the sightings that had the rows before; of
            `fingerprints` node ids; of `merges` item ids.
        recounts: (snapshot id, uri) -> how many more are new, revisions, duplicates now; of remaining snapshots.
    """

    resolution: Resolution
    edits: dict[str, Edits]
    recounts: dict[tuple[str, str], tuple[int, int, int]]


def involved(items: Iterable[str], merges: pa.Table) -> set[str]:
    """Return items and all that they were merged with.

    >>> merges = pa.table({"item_id": ["c", "b", "x"], "into_item_id": ["b", "a", "y"], "rule": ["url"] * 3})
    >>> sorted(involved(["c"], merges))
    ['a', 'b', 'c']
    """
    some = set(items)
    ends = merged_into(merges)
    wanted = {ends.get(item, item) for item in some}
    return wanted | some | {item for item, end in ends.items() if end in wanted}


def stories_gone(story_merges: pa.Table, left: Iterable[str]) -> list[str]:
    """Return the merged clusters of which nothing is left.

    >>> stories_gone(pa.table({"story_id": ["b", "y"], "into_story_id": ["a", "x"]}), ["b", "c"])
    ['y']
    """
    ends = merged_into(story_merges)
    still = {ends.get(story, story) for story in left}
    return [story for story, end in ends.items() if end not in still]


def left_over(past: History) -> Remainder:
    """Return what the redone sightings are compared with."""
    redone = past.sightings["redone"]
    stay = past.sightings.filter(pc.invert(redone))
    had = past.sightings.filter(pc.and_(redone, pc.not_equal(past.sightings["outcome"], "duplicate")))
    known = past.known.filter(pc.is_in(past.known["node_id"], value_set=array_of(stay["node_id"])))
    holder = array_of(known["row_sighting_id"])
    gone = pc.is_in(holder, value_set=array_of(had["sighting_id"]))
    at = KNOWN_SCHEMA.get_field_index("row_sighting_id")
    marked = pc.if_else(gone, pc.binary_join_element_wise(HAD, holder, ""), holder)
    known = known.set_column(at, KNOWN_SCHEMA.field(at), marked)

    ends = merged_into(past.merges)
    remaining = {ends.get(item, item) for item in stay["item_id"].to_pylist()}
    items = {*past.known["item_id"].to_pylist(), *past.sightings["item_id"].to_pylist()}

    def names(rows: pa.Table) -> Iterable[tuple[int, str]]:
        """Which rows say what an item is named for that they are of, or were merged with."""
        for row, (item, name) in enumerate(_names(rows)):
            if name in items and ends.get(name, name) == ends.get(item, item):
                yield row, name

    named = {name for _, name in names(known)}
    tombstones: dict[str, dict[str, Any]] = {}
    for row, name in names(past.known):
        if name not in named and name not in tombstones:
            tombstones[name] = _plate(past.known.slice(row, 1), name)
    needed = [row for item, row in tombstones.items() if ends.get(item, item) in remaining]
    spare = [row for item, row in tombstones.items() if ends.get(item, item) not in remaining]
    return Remainder(known, *(pa.Table.from_pylist(rows, KNOWN_SCHEMA) for rows in (needed, spare)))


def _names(known: pa.Table) -> Iterable[tuple[str, str]]:
    """Yield for each fingerprint its item, and the name that it would give one."""
    items = known["item_id"].to_pylist()
    names = item_ids(columns_of(known), np.arange(len(known)))
    tombstones = (known["traits"].to_numpy() & TOMBSTONE) != 0
    yield from (
        (item, item if tombstone else name) for item, name, tombstone in zip(items, names, tombstones, strict=True)
    )


def _plate(row: pa.Table, name: str) -> dict[str, Any]:
    """Return of a fingerprint only what names an item so, under an id that no text has."""
    [known] = row.to_pylist()
    if known["traits"] & TOMBSTONE:
        return known
    [kind], [key] = item_keys(columns_of(row), np.zeros(1, np.int64))
    own = blake2b(b"plate\x1f" + name.encode(), digest_size=16).digest()
    known |= {field.name: None if field.nullable else 0 for field in NODE_SCHEMA}
    known |= {"node_id": own, "content_hash": own, "traits": TOMBSTONE | int(kind), "guard_key": int(key)}
    return {**known, "item_id": name, "row_rule": None, "row_score": None}


def array_of(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece."""
    return column.combine_chunks()
