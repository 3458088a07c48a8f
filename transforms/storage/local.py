"""One small door to files: finding inputs, and a folder one can commit to.

Plain Python: no Beam. A `Store` is a folder, on disk or in a bucket, with the
few operations that a commit needs, each all-or-nothing. What is in a bucket
(`gs://`) is in `feedmill.transforms.storage.gcs`, imported only when it is asked for.
"""

import contextlib
import glob
import os
import pathlib
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO, NamedTuple, Protocol, TypeVar

from feedmill.transforms.failures import UsageError, google_needed


class FileInfo(NamedTuple):
    """A file that was found."""

    uri: str
    size: int  # bytes
    mtime: int | None  # microseconds since the epoch, UTC
    generation: int | None = None  # of an object in a bucket: which of its versions was found


class Found(NamedTuple):
    """What `--input` names."""

    files: list[FileInfo]
    left_out: int  # files that it names too, but that lie in the output


_T = TypeVar("_T")
_U = TypeVar("_U")


class Store(Protocol):
    """A folder. Names are relative to it, with `/` between the parts."""

    root: str
    parallel: int  # operations that are worth doing at once

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
        """Writes a new file. Raises FileExistsError if there is one.

        In a bucket, one of the same bytes is taken for this call's own: the answer to its first try may be lost.
        """
        ...

    def move(self, source: str, target: str) -> None:
        """Moves a file, replacing the target. Moving again what was moved already does nothing."""
        ...

    def delete(self, prefix: str) -> None:
        """Deletes a file, or a folder and all below it; nothing there is fine."""
        ...

    def discard(self, name: str, data: bytes) -> None:
        """Deletes a file if it holds just these bytes; else does nothing."""
        ...


class LocalStore:
    """A folder on a local disk."""

    parallel = 1

    def __init__(self, root: str) -> None:
        self.root = root
        self._path = pathlib.Path(root)

    def list(self, prefix: str) -> list[str]:
        inside = len(os.path.join(self._path, ""))
        found = []
        for folder, _, names in os.walk(self._path / prefix, onerror=_unless_gone):
            found += [os.path.join(folder, name)[inside:] for name in names]
        return sorted(found)

    def read(self, name: str) -> bytes:
        return (self._path / name).read_bytes()

    def open(self, name: str) -> BinaryIO:
        return (self._path / name).open("rb")

    def write(self, name: str, data: bytes) -> None:
        with self._draft(name, data) as draft:
            draft.replace(self._path / name)

    def create(self, name: str, data: bytes) -> None:
        with self._draft(name, data) as draft:
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

    def discard(self, name: str, data: bytes) -> None:
        with contextlib.suppress(FileNotFoundError):
            if self.read(name) == data:
                self.delete(name)

    @contextlib.contextmanager
    def _draft(self, name: str, data: bytes) -> Iterator[pathlib.Path]:
        """A finished file that has yet to get its name. A killed process leaves it where the next run sweeps."""
        draft = self._path / "_staging" / f".{name.replace('/', '%')}.{os.getpid()}"
        for folder in (draft.parent, (self._path / name).parent):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield draft
        finally:
            draft.unlink(missing_ok=True)


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def open_store(root: str) -> Store:
    """Returns the folder `root`.

    Raises:
        UsageError: `root` names a kind of storage that feedmill does not know.
    """
    if is_gcs(root):
        with google_needed("gs://"):
            from feedmill.transforms.storage.gcs import GcsStore

        return GcsStore(root)
    if "://" in root:
        raise UsageError(f"{root}: feedmill reads and writes local paths and gs:// only")
    return LocalStore(root)


def is_gcs(path: str) -> bool:
    return path.startswith("gs://")


def for_each(store: Store, function: Callable[[_T], _U], items: Iterable[_T]) -> list[_U]:
    """Calls `function` with each item, as many at once as `store` gains from. Returns the results in order."""
    if store.parallel == 1:
        return [function(item) for item in items]
    with ThreadPoolExecutor(store.parallel) as pool:
        return list(pool.map(function, items))


def open_inputs(files: Sequence[FileInfo]) -> Iterator[tuple[FileInfo, BinaryIO | OSError]]:
    """Opens inputs one after the other, in order, or says why one cannot be. The caller closes each.

    Those in a bucket are opened, and small ones read, some at once ahead of the
    caller: hand in no more files than may be in memory together.
    """
    if not any(is_gcs(file.uri) for file in files):
        yield from ((file, _opened(file)) for file in files)
        return
    with google_needed("gs://"):
        from feedmill.transforms.storage.gcs import THREADS

    with ThreadPoolExecutor(THREADS) as pool:
        yield from zip(files, pool.map(_opened, files), strict=True)


def _opened(file: FileInfo) -> BinaryIO | OSError:
    try:
        if is_gcs(file.uri):
            from feedmill.transforms.storage.gcs import open_object

            return open_object(file)
        return open(local_path(file.uri), "rb", opener=_without_waiting)
    except FileNotFoundError as error:
        return error
    except OSError as error:
        if is_gcs(file.uri):
            raise  # the network or the service, after many tries: not a property of the input
        return error


def _without_waiting(path: str, flags: int) -> int:
    """Opens a named pipe that nobody writes to as an empty file, where `open` would wait for ever."""
    file = os.open(path, flags | os.O_NONBLOCK)
    os.set_blocking(file, True)
    return file


