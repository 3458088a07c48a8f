"""Buckets of Google Cloud Storage: a `Store` in one, and inputs that lie in one. Plain Python: no Beam.

Everything is streamed: nothing is copied to a disk. A request is sent again,
for two minutes, after a time-out, a lost connection and an answer that means
"later" (408, 429, 5xx). All of them are safe to send twice:

- a write replaces an object whole, with the same bytes;
- `create` carries the precondition that there is no object (if_generation_match=0), and when
  it is told that there is one, it looks whether that is its own, whose answer was lost;
- a move copies the generation that it looked at, then deletes just that one;
- a read stays with the generation that it began with.

Credentials are Google's application default ones. Without any, without the
permission or without the bucket, the `UsageError` says what to do.
"""

import contextlib
import datetime
import fnmatch
import functools
import glob
import io
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, cast

import google.auth.exceptions
import google.cloud.storage as storage
import requests.exceptions
from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.base import FileInfo
from google.api_core import exceptions
from google.cloud.storage.retry import DEFAULT_RETRY

THREADS = 10  # requests at once, which is as many connections as the client keeps open

_RETRY = DEFAULT_RETRY.with_timeout(120)
_AGAIN: dict[str, Any] = {"retry": _RETRY, "timeout": (10, 60)}  # seconds: to connect, to hear anything
_WHOLE = 8 << 20  # bytes: what is read with one request, and the piece in which anything larger is read
_PIECE = 256 << 10  # bytes: read ahead of one who reads parts of a file, as readers of Parquet do
_FIELDS = "nextPageToken,prefixes,items(name,size,updated,generation,metadata)"
_MTIME = "goog-reserved-file-mtime"  # seconds; what `gcloud storage cp --preserve-posix` and `rsync` keep of a file


class GcsStore:
    """A folder in a bucket: `gs://bucket/folder`. There are no real folders, so none is ever made."""

    parallel = THREADS

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/")
        name, self._folder = _parse(self.root)
        self._bucket = _client().bucket(name)
        self._prefix = f"{self._folder}/" if self._folder else ""

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return GcsStore, (self.root,)  # another process has a client of its own

    def list(self, prefix: str) -> list[str]:
        below = self._name("" if prefix in ("", ".") else f"{prefix.rstrip('/')}/")
        return sorted(blob.name[len(self._prefix) :] for blob in _below(self._bucket, below))

    def read(self, name: str) -> bytes:
        with _said(self._uri(name)):
            return cast(bytes, self._blob(name).download_as_bytes(raw_download=True, **_AGAIN))

    def open(self, name: str) -> BinaryIO:
        with _said(self._uri(name)):
            blob = self._blob(name)
            blob.reload(**_AGAIN)
        return io.BufferedReader(_Parts(self._bucket, blob.name, blob.generation, blob.size), _PIECE)

    def write(self, name: str, data: bytes) -> None:
        with _said(self._uri(name), missing=self._no_bucket()):
            self._blob(name).upload_from_string(data, "application/octet-stream", **_AGAIN)

    def create(self, name: str, data: bytes) -> None:
        with _said(self._uri(name), missing=self._no_bucket()):
            try:
                self._blob(name).upload_from_string(data, "application/octet-stream", if_generation_match=0, **_AGAIN)
            except exceptions.PreconditionFailed:
                with contextlib.suppress(FileNotFoundError):
                    if self.read(name) == data:
                        return
                raise FileExistsError(self._uri(name)) from None

    def move(self, source: str, target: str) -> None:
        with _said(self._uri(source)):
            while (old := self._bucket.get_blob(self._name(source), **_AGAIN)) is not None:
                # Gone or another since it was looked at: another worker does the same. Look again.
                with contextlib.suppress(exceptions.NotFound, exceptions.PreconditionFailed):
                    token = ""
                    while token is not None:  # an answer may come before a large object is copied whole
                        token, _, _ = self._blob(target).rewrite(
                            old, token=token or None, if_source_generation_match=old.generation, **_AGAIN
                        )
                    old.delete(if_generation_match=old.generation, **_AGAIN)
                    return
            if not self._blob(target).exists(**_AGAIN):
                raise FileNotFoundError(self._uri(source))

    def delete(self, prefix: str) -> None:
        name = self._name(prefix)
        folder = _below(self._bucket, f"{name}/" if name else "")

        def gone(blob: storage.Blob) -> None:
            with _said(self._uri(prefix)), contextlib.suppress(exceptions.NotFound):
                blob.delete(**_AGAIN)

        _map(gone, [*folder, *([self._bucket.blob(name)] if name else [])])

    def discard(self, name: str, data: bytes) -> None:
        with _said(self._uri(name)):
            blob = self._bucket.get_blob(self._name(name), **_AGAIN)
            if blob is None:
                return
            with contextlib.suppress(exceptions.NotFound, exceptions.PreconditionFailed):  # no longer the same
                if blob.download_as_bytes(raw_download=True, **_AGAIN) == data:
                    blob.delete(if_generation_match=blob.generation, **_AGAIN)

    def _name(self, name: str) -> str:
        return self._prefix + name

    def _uri(self, name: str) -> str:
        return f"{self.root}/{name}"

    def _blob(self, name: str) -> storage.Blob:
        return self._bucket.blob(self._name(name))

    def _no_bucket(self) -> UsageError:
        return _no_bucket(self._bucket.name)


