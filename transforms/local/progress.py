"""How far a run has got, for the person who waits at a terminal.

Only workers that are threads of the command's own process count here; what a
run did is in Beam's metrics and in the ledger.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator

_lock = threading.Lock()
_done = {"files": 0, "size": 0, "runs": 0}


def advance(*, files: int = 0, size: int = 0, runs: int = 0) -> None:
    """Adds files read, their bytes, and runs committed."""
    with _lock:
        _done["files"] += files
        _done["size"] += size
        _done["runs"] += runs


def so_far() -> dict[str, int]:
    """Returns what has been done since the process began: `files`, their `size` in bytes, `runs`."""
    with _lock:
        return dict(_done)


@contextlib.contextmanager
def meanwhile(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Lets a thread `work` until the block ends; the event that it is given is set then, and it is waited for."""
    over = threading.Event()
    worker = threading.Thread(target=work, args=(over,), daemon=True)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()
