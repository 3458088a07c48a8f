"""Asking a warehouse with DuckDB."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.local import LocalStore, Store, is_gcs
from feedmill.transforms.warehouse.manifests import live_files, read_manifests
from feedmill.transforms.warehouse.views import views_over_files

if TYPE_CHECKING:
    import duckdb


@contextlib.contextmanager
def readable(warehouse: str) -> Iterator[None]:
    """Say of a block that reads a warehouse what it found wrong there.

    Raises:
        UsageError: the block found that a file of the warehouse is gone, or cannot be read as what it is.
    """
    import duckdb
    import pyarrow as pa

    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.InterruptException, MemoryError):
        raise
    except (duckdb.Error, pa.ArrowException) as error:
        raise unreadable(warehouse, error) from None


def unreadable(warehouse: str, error: Exception) -> UsageError:
    """Return what to raise where a file of the warehouse is gone, or cannot be read as what it is."""
    told = str(error).splitlines()[0]
    return UsageError(f"{warehouse}: cannot be read; feedmill verify tells what is wrong. {told}")


def connect(store: Store) -> "duckdb.DuckDBPyConnection":
    """Return a DuckDB session in which the warehouse's tables and views are there by name. Times show in UTC.

    No SQL of the warehouse is run, and no file read but those that its manifests list.

    Raises:
        UsageError: there is no warehouse at this place, something in it leads out of it, or its files are not those
            of its tables.
    """
    import duckdb
    import pyarrow as pa

    manifests = read_manifests(store)
    if not manifests:
        raise UsageError(
            f"{store.root}: there is no warehouse here (no manifests); feedmill ingest makes one, -w names another"
        )
    live = live_files(manifests)
    if isinstance(store, LocalStore):
        store.check(file.path for file in live)
    root = store.root.rstrip("/")
    files = pa.table(
        {
            "table_name": pa.array([file.table for file in live], pa.string()),
            "path": pa.array([f"{root}/{file.path}" for file in live], pa.string()),
            "minor": pa.array([file.minor for file in live], pa.int64()),
        }
    )
    session = duckdb.connect()
    if is_gcs(store.root):
        from feedmill.transforms.warehouse.remote import StoreFileSystem

        session.register_filesystem(StoreFileSystem(store))
    session.execute("SET TimeZone = 'UTC'")
    session.execute("SET VARIABLE warehouse = $1", [root])
    session.register("feedmill_listed", files)
    session.execute("CREATE TEMP TABLE feedmill_files AS FROM feedmill_listed")
    session.unregister("feedmill_listed")
    with readable(store.root):
        session.execute(views_over_files())
    return session
