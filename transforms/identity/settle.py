"""What changes in the tables of a warehouse as sightings are made again: see `reprocess`."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from feedmill.transforms.identity.decide import Decisions
from feedmill.transforms.identity.reprocess import SEEN_SCHEMA, Edits, History, Remainder, Settlement, array_of
from feedmill.transforms.identity.resolve import KNOWN_SCHEMA, OUTCOME_SCHEMA, Resolution
from feedmill.transforms.identity.sighting import SAID_SCHEMA, Sighting, by_node, values_of

_POINTS = pa.schema(
    [KNOWN_SCHEMA.field(n) for n in ("row_hash", "row_sighting_id", "row_rule", "row_score", "first_seen_at")]
)
_HELD = pa.schema(
    [
        *(
            SEEN_SCHEMA.field(n)
            for n in ("item_id", "sighting_id", "content_hash", "snapshot_id", "snapshot_uri", "position")
        ),
        *(KNOWN_SCHEMA.field(n) for n in ("minhash", "first_seen_at")),
    ]
)


def settle(past: History, left: Remainder, nodes: pa.Table, sightings: pa.Table, resolution: Resolution) -> Settlement:
    """Decide what redone sightings are, where that depends on what they were, and what changes for the others.

    Args:
        past: what there was.
        left: of it, `left_over`: what `resolve` was given as known.
        nodes, sightings: what else it was given, with the snapshot_uri of each sighting.
        resolution: what it returned.
    """
    done = Decisions(past, left, nodes, sightings, resolution)
    tombstones = _plates(done)
    return Settlement(
        resolution._replace(sightings=_verdicts(done), memory=_memory(done, tombstones)),
        {
            "sightings": Edits(
                list(done.old), _edited([(name, seen.said()) for name, seen in done.changed], SAID_SCHEMA)
            ),
            "items": _rows(done),
            "fingerprints": _points(done, tombstones),
            "merges": _merges(done),
        },
        _recounts(done),
    )


def _merges(done: Decisions) -> Edits:
    """Find the merges that go: of items of which nothing is left, and of those that fell apart."""
    left = {done.end(seen.item_id) for seen in (*done.stay.values(), *done.now.values())}
    touched = {done.end(old.item_id) for old in done.old.values()} - left
    gone = {item for item in done.past.merges["item_id"].to_pylist() if done.end(item) in touched}
    return Edits(sorted(gone.union(done.apart.to_pylist())), _edited([], pa.schema([])))


def _verdicts(done: Decisions) -> pa.Table:
    rows = [done.now[name] for name in done.ids]
    columns = {name: [getattr(seen, name) for seen in rows] for name in OUTCOME_SCHEMA.names if name != "story_id"}
    return pa.table({**columns, "story_id": [done.stories[name] for name in done.ids]}, OUTCOME_SCHEMA)


def _rows(done: Decisions) -> Edits:
    """Return the rows of `items` that go, and those that others have now or that go by another item."""
    minhash = dict(zip(values_of(done.past.known["node_id"]), values_of(done.past.known["minhash"]), strict=True))
    edits = []
    for name, seen in done.changed:
        if seen.holds:
            said = {**vars(seen), "minhash": minhash[seen.node_id], "first_seen_at": seen.captured_at}
            edits.append((done.handed.get(name, name), tuple(said[column] for column in _HELD.names)))
    gone = {name for name, old in done.old.items() if old.holds} - set(done.handed.values())
    return Edits(sorted(gone), _edited(edits, _HELD))


def _points_at(done: Decisions, seen: Sighting, holder: Sighting) -> tuple:
    """Return what the memory says of the row that a fingerprint's sighting equals; see _POINTS."""
    other = holder.content_hash != seen.content_hash
    how = (seen.rule, seen.score) if other else (None, None)
    return holder.content_hash, holder.sighting_id, *how, holder.captured_at


