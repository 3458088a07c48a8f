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
# of the time may go to counting their memory, which stops them meanwhile: ten times a second, it took feedmill with two
# processes an eighth longer, and one process hardly (2026-11)
_SHARE = 0.02


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
        weigh_at = 0.0
        while not self.done.wait(_EVERY):
            pids = self._look()
            if (start := time.perf_counter()) >= weigh_at:
                self.peak = max(self.peak, sum(map(_resident, pids)))
                end = time.perf_counter()
                weigh_at = end + (end - start) / _SHARE

    def cpu(self) -> float:
        return sum(self._ticks.values()) / _TICK

    def _look(self) -> list[int]:
        """Notes the CPU time of each process that is there, and returns them all."""
        found, left = [], [self.root]
        while left:
            pid = left.pop()
            try:
                # the name, in brackets, may hold anything; after it comes the state
                stat = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                    left += map(int, (task / "children").read_text().split())
            except (FileNotFoundError, ProcessLookupError):  # it ended
                continue
            self._ticks[pid] = int(stat[11]) + int(stat[12])
            found.append(pid)
        return found


def _resident(pid: int) -> int:
    """Bytes of a process that are resident; of what several share, its part. To count them takes it some ms."""
    try:
        rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it ended
        return 0
    return sum(int(line.split()[1]) << 10 for line in rollup.splitlines() if line.startswith("Pss:"))