def find_inputs(spec: str, *, beside: str | None = None) -> Found:
    """Returns the files that `--input` names, sorted by path, each once.

    `spec` is a comma list of files, folders (all files below, but for hidden
    ones) and globs (`**` crosses folders), local or `gs://`; a path that is there
    is one, whatever commas are in it. Files below the folder `beside`, the output,
    are left out, so that a warehouse is never read as its own input.

    Raises:
        UsageError: a part of `spec` names nothing, or a folder cannot be listed.
    """
    found: dict[str, FileInfo] = {}
    inside: set[str] = set()
    for part, files in _by_part(spec, beside):
        here = {}
        for file, is_inside in files:
            if is_inside:
                inside.add(file.uri)
            else:
                here[file.uri] = file
        if not here:
            comma = "; a comma ends a path: for one in a name write ?" if "," in spec else ""
            raise UsageError(f"--input {part}: {_why_nothing(part, beside)}{comma}")
        found.update(here)
    return Found([found[uri] for uri in sorted(found)], len(inside))


def _why_nothing(part: str, beside: str | None) -> str:
    """What to say of a part of `--input` that names no file."""
    if beside and any(True for _ in _expand(part)):
        return f"it lies in --output {beside}, which is never read as input"
    if os.path.isdir(part):
        return "there is no file in this folder"
    if not is_gcs(part) and any(map(os.path.isdir, glob.iglob(part))):
        return f"it matches folders alone; for the files in them give {part.rstrip('/')}/**"
    return "no such file, and no file matches it"


def watch_inputs(spec: str, *, beside: str) -> Iterator[FileInfo]:
    """Yields the files that `--input` names as they are found, in any order and perhaps twice. There may be none yet.

    Raises:
        UsageError: as `find_inputs`.
    """
    for _, files in _by_part(spec, beside):
        yield from (file for file, is_inside in files if not is_inside)


def _by_part(spec: str, beside: str | None) -> Iterator[tuple[str, Iterator[tuple[FileInfo, bool]]]]:
    """Yields each part of `spec`, and its files with whether they lie in `beside`."""
    parts = [spec] if os.path.exists(spec) else [p.strip() for p in spec.split(",") if p.strip()]
    if not parts:
        raise UsageError("--input is empty: give files, folders or globs, separated by commas")
    inside = _inside(beside) if beside else lambda uri, is_link: False
    for part in parts:
        yield part, ((file, inside(file.uri, is_link)) for file, is_link in _expand(part))


def local_uri(path: str) -> str:
    """What a path is called in the tables. A name may hold bytes that are not UTF-8, which no table can: they are
    written `\\xe9`.

    >>> local_uri("caf\\udce9.xml")
    'caf\\\\xe9.xml'
    """
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def local_path(uri: str) -> str:
    """The way back from `local_uri`; a file that is there under just this name goes before."""
    if "\\x" not in uri or os.path.lexists(uri):
        return uri
    data = re.sub(rb"\\x([89a-f][0-9a-f])", lambda found: bytes.fromhex(found[1].decode()), uri.encode())
    return data.decode("utf-8", "surrogateescape")


def is_below(path: str, folder: str) -> bool:
    """Whether `path`, wherever its links lead, lies in `folder`."""
    return _real(path).startswith(_real(folder).rstrip("/") + "/")


def _real(path: str) -> str:
    return path if is_gcs(path) else os.path.realpath(local_path(path))


def _inside(folder: str) -> Callable[[str, bool], bool]:
    """Returns a function that tells whether a file is below `folder`. It looks at a folder once."""
    known: dict[str, bool] = {}

    def is_inside(uri: str, is_link: bool) -> bool:
        parent = uri.rpartition("/")[0] or ("/" if uri.startswith("/") else ".")
        if parent not in known:
            known[parent] = is_below(f"{parent}/x", folder)
        return known[parent] or (is_link and is_below(uri, folder))

    return is_inside


def _expand(part: str) -> Iterator[tuple[FileInfo, bool]]:
    """Yields files, and whether each is a link."""
    if is_gcs(part):
        with google_needed("gs://"):
            from feedmill.transforms.storage.gcs import find

        yield from ((file, False) for file in find(part))
        return
    if "://" in part:
        raise UsageError(f"--input {part}: feedmill reads local paths and gs:// only")
    if os.path.isdir(part):
        yield from map(_local_info, _below(part))
    elif os.path.lexists(part):
        yield _local_info(part)
    else:
        found = glob.iglob(part, recursive=True)  # of a folder that is not there, `**` finds "folder/"
        yield from (_local_info(p) for p in found if not (os.path.isdir(p) or p.endswith(os.sep)))


def _below(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if not entry.name.startswith(".")]
    except FileNotFoundError:
        return  # it was there a moment ago
    except OSError as error:
        raise UsageError(f"--input {folder}: cannot list it: {error.strerror}") from None
    for entry in found:
        if not _is_folder(entry):
            yield entry.path
        elif not entry.is_symlink():  # else it may lead back here
            yield from _below(entry.path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, or into a folder that may not be entered: reading it will say so
        return False


def _local_info(path: str) -> tuple[FileInfo, bool]:
    is_link = False
    if "./" in path or "//" in path:
        path = str(pathlib.PurePath(path))  # `./a` and `a` are one file, and have one name in the tables
    try:
        status = os.lstat(path)
        is_link = stat.S_ISLNK(status.st_mode)
        if is_link:
            status = os.stat(path)
    except OSError:  # a dangling link: reading it will say so, as a dead letter
        return FileInfo(local_uri(path), 0, None), is_link
    return FileInfo(local_uri(path), status.st_size, status.st_mtime_ns // 1000), is_link
