"""One Parquet file: how it is written, and proof that it was."""

import hashlib
import io

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from feedmill.transforms import __version__
from feedmill.transforms.local.pool import release_memory
from feedmill.transforms.rows.packed_table import PackedTable, comparable
from feedmill.transforms.storage.local import Store, open_store
from feedmill.transforms.warehouse.manifests import CommitConflict, DataFile, staged
from feedmill.transforms.warehouse.tables import (
    DICTIONARY_COLUMNS,
    SCHEMA_VERSION,
    SORT_KEYS,
    fitted,
    minor_version,
    schema_of,
)

# Rows of a row group. A story is 1 to 5 kB, so a group is tens of MB at most, and a
# reader that wants an hour of a month can skip the rest.
_ROW_GROUP_ROWS = 20_000
_MUCH = 4 << 20  # bytes: to give less back to the system costs more than it helps


def encode(table: str, tables: list[pa.Table], run_id: str) -> tuple[bytes, int]:
    """Return a Parquet file of `table`, and how many rows it has: sorted, typed by its schema, always the same bytes.

    Args:
        tables: its rows. The list is emptied, so that they need not be in memory twice.
    """
    rows = _combined(tables)
    schema = schema_of(table, lang=table == "items" and "lang" in rows.column_names)
    rows = fitted(rows, schema)
    version = f"{SCHEMA_VERSION}.{minor_version()}"
    schema = schema.with_metadata({"feedmill_version": __version__, "schema_version": version, "run_id": run_id})
    keys = {key: comparable(rows[key]) for key in SORT_KEYS[table]}
    order = pc.sort_indices(pa.table(keys), [(key, "ascending") for key in keys])
    sink = io.BytesIO()
    with pq.ParquetWriter(
        sink,
        schema,
        compression="zstd",
        use_dictionary=[name for name in DICTIONARY_COLUMNS if name in schema.names],
        write_page_index=True,
    ) as writer:
        for start in range(0, rows.num_rows, _ROW_GROUP_ROWS):  # so that there is no sorted copy of all of them
            writer.write_table(rows.take(order[start : start + _ROW_GROUP_ROWS]).select(schema.names).cast(schema))
    return sink.getvalue(), rows.num_rows


def _combined(tables: list[pa.Table]) -> pa.Table:
    """Put tables under each other, each column in one piece. Empties the list, and holds no column twice but one."""
    rows = pa.concat_tables(tables, promote_options="default")  # older ones may lack a column
    tables.clear()
    columns = {}
    for name in rows.column_names:
        columns[name] = rows[name].combine_chunks()
        rows = rows.drop_columns([name])
    whole = pa.table(columns)
    if whole.nbytes > _MUCH:
        release_memory()
    return whole


Place = tuple[str, str, str]  # run_id, table, folder: where a file is to be


def stage_parts(output: str, place: Place, parts: list[PackedTable]) -> DataFile | None:
    """Stage the file of a place with the rows of all parts (see `stage`); None if they have none.

    The list is emptied, so that the parts need not be in memory beside what was in them.
    """
    run_id, table, folder = place
    parts.reverse()
    encoded = encode(table, [parts.pop().open() for _ in range(len(parts))], run_id)
    return stage(open_store(output), table, folder, encoded, run_id) if encoded[1] else None


def stage(store: Store, table: str, folder: str, encoded: tuple[bytes, int], run_id: str, number: int = 0) -> DataFile:
    """Write a file of `table` where the run keeps it until it commits, and read it back.

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
    return DataFile(path=path, table=table, rows=rows, size=len(data), sha256=digest, minor=minor_version())


def check_file(data: bytes, path: str, *, rows: int, sha256: str) -> None:
    """Hold a file's bytes against what a manifest says of it.

    Raises:
        OSError: another checksum or another number of rows.
    """
    if (found := hashlib.sha256(data).hexdigest()) != sha256:
        raise OSError(f"{path}: its checksum is {found}, not {sha256}: the file was damaged or changed")
    if (count := pq.read_metadata(pa.BufferReader(data)).num_rows) != rows:
        raise OSError(f"{path}: it holds {count} rows, not {rows}")
