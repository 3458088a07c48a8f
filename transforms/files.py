"""One small door to files: finding inputs, and a folder one can commit to.

Plain Python: no Beam. A `Store` is a folder, on disk or in a bucket, with the
few operations that a commit needs, each all-or-nothing.
"""

import contextlib
import glob
import os
import pathlib
import shutil
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, Protocol

from transforms.failures import UsageError


class FileInfo(NamedTuple):
    """A file that was found."""

    uri: str
    size: int  # bytes
    mtime: int | None  # microseconds since the epoch, UTC


class Store(Protocol):
    """A folder. Names are relative to it, with `/` between the parts."""

    root: str

    def list(self, prefix: str) -> list[str]:
        """The names of all files below the folder `prefix`, sorted."""
        ...

    def read(self, name: str) -> bytes: ...

    def open(self, name: str) -> BinaryIO:
        """A seekable file, for reading parts of it."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Writes or replaces a file; readers see the old bytes or the new, never a part."""
        ...

    def create(self, name: str, data: bytes) -> None:
        """Writes a new file. Raises FileExistsError if there is one, whoever wrote it."""
        ...

    def move(self, source: str, target: str) -> None:
        """Moves a file, replacing the target. Moving again what was moved already does nothing."""
        ...

    def delete(self, prefix: str) -> None:
        """Deletes a file, or a folder and all below it; nothing there is fine."""
        ...


class LocalStore:
    """A folder on a local disk."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._path = pathlib.Path(root)

    def list(self, prefix: str) -> list[str]:
        found = []
        for folder, _, names in os.walk(self._path / prefix):
            found += [pathlib.Path(folder, n).relative_to(self._path).as_posix() for n in names]
        return sorted(found)

    def read(self, name: str) -> bytes:
        return (self._path / name).read_bytes()

    def open(self, name: str) -> BinaryIO:
        return (self._path / name).open("rb")

    def write(self, name: str, data: bytes) -> None:
        with self._written_beside(name, data) as draft:
            draft.replace(self._path / name)

    def create(self, name: str, data: bytes) -> None:
        with self._written_beside(name, data) as draft:
            os.link(draft, self._path / name)  # unlike a rename, fails if the name is taken

    def move(self, source: str, target: str) -> None:
        old, new = self._path / source, self._path / target
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            old.replace(new)
        except FileNotFoundError:
            if not new.exists():
                raise

    def delete(self, prefix: str) -> None:
        path = self._path / prefix
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _written_beside(self, name: str, data: bytes) -> Iterator[pathlib.Path]:
        path = self._path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")  # no table glob matches a leading dot's suffix
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield draft
        finally:
            draft.unlink(missing_ok=True)


def open_store(root: str) -> Store:
    """Returns the folder `root`.

    Raises:
        UsageError: `root` names a kind of storage that feedmill does not know.
    """
    if "://" in root:
        raise UsageError(f"{root}: feedmill reads and writes local paths and gs:// only")
    return LocalStore(root)


def find_inputs(spec: str, *, beside: str | None = None) -> list[FileInfo]:
    """Returns the files that `--input` names, sorted by path, each once.

    `spec` is a comma list of files, folders (all files below, but for hidden
    ones) and globs (`**` crosses folders). Files below the folder `beside`, the
    output, are left out, so that a warehouse is never read as its own input.

    Raises:
        UsageError: a part of `spec` names nothing, or a folder cannot be listed.
    """
    parts = [spec] if os.path.exists(spec) else [p.strip() for p in spec.split(",") if p.strip()]
    if not parts:
        raise UsageError("--input is empty: give files, folders or globs, separated by commas")
    out = os.path.realpath(beside) + os.sep if beside else None
    paths: set[str] = set()
    for part in parts:
        found = [p for p in _expand(part) if not (out and os.path.realpath(p).startswith(out))]
        if not found:
            raise UsageError(f"--input {part}: no such file, and no file matches it")
        paths.update(found)
    return [_local_info(path) for path in sorted(paths)]


def _expand(part: str) -> list[str]:
    if "://" in part:
        raise UsageError(f"--input {part}: feedmill reads local paths and gs:// only")
    if os.path.isdir(part):
        return list(_below(part))
    if os.path.lexists(part):
        return [part]
    return [p for p in glob.glob(part, recursive=True) if not os.path.isdir(p)]


def _below(folder: str) -> Iterator[str]:
    def fail(error: OSError) -> None:
        raise UsageError(f"--input {folder}: cannot list {error.filename}: {error.strerror}")

    for where, folders, names in os.walk(folder, onerror=fail):
        folders[:] = [f for f in folders if not f.startswith(".")]
        yield from (os.path.join(where, n) for n in names if not n.startswith("."))


def _local_info(path: str) -> FileInfo:
    try:
        status = os.stat(path)
    except OSError:  # a dangling link: reading it will say so, as a dead letter
        return FileInfo(path, 0, None)
    return FileInfo(path, status.st_size, status.st_mtime_ns // 1000)
