"""Some snapshots at a time, as Arrow tables: from bytes to the rows of every table.

    inputs ──split_batch──▶ Batch ──fingerprints──▶ (identity.resolve) ──▶ Assignment
                              └────────────────────────────────▶ BatchDecision ◀──────────┘
                                                  └──assemble──▶ rows of each table, and a Ledger

A batch is what travels between steps, because a row at a time costs ten times
as much as a batch at a time. How snapshots are batched changes no row.
Plain Python: no Beam.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from feedmill.transforms.captures.capture import capture_of
from feedmill.transforms.captures.containers import DeadInput
from feedmill.transforms.failures import RETRIED, Rejected, internal_error, is_machines
from feedmill.transforms.formats import Settings, split_snapshot
from feedmill.transforms.identity import fingerprint
from feedmill.transforms.rows.packed_table import PackedTable, repeated
from feedmill.transforms.rows.story import BYTE_KINDS, DeadLetter, Snapshot, Split, Story
from feedmill.transforms.text.ids import numbered_ids, stable_id
from feedmill.transforms.text.spans import bytes_by_kind
from feedmill.transforms.warehouse.ledger import Ledger, books, unbalanced
from feedmill.transforms.warehouse.tables import (
    DEAD_LETTER,
    DICTIONARY_COLUMNS,
    REMOVED,
    SCHEMAS,
    SIGHTINGS,
    SNAPSHOTS,
    STORY_FIELDS,
)

STEPS = ("read", "split")  # that decline input: a file or a part of an archive; a snapshot or a part of it
_READ, _SPLIT = STEPS
PAYLOAD_CAP = 64 * 1024  # bytes of a dead letter's input that are kept with it


def _columns(schema: Iterable[pa.Field], *without: str) -> list[pa.Field]:
    return [f for f in schema if f.name not in without]


# What a batch knows of each snapshot before its stories are resolved.
_SNAPSHOT_IN = pa.schema(
    [
        pa.field("capture_key", pa.string()),
        *_columns(SNAPSHOTS, "new", "revisions", "duplicates", "run_id"),
    ]
)
_STORY_IN = pa.schema(STORY_FIELDS)
_NODE_TOLD = ("node_id", "content_hash", "minhash")  # what the tables say of a story's fingerprint
_SIGHTING_IN = pa.schema(
    [
        pa.field("snapshot", pa.int32()),  # row of `snapshots`
        pa.field("story", pa.int32()),  # row of `stories`
        *(SIGHTINGS.field(name) for name in ("sighting_id", "position", "byte_start", "byte_end")),
        pa.field("sample", pa.int32()),  # row of `samples`
    ]
)
# What the language step may use as evidence: see `source_samples`.
_SAMPLE_IN = pa.schema([pa.field("source_sample", pa.string()), pa.field("source_stories", pa.int32())])
_LOST_FROM_SNAPSHOT = ("snapshot_id", "snapshot_uri", "captured_at", "run_id")
_REMOVED_IN = pa.schema([pa.field("snapshot", pa.int32()), *_columns(REMOVED, "lang", *_LOST_FROM_SNAPSHOT)])
_CAPTURE = ["capture_key", "captured_at", "captured_from", "snapshot_uri", "snapshot_id"]
_STORY_SEEN = ("content_hash", "node_id", "form", "title", "feed_name", "feed_url")  # what a sighting says of its story
_DEAD_IN = pa.schema([pa.field("snapshot", pa.int32()), *_columns(DEAD_LETTER, *_LOST_FROM_SNAPSHOT)])


class Batch(NamedTuple):
    """Snapshots, split. `stories` holds each distinct story once, `nodes` its fingerprint in the same row."""

    batch_id: str  # made of what is in it, so that a retry has the same
    snapshots: PackedTable
    stories: PackedTable
    nodes: PackedTable  # identity.NODE_SCHEMA
    sightings: PackedTable
    samples: PackedTable
    removed: PackedTable
    dead: PackedTable
    mended: tuple[str, ...] = ()  # as of `Inputs`


class BatchFingerprints(NamedTuple):
    """What the resolver needs of a batch: no text."""

    batch_id: str
    snapshots: PackedTable  # _CAPTURE
    stories: PackedTable  # identity.NODE_SCHEMA
    sightings: PackedTable  # snapshot, story, sighting_id, position
    mended: tuple[str, ...] = ()


class Assignment(NamedTuple):
    """What the resolver decided for a batch."""

    run_id: str
    admitted: PackedTable  # a boolean a snapshot: false if the same capture came from elsewhere
    sightings: (
        PackedTable  # row (of the batch's sightings), item_id, story_id, outcome, rule, score, winner_sighting_id
    )


class BatchDecision(NamedTuple):
    """A batch, and what was decided for it."""

    batch: Batch
    assignment: Assignment


class _Rows:
    """The tables of a batch, growing."""

    def __init__(self) -> None:
        self.snapshots: list[dict[str, object]] = []
        self.stories: dict[tuple[Any, ...], int] = {}  # what a story says -> its row
        self.sightings: list[tuple[object, ...]] = []
        self.samples: list[tuple[str, int]] = []
        self.removed: list[tuple[object, ...]] = []
        self.dead: list[tuple[object, ...]] = []

    def add_split(self, snapshot: Snapshot, split: Split) -> None:
        capture = capture_of(snapshot, split)
        key = capture.key
        number = len(self.snapshots)
        sighting_ids = numbered_ids(len(split.stories), "sighting-1", key)
        samples = {}
        for source, sample in source_samples(split.stories).items():
            samples[source] = len(self.samples)
            self.samples.append(sample)
        rows, sightings = self.stories, self.sightings
        for position, (story, sighting_id) in enumerate(zip(split.stories, sighting_ids, strict=True)):
            row = rows.setdefault(story[2:], len(rows))
            told = samples.get(story.source_name)
            sightings.append((number, row, sighting_id, position, story.byte_start, story.byte_end, told))
        for gone in split.removed:
            taken_from = None if gone.story is None else sighting_ids[gone.story]
            self.removed.append((number, gone.kind, gone.start, gone.end, gone.text, taken_from))
        for no in split.rejects:
            self._add_dead(_SPLIT, no.reason, no.detail, no.start, no.end, snapshot.data[no.start : no.end])
        self.snapshots.append(
            {
                "capture_key": key,
                "snapshot_id": capture.snapshot_id,
                "snapshot_uri": snapshot.uri,
                "size": len(snapshot.data),
                "format": split.format,
                "encoding": split.encoding,
                "replaced_chars": split.replaced_chars,
                "captured_at": capture.captured_at,
                "captured_from": capture.captured_from,
                "chrome_lang": split.chrome_lang,
                "source_name": split.source_name,
                "feed_name": split.source_name,
                "feed_url": split.feed_url,
                "stories": len(split.stories) + len(split.rejects),
                "dead": len(split.rejects),
                **{f"bytes_{kind}": count for kind, count in bytes_by_kind(split.spans).items()},
            }
        )

    def add_refused(self, refused: DeadInput) -> None:
        """Add a file, or a part of an archive, that gave no snapshot."""
        lost = Snapshot(refused.uri, refused.data)
        self._add_lost(lost, _READ, refused.reason.value, refused.detail, refused.start, refused.end)

    def add_dead(self, snapshot: Snapshot, rejected: Rejected) -> None:
        """Add a snapshot of which nothing could be read: all its bytes are dead."""
        self._add_lost(snapshot, _SPLIT, rejected.reason.value, rejected.detail, 0, len(snapshot.data))

    def _add_lost(self, snapshot: Snapshot, step: str, reason: str, detail: str, start: int, end: int) -> None:
        capture = capture_of(snapshot)
        size = end - start
        self._add_dead(step, reason, detail, start, end, snapshot.data)
        self.snapshots.append(
            {
                "capture_key": capture.dead_key,
                "snapshot_id": capture.snapshot_id,
                "snapshot_uri": snapshot.uri,
                "size": size,
                "replaced_chars": 0,
                "captured_at": capture.captured_at,
                "captured_from": capture.captured_from,
                "stories": 1,
                "dead": 1,
                **{f"bytes_{kind}": size if kind == "dead" else 0 for kind in BYTE_KINDS},
            }
        )

    def _add_dead(self, step: str, reason: str, detail: str, start: int, end: int, payload: bytes) -> None:
        capped = len(payload) > PAYLOAD_CAP
        retriable = reason in RETRIED
        detail = detail.encode("utf-8", "backslashreplace").decode()
        row = (len(self.snapshots), step, reason, detail, start, end, payload[:PAYLOAD_CAP], capped, retriable)
        self.dead.append(row)

    def batch(self) -> Batch:
        stories = [Story(0, 0, *says) for says in self.stories]
        return Batch(
            batch_id=stable_id(
                "batch-1", *(row[name] for row in self.snapshots for name in ("capture_key", "snapshot_uri"))
            ),
            snapshots=PackedTable(pa.Table.from_pylist(self.snapshots, _SNAPSHOT_IN)),
            stories=PackedTable(_table(list(self.stories), _STORY_IN)),
            nodes=PackedTable(fingerprint(stories)),
            sightings=PackedTable(_table(self.sightings, _SIGHTING_IN)),
            samples=PackedTable(_table(self.samples, _SAMPLE_IN)),
            removed=PackedTable(_table(self.removed, _REMOVED_IN)),
            dead=PackedTable(_table(self.dead, _DEAD_IN)),
        )


_SHORT = 200  # characters: a longer story tells its own language
_SAMPLED = 12  # stories of a source that are looked at


def source_samples(stories: Sequence[Story]) -> dict[str | None, tuple[str, int]]:
    """Return for each source of a snapshot some of what its stories say, and how many they are.

    The language of such a sample is what tells "Claude 2" to be English, if the feed's other stories are. Taken only of
    sources of three stories and more with a short one among them, and from the snapshot alone: else a story's language
    would depend on what it was ingested with.
    """
    by_source: dict[str | None, list[Story]] = {}
    for story in stories:
        by_source.setdefault(story.source_name, []).append(story)
    return {
        source: (
            "\n".join(f"{s.title or ''}\n{(s.body or s.summary or '')[:_SHORT]}" for s in own[:_SAMPLED]),
            len(own),
        )
        for source, own in by_source.items()
        if source is not None and len(own) >= 3 and any(len(s.body or s.summary or "") < _SHORT for s in own)
    }


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    return pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def split_batch(
    inputs: Iterable[Snapshot | DeadInput], settings: Settings, *, fail_fast: bool = False
) -> tuple[Batch, int, dict[str, int]]:
    """Split snapshots. Return the batch, the number of its stories, and of its dead letters by reason.

    A snapshot at which this fails in any way is a dead letter, INTERNAL_ERROR, and costs no other; with `fail_fast`,
    the error is raised.

    Raises:
        Exception: what is no fault of a snapshot; see `failures.is_machines`.
    """
    found = [(given, _split(given, settings, fail_fast)) for given in inputs]
    try:
        rows, batch = _made(found)
    except Exception as error:
        if fail_fast or is_machines(error):
            raise
        found = [(given, _checked(given, outcome)) for given, outcome in found]  # finds those at which it failed
        rows, batch = _made(found)
    return batch, len(rows.sightings), dict(Counter(str(row[2]) for row in rows.dead))


def split_rows(snapshot: Snapshot, settings: Settings = Settings()) -> tuple[Sequence[Story], list[DeadLetter]]:
    """Split one snapshot. Return its stories, and a dead letter for each part, or for the whole, that was declined.

    Raises:
        Exception: what is no fault of the snapshot; see `failures.is_machines`.

    >>> split_rows(Snapshot("a.txt", b" "))
    ((), [DeadLetter(uri='a.txt', byte_start=0, byte_end=1, reason='empty', detail='1 bytes, no text')])
    """
    outcome = _split(snapshot, settings, fail_fast=False)
    if isinstance(outcome, Split):
        return outcome.stories, [DeadLetter(snapshot.uri, *no) for no in outcome.rejects]
    assert isinstance(outcome, Rejected)
    return (), [DeadLetter(snapshot.uri, 0, len(snapshot.data), outcome.reason.value, outcome.detail)]


def _split(given: Snapshot | DeadInput, settings: Settings, fail_fast: bool) -> Split | Rejected | None:
    """Return what is in a snapshot; None if it is none."""
    if isinstance(given, DeadInput):
        return None
    try:
        split = split_snapshot(given, settings)
        if (told := sum(span.end - span.start for span in split.spans)) != len(given.data):
            raise ValueError(f"the spans of {split.format} hold {told} of {len(given.data)} bytes")
        return split
    except Rejected as rejected:
        return rejected
    except Exception as error:
        if fail_fast:
            raise
        return internal_error(error)


def _made(found: Iterable[tuple[Snapshot | DeadInput, Split | Rejected | None]]) -> tuple[_Rows, Batch]:
    rows = _Rows()
    for given, outcome in found:
        if isinstance(given, DeadInput):
            rows.add_refused(given)
        elif isinstance(outcome, Split):
            rows.add_split(given, outcome)
        elif outcome is not None:
            rows.add_dead(given, outcome)
    return rows, rows.batch()


def _checked(given: Snapshot | DeadInput, outcome: Split | Rejected | None) -> Split | Rejected | None:
    """Return what was made of a snapshot, if rows can be made of it alone; else the reason why not."""
    if not isinstance(outcome, Split):
        return outcome
    try:
        _made([(given, outcome)])
    except Exception as error:  # noqa: BLE001 - a dead letter says it, unless it is no fault of the snapshot
        return internal_error(error)
    return outcome


def prints(batch: Batch) -> BatchFingerprints:
    """Return what the resolver needs of a batch."""
    return BatchFingerprints(
        batch_id=batch.batch_id,
        snapshots=PackedTable(batch.snapshots.table.select(_CAPTURE)),
        stories=batch.nodes,
        sightings=PackedTable(batch.sightings.table.select(["snapshot", "story", "sighting_id", "position"])),
        mended=batch.mended,
    )


def with_mended(batch: Batch, mended: Sequence[str]) -> Batch:
    """Return the batch with the dead letters that another try of its files has made good."""
    if not mended:
        return batch
    return batch._replace(batch_id=stable_id("batch-1", batch.batch_id, *mended), mended=tuple(mended))


def assemble(batch: Batch, assignment: Assignment) -> tuple[dict[str, pa.Table], Ledger]:
    """Join a batch with what the resolver decided: the rows of every table but the languages, and the books.

    The rows of `items` have `source_sample` and `source_stories` beside their own columns; see `source_samples`.

    Raises:
        ValueError: the books of a snapshot do not balance.
    """
    run_id = assignment.run_id
    admitted = assignment.admitted.table["admitted"]
    snapshots = batch.snapshots.table
    decided = assignment.sightings.table
    seen = batch.sightings.table.take(decided["row"])
    tables = (batch.stories.table, batch.nodes.table.select(_NODE_TOLD))
    stories = {name: table[name] for table in tables for name in table.column_names}

    def of_snapshot(name: str, rows: pa.Table) -> pa.ChunkedArray | pa.DictionaryArray:
        if name in DICTIONARY_COLUMNS:
            return repeated(snapshots[name], rows["snapshot"])
        return pc.take(snapshots[name], rows["snapshot"])

    def of_story(name: str, rows: pa.Table) -> pa.ChunkedArray:
        return pc.take(stories[name], rows["story"])

    def finish(table: str, rows: pa.Table, **columns: pa.ChunkedArray) -> pa.Table:
        """Build a table's rows from columns given, else from `rows`, else from the snapshot."""
        built = {}
        for name in (*SCHEMAS[table].names, *(_SAMPLE_IN.names if table == "items" else ())):
            if name == "run_id":
                built[name] = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows.num_rows, np.int32)), [run_id])
            elif name in columns:
                built[name] = columns[name]
            elif name in rows.column_names:
                built[name] = rows[name]
            elif name in snapshots.column_names:  # else the language step adds it
                built[name] = of_snapshot(name, rows)
        return pa.table(built)

    for name in ("item_id", "story_id", "outcome", "rule", "score", "winner_sighting_id"):
        seen = seen.append_column(name, decided[name])
    sightings = finish("sightings", seen, **{n: of_story(n, seen) for n in _STORY_SEEN})

    kept = seen.filter(pc.not_equal(seen["outcome"], "duplicate"))
    told = {name: of_story(name, kept) for name in stories}
    samples = batch.samples.table.combine_chunks()
    told["source_sample"] = pa.DictionaryArray.from_arrays(
        kept["sample"].combine_chunks(), samples["source_sample"].combine_chunks()
    )
    told["source_stories"] = pc.take(samples["source_stories"], kept["sample"])
    items = finish("items", kept, **told, first_seen_at=of_snapshot("captured_at", kept))

    counts = {
        name: _count_by_snapshot(seen.filter(pc.equal(seen["outcome"], outcome)), snapshots.num_rows)
        for name, outcome in (("new", "new"), ("revisions", "revision"), ("duplicates", "duplicate"))
    }
    for name, column in counts.items():
        snapshots = snapshots.append_column(name, column)
    here = snapshots.filter(admitted)
    removed = _of_admitted(batch.removed.table, admitted)
    dead = _of_admitted(batch.dead.table, admitted)
    rows = {
        "items": items,
        "sightings": sightings,
        "snapshots": finish("snapshots", here),
        "removed": finish("removed", removed),
        "dead_letter": finish("dead_letter", dead),
    }
    return rows, _balanced(here)


def _count_by_snapshot(rows: pa.Table, snapshots: int) -> pa.Array:
    return pa.array(np.bincount(rows["snapshot"].to_numpy(), minlength=snapshots))


def _of_admitted(rows: pa.Table, admitted: pa.ChunkedArray) -> pa.Table:
    return rows.filter(pc.take(admitted, rows["snapshot"]))


def _balanced(snapshots: pa.Table) -> Ledger:
    """Return the books of snapshots, each of which must balance by itself."""
    for row in np.flatnonzero(unbalanced(snapshots)).tolist():
        problems = books(snapshots.slice(row, 1)).imbalance()
        raise ValueError(f"{snapshots['snapshot_uri'][row]}: the books do not balance: {'; '.join(problems)}")
    return books(snapshots)
