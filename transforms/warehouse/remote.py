"""A bucket as DuckDB sees it: a read-only file system of fsspec over a `Store`, so that nothing is installed or copied.

DuckDB's own way to `gs://` is an extension that it downloads when first used;
where nothing can be downloaded, or keys of the XML API are not at hand, this
reads with the credentials and the retries that everything else here reads with.
"""

import datetime as dt
import fnmatch
from typing import Any

from feedmill.transforms.storage.local import Store
from fsspec import AbstractFileSystem  # type: ignore[import-untyped]


class StoreFileSystem(AbstractFileSystem):
    """The files below a store's root, by their full `gs://` names."""

    protocol = "gs"
    cachable = False  # fsspec would hand out the file system of another store

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        return path

    def glob(self, path: str, maxdepth: int | None = None, **kwargs: Any) -> list[str]:
        folder, _, pattern = path.rpartition("/")
        names = self._store.list(self._inside(folder))
        found = [f"{self._store.root}/{name}" for name in names]
        return [
            uri
            for uri in found
            if uri.count("/") == path.count("/") and fnmatch.fnmatchcase(uri, f"{folder}/{pattern}")
        ]

    def exists(self, path: str, **kwargs: Any) -> bool:
        return self._inside(path) in self._store.list(self._inside(path).rpartition("/")[0])

    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:
        with self._store.open(self._inside(path)) as file:
            return {"name": path, "size": file.seek(0, 2), "type": "file"}

    def modified(self, path: str) -> dt.datetime:
        return dt.datetime.fromtimestamp(0, dt.UTC)  # a file that a manifest lists never changes

    def _open(self, path: str, mode: str = "rb", **kwargs: Any) -> Any:
        return self._store.open(self._inside(path))

    def _inside(self, path: str) -> str:
        return path[len(self._store.root) + 1 :]
