"""How far a run has got, for the person who waits at a terminal.

Only workers that are threads of the command's own process count here; what a
run did is in Beam's metrics and in the ledger.
"""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator

# What a run does, one after the other. Files are split as they are read; a run is there once it is committed.
PHASES = ("reading", "comparing", "languages", "writing", "committing")

_lock = threading.Lock()
_done: Counter[str] = Counter()
_phase: list[str] = []


def begin(runs: int) -> None:
    """Forget what was counted: a command begins that makes so many runs."""
    with _lock:
        _done.clear()
        _done["of_runs"] = runs
        _phase[:] = []


def begin_run(*, files: int, size: int) -> None:
    """Begin to count a run, of so many files and bytes. What earlier runs of the command committed stays counted."""
    with _lock:
        for name in [name for name in _done if name not in ("runs", "of_runs", "run")]:
            del _done[name]
        _done.update(of_files=files, of_size=size, run=1)
        _phase[:] = [PHASES[0]]


def enter(phase: str) -> None:
    """Say what the run does now."""
    with _lock:
        _phase[:] = [phase]


def advance(**counts: int) -> None:
    """Add to what is done.

    Args:
        counts: `files` read and their `size` in bytes; `snapshots` split, and `stories` found in them; `texts`, the
            stories whose languages were told; files `written`; `runs` committed.
    """
    with _lock:
        _done.update(counts)


def so_far() -> Counter[str]:
    """Return what has been done since the command began, and of this run, by the names of `advance`."""
    with _lock:
        return _done.copy()


def line(size: Callable[[int], str] = str) -> str:
    """Return what there is to say now: the phase, and its counts. `size` spells bytes.

    >>> begin(2); begin_run(files=3, size=900); advance(files=2, size=600, snapshots=1)
    >>> line()
    'run 1 of 2: reading 2 of 3 files, 600 of 900; 1 split'
    >>> enter("languages"); advance(stories=40, texts=10)
    >>> line()
    'run 1 of 2: languages of 10 of 40 stories'
    """
    with _lock:
        done, phase = _done.copy(), _phase[0] if _phase else ""
    said = {
        "": "looking at the input",
        "reading": f"reading {done['files']:,} of {done['of_files']:,} files, {size(done['size'])} of "
        f"{size(done['of_size'])}; {done['snapshots']:,} split",
        "comparing": f"comparing {done['stories']:,} stories",
        "languages": f"languages of {done['texts']:,} of {done['stories']:,} stories",
        "writing": f"writing, {done['written']:,} files so far",
        "committing": "committing",
    }[phase]
    return f"run {done['run']:,} of {done['of_runs']:,}: {said}" if done["of_runs"] > 1 else said


@contextlib.contextmanager
def meanwhile(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Let a thread `work` until the block ends; the event that it is given is set then, and it is waited for."""
    over = threading.Event()
    worker = threading.Thread(target=work, args=(over,), daemon=True)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()