class _Parts(io.RawIOBase):
    """An object, read by ranges. Meant to be wrapped in a BufferedReader, which decides how much at a time."""

    def __init__(self, bucket: storage.Bucket, name: str, generation: int, size: int) -> None:
        super().__init__()
        self._blob = bucket.blob(name, generation=generation)
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        end = min(self._at + len(buffer), self._size)
        if self._at >= end:
            return 0
        with _said(f"gs://{self._blob.bucket.name}/{self._blob.name}"):
            data = self._blob.download_as_bytes(start=self._at, end=end - 1, raw_download=True, checksum=None, **_AGAIN)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def readall(self) -> bytes:
        return self.read(self._size - self._at) or b""  # not 8 KiB at a time, as is usual


def open_object(file: FileInfo) -> BinaryIO:
    """Open an input: a small one is read at once, with its checksum checked, a large one in pieces.

    Raises:
        FileNotFoundError: it is gone, or is no longer the one that was listed.
        OSError: it cannot be read, after all tries.
        UsageError: no permission.
    """
    name, path = _parse(file.uri)
    bucket = _client().bucket(name)
    with _said(file.uri):
        blob = bucket.blob(path, generation=file.generation)
        if file.generation is None:
            blob.reload(**_AGAIN)
        size = file.size if file.generation is not None else blob.size
        if size <= _WHOLE:
            return io.BytesIO(blob.download_as_bytes(raw_download=True, **_AGAIN))
    return io.BufferedReader(_Parts(bucket, path, blob.generation, size), _WHOLE)


def find(spec: str) -> list[FileInfo]:
    """Return the objects that `gs://bucket/...` names: one object, a folder, or a glob. In any order.

    Folders and globs mean what they mean on a disk: `**` crosses folders, and
    names that begin with a dot are left out unless the glob has the dot.

    Raises:
        UsageError: no such bucket, no permission to list it, no credentials.
    """
    name, path = _parse(spec)
    bucket = _client().bucket(name)
    with _said(spec, missing=_no_bucket(name)):
        single = bucket.get_blob(path, **_AGAIN) if path and not path.endswith("/") else None
    if single is not None:
        return [_info(single)]
    if glob.has_magic(path):
        wanted = re.compile(glob_pattern(path))
        start = path[: re.search(r"[*?\[]", path).start()]  # type: ignore[union-attr]  # has_magic said so
        return [_info(b) for b in _below(bucket, start) if wanted.fullmatch(b.name)]
    folder = path if not path or path.endswith("/") else f"{path}/"
    return [_info(b) for b in _below(bucket, folder) if not re.search(r"(^|/)\.", b.name[len(folder) :])]


def glob_pattern(path: str) -> str:
    """Translate a glob to a regular expression, with the rules of `glob.glob(..., recursive=True)`.

    >>> bool(re.fullmatch(glob_pattern("a/**/*.xml"), "a/b/c/d.xml")), bool(re.fullmatch(glob_pattern("a/*"), "a/b/c"))
    (True, False)
    >>> bool(re.fullmatch(glob_pattern("a/*"), "a/.hidden")), bool(re.fullmatch(glob_pattern("a/**"), "a/b"))
    (False, True)
    """
    parts = path.split("/")
    pattern = ""
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            pattern += r"(?:[^/.][^/]*/)*" + (r"[^/.][^/]*" if last else "")
            continue
        if glob.has_magic(part):
            pattern += ("" if part.startswith(".") else r"(?!\.)") + "".join(map(_piece, _PIECES.findall(part)))
        else:
            pattern += re.escape(part)
        pattern += "" if last else "/"
    return pattern


