"""What `feedmill ingest` does before it imports Beam, which takes a second. Plain Python: no Beam."""

import contextlib
import gc
import importlib
import logging
import os
import sys
from collections.abc import Iterator

from feedmill.pipelines.plan import RunPlan
from feedmill.transforms.local import pool as processes

# What Beam imports if it is installed: clients of Dataflow, BigQuery, Spanner, MongoDB ..., and what it does with them
_SERVICES = ("google.cloud", "apitools", "apache_beam.io.gcp", "pymongo")


def import_beam(plan: RunPlan) -> None:
    """Import Beam, into a process that is about to do `plan`, does nothing else and then ends.

    What a run on files of this machine asks of other processes needs no Beam: they start first, as many as it will ask
    for, with what it will ask first. And it asks no service elsewhere: Beam is imported as if it had been installed
    without their clients, in half the time.

    Imports make objects by the hundred thousand, and no garbage: nobody looks for it among them meanwhile.
    """
    with _no_collection():
        if is_all_here(plan):
            os.environ |= processes.NO_THREADS
            _start_ahead(plan)
            _import_without(*_SERVICES)
        importlib.import_module("feedmill.pipelines.commands.ingest")


def is_all_here(plan: RunPlan) -> bool:
    """Tell whether this is a run, and nothing that it names is or may be elsewhere."""
    special = plan.streaming or plan.dry_run or plan.fail_fast or plan.config
    return plan.is_local and not special and not any("://" in word for word in plan.given)


def _start_ahead(plan: RunPlan) -> None:
    if plan.processes > 1:
        modules = ("feedmill.transforms.stages.build_tables", "feedmill.transforms.formats.feed.split")
        processes.start(plan.processes, *modules)
        _split_ahead(plan)


def _import_without(*packages: str) -> None:
    """Import Beam without `packages`; a Beam that needs one of them is left to be imported whole."""
    try:
        with _absent(*packages):
            importlib.import_module("apache_beam")
    except ImportError:
        for name in [name for name in sys.modules if name.partition(".")[0] == "apache_beam"]:
            del sys.modules[name]


_AHEAD_BYTES = 32 * 1024 * 1024  # more than two processes split while Beam is imported and a graph is built


def _split_ahead(plan: RunPlan) -> None:
    """Ask for what the run's first step will ask for, as far as it is easily told, from the first batches of files.

    It takes nothing away from that step, which reads the files by itself, and finds that what it asks is answered.
    """
    from feedmill.transforms.captures.inputs import batch_files, cut_runs, read_plain
    from feedmill.transforms.stages.split import split_batch
    from feedmill.transforms.storage.local import open_store
    from feedmill.transforms.warehouse.memory import is_known, known_captures

    known = known_captures(open_store(plan.output))
    size = 0
    for batch in batch_files(cut_runs(plan.files, plan.max_run_bytes)[0]):
        size += sum(file.size for file in batch)
        if size > _AHEAD_BYTES:
            break
        found = read_plain(batch)
        if found and (fresh := tuple(snapshot for snapshot in found if not is_known(snapshot, known))):
            processes.ask_ahead(plan.processes, split_batch, fresh, plan.settings)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # else the first object made from here on has all of them looked through
        gc.enable()


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
