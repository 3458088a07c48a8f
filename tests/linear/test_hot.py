"""A key that everything shares costs linear time and memory."""

import time

import numpy as np
import pyarrow as pa
import pytest
from feedmill.transforms.identity import NODE_SCHEMA, SIGHTING_SCHEMA, fingerprint, resolve

from tests.identity.helpers import T0, story

MINUTE = 60_000_000
TEXT = "Ministers agreed on Monday to lower the price of bread after a long night of talks in the capital. " * 5


def sightings(count: int) -> pa.Table:
    ids = [f"{n:08d}" for n in range(count)]
    rows = [list(range(count)), ids, [T0] * count, ["snap"] * count, list(range(count))]
    return pa.table(rows, schema=SIGHTING_SCHEMA)


def copies(count: int, **columns: np.ndarray) -> pa.Table:
    """One story's fingerprint, `count` times, with other ids and what is given."""
    table = fingerprint([story("Weather", TEXT, source="A", at=T0)])
    table = table.take(pa.array(np.zeros(count, np.int64)))
    numbers = np.arange(count, dtype=np.uint64)
    raw = np.stack([numbers, numbers], axis=1).tobytes()
    ids = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), count, [None, pa.py_buffer(raw)])
    columns = {"node_id": ids, "content_hash": ids, **columns}
    for name, values in columns.items():
        field = NODE_SCHEMA.field(name)
        table = table.set_column(NODE_SCHEMA.get_field_index(name), field, pa.array(values, field.type))
    return table


def took(table: pa.Table) -> tuple[float, pa.Table]:
    seen = sightings(len(table))
    start = time.perf_counter()
    done = resolve(table, seen)
    return time.perf_counter() - start, done.sightings


N = 100_000
NUMBERS = np.arange(1, N + 1, dtype=np.uint64)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "apart",
    [
        {"text_key": NUMBERS},  # one title, one LSH bucket, near copies of each other
        {"text_key": NUMBERS, "guid_key": NUMBERS},  # one bucket, and none may be joined
    ],
)
def test_a_key_shared_by_all_is_linear(apart):
    seconds, told = took(copies(N, **apart))
    assert len(told) == N
    assert seconds < 20
