"""feedmill: feed snapshots in, one clean, deduplicated, explainable table of stories out.

What this package exports is what is kept stable: what is below it may move. Beam is not imported until a step or
`ingest` is asked for.

Split one page or file, without a warehouse:

    >>> from feedmill import Snapshot, split_snapshot
    >>> data = b"The river rose by two metres overnight, officials said on Monday.\\n" \\
    ...        b"Ministers will meet on Friday to discuss the price of bread.\\n"
    >>> [story.form for story in split_snapshot(Snapshot("a.txt", data)).stories]
    ['blurb', 'blurb']

Fill a warehouse with `ingest`, and ask it with `connect`. In a Beam pipeline of your own, take the steps
`ReadSnapshots` and `SplitSnapshots`.
"""

import importlib
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from feedmill.transforms import __version__
from feedmill.transforms.failures import Reason, Rejected, UsageError
from feedmill.transforms.formats import Settings, split_snapshot
from feedmill.transforms.rows.story import DeadLetter, Media, RemovedText, Snapshot, Span, Split, Story

if TYPE_CHECKING:
    import duckdb
    from feedmill.pipelines.ingest import Outcome
    from feedmill.transforms.read import ReadSnapshots
    from feedmill.transforms.split import SplitSnapshots

# What needs Beam, by the module it is in: imported when first asked for, as Beam takes a second.
_LATER = {
    "Outcome": "pipelines.ingest",
    "ReadSnapshots": "transforms.read",
    "SplitSnapshots": "transforms.split",
}

__all__ = [
    "DeadLetter",
    "Media",
    "Outcome",
    "ReadSnapshots",
    "Reason",
    "Rejected",
    "RemovedText",
    "Settings",
    "Snapshot",
    "Span",
    "Split",
    "SplitSnapshots",
    "Story",
    "UsageError",
    "__version__",
    "connect",
    "ingest",
    "split_snapshot",
]

_Path = str | os.PathLike[str]

# Flags of `feedmill ingest` that say how the command behaves, or ask for a run that does not end.
_OF_THE_COMMAND = ("config", "dry_run", "streaming", "verbose")


def ingest(*, input: _Path | Iterable[_Path], output: _Path, **flags: Any) -> "Outcome":
    """Take snapshots into a warehouse, as `feedmill ingest` does, and wait until it is done. Prints nothing.

    Args:
        input: a file, a folder, a glob, or several of these.
        output: the warehouse, a folder; made if it is not there.
        flags: the other flags of `feedmill ingest` and of Beam, such as `timezone="Europe/Paris"` or
            `reprocess=True`. None and False leave a flag out; a list gives it once for each value.

    Returns:
        What was done: `run_ids` of the runs that were committed (none if there was nothing new), `books` with what
        became of each story and byte, `counters` of the steps.

    Raises:
        UsageError: a flag, an input or the output is not as it must be. Nothing was written.
        Exception: whatever stopped the run. Nothing was committed of it.

    >>> import tempfile, feedmill
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = feedmill.ingest(input="seeds/*.txt", output=folder)
    ...     feedmill.connect(folder).sql("SELECT count(*) FROM items_latest").fetchall()
    [(24,)]
    >>> len(done.run_ids), done.books.snapshots, done.books.stories, done.books.duplicates
    (1, 2, 27, 3)
    """
    from feedmill.pipelines.ingest import run

    for name in _OF_THE_COMMAND:
        if flags.pop(name, None):
            raise UsageError(f"{name}: not in a call; run feedmill ingest --{name}")
    inputs = [input] if isinstance(input, (str, os.PathLike)) else list(input)
    paths = [os.fspath(path) for path in inputs]
    if len(paths) > 1:  # then commas part them
        paths = [f"{path}/**" if "," in path and os.path.isdir(path) else path for path in paths]
        paths = [path.replace(",", "?") for path in paths]
    argv = [f"--input={','.join(paths)}", f"--output={os.fspath(output)}"]
    for name, value in flags.items():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is not None and one is not False:
                argv.append(f"--{name}" if one is True else f"--{name}={one}")
    return run(argv)


def connect(warehouse: _Path) -> "duckdb.DuckDBPyConnection":
    """Open a warehouse with DuckDB: its tables and views are there by name, and times show in UTC.

    What a later run commits is not seen: connect again.

    Raises:
        UsageError: there is no warehouse at this place, or something in it leads out of it.
    """
    from feedmill.transforms.storage.local import open_store
    from feedmill.transforms.warehouse import query

    return query.connect(open_store(os.fspath(warehouse)))


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(importlib.import_module(f"feedmill.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
