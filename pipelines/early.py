"""What `feedmill ingest` does before it imports Beam, which takes a second. Plain Python: no Beam."""

import argparse
import contextlib
import gc
import sys
from collections.abc import Iterator, Sequence

from transforms import processes
from transforms.failures import UsageError
from transforms.files import find_inputs
from transforms.languages import load_models

# The in-process engine, and what asks for it: Beam's own default, DirectRunner, first tries to download another.
LOCAL_RUNNER = "FnApiRunner"
ASK_FOR_LOCAL = (None, "DirectRunner", "direct")

# What Beam imports if it is installed: clients of Dataflow, BigQuery, Storage, Spanner ..., and what it does with them
_SERVICES = ("google.cloud", "apitools", "apache_beam.io.gcp")


@contextlib.contextmanager
def before_beam(argv: Sequence[str]) -> Iterator[None]:
    """Around the import of Beam, in a process that is about to run `argv` and nothing else.

    What a run on files of this machine asks of other processes needs no Beam: they start first, as many as it will ask
    for. And it asks no service of Google's: Beam is imported as if it had been installed without them, in half the
    time. What is wrong with the flags the run itself says.

    Imports make objects by the hundred thousand, and no garbage: nobody looks for it among them meanwhile.
    """
    with _no_collection():
        flags = _local_flags(argv)
        if flags is None:
            yield
            return
        with contextlib.suppress(UsageError):
            size = sum(file.size for file in find_inputs(flags.input, beside=flags.output).files)
            processes.start(processes.processes_for(flags.workers or "auto", size), load_models)
        with _absent(*_SERVICES):
            yield


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _local_flags(argv: Sequence[str]) -> argparse.Namespace | None:
    """The flags that count here, if they say all and nothing in `argv` is or may be elsewhere."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for name in ("input", "output", "workers", "runner"):
        parser.add_argument(f"--{name}")
    try:
        flags, others = parser.parse_known_args(argv)
    except argparse.ArgumentError:
        return None
    here = flags.runner in (*ASK_FOR_LOCAL, LOCAL_RUNNER) and not any("://" in word for word in argv)
    more = {"--streaming", "--dry_run", "--config", "--help", "-h"} & {word.partition("=")[0] for word in others}
    return flags if here and flags.input and flags.output and not more else None


@contextlib.contextmanager
def _absent(*packages: str) -> Iterator[None]:
    """Until the block ends, to import these packages fails as if they were not installed."""
    before = {name: sys.modules.pop(name) for name in packages if name in sys.modules}
    sys.modules.update(dict.fromkeys(packages))  # type: ignore[arg-type] # as Python's own documentation says
    try:
        yield
    finally:
        for name in packages:
            del sys.modules[name]
        sys.modules.update(before)