def _plates(done: Decisions) -> pa.Table:
    """Return the tombstones that are still needed, each with a row of its item."""
    named = set(done.would_name.values())
    holders: dict[str, Sighting] = {}
    for seen in sorted((*done.stay.values(), *done.now.values()), key=lambda seen: seen.order):
        if seen.holds:
            holders.setdefault(done.end(seen.item_id), seen)
    rows = []
    for row in pa.concat_tables([done.left.tombstones, done.left.spare]).to_pylist():
        holder = holders.get(done.end(row["item_id"]))
        if holder and row["item_id"] not in named:
            rows.append({**row, **dict(zip(_POINTS.names, _points_at(done, holder, holder), strict=True))})
    return pa.Table.from_pylist(rows, KNOWN_SCHEMA)


def _memory(done: Decisions, tombstones: pa.Table) -> pa.Table:
    """Return the redone sightings' fingerprints, and tombstones that are new."""
    memory = done.resolution.memory
    of_node = by_node(done.now.values())
    own = [of_node[node] for node in values_of(memory["node_id"])]
    points = []
    for seen in own:
        points.append(_points_at(done, seen, done.holder_of(seen)))
    columns = {name: memory[name] for name in KNOWN_SCHEMA.names}
    columns |= {"item_id": [s.item_id for s in own], "story_id": [done.stories[s.sighting_id] for s in own]}
    columns |= dict(zip(_POINTS.names, map(list, zip(*points, strict=True)), strict=True)) if points else {}
    new = pc.invert(pc.is_in(tombstones["node_id"], value_set=array_of(done.past.known["node_id"])))
    return pa.concat_tables([pa.table(columns, KNOWN_SCHEMA), tombstones.filter(new)])


def _points(done: Decisions, tombstones: pa.Table) -> Edits:
    """Let fingerprints go that nobody gives any more, and others point at the rows that stand for those that
    moved."""
    before = done.past.known
    tombstone_of = dict(zip(values_of(tombstones["node_id"]), _rows_of(tombstones, _POINTS.names), strict=True))
    of_node = by_node(done.stay.values())
    gone, edits = [], []
    for node, *was in zip(values_of(before["node_id"]), *(values_of(before[n]) for n in _POINTS.names), strict=True):
        is_now: tuple = tuple(was)
        if node in of_node:
            is_now = _now_points(done, of_node[node], tuple(was))
        elif node in tombstone_of:
            is_now = tombstone_of[node]
        else:
            gone.append(node)
            continue
        if is_now != tuple(was):
            edits.append((node, is_now))
    return Edits(gone, _edited(edits, _POINTS, pa.binary(16)))


def _now_points(done: Decisions, seen: Sighting, was: tuple) -> tuple:
    """Return what the memory says of a remaining fingerprint."""
    _, holder, rule, score, _ = was
    if holder not in done.old:
        return was
    if holder in done.back or holder in done.moved:
        lost = dataclasses.replace(seen, rule=rule, score=score)
        return _points_at(done, lost, done.anyone(done.standing(holder)))
    return _points_at(done, seen, done.holder_of(seen))  # all that show it lost to a row of a merged item


def _rows_of(table: pa.Table, names: Sequence[str]) -> list[tuple]:
    return list(zip(*(values_of(table[name]) for name in names), strict=True))


def _edited(rows: Iterable[tuple[Any, tuple]], schema: pa.Schema, key: pa.DataType = pa.string()) -> pa.Table:
    """Return a table of `Edits.changed`, from keys and what the columns of `schema` say now."""
    flat = [(name, *says) for name, says in rows]
    fields = [pa.field("key", key), *schema]
    columns = list(zip(*flat, strict=True)) if flat else [()] * len(fields)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, fields, strict=True)], [f.name for f in fields])


def _recounts(done: Decisions) -> dict[tuple[str, str], tuple[int, int, int]]:
    kinds = ("new", "revision", "duplicate")
    counts: dict[tuple[str, str], list[int]] = {}
    for name, seen in done.changed:
        more = counts.setdefault((seen.snapshot_id, seen.snapshot_uri), [0, 0, 0])
        more[kinds.index(done.before[name].outcome)] -= 1
        more[kinds.index(seen.outcome)] += 1
    return {place: (more[0], more[1], more[2]) for place, more in counts.items() if any(more)}
