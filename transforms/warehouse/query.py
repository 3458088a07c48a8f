"""Asking a warehouse with DuckDB."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.local import Store, is_gcs

if TYPE_CHECKING:
    import duckdb


@contextlib.contextmanager
def readable(warehouse: str) -> Iterator[None]:
    """
    Raises:
        UsageError: the block found that a file of the warehouse is gone, or cannot be read as what it is.
    """
    import duckdb
    import pyarrow as pa

    try:
        yield
    except (duckdb.IOException, duckdb.InvalidInputException, pa.ArrowInvalid) as error:
        raise unreadable(warehouse, error) from None


def unreadable(warehouse: str, error: Exception) -> UsageError:
    """Returns what to raise where a file of the warehouse is gone, or cannot be read as what it is."""
    told = str(error).splitlines()[0]
    return UsageError(f"{warehouse}: cannot be read; feedmill verify tells what is wrong. {told}")


def connect(store: Store) -> "duckdb.DuckDBPyConnection":
    """Returns a DuckDB session in which the warehouse's tables and views are there by name. Times show in UTC.

    Raises:
        UsageError: there is no warehouse at this place.
    """
    import duckdb

    session = duckdb.connect()
    if is_gcs(store.root):
        from feedmill.transforms.warehouse.remote import StoreFileSystem

        session.register_filesystem(StoreFileSystem(store))
    session.execute("SET TimeZone = 'UTC'")
    session.execute("SET VARIABLE warehouse = $1", [store.root.rstrip("/")])
    try:
        views = store.read("views.sql").decode()
    except FileNotFoundError:
        raise UsageError(
            f"{store.root}: there is no warehouse here (no views.sql); feedmill ingest makes one, -w names another"
        ) from None
    session.execute(views)
    return session
