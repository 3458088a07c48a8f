"""`views.sql`: what analysts ask for, as DuckDB views over the tables.

The views read the files that manifests list, so a run that has not committed is
never seen; they are the same for every warehouse, whichever tables have files.
feedmill itself never runs the file that lies in a warehouse: it makes the same views from this module, over
the files of manifests that it has looked at (see `query.connect`).

Paths are relative: start `duckdb -init views.sql` in the warehouse, or
`SET VARIABLE warehouse = '<path>'` first.
"""

import pyarrow as pa
from feedmill.transforms.warehouse.tables import SCHEMA_VERSION, SCHEMAS, minor_version, schema_of

_DUCKDB_TYPES = {
    pa.string(): "VARCHAR",
    pa.bool_(): "BOOLEAN",
    pa.uint8(): "UTINYINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.uint64(): "UBIGINT",
    pa.float32(): "FLOAT",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
}

_HEAD = """\
-- DuckDB views over this warehouse. Written by feedmill with each run; do not edit.
-- Usage:  cd <warehouse> && duckdb -init views.sql
SET VARIABLE warehouse = coalesce(getvariable('warehouse'), '.');

-- Manifests of the newest generation (the number before the name; none is the first): it folds all before.
SET VARIABLE feedmill_manifest_files = (
  SELECT arg_max(files, generation) FROM (
    SELECT list(file) AS files, generation FROM (
      SELECT file, coalesce(try_cast(regexp_extract(file, '([0-9]{6,})-[^/]*$', 1) AS BIGINT), 0) AS generation
      FROM glob(getvariable('warehouse') || '/_manifests/*.json'))
    GROUP BY generation));
CREATE OR REPLACE TEMP TABLE feedmill_manifests AS
  FROM read_json(
    getvariable('feedmill_manifest_files'), maximum_object_size = 268435456,
    columns = {run_id: 'VARCHAR', replaces: 'VARCHAR[]',
      files: 'STRUCT(path VARCHAR, "table" VARCHAR, "rows" BIGINT, size BIGINT, minor BIGINT)[]',
      kept: 'STRUCT(path VARCHAR, "table" VARCHAR, "rows" BIGINT, size BIGINT, minor BIGINT)[]'}
  );
CREATE OR REPLACE TEMP TABLE feedmill_files AS
  SELECT f."table" AS table_name, getvariable('warehouse') || '/' || f.path AS path, f.rows AS row_count, f.size,
    coalesce(f.minor, 0) AS minor, run_id
  FROM (SELECT unnest(list_concat(files, coalesce(kept, []))) AS f, run_id FROM feedmill_manifests)
  WHERE f.path NOT IN (SELECT unnest(replaces) FROM feedmill_manifests);
"""

_TABLE = """
SET VARIABLE feedmill_{table} = (SELECT list(path ORDER BY path) FROM feedmill_files WHERE table_name = '{table}');
SET VARIABLE feedmill_{table}_sql = CASE
  WHEN getvariable('feedmill_{table}') IS NULL THEN 'SELECT {columns} WHERE false'
  WHEN (SELECT bool_and(minor = {minor}) FROM feedmill_files WHERE table_name = '{table}') THEN
  'FROM read_parquet(getvariable(''feedmill_{table}''), hive_partitioning = true, hive_types_autocast = false)'
  ELSE -- some files lack columns of schema {version}, or have newer ones
  'SELECT {columns} WHERE false UNION ALL BY NAME FROM read_parquet(getvariable(''feedmill_{table}''),
    hive_partitioning = true, hive_types_autocast = false, union_by_name = true)' END;
CREATE OR REPLACE TEMP VIEW {table} AS FROM query(getvariable('feedmill_{table}_sql'));
"""

