"""What a run is compared with: the warehouse's own fingerprint columns. Plain Python: no Beam."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.files import Store
from transforms.identity import KNOWN_SCHEMA, matching, wanted
from transforms.tables import MERGES


def known_items(store: Store, item_files: Sequence[str], nodes: pa.Table) -> pa.Table:
    """Returns the warehouse's items that `nodes` may be the same as, reading no text.

    Args:
        store: the warehouse.
        item_files: its committed files of the table `items`.
        nodes: fingerprints, as `identity.NODE_SCHEMA`.
    """
    keys = wanted(nodes)
    found = [KNOWN_SCHEMA.empty_table()]
    for name in item_files:
        with store.open(name) as file:
            rows = pq.ParquetFile(file).read(KNOWN_SCHEMA.names)
        found.append(matching(rows.select(KNOWN_SCHEMA.names).cast(KNOWN_SCHEMA), keys))
    return pa.concat_tables(found)


def known_merges(store: Store, merge_files: Sequence[str]) -> pa.Table:
    """Returns the items that earlier runs proved to be one."""
    tables = [MERGES.empty_table()]
    for name in merge_files:
        with store.open(name) as file:
            tables.append(pq.ParquetFile(file).read().cast(MERGES))
    return pa.concat_tables(tables)
