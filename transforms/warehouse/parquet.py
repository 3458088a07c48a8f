"""One Parquet file: how it is written, and proof that it was."""

import hashlib
import io
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from transforms import __version__
from transforms.files import Store, open_store
from transforms.parcels import Parcel
from transforms.tables import DICTIONARY_COLUMNS, ITEMS_WITH_LANG, SCHEMA_VERSION, SCHEMAS, SORT_KEYS
from transforms.warehouse.manifests import CommitConflict, DataFile, staged

# Rows of a row group. A story is 1 to 5 kB, so a group is tens of MB at most, and a
# reader that wants an hour of a month can skip the rest.
_ROW_GROUP_ROWS = 20_000


def encode(table: str, tables: list[pa.Table], run_id: str) -> tuple[bytes, int]:
    """Returns a Parquet file of `table`, and how many rows it has: sorted, typed by its schema, always the same bytes.

    Args:
        tables: its rows. The list is emptied, so that they need not be in memory beside their sorted copy.
    """
    rows = pa.concat_tables(tables)
    tables.clear()
    schema = ITEMS_WITH_LANG if table == "items" and "lang" in rows.column_names else SCHEMAS[table]
    schema = schema.with_metadata(
        {"feedmill_version": __version__, "schema_version": str(SCHEMA_VERSION), "run_id": run_id}
    )
    rows = rows.sort_by([(key, "ascending") for key in SORT_KEYS[table]])
    sink = io.BytesIO()
    pq.write_table(
        rows.select(schema.names).cast(schema),
        sink,
        compression="zstd",
        use_dictionary=[name for name in DICTIONARY_COLUMNS if name in schema.names],
        row_group_size=_ROW_GROUP_ROWS,
        write_page_index=True,
    )
    return sink.getvalue(), rows.num_rows


Place = tuple[str, str, str]  # run_id, table, folder: where a file is to be


def stage_parts(output: str, place: Place, parts: Sequence[Parcel]) -> DataFile | None:
    """Stages the file of a place with the rows of all parts (see `stage`); None if they have none."""
    run_id, table, folder = place
    encoded = encode(table, [part.open() for part in parts], run_id)
    return stage(open_store(output), table, folder, encoded, run_id) if encoded[1] else None


def stage(store: Store, table: str, folder: str, encoded: tuple[bytes, int], run_id: str, number: int = 0) -> DataFile:
    """Writes a file of `table` where the run keeps it until it commits, and reads it back.

    Args:
        encoded: the file, and how many rows it has.
        number: tells the files of one run and folder apart.

    Raises:
        OSError: what was read back is not what was written.
        CommitConflict: it is gone, because another run committed meanwhile and swept it.
    """
    path = f"{folder}/{run_id}{f'-{number}' if number else ''}.parquet"
    data, rows = encoded
    digest = hashlib.sha256(data).hexdigest()
    store.write(staged(run_id, path), data)
    try:
        written = store.read(staged(run_id, path))
    except FileNotFoundError:
        raise CommitConflict(f"{store.root}: another run committed while this one worked, run again") from None
    check_file(written, path, rows=rows, sha256=digest)
    return DataFile(path=path, table=table, rows=rows, size=len(data), sha256=digest)


def check_file(data: bytes, path: str, *, rows: int, sha256: str) -> None:
    """Holds a file's bytes against what a manifest says of it.

    Raises:
        OSError: another checksum or another number of rows.
    """
    if (found := hashlib.sha256(data).hexdigest()) != sha256:
        raise OSError(f"{path}: its checksum is {found}, not {sha256}: the file was damaged or changed")
    if (count := pq.read_metadata(pa.BufferReader(data)).num_rows) != rows:
        raise OSError(f"{path}: it holds {count} rows, not {rows}")
