"""A sighting as rules of reprocessing see it: one that can change its mind."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from feedmill.transforms.identity.reprocess import SEEN_SCHEMA

SAID_SCHEMA = pa.schema([SEEN_SCHEMA.field(n) for n in ("item_id", "outcome", "rule", "score", "winner_sighting_id")])


def values_of(column: pa.ChunkedArray) -> list[Any]:
    """Return a column's values; times as microseconds."""
    return (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist()


@dataclasses.dataclass
class Sighting:
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
        return tuple(getattr(self, name) for name in SAID_SCHEMA.names)

    def say(self, other: "Sighting") -> None:
        for name in SAID_SCHEMA.names:
            setattr(self, name, getattr(other, name))

    def take_row(self) -> None:
        self.outcome, self.winner_sighting_id = "revision", None

    def lose(self, winner: str | None, rule: str | None, score: float | None) -> None:
        self.outcome, self.winner_sighting_id, self.rule, self.score = "duplicate", winner, rule, score


def read_sightings(table: pa.Table) -> dict[str, Sighting]:
    """Return sightings by id, in order of capture."""
    rows = [Sighting(*row) for row in zip(*(values_of(table[name]) for name in SEEN_SCHEMA.names), strict=True)]
    return {seen.sighting_id: seen for seen in sorted(rows, key=lambda seen: seen.order)}


def by_node(sightings: Iterable[Sighting]) -> dict[bytes, Sighting]:
    """Return a sighting of each fingerprint: the one that holds its row, else the first."""
    found: dict[bytes, Sighting] = {}
    for seen in sightings:
        if seen.holds or seen.node_id not in found:
            found[seen.node_id] = seen
    return found
