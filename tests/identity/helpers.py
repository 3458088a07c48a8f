"""Sightings written down shortly."""

from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from feedmill.transforms.identity import (
    KNOWN_SCHEMA,
    OUTCOME_SCHEMA,
    SIGHTING_SCHEMA,
    Resolution,
    fingerprint,
    match,
    resolve,
    verify_classes,
    wanted,
)
from feedmill.transforms.rows.story import Story
from feedmill.transforms.text.ids import stable_id

HOUR = 3_600_000_000
DAY = 24 * HOUR
T0 = 1_700_000_000_000_000


def story(title=None, text=None, *, form=None, source=None, guid=None, at=None, **more) -> Story:
    form = form or ("full" if title and text else "headline" if title else "blurb")
    return Story(0, 1, form, title=title, body=text, source_name=source, guid=guid, guid_trusted=guid is not None,
                 published_at=at, **more)  # fmt: skip


Seen = tuple[int | None, str, int, Story]  # captured_at, snapshot_id, position, story


def snapshots(*pages: Sequence[Story]) -> list[Seen]:
    """Pages captured an hour apart."""
    return [(T0 + n * HOUR, f"snap{n}", i, s) for n, page in enumerate(pages) for i, s in enumerate(page)]


def run(seen: Sequence[Seen], known: pa.Table | None = None, merges: pa.Table | None = None) -> Resolution:
    nodes = fingerprint([s for *_, s in seen])
    rows = {
        "node": list(range(len(seen))),
        "sighting_id": [stable_id(snap, position) for _, snap, position, _ in seen],
        "captured_at": [at for at, *_ in seen],
        "snapshot_id": [snap for _, snap, *_ in seen],
        "position": [position for _, _, position, _ in seen],
    }
    if known is not None:
        known = match(known, wanted(nodes))
    return resolve(nodes, pa.table(rows, schema=SIGHTING_SCHEMA), known, merges)


class Warehouse:
    """What runs leave behind, one after the other."""

    def __init__(self) -> None:
        self.known = KNOWN_SCHEMA.empty_table()
        self.merges: list[dict] = []
        self.rows: dict[str, dict] = {}  # sighting id -> outcome

    def run(self, seen: Sequence[Seen]) -> Resolution:
        merges = pa.Table.from_pylist(self.merges) if self.merges else None
        done = run(seen, self.known, merges)
        self.known = pa.concat_tables([self.known, done.memory])
        self.merges += done.merges.to_pylist()
        for (_, snap, position, _), row in zip(seen, done.sightings.to_pylist(), strict=True):
            self.rows.setdefault(stable_id(snap, position), row)
        return done

    def problems(self) -> list[str]:
        """What `feedmill verify` would say of the warehouse."""
        seen = [{"sighting_id": sighting, **row} for sighting, row in self.rows.items()]
        sightings = pa.Table.from_pylist(seen, pa.schema([pa.field("sighting_id", pa.string()), *OUTCOME_SCHEMA]))
        kept = sightings.filter(pc.not_equal(sightings["outcome"], "duplicate"))
        return verify_classes(kept, sightings, pa.Table.from_pylist(self.merges) if self.merges else None)

    def classes(self) -> set[frozenset[str]]:
        from feedmill.transforms.identity.resolve import merged_into

        ends = merged_into(pa.Table.from_pylist(self.merges) if self.merges else None)
        groups: dict[str, set[str]] = {}
        for sighting, row in self.rows.items():
            groups.setdefault(ends.get(row["item_id"], row["item_id"]), set()).add(sighting)
        return {frozenset(g) for g in groups.values()}


def outcomes(done: Resolution) -> list[tuple[str, str | None]]:
    return list(zip(done.sightings["outcome"].to_pylist(), done.sightings["rule"].to_pylist(), strict=True))


def items(done: Resolution) -> list[str]:
    return done.sightings["item_id"].to_pylist()


def ids(seen: Iterable[Seen]) -> list[str]:
    return [stable_id(snap, position) for _, snap, position, _ in seen]
