"""Other processes of this machine, for what is worth them. Plain Python: no Beam.

What they are asked for are the rules themselves, and to write files, so they do not import Beam: they are there in a
quarter of a second, where Beam's own take three and send all they exchange through one port. Unlike those of
`multiprocessing` they never run the caller's main module again.
"""

import contextlib
import ctypes
import fcntl
import gc
import importlib
import os
import pickle
import select
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from queue import SimpleQueue
from threading import Thread
from typing import Any, BinaryIO, NamedTuple

from feedmill.transforms.failures import UsageError

# What is asked for ahead of the result that is waited for: enough that no process waits, little enough to hold.
_AHEAD = 2  # for each process
_PIPE_BYTES = 1 << 20  # that a pipe holds: as many as Linux lets anyone have; else both ends take turns every 64 kB


# Bytes of input from which more processes pay for their start. Of news on two cores, 2 MB took as long with two as with
# one, 4 MB four fifths (2026-11).
_WORTH = 4 * 1024 * 1024
_MOST = 128  # processes: each takes 100 MB and more, and two pipes


NO_THREADS = {"OPENBLAS_NUM_THREADS": "1"}  # of numpy, which would start one for each core as it is imported, to wait


def processes_for(asked: str, size: int) -> int:
    """Return how many processes `--workers` asks for, given how many bytes there are to read.

    Raises:
        UsageError: it is no number of processes.

    >>> processes_for("3", 0), processes_for("auto", 1000)
    (3, 1)
    """
    if asked.isdecimal() and int(asked):
        if int(asked) > _MOST:
            raise UsageError(f"--workers {asked}: at most {_MOST}")
        return int(asked)
    if asked != "auto":
        raise UsageError(f"--workers {asked}: give a number of processes, or auto")
    if size < _WORTH:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def start(workers: int, *modules: str) -> None:
    """Start the processes ahead of the first call, so that they import what it needs while this one imports."""
    _pools[workers] = _Pool(workers, modules)


def ask_ahead(workers: int, function: Callable[..., Any], *given: Any) -> None:
    """Have the other processes call a function now, though the result is not wanted before the same call is asked for.

    What nobody has asked for when all that was asked for is there is thrown away.
    """
    pool = _pool(workers)
    pool.ahead.append(((function, given), pool.submit(function, *given)))


class Processes:
    """Calls functions on other processes, or here if there is but one worker; results come in the order of the calls.

    Args:
        workers: how many processes.
        at_once: how many of them may be at work, if each needs much memory.

    >>> here = Processes(1)
    >>> list(here.call(len, "abc", of="x")), list(here.rest())
    ([('x', 3)], [])
    """

    def __init__(self, workers: int, at_once: int | None = None) -> None:
        self._workers = workers
        self._most = _AHEAD * workers if at_once is None else at_once - 1
        self._asked: deque[tuple[Any, Future[Any]]] = deque()

    def call(self, function: Callable[..., Any], *given: Any, of: Any = None) -> Iterator[tuple[Any, Any]]:
        """Ask for `function(*given)`, and yield what is due: of each call `of` and the result.

        Raises:
            ProcessDied: a process ended before its answer.
            Exception: what the function raised.
        """
        if self._workers == 1:
            yield of, function(*given)
            return
        self._asked.append((of, _pool(self._workers).ask(function, *given)))
        yield from self._due()
        while len(left := [asked for _, asked in self._asked if not asked.done()]) > self._most:
            wait(left, return_when=FIRST_COMPLETED)  # of a slow one the others need not wait
            yield from self._due()

    def rest(self) -> Iterator[tuple[Any, Any]]:
        """Yield what is left."""
        while self._asked:
            yield self._next()
        if self._workers > 1:
            _pool(self._workers).ahead.clear()
        release_memory()

    def _due(self) -> Iterator[tuple[Any, Any]]:
        while self._asked and self._asked[0][1].done():
            yield self._next()

    def _next(self) -> tuple[Any, Any]:
        of, asked = self._asked.popleft()
        return of, asked.result()


