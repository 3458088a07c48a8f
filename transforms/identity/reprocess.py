"""Sightings that are made again, and what becomes of those that leaned on them.

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
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
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

_SEEN_SCHEMA = pa.schema(
    [
        *(SIGHTING_SCHEMA.field(name) for name in ("sighting_id", "captured_at", "snapshot_id", "position")),
        pa.field("snapshot_uri", pa.string(), nullable=False),
        *(OUTCOME_SCHEMA.field(name) for name in OUTCOME_SCHEMA.names if name != "story_id"),
        NODE_SCHEMA.field("node_id"),
    ]
)
# What the warehouse says of a sighting, and whether it is one of those that are redone.
PAST_SCHEMA = _SEEN_SCHEMA.append(pa.field("redone", pa.bool_(), nullable=False))

_SAID = pa.schema([_SEEN_SCHEMA.field(n) for n in ("item_id", "outcome", "rule", "score", "winner_sighting_id")])
_POINTS = pa.schema(
    [KNOWN_SCHEMA.field(n) for n in ("row_hash", "row_sighting_id", "row_rule", "row_score", "first_seen_at")]
)
_HELD = pa.schema(
    [
        *(
            _SEEN_SCHEMA.field(n)
            for n in ("item_id", "sighting_id", "content_hash", "snapshot_id", "snapshot_uri", "position")
        ),
        *(KNOWN_SCHEMA.field(n) for n in ("minhash", "first_seen_at")),
    ]
)

_SAME_TEXT = ("guid", "url", "content")
_HAD = "had "  # before a redone sighting's id, where a row is meant that it had before


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
    known = past.known.filter(pc.is_in(past.known["node_id"], value_set=_array(stay["node_id"])))
    holder = _array(known["row_sighting_id"])
    gone = pc.is_in(holder, value_set=_array(had["sighting_id"]))
    at = KNOWN_SCHEMA.get_field_index("row_sighting_id")
    marked = pc.if_else(gone, pc.binary_join_element_wise(_HAD, holder, ""), holder)
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


def _array(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Return a column's values; times as microseconds."""
    return (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist()


@dataclasses.dataclass
class _Sighting:
    """A sighting, as it was or as it is now."""

    sighting_id: str
    captured_at: int | None
    snapshot_id: str
    position: int
    snapshot_uri: str
    item_id: str
    content_hash: bytes
    outcome: str
    rule: str | None
    score: float | None
    winner_sighting_id: str | None
    node_id: bytes

    @property
    def order(self) -> tuple:
        """First captured first, as in `resolve`."""
        return self.captured_at is None, self.captured_at or 0, self.snapshot_id, self.position, self.sighting_id

    @property
    def holds(self) -> bool:
        """Whether it has a row in `items`."""
        return self.outcome != "duplicate"

    def said(self) -> tuple:
        return tuple(getattr(self, name) for name in _SAID.names)

    def say(self, other: "_Sighting") -> None:
        for name in _SAID.names:
            setattr(self, name, getattr(other, name))

    def take_row(self) -> None:
        self.outcome, self.winner_sighting_id = "revision", None

    def lose(self, winner: str | None, rule: str | None, score: float | None) -> None:
        self.outcome, self.winner_sighting_id, self.rule, self.score = "duplicate", winner, rule, score


def _sightings(table: pa.Table) -> dict[str, _Sighting]:
    """Return sightings by id, in order of capture."""
    rows = [_Sighting(*row) for row in zip(*(_values(table[name]) for name in _SEEN_SCHEMA.names), strict=True)]
    return {seen.sighting_id: seen for seen in sorted(rows, key=lambda seen: seen.order)}


def _by_node(sightings: Iterable[_Sighting]) -> dict[bytes, _Sighting]:
    """Return a sighting of each fingerprint: the one that holds its row, else the first."""
    found: dict[bytes, _Sighting] = {}
    for seen in sightings:
        if seen.holds or seen.node_id not in found:
            found[seen.node_id] = seen
    return found


_Version = tuple[str, bytes]  # an item, and the content hash of one of its texts


def settle(past: History, left: Remainder, nodes: pa.Table, sightings: pa.Table, resolution: Resolution) -> Settlement:
    """Decide what redone sightings are, where that depends on what they were, and what changes for the others.

    Args:
        past: what there was.
        left: of it, `left_over`: what `resolve` was given as known.
        nodes, sightings: what else it was given, with the snapshot_uri of each sighting.
        resolution: what it returned.
    """
    return _Settler(past, left, nodes, sightings, resolution).settled()


class _Settler:
    """One settlement. `old` sightings are redone, `now` is what came of them, `stay` are all others."""

    def __init__(
        self, past: History, left: Remainder, nodes: pa.Table, sightings: pa.Table, resolution: Resolution
    ) -> None:
        redone = past.sightings["redone"]
        self.past, self.left, self.resolution = past, left, resolution
        self.old = _sightings(past.sightings.filter(redone))
        self.stay = _sightings(past.sightings.filter(pc.invert(redone)))
        told = resolution.sightings.append_column("node_id", nodes["node_id"].take(sightings["node"]))
        for name in ("sighting_id", "captured_at", "snapshot_id", "snapshot_uri", "position"):
            told = told.append_column(name, sightings[name])
        self.ids: list[str] = told["sighting_id"].to_pylist()
        self.now = _sightings(told)
        self.told = {name: dataclasses.replace(seen) for name, seen in self.now.items()}
        names = item_ids(columns_of(nodes), np.arange(len(nodes)))
        self.would_name = {name: names[node] for name, node in zip(self.ids, _values(sightings["node"]), strict=True)}
        known = pa.concat_tables([left.known, left.tombstones])
        self.ends = merged_into(past.merges)
        self.items_left = {self._end(item) for item in known["item_id"].to_pylist()}
        self.apart = self._fallen_apart()
        holding = past.merges.filter(pc.invert(pc.is_in(past.merges["item_id"], value_set=self.apart)))
        self.ends = merged_into(pa.concat_tables([holding, resolution.merges]))
        self.story_ends = merged_into(pa.concat_tables([past.story_merges, resolution.story_merges]))
        self.stories_left = {self.story_ends.get(story, story) for story in known["story_id"].to_pylist()}
        self.moved: dict[
            str, str
        ] = {}  # who had a row, and has it no more -> who has it, or the one that stands for it

    def settled(self) -> Settlement:
        before = {name: dataclasses.replace(seen) for name, seen in self.stay.items()}
        self._keep_names()
        stories = self._stories()
        self._be_what_they_were()
        self._share_rows()
        handed = self._hand_over()
        self._find_winners()
        self._choose_survivors()
        self._keep_merges_whole()
        changed = [(name, seen) for name, seen in self.stay.items() if seen != before[name]]
        tombstones = self._plates()
        return Settlement(
            self.resolution._replace(sightings=self._verdicts(stories), memory=self._memory(stories, tombstones)),
            {
                "sightings": Edits(list(self.old), _edited([(name, seen.said()) for name, seen in changed], _SAID)),
                "items": self._rows(changed, handed),
                "fingerprints": self._points(tombstones),
                "merges": self._merges(),
            },
            _recounts(before, changed),
        )

    def _end(self, item: str) -> str:
        return self.ends.get(item, item)

    def _version(self, seen: _Sighting) -> _Version:
        return self._end(seen.item_id), seen.content_hash

    def _same(self, seen: _Sighting) -> _Sighting | None:
        """Return what a redone sighting was, if it shows the same text in the same item."""
        old = self.old.get(seen.sighting_id)
        return old if old and self._version(old) == self._version(seen) else None

    # What the redone sightings are.

    def _keep_names(self) -> None:
        """Let an item of which nothing remained keep its id, if a sighting of it shows the same text again.

        The first of those that would give it that id; if nothing would, the first of all.
        """
        given = set(self.would_name.values())
        names: dict[str, str] = {}
        taken: set[str] = set()
        for name, seen in self.now.items():
            old = self.old.get(name)
            if old is None or old.content_hash != seen.content_hash:
                continue
            if seen.item_id in self.items_left or self._end(old.item_id) in self.items_left:
                continue
            mine = old.item_id == self.would_name[name] or old.item_id not in given
            if mine and seen.item_id not in names and old.item_id not in taken:
                names[seen.item_id] = old.item_id
                taken.add(old.item_id)
        for seen in self.now.values():
            seen.item_id = names.get(seen.item_id, seen.item_id)

    def _fallen_apart(self) -> pa.Array:
        """Return items of which nothing remained, and that were merged with others with which they are not one any
        more."""
        merged = {*self.ends, *self.ends.values()}
        now: dict[str, set[str]] = {}  # merged items -> the items that they are now
        for name, seen in self.now.items():
            old = self.old.get(name)
            was = [old.item_id] if old and old.content_hash == seen.content_hash else []
            for item in (*was, seen.item_id, self.would_name[name]):
                if item in merged:
                    now.setdefault(self._end(item), set()).add(seen.item_id)
        several = {end for end, items in now.items() if len(items) > 1} - self.items_left
        return pa.array([item for item, end in self.ends.items() if end in several], pa.string())

    def _stories(self) -> dict[str, str]:
        """Return the cluster of each redone sighting: the one that it was of, if it still is of that.

        A cluster of which nothing remained keeps its id, if a sighting of it is what it was: the first of them.
        """
        before = dict(zip(_values(self.past.known["node_id"]), _values(self.past.known["story_id"]), strict=True))
        told = dict(zip(self.ids, _values(self.resolution.sightings["story_id"]), strict=True))
        was = {name: before[old.node_id] for name, seen in self.now.items() if (old := self._same(seen))}
        names: dict[str, str] = {}
        taken = self.stories_left | {self._story_end(story) for story in told.values()}
        for name, story in was.items():
            end = self._story_end(story)
            if self._story_end(told[name]) not in self.stories_left and told[name] not in names and end not in taken:
                names[told[name]] = story
                taken.add(end)
        now = {name: names.get(story, story) for name, story in told.items()}
        for name, seen in self.now.items():  # by the id that is written with its print, if there are several
            for story in (before.get(seen.node_id), was.get(name)):
                if story and self._story_end(story) == self._story_end(now[name]):
                    now[name] = story
                    break
        return now

    def _story_end(self, story: str) -> str:
        return self.story_ends.get(story, story)

    def _be_what_they_were(self) -> None:
        same = {name: old for name, seen in self.now.items() if (old := self._same(seen))}
        self.back = {name for name, old in same.items() if old.holds}
        self.kept = set(self.back)
        for name, old in same.items():
            if old.holds or old.winner_sighting_id in self.back or old.winner_sighting_id in self.stay:
                self.kept.add(name)
                self.now[name].say(old)

    def _share_rows(self) -> None:
        """Of each version one redone sighting at most has the row; none if it is the teaser or copy that it was."""
        self.rows: dict[_Version, str] = {}
        leaning: dict[_Version, _Sighting] = {}
        for name, seen in self.now.items():
            if name in self.back:
                self.rows.setdefault(self._version(seen), name)
            elif name in self.kept and seen.rule not in _SAME_TEXT:
                leaning.setdefault(self._version(seen), seen)
        for name, seen in self.now.items():
            if name in self.kept or not seen.holds:
                continue
            version = self._version(seen)
            if version in self.rows:
                rule = self.told[self.rows[version]].rule  # by which they are the same, told from the other side
                seen.lose(self.rows[version], rule if rule in _SAME_TEXT else "content", None)
            elif version in leaning:
                other = leaning[version]
                seen.lose(other.winner_sighting_id, other.rule, other.score)
            else:
                self.rows[version] = name

    def _had(self, name: str) -> str | None:
        """Whose former row a redone sighting was told to equal."""
        winner = self.told[name].winner_sighting_id or ""
        return winner.removeprefix(_HAD) if winner.startswith(_HAD) else None

    def _hand_over(self) -> dict[str, str]:
        """Find for each row whose sighting does not have it again who has it now.

        Returns who of the remaining sightings got one -> who had it.
        """
        standing = {self._version(seen): name for name, seen in self.stay.items() if seen.holds}
        losers: dict[str | None, list[_Sighting]] = {}
        for seen in self.stay.values():
            losers.setdefault(seen.winner_sighting_id, []).append(seen)
        takers: dict[str | None, list[_Sighting]] = {}
        for name, seen in self.now.items():
            if name not in self.kept:
                takers.setdefault(self._had(name), []).append(seen)
        handed: dict[str, str] = {}
        for name, old in self.old.items():
            if not old.holds or name in self.back:
                continue
            version = self._version(old)
            holder = self.rows.get(version) or standing.get(version)
            if holder is None:
                taker = next((seen for seen in takers.get(name, ()) if self._version(seen) == version), None)
                if taker:
                    taker.take_row()
                    holder = self.rows[version] = taker.sighting_id
            if holder is None and (leaning := losers.get(name)):
                heir = min(leaning, key=lambda seen: (seen.content_hash != old.content_hash, seen.order))
                holder = standing.get((version[0], heir.content_hash))
                if holder is None:
                    heir.item_id = old.item_id
                    heir.take_row()
                    holder = standing[self._version(heir)] = heir.sighting_id
                    handed[holder] = name
            if holder is not None:
                self.moved[name] = holder
                for seen in losers.get(name, ()):
                    if not seen.holds:
                        seen.winner_sighting_id = holder
        return handed

    def _standing(self, name: str) -> str:
        """Whose row stands for the one that a redone sighting had."""
        return name if name in self.back else self.moved[name]

    def _find_winners(self) -> None:
        for name, seen in self.now.items():
            if name in self.kept or seen.holds:
                continue
            if had := self._had(name):
                seen.winner_sighting_id = self._standing(had)
            winner = self.now.get(seen.winner_sighting_id or "")
            if winner and not winner.holds:
                alike = winner if seen.content_hash == winner.content_hash else seen
                seen.lose(winner.winner_sighting_id, alike.rule, alike.score)

    # One survivor an item, and merges that lead somewhere.

    def _choose_survivors(self) -> None:
        """Of the rows of each item that was touched, one is `new`."""
        was_new = {old.item_id: name for name, old in self.old.items() if old.outcome == "new"}
        rows: dict[str, list[_Sighting]] = {seen.item_id: [] for seen in (*self.old.values(), *self.now.values())}
        for seen in (*self.stay.values(), *self.now.values()):
            if seen.holds and seen.item_id in rows:
                rows[seen.item_id].append(seen)
        for item, holders in rows.items():
            before = was_new.get(item, "")
            wanted = [before, self.moved.get(before, "")]

            def rank(seen: _Sighting, wanted: Sequence[str] = wanted) -> tuple:
                stays = seen.sighting_id in self.stay
                place = wanted.index(seen.sighting_id) if seen.sighting_id in wanted else len(wanted)
                return not (stays and seen.outcome == "new"), place, not stays, seen.order

            for number, seen in enumerate(sorted(holders, key=rank)):
                if number == 0:
                    seen.outcome, seen.rule, seen.score = "new", None, None
                elif seen.outcome == "new":
                    seen.outcome, seen.rule = "revision", "content"

    def _keep_merges_whole(self) -> None:
        """Let an item that others were merged into keep a row, and one that has none keep no sighting."""
        if not self.ends:
            return
        everyone = {**self.stay, **self.now}
        members: dict[str, list[_Sighting]] = {}
        for seen in everyone.values():
            members.setdefault(self._end(seen.item_id), []).append(seen)
        for end, group in members.items():
            holders = [seen for seen in group if seen.holds]
            items = {seen.item_id for seen in holders}
            for seen in group:
                if seen.item_id not in items:
                    seen.item_id = everyone[seen.winner_sighting_id or ""].item_id
            if end not in items:
                heir = holders[0].item_id
                for seen in group:
                    if seen.item_id == heir:
                        seen.item_id = end

    def _merges(self) -> Edits:
        """Find the merges that go: of items of which nothing is left, and of those that fell apart."""
        left = {self._end(seen.item_id) for seen in (*self.stay.values(), *self.now.values())}
        touched = {self._end(old.item_id) for old in self.old.values()} - left
        gone = {item for item in self.past.merges["item_id"].to_pylist() if self._end(item) in touched}
        return Edits(sorted(gone.union(self.apart.to_pylist())), _edited([], pa.schema([])))

    # As tables.

    def _verdicts(self, stories: Mapping[str, str]) -> pa.Table:
        rows = [self.now[name] for name in self.ids]
        columns = {name: [getattr(seen, name) for seen in rows] for name in OUTCOME_SCHEMA.names if name != "story_id"}
        return pa.table({**columns, "story_id": [stories[name] for name in self.ids]}, OUTCOME_SCHEMA)

    def _rows(self, changed: Iterable[tuple[str, _Sighting]], handed: Mapping[str, str]) -> Edits:
        """Return the rows of `items` that go, and those that others have now or that go by another item."""
        minhash = dict(zip(_values(self.past.known["node_id"]), _values(self.past.known["minhash"]), strict=True))
        edits = []
        for name, seen in changed:
            if seen.holds:
                said = {**vars(seen), "minhash": minhash[seen.node_id], "first_seen_at": seen.captured_at}
                edits.append((handed.get(name, name), tuple(said[column] for column in _HELD.names)))
        gone = {name for name, old in self.old.items() if old.holds} - set(handed.values())
        return Edits(sorted(gone), _edited(edits, _HELD))

    def _points_at(self, seen: _Sighting, holder: _Sighting) -> tuple:
        """Return what the memory says of the row that a fingerprint's sighting equals; see _POINTS."""
        other = holder.content_hash != seen.content_hash
        how = (seen.rule, seen.score) if other else (None, None)
        return holder.content_hash, holder.sighting_id, *how, holder.captured_at

    def _plates(self) -> pa.Table:
        """Return the tombstones that are still needed, each with a row of its item."""
        named = set(self.would_name.values())
        holders: dict[str, _Sighting] = {}
        for seen in sorted((*self.stay.values(), *self.now.values()), key=lambda seen: seen.order):
            if seen.holds:
                holders.setdefault(self._end(seen.item_id), seen)
        rows = []
        for row in pa.concat_tables([self.left.tombstones, self.left.spare]).to_pylist():
            holder = holders.get(self._end(row["item_id"]))
            if holder and row["item_id"] not in named:
                rows.append({**row, **dict(zip(_POINTS.names, self._points_at(holder, holder), strict=True))})
        return pa.Table.from_pylist(rows, KNOWN_SCHEMA)

    def _memory(self, stories: Mapping[str, str], tombstones: pa.Table) -> pa.Table:
        """Return the redone sightings' fingerprints, and tombstones that are new."""
        memory = self.resolution.memory
        of_node = _by_node(self.now.values())
        own = [of_node[node] for node in _values(memory["node_id"])]
        points = []
        for seen in own:
            points.append(self._points_at(seen, self._holder(seen)))
        columns = {name: memory[name] for name in KNOWN_SCHEMA.names}
        columns |= {"item_id": [s.item_id for s in own], "story_id": [stories[s.sighting_id] for s in own]}
        columns |= dict(zip(_POINTS.names, map(list, zip(*points, strict=True)), strict=True)) if points else {}
        new = pc.invert(pc.is_in(tombstones["node_id"], value_set=_array(self.past.known["node_id"])))
        return pa.concat_tables([pa.table(columns, KNOWN_SCHEMA), tombstones.filter(new)])

    def _holder(self, seen: _Sighting) -> _Sighting:
        """Who has the row that a sighting equals."""
        return seen if seen.holds else self._anyone(seen.winner_sighting_id)

    def _anyone(self, name: str | None) -> _Sighting:
        return self.now.get(name or "") or self.stay[name or ""]

    def _points(self, tombstones: pa.Table) -> Edits:
        """Let fingerprints go that nobody gives any more, and others point at the rows that stand for those that
        moved."""
        before = self.past.known
        tombstone_of = dict(zip(_values(tombstones["node_id"]), _rows_of(tombstones, _POINTS.names), strict=True))
        of_node = _by_node(self.stay.values())
        gone, edits = [], []
        for node, *was in zip(_values(before["node_id"]), *(_values(before[n]) for n in _POINTS.names), strict=True):
            is_now: tuple = tuple(was)
            if node in of_node:
                is_now = self._now_points(of_node[node], tuple(was))
            elif node in tombstone_of:
                is_now = tombstone_of[node]
            else:
                gone.append(node)
                continue
            if is_now != tuple(was):
                edits.append((node, is_now))
        return Edits(gone, _edited(edits, _POINTS, pa.binary(16)))

    def _now_points(self, seen: _Sighting, was: tuple) -> tuple:
        """Return what the memory says of a remaining fingerprint."""
        _, holder, rule, score, _ = was
        if holder not in self.old:
            return was
        if holder in self.back or holder in self.moved:
            lost = dataclasses.replace(seen, rule=rule, score=score)
            return self._points_at(lost, self._anyone(self._standing(holder)))
        return self._points_at(seen, self._holder(seen))  # all that show it lost to a row of a merged item


def _rows_of(table: pa.Table, names: Sequence[str]) -> list[tuple]:
    return list(zip(*(_values(table[name]) for name in names), strict=True))


def _edited(rows: Iterable[tuple[Any, tuple]], schema: pa.Schema, key: pa.DataType = pa.string()) -> pa.Table:
    """Return a table of `Edits.changed`, from keys and what the columns of `schema` say now."""
    flat = [(name, *says) for name, says in rows]
    fields = [pa.field("key", key), *schema]
    columns = list(zip(*flat, strict=True)) if flat else [()] * len(fields)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, fields, strict=True)], [f.name for f in fields])


def _recounts(
    before: Mapping[str, _Sighting], changed: Iterable[tuple[str, _Sighting]]
) -> dict[tuple[str, str], tuple[int, int, int]]:
    kinds = ("new", "revision", "duplicate")
    counts: dict[tuple[str, str], list[int]] = {}
    for name, seen in changed:
        more = counts.setdefault((seen.snapshot_id, seen.snapshot_uri), [0, 0, 0])
        more[kinds.index(before[name].outcome)] -= 1
        more[kinds.index(seen.outcome)] += 1
    return {place: (more[0], more[1], more[2]) for place, more in counts.items() if any(more)}
