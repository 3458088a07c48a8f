"""What `feedmill ingest` begins before it imports Beam, which takes a second: the processes that need no Beam."""

import argparse
import contextlib
from collections.abc import Sequence

from transforms import processes
from transforms.failures import UsageError
from transforms.files import find_inputs
from transforms.languages import load_models


def start_processes(argv: Sequence[str]) -> None:
    """Starts as many as a run on this machine will ask for. What is wrong with the flags the run itself says."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for name in ("input", "output", "workers", "runner"):
        parser.add_argument(f"--{name}")
    with contextlib.suppress(UsageError, argparse.ArgumentError):
        flags, others = parser.parse_known_args(argv)
        here = flags.runner in (None, "DirectRunner", "direct", "FnApiRunner")
        if here and flags.input and flags.output and not {"--streaming", "--dry_run", "--help", "-h"} & set(others):
            if "://" in flags.input:  # to list it takes as long as all the rest
                return
            size = sum(file.size for file in find_inputs(flags.input, beside=flags.output))
            processes.start(processes.processes_for(flags.workers or "auto", size), load_models)