class ProcessDied(Exception):
    """One of the processes ended before its answer; the system ends those that take more memory than there is."""


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h
# Bytes. Of 100,000 entries of news with one process (2026-11): with 1 MiB, and nothing kept, 30 MB less at the peak and
# 2 % more time; with 32 MiB 70 MB more and 2 % less.
_KEPT, _LARGE = 32 << 20, 4 << 20


@contextlib.contextmanager
def tuned_allocator() -> Iterator[None]:
    """Set this process up to work through many rows, until the block ends.

    The garbage collector looks seldom: the hundred thousands of objects that imports leave stay for good, and rows,
    which come by the ten thousand, refer to nothing that refers to them. It takes a sixth of the time to look each
    time. And large pieces of memory, Arrow's too, are the system's again as soon as they are free, where else a tenth
    of the peak is kept for what may come.
    """
    import pyarrow as pa

    usual, pool = gc.get_threshold(), pa.default_memory_pool()
    gc.freeze()
    gc.set_threshold(1_000_000, 20, 20)
    pa.set_memory_pool(pa.system_memory_pool())
    with contextlib.suppress(AttributeError, OSError, TypeError):  # only the C library of Linux has it
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT)
    try:
        yield
    finally:
        pa.set_memory_pool(pool)
        gc.set_threshold(*usual)
        gc.unfreeze()


def release_memory() -> None:
    """Give the system the memory that is free: what lies between pieces in use it does not get by itself.

    Of the main process that was 140 of 570 MB after the resolver, for a run of 128 MiB (2026-11).
    """
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


class _Pipes(NamedTuple):
    """What a process hears and says through: pickled (function, arguments), and (True, result) or (False, error)."""

    calls: int  # a file descriptor, of its end
    answers: int


class _Pool:
    """Processes, and for each a thread that asks it and waits for its answers.

    They are forks of one that imports what the rules need: so they take no time for it, and share its memory. That one
    has no threads, as is safe to fork, and does nothing but wait for them.

    Attributes:
        ahead: the calls that are answered, or will be, before anyone asks for them, and their answers: a few.
    """

    def __init__(self, workers: int, modules: Sequence[str]) -> None:
        self.ahead: list[tuple[tuple[Callable[..., Any], tuple[Any, ...]], Future[Any]]] = []
        self._asked: SimpleQueue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]] | None] = SimpleQueue()
        self._workers = workers
        ours, theirs = [], []
        for _ in range(workers):
            heard, calls = os.pipe()
            answers, said = os.pipe()
            with contextlib.suppress(AttributeError, OSError):  # only Linux can, up to a limit
                for end in (heard, said):
                    fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
            theirs.append(_Pipes(heard, said))
            ours.append((os.fdopen(calls, "wb"), os.fdopen(answers, "rb")))
        serve = pickle.dumps((_serve, theirs, modules))
        script = f"import pickle, sys; sys.path[:] = {sys.path!r}; f, *given = pickle.loads({serve!r}); f(*given)"
        ends = [end for pipes in theirs for end in pipes]
        self._first = subprocess.Popen(
            [sys.executable, "-c", script], stdin=subprocess.DEVNULL, pass_fds=ends, env={**os.environ, **NO_THREADS}
        )
        for end in ends:
            os.close(end)
        for pipes in ours:  # daemons: a run that fails does not wait for what is still asked
            Thread(target=self._exchange, args=pipes, daemon=True).start()

    def ask(self, function: Callable[..., Any], *given: Any) -> Future[Any]:
        """Return the answer to a call that was asked ahead, once, or calls."""
        for number, (asked, answer) in enumerate(self.ahead):
            if asked == (function, given):
                del self.ahead[number]
                return answer
        return self.submit(function, *given)

    def submit(self, function: Callable[..., Any], *given: Any) -> Future[Any]:
        """Call a function on whichever process is idle, or will be."""
        answer: Future[Any] = Future()
        self._asked.put((answer, function, given))
        return answer

    def stop(self) -> None:
        """Let the processes end, as soon as they have answered what was asked."""
        for _ in range(self._workers):
            self._asked.put(None)
        Thread(target=self._first.wait, daemon=True).start()  # else the system keeps its end for whoever asks

    def _exchange(self, calls: BinaryIO, answers: BinaryIO) -> None:
        while asked := self._asked.get():
            answer, function, given = asked
            del asked
            try:
                answer.set_result(self._ask(calls, answers, function, given))
            except BaseException as error:  # noqa: BLE001 - it is raised where the answer is waited for
                answer.set_exception(error)
            del answer, function, given  # they are large, and the next may be long in coming
        with contextlib.suppress(OSError):  # it has ended already
            calls.close()
        answers.close()

    def _ask(self, calls: BinaryIO, answers: BinaryIO, function: Callable[..., Any], given: tuple[Any, ...]) -> Any:
        try:
            _send((function, given), calls)
            done, result = pickle.load(answers)
        except (BrokenPipeError, EOFError, pickle.UnpicklingError):
            status = self._first.wait()
            if status >= 0:
                raise ProcessDied(f"a worker process ended with status {status}") from None
            why = "with fewer --workers less memory is used"
            raise ProcessDied(f"a worker process ended with signal {-status}; {why}") from None
        if not done:
            raise result
        return result


