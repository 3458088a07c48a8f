"""Files are the same to the byte however their rows came."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feedmill.transforms.warehouse import parquet
from feedmill.transforms.warehouse.parquet import encode
from feedmill.transforms.warehouse.tables import SCHEMAS

SNAPSHOTS = ["b", "a", "b", "c", "a"]


def removed(snapshots: list[str]) -> pa.Table:
    """Rows of `removed`, one for each snapshot named."""
    return pa.Table.from_pylist(
        [
            {
                "snapshot_id": name,
                "snapshot_uri": f"{name}.xml",
                "kind": "chrome",
                "byte_start": number,
                "byte_end": number + 1,
                "text": "Subscribe",
                "lang": "en",
                "run_id": "r",
            }
            for number, name in enumerate(snapshots)
        ],
        SCHEMAS["removed"],
    )


def by_dictionary(rows: pa.Table) -> pa.Table:
    columns = {name: rows[name] for name in rows.column_names}
    for name in ("snapshot_id", "snapshot_uri", "run_id"):
        columns[name] = rows[name].dictionary_encode()
    return pa.table(columns)


@pytest.fixture(autouse=True)
def small_row_groups(monkeypatch):
    monkeypatch.setattr(parquet, "_ROW_GROUP_ROWS", 2)


def test_rows_are_sorted_and_cut_into_row_groups():
    data, rows = encode("removed", [removed(SNAPSHOTS)], "r")
    assert (rows, pq.read_metadata(io.BytesIO(data)).num_row_groups) == (5, 3)
    found = pq.read_table(io.BytesIO(data))
    assert found["snapshot_id"].to_pylist() == ["a", "a", "b", "b", "c"]
    assert found["byte_start"].to_pylist() == [1, 4, 0, 2, 3]
    assert found.schema.equals(SCHEMAS["removed"])


@pytest.mark.parametrize("cuts", [[5], [2, 3], [1, 1, 1, 1, 1]])
@pytest.mark.parametrize("travel", [lambda rows: rows, by_dictionary])
@pytest.mark.parametrize("reverse", [False, True])
def test_neither_parts_nor_dictionaries_show(cuts, travel, reverse):
    rows = removed(SNAPSHOTS)
    tables = [travel(rows.slice(sum(cuts[:n]), size)) for n, size in enumerate(cuts)]
    if reverse:
        tables.reverse()
    assert encode("removed", tables, "r") == encode("removed", [rows], "r")
    assert tables == []
