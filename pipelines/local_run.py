"""What `feedmill ingest` does before it imports Beam, which takes a second. Plain Python: no Beam."""

import argparse
import contextlib
import gc
import importlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence

from feedmill.pipelines.flag_types import byte_count
from feedmill.transforms.failures import UsageError
from feedmill.transforms.local import pool as processes
from feedmill.transforms.storage.local import FileInfo, find_inputs

# The in-process engine, and what asks for it: Beam's own default, DirectRunner, first tries to download another.
LOCAL_RUNNER = "FnApiRunner"
ASK_FOR_LOCAL = (None, "DirectRunner", "direct")

# What Beam imports if it is installed: clients of Dataflow, BigQuery, Spanner, MongoDB ..., and what it does with them
_SERVICES = ("google.cloud", "apitools", "apache_beam.io.gcp", "pymongo")


def import_beam(argv: Sequence[str]) -> None:
    """Import Beam, into a process that is about to run `argv`, does nothing else and then ends.

    What a run on files of this machine asks of other processes needs no Beam: they start first, as many as it will ask
    for, with what it will ask first. And it asks no service elsewhere: Beam is imported as if it had been installed
    without their clients, in half the time. What is wrong with the flags the run itself says.

    Imports make objects by the hundred thousand, and no garbage: nobody looks for it among them meanwhile.
    """
    with _no_collection():
        flags = _local_flags(argv)
        if flags is not None:
            os.environ |= processes.NO_THREADS
            _start_ahead(flags)
            _import_without(*_SERVICES)
        importlib.import_module("feedmill.pipelines.commands.ingest")


def _start_ahead(flags: argparse.Namespace) -> None:
    with contextlib.suppress(UsageError):
        files = find_inputs(flags.input, beside=flags.output).files
        workers = processes.processes_for(flags.workers or "auto", sum(file.size for file in files))
        if workers > 1:
            processes.start(
                workers, "feedmill.transforms.stages.build_tables", "feedmill.transforms.formats.feed.split"
            )
            _split_ahead(files, flags, workers)


def _import_without(*packages: str) -> None:
    """Import Beam without `packages`; a Beam that needs one of them is left to be imported whole."""
    try:
        with _absent(*packages):
            importlib.import_module("apache_beam")
    except ImportError:
        for name in [name for name in sys.modules if name.partition(".")[0] == "apache_beam"]:
            del sys.modules[name]


_AHEAD_BYTES = 32 * 1024 * 1024  # more than two processes split while Beam is imported and a graph is built


def _split_ahead(files: Sequence[FileInfo], flags: argparse.Namespace, workers: int) -> None:
    """Ask for what the run's first step will ask for, as far as it is easily told, from the first batches of files.

    It takes nothing away from that step, which reads the files by itself, and finds that what it asks is answered.
    """
    from feedmill.transforms.captures.inputs import RUN_BYTES, batch_files, cut_runs, read_plain
    from feedmill.transforms.formats import Settings
    from feedmill.transforms.stages.split import split_batch
    from feedmill.transforms.storage.local import open_store
    from feedmill.transforms.warehouse.memory import is_known, known_captures

    limit = RUN_BYTES if flags.max_run_bytes is None else flags.max_run_bytes
    settings = Settings() if flags.timezone is None else Settings(timezone=flags.timezone)
    known = known_captures(open_store(flags.output))
    size = 0
    for batch in batch_files(cut_runs(files, limit)[0]):
        size += sum(file.size for file in batch)
        if size > _AHEAD_BYTES:
            break
        found = read_plain(batch)
        if found and (fresh := tuple(snapshot for snapshot in found if not is_known(snapshot, known))):
            processes.ask_ahead(workers, split_batch, fresh, settings)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # else the first object made from here on has all of them looked through
        gc.enable()


def _local_flags(argv: Sequence[str]) -> argparse.Namespace | None:
    """Return the flags that count here, if they say all and nothing in `argv` is or may be elsewhere."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for name in ("input", "output", "workers", "runner", "timezone"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--max_run_bytes", type=byte_count)
    try:
        flags, others = parser.parse_known_args(argv)
    except argparse.ArgumentError:
        return None
    here = flags.runner in (*ASK_FOR_LOCAL, LOCAL_RUNNER) and not any("://" in word for word in argv)
    elsewhere = {"--streaming", "--dry_run", "--dry-run", "--fail_fast", "--config", "--help", "-h"}
    more = elsewhere & {word.partition("=")[0] for word in others}
    return flags if here and flags.input and flags.output and not more else None


@contextlib.contextmanager
def _absent(*packages: str) -> Iterator[None]:
    """Until the block ends, to import these packages fails as if they were not installed; nobody is warned of that."""
    logging.disable(logging.WARNING)
    before = {name: sys.modules.pop(name) for name in packages if name in sys.modules}
    sys.modules.update(dict.fromkeys(packages))  # type: ignore[arg-type] # as Python's own documentation says
    try:
        yield
    finally:
        for name in packages:
            del sys.modules[name]
        sys.modules.update(before)
        logging.disable(logging.NOTSET)
