"""Which snapshots came late: captured long before what has been seen. Plain Python: no Beam.

A late snapshot is taken in like any other. That many are late tells that something upstream is slow.
"""

import pyarrow as pa
import pyarrow.compute as pc


class Lateness:
    """Counts late snapshots, window after window.

    Args:
        max_delay: seconds. A snapshot is late if it was captured more than this before the newest of the windows
            before its own.

    >>> lateness = Lateness(60)
    >>> lateness.count(pa.chunked_array([[500_000_000]]))
    0
    >>> lateness.count(pa.chunked_array([[439_999_999, 440_000_000, None]]))
    1
    """

    def __init__(self, max_delay: float) -> None:
        self._max_delay = int(max_delay * 1e6)
        self._newest: int | None = None

    def count(self, captured_at: pa.ChunkedArray) -> int:
        """Return how many of a window's snapshots are late, by when they were captured."""
        captured = captured_at.cast(pa.int64())
        late = 0
        if self._newest is not None:
            late = pc.sum(pc.less(captured, self._newest - self._max_delay)).as_py() or 0
        last = pc.max(captured).as_py()
        if last is not None:
            self._newest = max(last, last if self._newest is None else self._newest)
        return late