_pools: dict[int, _Pool] = {}


def _pool(workers: int) -> _Pool:
    if workers not in _pools:
        _pools[workers] = _Pool(workers, ())
    return _pools[workers]


def stop_processes() -> None:
    """Let all the other processes end: a process that does more than one run keeps none between them."""
    while _pools:
        _pools.popitem()[1].stop()


def _serve(pipes: Sequence[_Pipes], modules: Sequence[str]) -> None:
    """Import, fork once for each of `pipes`, and end as the first of the forks to end does."""
    import pyarrow as pa

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all of a terminal: the caller decides what ends
    os.dup2(2, 1)  # whatever a library may print is no answer
    pa.set_cpu_count(1)  # the other cores have processes of their own
    for module in modules:
        importlib.import_module(module)
    with tuned_allocator():
        for own in pipes:
            if not os.fork():
                for others in pipes:
                    if others is not own:
                        os.close(others.calls)
                        os.close(others.answers)
                with (
                    contextlib.suppress(BrokenPipeError),  # the caller ended: nobody waits for the answer
                    os.fdopen(own.calls, "rb") as calls,
                    os.fdopen(own.answers, "wb") as answers,
                ):
                    _answer(calls, answers)
                return
    for end in (end for own in pipes for end in own):
        os.close(end)
    _, status = os.wait()
    if os.WIFSIGNALED(status):
        signal.raise_signal(os.WTERMSIG(status))
    sys.exit(os.WEXITSTATUS(status))


def _send(value: Any, pipe: BinaryIO) -> None:
    from feedmill.transforms.rows.packed_table import (  # imports Arrow: the processes start without waiting for that
        dump,
        uncompressed,
    )

    dump(value, pipe, uncompressed)
    pipe.flush()


_IDLE = 0.05  # seconds without a call: between two steps, not between two calls of one


def _answer(calls: BinaryIO, answers: BinaryIO) -> None:
    """Answer what is asked until the caller ends."""
    while True:
        if not select.select([calls], [], [], _IDLE)[0]:
            release_memory()
        try:
            function, given = pickle.load(calls)
        except (EOFError, pickle.UnpicklingError):  # between two calls, or within one
            return
        try:
            answer = (True, function(*given))
        except Exception as error:  # noqa: BLE001 - it is raised again where it was asked for
            answer = (False, error)
        _send(answer, answers)
        del given, answer  # before the next are there
