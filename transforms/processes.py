"""Other processes of this machine, for what is worth them. Plain Python: no Beam.

The functions asked for are the rules themselves, from plain data to plain data, so the processes need neither Beam nor
the warehouse: they start in a quarter of a second, where Beam's own take three and send all that they exchange through
one port.
"""

import functools
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

# What is asked for ahead of the result that is waited for: enough that no process waits, little enough to hold.
_AHEAD = 2  # for each process


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
        """Asks for `function(*given)`, and yields what is due: of each call `of` and the result."""
        if self._workers == 1:
            yield of, function(*given)
            return
        self._asked.append((of, _pool(self._workers).submit(function, *given)))
        while len(self._asked) > _AHEAD * self._workers:
            yield self._next()

    def rest(self) -> Iterator[tuple[Any, Any]]:
        """Yields what is left."""
        while self._asked:
            yield self._next()

    def _next(self) -> tuple[Any, Any]:
        of, asked = self._asked.popleft()
        return of, asked.result()


@functools.cache
def _pool(workers: int) -> ProcessPoolExecutor:
    """The processes, for as long as this one lives. They are forked from one that has imported what they need."""
    methods = multiprocessing.get_all_start_methods()
    context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(["transforms.batch", "transforms.languages"])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_ignore_interrupts)


def _ignore_interrupts() -> None:
    """Ctrl-C goes to every process of a terminal; the one that was asked to run decides what ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
