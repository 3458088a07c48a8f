"""What a command costs: wall-clock time, CPU time and peak memory of the whole tree of its processes. Linux only."""

import os
import pathlib
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_TICK = os.sysconf("SC_CLK_TCK")
_EVERY = 0.1  # seconds between looks at the processes


class Cost(NamedTuple):
    wall: float  # seconds
    cpu: float  # seconds, user and system
    peak: int  # bytes resident at once, of all processes; of what several share, each counts its part
    out: str  # standard output


class CommandFailed(Exception):
    """The command ended with another status than 0."""


def measure(command: Sequence[str], env: Mapping[str, str] | None = None) -> Cost:
    """Runs a command and returns what it cost.

    Raises:
        CommandFailed: it did, with the end of what it said.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=env)
        tree = _Tree(process.pid)
        watcher = threading.Thread(target=tree.watch, daemon=True)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        tree.done.set()
        watcher.join()
        out.seek(0)
        err.seek(0)
        said = out.read().decode(errors="replace")
        if process.returncode:
            raise CommandFailed(f"{' '.join(command)}: status {process.returncode}: {err.read()[-2000:].decode()}")
    # the kernel counts the children that were waited for; those that were not were looked at
    return Cost(wall, max(usage.ru_utime + usage.ru_stime, tree.cpu()), tree.peak, said)


class _Tree:
    """A process and all below it, looked at from time to time."""

    def __init__(self, root: int) -> None:
        self.root = root
        self.peak = 0
        self.done = threading.Event()
        self._ticks: dict[int, int] = {}

    def watch(self) -> None:
        while not self.done.wait(_EVERY):
            self._look()

    def cpu(self) -> float:
        return sum(self._ticks.values()) / _TICK

    def _look(self) -> None:
        stats = {}
        for folder in pathlib.Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    # the name, in brackets, may hold anything; after it come the state and the parent
                    stats[int(folder.name)] = (folder / "stat").read_text().rpartition(")")[2].split()
                except (FileNotFoundError, ProcessLookupError):  # it ended
                    continue
        tree = {self.root}
        while more := {pid for pid, stat in stats.items() if int(stat[1]) in tree} - tree:
            tree |= more
        resident = 0
        for pid in tree & stats.keys():
            stat = stats[pid]
            self._ticks[pid] = int(stat[11]) + int(stat[12])
            try:
                rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            except (FileNotFoundError, ProcessLookupError):  # it ended
                continue
            resident += sum(int(line.split()[1]) << 10 for line in rollup.splitlines() if line.startswith("Pss:"))
        self.peak = max(self.peak, resident)
