"""The counts that must balance, for a snapshot and for a run."""

import dataclasses
from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from feedmill.transforms.rows.story import BYTE_KINDS

_OUTCOMES = ("new", "revisions", "duplicates", "dead")  # what becomes of a story, each of one


@dataclasses.dataclass(frozen=True)
class Ledger:
    """What went in and what became of it.

    Every story, and every part that was declined, is one of `stories`; it ends
    as exactly one of `new`, `revisions`, `duplicates`, `dead`. Every byte of
    `size` has exactly one kind in `bytes`.
    """

    snapshots: int = 0
    size: int = 0
    stories: int = 0
    new: int = 0
    revisions: int = 0
    duplicates: int = 0
    dead: int = 0
    bytes: Mapping[str, int] = dataclasses.field(default_factory=lambda: dict.fromkeys(BYTE_KINDS, 0))

    def __add__(self, other: "Ledger") -> "Ledger":
        """
        >>> (Ledger(stories=2, new=2) + Ledger(stories=1, dead=1)).stories
        3
        """
        sums = {
            f.name: getattr(self, f.name) + getattr(other, f.name)
            for f in dataclasses.fields(self)
            if f.name != "bytes"
        }
        return Ledger(**sums, bytes={kind: self.bytes[kind] + other.bytes[kind] for kind in BYTE_KINDS})

    def __sub__(self, other: "Ledger") -> "Ledger":
        """
        >>> (Ledger(stories=2, new=2) - Ledger(stories=1, dead=1)).dead
        -1
        """
        minus = {name: -count for name, count in vars(other).items() if name != "bytes"}
        return self + Ledger(**minus, bytes={kind: -count for kind, count in other.bytes.items()})

    def as_dict(self) -> dict[str, object]:
        """For a manifest's JSON."""
        return dataclasses.asdict(self)

    def imbalance(self) -> list[str]:
        """Return what does not add up, in words; nothing if the books balance.

        >>> Ledger(stories=3, new=1, duplicates=1).imbalance()
        ['3 stories in, but 1 new + 0 revisions + 1 duplicates + 0 dead = 2 out']
        """
        problems = []
        out = sum(getattr(self, name) for name in _OUTCOMES)
        if out != self.stories:
            problems.append(
                f"{self.stories} stories in, but {self.new} new + {self.revisions} revisions + "
                f"{self.duplicates} duplicates + {self.dead} dead = {out} out"
            )
        if (accounted := sum(self.bytes.values())) != self.size:
            problems.append(f"{self.size} bytes in, but {accounted} accounted for: {dict(self.bytes)}")
        return problems

    def disagreements(self, rows: Mapping[str, int]) -> list[str]:
        """Compare the books with the rows that were read back from each table's files, less those these replace.

        >>> Ledger(snapshots=1).disagreements({"items": 0, "sightings": 0, "snapshots": 2, "dead_letter": 0})
        ['snapshots: 1 in the ledger, 2 rows in the files']
        """
        expected = {
            "items": self.new + self.revisions,
            "sightings": self.new + self.revisions + self.duplicates,
            "snapshots": self.snapshots,
            "dead_letter": self.dead,
        }
        return [
            f"{table}: {count} in the ledger, {rows.get(table, 0)} rows in the files"
            for table, count in expected.items()
            if rows.get(table, 0) != count
        ]


def books(snapshots: pa.Table) -> Ledger:
    """Return the books of some rows of the table `snapshots`."""

    def sum_of(name: str) -> int:
        return pc.sum(snapshots[name]).as_py() or 0

    counts = {name: sum_of(name) for name in ("size", "stories", *_OUTCOMES)}
    return Ledger(snapshots=snapshots.num_rows, **counts, bytes={kind: sum_of(f"bytes_{kind}") for kind in BYTE_KINDS})


def unbalanced(snapshots: pa.Table) -> np.ndarray:
    """Tell of each row of the table `snapshots` whether its books do not balance; see `Ledger.imbalance`."""

    def sums(*names: str) -> np.ndarray:
        return np.sum([snapshots[name].to_numpy() for name in names], axis=0)

    stories = sums("stories") != sums(*_OUTCOMES)
    return stories | (sums("size") != sums(*(f"bytes_{kind}" for kind in BYTE_KINDS)))


def total(ledgers: Iterable[Ledger]) -> Ledger:
    """Add ledgers up."""
    return sum(ledgers, Ledger())