_PIECES = re.compile(r"\*+|\?|\[!?\]?[^\]]*\]|\[|[^*?\[]+")  # of one part of a glob; a lone [ means itself


def _piece(text: str) -> str:
    if text.startswith("*"):
        return "[^/]*"
    if text == "?":
        return "[^/]"
    if text.startswith("[") and len(text) > 1:
        return f"(?!/){fnmatch.translate(text)}".replace(r"\Z", "")
    return re.escape(text)


def _info(blob: storage.Blob) -> FileInfo:
    mtime = object_mtime(blob.updated, blob.metadata or {})
    return FileInfo(f"gs://{blob.bucket.name}/{blob.name}", blob.size, mtime, blob.generation)


def object_mtime(updated: datetime.datetime, metadata: Mapping[str, Any]) -> int:
    """Return when an object was last changed, in microseconds; the file's own time, if it was copied along."""
    if re.fullmatch(r"\d{1,11}", seconds := str(metadata.get(_MTIME))):
        return int(seconds) * 1_000_000
    return int(updated.timestamp()) * 1_000_000 + updated.microsecond


def _below(bucket: storage.Bucket, prefix: str) -> list[storage.Blob]:
    """List what begins with `prefix`, its folders at the same time. Markers of empty folders are left out."""
    if prefix and not prefix.endswith("/"):
        return _page(bucket, prefix, None)[0]
    blobs, folders = _page(bucket, prefix, "/")
    if len(folders) == 1:
        return blobs + _below(bucket, folders[0])
    for found, _ in _map(lambda folder: _page(bucket, folder, None), folders):
        blobs += found
    return blobs


def _page(bucket: storage.Bucket, prefix: str, delimiter: str | None) -> tuple[list[storage.Blob], list[str]]:
    with _said(f"gs://{bucket.name}/{prefix}", missing=_no_bucket(bucket.name)):
        found = bucket.list_blobs(prefix=prefix or None, delimiter=delimiter, fields=_FIELDS, **_AGAIN)
        blobs = [blob for blob in found if not blob.name.endswith("/")]
        return blobs, sorted(found.prefixes)


def _map(function: Any, items: list[Any]) -> list[Any]:
    if len(items) < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(function, items))


def _parse(uri: str) -> tuple[str, str]:
    match = re.fullmatch(r"gs://([a-z0-9][a-z0-9._-]*)(?:/(.*))?", uri, re.DOTALL)
    if not match:
        raise UsageError(f"{uri}: not a place in a bucket, such as gs://bucket/folder")
    return match[1], match[2] or ""


@functools.lru_cache(maxsize=1)
def _client() -> storage.Client:
    with _said("gs://"):
        return storage.Client(project=None)  # objects belong to buckets; no project is needed to reach them


def _no_bucket(name: str) -> UsageError:
    return UsageError(
        f"gs://{name}: there is no such bucket; check its name, or make it: gcloud storage buckets create gs://{name}"
    )


@contextlib.contextmanager
def _said(uri: str, missing: UsageError | None = None) -> Iterator[None]:
    """Turn Google's errors into this project's: `missing`, or FileNotFoundError, is what a 404 becomes."""
    try:
        yield
    except exceptions.NotFound:
        raise missing or FileNotFoundError(f"{uri}: there is no such object") from None
    except (exceptions.Forbidden, exceptions.Unauthorized) as error:
        raise UsageError(
            f"{uri}: access denied ({error.message}); the account that runs this needs the role "
            "roles/storage.objectViewer on the buckets it reads, roles/storage.objectUser on the one it writes"
        ) from None
    except (google.auth.exceptions.TransportError, requests.exceptions.RequestException) as error:
        raise OSError(f"{uri}: {error}") from error
    except google.auth.exceptions.GoogleAuthError as error:
        raise UsageError(
            f"{uri}: no usable Google credentials ({str(error).splitlines()[0]}); run `gcloud auth application-default "
            "login`, or set GOOGLE_APPLICATION_CREDENTIALS to a service account's key file"
        ) from None
    except (exceptions.GoogleAPICallError, exceptions.RetryError) as error:
        raise OSError(f"{uri}: {error}") from error
