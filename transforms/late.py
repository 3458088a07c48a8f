"""Which snapshots came late: captured long before what has been seen. Plain Python: no Beam.

A late snapshot is taken in like any other. That many are late tells that something upstream is slow.
"""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.files import Store
from transforms.warehouse.manifests import Manifest, data_files


class Lateness:
    """Counts late snapshots, window after window.

    Args:
        store: the warehouse.
        max_delay: seconds. A snapshot is late if it was captured more than this before the newest of the windows
            before its own.
    """

    def __init__(self, store: Store, max_delay: float) -> None:
        self._store = store
        self._max_delay = int(max_delay * 1e6)
        self._newest: int | None = None

    def count(self, window: Iterable[Manifest]) -> int:
        """Returns how many snapshots of a window were late; it has just been committed."""
        late = 0
        newest = self._newest
        for name in data_files(list(window), "snapshots"):
            with self._store.open(name) as file:
                captured = pq.ParquetFile(file).read(["captured_at"])["captured_at"].cast(pa.int64())
            if self._newest is not None:
                late += pc.sum(pc.less(captured, self._newest - self._max_delay)).as_py() or 0
            last = pc.max(captured).as_py()
            newest = last if newest is None else max(newest, last or newest)
        self._newest = newest
        return late
