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
from typing import BinaryIO, NamedTuple, TypeVar

from feedmill.transforms.failures import UsageError, google_needed
from feedmill.transforms.storage.base import FileInfo, Store


class InputListing(NamedTuple):
    """What `--input` names."""

    files: list[FileInfo]
    left_out: int  # files that it names too, but that lie in the output


_T = TypeVar("_T")
_U = TypeVar("_U")


class LeadsOut(UsageError):
    """A link in a folder, or `..` in a name, leads out of it: nothing was read, written or deleted there."""


class LocalStore:
    """A folder on a local disk. No operation follows a link out of it; see `LeadsOut`."""

    parallel = 1

    def __init__(self, root: str) -> None:
        self.root = root
        self._path = pathlib.Path(root)

    def list(self, prefix: str) -> list[str]:
        inside = len(os.path.join(self._path, ""))
        found = []
        for folder, _, names in os.walk(self._at(prefix), onerror=_unless_gone):
            found += [os.path.join(folder, name)[inside:] for name in names]
        return sorted(found)

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()

    def open(self, name: str) -> BinaryIO:
        return open(self._at(name), "rb", opener=_without_waiting)

    def write(self, name: str, data: bytes) -> None:
        with self._draft(name, data) as draft:
            draft.replace(self._path / name)

    def create(self, name: str, data: bytes) -> None:
        with self._draft(name, data) as draft:
            os.link(draft, self._path / name)  # unlike a rename, fails if the name is taken

    def check(self, names: Iterable[str]) -> None:
        """Check that files lie below this folder.

        Raises:
            LeadsOut: one of these files is reached through a link that leads out. Each folder is looked at once.
            UsageError: one is a folder, a pipe, which a reader would wait for, or a device.
        """
        folders = set()
        for name in names:
            folders.add(name.rpartition("/")[0])
            try:
                mode = os.lstat(self._path / name).st_mode
                if stat.S_ISLNK(mode):
                    mode = os.stat(self._at(name)).st_mode
            except (FileNotFoundError, NotADirectoryError):
                continue  # whoever reads it says so
            if not stat.S_ISREG(mode):
                raise UsageError(f"{str(self._path / name)!r} is no file, and nothing that feedmill puts there")
        for folder in sorted(folders):
            self._at(folder)

    def links_out(self, folder: str = "") -> Iterator[str]:
        """Yield the names of all links below a folder that lead out."""
        try:
            entries = sorted(os.scandir(self._path / folder), key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_symlink():
                try:
                    self._at(name)
                except LeadsOut:
                    yield name
            elif entry.is_dir():
                yield from self.links_out(name)

    def _at(self, name: str) -> pathlib.Path:
        path = self._path / name
        root, real = os.path.realpath(self._path), os.path.realpath(path)
        if real != root and not real.startswith(root.rstrip("/") + "/"):
            raise LeadsOut(f"{str(path)!r} leads out of the warehouse, to {real!r}: it was not touched")
        return path

    def move(self, source: str, target: str) -> None:
        old, new = self._at(source), self._at(target)
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            old.replace(new)
        except FileNotFoundError:
            if not new.exists():
                raise

    def delete(self, prefix: str) -> None:
        path = self._at(prefix)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def discard(self, name: str, data: bytes) -> None:
        with contextlib.suppress(FileNotFoundError):
            if self.read(name) == data:
                self.delete(name)

    @contextlib.contextmanager
    def _draft(self, name: str, data: bytes) -> Iterator[pathlib.Path]:
        """Yield a finished file that has yet to get its name. A killed process leaves it where the next run sweeps."""
        draft = self._at("_staging") / f".{name.replace('/', '%')}.{os.getpid()}"
        for folder in (draft.parent, self._at(name).parent):
            folder.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)  # of a dead process of the same number; or a link, which is not to be followed
        try:
            with draft.open("xb") as file:
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
    """Return the folder `root`.

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
    """Call `function` with each item, as many at once as `store` gains from. Return the results in order."""
    if store.parallel == 1:
        return [function(item) for item in items]
    with ThreadPoolExecutor(store.parallel) as pool:
        return list(pool.map(function, items))


def open_inputs(files: Sequence[FileInfo]) -> Iterator[tuple[FileInfo, BinaryIO | OSError]]:
    """Open inputs one after the other, in order, or say why one cannot be. The caller closes each.

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
    except OSError as error:  # in a bucket, after many tries
        return error


def _without_waiting(path: str, flags: int) -> int:
    """Open a named pipe that nobody writes to as an empty file, where `open` would wait for ever."""
    file = os.open(path, flags | os.O_NONBLOCK)
    os.set_blocking(file, True)
    return file


