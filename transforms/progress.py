"""How far a run has got, for the person who waits at a terminal.

Only workers that are threads of the command's own process count here; what a
run did is in Beam's metrics and in the ledger.
"""

import threading

_lock = threading.Lock()
_done = {"files": 0, "size": 0}


def advance(*, files: int, size: int) -> None:
    """Adds files read, and their bytes."""
    with _lock:
        _done["files"] += files
        _done["size"] += size


def so_far() -> dict[str, int]:
    """Returns what has been done since the process began: `files`, and their `size` in bytes."""
    with _lock:
        return dict(_done)
