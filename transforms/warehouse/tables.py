"""The Arrow schema of every table, in one place. Plain Python: no Beam.

Partition columns are in the path only, so they are not here.

A column that is added is a new minor version: it may be NULL, is made by `_added`, and older files are read as if they
had it (`fitted`). Any other change is a new SCHEMA_VERSION, and comes with a way in `feedmill migrate`.
"""

from collections.abc import Mapping

import pyarrow as pa
from feedmill.transforms.identity import KNOWN_SCHEMA, NODE_SCHEMA
from feedmill.transforms.rows.story import BYTE_KINDS, Media

SCHEMA_VERSION = 2


_TIME = pa.timestamp("us", tz="UTC")
_HASH = pa.binary(16)
_MEDIA = pa.struct([(name, pa.string()) for name in Media._fields])


def _added(minor: int, name: str, kind: pa.DataType) -> pa.Field:
    """Return a column that came with a minor version; what feedmill wrote before has not got it."""
    return pa.field(name, kind, metadata={_MINOR: str(minor)})


_MINOR = b"feedmill_minor"


def _minor_of(column: pa.Field) -> int:
    return int((column.metadata or {}).get(_MINOR, 0))


def _required(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


# What a story says, wherever it was seen: the columns of `Story`, in its order, but for where it stood.
STORY_FIELDS = [
    _required("form", pa.string()),
    pa.field("title", pa.string()),
    pa.field("summary", pa.string()),
    pa.field("body", pa.string()),
    _required("authors", pa.list_(pa.string())),
    _required("categories", pa.list_(pa.string())),
    _required("media", pa.list_(_MEDIA)),
    pa.field("source_name", pa.string()),
    pa.field("source_url", pa.string()),
    pa.field("url", pa.string()),
    pa.field("url_raw", pa.string()),
    pa.field("guid", pa.string()),
    _required("guid_trusted", pa.bool_()),
    pa.field("published_at", _TIME),
    pa.field("published_raw", pa.string()),
    pa.field("published_precision", pa.string()),
    pa.field("published_zone", pa.string()),
    pa.field("updated_at", _TIME),
    pa.field("lang_declared", pa.string()),
    _required("confidence", pa.float32()),
    _added(1, "feed_name", pa.string()),
    _added(1, "feed_url", pa.string()),
    _added(1, "confidence_bounds", pa.float32()),
    _added(1, "confidence_fields", pa.float32()),
]

SIGHTINGS = pa.schema(
    [
        _required("sighting_id", pa.string()),
        _required("item_id", pa.string()),
        _required("content_hash", _HASH),
        _required("node_id", _HASH),  # its row in `fingerprints`
        _required("snapshot_id", pa.string()),
        _required("snapshot_uri", pa.string()),
        _required("position", pa.int32()),
        _required("byte_start", pa.int64()),
        _required("byte_end", pa.int64()),
        _required("form", pa.string()),
        pa.field("title", pa.string()),
        pa.field("captured_at", _TIME),
        _required("outcome", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("score", pa.float32()),
        pa.field("winner_sighting_id", pa.string()),
        _required("run_id", pa.string()),
        _added(1, "feed_name", pa.string()),
        _added(1, "feed_url", pa.string()),
    ]
)

SNAPSHOTS = pa.schema(
    [
        _required("snapshot_id", pa.string()),
        _required("snapshot_uri", pa.string()),
        _required("size", pa.int64()),
        pa.field("format", pa.string()),
        pa.field("encoding", pa.string()),
        _required("replaced_chars", pa.int64()),
        pa.field("captured_at", _TIME),
        pa.field("captured_from", pa.string()),
        pa.field("chrome_lang", pa.string()),
        pa.field("source_name", pa.string()),
        _required("stories", pa.int64()),
        _required("new", pa.int64()),
        _required("revisions", pa.int64()),
        _required("duplicates", pa.int64()),
        _required("dead", pa.int64()),
        *[_required(f"bytes_{kind}", pa.int64()) for kind in BYTE_KINDS],
        _required("run_id", pa.string()),
        _added(1, "feed_name", pa.string()),
        _added(1, "feed_url", pa.string()),
    ]
)

REMOVED = pa.schema(
    [
        _required("snapshot_id", pa.string()),
        _required("snapshot_uri", pa.string()),
        _required("kind", pa.string()),
        _required("byte_start", pa.int64()),
        _required("byte_end", pa.int64()),
        _required("text", pa.string()),
        _required("lang", pa.string()),
        pa.field("sighting_id", pa.string()),
        pa.field("captured_at", _TIME),
        _required("run_id", pa.string()),
    ]
)

DEAD_LETTER = pa.schema(
    [
        _required("snapshot_id", pa.string()),
        _required("snapshot_uri", pa.string()),
        _required("step", pa.string()),
        _required("reason", pa.string()),
        _required("detail", pa.string()),
        _required("byte_start", pa.int64()),
        _required("byte_end", pa.int64()),
        _required("payload", pa.binary()),
        _required("payload_capped", pa.bool_()),
        _required("retriable", pa.bool_()),
        pa.field("captured_at", _TIME),
        _required("run_id", pa.string()),
    ]
)

# Two items (or clusters of items) of the warehouse that a later run proved to be one.
MERGES = pa.schema(
    [
        _required("kind", pa.string()),  # item | story
        _required("id", pa.string()),
        _required("into_id", pa.string()),
        pa.field("rule", pa.string()),
        _required("run_id", pa.string()),
    ]
)

# Each distinct text that was seen, without the text: what later runs are compared with; see transforms/identity/.
FINGERPRINTS = pa.schema([*KNOWN_SCHEMA, _required("run_id", pa.string())])

ITEMS = pa.schema(
    [
        _required("item_id", pa.string()),
        _required("story_id", pa.string()),
        _required("sighting_id", pa.string()),  # the sighting whose text this is
        *STORY_FIELDS,
        pa.field("lang_confidence", pa.float32()),
        _required("lang_method", pa.string()),
        _required("word_count", pa.int32()),
        NODE_SCHEMA.field("content_hash"),
        NODE_SCHEMA.field("minhash"),
        pa.field("first_seen_at", _TIME),
        _required("snapshot_id", pa.string()),
        _required("snapshot_uri", pa.string()),
        _required("position", pa.int32()),
        _required("run_id", pa.string()),
    ]
)

SCHEMAS: Mapping[str, pa.Schema] = {
    "items": ITEMS,
    "sightings": SIGHTINGS,
    "snapshots": SNAPSHOTS,
    "removed": REMOVED,
    "dead_letter": DEAD_LETTER,
    "fingerprints": FINGERPRINTS,
    "merges": MERGES,
}


def minor_version() -> int:
    """Return the minor version of the schema: the newest that a column came with."""
    return max(_minor_of(column) for schema in SCHEMAS.values() for column in schema)


def schema_of(table: str, *, lang: bool = False, minor: int | None = None) -> pa.Schema:
    """Return the schema of a table's files.

    Args:
        table: its name.
        lang: whether the files have the language, as those of items have that are not cut by it.
        minor: as it was in this minor version; else as it is now.
    """
    columns = [c for c in SCHEMAS[table] if minor is None or _minor_of(c) <= minor]
    return pa.schema([*columns, *([_required("lang", pa.string())] if lang else ())])


def has_columns_of(table: str, minor: int, found: pa.Schema) -> bool:
    """Whether a file of a table, of that minor version, has the columns it should; of a newer one, those known here."""
    wanted = schema_of(table, lang=table == "items" and "lang" in found.names, minor=minor)
    if minor > minor_version():  # what this feedmill does not know of it, it cannot judge
        found = pa.schema([column for column in found if column.name in wanted.names])
    return bool(found.equals(wanted))


def fitted(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return rows with the columns of `schema` and no others: what older rows have not got is NULL.

    Raises:
        ArrowInvalid: a column that cannot be NULL is not there.

    >>> fitted(pa.table({"a": [1], "b": [2]}), pa.schema([("b", pa.int64()), ("c", pa.string())])).to_pylist()
    [{'b': 2, 'c': None}]
    """
    columns: list[pa.Array | pa.ChunkedArray] = []
    for column in schema:
        if column.name in rows.column_names:
            columns.append(rows[column.name])
        elif column.nullable:
            columns.append(pa.nulls(rows.num_rows, column.type))
        else:
            raise pa.ArrowInvalid(f"the rows have no column {column.name}")
    named = [field.with_type(column.type) for field, column in zip(schema, columns, strict=True)]
    return pa.Table.from_arrays(columns, schema=pa.schema(named))


# Rows lie in this order, so that a question about some days reads few row groups.
SORT_KEYS = {
    "items": ("published_at", "item_id", "content_hash"),
    "sightings": ("captured_at", "snapshot_id", "snapshot_uri", "position"),
    "snapshots": ("captured_at", "snapshot_id", "snapshot_uri"),
    "removed": ("captured_at", "snapshot_id", "snapshot_uri", "byte_start", "byte_end"),
    "dead_letter": ("captured_at", "snapshot_id", "snapshot_uri", "byte_start", "byte_end"),
    "fingerprints": ("first_seen_at", "node_id"),
    "merges": ("kind", "id"),
}

# Strings with few values, or repeated in neighbouring rows.
DICTIONARY_COLUMNS = frozenset(
    {
        *(
            "form",
            "source_name",
            "source_url",
            "feed_name",
            "feed_url",
            "published_precision",
            "published_zone",
            "lang_declared",
            "lang_method",
        ),
        *("snapshot_id", "snapshot_uri", "outcome", "rule", "format", "encoding", "captured_from", "chrome_lang"),
        *("kind", "lang", "step", "reason", "run_id"),
    }
)