_VIEWS = """
-- Where each merged id ended, through all merges between.
CREATE OR REPLACE TEMP VIEW merged_ids AS
  WITH RECURSIVE chain AS (
    SELECT kind, id, into_id FROM merges
    UNION
    SELECT chain.kind, chain.id, merges.into_id
    FROM chain JOIN merges ON merges.kind = chain.kind AND merges.id = chain.into_id
  )
  SELECT kind, id, min(into_id) AS into_id
  FROM chain ANTI JOIN merges ON merges.kind = chain.kind AND merges.id = chain.into_id
  GROUP BY ALL;

-- Items that a later run proved to be one: every id, and the id it goes by now.
CREATE OR REPLACE TEMP VIEW item_ids AS
  SELECT item_id, coalesce(min(into_id), item_id) AS current_id
  FROM (SELECT DISTINCT item_id FROM items) LEFT JOIN merged_ids ON kind = 'item' AND id = item_id
  GROUP BY item_id;

-- Every version of every item, numbered by when it was first seen, beside the text it replaced.
CREATE OR REPLACE TEMP VIEW revisions AS
  SELECT current_id AS item_id, revision, revisions, first_seen_at, source_name, title, summary, body,
    lag(title) OVER versions AS previous_title, lag(summary) OVER versions AS previous_summary,
    lag(body) OVER versions AS previous_body,
    published_at, url, snapshot_uri, position
  FROM (
    SELECT *, row_number() OVER (PARTITION BY current_id ORDER BY first_seen_at, content_hash) AS revision,
      count(*) OVER (PARTITION BY current_id) AS revisions
    FROM items JOIN item_ids USING (item_id)
  )
  WINDOW versions AS (PARTITION BY current_id ORDER BY revision);

-- One row an item: its newest version.
CREATE OR REPLACE TEMP VIEW items_latest AS
  SELECT items.* EXCLUDE (item_id, story_id), current_id AS item_id, coalesce(into_id, story_id) AS story_id,
    count(*) OVER (PARTITION BY current_id) AS revisions
  FROM items JOIN item_ids USING (item_id) LEFT JOIN merged_ids ON kind = 'story' AND id = story_id
  QUALIFY row_number() OVER (PARTITION BY current_id ORDER BY first_seen_at DESC, content_hash DESC) = 1;

-- When each item was first and last seen, and how often.
CREATE OR REPLACE TEMP VIEW first_last_seen AS
  SELECT current_id AS item_id, min(captured_at) AS first_seen_at, max(captured_at) AS last_seen_at,
    count(*) AS sightings, count(DISTINCT content_hash) AS texts
  FROM sightings JOIN item_ids USING (item_id)
  GROUP BY current_id;

-- Stories told by several items, across sources.
CREATE OR REPLACE TEMP VIEW stories AS
  SELECT story_id, count(*) AS items, count(DISTINCT source_name) AS sources,
    min(published_at) AS first_published_at, min(first_seen_at) AS first_seen_at,
    arg_min(title, (first_seen_at, item_id)) AS title, list(item_id ORDER BY first_seen_at, item_id) AS item_ids
  FROM items_latest
  GROUP BY story_id;

-- Which sighting lost, to whom, and why.
CREATE OR REPLACE TEMP VIEW duplicates AS
  SELECT lost.sighting_id, coalesce(into_id, lost.item_id) AS item_id, lost.rule, lost.score, lost.title,
    lost.captured_at, lost.snapshot_uri, lost.position, lost.byte_start, lost.byte_end,
    won.sighting_id AS winner_sighting_id, won.title AS winner_title, won.captured_at AS winner_captured_at,
    won.snapshot_uri AS winner_snapshot_uri, won.position AS winner_position
  FROM sightings AS lost JOIN sightings AS won ON won.sighting_id = lost.winner_sighting_id
    LEFT JOIN merged_ids ON kind = 'item' AND id = lost.item_id
  WHERE lost.outcome = 'duplicate';

-- How much each source published, a day.
CREATE OR REPLACE TEMP VIEW sources_daily AS
  SELECT coalesce(source_name, '(not shown)') AS source_name, CAST(published_at AT TIME ZONE 'UTC' AS DATE) AS day,
    count(*) AS items, sum(revisions - 1) AS later_revisions, sum(word_count) AS words
  FROM items_latest
  GROUP BY ALL;
"""


def views_sql() -> str:
    """Return `views.sql`.

    >>> "CAST(NULL AS VARCHAR) AS sighting_id" in views_sql()
    True
    """
    return _HEAD + views_over_files()


def views_over_files() -> str:
    """Return the SQL of the tables and views alone, for a session that has `feedmill_files` already."""
    parts = []
    minor = minor_version()
    for table in SCHEMAS:
        known = schema_of(table, lang=table == "items")
        columns = ", ".join(f"CAST(NULL AS {_duckdb_type(c.type)}) AS {c.name}" for c in known)
        parts.append(_TABLE.format(table=table, columns=columns, minor=minor, version=f"{SCHEMA_VERSION}.{minor}"))
    return "".join([*parts, _VIEWS])


def _duckdb_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"{_duckdb_type(kind.value_type)}[]"
    if pa.types.is_struct(kind):
        return "STRUCT(" + ", ".join(f'"{f.name}" {_duckdb_type(f.type)}' for f in kind) + ")"
    if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return "BLOB"
    return _DUCKDB_TYPES[kind]
