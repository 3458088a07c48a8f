"""What a warehouse knows a snapshot by: its bytes, and when they were captured."""

import hashlib
from typing import NamedTuple

from feedmill.transforms.captures.capture_time import resolve_captured
from feedmill.transforms.rows.story import Snapshot, Split


class Capture(NamedTuple):
    """A snapshot without its bytes: they are hashed once."""

    uri: str
    snapshot_id: str  # SHA-256
    captured_at: int | None  # microseconds since the epoch, UTC
    captured_from: str | None  # one of CAPTURED_FROM

    @property
    def key(self) -> str:
        """Its name; see `capture_key`."""
        return capture_key(self.snapshot_id, self.captured_at, self.captured_from)

    @property
    def dead_key(self) -> str:
        """Its name if it was declined; see the function of this name."""
        return dead_key(self.snapshot_id, self.uri)


def capture_of(snapshot: Snapshot, split: Split | None = None) -> Capture:
    """Return what a snapshot is known by; `split` may say when it was captured.

    >>> capture = capture_of(Snapshot("a.xml", b"", 5, "mtime"))
    >>> capture.key == capture.snapshot_id, capture.dead_key == capture.snapshot_id + "@a.xml"
    (True, True)
    """
    return Capture(snapshot.uri, hashlib.sha256(snapshot.data).hexdigest(), *resolve_captured(snapshot, split))


def capture_key(snapshot_id: str, captured_at: int | None, captured_from: str | None) -> str:
    """Name a capture; two captures of one name are one snapshot, taken in once.

    The same bytes at two stated times are two captures: a story that stood
    unchanged was seen twice. A file's own time states nothing (a copy changes
    it), and an export's time is part of its bytes: there the bytes alone count.

    >>> capture_key("ab", 5, "mtime") == capture_key("ab", 6, "mtime") != capture_key("ab", 6, "path")
    True
    """
    return f"{snapshot_id}@{captured_at}" if captured_from in ("path", "warc") else snapshot_id


def dead_key(snapshot_id: str, uri: str) -> str:
    """Name a snapshot that could not be read: each such file is its own dead letter, whatever its bytes."""
    return f"{snapshot_id}@{uri}"
