"""Other processes of this machine, for what is worth them. Plain Python: no Beam.

What they are asked for are the rules themselves, from plain data to plain data, so they import neither Beam nor the
warehouse: they are there in a quarter of a second, where Beam's own take three and send all they exchange through one
port. Unlike those of `multiprocessing` they never run the caller's main module again.
"""

import contextlib
import ctypes
import functools
import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, BinaryIO

import pyarrow as pa

from transforms.failures import UsageError

# What is asked for ahead of the result that is waited for: enough that no process waits, little enough to hold.
_AHEAD = 2  # for each process


# Bytes of input from which more processes pay for their start. Of news on two cores, 4 MB took as long with two as with
# one, 8 MB seven eighths (2026-11).
_WORTH = 8 * 1024 * 1024


def processes_for(asked: str, size: int) -> int:
    """Returns how many processes `--workers` asks for, given how many bytes there are to read.

    Raises:
        UsageError: it is no number of processes.

    >>> processes_for("3", 0), processes_for("auto", 1000)
    (3, 1)
    """
    if asked.isdecimal() and int(asked):
        return int(asked)
    if asked != "auto":
        raise UsageError(f"--workers {asked}: give a number of processes, or auto")
    if size < _WORTH:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def start(workers: int, get_ready: Callable[[], None]) -> None:
    """Starts the processes ahead of the first call, so that they import and `get_ready` while this one does."""
    if workers > 1:
        for _ in range(workers):
            _pool(workers).submit(_Process.ask, get_ready)


class Processes:
    """Calls functions on other processes, or here if there is but one worker; results come in the order of the calls.

    >>> here = Processes(1)
    >>> list(here.call(len, "abc", of="x")), list(here.rest())
    ([('x', 3)], [])
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._asked: deque[tuple[Any, Future[Any]]] = deque()

    def call(self, function: Callable[..., Any], *given: Any, of: Any = None) -> Iterator[tuple[Any, Any]]:
        """Asks for `function(*given)`, and yields what is due: of each call `of` and the result.

        Raises:
            ProcessDied: a process ended before its answer.
            Exception: what the function raised.
        """
        if self._workers == 1:
            yield of, function(*given)
            return
        self._asked.append((of, _pool(self._workers).submit(_Process.ask, function, *given)))
        while len(self._asked) > _AHEAD * self._workers:
            yield self._next()

    def rest(self) -> Iterator[tuple[Any, Any]]:
        """Yields what is left."""
        while self._asked:
            yield self._next()

    def _next(self) -> tuple[Any, Any]:
        of, asked = self._asked.popleft()
        return of, asked.result()


class ProcessDied(Exception):
    """One of the processes ended before its answer; the system ends those that take more memory than there is."""


@functools.cache
def _pool(workers: int) -> ThreadPoolExecutor:
    """A thread for each process, which waits for its answers."""
    return ThreadPoolExecutor(workers)


_M_MMAP_THRESHOLD = -3  # malloc.h
_LARGE = 1 << 20  # bytes


@contextlib.contextmanager
def frugal() -> Iterator[None]:
    """Sets this process up to work through many rows, until the block ends.

    The garbage collector looks seldom: the hundred thousands of objects that imports leave stay for good, and rows,
    which come by the ten thousand, refer to nothing that refers to them. It takes a sixth of the time to look each
    time. And large pieces of memory, Arrow's too, are the system's again as soon as they are free, where else a tenth
    of the peak is kept for what may come.
    """
    usual, pool = gc.get_threshold(), pa.default_memory_pool()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    pa.set_memory_pool(pa.system_memory_pool())
    with contextlib.suppress(AttributeError, OSError, TypeError):  # only the C library of Linux has it
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)
    try:
        yield
    finally:
        pa.set_memory_pool(pool)
        gc.set_threshold(*usual)
        gc.unfreeze()


class _Process:
    """A process, and the pipes to it: a pickled (function, arguments) there, (True, result) or (False, error) back."""

    _own = threading.local()

    def __init__(self) -> None:
        serve = f"import sys; sys.path[:] = {sys.path!r}; from transforms.processes import _serve; _serve()"
        self._process = subprocess.Popen([sys.executable, "-c", serve], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    @classmethod
    def ask(cls, function: Callable[..., Any], *given: Any) -> Any:
        """Calls a function on the process of this thread."""
        if not hasattr(cls._own, "process"):
            cls._own.process = cls()
        return cls._own.process._ask(function, given)

    def _ask(self, function: Callable[..., Any], given: tuple[Any, ...]) -> Any:
        there, back = self._process.stdin, self._process.stdout
        assert there and back
        try:
            pickle.dump((function, given), there, pickle.HIGHEST_PROTOCOL)
            there.flush()
            done, result = pickle.load(back)
        except (BrokenPipeError, EOFError, pickle.UnpicklingError):
            status = self._process.wait()
            why = f"signal {-status}" if status < 0 else f"status {status}"
            raise ProcessDied(f"a worker process ended with {why}; with fewer --workers less memory is used") from None
        if not done:
            raise result
        return result


def _serve() -> None:
    """Answers what comes on standard input until that ends, as it does when the caller does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all of a terminal: the caller decides what ends
    calls, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library may print is no answer
    pa.set_cpu_count(1)  # the other cores have processes of their own
    with frugal():
        _answer(calls, answers)


def _answer(calls: BinaryIO, answers: BinaryIO) -> None:
    while True:
        try:
            function, given = pickle.load(calls)
        except EOFError:
            return
        try:
            answer = (True, function(*given))
        except Exception as error:  # noqa: BLE001 - it is raised again where it was asked for
            answer = (False, error)
        pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
        del given, answer  # before the next are there