def find_inputs(spec: str, *, beside: str | None = None) -> InputListing:
    """Return the files that `--input` names, sorted by path, each once.

    `spec` is a comma list of files, folders (all files below, but for hidden
    ones) and globs (`**` crosses folders), local or `gs://`; a path that is there
    is one, whatever commas are in it. Files below the folder `beside`, the output,
    are left out, so that a warehouse is never read as its own input.

    Raises:
        UsageError: a part of `spec` names nothing (a folder in which nothing is, and `**` in it, name that), or a
            folder cannot be listed.
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
        if not here and not _is_empty(part, beside):
            comma = "; a comma ends a path: for one in a name write ?" if "," in spec else ""
            raise UsageError(f"--input {part}: {_why_nothing(part, beside)}{comma}")
        found.update(here)
    return InputListing([found[uri] for uri in sorted(found)], len(inside))


def _is_empty(part: str, beside: str | None) -> bool:
    """Whether a part of `--input` that names no file is a folder, or all in one, where files may land yet.

    >>> _is_empty("/", None), _is_empty("/**", None), _is_empty("/no/such", None), _is_empty("/*.no/such", None)
    (True, True, False, False)
    """
    folder = part
    for tail in ("/**/*", "/**", "/*"):
        folder = folder.removesuffix(tail)
    if is_gcs(part) or not os.path.isdir(folder or "/") or (beside and is_below(os.path.join(folder, "x"), beside)):
        return False
    return not (part == f"{folder}/*" and any(map(os.path.isdir, glob.iglob(part))))


def _why_nothing(part: str, beside: str | None) -> str:
    """Return what to say of a part of `--input` that names no file."""
    if beside and any(True for _ in _expand(part)):
        return f"it lies in --output {beside}, which is never read as input"
    if not is_gcs(part) and any(map(os.path.isdir, glob.iglob(part))):
        return f"it matches folders alone; for the files in them give {part.rstrip('/')}/**"
    return "no such file, and no file matches it"


def watch_inputs(spec: str, *, beside: str) -> Iterator[FileInfo]:
    """Yield the files that `--input` names as they are found, in any order and perhaps twice. There may be none yet.

    Raises:
        UsageError: as `find_inputs`.
    """
    for _, files in _by_part(spec, beside):
        yield from (file for file, is_inside in files if not is_inside)


def _by_part(spec: str, beside: str | None) -> Iterator[tuple[str, Iterator[tuple[FileInfo, bool]]]]:
    """Yield each part of `spec`, and its files with whether they lie in `beside`."""
    parts = [spec] if os.path.exists(spec) else [p.strip() for p in spec.split(",") if p.strip()]
    if not parts:
        raise UsageError("--input is empty: give files, folders or globs, separated by commas")
    inside = _inside(beside) if beside else lambda uri, is_link: False
    for part in parts:
        yield part, ((file, inside(file.uri, is_link)) for file, is_link in _expand(part))


def local_uri(path: str) -> str:
    r"""Return what a path is called in the tables. A name may hold bytes that are not UTF-8, which no table can: they
    are
    written `\xe9`; and so is a backslash before what would be taken for such a byte. No two paths are called the same.

    >>> local_uri("caf\udce9.xml"), local_uri(r"caf\xe9.xml"), local_uri(r"a\b.xml")
    ('caf\\xe9.xml', 'caf\\x5cxe9.xml', 'a\\b.xml')
    """
    if "\\" in path:
        path = _LOOKS_SPELLED.sub(r"\\x5c", path)
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def local_path(uri: str) -> str:
    r"""Return the way back from `local_uri`.

    >>> [local_path(local_uri(path)) for path in ("caf\udce9.xml", r"caf\xe9.xml", r"\x5c\\x5c")]
    ['caf\udce9.xml', 'caf\\xe9.xml', '\\x5c\\\\x5c']
    """
    if "\\x" not in uri:
        return uri
    data = _SPELLED.sub(lambda found: bytes.fromhex(found[1].decode()), uri.encode())
    return data.decode("utf-8", "surrogateescape")


_SPELLED = re.compile(rb"\\x(5c|[89a-f][0-9a-f])")
_LOOKS_SPELLED = re.compile(r"\\(?=x(?:5c|[89a-f][0-9a-f]))")


def is_below(uri: str, folder: str) -> bool:
    """Whether what is called `uri`, wherever its links lead, lies in the path `folder`."""
    path = uri if is_gcs(uri) else os.path.realpath(local_path(uri))
    top = folder if is_gcs(folder) else os.path.realpath(folder)
    return path.startswith(top.rstrip("/") + "/")


def _inside(folder: str) -> Callable[[str, bool], bool]:
    """Return a function that tells whether a file is below `folder`. It looks at a folder once."""
    known: dict[str, bool] = {}

    def is_inside(uri: str, is_link: bool) -> bool:
        parent = uri.rpartition("/")[0] or ("/" if uri.startswith("/") else ".")
        if parent not in known:
            known[parent] = is_below(f"{parent}/x", folder)
        return known[parent] or (is_link and is_below(uri, folder))

    return is_inside


def _expand(part: str) -> Iterator[tuple[FileInfo, bool]]:
    """Yield files, and whether each is a link."""
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
