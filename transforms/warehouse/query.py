"""Asking a warehouse with DuckDB."""

from typing import TYPE_CHECKING

from transforms.failures import UsageError
from transforms.files import Store, is_gcs

if TYPE_CHECKING:
    import duckdb


def connect(store: Store) -> "duckdb.DuckDBPyConnection":
    """Returns a DuckDB session in which the warehouse's tables and views are there by name. Times show in UTC.

    Raises:
        UsageError: there is no warehouse at this place.
    """
    import duckdb

    session = duckdb.connect()
    if is_gcs(store.root):
        from transforms.warehouse.remote import StoreFileSystem

        session.register_filesystem(StoreFileSystem(store))
    session.execute("SET TimeZone = 'UTC'")
    session.execute("SET VARIABLE warehouse = $1", [store.root.rstrip("/")])
    try:
        views = store.read("views.sql").decode()
    except FileNotFoundError:
        raise UsageError(
            f"{store.root}: there is no warehouse here (no views.sql); feedmill ingest makes one"
        ) from None
    session.execute(views)
    return session
