"""What every kind of storage has: files that were found, and a folder one can commit to."""

from typing import BinaryIO, NamedTuple, Protocol


class FileInfo(NamedTuple):
    """A file that was found."""

    uri: str
    size: int  # bytes
    mtime: int | None  # microseconds since the epoch, UTC
    generation: int | None = None  # of an object in a bucket: which of its versions was found


class Store(Protocol):
    """A folder. Names are relative to it, with `/` between the parts."""

    root: str
    parallel: int  # operations that are worth doing at once

    def list(self, prefix: str) -> list[str]:
        """Return the names of all files below the folder `prefix`, sorted."""
        ...

    def read(self, name: str) -> bytes: ...

    def open(self, name: str) -> BinaryIO:
        """Return a seekable file, for reading parts of it."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Write or replace a file; readers see the old bytes or the new, never a part."""
        ...

    def create(self, name: str, data: bytes) -> None:
        """Write a new file. Raise FileExistsError if there is one.

        In a bucket, one of the same bytes is taken for this call's own: the answer to its first try may be lost.
        """
        ...

    def move(self, source: str, target: str) -> None:
        """Move a file, replacing the target. Moving again what was moved already does nothing."""
        ...

    def delete(self, prefix: str) -> None:
        """Delete a file, or a folder and all below it; nothing there is fine."""
        ...

    def discard(self, name: str, data: bytes) -> None:
        """Delete a file if it holds just these bytes; else do nothing."""
        ...
